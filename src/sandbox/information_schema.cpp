// INFORMATION_SCHEMA of a database: TABLES, COLUMNS, CHECK_CONSTRAINTS, VIEWS, SCHEMATA, DATABASES, TABLE_CONSTRAINTS,
// OBJECT_PRIVILEGES (table entry, view entry, related_reads; docs: info-schema). Unlike SHOW it does not honour MANAGE
// GRANTS.

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "relations.hpp"
#include "show.hpp"
#include "table_expressions.hpp"
#include "table_parts.hpp"
#include "table_properties.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

Cell text_or_null(const std::string& text) { return text.empty() ? Cell() : Cell(text); }
Cell yes_no(bool value) { return value ? "YES" : "NO"; }
Cell number(int64_t value) { return std::to_string(value); }

std::vector<const Object*> schemas_of(const Running& run, const Object& database) {
  std::vector<const Object*> found;
  for (const auto& [name, id] : run.catalog.children(database.id, Kind::Schema)) {
    if (run.access.holds_any(run.catalog.at(id))) found.push_back(&run.catalog.at(id));
  }
  return found;
}

// Tables and views of the database, by schema and name.
std::vector<const Object*> relations_of(const Running& run, const Object& database) {
  std::vector<const Object*> found;
  for (const Object* schema : schemas_of(run, database)) {
    for (const auto& [name, id] : run.catalog.children(schema->id, Kind::Table)) {
      const Object& relation = run.catalog.at(id);
      // Streams share the namespace alone.
      if (relation.kind != Kind::Stream && run.access.holds_any(relation)) found.push_back(&relation);
    }
  }
  return found;
}

struct Names {
  std::string database, schema, name;
};
Names names_of(const Running& run, const Object& relation) {
  const Object& schema = run.catalog.at(relation.parent);
  return {run.catalog.at(schema.parent).name, schema.name, relation.name};
}

constexpr std::string_view kViews[] = {"CHECK_CONSTRAINTS", "COLUMNS", "DATABASES",         "OBJECT_PRIVILEGES",
                                       "SCHEMATA",          "TABLES",  "TABLE_CONSTRAINTS", "VIEWS"};

std::vector<Column> with_boolean(std::vector<Column> columns, std::string_view name) {
  for (Column& column : columns) {
    if (column.name != name) continue;
    column = Column{};
    column.name = name;
    column.type = "boolean";
  }
  return columns;
}

std::string table_type(const Object& relation) {
  if (relation.kind == Kind::MaterializedView) return "MATERIALIZED VIEW";
  if (relation.kind == Kind::ExternalTable) return "EXTERNAL TABLE";
  return relation.kind == Kind::View ? "VIEW" : "BASE TABLE";
}

ResultSet tables(Running& run, const Object& database) {
  ResultSet result;
  result.columns = with_boolean(
      columns_of({"T:TABLE_CATALOG", "T:TABLE_SCHEMA",   "T:TABLE_NAME", "T:TABLE_OWNER", "T:TABLE_TYPE",
                  "T:IS_TRANSIENT",  "T:CLUSTERING_KEY", "N:ROW_COUNT",  "N:BYTES",       "N:RETENTION_TIME",
                  "L:CREATED",       "L:LAST_ALTERED",   "L:LAST_DDL",   "T:LAST_DDL_BY", "T:AUTO_CLUSTERING_ON",
                  "T:COMMENT",       "T:IS_TEMPORARY",   "T:IS_ICEBERG", "T:IS_DYNAMIC",  "T:IS_IMMUTABLE",
                  "T:IS_HYBRID"}),
      "AUTO_CLUSTERING_ON");
  for (const Object* o : relations_of(run, database)) {
    const Names n = names_of(run, *o);
    const bool dynamic = o->kind == Kind::DynamicTable;
    const bool table = o->kind == Kind::Table || dynamic;
    const std::string& keys = o->prop("CLUSTER_BY");
    const int64_t rows = o->kind == Kind::Table ? row_count(run, o->id) : 0;
    result.rows.push_back({n.database,
                           n.schema,
                           n.name,
                           owner_name(run, *o),
                           table_type(*o),
                           table ? yes_no(o->flag("TRANSIENT")) : Cell(),
                           keys.empty() ? Cell() : Cell("LINEAR(" + keys + ")"),
                           table ? number(rows) : Cell(),
                           table ? number((rows * 64 + 511) / 512 * 512) : Cell(),
                           table ? Cell(effective_value(run.catalog, *o, "DATA_RETENTION_TIME_IN_DAYS")) : Cell(),
                           timestamp_cell(o->created_ms),
                           timestamp_cell(o->altered_ms),
                           timestamp_cell(o->altered_ms),
                           run.session.user,
                           keys.empty() ? "false" : "true",
                           text_or_null(comment_of(*o)),
                           "NO",
                           "NO",
                           yes_no(dynamic),
                           "NO",
                           "NO"});
  }
  for (const std::string_view view : kViews) {
    Row row(result.columns.size());
    row[0] = database.name, row[1] = "INFORMATION_SCHEMA", row[2] = std::string(view), row[4] = "VIEW";
    result.rows.push_back(std::move(row));
  }
  return result;
}

