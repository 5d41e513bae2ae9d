// Policies of logging in: of passwords, of sessions, of the ways to authenticate. Reference: CREATE, ALTER, SHOW and
// DESCRIBE of PASSWORD, SESSION and AUTHENTICATION POLICY.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/kinds/printed_map.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 1> kAll = {"ALL"};

constexpr PropertyRow number(std::string_view name, std::string_view clause, std::string_view initial, int64_t min,
                             int64_t max, std::string_view doc) {
  return {.name = name,
          .type = ValueType::Integer,
          .clause = clause,
          .from = ReadFrom::Described,
          .column = clause,
          .default_value = initial,
          .min = min,
          .max = max,
          .doc = doc};
}

// Ranges and defaults as CREATE PASSWORD POLICY has them; the example of DESCRIBE shows others.
constexpr std::array<PropertyRow, 12> kPasswordRows = {{
    number("password_min_length", "PASSWORD_MIN_LENGTH", "14", 8, 256, "Characters that a password has at least."),
    number("password_max_length", "PASSWORD_MAX_LENGTH", "256", 8, 256, "Characters that a password has at most."),
    number("password_min_upper_case_chars", "PASSWORD_MIN_UPPER_CASE_CHARS", "1", 0, 256,
           "Upper-case letters in it, at least."),
    number("password_min_lower_case_chars", "PASSWORD_MIN_LOWER_CASE_CHARS", "1", 0, 256,
           "Lower-case letters in it, at least."),
    number("password_min_numeric_chars", "PASSWORD_MIN_NUMERIC_CHARS", "1", 0, 256, "Digits in it, at least."),
    number("password_min_special_chars", "PASSWORD_MIN_SPECIAL_CHARS", "0", 0, 256,
           "Characters in it that are neither letters nor digits, at least."),
    number("password_min_age_days", "PASSWORD_MIN_AGE_DAYS", "0", 0, 999,
           "Days before a new password can be changed again."),
    number("password_max_age_days", "PASSWORD_MAX_AGE_DAYS", "90", 0, 999,
           "Days after which it must be changed; 0: never."),
    number("password_max_retries", "PASSWORD_MAX_RETRIES", "5", 1, 10, "Wrong passwords before the user is locked."),
    number("password_lockout_time_mins", "PASSWORD_LOCKOUT_TIME_MINS", "15", 1, 999, "Minutes that the lock lasts."),
    number("password_history", "PASSWORD_HISTORY", "5", 0, 24, "Earlier passwords that may not come again."),
    comment_row(),
}};
static_assert(sound(kPasswordRows));

// Of two numbers that contradict one another Snowflake takes neither (create-password-policy).
std::string password_contradiction(const Object& policy) {
  const auto value = [&](std::string_view name) {
    const Value* stated = policy.find(name);
    const Value initial = default_of(*find_property(kPasswordPolicy, name));
    return std::get<int64_t>((stated == nullptr ? initial : *stated).data);
  };
  const int64_t least =
      value("password_min_length") + value("password_min_upper_case_chars") + value("password_min_lower_case_chars");
  const int64_t most = value("password_max_length");
  if (most >= least) return {};
  return "password_max_length, " + std::to_string(most) +
         ", is less than password_min_length, password_min_upper_case_chars and password_min_lower_case_chars "
         "together, " +
         std::to_string(least);
}

// [ALL], [] (desc-session-policy); names as they are stored.
std::string bracketed(std::string_view shown) {
  std::string list(shown);
  std::erase_if(list, [](char c) { return c == '[' || c == ']' || c == '(' || c == ')' || c == '"' || c == '\''; });
  return list;
}

// DESCRIBE shows names in a list without quotes (desc-authentication-policy): these alone are told apart there.
std::string_view wrong_names(const Value& value) {
  const auto& list = std::get<ValueList>(value.data);
  const bool plain = std::all_of(list.begin(), list.end(), [](const Value& each) {
    const std::string& name = *each.text();
    return trim(name).size() == name.size() && std::none_of(name.begin(), name.end(), [](unsigned char c) {
             return c < ' ' || std::string_view("[](),'\"").find(static_cast<char>(c)) != std::string_view::npos;
           });
  });
  return plain ? "" : "in such a list names with quotes, commas, brackets or blanks around cannot be told apart";
}

