// One declared object against what is there: create, adopt, update, replace.
#include <algorithm>

#include <fmt/format.h>

#include "compare.hpp"
#include "mesh/base/text.hpp"
#include "mesh/diff/lineage.hpp"
#include "mesh/model/creation.hpp"
#include "mesh/sql/normalise.hpp"

namespace mesh::diff_parts {
namespace {

using kinds::Absent;
using kinds::ChangeBy;
using kinds::PropertyRow;
using kinds::ReadFrom;

// The tags and policies that stand in its CREATE.
std::vector<ObjectId> attached_to(const Sides& sides, const Object& object) {
  std::vector<ObjectId> ids;
  for (const auto* each : attachments_of_creation(sides.desired().state, object.id))
    ids.push_back({each->key.kind, each->name});
  return ids;
}

// Everything that must be there before this object can be made or changed, by address. A name that no change makes
// orders nothing.
// What is set in a change of its own (update_behind_access), for it may lie inside the object: a database's
// classification profile.
std::vector<ObjectId> named_behind_access(const Object& object) {
  std::vector<ObjectId> named;
  for (const auto& row : kinds::of(object.id.kind).properties) {
    const Value* value = row.behind_access ? object.find(row.name) : nullptr;
    const auto some = value == nullptr ? std::vector<ObjectId>() : kinds::named_in(row, *value);
    named.insert(named.end(), some.begin(), some.end());
  }
  return named;
}

void add_needs(const Sides& sides, const Object& object, Change& change) {
  const auto& name = object.id.name;
  if (name.depth() >= 2) change.needs.push_back(ObjectId{KindId::Database, QualifiedName({name.parts()[0]})}.address());
  if (name.depth() >= 3) change.needs.push_back(ObjectId{KindId::Schema, name.parent()}.address());
  if (object.owner) change.needs.push_back(ObjectId{KindId::Role, QualifiedName({*object.owner})}.address());
  for (const auto& constraint : object.constraints) {
    if (constraint.type == ConstraintType::ForeignKey && constraint.references != name) {
      change.needs.push_back(ObjectId{KindId::Table, constraint.references}.address());
    }
  }
  const auto later = named_behind_access(object);
  for (const auto& id : read_by(object)) {
    if (std::find(later.begin(), later.end(), id) == later.end()) change.needs.push_back(id.address());
  }
  for (const auto& id : attached_to(sides, object)) change.needs.push_back(id.address());
}

void want_echoes(const Object& object, Change& change) {
  for (auto& [key, text] : echoed_texts(object)) {
    change.ledger.echoes.push_back(key);
    change.ledger.written.emplace(key, text);
  }
}

// Account-level objects are made by the creator role and handed over.
void create_statements(const Sides& sides, const Object& object, Change& change) {
  const auto& mesh = sides.mesh();
  const std::string deploy = mesh.deploy_role(object.domain);
  const auto& kind = kinds::of(object.id.kind);
  const std::string creator = kinds::is_creators(kind) ? mesh.creator_role(object.domain) : std::string();
  const std::string& role = creator.empty() ? deploy : creator;
  const bool handed_over = object.owner && object.owner->stored() != deploy;
  const auto ties = handed_over ? tie_statements(object) : std::vector<std::string>();
  for (auto& sql : kinds::create_statements(ties.empty() ? object : without_ties(object),
                                            attachments_of_creation(sides.desired().state, object.id)))
    add_statement(change, Act::Create, std::move(sql), role);
  create_rows(sides, object, change);
  if (!creator.empty() && !deploy.empty() && creator != deploy) {
    const Name heir = Name::exact(deploy);
    // GRANT OWNERSHIP ON DATABASE hands over the database alone: the schema it was born with goes by itself.
    if (object.id.kind == KindId::Database) {
      add_handover(change, {KindId::Schema, object.id.name.child(Name::exact("PUBLIC"))}, heir, creator);
    }
    add_handover(change, object.id, heir, creator);
  }
  for (const auto& constraint : object.constraints) {
    if (constraint.type == ConstraintType::ForeignKey) {
      add_statement(change, Act::Alter, kinds::add_constraint(object.id, constraint), deploy);
    }
  }
  if (handed_over) add_handover(change, object.id, *object.owner, deploy);
  for (const auto& sql : ties) add_statement(change, Act::Alter, sql, deploy);
}

Change create(const Sides& sides, const Object& object) {
  auto change = change_of(object.id, object.domain, Action::Create, Reason::NotThere, object.place);
  add_needs(sides, object, change);
  add_makes(change, object.id);
  for (const auto& row : kinds::of(object.id.kind).properties) {
    const Value* value = object.find(row.name);
    if (value != nullptr && !value->is_null() && !row.behind_access)
      change.diff.push_back({std::string(row.name), Value(), kinds::compared(row, *value), {}});
  }
  for (const auto& column : object.columns) {
    change.diff.push_back({"columns." + column.name.stored(), Value(), column_record(column), {}});
  }
  for (const auto& [key, text] : object.texts) change.diff.push_back({key, Value(), Value(text.text), {}});
  for (const auto* each : attachments_of_creation(sides.desired().state, object.id)) {
    change.diff.push_back(
        {each->ledger_key(), Value(), Value(each->key.kind == KindId::Tag ? each->value : each->name.display()), {}});
  }
  create_statements(sides, object, change);
  change.reason_text = what_is_applied(sides, object);
  change.ledger.record = entry_for(sides, object, true);
  want_echoes(object, change);
  return change;
}

struct PropertyDifference {
  const PropertyRow* row;
  Value before, after;
  bool unset, first;
};

// What is not to be read, but stands as mesh made it, for only making it anew changes it. Nothing: unknown.
std::optional<Value> value_when_made(const PropertyRow& row, const LedgerEntry* entry) {
  if (!row.fuller_in_memory || entry == nullptr || !entry->made) return std::nullopt;
  const auto it = entry->attached.find(std::string(row.name));
  if (it == entry->attached.end()) return kinds::default_of(row);
  const auto remembered = recalled(row, it->second);
  return remembered ? std::optional<Value>(*remembered) : std::nullopt;
}

// What was described without it: as mesh last set it, else what it is born with.
Value value_as_set(const PropertyRow& row, const Object& desired, const LedgerEntry* entry) {
  const auto none = entry == nullptr ? std::map<std::string, std::string>() : entry->attached;
  const auto it = none.find(std::string(row.name));
  if (it == none.end()) return kinds::default_of(row);
  if (const Value* stated = desired.find(row.name); stated != nullptr && remembered_text(*stated) == it->second)
    return *stated;
  if (row.type == kinds::ValueType::Records) return Value(it->second);  // shown, and different from any
  const auto remembered = recalled(row, it->second);
  return remembered ? *remembered : kinds::default_of(row);
}

// What is there: as it was read, or, where that tells nothing, as mesh last set it. Nothing: unknown.
std::optional<Value> value_now(const PropertyRow& row, const Object& desired, const Object& live,
                               const LedgerEntry* entry) {
  if (row.from == ReadFrom::Remembered) {
    const auto none = entry == nullptr ? std::map<std::string, std::string>() : entry->attached;
    const auto it = none.find(std::string(row.name));
    // What another hand made, mesh never set: where it cannot be set either, it is left as it is.
    const bool is_made = entry != nullptr && entry->made;
    if (it == none.end() && row.change == ChangeBy::Immutable && !is_made) return std::nullopt;
    if (it == none.end()) return Value();
    const auto remembered = recalled(row, it->second);
    return remembered ? *remembered : Value();
  }
  if (live.live.unknown.count(std::string(row.name)) > 0)
    return row.may_be_untold ? value_as_set(row, desired, entry) : value_when_made(row, entry);
  if (const Value* now = live.find(row.name)) return *now;
  // A column that this edition's SHOW does not have is unknown, not different.
  return row.from == ReadFrom::Parameter ? std::optional<Value>(Value()) : std::nullopt;
}

// What mesh last set, where what is read can be that and says less. Null: nothing fits.
Value fuller_value(const PropertyRow& row, const Value& now, const LedgerEntry* entry) {
  if (!row.fuller_in_memory || row.same == nullptr || entry == nullptr) return {};
  const auto it = entry->attached.find(std::string(row.name));
  if (it == entry->attached.end()) return {};
  const auto remembered = recalled(row, it->second);
  return remembered && row.same(*remembered, now) ? *remembered : Value();
}

// It is there, more than by default, and cannot be any more.
bool must_go_first(const PropertyRow& row, const Object& desired, const Value& now) {
  return row.goes_first && row.applies != nullptr && !row.applies(desired) && !now.is_null() &&
         now != kinds::default_of(row);
}

// What an absent property goes back to; nothing where it is left alone.
std::optional<Value> wanted_value(const PropertyRow& row, const Object& desired, bool& unset) {
  const Value* stated = desired.find(row.name);
  if (stated != nullptr && !stated->is_null()) return *stated;
  if (row.applies != nullptr && !row.applies(desired)) return std::nullopt;
  switch (row.absent) {
    case Absent::Leave:
      return std::nullopt;
    case Absent::NotSetHere:
      unset = true;
      return Value();
    case Absent::Reset:
      break;
  }
  if (row.default_for != nullptr) {
    const auto text = row.default_for(desired);
    if (text.empty()) return std::nullopt;
    if (!kinds::is_list(row.type)) return *kinds::canonical(row, text);
  }
  unset = row.change == ChangeBy::SetOrUnset;
  return kinds::default_of(row);
}

std::vector<PropertyDifference> property_differences(const Sides& sides, const Object& desired, const Object& live,
                                                     bool behind_access) {
  std::vector<PropertyDifference> differences;
  for (const auto& row : kinds::of(desired.id.kind).properties) {
    if (row.behind_access != behind_access) continue;
    const std::string name(row.name);
    if (row.change == ChangeBy::Resume && kinds::of(desired.id.kind).forms_graphs) continue;  // see switch_change
    if (row.change == ChangeBy::CreateOnly || desired.ignore_changes.count(name) > 0) continue;
    if (desired.structure_is_foreign() && !(row.name == "comment" && desired.manage.count("comment") > 0)) continue;
    auto before = value_now(row, desired, live, sides.entry(desired.id));
    if (!before) continue;
    const Value fuller = fuller_value(row, *before, sides.entry(desired.id));
    if (!fuller.is_null()) before = fuller;
    if (must_go_first(row, desired, *before)) {
      differences.push_back({&row, *before, Value(), true, true});
      continue;
    }
    bool unset = false;
    const auto wanted = wanted_value(row, desired, unset);
    const bool equal = wanted && (kinds::compared(row, *wanted) == kinds::compared(row, *before) ||
                                  (fuller.is_null() && row.same != nullptr && row.same(*wanted, *before)));
    if (!wanted || equal) continue;
    differences.push_back({&row, *before, *wanted, unset, false});
  }
  return differences;
}

bool is_emptied(const PropertyDifference& difference) {
  const auto* list = std::get_if<ValueList>(&difference.after.data);
  return difference.unset || (list != nullptr && list->empty());
}

bool cannot_become(const PropertyRow& row, const Object& live, const Value& before, const Value& after) {
  if (row.change == ChangeBy::Immutable) return true;
  if (row.fixed_for != nullptr && row.only_from_creation.empty()) return row.fixed_for(live);
  if (row.stays_there && before.is_null() != after.is_null()) return true;
  if (const auto* list = std::get_if<ValueList>(&after.data); row.never_emptied)
    return list != nullptr ? list->empty() : after.is_null();
  return !row.only_from_creation.empty() && after == *kinds::canonical(row, row.only_from_creation);
}

bool loses(const PropertyDifference& difference, const Object& live) {
  switch (difference.row->loses) {
    case kinds::Loses::Never:
      return false;
    case kinds::Loses::WhenSetFalse:
      return difference.after == Value(false);
    case kinds::Loses::WhenLowered:
      break;
  }
  const auto* after = std::get_if<int64_t>(&difference.after.data);
  const int64_t now = live.live.retention_days;
  // Not set here any more: what is inherited then is not known; assume the lowest.
  return after == nullptr ? now > 1 : *after < now;
}

Refusal immutable(const Sides& sides, const Object& desired, const Object& live, const PropertyDifference& difference) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2002";
  refusal.message =
      fmt::format("{} of {} cannot be changed from {} to {}: Snowflake fixes it at creation", difference.row->name,
                  desired.id.address(), to_display(difference.before), to_display(difference.after));
  if (difference.row->never_emptied) {
    const bool list = kinds::is_list(difference.row->type);
    refusal.message = fmt::format("{} of {} cannot {}be taken away ({}): Snowflake keeps {}", difference.row->name,
                                  desired.id.address(), list ? "all " : "", to_display(difference.before),
                                  list ? "the last one" : "it");
  }
  refusal.ways_out = fmt::format(
      "leave it as it is in the manifest; or make a new object beside it, move what is needed, and remove this one "
      "({})",
      tombstone_text(sides.mesh(), desired.id));
  const bool is_past_it = difference.row->fixed_for != nullptr && difference.row->fixed_for(live);
  if (is_past_it) {
    refusal.message = fmt::format("{} of {} cannot be changed from {} to {}", difference.row->name,
                                  desired.id.address(), to_display(difference.before), to_display(difference.after));
    refusal.ways_out = fmt::format("leave it as it is in the manifest: {}", difference.row->fixed_because);
  }
  refusal.place = desired.place;
  return refusal;
}

Place place_of(const Object& object, std::string_view property) {
  const auto it = object.properties.find(property);
  return it == object.properties.end() || !it->second.place.known() ? object.place : it->second.place;
}

// A tombstone cannot consent to this: an object that is declared cannot be removed as well.
Refusal refuse_history(const Sides& sides, const Object& desired, const DiffLine& line) {
  auto refusal = refuse_loss(
      sides, desired.id, nullptr,
      fmt::format("would lose history: {} {} → {}", line.property, to_display(line.before), to_display(line.after)),
      place_of(desired, line.property));
  const std::string keep = line.before.is_null()
                               ? fmt::format("leave {} out of the manifest", line.property)
                               : fmt::format("keep {}: {} in the manifest", line.property, to_display(line.before));
  refusal.ways_out =
      sides.mesh().environment.is_protected
          ? keep + "; or, since this environment is protected, make the change by hand"
          : fmt::format("{}; or, in this environment, apply with --allow-destroy '{}'", keep, desired.id.address());
  return refusal;
}

// Properties in brackets that SET takes as one: all that are stated, and those that go back to their default.
void set_groups_whole(const Object& desired, std::vector<kinds::PropertyChange>& changes) {
  std::set<std::string_view> groups;
  std::set<const kinds::PropertyRow*> changed;
  for (const auto& change : changes) {
    if (!change.row->whole_group) continue;
    groups.insert(change.row->wrapped_in);
    changed.insert(change.row);
  }
  std::erase_if(changes, [](const auto& change) { return change.row->whole_group; });
  for (const auto group : groups) {
    std::vector<kinds::PropertyChange> whole;
    bool all_default = true;
    const kinds::PropertyRow* any = nullptr;
    for (const auto& row : kinds::of(desired.id.kind).properties) {
      if (row.wrapped_in != group) continue;
      any = &row;
      const Value* stated = desired.find(row.name);
      const Value value = stated != nullptr ? *stated : kinds::default_of(row);
      all_default &= value == kinds::default_of(row);
      if (stated != nullptr || changed.count(&row) > 0) whole.push_back({&row, value, false});
    }
    if (all_default) whole = {{any, Value(), true}};
    changes.insert(changes.end(), whole.begin(), whole.end());
  }
}

// What must stand in the same SET as a property that is altered.
void add_companions(const Object& desired, std::vector<kinds::PropertyChange>& changes) {
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto companion = changes[i].row->altered_with;
    if (companion.empty()) continue;
    const auto* row = kinds::find_property(kinds::of(desired.id.kind), companion);
    const Value* stated = desired.find(companion);
    const auto at = changes.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    changes.insert(at, {row, stated != nullptr ? *stated : kinds::default_of(*row), false});
  }
}