struct TypeCells {
  Cell data_type, length, octets, precision, radix, scale;
};

// Base types as this view spells them: TEXT for strings.
TypeCells type_cells(const TableColumn& c) {
  const TypeParts type = type_parts(c.type);
  TypeCells cells;
  cells.data_type = type.base;
  if (type.base == "VARCHAR") {
    cells.data_type = "TEXT";
    cells.length = number(type.numbers[0]);
    cells.octets = number(std::min<int64_t>(type.numbers[0] * 4, 134217728));
  } else if (type.base == "BINARY") {
    cells.length = cells.octets = number(type.numbers[0]);
  } else if (type.base == "NUMBER") {
    cells.precision = number(type.numbers[0]), cells.radix = "10", cells.scale = number(type.numbers[1]);
  }
  return cells;
}

ResultSet columns(Running& run, const Object& database) {
  ResultSet result;
  result.columns = columns_of({"T:TABLE_CATALOG",
                               "T:TABLE_SCHEMA",
                               "T:TABLE_NAME",
                               "T:COLUMN_NAME",
                               "N:ORDINAL_POSITION",
                               "T:COLUMN_DEFAULT",
                               "T:IS_NULLABLE",
                               "T:DATA_TYPE",
                               "N:CHARACTER_MAXIMUM_LENGTH",
                               "N:CHARACTER_OCTET_LENGTH",
                               "N:NUMERIC_PRECISION",
                               "N:NUMERIC_PRECISION_RADIX",
                               "N:NUMERIC_SCALE",
                               "N:DATETIME_PRECISION",
                               "T:COLLATION_NAME",
                               "T:IS_IDENTITY",
                               "T:IDENTITY_GENERATION",
                               "T:IDENTITY_START",
                               "T:IDENTITY_INCREMENT",
                               "T:IDENTITY_CYCLE",
                               "T:IDENTITY_ORDERED",
                               "T:SCHEMA_EVOLUTION_RECORD",
                               "T:COMMENT",
                               "T:DATA_TYPE_ALIAS",
                               "T:EXPRESSION",
                               "T:KIND"});
  for (const Object* o : relations_of(run, database)) {
    const Names n = names_of(run, *o);
    int64_t position = 0;
    for (const TableColumn& c : o->columns) {
      const TypeCells type = type_cells(c);
      result.rows.push_back({n.database,
                             n.schema,
                             n.name,
                             c.name,
                             number(++position),
                             text_or_null(c.default_echo),
                             yes_no(c.nullable),
                             type.data_type,
                             type.length,
                             type.octets,
                             type.precision,
                             type.radix,
                             type.scale,
                             std::nullopt,
                             text_or_null(c.collation),
                             yes_no(c.identity),
                             c.identity ? Cell("BY DEFAULT") : Cell(),
                             c.identity ? number(c.start) : Cell(),
                             c.identity ? number(c.step) : Cell(),
                             c.identity ? Cell("NO") : Cell(),
                             c.identity ? yes_no(c.ordered) : Cell(),
                             std::nullopt,
                             text_or_null(c.comment),
                             text_or_null(c.alias),
                             c.is_virtual() ? Cell(printed_expression(c.expression)) : Cell(),
                             c.is_virtual() ? "VIRTUAL_COLUMN" : "COLUMN"});
    }
  }
  return result;
}

