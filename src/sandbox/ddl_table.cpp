// CREATE TABLE (docs: create-table, create-table-constraint).

#include <algorithm>

#include <fmt/format.h>

#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "query.hpp"
#include "relations.hpp"
#include "sql_error.hpp"
#include "table_expressions.hpp"
#include "table_parts.hpp"
#include "table_properties.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

struct TableText {
  std::vector<ColumnText> columns;
  std::vector<ConstraintText> constraints;
  Settings settings;
  std::string cluster_by;
  bool copy_grants = false;
  std::string query;  // AS SELECT
  bool has_columns = false;
};

void read_definitions(Running& run, TableText& text, bool as_select) {
  Parser& p = run.parser;
  p.expect_symbol("(");
  text.has_columns = true;
  do {
    if (at_constraint(p)) {
      text.constraints.push_back(read_constraint(run));
    } else {
      text.columns.push_back(read_column(run, as_select));
    }
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
}

// Whether AS SELECT follows the options, so that columns may go without types.
bool has_as_select(const Parser& p) {
  int depth = 0;
  for (size_t i = 0; p.peek(i).kind != TokenKind::End; ++i) {
    if (p.at_symbol("(", i)) ++depth;
    if (p.at_symbol(")", i)) --depth;
    if (depth == 0 && p.at("AS", i)) return true;
  }
  return false;
}

void read_options(Running& run, TableText& text) {
  Parser& p = run.parser;
  while (!p.at_end() && !p.at_symbol(";")) {
    refuse_table_features(p);
    if (p.accept("CLUSTER BY")) {
      text.cluster_by = read_cluster_by(p);
    } else if (p.accept("COPY GRANTS")) {
      text.copy_grants = true;
    } else if (p.accept("AS")) {
      text.query = p.rest();
      return;
    } else if (p.peek().is_name() && p.at_symbol("=", 1)) {
      read_settings(p, Kind::Table, table_specs(), text.settings);
    } else {
      p.unexpected();
    }
  }
  p.expect_end();
}

void check_names(const std::vector<ColumnText>& columns) {
  std::map<std::string, int> seen;
  for (const ColumnText& text : columns) {
    if (++seen[text.column.name] > 1)
      refuse_compilation("002025", "42S21", fmt::format("duplicate column name '{}'", text.column.name));
  }
}

// CREATE TABLE AS: the query's columns, renamed and retyped as the list says.
std::vector<ColumnText> select_columns(Running& run, const TableText& text) {
  const std::vector<StoredColumn> found = describe(run, text.query, nullptr);
  std::vector<ColumnText> columns = text.columns;
  if (columns.empty()) {
    columns.resize(found.size());
    for (size_t i = 0; i < found.size(); ++i) columns[i].column.name = found[i].name, columns[i].typed = false;
  }
  // The query gives no values for virtual columns (docs: virtual-columns).
  const auto stored = static_cast<size_t>(std::count_if(
      columns.begin(), columns.end(), [](const ColumnText& column) { return !column.column.is_virtual(); }));
  if (stored != found.size()) refuse_compilation("002020", "21S01", "Invalid column definition list");
  auto next = found.begin();
  for (ColumnText& column : columns) {
    if (column.column.is_virtual()) continue;
    if (!column.typed) column.column.type = next->type, column.column.nullable = next->nullable;
    ++next;
  }
  return columns;
}

void number_columns(Object& table, const std::vector<ColumnText>& columns) {
  for (const ColumnText& text : columns) {
    table.columns.push_back(text.column);
    table.columns.back().id = table.next_column++;
  }
}

void add_constraints(Running& run, Object& table, const NameParts& name, const TableText& text,
                     const std::vector<ColumnText>& columns) {
  std::vector<ConstraintText> all;
  for (const ColumnText& column : columns) all.insert(all.end(), column.constraints.begin(), column.constraints.end());
  all.insert(all.end(), text.constraints.begin(), text.constraints.end());
  bool has_primary = false;
  for (const ConstraintText& constraint : all) {
    if (constraint.ignored) continue;
    const Constraint settled = settle(run, constraint, table, name);
    if (settled.kind == ConstraintKind::Primary) {
      if (has_primary) refuse_primary_key(table.name);
      has_primary = true;
      // In CREATE TABLE a primary key makes its columns NOT NULL; ALTER TABLE ADD PRIMARY KEY does not.
      for (const int id : settled.columns) {
        for (TableColumn& column : table.columns) {
          if (column.id != id) continue;
          refuse_on_virtual(column, "NOT NULL");
          column.nullable = false;
        }
      }
    }
    table.constraints.push_back(settled);
  }
}

ResultSet create_like(Running& run, const CreateHead& head, const NameParts& name, bool clone) {
  Parser& p = run.parser;
  const NameParts source_name = p.qualified();
  if (clone && (p.at("AT") || p.at("BEFORE"))) refuse_unsupported("CREATE TABLE CLONE AT");
  const bool copy_grants = p.accept("COPY GRANTS");
  p.expect_end();
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  const Object& source = need(run, Kind::Table, source_name);
  need_privilege(run, source, "SELECT");
  const std::vector<Grant> grants = direct_grants(run, source);
  Object object = source;
  object.id = run.catalog.next_id();
  object.dropped_ms = 0;
  std::erase_if(object.constraints, [](const Constraint& c) { return c.kind == ConstraintKind::Foreign; });
  // A table LIKE another takes its tags alone, a clone everything (governance-reading.md section 3.3).
  if (!clone) {
    std::erase_if(object.attachments, [&](const Attachment& a) {
      const Object* what = run.catalog.find(a.what);
      return what == nullptr || what->kind != Kind::Tag;
    });
  }
  // A clone keeps search optimization, a table LIKE another has none (docs: search-optimization/working-with-tables).
  if (!clone) object.search.clear(), object.search_all = false;
  if (head.transient) object.props["TRANSIENT"] = "true";
  const Id source_id = source.id;
  if (existing != nullptr) put_away(run, *existing);
  const Id id = make(run, head.kind, schema, name.back(), std::move(object), copy_grants ? &grants : nullptr);
  create_rows(run, run.catalog.at(id));
  if (clone) copy_rows(run, source_id, id);
  return created(head.kind, name.back());
}

}  // namespace

