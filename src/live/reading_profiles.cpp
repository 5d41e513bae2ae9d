// Classification profiles: what an instance tells of itself, and which databases and schemas it is set on (pages
// classification_profile/methods/describe and functions/system_show_sensitive_data_monitored_entities).
#include <algorithm>

#include "json.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

constexpr std::string_view kProfile = "classification_profile";

// The key of a property, by itself or in the group that CREATE has it in: the page has column_tag_map either way.
const Json* told(const Json& record, const kinds::PropertyRow& row) {
  const auto* cell = record.find(kinds::key_in_group(row));
  const auto* group = kinds::group_of(row).empty() ? nullptr : record.find(kinds::group_of(row));
  if (cell == nullptr && group != nullptr) cell = group->find(kinds::key_in_group(row));
  return cell == nullptr || cell->is_null() ? nullptr : cell;
}

// Objects stand for their keys: classifiers by the names they have there.
Result<Value> value_of_key(const kinds::PropertyRow& row, const Json& cell) {
  if (row.form != nullptr || !cell.is_object()) return value_of(row, cell);
  std::vector<std::string> names;
  for (const auto& key : cell.keys()) names.push_back(QualifiedName::parse(key) ? key : Name::exact(key).sql());
  return kinds::canonical(row, names);
}

}  // namespace

void read_instance(const Rows& rows, Object& instance) {
  const auto record =
      rows.rows.empty() || rows.columns.empty() ? std::nullopt : Json::parse(rows.at(0, rows.columns.front()));
  if (!record || !record->is_object()) return unknown_from(kinds::ReadFrom::Described, instance);
  for (const auto& row : kinds::of(instance.id.kind).properties) {
    const std::string name(row.name);
    const auto* cell = told(*record, row);
    const auto value = cell == nullptr ? Result<Value>(kinds::default_of(row)) : value_of_key(row, *cell);
    const bool is_untold = cell == nullptr && row.may_be_untold;
    if (value && !is_untold) {
      instance.properties[name].value = *value;
    } else {
      instance.live.unknown.insert(name);
    }
  }
}

bool Reading::names_profile(const ObjectId& live) const {
  if (live.kind != KindId::Database && live.kind != KindId::Schema) return false;
  const auto* declared = interest_.declared_for(live);
  const auto* entry = interest_.known(live);
  if (scope_.deep && (declared != nullptr || entry != nullptr || interest_.is_owned(live))) return true;
  const Value* stated = declared == nullptr ? nullptr : declared->find(kProfile);
  return (stated != nullptr && !stated->is_null()) ||
         (entry != nullptr && entry->attached.count(std::string(kProfile)) > 0);
}

// The function lists what a role has access to, with the profile that is set there: the owner's role sees both.
void Reading::ask_monitored() {
  std::set<std::string> roles;
  for (const auto& [id, object] : live_.state.objects) {
    if (names_profile(id)) roles.insert(interest_.role_for_list(KindId::ClassificationProfile, id));
  }
  for (const auto& role : roles) ask_monitored(role);
}

void Reading::ask_monitored(const std::string& role) {
  asks_.ask({.sql = "SELECT SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES()",
             .role = role,
             .what = "what classification profiles are set on",
             .columns = {},
             .answered = [this](Rows& rows) { read_monitored(rows); },
             .failed =
                 [this, role](const StatementError& error) {
                   const auto own = scope_.mesh->plan_role({});
                   if (is_not_taken(error) && role != own) ask_monitored(own);
                   // An account may not know it: then SHOW PARAMETERS tells, or nobody (settle_monitored).
                   return error.from_server;
                 },
             .warehouse = control_warehouse()});
}

void Reading::read_monitored(const Rows& rows) {
  const auto list =
      rows.rows.empty() || rows.columns.empty() ? std::nullopt : Json::parse(rows.at(0, rows.columns.front()));
  if (!list || list->list() == nullptr) return;
  monitored_read_ = true;
  for (const auto& entity : *list->list()) {
    const auto name = QualifiedName::parse_output(entity.text_of("name"));
    const auto profile = QualifiedName::parse(entity.text_of("profile_name"));
    if (!name || !profile) continue;
    const auto kind = name->depth() == 1 ? KindId::Database : KindId::Schema;
    monitored_.emplace(ObjectId{kind, *name}, profile->display());
  }
}

// SHOW PARAMETERS tells it, or lists no such parameter, or leaves its value empty: then what the function says counts.
void Reading::settle_monitored() {
  const std::string name(kProfile);
  for (auto& [id, object] : live_.state.objects) {
    if (!names_profile(id)) continue;
    const bool is_listed = object.live.unknown.count(name) == 0;
    if (is_listed && object.find(name) != nullptr) continue;
    const auto* declared = interest_.declared_for(id);
    const auto* entry = interest_.known(id);
    const Value* stated = declared == nullptr ? nullptr : declared->find(name);
    const auto found = monitored_.find(id);
    if (found != monitored_.end()) {
      // Whether a schema is listed for what it inherits is not told.
      const auto above = monitored_.find({KindId::Database, QualifiedName({id.name.first()})});
      const bool may_inherit = id.kind == KindId::Schema && above != monitored_.end() && above->second == found->second;
      const bool counts = !may_inherit || (!is_listed && stated != nullptr && *stated == Value(found->second));
      if (counts) object.properties[name].value = Value(found->second);
      object.live.unknown.erase(name);
      continue;
    }
    if (is_listed) continue;
    // Not listed may mean not visible: a profile that mesh set and this role does not see is not gone.
    const bool remembered = entry != nullptr && entry->attached.count(name) > 0;
    const auto profile = remembered ? QualifiedName::parse(entry->attached.at(name)) : QualifiedName();
    const bool is_hidden =
        remembered && (!profile || live_.state.find({KindId::ClassificationProfile, *profile}) == nullptr);
    if (monitored_read_ && !is_hidden) {
      object.live.unknown.erase(name);
      continue;
    }
    if (stated == nullptr && !remembered) continue;
    asks_.warn("MESH3008", "the classification profile of " + id.address() + " cannot be read, so it is left as it is",
               "SHOW PARAMETERS does not list it here, and SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES tells it to "
               "roles with access to the profile alone: grant the role that reads PRIVACY_USER of the profile",
               declared == nullptr ? Place{} : declared->place);
  }
}

// Instances are listed for who has a role in them, as their owner has. Where its role cannot be taken, what mesh knows
// and is not listed may be hidden.
void Reading::settle_hidden_instances() {
  for (const auto& [database, role] : listed_by_others_) {
    for (const auto& id : interest_.known_in(database)) {
      if (!kinds::of(id.kind).is_instance || live_.state.find(id) != nullptr) continue;
      asks_.report("MESH3005", id.address() + " is known to mesh, and not listed for role " + role,
                   "what is not visible is not absent, so nothing is planned; grant the role that reads PRIVACY_USER: "
                   "GRANT " +
                       std::string(kinds::of(id.kind).sql) + " ROLE " + id.name.sql() + "!PRIVACY_USER TO ROLE " +
                       Name::exact(role).sql());
    }
  }
}

}  // namespace mesh::live
