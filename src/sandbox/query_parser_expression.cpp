// Expressions.

#include "query_parser_class.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mesh/base/text.hpp"
#include "query_parser.hpp"

namespace mesh::sandbox::query {
namespace {

constexpr std::array<std::string_view, 8> kComparisons = {"=", "<>", "!=", "<", "<=", ">", ">=", "=="};

}  // namespace

Expr Parser::start(Expr::Is is) const {
  Expr expr;
  expr.is = is;
  expr.at = peek();
  expr.begin = peek().begin;
  return expr;
}

Expr Parser::finish(Expr expr) const {
  expr.end = at_ == 0 ? expr.begin : tokens_[at_ - 1].end;
  for (const Expr& arg : expr.args) expr.height = std::max(expr.height, arg.height + 1);
  if (expr.height > kHighest) too_deep();
  return expr;
}

// A node around one that was read before it.
Expr Parser::around(Expr::Is is, Expr first, const Token& at) const {
  Expr expr;
  expr.is = is;
  expr.at = at;
  expr.begin = first.begin;
  expr.args.push_back(std::move(first));
  return expr;
}

Expr Parser::expression_or_default() {
  if (!word("DEFAULT")) return expression();
  Expr expr = start(Expr::Is::Default);
  next();
  return finish(std::move(expr));
}

Expr Parser::expression() {
  const Deeper deeper(depth_);
  return chain("OR", Expr::Is::Or, [this] { return chain("AND", Expr::Is::And, [this] { return negation(); }); });
}

Expr Parser::negation() {
  if (!word("NOT")) return predicate();
  const Deeper deeper(depth_);
  Expr expr = start(Expr::Is::Not);
  next();
  expr.args.push_back(negation());
  return finish(std::move(expr));
}

Expr Parser::predicate() {
  Expr left = additive();
  for (;;) {
    const Token at = peek();
    if (at.kind == TokenKind::Symbol &&
        std::find(kComparisons.begin(), kComparisons.end(), at.text) != kComparisons.end()) {
      next();
      if ((word("ANY") || word("ALL") || word("SOME")) && symbol("(", 1))
        refuse_unsupported(fmt::format("{} {}", at.text, to_upper(peek().text)));
      Expr expr = around(Expr::Is::Binary, std::move(left), at);
      expr.text = at.text == "!=" ? "<>" : at.text == "==" ? "=" : at.text;
      expr.args.push_back(additive());
      left = finish(std::move(expr));
    } else if (take("IS")) {
      left = is_test(std::move(left), at);
    } else {
      const bool negated = word("NOT") && (word("IN", 1) || word("BETWEEN", 1) || word("LIKE", 1) || word("ILIKE", 1) ||
                                           word("RLIKE", 1) || word("REGEXP", 1));
      if (negated) next();
      if (take("IN"))
        left = in_test(std::move(left), at, negated);
      else if (take("BETWEEN"))
        left = between(std::move(left), at, negated);
      else if (word("LIKE") || word("ILIKE") || word("RLIKE") || word("REGEXP"))
        left = like(std::move(left), at, negated);
      else
        return left;
    }
  }
}

Expr Parser::is_test(Expr left, const Token& at) {
  const bool negated = take("NOT");
  if (take("DISTINCT")) {
    expect("FROM");
    Expr expr = around(Expr::Is::IsDistinct, std::move(left), at);
    expr.negated = negated;
    expr.args.push_back(additive());
    return finish(std::move(expr));
  }
  const bool boolean = word("TRUE") || word("FALSE");
  Expr expr = around(boolean ? Expr::Is::IsBoolean : Expr::Is::IsNull, std::move(left), at);
  expr.negated = negated;
  if (boolean)
    expr.text = to_upper(next().text);
  else
    expect("NULL");
  return finish(std::move(expr));
}

Expr Parser::in_test(Expr left, const Token& at, bool negated) {
  expect_symbol("(");
  const bool is_query = word("SELECT") || word("WITH") || (word("VALUES") && symbol("(", 1));
  Expr expr = around(is_query ? Expr::Is::InQuery : Expr::Is::In, std::move(left), at);
  expr.negated = negated;
  if (is_query) {
    expr.query.push_back(query());
  } else {
    do expr.args.push_back(expression());
    while (take_symbol(","));
  }
  expect_symbol(")");
  return finish(std::move(expr));
}

Expr Parser::between(Expr left, const Token& at, bool negated) {
  Expr expr = around(Expr::Is::Between, std::move(left), at);
  expr.negated = negated;
  expr.args.push_back(additive());
  expect("AND");
  expr.args.push_back(additive());
  return finish(std::move(expr));
}

Expr Parser::like(Expr left, const Token& at, bool negated) {
  std::string operation = to_upper(next().text);
  if (operation == "REGEXP") operation = "RLIKE";
  if ((word("ANY") || word("ALL")) && symbol("(", 1)) return like_many(left, at, negated, operation);
  Expr expr = around(Expr::Is::Like, std::move(left), at);
  expr.text = std::move(operation);
  expr.negated = negated;
  expr.args.push_back(additive());
  if (take("ESCAPE")) expr.args.push_back(additive());
  return finish(std::move(expr));
}

// x LIKE ANY (p, q) is x LIKE p OR x LIKE q.
Expr Parser::like_many(const Expr& left, const Token& at, bool negated, const std::string& operation) {
  Expr many = around(word("ANY") ? Expr::Is::Or : Expr::Is::And, left, at);
  many.args.clear();
  next(), next();
  do {
    Expr one = around(Expr::Is::Like, left, at);
    one.text = operation;
    one.args.push_back(expression());
    many.args.push_back(finish(std::move(one)));
  } while (take_symbol(","));
  expect_symbol(")");
  many = finish(std::move(many));
  if (!negated) return many;
  return finish(around(Expr::Is::Not, std::move(many), at));
}

Expr Parser::additive() {
  Expr left = multiplicative();
  while (symbol("+") || symbol("-") || symbol("||")) {
    const Token at = next();
    if (at.text == "||" && left.is == Expr::Is::Concat) {
      left.args.push_back(multiplicative());
    } else {
      left = around(at.text == "||" ? Expr::Is::Concat : Expr::Is::Binary, std::move(left), at);
      left.text = at.text;
      left.args.push_back(multiplicative());
    }
    left = finish(std::move(left));
  }
  return left;
}

Expr Parser::multiplicative() {
  Expr left = unary();
  while (symbol("*") || symbol("/") || symbol("%")) {
    const Token at = next();
    left = around(Expr::Is::Binary, std::move(left), at);
    left.text = at.text;
    left.args.push_back(unary());
    left = finish(std::move(left));
  }
  return left;
}

Expr Parser::unary() {
  if (!symbol("-") && !symbol("+")) return postfix(primary());
  const Deeper deeper(depth_);
  Expr expr = start(Expr::Is::Unary);
  expr.text = next().text;
  expr.args.push_back(unary());
  return finish(std::move(expr));
}

Expr Parser::postfix(Expr expr) {
  for (;;) {
    const Token at = peek();
    if (take_symbol("::")) {
      expr = around(Expr::Is::Cast, std::move(expr), at);
      expr.type = type_name();
    } else if (member_ahead(expr)) {
      next();
      expr = path(std::move(expr), at);
    } else if (at.kind == TokenKind::Bind && at.text.size() > 1 && at_ > 0) {
      // `v :name`: behind a value a colon leads into it, whatever stands between.
      expr = around(Expr::Is::Path, std::move(expr), at);
      expr.text = next().text.substr(1);
    } else if (take_symbol("[")) {
      expr = around(Expr::Is::Index, std::move(expr), at);
      expr.args.push_back(expression());
      expect_symbol("]");
    } else if (word("COLLATE")) {
      refuse_unsupported("COLLATE");
    } else {
      return expr;
    }
    expr = finish(std::move(expr));
  }
}

bool Parser::member_ahead(const Expr& expr) const {
  const bool inside = expr.is == Expr::Is::Path || expr.is == Expr::Is::Index;
  return (symbol(":") || (symbol(".") && inside)) && peek(1).is_name();
}

// Member names keep their case, quoted or not.
Expr Parser::path(Expr value, const Token& at) {
  Expr expr = around(Expr::Is::Path, std::move(value), at);
  expr.text = next().text;
  return finish(std::move(expr));
}

Type Parser::type_name() {
  const Token at = peek();
  if (!at.is_name()) unexpected();
  std::string type = to_upper(next().text);
  if (type == "DOUBLE") take("PRECISION");
  if ((type == "CHAR" || type == "NCHAR") && take("VARYING")) type = "CHAR VARYING";
  std::vector<int64_t> numbers;
  if (symbol("(") && peek(1).kind == TokenKind::Number) {
    next();
    do numbers.push_back(integer());
    while (take_symbol(","));
    expect_symbol(")");
  }
  const auto made = make_type(type, numbers);
  if (made) return *made;
  for (const auto* refused : {"GEOGRAPHY", "GEOMETRY", "VECTOR", "MAP", "FILE", "DECFLOAT", "UUID"})
    if (type == refused) refuse_unsupported(type);
  refuse_compilation("002040", "42601", fmt::format("Unsupported data type '{}'.", type));
}

Expr Parser::literal(Expr::Is is, std::string text) {
  Expr expr = start(is);
  expr.text = std::move(text);
  next();
  return finish(std::move(expr));
}

Expr Parser::primary() {
  const Token& token = peek();
  switch (token.kind) {
    case TokenKind::Number:
      return literal(Expr::Is::Number, token.text);
    case TokenKind::String:
      return literal(Expr::Is::String, token.text);
    case TokenKind::Variable: {
      Expr expr = start(Expr::Is::Position);
      expr.text = fmt::format("{}", variable_number());
      return finish(std::move(expr));
    }
    case TokenKind::Bind:
      compile_error_at("002049", "42601", token, fmt::format("Bind variable {} not set.", token.text));
    case TokenKind::Symbol:
      return symbol_primary();
    case TokenKind::QuotedWord:
      return name_primary();
    case TokenKind::Word:
      return word_primary();
    case TokenKind::End:
      unexpected();
  }
  unexpected();
}

Expr Parser::symbol_primary() {
  if (symbol("(")) return parentheses();
  if (symbol("*")) {
    Expr expr = start(Expr::Is::Star);
    next();
    return finish(std::move(expr));
  }
  if (symbol("{")) refuse_unsupported("OBJECT constant");
  if (!symbol("[")) unexpected();
  Expr expr = start(Expr::Is::Call);
  expr.parts = {"ARRAY_CONSTRUCT"};
  next();
  while (!take_symbol("]")) {
    expr.args.push_back(expression());
    if (!symbol("]")) expect_symbol(",");
  }
  return finish(std::move(expr));
}

Expr Parser::parentheses() {
  Expr expr = start(Expr::Is::Tuple);
  next();
  if (word("SELECT") || word("WITH")) {
    expr.is = Expr::Is::Subquery;
    expr.query.push_back(query());
  } else {
    do expr.args.push_back(expression());
    while (take_symbol(","));
  }
  expect_symbol(")");
  if (expr.is == Expr::Is::Tuple && expr.args.size() == 1) {
    Expr inner = std::move(expr.args.front());
    inner.begin = expr.begin;
    return finish(std::move(inner));
  }
  return finish(std::move(expr));
}

Expr Parser::word_primary() {
  const Token& token = peek();
  if (token.is("NULL")) return literal(Expr::Is::Null, "");
  if (token.is("TRUE") || token.is("FALSE")) return literal(Expr::Is::Boolean, to_upper(token.text));
  if (token.is("CASE")) return case_expression();
  if (token.is("EXISTS") && symbol("(", 1)) return exists();
  if ((token.is("CAST") || token.is("TRY_CAST")) && symbol("(", 1)) return cast();
  if (token.is("EXTRACT") && symbol("(", 1)) return extract();
  if (token.is("INTERVAL") && peek(1).kind == TokenKind::String) {
    Expr expr = start(Expr::Is::Interval);
    next();
    expr.text = next().text;
    return finish(std::move(expr));
  }
  if (peek(1).kind == TokenKind::String) {
    const auto type = make_type(to_upper(token.text), {});
    if (type && type->is_temporal()) {
      Expr expr = start(Expr::Is::Typed);
      next();
      expr.type = *type;
      expr.text = next().text;
      return finish(std::move(expr));
    }
  }
  if (one_of(token, kNoAlias) && !symbol("(", 1) && !symbol(".", 1)) unexpected();
  return name_primary();
}

Expr Parser::case_expression() {
  Expr expr = start(Expr::Is::Case);
  next();
  if (!word("WHEN")) expr.flag = true, expr.args.push_back(expression());
  if (!word("WHEN")) unexpected();
  while (take("WHEN")) {
    expr.args.push_back(expression());
    expect("THEN");
    expr.args.push_back(expression());
  }
  if (take("ELSE")) expr.flag2 = true, expr.args.push_back(expression());
  expect("END");
  return finish(std::move(expr));
}

Expr Parser::exists() {
  Expr expr = start(Expr::Is::Exists);
  next(), next();
  expr.query.push_back(query());
  expect_symbol(")");
  return finish(std::move(expr));
}

Expr Parser::cast() {
  Expr expr = start(Expr::Is::Cast);
  expr.flag = next().is("TRY_CAST");
  expect_symbol("(");
  expr.args.push_back(expression());
  expect("AS");
  expr.type = type_name();
  expect_symbol(")");
  return finish(std::move(expr));
}

// EXTRACT(part FROM x) is DATE_PART(part, x).
Expr Parser::extract() {
  Expr expr = start(Expr::Is::Call);
  expr.parts = {"DATE_PART"};
  next(), next();
  expr.args.push_back(literal(Expr::Is::String, peek().text));
  expect("FROM");
  expr.args.push_back(expression());
  expect_symbol(")");
  return finish(std::move(expr));
}

Expr Parser::name_primary() {
  Expr expr = start(Expr::Is::Column);
  expr.parts = qualified_name();
  if (take_symbol(".")) {  // t.$1
    expr.is = Expr::Is::Position;
    expr.text = fmt::format("{}", variable_number());
    return finish(std::move(expr));
  }
  if (!symbol("(")) return finish(std::move(expr));
  next();
  expr.is = Expr::Is::Call;
  if (take("DISTINCT"))
    expr.distinct = true;
  else if (word("ALL") && !symbol(",", 1) && !symbol(")", 1))
    next();
  arguments(expr.args, expr.arg_names);
  call_suffix(expr);
  return finish(std::move(expr));
}

void Parser::call_suffix(Expr& expr) {
  if (word("WITHIN") && word("GROUP", 1)) {
    next(), next();
    expect_symbol("(");
    expect("ORDER");
    expect("BY");
    expr.within = order_items();
    expect_symbol(")");
  }
  if ((word("IGNORE") || word("RESPECT")) && word("NULLS", 1)) {
    if (word("IGNORE")) refuse_unsupported("IGNORE NULLS");
    next(), next();
  }
  if (word("OVER") && symbol("(", 1)) {
    next(), next();
    expr.over.push_back(window());
  } else if (word("OVER")) {
    refuse_unsupported("WINDOW clause");
  }
}

Window Parser::window() {
  Window result;
  if (take("PARTITION")) {
    expect("BY");
    do result.partition.push_back(expression());
    while (take_symbol(","));
  }
  if (take("ORDER")) {
    expect("BY");
    result.order = order_items();
  }
  if (word("ROWS") || word("RANGE")) {
    result.frame = to_upper(next().text);
    if (take("BETWEEN")) {
      result.frame += " BETWEEN " + frame_bound();
      expect("AND");
      result.frame += " AND " + frame_bound();
    } else {
      result.frame += " " + frame_bound();
    }
  }
  expect_symbol(")");
  return result;
}

std::string Parser::frame_bound() {
  if (take("CURRENT")) return expect("ROW"), "CURRENT ROW";
  const std::string amount = take("UNBOUNDED") ? "UNBOUNDED" : fmt::format("{}", integer());
  if (take("PRECEDING")) return amount + " PRECEDING";
  expect("FOLLOWING");
  return amount + " FOLLOWING";
}

}  // namespace mesh::sandbox::query
