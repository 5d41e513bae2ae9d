#include "mesh/snowflake/client.hpp"

#include <cstdlib>
#include <future>
#include <set>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "fake_server.hpp"
#include "keys.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

using namespace mesh;
using namespace mesh::snowflake;
using namespace mesh::test;
using std::chrono::milliseconds;

namespace {

ConnectionSettings settings_for(const FakeServer& server) {
  ConnectionSettings settings;
  settings.account = "acme-dev";
  settings.user = "mesh";
  settings.private_key_pem = Secret(test_key().private_pem);
  settings.host = "127.0.0.1";
  settings.port = server.port();
  settings.protocol = "http";
  settings.role = "CONNECTION_ROLE";
  settings.warehouse = "CONNECTION_WH";
  return settings;
}

// Short pauses, so that the tests are quick; jitter at its most.
ClientOptions quick() {
  ClientOptions options;
  options.random = [] { return 0.999; };
  options.retry_base = milliseconds{2};
  options.retry_cap = milliseconds{20};
  options.retry_budget = milliseconds{400};
  options.first_contact_budget = milliseconds{150};
  options.poll_first = milliseconds{2};
  options.poll_cap = milliseconds{10};
  options.cancel_grace = milliseconds{300};
  return options;
}

std::unique_ptr<Client> client_for(const FakeServer& server, ClientOptions options = quick()) {
  auto client = Client::create(settings_for(server), std::move(options));
  REQUIRE(client);
  return *std::move(client);
}

std::string row_type(const std::vector<std::string>& names, const std::string& type = "text") {
  std::vector<std::string> parts;
  for (const auto& name : names) {
    parts.push_back(fmt::format(
        R"({{"name":"{}","type":"{}","nullable":true,"scale":null,"precision":null,"length":null}})", name, type));
  }
  return join(parts, ",");
}

// A ResultSet of one text column; `partitions` are the row counts announced, `data` the rows of partition 0.
std::string result(int rows, const std::string& data, const std::vector<int>& partitions = {},
                   const std::string& handle = "01aa-h") {
  std::vector<std::string> parts;
  for (const int count : partitions) parts.push_back(fmt::format(R"({{"rowCount":{},"uncompressedSize":9}})", count));
  if (partitions.empty()) parts.push_back(fmt::format(R"({{"rowCount":{},"uncompressedSize":9}})", rows));
  return fmt::format(
      R"({{"resultSetMetaData":{{"numRows":{},"format":"jsonv2","partitionInfo":[{}],"rowType":[{}]}},"data":{},"code":"090001",)"
      R"("sqlState":"00000","statementHandle":"{}","message":"Statement executed successfully."}})",
      rows, join(parts, ","), row_type({"V"}), data, handle);
}

const std::string kOne = result(1, R"([["1"]])");
const std::string kRunning =
    R"({"code":"333334","message":"Asynchronous execution in progress. Use provided query id to perform query monitoring and management.",)"
    R"("statementHandle":"01aa-h","statementStatusUrl":"/api/v2/statements/01aa-h"})";
const std::string kBadJwt = R"({"code":"390144","message":"JWT token is invalid. [7]"})";
const std::string kSlowDown = R"({"code":"390505","message":"Too many requests."})";

Request read_of(std::string sql) { return Request{.sql = std::move(sql), .idempotent_read = true}; }

bool is_cancel(const Seen& seen) { return seen.path.ends_with("/cancel"); }
bool is_submit(const Seen& seen) { return seen.method == "POST" && !is_cancel(seen); }

// Plays one answer after another, the last one for ever.
FakeServer::Script in_turn(std::vector<Played> answers) {
  return [answers = std::move(answers), next = std::make_shared<std::atomic<size_t>>(0)](const Seen&) {
    return answers[std::min(next->fetch_add(1), answers.size() - 1)];
  };
}

ServerError error_of(Answer answer) {
  REQUIRE_FALSE(answer);
  return answer.error();
}

}  // namespace

