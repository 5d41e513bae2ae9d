// Parameters of the account. Reference: ALTER ACCOUNT, SHOW PARAMETERS, page sql-reference/parameters; account-objects
// entry account_parameter.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/settings.hpp"
#include "mesh/model/mesh.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

// Parameters of databases and schemas, and the privilege on the account that setting them takes.
constexpr std::pair<std::string_view, std::string_view> kGuarded[] = {
    {"log_level", "MODIFY LOG LEVEL"},
    {"log_event_level", "MODIFY LOG EVENT LEVEL"},
    {"metric_level", "MODIFY METRIC LEVEL"},
    {"trace_level", "MODIFY TRACE LEVEL"},
    {"event_table", "MODIFY EVENT TABLE"},
    {"classification_profile", "APPLY TAG"},  // page user-guide/classify-auto, access control
    {"object_visibility", "MANAGE VISIBILITY"},
    {"replicable_with_failover_groups", "REPLICATE"},
};

constexpr Setting flag(std::string_view name) { return {name, SettingType::Boolean}; }
constexpr Setting number(std::string_view name, int64_t min = 0, int64_t max = 0) {
  return {name, SettingType::Integer, {}, min, max};
}
constexpr Setting text(std::string_view name) { return {name, SettingType::Text}; }
constexpr Setting word(std::string_view name, std::string_view words) { return {name, SettingType::Word, words}; }
constexpr Setting bare(std::string_view name, std::string_view words) { return {name, SettingType::BareWord, words}; }
constexpr Setting named(std::string_view name, SettingType type = SettingType::Identifier) { return {name, type}; }
constexpr Setting policy(std::string_view name, std::string_view row, ForUsers users = ForUsers::All) {
  Setting setting{name, SettingType::Policy, row};
  setting.users = users;
  return setting;
}
// Page alter-account: "you can specify FORCE to set the policy without needing to unset an existing policy first", and
// no word of other policies.
constexpr Setting by_force(Setting setting) {
  setting.swaps_by_force = true;
  return setting;
}
constexpr Setting retention(std::string_view name, int64_t initial) {
  return {name, SettingType::Integer, {}, 0, 90, initial};
}
constexpr Setting only(Setting setting, std::string_view value, std::string_view because) {
  setting.only = value;
  setting.because = because;
  return setting;
}

constexpr std::string_view kLevels = "TRACE,DEBUG,INFO,WARN,ERROR,FATAL,OFF";
constexpr std::string_view kEnabled = "ENABLED,DISABLED";
constexpr std::string_view kSizes = "XSMALL,SMALL,MEDIUM,LARGE,XLARGE,XXLARGE,XXXLARGE,X4LARGE,X5LARGE,X6LARGE";

