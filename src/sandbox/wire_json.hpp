#pragma once
// JSON that comes in: request bodies and the two halves of a token. The only file of the sandbox that meets the
// library.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

struct Binding {
  std::string type;                 // as sent: FIXED, TEXT, ...
  std::optional<std::string> text;  // nullopt: NULL
  std::optional<size_t> batch;      // the number of elements where the value is an array
};

// The body of POST /api/v2/statements (sql-api.md section 1). Absent members stay absent: the user's defaults apply.
struct SubmitBody {
  std::string statement;
  std::optional<int64_t> timeout;
  std::optional<std::string> database, schema, warehouse, role;
  std::map<std::string, Binding> bindings;
  std::map<std::string, std::string> parameters;  // names in upper case; numbers and booleans as text
};

// Fails on what is no JSON object or has a member of the wrong type; members nobody knows are left out.
Result<SubmitBody> parse_submit(const std::string& body);

struct TokenClaims {
  std::string algorithm, issuer, subject;
  std::optional<int64_t> issued_at, expires_at;  // as written: seconds or milliseconds
};
Result<TokenClaims> parse_token(const std::string& header, const std::string& payload);

}  // namespace mesh::sandbox
