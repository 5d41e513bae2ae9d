#include "table_expressions.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "relations.hpp"
#include "sql_error.hpp"
#include "table_parts.hpp"
#include "types.hpp"

namespace mesh::sandbox {
namespace {

// Whose answer differs from call to call, and those that see more than one row.
const std::set<std::string, std::less<>> kNotDeterministic = {"RANDOM",
                                                              "RANDSTR",
                                                              "UUID_STRING",
                                                              "SEQ1",
                                                              "SEQ2",
                                                              "SEQ4",
                                                              "SEQ8",
                                                              "NORMAL",
                                                              "UNIFORM",
                                                              "ZIPF",
                                                              "CURRENT_DATE",
                                                              "CURRENT_TIME",
                                                              "CURRENT_TIMESTAMP",
                                                              "LOCALTIME",
                                                              "LOCALTIMESTAMP",
                                                              "GETDATE",
                                                              "SYSDATE",
                                                              "SYSTIMESTAMP",
                                                              "CURRENT_ROLE",
                                                              "CURRENT_USER",
                                                              "CURRENT_DATABASE",
                                                              "CURRENT_SCHEMA",
                                                              "CURRENT_WAREHOUSE",
                                                              "CURRENT_ACCOUNT",
                                                              "CURRENT_SESSION",
                                                              "COUNT",
                                                              "SUM",
                                                              "AVG",
                                                              "MIN",
                                                              "MAX",
                                                              "MEDIAN",
                                                              "STDDEV",
                                                              "VARIANCE",
                                                              "LISTAGG",
                                                              "ARRAY_AGG",
                                                              "OBJECT_AGG",
                                                              "ANY_VALUE",
                                                              "ROW_NUMBER",
                                                              "RANK",
                                                              "DENSE_RANK",
                                                              "LAG",
                                                              "LEAD",
                                                              "FIRST_VALUE",
                                                              "LAST_VALUE",
                                                              "NTILE"};

std::vector<Token> tokens_of_expression(const std::string& expression) {
  auto tokens = lex(expression);
  if (!tokens) refuse_compilation("001003", "42000", tokens.error().message);
  return std::move(*tokens);
}

// Whether the token stands for a column: a name that is neither called nor behind a dot, a colon or a cast.
bool may_be_column(const std::vector<Token>& tokens, size_t i) {
  if (!tokens[i].is_name() || tokens[i + 1].symbol("(")) return false;
  if (i == 0) return true;
  return !tokens[i - 1].symbol(".") && !tokens[i - 1].symbol(":") && !tokens[i - 1].symbol("::");
}

[[noreturn]] void invalid_usage(const char* code, const std::string& what, const TableColumn& column) {
  refuse_compilation(code, "42601",
                     fmt::format("Invalid usage of {} in {} virtual column definition.", what, column.name));
}

void refuse_prohibited(const std::vector<Token>& tokens, const TableColumn& column) {
  for (size_t i = 0; tokens[i].kind != TokenKind::End; ++i) {
    const Token& token = tokens[i];
    if (token.is("SELECT")) invalid_usage("011202", "subquery", column);
    if (token.kind == TokenKind::Bind) invalid_usage("011203", "bind variable", column);
    if (token.kind == TokenKind::Variable) {
      const bool position = token.text.size() > 1 && token.text[1] >= '0' && token.text[1] <= '9';
      if (position) invalid_usage("011205", "column positional reference", column);
      invalid_usage("011204", "session variable", column);
    }
    if (token.kind != TokenKind::Word || (i > 0 && tokens[i - 1].symbol("."))) continue;
    const std::string word = token.folded();
    const bool called = tokens[i + 1].symbol("(") || word.starts_with("CURRENT_") || word.starts_with("LOCALTIME");
    if (called && kNotDeterministic.contains(word))
      invalid_usage("011201", fmt::format("non-deterministic {} function", word), column);
  }
}

// The declared type against the expression's: families alike, the scale of numbers and the fraction of times the same.
// Lengths and precisions are not looked at: the inferred ones are the sandbox's own.
bool fits(const std::string& declared, const std::string& inferred) {
  if (type_family(declared) != type_family(inferred)) return false;
  const TypeParts want = type_parts(declared), have = type_parts(inferred);
  if (want.base == "NUMBER") return want.numbers == have.numbers || want.numbers[1] == have.numbers[1];
  return want.base == "VARCHAR" || want.base == "BINARY" || want.numbers == have.numbers;
}

std::string inferred_type(Running& run, const Object& table, const TableColumn& column) {
  StoredTable layout = table_layout(table);
  // Those before it alone, so that one that comes later, or itself, is no name here.
  std::erase_if(layout.computed, [&](const VirtualColumn& other) {
    const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                                 [&](const TableColumn& c) { return c.id == column.id; });
    return other.position >= static_cast<size_t>(at - table.columns.begin());
  });
  return expression_type(run, layout, column.expression);
}

}  // namespace

std::string read_bracketed(Parser& p) {
  if (!p.at_symbol("(")) p.unexpected();
  const size_t from = p.mark() + 1;
  p.skip_parentheses();
  if (p.mark() - 1 == from) p.unexpected();
  return p.source(from, p.mark() - 1);
}

std::string printed_expression(const std::string& expression) { return reprinted(expression); }