// ('ALL'), or ("ANALYST", "ENGINEER"): the word is a text, roles are names (create-session-policy).
void write_roles(sql::Writer& w, const Value& value) {
  w.equals().open();
  const auto& list = std::get<ValueList>(value.data);
  for (const auto& each : list) {
    if (&each != &list.front()) w.comma();
    if (*each.text() == kAll.front()) {
      w.text(*each.text());
    } else {
      w.name(Name::exact(*each.text()));
    }
  }
  w.close();
}

constexpr PropertyRow secondary_roles(std::string_view name, std::string_view clause,
                                      std::span<const std::string_view> initial, std::string_view doc) {
  return {.name = name,
          .type = ValueType::Names,
          .clause = clause,
          .from = ReadFrom::Described,
          .column = clause,
          .values = kAll,
          .refers_to = KindId::Role,
          .wrong = wrong_names,
          .default_list = initial,
          .is_set = true,
          .list_text = bracketed,
          .write = write_roles,
          .doc = doc};
}

constexpr std::array<PropertyRow, 7> kSessionRows = {{
    number("session_idle_timeout_mins", "SESSION_IDLE_TIMEOUT_MINS", "240", 5, 1440,
           "Minutes without a statement after which programs must log in again."),
    number("session_ui_idle_timeout_mins", "SESSION_UI_IDLE_TIMEOUT_MINS", "1080", 5, 1440,
           "Minutes without a statement after which Snowsight asks to log in again."),
    number("session_max_lifespan_mins", "SESSION_MAX_LIFESPAN_MINS", "0", 0, 43200,
           "Minutes after which programs must log in again in any case; 0: never."),
    number("session_ui_max_lifespan_mins", "SESSION_UI_MAX_LIFESPAN_MINS", "0", 0, 43200,
           "Minutes after which Snowsight asks to log in again in any case; 0: never."),
    secondary_roles("allowed_secondary_roles", "ALLOWED_SECONDARY_ROLES", kAll,
                    "Roles that sessions may use beside the primary one: [ALL], roles, or [] for none."),
    secondary_roles("blocked_secondary_roles", "BLOCKED_SECONDARY_ROLES", {},
                    "Roles that sessions may not use beside the primary one: [ALL], roles, or [] for none."),
    comment_row(),
}};
static_assert(sound(kSessionRows));

std::string upper(std::string_view written) { return to_upper(written); }

template <size_t N>
std::string_view outside(const Value& value, const std::array<std::string_view, N>& known, std::string_view why) {
  const auto& list = std::get<ValueList>(value.data);
  const bool all = std::all_of(list.begin(), list.end(), [&](const Value& each) {
    return std::find(known.begin(), known.end(), *each.text()) != known.end();
  });
  return all ? std::string_view() : why;
}

std::string_view wrong_methods(const Value& value) {
  constexpr std::array<std::string_view, 8> kMethods = {
      "ALL", "SAML", "OIDC", "PASSWORD", "OAUTH", "KEYPAIR", "PROGRAMMATIC_ACCESS_TOKEN", "WORKLOAD_IDENTITY"};
  return outside(value, kMethods,
                 "there are ALL, SAML, OIDC, PASSWORD, OAUTH, KEYPAIR, PROGRAMMATIC_ACCESS_TOKEN, WORKLOAD_IDENTITY");
}
std::string_view wrong_clients(const Value& value) {
  constexpr std::array<std::string_view, 5> kClients = {"ALL", "SNOWFLAKE_UI", "DRIVERS", "SNOWFLAKE_CLI", "SNOWSQL"};
  return outside(value, kClients, "there are ALL, SNOWFLAKE_UI, DRIVERS, SNOWFLAKE_CLI, SNOWSQL");
}

