// What no ALTER changes: an object is replaced, or dropped and created.
#include <algorithm>

#include <fmt/format.h>

#include "kept.hpp"
#include "mesh/diff/lineage.hpp"

namespace mesh::diff_parts {
namespace {

// OR REPLACE forgets what is not in the statement: what is left alone must be said again.
Object with_what_is_left_alone(const Object& desired, const Object& live) {
  Object stated = desired;
  for (const auto& row : kinds::of(desired.id.kind).properties) {
    const bool is_left = row.absent == kinds::Absent::Leave || desired.ignore_changes.count(std::string(row.name)) > 0;
    const Value* now = live.find(row.name);
    if (!is_left || now == nullptr || now->is_null()) continue;
    if (desired.find(row.name) != nullptr && desired.ignore_changes.count(std::string(row.name)) == 0) continue;
    if (row.type == kinds::ValueType::Boolean && *now == Value(false)) continue;  // as it is born
    stated.properties[std::string(row.name)] = {*now, {}};
  }
  return stated;
}

// Until false is applied; true counts from the moment that it is written.
bool is_protected(const Sides& sides, const Object& desired) {
  const auto* entry = sides.entry(desired.id);
  return (entry != nullptr && entry->prevent_destroy) || desired.prevent_destroy.value_or(false);
}

Refusal refuse_protected(const Object& desired, const std::string& why, Place place) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2004";
  refusal.message = fmt::format("{} is protected by prevent_destroy, {}", desired.id.address(), why);
  refusal.ways_out = "leave it as it is; or declare it with prevent_destroy: false and apply that first";
  refusal.place = place;
  return refusal;
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

// What no ALTER changes and OR REPLACE would lose, as it would the history of what was loaded (design, promise 2):
// dropped and created, with consent.
constexpr KindId kDroppedAndCreated[] = {KindId::Pipe};

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

// With the comments of columns that nobody states, and the schedule by which kept metrics are measured.
Object with_what_others_said(const Sides& sides, Object stated, const Object& live, const Change& change) {
  const auto& kind = kinds::of(stated.id.kind);
  if (kind.columns_by_name && !stated.columns_stated) {
    const auto names = names_by_query(sides.desired().state, stated);
    for (const auto& column : live.columns) {
      const bool stays = names && std::find(names->begin(), names->end(), column.name) != names->end();
      if (!stays || column.comment.empty()) continue;
      Column said;
      said.name = column.name;
      said.comment = column.comment;
      stated.columns.push_back(std::move(said));
    }
  }
  const Value* schedule = live.find(kMetricSchedule);
  const bool measures = std::any_of(change.kept.begin(), change.kept.end(),
                                    [](const Attachment& each) { return each.key.kind == KindId::DataMetricFunction; });
  if (measures && schedule != nullptr && stated.find(kMetricSchedule) == nullptr)
    stated.properties[std::string(kMetricSchedule)] = {*schedule, {}};
  return stated;
}

// What is declared, and what is kept of others.
kinds::Attachments attachments_of_new(const Sides& sides, const Object& desired, Change& change, DiffResult& result) {
  change.kept = kept_by_others(sides, desired, result);
  auto all = attachments_of(sides.desired().state, desired.id);
  for (const auto& each : change.kept) all.push_back(&each);
  return all;
}

// Tags, policies and the like that come or go with OR REPLACE, as its statement has them or has not.
void say_what_comes_and_goes(const Sides& sides, const Object& desired, Change& change) {
  const auto say = [&](const Attachment& each, const Attachment* before, const Attachment* after) {
    DiffLine line{each.ledger_key(), attachment_value(before), attachment_value(after), {}};
    if (hides(sides, each)) {
      change.risk = std::max(change.risk, Risk::Disruptive);
      change.changes_protection = true;
      if (after == nullptr) line.cost = "opens what it protected";
    }
    if (before != nullptr && (after == nullptr || after->name != before->name))
      change.removes.push_back(before->address());
    change.diff.push_back(std::move(line));
  };
  const auto& wanted = sides.desired().state.attachments;
  for (const auto* live : attachments_of(sides.live, desired.id)) {
    const bool is_kept = std::find(change.kept.begin(), change.kept.end(), *live) != change.kept.end();
    if (!is_kept && wanted.count(live->key) == 0) say(*live, live, nullptr);
  }
  for (const auto* each : attachments_of(sides.desired().state, desired.id)) {
    const auto there = sides.live.attachments.find(each->key);
    const Attachment* live = there == sides.live.attachments.end() ? nullptr : &there->second;
    if (live == nullptr || !same_attachment(*each, *live)) say(*each, live, each);
  }
}

bool protects_column(const Attachment* each) { return each->key.bearer.column && protects(each->key.kind); }

// The role that makes the new one owns it (create-view, COPY GRANTS): it goes back to its owner. Where another one is
// declared, that is a change of its own.
void hand_back(const Sides& sides, const Object& desired, const Object& live, const std::string& role, Change& change) {
  const std::string& runs_as = role.empty() ? sides.input.live.current_role : role;
  const auto& owner = live.live.owner;
  const bool stays = !desired.owner || *desired.owner == owner || desired.ignore_changes.count("owner") > 0;
  if (stays && live.live.owner_type == "ROLE" && !owner.empty() && owner.stored() != runs_as)
    add_handover(change, desired.id, owner, role);
}

}  // namespace

// Between CREATE and what follows it whoever may read the object would see what masks hide (design, promise 6).
Refusal refuse_open_moment(const Object& desired) {
  Refusal refusal;
  refusal.address = desired.id.address();
  refusal.code = "MESH2042";
  refusal.message = fmt::format(
      "{} would stand open for a moment: what protects its columns can stand in its CREATE only where all columns are "
      "named, and nothing tells those of its query",
      desired.id.address());
  refusal.ways_out = "name the columns that the query gives under column_list, or one by one in the query";
  refusal.place = desired.place;
  return refusal;
}

bool stands_open(const Object& object, const kinds::Attachments& attachments) {
  return kinds::of(object.id.kind).columns_by_name && kinds::listed_columns(object).empty() &&
         std::any_of(attachments.begin(), attachments.end(), protects_column);
}

Object with_columns_named(const Sides& sides, const Object& object, const kinds::Attachments& attachments) {
  if (!stands_open(object, attachments)) return object;
  const auto names = names_by_query(sides.desired().state, object);
  if (!names) return object;
  ValueList list;
  for (const auto& name : *names) list.emplace_back(name.stored());
  Object named = object;
  named.properties["column_list"] = {std::move(list), {}};
  return named;
}

void replace(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result) {
  change.action = Action::Replace;
  const auto& kind = kinds::of(desired.id.kind);
  if (kind.rebuilds) {
    if (is_protected(sides, desired)) {
      const std::string property = change.diff.empty() ? std::string() : change.diff.front().property;
      result.refused.push_back(
          refuse_protected(desired,
                           property.empty() ? "and works again only when it is made anew"
                                            : fmt::format("and {} cannot be changed without making it anew", property),
                           property.empty() ? desired.place : place_of(desired, property)));
    }
    change.risk = std::max(change.risk, Risk::Expensive);
    change.cost = with_row_count("expensive: rebuilds data", live.live.rows);
  }
  if (holds_what_nothing_gives(live)) {
    change.risk = Risk::Destructive;
    change.cost = "loses the frozen rows that its query does not give again";
    if (consent_for(sides, desired.id) != Consent::Given) result.refused.push_back(refuse_rebuilding(sides, desired));
  }
  change.statements.clear();
  const auto attachments = attachments_of_new(sides, desired, change, result);
  const Object stated = with_columns_named(
      sides, with_what_others_said(sides, with_what_is_left_alone(desired, live), live, change), attachments);
  if (stands_open(stated, attachments)) result.refused.push_back(refuse_open_moment(desired));
  if (sides.input.live.looked_at_closely.count(sides.id_in_account(desired.id)) > 0)
    say_what_comes_and_goes(sides, desired, change);
  const std::string role = sides.mesh().deploy_role(desired.domain);
  for (auto& sql : kinds::replace_statements(stated, attachments))
    add_statement(change, Act::Replace, std::move(sql), role);
  hand_back(sides, desired, live, role, change);
}

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

void drop_and_create(const Sides& sides, const Object& desired, const Object& live, Change& change,
                     DiffResult& result) {
  change.action = Action::Replace;
  change.reason = Reason::CannotAlter;
  change.risk = Risk::Destructive;
  change.cost =
      std::string(kinds::of(desired.id.kind).drop_cost) + "; what roles that nobody declares hold on it is lost";
  change.statements.clear();
  if (is_protected(sides, desired)) {
    result.refused.push_back(refuse_protected(
        desired, fmt::format("and {} cannot be changed without dropping it", change.diff.front().property),
        place_of(desired, change.diff.front().property)));
  } else if (consent_for(sides, desired.id) != Consent::Given) {
    result.refused.push_back(refuse_creation_anew(sides, desired, change));
  }
  const std::string role = sides.mesh().deploy_role(desired.domain);
  add_statement(change, Act::Drop, kinds::drop_statement(desired.id), role);
  const Object stated = with_what_is_left_alone(desired, live);
  for (auto& sql : kinds::create_statements(stated, attachments_of_new(sides, desired, change, result)))
    add_statement(change, Act::Create, std::move(sql), role);
  // What roles that were read hold on the old one; what is not declared goes by a change of its own.
  for (const auto& [key, grant] : sides.live.grants) {
    if (key.target.form == TargetForm::Object && key.target.object == desired.id && key.privilege != "OWNERSHIP")
      add_statement(change, Act::Grant, kinds::grant_statement(key, grant.grant_option), role);
  }
  hand_back(sides, desired, live, role, change);
}

}  // namespace mesh::diff_parts
