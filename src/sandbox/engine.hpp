#pragma once
// The seam of the sandbox: the wire (server.cpp, HTTP and log-in) hands statements to the engine, the engine answers
// with rows or a Snowflake error. Neither knows how the other works.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

// One column of a result, as resultSetMetaData.rowType has it (sql-api.md section 3). Numbers that do not apply are
// absent.
struct Column {
  std::string name;
  std::string type = "text";  // lower case: text, fixed, real, boolean, date, timestamp_ltz, ...
  std::optional<int64_t> precision, scale, length, byte_length;
  bool nullable = true;
  std::string database, schema, table;  // source of a plain SELECT column, else empty
};
Column text_column(std::string name);       // length and byteLength 16777216, as SHOW, DESCRIBE and DDL answers have it
Column number_column(std::string name);     // fixed(38,0)
Column timestamp_column(std::string name);  // timestamp_ltz, scale 3, precision 0

using Cell = std::optional<std::string>;  // already in the wire encoding of sql-api.md section 4; nullopt is NULL
using Row = std::vector<Cell>;

struct DmlStats {
  int64_t inserted = 0, deleted = 0, updated = 0, duplicates = 0;
};

struct ResultSet {
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::optional<DmlStats> stats;  // DML that changed rows, and TRUNCATE
};
ResultSet status_result(std::string text);  // one column `status`, one row

// An error as Snowflake words it. `http` is 422 for all SQL errors; the few others are named by sql-api.md section 2.
struct SqlError {
  std::string code, sqlstate, message;
  int http = 422;
};
using Answer = std::variant<ResultSet, SqlError>;

// The context of one request. Names are stored spellings (exact case). Filled by the wire from the body, falling back
// to the user's DEFAULT_* properties; roles are checked by the wire through Engine::role_granted before execute is
// called.
struct Session {
  std::string account, user, role;
  bool secondary_roles_all =
      false;  // from the user's DEFAULT_SECONDARY_ROLES, changed by USE SECONDARY ROLES in a batch
  std::string warehouse, database, schema;
  std::string query_id, query_tag;
  bool warehouse_cannot_start = false;  // a fault that is played (--faults)
  std::vector<std::string> lacks;       // words of features that the account does not have (--faults)
};
// Why a statement that needs a warehouse cannot have one: 000606 without any, 090073 where it cannot start.
std::optional<SqlError> refused_warehouse(const Session& session);

struct UserLogin {
  std::string name;                      // stored name
  std::vector<std::string> public_keys;  // base64 DER SubjectPublicKeyInfo, without PEM armour
  std::string default_role, default_warehouse, default_database, default_schema;
  bool default_secondary_roles_all = false;
  bool disabled = false;
};

struct StatementRecord {  // for QUERY_HISTORY and for takeover checks ("nothing of the old run still executes")
  std::string query_id, text, query_tag, user, role, warehouse, status;  // status: RUNNING, SUCCESS, FAILED_WITH_ERROR
  std::string error_code, error_message;
  int64_t start_ms = 0, end_ms = 0;
};

// All accounts of one sandbox file. Thread-safe: every public call takes the lock itself. Each statement is one SQLite
// transaction, so a kill -9 leaves the state before or after it.
class Engine {
 public:
  // Opens or creates `file` (":memory:" for tests). A fresh file gets `account`; where `account` is missing in an
  // existing file it is added with the same fresh content (design 7).
  static Result<std::unique_ptr<Engine>> open(const std::string& file, const std::string& account);
  ~Engine();

  Status add_account(const std::string& account);  // where it is missing
  std::vector<std::string> accounts() const;       // upper-case names, in order of creation
  // By LOGIN_NAME (upper-cased by the caller). nullopt: no such user.
  std::optional<UserLogin> find_user(const std::string& account, const std::string& login_name) const;
  bool role_exists(const std::string& account, const std::string& role) const;
  bool role_granted(const std::string& account, const std::string& user,
                    const std::string& role) const;  // PUBLIC always is
  // Sets RSA_PUBLIC_KEY of the built-in user MESH (the key made beside FILE).
  void set_public_key(const std::string& account, const std::string& user, const std::string& base64_der);

  // Runs exactly one statement (no trailing `;`). May change session only for USE and ALTER SESSION inside a batch.
  Answer execute(Session& session, const std::string& statement);
  // The query history shows the statement of session.query_id as RUNNING from the one call to the other.
  void begins(const Session& session, const std::string& statement);
  void ends(const Session& session);
  // Splits a request's text into statements at top-level semicolons; comments stay with their statement; empty ones are
  // left out.
  static std::vector<std::string> split_statements(const std::string& text);

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::sandbox
