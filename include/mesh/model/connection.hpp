#pragma once
// The one seam to Snowflake: send a statement, get rows. The program wraps the client in it, tests a fake.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh {

struct Query {
  std::string sql;
  std::string role;       // stored spelling; empty: the connection's
  std::string warehouse;  // empty: the connection's
  std::string query_tag;
  bool read_only = false;  // may be sent twice without harm
  bool urgent = false;     // beside the parallelism limit (the lease's renewal)
  // May take long: an interruption cancels it in Snowflake at any time, for a round trip more (sql-api.md 6).
  bool cancellable = false;
};

struct Rows {
  std::vector<std::string> columns;  // as sent: SHOW's are lower case
  std::vector<std::string> types;    // of each column, as sent: "text", "timestamp_ltz"; empty where nobody told
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::string query_id;
  int64_t rows_changed = 0;  // inserted + updated + deleted

  std::optional<size_t> column(std::string_view name) const;
  // The value there; empty where it is NULL or there is no such column.
  std::string_view at(size_t row, std::string_view column_name) const;
};

struct StatementError {
  std::string code, sqlstate;  // "002003", "02000"; may be empty
  std::string message;         // Snowflake's words
  std::string query_id;
  std::string statement;
  std::string hint;
  bool from_server = true;  // false: network, log-in, cancelled
  bool may_have_run = false;
  bool cancelled = false;
  // Message, code, query id, our statement, hint: several lines, for people.
  std::string describe() const;
  // 002003, 002043: missing, or hidden from this role; the two cannot be told apart.
  bool is_missing_or_hidden() const { return code == "002003" || code == "002043"; }
};

using Reply = Result<Rows, StatementError>;

class Connection {
 public:
  virtual ~Connection() = default;
  virtual Reply run(const Query& query) = 0;                                  // from any thread
  virtual std::vector<Reply> run_all(const std::vector<Query>& queries) = 0;  // in parallel; replies in the order asked
  virtual size_t statements_sent() const = 0;
  // How its user logs in, as authentication policies call it: KEYPAIR. Empty: not known, or nobody does.
  virtual std::string login_method() const { return {}; }
};

}  // namespace mesh