ResultSet views(Running& run, const Object& database) {
  ResultSet result;
  result.columns =
      columns_of({"T:TABLE_CATALOG", "T:TABLE_SCHEMA", "T:TABLE_NAME", "T:TABLE_OWNER", "T:VIEW_DEFINITION",
                  "T:CHECK_OPTION", "T:IS_UPDATABLE", "T:INSERTABLE_INTO", "T:IS_SECURE", "L:CREATED", "L:LAST_ALTERED",
                  "L:LAST_DDL", "T:LAST_DDL_BY", "T:COMMENT"});
  for (const Object* o : relations_of(run, database)) {
    if (o->kind != Kind::View) continue;
    const Names n = names_of(run, *o);
    // Whole statement or query alone is unconfirmed; other sources read the statement (view entry).
    const bool hidden = o->flag("SECURE") && !run.access.owns(*o);
    result.rows.push_back({n.database, n.schema, n.name, owner_name(run, *o), hidden ? Cell() : Cell(o->prop("TEXT")),
                           "NONE", "NO", "NO", yes_no(o->flag("SECURE")), timestamp_cell(o->created_ms),
                           timestamp_cell(o->altered_ms), timestamp_cell(o->altered_ms), run.session.user,
                           text_or_null(comment_of(*o))});
  }
  return result;
}

ResultSet schemata(Running& run, const Object& database) {
  ResultSet result;
  result.columns =
      columns_of({"T:CATALOG_NAME", "T:SCHEMA_NAME", "T:SCHEMA_OWNER", "T:IS_TRANSIENT", "T:IS_MANAGED_ACCESS",
                  "N:RETENTION_TIME", "T:DEFAULT_CHARACTER_SET_CATALOG", "T:DEFAULT_CHARACTER_SET_SCHEMA",
                  "T:DEFAULT_CHARACTER_SET_NAME", "T:SQL_PATH", "L:CREATED", "L:LAST_ALTERED", "T:COMMENT"});
  for (const Object* schema : schemas_of(run, database)) {
    result.rows.push_back({database.name, schema->name, text_or_null(owner_name(run, *schema)),
                           yes_no(schema->flag("TRANSIENT")), yes_no(schema->flag("MANAGED_ACCESS")),
                           effective_value(run.catalog, *schema, "DATA_RETENTION_TIME_IN_DAYS"), std::nullopt,
                           std::nullopt, std::nullopt, std::nullopt, timestamp_cell(schema->created_ms),
                           timestamp_cell(schema->altered_ms), text_or_null(comment_of(*schema))});
  }
  return result;
}

ResultSet databases(Running& run, const Object&) {
  ResultSet result;
  result.columns = columns_of({"T:DATABASE_NAME", "T:DATABASE_OWNER", "T:IS_TRANSIENT", "T:COMMENT", "L:CREATED",
                               "L:LAST_ALTERED", "N:RETENTION_TIME", "T:TYPE"});
  for (const auto& [name, id] : run.catalog.children(run.account, Kind::Database)) {
    const Object& o = run.catalog.at(id);
    if (!run.access.holds_any(o)) continue;
    result.rows.push_back({name, text_or_null(owner_name(run, o)), yes_no(o.flag("TRANSIENT")),
                           text_or_null(comment_of(o)), timestamp_cell(o.created_ms), timestamp_cell(o.altered_ms),
                           effective_value(run.catalog, o, "DATA_RETENTION_TIME_IN_DAYS"),
                           o.prop("KIND").empty() ? "STANDARD" : o.prop("KIND")});
  }
  return result;
}

std::string_view constraint_type(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::Primary:
      return "PRIMARY KEY";
    case ConstraintKind::Unique:
      return "UNIQUE";
    case ConstraintKind::Foreign:
      return "FOREIGN KEY";
    case ConstraintKind::Check:
      return "CHECK";
  }
  return "";
}