TEST_CASE("a statement is sent as documented and its rows come back") {
  FakeServer server(in_turn({{.body = kOne}}));
  const auto client = client_for(server);
  const auto answer = client->run({.sql = "SELECT 1", .role = "R"});
  REQUIRE(answer);
  CHECK(answer->query_id == "01aa-h");
  CHECK(answer->at(0, "v") == "1");
  CHECK(client->statements_sent() == 1);

  const auto seen = server.seen();
  REQUIRE(seen.size() == 1);
  CHECK(seen[0].method == "POST");
  CHECK(seen[0].path == "/api/v2/statements");
  CHECK(seen[0].query.at("requestId").size() == 36);
  CHECK(seen[0].query.size() == 1);  // neither retry nor async
  CHECK(seen[0].headers.at("user-agent") == "mesh/0.1.0");
  CHECK(seen[0].headers.at("content-type") == "application/json");
  CHECK(seen[0].headers.at("accept") == "application/json");
  CHECK(seen[0].headers.at("accept-encoding") == "gzip");
  CHECK(seen[0].headers.at("x-snowflake-authorization-token-type") == "KEYPAIR_JWT");
  CHECK_FALSE(seen[0].headers.contains("expect"));
  CHECK(seen[0].body == R"({"statement":"SELECT 1","warehouse":"CONNECTION_WH","role":"R"})");

  const auto jwt = split(seen[0].headers.at("authorization").substr(7), '.');
  REQUIRE(jwt.size() == 3);
  CHECK(decode_base64url(jwt[1]).find(R"("sub":"ACME-DEV.MESH")") != std::string::npos);
  CHECK(verifies(test_key().public_pem, jwt[0] + "." + jwt[1], decode_base64url(jwt[2])));
}

