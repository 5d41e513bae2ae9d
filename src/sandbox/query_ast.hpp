#pragma once
// Snowflake's queries and DML as a tree. Names are stored spellings (folded unless quoted).

#include <optional>
#include <string>
#include <vector>

#include "lexer.hpp"
#include "query_type.hpp"

namespace mesh::sandbox::query {

struct Query;
struct Expr;

// At most one value of a type that is not complete yet.
template <typename T>
using Boxed = std::vector<T>;

struct OrderItem {
  Boxed<Expr> expr;
  bool descending = false;
  std::optional<bool> nulls_first;  // unset: NULLs are largest
};

struct Window {
  std::vector<Expr> partition;
  std::vector<OrderItem> order;
  std::string frame;  // as SQLite reads it too, empty when not written
};

struct Expr {
  enum class Is {
    Null,
    Boolean,   // text TRUE or FALSE
    Number,    // text as written
    String,    // text
    Typed,     // DATE '..': type, text
    Interval,  // text
    Column,    // parts: [[db.]schema.]table.]column
    Position,  // $1 or t.$1: text holds the number, parts the qualifiers
    Star,      // COUNT(*)
    Default,   // DEFAULT in VALUES and SET
    Call,      // parts: function name; args
    Cast,      // args[0], type; flag: TRY_CAST
    Case,      // args: [operand] (when, then)...  [else]; flag: has operand, flag2: has else
    Unary,     // text: + -
    Binary,    // text: operator
    And,       // two or more args
    Or,
    Concat,
    Not,
    Between,     // x, low, high
    In,          // x, items...
    InQuery,     // x; query
    Like,        // x, pattern, [escape]; text: LIKE ILIKE RLIKE
    IsNull,      // args[0]
    IsBoolean,   // args[0]; text TRUE or FALSE
    IsDistinct,  // a IS DISTINCT FROM b
    Exists,
    Subquery,
    Tuple,
    Path,   // args[0]; text: member name
    Index,  // args[0][args[1]]
  } is = Is::Null;
  Token at;                   // where messages point
  size_t begin = 0, end = 0;  // its source text
  int height = 1;
  std::string text;
  std::vector<std::string> parts;
  std::vector<Expr> args;
  std::vector<std::string> arg_names;  // Call with name => value: parallel to args, else empty
  Boxed<Query> query;
  Type type;
  bool negated = false;  // Between, In, InQuery, Like, IsNull, IsBoolean, IsDistinct, Exists
  bool flag = false, flag2 = false;
  bool distinct = false;          // Call
  Boxed<Window> over;             // Call
  std::vector<OrderItem> within;  // Call: WITHIN GROUP (ORDER BY ..)
};

struct SelectItem {
  bool star = false;
  std::vector<std::string> star_of;  // t.*
  std::vector<std::string> exclude;
  std::vector<std::pair<std::string, std::string>> rename;
  Expr expr;
  std::string alias;  // empty: none
  Token at;
};

struct FromItem {
  enum class Is { Named, Derived, Values, Function, Piped, Joined } is = Is::Named;
  Token at;
  std::vector<std::string> parts;       // Named, Function
  Boxed<Query> query;                   // Derived
  std::vector<std::vector<Expr>> rows;  // Values
  std::vector<Expr> args;               // Function
  std::vector<std::string> arg_names;   // Function
  int piped = 0;                        // Piped: from 1
  std::string alias;
  std::vector<std::string> column_aliases;
  // Joined
  std::string join;             // INNER JOIN, LEFT JOIN, RIGHT JOIN, FULL JOIN, CROSS JOIN
  std::vector<FromItem> sides;  // two
  Boxed<Expr> on;
  std::vector<std::string> using_columns;
  bool natural = false;
};

struct Select {
  bool distinct = false;
  std::vector<SelectItem> items;
  std::vector<FromItem> from;  // comma-separated
  Boxed<Expr> where;
  std::vector<Expr> group_by;
  bool group_all = false;
  Boxed<Expr> having, qualify;
};

struct Cte {
  std::string name;
  std::vector<std::string> columns;
  Boxed<Query> query;
};

struct Query {
  enum class Is { Select, Values, Set, Nested } is = Is::Select;
  std::vector<Cte> with;
  Select select;
  std::vector<std::vector<Expr>> rows;  // Values
  std::string set;                      // UNION, UNION ALL, INTERSECT, EXCEPT
  std::vector<Query> branches;          // Set: two; Nested: one
  std::vector<OrderItem> order;
  std::optional<int64_t> limit, offset;
  Token at;
};

struct Assignment {
  Token at;
  std::string column;
  Expr value;
};

struct Insert {
  std::vector<std::string> columns;  // empty: all
  std::vector<Token> column_tokens;
  std::vector<std::vector<Expr>> rows;
  Boxed<Query> query;
};

struct MergeClause {
  enum class Does { Update, Delete, Insert } does = Does::Update;
  Boxed<Expr> condition;
  std::vector<Assignment> set;
  Insert insert;  // one row
};

struct Statement {
  enum class Is { Query, Insert, Update, Delete, Merge, Truncate } is = Is::Query;
  Query query;
  Token at;
  std::vector<std::string> target;
  std::string target_alias;
  Insert insert;
  std::vector<Assignment> set;       // Update
  std::vector<FromItem> from;        // Update FROM, Delete USING, Merge USING
  Boxed<Expr> where;                 // Merge: ON
  std::vector<MergeClause> clauses;  // Merge
  bool if_exists = false;            // Truncate
};

}  // namespace mesh::sandbox::query
