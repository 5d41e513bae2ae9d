#include "table_parts.hpp"

#include <fmt/format.h>

#include "governance_clauses.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "sql_error.hpp"
#include "table_expressions.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

// What may stand behind a DEFAULT expression in a column definition.
const std::vector<std::string_view> kAfterDefault = {"NOT NULL",   "COMMENT",    "COLLATE",     "UNIQUE", "PRIMARY KEY",
                                                     "CONSTRAINT", "REFERENCES", "FOREIGN KEY", "WITH",   "MASKING",
                                                     "PROJECTION", "TAG",        "CHECK"};

// [GENERATED ALWAYS] AS (expr) [VIRTUAL]: the words around it change nothing.
void read_virtual(Parser& p, TableColumn& column) {
  if (p.accept("GENERATED ALWAYS")) {
    p.expect("AS");
  } else if (!p.at("AS") || !p.at_symbol("(", 1)) {
    return;
  } else {
    p.expect("AS");
  }
  column.expression = read_bracketed(p);
  p.accept("VIRTUAL");
}

void read_identity(Running& run, TableColumn& column) {
  Parser& p = run.parser;
  column.identity = true;
  column.ordered = session_value(run, "NOORDER_SEQUENCE_AS_DEFAULT") == "false";
  if (p.accept_symbol("(")) {
    column.start = p.integer();
    p.expect_symbol(",");
    column.step = p.integer();
    p.expect_symbol(")");
  } else if (p.accept("START")) {
    p.accept("WITH"), p.accept_symbol("=");
    column.start = p.integer();
    p.expect("INCREMENT");
    p.accept("BY"), p.accept_symbol("=");
    column.step = p.integer();
  }
  if (p.accept("ORDER")) column.ordered = true;
  if (p.accept("NOORDER")) column.ordered = false;
}

void read_column_default(Running& run, TableColumn& column) {
  const std::string source = run.parser.expression(kAfterDefault);
  DefaultText text = read_default(source);
  if (type_parts(column.type).base == "BINARY") {
    refuse_text("SQL compilation error: Default values are not allowed on 'BINARY' columns.");
  }
  column.default_sql = text.echo.empty() ? "" : source;
  column.default_echo = text.echo;
  if (text.sequence.empty()) return;
  const Object& sequence = need(run, Kind::Sequence, text.sequence);
  column.default_sql = qualified_name(run.catalog, sequence) + ".NEXTVAL";
  column.default_echo = column.default_sql;
}

// [NOT] ENFORCED, RELY and the like, in any order.
void read_constraint_options(Parser& p, ConstraintText& text) {
  while (true) {
    if (p.accept("NOT ENFORCED") || p.accept("ENFORCED") || p.accept("NOT DEFERRABLE") || p.accept("DEFERRABLE"))
      continue;
    if (p.accept("INITIALLY DEFERRED") || p.accept("INITIALLY IMMEDIATE") || p.accept("DISABLE") ||
        p.accept("NOVALIDATE"))
      continue;
    if (p.accept("MATCH FULL") || p.accept("MATCH PARTIAL") || p.accept("MATCH SIMPLE")) continue;
    if (p.accept("ENABLE") || p.accept("VALIDATE")) {
      text.ignored = true;
    } else if (p.accept("NORELY")) {
      text.constraint.rely = false;
    } else if (p.accept("RELY")) {
      text.constraint.rely = true;
    } else if (p.at("ON UPDATE") || p.at("ON DELETE")) {
      p.expect("ON");
      std::string& rule =
          p.accept("UPDATE") ? text.constraint.on_update : (p.expect("DELETE"), text.constraint.on_delete);
      rule.clear();
      for (const char* words : {"CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"}) {
        if (rule.empty() && p.accept(words)) rule = words;
      }
      if (rule.empty()) p.unexpected();
    } else {
      return;
    }
  }
}

