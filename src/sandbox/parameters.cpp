#include "parameters.hpp"

#include <algorithm>

#include "mesh/base/result.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};
constexpr ValueRule kText = {ValueType::Text, ""};
constexpr ValueRule kName = {ValueType::Name, ""};
constexpr ValueRule number(int64_t min, int64_t max) { return {ValueType::Number, "", min, max}; }
constexpr ValueRule one_of(std::string_view allowed) { return {ValueType::Word, allowed}; }

constexpr unsigned kAccount = kAccountLevel;
constexpr unsigned kUser = kAccountLevel | kUserLevel;
constexpr unsigned kSession = kAccountLevel | kUserLevel | kSessionLevel | kTaskLevel;  // tasks take all (create-task)
constexpr unsigned kContainers = kAccountLevel | kDatabaseLevel | kSchemaLevel;
constexpr unsigned kRoutines = kFunctionLevel | kProcedureLevel;
constexpr unsigned kTables = kContainers | kTableLevel;
constexpr unsigned kTasks = kContainers | kTaskLevel;

constexpr std::string_view kLogLevels = "TRACE,DEBUG,INFO,WARN,ERROR,FATAL,OFF";
constexpr std::string_view kServerlessSizes = "XSMALL,SMALL,MEDIUM,LARGE,XLARGE,XXLARGE,X2LARGE";
constexpr std::string_view kSizes = "XSMALL,SMALL,MEDIUM,LARGE,XLARGE,XXLARGE,XXXLARGE,X4LARGE,X5LARGE,X6LARGE";

