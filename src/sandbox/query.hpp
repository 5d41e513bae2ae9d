#pragma once
// Queries and DML, run for real on SQLite. The catalogue tells what a name means and whether the role may use it; this
// part turns Snowflake's SQL into SQLite's, runs it and encodes the values.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine.hpp"
#include "lexer.hpp"

struct sqlite3;

namespace mesh::sandbox {

struct StoredColumn {
  std::string name;  // stored spelling
  std::string type;  // normal form as DESCRIBE prints it: NUMBER(38,0), VARCHAR(16777216), TIMESTAMP_LTZ(9), VARIANT...
  bool nullable = true;
  std::string default_sql;  // Snowflake SQL of the default as written, empty when none (CURRENT_TIMESTAMP(), 'abc', 1,
                            // SEQ.NEXTVAL)
  bool identity = false;
  int64_t identity_start = 1, identity_increment = 1;
  std::string expression;  // of a virtual column: Snowflake SQL over the table's columns
};
// A virtual column, at its place among all columns of the table (counted from 0).
struct VirtualColumn {
  size_t position = 0;
  StoredColumn column;
};
struct StoredCheck {
  std::string name;
  std::string condition;  // Snowflake SQL over the table's columns
};
// A policy over a table or view, as its queries apply it.
struct StoredPolicy {
  std::string database, schema, name;  // unqualified names in the body resolve beside the policy
  int64_t owner = 0;                   // with whose rights the body reads tables
  std::string body;                    // Snowflake SQL over the arguments
  std::vector<std::string> arguments;  // their names
  std::vector<std::string> columns;    // of the table or view, one for each argument
};
struct Protection {
  std::map<std::string, StoredPolicy> masks;  // by column
  std::vector<StoredPolicy> rows;             // row access
  std::string broken;                         // why queries fail: a message
  std::string refused;                        // what the sandbox does not play
  bool empty() const { return masks.empty() && rows.empty() && broken.empty() && refused.empty(); }
};
struct StoredTable {
  std::string sqlite_name;  // table in the SQLite file whose columns are named c1..cn in order of `columns`
  std::string database, schema, name;
  std::vector<StoredColumn> columns;
  std::vector<int> column_ids;               // the n of c<n> of each column (dropping a column leaves a gap)
  std::vector<VirtualColumn> computed = {};  // by position; not among `columns`, as no row holds them
  std::vector<StoredCheck> checks = {};
  Protection protection = {};
};
struct StoredView {
  std::string database, schema, name;
  std::string query;                 // Snowflake SQL after AS; unqualified names in it resolve in database.schema
  std::vector<std::string> columns;  // explicit names, may be empty
  Protection protection = {};
  int64_t owner = 0;        // 0: to be found by name
  int64_t account = 0;      // where it lives, of a view that another account shares; 0: the session's
  bool keeps_rows = false;  // Snowflake reads rows kept earlier, as their owner's role saw them then
};
using Relation =
    std::variant<StoredTable, StoredView, ResultSet, SqlError>;  // ResultSet: INFORMATION_SCHEMA and the like

// What queries ask of the catalogue.
class Relations {
 public:
  virtual ~Relations() = default;
  // `parts`: one to three stored names. `privilege`: SELECT, INSERT, UPDATE, DELETE, TRUNCATE. Inside a view body
  // `as_role` is the view's owner (empty: the session's role). A missing or unusable relation is the documented 002003.
  virtual Relation resolve(const Session& session, const std::vector<std::string>& parts, const std::string& privilege,
                           const StoredView* inside) = 0;
  // TABLE(db.INFORMATION_SCHEMA.QUERY_HISTORY_BY_...(...)) and the like; arguments are name => value, positional ones
  // have empty names.
  virtual Relation table_function(const Session& session, const std::vector<std::string>& parts,
                                  const std::vector<std::pair<std::string, Cell>>& arguments) = 0;
  // Rows of an earlier SHOW in `SHOW ... ->> SELECT ... FROM $1` (and $2, ...): bound before execute_query is called.
  virtual std::vector<ResultSet> piped() = 0;
  // Names of the account roles, and of the database roles of a database, that are active in the session; of the roles
  // its user may take.
  virtual std::vector<std::string> session_roles() { return {}; }
  virtual std::vector<std::string> session_database_roles(const std::string& /*database*/) { return {}; }
  virtual std::vector<std::string> available_roles() { return {}; }
  // SYSTEM$GET_TAG and its like, and GET_DDL; `place` is the column that a policy protects: database, schema, table,
  // column. Throws its SqlError.
  virtual Cell tag_function(std::string_view /*function*/, const std::vector<std::string>& /*arguments*/,
                            const std::vector<std::string>& /*place*/) {
    return std::nullopt;
  }
};

// What kind of work a statement is, from its first words: SELECT / WITH / VALUES, INSERT, UPDATE, DELETE, MERGE,
// TRUNCATE.
bool is_query(const std::vector<Token>& tokens);

// Runs it on `db` (the caller holds the transaction). A SELECT that reads a table or calls a function needing one asks
// for session.warehouse: none gives 000606 (57P03).
Answer execute_query(sqlite3* db, Relations& relations, const Session& session, const std::string& statement,
                     const std::vector<Token>& tokens);

// The columns a query would give, for CREATE VIEW, CREATE TABLE AS and DESCRIBE VIEW. Types as far as they can be told
// (a bare column reference keeps its type, COUNT is NUMBER(18,0), text literals VARCHAR(n), else VARCHAR(16777216)).
std::variant<std::vector<StoredColumn>, SqlError> describe_query(sqlite3* db, Relations& relations,
                                                                 const Session& session, const std::string& query,
                                                                 const StoredView* inside);

// The type of an expression over the table's columns, virtual ones included, as a column would have it.
std::variant<std::string, SqlError> describe_expression(sqlite3* db, Relations& relations, const Session& session,
                                                        const StoredTable& table, const std::string& expression);

}  // namespace mesh::sandbox
