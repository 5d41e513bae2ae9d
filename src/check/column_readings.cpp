#include "mesh/check/column_readings.hpp"

#include <algorithm>

#include "mesh/diff/diff.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

std::vector<std::string> arguments_of(const Object& policy) {
  std::vector<std::string> names;
  const Value* signature = policy.find("signature");
  const auto* record = signature == nullptr ? nullptr : std::get_if<ValueRecord>(&signature->data);
  if (record == nullptr) return names;
  for (const auto& [name, type] : *record) names.push_back(name);
  return names;
}

}  // namespace

std::string family_of(const Object& policy) {
  const auto* signature = policy.find("signature");
  const auto* arguments = signature == nullptr ? nullptr : std::get_if<ValueRecord>(&signature->data);
  if (arguments == nullptr || arguments->empty() || arguments->front().second.text() == nullptr) return {};
  const auto& type = *arguments->front().second.text();
  return type.substr(0, type.find('('));
}

const char* to_string(Reading reading) {
  switch (reading) {
    case Reading::Denied:
      return "denied";
    case Reading::Masked:
      return "masked";
    case Reading::Clear:
      return "clear";
    case Reading::ByCondition:
      return "by condition";
  }
  broken_promise("every reading has a word", __FILE__, __LINE__);
}

const char* to_string(sql::Rows rows) {
  switch (rows) {
    case sql::Rows::All:
      return "all";
    case sql::Rows::None:
      return "none";
    case sql::Rows::Some:
      return "filtered";
    case sql::Rows::Unknown:
      return "by condition";
  }
  broken_promise("every choice of rows has a word", __FILE__, __LINE__);
}

ColumnReadings::ColumnReadings(const State& state, const AccessMap& map) : state_(state), map_(map) {}

std::vector<ColumnReading> ColumnReadings::of(const Grantee& role) const {
  std::vector<ColumnReading> all;
  for (const auto& [id, object] : state_.objects) {
    if (!kinds::of(id.kind).is_relation) continue;
    for (const auto& column : object.columns) all.push_back(of(role, object, column.name));
  }
  return all;
}

ColumnReading ColumnReadings::of(const Grantee& role, const Object& relation, const Name& name) const {
  ColumnReading reading{relation.id, name, Reading::Denied, sql::Rows::None, {}};
  const auto column = std::find_if(relation.columns.begin(), relation.columns.end(),
                                   [&](const Column& each) { return each.name == name; });
  auto via = selects(role, relation.id);
  if (!via || column == relation.columns.end()) return reading;
  reading.via = std::move(*via);
  const bool below = reads_protected(relation);
  reading.rows = below ? sql::Rows::Unknown : sql::Rows::All;
  reading.reading = below ? Reading::ByCondition : Reading::Clear;
  const auto session = this->session(role, relation.id.name.first());
  if (const auto* rows = attached({relation.id, std::nullopt}, KindId::RowAccessPolicy)) {
    const Object* policy = state_.find({KindId::RowAccessPolicy, rows->name});
    const auto* body = policy == nullptr ? nullptr : policy->text("body");
    const auto own = body == nullptr ? sql::Rows::Unknown : sql::rows_of(body->text, arguments_of(*policy), session);
    if (!below || own == sql::Rows::None) reading.rows = own;
  }
  const auto mask = mask_of(relation, *column);
  if (!mask) return reading;
  const auto* body = mask->object == nullptr || mask->several ? nullptr : mask->object->text("body");
  const auto masked =
      body == nullptr ? sql::Masked::Unknown : sql::masking_of(body->text, arguments_of(*mask->object), session);
  if (masked == sql::Masked::Always) reading.reading = Reading::Masked;
  if (masked == sql::Masked::Unknown) reading.reading = Reading::ByCondition;
  return reading;
}

bool ColumnReadings::is_masked(const Object& relation, const Column& column) const {
  return mask_of(relation, column).has_value();
}

bool ColumnReadings::is_tagged(const Object& relation, const Column& column) const {
  return attached({relation.id, column.name}, KindId::Tag) != nullptr;
}

