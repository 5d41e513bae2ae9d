// Password, session and authentication policies (docs: create-password-policy, create-session-policy,
// create-authentication-policy and their ALTER and DESCRIBE pages). Where they are in force: login_policy_places.cpp.

#include "login_policy.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "attachments.hpp"
#include "kept_list.hpp"
#include "mesh/base/text.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kMethods =
    "ALL,SAML,OIDC,PASSWORD,OAUTH,KEYPAIR,PROGRAMMATIC_ACCESS_TOKEN,WORKLOAD_IDENTITY";
constexpr std::string_view kClients = "ALL,SNOWFLAKE_UI,DRIVERS,SNOWFLAKE_CLI,SNOWSQL";

// Drivers: (GO_DRIVER = (MINIMUM_VERSION = '3.14.1'), ...). Map: a list of properties of its own.
enum class Form { Number, Flag, Word, Texts, Roles, Drivers, Map };
struct PolicyProperty {
  std::string_view name;
  Form form;
  std::string_view otherwise;  // its default, as DESCRIBE prints it
  std::string_view description;
  std::string_view allowed{};
  int64_t min = 0, max = 0;
  std::span<const PolicyProperty> parts{};  // Map
};

// Defaults are those of CREATE PASSWORD POLICY; the example of DESCRIBE has others for two of them.
constexpr PolicyProperty kPassword[] = {
    {"PASSWORD_MIN_LENGTH", Form::Number, "14", "Minimum length of new password.", "", 8, 256},
    {"PASSWORD_MAX_LENGTH", Form::Number, "256", "Maximum length of new password.", "", 8, 256},
    {"PASSWORD_MIN_UPPER_CASE_CHARS", Form::Number, "1", "Minimum number of uppercase characters in new password.", "",
     0, 256},
    {"PASSWORD_MIN_LOWER_CASE_CHARS", Form::Number, "1", "Minimum number of lowercase characters in new password.", "",
     0, 256},
    {"PASSWORD_MIN_NUMERIC_CHARS", Form::Number, "1", "Minimum number of numeric characters in new password.", "", 0,
     256},
    {"PASSWORD_MIN_SPECIAL_CHARS", Form::Number, "0", "Minimum number of special characters in new password.", "", 0,
     256},
    {"PASSWORD_MIN_AGE_DAYS", Form::Number, "0",
     "Period after a password is changed during which a password cannot be changed again, in days.", "", 0, 999},
    {"PASSWORD_MAX_AGE_DAYS", Form::Number, "90", "Period after which password must be changed, in days.", "", 0, 999},
    {"PASSWORD_MAX_RETRIES", Form::Number, "5",
     "Number of attempts users have to enter the correct password before their account is locked.", "", 1, 10},
    {"PASSWORD_LOCKOUT_TIME_MINS", Form::Number, "15",
     "Period of time for which users will be locked after entering their password incorrectly many times (specified by "
     "MAX_RETRIES), in minutes",
     "", 1, 999},
    {"PASSWORD_HISTORY", Form::Number, "5", "Number of most recent passwords that may not be repeated by the user", "",
     0, 24},
};
// Descriptions of these are not documented.
constexpr PolicyProperty kSession[] = {
    {"SESSION_IDLE_TIMEOUT_MINS", Form::Number, "240", "", "", 5, 1440},
    {"SESSION_UI_IDLE_TIMEOUT_MINS", Form::Number, "1080", "", "", 5, 1440},
    {"SESSION_MAX_LIFESPAN_MINS", Form::Number, "0", "", "", 0, 43200},
    {"SESSION_UI_MAX_LIFESPAN_MINS", Form::Number, "0", "", "", 0, 43200},
    {"ALLOWED_SECONDARY_ROLES", Form::Roles, "[ALL]", ""},
    {"BLOCKED_SECONDARY_ROLES", Form::Roles, "[]", ""},
};
// Whether SET of a list of properties keeps those that it does not name is not told: here they get their defaults.
constexpr PolicyProperty kMfa[] = {
    {"ALLOWED_METHODS", Form::Texts, "[ALL]", "", "ALL,PASSKEY,TOTP,OTP,DUO"},
    {"ENFORCE_MFA_ON_EXTERNAL_AUTHENTICATION", Form::Word, "NONE", "", "ALL,NONE"},
};
constexpr PolicyProperty kTokens[] = {
    {"DEFAULT_EXPIRY_IN_DAYS", Form::Number, "15", "", "", 1, 365},
    {"MAX_EXPIRY_IN_DAYS", Form::Number, "365", "", "", 1, 365},
    {"NETWORK_POLICY_EVALUATION", Form::Word, "ENFORCED_REQUIRED", "",
     "ENFORCED_REQUIRED,ENFORCED_NOT_REQUIRED,NOT_ENFORCED"},
    {"REQUIRE_ROLE_RESTRICTION_FOR_SERVICE_USERS", Form::Flag, "true", ""},
};
constexpr PolicyProperty kWorkloads[] = {
    {"ALLOWED_PROVIDERS", Form::Texts, "[ALL]", "", "ALL,AWS,AZURE,GCP,OIDC"},
    {"ALLOWED_AWS_ACCOUNTS", Form::Texts, "[ALL]", ""},
    {"ALLOWED_AZURE_ISSUERS", Form::Texts, "[ALL]", ""},
    {"ALLOWED_OIDC_ISSUERS", Form::Texts, "[ALL]", ""},
};
constexpr std::string_view kDrivers =
    "JDBC_DRIVER,ODBC_DRIVER,PYTHON_DRIVER,JAVASCRIPT_DRIVER,C_DRIVER,GO_DRIVER,PHP_DRIVER,DOTNET_DRIVER,SQL_API,"
    "SNOWPIPE_STREAMING_CLIENT_SDK,PY_CORE,SPROC_PYTHON,PYTHON_SNOWPARK,SQL_ALCHEMY,SNOWPARK,SNOWFLAKE_CLIENT";