std::vector<int> named_columns(const Object& table, const std::string& expression) {
  const auto tokens = tokens_of_expression(expression);
  std::vector<int> ids;
  for (size_t i = 0; tokens[i].kind != TokenKind::End; ++i) {
    const TableColumn* column = may_be_column(tokens, i) ? find_column(table, tokens[i].folded()) : nullptr;
    if (column != nullptr && std::find(ids.begin(), ids.end(), column->id) == ids.end()) ids.push_back(column->id);
  }
  return ids;
}

std::string with_renamed(const std::string& expression, const std::string& from, const std::string& to) {
  const auto tokens = tokens_of_expression(expression);
  std::string text;
  size_t done = 0;
  for (size_t i = 0; tokens[i].kind != TokenKind::End; ++i) {
    if (!may_be_column(tokens, i) || tokens[i].folded() != from) continue;
    text += expression.substr(done, tokens[i].begin - done) + quoted_if_needed(to);
    done = tokens[i].end;
  }
  return text + expression.substr(done);
}

void refuse_on_virtual(const TableColumn& column, std::string_view what) {
  if (!column.is_virtual()) return;
  refuse_compilation("011207", "42601",
                     fmt::format("Cannot set {} constraint on virtual column {}.", what, column.name));
}

void check_virtual_column(Running& run, const Object& table, const TableColumn& column) {
  refuse_prohibited(tokens_of_expression(column.expression), column);
  if (!column.nullable) refuse_on_virtual(column, "NOT NULL");
  // Texts of these two are unconfirmed.
  if (!column.default_echo.empty() || column.identity)
    refuse_text(fmt::format("SQL compilation error:\nVirtual column '{}' cannot have a default value.", column.name));
  for (const int id : named_columns(table, column.expression)) {
    const TableColumn* used = find_column(table, id);
    if (!used->default_echo.empty()) {
      refuse_text(fmt::format(
          "SQL compilation error:\nColumn '{}' has a default value and cannot be used by virtual column '{}'.",
          used->name, column.name));
    }
  }
  const std::string found = inferred_type(run, table, column);
  if (fits(column.type, found)) return;
  refuse_compilation("001482", "42601",
                     fmt::format("Data type of virtual column does not match the data type of its expression for "
                                 "column '{}'. Expected data type '{}', found '{}'.",
                                 column.name, column.type, found));
}

void check_condition(Running& run, const Object& table, const Constraint& c) {
  const auto tokens = tokens_of_expression(c.expression);
  for (size_t i = 0; tokens[i].kind != TokenKind::End; ++i) {
    const std::string word = tokens[i].kind == TokenKind::Word ? tokens[i].folded() : "";
    // Refused by the documentation, in words that it does not give.
    if (word == "SELECT" || (tokens[i + 1].symbol("(") && kNotDeterministic.contains(word)) ||
        word.starts_with("CURRENT_")) {
      refuse_text(fmt::format("SQL compilation error:\nInvalid usage of {} in a CHECK constraint.", word));
    }
  }
  for (const int id : c.columns) refuse_on_virtual(*find_column(table, id), "CHECK");
  const std::string type = expression_type(run, table_layout(table), c.expression);
  if (type != "BOOLEAN")
    refuse_text(fmt::format("SQL compilation error:\nInvalid data type [{}] for predicate [{}]", type, c.expression));
}

void validate_rows(Running& run, const Object& table, const Constraint& c) {
  const ResultSet found = run_query(
      run, fmt::format("SELECT 1 FROM {} WHERE NOT (\n{}\n) LIMIT 1", qualified_name(run.catalog, table), c.expression),
      false);
  if (found.rows.empty()) return;
  refuse("001185", "23514",
         fmt::format("Operation on table {} failed because CHECK constraint {}, which requires that {}, was violated",
                     quoted_if_needed(table.name), quoted_if_needed(c.name), c.expression));
}

void refuse_drop_of_used(const Object& table, const TableColumn& column) {
  for (const TableColumn& other : table.columns) {
    if (!other.is_virtual()) continue;
    const std::vector<int> used = named_columns(table, other.expression);
    if (std::find(used.begin(), used.end(), column.id) == used.end()) continue;
    refuse_compilation(
        "011208", "42601",
        fmt::format("Cannot drop column '{}' because virtual column {} depends on it.", column.name, other.name));
  }
  for (const Constraint& c : table.constraints) {
    const bool uses = std::find(c.columns.begin(), c.columns.end(), column.id) != c.columns.end();
    // Text unconfirmed. A check on this column alone goes with it.
    if (c.kind == ConstraintKind::Check && uses && c.columns.size() > 1) {
      refuse_text(
          fmt::format("SQL compilation error:\nCannot drop column '{}' because CHECK constraint {} depends on it.",
                      column.name, quoted_if_needed(c.name)));
    }
  }
}

void check_dependents(Running& run, const Object& table, const TableColumn& column) {
  for (const TableColumn& other : table.columns) {
    if (!other.is_virtual()) continue;
    const std::vector<int> used = named_columns(table, other.expression);
    if (std::find(used.begin(), used.end(), column.id) == used.end()) continue;
    const std::string found = inferred_type(run, table, other);
    if (fits(other.type, found)) continue;
    refuse_compilation(
        "011206", "42601",
        fmt::format("Cannot change column {} datatype. The dependent {} virtual column has datatype {}, which is "
                    "incompatible with the new expression datatype {}.",
                    column.name, other.name, other.type, found));
  }
}

}  // namespace mesh::sandbox
