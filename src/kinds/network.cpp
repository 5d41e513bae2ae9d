// Network rules and network policies. Reference: CREATE, ALTER, SHOW and DESCRIBE NETWORK RULE and NETWORK POLICY.
#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kNetworkPolicyPrivileges = {"APPLY", "USAGE"};
constexpr std::array<std::string_view, 8> kTypes = {"IPV4",     "IPV6",      "AWSVPCEID",         "AZURELINKID",
                                                    "GCPPSCID", "HOST_PORT", "PRIVATE_HOST_PORT", "COMPUTE_POOL"};
constexpr std::array<std::string_view, 6> kModes = {"INGRESS", "INTERNAL_STAGE",   "SNOWFLAKE_MANAGED_STORAGE_VOLUME",
                                                    "EGRESS",  "POSTGRES_INGRESS", "POSTGRES_EGRESS"};

std::string contradiction(const Object& rule) {
  const bool whole = rule.find("type") != nullptr && rule.find("value_list") != nullptr;
  return whole ? std::string() : "a network rule needs a type and a value_list";
}

constexpr std::array<PropertyRow, 4> kRuleRows = {{
    {.name = "type",
     .type = ValueType::OneOf,
     .clause = "TYPE",
     .column = "type",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,
     .values = kTypes,
     .doc = "What the values are: addresses, endpoints, hosts; fixed at creation."},
    {.name = "value_list",
     .type = ValueType::Texts,
     .clause = "VALUE_LIST",
     .from = ReadFrom::Described,
     .column = "value_list",
     .is_set = true,
     .doc = "Addresses, endpoints or hosts with ports."},
    {.name = "mode",
     .type = ValueType::OneOf,
     .clause = "MODE",
     .column = "mode",
     .change = ChangeBy::Immutable,
     .default_value = "INGRESS",
     .values = kModes,
     .doc = "Which traffic it is about; fixed at creation."},
    comment_row(),
}};
static_assert(sound(kRuleRows));

// DESCRIBE gives rule lists as JSON, [{"fullyQualifiedRuleName":"D.S.R"}, ..]; the page shows plain names with commas.
std::string rule_names(std::string_view shown) {
  constexpr std::string_view kKey = "\"fullyQualifiedRuleName\"";
  if (shown.find(kKey) == std::string_view::npos) return std::string(shown);
  std::vector<std::string> names;
  for (size_t at = shown.find(kKey); at != std::string_view::npos; at = shown.find(kKey, at + 1)) {
    size_t i = shown.find('"', at + kKey.size());
    std::string name;
    while (i != std::string_view::npos && ++i < shown.size() && shown[i] != '"') {
      if (shown[i] == '\\' && i + 1 < shown.size()) ++i;
      name += shown[i];
    }
    names.push_back(std::move(name));
  }
  return join(names, ",");
}

constexpr PropertyRow described_list(std::string_view name, ValueType type, std::string_view clause,
                                     std::string_view doc) {
  PropertyRow row;
  row.name = name;
  row.type = type;
  row.clause = clause;
  row.from = ReadFrom::Described;
  row.column = clause;
  row.is_set = true;
  row.doc = doc;
  return row;
}

constexpr PropertyRow rule_list(std::string_view name, std::string_view clause, std::string_view doc) {
  auto row = described_list(name, ValueType::ObjectNames, clause, doc);
  row.list_text = rule_names;
  row.refers_to = KindId::NetworkRule;
  return row;
}

constexpr std::array<PropertyRow, 5> kPolicyRows = {
    rule_list("allowed_network_rule_list", "ALLOWED_NETWORK_RULE_LIST", "Network rules whose traffic is let in."),
    rule_list("blocked_network_rule_list", "BLOCKED_NETWORK_RULE_LIST", "Network rules whose traffic is kept out."),
    described_list("allowed_ip_list", ValueType::Texts, "ALLOWED_IP_LIST",
                   "IPv4 addresses and ranges that are let in."),
    described_list("blocked_ip_list", ValueType::Texts, "BLOCKED_IP_LIST", "IPv4 addresses and ranges kept out."),
    comment_row(),
};
static_assert(sound(kPolicyRows));

}  // namespace

constinit const Kind kNetworkRule = {.id = KindId::NetworkRule,
                                     .words = "network rule",
                                     .collection = "network_rules",
                                     .sql = "NETWORK RULE",
                                     .sql_plural = "NETWORK RULES",
                                     .granted_on = "NETWORK_RULE",
                                     .scope = Scope::Schema,
                                     .properties = kRuleRows,
                                     .privileges = {},
                                     .show_has_pages = true,
                                     .can_be_renamed = false,
                                     .contradiction = contradiction,
                                     .doc =
                                         "Names of the net, for network policies and external access. Its values are "
                                         "altered in place; its type and mode "
                                         "are fixed. It cannot be renamed."};

constinit const Kind kNetworkPolicy = {
    .id = KindId::NetworkPolicy,
    .words = "network policy",
    .collection = "network_policies",
    .sql = "NETWORK POLICY",
    .sql_plural = "NETWORK POLICIES",
    .granted_on = "NETWORK_POLICY",
    .scope = Scope::Account,
    .properties = kPolicyRows,
    .privileges = kNetworkPolicyPrivileges,
    .described_name = "name",
    .described_value = "value",
    .one_property_per_statement = true,
    .doc =
        "Who may log in from where: in force for the users that name it. A wrong one "
        "locks them out."};

}  // namespace mesh::kinds
