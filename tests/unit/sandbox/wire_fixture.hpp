#pragma once
// A wire over a stand-in for the engine, spoken to over real HTTP.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "wire_api.hpp"
#include "wire_backend.hpp"
#include "wire_http.hpp"

namespace mesh::sandbox::test {

// An RSA key made once a run.
struct TestKey {
  std::string pem, public_base64, fingerprint;
};
const TestKey& first_key();
const TestKey& second_key();

// What a token says; any of it can be bent.
struct Claims {
  std::string account = "ACME", user = "ALICE@ACME.COM";
  std::string fingerprint;  // empty: the key's own
  std::string subject;      // empty: ACCOUNT.USER
  std::string algorithm = "RS256";
  int64_t issued_at = 0, life = 3540;  // issued_at 0: now
  bool with_expiry = true;
};
TestKey read_key(const std::string& pem);
std::string make_token(const TestKey& key, const Claims& claims = {});
int64_t now_seconds();

// Accounts ACME and OTHER with user ALICE (login ALICE@ACME.COM, roles ANALYST and PUBLIC). Statements it knows:
//   SELECT 1 · ROWS n (n rows of id and 40 characters) · NULLS · EMPTY · INSERT (two rows, with stats)
//   FAIL (002003) · DIVIDE (100051) · USE ROLE r (changes the session) · SESSION (the session as a row)
//   BEGIN, COMMIT, ROLLBACK · anything else: its own text, one row.
class StandIn : public Backend {
 public:
  std::optional<UserLogin> find_user(const std::string& account, const std::string& login_name) const override;
  bool role_exists(const std::string& account, const std::string& role) const override;
  bool role_granted(const std::string& account, const std::string& user, const std::string& role) const override;
  Answer execute(Session& session, const std::string& statement) override;

  std::vector<std::string> executed() const;
  UserLogin alice;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> executed_;
};

using Headers = std::multimap<std::string, std::string>;

struct Reply {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;

  std::string header(const std::string& lower_name) const;
  bool is_json() const;
  // The value at a JSON pointer (/data/0/1): text as it is, other values as JSON, `absent` where there is none.
  std::string at(const std::string& pointer) const;
  size_t size(const std::string& pointer) const;                         // elements of an array or object
  std::vector<std::string> keys(const std::string& pointer = "") const;  // of an object, in the order on the wire
};

// A connection of its own each; thread-safe where each thread has one.
class HttpClient {
 public:
  HttpClient(std::string host, int port);
  ~HttpClient();
  Reply send(const std::string& method, const std::string& target, const Headers& headers, const std::string& body);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Wire {
 public:
  explicit Wire(ApiOptions options = {});
  ~Wire();

  // With a good token, User-Agent, Accept and, on POST, Content-Type; `change` replaces headers (an empty value
  // removes).
  Reply send(const std::string& method, const std::string& target, const std::string& body = "",
             const std::map<std::string, std::string>& change = {});
  Reply submit(const std::string& statement, const std::string& more_members = "", const std::string& query = "");
  Reply get(const std::string& handle, const std::string& query = "");
  Reply cancel(const std::string& handle);
  // GET until the statement has ended.
  Reply wait_for(const std::string& handle);
  int port() const { return http_->port(); }
  void stop();

  StandIn backend;

 private:
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> http_;
};

std::string json_text(const std::string& text);  // quoted and escaped
constexpr const char* kRoot = "/api/v2/statements";
constexpr const char* kSomeUuid = "5f3a1c52-8f5e-4cf3-9a0a-0d6a9c3a6e11";

}  // namespace mesh::sandbox::test
