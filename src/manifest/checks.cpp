// What needs all domains to be seen: who owns what, names that lead nowhere, grants nobody could use, circles.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/references.hpp"

namespace mesh::manifest {
namespace {

Place place_in(const SqlText& text, size_t offset, size_t length) {
  Place place = text.place;
  const auto before = std::string_view(text.text).substr(0, offset);
  const auto newline = before.rfind('\n');
  place.line += static_cast<int>(std::count(before.begin(), before.end(), '\n'));
  place.column += static_cast<int>(newline == std::string_view::npos ? offset : offset - newline - 1);
  place.length = static_cast<int>(length);
  return place;
}

class Checker {
 public:
  Checker(Build& build, Desired& desired) : build_(build), desired_(desired), diagnostics_(build.diagnostics) {}

  void run() {
    drop_excluded();
    for (const auto& [id, object] : build_.state.objects) ownership(object);
    for (const auto& [id, object] : build_.state.objects) object_references(object);
    for (const auto& [key, grant] : build_.state.grants) grant_rules(grant);
    for (const auto& [key, membership] : build_.state.memberships) membership_references(membership);
    for (const auto& tombstone : build_.removed) tombstone_rules(tombstone);
    role_circles();
    view_circles();
    index_usage();
    for (const auto& [key, grant] : build_.state.grants) usable(grant);
  }

 private:
  // --- `only:` takes along what hangs on it

  static ObjectId role_id(const Grantee& grantee) {
    return {grantee.type == GranteeType::DatabaseRole ? KindId::DatabaseRole : KindId::Role, grantee.name};
  }
  bool is_out(const Grantee& grantee) const {
    return (grantee.type == GranteeType::Role || grantee.type == GranteeType::DatabaseRole) &&
           build_.is_excluded(role_id(grantee));
  }
  bool is_out(const GrantTarget& target) const {
    return target.form != TargetForm::Account && build_.is_excluded(target.object);
  }

  void drop_excluded() {
    if (build_.excluded.empty()) return;
    std::erase_if(build_.state.grants,
                  [&](const auto& entry) { return is_out(entry.first.grantee) || is_out(entry.first.target); });
    std::erase_if(build_.present_grants,
                  [&](const Grant& grant) { return is_out(grant.key.grantee) || is_out(grant.key.target); });
    std::erase_if(build_.state.memberships, [&](const auto& entry) {
      return is_out(entry.first.member) || build_.is_excluded(entry.first.role);
    });
    std::erase_if(build_.state.objects, [&](const auto& entry) { return build_.is_excluded(entry.first); });
  }

  // --- ownership

  const Domain* owner_of(const QualifiedName& name) const { return build_.mesh.owner_of(name.first().stored()); }

  void ownership(const Object& object) {
    if (object.id.name.depth() != 1) return;
    const Domain* owner = owner_of(object.id.name);
    if (owner != nullptr && owner->name == object.domain) return;
    const Domain* self = build_.mesh.find(object.domain);
    diagnostics_.error(
        "MESH1405", object.place,
        owner == nullptr
            ? fmt::format("{} is outside what domain {} owns", object.id.address(), object.domain)
            : fmt::format("{} belongs to domain {}, not to {}", object.id.address(), owner->name, object.domain),
        fmt::format("{} owns {}; `owns` in mesh.yaml says so", object.domain, join(self->owns, ", ")));
  }

  // --- references

  bool is_control(const ObjectId& id) const {
    const auto& control = build_.mesh.control;
    if (!build_.mesh.has_control) return false;
    if (id.kind == KindId::Warehouse) return id.name.last() == control.warehouse;
    return id.name.first() == control.database && (id.name.depth() == 1 || id.name.parts()[1] == control.schema);
  }
  bool is_declared(const ObjectId& id) const { return build_.state.objects.count(id) > 0; }

  std::string near(const ObjectId& id) const {
    std::vector<std::string> names;
    for (const auto& [other, object] : build_.state.objects) {
      if (other.kind == id.kind) names.push_back(other.name.display());
    }
    const std::string found = nearest(id.name.display(), names);
    return found.empty() ? fmt::format("declare it, or name another {}", kind_words(id.kind))
                         : fmt::format("did you mean '{}'?", found);
  }

  // A name under somebody's `owns` must be declared; a name nobody owns is taken as existing and checked at plan.
  bool must_be_known(const ObjectId& id, Place place) {
    if (is_declared(id) || is_control(id)) return true;
    if (const Domain* owner = owner_of(id.name)) {
      diagnostics_.error("MESH1203", place,
                         fmt::format("{} is declared nowhere, and domain {} owns that name", id.address(), owner->name),
                         near(id));
      return false;
    }
    desired_.assumed.emplace(id, place);
    return true;
  }

