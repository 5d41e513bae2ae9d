#pragma once
// From an HTTP answer that is no result to a ServerError (sql-api.md 2, 8 and 10).

#include <string>

#include "mesh/snowflake/statement.hpp"
#include "wire.hpp"

namespace mesh::snowflake {

struct HttpReply;

// `reply` is null where the body is not the API's JSON.
ServerError refusal(const HttpReply& http, const Reply* reply);

// Worth repeating: 429, 500, 502, 503, 504, and faults of the connection that may pass.
bool is_passing(const HttpReply& http);

}  // namespace mesh::snowflake
