// SHOW COLUMNS and the SHOW ... KEYS (table entry, related_reads).

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "show.hpp"
#include "sql_error.hpp"
#include "table_expressions.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

// IN SCHEMA wants db.schema and IN VIEW all three parts (frostlake, live-verified).
void need_full_path(const NameParts& name, size_t parts) {
  if (name.size() != parts) {
    refuse_text(fmt::format("SQL compilation error:\nMust specify the full search path starting from database for {}",
                            dotted(name)));
  }
}

const Object& relation_scope(const Running& run, Kind kind, const NameParts& name) {
  const Object* found = look_up(run, kind, name);
  if (found == nullptr) refuse_missing(run, kind, name);
  return *found;
}

// Where the listing looks: one relation, or the schemas of a scope.
struct ColumnScope {
  const Object* relation = nullptr;
  ShowClauses clauses;
};

void read_in(Running& run, ColumnScope& scope) {
  Parser& p = run.parser;
  if (p.accept("ACCOUNT")) {
    scope.clauses.scope = &run.home();
  } else if (p.accept("DATABASE")) {
    scope.clauses.scope = p.peek().is_name() && !p.at("LIKE")
                              ? &need_scope(run, Kind::Database, p.qualified())
                              : &need_scope(run, Kind::Database, {run.session.database});
  } else if (p.accept("SCHEMA")) {
    const NameParts name = p.peek().is_name() ? p.qualified() : NameParts{run.session.database, run.session.schema};
    need_full_path(name, 2);
    scope.clauses.scope = &need_scope(run, Kind::Schema, name);
  } else {
    const bool view = p.accept("VIEW");
    if (!view) p.accept("TABLE");
    const NameParts name = p.qualified();
    if (view) need_full_path(name, 3);
    scope.relation = &relation_scope(run, view ? Kind::View : Kind::Table, name);
  }
}

ColumnScope read_column_scope(Running& run) {
  ColumnScope scope;
  Parser& p = run.parser;
  while (!p.at_end() && !p.at_symbol(";")) {
    if (p.accept("LIKE")) {
      scope.clauses.like = p.string();
    } else if (p.accept("IN")) {
      read_in(run, scope);
    } else {
      p.unexpected();
    }
  }
  p.expect_end();
  return scope;
}

std::vector<const Object*> relations_in(Running& run, const ColumnScope& scope) {
  if (scope.relation != nullptr) return {scope.relation};
  std::vector<const Object*> found;
  for (const Object* schema : schemas_in_scope(run, scope.clauses)) {
    for (const auto& [name, id] : run.catalog.children(schema->id, Kind::Table)) {
      const Object& relation = run.catalog.at(id);
      if (!relation.columns.empty() && run.access.sees(relation)) found.push_back(&relation);
    }
  }
  return found;
}

Row column_row(const Running& run, const Object& relation, const Object& schema, const TableColumn& c) {
  return {relation.name,
          schema.name,
          c.name,
          column_json(c),
          c.nullable ? "true" : "NOT_NULL",
          c.default_echo,
          c.is_virtual() ? "VIRTUAL_COLUMN" : "COLUMN",
          c.is_virtual() ? printed_expression(c.expression) : "",
          c.comment,
          run.catalog.at(schema.parent).name,
          c.identity ? identity_text(c) : "",
          std::nullopt,
          std::nullopt};
}

}  // namespace

ResultSet show_columns(Running& run) {
  const ColumnScope scope = read_column_scope(run);
  ResultSet result;
  result.columns = columns_of({"T:table_name", "T:schema_name", "T:column_name", "T:data_type", "T:null?", "T:default",
                               "T:kind", "T:expression", "T:comment", "T:database_name", "T:autoincrement",
                               "T:schema_evolution_record", "T:write_default"});
  for (const Object* relation : relations_in(run, scope)) {
    const Object& schema = run.catalog.at(relation->parent);
    for (const TableColumn& column : relation->columns) {
      if (result.rows.size() == kShowRows) return result;  // the rest is left out without a sign
      if (name_matches(scope.clauses, column.name)) result.rows.push_back(column_row(run, *relation, schema, column));
    }
  }
  return result;
}

