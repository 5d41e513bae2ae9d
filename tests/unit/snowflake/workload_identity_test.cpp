#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "fake_server.hpp"
#include "github_identity.hpp"
#include "keys.hpp"
#include "mesh/base/text.hpp"
#include "mesh/snowflake/client.hpp"

using namespace mesh;
using namespace mesh::snowflake;
using namespace mesh::test;

namespace {

constexpr int64_t kNow = 1'764'000'000;

// A JWT that expires then; its signature is nobody's here. 1764000300 and the like are ten digits long.
std::string identity_until(int64_t expiry) {
  // {"exp":NNNNNNNNNN} in base64url, from the digits: three bytes at a time, so that no library shared with the code is
  // used.
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const auto claims = fmt::format(R"({{"exp":{}}})", expiry);
  std::string out;
  unsigned bits = 0, held = 0;
  for (const char c : claims) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6; held -= 6) out += alphabet[(bits >> (held - 6)) & 63];
  }
  if (held > 0) out += alphabet[(bits << (6 - held)) & 63];
  return "h." + out + ".s";
}

const std::string kOne =
    R"({"resultSetMetaData":{"numRows":1,"partitionInfo":[{"rowCount":1}],"rowType":[{"name":"V","type":"text"}]},)"
    R"("data":[["1"]],"code":"090001","statementHandle":"01aa-h","message":"m"})";

ConnectionSettings settings_for(const FakeServer& snowflake, const FakeServer& github) {
  ConnectionSettings settings;
  settings.account = "acme-dev";
  settings.authenticator = Authenticator::WorkloadIdentity;
  settings.workload_provider = "OIDC";
  settings.github.url = fmt::format("http://127.0.0.1:{}/token?api-version=2.0", github.port());
  settings.github.request_token = Secret("runner-secret");
  settings.github.audience = "snowflakecomputing.com";
  settings.github.loopback = true;
  settings.host = "127.0.0.1";
  settings.port = snowflake.port();
  settings.protocol = "http";
  return settings;
}

ClientOptions at(const std::atomic<int64_t>& now) {
  ClientOptions options;
  options.now = [&now] { return now.load(); };
  options.retry_base = options.retry_cap = std::chrono::milliseconds{1};
  return options;
}

Played token_answer(const std::string& token) { return {.body = fmt::format(R"({{"count":1,"value":"{}"}})", token)}; }

}  // namespace

TEST_CASE("GitHub's token is asked for as documented and sent as WIF.OIDC") {
  std::atomic<int64_t> now{kNow};
  const auto identity = identity_until(kNow + 300);
  FakeServer github([&](const Seen&) { return token_answer(identity); });
  FakeServer snowflake([](const Seen&) -> Played { return {.body = kOne}; });
  const auto client = Client::create(settings_for(snowflake, github), at(now));
  REQUIRE(client);
  for (int i = 0; i < 3; ++i) REQUIRE((*client)->run({.sql = "SELECT 1"}));

  const auto asked = github.seen();
  REQUIRE(asked.size() == 1);  // three statements, one token
  CHECK(asked[0].method == "GET");
  CHECK(asked[0].query.at("api-version") == "2.0");
  CHECK(asked[0].query.at("audience") == "snowflakecomputing.com");
  CHECK(asked[0].headers.at("authorization") == "Bearer runner-secret");
  CHECK(asked[0].headers.at("user-agent").starts_with("mesh/"));
  for (const auto& seen : snowflake.seen()) {
    CHECK(seen.headers.at("authorization") == "Bearer WIF.OIDC." + identity);
    CHECK(seen.headers.at("x-snowflake-authorization-token-type") == "WORKLOAD_IDENTITY_FEDERATION");
  }
}

TEST_CASE("a new identity token is fetched before the old one ends, and once when it is refused") {
  std::atomic<int64_t> now{kNow};
  std::atomic<int> fetched{0};
  std::string refused = "none";
  FakeServer github([&](const Seen&) { return token_answer(identity_until(now + 300 + fetched++)); });
  FakeServer snowflake([&](const Seen& seen) -> Played {
    if (seen.headers.at("authorization") != refused) return {.body = kOne};
    return {.status = 401, .body = R"({"code":"390303","message":"Invalid OAuth access token."})"};
  });
  const auto client = Client::create(settings_for(snowflake, github), at(now));
  REQUIRE(client);
  now = kNow + 239;
  REQUIRE((*client)->run({.sql = "SELECT 1"}));
  CHECK(fetched == 1);
  now = kNow + 241;
  REQUIRE((*client)->run({.sql = "SELECT 1"}));
  CHECK(fetched == 2);
  refused = snowflake.seen().back().headers.at("authorization");
  REQUIRE((*client)->run({.sql = "SELECT 1"}));
  CHECK(fetched == 3);
  CHECK(snowflake.seen().back().query.at("retry") == "true");
}

