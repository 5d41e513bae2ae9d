#include "refusals.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "transport.hpp"

namespace mesh::snowflake {
namespace {

struct CodeFact {
  std::string_view code;
  ErrorKind kind;
  std::string_view hint;
};
constexpr CodeFact kCodes[] = {
    {"000002", ErrorKind::Sql,
     "this account cannot do it (its edition, its region, or a sandbox): take it out, or keep the object to the "
     "environments whose account can, by only:"},
    {"000604", ErrorKind::Cancelled, ""},
    {"000606", ErrorKind::Sql, "set a warehouse in the connection or the environment"},
    {"000630", ErrorKind::Timeout, ""},
    {"000709", ErrorKind::Protocol,
     "the statement's result is gone, or belongs to someone else (results are kept 24 hours)"},
    {"003001", ErrorKind::Sql,
     "have the privilege granted to that role, or run as another: role of the connection, or plan_role, deploy_role, "
     "creator_role in mesh.yaml"},
    {"390100", ErrorKind::Auth, ""},
    {"390142", ErrorKind::Protocol, ""},
    {"390144", ErrorKind::Auth, ""},
    {"390146", ErrorKind::Auth,
     "the request reached Snowflake without its token: look for a proxy that strips headers"},
    {"390186", ErrorKind::Auth,
     "grant the role to the user, or name another role; a token with a role restriction allows that role only"},
    {"390189", ErrorKind::Auth,
     "the role does not exist or is not granted to the user: grant it, or name another role in the connection"},
    {"390201", ErrorKind::Auth, ""},
    {"390303", ErrorKind::Auth, ""},
    {"390309", ErrorKind::Auth, "the token belongs to another user than the connection names"},
    {"390318", ErrorKind::Auth, "the token has expired: make a new one"},
    {"390422", ErrorKind::Auth, "a network policy keeps this address out"},
    {"390432", ErrorKind::Auth, "a network policy keeps this address out"},
    {"390505", ErrorKind::Throttled, "lower --parallelism, or try again later"},
    {"391903", ErrorKind::Protocol, "look for a proxy that strips the User-Agent header"},
    {"391908", ErrorKind::Protocol, "the result was cut short by the server and is not used"},
    {"391918", ErrorKind::Sql, "set a database in the connection, or qualify the name"},
    {"391922", ErrorKind::Protocol, ""},
    {"394400", ErrorKind::Auth, "the programmatic access token is invalid or expired: make a new one"},
};

struct StatusFact {
  int status;
  ErrorKind kind;
  std::string_view hint;
};
constexpr StatusFact kStatuses[] = {
    {401, ErrorKind::Auth, ""},
    {403, ErrorKind::Auth,
     "the SQL API may not be enabled for the account, or a network policy or proxy refuses this address"},
    {404, ErrorKind::Network, "no such account at this address: look at 'account' and 'host' of the connection"},
    {405, ErrorKind::Protocol, ""},
    {408, ErrorKind::Timeout, ""},
    {415, ErrorKind::Protocol, ""},
    {422, ErrorKind::Sql, ""},
    {429, ErrorKind::Throttled, "lower --parallelism, or try again later"},
    {500, ErrorKind::Network, ""},
    {502, ErrorKind::Network, ""},
    {503, ErrorKind::Network, ""},
    {504, ErrorKind::Network, ""},
    {522, ErrorKind::Network, "Snowflake's gateway could not verify a TLS certificate"},
};

struct FaultFact {
  Fault fault;
  std::string_view words, hint;
};
constexpr FaultFact kFaults[] = {
    {Fault::Connect, "no connection to the server",
     "look at 'account' and 'host' of the connection, network and proxy"},
    {Fault::Certificate, "the server's certificate is not trusted",
     "a proxy that opens TLS needs its certificate in this machine's store"},
    {Fault::Broken, "the connection ended before the answer was complete", ""},
    {Fault::Silent, "the server stayed silent, or took too long over its answer", ""},
    {Fault::TooLarge, "the answer is larger than mesh reads", ""},
};

// Texts whose codes vary or are unconfirmed.
constexpr CodeFact kTexts[] = {
    {"is not allowed to access Snowflake", ErrorKind::Auth, "a network policy keeps this address out"},
    {"is not allowed to access this endpoint", ErrorKind::Auth, ""},
};

const CodeFact* fact_of(const Reply& reply) {
  for (const auto& fact : kCodes) {
    if (fact.code == reply.code) return &fact;
  }
  for (const auto& fact : kTexts) {
    if (reply.message.find(fact.code) != std::string::npos) return &fact;
  }
  return nullptr;
}

const StatusFact* fact_of(int status) {
  const auto at =
      std::find_if(std::begin(kStatuses), std::end(kStatuses), [&](const auto& f) { return f.status == status; });
  return at == std::end(kStatuses) ? nullptr : at;
}

ServerError fault_error(const HttpReply& http) {
  ServerError error{.kind = ErrorKind::Network};
  for (const auto& fact : kFaults) {
    if (fact.fault != http.fault) continue;
    error.message = fmt::format("{}: {}", fact.words, http.fault_text);
    error.hint = fact.hint;
    if (fact.fault == Fault::TooLarge) error.kind = ErrorKind::Protocol;
  }
  return error;
}

// Never the body itself: it may be a page of HTML.
std::string foreign_body(const HttpReply& http) {
  if (http.body.empty()) return fmt::format("the server answered HTTP {} without a body", http.status);
  return fmt::format("the server answered HTTP {} with {} ({} bytes), which is not the SQL API's JSON", http.status,
                     http.content_type.empty() ? "something" : http.content_type, http.body.size());
}

bool is_redirect(int status) { return status >= 300 && status < 400; }

}  // namespace

ServerError refusal(const HttpReply& http, const Reply* reply) {
  if (http.fault != Fault::None) return fault_error(http);
  ServerError error{.http = http.status, .message = foreign_body(http)};
  if (const auto* status = fact_of(http.status)) {
    error.kind = status->kind;
    error.hint = status->hint;
  }
  if (is_redirect(http.status)) {
    error.hint =
        "redirects are refused, so that the token goes to one host only: name the right host in the connection";
  }
  if (reply == nullptr || (reply->code.empty() && reply->message.empty())) {
    // An SQL error always comes as JSON: whatever said this is not Snowflake.
    if (error.kind == ErrorKind::Sql || error.kind == ErrorKind::Timeout) error.kind = ErrorKind::Protocol;
    return error;
  }
  error.code = reply->code;
  error.sqlstate = reply->sqlstate;
  error.query_id = reply->handle;
  if (!reply->message.empty()) error.message = reply->message;
  if (const auto* fact = fact_of(*reply)) {
    error.kind = fact->kind;
    if (!fact->hint.empty()) error.hint = fact->hint;
  } else if (http.status == 400 && !reply->sqlstate.empty()) {
    error.kind = ErrorKind::Sql;  // 000900, an empty statement
  }
  return error;
}

bool is_passing(const HttpReply& http) {
  switch (http.fault) {
    case Fault::Connect:
    case Fault::Broken:
    case Fault::Silent:
      return true;
    case Fault::Certificate:
    case Fault::TooLarge:
      return false;
    case Fault::None:
      break;
  }
  constexpr int kPassing[] = {429, 500, 502, 503, 504};
  return std::find(std::begin(kPassing), std::end(kPassing), http.status) != std::end(kPassing);
}

}  // namespace mesh::snowflake