constexpr PolicyProperty kAuthentication[] = {
    {"AUTHENTICATION_METHODS", Form::Texts, "[ALL]", "", kMethods},
    {"CLIENT_TYPES", Form::Texts, "[ALL]", "", kClients},
    {"SECURITY_INTEGRATIONS", Form::Texts, "[ALL]", ""},
    {"MFA_ENROLLMENT", Form::Word, "OPTIONAL", "", "REQUIRED,REQUIRED_PASSWORD_ONLY,OPTIONAL"},
    {"MFA_POLICY", Form::Map, "", "", "", 0, 0, kMfa},
    {"PAT_POLICY", Form::Map, "", "", "", 0, 0, kTokens},
    {"WORKLOAD_IDENTITY_POLICY", Form::Map, "", "", "", 0, 0, kWorkloads},
    {"CLIENT_POLICY", Form::Drivers, "{}", "", kDrivers},
};

struct PolicyFacts {
  Kind kind;
  const PolicyProperty* begin;
  size_t count;
  std::string_view unsupported;  // its properties that the sandbox does not keep
};
constexpr PolicyFacts kFacts[] = {
    {Kind::PasswordPolicy, kPassword, std::size(kPassword), ""},
    {Kind::SessionPolicy, kSession, std::size(kSession), "AGENT_RESTRICTED_SESSION_SCOPE"},
    {Kind::AuthenticationPolicy, kAuthentication, std::size(kAuthentication), ""},
};

const PolicyFacts& facts_of(Kind kind) {
  return *std::find_if(std::begin(kFacts), std::end(kFacts), [kind](const PolicyFacts& f) { return f.kind == kind; });
}

bool lists(std::string_view words, std::string_view word) {
  const auto all = split(words, ',');
  return std::find(all.begin(), all.end(), word) != all.end();
}

const PolicyProperty& need_property(Kind kind, const std::string& key) {
  const PolicyFacts& facts = facts_of(kind);
  for (size_t i = 0; i < facts.count; ++i) {
    if (facts.begin[i].name == key) return facts.begin[i];
  }
  const auto words = sandbox::facts(kind).words;
  if (lists(facts.unsupported, key)) refuse_unsupported(fmt::format("{} of {}", key, words));
  refuse_property(key, words);
}

// ('A', 'B'): texts; of roles names too, as they are stored.
std::vector<std::string> read_items(Parser& p, const PolicyProperty& property) {
  std::vector<std::string> items;
  p.expect_symbol("(");
  while (!p.accept_symbol(")")) {
    if (!items.empty()) p.expect_symbol(",");
    const bool word = property.form == Form::Roles || property.name == "ALLOWED_PROVIDERS";
    const bool name = word && p.peek().kind != TokenKind::String;
    std::string item = name ? p.name() : p.string();
    if (property.form == Form::Roles && !name && item != "ALL") refuse_property_value(item, property.name);
    if (!property.allowed.empty() && !lists(property.allowed, to_upper(item)))
      refuse_property_value(item, property.name);
    items.push_back(property.allowed.empty() ? std::move(item) : to_upper(item));
  }
  return items;
}

std::string read_drivers(Parser& p, const PolicyProperty& property);