TEST_CASE("connections are kept and tokens are made anew before they expire") {
  std::atomic<int64_t> now{1'764'000'000};
  FakeServer server(in_turn({{.body = kOne}}));
  auto options = quick();
  options.now = [&now] { return now.load(); };
  const auto client = client_for(server, std::move(options));
  for (const int64_t minutes : {0, 53, 54, 55}) {
    now = 1'764'000'000 + 60 * minutes;
    REQUIRE(client->run(read_of("SELECT 1")));
  }
  const auto seen = server.seen();
  REQUIRE(seen.size() == 4);
  CHECK(seen[3].connection == 0);
  CHECK(seen[0].headers.at("authorization") == seen[1].headers.at("authorization"));
  CHECK(seen[1].headers.at("authorization") != seen[2].headers.at("authorization"));
  CHECK(seen[2].headers.at("authorization") == seen[3].headers.at("authorization"));
}

TEST_CASE("an answer that nobody asked to be late is polled for") {
  FakeServer server(in_turn({{.status = 202, .body = kRunning}, {.status = 202, .body = kRunning}, {.body = kOne}}));
  const auto client = client_for(server);
  const auto answer = client->run({.sql = "SELECT 1"});
  REQUIRE(answer);
  CHECK(answer->rows.size() == 1);
  const auto seen = server.seen();
  REQUIRE(seen.size() == 3);
  CHECK(seen[1].method == "GET");
  CHECK(seen[1].path == "/api/v2/statements/01aa-h");
  CHECK(client->statements_sent() == 1);
}

TEST_CASE("429 with a handle means still running, without one means slow down") {
  FakeServer server(in_turn({{.status = 202, .body = kRunning},
                             {.status = 429, .body = kRunning},
                             {.status = 429, .body = kSlowDown},
                             {.body = kOne}}));
  CHECK(client_for(server)->run({.sql = "SELECT 1"}));
  CHECK(server.seen().size() == 4);
}

TEST_CASE("429 with a handle is waited for however long it lasts") {
  std::vector<Played> answers = {{.status = 202, .body = kRunning}};
  answers.resize(31, {.status = 429, .body = kRunning});
  answers.push_back({.body = kOne});
  FakeServer server(in_turn(answers));
  auto options = quick();
  options.retry_budget = milliseconds{20};  // a statement that runs is no failure to be repeated
  CHECK(client_for(server, std::move(options))->run({.sql = "SELECT 1"}));
  CHECK(server.seen().size() == 32);
}

TEST_CASE("a handle that is none leads nowhere") {
  for (const auto* handle : {"../../other", "01aa-h?x=1", "01aa-h/cancel", "x@example.com", "01aa h"}) {
    INFO(handle);
    FakeServer server(in_turn({{.status = 202, .body = replace_all(kRunning, "01aa-h", handle)}, {.body = kOne}}));
    const auto error = error_of(client_for(server)->run({.sql = "CREATE TABLE T (A INT)"}));
    CHECK(error.kind == ErrorKind::Protocol);
    CHECK(error.may_have_run);
    CHECK(server.seen().size() == 1);
  }
}

// The header's values are those of developer-guide/sql-api/authenticating.
TEST_CASE("each login is sent under the name of its kind") {
  const std::pair<Authenticator, std::string> cases[] = {
      {Authenticator::KeyPair, "KEYPAIR_JWT"},
      {Authenticator::OAuth, "OAUTH"},
      {Authenticator::ProgrammaticAccessToken, "PROGRAMMATIC_ACCESS_TOKEN"},
      {Authenticator::WorkloadIdentity, "WORKLOAD_IDENTITY_FEDERATION"}};
  for (const auto& [authenticator, name] : cases) {
    INFO(name);
    FakeServer server(in_turn({{.body = kOne}}));
    auto settings = settings_for(server);
    settings.authenticator = authenticator;
    settings.workload_provider = "OIDC";
    settings.token = Secret("a-token");
    const auto client = Client::create(settings, quick());
    REQUIRE(client);
    REQUIRE((*client)->run({.sql = "SELECT 1"}));
    const auto headers = server.seen()[0].headers;
    CHECK(headers.at("x-snowflake-authorization-token-type") == name);
    if (authenticator == Authenticator::OAuth || authenticator == Authenticator::ProgrammaticAccessToken) {
      CHECK(headers.at("authorization") == "Bearer a-token");
    }
  }
}

TEST_CASE("async is asked for where a statement must be cancellable") {
  FakeServer server(in_turn({{.status = 202, .body = kRunning}, {.body = kOne}}));
  CHECK(client_for(server)->run({.sql = "SELECT 1", .cancellable = true}));
  CHECK(server.seen()[0].query.at("async") == "true");
  CHECK_FALSE(server.seen()[1].query.contains("async"));
}

TEST_CASE("partitions come gzipped and out of order, and end up in order") {
  FakeServer server([](const Seen& seen) -> Played {
    if (is_submit(seen)) return {.body = result(6, R"([["0"],["1"]])", {2, 1, 2, 1}), .gzip = true};
    const auto number = seen.query.at("partition");
    if (number == "1") return {.body = R"({"data":[["2"]]})", .delay = milliseconds{80}, .gzip = true};
    if (number == "2") return {.body = "{\"data\":[[\"3\"],\n[\"4\"]]}", .delay = milliseconds{40}, .gzip = true};
    return {.body = R"({"data":[[null]]})", .delay = milliseconds{20}, .gzip = true};
  });
  const auto answer = client_for(server)->run(read_of("SELECT V FROM T"));
  REQUIRE(answer);
  CHECK(answer->rows == std::vector<Row>{{"0"}, {"1"}, {"2"}, {"3"}, {"4"}, {std::nullopt}});
  CHECK(server.most_at_once() == 3);
}

TEST_CASE("an incomplete result is an error, never a smaller one") {
  const auto partition = [](const std::string& body) {
    return [body](const Seen& seen) -> Played {
      if (is_submit(seen)) return {.body = result(3, R"([["0"]])", {1, 2})};
      return {.body = body, .gzip = true};
    };
  };
  struct Case {
    const char* name;
    FakeServer::Script script;
  };
  const Case cases[] = {
      {"fewer rows than announced", in_turn({{.body = result(2, R"([["1"]])")}})},
      {"more rows than announced", in_turn({{.body = result(0, R"([["1"]])")}})},
      {"no data", in_turn({{.body = R"({"resultSetMetaData":{"numRows":1,"rowType":[]},"code":"090001"})"}})},
      {"no metadata", in_turn({{.body = R"({"data":[],"code":"090001"})"}})},
      {"a short row", in_turn({{.body = result(1, "[[]]")}})},
      {"a partition with too few rows", partition(R"({"data":[["1"]]})")},
      {"as many rows as announced, in other partitions",
       [](const Seen& seen) -> Played {
         if (is_submit(seen)) return {.body = result(3, R"([["0"],["1"]])", {1, 2})};
         return {.body = R"({"data":[["2"]]})", .gzip = true};
       }},
      {"a partition without rows", partition(R"({"code":"090001"})")},
      {"a result cut short", in_turn({{.body = replace_all(kOne, "090001", "391908")}})},
      {"HTML", in_turn({{.body = "<html>welcome</html>", .content_type = "text/html"}})},
      {"an accepted statement without handle", in_turn({{.status = 202, .body = R"({"code":"333334"})"}})},
      {"a handle that would leave the path", in_turn({{.status = 202, .body = R"({"statementHandle":"../../x?y"})"}})},
  };
  for (const auto& c : cases) {
    INFO(c.name);
    FakeServer server(c.script);
    const auto error = error_of(client_for(server)->run({.sql = "SELECT 1"}));
    CHECK(error.kind == ErrorKind::Protocol);
    CHECK(error.statement == "SELECT 1");
    CHECK_FALSE(error.message.empty());
    CHECK(error.message.find("welcome") == std::string::npos);
  }
}

TEST_CASE("booleans have one spelling, whatever the server sends") {
  auto body = result(3, R"([["1"],["false"],[null]])");
  FakeServer server(in_turn({{.body = replace_all(body, R"("type":"text")", R"("type":"BOOLEAN")")}}));
  const auto answer = client_for(server)->run(read_of("SHOW ..."));
  REQUIRE(answer);
  CHECK(answer->columns[0].type == "boolean");
  CHECK(answer->rows == std::vector<Row>{{"true"}, {"false"}, {std::nullopt}});
}

TEST_CASE("a refused statement tells all that the server told") {
  FakeServer server(in_turn(
      {{.status = 422,
        .body = R"({"code":"002003","message":"SQL compilation error:\nObject 'T' does not exist or not authorized.",)"
                R"("sqlState":"42S02","statementHandle":"01bb-x"})"}}));
  const auto error = error_of(client_for(server)->run({.sql = "DROP TABLE T"}));
  CHECK(error.kind == ErrorKind::Sql);
  CHECK(error.http == 422);
  CHECK(error.code == "002003");
  CHECK(error.sqlstate == "42S02");
  CHECK(error.message == "SQL compilation error:\nObject 'T' does not exist or not authorized.");
  CHECK(error.query_id == "01bb-x");
  CHECK_FALSE(error.may_have_run);
  CHECK(server.seen().size() == 1);
}

TEST_CASE("refusals are told apart by status and code, and not repeated") {
  struct Case {
    int status;
    const char* body;
    ErrorKind kind;
    const char* in_hint;
  };
  const Case cases[] = {
      {400, R"({"code":"390186","message":"Role 'X' specified in the connect string is not granted to this user"})",
       ErrorKind::Auth, "grant the role"},
      {400, R"({"code":"390146","message":"no token"})", ErrorKind::Auth, ""},
      {400, R"({"code":"000900","message":"Empty SQL statement.","sqlState":"42601","statementHandle":null})",
       ErrorKind::Sql, ""},
      {400, R"({"servlet":"x","message":"Bad Request","status":"400"})", ErrorKind::Protocol, ""},
      {403, "", ErrorKind::Auth, "SQL API"},
      {404, "<html>", ErrorKind::Network, "account"},
      {408, R"({"code":"000630","message":"Statement reached its timeout","sqlState":"57014","statementHandle":"h"})",
       ErrorKind::Timeout, ""},
      {422, R"({"code":"000604","message":"SQL execution canceled","sqlState":"57014","statementHandle":"h"})",
       ErrorKind::Cancelled, ""},
      {422, R"({"code":"100051","message":"Division by zero"})", ErrorKind::Sql, ""},
      {422, R"({"code":"391911","message":"Command not supported by SQL API: USE"})", ErrorKind::Sql, ""},
      {400,
       R"({"code":"390422","message":"Incoming request with IP/Token 1.2.3.4 is not allowed to access Snowflake."})",
       ErrorKind::Auth, "network policy"},
      {307, "", ErrorKind::Protocol, "redirects are refused"},
      {405, "", ErrorKind::Protocol, ""},
      {422, "<html>", ErrorKind::Protocol, ""},
  };
  for (const auto& c : cases) {
    INFO(c.status << " " << c.body);
    FakeServer server(in_turn({{.status = c.status, .body = c.body, .headers = {"Location: http://127.0.0.1:1/"}}}));
    const auto error = error_of(client_for(server)->run({.sql = "SELECT 1"}));
    CHECK(error.kind == c.kind);
    CHECK(error.hint.find(c.in_hint) != std::string::npos);
    CHECK_FALSE(error.message.empty());
    CHECK(server.seen().size() == 1);
  }
}

TEST_CASE("401 renews the token once") {
  FakeServer server(in_turn({{.status = 401, .body = kBadJwt}, {.body = kOne}}));
  CHECK(client_for(server)->run({.sql = "SELECT 1"}));
  const auto seen = server.seen();
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].query.at("requestId") == seen[1].query.at("requestId"));
  CHECK(seen[1].query.at("retry") == "true");

  FakeServer stubborn(in_turn({{.status = 401, .body = kBadJwt}}));
  const auto error = error_of(client_for(stubborn)->run({.sql = "SELECT 1"}));
  CHECK(error.kind == ErrorKind::Auth);
  CHECK(error.code == "390144");
  CHECK(error.hint.find(fingerprint_of(test_key().public_pem)) != std::string::npos);
  CHECK(stubborn.seen().size() == 2);
}