// CHECK (expr) [ENABLE {VALIDATE | NOVALIDATE}]. DISABLE means that it is not created; [NOT] ENFORCED changes nothing
// in CREATE TABLE (frostlake, live-measured).
void read_check(Parser& p, ConstraintText& text) {
  text.constraint.kind = ConstraintKind::Check;
  text.constraint.expression = read_bracketed(p);
  while (true) {
    if (p.accept("NOVALIDATE")) {
      text.novalidate = true;
    } else if (p.accept("DISABLE")) {
      text.ignored = true;
    } else if (!p.accept("ENABLE") && !p.accept("VALIDATE") && !p.accept("NOT ENFORCED") && !p.accept("ENFORCED")) {
      return;
    }
  }
}

void read_references(Parser& p, ConstraintText& text) {
  p.expect("REFERENCES");
  text.target = p.qualified();
  if (p.at_symbol("(")) text.target_columns = column_list(p);
}

// PRIMARY KEY and so on in a column definition; false where none stands.
bool read_inline_constraint(Parser& p, ColumnText& column) {
  ConstraintText text;
  if (p.accept("CONSTRAINT")) text.constraint.name = p.name();
  if (p.accept("PRIMARY KEY")) {
    text.constraint.kind = ConstraintKind::Primary;
  } else if (p.accept("UNIQUE")) {
    text.constraint.kind = ConstraintKind::Unique;
  } else if (p.accept("FOREIGN KEY") || p.at("REFERENCES")) {
    text.constraint.kind = ConstraintKind::Foreign;
    read_references(p, text);
  } else if (p.accept("CHECK")) {
    read_check(p, text);
    column.constraints.push_back(std::move(text));
    return true;
  } else {
    if (!text.constraint.name.empty()) p.unexpected();
    return false;
  }
  read_constraint_options(p, text);
  text.columns = {column.column.name};
  column.constraints.push_back(std::move(text));
  return true;
}

bool column_ends(const Parser& p) { return p.at_symbol(",") || p.at_symbol(")") || p.at_symbol(";") || p.at_end(); }

}  // namespace

