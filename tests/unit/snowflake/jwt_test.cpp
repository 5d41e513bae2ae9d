#include "mesh/snowflake/jwt.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "keys.hpp"
#include "mesh/base/text.hpp"

using namespace mesh;
using namespace mesh::snowflake;
using namespace mesh::test;

TEST_CASE("the claims name the account without its region") {
  const std::pair<const char*, const char*> cases[] = {
      {"myorg-myaccount", "MYORG-MYACCOUNT"},
      {"xy12345.us-east-2.aws", "XY12345"},
      {"xy12345", "XY12345"},
      {"acme-marketing_test", "ACME-MARKETING_TEST"},
      {"myacct-extid123.global", "MYACCT"},
      {"xy12345.privatelink", "XY12345"},
  };
  for (const auto& [account, expected] : cases) CHECK(claims_account(account) == expected);
}

TEST_CASE("a token has the documented claims and a signature that verifies") {
  const auto key = PrivateKey::from_pem(Secret(test_key().private_pem), Secret(), "test");
  REQUIRE(key);
  const std::string fingerprint = fingerprint_of(test_key().public_pem);
  CHECK(key->fingerprint() == fingerprint);

  const auto token = make_jwt(*key, "xy12345.us-east-2.aws", "deploy@acme.com", 1'764'000'000);
  const auto parts = split(token, '.');
  REQUIRE(parts.size() == 3);
  CHECK(nlohmann::json::parse(decode_base64url(parts[0])) == nlohmann::json{{"alg", "RS256"}, {"typ", "JWT"}});
  CHECK(nlohmann::json::parse(decode_base64url(parts[1])) ==
        nlohmann::json{{"iss", "XY12345.DEPLOY@ACME.COM." + fingerprint},
                       {"sub", "XY12345.DEPLOY@ACME.COM"},
                       {"iat", 1'764'000'000},
                       {"exp", 1'764'000'000 + 59 * 60}});
  CHECK(verifies(test_key().public_pem, parts[0] + "." + parts[1], decode_base64url(parts[2])));
  CHECK_FALSE(verifies(test_key().public_pem, parts[0] + "." + parts[1] + "x", decode_base64url(parts[2])));
}

TEST_CASE("an encrypted key needs its passphrase") {
  const Secret pem(test_key().encrypted_pem);
  const auto good = PrivateKey::from_pem(pem, Secret("correct horse"), "'k.p8'");
  REQUIRE(good);
  CHECK(good->fingerprint() == fingerprint_of(test_key().public_pem));

  auto missing = PrivateKey::from_pem(pem, Secret(), "'k.p8'");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message.find("PRIVATE_KEY_PASSPHRASE") != std::string::npos);
  auto wrong = PrivateKey::from_pem(pem, Secret("battery staple"), "'k.p8'");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "the private key 'k.p8' cannot be decrypted with the passphrase given");
}

TEST_CASE("keys that Snowflake would refuse are refused by name") {
  const std::pair<std::string, const char*> cases[] = {
      {small_key_pem(), "1024 bits"},        {ec_key_pem(), "not an RSA key"},
      {test_key().public_pem, "public key"}, {"hello", "not a private key in PEM form"},
      {"", "not a private key in PEM form"},
  };
  for (const auto& [pem, words] : cases) {
    auto key = PrivateKey::from_pem(Secret(pem), Secret(), "'k'");
    REQUIRE_FALSE(key);
    INFO(key.error().message);
    CHECK(key.error().message.find(words) != std::string::npos);
  }
}