// A document is written whole: with what is stated, and what is left alone as it is.
void add_rest_of_document(const Object& desired, const Object& live, std::vector<kinds::PropertyChange>& changes) {
  const auto is_part = [](const PropertyRow& row) {
    return row.change == ChangeBy::Document || row.change == ChangeBy::Publish;
  };
  const bool any =
      std::any_of(changes.begin(), changes.end(), [&](const auto& change) { return is_part(*change.row); });
  if (!any) return;
  for (auto& change : changes) {  // a default is not written where it is not stated
    const Value* stated = desired.find(change.row->name);
    if (change.row->change == ChangeBy::Document) change.after = stated == nullptr ? Value() : *stated;
  }
  for (const auto& row : kinds::of(desired.id.kind).properties) {
    const bool differs = std::any_of(changes.begin(), changes.end(), [&](const auto& c) { return c.row == &row; });
    if (!is_part(row) || differs) continue;
    const Value *stated = desired.find(row.name), *now = live.find(row.name);
    const bool is_left = row.absent == Absent::Leave && (stated == nullptr || stated->is_null());
    const bool stands =
        is_left || row.change == ChangeBy::Publish || desired.ignore_changes.count(std::string(row.name));
    if (const Value* value = stands ? now : stated; value != nullptr)
      changes.push_back({.row = &row, .after = *value, .stays = true});
  }
}

