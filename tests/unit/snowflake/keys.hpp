#pragma once
// A key made for the test run, and folders that go away.

#include <filesystem>
#include <string>

#include "mesh/base/digest.hpp"

namespace mesh::test {

struct KeyTexts {
  std::string private_pem, encrypted_pem, public_pem;  // the passphrase is "correct horse"
};
// Made once a run; generating RSA keys is slow.
const KeyTexts& test_key();
std::string small_key_pem();  // 1024 bits
std::string ec_key_pem();
// Whether `signature` (raw bytes) is the key's RS256 signature of `text`.
bool verifies(const std::string& public_pem, const std::string& text, const std::string& signature);
// The fingerprint by the documented recipe over the public PEM: base64 of SHA-256 of its DER.
std::string fingerprint_of(const std::string& public_pem);
std::string decode_base64url(std::string text);

struct TempDir {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("mesh_snowflake_" + random_uuid());
  TempDir() { std::filesystem::create_directories(path); }
  ~TempDir() { std::filesystem::remove_all(path); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
};

}  // namespace mesh::test
