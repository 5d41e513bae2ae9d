#pragma once
// The JSON of the SQL REST API, behind our own values; the only place of this layer that knows the JSON library.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/snowflake/statement.hpp"

namespace mesh::snowflake {

// Any body Snowflake writes: ResultSet, QueryStatus, QueryFailureStatus, CancelStatus or a partition. Every member may
// be absent.
struct Reply {
  std::string code, sqlstate, message, handle;
  std::vector<std::string> child_handles;
  bool has_metadata = false, has_data = false;
  std::optional<int64_t> num_rows;
  std::vector<std::optional<int64_t>> partition_rows;  // rowCount of each partition
  std::vector<Column> columns;
  std::vector<Row> rows;
  std::optional<DmlStats> stats;
};

// Fails where the body is not one JSON object, or its rows are not arrays of plain values.
Result<Reply> parse_reply(std::string_view body);

// `sql` and the texts must be valid UTF-8.
std::string submit_body(const Request& request);

// "text" with quotes and escapes.
std::string json_string(std::string_view text);

}  // namespace mesh::snowflake
