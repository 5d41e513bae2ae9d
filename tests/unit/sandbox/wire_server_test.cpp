// The whole server over the real engine, as far as the wire is concerned.

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "mesh/base/digest.hpp"
#include "mesh/base/files.hpp"
#include "mesh/sandbox/server.hpp"
#include "wire_fixture.hpp"

using namespace mesh::sandbox;
using namespace mesh::sandbox::test;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("mesh_server_" + mesh::random_uuid());
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ServerOptions options() const {
    ServerOptions options;
    options.file = (path / "try.sandbox.db").string();
    return options;
  }
};

// POSTs as the endpoint's entry of connections.toml tells.
Reply post(const Endpoint& endpoint, const std::string& statement, const std::string& members = "") {
  Claims claims;
  claims.account = endpoint.account;
  claims.user = endpoint.user;
  const Headers headers = {
      {"Authorization", "Bearer " + make_token(read_key(*mesh::read_file(endpoint.private_key_file)), claims)},
      {"User-Agent", "wire_test/1.0"},
      {"Content-Type", "application/json"}};
  const std::string body = fmt::format("{{\"statement\":{}{}}}", json_text(statement), members);
  return HttpClient(endpoint.host, endpoint.port).send("POST", kRoot, headers, body);
}

}  // namespace

TEST_CASE("server: a fresh file serves an account that its key opens") {
  const Folder folder;
  auto server = Server::start(folder.options());
  REQUIRE(server);
  const auto endpoints = (*server)->endpoints();
  REQUIRE(endpoints.size() == 1);
  const Endpoint& endpoint = endpoints.front();
  CHECK(endpoint.account == "SANDBOX");
  CHECK(endpoint.user == "MESH");
  CHECK(endpoint.role == "ACCOUNTADMIN");
  CHECK(endpoint.warehouse == "COMPUTE_WH");
  CHECK(endpoint.port == (*server)->port());
  CHECK(endpoint.private_key_file == folder.options().file + ".key.p8");

  // The engine's own answers are tested elsewhere; an empty statement passes the log-in and never reaches it.
  CHECK(post(endpoint, "").at("/code") == "000900");
  CHECK(post(endpoint, "USE ROLE PUBLIC").at("/code") == "391911");
  CHECK(post(endpoint, "", R"(,"role":"PUBLIC")").at("/code") == "000900");

  SECTION("the file is held") {
    const auto second = Server::start(folder.options());
    REQUIRE(!second);
    CHECK(second.error().message.find(folder.options().file) != std::string::npos);
  }
  SECTION("a second account comes with another name and the same key") {
    server->reset();
    ServerOptions options = folder.options();
    options.account = "ACME-DEV";
    server = Server::start(options);
    REQUIRE(server);
    const auto both = (*server)->endpoints();
    REQUIRE(both.size() == 2);
    CHECK(both[0].account == "SANDBOX");
    CHECK(both[1].account == "ACME-DEV");
    for (const Endpoint& each : both) CHECK(post(each, "").at("/code") == "000900");
  }
  SECTION("a taken address is named") {
    ServerOptions options = folder.options();
    options.file += "2";
    options.port = endpoint.port;
    const auto second = Server::start(options);
    REQUIRE(!second);
    CHECK(second.error().message.find(std::to_string(endpoint.port)) != std::string::npos);
  }
  SECTION("wait() ends with stop()") {
    auto waiting = std::async(std::launch::async, [&] { (*server)->wait(); });
    CHECK(waiting.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout);
    (*server)->stop();
    CHECK(waiting.wait_for(std::chrono::seconds(5)) == std::future_status::ready);
  }
}

// The values of the recordings, sent as binding and read back as column (sql-api.md sections 1 and 4).
TEST_CASE("server: bound values come back as recorded") {
  const Folder folder;
  const auto server = Server::start(folder.options());
  REQUIRE(server);
  const Endpoint endpoint = (*server)->endpoints().front();
  struct Case {
    const char *type, *value, *column_type, *answer;
  };
  const std::vector<Case> cases = {
      {"FIXED", "42", "fixed", "42"},
      {"FIXED", "-5", "fixed", "-5"},
      {"REAL", "1.5", "real", "1.5"},
      {"REAL", "-Infinity", "real", "-inf"},
      {"TEXT", "it's h\xC3\xA9", "text", "it's h\xC3\xA9"},
      {"BOOLEAN", "true", "boolean", "true"},
      {"DATE", "1791504000000", "date", "20735"},
      {"TIME", "45296123456789", "time", "45296.123456789"},
      {"TIMESTAMP_NTZ", "1791549296123456789", "timestamp_ntz", "1791549296.123456789"},
      {"TIMESTAMP_LTZ", "1791549296123456789", "timestamp_ltz", "1791549296.123456789"},
      {"TIMESTAMP_TZ", "1791549296123456789 1860", "timestamp_tz", "1791549296.123456789 1860"},
      {"BINARY", "DEADBEEF", "binary", "DEADBEEF"},
  };
  for (const Case& c : cases) {
    INFO(c.type << " " << c.value);
    const Reply reply =
        post(endpoint, "SELECT ?",
             fmt::format(R"(,"bindings":{{"1":{{"type":"{}","value":{}}}}})", c.type, json_text(c.value)));
    CHECK(reply.at("/data/0/0") == c.answer);
    CHECK(reply.at("/resultSetMetaData/rowType/0/type") == c.column_type);
  }
}

