#pragma once
// The forms that answers of the service share (sql-api.md section 2).

#include <optional>
#include <string>
#include <string_view>

#include "wire_body.hpp"
#include "wire_http.hpp"

namespace mesh::sandbox {

HttpReply empty_reply(int status);
HttpReply json_reply(int status, std::string body);
// code and message alone: log-in, too many requests.
HttpReply short_refusal(int status, std::string_view code, std::string_view message);
HttpReply refusal(const SqlError& error, const std::optional<std::string>& handle);
HttpReply bad_token(bool readable);

}  // namespace mesh::sandbox