// More of a list takes nothing away from anybody.
bool takes_away(const DiffLine& line) {
  const auto *before = std::get_if<ValueList>(&line.before.data), *after = std::get_if<ValueList>(&line.after.data);
  if (before == nullptr || after == nullptr) return true;
  return std::any_of(before->begin(), before->end(),
                     [&](const Value& each) { return std::find(after->begin(), after->end(), each) == after->end(); });
}

// What is left of a difference in the tasks that it comes after, while another role gets it: it is tied to them behind
// that (task_graphs.cpp), and only what goes goes before. Null: nothing.
std::optional<Value> without_new_ties(const PropertyDifference& difference) {
  const auto* after = std::get_if<ValueList>(&difference.after.data);
  const auto* before = std::get_if<ValueList>(&difference.before.data);
  if (after == nullptr) return difference.before.is_null() ? std::nullopt : std::optional<Value>(Value());
  if (before == nullptr) return std::nullopt;
  ValueList kept;
  for (const auto& each : *before) {
    if (std::find(after->begin(), after->end(), each) != after->end()) kept.push_back(each);
  }
  return kept.size() == before->size() ? std::nullopt : std::optional<Value>(std::move(kept));
}

// True: a difference that only making the object anew carries out.
bool diff_properties(const Sides& sides, const Object& desired, const Object& live, Change& change,
                     DiffResult& result) {
  bool anew = false;
  std::vector<kinds::PropertyChange> changes;
  for (const auto& difference : property_differences(sides, desired, live, change.behind_access)) {
    const auto& row = *difference.row;
    DiffLine line{
        std::string(row.name), kinds::compared(row, difference.before), kinds::compared(row, difference.after), {}};
    if (row.disruptive && takes_away(line) && change.risk == Risk::Safe) change.risk = Risk::Disruptive;
    if (auto refused = kept_by_governance(sides, desired, row.name)) {
      result.refused.push_back(std::move(*refused));
    } else if (cannot_become(row, live, difference.before, difference.after)) {
      auto refusal = immutable(sides, desired, live, difference);
      refusal.place = place_of(desired, difference.row->name);
      result.refused.push_back(std::move(refusal));
    } else if (row.change == ChangeBy::Replace || (row.unset_by_replacing && is_emptied(difference))) {
      anew = true;
    } else if (!row.is_sibling || !gets_another_owner(desired, live)) {
      changes.push_back({&row, difference.after, difference.unset, difference.first, difference.before});
    } else if (auto kept = without_new_ties(difference)) {
      const bool is_unset = difference.unset || kept->is_null();
      changes.push_back({&row, std::move(*kept), is_unset, difference.first, difference.before});
    }
    if (row.effect != nullptr) line.cost = row.effect(line.before, line.after);
    if (loses(difference, live)) {
      line.cost = "loses history";
      change.risk = Risk::Destructive;
      if (consent_for(sides, desired.id) != Consent::Given)
        result.refused.push_back(refuse_history(sides, desired, line));
    }
    change.diff.push_back(std::move(line));
  }
  if (const auto set = what_is_set(sides, desired.id, change.diff); !set.empty()) change.reason_text = set;
  add_companions(desired, changes);
  set_groups_whole(desired, changes);
  add_rest_of_document(desired, live, changes);
  const std::string role = sides.mesh().deploy_role(desired.domain);
  const bool enables_managed = std::any_of(changes.begin(), changes.end(), [](const auto& c) {
    return c.row->change == ChangeBy::ManagedAccess && c.after == Value(true);
  });
  // ENABLE MANAGED ACCESS fails while future grants stand in the schema (schema entry, quirks): take them away and give
  // them back.
  std::vector<const Grant*> futures;
  if (enables_managed) {
    for (const auto& [key, grant] : sides.live.grants) {
      if (key.target.form == TargetForm::FutureIn && key.target.object == desired.id) futures.push_back(&grant);
    }
  }
  for (const auto* grant : futures) add_statement(change, Act::Alter, kinds::revoke_statement(grant->key), role);
  for (auto& sql : kinds::property_statements(desired.id, changes))
    add_statement(change, Act::Alter, std::move(sql), role);
  for (const auto* grant : futures)
    add_statement(change, Act::Alter, kinds::grant_statement(grant->key, grant->grant_option), role);
  return anew;
}

