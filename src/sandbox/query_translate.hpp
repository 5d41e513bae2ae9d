#pragma once
// Snowflake's queries to SQLite's SQL. Every FROM item gets an alias t<n> and every column is emitted as t<n>.c<m>, so
// SQLite never resolves a Snowflake name; types are told here, and coercions written out as calls of sf_cast
// (query_sqlite.hpp).

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "query.hpp"
#include "query_ast.hpp"

namespace mesh::sandbox::query {

struct Origin {  // the stored table a plain column comes from
  std::string database, schema, table;
};

// An expression in SQLite's SQL. `sql` stands alone: it is a name, a literal, a call or in parentheses.
struct Typed {
  std::string sql;
  Type type;
  bool nullable = true;
  Origin origin;
  bool aggregate = false, window = false;  // holds one
  std::string bare;                        // a column used outside aggregates and grouping keys, as messages name it
  Token bare_at;
};

struct OutColumn {
  std::string name;
  Type type;
  bool nullable = true;
  Origin origin;
};
// A query whose SQL gives columns named c1..cn.
struct Relational {
  std::string sql;
  std::vector<OutColumn> columns;
};

struct ScopeColumn {
  std::string name;
  Typed value;
  bool merged = false;  // part of a USING column, which stands for it in * and unqualified
};
struct Source {
  std::string alias;              // stored spelling, empty for a derived table without one
  std::vector<std::string> path;  // database, schema, name of a table or view named without alias
  std::vector<ScopeColumn> columns;
};
// What names mean inside one SELECT.
struct Scope {
  const Scope* outer = nullptr;
  std::vector<Source> sources;
  std::vector<ScopeColumn> merged;                 // of JOIN .. USING
  const std::vector<SelectItem>* items = nullptr;  // whose aliases may be used
  std::set<std::string> keys;                      // SQL of the GROUP BY expressions
  std::vector<std::string> expanding;              // aliases being replaced, against cycles
};

class Translator {
 public:
  // `describing`: the SQL will not be run, so that rows of result sets need not be loaded.
  Translator(sqlite3* db, Relations& relations, const Session& session, std::string_view source,
             const StoredView* inside, bool describing = false);
  ~Translator();
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;

  Relational query(const Query& query, const Scope* outer);
  Typed expression(const Expr& expr, Scope& scope);
  // Appends the item's sources to the scope and gives its SQL for FROM.
  std::string from_item(const FromItem& item, Scope& scope);
  // The table a DML statement names, as a source of one more alias.
  StoredTable target(const std::vector<std::string>& parts, const std::string& privilege);
  Source table_source(const StoredTable& table, const std::string& sql_alias);
  // An expression out of the catalogue: a virtual column's, a CHECK's.
  Typed foreign_expression(const std::string& source, Scope& scope);
  std::string next_alias();
  // One VALUES list: rows of equal length, common types by column, named COLUMN1...
  // `defaults` stand for DEFAULT, by column; without them it is a syntax error.
  Relational values(const std::vector<std::vector<Expr>>& rows, const std::vector<Typed>& defaults);

  std::string source_text(const Expr& expr) const;  // as written, in upper case outside double quotes
  // SQL of an order item's direction.
  static std::string direction(const OrderItem& item);
  std::string window_sql(const Window& window, Scope& scope, Typed& whole, const std::string& default_frame);
  std::string order_keys(const std::vector<OrderItem>& items, Scope& scope, Typed& whole);

  const Session& caller() const { return caller_; }
  Relations& relations() { return relations_; }
  // Inside the body of a policy: database, schema, name and column of what it protects. Else empty.
  const std::vector<std::string>& protected_place() const { return protected_; }
  bool inside_view() const { return inside_ != nullptr; }
  std::string_view statement_text() const { return source_; }
  int64_t now() const { return now_; }
  bool needs_warehouse() const { return needs_warehouse_; }

 private:
  struct BoundCte {
    std::string name, sql_name;
    std::vector<OutColumn> columns;
  };
  class Nested;
  class InPolicy;

  Relational body(const Query& query, const Scope* outer);
  Relational select(const Query& query, const Scope* outer);
  Relational set_operation(const Query& query, const Scope* outer);
  std::string with_clause(const Query& query);
  std::string order_of_columns(const Query& query, const Relational& rows);