// Sorted by name. A number whose limits the pages do not tell has none here: Snowflake refuses what it does not take.
constexpr Setting kSettings[] = {
    flag("ABORT_DETACHED_QUERY"),
    text("ACCOUNT_LEVEL_FILE_EXTENSIONS_ALLOW_LIST_FOR_PRIVATE_WORKSPACES"),
    text("ACCOUNT_LEVEL_FILE_EXTENSIONS_ALLOW_LIST_FOR_SHARED_WORKSPACES"),
    text("ALLOWED_SPCS_WORKLOAD_TYPES"),
    flag("ALLOW_BIND_VALUES_ACCESS"),
    flag("ALLOW_CLIENT_MFA_CACHING"),
    flag("ALLOW_ID_TOKEN"),
    policy("AUTHENTICATION_POLICY", "authentication_policy"),
    policy("AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS", "authentication_policy", ForUsers::Person),
    policy("AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS", "authentication_policy", ForUsers::Service),
    only(flag("AUTOCOMMIT"), "true", "without it what mesh writes to its ledger would be rolled back"),
    text("BASE_LOCATION_PREFIX"),
    word("BINARY_INPUT_FORMAT", "HEX,BASE64,UTF8,UTF-8"),
    word("BINARY_OUTPUT_FORMAT", "HEX,BASE64"),
    named("CATALOG"),
    text("CATALOG_SYNC"),
    number("CLIENT_ENCRYPTION_KEY_SIZE", 128, 256),
    number("CLIENT_MEMORY_LIMIT"),
    flag("CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX"),
    number("CLIENT_PREFETCH_THREADS", 1, 10),
    number("CLIENT_RESULT_CHUNK_SIZE", 16, 160),
    flag("CLIENT_RESULT_COLUMN_CASE_INSENSITIVE"),
    flag("CLIENT_SESSION_KEEP_ALIVE"),
    number("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", 900, 3600),
    word("CLIENT_TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_LTZ,TIMESTAMP_NTZ"),
    flag("COCO_CLOUD_AGENTS_NON_SNOWFLAKE_EGRESS_DISABLED"),
    flag("COCO_SNOWSIGHT_ALLOW_ALL_PERMISSION_OPTIONS_DISABLED"),
    text("CORTEX_ENABLED_CROSS_REGION"),
    text("CORTEX_MODELS_ALLOWLIST"),
    retention("DATA_RETENTION_TIME_IN_DAYS", 1),
    text("DATE_INPUT_FORMAT"),
    text("DATE_OUTPUT_FORMAT"),
    text("DEFAULT_DBT_VERSION"),
    text("DEFAULT_DDL_COLLATION"),
    named("DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU"),
    named("DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU"),
    word("DEFAULT_NULL_ORDERING", "FIRST,LAST"),
    named("DEFAULT_STREAMLIT_COMPUTE_POOL"),
    named("DEFAULT_STREAMLIT_NOTEBOOK_WAREHOUSE", SettingType::Warehouse),
    flag("DISABLE_UI_DOWNLOAD_BUTTON"),
    flag("DISABLE_USER_PRIVILEGE_GRANTS"),
    text("DISALLOWED_SPCS_WORKLOAD_TYPES"),
    flag("ENABLE_AUTOMATIC_SENSITIVE_DATA_CLASSIFICATION_LOG"),
    flag("ENABLE_BUDGET_EVENT_LOGGING"),
    flag("ENABLE_CONSOLE_OUTPUT"),
    flag("ENABLE_DATA_COMPACTION"),
    flag("ENABLE_DUAL_STACK_LOAD_BALANCER"),
    flag("ENABLE_EGRESS_COST_OPTIMIZER"),
    flag("ENABLE_GET_DDL_USE_DATA_TYPE_ALIAS"),
    flag("ENABLE_ICEBERG_MERGE_ON_READ"),
    flag("ENABLE_IDENTIFIER_FIRST_LOGIN"),
    flag("ENABLE_INTERNAL_STAGES_PRIVATELINK"),
    flag("ENABLE_NOTEBOOK_CREATION_IN_PERSONAL_DB"),
    flag("ENABLE_SNOWFLAKE_MANAGED_STORAGE_VOLUME_PRIVATELINK"),
    flag("ENABLE_SPCS_BLOCK_STORAGE_SNOWFLAKE_FULL_ENCRYPTION_ENFORCEMENT"),
    flag("ENABLE_TAG_PROPAGATION_EVENT_LOGGING"),
    flag("ENABLE_TRI_SECRET_AND_REKEY_OPT_OUT_FOR_IMAGE_REPOSITORY"),
    flag("ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION"),
    flag("ENABLE_UNREDACTED_QUERY_SYNTAX_ERROR"),
    flag("ENABLE_UNREDACTED_SECURE_OBJECT_ERROR"),
    flag("ENABLE_WORKSPACE_FILE_CONTENT_SEARCH"),
    flag("ENFORCE_NETWORK_RULES_FOR_INTERNAL_STAGES"),
    flag("ENFORCE_NETWORK_RULES_FOR_SNOWFLAKE_MANAGED_STORAGE_VOLUME"),
    flag("ENFORCE_TAG_PROPAGATION_FOR_DATA_MOVEMENT_POLICIES"),
    flag("ERROR_ON_NONDETERMINISTIC_MERGE"),
    flag("ERROR_ON_NONDETERMINISTIC_UPDATE"),
    named("EVENT_TABLE", SettingType::EventTable),
    flag("EXTERNAL_OAUTH_ADD_PRIVILEGED_ROLES_TO_BLOCKED_LIST"),
    named("EXTERNAL_VOLUME"),
    word("FEATURE_RBAC_INHERITED_GRANTS", kEnabled),
    word("GEOGRAPHY_OUTPUT_FORMAT", "GEOJSON,WKT,WKB,EWKT,EWKB"),
    word("GEOMETRY_OUTPUT_FORMAT", "GEOJSON,WKT,WKB,EWKT,EWKB"),
    text("ICEBERG_DEFAULT_DDL_COLLATION"),
    word("ICEBERG_MERGE_ON_READ_BEHAVIOR", "AUTO,ENABLED,DISABLED"),
    number("ICEBERG_VERSION_DEFAULT", 2, 3),
    named("INITIAL_REPLICATION_SIZE_LIMIT_IN_TB", SettingType::Decimal),
    flag("JDBC_TREAT_DECIMAL_AS_INT"),
    flag("JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC"),
    flag("JDBC_USE_SESSION_TIMEZONE"),
    number("JSON_INDENT", 0, 16),
    named("LISTING_AUTO_FULFILLMENT_INITIAL_REFRESH_SIZE_LIMIT_IN_TB", SettingType::Decimal),
    text("LISTING_AUTO_FULFILLMENT_REPLICATION_REFRESH_SCHEDULE"),
    number("LLM_INFERENCE_PARSE_DOCUMENT_PRESIGNED_URL_EXPIRY_SECONDS"),
    number("LOCK_TIMEOUT"),
    word("LOG_EVENT_LEVEL", kLevels),
    word("LOG_LEVEL", kLevels),
    number("MAX_CONCURRENCY_LEVEL"),
    number("MAX_DATA_EXTENSION_TIME_IN_DAYS", 0, 90),
    word("METRIC_LEVEL", "NONE,ALL"),
    retention("MIN_DATA_RETENTION_TIME_IN_DAYS", 0),
    number("MULTI_STATEMENT_COUNT"),
    named("NETWORK_POLICY", SettingType::NetworkPolicy),
    flag("NOORDER_SEQUENCE_AS_DEFAULT"),
    flag("OAUTH_ADD_PRIVILEGED_ROLES_TO_BLOCKED_LIST"),
    named("OAUTH_AUTHORIZATION_SERVER"),
    text("OAUTH_SCOPES_SUPPORTED"),
    flag("ODBC_TREAT_DECIMAL_AS_INT"),
    flag("OPT_OUT_ERROR_LOGGING"),
    by_force(policy("PASSWORD_POLICY", "password_policy")),
    flag("PERIODIC_DATA_REKEYING"),
    flag("PIPE_EXECUTION_PAUSED"),
    flag("PREVENT_UNLOAD_TO_INLINE_URL"),
    flag("PREVENT_UNLOAD_TO_INTERNAL_STAGES"),
    text("QUERY_TAG"),
    only(flag("QUOTED_IDENTIFIERS_IGNORE_CASE"), "false", "with it quoted names mean other objects"),
    word("READ_CONSISTENCY_MODE", "SESSION,GLOBAL"),
    flag("REPLACE_INVALID_CHARACTERS"),
    flag("REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION"),
    flag("REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION"),
    named("RESOURCE_MONITOR", SettingType::ResourceMonitor),
    only(number("ROWS_PER_RESULTSET"), "0", "with it what mesh reads would be cut, and silently"),
    text("S3_STAGE_VPCE_DNS_NAME"),
    text("SEARCH_PATH"),
    word("SERVERLESS_TASK_MAX_STATEMENT_SIZE", kSizes),
    word("SERVERLESS_TASK_MIN_STATEMENT_SIZE", kSizes),
    policy("SESSION_POLICY", "session_policy"),
    policy("SESSION_POLICY_FOR_ALL_PERSON_USERS", "session_policy", ForUsers::Person),
    policy("SESSION_POLICY_FOR_ALL_SERVICE_USERS", "session_policy", ForUsers::Service),
    text("SIMULATED_DATA_SHARING_CONSUMER"),
    bare("SQL_TRACE_QUERY_TEXT", "ON,OFF"),
    flag("SSO_LOGIN_PAGE"),
    number("STATEMENT_QUEUED_TIMEOUT_IN_SECONDS"),
    number("STATEMENT_TIMEOUT_IN_SECONDS", 0, 604800),
    bare("STORAGE_SERIALIZATION_POLICY", "COMPATIBLE,OPTIMIZED"),
    flag("STRICT_JSON_OUTPUT"),
    number("SUSPEND_TASK_AFTER_NUM_FAILURES"),
    number("TASK_AUTO_RETRY_ATTEMPTS", 0, 30),
    flag("TIMESTAMP_DAY_IS_ALWAYS_24H"),
    text("TIMESTAMP_INPUT_FORMAT"),
    text("TIMESTAMP_LTZ_OUTPUT_FORMAT"),
    text("TIMESTAMP_NTZ_OUTPUT_FORMAT"),
    text("TIMESTAMP_OUTPUT_FORMAT"),
    word("TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_NTZ,TIMESTAMP_LTZ,TIMESTAMP_TZ"),
    text("TIMESTAMP_TZ_OUTPUT_FORMAT"),
    text("TIMEZONE"),
    text("TIME_INPUT_FORMAT"),
    text("TIME_OUTPUT_FORMAT"),
    word("TRACE_LEVEL", "OFF,ON_EVENT,ALWAYS,PROPAGATE"),
    flag("TRANSACTION_ABORT_ON_ERROR"),
    word("TRANSACTION_DEFAULT_ISOLATION_LEVEL", "READ COMMITTED"),
    number("TWO_DIGIT_CENTURY_START", 1900, 2100),
    word("UNSUPPORTED_DDL_ACTION", "IGNORE,FAIL"),
    word("USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE", kSizes),
    number("USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", 10, 604800),
    number("USER_TASK_TIMEOUT_MS", 0, 604800000),
    flag("USE_CACHED_RESULT"),
    word("USE_WORKSPACES_FOR_SQL", "ALWAYS,NEVER"),
    number("WEEK_OF_YEAR_POLICY", 0, 1),
    number("WEEK_START", 0, 7),
};