TEST_CASE("while GitHub is away the old identity token still serves, and the refusal says why") {
  std::atomic<int64_t> now{kNow};
  std::atomic<bool> away{false}, accepts{true};
  FakeServer github(
      [&](const Seen&) -> Played { return away ? Played{.status = 503} : token_answer(identity_until(kNow + 300)); });
  FakeServer snowflake([&](const Seen&) -> Played {
    if (accepts) return {.body = kOne};
    return {.status = 401, .body = R"({"code":"390303","message":"Invalid OAuth access token."})"};
  });
  const auto client = Client::create(settings_for(snowflake, github), at(now));
  REQUIRE(client);
  away = true;
  now = kNow + 250;
  CHECK((*client)->run({.sql = "SELECT 1"}));
  CHECK((*client)->run({.sql = "SELECT 1"}));
  CHECK(github.seen().size() == 2);  // the second statement does not ask again at once
  accepts = false;
  const auto answer = (*client)->run({.sql = "SELECT 1"});
  REQUIRE_FALSE(answer);
  CHECK(answer.error().kind == ErrorKind::Auth);
  CHECK(answer.error().hint.find("GitHub gave no identity token: HTTP 503") != std::string::npos);
  CHECK(answer.error().describe().find("runner-secret") == std::string::npos);
}

TEST_CASE("a token that something else fetched is sent with its provider") {
  FakeServer snowflake([](const Seen&) -> Played { return {.body = kOne}; });
  auto settings = settings_for(snowflake, snowflake);
  settings.github = {};
  settings.workload_provider = "GCP";
  settings.token = Secret("given");
  const auto client = Client::create(settings);
  REQUIRE(client);
  REQUIRE((*client)->run({.sql = "SELECT 1"}));
  CHECK(snowflake.seen()[0].headers.at("authorization") == "Bearer WIF.GCP.given");
}

TEST_CASE("an identity token that Snowflake refuses tells of the user that must be there") {
  std::atomic<int64_t> now{kNow};
  FakeServer github([&](const Seen&) { return token_answer(identity_until(kNow + 300)); });
  FakeServer snowflake(
      [](const Seen&) -> Played { return {.status = 401, .body = R"({"code":"390100","message":"no"})"}; });
  const auto client = Client::create(settings_for(snowflake, github), at(now));
  REQUIRE(client);
  const auto answer = (*client)->run({.sql = "SELECT 1"});
  REQUIRE_FALSE(answer);
  for (const auto* word : {"WORKLOAD_IDENTITY", "ISSUER", "SUBJECT", "OIDC_AUDIENCE_LIST"}) {
    CHECK(answer.error().hint.find(word) != std::string::npos);
  }
}

TEST_CASE("what GitHub answers is bounded, not followed elsewhere, and refused with the way out") {
  FakeServer elsewhere([](const Seen&) { return token_answer("stolen"); });
  struct Case {
    Played played;
    const char* words;
  };
  const Case cases[] = {
      {{.status = 403}, "id-token: write"},
      {{.status = 302, .headers = {fmt::format("Location: http://127.0.0.1:{}/", elsewhere.port())}}, "HTTP 302"},
      {{.body = "<html>runner-secret</html>"}, "holds no token"},
      {{.body = R"({"value":7})"}, "holds no token"},
      {token_answer(std::string(100'000, 'x')), "GitHub gave no identity token"},
      {token_answer("two words"), "not one word"},
      {{.drop = true}, "GitHub gave no identity token"},
  };
  for (const auto& c : cases) {
    INFO(c.words);
    FakeServer github([&](const Seen&) { return c.played; });
    const auto client = Client::create(settings_for(github, github));
    REQUIRE_FALSE(client);
    CHECK(client.error().message.find(c.words) != std::string::npos);
    CHECK(client.error().message.find("runner-secret") == std::string::npos);
  }
  CHECK(elsewhere.seen().empty());
}

TEST_CASE("a JWT's expiry is read, and nothing is made up where it has none") {
  for (const int64_t expiry : {int64_t{7}, int64_t{99}, kNow, kNow + 12'345'678'901}) {
    CHECK(expiry_of_jwt(identity_until(expiry)) == expiry);
  }
  for (const auto* text : {"", "a", "a.b", "a..c", "a.!!!!.c", "a.e30.c", "a.W10.c", "a.b.c.d"}) {
    INFO(text);
    CHECK_FALSE(expiry_of_jwt(text));
  }
}
