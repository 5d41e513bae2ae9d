#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "attachments.hpp"
#include "mesh/base/text.hpp"
#include "metrics.hpp"
#include "routine.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

using nlohmann::json;

// Page sql-reference/functions-data-metric.
constexpr std::array<std::string_view, 14> kSystemMetrics = {
    "ACCEPTED_VALUES", "AVG",       "BLANK_COUNT", "BLANK_PERCENT", "DATA_METRIC_SCHEDULED_TIME",
    "DUPLICATE_COUNT", "FRESHNESS", "MAX",         "MIN",           "NULL_COUNT",
    "NULL_PERCENT",    "ROW_COUNT", "STDDEV",      "UNIQUE_COUNT"};

constexpr const char* kMetrics = "METRICS";

void keep(Running& run, Id relation, const json& metrics) {
  Properties& props = run.catalog.edit(relation).props;
  if (metrics.empty()) props.erase(kMetrics);
  if (!metrics.empty()) props[kMetrics] = metrics.dump();
}

// --- The functions ---------------------------------------------------------------------------------------------------

struct Table {
  std::string columns, types;  // "A NUMBER, B VARCHAR" and "NUMBER, VARCHAR"
};

// TABLE(A NUMBER, B VARCHAR), or without names.
Table read_table(Running& run, bool named) {
  Parser& p = run.parser;
  p.expect("TABLE");
  p.expect_symbol("(");
  Table table;
  do {
    const std::string name = named ? quoted_if_needed(p.name()) + " " : "";
    const std::string type = short_type(read_routine_type(run));
    table.columns += (table.columns.empty() ? "" : ", ") + name + type;
    table.types += (table.types.empty() ? "" : ", ") + type;
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return table;
}

// One table or two. The key is the name with the types.
std::string read_signature(Running& run, const std::string& name, std::vector<TableColumn>& arguments) {
  Parser& p = run.parser;
  std::vector<std::string> types;
  p.expect_symbol("(");
  do {
    TableColumn argument;
    argument.id = static_cast<int>(arguments.size()) + 1;
    argument.name = p.name();
    const Table table = read_table(run, true);
    argument.type = "TABLE(" + table.columns + ")";
    types.push_back("TABLE(" + table.types + ")");
    arguments.push_back(std::move(argument));
  } while (types.size() < 2 && p.accept_symbol(","));
  p.expect_symbol(")");
  return fmt::format("{}({})", name, join(types, ", "));
}

std::string described_signature(const Object& metric) {
  std::vector<std::string> parts;
  for (const TableColumn& argument : metric.columns) parts.push_back(argument.name + " " + argument.type);
  return "(" + join(parts, ", ") + ")";
}

// --- On relations ----------------------------------------------------------------------------------------------------

// The function that a name and the columns mean; of overloads the one that takes as many.
json read_metric(Running& run, const Object& relation) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  p.expect("ON");
  p.expect_symbol("(");
  json on = json::array();
  std::vector<std::string> types;
  while (!p.accept_symbol(")")) {
    if (!on.empty()) p.expect_symbol(",");
    if (p.at("TABLE")) refuse_unsupported("DATA METRIC FUNCTION on two tables");
    const TableColumn& column = need_column(relation, p.name());
    on.push_back(column.id);
    types.push_back(short_type(column.type));
    if (p.at_symbol("->")) refuse_unsupported("DATA METRIC FUNCTION with a condition");
  }
  json metric = {{"on", on}, {"expectations", json::object()}};
  if (name.size() == 3 && name[0] == "SNOWFLAKE" && name[1] == "CORE") {
    if (std::find(kSystemMetrics.begin(), kSystemMetrics.end(), name[2]) == kSystemMetrics.end())
      refuse_missing(run, Kind::DataMetricFunction, name);
    metric["system"] = name[2];
    return metric;
  }
  NameParts key = name;
  key.back() = fmt::format("{}(TABLE({}))", name.back(), join(types, ", "));
  const Object& found = need(run, Kind::DataMetricFunction, key);
  need_privilege(run, found, "USAGE");
  metric["of"] = found.id;
  return metric;
}