consteval bool in_order() {
  for (size_t i = 1; i < std::size(kSettings); ++i) {
    if (!(kSettings[i - 1].name < kSettings[i].name)) return false;
  }
  return true;
}
static_assert(in_order());

constexpr PropertyRow row(std::string_view name, ValueType type, std::string_view doc) {
  return {.name = name,
          .type = type,
          .clause = "SET",
          .from = ReadFrom::Hook,
          .change = ChangeBy::Set,
          .absent = Absent::Leave,
          .doc = doc};
}
constexpr PropertyRow naming(std::string_view name, KindId kind, std::string_view doc) {
  auto made = row(name, ValueType::Identifier, doc);
  made.refers_to = kind;
  return made;
}
constexpr PropertyRow in_force(std::string_view name, KindId kind, std::string_view doc) {
  auto made = naming(name, kind, doc);
  made.type = ValueType::ObjectName;
  return made;
}
constexpr std::array<PropertyRow, 8> kRows = {{
    row("value", ValueType::Text, "The value of the parameter."),
    naming("network_policy", KindId::NetworkPolicy, "Of NETWORK_POLICY: who may log in to the account from where."),
    naming("resource_monitor", KindId::ResourceMonitor, "Of RESOURCE_MONITOR: what watches all warehouses."),
    naming("warehouse", KindId::Warehouse, "Of DEFAULT_STREAMLIT_NOTEBOOK_WAREHOUSE."),
    row("event_table", ValueType::ObjectName, "Of EVENT_TABLE: where telemetry goes."),
    in_force("password_policy", KindId::PasswordPolicy, "Of PASSWORD_POLICY: in force for users without their own."),
    in_force(
        "session_policy", KindId::SessionPolicy,
        "Of SESSION_POLICY, and of SESSION_POLICY_FOR_ALL_PERSON_USERS and …_SERVICE_USERS, which come before it: in "
        "force for users without their own."),
    in_force(
        "authentication_policy", KindId::AuthenticationPolicy,
        "Of AUTHENTICATION_POLICY, and of AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS and …_SERVICE_USERS, which come "
        "before it: in force for users without their own."),
}};
static_assert(sound(kRows));

