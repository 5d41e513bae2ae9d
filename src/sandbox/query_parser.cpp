#include "query_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "mesh/base/text.hpp"
#include "query_error.hpp"

namespace mesh::sandbox::query {
namespace {

// Words that cannot be an alias without AS: the reserved ones (identifiers-and-literals.md section 1) and those that
// begin a clause.
constexpr std::array<std::string_view, 84> kNoAlias = {
    "ALL",       "ALTER",   "AND",     "ANY",     "AS",       "BETWEEN",     "BY",     "CHECK",     "COLUMN",
    "CONNECT",   "CREATE",  "CURRENT", "DELETE",  "DISTINCT", "DROP",        "ELSE",   "EXISTS",    "FOLLOWING",
    "FOR",       "FROM",    "GRANT",   "GROUP",   "HAVING",   "ILIKE",       "IN",     "INCREMENT", "INSERT",
    "INTERSECT", "INTO",    "IS",      "LIKE",    "MINUS",    "NOT",         "NULL",   "OF",        "ON",
    "OR",        "ORDER",   "QUALIFY", "REGEXP",  "REVOKE",   "RLIKE",       "ROW",    "ROWS",      "SAMPLE",
    "SELECT",    "SET",     "SOME",    "START",   "TABLE",    "TABLESAMPLE", "THEN",   "TO",        "TRIGGER",
    "UNION",     "UNIQUE",  "UPDATE",  "VALUES",  "WHENEVER", "WHERE",       "WINDOW", "WITH",      "CROSS",
    "FULL",      "INNER",   "JOIN",    "LATERAL", "LEFT",     "NATURAL",     "RIGHT",  "USING",     "LIMIT",
    "OFFSET",    "FETCH",   "EXCEPT",  "WHEN",    "PIVOT",    "UNPIVOT",     "ASOF",   "CASE",      "MATCH_RECOGNIZE",
    "END",       "EXCLUDE", "RENAME"};

// In FROM the sandbox refuses these by name.
constexpr std::array<std::string_view, 9> kRefusedAfterTable = {
    "PIVOT", "UNPIVOT", "MATCH_RECOGNIZE", "SAMPLE", "TABLESAMPLE", "AT", "BEFORE", "CHANGES", "ASOF"};

constexpr std::array<std::string_view, 8> kComparisons = {"=", "<>", "!=", "<", "<=", ">", ">=", "=="};

bool one_of(const Token& token, const auto& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is(word); });
}

// Bounds on what is nested and on what is chained, so that no text exhausts the stack.
constexpr int kDeepest = 100;
constexpr int kHighest = 1000;
[[noreturn]] void too_deep() { refuse_unsupported("expressions nested so deeply"); }

class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(depth) {
    if (++depth_ > kDeepest) too_deep();
  }
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  int& depth_;
};

class Parser {
 public:
  Parser(std::string_view source, const std::vector<Token>& tokens) : source_(source), tokens_(tokens) {}

  Statement statement() {
    Statement result = statement_body();
    end();
    return result;
  }
  Query whole_query() {
    Query result = query();
    end();
    return result;
  }
  Expr whole_expression() {
    Expr result = expression();
    end();
    return result;
  }

