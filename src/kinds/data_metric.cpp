// Data metric functions. Reference: CREATE DATA METRIC FUNCTION, ALTER FUNCTION (DMF), DESCRIBE FUNCTION (DMF), DROP
// FUNCTION, SHOW DATA METRIC FUNCTIONS.
#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/signature.hpp"
#include "mesh/model/signature.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 1> kPrivileges = {"USAGE"};

std::string contradiction(const Object& metric) {
  constexpr const char* kWanted = "write NAME(ROWS TABLE(COLUMN TYPE, …)), or two such arguments";
  const Value* value = metric.find("arguments");
  const auto arguments =
      value == nullptr || value->text() == nullptr ? std::vector<Argument>() : read_arguments(*value->text());
  if (arguments.empty() || arguments.size() > 2) return fmt::format("it takes one table or two: {}", kWanted);
  for (const auto& argument : arguments) {
    const auto columns = table_columns(argument.type);
    if (columns.empty() || read_arguments(columns.substr(1, columns.size() - 2)).empty())
      return fmt::format("argument {} is no table with columns: {}", argument.name.display(), kWanted);
    if (!argument.default_sql.empty()) return fmt::format("argument {} has a default", argument.name.display());
  }
  return {};
}

constexpr PropertyRow described_comment_row() {
  auto row = comment_row();
  row.column = "description";
  row.normal = routine_comment;
  return row;
}

// "To make any other changes to a DMF, you must drop the function" (alter-function-dmf).
constexpr std::array<PropertyRow, 3> kRows = {{
    {.name = "arguments",
     .clause = "arguments",
     .from = ReadFrom::Described,
     .column = "signature",
     .change = ChangeBy::Immutable,
     .normal = shown_arguments,
     .same = same_arguments,
     .in_key = true,
     .fuller_in_memory = true,
     .doc = "Its arguments stand in the key: NAME(ROWS TABLE(COLUMN TYPE, …)); fixed at creation."},
    secure_row(),
    described_comment_row(),
}};
static_assert(sound(kRows));

constexpr std::array<TextRow, 1> kTexts = {{
    {.name = "body",
     .file_key = "body_file",
     .before = "AS",
     .column = "body",
     .is_described = true,
     .change = TextChange::Refuse,
     .quoted = true,
     .doc = "A SELECT over the arguments that gives one number; or body_file. Fixed at creation."},
}};

}  // namespace

constinit const Kind kDataMetricFunction = {
    .id = KindId::DataMetricFunction,
    .words = "data metric function",
    .collection = "data_metric_functions",
    .sql = "DATA METRIC FUNCTION",
    .sql_plural = "DATA METRIC FUNCTIONS",
    .granted_on = "DATA_METRIC_FUNCTION",
    .scope = Scope::Schema,
    .properties = kRows,
    .privileges = kPrivileges,
    .texts = kTexts,
    .sql_in_grants = "FUNCTION",
    .sql_once_made = "FUNCTION",
    .returns = "NUMBER",
    .renames_across_schemas = true,
    .database_column = "catalog_name",
    .listed_where = {"is_builtin", "N"},
    .described_name = "property",
    .described_value = "value",
    .one_property_per_statement = true,
    .contradiction = contradiction,
    .doc =
        "A number about the rows of a table, for the quality of data; keyed by its signature, as functions are. Its "
        "body is fixed: another one is another function. Tables and views name it in data_metrics. There is no "
        "UNDROP."};

}  // namespace mesh::kinds