ResultSet create_table(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER TABLE");
  const NameParts name = p.qualified();
  if (p.accept("LIKE")) return create_like(run, head, name, false);
  if (p.accept("CLONE")) return create_like(run, head, name, true);
  refuse_table_features(p);
  TableText text;
  if (p.at_symbol("(")) read_definitions(run, text, has_as_select(p));
  read_options(run, text);
  if (!text.has_columns && text.query.empty()) p.unexpected();
  const Object& schema = need_container(run, head.kind, name);
  const bool transient = head.transient || schema.flag("TRANSIENT");
  check_table_retention(text.settings, transient);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());

  const std::vector<ColumnText> columns = text.query.empty() ? text.columns : select_columns(run, text);
  if (columns.empty()) p.unexpected();
  check_names(columns);
  Object object;
  object.id = run.catalog.next_id();
  object.name = name.back();
  number_columns(object, columns);
  for (const TableColumn& column : object.columns) {
    if (column.is_virtual()) check_virtual_column(run, object, column);
  }
  add_constraints(run, object, name, text, columns);
  object.props = text.settings.props;
  object.params = text.settings.params;
  const auto collation = object.params.find("DEFAULT_DDL_COLLATION");
  for (TableColumn& column : object.columns) {
    collate_by_default(column, collation != object.params.end()
                                   ? collation->second
                                   : effective_value(run.catalog, schema, "DEFAULT_DDL_COLLATION"));
  }
  if (transient) object.props["TRANSIENT"] = "true";
  if (!text.cluster_by.empty()) {
    check_cluster_by(object, text.cluster_by);
    object.props["CLUSTER_BY"] = text.cluster_by;
  }
  std::vector<Grant> grants;
  if (existing != nullptr) grants = direct_grants(run, *existing);
  const bool copy = text.copy_grants && existing != nullptr;
  // The query may read the table it replaces, so the old one goes after its rows are taken.
  const Id old = existing != nullptr ? existing->id : 0;
  if (text.query.empty() || old == 0) {
    if (old != 0) put_away(run, run.catalog.at(old));
    const Id id = make(run, head.kind, schema, name.back(), std::move(object), copy ? &grants : nullptr);
    create_rows(run, run.catalog.at(id));
    if (!text.query.empty()) insert_from(run, id, text.query);
  } else {
    const Id id = make(run, head.kind, schema, "mesh:" + random_name(), std::move(object), copy ? &grants : nullptr);
    create_rows(run, run.catalog.at(id));
    insert_from(run, id, text.query);
    put_away(run, run.catalog.at(old));
    run.catalog.move(id, schema.id, name.back());
  }
  for (const ColumnText& column : columns) hang(run, run.made, column.column.name, column.governance);
  return created(head.kind, name.back());
}

}  // namespace mesh::sandbox