TEST_CASE("a token file is read again when its token is refused, a given token is not repeated") {
  TempDir dir;
  const auto file = dir.path / "token";
  REQUIRE(write_file(file, "first\n"));
  FakeServer server([&](const Seen& seen) -> Played {
    CHECK(seen.headers.at("x-snowflake-authorization-token-type") == "PROGRAMMATIC_ACCESS_TOKEN");
    if (seen.headers.at("authorization") == "Bearer second") return {.body = kOne};
    REQUIRE(write_file(file, "second\n"));
    return {.status = 401, .body = R"({"code":"394400","message":"Programmatic access token is invalid."})"};
  });
  auto settings = settings_for(server);
  settings.authenticator = Authenticator::ProgrammaticAccessToken;
  settings.token_file_path = file;
  {
    const auto client = Client::create(settings, quick());
    REQUIRE(client);
    CHECK((*client)->run({.sql = "SELECT 1"}));
    CHECK(server.seen().size() == 2);
  }
  settings.token_file_path.clear();
  settings.token = Secret("only");
  const auto client = Client::create(settings, quick());
  REQUIRE(client);
  const auto error = error_of((*client)->run({.sql = "SELECT 1"}));
  CHECK(error.kind == ErrorKind::Auth);
  CHECK(error.describe().find("only") == std::string::npos);
  CHECK(server.seen().size() == 3);
}

