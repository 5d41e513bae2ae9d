// Queries and FROM.

#include "query_parser_class.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mesh/base/text.hpp"
#include "query_parser.hpp"

namespace mesh::sandbox::query {
namespace {

// In FROM the sandbox refuses these by name.
constexpr std::string_view kRefusedAfterTable =
    " PIVOT UNPIVOT MATCH_RECOGNIZE SAMPLE TABLESAMPLE AT BEFORE CHANGES ASOF ";

}  // namespace

Query Parser::query() {
  const Deeper deeper(depth_);
  std::vector<Cte> ctes;
  const Token at = peek();
  if (take("WITH")) ctes = with();
  Query result = set_operation();
  if (!ctes.empty()) {
    // A WITH in front of `(SELECT ..) UNION ..` belongs to the whole.
    if (!result.with.empty()) result = nested(std::move(result));
    result.with = std::move(ctes);
  }
  result.at = at;
  order_and_limit(result);
  return result;
}

Query Parser::nested(Query inner) {
  Query outer;
  outer.is = Query::Is::Nested;
  outer.at = inner.at;
  outer.branches.push_back(std::move(inner));
  return outer;
}

std::vector<Cte> Parser::with() {
  if (word("RECURSIVE") && peek(1).is_name()) refuse_unsupported("WITH RECURSIVE");
  std::vector<Cte> result;
  do {
    Cte cte;
    cte.name = name();
    if (symbol("(")) cte.columns = names_in_parentheses();
    expect("AS");
    expect_symbol("(");
    cte.query.push_back(query());
    expect_symbol(")");
    result.push_back(std::move(cte));
  } while (take_symbol(","));
  return result;
}

Query Parser::combine(std::string set, Query left, Query right) {
  Query result;
  result.is = Query::Is::Set;
  result.at = left.at;
  result.set = std::move(set);
  result.branches.push_back(std::move(left));
  result.branches.push_back(std::move(right));
  return result;
}

// INTERSECT binds tighter than the others.
Query Parser::set_operation() {
  Query left = intersection();
  for (;;) {
    if (take("UNION")) {
      std::string set = take("ALL") ? "UNION ALL" : "UNION";
      take("DISTINCT");
      if (word("BY")) refuse_unsupported("UNION BY NAME");
      left = combine(std::move(set), std::move(left), intersection());
    } else if (take("EXCEPT") || take("MINUS")) {
      left = combine("EXCEPT", std::move(left), intersection());
    } else {
      return left;
    }
  }
}

Query Parser::intersection() {
  Query left = query_primary();
  while (take("INTERSECT")) left = combine("INTERSECT", std::move(left), query_primary());
  return left;
}

Query Parser::query_primary() {
  Query result;
  result.at = peek();
  if (take_symbol("(")) {
    Query inner = query();
    expect_symbol(")");
    return nested(std::move(inner));
  }
  if (take("VALUES")) {
    result.is = Query::Is::Values;
    result.rows = rows(false);
    return result;
  }
  if (!take("SELECT")) unexpected();
  select(result);
  return result;
}

void Parser::select(Query& result) {
  Select& select = result.select;
  if (take("DISTINCT"))
    select.distinct = true;
  else
    take("ALL");
  if (word("TOP") && peek(1).kind == TokenKind::Number) next(), result.limit = integer();
  do {
    if (word("FROM") && !select.items.empty()) break;  // a trailing comma is allowed
    select.items.push_back(select_item());
  } while (take_symbol(","));
  if (word("INTO")) refuse_unsupported("SELECT INTO");
  if (take("FROM")) select.from = from_list();
  if (take("WHERE")) select.where.push_back(expression());
  if (word("START") || word("CONNECT")) refuse_unsupported("CONNECT BY");
  if (take("GROUP")) group_by(select);
  if (take("HAVING")) select.having.push_back(expression());
  if (word("WINDOW")) refuse_unsupported("WINDOW clause");
  if (take("QUALIFY")) select.qualify.push_back(expression());
}

void Parser::group_by(Select& select) {
  expect("BY");
  for (const auto* refused : {"ROLLUP", "CUBE", "GROUPING"})
    if (word(refused)) refuse_unsupported(fmt::format("GROUP BY {}", refused));
  if (word("ALL")) {
    next();
    select.group_all = true;
    return;
  }
  do select.group_by.push_back(expression());
  while (take_symbol(","));
}

SelectItem Parser::select_item() {
  SelectItem item;
  item.at = peek();
  if (star(item)) return item;
  item.expr = expression();
  if (take("AS") || (peek().is_name() && !one_of(peek(), kNoAlias))) item.alias = name();
  return item;
}

bool Parser::star(SelectItem& item) {
  size_t ahead = 0;
  while (peek(ahead).is_name() && symbol(".", ahead + 1)) ahead += 2;
  if (!symbol("*", ahead)) return false;
  item.star = true;
  while (!symbol("*")) item.star_of.push_back(name()), expect_symbol(".");
  next();
  if (word("ILIKE") || word("REPLACE")) refuse_unsupported(fmt::format("SELECT * {}", to_upper(peek().text)));
  if (take("EXCLUDE")) item.exclude = symbol("(") ? names_in_parentheses() : std::vector<std::string>{name()};
  if (take("RENAME")) {
    const bool many = take_symbol("(");
    do {
      std::string from = name();
      expect("AS");
      item.rename.emplace_back(std::move(from), name());
    } while (many && take_symbol(","));
    if (many) expect_symbol(")");
  }
  return true;
}

void Parser::order_and_limit(Query& result) {
  if (take("ORDER")) {
    expect("BY");
    if (word("ALL")) refuse_unsupported("ORDER BY ALL");
    result.order = order_items();
  }
  if (take("LIMIT")) {
    if (!take("NULL")) result.limit = limit_number();
    if (take("OFFSET") && !take("NULL")) result.offset = limit_number();
    return;
  }
  if (take("OFFSET")) {
    result.offset = limit_number();
    if (!take("ROW")) take("ROWS");
  }
  if (take("FETCH")) {
    if (!take("FIRST")) take("NEXT");
    result.limit = limit_number();
    if (!take("ROW")) take("ROWS");
    take("ONLY");
  }
}

int64_t Parser::limit_number() {
  if (peek().kind == TokenKind::String && peek().text.empty()) return next(), INT64_MAX;  // LIMIT '' is no limit
  return integer();
}

std::vector<OrderItem> Parser::order_items() {
  std::vector<OrderItem> result;
  do {
    OrderItem item;
    item.expr.push_back(expression());
    if (take("DESC"))
      item.descending = true;
    else
      take("ASC");
    if (take("NULLS")) {
      item.nulls_first = word("FIRST");
      if (!take("FIRST")) expect("LAST");
    }
    result.push_back(std::move(item));
  } while (take_symbol(","));
  return result;
}

std::vector<Expr> Parser::row(bool with_default) {
  std::vector<Expr> result;
  expect_symbol("(");
  do result.push_back(with_default ? expression_or_default() : expression());
  while (take_symbol(","));
  expect_symbol(")");
  return result;
}

std::vector<std::vector<Expr>> Parser::rows(bool with_default) {
  std::vector<std::vector<Expr>> result;
  do result.push_back(row(with_default));
  while (take_symbol(","));
  return result;
}

std::vector<FromItem> Parser::from_list() {
  std::vector<FromItem> result;
  do result.push_back(from_item());
  while (take_symbol(","));
  return result;
}

FromItem Parser::from_item() {
  FromItem left = from_primary();
  for (;;) {
    FromItem joined;
    joined.is = FromItem::Is::Joined;
    joined.at = peek();
    joined.natural = take("NATURAL");
    if (!join_words(joined)) return left;
    joined.sides.push_back(std::move(left));
    joined.sides.push_back(from_primary());
    if (take("ON"))
      joined.on.push_back(expression());
    else if (take("USING"))
      joined.using_columns = names_in_parentheses();
    left = std::move(joined);
  }
}

bool Parser::join_words(FromItem& joined) {
  if (word("ASOF")) refuse_unsupported("ASOF JOIN");
  for (const auto* side : {"LEFT", "RIGHT", "FULL"}) {
    if (!word(side)) continue;
    next();
    take("OUTER");
    expect("JOIN");
    joined.join = std::string(side) + " JOIN";
    return true;
  }
  if (take("CROSS")) {
    expect("JOIN");
    joined.join = "CROSS JOIN";
    return true;
  }
  if (take("INNER")) {
    expect("JOIN");
  } else if (!take("JOIN")) {
    if (joined.natural) unexpected();
    return false;
  }
  joined.join = "INNER JOIN";
  return true;
}

FromItem Parser::from_primary() {
  const Deeper deeper(depth_);
  FromItem item;
  item.at = peek();
  if (word("LATERAL")) refuse_unsupported("LATERAL");
  if (symbol("@")) refuse_unsupported("query of a stage");
  if (take_symbol("(")) {
    parenthesised(item);
  } else if (word("VALUES") && symbol("(", 1)) {
    next();
    item.is = FromItem::Is::Values;
    item.rows = rows(false);
  } else if (word("TABLE") && symbol("(", 1)) {
    next(), next();
    table_function(item);
    expect_symbol(")");
  } else if (peek().kind == TokenKind::Variable) {
    item.is = FromItem::Is::Piped;
    item.piped = variable_number();
  } else {
    item.parts = object_name();
  }
  table_alias(item);
  return item;
}

int Parser::variable_number() {
  const Token& token = peek();
  int number = 0;
  const char* begin = token.text.data() + 1;
  const auto parsed = std::from_chars(begin, token.text.data() + token.text.size(), number);
  if (parsed.ec != std::errc() || *parsed.ptr != '\0')
    refuse_compilation("002211", "02000", fmt::format("Session variable '{}' does not exist", to_upper(token.text)));
  next();
  return number;
}

// Behind `(` in FROM stands a query or a join. Where another parenthesis opens, what follows its end tells.
bool Parser::query_ahead() const {
  if (word("SELECT") || word("WITH") || (word("VALUES") && symbol("(", 1))) return true;
  size_t inside = 0;
  while (symbol("(", inside)) ++inside;
  if (inside == 0 || !(word("SELECT", inside) || word("WITH", inside) || word("VALUES", inside))) return false;
  int open = 0;
  size_t at = at_;
  do {
    if (tokens_[at].symbol("(")) ++open;
    if (tokens_[at].symbol(")")) --open;
  } while (open > 0 && ++at + 1 < tokens_.size());
  const Token& after = tokens_[std::min(at + 1, tokens_.size() - 1)];
  constexpr std::string_view kGoesOn = " UNION INTERSECT EXCEPT MINUS ORDER LIMIT OFFSET ";
  return after.symbol(")") || one_of(after, kGoesOn);
}

void Parser::parenthesised(FromItem& item) {
  if (query_ahead()) {
    item.is = FromItem::Is::Derived;
    item.query.push_back(query());
  } else {
    item = from_item();
  }
  expect_symbol(")");
}

void Parser::table_function(FromItem& item) {
  if (peek().kind == TokenKind::String) {  // TABLE('name')
    const Token literal = next();
    const auto inner = tokens_of(literal.text);
    Parser parser(literal.text, inner);
    item.parts = parser.qualified_name();
    return;
  }
  item.parts = object_name();
  if (!take_symbol("(")) return;
  item.is = FromItem::Is::Function;
  const std::string last = item.parts.back();
  for (const auto* refused : {"FLATTEN", "RESULT_SCAN", "GENERATOR", "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE"})
    if (item.parts.size() == 1 && last == refused) refuse_unsupported(last);
  arguments(item.args, item.arg_names);
}

// The arguments behind an opening parenthesis, with it closed.
void Parser::arguments(std::vector<Expr>& args, std::vector<std::string>& names) {
  if (take_symbol(")")) return;
  do {
    if (peek().is_name() && symbol("=>", 1)) {
      names.resize(args.size());
      names.push_back(name());
      next();
    }
    args.push_back(expression());
  } while (take_symbol(","));
  if (!names.empty()) names.resize(args.size());
  expect_symbol(")");
}

void Parser::table_alias(FromItem& item) {
  if (one_of(peek(), kRefusedAfterTable) && (symbol("(", 1) || word("SAMPLE") || word("TABLESAMPLE")))
    refuse_unsupported(to_upper(peek().text));
  if (take("AS") || (peek().is_name() && !one_of(peek(), kNoAlias))) {
    item.alias = name();
    if (symbol("(")) item.column_aliases = names_in_parentheses();
  }
  if (one_of(peek(), kRefusedAfterTable) && (symbol("(", 1) || word("SAMPLE") || word("TABLESAMPLE")))
    refuse_unsupported(to_upper(peek().text));
}

}  // namespace mesh::sandbox::query
