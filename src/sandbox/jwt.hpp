#pragma once
// Key-pair tokens (sql-api.md section 8) and the key that stands beside the sandbox's file.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

// What a token says of its bearer, not yet proved.
struct TokenIdentity {
  std::string account, user, fingerprint;  // fingerprint: SHA256:<base64>
};

struct AccessToken {
  TokenIdentity identity;
  int64_t issued_at = 0, expires_at = 0;  // seconds since the epoch
  std::string signed_text, signature;
};

// Fails on what is no JWT at all, and on one without RS256, a matching iss and sub, iat or exp.
Result<AccessToken> read_token(std::string_view jwt);
// Not before it was issued (a minute of skew is let pass), not after it expires, nor an hour after it was issued.
bool in_force(const AccessToken& token, int64_t now_seconds);
// Whether one of the keys (base64 DER) has the fingerprint the token names and made its signature.
bool signed_by(const AccessToken& token, const std::vector<std::string>& public_keys);

// The public key (base64 DER SubjectPublicKeyInfo) of the private key in `path`: an RSA key of 2048 bits as PKCS#8 PEM,
// made with mode 0600 where the file is missing.
Result<std::string> key_beside(const std::string& path);

}  // namespace mesh::sandbox