ResultSet table_constraints(Running& run, const Object& database) {
  ResultSet result;
  result.columns =
      columns_of({"T:CONSTRAINT_CATALOG", "T:CONSTRAINT_SCHEMA", "T:CONSTRAINT_NAME", "T:TABLE_CATALOG",
                  "T:TABLE_SCHEMA", "T:TABLE_NAME", "T:CONSTRAINT_TYPE", "T:IS_DEFERRABLE", "T:INITIALLY_DEFERRED",
                  "T:ENFORCED", "T:COMMENT", "L:CREATED", "L:LAST_ALTERED", "T:RELY"});
  for (const Object* o : relations_of(run, database)) {
    const Names n = names_of(run, *o);
    for (const Constraint& c : o->constraints) {
      result.rows.push_back({n.database, n.schema, c.name, n.database, n.schema, n.name,
                             std::string(constraint_type(c.kind)), "NO", "YES", yes_no(c.kind == ConstraintKind::Check),
                             text_or_null(c.comment), timestamp_cell(o->created_ms), timestamp_cell(o->altered_ms),
                             yes_no(c.rely)});
    }
  }
  return result;
}

// docs: info-schema/check_constraints. The clause is the text as written, as in GET_DDL (frostlake, live-measured).
ResultSet check_constraints(Running& run, const Object& database) {
  ResultSet result;
  result.columns = columns_of(
      {"T:CONSTRAINT_CATALOG", "T:CONSTRAINT_SCHEMA", "T:CONSTRAINT_TABLE", "T:CONSTRAINT_NAME", "T:CHECK_CLAUSE"});
  for (const Object* o : relations_of(run, database)) {
    const Names n = names_of(run, *o);
    for (const Constraint& c : o->constraints) {
      if (c.kind == ConstraintKind::Check) result.rows.push_back({n.database, n.schema, n.name, c.name, c.expression});
    }
  }
  return result;
}

void add_privileges(const Running& run, const Object& object, const Names& names, std::vector<Row>& rows) {
  const auto add = [&](const std::string& privilege, Id grantor, Id grantee, bool option, int64_t created) {
    const Object& to = run.catalog.at(grantee);
    const Object* by = run.catalog.find(grantor);
    rows.push_back({by == nullptr ? Cell() : Cell(by->name), to.name, std::string(facts(to.kind).granted_on),
                    names.database, names.schema, names.name, std::string(facts(object.kind).words), privilege,
                    yes_no(option), timestamp_cell(created)});
  };
  if (object.owner != kNobody) add("OWNERSHIP", object.owner, object.owner, true, object.owned_ms);
  for (const Id id : run.catalog.grants_on(object.id)) {
    const Grant& g = run.catalog.grant(id);
    // MANAGE GRANTS and inherited grants are ignored until bundle 2026_07 (grants.md section 5).
    if (g.form == GrantForm::Direct && g.privilege != "MANAGE GRANTS")
      add(g.privilege, g.grantor, g.grantee, g.option, g.created_ms);
  }
}

ResultSet object_privileges(Running& run, const Object& database) {
  ResultSet result;
  result.columns = columns_of({"T:GRANTOR", "T:GRANTEE", "T:GRANTED_TO", "T:OBJECT_CATALOG", "T:OBJECT_SCHEMA",
                               "T:OBJECT_NAME", "T:OBJECT_TYPE", "T:PRIVILEGE_TYPE", "T:IS_GRANTABLE", "L:CREATED"});
  add_privileges(run, database, {"", "", database.name}, result.rows);
  for (const Object* schema : schemas_of(run, database))
    add_privileges(run, *schema, {database.name, "", schema->name}, result.rows);
  for (const Object* o : relations_of(run, database)) add_privileges(run, *o, names_of(run, *o), result.rows);
  return result;
}

// --- Query history ---------------------------------------------------------------------------------------------------

struct HistoryFilter {
  std::string user, warehouse;
  size_t limit = 100;  // RESULT_LIMIT when not given (docs: query_history)
  double from = 0, until = 0;
};

double seconds(const Cell& cell) { return cell ? std::strtod(cell->c_str(), nullptr) : 0; }