// OR REPLACE would take it, and lose what hangs on the object (design, promise 2).
Refusal fixed_text(const Sides& sides, const Object& desired, const kinds::TextRow& row) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2002";
  refusal.message =
      fmt::format("{} of {} cannot be changed: Snowflake fixes it at creation", row.name, desired.id.address());
  const std::string cost(kinds::of(desired.id.kind).drop_cost);
  refusal.ways_out =
      fmt::format("leave it as it is in the manifest; or declare it under a new name, and remove this one ({}{})",
                  tombstone_text(sides.mesh(), desired.id), cost.empty() ? "" : "; dropping it " + cost);
  const SqlText* text = desired.text(row.name);
  refusal.place = text != nullptr && text->place.known() ? text->place : desired.place;
  return refusal;
}

// Of a text that this role may not read (a secure view's), what Snowflake made of the one that mesh wrote last: that it
// was changed since nobody can tell, that another one is declared now they can.
std::optional<SqlText> last_echo(const LedgerEntry* entry, const std::string& name) {
  if (entry == nullptr) return std::nullopt;
  const auto echo = entry->echoes.find(name);
  return echo == entry->echoes.end() ? std::nullopt : std::optional(SqlText{echo->second.echo, {}});
}

Value text_value(const SqlText* text) { return text == nullptr ? Value() : Value(text->text); }