  void grantee_reference(const Grantee& grantee, Place place) {
    switch (grantee.type) {
      case GranteeType::Role:
      case GranteeType::DatabaseRole:
        if (must_be_known(role_id(grantee), place) && !is_declared(role_id(grantee)))
          desired_.assumed_grantees.emplace(grantee, place);
        return;
      case GranteeType::User:
      case GranteeType::Share:
        desired_.assumed_grantees.emplace(grantee, place);
        return;
    }
  }

  void object_references(const Object& object) {
    if (object.owner) must_be_known({KindId::Role, QualifiedName({*object.owner})}, object.place);
    for (const auto& constraint : object.constraints) key_columns(object, constraint);
    if (object.query) query_references(object);
  }

  void has_column(const Object& table, const Name& name, Place place) {
    const auto is_it = [&](const Column& column) { return column.name == name; };
    if (std::any_of(table.columns.begin(), table.columns.end(), is_it)) return;
    std::vector<std::string> names;
    for (const auto& column : table.columns) names.push_back(column.name.display());
    const std::string found = nearest(name.display(), names);
    diagnostics_.error("MESH1205", place, fmt::format("{} has no column '{}'", table.id.address(), name.display()),
                       found.empty() ? "" : fmt::format("did you mean '{}'?", found));
  }

  void key_columns(const Object& table, const Constraint& constraint) {
    for (const auto& name : constraint.columns) has_column(table, name, constraint.place);
    if (constraint.type != ConstraintType::ForeignKey) return;
    const ObjectId other{KindId::Table, constraint.references};
    if (!must_be_known(other, constraint.place) || !is_declared(other)) return;
    for (const auto& name : constraint.references_columns)
      has_column(build_.state.objects.at(other), name, constraint.place);
    if (!constraint.references_columns.empty() && constraint.references_columns.size() != constraint.columns.size()) {
      diagnostics_.error("MESH1303", constraint.place,
                         fmt::format("the foreign key has {} columns here and {} there", constraint.columns.size(),
                                     constraint.references_columns.size()),
                         "name as many on both sides");
    }
  }

  static QualifiedName full_name(const QualifiedName& written, const QualifiedName& view) {
    auto parts = written.parts();
    if (parts.size() > 3) parts.resize(3);
    if (parts.size() == 1) parts.insert(parts.begin(), view.parts()[1]);
    if (parts.size() == 2) parts.insert(parts.begin(), view.parts()[0]);
    return QualifiedName(std::move(parts));
  }

  void query_references(const Object& view) {
    for (const auto& reference : sql::find_references(view.query->text)) {
      if (reference.is_function) continue;
      const auto name = full_name(reference.name, view.id.name);
      const bool ours = is_declared({KindId::Database, QualifiedName({name.first()})}) || owner_of(name) != nullptr;
      const bool elsewhere = name.parts()[1].stored() == "INFORMATION_SCHEMA" ||
                             is_control({KindId::Database, QualifiedName({name.first()})});
      if (!ours || elsewhere) continue;
      if (is_declared({KindId::Table, name}) || is_declared({KindId::View, name})) {
        if (name != view.id.name) reads_[view.id.name].insert(name);
        if (name == view.id.name) {
          diagnostics_.error("MESH1204", place_in(*view.query, reference.begin, reference.end - reference.begin),
                             fmt::format("{} reads itself", view.id.address()));
        }
        continue;
      }
      if (build_.is_excluded({KindId::Table, name}) || build_.is_excluded({KindId::View, name})) {
        diagnostics_.error(
            "MESH1203", place_in(*view.query, reference.begin, reference.end - reference.begin),
            fmt::format("{} is not in environment {} (`only:`)", name.display(), build_.mesh.environment.name),
            "give the view the same `only:`");
        continue;
      }
      diagnostics_.error("MESH1203", place_in(*view.query, reference.begin, reference.end - reference.begin),
                         fmt::format("{} is declared nowhere", name.display()), near({KindId::Table, name}));
    }
  }

  void membership_references(const Membership& membership) {
    grantee_reference(membership.key.member, membership.place);
  }