bool is_same(const json& a, const json& b) {
  return a.at("on") == b.at("on") && a.value("of", Id{0}) == b.value("of", Id{0}) &&
         a.value("system", "") == b.value("system", "");
}

// n (condition), ...
void read_expectations(Parser& p, json& expectations) {
  do {
    const std::string name = p.name();
    p.expect_symbol("(");
    expectations[name] = p.expression();
    p.expect_symbol(")");
  } while (p.accept_symbol(","));
}

// Texts unconfirmed, as data_metric_function entry says.
[[noreturn]] void refuse_association(const char* what) { refuse_text(fmt::format("SQL compilation error:\n{}", what)); }

void change_expectations(Parser& p, json& there) {
  json& all = there.at("expectations");
  if (p.accept("DROP EXPECTATION")) {
    if (all.erase(p.name()) == 0) refuse_association("The expectation does not exist.");
    return;
  }
  const bool add = p.accept("ADD EXPECTATION");
  if (!add) p.expect("MODIFY EXPECTATION");
  json given = json::object();
  read_expectations(p, given);
  for (const auto& [name, condition] : given.items()) {
    if (all.contains(name) == add)
      refuse_association(add ? "The expectation already exists." : "The expectation does not exist.");
    all[name] = condition;
  }
}

bool takes_metrics(const Object& relation) { return relation.kind == Kind::Table || relation.kind == Kind::View; }

}  // namespace

Entity entity(const Catalog& catalog, const Object& object) {
  const Object& schema = catalog.at(object.parent);
  return {catalog.at(schema.parent).name, schema.name};
}

json metrics_of(const Object& relation) {
  const std::string& kept = relation.prop(kMetrics);
  return kept.empty() ? json::array() : json::parse(kept);
}

bool at_metric_as_function(const Parser& parser) {
  if (!parser.at("FUNCTION")) return false;
  Parser p = parser;
  p.expect("FUNCTION");
  p.accept("IF EXISTS");
  if (!p.peek().is_name()) return false;
  p.qualified();
  return p.at_symbol("(") && p.at("TABLE", 1) && p.at_symbol("(", 2);
}

std::string read_metric_key(Running& run, const std::string& name) {
  Parser& p = run.parser;
  std::vector<std::string> types;
  p.expect_symbol("(");
  do {
    types.push_back("TABLE(" + read_table(run, false).types + ")");
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return fmt::format("{}({})", name, join(types, ", "));
}

ResultSet create_metric(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_replace && head.if_not_exists) p.unexpected();
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER DATA METRIC FUNCTION");
  const NameParts written = p.qualified();
  Object metric;
  const std::string key = read_signature(run, written.back(), metric.columns);
  p.expect("RETURNS");
  if (type_parts(read_routine_type(run)).base != "NUMBER")
    refuse_association("A data metric function returns a NUMBER.");
  if (!p.accept("NOT NULL")) p.accept("NULL");
  if (p.accept("LANGUAGE")) p.expect("SQL");
  if (p.accept("COMMENT")) {
    p.expect_symbol("=");
    metric.props["COMMENT"] = p.string();
  }
  p.expect("AS");
  metric.props["BODY"] = p.string();
  p.expect_end();
  metric.props["NAME"] = written.back();
  metric.props["RETURNS"] = "NUMBER(38,0)";
  if (head.secure) metric.props["SECURE"] = "true";
  const Object& schema = need_container(run, head.kind, written);
  const Object* existing = check_create(run, head, schema, key);
  if (existing != nullptr && head.if_not_exists) return already_exists(written.back());
  if (existing != nullptr) put_away(run, *existing);
  make(run, head.kind, schema, key, std::move(metric));
  return created(head.kind, written.back());
}