const Attachment* ColumnReadings::attached(const Bearer& bearer, KindId kind) const {
  const auto it = state_.attachments.lower_bound({bearer, kind, {}});
  return it != state_.attachments.end() && it->first.bearer == bearer && it->first.kind == kind ? &it->second : nullptr;
}

// Its own, and what it inherits from its table, schema and database (page user-guide/object-tagging/inheritance).
std::vector<QualifiedName> ColumnReadings::tags_of(const Object& relation, const Name& column) const {
  std::vector<Bearer> bearers = {{relation.id, column}, {relation.id, std::nullopt}};
  for (const auto& container : containers_of(on_object(relation.id))) bearers.push_back({container, std::nullopt});
  std::vector<QualifiedName> tags;
  for (const auto& bearer : bearers) {
    for (auto it = state_.attachments.lower_bound({bearer, KindId::Tag, {}});
         it != state_.attachments.end() && it->first.bearer == bearer && it->first.kind == KindId::Tag; ++it) {
      if (std::find(tags.begin(), tags.end(), it->second.name) == tags.end()) tags.push_back(it->second.name);
    }
  }
  return tags;
}

// One on the column itself counts before those of tags (page user-guide/tag-based-masking-policies).
std::optional<ColumnReadings::Policy> ColumnReadings::mask_of(const Object& relation, const Column& column) const {
  if (const auto* own = attached({relation.id, column.name}, KindId::MaskingPolicy))
    return Policy{state_.find({KindId::MaskingPolicy, own->name}), false};
  std::optional<Policy> found;
  for (const auto& tag : tags_of(relation, column.name)) {
    const Bearer bearer{{KindId::Tag, tag}, std::nullopt};
    for (auto it = state_.attachments.lower_bound({bearer, KindId::MaskingPolicy, {}});
         it != state_.attachments.end() && it->first.bearer == bearer && it->first.kind == KindId::MaskingPolicy;
         ++it) {
      const Object* policy = state_.find({KindId::MaskingPolicy, it->second.name});
      const bool other_type =
          policy != nullptr && !column.type.family().empty() && family_of(*policy) != column.type.family();
      if (other_type) continue;
      if (found) {
        found->several = true;
      } else {
        found = Policy{policy, false};
      }
    }
  }
  return found;
}

bool ColumnReadings::bears_policies(const Object& relation) const {
  if (attached({relation.id, std::nullopt}, KindId::RowAccessPolicy) != nullptr) return true;
  return std::any_of(relation.columns.begin(), relation.columns.end(),
                     [&](const Column& column) { return is_masked(relation, column); });
}

// By what its query reads, through views on views; what is not known could be protected.
bool ColumnReadings::reads_protected(const Object& relation) const {
  const auto [at, fresh] = protected_.try_emplace(relation.id, false);
  if (!fresh) return at->second;
  bool found = false;
  for (const auto& id : read_by(relation)) {
    if (!kinds::of(id.kind).is_relation || id == relation.id) continue;
    const Object* source = state_.find(id);
    found |= source != nullptr && (bears_policies(*source) || reads_protected(*source));
  }
  return protected_[relation.id] = found;
}

std::optional<std::vector<Grantee>> ColumnReadings::selects(const Grantee& role, const ObjectId& id) const {
  for (const auto& container : containers_of(on_object(id))) {
    if (!map_.resolves(role, container)) return std::nullopt;
  }
  for (const auto& holder : map_.walk(role)) {
    const bool may = map_.owns(holder.who, id) || map_.holds(holder.who, on_object(id), "SELECT", false) ||
                     map_.holds_inherited(holder.who, id, "SELECT");
    if (may) return holder.via;
  }
  return std::nullopt;
}

sql::PolicySession ColumnReadings::session(const Grantee& role, const Name& database) const {
  const auto& all = map_.closure(role);
  return {role.name.last().stored(),
          [&all](const std::string& name) { return all.count(account_role(Name::exact(name))) > 0; },
          [&all, database](const std::string& name) {
            return all.count({GranteeType::DatabaseRole, QualifiedName({database, Name::exact(name)})}) > 0;
          }};
}

}  // namespace mesh::check