  void tombstone_rules(const Tombstone& tombstone) {
    const Object* object = build_.state.find(tombstone.object);
    if (tombstone.column) {
      if (object == nullptr) return;
      const auto is_it = [&](const Column& column) { return column.name == *tombstone.column; };
      const auto it = std::find_if(object->columns.begin(), object->columns.end(), is_it);
      if (it == object->columns.end()) return;
      auto& diagnostic = diagnostics_.error("MESH1106", tombstone.place,
                                            fmt::format("column {} is both declared and removed", it->name.display()),
                                            "keep one of them");
      diagnostic.notes.push_back({"declared here", it->place});
    } else if (object != nullptr) {
      auto& diagnostic = diagnostics_.error("MESH1106", tombstone.place,
                                            fmt::format("{} is both declared and removed", tombstone.object.address()),
                                            "keep one of them");
      diagnostic.notes.push_back({"declared here", object->place});
    }
    const Domain* owner = owner_of(tombstone.object.name);
    if (owner == nullptr || owner->name != tombstone.domain) {
      diagnostics_.error(
          "MESH1405", tombstone.place,
          fmt::format("{} is not domain {}'s to remove", tombstone.object.address(), tombstone.domain),
          owner == nullptr ? "nobody owns that name" : fmt::format("it belongs to domain {}", owner->name));
    }
  }

  // --- grants

  void grant_rules(const Grant& grant) {
    grantee_reference(grant.key.grantee, grant.place);
    const Domain* self = build_.mesh.find(grant.domain);
    if (grant.key.target.form == TargetForm::Account) {
      if (!self->account) {
        diagnostics_.error("MESH1406", grant.place, fmt::format("domain {} may not grant on the account", grant.domain),
                           "only a domain with account: true in mesh.yaml may");
      }
      return;
    }
    const auto& object = grant.key.target.object;
    const Domain* owner = owner_of(object.name);
    if (owner == nullptr || owner->name != grant.domain) {
      diagnostics_.error(
          "MESH1406", grant.place, fmt::format("domain {} may not grant on {}", grant.domain, object.address()),
          owner == nullptr ? "nobody in this mesh owns it"
                           : fmt::format("it belongs to domain {}: the grant stands there", owner->name));
      return;
    }
    must_be_known(object, grant.place);
    if (grant.key.grantee.type == GranteeType::DatabaseRole && object.name.first() != grant.key.grantee.name.first()) {
      diagnostics_.error(
          "MESH1401", grant.place,
          fmt::format("{} lives in another database than {}", grant.key.grantee.display(), object.address()),
          "a database role holds privileges only in its own database");
    }
  }

  // Who holds USAGE on what, and who stands above whom.
  void index_usage() {
    for (const auto& [key, membership] : build_.state.memberships) {
      const auto type = key.role.kind == KindId::DatabaseRole ? GranteeType::DatabaseRole : GranteeType::Role;
      above_[{type, key.role.name}].push_back(key.member);
      below_[key.member].push_back({type, key.role.name});
    }
    for (const auto& [key, grant] : build_.state.grants) {
      if (key.privilege != "USAGE") continue;
      if (key.target.form == TargetForm::Object) usage_[key.grantee].insert(key.target.object);
      if (key.target.form == TargetForm::FutureIn && key.target.of_kind == KindId::Schema)
        schemas_of_[key.grantee].insert(key.target.object.name);
    }
    for (const auto& [id, object] : build_.state.objects) {
      if (object.owner) usage_[{GranteeType::Role, QualifiedName({*object.owner})}].insert(id);
    }
  }

  std::set<Grantee> closure(const Grantee& start, const std::map<Grantee, std::vector<Grantee>>& next) const {
    std::set<Grantee> seen = {start};
    std::vector<Grantee> open = {start};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      const auto it = next.find(at);
      if (it == next.end()) continue;
      for (const auto& other : it->second) {
        if (seen.insert(other).second) open.push_back(other);
      }
    }
    return seen;
  }

  bool uses(const Grantee& holder, const ObjectId& container) const {
    const auto it = usage_.find(holder);
    if (it != usage_.end() && it->second.count(container) > 0) return true;
    if (container.kind == KindId::Database)
      return holder.type == GranteeType::DatabaseRole && holder.name.first() == container.name.first();
    const auto all = schemas_of_.find(holder);
    return all != schemas_of_.end() && all->second.count(container.name.parent()) > 0;
  }

  // By any path: some role that has the grant also has USAGE all the way down.
  bool reaches(const Grantee& grantee, const std::vector<ObjectId>& containers) const {
    for (const auto& role : closure(grantee, above_)) {
      const auto holders = closure(role, below_);
      const bool all = std::all_of(containers.begin(), containers.end(), [&](const ObjectId& container) {
        return std::any_of(holders.begin(), holders.end(),
                           [&](const Grantee& holder) { return uses(holder, container); });
      });
      if (all) return true;
    }
    return false;
  }