std::vector<std::string> column_list(Parser& p) {
  std::vector<std::string> names;
  p.expect_symbol("(");
  do {
    names.push_back(p.name());
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return names;
}

std::string session_value(const Running& run, std::string_view parameter) {
  const Object* user = run.catalog.find(run.user);
  return effective_value(run.catalog, user != nullptr ? *user : run.home(), parameter);
}

ColumnText read_column(Running& run, bool type_optional) {
  Parser& p = run.parser;
  ColumnText text;
  TableColumn& column = text.column;
  column.name = p.name();
  const auto governed = [&] { return read_column_governance(p, text.governance); };
  // CREATE TABLE (a WITH TAG (..), b) AS SELECT: columns without types may carry them too.
  if (type_optional && (column_ends(p) || governed())) {
    while (!column_ends(p)) {
      if (!governed()) p.unexpected();
    }
    return text.typed = false, text;
  }
  const DataType type = read_type(p, session_value(run, "TIMESTAMP_TYPE_MAPPING"));
  column.type = type.text;
  column.alias = type.alias;
  read_virtual(p, column);
  while (!column_ends(p)) {
    if (column.comment.empty() && governed()) continue;  // before COMMENT only (masking_policy entry, quirks)
    if (p.accept("NOT NULL")) {
      column.nullable = false;
    } else if (p.accept("NULL")) {
      column.nullable = true;
    } else if (p.accept("COLLATE")) {
      column.collation = p.string();
      check_collation(column.collation);
    } else if (p.accept("DEFAULT")) {
      read_column_default(run, column);
    } else if (p.accept("IDENTITY") || p.accept("AUTOINCREMENT")) {
      read_identity(run, column);
    } else if (p.accept("COMMENT")) {
      p.accept_symbol("=");
      column.comment = p.string();
    } else if (!read_inline_constraint(p, text)) {
      p.unexpected();
    }
  }
  return text;
}

// A locale, then options in any order; either may be missing (collation, "Collation specification"). The message is a
// live one (frostlake), its code is not known.
void check_collation(const std::string& specification) {
  constexpr std::string_view kLocaleCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@";
  constexpr std::string_view kOptions = " ci cs ai as pi ps fl fu upper lower trim ltrim rtrim ";
  bool first = true;
  if (specification.empty()) return;
  for (const auto& part : split(specification, '-')) {
    const bool is_option = kOptions.find(" " + to_lower(part) + " ") != std::string_view::npos;
    const bool may_be_locale = first && part.find_first_not_of(kLocaleCharacters) == std::string::npos;
    if (!is_option && !may_be_locale)
      refuse_text(fmt::format("Invalid value '{}' for COLLATION. Reason: Unknown option: {}", specification, part));
    first = false;
  }
}

void collate_by_default(TableColumn& column, const std::string& collation) {
  if (!column.collation.empty() || type_family(column.type) != "VARCHAR") return;
  check_collation(collation);
  column.collation = collation;
}

bool at_constraint(const Parser& p) {
  const size_t ahead = p.at("CONSTRAINT") ? 2 : 0;
  return p.at("PRIMARY KEY", ahead) || p.at("FOREIGN KEY", ahead) ||
         (p.at("UNIQUE", ahead) && p.at_symbol("(", ahead + 1)) || (p.at("UNIQUE KEY", ahead)) ||
         (p.at("CHECK", ahead) && p.at_symbol("(", ahead + 1));
}

ConstraintText read_constraint(Running& run) {
  Parser& p = run.parser;
  ConstraintText text;
  if (p.accept("CONSTRAINT")) text.constraint.name = p.name();
  if (p.accept("CHECK")) return read_check(p, text), text;
  if (p.accept("PRIMARY KEY")) {
    text.constraint.kind = ConstraintKind::Primary;
  } else if (p.accept("UNIQUE")) {
    p.accept("KEY");
    text.constraint.kind = ConstraintKind::Unique;
  } else {
    p.expect("FOREIGN KEY");
    text.constraint.kind = ConstraintKind::Foreign;
  }
  text.columns = column_list(p);
  if (text.constraint.kind == ConstraintKind::Foreign) read_references(p, text);
  read_constraint_options(p, text);
  if (p.accept("COMMENT")) {
    p.accept_symbol("=");
    text.constraint.comment = p.string();
  }
  return text;
}

const TableColumn* find_column(const Object& table, std::string_view name) {
  for (const TableColumn& column : table.columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

const TableColumn* find_column(const Object& table, int id) {
  for (const TableColumn& column : table.columns) {
    if (column.id == id) return &column;
  }
  return nullptr;
}

const TableColumn& need_column(const Object& table, std::string_view name) {
  const TableColumn* column = find_column(table, name);
  if (column == nullptr) {
    refuse("000904", "42000",
           fmt::format("SQL compilation error: error line 1 at position 0\ninvalid identifier '{}'",
                       quoted_if_needed(name)));
  }
  return *column;
}

namespace {

std::vector<int> column_ids(const Object& table, const std::vector<std::string>& names) {
  std::vector<int> ids;
  ids.reserve(names.size());
  for (const std::string& name : names) ids.push_back(need_column(table, name).id);
  return ids;
}

std::vector<int> primary_key_of(const Object& table) {
  for (const Constraint& c : table.constraints) {
    if (c.kind == ConstraintKind::Primary) return c.columns;
  }
  return {};
}

void settle_target(Running& run, const ConstraintText& text, const Object& table, const NameParts& table_name,
                   Constraint& c) {
  const bool self = full_parts(run, Kind::Table, text.target) == full_parts(run, Kind::Table, table_name);
  const Object& target = self ? table : need(run, Kind::Table, text.target);
  if (!self) need_privilege(run, target, "REFERENCES");
  c.target = target.id;
  c.target_columns = text.target_columns.empty() ? primary_key_of(target) : column_ids(target, text.target_columns);
  if (c.target_columns.size() != c.columns.size()) {
    refuse_text(
        "SQL compilation error:\nNumber of foreign key columns does not match the number of referenced columns.");
  }
}

}  // namespace

Constraint settle(Running& run, const ConstraintText& text, const Object& table, const NameParts& table_name) {
  Constraint c = text.constraint;
  const bool check = c.kind == ConstraintKind::Check;
  c.columns = check ? named_columns(table, c.expression) : column_ids(table, text.columns);
  if (c.name.empty()) c.name = "SYS_CONSTRAINT_" + random_uuid();
  if (check) check_condition(run, table, c);
  if (c.kind == ConstraintKind::Foreign) settle_target(run, text, table, table_name, c);
  return c;
}

}  // namespace mesh::sandbox
