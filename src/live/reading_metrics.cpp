// Metric functions on tables and views, and what is expected of them (governance-reading.md 5; pages
// functions/data_metric_function_references and data_metric_function_expectations). Those that were added to a whole
// schema are not the table's.
#include "json.hpp"
#include "mesh/base/text.hpp"
#include "reading.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

// Cells of names may come in double quotes (data_metric_function entry, normalization).
Name name_in(std::string_view cell) {
  const bool quoted = cell.size() > 2 && cell.front() == '"' && cell.back() == '"';
  return Name::exact(quoted ? replace_all(std::string(cell.substr(1, cell.size() - 2)), "\"\"", "\"")
                            : std::string(cell));
}

// [{"domain": "COLUMN", "id": 7, "name": "EMAIL"}]
std::vector<Name> columns_in(std::string_view cell) {
  std::vector<Name> columns;
  const auto json = Json::parse(cell);
  const auto* list = json ? json->list() : nullptr;
  if (list == nullptr) return columns;
  for (const auto& each : *list) columns.push_back(name_in(each.text_of("name")));
  return columns;
}

}  // namespace

// Both functions want SELECT on what they tell of (page functions/data_metric_function_references): where the role that
// reads does without, its owner is asked. So relations without metrics of ours are asked only by who wants to see all.
void Reading::ask_metrics(const std::string& role, const std::vector<ObjectId>& ids) {
  const bool all = scope_.deep || scope_.every_bearer || !scope_.bearers.empty();
  std::map<std::pair<bool, std::string>, std::vector<ObjectId>>
      asked;  // by whether they are ours, and their owner's role
  for (const auto& id : ids) {
    const bool ours = has_metrics(id);
    if (!kinds::has_key(kinds::of(id.kind), "data_metrics") || (!ours && !all)) continue;
    const auto* domain = scope_.mesh->owner_of_live(id.name.first().stored());
    const auto owner = domain == nullptr ? std::string() : scope_.mesh->deploy_role(domain->name);
    asked[{ours, owner}].push_back(id);
  }
  for (const auto& [how, some] : asked) ask_metrics_of(role, how.second, how.first, some);
}

// Declared, or remembered.
bool Reading::has_metrics(const ObjectId& id) const {
  if (has_metric(scope_.desired->state, id)) return true;
  const auto* entry = interest_.known(id);
  return entry != nullptr && remembers(*entry, KindId::DataMetricFunction);
}

void Reading::ask_metrics_of(const std::string& role, const std::string& owner, bool is_needed,
                             const std::vector<ObjectId>& asked) {
  std::vector<std::string> references, expectations;
  for (const auto& id : asked) {
    references.push_back(metrics_of(id, false));
    expectations.push_back(metrics_of(id, true));
  }
  // The metric function that a row is about, on nothing yet; none: the row is of no call.
  const auto metric_in = [asked](const Rows& rows, const Row& row, size_t first) -> std::optional<Attachment> {
    const Field item(rows, kItemColumn), database(rows, "METRIC_DATABASE_NAME"), schema(rows, "METRIC_SCHEMA_NAME"),
        name(rows, "METRIC_NAME"), arguments(rows, "REF_ARGUMENTS");
    const auto at = whole_number(item.in(row));
    if (!at || first + static_cast<size_t>(*at) >= asked.size()) return std::nullopt;
    Attachment metric;
    metric.name = QualifiedName({name_in(database.in(row)), name_in(schema.in(row)), name_in(name.in(row))});
    metric.columns = columns_in(arguments.in(row));
    std::vector<std::string> names;
    for (const auto& column : metric.columns) names.push_back(column.display());
    metric.key = {{asked[first + static_cast<size_t>(*at)], std::nullopt},
                  KindId::DataMetricFunction,
                  metric.name,
                  "(" + join(names, ", ") + ")"};
    return metric;
  };
  std::vector<std::string> columns = {"METRIC_DATABASE_NAME", "METRIC_SCHEMA_NAME", "METRIC_NAME", "REF_ARGUMENTS",
                                      "LEVEL"};
  ask_in_batches(
      role, "the metric functions on tables", references, columns,
      [this, metric_in](const Rows& rows, size_t first) {
        const Field level(rows, "LEVEL");
        for (const auto& row : rows.rows) {
          auto metric = iequals(level.in(row), "SCHEMA") ? std::nullopt : metric_in(rows, row, first);
          if (metric) live_.state.attachments.insert_or_assign(metric->key, std::move(*metric));
        }
      },
      is_needed, owner);
  columns.pop_back();
  columns.insert(columns.end(), {"EXPECTATION_NAME", "EXPECTATION_EXPRESSION"});
  ask_in_batches(
      role, "what is expected of metric functions", expectations, columns,
      [this, metric_in](const Rows& rows, size_t first) {
        const Field name(rows, "EXPECTATION_NAME"), condition(rows, "EXPECTATION_EXPRESSION");
        for (const auto& row : rows.rows) {
          if (const auto metric = metric_in(rows, row, first))
            expectations_[metric->key][name_in(name.in(row)).stored()] = std::string(condition.in(row));
        }
      },
      is_needed, owner);
}

