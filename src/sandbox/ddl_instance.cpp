#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "ddl.hpp"
#include "grants.hpp"
#include "instances.hpp"
#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "query_dml.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

using nlohmann::json;

constexpr const char *kConfig = "CONFIG", *kParameter = "CLASSIFICATION_PROFILE", *kUser = "PRIVACY_USER";

// Texts unconfirmed: no page has those of the classes.
[[noreturn]] void refuse_argument(const std::string& what) { refuse_text("SQL execution error:\n" + what); }

bool at_class_method(const Parser& p, size_t ahead) {
  if (!p.peek(ahead).is_name()) return false;
  size_t at = ahead + 1;
  while (p.at_symbol(".", at) && p.peek(at + 1).is_name()) at += 2;
  return p.at_symbol("!", at);
}

// The owner has its roles (methods/describe, access control). Methods want a warehouse (classify-custom-using).
void need_user(const Running& run, const Object& instance) {
  if (!run.access.owns(instance)) need_privilege(run, instance, kUser);
}

const Object& need_instance(Running& run, const NameParts& name) {
  for (const Kind kind : {Kind::ClassificationProfile, Kind::CustomClassifier}) {
    if (const Object* found = look_up(run, kind, name)) return *found;
  }
  refuse_missing(run, Kind::ClassificationProfile, name);
}

// --- Constants -------------------------------------------------------------------------------------------------------

json read_constant(Running& run);

json read_object(Running& run) {
  Parser& p = run.parser;
  json object = json::object();
  p.expect_symbol("{");
  while (!p.accept_symbol("}")) {
    if (!object.empty()) p.expect_symbol(",");
    const std::string key = p.string();
    if (object.contains(key)) refuse_argument(fmt::format("Duplicate field key '{}'", key));
    p.expect_symbol(":");
    object[key] = read_constant(run);
  }
  return object;
}

json read_list(Running& run) {
  Parser& p = run.parser;
  json list = json::array();
  p.expect_symbol("[");
  while (!p.accept_symbol("]")) {
    if (!list.empty()) p.expect_symbol(",");
    list.push_back(read_constant(run));
  }
  return list;
}

json list_of(const Object& classifier) { return json::parse(classifier.prop(kConfig)); }

json read_constant(Running& run) {
  Parser& p = run.parser;
  if (p.at_symbol("{")) return read_object(run);
  if (p.at_symbol("[")) return read_list(run);
  if (p.accept("NULL")) return json();
  if (p.at("TRUE") || p.at("FALSE")) return p.boolean();
  if (p.peek().kind == TokenKind::String) return p.string();
  if (!at_class_method(p, 0)) return p.integer();
  const NameParts name = p.qualified();
  p.expect_symbol("!");
  if (!p.accept("LIST")) refuse_unsupported(fmt::format("{}!{}", dotted(name), p.peek().folded()));
  p.expect_symbol("(");
  p.expect_symbol(")");
  const Object& classifier = need(run, Kind::CustomClassifier, name);
  need_user(run, classifier);
  return list_of(classifier);
}

// --- The configuration of a profile ----------------------------------------------------------------------------------

struct Key {
  std::string_view name;
  void (*check)(std::string_view, const json&);
  bool can_be_unset = false;  // has a method UNSET_<name>
};

void check_flag(std::string_view key, const json& value) {
  if (!value.is_boolean()) refuse_argument(fmt::format("{} must be a BOOLEAN", key));
}
void check_days(std::string_view key, const json& value, int64_t least) {
  if (!value.is_number_integer() || value.get<int64_t>() < least)
    refuse_argument(fmt::format("{} must be an INTEGER of at least {}", key, least));
}
void check_age(std::string_view key, const json& value) { check_days(key, value, 0); }
void check_validity(std::string_view key, const json& value) { check_days(key, value, 1); }

void check_texts(std::string_view key, const json& value) {
  const bool texts =
      value.is_array() && std::all_of(value.begin(), value.end(), [](const json& each) { return each.is_string(); });
  if (!texts) refuse_argument(fmt::format("{} must be an ARRAY of strings", key));
}