// Texts that are not as declared: altered, or, where Snowflake cannot, a reason to make the object anew. True: so it
// is.
bool diff_texts(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result) {
  if (desired.structure_is_foreign()) return false;
  bool anew = false;
  std::vector<DiffLine> lines;
  for (const auto& row : kinds::of(desired.id.kind).texts) {
    const std::string name(row.name);
    const bool hidden = live.live.unknown.count(name) > 0;
    const auto written = hidden ? last_echo(sides.entry(desired.id), name) : std::nullopt;
    if (desired.ignore_changes.count(name) > 0 || (hidden && !written)) continue;
    const SqlText *wanted = desired.text(name), *now = hidden ? &*written : live.text(name);
    if (wanted == nullptr && now == nullptr) continue;
    if (wanted != nullptr &&
        same_text(sides.entry(desired.id), name, wanted->text, now == nullptr ? std::string() : now->text, row.same))
      continue;
    lines.push_back({name, text_value(now), text_value(wanted), {}});
    anew |= row.change == kinds::TextChange::Replace;
    if (row.change == kinds::TextChange::Refuse) result.refused.push_back(fixed_text(sides, desired, row));
    // Frozen rows that thaw are computed again (alter-dynamic-table, FROZEN WHERE).
    if (row.keeps_rows && now != nullptr) change.risk = std::max(change.risk, Risk::Expensive);
    if (row.change == kinds::TextChange::Alter)
      add_statement(change, Act::Alter, kinds::set_text(desired.id, row, wanted),
                    sides.mesh().deploy_role(desired.domain));
  }
  change.diff.insert(change.diff.begin(), lines.begin(), lines.end());
  return anew;
}

