// ALTER TABLE (docs: alter-table, alter-table-column; table entry, alter_column_matrix).

#include <algorithm>

#include <fmt/format.h>

#include "alter_constraint.hpp"
#include "attachments.hpp"
#include "ddl.hpp"
#include "mesh/base/text.hpp"
#include "metrics.hpp"
#include "search_optimization.hpp"
#include "sql_error.hpp"
#include "table_expressions.hpp"
#include "table_parts.hpp"
#include "table_properties.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

std::string column_in(int id) { return fmt::format("c{}", id); }

bool any_row(Running& run, Id table, const std::string& condition) {
  Prepared rows(run.store.db(), fmt::format("SELECT 1 FROM {} WHERE {} LIMIT 1", Store::table_name(table), condition));
  return rows.step();
}

TableColumn& edit_column(Running& run, Id table, int id) {
  for (TableColumn& column : run.catalog.edit(table).columns) {
    if (column.id == id) return column;
  }
  refuse_internal("column vanished");
}

// --- ADD COLUMN ------------------------------------------------------------------------------------------------------

// Far stricter than in CREATE TABLE: a bare literal of the column's own family (frostlake, live-measured).
void check_added_default(const TableColumn& column) {
  if (column.default_sql.empty()) return;
  const DefaultText text = read_default(column.default_sql);
  if (!text.sequence.empty()) return;
  if (!text.literal)
    refuse_compilation("002263", "22000", fmt::format("Invalid column default expression [{}]", column.default_sql));
  if (type_family(text.literal_type) != type_family(column.type)) {
    refuse_compilation(
        "002023", "22000",
        fmt::format("Expression type does not match column data type, expecting {} but got {} for column {}",
                    column.type, text.literal_type, column.name));
  }
}

void check_added(Running& run, const Object& table, const TableColumn& column) {
  check_added_default(column);
  const bool has_rows = row_count(run, table.id) > 0;
  if (has_rows && column.identity) {
    refuse_text(
        fmt::format("SQL compilation error: Cannot add column '{}' with non-constant default to non-empty table '{}'.",
                    column.name, table.name));
  }
  if (has_rows && !column.nullable && column.default_sql.empty()) {
    refuse_text(fmt::format(
        "SQL compilation error: Non-nullable column '{}' cannot be added to non-empty table '{}' unless it has a "
        "non-null default value.",
        column.name, table.name));
  }
}

void fill_added(Running& run, const Object& table, const TableColumn& column) {
  if (column.default_sql.empty() || row_count(run, table.id) == 0) return;
  run_query(run,
            fmt::format("UPDATE {} SET {} = {}", qualified_name(run.catalog, table), quoted_if_needed(column.name),
                        column.default_sql),
            false);
}

void add_column(Running& run, const Object& table, const NameParts& name, bool if_not_exists) {
  ColumnText text = read_column(run, false);
  TableColumn& column = text.column;
  const bool decorated = !column.default_sql.empty() || column.identity || !text.constraints.empty();
  if (if_not_exists && decorated) refuse_unsupported("ADD COLUMN IF NOT EXISTS with a default, identity or constraint");
  if (find_column(table, column.name) != nullptr) {
    if (if_not_exists) return;
    refuse_compilation("001430", "42601", fmt::format("column '{}' already exists", column.name));
  }
  check_added(run, table, column);
  collate_by_default(column, effective_value(run.catalog, table, "DEFAULT_DDL_COLLATION"));
  column.added_with_default = !column.default_sql.empty();
  Object& edited = run.catalog.edit(table.id);
  column.id = edited.next_column++;
  edited.columns.push_back(column);
  if (column.is_virtual()) check_virtual_column(run, edited, column);
  add_row_column(run, table.id, column.id);
  fill_added(run, table, column);
  search_added_column(edited, column);
  for (const ConstraintText& constraint : text.constraints) {
    if (!constraint.ignored) edited.constraints.push_back(settle(run, constraint, edited, name));
  }
  hang(run, table.id, column.name, text.governance);
}

ResultSet add_columns(Running& run, const Object& table, const NameParts& name) {
  Parser& p = run.parser;
  do {
    p.accept("COLUMN");
    add_column(run, table, name, p.accept("IF NOT EXISTS"));
  } while (p.accept_symbol(","));
  p.expect_end();
  return executed();
}

// --- DROP ------------------------------------------------------------------------------------------------------------

// Keys of this table that use the column go, and so do keys of others that point at it.
void forget_column(Running& run, Id table, int column) {
  forget_attachments(run, table, column);
  Object& edited = run.catalog.edit(table);
  std::erase_if(edited.columns, [&](const TableColumn& c) { return c.id == column; });
  std::erase_if(edited.search, [&](const SearchExpression& e) { return e.column == column; });
  std::erase_if(edited.constraints, [&](const Constraint& c) {
    const auto uses = [column](const std::vector<int>& ids) {
      return std::find(ids.begin(), ids.end(), column) != ids.end();
    };
    return uses(c.columns) || (c.target == table && uses(c.target_columns));
  });
}

