#pragma once
// The recursive-descent parser behind query_parser.hpp: tokens and statements, queries, expressions have a source file
// each.

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query_ast.hpp"
#include "query_error.hpp"

namespace mesh::sandbox::query {

// Words that cannot be an alias without AS: the reserved ones (identifiers-and-literals.md section 1) and those that
// begin a clause.
inline constexpr std::string_view kNoAlias =
    " ALL ALTER AND ANY AS BETWEEN BY CHECK COLUMN CONNECT CREATE CURRENT DELETE DISTINCT DROP ELSE EXISTS "
    "FOLLOWING FOR FROM GRANT GROUP HAVING ILIKE IN INCREMENT INSERT INTERSECT INTO IS LIKE MINUS NOT NULL OF ON "
    "OR ORDER QUALIFY REGEXP REVOKE RLIKE ROW ROWS SAMPLE SELECT SET SOME START TABLE TABLESAMPLE THEN TO TRIGGER "
    "UNION UNIQUE UPDATE VALUES WHENEVER WHERE WINDOW WITH CROSS FULL INNER JOIN LATERAL LEFT NATURAL RIGHT USING "
    "LIMIT OFFSET FETCH EXCEPT WHEN PIVOT UNPIVOT ASOF CASE MATCH_RECOGNIZE END EXCLUDE RENAME ";

// A word of a list, which has a blank around each.
bool one_of(const Token& token, std::string_view words);

// Bounds on what is nested and on what is chained, so that no text exhausts the stack.
inline constexpr int kDeepest = 100;
inline constexpr int kHighest = 1000;
[[noreturn]] void too_deep();

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

  Statement statement();
  Query whole_query();
  Expr whole_expression();

 private:
  // Tokens
  const Token& peek(size_t ahead = 0) const;
  const Token& next();
  bool word(std::string_view upper, size_t ahead = 0) const;
  bool symbol(std::string_view text, size_t ahead = 0) const;
  bool take(std::string_view upper);
  bool take_symbol(std::string_view text);
  void expect(std::string_view upper);
  void expect_symbol(std::string_view text);
  [[noreturn]] void unexpected() const;
  [[noreturn]] void unexpected(const Token& token) const;
  void end();
  std::string name();
  std::vector<std::string> names_in_parentheses();
  std::vector<std::string> qualified_name();
  std::vector<std::string> object_name();
  int64_t integer();

  // Statements
  Statement statement_body();
  void target(Statement& statement);
  void insert(Statement& result);
  void insert_columns(Insert& insert);
  std::vector<Assignment> assignments();
  void update(Statement& result);
  void delete_from(Statement& result);
  void merge(Statement& result);
  MergeClause merge_clause();
  void truncate(Statement& result);

  // Queries
  Query query();
  static Query nested(Query inner);
  std::vector<Cte> with();
  Query combine(std::string set, Query left, Query right);
  Query set_operation();
  Query intersection();
  Query query_primary();
  void select(Query& result);
  void group_by(Select& select);
  SelectItem select_item();
  bool star(SelectItem& item);
  void order_and_limit(Query& result);
  int64_t limit_number();
  std::vector<OrderItem> order_items();
  std::vector<Expr> row(bool with_default);
  std::vector<std::vector<Expr>> rows(bool with_default);

  // FROM
  std::vector<FromItem> from_list();
  FromItem from_item();
  bool join_words(FromItem& joined);
  FromItem from_primary();
  int variable_number();
  bool query_ahead() const;
  void parenthesised(FromItem& item);
  void table_function(FromItem& item);
  void arguments(std::vector<Expr>& args, std::vector<std::string>& names);
  void table_alias(FromItem& item);

  // Expressions
  Expr start(Expr::Is is) const;
  Expr finish(Expr expr) const;
  Expr around(Expr::Is is, Expr first, const Token& at) const;
  Expr expression_or_default();
  Expr expression();
  Expr chain(std::string_view operator_word, Expr::Is is, auto operand) {
    Expr left = operand();
    if (!word(operator_word)) return left;
    Expr result = around(is, std::move(left), peek());
    while (take(operator_word)) result.args.push_back(operand());
    return finish(std::move(result));
  }
  Expr negation();
  Expr predicate();
  Expr is_test(Expr left, const Token& at);
  Expr in_test(Expr left, const Token& at, bool negated);
  Expr between(Expr left, const Token& at, bool negated);
  Expr like(Expr left, const Token& at, bool negated);
  Expr like_many(const Expr& left, const Token& at, bool negated, const std::string& operation);
  Expr additive();
  Expr multiplicative();
  Expr unary();
  Expr postfix(Expr expr);
  bool member_ahead(const Expr& expr) const;
  Expr path(Expr value, const Token& at);
  Type type_name();
  Expr literal(Expr::Is is, std::string text);
  Expr primary();
  Expr symbol_primary();
  Expr parentheses();
  Expr word_primary();
  Expr case_expression();
  Expr exists();
  Expr cast();
  Expr extract();
  Expr name_primary();
  void call_suffix(Expr& expr);
  Window window();
  std::string frame_bound();

  std::string_view source_;
  const std::vector<Token>& tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace mesh::sandbox::query
