#include "alter_constraint.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "sql_error.hpp"
#include "table_expressions.hpp"
#include "table_parts.hpp"
#include "table_properties.hpp"

namespace mesh::sandbox {
namespace {

[[noreturn]] void refuse_no_constraint(const std::string& shown) {
  refuse_text(fmt::format("SQL compilation error:\nconstraint '{}' does not exist", shown));
}

std::vector<int> listed_columns(Running& run, const Object& table) {
  Parser& p = run.parser;
  std::vector<int> ids;
  p.expect_symbol("(");
  do {
    ids.push_back(need_column(table, p.name()).id);
  } while (p.accept_symbol(","));
  p.expect_symbol(")");
  return ids;
}

// A constraint as DROP and ALTER address it: by its name, or by its columns. A primary key needs none, there is one.
struct Addressed {
  std::string name;  // of the constraint, else empty
  std::optional<ConstraintKind> kind;
  std::optional<std::vector<int>> columns;
  std::string shown;

  bool is(const Constraint& c) const {
    if (!kind) return c.name == name;
    return c.kind == *kind && (!columns || c.columns == *columns);
  }
};

Addressed read_address(Running& run, const Object& table) {
  Parser& p = run.parser;
  Addressed to;
  if (p.accept("CONSTRAINT")) return to.name = to.shown = p.name(), to;
  if (p.accept("PRIMARY KEY")) {
    to.kind = ConstraintKind::Primary, to.shown = "PRIMARY KEY";
    if (p.at_symbol("(")) to.columns = listed_columns(run, table);
    return to;
  }
  const bool unique = p.accept("UNIQUE");
  if (!unique) p.expect("FOREIGN KEY");
  to.kind = unique ? ConstraintKind::Unique : ConstraintKind::Foreign;
  to.shown = unique ? "UNIQUE" : "FOREIGN KEY";
  to.columns = listed_columns(run, table);
  return to;
}

Constraint& find_constraint(Object& table, const Addressed& to) {
  for (Constraint& c : table.constraints) {
    if (to.is(c)) return c;
  }
  // ALTER CONSTRAINT speaks of an object (frostlake, live-measured).
  if (!to.kind)
    refuse_compilation("002003", "02000", fmt::format("Object '{}' does not exist or not authorized.", to.shown));
  refuse_no_constraint(to.shown);
}

// ENABLE [VALIDATE | NOVALIDATE] of a CHECK (docs: constraints-overview). Going back to VALIDATE looks at all rows.
void alter_check(Running& run, const Object& table, const Constraint& check) {
  Parser& p = run.parser;
  p.expect("ENABLE");
  if (!p.accept("NOVALIDATE")) {
    p.accept("VALIDATE");
    validate_rows(run, table, check);
  }
}

}  // namespace

ResultSet add_constraint(Running& run, const Object& table, const NameParts& name) {
  const ConstraintText text = read_constraint(run);
  run.parser.expect_end();
  if (text.ignored) return executed();
  const ConstraintKind kind = text.constraint.kind;
  if (kind == ConstraintKind::Check && !text.novalidate) {
    refuse_text(
        "ALTER TABLE ADD CHECK is not supported with ENABLE VALIDATE (you may specify ENABLE NOVALIDATE instead).");
  }
  for (const Constraint& c : table.constraints) {
    if (kind == ConstraintKind::Primary && c.kind == ConstraintKind::Primary) refuse_primary_key(table.name);
    if (!text.constraint.name.empty() && c.name == text.constraint.name) refuse_exists(c.name);
  }
  Constraint settled = settle(run, text, table, name);
  run.catalog.edit(table.id).constraints.push_back(std::move(settled));
  return executed();
}

ResultSet rename_constraint(Running& run, const Object& table) {
  Parser& p = run.parser;
  const std::string from = p.name();
  p.expect("TO");
  const std::string to = p.name();
  p.expect_end();
  for (Constraint& c : run.catalog.edit(table.id).constraints) {
    if (c.name == from) return c.name = to, executed();
  }
  refuse_no_constraint(from);
}

bool at_named_constraint(const Parser& p) {
  const bool unique = p.at("UNIQUE") && p.at_symbol("(", 1);
  return p.at("CONSTRAINT") || p.at("PRIMARY KEY") || unique || p.at("FOREIGN KEY");
}

ResultSet drop_constraint(Running& run, const Object& table) {
  Parser& p = run.parser;
  const Addressed to = read_address(run, table);
  if (!p.accept("CASCADE")) p.accept("RESTRICT");
  p.expect_end();
  if (std::erase_if(run.catalog.edit(table.id).constraints, [&](const Constraint& c) { return to.is(c); }) == 0)
    refuse_no_constraint(to.shown);
  return executed();
}

// [NOT] ENFORCED and [NO]RELY, in any order. The documentation lists VALIDATE and NOVALIDATE too, a live account
// answers them with a syntax error (frostlake, live-measured); [NOT] ENFORCED can be seen nowhere.
ResultSet alter_constraint(Running& run, const Object& table) {
  Parser& p = run.parser;
  const Addressed to = read_address(run, table);
  Constraint& constraint = find_constraint(run.catalog.edit(table.id), to);
  if (constraint.kind == ConstraintKind::Check && p.at("ENABLE")) {
    alter_check(run, table, Constraint(constraint));
    return p.expect_end(), executed();
  }
  const bool may_rely = constraint.kind != ConstraintKind::Check;
  do {
    const bool rely = may_rely && p.accept("RELY");
    if (rely || (may_rely && p.accept("NORELY"))) {
      constraint.rely = rely;
    } else if (!p.accept("NOT ENFORCED") && !p.accept("ENFORCED")) {
      p.unexpected();
    }
  } while (!p.at_end() && !p.at_symbol(";"));
  p.expect_end();
  return executed();
}

}  // namespace mesh::sandbox