constexpr PropertyRow texts(std::string_view name, std::string_view clause, std::string_view (*wrong)(const Value&),
                            std::string_view doc) {
  return {.name = name,
          .type = ValueType::Texts,
          .clause = clause,
          .from = ReadFrom::Described,
          .column = clause,
          .normal = wrong == wrong_names ? nullptr : upper,
          .wrong = wrong,
          .default_list = kAll,
          .is_set = true,
          .list_text = bracketed,
          .disruptive = true,
          .doc = doc};
}

constexpr std::array<std::string_view, 3> kEnrollments = {"REQUIRED", "REQUIRED_PASSWORD_ONLY", "OPTIONAL"};

// What Snowflake makes of OPTIONAL by and by, and nobody can set (create-authentication-policy, MFA_ENROLLMENT).
std::string enrollment(std::string_view written) {
  const std::string word = to_upper(written);
  return word == "REQUIRED_SNOWFLAKE_UI_PASSWORD_ONLY" ? "OPTIONAL" : word;
}

// --- Lists of properties in brackets. Beside those documented DESCRIBE tells of ALLOWED_AWS_PARTITIONS,
// BLOCKED_ROLES_LIST and REQUIRE_ROLE_RESTRICTION_FOR_PERSON_USERS, which are left as they are.

constexpr PropertyRow in_map(std::string_view map, PropertyRow row) {
  row.wrapped_in = map;
  row.whole_group = true;
  row.from = ReadFrom::Described;
  row.column = map;
  row.map_key = row.clause;
  row.disruptive = true;
  return row;
}

constexpr PropertyRow with_write(PropertyRow row, void (*write)(sql::Writer&, const Value&)) {
  row.write = write;
  return row;
}
constexpr PropertyRow as_written(PropertyRow row) {
  row.normal = nullptr;
  return row;
}

std::string_view wrong_second_factors(const Value& value) {
  constexpr std::array<std::string_view, 5> kFactors = {"ALL", "PASSKEY", "TOTP", "OTP", "DUO"};
  return outside(value, kFactors, "there are ALL, PASSKEY, TOTP, OTP, DUO");
}
std::string_view wrong_providers(const Value& value) {
  constexpr std::array<std::string_view, 5> kProviders = {"ALL", "AWS", "AZURE", "GCP", "OIDC"};
  return outside(value, kProviders, "there are ALL, AWS, AZURE, GCP, OIDC");
}