// Sorted by name.
const std::vector<Parameter> kParameters = {
    {"ABORT_DETACHED_QUERY", kSession, kBoolean, "false", "Abort a query when the client that submitted it is gone."},
    {"ALLOW_ID_TOKEN", kAccount, kBoolean, "false", "Enables connection caching in browser-based single sign-on."},
    {"AUTOCOMMIT", kSession, kBoolean, "true", "Commit each statement when no transaction is open."},
    {"AUTO_EVENT_LOGGING", kProcedureLevel, one_of("LOGGING,TRACING,ALL,OFF"), "OFF",
     "Messages and events of Snowflake Scripting that are kept without being written."},
    {"BASE_LOCATION_PREFIX", kContainers, kText, "", "Prefix of the base location of Iceberg tables."},
    {"BINARY_INPUT_FORMAT", kSession, one_of("HEX,BASE64,UTF8,UTF-8"), "HEX",
     "Format of VARCHAR values converted to BINARY."},
    {"BINARY_OUTPUT_FORMAT", kSession, one_of("HEX,BASE64"), "HEX", "Format of BINARY values converted to VARCHAR."},
    {"CATALOG", kContainers, kName, "", "Catalog integration of Iceberg tables."},
    {"CATALOG_SYNC", kContainers, kName, "", "Catalog integration that Iceberg tables are synchronised to."},
    {"CLASSIFICATION_PROFILE", kContainers, kText, "", "Classification profile of the schema."},
    {"CLIENT_ENCRYPTION_KEY_SIZE", kAccount, number(128, 256), "128",
     "Size of the client-side encryption key in bits."},
    {"CLIENT_MEMORY_LIMIT", kSession, number(0, INT64_MAX), "1536",
     "Memory the JDBC driver may use for results, in MB."},
    {"CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX", kSession, kBoolean, "false",
     "Narrow metadata requests to the current schema."},
    {"CLIENT_PREFETCH_THREADS", kSession, number(1, 10), "4", "Threads with which clients fetch results."},
    {"CLIENT_RESULT_CHUNK_SIZE", kSession, number(16, 160), "160", "Largest chunk of a result in MB."},
    {"CLIENT_RESULT_COLUMN_CASE_INSENSITIVE", kSession, kBoolean, "false", "Match result columns without case."},
    {"CLIENT_SESSION_KEEP_ALIVE", kSession, kBoolean, "false", "Keep the session active while the connection is."},
    {"CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", kSession, number(900, 3600), "3600",
     "Seconds between heartbeats."},
    {"CLIENT_TIMESTAMP_TYPE_MAPPING", kSession, one_of("TIMESTAMP_LTZ,TIMESTAMP_NTZ"), "TIMESTAMP_LTZ",
     "Type of timestamps bound by clients."},
    {"CORTEX_ENABLED_CROSS_REGION", kAccount, kText, "DISABLED", "Regions in which Cortex may process requests."},
    // Unset, metrics run every hour (data_metric_function entry).
    {"DATA_METRIC_SCHEDULE", kTableLevel, kText, "", "The schedule of the data metric functions of the object."},
    {"DATA_RETENTION_TIME_IN_DAYS", kTables, number(0, 90), "1",
     "number of days to retain the old version of deleted/updated data"},
    {"DATE_INPUT_FORMAT", kSession, kText, "AUTO", "input format for date"},
    {"DATE_OUTPUT_FORMAT", kSession, kText, "YYYY-MM-DD", "display format for date"},
    {"DEFAULT_DDL_COLLATION", kTables, kText, "", "Collation that is used for new columns."},
    {"DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU", kContainers, kName, "SYSTEM_COMPUTE_POOL_CPU",
     "CPU compute pool of notebooks."},
    {"DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU", kContainers, kName, "SYSTEM_COMPUTE_POOL_GPU",
     "GPU compute pool of notebooks."},
    {"DEFAULT_STREAMLIT_NOTEBOOK_WAREHOUSE", kContainers, kName, "", "Warehouse of Streamlit apps and notebooks."},
    {"DISABLE_USER_PRIVILEGE_GRANTS", kAccount, kBoolean, "false", "Refuse grants of privileges to users."},
    {"ENABLE_CONSOLE_OUTPUT", kContainers, kBoolean, "false",
     "Enables output of the console of functions and procedures."},
    {"ENABLE_DATA_COMPACTION", kContainers, kBoolean, "true", "Compact the data of Iceberg tables."},
    {"ENABLE_IDENTIFIER_FIRST_LOGIN", kAccount, kBoolean, "false", "Ask for the user before the way of logging in."},
    {"ENABLE_INTERNAL_STAGES_PRIVATELINK", kAccount, kBoolean, "false",
     "Let SYSTEM$GET_PRIVATELINK_CONFIG tell the stage's key."},
    {"ENABLE_UNLOAD_PHYSICAL_TYPE_OPTIMIZATION", kSession, kBoolean, "true",
     "Optimise the types of unloaded Parquet columns."},
    {"ENABLE_UNREDACTED_QUERY_SYNTAX_ERROR", kUser, kBoolean, "false", "Show the text of queries with syntax errors."},
    {"ERROR_ON_NONDETERMINISTIC_MERGE", kSession, kBoolean, "true", "Raise an error when a MERGE is nondeterministic."},
    {"ERROR_ON_NONDETERMINISTIC_UPDATE", kSession, kBoolean, "false",
     "Raise an error when an UPDATE is nondeterministic."},
    {"EVENT_TABLE", kAccountLevel | kDatabaseLevel | kSchemaLevel, kName, "", "Event table that telemetry goes to."},
    {"EXTERNAL_OAUTH_ADD_PRIVILEGED_ROLES_TO_BLOCKED_LIST", kAccount, kBoolean, "true",
     "Block privileged roles in External OAuth."},
    {"EXTERNAL_VOLUME", kContainers, kName, "", "External volume of Iceberg tables."},
    {"FEATURE_RBAC_INHERITED_GRANTS", kAccount, one_of("ENABLED,DISABLED"), "DISABLED", "Opt-in to inherited grants."},
    {"GEOGRAPHY_OUTPUT_FORMAT", kSession, one_of("GEOJSON,WKT,WKB,EWKT,EWKB"), "GeoJSON",
     "Display format of GEOGRAPHY values."},
    {"GEOMETRY_OUTPUT_FORMAT", kSession, one_of("GEOJSON,WKT,WKB,EWKT,EWKB"), "GeoJSON",
     "Display format of GEOMETRY values."},
    {"ICEBERG_DEFAULT_DDL_COLLATION", kContainers, kText, "", "Collation of new columns of Iceberg tables."},
    {"ICEBERG_MERGE_ON_READ_BEHAVIOR", kContainers, one_of("AUTO,ENABLED,DISABLED"), "AUTO",
     "Merge-on-read of Iceberg tables."},
    {"ICEBERG_VERSION_DEFAULT", kContainers, number(2, 3), "2", "Format version of new Iceberg tables."},
    {"INITIAL_REPLICATION_SIZE_LIMIT_IN_TB", kAccount, kText, "10.0", "Limit of the first replication in TB."},
    {"JDBC_TREAT_DECIMAL_AS_INT", kSession, kBoolean, "true", "Treat NUMBER of scale 0 as an integer in JDBC."},
    {"JDBC_TREAT_TIMESTAMP_NTZ_AS_UTC", kSession, kBoolean, "false", "Treat TIMESTAMP_NTZ as UTC in JDBC."},
    {"JDBC_USE_SESSION_TIMEZONE", kSession, kBoolean, "true", "Use the session's time zone in JDBC."},
    {"JSON_INDENT", kSession, number(0, 16), "2", "Width of indentation in JSON output (0 for compact)"},
    {"LOCK_TIMEOUT", kSession, number(0, INT64_MAX), "43200",
     "Number of seconds to wait while trying to lock a resource."},
    {"LOG_EVENT_LEVEL", kContainers | kUserLevel, one_of(kLogLevels), "OFF", "Level of the events that are kept."},
    {"LOG_LEVEL", kContainers | kUserLevel | kSessionLevel | kRoutines | kTaskLevel | kDynamicTableLevel,
     one_of(kLogLevels), "OFF", "LOG_LEVEL to use when filtering log messages"},
    {"MAX_CONCURRENCY_LEVEL", kAccountLevel | kWarehouseLevel, number(1, INT64_MAX), "8",
     "Concurrency level for statements of a warehouse."},
    {"MAX_DATA_EXTENSION_TIME_IN_DAYS", kTables, number(0, 90), "14",
     "Maximum number of days to extend data retention beyond the retention period to prevent a stream becoming stale."},
    {"METRIC_LEVEL", kContainers | kUserLevel | kSessionLevel | kRoutines, one_of("NONE,ALL"), "NONE",
     "Which metrics are kept."},
    {"MIN_DATA_RETENTION_TIME_IN_DAYS", kAccount, number(0, 90), "0",
     "Least number of days of retention in the account."},
    {"MULTI_STATEMENT_COUNT", kSession, number(0, INT64_MAX), "1",
     "Number of statements in a multi-statement request."},
    {"NETWORK_POLICY", kUser, kName, "", "Network policy assigned for the given target."},
    {"NOORDER_SEQUENCE_AS_DEFAULT", kSession, kBoolean, "true", "Make new sequences and identity columns NOORDER."},
    {"OAUTH_ADD_PRIVILEGED_ROLES_TO_BLOCKED_LIST", kAccount, kBoolean, "true",
     "Block privileged roles in Snowflake OAuth."},
    {"OAUTH_AUTHORIZATION_SERVER", kContainers, kName, "", "Authorization server."},
    {"OAUTH_SCOPES_SUPPORTED", kContainers, kText, "", "Scopes the authorization server supports."},
    {"ODBC_TREAT_DECIMAL_AS_INT", kSession, kBoolean, "false", "Treat NUMBER of scale 0 as an integer in ODBC."},
    {"PERIODIC_DATA_REKEYING", kAccount, kBoolean, "false", "Re-encrypt table data with new keys every year."},
    {"PIPE_EXECUTION_PAUSED", kContainers | kPipeLevel, kBoolean, "false", "Pause the pipes."},
    {"PREVENT_UNLOAD_TO_INLINE_URL", kAccount, kBoolean, "false",
     "Refuse unloading to a location given in the statement."},
    {"PREVENT_UNLOAD_TO_INTERNAL_STAGES", kUser, kBoolean, "false", "Refuse unloading to internal stages."},
    {"QUERY_TAG", kSession, kText, "", "String (up to 2000 characters) used to tag statements executed by the session"},
    {"QUOTED_IDENTIFIERS_IGNORE_CASE", kSession | kContainers, kBoolean, "false",
     "If true, the case of quoted identifiers is ignored"},
    {"REPLACE_INVALID_CHARACTERS", kContainers, kBoolean, "false", "Replace invalid UTF-8 in Iceberg tables."},
    {"REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_CREATION", kAccount, kBoolean, "false",
     "Stages need a storage integration."},
    {"REQUIRE_STORAGE_INTEGRATION_FOR_STAGE_OPERATION", kAccount, kBoolean, "false",
     "Use of stages needs a storage integration."},
    {"ROWS_PER_RESULTSET", kSession, number(0, INT64_MAX), "0", "maximum number of rows in a result set"},
    {"S3_STAGE_VPCE_DNS_NAME", kSession, kText, "", "DNS name of the VPC endpoint of internal stages."},
    {"SEARCH_PATH", kSession, kText, "$current, $public", "Search path for unqualified object references."},
    {"SERVERLESS_TASK_MAX_STATEMENT_SIZE", kTasks, one_of(kServerlessSizes), "XXLARGE",
     "Largest warehouse size of serverless tasks."},
    {"SERVERLESS_TASK_MIN_STATEMENT_SIZE", kTasks, one_of(kServerlessSizes), "XSMALL",
     "Smallest warehouse size of serverless tasks."},
    {"SIMULATED_DATA_SHARING_CONSUMER", kSession, kText, "", "Data sharing views are shown as for this account."},
    {"SSO_LOGIN_PAGE", kAccount, kBoolean, "false", "Send the login page to the identity provider."},
    {"STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", kSession | kWarehouseLevel, number(0, INT64_MAX), "0",
     "Timeout in seconds for queued statements: statements will automatically be canceled if they are queued on a "
     "warehouse for longer than this amount of time; disabled if set to zero."},
    {"STATEMENT_TIMEOUT_IN_SECONDS", kSession | kWarehouseLevel, number(0, 604800), "172800",
     "Timeout in seconds for statements: statements are automatically canceled if they run for longer; if set to zero, "
     "max value (604800) is enforced."},
    {"STORAGE_SERIALIZATION_POLICY", kContainers, one_of("COMPATIBLE,OPTIMIZED"), "OPTIMIZED",
     "Storage serialization of Iceberg tables."},
    {"STRICT_JSON_OUTPUT", kSession, kBoolean, "false", "JSON output is strictly compliant to the specification"},
    {"SUSPEND_TASK_AFTER_NUM_FAILURES", kTasks, number(0, INT64_MAX), "10",
     "Consecutive failed runs after which a task is suspended."},
    {"TASK_AUTO_RETRY_ATTEMPTS", kTasks, number(0, 30), "0", "Automatic retries of a task graph."},
    {"TIMESTAMP_DAY_IS_ALWAYS_24H", kSession, kBoolean, "false",
     "If set, arithmetic on days always uses 24 hours per day"},
    {"TIMESTAMP_INPUT_FORMAT", kSession, kText, "AUTO", "input format for timestamp"},
    {"TIMESTAMP_LTZ_OUTPUT_FORMAT", kSession, kText, "", "Display format for TIMESTAMP_LTZ values."},
    {"TIMESTAMP_NTZ_OUTPUT_FORMAT", kSession, kText, "YYYY-MM-DD HH24:MI:SS.FF3",
     "Display format for TIMESTAMP_NTZ values."},
    {"TIMESTAMP_OUTPUT_FORMAT", kSession, kText, "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
     "Default display format for all timestamp types."},
    {"TIMESTAMP_TYPE_MAPPING", kSession, one_of("TIMESTAMP_NTZ,TIMESTAMP_LTZ,TIMESTAMP_TZ"), "TIMESTAMP_NTZ",
     "If TIMESTAMP type is used, what specific TIMESTAMP_* type it should map to"},
    {"TIMESTAMP_TZ_OUTPUT_FORMAT", kSession, kText, "", "Display format for TIMESTAMP_TZ values."},
    {"TIMEZONE", kSession, kText, "America/Los_Angeles", "time zone"},
    {"TIME_INPUT_FORMAT", kSession, kText, "AUTO", "input format for time"},
    {"TIME_OUTPUT_FORMAT", kSession, kText, "HH24:MI:SS", "display format for time"},
    {"TRACE_LEVEL", kContainers | kUserLevel | kSessionLevel | kRoutines, one_of("OFF,ON_EVENT,ALWAYS,PROPAGATE"),
     "OFF", "Trace level value to use when generating/filtering trace events"},
    {"TRANSACTION_ABORT_ON_ERROR", kSession, kBoolean, "false", "A failing statement aborts the transaction."},
    {"TRANSACTION_DEFAULT_ISOLATION_LEVEL", kSession, one_of("READ COMMITTED"), "READ COMMITTED",
     "Isolation level of transactions."},
    {"TWO_DIGIT_CENTURY_START", kSession, number(1900, 2100), "1970",
     "For 2-digit dates, defines a century-start year."},
    {"UNSUPPORTED_DDL_ACTION", kSession, one_of("IGNORE,FAIL"), "ignore",
     "The action to take upon encountering an unsupported DDL statement"},
    {"USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE", kTasks, one_of(kSizes), "Medium",
     "First warehouse size of serverless tasks."},
    {"USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", kTasks, number(10, 604800), "30",
     "Least seconds between triggered runs."},
    {"USER_TASK_TIMEOUT_MS", kTasks, number(0, 604800000), "3600000", "Limit of one run of a task in milliseconds."},
    {"USE_CACHED_RESULT", kSession, kBoolean, "true",
     "If enabled, query results can be reused between successive invocations"},
    {"WEEK_OF_YEAR_POLICY", kSession, number(0, 1), "0", "Defines the policy of assigning weeks to years."},
    {"WEEK_START", kSession, number(0, 7), "0", "Defines the first day of the week."},
};