void check_entry(std::string_view key, const json& entry, std::string_view required,
                 std::initializer_list<std::string_view> known) {
  if (!entry.is_object() || !entry.contains(required) || !entry.at(std::string(required)).is_string())
    refuse_argument(fmt::format("each entry of {} needs {}", key, required));
  for (const auto& [name, value] : entry.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end())
      refuse_argument(fmt::format("unknown key {} in {}", name, key));
  }
}

void check_categories(std::string_view key, const json& value) {
  if (!value.is_array()) refuse_argument(fmt::format("{} must be an ARRAY", key));
  for (const json& entry : value) {
    check_entry(key, entry, "category", {"category", "country_codes"});
    if (entry.contains("country_codes")) check_texts("country_codes", entry.at("country_codes"));
  }
}

void check_tag_map(std::string_view key, const json& value) {
  if (!value.is_object() || value.size() != 1 || !value.contains("column_tag_map") ||
      !value.at("column_tag_map").is_array())
    refuse_argument(fmt::format("{} must be an OBJECT with the key column_tag_map", key));
  for (const json& entry : value.at("column_tag_map")) {
    check_entry("column_tag_map", entry, "tag_name", {"tag_name", "tag_value", "semantic_categories"});
    if (entry.contains("tag_value") != entry.contains("semantic_categories"))
      refuse_argument("tag_value and semantic_categories must be specified together");
    if (entry.contains("semantic_categories")) check_texts("semantic_categories", entry.at("semantic_categories"));
    const auto tag = parse_name(entry.at("tag_name").get<std::string>());
    if (!tag || tag->size() != 3) refuse_argument("tag_name must be a fully qualified name");
  }
}

void check_classifiers(std::string_view key, const json& value) {
  if (!value.is_object()) refuse_argument(fmt::format("{} must be an OBJECT", key));
}

constexpr std::array<Key, 9> kKeys = {{
    {"minimum_object_age_for_classification_days", check_age},
    {"maximum_classification_validity_days", check_validity, true},
    {"snowflake_semantic_categories", check_categories, true},
    {"ai_mode", check_flag},
    {"auto_tag", check_flag},
    {"tag_map", check_tag_map, true},
    {"custom_classifiers", check_classifiers, true},
    {"enable_tag_based_sensitive_data_exclusion", check_flag},
    {"classify_views", check_flag},
}};

const Key* find_key(std::string_view name) {
  const auto* found = std::find_if(kKeys.begin(), kKeys.end(), [&](const Key& key) { return key.name == name; });
  return found == kKeys.end() ? nullptr : found;
}

json read_config(Running& run) {
  json config = read_object(run);
  for (const auto& [name, value] : config.items()) {
    const Key* key = find_key(name);
    if (key == nullptr) refuse_argument(fmt::format("unknown key {} in the configuration", name));
    key->check(name, value);
  }
  if (!config.contains(kKeys.front().name)) refuse_argument(fmt::format("{} is required", kKeys.front().name));
  return config;
}

// Without tag_map around column_tag_map (methods/describe, output). What was not specified is left out.
json described(const Object& profile) {
  json config = json::parse(profile.prop(kConfig));
  if (config.contains("tag_map")) {
    config["column_tag_map"] = config["tag_map"]["column_tag_map"];
    config.erase("tag_map");
  }
  return config;
}

ResultSet method_result(std::string name, std::string value, bool is_json) {
  ResultSet result;
  result.columns = columns_of({(is_json ? "V:" : "T:") + name});
  result.rows.push_back({std::move(value)});
  return result;
}

void call_on_profile(Running& run, const Object& profile, const std::string& method) {
  Parser& p = run.parser;
  const bool sets = method.starts_with("SET_"), unsets = method.starts_with("UNSET_");
  const Key* key = sets || unsets ? find_key(to_lower(method.substr(sets ? 4 : 6))) : nullptr;
  if (key == nullptr || (unsets && !key->can_be_unset)) refuse_unsupported("CLASSIFICATION_PROFILE!" + method);
  json config = json::parse(profile.prop(kConfig));
  if (sets) {
    const json value = read_constant(run);
    key->check(key->name, value);
    config[std::string(key->name)] = value;
  } else {
    config.erase(std::string(key->name));
  }
  p.expect_symbol(")");
  p.expect_end();
  run.catalog.edit(profile.id).props[kConfig] = config.dump();
}