namespace {

std::string column_name(const Object& table, int id) {
  const TableColumn* column = find_column(table, id);
  return column == nullptr ? "" : column->name;
}

Cell text_or_null(const std::string& text) { return text.empty() ? Cell() : Cell(text); }

std::string primary_key_name(const Object& table, const std::vector<int>& columns) {
  for (const Constraint& c : table.constraints) {
    const bool key = c.kind == ConstraintKind::Primary || c.kind == ConstraintKind::Unique;
    if (key && c.columns == columns) return c.name;
  }
  return "";
}

void add_key(const Running& run, const Object& table, const Constraint& c, std::vector<Row>& rows) {
  const Object& schema = run.catalog.at(table.parent);
  int sequence = 0;
  for (const int id : c.columns) {
    rows.push_back({timestamp_cell(table.created_ms), run.catalog.at(schema.parent).name, schema.name, table.name,
                    column_name(table, id), std::to_string(++sequence), c.name, c.rely ? "true" : "false",
                    text_or_null(c.comment)});
  }
}

void add_foreign_key(const Running& run, const Object& table, const Constraint& c, std::vector<Row>& rows) {
  const Object* target = run.catalog.find(c.target);
  if (target == nullptr || !run.catalog.live(*target)) return;
  const Object& schema = run.catalog.at(table.parent);
  const Object& target_schema = run.catalog.at(target->parent);
  for (size_t i = 0; i < c.columns.size(); ++i) {
    rows.push_back({timestamp_cell(table.created_ms), run.catalog.at(target_schema.parent).name, target_schema.name,
                    target->name, column_name(*target, c.target_columns[i]), run.catalog.at(schema.parent).name,
                    schema.name, table.name, column_name(table, c.columns[i]), std::to_string(i + 1), c.on_update,
                    c.on_delete, c.name, primary_key_name(*target, c.target_columns), "NOT DEFERRABLE",
                    c.rely ? "true" : "false", text_or_null(c.comment)});
  }
}

// Foreign keys of other tables that point into the scope.
void add_exported(Running& run, const std::vector<const Object*>& targets, std::vector<Row>& rows) {
  std::set<Id> wanted;
  for (const Object* target : targets) wanted.insert(target->id);
  ColumnScope everywhere;
  everywhere.clauses.scope = &run.home();
  for (const Object* table : relations_in(run, everywhere)) {
    for (const Constraint& c : table->constraints) {
      if (c.kind == ConstraintKind::Foreign && wanted.count(c.target) > 0) add_foreign_key(run, *table, c, rows);
    }
  }
}

}  // namespace

ResultSet show_keys(Running& run, KeyListing listing) {
  const ColumnScope scope = read_column_scope(run);
  ResultSet result;
  const bool foreign = listing == KeyListing::Imported || listing == KeyListing::Exported;
  result.columns = foreign
                       ? columns_of({"L:created_on", "T:pk_database_name", "T:pk_schema_name", "T:pk_table_name",
                                     "T:pk_column_name", "T:fk_database_name", "T:fk_schema_name", "T:fk_table_name",
                                     "T:fk_column_name", "N:key_sequence", "T:update_rule", "T:delete_rule",
                                     "T:fk_name", "T:pk_name", "T:deferrability", "T:rely", "T:comment"})
                       : columns_of({"L:created_on", "T:database_name", "T:schema_name", "T:table_name",
                                     "T:column_name", "N:key_sequence", "T:constraint_name", "T:rely", "T:comment"});
  const std::vector<const Object*> relations = relations_in(run, scope);
  if (listing == KeyListing::Exported) return add_exported(run, relations, result.rows), result;
  const ConstraintKind wanted = foreign                          ? ConstraintKind::Foreign
                                : listing == KeyListing::Primary ? ConstraintKind::Primary
                                                                 : ConstraintKind::Unique;
  for (const Object* table : relations) {
    for (const Constraint& c : table->constraints) {
      if (c.kind != wanted) continue;
      if (foreign) add_foreign_key(run, *table, c, result.rows);
      if (!foreign) add_key(run, *table, c, result.rows);
    }
  }
  return result;
}

}  // namespace mesh::sandbox
