#include <sys/stat.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "jwt.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/base/files.hpp"
#include "wire_fixture.hpp"

using namespace mesh::sandbox;
using namespace mesh::sandbox::test;

namespace {

// The status of `SELECT 1` with this token, and for refusals the code behind it.
std::string log_in(Wire& wire, const std::string& token, const std::string& type = "KEYPAIR_JWT") {
  const Reply reply = wire.send("POST", kRoot, R"({"statement":"SELECT 1"})",
                                {{"Authorization", "Bearer " + token}, {"X-Snowflake-Authorization-Token-Type", type}});
  return std::to_string(reply.status) + " " + reply.at("/code");
}

const std::string kGood = "200 090001";
const std::string kRefused = "401 390144";

}  // namespace

TEST_CASE("wire: a good token logs in") {
  Wire wire;
  CHECK(log_in(wire, make_token(first_key())) == kGood);
  SECTION("without the header that names its type") { CHECK(log_in(wire, make_token(first_key()), "") == kGood); }
  SECTION("with times in milliseconds") {
    Claims claims;
    claims.issued_at = now_seconds() * 1000;
    claims.life = 3540 * 1000;
    CHECK(log_in(wire, make_token(first_key(), claims)) == kGood);
  }
  SECTION("with either of two keys") {
    CHECK(log_in(wire, make_token(second_key())) == kRefused);
    wire.backend.alice.public_keys.push_back(second_key().public_base64);
    CHECK(log_in(wire, make_token(second_key())) == kGood);
    CHECK(log_in(wire, make_token(first_key())) == kGood);
  }
  SECTION("into the account the token names") {
    Claims claims;
    claims.account = "OTHER";
    const Reply reply = wire.send("POST", kRoot, R"({"statement":"SESSION"})",
                                  {{"Authorization", "Bearer " + make_token(first_key(), claims)}});
    CHECK(reply.at("/data/0/0") == "OTHER");
    CHECK(reply.at("/data/0/1") == "ALICE");  // NAME, not LOGIN_NAME
  }
}

TEST_CASE("wire: a bad token is refused with 390144") {
  Wire wire;
  const auto with = [](auto bend) {
    Claims claims;
    bend(claims);
    return make_token(first_key(), claims);
  };
  const std::string good = make_token(first_key());
  const size_t signature = good.rfind('.') + 1;
  std::string tampered = good;
  tampered[signature + 10] = tampered[signature + 10] == 'A' ? 'B' : 'A';
  const std::string other_payload = with([](Claims& claims) {
                                      claims.account = "OTHER";
                                    }).substr(0, with([](Claims& c) { c.account = "OTHER"; }).rfind('.') + 1) +
                                    good.substr(signature);

  const std::vector<std::pair<std::string, std::string>> bad = {
      {"a signature changed", tampered},
      {"the payload of another token", other_payload},
      {"another key", make_token(second_key())},
      {"another key under the fingerprint of the right one",
       [] {
         Claims claims;
         claims.fingerprint = first_key().fingerprint;
         return make_token(second_key(), claims);
       }()},
      {"a fingerprint of no key", with([](Claims& c) { c.fingerprint = "SHA256:AAAA"; })},
      {"an unknown account", with([](Claims& c) { c.account = "NOBODY"; })},
      {"an unknown user", with([](Claims& c) { c.user = "BOB"; })},
      {"the user's NAME where LOGIN_NAME is due", with([](Claims& c) { c.user = "ALICE"; })},
      {"a subject that is not the issuer's", with([](Claims& c) { c.subject = "OTHER.ALICE@ACME.COM"; })},
      {"expired", with([](Claims& c) { c.issued_at = now_seconds() - 600, c.life = 599; })},
      {"older than an hour whatever exp says",
       with([](Claims& c) { c.issued_at = now_seconds() - 3601, c.life = 36000; })},
      {"issued in the future", with([](Claims& c) { c.issued_at = now_seconds() + 300; })},
      {"without exp", with([](Claims& c) { c.with_expiry = false; })},
      {"another algorithm named", with([](Claims& c) { c.algorithm = "RS512"; })},
      {"no algorithm", with([](Claims& c) { c.algorithm = "none"; })},
      {"no signature", good.substr(0, signature)},
      {"no token at all", "abc"},
  };
  for (const auto& [name, token] : bad) {
    INFO(name);
    CHECK(log_in(wire, token) == kRefused);
  }
  CHECK(wire.backend.executed().empty());
  SECTION("with an id when it could be read") {
    const Reply reply = wire.send("POST", kRoot, "{}", {{"Authorization", "Bearer " + make_token(second_key())}});
    CHECK_THAT(reply.at("/message"), Catch::Matches("JWT token is invalid\\. \\[[0-9a-f-]{36}\\]"));
    CHECK(reply.keys() == std::vector<std::string>{"code", "message"});
  }
  SECTION("with null when it could not") {
    const Reply reply = wire.send("POST", kRoot, "{}", {{"Authorization", "Bearer abc"}});
    CHECK(reply.at("/message") == "JWT token is invalid. null");
  }
  SECTION("also of a user who is disabled") {
    wire.backend.alice.disabled = true;
    CHECK(log_in(wire, good) == kRefused);
  }
  SECTION("and other kinds of token have codes of their own") {
    CHECK(log_in(wire, good, "OAUTH") == "401 390303");
    CHECK(log_in(wire, good, "PROGRAMMATIC_ACCESS_TOKEN") == "401 394400");
  }
}

TEST_CASE("wire: the key beside the file") {
  const auto folder = std::filesystem::temp_directory_path() / ("mesh_wire_" + mesh::random_uuid());
  std::filesystem::create_directories(folder);
  const std::string path = (folder / "a.key.p8").string();
  const auto made = key_beside(path);
  REQUIRE(made);
  SECTION("is PKCS#8 that only its owner may read") {
    CHECK(mesh::read_file(path)->rfind("-----BEGIN PRIVATE KEY-----", 0) == 0);
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
  }
  SECTION("is kept") { CHECK(*key_beside(path) == *made); }
  SECTION("is named where it is none") {
    REQUIRE(mesh::write_file(path, "not a key"));
    const auto read = key_beside(path);
    REQUIRE(!read);
    CHECK(read.error().message.find(path) != std::string::npos);
  }
  SECTION("that cannot be made is named") {
    const auto none = key_beside((folder / "no" / "such" / "k").string());
    REQUIRE(!none);
    CHECK(none.error().message.find("/no/such/k") != std::string::npos);
  }
  std::filesystem::remove_all(folder);
}