ResultSet alter_metric(Running& run, const Object& metric) {
  Parser& p = run.parser;
  need_ownership(run, metric);
  if (p.accept("RENAME TO")) {
    NameParts name = p.qualified();
    p.expect_end();
    const std::string plain = name.back();
    name.back() = plain + metric.name.substr(plain_name(metric).size());
    rename_object(run, metric, name, true);
    run.catalog.edit(metric.id).props["NAME"] = plain;
    return executed();
  }
  Properties& props = run.catalog.edit(metric.id).props;
  if (p.accept("SET SECURE")) {
    props["SECURE"] = "true";
  } else if (p.accept("UNSET SECURE")) {
    props.erase("SECURE");
  } else if (p.accept("UNSET COMMENT")) {
    props.erase("COMMENT");
  } else {
    p.expect("SET COMMENT");
    p.expect_symbol("=");
    props["COMMENT"] = p.string();
  }
  p.expect_end();
  touch(run, metric.id);
  return executed();
}

ResultSet describe_metric(Running& run) {
  const NameParts name = read_object_name(run, Kind::DataMetricFunction);
  run.parser.expect_end();
  const Object& metric = need(run, Kind::DataMetricFunction, name);
  const bool hidden = metric.flag("SECURE") && !run.access.owns(metric);
  ResultSet result;
  result.columns = columns_of({"T:property", "T:value"});
  result.rows = {{"signature", described_signature(metric)},
                 {"returns", metric.prop("RETURNS")},
                 {"language", "SQL"},
                 {"body", hidden ? Cell() : Cell(metric.prop("BODY"))}};
  return result;
}

bool alter_metrics_of(Running& run, const Object& relation) {
  Parser& p = run.parser;
  const bool add = p.accept("ADD DATA METRIC FUNCTION"), modify = !add && p.accept("MODIFY DATA METRIC FUNCTION");
  if (!add && !modify && !p.accept("DROP DATA METRIC FUNCTION")) return false;
  if (!takes_metrics(relation)) refuse_unsupported("DATA METRIC FUNCTION on " + lower_words(relation.kind));
  if (add && !has_account_privilege(run, "EXECUTE DATA METRIC FUNCTION")) refuse_privilege(run, run.home());
  json all = metrics_of(relation);
  json metric = read_metric(run, relation);
  const auto there = std::find_if(all.begin(), all.end(), [&](const json& each) { return is_same(each, metric); });
  if (add) {
    if (there != all.end()) refuse_association("The data metric function is already associated with these columns.");
    if (p.accept("EXPECTATION")) read_expectations(p, metric.at("expectations"));
    all.push_back(std::move(metric));
  } else if (there == all.end()) {
    refuse_association("The data metric function is not associated with these columns.");
  } else if (modify) {
    change_expectations(p, *there);
  } else {
    all.erase(there);
  }
  p.expect_end();
  keep(run, relation.id, all);
  return true;
}