ResultSet drop_columns(Running& run, const Object& table) {
  Parser& p = run.parser;
  const bool if_exists = p.accept("IF EXISTS");
  do {
    p.accept("COLUMN");
    const std::string name = p.name();
    const TableColumn* column = find_column(table, name);
    if (column == nullptr && if_exists) continue;
    if (column == nullptr) refuse_compilation("000904", "42000", fmt::format("column '{}' does not exist", name));
    if (in_cluster_by(table, name)) {
      refuse_text(
          fmt::format("SQL compilation error:\ncannot drop column '{}' which is part of the clustering key", name));
    }
    refuse_drop_of_used(table, *column);
    refuse_drop_of_governed(run, table, *column);
    if (table.columns.size() == 1)
      refuse_text(fmt::format("SQL compilation error:\nCannot drop the last column of table '{}'.", table.name));
    forget_column(run, table.id, column->id);
  } while (p.accept_symbol(","));
  p.expect_end();
  return executed();
}

ResultSet drop(Running& run, const Object& table) {
  Parser& p = run.parser;
  if (at_named_constraint(p)) return drop_constraint(run, table);
  if (p.accept("SEARCH OPTIMIZATION")) return drop_search_optimization(run, table);
  for (const char* words : {"DATA METRIC FUNCTION", "STORAGE LIFECYCLE POLICY"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER TABLE DROP {}", words));
  }
  p.accept("COLUMN");
  return drop_columns(run, table);
}

// --- ALTER COLUMN ----------------------------------------------------------------------------------------------------

void set_not_null(Running& run, const Object& table, const TableColumn& column) {
  refuse_on_virtual(column, "NOT NULL");
  if (any_row(run, table.id, column_in(column.id) + " IS NULL")) {
    // Text unconfirmed.
    refuse_text(
        fmt::format("SQL compilation error: Invalid operation: column '{}' contains null values. Not null constraint "
                    "cannot be added.",
                    column.name));
  }
  edit_column(run, table.id, column.id).nullable = false;
}

[[noreturn]] void refuse_type_change(const TableColumn& column, const std::string& to, const std::string& reason) {
  refuse("040052", "22000",
         fmt::format("SQL compilation error: cannot change column {} from type {} to {}{}", column.name, column.type,
                     to, reason));
}

bool fits(Running& run, const Object& table, const TableColumn& column, const std::string& type) {
  const TypeParts to = type_parts(type);
  const int64_t digits = to.numbers[0] - to.numbers[1];
  return !any_row(run, table.id, fmt::format("abs(CAST({} AS REAL)) >= 1e{}", column_in(column.id), digits));
}

void set_type(Running& run, const Object& table, const TableColumn& column) {
  Parser& p = run.parser;
  // Neither allowed nor refused by the documentation.
  if (column.is_virtual()) refuse_unsupported("ALTER COLUMN SET DATA TYPE of a virtual column");
  const DataType type = read_type(p, session_value(run, "TIMESTAMP_TYPE_MAPPING"));
  if (p.accept("COLLATE")) {
    if (p.string() != column.collation)
      refuse_type_change(column, type.text, " because changing the collation is not supported.");
  }
  std::string reason;
  switch (type_change(column.type, type.text, reason)) {
    case TypeChange::None:
    case TypeChange::Widen:
      break;
    case TypeChange::ShrinkNumber:
      if (!fits(run, table, column, type.text)) {
        refuse_type_change(column, type.text, " because the column contains values that do not fit the new type.");
      }
      break;
    case TypeChange::Refused:
      refuse_type_change(column, type.text, reason);
  }
  TableColumn& edited = edit_column(run, table.id, column.id);
  edited.type = type.text;
  edited.alias = type.alias;
  check_dependents(run, table, edited);
}

void set_default(Running& run, const Object& table, const TableColumn& column) {
  const bool sequence_now = column.default_echo.size() > 8 && column.default_echo.ends_with(".NEXTVAL");
  const DefaultText text = read_default(run.parser.expression());
  if (text.sequence.empty() || !sequence_now) refuse_unsupported("Alter Column Set Default");
  const Object& sequence = need(run, Kind::Sequence, text.sequence);
  TableColumn& edited = edit_column(run, table.id, column.id);
  edited.default_sql = edited.default_echo = qualified_name(run.catalog, sequence) + ".NEXTVAL";
}

void drop_default(Running& run, const Object& table, const TableColumn& column) {
  if (column.added_with_default) {
    refuse_text(
        fmt::format("SQL compilation error:\nDropping default value is not allowed for column '{}' because the column "
                    "was added after "
                    "table was created.",
                    column.name));
  }
  TableColumn& edited = edit_column(run, table.id, column.id);
  edited.default_sql.clear();
  edited.default_echo.clear();
  edited.identity = false;
}

void alter_column(Running& run, const Object& table) {
  Parser& p = run.parser;
  p.accept("COLUMN");
  const std::string name = p.name();
  const TableColumn* found = find_column(table, name);
  if (found == nullptr) refuse_compilation("000904", "42000", fmt::format("column '{}' does not exist", name));
  const TableColumn column = *found;
  if (p.accept("SET NOT NULL") || p.accept("NOT NULL")) return set_not_null(run, table, column);
  if (p.accept("DROP NOT NULL")) return void(edit_column(run, table.id, column.id).nullable = true);
  if (p.accept("SET DEFAULT")) return set_default(run, table, column);
  if (p.accept("DROP DEFAULT")) return drop_default(run, table, column);
  if (p.accept("UNSET COMMENT")) return edit_column(run, table.id, column.id).comment.clear();
  if (p.accept("COMMENT")) return void(edit_column(run, table.id, column.id).comment = p.string());
  if (!p.accept("SET DATA TYPE")) p.accept("TYPE");
  set_type(run, table, column);
}

ResultSet alter_columns(Running& run, const Object& table) {
  Parser& p = run.parser;
  const bool parentheses = p.accept_symbol("(");
  do {
    alter_column(run, table);
  } while (p.accept_symbol(","));
  if (parentheses) p.expect_symbol(")");
  p.expect_end();
  return executed();
}

// --- The rest --------------------------------------------------------------------------------------------------------

ResultSet rename_column(Running& run, const Object& table) {
  Parser& p = run.parser;
  const std::string from = p.name();
  p.expect("TO");
  const std::string to = p.name();
  p.expect_end();
  // These errors speak of objects (alter_column_matrix).
  const TableColumn* column = find_column(table, from);
  if (column == nullptr)
    refuse_compilation("002003", "42S02", fmt::format("Object '{}' does not exist or not authorized.", from));
  if (find_column(table, to) != nullptr) refuse_exists(table.name + "." + to);
  if (in_cluster_by(table, from)) {
    refuse_text(
        fmt::format("SQL compilation error:\ncannot rename column '{}' which is part of the clustering key", from));
  }
  edit_column(run, table.id, column->id).name = to;
  // Checks follow (docs: constraints-overview); of virtual columns nothing is told, so they follow as well.
  Object& edited = run.catalog.edit(table.id);
  for (Constraint& c : edited.constraints) c.expression = with_renamed(c.expression, from, to);
  for (TableColumn& c : edited.columns) c.expression = with_renamed(c.expression, from, to);
  return executed();
}

ResultSet rename(Running& run, const Object& table) {
  rename_to(run, table);
  return executed();
}

void refuse_alter_features(const Parser& p) {
  for (const char* words : {"SWAP WITH", "ADD STORAGE LIFECYCLE POLICY", "UNSET DCM PROJECT"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER TABLE {}", words));
  }
}

ResultSet set_table(Running& run, const Object& table) {
  if (run.parser.at("SET")) {
    // Looked at before it is set: a transient table keeps one day at most.
    const size_t mark = run.parser.mark();
    run.parser.expect("SET");
    Settings settings;
    read_settings(run.parser, Kind::Table, table_specs(), settings);
    check_table_retention(settings, table.flag("TRANSIENT"));
    run.parser.back_to(mark);
  }
  return set_or_unset(run, table, table_specs());
}

ResultSet run_action(Running& run, const Object& table) {
  Parser& p = run.parser;
  const NameParts name{run.catalog.at(run.catalog.at(table.parent).parent).name, run.catalog.at(table.parent).name,
                       table.name};
  refuse_alter_features(p);
  if (alter_metrics_of(run, table)) return executed();
  if (p.accept("RENAME TO")) return rename(run, table);
  if (p.accept("RENAME COLUMN")) return rename_column(run, table);
  if (p.accept("RENAME CONSTRAINT")) return rename_constraint(run, table);
  if (alter_clustering(run, table)) return executed();
  if (p.accept("ADD SEARCH OPTIMIZATION")) return add_search_optimization(run, table);
  if (p.accept("ADD")) return at_constraint(p) ? add_constraint(run, table, name) : add_columns(run, table, name);
  if (p.accept("DROP")) return drop(run, table);
  if (p.accept("ALTER") || p.accept("MODIFY"))
    return at_named_constraint(p) ? alter_constraint(run, table) : alter_columns(run, table);
  return set_table(run, table);
}

}  // namespace

ResultSet alter_table(Running& run, const Object& table) {
  need_ownership(run, table);
  ResultSet result = run_action(run, table);
  touch(run, table.id);
  return result;
}

}  // namespace mesh::sandbox