// Comments of a view's columns: where `columns` is written, or was when mesh last set them, what it leaves out carries
// none. True: they are a reason to make it anew.
bool diff_view_columns(const Sides& sides, const Object& desired, const Object& live, Change& change,
                       DiffResult& result) {
  const auto* entry = sides.entry(desired.id);
  const bool were_stated = entry != nullptr && entry->attached.count(kViewColumns) > 0;
  if (!desired.columns_stated && (!were_stated || desired.structure_is_foreign())) return false;
  const bool in_list = kinds::of(desired.id.kind).lists_comments;
  bool anew = false;
  const auto comment = [&](const Name& column, const std::string& before, const std::string& after) {
    change.diff.push_back({"columns." + column.stored() + ".comment", text_or_null(before), text_or_null(after), {}});
    anew |= in_list;
    if (!in_list)
      add_statement(change, Act::Alter, kinds::set_column_comment(desired.id, column, after),
                    sides.mesh().deploy_role(desired.domain));
  };
  for (const auto& column : desired.columns) {
    const auto it =
        std::find_if(live.columns.begin(), live.columns.end(), [&](const Column& c) { return c.name == column.name; });
    if (it == live.columns.end()) {
      if (desired.find("column_list") != nullptr) continue;  // made anew, it has that name
      result.findings.push_back({Severity::Warning,
                                 "MESH2020",
                                 fmt::format("{} has no column '{}'", desired.id.address(), column.name.display()),
                                 "its query gives none of that name",
                                 desired.id.address(),
                                 column.place,
                                 {}});
      continue;
    }
    if (it->comment != column.comment) comment(column.name, it->comment, column.comment);
  }
  for (const auto& column : live.columns) {
    const bool is_stated = std::any_of(desired.columns.begin(), desired.columns.end(),
                                       [&](const Column& c) { return c.name == column.name; });
    if (!is_stated && !column.comment.empty()) comment(column.name, column.comment, "");
  }
  return anew;
}

// OR REPLACE forgets what is not in the statement: what is left alone must be said again.
Object with_what_is_left_alone(const Object& desired, const Object& live) {
  Object stated = desired;
  for (const auto& row : kinds::of(desired.id.kind).properties) {
    const bool is_left = row.absent == Absent::Leave || desired.ignore_changes.count(std::string(row.name)) > 0;
    const Value* now = live.find(row.name);
    if (!is_left || now == nullptr || now->is_null()) continue;
    if (desired.find(row.name) != nullptr && desired.ignore_changes.count(std::string(row.name)) == 0) continue;
    if (row.type == kinds::ValueType::Boolean && *now == Value(false)) continue;  // as it is born
    stated.properties[std::string(row.name)] = {*now, {}};
  }
  return stated;
}

// A tombstone cannot consent to this: an object that is declared cannot be removed as well.
Refusal refuse_rebuilding(const Sides& sides, const Object& desired) {
  auto refusal =
      refuse_loss(sides, desired.id, nullptr,
                  "would be made anew, and lose the frozen rows that its query does not give again", desired.place);
  const std::string first = "leave it as it is; or take frozen_where out and apply that first";
  refusal.ways_out =
      sides.mesh().environment.is_protected
          ? first
          : fmt::format("{}; or, in this environment, apply with --allow-destroy '{}'", first, desired.id.address());
  return refusal;
}

// Rows that the live object holds and no query gives again.
bool holds_what_nothing_gives(const Object& live) {
  const auto& texts = kinds::of(live.id.kind).texts;
  return std::any_of(texts.begin(), texts.end(),
                     [&](const kinds::TextRow& row) { return row.keeps_rows && live.text(row.name) != nullptr; });
}

void replace(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result) {
  change.action = Action::Replace;
  const auto& kind = kinds::of(desired.id.kind);
  if (kind.rebuilds) {
    change.risk = std::max(change.risk, Risk::Expensive);
    change.cost = with_row_count("expensive: rebuilds data", live.live.rows);
  }
  if (holds_what_nothing_gives(live)) {
    change.risk = Risk::Destructive;
    change.cost = "loses the frozen rows that its query does not give again";
    if (consent_for(sides, desired.id) != Consent::Given) result.refused.push_back(refuse_rebuilding(sides, desired));
  }
  change.statements.clear();
  const Object stated = with_what_is_left_alone(desired, live);
  const std::string role = sides.mesh().deploy_role(desired.domain);
  for (auto& sql : kinds::replace_statements(stated, attachments_of(sides.desired().state, desired.id)))
    add_statement(change, Act::Replace, std::move(sql), role);
  // The role that replaces a view owns the new one (create-view, COPY GRANTS): it goes back to its owner. Where another
  // one is declared, that is a change of its own.
  const std::string& runs_as = role.empty() ? sides.input.live.current_role : role;
  const auto& owner = live.live.owner;
  const bool stays = !desired.owner || *desired.owner == owner || desired.ignore_changes.count("owner") > 0;
  if (stays && live.live.owner_type == "ROLE" && owner.stored() != runs_as)
    add_handover(change, desired.id, owner, role);
}

// What no ALTER changes and OR REPLACE would lose, as it would the history of what was loaded (design, promise 2):
// dropped and created, with consent.
constexpr KindId kDroppedAndCreated[] = {KindId::Pipe};