std::string read_value(Running& run, const PolicyProperty& property) {
  Parser& p = run.parser;
  if (property.form == Form::Drivers) return read_drivers(p, property);
  if (property.form == Form::Texts || property.form == Form::Roles) {
    const auto items = read_items(p, property);
    for (const auto& role : items) {
      if (property.form == Form::Roles && role != "ALL") need(run, Kind::Role, {role});
    }
    return kept_list(items);
  }
  const Value value = p.value();
  std::string text;
  const ValueRule rule = property.form == Form::Number ? ValueRule{ValueType::Number, "", property.min, property.max}
                         : property.form == Form::Flag ? ValueRule{ValueType::Boolean, ""}
                                                       : ValueRule{ValueType::Word, property.allowed};
  if (!normalise(rule, value, text)) refuse_property_value(value.text, property.name);
  return text;
}

// A version is "a sequence of three digits delimited by periods".
std::string read_drivers(Parser& p, const PolicyProperty& property) {
  std::vector<std::string> items;
  p.expect_symbol("(");
  while (!p.accept_symbol(")")) {
    if (!items.empty()) p.expect_symbol(",");
    const std::string driver = p.next().folded();
    if (!lists(property.allowed, driver)) refuse_property_value(driver, property.name);
    p.expect_symbol("=");
    p.expect_symbol("(");
    p.expect("MINIMUM_VERSION");
    p.expect_symbol("=");
    const std::string version = p.string();
    if (std::count(version.begin(), version.end(), '.') != 2) refuse_property_value(version, "MINIMUM_VERSION");
    p.expect_symbol(")");
    items.push_back(fmt::format("{}={{MINIMUM_VERSION={}}}", driver, version));
  }
  return kept_list(items);
}

// NAME.PART = value for each of its parts; NAME alone says that it is set.
void read_map(Running& run, const PolicyProperty& map, Properties& props) {
  Parser& p = run.parser;
  props.emplace(map.name, "");
  p.expect_symbol("(");
  while (!p.accept_symbol(")")) {
    const std::string key = p.next().folded();
    const auto part =
        std::find_if(map.parts.begin(), map.parts.end(), [&](const PolicyProperty& each) { return each.name == key; });
    if (part == map.parts.end()) refuse_property(key, map.name);
    p.expect_symbol("=");
    props[fmt::format("{}.{}", map.name, key)] = read_value(run, *part);
    p.accept_symbol(",");
  }
}

// What belongs to a property, with the parts of a map.
void forget(Properties& props, const std::string& key) {
  std::erase_if(props, [&](const auto& each) { return each.first == key || each.first.starts_with(key + "."); });
}

Properties read_properties(Running& run, Kind kind) {
  Parser& p = run.parser;
  Properties props;
  while (p.peek().is_name() && p.at_symbol("=", 1)) {
    const std::string key = p.next().folded();
    p.expect_symbol("=");
    const PolicyProperty* map = key == "COMMENT" ? nullptr : &need_property(kind, key);
    if (map != nullptr && map->form == Form::Map && props.count(key) == 0) {
      read_map(run, *map, props);
      p.accept_symbol(",");
      continue;
    }
    if (!(key == "COMMENT" ? props.emplace(key, p.string())
                           : props.emplace(key, read_value(run, need_property(kind, key))))
             .second)
      refuse_compilation("001408", "42601", fmt::format("duplicate property '{}';", key));
    p.accept_symbol(",");
  }
  p.expect_end();
  return props;
}

// "Must be greater than or equal to the sum" (create-password-policy); the text is not documented.
void check_lengths(const Properties& props) {
  const auto number = [&](std::string_view name) {
    const auto it = props.find(std::string(name));
    return std::stoll(it == props.end() ? std::string(need_property(Kind::PasswordPolicy, std::string(name)).otherwise)
                                        : it->second);
  };
  const auto least =
      number("PASSWORD_MIN_LENGTH") + number("PASSWORD_MIN_UPPER_CASE_CHARS") + number("PASSWORD_MIN_LOWER_CASE_CHARS");
  if (number("PASSWORD_MAX_LENGTH") >= least) return;
  refuse_text(fmt::format("SQL compilation error:\nPASSWORD_MAX_LENGTH must be greater than or equal to {}.", least));
}
// The error is an example of create-authentication-policy.
void check_drivers(const Properties& props) {
  const auto list = [&](const char* name) {
    const auto it = props.find(name);
    return it == props.end() ? std::vector<std::string>() : items_of(it->second);
  };
  const auto clients = list("CLIENT_TYPES"), drivers = list("CLIENT_POLICY");
  const auto has = [&](const char* word) { return std::find(clients.begin(), clients.end(), word) != clients.end(); };
  if (drivers.empty() || clients.empty() || has("ALL") || has("DRIVERS")) return;
  refuse("004800", "22023",
         fmt::format("Authentication policy can not contain CLIENT_POLICY of '{}' without including 'DRIVERS' "
                     "in CLIENT_TYPES.",
                     drivers.front().substr(0, drivers.front().find('='))));
}
void check_whole(Kind kind, const Properties& props) {
  if (kind == Kind::PasswordPolicy) check_lengths(props);
  if (kind == Kind::AuthenticationPolicy) check_drivers(props);
}

