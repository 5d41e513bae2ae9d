// External tables (docs: create-external-table, alter-external-table, show-external-tables, bcr-1989). There are no
// files to read: what is kept is the definition. Stage and file format are kept by id.

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "kept_list.hpp"
#include "mesh/base/text.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "stage.hpp"
#include "table_expressions.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

struct ExternalText {
  std::vector<TableColumn> columns;
  Properties props;
  bool copy_grants = false;
};

// --- Reading ---------------------------------------------------------------------------------------------------------

// Brackets go where they enclose all of it.
std::string read_expression(Parser& p) {
  const std::vector<std::string_view> after = {"NOT NULL",    "CONSTRAINT", "UNIQUE",
                                               "PRIMARY KEY", "REFERENCES", "COMMENT"};
  const size_t from = p.mark();
  if (p.at_symbol("(")) {
    p.skip_parentheses();
    const bool whole = p.at_symbol(",") || p.at_symbol(")") || p.at_end() || p.at_symbol(";") ||
                       std::any_of(after.begin(), after.end(), [&](auto words) { return p.at(words); });
    if (whole) return p.source(from + 1, p.mark() - 1);
    p.back_to(from);
  }
  return p.expression(after);
}

// name type AS (expr) or AS expr [NOT NULL]; keys are not enforced and refused by name.
TableColumn read_external_column(Running& run) {
  Parser& p = run.parser;
  TableColumn column;
  column.name = p.name();
  column.type = read_type(p, session_value(run, "TIMESTAMP_TYPE_MAPPING")).text;
  p.expect("AS");
  column.expression = read_expression(p);
  if (p.accept("NOT NULL")) column.nullable = false;
  if (p.accept("COMMENT")) {
    p.accept_symbol("=");
    column.comment = p.string();
  }
  for (const char* words : {"CONSTRAINT", "UNIQUE", "PRIMARY KEY", "REFERENCES", "FOREIGN KEY"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("{} of an external table", words));
  }
  return column;
}

void read_columns(Running& run, ExternalText& text) {
  Parser& p = run.parser;
  p.expect_symbol("(");
  while (!p.accept_symbol(")")) {
    if (!text.columns.empty()) p.expect_symbol(",");
    text.columns.push_back(read_external_column(run));
  }
}

// @[namespace.]stage[/path]: the path goes on as long as nothing stands between its tokens.
void read_location(Running& run, Properties& props) {
  Parser& p = run.parser;
  p.expect_symbol("@");
  const Object& stage = need(run, Kind::Stage, p.qualified());
  // By the primary role since BCR-1993.
  if (!run.access.primary_holds(stage, "USAGE")) refuse_privilege(run, stage);
  if (stage.prop("URL").empty()) refuse_unsupported("external tables on internal stages");
  const size_t from = p.mark();
  while (!p.at_end() && (p.mark() == from ? p.at_symbol("/") : p.tokens()[p.mark() - 1].end == p.peek().begin) &&
         !p.at_symbol(";"))
    p.next();
  props["STAGE"] = std::to_string(stage.id);
  props["PATH"] = p.source(from, p.mark());
}