TEST_CASE("passing faults are repeated under the same requestId with retry=true") {
  struct Case {
    const char* name;
    Played fault;
  };
  const Case cases[] = {
      {"429", {.status = 429, .body = kSlowDown}},
      {"500", {.status = 500, .body = R"({"code":"000603","message":"x"})"}},
      {"502", {.status = 502, .body = "<html>", .content_type = "text/html"}},
      {"503", {.status = 503}},
      {"504", {.status = 504}},
      {"connection dropped", {.drop = true}},
      {"answer broken off", {.body = kOne, .truncate = true}},
  };
  for (const auto& c : cases) {
    INFO(c.name);
    FakeServer server(in_turn({c.fault, c.fault, {.body = kOne}}));
    const auto client = client_for(server);
    CHECK(client->run({.sql = "CREATE TABLE T (A INT)"}));
    const auto seen = server.seen();
    REQUIRE(seen.size() == 3);
    CHECK_FALSE(seen[0].query.contains("retry"));
    for (const size_t i : {1U, 2U}) {
      CHECK(seen[i].query.at("retry") == "true");
      CHECK(seen[i].query.at("requestId") == seen[0].query.at("requestId"));
      CHECK(seen[i].body == seen[0].body);
    }
    CHECK(client->statements_sent() == 1);
  }
}

TEST_CASE("repeating ends with the budget, and the error says what is unknown") {
  FakeServer throttling(in_turn({{.status = 429, .body = kSlowDown}}));
  auto error = error_of(client_for(throttling)->run({.sql = "CREATE TABLE T (A INT)"}));
  CHECK(error.kind == ErrorKind::Throttled);
  CHECK(error.code == "390505");
  CHECK_FALSE(error.may_have_run);
  CHECK(error.message.find("tries") != std::string::npos);

  FakeServer failing(in_turn({{.status = 503}}));
  error = error_of(client_for(failing)->run({.sql = "CREATE TABLE T (A INT)"}));
  CHECK(error.kind == ErrorKind::Network);
  CHECK(error.may_have_run);
  CHECK(error.describe().find("may have been executed") != std::string::npos);

  FakeServer waiting(in_turn({{.status = 429, .body = kSlowDown, .headers = {"Retry-After: 3600"}}}));
  CHECK(error_of(client_for(waiting)->run({.sql = "SELECT 1"})).kind == ErrorKind::Throttled);
  CHECK(waiting.seen().size() == 1);
}

TEST_CASE("a text too long for Snowflake's history is not run a second time") {
  FakeServer server(in_turn({{.drop = true}, {.body = kOne}}));
  const auto client = client_for(server);
  const std::string sql = "INSERT INTO T VALUES ('" + std::string(1'000'001, 'x') + "')";
  const auto error = error_of(client->run({.sql = sql}));
  CHECK(error.may_have_run);
  CHECK(server.seen().size() == 1);
  CHECK(client->run(read_of(sql)));
}

// libcurl by itself would send the POST again on a new connection, without retry=true.
TEST_CASE("a reused connection that dies is repeated by us, not by libcurl") {
  FakeServer server([count = std::make_shared<std::atomic<int>>(0)](const Seen&) -> Played {
    return count->fetch_add(1) == 1 ? Played{.drop = true} : Played{.body = kOne};
  });
  const auto client = client_for(server);
  REQUIRE(client->run({.sql = "CREATE TABLE A (A INT)"}));
  REQUIRE(client->run({.sql = "CREATE TABLE B (A INT)"}));
  const auto seen = server.seen();
  REQUIRE(seen.size() == 3);
  CHECK(seen[1].connection == seen[0].connection);
  CHECK(seen[2].query.at("retry") == "true");
  CHECK(seen[2].query.at("requestId") == seen[1].query.at("requestId"));
}