std::string shown(const PolicyProperty& property, const Object& policy, const std::string& key) {
  if (property.form == Form::Map) {
    std::vector<std::string> parts;
    for (const PolicyProperty& part : property.parts)
      parts.push_back(fmt::format("{}={}", part.name, shown(part, policy, fmt::format("{}.{}", key, part.name))));
    if (property.name == "WORKLOAD_IDENTITY_POLICY") parts.insert(parts.begin() + 2, "ALLOWED_AWS_PARTITIONS=[ALL]");
    return "{" + join(parts, ", ") + "}";
  }
  const auto it = policy.props.find(key);
  if (it == policy.props.end()) return std::string(property.otherwise);
  if (property.form == Form::Number || property.form == Form::Flag || property.form == Form::Word) return it->second;
  const auto items = join(items_of(it->second), ", ");
  return property.form == Form::Drivers ? "{" + items + "}" : "[" + items + "]";
}

}  // namespace

bool is_login_policy(Kind kind) {
  return std::any_of(std::begin(kFacts), std::end(kFacts), [kind](const PolicyFacts& f) { return f.kind == kind; });
}

ResultSet create_login_policy(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  // CREATE OR ALTER is documented for authentication policies alone, and not done here.
  if (head.or_alter && head.kind == Kind::AuthenticationPolicy)
    refuse_unsupported("CREATE OR ALTER AUTHENTICATION POLICY");
  if (head.or_alter) p.unexpected();
  const NameParts name = p.qualified();
  const Object& schema = need_container(run, head.kind, name);
  Object object;
  object.props = read_properties(run, head.kind);
  check_whole(head.kind, object.props);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr) put_away(run, *existing);
  make(run, head.kind, schema, name.back(), std::move(object));
  return created(head.kind, name.back());
}

ResultSet alter_login_policy(Running& run, const Object& policy) {
  Parser& p = run.parser;
  need_ownership(run, policy);
  if (p.accept("RENAME TO")) {
    rename_to(run, policy);
  } else if (p.accept("SET")) {
    if (!p.peek().is_name() || !p.at_symbol("=", 1)) p.unexpected();
    Properties props = policy.props;
    const Properties set = read_properties(run, policy.kind);
    for (const auto& [key, value] : set) forget(props, key);
    for (const auto& [key, value] : set) props[key] = value;
    check_whole(policy.kind, props);
    run.catalog.edit(policy.id).props = std::move(props);
  } else {
    p.expect("UNSET");
    Properties props = policy.props;
    do {
      const std::string key = p.name();
      if (key != "COMMENT") need_property(policy.kind, key);
      forget(props, key);
    } while (p.accept_symbol(","));
    p.expect_end();
    check_whole(policy.kind, props);
    run.catalog.edit(policy.id).props = std::move(props);
  }
  touch(run, policy.id);
  return executed();
}

ResultSet describe_login_policy(Running& run, Kind kind) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& policy = need(run, kind, name);
  const bool may = run.access.owns(policy) || has_account_privilege(run, fmt::format("APPLY {}", facts(kind).words));
  if (!may) refuse_privilege(run, policy);
  ResultSet result;
  result.columns = columns_of({"T:property", "T:value", "T:default", "T:description"});
  const std::string words = to_lower(facts(kind).words);
  const std::string comment = comment_of(policy);
  result.rows.push_back({"NAME", policy.name, "null", fmt::format("Name of {}.", words)});
  result.rows.push_back({"OWNER", owner_name(run, policy), "null", fmt::format("Owner of {}.", words)});
  result.rows.push_back({"COMMENT", comment.empty() ? "null" : comment, "null",
                         "user comment associated to an object in the dictionary"});
  const PolicyFacts& about = facts_of(kind);
  for (size_t i = 0; i < about.count; ++i) {
    const PolicyProperty& property = about.begin[i];
    result.rows.push_back({std::string(property.name), shown(property, policy, std::string(property.name)),
                           shown(property, Object(), std::string(property.name)), std::string(property.description)});
  }
  return result;
}

}  // namespace mesh::sandbox