void read_partition_by(Parser& p, Properties& props) {
  std::vector<std::string> names;
  p.expect_symbol("(");
  do {
    names.push_back(p.name());
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  props["PARTITION_BY"] = kept_list(names);
}

std::string read_flag(Parser& p) { return p.boolean() ? "true" : "false"; }

std::string read_word(Parser& p, std::string_view property, std::string_view allowed) {
  const Value value = p.value();
  if (to_upper(value.text) != allowed) refuse_property_value(value.text, property);
  return std::string(allowed);
}

// One property behind `KEY =`.
void read_property(Running& run, const std::string& key, Properties& props) {
  Parser& p = run.parser;
  if (key == "LOCATION") return read_location(run, props);
  if (key == "FILE_FORMAT") return read_file_format(run, props);
  if (key == "AUTO_REFRESH" || key == "REFRESH_ON_CREATE") {
    props[key] = read_flag(p);
  } else if (key == "PARTITION_TYPE") {
    props[key] = read_word(p, key, "USER_SPECIFIED");
  } else if (key == "TABLE_FORMAT") {
    props[key] = read_word(p, key, "DELTA");
  } else if (key == "PATTERN" || key == "AWS_SNS_TOPIC" || key == "INTEGRATION" || key == "COMMENT") {
    props[key] = p.string();
  } else {
    refuse_property(key, "EXTERNAL TABLE");
  }
}

void refuse_governance_words(const Parser& p) {
  for (const char* words : {"ROW ACCESS POLICY", "TAG"}) {
    if (p.at(words) || p.at(std::string("WITH ") + words)) refuse_unsupported(words);
  }
}

void read_options(Running& run, ExternalText& text) {
  Parser& p = run.parser;
  while (!p.at_end() && !p.at_symbol(";")) {
    refuse_governance_words(p);
    if (p.accept("PARTITION BY")) {
      read_partition_by(p, text.props);
    } else if (p.accept("COPY GRANTS")) {
      text.copy_grants = true;
    } else if (p.at("USING TEMPLATE")) {
      refuse_unsupported("CREATE EXTERNAL TABLE USING TEMPLATE");
    } else {
      p.accept("WITH");
      if (!p.peek().is_name() || !p.at_symbol("=", 1)) p.unexpected();
      const std::string key = p.next().folded();
      p.expect_symbol("=");
      read_property(run, key, text.props);
      p.accept_symbol(",");
    }
  }
  p.expect_end();
}

// --- Checks ----------------------------------------------------------------------------------------------------------

bool user_partitions(const Object& table) { return table.prop("PARTITION_TYPE") == "USER_SPECIFIED"; }

void check_external(const Running& run, const Object& table) {
  if (table.prop("STAGE").empty()) refuse_compilation("002029", "42601", "Missing option(s): LOCATION");
  bool named = false;
  for (const auto& [key, value] : table.props) named = named || key.starts_with("FORMAT.");
  if (!named) refuse_compilation("002029", "42601", "Missing option(s): FILE_FORMAT");
  if (format_type(run, table) == "XML") refuse_property_value("XML", "FILE_FORMAT");
  for (const auto& name : list_of(table, "PARTITION_BY")) need_column(table, name);
  // Documented of user-specified partitions (create-external-table); the words are not.
  if (user_partitions(table) && table.flag("AUTO_REFRESH"))
    refuse_text("SQL compilation error:\nAUTO_REFRESH is not supported with PARTITION_TYPE = USER_SPECIFIED.");
}

// VALUE is there without being declared, in front of all (external_table entry, quirks).
void number_columns(Object& table, const std::vector<TableColumn>& declared) {
  TableColumn value;
  value.name = "VALUE", value.type = "VARIANT";
  table.columns.push_back(value);
  table.columns.insert(table.columns.end(), declared.begin(), declared.end());
  for (auto& column : table.columns) {
    if (std::count_if(table.columns.begin(), table.columns.end(),
                      [&](const auto& other) { return other.name == column.name; }) > 1)
      refuse_compilation("002025", "42S21", fmt::format("duplicate column name '{}'", column.name));
    column.id = table.next_column++;
  }
}

// --- Actions ---------------------------------------------------------------------------------------------------------

void need_refresh_rights(const Running& run, const Object& table) {
  if (user_partitions(table)) refuse_unsupported("REFRESH of an external table with user-specified partitions");
  need_privilege(run, run.catalog.at(std::stoll(table.prop("STAGE"))), "USAGE");
  if (const Object* format = named_format(run, table)) need_privilege(run, *format, "USAGE");
}

ResultSet refresh(Running& run, const Object& table) {
  if (run.parser.peek().kind == TokenKind::String) run.parser.next();
  run.parser.expect_end();
  need_refresh_rights(run, table);
  run.catalog.edit(table.id).props["REFRESHED_ON"] = std::to_string(run.now);
  return executed();
}

ResultSet files(Running& run, const Object& table) {
  run.parser.skip_parentheses();
  run.parser.expect_end();
  need_refresh_rights(run, table);
  return executed();
}

ResultSet partition(Running& run, const Object& table, bool add) {
  Parser& p = run.parser;
  if (!user_partitions(table)) refuse_unsupported("PARTITION of an external table with computed partitions");
  if (add) p.skip_parentheses();
  p.expect("LOCATION");
  p.string();
  p.expect_end();
  return executed();
}

ResultSet set_auto_refresh(Running& run, const Object& table) {
  Parser& p = run.parser;
  p.expect("AUTO_REFRESH");
  p.expect_symbol("=");
  Object after = table;
  after.props["AUTO_REFRESH"] = read_flag(p);
  p.expect_end();
  check_external(run, after);
  run.catalog.edit(table.id).props = std::move(after.props);
  return executed();
}

ResultSet add_columns(Running& run, const Object& table) {
  Parser& p = run.parser;
  do {
    const bool if_not_exists = p.accept("IF NOT EXISTS");
    const bool bracketed = p.accept_symbol("(");
    TableColumn column = read_external_column(run);
    if (bracketed) p.expect_symbol(")");
    if (find_column(table, column.name) != nullptr) {
      if (if_not_exists) continue;
      refuse_compilation("001430", "42601", fmt::format("column '{}' already exists", column.name));
    }
    Object& edited = run.catalog.edit(table.id);
    column.id = edited.next_column++;
    edited.columns.push_back(std::move(column));
  } while (p.accept_symbol(","));
  p.expect_end();
  return executed();
}

const TableColumn& need_declared(const Object& table, const std::string& name) {
  const TableColumn* column = find_column(table, name);
  if (column == nullptr) refuse_compilation("000904", "42000", fmt::format("column '{}' does not exist", name));
  if (!column->is_virtual())
    refuse_text(fmt::format("SQL compilation error:\nColumn '{}' of an external table cannot be changed.", name));
  const auto keys = list_of(table, "PARTITION_BY");
  if (std::find(keys.begin(), keys.end(), name) != keys.end())
    refuse_text(fmt::format("SQL compilation error:\nColumn '{}' is a partition column.", name));
  return *column;
}

ResultSet drop_columns(Running& run, const Object& table) {
  Parser& p = run.parser;
  const bool if_exists = p.accept("IF EXISTS");
  do {
    const std::string name = p.name();
    if (if_exists && find_column(table, name) == nullptr) continue;
    const int id = need_declared(table, name).id;
    std::erase_if(run.catalog.edit(table.id).columns, [id](const TableColumn& c) { return c.id == id; });
  } while (p.accept_symbol(","));
  p.expect_end();
  return executed();
}

ResultSet rename_column(Running& run, const Object& table) {
  Parser& p = run.parser;
  const std::string from = p.name();
  p.expect("TO");
  const std::string to = p.name();
  p.expect_end();
  const int id = need_declared(table, from).id;
  if (find_column(table, to) != nullptr) refuse_exists(table.name + "." + to);
  for (auto& column : run.catalog.edit(table.id).columns) {
    if (column.id == id) column.name = to;
  }
  return executed();
}

ResultSet rename(Running& run, const Object& table) {
  rename_to(run, table);
  return executed();
}

// Those that ALTER TABLE has for external tables too.
ResultSet table_action(Running& run, const Object& table) {
  Parser& p = run.parser;
  if (p.accept("RENAME TO")) return rename(run, table);
  if (p.accept("ADD COLUMN")) return add_columns(run, table);
  if (p.accept("DROP COLUMN")) return drop_columns(run, table);
  if (p.accept("RENAME COLUMN")) return rename_column(run, table);
  if (p.peek().kind != TokenKind::Word) p.unexpected();
  refuse_unsupported(fmt::format("ALTER TABLE {} of an external table", p.peek().folded()));
}

ResultSet external_action(Running& run, const Object& table) {
  Parser& p = run.parser;
  if (p.accept("REFRESH")) return refresh(run, table);
  if (p.accept("ADD FILES") || p.accept("REMOVE FILES")) return files(run, table);
  if (p.accept("ADD PARTITION")) return partition(run, table, true);
  if (p.accept("DROP PARTITION")) return partition(run, table, false);
  if (p.at("SET TAG") || p.at("UNSET TAG")) refuse_unsupported("ALTER EXTERNAL TABLE SET TAG");
  if (p.accept("SET")) return set_auto_refresh(run, table);
  return table_action(run, table);
}

// --- SHOW ------------------------------------------------------------------------------------------------------------

const Object* stage_of(const Shown& s) {
  const Object* stage = s.run.catalog.find(std::stoll(s.object.prop("STAGE")));
  return stage != nullptr && s.run.catalog.live(*stage) ? stage : nullptr;
}

std::string stage_name(const Shown& s) {
  const Object* stage = stage_of(s);
  return stage == nullptr ? "" : qualified_name(s.run.catalog, *stage);
}

// Gone with its schema: dropping it alone is refused.
bool invalid(const Shown& s) {
  return stage_of(s) == nullptr || (!s.object.prop("FORMAT.ID").empty() && named_format(s.run, s.object) == nullptr);
}

Cell format_name(const Shown& s) {
  const Object* format = named_format(s.run, s.object);
  return format == nullptr ? Cell() : Cell(qualified_name(s.run.catalog, *format));
}

Cell cloud(const Shown& s) {
  const Object* stage = stage_of(s);
  return stage == nullptr ? Cell() : Cell(cloud_of(*stage));
}

Cell refreshed_on(const Shown& s) {
  const std::string& moment = s.object.prop("REFRESHED_ON");
  return moment.empty() ? Cell() : timestamp_cell(std::stoll(moment));
}

}  // namespace

