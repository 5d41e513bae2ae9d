#pragma once
// The key-pair token of the SQL REST API (sql-api.md 8): RS256, at most an hour old.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "mesh/base/result.hpp"
#include "mesh/base/secret.hpp"

struct evp_pkey_st;

namespace mesh::snowflake {

constexpr int64_t kJwtLifeSeconds = 3540;  // 59 minutes

// An RSA key of at least 2048 bits.
class PrivateKey {
 public:
  // From PEM text, PKCS#8 (plain or encrypted) or PKCS#1. `where` names the key in errors (its path).
  static Result<PrivateKey> from_pem(const Secret& pem, const Secret& passphrase, const std::string& where);

  // SHA256:<base64 of the SHA-256 of the public key's DER>, as RSA_PUBLIC_KEY_FP in DESC USER.
  std::string fingerprint() const;
  std::string sign_rs256(std::string_view text) const;  // raw signature bytes

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  explicit PrivateKey(evp_pkey_st* key) : key_(key) {}
  std::unique_ptr<evp_pkey_st, Free> key_;
};

// The account as the claims want it: upper case, cut at the first dot; at the first hyphen where it contains ".global".
std::string claims_account(std::string_view account);

// Valid from `now` (seconds since the epoch) for kJwtLifeSeconds.
std::string make_jwt(const PrivateKey& key, std::string_view account, std::string_view user, int64_t now);

}  // namespace mesh::snowflake
