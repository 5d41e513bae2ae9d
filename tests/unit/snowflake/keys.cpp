#include "keys.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "mesh/base/result.hpp"

namespace mesh::test {
namespace {

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

std::string private_pem(EVP_PKEY* key, const std::string& passphrase) {
  BIO* bio = BIO_new(BIO_s_mem());
  const EVP_CIPHER* cipher = passphrase.empty() ? nullptr : EVP_aes_256_cbc();
  MESH_ASSERT(PEM_write_bio_PKCS8PrivateKey(bio, key, cipher, passphrase.data(), static_cast<int>(passphrase.size()),
                                            nullptr, nullptr) == 1);
  return text_of(bio);
}

std::string decode_base64(std::string text) {
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  std::string out(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  MESH_ASSERT(size >= 0);
  const auto padding = static_cast<size_t>(std::count(text.begin(), text.end(), '='));
  out.resize(static_cast<size_t>(size) - padding);
  return out;
}

}  // namespace

const KeyTexts& test_key() {
  static const KeyTexts texts = [] {
    EVP_PKEY* key = EVP_RSA_gen(2048);
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PUBKEY(bio, key);
    KeyTexts made{private_pem(key, ""), private_pem(key, "correct horse"), text_of(bio)};
    EVP_PKEY_free(key);
    return made;
  }();
  return texts;
}

std::string small_key_pem() {
  EVP_PKEY* key = EVP_RSA_gen(1024);
  auto pem = private_pem(key, "");
  EVP_PKEY_free(key);
  return pem;
}

std::string ec_key_pem() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  auto pem = private_pem(key, "");
  EVP_PKEY_free(key);
  return pem;
}

bool verifies(const std::string& public_pem, const std::string& text, const std::string& signature) {
  BIO* bio = BIO_new_mem_buf(public_pem.data(), static_cast<int>(public_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PUBKEY(bio, nullptr, nullptr, nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  MESH_ASSERT(EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key) == 1);
  const bool good =
      EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  BIO_free(bio);
  return good;
}

std::string fingerprint_of(const std::string& public_pem) {
  const auto begin = public_pem.find('\n') + 1;
  const auto body = public_pem.substr(begin, public_pem.find("-----END") - begin);
  return "SHA256:" + base64(sha256_bytes(decode_base64(body)));
}

std::string decode_base64url(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (text.size() % 4 != 0) text += '=';
  return decode_base64(text);
}

}  // namespace mesh::test
