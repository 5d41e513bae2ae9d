// One declared object against what is there: create, adopt, update, replace.
#include "objects.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/diff/lineage.hpp"
#include "mesh/model/creation.hpp"

namespace mesh::diff_parts {
namespace {

// What only making it sets is remembered of when it was made.
LedgerEntry as_it_was_made(const Sides& sides, const Object& desired, bool made) {
  auto record = entry_for(sides, desired, made);
  const auto* old = sides.entry(desired.id);
  for (const auto& row : kinds::of(desired.id.kind).properties) {
    if (!row.fuller_in_memory) continue;
    const std::string name(row.name);
    record.attached.erase(name);
    if (old != nullptr && old->attached.count(name) > 0) record.attached[name] = old->attached.at(name);
  }
  return record;
}

std::vector<Name> names_in(const Value* list) {
  std::vector<Name> names;
  const auto* all = list == nullptr ? nullptr : std::get_if<ValueList>(&list->data);
  if (all == nullptr) return names;
  for (const auto& each : *all) names.push_back(Name::exact(*each.text()));
  return names;
}

// Live with the names of its columns as far as they count: a list that says what the query says is none, and where none
// is declared, one of which that cannot be told is left alone.
Object with_list_that_counts(const Sides& sides, const Object& desired, const Object& live) {
  constexpr std::string_view kList = "column_list";
  std::vector<Name> now = names_in(live.find(kList)), read;
  for (const auto& column : live.columns) read.push_back(column.name);
  const auto stated = names_in(desired.find(kList));
  if (!stated.empty()) {
    now = !read.empty() ? read : !now.empty() ? now : stated;
  } else {
    // The text of a dynamic table does not have it for sure: there the ledger knows that it was declared.
    const auto* entry = sides.entry(desired.id);
    const bool was_stated = entry != nullptr && entry->attached.count(std::string(kList)) > 0;
    if (now.empty() && was_stated) now = read;
    const auto by_query = now.empty() ? std::nullopt : names_by_query(sides.desired().state, desired);
    const auto by_live_query = now.empty() ? std::nullopt : names_by_query(sides.live, live);
    const bool differs = by_query && by_query->size() == now.size() && *by_query != now && by_live_query != now;
    if (!differs || !kinds::listed_columns(desired).empty()) now.clear();
  }
  ValueList list;
  for (const auto& name : now) list.emplace_back(name.stored());
  Object seen = live;
  seen.properties[std::string(kList)].value = std::move(list);
  return seen;
}

void say_kept(Change& change) {
  std::vector<std::string> addresses;
  for (const auto& each : change.kept) addresses.push_back(each.address());
  change.reason_text +=
      fmt::format("{}keeps what nobody declares: {}", change.reason_text.empty() ? "" : "; ", join(addresses, ", "));
}

// `why` is not empty where it is to be made anew whatever else differs.
std::optional<Change> update(const Sides& sides, const Object& desired, const Object& as_read, DiffResult& result,
                             const std::string& why = {}) {
  const bool may_have_list = kinds::of(desired.id.kind).columns_by_name;
  const Object seen = may_have_list ? with_list_that_counts(sides, desired, as_read) : Object();
  const Object& live = may_have_list ? seen : as_read;
  auto change = change_of(desired.id, desired.domain, Action::Update, Reason::Differs, desired.place);
  add_needs(sides, desired, change);
  add_makes(change, desired.id);
  const auto& kind = kinds::of(desired.id.kind);
  const size_t refused_before = result.refused.size();
  bool anew = diff_properties(sides, desired, live, change, result);
  const bool is_foreign = desired.structure_is_foreign();
  if (is_foreign) diff_foreign_comments(sides, desired, live, change, result);
  if (kind.has_columns && !kind.columns_by_name && !is_foreign) diff_table(sides, desired, live, change, result);
  diff_rows(sides, desired, live, change, result);
  if (kind.columns_by_name && !is_foreign) anew |= diff_view_columns(sides, desired, live, change, result);
  if (kind.columns_by_name && kinds::has_key(kind, "cluster_by")) diff_clustering(sides, desired, live, change);
  anew |= diff_texts(sides, desired, live, change, result) || !why.empty();
  const bool dropped = is_to_be_made_anew(desired.id, refused_before, result.refused);
  if (dropped) {
    drop_and_create(sides, desired, live, change, result);
  } else if (anew) {
    replace(sides, desired, live, change, result);
  }
  if (!why.empty()) change.reason_text = why;
  if (!change.kept.empty()) say_kept(change);
  if (change.diff.empty() && change.action != Action::Replace) return std::nullopt;
  const auto* entry = sides.entry(desired.id);
  change.ledger.record = anew || dropped ? entry_for(sides, desired, dropped || (entry != nullptr && entry->made))
                                         : as_it_was_made(sides, desired, entry != nullptr && entry->made);
  want_echoes(desired, change);
  return change;
}

// What can be set only behind the access that the object is given: a share's accounts. Of one that is not there yet,
// compared with what it is born with.
std::optional<Change> update_behind_access(const Sides& sides, const Object& desired, const Object* live,
                                           DiffResult& result) {
  const auto rows = kinds::of(desired.id.kind).properties;
  Object newborn;
  newborn.id = desired.id;
  for (const auto& row : rows) {
    if (row.behind_access) newborn.properties[std::string(row.name)] = {kinds::default_of(row), {}};
  }
  if (newborn.properties.empty()) return std::nullopt;
  auto change = change_of(desired.id, desired.domain, Action::Update,
                          live == nullptr ? Reason::NotThere : Reason::Differs, desired.place);
  change.behind_access = true;
  change.needs.push_back(change.address);
  for (const auto& id : named_behind_access(desired)) change.needs.push_back(id.address());
  diff_properties(sides, desired, live == nullptr ? newborn : *live, change, result);
  if (change.diff.empty()) return std::nullopt;
  const bool is_kept = std::any_of(rows.begin(), rows.end(), [](const kinds::PropertyRow& row) {
    return row.behind_access && kinds::is_read_singly(row.from);
  });
  const auto* entry = sides.entry(desired.id);
  if (live != nullptr && is_kept)
    change.ledger.record = as_it_was_made(sides, desired, entry != nullptr && entry->made);
  return change;
}

// Where it is started or suspended, by the row that says so; of kinds whose objects form graphs a change by itself, for
// others of the graph come in between. What mesh had suspended and not resumed is to be started again.
std::optional<Change> switch_change(const Sides& sides, const Object& desired, const Object& live) {
  const auto& kind = kinds::of(desired.id.kind);
  if (!kind.forms_graphs || desired.structure_is_foreign()) return std::nullopt;
  const auto* row = kinds::find_property(kind, kState);
  const Value* now = live.find(kState);
  if (now == nullptr || desired.ignore_changes.count(kState) > 0) return std::nullopt;
  const auto* entry = sides.entry(desired.id);
  const bool is_due = entry != nullptr && entry->attached.count(kState) > 0;
  const Value* stated = desired.find(kState);
  const Value wanted = stated != nullptr ? *stated : is_due ? Value(kStarted) : *now;
  if (wanted == *now) return std::nullopt;
  return state_change(sides, desired, *row, *now, wanted);
}

// An ALTER TABLE that changes or drops any column suspends a materialized view on it for good (identifiers-and-literals
// 8): why it must be made anew, empty where it need not. Tables stand before what reads them.
std::string why_anew(const Object& desired, const Object& live, const std::vector<Change>& changes) {
  if (desired.structure_is_foreign()) return {};
  if (!live.live.invalid.empty()) return "invalid: " + live.live.invalid;
  if (!kinds::of(desired.id.kind).dies_with_columns) return {};
  const auto read = read_by(desired);
  for (const auto& change : changes) {
    if (!change.object || change.action != Action::Update) continue;
    if (std::find(read.begin(), read.end(), *change.object) == read.end()) continue;
    const bool changes_column = std::any_of(change.diff.begin(), change.diff.end(), [](const DiffLine& line) {
      return line.property.starts_with("columns.") && !line.before.is_null() && !line.property.ends_with(".comment");
    });
    if (changes_column) return fmt::format("columns of {} change", change.address);
  }
  return {};
}

// Schema PUBLIC is born with its database: in a database that this plan makes it is altered, not created.
bool born_with_new_database(const Sides& sides, const ObjectId& id) {
  if (id.kind != KindId::Schema || id.name.last().stored() != "PUBLIC") return false;
  return sides.live_object({KindId::Database, id.name.parent()}) == nullptr;
}

Object newborn_public(const ObjectId& id) {
  Object born;
  born.id = id;
  born.live.born = true;
  born.properties["managed_access"] = {Value(false), {}};
  born.properties["transient"] = {Value(false), {}};
  born.properties["comment"] = {};
  return born;
}

// Taking over sets nothing: what can only be remembered is still to be set.
LedgerEntry taken_over(const Sides& sides, const Object& desired, bool made) {
  auto taken = as_it_was_made(sides, desired, made);
  const auto* old = sides.entry(desired.id);
  for (const auto& row : kinds::of(desired.id.kind).properties) {
    if (row.from != kinds::ReadFrom::Remembered) continue;
    const std::string name(row.name);
    taken.attached.erase(name);
    if (old != nullptr && old->attached.count(name) > 0) taken.attached[name] = old->attached.at(name);
  }
  return taken;
}

// The ledger alone changes: taken over, handed to another domain or tool, protected.
std::optional<Change> ledger_change(const Sides& sides, const Object& desired) {
  const auto* entry = sides.entry(desired.id);
  const bool protect = desired.prevent_destroy.value_or(entry != nullptr && entry->prevent_destroy);
  if (entry == nullptr || entry->domain != desired.domain) {
    auto change = change_of(desired.id, desired.domain, Action::Adopt, Reason::Existing, desired.place);
    if (entry != nullptr) change.reason_text = fmt::format("comes from domain {}", entry->domain);
    change.ledger.record = taken_over(sides, desired, entry != nullptr && entry->made);
    add_makes(change, desired.id);
    return change;
  }
  // Whose it is decides whether mesh may ever drop or rename it.
  const bool passes = is_another_tools(*entry) != desired.structure_is_foreign() &&
                      !lies_in_imported(sides.desired().state, desired.id);
  if (entry->prevent_destroy == protect && !passes) return std::nullopt;
  auto change = change_of(desired.id, desired.domain, Action::Update, passes ? Reason::Differs : Reason::Protection,
                          desired.place);
  if (entry->prevent_destroy != protect)
    change.diff.push_back({"prevent_destroy", Value(entry->prevent_destroy), Value(protect), {}});
  if (passes) {
    const Value mesh("mesh"), other("another tool");
    const bool is_foreign = desired.structure_is_foreign();
    change.diff.push_back({"structure", is_foreign ? mesh : other, is_foreign ? other : mesh, {}});
  }
  change.ledger.record = taken_over(sides, desired, entry->made);
  add_makes(change, desired.id);
  return change;
}

constexpr const char* kHandOver =
    "take it out of one of the two; `removed: [{object: …, action: forget}]` there hands it over";

// Of what is not there: it comes with an imported database, another tool makes it, it is born with its database, or it
// is created.
void diff_missing(const Sides& sides, const Object& desired, DiffResult& result) {
  const auto& id = desired.id;
  const ObjectId database{KindId::Database, QualifiedName({id.name.first()})};
  if (lies_in_imported(sides.desired().state, id) && sides.live_object(database) == nullptr) {
    auto change = change_of(id, desired.domain, Action::Adopt, Reason::Existing, desired.place);
    change.reason_text = "comes with " + database.address();
    add_needs(sides, desired, change);
    change.ledger.record = entry_for(sides, desired, false);
    result.changes.push_back(std::move(change));
  } else if (desired.structure_is_foreign()) {
    result.waiting.push_back({id.address(), kMadeByAnotherTool, desired.place});
  } else if (born_with_new_database(sides, id)) {
    auto change = update(sides, desired, newborn_public(id), result);
    if (!change) change = change_of(id, desired.domain, Action::Adopt, Reason::Existing, desired.place);
    add_needs(sides, desired, *change);
    change->ledger.record = entry_for(sides, desired, true);
    result.changes.push_back(std::move(*change));
  } else {
    result.changes.push_back(create(sides, desired, result));
    if (auto change = update_behind_access(sides, desired, nullptr, result))
      result.changes.push_back(std::move(*change));
  }
}

// Each difference that is carried out by itself is a change of its own.
void diff_present(const Sides& sides, const Object& desired, const Object& live, DiffResult& result) {
  const auto add = [&](std::optional<Change> change) {
    if (change) result.changes.push_back(std::move(*change));
  };
  auto remembered = ledger_change(sides, desired);
  auto updated = update(sides, desired, live, result, why_anew(desired, live, result.changes));
  // Protection is part of the update that there is, and one by itself where there is none.
  if (remembered && updated && remembered->action == Action::Update) {
    updated->diff.insert(updated->diff.begin(), remembered->diff.begin(), remembered->diff.end());
    remembered.reset();
  }
  add(std::move(remembered));
  add(std::move(updated));
  add(update_behind_access(sides, desired, &live, result));
  add(switch_change(sides, desired, live));
}

// A value that equals the inherited one may be inherited: where the container gets another, it is set first, or it
// would follow (parameters: an object without a value of its own has its container's).
void keep_what_is_stated(const Sides& sides, DiffResult& result) {
  std::set<std::pair<ObjectId, std::string>> changed;
  for (const auto& change : result.changes) {
    for (const auto& line : change.diff) {
      if (change.object) changed.emplace(*change.object, line.property);
    }
  }
  for (auto& change : result.changes) {
    const bool is_container =
        change.object && (change.object->kind == KindId::Database || change.object->kind == KindId::Schema);
    if (!is_container || change.action != Action::Update) continue;
    std::vector<Statement> first;
    for (const auto& line : change.diff) {
      const auto* own = kinds::find_property(kinds::of(change.object->kind), line.property);
      if (own == nullptr || own->effective_column.empty()) continue;  // nothing inside inherits it, or SHOW tells apart
      for (const auto& [id, desired] : sides.desired().state.objects) {
        const auto* row = kinds::find_property(kinds::of(id.kind), line.property);
        const Object* live = sides.live_object(id);
        if (row == nullptr || row->effective_column.empty() || live == nullptr ||
            !id.name.is_under(change.object->name))
          continue;
        const Value *stated = desired.find(line.property), *now = live->find(line.property);
        const bool follows = stated != nullptr && now != nullptr && *stated == *now && *stated != line.after;
        if (!follows || changed.count({id, line.property}) > 0 || desired.ignore_changes.count(line.property) > 0)
          continue;
        if (sides.id_in_account(id) != id) {
          result.refused.push_back(
              refuse_loss(sides, id, nullptr,
                          fmt::format("gets another name while {} of {} changes, and would follow it", line.property,
                                      change.address),
                          desired.place));
          continue;
        }
        const auto* entry = sides.entry(id);
        change.ledger.also_record.push_back(entry_for(sides, desired, entry != nullptr && entry->made));
        for (auto& sql : kinds::property_statements(id, {{row, *stated, false}}))
          first.push_back({std::move(sql), sides.mesh().deploy_role(desired.domain), Act::Alter, std::nullopt});
      }
    }
    change.statements.insert(change.statements.begin(), first.begin(), first.end());
  }
}

}  // namespace

void diff_objects(const Sides& sides, DiffResult& result) {
  for (const auto& [id, desired] : sides.desired().state.objects) {
    // See diff_account_parameters, diff_statements.
    if (id.kind == KindId::AccountParameter || id.kind == KindId::Statement) continue;
    if (!sides.in_scope(desired.domain) || held_by_another_mesh(sides, desired, kHandOver, result)) continue;
    if (const Object* live = sides.live_object(id)) {
      diff_present(sides, desired, *live, result);
    } else {
      diff_missing(sides, desired, result);
    }
  }
  keep_what_is_stated(sides, result);
  open_foreign_key_rings(sides, result.changes);
  mark_dependents(sides, result.changes);
}

}  // namespace mesh::diff_parts