Result<Value> number_value(const Setting& setting, std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    return fail(fmt::format("'{}' is not a whole number", text));
  if ((setting.min != 0 || setting.max != 0) && (value < setting.min || value > setting.max))
    return fail(fmt::format("{} is out of range: from {} to {}", value, setting.min, setting.max));
  return Value(value);
}

// 10, 10.0 and 10.00 are one.
Result<Value> decimal_value(std::string_view text) {
  const bool digits = !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
                      text.front() != '.' && std::count(text.begin(), text.end(), '.') <= 1;
  if (!digits) return fail(fmt::format("'{}' is not a number", text));
  std::string value(text);
  if (value.find('.') != std::string::npos) {
    while (value.back() == '0') value.pop_back();
    if (value.back() == '.') value.pop_back();
  }
  return Value(std::move(value));
}

Result<Value> word_value(const Setting& setting, std::string_view text) {
  const std::string upper = to_upper(text);
  const auto words = split(setting.words, ',');
  if (std::find(words.begin(), words.end(), upper) != words.end()) return Value(upper);
  return fail(fmt::format("'{}' is not one of {}", text, replace_all(std::string(setting.words), ",", ", ")));
}

Result<Value> boolean_value(std::string_view text) {
  const std::string lower = to_lower(text);
  if (lower == "true" || lower == "false") return Value(lower == "true");
  return fail(fmt::format("'{}' is neither true nor false", text));
}

}  // namespace

