#include "fault_reply.hpp"

#include <array>

#include <fmt/format.h>

#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "wire_reply.hpp"

namespace mesh::sandbox {
namespace {

// A load balancer's answer knows nothing of the API (sql-api.md section 2: a body may be HTML).
HttpReply balancer_page(int status, std::string_view words) {
  return {status,
          {{"Content-Type", "text/html"}},
          fmt::format("<html>\r\n<head><title>{0} {1}</title></head>\r\n<body>\r\n<center><h1>{0} {1}</h1></center>\r\n"
                      "</body>\r\n</html>\r\n",
                      status, words)};
}

// The documentation has an unfinished statement answered with 202 or 429, both with its QueryStatus
// (handling-responses); a 429 without is the recorded one.
HttpReply busy(const Faulted& faulted, const std::string& handle) {
  if (handle.empty() || faulted.random % 2 == 0) return short_refusal(429, "390505", "Too many requests.");
  return json_reply(429, running_body(handle));
}

// 390318 is an OAuth token's expiry; of a key pair's token the client sees 390144 alone (sql-api.md section 8).
HttpReply expired(const HttpRequest& request) {
  const std::string type = request.header("x-snowflake-authorization-token-type").value_or("KEYPAIR_JWT");
  if (!iequals(type, "OAUTH")) return bad_token(true);
  return short_refusal(401, "390318", fmt::format("OAuth access token expired. [{}]", random_uuid()));
}

// A slow answer takes 5 to 60 seconds: each pause is far below the 45 that a client must bear.
std::chrono::milliseconds pause_of(const Faulted& faulted, double scale) {
  const double seconds = (5 + static_cast<double>(faulted.random % 56)) / 8;
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000 * scale));
}

// A page, half an answer, another program's JSON, nothing, bytes.
void make_garbage(uint64_t random, HttpReply& reply) {
  const std::string body = std::move(reply.body);
  reply.headers = {{"Content-Type", "application/json"}};
  const std::array<std::string, 5> forms = {
      "<html><body><h1>Please log in</h1></body></html>", body.substr(0, body.size() / 2),
      R"({"servlet":"statements","message":"OK","url":"/api/v2/statements","status":"200"})", "",
      std::string("\x00\xff\xfe{\"code\":", 12)};
  reply.body = forms[random % forms.size()];
}

}  // namespace

std::optional<HttpReply> answer_instead(const Faulted& faulted, const HttpRequest& request, const std::string& handle) {
  if (!faulted.transport) return std::nullopt;
  if (*faulted.transport == FaultKind::ResetBefore) {
    HttpReply reply;
    reply.delivery.as = Delivery::As::Reset;
    return reply;
  }
  if (*faulted.transport == FaultKind::Busy) return busy(faulted, handle);
  if (*faulted.transport == FaultKind::Unavailable) return balancer_page(503, "Service Temporarily Unavailable");
  if (*faulted.transport == FaultKind::Expired) return expired(request);
  return std::nullopt;
}

void spoil(const Faulted& faulted, double scale, HttpReply& reply) {
  if (!faulted.transport) return;
  if (*faulted.transport == FaultKind::ResetAfter) reply.delivery.as = Delivery::As::Reset;
  if (*faulted.transport == FaultKind::GatewayTimeout) reply = balancer_page(504, "Gateway Time-out");
  if (*faulted.transport == FaultKind::Garbage) make_garbage(faulted.random, reply);
  if (*faulted.transport == FaultKind::Cut && !reply.body.empty()) {
    reply.delivery = {Delivery::As::Cut, static_cast<size_t>(faulted.random % reply.body.size()), {}};
  }
  if (*faulted.transport == FaultKind::Slow) reply.delivery = {Delivery::As::Slow, 0, pause_of(faulted, scale)};
}

}  // namespace mesh::sandbox