bool read_arguments(const std::vector<std::pair<std::string, Cell>>& arguments, HistoryFilter& filter) {
  for (const auto& [key, value] : arguments) {
    const std::string name = to_upper(key);
    if (name == "USER_NAME") filter.user = value.value_or("");
    if (name == "WAREHOUSE_NAME") filter.warehouse = value.value_or("");
    if (name == "RESULT_LIMIT") filter.limit = static_cast<size_t>(std::max(0.0, seconds(value)));
    if (name == "END_TIME_RANGE_START") filter.from = seconds(value);
    if (name == "END_TIME_RANGE_END") filter.until = seconds(value);
  }
  return true;
}

bool wanted(const Running& run, const StatementRecord& r, const HistoryFilter& filter) {
  if (r.user != run.session.user && !run.access.account_privilege("MONITOR")) return false;
  if (!filter.user.empty() && r.user != filter.user) return false;
  if (!filter.warehouse.empty() && r.warehouse != filter.warehouse) return false;
  const double end = static_cast<double>(r.end_ms) / 1000;
  return r.status == "RUNNING" || (end >= filter.from && (filter.until == 0 || end <= filter.until));
}

Row history_row(const Running& run, const StatementRecord& r) {
  const bool running = r.status == "RUNNING";
  const std::string code = r.error_code.empty() ? "" : std::to_string(std::strtoll(r.error_code.c_str(), nullptr, 10));
  return {r.query_id,
          r.text,
          text_or_null(run.session.database),
          text_or_null(run.session.schema),
          r.user,
          r.role,
          text_or_null(r.warehouse),
          r.query_tag,
          r.status,
          text_or_null(code),
          text_or_null(r.error_message),
          timestamp_cell(r.start_ms),
          running ? Cell() : timestamp_cell(r.end_ms),
          number(running ? run.now - r.start_ms : r.end_ms - r.start_ms)};
}

}  // namespace

std::vector<std::string_view> information_schema_views() { return {std::begin(kViews), std::end(kViews)}; }

std::optional<ResultSet> information_schema(Running& run, const Object& database, std::string_view view) {
  using Builder = ResultSet (*)(Running&, const Object&);
  constexpr std::pair<std::string_view, Builder> kBuilders[] = {
      {"CHECK_CONSTRAINTS", check_constraints}, {"COLUMNS", columns},   {"DATABASES", databases},
      {"OBJECT_PRIVILEGES", object_privileges}, {"SCHEMATA", schemata}, {"TABLES", tables},
      {"TABLE_CONSTRAINTS", table_constraints}, {"VIEWS", views},
  };
  for (const auto& [name, build] : kBuilders) {
    if (name == view) return build(run, database);
  }
  return std::nullopt;
}

std::optional<ResultSet> history_function(Running& run, std::string_view function,
                                          const std::vector<std::pair<std::string, Cell>>& arguments) {
  HistoryFilter filter;
  if (function == "QUERY_HISTORY_BY_USER" || function == "QUERY_HISTORY_BY_SESSION") {
    filter.user = run.session.user;
  } else if (function != "QUERY_HISTORY" && function != "QUERY_HISTORY_BY_WAREHOUSE") {
    return std::nullopt;
  }
  read_arguments(arguments, filter);
  ResultSet result;
  result.columns = columns_of({"T:QUERY_ID", "T:QUERY_TEXT", "T:DATABASE_NAME", "T:SCHEMA_NAME", "T:USER_NAME",
                               "T:ROLE_NAME", "T:WAREHOUSE_NAME", "T:QUERY_TAG", "T:EXECUTION_STATUS", "N:ERROR_CODE",
                               "T:ERROR_MESSAGE", "L:START_TIME", "L:END_TIME", "N:TOTAL_ELAPSED_TIME"});
  StatementRecord own;
  own.query_id = run.session.query_id, own.text = std::string(run.parser.text()), own.query_tag = run.session.query_tag;
  own.user = run.session.user, own.role = run.session.role, own.warehouse = run.session.warehouse;
  own.status = "RUNNING", own.start_ms = run.now;
  std::vector<StatementRecord> records = run.store.history(run.home().name);
  records.insert(records.begin(), own);
  for (const StatementRecord& record : records) {
    if (result.rows.size() >= filter.limit) break;
    if (wanted(run, record, filter)) result.rows.push_back(history_row(run, record));
  }
  return result;
}

}  // namespace mesh::sandbox
