// Network rules and network policies (docs: create-network-rule, alter-network-rule, create-network-policy,
// alter-network-policy, and their SHOW and DESCRIBE). Lists are kept as JSON arrays.

#include <algorithm>

#include <fmt/format.h>

#include "ddl.hpp"
#include "kept_list.hpp"
#include "mesh/base/text.hpp"
#include "query_json.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kTypes = "IPV4,IPV6,AWSVPCEID,AZURELINKID,GCPPSCID,HOST_PORT,PRIVATE_HOST_PORT,COMPUTE_POOL";
constexpr std::string_view kModes =
    "INGRESS,INTERNAL_STAGE,SNOWFLAKE_MANAGED_STORAGE_VOLUME,EGRESS,POSTGRES_INGRESS,POSTGRES_EGRESS";
constexpr std::string_view kRuleLists = "ALLOWED_NETWORK_RULE_LIST,BLOCKED_NETWORK_RULE_LIST";
constexpr std::string_view kAddressLists = "ALLOWED_IP_LIST,BLOCKED_IP_LIST";

bool lists(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::vector<std::string> read_list(Parser& p, const std::string& key) {
  const Value value = p.value();
  if (value.form != Value::Form::List) refuse_property_value(value.text, key);
  return value.items;
}

// Names in a policy are kept in full: DB.SCHEMA.RULE, quoted where needed.
std::vector<std::string> rules(const Running& run, const std::vector<std::string>& names) {
  std::vector<std::string> full;
  for (const auto& name : names) {
    const auto parts = parse_name(name);
    if (!parts) refuse_property_value(name, "NETWORK_RULE_LIST");
    full.push_back(qualified_name(run.catalog, need(run, Kind::NetworkRule, *parts)));
  }
  return full;
}

using ReadOne = bool (*)(Running&, const std::string& key, Properties&);

bool read_rule_property(Running& run, const std::string& key, Properties& props) {
  Parser& p = run.parser;
  if (key == "VALUE_LIST") return props[key] = kept_list(read_list(p, key)), true;
  const auto allowed = key == "TYPE" ? kTypes : key == "MODE" ? kModes : std::string_view();
  if (allowed.empty()) return false;
  const Value value = p.value();
  if (!lists(allowed, to_upper(value.text))) refuse_property_value(value.text, key);
  return props[key] = to_upper(value.text), true;
}

bool read_policy_property(Running& run, const std::string& key, Properties& props) {
  if (lists(kRuleLists, key)) return props[key] = kept_list(rules(run, read_list(run.parser, key))), true;
  if (lists(kAddressLists, key)) return props[key] = kept_list(read_list(run.parser, key)), true;
  return false;
}

// KEY = value as long as such stand there, COMMENT among them.
Properties read_properties(Running& run, Kind kind, ReadOne read) {
  Parser& p = run.parser;
  Properties props;
  while (p.peek().is_name() && p.at_symbol("=", 1)) {
    const std::string key = p.next().folded();
    p.expect_symbol("=");
    if (key == "COMMENT") {
      props[key] = p.string();
    } else if (!read(run, key, props)) {
      refuse_property(key, facts(kind).words);
    }
    p.accept_symbol(",");
  }
  return props;
}

ResultSet create(Running& run, const CreateHead& head, const NameParts& name, Properties props) {
  Parser& p = run.parser;
  p.expect_end();
  const Object& container = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, container, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter)
    refuse_unsupported("CREATE OR ALTER " + std::string(facts(head.kind).words));
  if (existing != nullptr) put_away(run, *existing);
  Object object;
  object.props = std::move(props);
  make(run, head.kind, container, name.back(), std::move(object));
  return created(head.kind, name.back());
}

ResultSet set_or_unset_lists(Running& run, const Object& object, ReadOne read, std::string_view unsettable) {
  Parser& p = run.parser;
  need_ownership(run, object);
  if (p.accept("UNSET")) {
    std::vector<std::string> names;
    do {
      names.push_back(p.name());
      if (names.back() != "COMMENT" && !lists(unsettable, names.back()))
        refuse_property(names.back(), facts(object.kind).words);
    } while (p.accept_symbol(","));
    p.expect_end();
    for (const auto& name : names) run.catalog.edit(object.id).props.erase(name);
  } else {
    p.expect("SET");
    const Properties given = read_properties(run, object.kind, read);
    if (given.empty() || given.count("TYPE") > 0 || given.count("MODE") > 0) p.unexpected();
    p.expect_end();
    for (const auto& [key, value] : given) run.catalog.edit(object.id).props[key] = value;
  }
  touch(run, object.id);
  return executed();
}

}  // namespace

