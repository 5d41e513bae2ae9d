#pragma once
// Response bodies in the order and spacing recorded from the service (sql-api.md section 2), and partitions (section
// 3).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine.hpp"

namespace mesh::sandbox {

std::string gzip(std::string_view text);

// A result as it goes out: encoded once, however often it is fetched.
struct EncodedResult {
  std::string metadata;            // the object resultSetMetaData
  std::string first;               // rows of partition 0 without the outer brackets
  std::vector<std::string> later;  // partitions 1..: gzip'd {"data":[...]}
  std::optional<DmlStats> stats;

  size_t partitions() const { return later.size() + 1; }
  size_t bytes() const;
};
// With `nullable` false a NULL goes out as the text "null".
EncodedResult encode(const ResultSet& result, bool nullable);

struct StatementFacts {
  std::string handle, request_id;
  int64_t created_on = 0;
  std::vector<std::string> children;  // of a request of several statements
};
std::string result_body(const StatementFacts& facts, const EncodedResult& result);
std::string running_body(const std::string& handle);
std::string canceled_body(const std::string& handle);
// 422, 408 and those 400 that name a statement; without a handle statementHandle is null.
std::string failure_body(const SqlError& error, const std::optional<std::string>& handle);
// Log-in and request errors, and run-time failures of asynchronous statements.
std::string short_failure_body(std::string_view code, std::string_view message);

// The Link header of one partition; each link has a request id of its own.
std::string link_header(const std::string& handle, size_t partition, size_t partitions);

}  // namespace mesh::sandbox