  void usable(const Grant& grant) {
    const auto& target = grant.key.target;
    const auto type = grant.key.grantee.type;
    if (target.form == TargetForm::Account || type == GranteeType::User || type == GranteeType::Share) return;
    if (!is_declared(role_id(grant.key.grantee))) return;
    std::vector<ObjectId> containers;
    const auto& name = target.object.name;
    const bool in_schema =
        name.depth() == 3 || (target.form == TargetForm::FutureIn && target.object.kind == KindId::Schema);
    if (name.depth() >= 2 || target.form == TargetForm::FutureIn)
      containers.push_back({KindId::Database, QualifiedName({name.first()})});
    if (in_schema) containers.push_back({KindId::Schema, QualifiedName({name.parts()[0], name.parts()[1]})});
    if (containers.empty()) return;
    const auto cached = reach_.find({grant.key.grantee, containers});
    const bool good = cached != reach_.end()
                          ? cached->second
                          : (reach_[{grant.key.grantee, containers}] = reaches(grant.key.grantee, containers));
    if (good) return;
    const auto& last = containers.back();
    diagnostics_.error(
        "MESH1407", grant.place,
        fmt::format("{} could not use this: no USAGE on {} by any path", grant.key.grantee.display(),
                    missing(grant.key.grantee, containers)),
        fmt::format("grant it there: grants: {{{}: [USAGE]}} at {}",
                    type == GranteeType::DatabaseRole ? grant.key.grantee.display() : grant.key.grantee.name.display(),
                    last.address()));
  }
  std::string missing(const Grantee& grantee, const std::vector<ObjectId>& containers) const {
    for (const auto& container : containers) {
      if (!reaches(grantee, {container})) return container.address();
    }
    return containers.back().address();
  }

  // --- circles

  template <typename Key>
  void circle(const std::map<Key, std::set<Key>>& next, const std::function<void(const std::vector<Key>&)>& report) {
    std::map<Key, int> color;
    std::vector<Key> path;
    const std::function<bool(const Key&)> visit = [&](const Key& at) {
      color[at] = 1;
      path.push_back(at);
      if (const auto it = next.find(at); it != next.end()) {
        for (const auto& other : it->second) {
          if (color[other] == 1) {
            report({std::find(path.begin(), path.end(), other), path.end()});
            return true;
          }
          if (color[other] == 0 && visit(other)) return true;
        }
      }
      path.pop_back();
      color[at] = 2;
      return false;
    };
    for (const auto& [key, others] : next) {
      if (color[key] == 0 && visit(key)) return;
    }
  }

  void role_circles() {
    std::map<Grantee, std::set<Grantee>> next;
    for (const auto& [key, membership] : build_.state.memberships) {
      const auto type = key.role.kind == KindId::DatabaseRole ? GranteeType::DatabaseRole : GranteeType::Role;
      next[{type, key.role.name}].insert(key.member);
    }
    circle<Grantee>(next, [&](const std::vector<Grantee>& path) {
      std::string words;
      for (const auto& role : path) words += role.display() + " → ";
      const auto it = build_.state.objects.find(role_id(path.front()));
      auto& diagnostic = diagnostics_.error(
          "MESH1204", it == build_.state.objects.end() ? Place{} : it->second.place,
          fmt::format("roles are granted in a circle: {}{}", words, path.front().display()), "take one granted_to out");
      for (const auto& role : path) {
        if (const Object* object = build_.state.find(role_id(role)))
          diagnostic.notes.push_back({role.display(), object->place});
      }
    });
  }

  void view_circles() {
    circle<QualifiedName>(reads_, [&](const std::vector<QualifiedName>& path) {
      std::string words;
      for (const auto& name : path) words += name.display() + " → ";
      const Object* first = build_.state.find({KindId::View, path.front()});
      auto& diagnostic =
          diagnostics_.error("MESH1204", first == nullptr ? Place{} : first->place,
                             fmt::format("views read each other in a circle: {}{}", words, path.front().display()),
                             "one of them must do without the other");
      for (const auto& name : path) {
        if (const Object* view = build_.state.find({KindId::View, name}))
          diagnostic.notes.push_back({name.display(), view->place});
      }
    });
  }

  Build& build_;
  Desired& desired_;
  Diagnostics& diagnostics_;
  std::map<QualifiedName, std::set<QualifiedName>> reads_;
  std::map<Grantee, std::vector<Grantee>> above_, below_;
  std::map<Grantee, std::set<ObjectId>> usage_;
  std::map<Grantee, std::set<QualifiedName>> schemas_of_;
  std::map<std::pair<Grantee, std::vector<ObjectId>>, bool> reach_;
};

}  // namespace

void check_all(Build& build, Desired& desired) { Checker(build, desired).run(); }

}  // namespace mesh::manifest