constinit const Kind kAccountParameter = {
    .id = KindId::AccountParameter,
    .words = "account parameter",
    .collection = "account_parameters",
    .sql = "ACCOUNT",
    .sql_plural = "PARAMETERS",
    .granted_on = "",
    .scope = Scope::Account,
    .properties = kRows,
    .privileges = {},
    .can_be_renamed = false,
    .owner_is_fixed = true,
    .doc =
        "A parameter that is set on the account, its resource monitor, or a policy of logging in: PARAMETER: value."};

// Of another's application: only its name is known here.
constinit const Kind kApplicationRole = {.id = KindId::ApplicationRole,
                                         .words = "application role",
                                         .collection = "application_roles",
                                         .sql = "APPLICATION ROLE",
                                         .sql_plural = "APPLICATION ROLES",
                                         .granted_on = "APPLICATION_ROLE",
                                         .scope = Scope::Database,
                                         .properties = {},
                                         .privileges = {},
                                         .doc = "A role that an application brings along: it receives grants."};

constexpr std::array<TextRow, 3> kStatementTexts = {{
    {.name = "create",
     .fragment = sql::FragmentKind::Statement,
     .before = "CREATE",
     .doc = "What makes it: one statement, run where `read` answers with no row."},
    {.name = "drop",
     .fragment = sql::FragmentKind::Statement,
     .before = "DROP",
     .doc = "What removes it: run by removed: alone."},
    {.name = "read",
     .fragment = sql::FragmentKind::Statement,
     .before = "SHOW",
     .doc = "SHOW or DESCRIBE, which answers with a row where it is there."},
}};

// What mesh knows only by the SQL that its manifest has for it.
constinit const Kind kStatement = {.id = KindId::Statement,
                                   .words = "statement",
                                   .collection = "statements",
                                   .sql = "",
                                   .sql_plural = "",
                                   .granted_on = "",
                                   .scope = Scope::Account,
                                   .properties = {},
                                   .privileges = {},
                                   .texts = kStatementTexts,
                                   .can_be_renamed = false,
                                   .owner_is_fixed = true,
                                   .doc = "An object of a kind that mesh does not know, by its SQL."};

std::span<const Kind* const> settings() {
  static constexpr const Kind* kBeside[] = {&kAccountParameter, &kApplicationRole, &kStatement};
  return kBeside;
}

std::span<const Setting> all_settings() { return kSettings; }

