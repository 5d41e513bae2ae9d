#pragma once
// The bearer token of each request, and its renewal. Used by one thread.

#include <cstdint>
#include <optional>
#include <string>

#include "mesh/base/result.hpp"
#include "mesh/base/secret.hpp"
#include "mesh/snowflake/connection_settings.hpp"
#include "mesh/snowflake/jwt.hpp"

namespace mesh::snowflake {

class TokenSource {
 public:
  // Asks GitHub for the first token where the settings say so.
  static Result<TokenSource> create(const ConnectionSettings& settings, const std::string& user_agent);

  // A token good at `now` (seconds since the epoch).
  const Secret& current(int64_t now);
  // What stands after "Bearer" in a request: the token, or WIF.<PROVIDER>.<token>.
  std::string bearer(int64_t now);
  // Grows with each new token.
  uint64_t generation() const { return generation_; }
  // Makes a new token; false where there is none to be had (a token that was given as text).
  bool renew(int64_t now);

  // The value of X-Snowflake-Authorization-Token-Type.
  std::string type() const;
  // A newer token was wanted and GitHub gave none: advice() says why.
  bool lacks_renewal() const { return !problem_.empty(); }
  // What to look at when Snowflake refuses the token.
  std::string advice() const;

 private:
  TokenSource(const ConnectionSettings& settings, const std::string& user_agent)
      : settings_(settings), user_agent_(user_agent) {}
  Status load();
  Result<Secret> read_token() const;
  Result<Secret> fetch_identity() const;
  bool asks_github() const;
  bool take_identity();
  void sign(int64_t now);

  ConnectionSettings settings_;
  std::string user_agent_;
  std::optional<PrivateKey> key_;
  Secret token_;
  int64_t issued_ = 0;
  int64_t expires_ = 0;     // of GitHub's token; 0 where it does not say
  int64_t next_fetch_ = 0;  // not before: a GitHub that is away must not hold up each request
  std::string problem_;     // why GitHub gave no newer token
  uint64_t generation_ = 0;
};

}  // namespace mesh::snowflake