// Containers that a profile is set on, by its full name.
std::vector<Id> set_on(const Running& run, const std::string& profile) {
  std::vector<Id> found;
  const auto add = [&](Id id) {
    const auto& params = run.catalog.at(id).params;
    const auto it = params.find(kParameter);
    if (it != params.end() && it->second == profile) found.push_back(id);
  };
  for (const auto& [database, database_id] : run.catalog.children(run.account, Kind::Database)) {
    add(database_id);
    for (const auto& [schema, schema_id] : run.catalog.children(database_id, Kind::Schema)) add(schema_id);
  }
  return found;
}

// CREATE needs the database role (create-classification-profile); older files of the sandbox have none.
void need_admin(const Running& run) {
  const Object* database = run.catalog.child(run.account, Kind::Database, "SNOWFLAKE");
  const Object* admin =
      database == nullptr ? nullptr : run.catalog.child(database->id, Kind::DatabaseRole, "CLASSIFICATION_ADMIN");
  if (admin != nullptr && !run.access.active(admin->id)) refuse_privilege(run, *admin);
}

}  // namespace

bool is_instance(Kind kind) { return kind == Kind::ClassificationProfile || kind == Kind::CustomClassifier; }

ResultSet create_instance(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_alter) refuse_unsupported(fmt::format("CREATE OR ALTER {}", facts(head.kind).words));
  const NameParts name = p.qualified();
  p.expect_symbol("(");
  Object instance;
  instance.props[kConfig] = head.kind == Kind::ClassificationProfile ? read_config(run).dump() : "{}";
  p.expect_symbol(")");
  p.expect_end();
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  need_admin(run);
  if (existing != nullptr) {
    if (head.kind == Kind::ClassificationProfile) forget_profile(run, *existing, true);
    put_away(run, *existing);
  }
  make(run, head.kind, schema, name.back(), std::move(instance));
  return created(head.kind, name.back());
}

ResultSet call_statement(Running& run) {
  Parser& p = run.parser;
  if (!at_class_method(p, 0)) refuse_unsupported("CALL");
  const NameParts name = p.qualified();
  p.expect_symbol("!");
  const std::string method = p.name();
  p.expect_symbol("(");
  const Object& instance = need_instance(run, name);
  need_user(run, instance);
  query::need_warehouse(query_session(run));
  if (instance.kind == Kind::CustomClassifier) refuse_unsupported("CUSTOM_CLASSIFIER!" + method);
  call_on_profile(run, instance, method);
  touch(run, instance.id);
  return method_result(method, "Successfully executed.", false);
}

std::optional<ResultSet> selected_method(Running& run) {
  Parser& p = run.parser;
  if (!p.at("SELECT") || !at_class_method(p, 1)) return std::nullopt;
  p.next();
  const size_t from = p.mark();
  const NameParts name = p.qualified();
  p.expect_symbol("!");
  const std::string method = p.name();
  p.expect_symbol("(");
  p.expect_symbol(")");
  const std::string column = to_upper(p.source(from, p.mark()));
  p.expect_end();
  const Object& instance = need_instance(run, name);
  need_user(run, instance);
  query::need_warehouse(query_session(run));
  const bool is_profile = instance.kind == Kind::ClassificationProfile;
  if (method != (is_profile ? "DESCRIBE" : "LIST"))
    refuse_unsupported(fmt::format("SELECT {}!{}", facts(instance.kind).words, method));
  return method_result(column, (is_profile ? described(instance) : list_of(instance)).dump(), true);
}

