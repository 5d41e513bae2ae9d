// Objects that are declared and not there.
#include <algorithm>

#include "mesh/model/creation.hpp"
#include "objects.hpp"

namespace mesh::diff_parts {
namespace {

// The tags and policies that stand in its CREATE.
std::vector<ObjectId> attached_to(const Sides& sides, const Object& object) {
  std::vector<ObjectId> ids;
  for (const auto* each : attachments_of_creation(sides.desired().state, object.id))
    ids.push_back({each->key.kind, each->name});
  return ids;
}

// Account-level objects are made by the creator role and handed over. True: something that protects its columns comes
// behind its CREATE.
bool create_statements(const Sides& sides, const Object& object, Change& change) {
  const auto& mesh = sides.mesh();
  const std::string deploy = mesh.deploy_role(object.domain);
  const auto& kind = kinds::of(object.id.kind);
  const std::string creator = kinds::is_creators(kind) ? mesh.creator_role(object.domain) : std::string();
  const std::string& role = creator.empty() ? deploy : creator;
  const bool handed_over = object.owner && object.owner->stored() != deploy;
  const auto ties = handed_over ? tie_statements(object) : std::vector<std::string>();
  const auto attachments = attachments_of_creation(sides.desired().state, object.id);
  const Object stated = with_columns_named(sides, ties.empty() ? object : without_ties(object), attachments);
  for (auto& sql : kinds::create_statements(stated, attachments))
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
  return stands_open(stated, attachments);
}

}  // namespace

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

// Whether somebody may read it from its first moment on: by a grant on what is in its schema or database.
bool is_granted_in_advance(const Sides& sides, const ObjectId& id) {
  const auto covers = [&](const GrantTarget& target) {
    const bool on_all = target.form == TargetForm::FutureIn || target.form == TargetForm::PresentIn;
    return on_all && target.of_kind == id.kind && id.name.is_under(target.object.name);
  };
  const auto any = [&](const auto& grants) {
    return std::any_of(grants.begin(), grants.end(), [&](const auto& entry) { return covers(entry.first.target); });
  };
  return any(sides.desired().state.grants) || any(sides.live.grants);
}

Change create(const Sides& sides, const Object& object, DiffResult& result) {
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
  if (create_statements(sides, object, change) && is_granted_in_advance(sides, object.id))
    result.refused.push_back(refuse_open_moment(object));
  change.reason_text = what_is_applied(sides, object);
  change.ledger.record = entry_for(sides, object, true);
  want_echoes(object, change);
  return change;
}

}  // namespace mesh::diff_parts
