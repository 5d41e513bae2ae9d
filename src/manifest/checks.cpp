// What needs all domains to be seen: names that lead nowhere, what is both declared and removed, circles of views.
#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/model/creation.hpp"
#include "mesh/sql/names_in_strings.hpp"
#include "mesh/sql/references.hpp"
#include "products.hpp"
#include "references.hpp"
#include "table_rows.hpp"

namespace mesh::manifest {
namespace {

// `only:` takes along what hangs on what it leaves out.
void drop_excluded(Build& build) {
  if (build.excluded.empty()) return;
  const auto is_out = [&](const Grant& grant) {
    const auto& [target, grantee, privilege] = grant.key;
    return build.is_excluded(object_of(grantee)) ||
           (target.form != TargetForm::Account && build.is_excluded(target.object));
  };
  std::erase_if(build.state.grants, [&](const auto& entry) { return is_out(entry.second); });
  std::erase_if(build.present_grants, is_out);
  std::erase_if(build.state.memberships, [&](const auto& entry) {
    const auto& [role, member] = entry.first;
    return build.is_excluded(role) || build.is_excluded(object_of(member));
  });
  std::erase_if(build.state.objects, [&](const auto& entry) { return build.is_excluded(entry.first); });
  std::erase_if(build.foreign_keys,
                [&](const auto& use) { return build.is_excluded(use.from) || build.is_excluded(use.to); });
  std::erase_if(build.exact_user_roles, [&](const auto& id) { return build.is_excluded(id); });
  std::erase_if(build.state.attachments,
                [&](const auto& entry) { return build.is_excluded(entry.first.bearer.object); });
  std::erase_if(build.additive_roles, [&](const auto& id) { return build.is_excluded(id); });
  for (auto& [id, object] : build.state.objects) {
    if (object.owner && build.is_excluded({KindId::Role, QualifiedName({*object.owner})})) object.owner.reset();
    std::erase_if(object.constraints, [&](const Constraint& constraint) {
      return constraint.type == ConstraintType::ForeignKey && build.is_excluded({KindId::Table, constraint.references});
    });
  }
}

class Checker {
 public:
  Checker(Build& build, Desired& desired)
      : build_(build), desired_(desired), diagnostics_(build.diagnostics), references_(build, desired) {}

  void run() {
    drop_excluded(build_);
    take_words_of_products(build_);
    carry_out_apply(build_, desired_, references_);
    check_statements(build_);
    let_rows_go(build_);
    for (auto& tombstone : build_.removed) settle(tombstone);
    for (auto& [id, object] : build_.state.objects) {
      if (object.owner) references_.grantee({GranteeType::Role, QualifiedName({*object.owner})}, owner_place(id));
      for (const auto& row : kinds::of(id.kind).texts) {
        if (id.kind == KindId::Statement) break;  // of what kinds its names are, nobody knows
        if (object.text(row.name) != nullptr) text_references(object, row);
      }
      default_references(object);
      property_references(object);
      not_in_imported(object);
    }
    for (const auto& use : build_.foreign_keys) foreign_key(use);
    renames();
    for (const auto& tombstone : build_.removed) tombstone_rules(tombstone);
    tombstones_agree();
    check_products(build_, references_);
    check_access(build_, references_);
    check_attachments(build_, references_);
    view_circles();
    tracked_sources();
    overloads();
    offered_shares();
  }

 private:
  // A share is offered by one listing alone, whose targets are then its accounts: where the share says none of its own,
  // what stands there is the listing's (share entry, bulk_read).
  void offered_shares() {
    std::map<std::string, const Object*> offered;
    for (const auto& [id, listing] : build_.state.objects) {
      const auto share = id.kind == KindId::Listing ? listing.properties.find("share") : listing.properties.end();
      const auto* name = share == listing.properties.end() ? nullptr : share->second.value.text();
      if (name == nullptr) continue;
      const auto [first, fresh] = offered.emplace(*name, &listing);
      if (!fresh) {
        auto& error = diagnostics_.error(
            "MESH1303", share->second.place,
            fmt::format("share {} is offered by {} already", Name::exact(*name).display(), first->second->id.address()),
            "a share is for one listing: make another one over the same objects");
        error.notes.push_back({"there", first->second->place});
      }
      const auto object = build_.state.objects.find({KindId::Share, QualifiedName({Name::exact(*name)})});
      if (object != build_.state.objects.end() && object->second.find("accounts") == nullptr)
        object->second.ignore_changes.insert("accounts");
    }
  }

  // A column's tombstone names no kind: it is a table's, or an external one's.
  void settle(Tombstone& tombstone) const {
    const ObjectId external{KindId::ExternalTable, tombstone.object.name};
    if (tombstone.column && build_.state.find(external) != nullptr) tombstone.object = external;
  }

