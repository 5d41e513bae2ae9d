#include "mesh/snowflake/jwt.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "wire.hpp"

namespace mesh::snowflake {
namespace {

constexpr int kLeastBits = 2048;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Given in every case: without it OpenSSL asks at the terminal.
int give_passphrase(char* buffer, int size, int, void* secret) {
  const auto& text = static_cast<const Secret*>(secret)->reveal();
  if (text.empty() || text.size() > static_cast<size_t>(size)) return -1;
  std::copy(text.begin(), text.end(), buffer);
  return static_cast<int>(text.size());
}

bool has(const Secret& pem, std::string_view text) { return pem.reveal().find(text) != std::string::npos; }

std::string why_unreadable(const Secret& pem, const Secret& passphrase) {
  if (has(pem, "BEGIN ENCRYPTED PRIVATE KEY") || has(pem, "Proc-Type: 4,ENCRYPTED")) {
    return passphrase.empty() ? "is encrypted: give its passphrase in PRIVATE_KEY_PASSPHRASE or as private_key_file_pwd"
                              : "cannot be decrypted with the passphrase given";
  }
  if (has(pem, "BEGIN PUBLIC KEY")) return "is a public key; the private one is needed";
  if (has(pem, "BEGIN OPENSSH PRIVATE KEY")) {
    return "is an OpenSSH key; convert it with: ssh-keygen -p -m PKCS8 -f <file>";
  }
  return "is not a private key in PEM form (-----BEGIN PRIVATE KEY-----)";
}

}  // namespace

void PrivateKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

Result<PrivateKey> PrivateKey::from_pem(const Secret& pem, const Secret& passphrase, const std::string& where) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size())));
  MESH_ASSERT(bio != nullptr);
  Secret word = passphrase;
  PrivateKey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, give_passphrase, &word));
  ERR_clear_error();
  if (!key.key_) return fail(fmt::format("the private key {} {}", where, why_unreadable(pem, passphrase)));
  if (EVP_PKEY_base_id(key.key_.get()) != EVP_PKEY_RSA) {
    return fail(fmt::format("the private key {} is not an RSA key; the SQL API wants RSA with RS256", where));
  }
  const int bits = EVP_PKEY_bits(key.key_.get());
  if (bits < kLeastBits) {
    return fail(fmt::format("the private key {} has {} bits; Snowflake wants at least {}", where, bits, kLeastBits));
  }
  return key;
}

std::string PrivateKey::fingerprint() const {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key_.get(), &der);
  MESH_ASSERT(size > 0);
  const std::string digest = sha256_bytes({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return "SHA256:" + base64(digest);
}

std::string PrivateKey::sign_rs256(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  size_t size = 0;
  MESH_ASSERT(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1);
  MESH_ASSERT(EVP_DigestSign(context.get(), nullptr, &size, data, text.size()) == 1);
  std::string signature(size, '\0');
  MESH_ASSERT(
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, data, text.size()) == 1);
  signature.resize(size);
  return signature;
}

std::string claims_account(std::string_view account) {
  const bool global = to_lower(account).find(".global") != std::string::npos;
  const auto cut = account.find(global ? '-' : '.');
  return replace_all(to_upper(account.substr(0, cut)), ".", "-");
}

std::string make_jwt(const PrivateKey& key, std::string_view account, std::string_view user, int64_t now) {
  const std::string subject = claims_account(account) + "." + to_upper(user);
  const std::string claims =
      fmt::format(R"({{"iss":{},"sub":{},"iat":{},"exp":{}}})", json_string(subject + "." + key.fingerprint()),
                  json_string(subject), now, now + kJwtLifeSeconds);
  const std::string signed_part = base64url(R"({"alg":"RS256","typ":"JWT"})") + "." + base64url(claims);
  return signed_part + "." + base64url(key.sign_rs256(signed_part));
}

}  // namespace mesh::snowflake
