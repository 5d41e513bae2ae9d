#include "wire_reply.hpp"

#include <fmt/format.h>

#include "mesh/base/digest.hpp"

namespace mesh::sandbox {

HttpReply empty_reply(int status) { return {status, {}, ""}; }

HttpReply json_reply(int status, std::string body) {
  const char* vary = status < 300 ? "Accept-Encoding, User-Agent" : "Accept-Encoding";
  return {status,
          {{"Content-Type", "application/json"},
           {"Vary", vary},
           {"X-Content-Type-Options", "nosniff"},
           {"X-Frame-Options", "deny"}},
          std::move(body)};
}

HttpReply short_refusal(int status, std::string_view code, std::string_view message) {
  return json_reply(status, short_failure_body(code, message));
}

HttpReply refusal(const SqlError& error, const std::optional<std::string>& handle) {
  return json_reply(error.http, failure_body(error, handle));
}

HttpReply bad_token(bool readable) {
  return short_refusal(
      401, "390144",
      readable ? fmt::format("JWT token is invalid. [{}]", random_uuid()) : "JWT token is invalid. null");
}

}  // namespace mesh::sandbox