ResultSet create_network_rule(Running& run, const CreateHead& head) {
  const NameParts name = run.parser.qualified();
  Properties props = read_properties(run, head.kind, read_rule_property);
  if (props.count("TYPE") == 0 || props.count("VALUE_LIST") == 0) run.parser.unexpected();
  props.emplace("MODE", "INGRESS");
  return create(run, head, name, std::move(props));
}

ResultSet alter_network_rule(Running& run, const Object& rule) {
  return set_or_unset_lists(run, rule, read_rule_property, "VALUE_LIST");
}

ResultSet create_network_policy(Running& run, const CreateHead& head) {
  const NameParts name{run.parser.name()};
  return create(run, head, name, read_properties(run, head.kind, read_policy_property));
}

ResultSet alter_network_policy(Running& run, const Object& policy) {
  Parser& p = run.parser;
  if (p.at("ADD") || p.at("REMOVE")) refuse_unsupported("ALTER NETWORK POLICY " + p.peek().folded());
  if (p.accept("RENAME TO")) {
    const NameParts name{p.name()};
    p.expect_end();
    need_ownership(run, policy);
    rename_object(run, policy, name, false);
    return executed();
  }
  return set_or_unset_lists(run, policy, read_policy_property,
                            std::string(kRuleLists) + "," + std::string(kAddressLists));
}

namespace {

Cell count_of(const Shown& s, std::string_view property) { return std::to_string(list_of(s.object, property).size()); }

}  // namespace

using namespace cells;  // NOLINT: the vocabulary of the tables below

const ShowColumns& network_rule_columns() {
  static const ShowColumns kRules = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:type", [](const Shown& s) { return prop_or_null(s, "TYPE"); }},
      {"T:mode", [](const Shown& s) { return prop_or_null(s, "MODE"); }},
      {"N:entries_in_valuelist", [](const Shown& s) { return count_of(s, "VALUE_LIST"); }},
      {"T:owner_role_type", owner_role_type},
  };
  return kRules;
}

const ShowColumns& network_policy_columns() {
  static const ShowColumns kPolicies = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:comment", comment},
      {"N:entries_in_allowed_ip_list", [](const Shown& s) { return count_of(s, "ALLOWED_IP_LIST"); }},
      {"N:entries_in_blocked_ip_list", [](const Shown& s) { return count_of(s, "BLOCKED_IP_LIST"); }},
      {"N:entries_in_allowed_network_rules", [](const Shown& s) { return count_of(s, "ALLOWED_NETWORK_RULE_LIST"); }},
      {"N:entries_in_blocked_network_rules", [](const Shown& s) { return count_of(s, "BLOCKED_NETWORK_RULE_LIST"); }},
  };
  return kPolicies;
}

ResultSet describe_network_rule(Running& run) {
  static const ShowColumns kDescribed = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:type", [](const Shown& s) { return prop_or_null(s, "TYPE"); }},
      {"T:mode", [](const Shown& s) { return prop_or_null(s, "MODE"); }},
      {"T:value_list", [](const Shown& s) -> Cell { return join(list_of(s.object, "VALUE_LIST"), ","); }},
  };
  const NameParts parts = run.parser.qualified();
  run.parser.expect_end();
  return show_rows(run, kDescribed, {&need(run, Kind::NetworkRule, parts)});
}

// A row is left out where its list is empty; rules come as JSON (network_policy, describe).
ResultSet describe_network_policy(Running& run) {
  const NameParts parts{run.parser.name()};
  run.parser.expect_end();
  const Object& policy = need(run, Kind::NetworkPolicy, parts);
  ResultSet result;
  result.columns = columns_of({"T:name", "T:value"});
  for (const auto& list : split(kRuleLists, ',')) {
    std::vector<std::optional<std::string>> objects;
    for (const auto& rule : list_of(policy, list))
      objects.emplace_back(query::json_object({{"fullyQualifiedRuleName", query::json_quote(rule)}}, false));
    if (!objects.empty()) result.rows.push_back({list, query::json_array(objects)});
  }
  for (const auto& list : split(kAddressLists, ',')) {
    const auto addresses = list_of(policy, list);
    if (!addresses.empty()) result.rows.push_back({list, join(addresses, ",")});
  }
  return result;
}

}  // namespace mesh::sandbox