ResultSet create_external_table(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_alter) refuse_unsupported("CREATE OR ALTER EXTERNAL TABLE");
  if (head.or_replace && head.if_not_exists) p.unexpected();
  const NameParts name = p.qualified();
  ExternalText text;
  if (p.at_symbol("(")) read_columns(run, text);
  read_options(run, text);
  Object object;
  object.props = std::move(text.props);
  object.props.emplace("AUTO_REFRESH", user_partitions(object) ? "false" : "true");
  number_columns(object, text.columns);
  check_external(run, object);
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  std::vector<Grant> grants;
  if (existing != nullptr && text.copy_grants) grants = direct_grants(run, *existing);
  if (existing != nullptr) put_away(run, *existing);
  if (object.prop("REFRESH_ON_CREATE") != "false") object.props["REFRESHED_ON"] = std::to_string(run.now);
  const bool copy = text.copy_grants && existing != nullptr;
  make(run, head.kind, schema, name.back(), std::move(object), copy ? &grants : nullptr);
  return created(head.kind, name.back());
}

ResultSet alter_external_table(Running& run, const Object& table) {
  need_ownership(run, table);
  ResultSet result = external_action(run, table);
  touch(run, table.id);
  return result;
}

ResultSet alter_external_as_table(Running& run, const Object& table) {
  need_ownership(run, table);
  ResultSet result = table_action(run, table);
  touch(run, table.id);
  return result;
}

