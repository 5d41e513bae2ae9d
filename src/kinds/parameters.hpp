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

constexpr std::array<PropertyRow, 18> shared_parameters() {
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
      parameter("default_notebook_compute_pool_cpu", ValueType::Text, "DEFAULT_NOTEBOOK_COMPUTE_POOL_CPU",
                "Compute pool of notebooks without GPU."),
  };
}

}  // namespace mesh::kinds