// By object alone: that is how whoever looks at a table asks.
ResultSet metric_references(Running& run, const FunctionArguments& arguments, bool expectations) {
  std::string name, domain;
  for (const auto& [key, value] : arguments) {
    std::string* to = iequals(key, "REF_ENTITY_NAME") ? &name : iequals(key, "REF_ENTITY_DOMAIN") ? &domain : nullptr;
    if (to == nullptr) refuse_unsupported(fmt::format("DATA_METRIC_FUNCTION_REFERENCES with {}", key));
    *to = value.value_or("");
  }
  const auto parts = parse_name(name);
  if (!parts || (!iequals(domain, "TABLE") && !iequals(domain, "VIEW")))
    refuse_text(fmt::format("SQL compilation error:\nInvalid value {} for argument REF_ENTITY_DOMAIN.", domain));
  const Object& relation = need(run, iequals(domain, "VIEW") ? Kind::View : Kind::Table, *parts);
  need_privilege(run, relation, "SELECT");
  ResultSet result;
  // Names as the page has them; REF_ENTITY_DATABASE_NAME of the others is not asked for by anybody here.
  result.columns =
      expectations ? columns_of({"T:METRIC_DATABASE_NAME", "T:METRIC_SCHEMA_NAME", "T:METRIC_NAME", "T:REF_ENTITY_NAME",
                                 "T:REF_ENTITY_DOMAIN", "V:REF_ARGUMENTS", "T:REF_ID", "T:EXPECTATION_ID",
                                 "T:EXPECTATION_NAME", "T:EXPECTATION_EXPRESSION"})
                   : columns_of({"T:METRIC_DATABASE_NAME", "T:METRIC_SCHEMA_NAME", "T:METRIC_NAME",
                                 "T:REF_DATABASE_NAME", "T:REF_SCHEMA_NAME", "T:REF_ENTITY_NAME", "T:REF_ENTITY_DOMAIN",
                                 "V:REF_ARGUMENTS", "T:REF_ID", "T:SCHEDULE", "T:SCHEDULE_STATUS", "T:LEVEL"});
  const Parameter& schedule = *find_parameter("DATA_METRIC_SCHEDULE");
  size_t number = 0;
  for (const json& metric : metrics_of(relation)) {
    const Object* function = run.catalog.find(metric.value("of", Id{0}));
    const std::string system = metric.value("system", "");
    if (system.empty() && (function == nullptr || !run.catalog.live(*function))) continue;  // it is gone
    if (function != nullptr && !run.access.sees(*function)) continue;
    const Entity of = function == nullptr ? Entity{"SNOWFLAKE", "CORE"} : entity(run.catalog, *function);
    json on = json::array();
    for (const json& id : metric.at("on")) {
      const TableColumn* column = find_column(relation, id.get<int>());
      on.push_back({{"domain", "COLUMN"}, {"id", id.dump()}, {"name", column == nullptr ? "" : column->name}});
    }
    const std::string id = fmt::format("{}-{}", relation.id, ++number);
    const std::string called = function == nullptr ? system : plain_name(*function);
    const std::string kind(facts(relation.kind).words);
    if (!expectations) {
      const Entity in = entity(run.catalog, relation);
      result.rows.push_back({of.database, of.schema, called, in.database, in.schema, relation.name, kind, on.dump(), id,
                             effective(run.catalog, relation, schedule).value, "STARTED", "TABLE"});
      continue;
    }
    for (const auto& [expectation, condition] : metric.at("expectations").items()) {
      result.rows.push_back({of.database, of.schema, called, relation.name, kind, on.dump(), id, id + "-" + expectation,
                             expectation, condition.get<std::string>()});
    }
  }
  return result;
}

using namespace cells;  // NOLINT: the vocabulary of the table

const ShowColumns& metric_columns() {
  static const auto no = [](const Shown&) -> Cell { return "N"; };
  static const auto count = [](const Shown& s) -> Cell { return std::to_string(s.object.columns.size()); };
  static const ShowColumns kMetricColumns = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:schema_name", schema_name},
      {"T:is_builtin", no},
      {"T:is_aggregate", no},
      {"T:is_ansi", no},
      {"N:min_num_arguments", count},
      {"N:max_num_arguments", count},
      {"T:arguments", [](const Shown& s) -> Cell { return s.object.name + " RETURN NUMBER"; }},
      {"T:description", [](const Shown& s) { return prop_or(s, "COMMENT", "user-defined function"); }},
      {"T:catalog_name", database_name},
      {"T:is_table_function", no},
      {"T:valid_for_clustering", no},
      {"T:is_secure", [](const Shown& s) { return flag_cell(s.object.flag("SECURE"), "Y", "N"); }},
      {"T:is_external_function", no},
      {"T:language", [](const Shown&) -> Cell { return "SQL"; }},
      {"T:is_memoizable", no},
      {"T:is_data_metric", [](const Shown&) -> Cell { return "Y"; }},
  };
  return kMetricColumns;
}

}  // namespace mesh::sandbox