  struct Item {
    std::string name;
    Typed value;
    const Expr* expr = nullptr;  // null for a column of *
  };
  std::vector<Item> items(const Select& select, Scope& scope);
  void star(const SelectItem& item, const Scope& scope, std::vector<Item>& out) const;
  std::vector<std::string> group_keys(const Select& select, Scope& scope);
  std::string order_by(const Query& query, Scope& scope, const std::vector<Item>& items, bool wrapped,
                       std::vector<std::string>& extra);

  std::string named(const FromItem& item, Scope& scope);
  std::string joined(const FromItem& item, Scope& scope);
  std::string relation(const Relation& relation, const FromItem& item, Scope& scope);
  std::string view(const StoredView& view, const FromItem& item, Scope& scope);
  // query_protect.cpp: the rows of `from` as the policies leave them.
  std::string protected_rows(const Protection& protection, const Source& source, const std::string& from,
                             const FromItem& item, Scope& scope);
  Typed policy_value(const StoredPolicy& policy, const Source& source, const std::string& column);
  std::string result_set(const ResultSet& rows, const FromItem& item, Scope& scope);
  std::string table_function(const FromItem& item, Scope& scope);
  std::string derived(const Relational& rows, const FromItem& item, Scope& scope, std::vector<std::string> path = {});
  void add_source(Source source, const FromItem& item, Scope& scope) const;
  std::string using_condition(const FromItem& item, Scope& scope, size_t left, size_t middle);
  Relation resolve(const std::vector<std::string>& parts, const std::string& privilege);

  Typed column(const Expr& expr, Scope& scope);
  std::optional<Typed> find_column(const Expr& expr, Scope& scope);
  std::optional<Typed> find_alias(const Expr& expr, Scope& scope);
  Typed untracked(const Expr& expr, Scope& scope);
  Typed literal_number(const Expr& expr) const;
  Typed binary(const Expr& expr, Scope& scope);
  Typed arithmetic(const Expr& expr, const Typed& a, const Typed& b) const;
  Typed temporal_arithmetic(const Expr& expr, const Typed& a, const Typed& b) const;
  Typed interval_arithmetic(const Expr& expr, Scope& scope);
  Typed logical(const Expr& expr, Scope& scope);
  Typed concatenation(const Expr& expr, Scope& scope);
  Typed between(const Expr& expr, Scope& scope);
  Typed in_list(const Expr& expr, Scope& scope);
  Typed in_query(const Expr& expr, Scope& scope);
  Typed like(const Expr& expr, Scope& scope);
  Typed case_expression(const Expr& expr, Scope& scope);
  Typed subquery(const Expr& expr, Scope& scope);
  Typed position(const Expr& expr, Scope& scope) const;
  Typed call(const Expr& expr, Scope& scope);

  sqlite3* db_;
  Relations& relations_;
  const Session& caller_;
  const Session* session_;
  std::string_view source_;
  const StoredView* inside_;
  bool describing_;
  int64_t now_;
  bool needs_warehouse_ = false;
  int aliases_ = 0;
  int depth_ = 0;
  std::vector<BoundCte> ctes_;
  std::vector<std::string> temporary_;
  std::vector<std::string> protected_;
};

// The flags of the parts, merged; nullable when one is.
Typed derive(std::string sql, Type type, const std::vector<const Typed*>& parts);
std::string quote_text(std::string_view text);  // an SQLite literal
Typed cast(const Typed& value, const Type& to, bool trying = false);
Typed truth(const Typed& value);  // as BOOLEAN
Typed compare(const std::string& op, Typed a, Typed b, const Token& at);
// The type in which all meet; 001038 where they do not.
Type common_of(const std::vector<Typed>& values, const Token& at);
Typed date_add(const std::string& unit, const Typed& count, Typed base, const Token& at);
Typed text_literal(std::string_view text);
// Both sides in one type; 001038 where they do not meet. A TIMESTAMP_TZ is compared by its instant.
void meet(Typed& a, Typed& b, const Token& at);

}  // namespace mesh::sandbox::query