 private:
  // Tokens.
  const Token& peek(size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& next() {
    const Token& token = peek();
    if (at_ + 1 < tokens_.size()) ++at_;
    return token;
  }
  bool word(std::string_view upper, size_t ahead = 0) const { return peek(ahead).is(upper); }
  bool symbol(std::string_view text, size_t ahead = 0) const { return peek(ahead).symbol(text); }
  bool take(std::string_view upper) { return word(upper) && (next(), true); }
  bool take_symbol(std::string_view text) { return symbol(text) && (next(), true); }
  void expect(std::string_view upper) {
    if (!take(upper)) unexpected();
  }
  void expect_symbol(std::string_view text) {
    if (!take_symbol(text)) unexpected();
  }
  [[noreturn]] void unexpected() const { unexpected(peek()); }
  [[noreturn]] void unexpected(const Token& token) const {
    if (token.kind == TokenKind::End) syntax_error(token, "<EOF>");
    syntax_error(token, source_.substr(token.begin, token.end - token.begin));
  }
  void end() {
    take_symbol(";");
    if (peek().kind != TokenKind::End) unexpected();
  }
  std::string name() {
    if (!peek().is_name()) unexpected();
    return next().folded();
  }
  std::vector<std::string> names_in_parentheses() {
    std::vector<std::string> result;
    expect_symbol("(");
    do result.push_back(name());
    while (take_symbol(","));
    expect_symbol(")");
    return result;
  }
  std::vector<std::string> qualified_name() {
    std::vector<std::string> parts{name()};
    while (symbol(".") && peek(1).kind != TokenKind::Variable) {
      next();
      parts.push_back(symbol(".") ? std::string("PUBLIC") : name());  // db..t is in PUBLIC
    }
    return parts;
  }
  // A table named directly or by IDENTIFIER('..').
  std::vector<std::string> object_name() {
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
  int64_t integer() {
    const Token& token = peek();
    int64_t value = 0;
    const auto parsed = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
    if (token.kind != TokenKind::Number || parsed.ec != std::errc() || *parsed.ptr != '\0') unexpected();
    next();
    return value;
  }

  // Statements.
  Statement statement_body() {
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

  void target(Statement& statement) {
    statement.at = peek();
    statement.target = object_name();
    take("AS");
    if (peek().is_name() && !one_of(peek(), kNoAlias)) statement.target_alias = name();
  }

  void insert(Statement& result) {
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

  void insert_columns(Insert& insert) {
    expect_symbol("(");
    do {
      insert.column_tokens.push_back(peek());
      insert.columns.push_back(qualified_name().back());
    } while (take_symbol(","));
    expect_symbol(")");
  }

  std::vector<Assignment> assignments() {
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

  void update(Statement& result) {
    result.is = Statement::Is::Update;
    target(result);
    expect("SET");
    result.set = assignments();
    if (take("FROM")) result.from = from_list();
    if (take("WHERE")) result.where.push_back(expression());
  }

  void delete_from(Statement& result) {
    result.is = Statement::Is::Delete;
    expect("FROM");
    target(result);
    if (take("USING")) result.from = from_list();
    if (take("WHERE")) result.where.push_back(expression());
  }

  void merge(Statement& result) {
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

  MergeClause merge_clause() {
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

  void truncate(Statement& result) {
    result.is = Statement::Is::Truncate;
    take("TABLE");
    if (word("IF") && word("EXISTS", 1)) next(), next(), result.if_exists = true;
    result.at = peek();
    result.target = object_name();
  }

  // Queries.
  Query query() {
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

  static Query nested(Query inner) {
    Query outer;
    outer.is = Query::Is::Nested;
    outer.at = inner.at;
    outer.branches.push_back(std::move(inner));
    return outer;
  }

  std::vector<Cte> with() {
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

  Query combine(std::string set, Query left, Query right) {
    Query result;
    result.is = Query::Is::Set;
    result.at = left.at;
    result.set = std::move(set);
    result.branches.push_back(std::move(left));
    result.branches.push_back(std::move(right));
    return result;
  }

  // INTERSECT binds tighter than the others.
  Query set_operation() {
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

  Query intersection() {
    Query left = query_primary();
    while (take("INTERSECT")) left = combine("INTERSECT", std::move(left), query_primary());
    return left;
  }

  Query query_primary() {
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

  void select(Query& result) {
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

  void group_by(Select& select) {
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

  SelectItem select_item() {
    SelectItem item;
    item.at = peek();
    if (star(item)) return item;
    item.expr = expression();
    if (take("AS") || (peek().is_name() && !one_of(peek(), kNoAlias))) item.alias = name();
    return item;
  }

  bool star(SelectItem& item) {
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

  void order_and_limit(Query& result) {
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

  int64_t limit_number() {
    if (peek().kind == TokenKind::String && peek().text.empty()) return next(), INT64_MAX;  // LIMIT '' is no limit
    return integer();
  }

  std::vector<OrderItem> order_items() {
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

  std::vector<Expr> row(bool with_default) {
    std::vector<Expr> result;
    expect_symbol("(");
    do result.push_back(with_default ? expression_or_default() : expression());
    while (take_symbol(","));
    expect_symbol(")");
    return result;
  }
  std::vector<std::vector<Expr>> rows(bool with_default) {
    std::vector<std::vector<Expr>> result;
    do result.push_back(row(with_default));
    while (take_symbol(","));
    return result;
  }

  // FROM.
  std::vector<FromItem> from_list() {
    std::vector<FromItem> result;
    do result.push_back(from_item());
    while (take_symbol(","));
    return result;
  }

  FromItem from_item() {
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

  bool join_words(FromItem& joined) {
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

  FromItem from_primary() {
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

  int variable_number() {
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
  bool query_ahead() const {
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
    constexpr std::array<std::string_view, 7> kGoesOn = {"UNION", "INTERSECT", "EXCEPT", "MINUS",
                                                         "ORDER", "LIMIT",     "OFFSET"};
    return after.symbol(")") || one_of(after, kGoesOn);
  }

  void parenthesised(FromItem& item) {
    if (query_ahead()) {
      item.is = FromItem::Is::Derived;
      item.query.push_back(query());
    } else {
      item = from_item();
    }
    expect_symbol(")");
  }

  void table_function(FromItem& item) {
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
  void arguments(std::vector<Expr>& args, std::vector<std::string>& names) {
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

  void table_alias(FromItem& item) {
    if (one_of(peek(), kRefusedAfterTable) && (symbol("(", 1) || word("SAMPLE") || word("TABLESAMPLE")))
      refuse_unsupported(to_upper(peek().text));
    if (take("AS") || (peek().is_name() && !one_of(peek(), kNoAlias))) {
      item.alias = name();
      if (symbol("(")) item.column_aliases = names_in_parentheses();
    }
    if (one_of(peek(), kRefusedAfterTable) && (symbol("(", 1) || word("SAMPLE") || word("TABLESAMPLE")))
      refuse_unsupported(to_upper(peek().text));
  }

  // Expressions.
  Expr start(Expr::Is is) const {
    Expr expr;
    expr.is = is;
    expr.at = peek();
    expr.begin = peek().begin;
    return expr;
  }
  Expr finish(Expr expr) const {
    expr.end = at_ == 0 ? expr.begin : tokens_[at_ - 1].end;
    for (const Expr& arg : expr.args) expr.height = std::max(expr.height, arg.height + 1);
    if (expr.height > kHighest) too_deep();
    return expr;
  }
  // A node around one that was read before it.
  Expr around(Expr::Is is, Expr first, const Token& at) const {
    Expr expr;
    expr.is = is;
    expr.at = at;
    expr.begin = first.begin;
    expr.args.push_back(std::move(first));
    return expr;
  }

  Expr expression_or_default() {
    if (!word("DEFAULT")) return expression();
    Expr expr = start(Expr::Is::Default);
    next();
    return finish(std::move(expr));
  }

  Expr expression() {
    const Deeper deeper(depth_);
    return chain("OR", Expr::Is::Or, [this] { return chain("AND", Expr::Is::And, [this] { return negation(); }); });
  }

  Expr chain(std::string_view operator_word, Expr::Is is, auto operand) {
    Expr left = operand();
    if (!word(operator_word)) return left;
    Expr result = around(is, std::move(left), peek());
    while (take(operator_word)) result.args.push_back(operand());
    return finish(std::move(result));
  }

  Expr negation() {
    if (!word("NOT")) return predicate();
    const Deeper deeper(depth_);
    Expr expr = start(Expr::Is::Not);
    next();
    expr.args.push_back(negation());
    return finish(std::move(expr));
  }

  Expr predicate() {
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
        const bool negated = word("NOT") && (word("IN", 1) || word("BETWEEN", 1) || word("LIKE", 1) ||
                                             word("ILIKE", 1) || word("RLIKE", 1) || word("REGEXP", 1));
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

  Expr is_test(Expr left, const Token& at) {
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

  Expr in_test(Expr left, const Token& at, bool negated) {
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

  Expr between(Expr left, const Token& at, bool negated) {
    Expr expr = around(Expr::Is::Between, std::move(left), at);
    expr.negated = negated;
    expr.args.push_back(additive());
    expect("AND");
    expr.args.push_back(additive());
    return finish(std::move(expr));
  }

  Expr like(Expr left, const Token& at, bool negated) {
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
  Expr like_many(const Expr& left, const Token& at, bool negated, const std::string& operation) {
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

  Expr additive() {
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

  Expr multiplicative() {
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

  Expr unary() {
    if (!symbol("-") && !symbol("+")) return postfix(primary());
    const Deeper deeper(depth_);
    Expr expr = start(Expr::Is::Unary);
    expr.text = next().text;
    expr.args.push_back(unary());
    return finish(std::move(expr));
  }

  Expr postfix(Expr expr) {
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

  bool member_ahead(const Expr& expr) const {
    const bool inside = expr.is == Expr::Is::Path || expr.is == Expr::Is::Index;
    return (symbol(":") || (symbol(".") && inside)) && peek(1).is_name();
  }

  // Member names keep their case, quoted or not.
  Expr path(Expr value, const Token& at) {
    Expr expr = around(Expr::Is::Path, std::move(value), at);
    expr.text = next().text;
    return finish(std::move(expr));
  }

  Type type_name() {
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

  Expr literal(Expr::Is is, std::string text) {
    Expr expr = start(is);
    expr.text = std::move(text);
    next();
    return finish(std::move(expr));
  }

  Expr primary() {
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

  Expr symbol_primary() {
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

  Expr parentheses() {
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

  Expr word_primary() {
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

  Expr case_expression() {
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

  Expr exists() {
    Expr expr = start(Expr::Is::Exists);
    next(), next();
    expr.query.push_back(query());
    expect_symbol(")");
    return finish(std::move(expr));
  }

  Expr cast() {
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
  Expr extract() {
    Expr expr = start(Expr::Is::Call);
    expr.parts = {"DATE_PART"};
    next(), next();
    expr.args.push_back(literal(Expr::Is::String, peek().text));
    expect("FROM");
    expr.args.push_back(expression());
    expect_symbol(")");
    return finish(std::move(expr));
  }

  Expr name_primary() {
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

  void call_suffix(Expr& expr) {
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

  Window window() {
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

  std::string frame_bound() {
    if (take("CURRENT")) return expect("ROW"), "CURRENT ROW";
    const std::string amount = take("UNBOUNDED") ? "UNBOUNDED" : fmt::format("{}", integer());
    if (take("PRECEDING")) return amount + " PRECEDING";
    expect("FOLLOWING");
    return amount + " FOLLOWING";
  }

  std::string_view source_;
  const std::vector<Token>& tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

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