bool listed(std::string_view list, std::string_view word) {
  for (const std::string& item : split(list, ',')) {
    if (item == word) return true;
  }
  return false;
}

bool as_number(const ValueRule& rule, const Value& value, std::string& text) {
  if (value.form != Value::Form::Number && value.form != Value::Form::Text) return false;
  const std::string& raw = value.text;
  const size_t sign = !raw.empty() && raw[0] == '-' ? 1 : 0;
  if (raw.size() == sign || raw.size() > 19 || raw.find_first_not_of("0123456789", sign) != std::string::npos)
    return false;
  const int64_t parsed = std::stoll(raw);
  text = std::to_string(parsed);
  return parsed >= rule.min && parsed <= rule.max;
}

// ('ALL') is kept as ["ALL"], the form SHOW USERS gives lists in.
bool as_list(const ValueRule& rule, const Value& value, std::string& text) {
  text.clear();
  for (const std::string& item : value.items) {
    if (!rule.allowed.empty() && !listed(rule.allowed, to_upper(item))) return false;
    text += (text.empty() ? "\"" : ",\"") + to_upper(item) + "\"";
  }
  text = "[" + text + "]";
  return value.form == Value::Form::List;
}

}  // namespace

const std::vector<Parameter>& all_parameters() { return kParameters; }

