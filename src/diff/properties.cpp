// The properties of a declared object against those of the live one: what differs, what cannot be, and the ALTERs.
#include <algorithm>

#include <fmt/format.h>

#include "objects.hpp"

namespace mesh::diff_parts {
namespace {

using kinds::Absent;
using kinds::ChangeBy;
using kinds::PropertyRow;
using kinds::ReadFrom;

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
  if (row.form != nullptr) return Value(it->second);  // shown, and different from any
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

// Read only for the metrics that it measures, which others set and are kept as well.
bool is_kept_schedule(const Sides& sides, const Object& desired, const PropertyRow& row) {
  if (row.name != kMetricSchedule || desired.find(row.name) != nullptr) return false;
  const auto* entry = sides.entry(desired.id);
  const bool is_ours = entry != nullptr && entry->attached.count(std::string(row.name)) > 0;
  return !is_ours && sides.input.live.looked_at_closely.count(sides.id_in_account(desired.id)) > 0;
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
    if (is_kept_schedule(sides, desired, row)) continue;
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

// What the object inherits once it has no value of its own, as far as manifests tell.
std::optional<int64_t> inherited(const Sides& sides, const ObjectId& id, std::string_view property) {
  for (auto name = id.name.parent(); !name.empty(); name = name.parent()) {
    const Object* container = sides.desired().state.find({name.depth() == 1 ? KindId::Database : KindId::Schema, name});
    const Value* stated = container == nullptr ? nullptr : container->find(property);
    const auto* days = stated == nullptr ? nullptr : std::get_if<int64_t>(&stated->data);
    if (days != nullptr) return *days;
  }
  return std::nullopt;
}

bool loses(const Sides& sides, const PropertyDifference& difference, const Object& live) {
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
  if (after != nullptr) return *after < now;
  // Not set here any more: where nothing tells what is inherited then, assume the lowest.
  return inherited(sides, live.id, difference.row->name).value_or(1) < now;
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

}  // namespace

Place place_of(const Object& object, std::string_view property) {
  const auto it = object.properties.find(property);
  return it == object.properties.end() || !it->second.place.known() ? object.place : it->second.place;
}

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
    if (loses(sides, difference, live)) {
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

}  // namespace mesh::diff_parts