template <typename Test>
bool each_is(const Value& value, Test test) {
  const auto& list = std::get<ValueList>(value.data);
  return std::all_of(list.begin(), list.end(),
                     [&](const Value& each) { return *each.text() == kAll.front() || test(*each.text()); });
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view wrong_aws_accounts(const Value& value) {
  const bool right =
      each_is(value, [](const std::string& account) { return account.size() == 12 && all_digits(account); });
  return right ? "" : "an AWS account is a text of 12 digits, in quotes where it begins with 0";
}
// No more than documented, and what DESCRIBE prints in a list without quotes.
std::string_view wrong_issuers(const Value& value) {
  const bool right = each_is(value, [](const std::string& url) {
    return url.starts_with("https://") && url.size() <= 2048 && url.find_first_of(" ?#,[]{}'\"") == std::string::npos;
  });
  return right ? "" : "an issuer is a URL, https://HOST/PATH, of at most 2048 characters, without query or fragment";
}

// (AWS, GCP): words, as the page has them.
void write_providers(sql::Writer& w, const Value& value) {
  w.equals().open();
  const auto& list = std::get<ValueList>(value.data);
  for (const auto& each : list) {
    if (&each != &list.front()) w.comma();
    w.kw(sql::Keyword::of_table(*each.text()));  // wrong_providers() has looked at it
  }
  w.close();
}

constexpr std::array<std::string_view, 2> kAllOrNone = {"ALL", "NONE"};
constexpr std::array<std::string_view, 3> kEvaluations = {"ENFORCED_REQUIRED", "ENFORCED_NOT_REQUIRED", "NOT_ENFORCED"};
constexpr std::array<std::string_view, 2> kClientPolicyKeys = {"client_type", "minimum_version"};
constexpr std::array<std::string_view, 16> kDrivers = {
    "JDBC_DRIVER",     "ODBC_DRIVER",  "PYTHON_DRIVER",   "JAVASCRIPT_DRIVER", "C_DRIVER",
    "GO_DRIVER",       "PHP_DRIVER",   "DOTNET_DRIVER",   "SQL_API",           "SNOWPIPE_STREAMING_CLIENT_SDK",
    "PY_CORE",         "SPROC_PYTHON", "PYTHON_SNOWPARK", "SQL_ALCHEMY",       "SNOWPARK",
    "SNOWFLAKE_CLIENT"};

// "GO_DRIVER 3.14.1"
std::pair<std::string_view, std::string_view> driver_and_version(std::string_view entry) {
  const auto blank = entry.find(' ');
  return {entry.substr(0, blank), blank == std::string_view::npos ? "" : entry.substr(blank + 1)};
}

std::string_view wrong_clients_of_policy(const Value& value) {
  std::vector<std::string_view> seen;
  for (const auto& each : std::get<ValueList>(value.data)) {
    const auto [driver, version] = driver_and_version(*each.text());
    if (std::find(kDrivers.begin(), kDrivers.end(), driver) == kDrivers.end())
      return "client types are JDBC_DRIVER, ODBC_DRIVER, PYTHON_DRIVER, JAVASCRIPT_DRIVER, C_DRIVER, GO_DRIVER, "
             "PHP_DRIVER, DOTNET_DRIVER, SQL_API, SNOWPIPE_STREAMING_CLIENT_SDK, PY_CORE, SPROC_PYTHON, "
             "PYTHON_SNOWPARK, SQL_ALCHEMY, SNOWPARK, SNOWFLAKE_CLIENT";
    const auto parts = split(version, '.');
    if (parts.size() != 3 || !std::all_of(parts.begin(), parts.end(), [](const auto& p) { return all_digits(p); }))
      return "a version is three numbers, as in 3.14.1";
    if (std::find(seen.begin(), seen.end(), driver) != seen.end()) return "each client type stands there once";
    seen.push_back(driver);
  }
  return "";
}

// {GO_DRIVER={MINIMUM_VERSION=3.14.1}} (desc-authentication-policy) to GO_DRIVER 3.14.1.
std::string shown_client_policy(std::string_view shown) {
  const auto map = printed_map(shown);
  if (!map) return std::string(shown);
  std::vector<std::string> entries;
  for (const auto& [driver, about] : *map) {
    const auto version = entry_of_printed_map(about, "MINIMUM_VERSION");
    if (!version) return std::string(shown);  // which is none of the values
    entries.push_back(driver + " " + bracketed(*version));
  }
  return join(entries, ", ");
}

// (GO_DRIVER = (MINIMUM_VERSION = '3.14.1'), ...)
void write_client_policy(sql::Writer& w, const Value& value) {
  w.equals().open();
  const auto& list = std::get<ValueList>(value.data);
  for (const auto& each : list) {
    if (&each != &list.front()) w.comma();
    const auto [driver, version] = driver_and_version(*each.text());
    w.kw(sql::Keyword::of_table(driver)).equals().open();
    w.kw("MINIMUM_VERSION").equals().text(std::string(version)).close();
  }
  w.close();
}

bool has_text(const Object& policy, std::string_view name, std::initializer_list<std::string_view> any_of) {
  const Value* value = policy.find(name);
  const auto* list = value == nullptr ? nullptr : std::get_if<ValueList>(&value->data);
  if (list == nullptr) return true;  // ALL
  return std::any_of(list->begin(), list->end(), [&](const Value& each) {
    return std::find(any_of.begin(), any_of.end(), *each.text()) != any_of.end();
  });
}

std::string authentication_contradiction(const Object& policy) {
  const auto days = [&](std::string_view name) {
    const Value* stated = policy.find(name);
    const Value initial = default_of(*find_property(kAuthenticationPolicy, name));
    return std::get<int64_t>((stated == nullptr || stated->is_null() ? initial : *stated).data);
  };
  const int64_t initial = days("pat_policy.default_expiry_in_days"), most = days("pat_policy.max_expiry_in_days");
  if (initial > most)
    return "pat_policy.default_expiry_in_days, " + std::to_string(initial) +
           ", is more than pat_policy.max_expiry_in_days, " + std::to_string(most);
  const Value* clients = policy.find("client_policy");
  const auto* list = clients == nullptr ? nullptr : std::get_if<ValueList>(&clients->data);
  if (list != nullptr && !list->empty() && !has_text(policy, "client_types", {"ALL", "DRIVERS"}))
    return "client_policy is for drivers, so client_types must have DRIVERS or ALL";
  return {};
}

constexpr std::array<PropertyRow, 16> kAuthenticationRows = {{
    texts("authentication_methods", "AUTHENTICATION_METHODS", wrong_methods,
          "Ways to log in: [ALL], or some of SAML, OIDC, PASSWORD, OAUTH, KEYPAIR, PROGRAMMATIC_ACCESS_TOKEN and "
          "WORKLOAD_IDENTITY. Without mesh's own it locks mesh out."),
    texts("client_types", "CLIENT_TYPES", wrong_clients,
          "Programs that may log in: [ALL], or some of SNOWFLAKE_UI, DRIVERS, SNOWFLAKE_CLI and SNOWSQL."),
    texts("security_integrations", "SECURITY_INTEGRATIONS", wrong_names,
          "Security integrations it is for, by name; [ALL] for all of them."),
    // Its default depends on when the account was made.
    {.name = "mfa_enrollment",
     .type = ValueType::OneOf,
     .clause = "MFA_ENROLLMENT",
     .from = ReadFrom::Described,
     .column = "MFA_ENROLLMENT",
     .absent = Absent::Leave,
     .values = kEnrollments,
     .normal = enrollment,
     .quoted = true,
     .disruptive = true,
     .doc = "Who must have a second factor."},
    in_map("MFA_POLICY", texts("mfa_policy.allowed_methods", "ALLOWED_METHODS", wrong_second_factors,
                               "Second factors: [ALL], or some of PASSKEY, TOTP, OTP and DUO.")),
    in_map("MFA_POLICY", {.name = "mfa_policy.enforce_mfa_on_external_authentication",
                          .type = ValueType::OneOf,
                          .clause = "ENFORCE_MFA_ON_EXTERNAL_AUTHENTICATION",
                          .default_value = "NONE",
                          .values = kAllOrNone,
                          .normal = upper,
                          .quoted = true,
                          .doc = "Whether single sign-on needs a second factor of Snowflake's too."}),
    in_map("PAT_POLICY", number("pat_policy.default_expiry_in_days", "DEFAULT_EXPIRY_IN_DAYS", "15", 1, 365,
                                "Days that a programmatic access token lives, where nothing else is said.")),
    in_map("PAT_POLICY", number("pat_policy.max_expiry_in_days", "MAX_EXPIRY_IN_DAYS", "365", 1, 365,
                                "Days that a programmatic access token lives at most; older ones are refused.")),
    in_map("PAT_POLICY", {.name = "pat_policy.network_policy_evaluation",
                          .type = ValueType::OneOf,
                          .clause = "NETWORK_POLICY_EVALUATION",
                          .default_value = "ENFORCED_REQUIRED",
                          .values = kEvaluations,
                          .normal = upper,
                          .doc = "Whether who has a programmatic access token must be under a network policy."}),
    in_map("PAT_POLICY", {.name = "pat_policy.require_role_restriction_for_service_users",
                          .type = ValueType::Boolean,
                          .clause = "REQUIRE_ROLE_RESTRICTION_FOR_SERVICE_USERS",
                          .default_value = "true",
                          .doc = "Whether a token of a service user is for one role; true ends those that are not."}),
    in_map("WORKLOAD_IDENTITY_POLICY",
           with_write(texts("workload_identity_policy.allowed_providers", "ALLOWED_PROVIDERS", wrong_providers,
                            "Whose identities count: [ALL], or some of AWS, AZURE, GCP "
                            "and OIDC."),
                      write_providers)),
    in_map("WORKLOAD_IDENTITY_POLICY",
           as_written(texts("workload_identity_policy.allowed_aws_accounts", "ALLOWED_AWS_ACCOUNTS", wrong_aws_accounts,
                            "AWS accounts, of 12 digits, that identities may come from."))),
    in_map("WORKLOAD_IDENTITY_POLICY",
           as_written(texts("workload_identity_policy.allowed_azure_issuers", "ALLOWED_AZURE_ISSUERS", wrong_issuers,
                            "Issuers of Entra ID that identities may come from, by URL."))),
    in_map("WORKLOAD_IDENTITY_POLICY",
           as_written(texts("workload_identity_policy.allowed_oidc_issuers", "ALLOWED_OIDC_ISSUERS", wrong_issuers,
                            "OIDC issuers that identities may come from, by URL."))),
    {.name = "client_policy",
     .type = ValueType::Texts,
     .clause = "CLIENT_POLICY",
     .from = ReadFrom::Described,
     .column = "CLIENT_POLICY",
     .normal = upper,
     .wrong = wrong_clients_of_policy,
     .is_set = true,
     .entry_keys = kClientPolicyKeys,
     .list_text = shown_client_policy,
     .disruptive = true,
     .write = write_client_policy,
     .doc = "The oldest version of each driver that may log in."},
    comment_row(),
}};
static_assert(sound(kAuthenticationRows));

constexpr Kind login_policy(Kind kind, std::span<const PropertyRow> rows, std::string_view doc) {
  kind.properties = rows;
  kind.described_name = "property";
  kind.described_value = "value";
  kind.described_null = "null";
  kind.doc = doc;
  return kind;
}
constexpr Kind with_contradiction(Kind kind, std::string (*contradiction)(const Object&)) {
  kind.contradiction = contradiction;
  return kind;
}
// desc-session-policy shows one row with a column for each property, Terraform's provider reads a row for each.
constexpr Kind described_either_way(Kind kind) {
  kind.described_either_way = true;
  return kind;
}

}  // namespace