TEST_CASE("a server that cannot be reached fails soon") {
  int port = 0;
  { port = FakeServer(in_turn({{}})).port(); }
  FakeServer other(in_turn({{}}));
  auto settings = settings_for(other);
  settings.port = port;
  const auto client = Client::create(settings, quick());
  REQUIRE(client);
  const auto error = error_of((*client)->run({.sql = "CREATE TABLE T (A INT)"}));
  CHECK(error.kind == ErrorKind::Network);
  CHECK(error.http == 0);
  CHECK_FALSE(error.may_have_run);
  CHECK(error.hint.find("host") != std::string::npos);
}

TEST_CASE("a silent server is a fault of the connection") {
  FakeServer server(in_turn({{.delay = milliseconds{800}}}));
  auto options = quick();
  options.read_timeout = milliseconds{200};
  options.retry_budget = milliseconds{0};
  const auto error = error_of(client_for(server, std::move(options))->run({.sql = "CREATE TABLE T (A INT)"}));
  CHECK(error.kind == ErrorKind::Network);
  CHECK(error.may_have_run);
  CHECK(error.message.find("silent") != std::string::npos);
}

TEST_CASE("hundreds of reads run at once, never more than the limit") {
  FakeServer server([count = std::make_shared<std::atomic<int>>(0)](const Seen& seen) -> Played {
    if (seen.method == "GET") return {.body = R"({"data":[["b"]]})", .delay = milliseconds{1}};
    const auto number = count->fetch_add(1);
    const auto at = seen.body.find("SELECT ") + 7;
    const auto text = seen.body.substr(at, seen.body.find('"', at) - at);
    if (number % 10 == 3) return {.status = 429, .body = kSlowDown};
    return {.body = result(2, fmt::format(R"([["{}"]])", text), {1, 1}), .delay = milliseconds{5 + number % 3}};
  });
  auto options = quick();
  options.parallelism = 5;
  const auto client = client_for(server, std::move(options));
  std::vector<Request> requests;
  for (int i = 0; i < 300; ++i) requests.push_back(read_of(fmt::format("SELECT {}", i)));
  const auto answers = client->run_all(std::move(requests));
  REQUIRE(answers.size() == 300);
  for (size_t i = 0; i < answers.size(); ++i) {
    REQUIRE(answers[i]);
    CHECK(answers[i]->rows[0][0] == std::to_string(i));
    CHECK(answers[i]->rows[1][0] == "b");
  }
  CHECK(server.most_at_once() == 5);
  CHECK(client->statements_sent() == 300);
  std::set<int> connections;
  for (const auto& seen : server.seen()) connections.insert(seen.connection);
  CHECK(connections.size() <= 5);
}

TEST_CASE("several threads may run statements at once") {
  FakeServer server(in_turn({{.body = kOne, .delay = milliseconds{1}}}));
  const auto client = client_for(server);
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) good += client->run(read_of("SELECT 1")) ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 160);
  CHECK(server.most_at_once() <= 8);
}

TEST_CASE("answers arrive one by one, and a callback may submit more") {
  FakeServer server(in_turn({{.body = kOne}}));
  std::promise<int> finished;
  std::function<void(int)> next;
  const auto client = client_for(server);
  next = [&](int depth) {
    client->submit(read_of("SELECT 1"), [&, depth](Answer answer) {
      if (!answer || depth == 4) return finished.set_value(depth);
      next(depth + 1);
    });
  };
  next(0);
  CHECK(finished.get_future().get() == 4);
  CHECK(client->statements_sent() == 5);
}

TEST_CASE("an urgent statement does not wait for the others") {
  FakeServer server([](const Seen& seen) -> Played {
    return {.body = kOne, .delay = milliseconds{seen.body.find("LEASE") == std::string::npos ? 400 : 0}};
  });
  auto options = quick();
  options.parallelism = 1;
  std::atomic<int> slow{0};
  const auto client = client_for(server, std::move(options));
  client->submit(read_of("SELECT 1"), [&](Answer) { ++slow; });
  client->submit(read_of("SELECT 2"), [&](Answer) { ++slow; });
  CHECK(client->run({.sql = "UPDATE LEASE", .urgent = true}));
  CHECK(slow == 0);
}