void refuse_dependent_tables(const Running& run, const Object& object) {
  const std::string id = std::to_string(object.id);
  for (const auto& [database, database_id] : run.catalog.children(run.account, Kind::Database)) {
    for (const auto& [schema, schema_id] : run.catalog.children(database_id, Kind::Schema)) {
      for (const auto& [name, table_id] : run.catalog.children(schema_id, Kind::ExternalTable)) {
        const Object& table = run.catalog.at(table_id);
        if (table.kind != Kind::ExternalTable || (table.prop("STAGE") != id && table.prop("FORMAT.ID") != id)) continue;
        // The page tells that it is refused, not how.
        refuse_text(fmt::format("SQL compilation error:\n{} '{}' has dependent external tables: {}.",
                                label(object.kind), object.name, qualified_name(run.catalog, table)));
      }
    }
  }
}

const ShowColumns& external_table_columns() {
  using namespace cells;  // NOLINT: the vocabulary of the table
  static const ShowColumns kTables = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:invalid", [](const Shown& s) { return flag_cell(invalid(s), "true", "false"); }},
      {"T:invalid_reason",
       [](const Shown& s) { return invalid(s) ? Cell("The stage or file format was dropped.") : Cell(); }},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:stage", [](const Shown& s) -> Cell { return stage_name(s); }},
      {"T:location",
       [](const Shown& s) -> Cell {
         const std::string& path = s.object.prop("PATH");
         return "@" + stage_name(s) + (path.empty() ? "/" : path);
       }},
      {"T:file_format_name", format_name},
      {"T:file_format_type", [](const Shown& s) -> Cell { return format_type(s.run, s.object); }},
      {"T:cloud", cloud},
      {"T:region", null},
      {"T:notification_channel",
       [](const Shown& s) {
         const bool notified = s.object.flag("AUTO_REFRESH") && cloud(s) == Cell("AWS");
         return notified ? Cell("arn:aws:sqs:us-east-1:123456789001:sf-snowpipe-SANDBOX") : Cell();
       }},
      {"L:last_refreshed_on", refreshed_on},
      {"T:table_format", [](const Shown& s) { return prop_or(s, "TABLE_FORMAT", "UNSPECIFIED"); }},
      {"T:last_refresh_details", null},
      {"T:owner_role_type", owner_role_type},
  };
  return kTables;
}

const ShowColumns& terse_external_table_columns() {
  using namespace cells;  // NOLINT: the vocabulary of the table
  static const ShowColumns kTerse = {{"L:created_on", created_on},
                                     {"T:name", name},
                                     {"T:kind", [](const Shown&) -> Cell { return "EXTERNAL_TABLE"; }},
                                     {"T:database_name", database_name},
                                     {"T:schema_name", schema_name}};
  return kTerse;
}

}  // namespace mesh::sandbox
