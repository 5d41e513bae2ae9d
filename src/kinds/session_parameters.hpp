#pragma once
// Session parameters that a task may carry: it takes all of them (docs: create-task, parameters). Those of clients and
// drivers are left out: a task has none.

#include "parameters.hpp"

namespace mesh::kinds {

inline constexpr std::array<std::string_view, 4> kBinaryInputs = {"HEX", "BASE64", "UTF8", "UTF-8"};
inline constexpr std::array<std::string_view, 2> kBinaryOutputs = {"HEX", "BASE64"};
inline constexpr std::array<std::string_view, 5> kShapes = {"GEOJSON", "WKT", "WKB", "EWKT", "EWKB"};
inline constexpr std::array<std::string_view, 3> kTimestampTypes = {"TIMESTAMP_LTZ", "TIMESTAMP_NTZ", "TIMESTAMP_TZ"};

constexpr std::array<PropertyRow, 35> session_parameters() {
  const auto flag = [](std::string_view name, std::string_view clause, std::string_view doc) {
    return parameter(name, ValueType::Boolean, clause, doc);
  };
  const auto number = [](std::string_view name, std::string_view clause, std::string_view doc) {
    return parameter(name, ValueType::Integer, clause, doc);
  };
  const auto text = [](std::string_view name, std::string_view clause, std::string_view doc) {
    return parameter(name, ValueType::Text, clause, doc);
  };
  return {
      flag("abort_detached_query", "ABORT_DETACHED_QUERY", "Whether queries end when their client is gone."),
      flag("autocommit", "AUTOCOMMIT", "Whether each statement commits by itself; tasks need TRUE."),
      quoted_one_of("binary_input_format", "BINARY_INPUT_FORMAT", kBinaryInputs, "How texts become BINARY."),
      quoted_one_of("binary_output_format", "BINARY_OUTPUT_FORMAT", kBinaryOutputs, "How BINARY becomes text."),
      text("date_input_format", "DATE_INPUT_FORMAT", "How dates are read."),
      text("date_output_format", "DATE_OUTPUT_FORMAT", "How dates are written."),
      flag("error_on_nondeterministic_merge", "ERROR_ON_NONDETERMINISTIC_MERGE",
           "Whether a MERGE fails where several rows match one."),
      flag("error_on_nondeterministic_update", "ERROR_ON_NONDETERMINISTIC_UPDATE",
           "Whether an UPDATE fails where several rows match one."),
      quoted_one_of("geography_output_format", "GEOGRAPHY_OUTPUT_FORMAT", kShapes, "How GEOGRAPHY is written."),
      quoted_one_of("geometry_output_format", "GEOMETRY_OUTPUT_FORMAT", kShapes, "How GEOMETRY is written."),
      number("json_indent", "JSON_INDENT", "Blanks by which JSON is indented; 0: none."),
      number("lock_timeout", "LOCK_TIMEOUT", "Seconds to wait for a lock."),
      number("multi_statement_count", "MULTI_STATEMENT_COUNT", "How many statements a request may hold; 0: any."),
      flag("noorder_sequence_as_default", "NOORDER_SEQUENCE_AS_DEFAULT",
           "Whether new sequences and identities are without order."),
      text("query_tag", "QUERY_TAG", "A text that marks the statements of its runs."),
      flag("quoted_identifiers_ignore_case", "QUOTED_IDENTIFIERS_IGNORE_CASE",
           "Whether quoted names fold to upper case in its runs."),
      number("rows_per_resultset", "ROWS_PER_RESULTSET", "Most rows of a result; 0: all."),
      text("search_path", "SEARCH_PATH", "Schemas in which names without one are looked for."),
      number("statement_queued_timeout_in_seconds", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS",
             "Seconds that a statement may wait for the warehouse; 0: any."),
      number("statement_timeout_in_seconds", "STATEMENT_TIMEOUT_IN_SECONDS", "Seconds that a statement may run."),
      flag("strict_json_output", "STRICT_JSON_OUTPUT", "Whether JSON is written strictly."),
      text("time_input_format", "TIME_INPUT_FORMAT", "How times are read."),
      text("time_output_format", "TIME_OUTPUT_FORMAT", "How times are written."),
      text("timestamp_input_format", "TIMESTAMP_INPUT_FORMAT", "How timestamps are read."),
      text("timestamp_ltz_output_format", "TIMESTAMP_LTZ_OUTPUT_FORMAT", "How TIMESTAMP_LTZ is written."),
      text("timestamp_ntz_output_format", "TIMESTAMP_NTZ_OUTPUT_FORMAT", "How TIMESTAMP_NTZ is written."),
      text("timestamp_output_format", "TIMESTAMP_OUTPUT_FORMAT", "How timestamps are written."),
      quoted_one_of("timestamp_type_mapping", "TIMESTAMP_TYPE_MAPPING", kTimestampTypes, "What TIMESTAMP stands for."),
      text("timestamp_tz_output_format", "TIMESTAMP_TZ_OUTPUT_FORMAT", "How TIMESTAMP_TZ is written."),
      text("timezone", "TIMEZONE", "Time zone of its runs."),
      flag("transaction_abort_on_error", "TRANSACTION_ABORT_ON_ERROR", "Whether an error ends the transaction."),
      number("two_digit_century_start", "TWO_DIGIT_CENTURY_START", "First year that two digits may stand for."),
      flag("use_cached_result", "USE_CACHED_RESULT", "Whether results that are known are taken again."),
      number("week_of_year_policy", "WEEK_OF_YEAR_POLICY", "How the first week of a year is told: 0 or 1."),
      number("week_start", "WEEK_START", "First day of a week: 0 as ISO has it, 1 Monday to 7 Sunday."),
  };
}

}  // namespace mesh::kinds