TEST_CASE("cancel_all cancels in Snowflake what has a handle and drops what waits") {
  std::atomic<bool> cancelled{false};
  FakeServer server([&](const Seen& seen) -> Played {
    if (is_cancel(seen)) {
      cancelled = true;
      return {
          .body =
              R"({"code":"000604","sqlState":"57014","message":"SQL execution canceled","statementHandle":"01aa-h"})"};
    }
    if (!cancelled || seen.body.find("AFTER") != std::string::npos) {
      return seen.body.find("AFTER") != std::string::npos ? Played{.body = kOne}
                                                          : Played{.status = 202, .body = kRunning};
    }
    return {
        .status = 422,
        .body =
            R"({"code":"000604","message":"SQL execution canceled","sqlState":"57014","statementHandle":"01aa-h"})"};
  });
  auto options = quick();
  options.parallelism = 1;
  std::promise<Answer> running, waiting;
  const auto client = client_for(server, std::move(options));
  client->submit({.sql = "CREATE TABLE A"}, [&](Answer answer) { running.set_value(std::move(answer)); });
  client->submit({.sql = "CREATE TABLE B"}, [&](Answer answer) { waiting.set_value(std::move(answer)); });
  while (server.seen().size() < 3) std::this_thread::sleep_for(milliseconds{1});
  client->cancel_all();
  auto error = error_of(running.get_future().get());
  CHECK(error.kind == ErrorKind::Cancelled);
  CHECK(error.code == "000604");
  CHECK_FALSE(error.may_have_run);
  error = error_of(waiting.get_future().get());
  CHECK(error.kind == ErrorKind::Cancelled);
  CHECK_FALSE(error.may_have_run);
  CHECK(client->statements_sent() == 1);
  CHECK(client->run({.sql = "AFTER"}));
}

TEST_CASE("cancel_all waits a while for a change that has no handle yet") {
  FakeServer server([](const Seen& seen) -> Played {
    return {.body = kOne, .delay = milliseconds{seen.body.find("SLOW") == std::string::npos ? 60 : 700}};
  });
  std::promise<Answer> quick_one, slow_one, read;
  const auto client = client_for(server);
  client->submit({.sql = "CREATE TABLE A"}, [&](Answer answer) { quick_one.set_value(std::move(answer)); });
  client->submit({.sql = "SLOW CREATE TABLE B"}, [&](Answer answer) { slow_one.set_value(std::move(answer)); });
  client->submit(read_of("SLOW SELECT"), [&](Answer answer) { read.set_value(std::move(answer)); });
  while (server.seen().size() < 3) std::this_thread::sleep_for(milliseconds{1});
  client->cancel_all();
  CHECK(quick_one.get_future().get());  // it was done in time: that is the truth about it
  auto error = error_of(read.get_future().get());
  CHECK(error.kind == ErrorKind::Cancelled);
  CHECK_FALSE(error.may_have_run);
  error = error_of(slow_one.get_future().get());
  CHECK(error.kind == ErrorKind::Cancelled);
  CHECK(error.may_have_run);
}

TEST_CASE("a client that goes away answers what was under way") {
  FakeServer server(in_turn({{.body = kOne, .delay = milliseconds{300}}}));
  std::vector<ErrorKind> kinds;
  {
    auto options = quick();
    options.parallelism = 1;
    const auto client = client_for(server, std::move(options));
    for (int i = 0; i < 3; ++i) {
      client->submit({.sql = "CREATE TABLE A"}, [&](Answer answer) { kinds.push_back(answer.error().kind); });
    }
  }
  CHECK(kinds == std::vector<ErrorKind>(3, ErrorKind::Cancelled));
}

TEST_CASE("the children of a multi-statement request are fetched by their ids") {
  FakeServer server([](const Seen& seen) -> Played {
    if (seen.method == "GET") return {.body = result(1, R"([["child"]])", {}, "01cc-1")};
    auto body = kOne;
    body.insert(1, R"("statementHandles":["01cc-1","01cc-2"],)");
    return {.body = body};
  });
  const auto client = client_for(server);
  const auto parent = client->run({.sql = "SELECT 1; SELECT 2", .multi_statement_count = 2});
  REQUIRE(parent);
  CHECK(server.seen()[0].body.find(R"("parameters":{"MULTI_STATEMENT_COUNT":"2"})") != std::string::npos);
  REQUIRE(parent->child_query_ids.size() == 2);
  const auto child = client->fetch(parent->child_query_ids[0]);
  REQUIRE(child);
  CHECK(child->at(0, "V") == "child");
  CHECK(server.seen()[1].path == "/api/v2/statements/01cc-1");
  CHECK(client->statements_sent() == 1);
  CHECK_FALSE(client->fetch("../x"));
}

TEST_CASE("a proxy of the environment is not asked about this machine") {
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  FakeServer server(in_turn({{.body = kOne}}));
  CHECK(client_for(server)->run({.sql = "SELECT 1"}));
  ::unsetenv("http_proxy");
}