  Place owner_place(const ObjectId& id) const {
    const auto it = build_.owner_places.find(id);
    return it == build_.owner_places.end() ? Place{} : it->second;
  }

  // But for the database roles that the share brings: who has them is said here, and nothing else
  // (data-share-consumers, option 2).
  void not_in_imported(Object& object) {
    if (!lies_in_imported(build_.state, object.id)) return;
    if (object.id.kind == KindId::DatabaseRole) {
      if (!object.properties.empty() || object.owner || object.renamed_from) {
        diagnostics_.error("MESH1202", object.place,
                           fmt::format("{} comes with the share, and is the provider's to change", object.id.address()),
                           "say granted_to of it, and nothing else");
      }
      object.manage = {"grants"};
      return;
    }
    diagnostics_.error("MESH1202", object.place, fmt::format("{} lies in an imported database", object.id.address()),
                       "what is in it is the provider's: take it out, and grant IMPORTED PRIVILEGES on the database");
  }

  // --- keys

  void foreign_key(const ForeignKeyUse& use) {
    if (!references_.must_be_known(use.to, use.place) || !references_.is_declared(use.to)) return;
    const Object& other = build_.state.objects.at(use.to);
    if (!other.columns_stated) return;
    for (const auto& [name, place] : use.others) has_column(other, name, place);
    size_t there = use.others.size();
    if (there == 0) {
      const auto primary = std::find_if(other.constraints.begin(), other.constraints.end(),
                                        [](const Constraint& c) { return c.type == ConstraintType::PrimaryKey; });
      if (primary == other.constraints.end()) {
        diagnostics_.error("MESH1205", use.place, fmt::format("{} has no primary key", use.to.address()),
                           "name the columns: DB.SCHEMA.TABLE(COL, …)");
        return;
      }
      there = primary->columns.size();
    }
    if (there == use.columns) return;
    diagnostics_.error("MESH1303", use.place,
                       fmt::format("the foreign key has {} columns here and {} there", use.columns, there),
                       "name as many on both sides");
  }

  void has_column(const Object& table, const Name& name, Place place) {
    const auto is_it = [&](const Column& column) { return column.name == name; };
    if (std::any_of(table.columns.begin(), table.columns.end(), is_it)) return;
    std::vector<std::string> names;
    if (build_.may_suggest()) {
      for (const auto& column : table.columns) names.push_back(column.name.display());
    }
    diagnostics_.error("MESH1205", place, fmt::format("{} has no column '{}'", table.id.address(), name.display()),
                       did_you_mean(name.display(), names));
  }

  // --- views

  // Objects that properties name. What an Identifier names may be in another account's hands: only what a domain owns
  // is looked for.
  void property_references(const Object& object) {
    for (const auto& row : kinds::of(object.id.kind).properties) {
      const auto property = object.properties.find(row.name);
      if (property == object.properties.end()) continue;
      for (const auto& id : kinds::named_in(row, property->second.value))
        references_.must_be_known(id, property->second.place);
    }
  }

  // A sequence in a column's default. One that is named in part is found by the session, of which nothing is known.
  void default_references(const Object& table) {
    for (const auto& column : table.columns) {
      if (!column.default_value) continue;
      for (const auto& reference : sql::find_references(column.default_value->text)) {
        if (reference.is_sequence && reference.name.depth() == 3)
          references_.must_be_known({KindId::Sequence, reference.name}, column.default_value->place);
      }
    }
  }

  // Unqualified names in a view resolve in the view's own schema (view entry of schema-objects.json).
  void text_references(const Object& view, const kinds::TextRow& row) {
    const auto& text = build_.texts.at({view.id, std::string(row.name)});
    if (!kinds::is_sql(row, view)) return;
    // What a routine names may be made while it runs, or be a variable: where it is not declared, nothing is said.
    const bool must_be_there = !is_overloaded(view.id.kind);
    PlaceCursor places(text.node);
    for (const auto& reference : sql::find_references(view.text(row.name)->text)) {
      if (reference.is_function) continue;  // which overload is meant, its arguments' types decide
      const auto name = sql::full_name(reference.name, view.id.name);
      const auto place = places.at(reference.begin + text.trimmed, reference.end - reference.begin);
      if (reference.is_sequence) {
        if (must_be_there) references_.must_be_known({KindId::Sequence, name}, place);
        continue;
      }
      if (reference.is_stage) {
        references_.must_be_known({KindId::Stage, name}, place);
        continue;
      }
      const auto sources = kinds::sources();
      if (std::any_of(sources.begin(), sources.end(), [&](KindId kind) {
            return references_.is_declared({kind, name});
          })) {
        if (!references_.must_be_near({KindId::Table, name}, place)) continue;
        if (!kinds::of(view.id.kind).is_relation) continue;
        reads_[view.id.name].insert(name);
        read_at_.emplace(std::pair(view.id.name, name), place);
      } else if (must_be_there) {
        unknown_reference(name, place);
      }
    }
    for (const auto& found : sql::names_in_strings(view.text(row.name)->text)) {
      const auto object = sql::object_in(found, view.id.name);
      if (object && must_be_there)
        references_.must_be_known(*object, places.at(found.begin + text.trimmed, found.end - found.begin));
    }
  }