std::string_view account_privilege_for(KindId kind, std::string_view property) {
  if (kind != KindId::Database && kind != KindId::Schema) return {};
  for (const auto& [name, privilege] : kGuarded) {
    if (name == property) return privilege;
  }
  return {};
}

const Setting* find_setting(std::string_view name) {
  const auto* it = std::lower_bound(std::begin(kSettings), std::end(kSettings), name,
                                    [](const Setting& setting, std::string_view text) { return setting.name < text; });
  return it != std::end(kSettings) && it->name == name ? it : nullptr;
}

std::vector<std::string> setting_names() {
  std::vector<std::string> names;
  for (const auto& setting : kSettings) names.emplace_back(setting.name);
  return names;
}

ObjectId parameter_id(std::string_view name) {
  return {KindId::AccountParameter, QualifiedName({Name::exact(std::string(name))})};
}

std::string_view property_of(const Setting& setting) {
  switch (setting.type) {
    case SettingType::NetworkPolicy:
      return "network_policy";
    case SettingType::ResourceMonitor:
      return "resource_monitor";
    case SettingType::Warehouse:
      return "warehouse";
    case SettingType::EventTable:
      return "event_table";
    case SettingType::Policy:
      return setting.words;
    case SettingType::Boolean:
    case SettingType::Integer:
    case SettingType::Decimal:
    case SettingType::Word:
    case SettingType::BareWord:
    case SettingType::Text:
    case SettingType::Identifier:
      return "value";
  }
  broken_promise("every type of setting is named", __FILE__, __LINE__);
}

Result<Value> setting_value(const Setting& setting, std::string_view text) {
  switch (setting.type) {
    case SettingType::Boolean:
      return boolean_value(text);
    case SettingType::Integer:
      return number_value(setting, text);
    case SettingType::Decimal:
      return decimal_value(text);
    case SettingType::Word:
    case SettingType::BareWord:
      return word_value(setting, text);
    case SettingType::Policy:
    case SettingType::EventTable: {
      const auto name = QualifiedName::parse(text);
      if (!name) return name.failure();
      if (name->depth() != 3) return fail(fmt::format("'{}' is no full name: write DB.SCHEMA.NAME", text));
      return Value(name->display());
    }
    case SettingType::Text:
    case SettingType::Identifier:
    case SettingType::NetworkPolicy:
    case SettingType::ResourceMonitor:
    case SettingType::Warehouse:
      return Value(std::string(text));
  }
  broken_promise("every type of setting is named", __FILE__, __LINE__);
}

bool breaks_sessions(const Setting& setting, const Value& value) {
  return !setting.only.empty() && value != setting_value(setting, setting.only).value();
}

const Domain* account_domain(const Mesh& mesh) {
  const auto it =
      std::find_if(mesh.domains.begin(), mesh.domains.end(), [](const Domain& domain) { return domain.account; });
  return it == mesh.domains.end() ? nullptr : &*it;
}

const Domain* owner_of_live(const Mesh& mesh, const ObjectId& id) {
  return id.kind == KindId::AccountParameter ? account_domain(mesh) : mesh.owner_of_live(id.name.first().stored());
}

bool is_parameter(const Setting& setting) {
  return setting.type != SettingType::ResourceMonitor && setting.type != SettingType::Policy;
}

KindId policy_kind(const Setting& setting) {
  MESH_ASSERT(setting.type == SettingType::Policy);
  return *find_property(kAccountParameter, setting.words)->refers_to;
}