// Whether what was refused since `first` is a part of the object that Snowflake fixes at creation; then the refusals
// go, for there is a way.
bool is_to_be_made_anew(const ObjectId& id, size_t first, std::vector<Refusal>& refused) {
  if (std::find(std::begin(kDroppedAndCreated), std::end(kDroppedAndCreated), id.kind) == std::end(kDroppedAndCreated))
    return false;
  const auto is_fixed = [](const Refusal& refusal) { return refusal.code == "MESH2002"; };
  const auto from = refused.begin() + static_cast<std::ptrdiff_t>(first);
  const auto kept = std::remove_if(from, refused.end(), is_fixed);
  const bool any = kept != refused.end();
  refused.erase(kept, refused.end());
  return any;
}

// A tombstone cannot consent: an object that is declared cannot be removed as well.
Refusal refuse_creation_anew(const Sides& sides, const Object& desired, const Change& change) {
  auto refusal = refuse_loss(sides, desired.id, nullptr,
                             fmt::format("would be dropped and created anew, for {} cannot be changed, and {}",
                                         change.diff.front().property, change.cost),
                             place_of(desired, change.diff.front().property));
  refusal.ways_out =
      sides.mesh().environment.is_protected
          ? fmt::format(
                "leave it as it is; or, since this environment is protected, take its lines out with a tombstone "
                "({}), apply, and declare it again",
                tombstone_text(sides.mesh(), desired.id))
          : fmt::format("leave it as it is; or, in this environment, apply with --allow-destroy '{}'",
                        desired.id.address());
  return refusal;
}

void drop_and_create(const Sides& sides, const Object& desired, const Object& live, Change& change,
                     DiffResult& result) {
  change.action = Action::Replace;
  change.reason = Reason::CannotAlter;
  change.risk = Risk::Destructive;
  change.cost =
      std::string(kinds::of(desired.id.kind).drop_cost) + "; what roles that nobody declares hold on it is lost";
  change.statements.clear();
  const auto* entry = sides.entry(desired.id);
  if (entry != nullptr && entry->prevent_destroy) {
    auto refusal = refuse_creation_anew(sides, desired, change);
    refusal.code = "MESH2004";
    refusal.message = fmt::format("{} is protected by prevent_destroy, and {} cannot be changed without dropping it",
                                  desired.id.address(), change.diff.front().property);
    refusal.ways_out = "leave it as it is; or declare it with prevent_destroy: false and apply that first";
    result.refused.push_back(std::move(refusal));
  } else if (consent_for(sides, desired.id) != Consent::Given) {
    result.refused.push_back(refuse_creation_anew(sides, desired, change));
  }
  const std::string role = sides.mesh().deploy_role(desired.domain);
  add_statement(change, Act::Drop, kinds::drop_statement(desired.id), role);
  const Object stated = with_what_is_left_alone(desired, live);
  for (auto& sql : kinds::create_statements(stated, attachments_of(sides.desired().state, desired.id)))
    add_statement(change, Act::Create, std::move(sql), role);
  // What roles that were read hold on the old one; what is not declared goes by a change of its own.
  for (const auto& [key, grant] : sides.live.grants) {
    if (key.target.form == TargetForm::Object && key.target.object == desired.id && key.privilege != "OWNERSHIP")
      add_statement(change, Act::Grant, kinds::grant_statement(key, grant.grant_option), role);
  }
  const std::string& runs_as = role.empty() ? sides.input.live.current_role : role;
  const auto& owner = live.live.owner;
  const bool stays = !desired.owner || *desired.owner == owner || desired.ignore_changes.count("owner") > 0;
  if (stays && live.live.owner_type == "ROLE" && !owner.empty() && owner.stored() != runs_as)
    add_handover(change, desired.id, owner, role);
}

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
    const bool differs = by_query && by_query->size() == now.size() && *by_query != now;
    if (!differs || !kinds::listed_columns(desired).empty()) now.clear();
  }
  ValueList list;
  for (const auto& name : now) list.emplace_back(name.stored());
  Object seen = live;
  seen.properties[std::string(kList)].value = std::move(list);
  return seen;
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
  if (kind.has_columns && !kind.columns_by_name && !desired.structure_is_foreign())
    diff_table(sides, desired, live, change, result);
  diff_rows(sides, desired, live, change, result);
  if (kind.columns_by_name) anew |= diff_view_columns(sides, desired, live, change, result);
  if (kind.columns_by_name && kinds::has_key(kind, "cluster_by")) diff_clustering(sides, desired, live, change);
  anew |= diff_texts(sides, desired, live, change, result) || !why.empty();
  const bool dropped = is_to_be_made_anew(desired.id, refused_before, result.refused);
  if (dropped) {
    drop_and_create(sides, desired, live, change, result);
  } else if (anew) {
    replace(sides, desired, live, change, result);
  }
  if (!why.empty()) change.reason_text = why;
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
  const bool is_kept = std::any_of(rows.begin(), rows.end(), [](const PropertyRow& row) {
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
    if (row.from != ReadFrom::Remembered) continue;
    const std::string name(row.name);
    taken.attached.erase(name);
    if (old != nullptr && old->attached.count(name) > 0) taken.attached[name] = old->attached.at(name);
  }
  return taken;
}