TEST_CASE("a proxy of the environment leads to other hosts, and never sees the token") {
  FakeServer proxy(in_turn({{.status = 403}}));
  ::setenv("https_proxy", fmt::format("http://127.0.0.1:{}", proxy.port()).c_str(), 1);
  auto settings = settings_for(proxy);
  settings.host = "acme-dev.snowflakecomputing.com";
  settings.port = 0;
  settings.protocol = "https";
  {
    const auto client = Client::create(settings, quick());
    REQUIRE(client);
    const auto error = error_of((*client)->run({.sql = "CREATE TABLE T (A INT)"}));
    CHECK(error.kind == ErrorKind::Network);
    CHECK(error.message.find("403") != std::string::npos);
    CHECK(error.hint.find("proxy") != std::string::npos);
    CHECK_FALSE(error.may_have_run);
  }
  REQUIRE_FALSE(proxy.seen().empty());
  for (const auto& seen : proxy.seen()) {
    CHECK(seen.method == "CONNECT");
    CHECK(seen.path == "acme-dev.snowflakecomputing.com:443");
    CHECK_FALSE(seen.headers.contains("authorization"));
  }
  const auto asked = proxy.seen().size();
  ::setenv("no_proxy", ".invalid", 1);
  settings.host = "acme.invalid";
  const auto client = Client::create(settings, quick());
  REQUIRE(client);
  CHECK(error_of((*client)->run({.sql = "SELECT 1"})).kind == ErrorKind::Network);
  CHECK(proxy.seen().size() == asked);
  ::unsetenv("no_proxy");
  ::unsetenv("https_proxy");
}

TEST_CASE("an answer is bounded as it comes, as it inflates, and in time") {
  auto options = quick();
  options.most_answer_bytes = 20'000;
  const auto large = result(1, "[[\"" + std::string(30'000, 'x') + "\"]]");
  for (const bool gzip : {false, true}) {
    INFO(gzip);
    FakeServer server(in_turn({{.body = large, .gzip = gzip}}));
    const auto error = error_of(client_for(server, options)->run({.sql = "CREATE TABLE T (A INT)"}));
    CHECK(error.kind == ErrorKind::Protocol);
    CHECK(error.message.find("larger than mesh reads") != std::string::npos);
    CHECK(server.seen().size() == 1);
  }
  // Two thousand gzip members' worth of empty blocks: nothing comes out of it, much comes in.
  std::string empty_blocks("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  for (int i = 0; i < 10'000; ++i) empty_blocks.append("\0\0\0\xff\xff", 5);
  FakeServer hollow(in_turn({{.body = empty_blocks, .headers = {"Content-Encoding: gzip"}}}));
  CHECK(error_of(client_for(hollow, options)->run(read_of("SELECT 1"))).message.find("larger than mesh reads") !=
        std::string::npos);

  FakeServer dripping(in_turn({{.body = kOne, .drip = milliseconds{20}}}));
  options = quick();
  options.read_timeout = milliseconds{5'000};
  options.answer_timeout = milliseconds{200};
  options.retry_budget = milliseconds{0};
  const auto error = error_of(client_for(dripping, options)->run({.sql = "CREATE TABLE T (A INT)"}));
  CHECK(error.kind == ErrorKind::Network);
  CHECK(error.message.find("took too long") != std::string::npos);
}

TEST_CASE("a text that is not UTF-8 is not sent") {
  FakeServer server(in_turn({{.body = kOne}}));
  const auto error = error_of(client_for(server)->run({.sql = "SELECT '\xff'"}));
  CHECK(error.kind == ErrorKind::Protocol);
  CHECK(server.seen().empty());
}

TEST_CASE("a client is not made without its key, or towards plain http elsewhere") {
  FakeServer server(in_turn({{}}));
  auto settings = settings_for(server);
  settings.host = "example.com";
  CHECK_FALSE(Client::create(settings, quick()));
  settings = settings_for(server);
  settings.private_key_path = "/nowhere/key.p8";
  auto made = Client::create(settings, quick());
  REQUIRE_FALSE(made);
  CHECK(made.error().message.find("/nowhere/key.p8") != std::string::npos);
}

TEST_CASE("a token with a line break is refused") {
  FakeServer server(in_turn({{.body = kOne}}));
  for (const auto* token : {"a\r\nX-Other: b", "a\nb", "a b", "a\tb", "a\x01"}) {
    auto settings = settings_for(server);
    settings.authenticator = Authenticator::OAuth;
    settings.token = Secret(token);
    const auto made = Client::create(settings, quick());
    REQUIRE_FALSE(made);
    CHECK(made.error().message == "the token holds blanks or control characters; it must be one word");
  }
  CHECK(server.seen().empty());
}
