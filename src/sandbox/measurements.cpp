// SNOWFLAKE.LOCAL.DATA_QUALITY_MONITORING_EXPECTATION_STATUS (page sql-reference/local/..., of that name). Snowflake
// measures by a schedule, as the role that owns the table; here everything is measured whenever somebody looks, and
// only once. Other views of the schema are refused by name.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "mesh/base/text.hpp"
#include "metrics.hpp"
#include "relations.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

using nlohmann::json;

// "A NUMBER, \"b\" VARCHAR" of a table's type: names as they are written.
std::vector<std::string> names_in_table(const std::string& type) {
  const std::string columns = type.substr(6, type.size() - 7);  // TABLE(...)
  std::vector<std::string> names;
  for (size_t at = 0; at < columns.size();) {
    const size_t end = columns[at] == '"' ? columns.find('"', at + 1) + 1 : columns.find(' ', at);
    names.push_back(columns.substr(at, end - at));
    const size_t comma = columns.find(", ", end);
    at = comma == std::string::npos ? columns.size() : comma + 2;
  }
  return names;
}

// A query with one VALUE; empty: the sandbox does not measure this one. Meanings: page functions-data-metric.
std::string measuring(Running& run, const Object& relation, const json& metric) {
  const std::string from = qualified_name(run.catalog, relation);
  std::vector<std::string> on;
  for (const json& id : metric.at("on")) {
    const TableColumn* column = find_column(relation, id.get<int>());
    if (column == nullptr) return {};
    on.push_back(quoted_if_needed(column->name));
  }
  if (const Object* function = run.catalog.find(metric.value("of", Id{0})); function != nullptr) {
    if (!run.catalog.live(*function) || function->columns.size() != 1) return {};
    std::vector<std::string> selected;
    const auto names = names_in_table(function->columns.front().type);
    for (size_t i = 0; i < names.size() && i < on.size(); ++i) selected.push_back(on[i] + " AS " + names[i]);
    return fmt::format("WITH {} AS (SELECT {} FROM {}) SELECT ({}) AS VALUE",
                       quoted_if_needed(function->columns.front().name), join(selected, ", "), from,
                       function->prop("BODY"));
  }
  const std::string system = metric.value("system", "");
  if (system == "ROW_COUNT") return fmt::format("SELECT COUNT(*) AS VALUE FROM {}", from);
  if (on.size() != 1) return {};
  if (system == "NULL_COUNT") return fmt::format("SELECT COUNT(*) AS VALUE FROM {} WHERE {} IS NULL", from, on[0]);
  if (system == "UNIQUE_COUNT") return fmt::format("SELECT COUNT(DISTINCT {}) AS VALUE FROM {}", on[0], from);
  for (const char* plain : {"AVG", "MAX", "MIN"}) {
    if (system == plain) return fmt::format("SELECT {}({}) AS VALUE FROM {}", plain, on[0], from);
  }
  return {};
}

std::vector<Object> relations_with_metrics(Running& run) {
  std::vector<Object> found;
  for (const auto& [database, database_id] : run.catalog.children(run.account, Kind::Database)) {
    for (const auto& [schema, schema_id] : run.catalog.children(database_id, Kind::Schema)) {
      for (const auto& [name, id] : run.catalog.children(schema_id, Kind::Table)) {
        if (!metrics_of(run.catalog.at(id)).empty()) found.push_back(run.catalog.at(id));
      }
    }
  }
  return found;
}

ResultSet expectation_status(Running& run) {
  ResultSet result;
  result.columns = columns_of({"L:SCHEDULED_TIME",
                               "L:CHANGE_COMMIT_TIME",
                               "L:MEASUREMENT_TIME",
                               "N:TABLE_ID",
                               "T:TABLE_NAME",
                               "T:TABLE_SCHEMA",
                               "T:TABLE_DATABASE",
                               "N:METRIC_ID",
                               "T:METRIC_NAME",
                               "T:METRIC_SCHEMA",
                               "T:METRIC_DATABASE",
                               "T:METRIC_RETURN_TYPE",
                               "V:ARGUMENT_IDS",
                               "V:ARGUMENT_TYPES",
                               "V:ARGUMENT_NAMES",
                               "T:REFERENCE_ID",
                               "V:VALUE",
                               "T:EXPECTATION_NAME",
                               "T:EXPECTATION_ID",
                               "T:EXPECTATION_EXPRESSION",
                               "B:EXPECTATION_VIOLATED"});
  for (const Object& relation : relations_with_metrics(run)) {
    size_t number = 0;
    for (const json& metric : metrics_of(relation)) {
      const std::string reference = fmt::format("{}-{}", relation.id, ++number);
      const std::string query = measuring(run, relation, metric);
      if (query.empty()) continue;
      const Object* function = run.catalog.find(metric.value("of", Id{0}));
      const Entity of = function == nullptr ? Entity{"SNOWFLAKE", "CORE"} : entity(run.catalog, *function);
      const Entity in = entity(run.catalog, relation);
      json ids = json::array(), types = json::array(), names = json::array();
      for (const json& column : metric.at("on")) {
        ids.push_back(column), types.push_back("COLUMN");
        names.push_back(find_column(relation, column.get<int>())->name);
      }
      for (const auto& [expectation, condition] : metric.at("expectations").items()) {
        Cell value, violated;
        try {
          const ResultSet told = run_query(
              run, fmt::format("SELECT VALUE, NOT ({}) AS BROKEN FROM ({}) AS M", condition.get<std::string>(), query),
              false);
          value = told.rows.at(0).at(0), violated = told.rows.at(0).at(1);
        } catch (const SqlError&) {  // an expectation that fails
        }
        const Cell now = timestamp_cell(run.now);
        result.rows.push_back({now,
                               std::nullopt,
                               now,
                               std::to_string(relation.id),
                               relation.name,
                               in.schema,
                               in.database,
                               std::to_string(function == nullptr ? 0 : function->id),
                               function == nullptr ? metric.value("system", "") : plain_name(*function),
                               of.schema,
                               of.database,
                               "NUMBER",
                               ids.dump(),
                               types.dump(),
                               names.dump(),
                               reference,
                               value,
                               expectation,
                               reference + "-" + expectation,
                               condition.get<std::string>(),
                               violated});
      }
    }
  }
  return result;
}

}  // namespace

ResultSet local_view(Running& run, std::string_view view) {
  if (view == "DATA_QUALITY_MONITORING_EXPECTATION_STATUS") return expectation_status(run);
  refuse_unsupported(fmt::format("SNOWFLAKE.LOCAL.{}", view));
}

}  // namespace mesh::sandbox
