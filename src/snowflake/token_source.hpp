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
  static Result<TokenSource> create(const ConnectionSettings& settings);

  // A token good at `now` (seconds since the epoch).
  const Secret& current(int64_t now);
  // Grows with each new token.
  uint64_t generation() const { return generation_; }
  // Makes a new token; false where there is none to be had (a token that was given as text).
  bool renew(int64_t now);

  // The value of X-Snowflake-Authorization-Token-Type.
  std::string type() const;
  // What to look at when Snowflake refuses the token.
  std::string advice() const;

 private:
  explicit TokenSource(const ConnectionSettings& settings) : settings_(settings) {}
  Status load();
  Result<Secret> read_token() const;
  void sign(int64_t now);

  ConnectionSettings settings_;
  std::optional<PrivateKey> key_;
  Secret token_;
  int64_t issued_ = 0;
  uint64_t generation_ = 0;
};

}  // namespace mesh::snowflake