TEST_CASE("server: session state lasts through a batch and no longer") {
  const Folder folder;
  const auto server = Server::start(folder.options());
  REQUIRE(server);
  const Endpoint endpoint = (*server)->endpoints().front();
  const std::string batch = R"(,"parameters":{"MULTI_STATEMENT_COUNT":"0"})";
  CHECK(post(endpoint, "CREATE TABLE nowhere.s.t (i INT); SELECT 1", batch).at("/code") == "100132");
  CHECK(post(endpoint, "USE ROLE PUBLIC; CREATE DATABASE d", batch).at("/code") == "100132");
  CHECK(post(endpoint, "CREATE DATABASE d").status == 200);
  CHECK(post(endpoint, "USE DATABASE d; CREATE TABLE t (i INT)", batch).status == 200);
  CHECK(post(endpoint, "SELECT * FROM d.public.t").status == 200);
  CHECK(post(endpoint, "ALTER SESSION SET QUERY_TAG = 'x'").at("/data/0/0") == "Statement executed successfully.");
  CHECK(post(endpoint, "CREATE TABLE t2 (i INT)").status == 422);
}

TEST_CASE("server: what it refuses to start on") {
  const Folder folder;
  ServerOptions options = folder.options();
  SECTION("faults that are none") {
    options.faults = "slow=2";
    CHECK(!Server::start(options));
    CHECK(!check_faults(options.faults));
  }
  SECTION("a file that is no sandbox") {
    std::ofstream(options.file) << "just text, long enough to be looked at as a database header, which it is not\n";
    const auto server = Server::start(options);
    REQUIRE(!server);
    CHECK(server.error().message.find(options.file) != std::string::npos);
  }
}

// Design 7: the keys, their order and the empty line at the end.
TEST_CASE("server: the banner") {
  Endpoint first;
  first.account = "SANDBOX";
  first.user = "MESH";
  first.private_key_file = "/tmp/a \"b\"\\c.key.p8";
  first.host = "127.0.0.1";
  first.port = 8080;
  first.role = "ACCOUNTADMIN";
  first.warehouse = "COMPUTE_WH";
  Endpoint second = first;
  second.account = "ACME-DEV";
  CHECK(serve_banner({first, second}) == R"(listening on http://127.0.0.1:8080
[sandbox]
account = "SANDBOX"
user = "MESH"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "/tmp/a \"b\"\\c.key.p8"
host = "127.0.0.1"
port = 8080
protocol = "http"
role = "ACCOUNTADMIN"
warehouse = "COMPUTE_WH"
[sandbox_acme-dev]
account = "ACME-DEV"
user = "MESH"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "/tmp/a \"b\"\\c.key.p8"
host = "127.0.0.1"
port = 8080
protocol = "http"
role = "ACCOUNTADMIN"
warehouse = "COMPUTE_WH"

)");
}

TEST_CASE("server: a warehouse that cannot start") {
  const Folder folder;
  auto options = folder.options();
  options.faults = "warehouse=@2-3";
  auto server = Server::start(options);
  REQUIRE(server);
  const Endpoint endpoint = (*server)->endpoints().front();
  CHECK(post(endpoint, "CREATE DATABASE D").status == 200);
  // SHOW needs none.
  CHECK(post(endpoint, "SHOW DATABASES").status == 200);
  const Reply refused = post(endpoint, "CREATE TABLE D.PUBLIC.T AS SELECT 1 AS A FROM (VALUES (1), (2))");
  CHECK(refused.status == 422);
  CHECK(refused.at("/code") == "090073");
  CHECK(refused.at("/sqlState") == "22000");
  CHECK(refused.at("/message") ==
        "Warehouse 'COMPUTE_WH' cannot be resumed because resource monitor 'SANDBOX_FAULT' has exceeded its quota.");
  CHECK(post(endpoint, "CREATE TABLE D.PUBLIC.T AS SELECT 1 AS A FROM (VALUES (1), (2))").status == 200);
}