namespace {

struct ForUsersWords {
  ForUsers users;
  std::string_view clause, scope, between;
};
constexpr ForUsersWords kForUsers[] = {
    {ForUsers::All, "", "ACCOUNT", "for a moment Snowflake's built-in one is in force"},
    {ForUsers::Person, "FOR ALL PERSON USERS", "PERSON_USERS",
     "for a moment the one for all users is in force, or Snowflake's built-in one"},
    {ForUsers::Service, "FOR ALL SERVICE USERS", "SERVICE_USERS",
     "for a moment the one for all users is in force, or Snowflake's built-in one"},
};

const ForUsersWords& words_for(const Setting& setting) {
  const auto* it = std::find_if(std::begin(kForUsers), std::end(kForUsers),
                                [&](const ForUsersWords& words) { return words.users == setting.users; });
  MESH_ASSERT(it != std::end(kForUsers));
  return *it;
}

sql::Keyword policy_words(const Setting& setting) { return sql::Keyword::of_table(of(policy_kind(setting)).sql); }

void for_users(sql::Writer& w, const Setting& setting) {
  if (setting.users != ForUsers::All) w.kw(sql::Keyword::of_table(words_for(setting).clause));
}

std::string unset_policy(const Setting& setting) {
  sql::Writer w;
  w.kw("ALTER ACCOUNT UNSET").kw(policy_words(setting));
  for_users(w, setting);
  return w.take();
}

// FORCE leaves no moment without one, but of authentication and session policies the page says "If you specify FORCE,
// then policies you set on specific users or specific user types are overridden", and not whether they are taken off,
// outranked, or left as they are (terraform's provider swaps by it, and its tests find those for user types where they
// were; of users' own nothing is known). mesh does not read what each user of the account has of its own, so it never
// uses FORCE there: UNSET and SET, as page session-policies-using replaces one. That UNSET without FOR ALL leaves those
// for user types is only in terraform's tests; where it took them off, the next plan would set them again.
std::vector<std::string> set_policy(const Setting& setting, const Value& value, bool swaps) {
  sql::Writer w;
  w.kw("ALTER ACCOUNT SET").kw(policy_words(setting)).name(QualifiedName::parse(*value.text()).value());
  for_users(w, setting);
  const bool by_force = swaps && setting.swaps_by_force;
  if (by_force) w.kw("FORCE");
  std::vector<std::string> all;
  if (swaps && !by_force) all.push_back(unset_policy(setting));
  all.push_back(w.take());
  return all;
}

}  // namespace

std::string_view target_scope(const Setting& setting) { return words_for(setting).scope; }

std::string_view swap_cost(const Setting& setting) {
  return setting.type != SettingType::Policy || setting.swaps_by_force ? "" : words_for(setting).between;
}

std::vector<const Setting*> policy_settings(KindId kind) {
  std::vector<const Setting*> found;
  for (const auto& setting : kSettings) {
    if (setting.type == SettingType::Policy && policy_kind(setting) == kind) found.push_back(&setting);
  }
  return found;
}

std::vector<std::string> set_setting(const ObjectId& id, const Value& value, bool swaps) {
  const auto* setting = find_setting(id.name.last().stored());
  MESH_ASSERT(setting != nullptr);
  if (setting->type == SettingType::Policy) return set_policy(*setting, value, swaps);
  sql::Writer w;
  w.kw("ALTER ACCOUNT SET").kw(sql::Keyword::of_table(setting->name)).equals();
  const std::string* text = value.text();
  switch (setting->type) {
    case SettingType::Boolean:
      w.boolean(value == Value(true));
      break;
    case SettingType::Integer:
      w.number(std::get<int64_t>(value.data));
      break;
    case SettingType::Decimal:
    case SettingType::BareWord:
      w.kw(sql::Keyword::of_table(*text));  // digits, or one of the table's words
      break;
    case SettingType::Word:
    case SettingType::Text:
      w.text(*text);
      break;
    case SettingType::Policy:
    case SettingType::EventTable:
      w.name(QualifiedName::parse(*text).value());
      break;
    case SettingType::Identifier:
    case SettingType::NetworkPolicy:
    case SettingType::ResourceMonitor:
    case SettingType::Warehouse:
      w.name(Name::exact(*text));
      break;
  }
  return {w.take()};
}

std::string unset_setting(const ObjectId& id) {
  const auto* setting = find_setting(id.name.last().stored());
  MESH_ASSERT(setting != nullptr);
  if (setting->type == SettingType::Policy) return unset_policy(*setting);
  sql::Writer w;
  w.kw("ALTER ACCOUNT UNSET").kw(sql::Keyword::of_table(setting->name));
  return w.take();
}

}  // namespace mesh::kinds
