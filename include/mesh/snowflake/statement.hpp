#pragma once
// What goes to the SQL REST API and what comes back, as plain values (shared facts: sql-api.md 1 to 6).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::snowflake {

// A value for one `?`, in order. `type` is a bind type (TEXT, FIXED, BOOLEAN, ...); no value is NULL.
struct Binding {
  std::string type = "TEXT";
  std::optional<std::string> value;
};

// One request. Names are sent as stored (the spelling SHOW prints, no SQL quotes); an empty one falls back to the
// connection's.
struct Request {
  std::string sql;
  std::string role, warehouse, database, schema;
  std::string query_tag;
  int timeout_s = 0;             // the server cancels it after so long; 0: STATEMENT_TIMEOUT_IN_SECONDS of the account
  bool idempotent_read = false;  // running twice is harmless: repeated freely, dropped at once by cancel_all()
  bool cancellable = false;  // submitted with async=true, so that cancel_all() has its handle early; costs a round trip
  bool urgent = false;       // starts at once, beside the parallelism limit (a lease's renewal)
  std::vector<Binding> bindings;
  int multi_statement_count = 1;  // 0: any number. Other than 1 needs a warehouse and takes no bindings
};

struct Column {
  std::string name;  // as sent: SHOW's are lower case, some with blanks
  std::string type;  // lower case: text, fixed, boolean, timestamp_ltz, ...
  bool nullable = true;
  std::optional<int64_t> precision, scale, length;
};

struct DmlStats {
  int64_t inserted = 0, deleted = 0, updated = 0, duplicates = 0;
};

// Values are the server's text, except that booleans are always "true" or "false"; see values.hpp for the encodings.
using Row = std::vector<std::optional<std::string>>;

// A complete result: rows short of what the server announced are an error, never a Rows.
struct Rows {
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::string query_id;
  std::optional<DmlStats> stats;             // DML and TRUNCATE that changed something
  std::vector<std::string> child_query_ids;  // of a multi-statement request, in order; see Client::fetch

  // Where the first column of that name stands, in the exact spelling or else in any case.
  std::optional<size_t> column(std::string_view name) const;
  // The value there, or none where it is NULL or there is no such column.
  std::optional<std::string_view> at(size_t row, std::string_view column_name) const;
};

enum class ErrorKind {
  Sql,        // Snowflake refused the statement
  Auth,       // who we are, or the role asked for
  Network,    // no answer, or a server fault that outlasted the retries
  Throttled,  // 429 that outlasted the retries
  Timeout,    // cancelled by the server's own time limit
  Protocol,   // an answer that is not the API's, or an incomplete result
  Cancelled,  // by cancel_all() or by someone else
};

struct ServerError {
  ErrorKind kind = ErrorKind::Protocol;
  int http = 0;               // 0: there was no answer
  std::string code;           // six digits ("002003"), may be empty
  std::string sqlstate;       // may be empty
  std::string message;        // Snowflake's own words, or ours where there are none
  std::string query_id;       // may be empty
  std::string statement;      // what was sent
  std::string hint;           // what to do, where we know
  bool may_have_run = false;  // no answer came: the statement may have been executed, or still be running

  // For people: message, code, query id, our statement (shortened where long), hint.
  std::string describe() const;
};

using Answer = Result<Rows, ServerError>;

}  // namespace mesh::snowflake
