#include "jwt.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "mesh/base/digest.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "wire_json.hpp"

namespace mesh::sandbox {
namespace {

constexpr int64_t kLifeSeconds = 3600;
constexpr int64_t kSkewSeconds = 60;
constexpr int64_t kMilliseconds =
    100'000'000'000;  // a claim above it is milliseconds: as seconds it were the year 5138

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// Blanks and line ends are skipped: ALTER USER takes a key as it stands in a PEM file.
std::optional<std::string> from_base64(std::string_view encoded) {
  std::string text;
  for (const char c : encoded) {
    if (c != '\n' && c != '\r' && c != ' ') text += c;
  }
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const auto padding = std::min<size_t>(2, text.size() - text.find_last_not_of('=') - 1);
  out.resize(static_cast<size_t>(length) - padding);
  return out;
}

std::optional<std::string> from_base64url(std::string_view encoded) {
  std::string text(encoded);
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  text.append((4 - text.size() % 4) % 4, '=');
  return from_base64(text);
}

int64_t in_seconds(int64_t claim) { return claim > kMilliseconds ? claim / 1000 : claim; }

// <ACCOUNT>.<USER>.SHA256:<fingerprint>; a login name may hold dots, an account may not.
std::optional<TokenIdentity> read_issuer(const std::string& issuer) {
  const size_t account_end = issuer.find('.');
  const size_t user_end = issuer.rfind(".SHA256:");
  if (account_end == std::string::npos || user_end == std::string::npos || user_end <= account_end) return std::nullopt;
  return TokenIdentity{issuer.substr(0, account_end), issuer.substr(account_end + 1, user_end - account_end - 1),
                       issuer.substr(user_end + 1)};
}

bool verifies(const AccessToken& token, const std::string& der) {
  const unsigned char* at = bytes(der);
  const Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return false;
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes(token.signature), token.signature.size(), bytes(token.signed_text),
                          token.signed_text.size()) == 1;
}

std::string public_der(EVP_PKEY* key) {
  std::string der(static_cast<size_t>(i2d_PUBKEY(key, nullptr)), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  i2d_PUBKEY(key, &at);
  return der;
}

Status write_private(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return fail(fmt::format("cannot create {}: {}", path, std::strerror(errno)));
  const bool whole = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!whole) return fail(fmt::format("cannot write {}", path));
  return Done{};
}

Result<std::string> make_key(const std::string& path) {
  const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", size_t{2048}));
  const std::unique_ptr<BIO, Free> out(BIO_new(BIO_s_mem()));
  if (!key || PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return fail("cannot make an RSA key");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(out.get(), &data);
  // Under another name first: a run that is killed leaves no half key.
  const std::string draft = path + ".new";
  std::error_code error;
  std::filesystem::remove(draft, error);
  if (Status written = write_private(draft, std::string(data, static_cast<size_t>(size))); !written) {
    return written.failure();
  }
  std::filesystem::rename(draft, path, error);
  if (error) return fail(fmt::format("cannot create {}: {}", path, error.message()));
  return base64(public_der(key.get()));
}

}  // namespace

Result<AccessToken> read_token(std::string_view jwt) {
  const std::vector<std::string> parts = mesh::split(jwt, '.');
  if (parts.size() != 3) return fail("not three parts");
  const auto header = from_base64url(parts[0]);
  const auto payload = from_base64url(parts[1]);
  auto signature = from_base64url(parts[2]);
  if (!header || !payload || !signature) return fail("not base64url");
  const auto claims = parse_token(*header, *payload);
  if (!claims) return claims.failure();
  auto identity = read_issuer(claims->issuer);
  if (claims->algorithm != "RS256" || !identity || !claims->issued_at || !claims->expires_at ||
      claims->subject != identity->account + "." + identity->user) {
    return fail("claims that do not fit");
  }
  return AccessToken{std::move(*identity), in_seconds(*claims->issued_at), in_seconds(*claims->expires_at),
                     parts[0] + "." + parts[1], std::move(*signature)};
}

bool in_force(const AccessToken& token, int64_t now) {
  return now + kSkewSeconds >= token.issued_at && now < token.expires_at && now < token.issued_at + kLifeSeconds;
}

bool signed_by(const AccessToken& token, const std::vector<std::string>& public_keys) {
  return std::any_of(public_keys.begin(), public_keys.end(), [&](const std::string& key) {
    const auto der = from_base64(key);
    return der && "SHA256:" + base64(sha256_bytes(*der)) == token.identity.fingerprint && verifies(token, *der);
  });
}

Result<std::string> key_beside(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return make_key(path);
  const auto pem = read_file(path);
  if (!pem) return pem.failure();
  const std::unique_ptr<BIO, Free> in(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  // A passphrase callback that gives none: OpenSSL would ask the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  const Key key(PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) {
    return fail(fmt::format("{} holds no plain RSA private key; remove it and a new one is made", path));
  }
  return base64(public_der(key.get()));
}

}  // namespace mesh::sandbox