const Parameter* find_parameter(std::string_view name) {
  const auto it = std::lower_bound(kParameters.begin(), kParameters.end(), name,
                                   [](const Parameter& p, std::string_view n) { return p.name < n; });
  return it != kParameters.end() && it->name == name ? &*it : nullptr;
}

unsigned level_of(Kind kind) {
  switch (kind) {
    case Kind::Account:
      return kAccountLevel;
    case Kind::User:
      return kUserLevel;
    case Kind::Warehouse:
      return kWarehouseLevel;
    case Kind::Database:
      return kDatabaseLevel;
    case Kind::Schema:
      return kSchemaLevel;
    // SHOW PARAMETERS IN TABLE also serves views (account_parameter entry).
    case Kind::Table:
    case Kind::View:
    case Kind::MaterializedView:
      return kTableLevel;
    // LOG_LEVEL beside what tables have (alter-dynamic-table).
    case Kind::DynamicTable:
      return kTableLevel | kDynamicTableLevel;
    case Kind::Task:
      return kTaskLevel;
    case Kind::Pipe:
      return kPipeLevel;
    case Kind::Function:
      return kFunctionLevel;
    case Kind::Procedure:
      return kProcedureLevel;
    default:
      return 0;
  }
}

bool normalise(const ValueRule& rule, const Value& value, std::string& text) {
  const bool word = value.form == Value::Form::Word;
  switch (rule.type) {
    case ValueType::Boolean:
      text = to_lower(value.text);
      return (word || value.form == Value::Form::Text) && (text == "true" || text == "false");
    case ValueType::Number:
      return as_number(rule, value, text);
    case ValueType::Word:
      text = to_upper(value.text);
      return value.form != Value::Form::List && (rule.allowed.empty() || listed(rule.allowed, text));
    case ValueType::Name:
      // A name in single quotes is read as written there.
      text = value.parts.empty() ? value.text : dotted(value.parts);
      if (value.parts.size() == 1) text = value.parts[0];
      return value.form != Value::Form::List && value.form != Value::Form::Number;
    case ValueType::List:
      return as_list(rule, value, text);
    case ValueType::Text:
      text = value.text;
      return value.form == Value::Form::Text;
  }
  return false;
}

std::string parameter_value(const Parameter& parameter, const Value& value) {
  std::string text;
  if (!normalise(parameter.rule, value, text)) refuse_value(value.text, parameter.name);
  return text;
}

std::string_view type_name(const Parameter& parameter) {
  switch (parameter.rule.type) {
    case ValueType::Boolean:
      return "BOOLEAN";
    case ValueType::Number:
      return "NUMBER";
    default:
      return "STRING";
  }
}

Setting effective(const Catalog& catalog, const Object& object, const Parameter& parameter) {
  for (const Object* o = &object; o != nullptr; o = catalog.container(*o)) {
    const auto it = o->params.find(parameter.name);
    if (it != o->params.end()) return {it->second, std::string(facts(o->kind).words)};
  }
  return {std::string(parameter.initial), ""};
}

std::string effective_value(const Catalog& catalog, const Object& object, std::string_view parameter) {
  const Parameter* found = find_parameter(parameter);
  MESH_ASSERT(found != nullptr);
  return effective(catalog, object, *found).value;
}

}  // namespace mesh::sandbox
