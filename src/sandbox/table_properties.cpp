#include "table_properties.hpp"

#include <fmt/format.h>

#include "mesh/base/digest.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};

// The names alone among the keys: expressions are not looked into.
std::vector<std::string> plain_keys(const std::string& keys) {
  std::vector<std::string> names;
  auto tokens = lex(keys);
  if (!tokens || tokens->front().kind == TokenKind::End) return names;
  Parser p(keys, *tokens);
  do {
    if (const auto name = parse_name(p.expression()); name && name->size() == 1) names.push_back(name->front());
  } while (p.accept_symbol(","));
  return names;
}

}  // namespace

const PropertySpecs& table_specs() {
  static const PropertySpecs kSpecs = {{"COMMENT", {}},
                                       {"CHANGE_TRACKING", kBoolean},
                                       {"ENABLE_SCHEMA_EVOLUTION", kBoolean},
                                       {"ERROR_LOGGING", kBoolean},
                                       {"ROW_TIMESTAMP", kBoolean}};
  return kSpecs;
}

void refuse_table_features(const Parser& p) {
  if (p.at("STORAGE LIFECYCLE POLICY") || p.at("WITH STORAGE LIFECYCLE POLICY"))
    refuse_unsupported("STORAGE LIFECYCLE POLICY");
  for (const char* words : {"USING TEMPLATE", "FROM ARCHIVE OF", "FROM BACKUP SET"}) {
    if (p.at(words)) refuse_unsupported(words);
  }
}

std::string read_cluster_by(Parser& p) {
  p.accept("LINEAR");
  if (!p.at_symbol("(")) p.unexpected();
  const size_t from = p.mark() + 1;
  p.skip_parentheses();
  return p.source(from, p.mark() - 1);
}

void check_cluster_by(const Object& table, const std::string& keys) {
  for (const std::string& name : plain_keys(keys)) {
    // Documented (virtual-columns) without its text.
    if (need_column(table, name).is_virtual())
      refuse_text(fmt::format("SQL compilation error:\nVirtual column '{}' cannot be part of a clustering key.", name));
  }
}

bool alter_clustering(Running& run, const Object& table) {
  Parser& p = run.parser;
  if (p.accept("CLUSTER BY")) {
    const std::string keys = read_cluster_by(p);
    p.expect_end();
    check_cluster_by(table, keys);
    run.catalog.edit(table.id).props["CLUSTER_BY"] = keys;
    return true;
  }
  if (p.accept("DROP CLUSTERING KEY")) {
    p.expect_end();
    run.catalog.edit(table.id).props.erase("CLUSTER_BY");
    return true;
  }
  const bool suspend = p.accept("SUSPEND RECLUSTER");
  if (!suspend && !p.accept("RESUME RECLUSTER")) return false;
  p.expect_end();
  if (table.prop("CLUSTER_BY").empty()) refuse_text(fmt::format("Table '{}' is not clustered\n", table.name));
  Object& edited = run.catalog.edit(table.id);
  if (suspend) edited.props["RECLUSTER_SUSPENDED"] = "true";
  if (!suspend) edited.props.erase("RECLUSTER_SUSPENDED");
  return true;
}

bool in_cluster_by(const Object& table, const std::string& column) {
  const std::string keys = table.prop("CLUSTER_BY");
  if (keys.empty()) return false;
  const std::vector<std::string> names = plain_keys(keys);
  return std::find(names.begin(), names.end(), column) != names.end();
}

void check_table_retention(const Settings& settings, bool transient) {
  const auto it = settings.params.find("DATA_RETENTION_TIME_IN_DAYS");
  if (transient && it != settings.params.end() && it->second != "0" && it->second != "1")
    refuse_value(it->second, it->first);
}

void refuse_primary_key(const std::string& table) {
  refuse_text(fmt::format("SQL compilation error:\nprimary key already exists for table '{}'", table));
}

void create_rows(Running& run, const Object& table) {
  std::string columns;
  for (const TableColumn& c : table.columns) columns += (columns.empty() ? "c" : ", c") + std::to_string(c.id);
  run.store.run(fmt::format("CREATE TABLE {} ({})", Store::table_name(table.id), columns));
  run.row_counts[table.id] = 0;
}

void copy_rows(Running& run, Id from, Id to) {
  std::string columns;
  for (const TableColumn& c : run.catalog.at(to).columns)
    columns += (columns.empty() ? "c" : ", c") + std::to_string(c.id);
  run.store.run(fmt::format("INSERT INTO {0} ({2}) SELECT {2} FROM {1}", Store::table_name(to), Store::table_name(from),
                            columns));
  run.row_counts.erase(to);
}

void insert_from(Running& run, Id table, const std::string& query) {
  run_query(run, fmt::format("INSERT INTO {} {}", qualified_name(run.catalog, run.catalog.at(table)), query));
  run.row_counts.erase(table);
}

void add_row_column(Running& run, Id table, int column) {
  run.store.run(fmt::format("ALTER TABLE {} ADD COLUMN c{}", Store::table_name(table), column));
}

int64_t row_count(Running& run, Id table) {
  const auto it = run.row_counts.find(table);
  if (it != run.row_counts.end()) return it->second;
  return run.row_counts[table] = run.store.count_rows(table);
}

std::string random_name() { return random_uuid(); }

}  // namespace mesh::sandbox