// Kept as a privilege on the instance; SHOW GRANTS tells it as the role that it is.
std::optional<ResultSet> instance_role(Running& run, bool grant) {
  Parser& p = run.parser;
  const size_t from = p.mark();
  const auto kind = p.kind();
  if (!kind || !is_instance(*kind) || !p.accept("ROLE")) {
    p.back_to(from);
    return std::nullopt;
  }
  const NameParts name = p.qualified();
  p.expect_symbol("!");
  const std::string role = p.name();
  if (role != kUser) refuse_unsupported(fmt::format("GRANT {} ROLE {}", facts(*kind).words, role));
  p.expect(grant ? "TO" : "FROM");
  const Object& grantee = need_grantee(run);
  p.expect_end();
  if (grantee.kind != Kind::Role && grantee.kind != Kind::DatabaseRole) p.unexpected();
  const Object& instance = need(run, *kind, name);
  if (!run.access.owns(instance) && !run.access.manages_grants(instance)) refuse_privilege(run, instance);
  std::vector<Grant> there = direct_grants(run, instance);
  std::erase_if(there, [&](const Grant& each) { return each.grantee != grantee.id || each.privilege != kUser; });
  if (grant && there.empty()) {
    Grant made;
    made.privilege = kUser, made.type = *kind, made.object = instance.id, made.grantee = grantee.id;
    made.grantor = instance.owner, made.created_ms = run.now;
    run.catalog.add_grant(std::move(made));
  }
  for (const Grant& each : there) {
    if (!grant) run.catalog.remove_grant(each.id);
  }
  return executed();
}

void need_for_profile(const Running& run, const Object& container) {
  const bool executes = has_account_privilege(run, "EXECUTE AUTO CLASSIFICATION") || run.access.owns(container) ||
                        run.access.holds(container, "EXECUTE AUTO CLASSIFICATION");
  if (!executes) refuse_privilege(run, container);
  if (!has_account_privilege(run, "APPLY TAG")) refuse_privilege(run, run.home());
}

std::string profile_to_set(const Running& run, const std::string& written) {
  const auto name = parse_name(written);
  if (!name || name->size() != 3) refuse_value(written, kParameter);
  const Object& profile = need(run, Kind::ClassificationProfile, *name);
  need_user(run, profile);
  return dotted(*name);
}

bool sets_profile_alone(const Parser& parser) {
  Parser p = parser;
  const bool set = p.accept("SET");
  if ((!set && !p.accept("UNSET")) || !p.accept(kParameter)) return false;
  if (set && (!p.accept_symbol("=") || p.next().kind != TokenKind::String)) return false;
  p.accept_symbol(";");
  return p.at_end();
}

std::string monitored_entities(const Running& run, const std::string& type) {
  if (!type.empty() && type != "DATABASE" && type != "SCHEMA")
    refuse_argument(fmt::format("Invalid entity type {}", type));
  json all = json::array();
  const auto add = [&](Id id, const char* as) {
    const Object& container = run.catalog.at(id);
    const auto it = container.params.find(kParameter);
    if (it == container.params.end() || (!type.empty() && type != as) || !run.access.sees(container)) return;
    const Object* profile = look_up(run, Kind::ClassificationProfile, *parse_name(it->second));
    if (profile == nullptr || !(run.access.owns(*profile) || run.access.holds(*profile, kUser))) return;
    all.push_back({{"name", qualified_name(run.catalog, container)}, {"type", as}, {"profile_name", it->second}});
  };
  for (const auto& [database, database_id] : run.catalog.children(run.account, Kind::Database)) {
    add(database_id, "DATABASE");
    for (const auto& [schema, schema_id] : run.catalog.children(database_id, Kind::Schema)) add(schema_id, "SCHEMA");
  }
  return all.dump();
}

// What DROP does while it is set somewhere is on no page: the sandbox refuses, so that nobody rests on it.
void forget_profile(Running& run, const Object& profile, bool replaced) {
  const std::vector<Id> containers = set_on(run, qualified_name(run.catalog, profile));
  if (!replaced && !containers.empty())
    refuse_argument(
        fmt::format("Classification profile {} is set on {}", profile.name, run.catalog.at(containers.front()).name));
  for (const Id id : containers) run.catalog.edit(id).params.erase(kParameter);
}

using namespace cells;  // NOLINT: the vocabulary of the table

const ShowColumns& instance_columns() {
  static const ShowColumns kInstances = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:current_version", [](const Shown&) -> Cell { return "1.0"; }},
      {"T:comment", [](const Shown&) -> Cell { return Cell(); }},
      {"T:owner", owner},
  };
  return kInstances;
}

}  // namespace mesh::sandbox