// One statement for the account. Who may not read the view is told so: then nothing is known, which is not "all is
// met".
void Reading::ask_measurements() {
  if (!scope_.measurements) return;
  asks_.ask({select_broken_expectations(),
             {},
             "what metric functions measured",
             {"TABLE_DATABASE", "TABLE_SCHEMA", "TABLE_NAME", "METRIC_DATABASE", "METRIC_SCHEMA", "METRIC_NAME",
              "ARGUMENT_NAMES", "EXPECTATION_NAME", "EXPECTATION_EXPRESSION", "VALUE", "EXPECTATION_VIOLATED"},
             [this](Rows& rows) { read_measurements(rows); },
             [this](const StatementError& error) {
               if (!is_out_of_reach(error)) return false;
               asks_.warn("MESH3010", "what metric functions measured cannot be read, so no expectation is judged",
                          "grant the role that reads the application role SNOWFLAKE.DATA_QUALITY_MONITORING_VIEWER; " +
                              error.message);
               return true;
             }});
}

void Reading::read_measurements(const Rows& rows) {
  auto& broken = live_.broken_expectations.emplace();
  const Field table[] = {{rows, "TABLE_DATABASE"}, {rows, "TABLE_SCHEMA"}, {rows, "TABLE_NAME"}};
  const Field metric[] = {{rows, "METRIC_DATABASE"}, {rows, "METRIC_SCHEMA"}, {rows, "METRIC_NAME"}};
  const Field columns(rows, "ARGUMENT_NAMES"), name(rows, "EXPECTATION_NAME"),
      condition(rows, "EXPECTATION_EXPRESSION"), value(rows, "VALUE"), violated(rows, "EXPECTATION_VIOLATED");
  const auto qualified = [](const Field(&parts)[3], const Row& row) {
    return QualifiedName({name_in(parts[0].in(row)), name_in(parts[1].in(row)), name_in(parts[2].in(row))});
  };
  for (const auto& row : rows.rows) {
    BrokenExpectation each{qualified(table, row),          qualified(metric, row),         {},
                           name_in(name.in(row)).stored(), std::string(condition.in(row)), std::string(value.in(row)),
                           violated.in(row).empty()};
    const auto json = Json::parse(columns.in(row));
    const auto* list = json ? json->list() : nullptr;
    for (const auto& column : list == nullptr ? std::vector<Json>() : *list) {
      if (const auto* text = column.text()) each.columns.push_back(name_in(*text));
    }
    broken.push_back(std::move(each));
  }
}

void Reading::settle_expectations() {
  for (auto& [key, expectations] : expectations_) {
    const auto it = live_.state.attachments.find(key);
    if (it != live_.state.attachments.end()) it->second.expectations = std::move(expectations);
  }
}

}  // namespace mesh::live
