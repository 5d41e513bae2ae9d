// Tokens and statements.

#include "query_parser_class.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mesh/base/text.hpp"
#include "query_parser.hpp"

namespace mesh::sandbox::query {

bool one_of(const Token& token, std::string_view words) {
  return token.kind == TokenKind::Word && words.find(" " + to_upper(token.text) + " ") != std::string_view::npos;
}

void too_deep() { refuse_unsupported("expressions nested so deeply"); }

Statement Parser::statement() {
  Statement result = statement_body();
  end();
  return result;
}

Query Parser::whole_query() {
  Query result = query();
  end();
  return result;
}

Expr Parser::whole_expression() {
  Expr result = expression();
  end();
  return result;
}

const Token& Parser::peek(size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

const Token& Parser::next() {
  const Token& token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::word(std::string_view upper, size_t ahead) const { return peek(ahead).is(upper); }

bool Parser::symbol(std::string_view text, size_t ahead) const { return peek(ahead).symbol(text); }

bool Parser::take(std::string_view upper) { return word(upper) && (next(), true); }

bool Parser::take_symbol(std::string_view text) { return symbol(text) && (next(), true); }

void Parser::expect(std::string_view upper) {
  if (!take(upper)) unexpected();
}

void Parser::expect_symbol(std::string_view text) {
  if (!take_symbol(text)) unexpected();
}

void Parser::unexpected() const { unexpected(peek()); }

void Parser::unexpected(const Token& token) const {
  if (token.kind == TokenKind::End) syntax_error(token, "<EOF>");
  syntax_error(token, source_.substr(token.begin, token.end - token.begin));
}

void Parser::end() {
  take_symbol(";");
  if (peek().kind != TokenKind::End) unexpected();
}

std::string Parser::name() {
  if (!peek().is_name()) unexpected();
  return next().folded();
}

std::vector<std::string> Parser::names_in_parentheses() {
  std::vector<std::string> result;
  expect_symbol("(");
  do result.push_back(name());
  while (take_symbol(","));
  expect_symbol(")");
  return result;
}

std::vector<std::string> Parser::qualified_name() {
  std::vector<std::string> parts{name()};
  while (symbol(".") && peek(1).kind != TokenKind::Variable) {
    next();
    parts.push_back(symbol(".") ? std::string("PUBLIC") : name());  // db..t is in PUBLIC
  }
  return parts;
}

// A table named directly or by IDENTIFIER('..').
std::vector<std::string> Parser::object_name() {
  if (!word("IDENTIFIER") || !symbol("(", 1)) return qualified_name();
  next(), next();
  const Token literal = next();
  if (literal.kind != TokenKind::String) refuse_unsupported("IDENTIFIER of an expression");
  expect_symbol(")");
  const auto inner = tokens_of(literal.text);
  Parser parser(literal.text, inner);
  auto parts = parser.qualified_name();
  parser.end();
  return parts;
}

int64_t Parser::integer() {
  const Token& token = peek();
  int64_t value = 0;
  const auto parsed = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
  if (token.kind != TokenKind::Number || parsed.ec != std::errc() || *parsed.ptr != '\0') unexpected();
  next();
  return value;
}

Statement Parser::statement_body() {
  Statement result;
  result.at = peek();
  if (take("INSERT")) return insert(result), result;
  if (take("UPDATE")) return update(result), result;
  if (take("DELETE")) return delete_from(result), result;
  if (take("MERGE")) return merge(result), result;
  if (take("TRUNCATE")) return truncate(result), result;
  result.query = query();
  return result;
}

void Parser::target(Statement& statement) {
  statement.at = peek();
  statement.target = object_name();
  take("AS");
  if (peek().is_name() && !one_of(peek(), kNoAlias)) statement.target_alias = name();
}

void Parser::insert(Statement& result) {
  result.is = Statement::Is::Insert;
  if (word("OVERWRITE")) refuse_unsupported("INSERT OVERWRITE");
  if (word("ALL") || word("FIRST")) refuse_unsupported("multi-table INSERT");
  expect("INTO");
  result.at = peek();
  result.target = object_name();
  const bool select_in_parentheses = symbol("(") && (word("SELECT", 1) || word("WITH", 1));
  if (symbol("(") && !select_in_parentheses) insert_columns(result.insert);
  if (take("VALUES"))
    result.insert.rows = rows(true);
  else
    result.insert.query.push_back(query());
}

void Parser::insert_columns(Insert& insert) {
  expect_symbol("(");
  do {
    insert.column_tokens.push_back(peek());
    insert.columns.push_back(qualified_name().back());
  } while (take_symbol(","));
  expect_symbol(")");
}

std::vector<Assignment> Parser::assignments() {
  std::vector<Assignment> result;
  do {
    Assignment assignment;
    assignment.at = peek();
    assignment.column = qualified_name().back();
    expect_symbol("=");
    assignment.value = expression_or_default();
    result.push_back(std::move(assignment));
  } while (take_symbol(","));
  return result;
}

void Parser::update(Statement& result) {
  result.is = Statement::Is::Update;
  target(result);
  expect("SET");
  result.set = assignments();
  if (take("FROM")) result.from = from_list();
  if (take("WHERE")) result.where.push_back(expression());
}

void Parser::delete_from(Statement& result) {
  result.is = Statement::Is::Delete;
  expect("FROM");
  target(result);
  if (take("USING")) result.from = from_list();
  if (take("WHERE")) result.where.push_back(expression());
}

void Parser::merge(Statement& result) {
  result.is = Statement::Is::Merge;
  expect("INTO");
  target(result);
  expect("USING");
  result.from.push_back(from_primary());
  expect("ON");
  result.where.push_back(expression());
  if (!word("WHEN")) unexpected();
  while (take("WHEN")) result.clauses.push_back(merge_clause());
}

MergeClause Parser::merge_clause() {
  MergeClause clause;
  const bool matched = !take("NOT");
  expect("MATCHED");
  if (take("AND")) clause.condition.push_back(expression());
  expect("THEN");
  if (matched && take("UPDATE")) {
    if (word("ALL")) refuse_unsupported("MERGE UPDATE ALL BY NAME");
    expect("SET");
    clause.set = assignments();
  } else if (matched && take("DELETE")) {
    clause.does = MergeClause::Does::Delete;
  } else if (!matched && take("INSERT")) {
    if (word("ALL")) refuse_unsupported("MERGE INSERT ALL BY NAME");
    clause.does = MergeClause::Does::Insert;
    if (symbol("(")) insert_columns(clause.insert);
    expect("VALUES");
    clause.insert.rows = {row(true)};
  } else {
    unexpected();
  }
  return clause;
}

void Parser::truncate(Statement& result) {
  result.is = Statement::Is::Truncate;
  take("TABLE");
  if (word("IF") && word("EXISTS", 1)) next(), next(), result.if_exists = true;
  result.at = peek();
  result.target = object_name();
}

Statement parse_statement(std::string_view source, const std::vector<Token>& tokens) {
  return Parser(source, tokens).statement();
}
Query parse_query(std::string_view source, const std::vector<Token>& tokens) {
  return Parser(source, tokens).whole_query();
}
Expr parse_expression(std::string_view source, const std::vector<Token>& tokens) {
  return Parser(source, tokens).whole_expression();
}

std::vector<Token> tokens_of(std::string_view source) {
  auto tokens = lex(source);
  if (!tokens) refuse_compilation("001003", "42000", tokens.error().message);
  return std::move(*tokens);
}

}  // namespace mesh::sandbox::query