constinit const Kind kPasswordPolicy = with_contradiction(
    login_policy(schema_policy(KindId::PasswordPolicy, "password policy", "password_policies", "PASSWORD POLICY",
                               "PASSWORD POLICIES", "PASSWORD_POLICY"),
                 kPasswordRows,
                 "What passwords must be like. Users name it as password_policy, the account in account_parameters; a "
                 "user's comes before the account's. There is no UNDROP."),
    password_contradiction);

constinit const Kind kSessionPolicy = described_either_way(
    login_policy(schema_policy(KindId::SessionPolicy, "session policy", "session_policies", "SESSION POLICY",
                               "SESSION POLICIES", "SESSION_POLICY"),
                 kSessionRows,
                 "How long sessions last, and with which roles. Users name it as session_policy, the account in "
                 "account_parameters; a user's comes before the account's. There is no UNDROP."));

constinit const Kind kAuthenticationPolicy = with_contradiction(
    login_policy(
        schema_policy(KindId::AuthenticationPolicy, "authentication policy", "authentication_policies",
                      "AUTHENTICATION POLICY", "AUTHENTICATION POLICIES", "AUTHENTICATION_POLICY"),
        kAuthenticationRows,
        "How users log in, and with what. Users name it as authentication_policy, the account in account_parameters; a "
        "user's comes before the account's. There is no UNDROP."),
    authentication_contradiction);

}  // namespace mesh::kinds