  void unknown_reference(const QualifiedName& name, Place place) {
    const ObjectId database{KindId::Database, QualifiedName({name.first()})};
    const bool is_born = name.parts()[1].stored() == "INFORMATION_SCHEMA";
    if (is_born || references_.is_control({KindId::Table, name}) || references_.is_foreign(name)) return;
    if (!references_.is_declared(database) && build_.owner_of(name) == nullptr) {
      references_.must_be_known(database, place);
      return;
    }
    if (build_.incomplete) return;
    const auto sources = kinds::sources();
    if (std::any_of(sources.begin(), sources.end(), [&](KindId kind) { return build_.is_excluded({kind, name}); })) {
      diagnostics_.error("MESH1203", place,
                         fmt::format("{} is not in environment {}: `only:` leaves it out", name.display(),
                                     build_.mesh.environment.name),
                         "give what reads it the same `only:`");
      return;
    }
    std::vector<std::string> names;
    if (build_.may_suggest()) {
      for (const auto& [id, object] : build_.state.objects) {
        if (kinds::of(id.kind).is_relation) names.push_back(id.name.display());
      }
    }
    diagnostics_.error("MESH1203", place, fmt::format("{} is declared nowhere", name.display()),
                       did_you_mean(name.display(), names, "declare it, or correct the name"));
  }

  void view_circles() {
    find_circles(reads_, [&](const std::vector<QualifiedName>& path) {
      std::string words;
      for (const auto& name : path) words += name.display() + " → ";
      const auto place_of = [&](size_t i) { return read_at_.at({path[i], path[(i + 1) % path.size()]}); };
      auto& error = diagnostics_.error(
          "MESH1204", place_of(0),
          path.size() == 1 ? fmt::format("{} reads itself", path[0].display())
                           : fmt::format("views read each other in a circle: {}{}", words, path.front().display()),
          path.size() == 1 ? "a recursion is written WITH RECURSIVE name (columns) AS (…) SELECT …"
                           : "one of them must do without the other");
      for (size_t i = 1; i < path.size(); ++i) {
        error.notes.push_back(
            {fmt::format("{} reads {}", path[i].display(), path[(i + 1) % path.size()].display()), place_of(i)});
      }
    });
  }

  // Snowflake turns change tracking on at all that a dynamic table reads, unless it is refreshed as a whole (docs:
  // dynamic-tables/create, Enable change tracking): false there would be an endless change, or stop the refreshes.
  void tracked_sources() {
    for (const auto& [id, table] : build_.state.objects) {
      const Value* mode = table.find("refresh_mode");
      if (id.kind != KindId::DynamicTable || (mode != nullptr && *mode == Value("FULL"))) continue;
      std::set<QualifiedName> seen;
      std::vector<QualifiedName> open{id.name};
      while (!open.empty()) {
        const auto at = open.back();
        open.pop_back();
        untracked(at, table);
        for (const auto& source : reads_[at]) {
          if (seen.insert(source).second) open.push_back(source);
        }
      }
    }
  }

  void untracked(const QualifiedName& name, const Object& reader) {
    for (const auto kind : kinds::relations()) {
      const auto it = build_.state.objects.find({kind, name});
      const auto* source = it == build_.state.objects.end() ? nullptr : &it->second;
      const Value* tracking = source == nullptr ? nullptr : source->find("change_tracking");
      const bool is_off = tracking != nullptr && *tracking == Value(false) && !source->structure_is_foreign() &&
                          source->ignore_changes.count("change_tracking") == 0;
      if (!is_off) continue;
      auto& error = diagnostics_.error(
          "MESH1303", source->properties.find("change_tracking")->second.place,
          fmt::format(
              "change_tracking of {} cannot be false: {} is refreshed by its changes, and Snowflake turns it on",
              source->id.address(), reader.id.address()),
          "take it out: it is left alone where it is not written; or give the dynamic table refresh_mode: FULL");
      error.notes.push_back({"the dynamic table", reader.place});
    }
  }