// The ledger alone changes: taken over, handed to another domain, protected.
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
  if (entry->prevent_destroy == protect) return std::nullopt;
  auto change = change_of(desired.id, desired.domain, Action::Update, Reason::Protection, desired.place);
  change.diff.push_back({"prevent_destroy", Value(entry->prevent_destroy), Value(protect), {}});
  change.ledger.record = taken_over(sides, desired, entry->made);
  add_makes(change, desired.id);
  return change;
}

constexpr const char* kHandOver =
    "take it out of one of the two; `removed: [{object: …, action: forget}]` there hands it over";

// Tables that refer to each other are made first and tied together afterwards: the foreign keys inside a ring become a
// change of their own behind both tables.
class ForeignKeyRings {
 public:
  explicit ForeignKeyRings(const Sides& sides) : sides_(sides) {}

  void open(std::vector<Change>& changes) {
    std::vector<Change> ties;
    for (auto& change : changes) {
      if (change.action != Action::Create || !change.object || change.object->kind != KindId::Table) continue;
      const Object& table = *sides_.desired().state.find(*change.object);
      for (const auto& constraint : table.constraints) {
        if (constraint.type != ConstraintType::ForeignKey || constraint.references == table.id.name) continue;
        if (!leads_to(constraint.references, table.id.name)) continue;
        ties.push_back(tie(table, constraint, change));
      }
    }
    std::move(ties.begin(), ties.end(), std::back_inserter(changes));
  }

 private:
  const Object* made(const QualifiedName& name) const {
    const ObjectId id{KindId::Table, name};
    return sides_.live_object(id) == nullptr ? sides_.desired().state.find(id) : nullptr;
  }
  bool leads_to(const QualifiedName& from, const QualifiedName& to) const {
    std::set<QualifiedName> seen;
    std::vector<QualifiedName> open = {from};
    while (!open.empty()) {
      const auto at = open.back();
      open.pop_back();
      if (at == to) return true;
      const Object* table = made(at);
      if (table == nullptr || !seen.insert(at).second) continue;
      for (const auto& constraint : table->constraints) {
        if (constraint.type == ConstraintType::ForeignKey) open.push_back(constraint.references);
      }
    }
    return false;
  }
  Change tie(const Object& table, const Constraint& constraint, Change& create) const {
    const std::string sql = kinds::add_constraint(table.id, constraint);
    std::erase_if(create.statements, [&](const Statement& statement) { return statement.sql == sql; });
    const std::string other = ObjectId{KindId::Table, constraint.references}.address();
    std::erase(create.needs, other);
    auto change = change_of(table.id, table.domain, Action::Update, Reason::NotThere,
                            constraint.place.known() ? constraint.place : table.place);
    change.needs = {table.id.address(), other};
    change.diff.push_back({"foreign_keys", Value(), Value(constraint.references.display()), {}});
    add_statement(change, Act::Alter, sql, sides_.mesh().deploy_role(table.domain));
    return change;
  }
  const Sides& sides_;
};

}  // namespace

void diff_objects(const Sides& sides, DiffResult& result) {
  for (const auto& [id, desired] : sides.desired().state.objects) {
    // See diff_account_parameters, diff_statements.
    if (id.kind == KindId::AccountParameter || id.kind == KindId::Statement) continue;
    if (!sides.in_scope(desired.domain) || held_by_another_mesh(sides, desired, kHandOver, result)) continue;
    const Object* live = sides.live_object(id);
    if (live == nullptr) {
      const ObjectId database{KindId::Database, QualifiedName({id.name.first()})};
      if (lies_in_imported(sides.desired().state, id) && sides.live_object(database) == nullptr) {
        auto change = change_of(id, desired.domain, Action::Adopt, Reason::Existing, desired.place);
        change.reason_text = "comes with " + database.address();
        add_needs(sides, desired, change);
        change.ledger.record = entry_for(sides, desired, false);
        result.changes.push_back(std::move(change));
        continue;
      }
      if (desired.structure_is_foreign()) {
        result.waiting.emplace_back(id.address(), desired.place);
      } else if (born_with_new_database(sides, id)) {
        auto change = update(sides, desired, newborn_public(id), result);
        if (!change) change = change_of(id, desired.domain, Action::Adopt, Reason::Existing, desired.place);
        add_needs(sides, desired, *change);
        change->ledger.record = entry_for(sides, desired, true);
        result.changes.push_back(std::move(*change));
      } else {
        result.changes.push_back(create(sides, desired));
        if (auto change = update_behind_access(sides, desired, nullptr, result))
          result.changes.push_back(std::move(*change));
      }
      continue;
    }
    if (auto change = ledger_change(sides, desired)) result.changes.push_back(std::move(*change));
    if (auto change = update(sides, desired, *live, result, why_anew(desired, *live, result.changes)))
      result.changes.push_back(std::move(*change));
    if (auto change = update_behind_access(sides, desired, live, result)) result.changes.push_back(std::move(*change));
    if (auto change = switch_change(sides, desired, *live)) result.changes.push_back(std::move(*change));
  }
  ForeignKeyRings(sides).open(result.changes);
  mark_dependents(sides, result.changes);
}

}  // namespace mesh::diff_parts
