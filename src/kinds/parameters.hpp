#pragma once
// Parameters that both databases and schemas carry (reference: ALTER DATABASE, ALTER SCHEMA, SHOW PARAMETERS).

#include "tables.hpp"

namespace mesh::kinds {

inline constexpr std::array<std::string_view, 7> kLogLevels = {"TRACE", "DEBUG", "INFO", "WARN",
                                                               "ERROR", "FATAL", "OFF"};
inline constexpr std::array<std::string_view, 4> kTraceLevels = {"OFF", "ON_EVENT", "ALWAYS", "PROPAGATE"};
inline constexpr std::array<std::string_view, 2> kMetricLevels = {"NONE", "ALL"};
inline constexpr std::array<std::string_view, 2> kSerializations = {"COMPATIBLE", "OPTIMIZED"};
inline constexpr std::array<std::string_view, 10> kWarehouseSizes = {
    "XSMALL", "SMALL", "MEDIUM", "LARGE", "XLARGE", "XXLARGE", "XXXLARGE", "X4LARGE", "X5LARGE", "X6LARGE"};
std::string warehouse_size(std::string_view written);

constexpr PropertyRow one_of(std::string_view name, std::string_view clause, std::span<const std::string_view> values,
                             std::string_view doc) {
  auto row = parameter(name, ValueType::OneOf, clause, doc);
  row.values = values;
  return row;
}

constexpr PropertyRow sized(std::string_view name, std::string_view clause, std::string_view doc) {
  auto row = one_of(name, clause, kWarehouseSizes, doc);
  row.normal = warehouse_size;
  return row;
}

inline constexpr std::array<std::string_view, 3> kMergeOnRead = {"AUTO", "ENABLED", "DISABLED"};

// Not in the syntax of CREATE DATABASE and CREATE SCHEMA, only in that of ALTER. (LOG_LEVEL and its like are not there
// either, but Terraform's provider creates databases and schemas with them.)
constexpr PropertyRow set_later(PropertyRow row) {
  row.in_create = false;
  return row;
}

constexpr PropertyRow quoted_one_of(std::string_view name, std::string_view clause,
                                    std::span<const std::string_view> values, std::string_view doc) {
  auto row = one_of(name, clause, values, doc);
  row.quoted = true;
  return row;
}

constexpr PropertyRow between(std::string_view name, std::string_view clause, int64_t min, int64_t max,
                              std::string_view doc) {
  auto row = parameter(name, ValueType::Integer, clause, doc);
  row.min = min;
  row.max = max;
  return row;
}

constexpr PropertyRow naming(std::string_view name, std::string_view clause, KindId kind, std::string_view doc) {
  auto row = parameter(name, ValueType::Identifier, clause, doc);
  row.refers_to = kind;
  return row;
}

inline constexpr std::array<std::string_view, 1> kVisibilities = {"PRIVILEGED"};
inline constexpr std::array<std::string_view, 2> kYesNo = {"YES", "NO"};

inline std::string_view no_visibility(const Value& value) {
  const std::string* text = value.text();
  const bool known = text == nullptr || *text == "PRIVILEGED" || text->find("organization_targets:") == 0;
  return known ? "" : "it is PRIVILEGED, or a text of YAML that begins with organization_targets:";
}

// SHOW DATABASES and SHOW SCHEMAS have a column object_visibility, "reserved for future use" (release notes,
// bcr-1759), and no page tells what stands in it.
constexpr PropertyRow object_visibility() {
  auto row = set_later(remembered(
      "object_visibility", ValueType::Text, "OBJECT_VISIBILITY",
      "Who finds what is inside by Universal Search without privileges: PRIVILEGED, nobody; or YAML as a text, "
      "organization_targets with accounts and user groups. Snowflake does not tell it: compared with what mesh last "
      "set. Needs MANAGE VISIBILITY on the account."));
  row.values = kVisibilities;
  row.wrong = no_visibility;
  return row;
}

constexpr PropertyRow replicable_with_failover_groups() {
  auto row =
      set_later(remembered("replicable_with_failover_groups", ValueType::OneOf, "REPLICABLE_WITH_FAILOVER_GROUPS",
                           "Whether failover groups replicate it. Snowflake does not tell it: compared with "
                           "what mesh last set. Needs REPLICATE on the account."));
  row.values = kYesNo;
  row.quoted = true;
  return row;
}

// Read from the function that lists what is monitored, too (live/reading_profiles.cpp). It may lie inside what it is
// set on, so it is set in a change of its own. The syntax of CREATE has none (create-database, create-schema).
constexpr PropertyRow classification_profile() {
  auto row = set_later(parameter("classification_profile", ValueType::ObjectName, "CLASSIFICATION_PROFILE",
                                 "The classification profile by which Snowflake looks for sensitive data inside, "
                                 "DB.SCHEMA.NAME; a schema's own comes before its database's."));
  row.quoted = true;
  row.refers_to = KindId::ClassificationProfile;
  row.behind_access = true;
  return row;
}

constexpr std::array<PropertyRow, 31> shared_parameters() {
  return {
      parameter("max_data_extension_time_in_days", ValueType::Integer, "MAX_DATA_EXTENSION_TIME_IN_DAYS",
                "Days by which retention may be extended so that streams do not go stale."),
      parameter("external_volume", ValueType::Identifier, "EXTERNAL_VOLUME",
                "Default external volume of Iceberg tables."),
      parameter("catalog", ValueType::Identifier, "CATALOG", "Default catalog integration of Iceberg tables."),
      parameter("replace_invalid_characters", ValueType::Boolean, "REPLACE_INVALID_CHARACTERS",
                "Replace invalid UTF-8 when Iceberg tables are read."),
      parameter("default_ddl_collation", ValueType::Text, "DEFAULT_DDL_COLLATION",
                "Collation of text columns created later."),
      one_of("storage_serialization_policy", "STORAGE_SERIALIZATION_POLICY", kSerializations,
             "How files of Iceberg tables are encoded."),
      one_of("log_level", "LOG_LEVEL", kLogLevels, "Severity from which log messages are kept."),
      one_of("log_event_level", "LOG_EVENT_LEVEL", kLogLevels, "Severity from which events are kept."),
      one_of("metric_level", "METRIC_LEVEL", kMetricLevels, "Whether metrics are kept."),
      one_of("trace_level", "TRACE_LEVEL", kTraceLevels, "Which traces are kept."),
      parameter("suspend_task_after_num_failures", ValueType::Integer, "SUSPEND_TASK_AFTER_NUM_FAILURES",
                "Failed runs in a row after which a task is suspended; 0: never."),
      parameter("task_auto_retry_attempts", ValueType::Integer, "TASK_AUTO_RETRY_ATTEMPTS",
                "Automatic retries of a failed task graph."),
      sized("user_task_managed_initial_warehouse_size", "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
            "Size that serverless tasks start with."),
      parameter("user_task_timeout_ms", ValueType::Integer, "USER_TASK_TIMEOUT_MS",
                "Time limit of one run of a task, in milliseconds."),
      parameter("user_task_minimum_trigger_interval_in_seconds", ValueType::Integer,
                "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", "Least time between runs of a triggered task."),
      parameter("quoted_identifiers_ignore_case", ValueType::Boolean, "QUOTED_IDENTIFIERS_IGNORE_CASE",
                "Whether quoted names fold to upper case. mesh refuses to run where it is true."),
      parameter("enable_console_output", ValueType::Boolean, "ENABLE_CONSOLE_OUTPUT",
                "Whether stored procedures may print to the console."),
      set_later(parameter("default_notebook_compute_pool_cpu", ValueType::Text, "DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU",
                          "Compute pool of notebooks without GPU.")),
      set_later(parameter("default_notebook_compute_pool_gpu", ValueType::Text, "DEFAULT_NOTEBOOK_COMPUTE_POOL_GPU",
                          "Compute pool of notebooks with GPU.")),
      set_later(naming("default_streamlit_notebook_warehouse", "DEFAULT_STREAMLIT_NOTEBOOK_WAREHOUSE",
                       KindId::Warehouse, "Warehouse that new Streamlit apps and notebooks run on.")),
      set_later(parameter("base_location_prefix", ValueType::Text, "BASE_LOCATION_PREFIX",
                          "Beginning of the path that files of Iceberg tables are written to.")),
      parameter("catalog_sync", ValueType::Text, "CATALOG_SYNC",
                "Catalog integration that Iceberg tables are synchronised to (Snowflake Open Catalog)."),
      parameter("enable_data_compaction", ValueType::Boolean, "ENABLE_DATA_COMPACTION",
                "Whether files of Iceberg tables are compacted."),
      parameter("iceberg_default_ddl_collation", ValueType::Text, "ICEBERG_DEFAULT_DDL_COLLATION",
                "Collation of text columns of Iceberg tables created later."),
      quoted_one_of("iceberg_merge_on_read_behavior", "ICEBERG_MERGE_ON_READ_BEHAVIOR", kMergeOnRead,
                    "How rows of Iceberg tables are changed: by delete files or by rewriting."),
      between("iceberg_version_default", "ICEBERG_VERSION_DEFAULT", 2, 3, "Format version of new Iceberg tables."),
      parameter("oauth_authorization_server", ValueType::Identifier, "OAUTH_AUTHORIZATION_SERVER",
                "Integration that issues tokens for what is inside."),
      parameter("oauth_scopes_supported", ValueType::Text, "OAUTH_SCOPES_SUPPORTED",
                "Scopes that server knows, with commas."),
      object_visibility(),
      replicable_with_failover_groups(),
      classification_profile(),
  };
}

}  // namespace mesh::kinds