  // A default among the arguments forbids every other overload of the name (create-function, Optional arguments).
  void overloads() {
    const Object* last = nullptr;
    for (const auto& [id, object] : build_.state.objects) {
      if (!is_overloaded(id.kind)) continue;
      const bool shares = last != nullptr && last->id.kind == id.kind && last->id.name == id.name;
      if (shares && (has_optional(*last) || has_optional(object))) {
        const Object& second = has_optional(object) ? object : *last;
        const Object& first = has_optional(object) ? *last : object;
        auto& error =
            diagnostics_.error("MESH1303", second.place,
                               fmt::format("{} has an argument with a default, so its name can have no other overload",
                                           second.id.address()),
                               "give one of them another name, or leave the default out");
        error.notes.push_back({"the other overload", first.place});
      }
      last = &object;
    }
  }
  static bool has_optional(const Object& object) {
    const Value* count = object.find("optional_arguments");
    return count != nullptr && *count != Value(0);
  }

  // --- renamed_from, removed

  void renames() {
    std::map<ObjectId, const Object*> from;
    for (const auto& [id, object] : build_.state.objects) {
      if (!object.renamed_from) continue;
      const ObjectId old = object.renamed_id();
      const auto place = build_.renamed_places.at(id);
      if (object.structure_is_foreign()) {
        diagnostics_.error("MESH1202", place,
                           fmt::format("{} has manage:, so another tool makes and renames it", id.address()),
                           "take renamed_from out");
      }
      if (const Object* still = build_.state.find(old)) {
        auto& error = diagnostics_.error(
            "MESH1202", place,
            fmt::format("{} is renamed from {}, which is declared too", id.address(), old.name.display()),
            "one of the two must go");
        error.notes.push_back({"it is declared here", still->place});
      }
      const auto [it, fresh] = from.emplace(old, &object);
      if (fresh) continue;
      auto& error = diagnostics_.error("MESH1202", place, fmt::format("two objects are renamed from {}", old.address()),
                                       "keep one of them");
      error.notes.push_back({"the other", build_.renamed_places.at(it->second->id)});
    }
  }

  void tombstone_rules(const Tombstone& tombstone) {
    const Domain* owner = build_.owner_of(tombstone.object.name);
    if (tombstone.object.kind == KindId::AccountParameter) {
      owner = build_.mesh.find(tombstone.domain);
      if (!owner->account) owner = nullptr;
    } else if (tombstone.object.kind == KindId::Statement) {
      owner = build_.mesh.find(tombstone.domain);  // whose it is the ledger knows
    }
    if (owner == nullptr || owner->name != tombstone.domain) {
      diagnostics_.error(
          "MESH1405", tombstone.place,
          fmt::format("{} is not domain {}'s to remove", tombstone.object.address(), tombstone.domain),
          owner == nullptr ? "nobody owns that name" : fmt::format("it belongs to domain {}", owner->name));
      return;
    }
    const Object* object = build_.state.find(tombstone.object);
    if (!tombstone.column) {
      if (object != nullptr) both(tombstone, tombstone.object.address(), object->place);
      return;
    }
    if (!references_.must_be_known(tombstone.object, tombstone.place) || object == nullptr) return;
    for (const auto& column : object->columns) {
      if (column.name == *tombstone.column)
        both(tombstone, fmt::format("column {}", column.name.display()), column.place);
    }
  }

  void tombstones_agree() {
    std::map<std::pair<ObjectId, std::optional<Name>>, const Tombstone*> first;
    for (const auto& tombstone : build_.removed) {
      const auto [it, fresh] = first.emplace(std::pair{tombstone.object, tombstone.column}, &tombstone);
      if (fresh || it->second->action == tombstone.action) continue;
      const bool drops = tombstone.action == Tombstone::Action::Drop;
      auto& error = diagnostics_.error(
          "MESH1106", tombstone.place,
          fmt::format("{} is listed under removed to {} and to {}",
                      tombstone.column ? "column " + tombstone.object.name.child(*tombstone.column).display()
                                       : tombstone.object.address(),
                      drops ? "be forgotten" : "be dropped", drops ? "be dropped" : "be forgotten"),
          "keep one of them");
      error.notes.push_back({"the other", it->second->place});
    }
  }

  void both(const Tombstone& tombstone, const std::string& what, Place declared) {
    auto& error = diagnostics_.error("MESH1106", tombstone.place, fmt::format("{} is both declared and removed", what),
                                     "keep one of them");
    error.notes.push_back({"it is declared here", declared});
  }

  Build& build_;
  Desired& desired_;
  Diagnostics& diagnostics_;
  References references_;
  std::map<QualifiedName, std::set<QualifiedName>> reads_;
  std::map<std::pair<QualifiedName, QualifiedName>, Place> read_at_;
};

}  // namespace

void check_all(Build& build, Desired& desired) { Checker(build, desired).run(); }

}  // namespace mesh::manifest
