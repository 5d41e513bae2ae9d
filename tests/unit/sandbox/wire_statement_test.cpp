// Statements over HTTP: what is refused, what comes back, how it is split, repeated, waited for and cancelled.
// Expected bodies are those of sql-api.md sections 2, 4a, 5 and 6.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "mesh/base/text.hpp"
#include "wire_fixture.hpp"

using namespace mesh::sandbox;
using namespace mesh::sandbox::test;
using std::chrono::milliseconds;

namespace {

using Names = std::vector<std::string>;

std::string summary(const Reply& reply) {
  return fmt::format("{} {} {} {}", reply.status, reply.at("/code"), reply.at("/sqlState"), reply.at("/message"));
}

const std::string kBatch = R"(,"parameters":{"MULTI_STATEMENT_COUNT":"0"})";

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("wire: a result on the wire, byte for byte") {
  Wire wire;
  const Reply reply = wire.submit("SELECT 1", "", std::string("?requestId=") + kSomeUuid);
  REQUIRE(reply.status == 200);
  const std::string handle = reply.at("/statementHandle");
  const std::string expected = fmt::format(R"({{
  "resultSetMetaData" : {{
    "numRows" : 1,
    "format" : "jsonv2",
    "partitionInfo" : [ {{
      "rowCount" : 1,
      "uncompressedSize" : 5
    }} ],
    "rowType" : [ {{
      "name" : "1",
      "database" : "",
      "schema" : "",
      "table" : "",
      "collation" : null,
      "byteLength" : null,
      "nullable" : false,
      "scale" : 0,
      "precision" : 1,
      "length" : null,
      "type" : "fixed"
    }} ]
  }},
  "data" : [ ["1"] ],
  "code" : "090001",
  "statementStatusUrl" : "/api/v2/statements/{0}?requestId={1}",
  "requestId" : "{1}",
  "sqlState" : "00000",
  "statementHandle" : "{0}",
  "message" : "Statement executed successfully.",
  "createdOn" : {2}
}})",
                                           handle, kSomeUuid, reply.at("/createdOn"));
  CHECK(reply.body == expected);
  CHECK(reply.header("content-type") == "application/json");
  CHECK(reply.header("vary") == "Accept-Encoding, User-Agent");
  CHECK_THAT(reply.header("link"), Catch::Matches("</api/v2/statements/" + handle +
                                                  "\\?requestId=[0-9a-f-]{36}&partition=0>; rel=\"first\","
                                                  "</api/v2/statements/" +
                                                  handle + "\\?requestId=[0-9a-f-]{36}&partition=0>; rel=\"last\""));
  CHECK_THAT(handle, Catch::Matches("01[0-9a-f]{6}-[0-9a-f]{4}-[0-9a-f]{4}-0000-0010[0-9a-f]{8}"));
  SECTION("a later GET gives the same body") { CHECK(wire.get(handle).body == reply.body); }
  SECTION("a trailing slash changes nothing") {
    CHECK(wire.send("POST", std::string(kRoot) + "/", R"({"statement":"SELECT 1"})").status == 200);
  }
  SECTION("handles increase") {
    const std::string next = wire.submit("SELECT 1").at("/statementHandle");
    CHECK(next > handle);
    CHECK(wire.submit("SELECT 1").at("/statementHandle") > next);
  }
}

TEST_CASE("wire: parts of a result") {
  Wire wire;
  SECTION("DML has counts") {
    const Reply reply = wire.submit("INSERT INTO t VALUES (1), (2)");
    CHECK(reply.keys() == Names{"resultSetMetaData", "data", "code", "statementStatusUrl", "requestId", "sqlState",
                                "statementHandle", "message", "createdOn", "stats"});
    CHECK(reply.keys("/stats") == Names{"numRowsInserted", "numRowsDeleted", "numRowsUpdated", "numDmlDuplicates"});
    CHECK(reply.at("/stats/numRowsInserted") == "2");
  }
  SECTION("no rows still have columns") {
    const Reply reply = wire.submit("EMPTY");
    CHECK(reply.at("/data") == "[]");
    CHECK(reply.at("/resultSetMetaData/numRows") == "0");
    CHECK(reply.size("/resultSetMetaData/rowType") == 2);
  }
  SECTION("NULL is null, or a text when asked") {
    CHECK(wire.submit("NULLS").at("/data/0") == R"([null,"x"])");
    CHECK(wire.submit("NULLS", "", "?nullable=false").at("/data/0") == R"(["null","x"])");
  }
  SECTION("text is escaped") {
    const std::string text = "SELECT 'a\"b\\c\nd\te\x01 h\xC3\xA9'";
    CHECK(wire.submit(text).at("/data/0/0") == text);
  }
  SECTION("comments and a last semicolon are fine") {
    CHECK(wire.submit("/* a comment */ SELECT 1 -- and another").at("/data/0/0") == "/* a comment */ SELECT 1");
    CHECK(wire.submit("SELECT 1;").at("/data/0/0") == "1");
    CHECK(wire.submit("\n SELECT 2 ; -- done\n").at("/data/0/0") == "\n SELECT 2");
  }
  SECTION("ROWS_PER_RESULTSET cuts it") {
    const Reply reply = wire.submit("ROWS 10", R"(,"parameters":{"rows_per_resultset":3})");
    CHECK(reply.size("/data") == 3);
    CHECK(reply.at("/resultSetMetaData/numRows") == "3");
  }
}

TEST_CASE("wire: requests that are refused before anything runs") {
  Wire wire;
  const std::string body = R"({"statement":"SELECT 1"})";
  SECTION("no User-Agent") {
    const Reply reply = wire.send("POST", kRoot, body, {{"User-Agent", ""}});
    CHECK(summary(reply) == "400 391903 absent Invalid or empty User-Agent header set: null");
  }
  SECTION("no token") {
    const Reply reply = wire.send("POST", kRoot, body, {{"Authorization", ""}});
    CHECK(reply.status == 400);
    CHECK(reply.at("/code") == "390146");
    CHECK(reply.keys() == Names{"code", "message"});
    CHECK(wire.send("POST", kRoot, body, {{"Authorization", "Basic abc"}}).at("/code") == "390146");
  }
  SECTION("User-Agent is looked at before the token, the token before the body") {
    CHECK(wire.send("POST", kRoot, "no json", {{"User-Agent", ""}, {"Authorization", ""}}).at("/code") == "391903");
    CHECK(wire.send("POST", kRoot, "no json", {{"Authorization", ""}}).at("/code") == "390146");
  }
  SECTION("another content type") {
    CHECK(wire.send("POST", kRoot, body, {{"Content-Type", "text/plain"}}).status == 415);
    CHECK(wire.send("POST", kRoot, body, {{"Content-Type", "application/json; charset=utf-8"}}).status == 200);
  }
  SECTION("two content types, as recorded") {
    Headers headers = {{"Authorization", "Bearer " + make_token(first_key())},
                       {"User-Agent", "wire_test/1.0"},
                       {"Content-Type", "text/plain"},
                       {"Content-Type", "application/json"}};
    const Reply reply = HttpClient("127.0.0.1", wire.port()).send("POST", kRoot, headers, body);
    CHECK(reply.status == 400);
    CHECK(reply.keys() == Names{"servlet", "message", "url", "status"});
    CHECK(reply.at("/message") == "Bad Request");
  }
  SECTION("no valid payload") {
    const std::vector<std::string> bodies = {"",
                                             "no json",
                                             "[]",
                                             R"("SELECT 1")",
                                             R"({"statement":1})",
                                             R"({"statement":"SELECT 1","timeout":"x"})",
                                             R"({"statement":"SELECT 1","timeout":-1})",
                                             R"({"statement":"SELECT 1","role":7})",
                                             R"({"statement":"SELECT 1","bindings":[]})",
                                             R"({"statement":"SELECT 1","parameters":"x"})",
                                             "{\"statement\":\"\xFF\"}"};
    for (const std::string& bad : bodies) {
      INFO(bad);
      CHECK(summary(wire.send("POST", kRoot, bad)) ==
            "400 390142 absent Incoming request does not contain a valid payload.");
    }
  }
  SECTION("no statement") {
    for (const char* empty : {"{}", R"({"statement":""})", R"({"statement":" -- nothing\n; ;"})"}) {
      const Reply reply = wire.send("POST", kRoot, empty);
      INFO(empty);
      CHECK(summary(reply) == "400 000900 42601 SQL compilation error:\nEmpty SQL statement.");
      CHECK(reply.keys() == Names{"code", "message", "sqlState", "statementHandle"});
      CHECK(reply.at("/statementHandle") == "null");
    }
  }
  SECTION("a role the user does not hold") {
    CHECK(summary(wire.submit("SELECT 1", R"(,"role":"ACCOUNTADMIN")")) ==
          "400 390186 absent Role 'ACCOUNTADMIN' specified in the connect string is not granted to this user, or is "
          "not permitted for the credentials being used. Contact your local system administrator, or attempt to login "
          "with another role, e.g. PUBLIC.");
    CHECK(wire.submit("SELECT 1", R"(,"role":"analyst")").at("/code") == "390189");
    CHECK(wire.submit("SELECT 1", R"(,"role":"PUBLIC")").status == 200);
  }
  SECTION("wrong methods have no body") {
    const std::string handle = "/01c79a10-0001-ac43-0000-d07900024bf6";
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {"GET", ""},  {"PUT", ""},      {"DELETE", ""},     {"PATCH", ""},
        {"GET", "/"}, {"POST", handle}, {"DELETE", handle}, {"GET", handle + "/cancel"}};
    for (const auto& [method, rest] : wrong) {
      INFO(method << " " << rest);
      const Reply reply = wire.send(method, kRoot + rest, method == "GET" ? "" : body);
      CHECK(reply.status == 405);
      CHECK(reply.body.empty());
      CHECK(reply.header("content-length") == "0");
    }
  }
  SECTION("unknown paths") {
    for (const char* path : {"/", "/api/v2", "/api/v2/statementsx", "/api/statements", "/api/v2/statements/a/b",
                             "/api/v2/statements/a/cancel/b"}) {
      INFO(path);
      CHECK(wire.send("GET", path).status == 404);
    }
  }
  SECTION("parameters the sandbox cannot heed") {
    CHECK(summary(wire.submit("SELECT 1", R"(,"parameters":{"DATE_OUTPUT_FORMAT":"DD/MM/YYYY"})")) ==
          "422 000002 0A000 Unsupported feature 'parameter DATE_OUTPUT_FORMAT'.");
    CHECK(wire.submit("SELECT 1", R"(,"parameters":{"timezone":"Asia/Tokyo"})").at("/code") == "000002");
    CHECK(wire.submit("SELECT 1", R"(,"parameters":{"LOCK_TIMEOUT":1})").at("/code") == "000002");
    CHECK(wire.submit("SELECT 1", R"(,"parameters":{"timezone":"UTC","use_cached_result":false})").status == 200);
  }
  if (wire.backend.executed().size() > 2) FAIL("a refused request ran");
}

TEST_CASE("wire: the context of a request") {
  Wire wire;
  const auto context = [&](const std::string& members) { return wire.submit("SESSION", members).at("/data/0"); };
  const auto begins = [](const std::string& text) { return Catch::StartsWith(text); };
  CHECK_THAT(context(""), begins(R"(["ACME","ALICE","ANALYST","WH","DB","SC","")"));
  CHECK_THAT(context(R"(,"role":"PUBLIC","warehouse":"Other wh","database":"d","schema":"s")"),
             begins(R"(["ACME","ALICE","PUBLIC","Other wh","d","s","")"));
  CHECK_THAT(context(R"(,"parameters":{"query_tag":"run 7"})"),
             begins(R"(["ACME","ALICE","ANALYST","WH","DB","SC","run 7")"));
  CHECK_THAT(context(R"(,"parameters":{"QUERY_TAG":"run 7"},"unknown":[1],"schema":null)"),
             begins(R"(["ACME","ALICE","ANALYST","WH","DB","SC","run 7")"));
  SECTION("the statement knows its handle") {
    const Reply reply = wire.submit("SESSION");
    CHECK(reply.at("/data/0/7") == reply.at("/statementHandle"));
  }
  SECTION("without a default role it is PUBLIC") {
    wire.backend.alice.default_role.clear();
    CHECK_THAT(context(""), begins(R"(["ACME","ALICE","PUBLIC")"));
  }
  SECTION("nothing stays for the next request") {
    wire.submit("USE ROLE PUBLIC; SESSION", kBatch);
    CHECK_THAT(context(""), begins(R"(["ACME","ALICE","ANALYST")"));
  }
}

TEST_CASE("wire: statements that fail") {
  Wire wire;
  const Reply reply = wire.submit("FAIL");
  CHECK(summary(reply) == "422 002003 42S02 SQL compilation error:\nObject 'T' does not exist or not authorized.");
  CHECK(reply.keys() == Names{"code", "message", "sqlState", "statementHandle"});
  CHECK(reply.header("vary") == "Accept-Encoding");
  CHECK(reply.header("link").empty());
  CHECK(wire.get(reply.at("/statementHandle")).body == reply.body);
  SECTION("an unset bind variable") {
    CHECK(summary(wire.submit("SELECT ?, ?", R"(,"bindings":{"1":{"type":"FIXED","value":"1"}})")) ==
          "422 002049 42601 SQL compilation error: error line 1 at position 10\nBind variable ? not set.");
  }
  SECTION("bindings arrive as literals") {
    CHECK(wire.submit("SELECT ?, :2",
                      R"(,"bindings":{"1":{"type":"FIXED","value":"42"},"2":{"type":"TEXT","value":null}})")
              .at("/data/0/0") == "SELECT 42, NULL");
    CHECK(wire.submit("SELECT ?", R"(,"bindings":{"1":{"type":"FIXED","value":42}})").at("/data/0/0") == "SELECT 42");
  }
  SECTION("commands the SQL API does not take alone") {
    const std::vector<std::pair<std::string, std::string>> commands = {{"USE ROLE ANALYST", "USE"},
                                                                       {"use secondary roles none;", "USE"},
                                                                       {"BEGIN", "TRANSACTION_BEGIN"},
                                                                       {"begin transaction", "TRANSACTION_BEGIN"},
                                                                       {"START TRANSACTION", "TRANSACTION_BEGIN"},
                                                                       {"COMMIT", "TRANSACTION_COMMIT"},
                                                                       {"-- undo\nROLLBACK", "TRANSACTION_ROLLBACK"},
                                                                       {"PUT file:///tmp/a @s", "PUT"},
                                                                       {"GET @s file:///tmp", "GET"}};
    for (const auto& [statement, name] : commands) {
      INFO(statement);
      const Reply refused = wire.submit(statement);
      CHECK(summary(refused) == "422 391911 0A000 Command not supported by SQL API: " + name);
      CHECK(wire.get(refused.at("/statementHandle")).body == refused.body);
    }
    CHECK(wire.backend.executed() == Names{"FAIL"});
  }
  SECTION("ALTER SESSION reaches the engine, whose session ends with the request") {
    CHECK(wire.submit("ALTER SESSION SET TIMEZONE = 'UTC'").status == 200);
  }
}

TEST_CASE("wire: partitions") {
  Wire wire;
  const Reply first = wire.submit("ROWS 20000");
  REQUIRE(first.status == 200);
  const std::string handle = first.at("/statementHandle");
  const size_t count = first.size("/resultSetMetaData/partitionInfo");
  REQUIRE(count > 3);
  CHECK(first.at("/resultSetMetaData/numRows") == "20000");
  CHECK(first.at("/resultSetMetaData/partitionInfo/0/compressedSize") == "absent");

  size_t rows = 0, before = 0;
  for (size_t i = 0; i < count; ++i) {
    INFO(i);
    const Reply part = i == 0 ? first : wire.get(handle, "?partition=" + std::to_string(i));
    REQUIRE(part.status == 200);
    const std::string info = fmt::format("/resultSetMetaData/partitionInfo/{}", i);
    const size_t size = part.size("/data");
    CHECK(first.at(info + "/rowCount") == std::to_string(size));
    CHECK(part.at("/data/0") == fmt::format(R"(["{0}","{0:040}"])", rows));
    CHECK(part.at(fmt::format("/data/{}/0", size - 1)) == std::to_string(rows + size - 1));
    if (i > 0 && i + 1 < count) CHECK(size > before);
    if (i > 0) {
      CHECK(part.header("content-encoding") == "gzip");
      CHECK(part.keys() == Names{"data"});
      CHECK(part.body.substr(0, 10) == R"({"data":[[)");
      CHECK(first.at(info + "/compressedSize") == part.header("content-length"));
    }
    const std::string link = part.header("link");
    const auto target = [&](const std::string& rel, size_t to) {
      return link.find(fmt::format("&partition={}>; rel=\"{}\"", to, rel)) != std::string::npos;
    };
    CHECK(target("first", 0));
    CHECK(target("last", count - 1));
    CHECK(target("prev", i - 1) == (i > 0));
    CHECK(target("next", i + 1) == (i + 1 < count));
    rows += size;
    before = size;
  }
  CHECK(rows == 20000);

  SECTION("partition 0 is the whole first answer") { CHECK(wire.get(handle, "?partition=0").body == first.body); }
  SECTION("out of range, and no number") {
    for (const char* bad : {"99", "-1", "x", "1x"}) {
      const Reply reply = wire.get(handle, std::string("?partition=") + bad);
      CHECK(summary(reply) ==
            fmt::format("400 391922 22023 Invalid partition parameter. The partition must be long type parsable and "
                        "between 0 and {}, but '{}' is specified.",
                        count - 1, bad));
      CHECK(reply.at("/statementHandle") == handle);
    }
  }
  SECTION("in any order, at once") {
    std::vector<std::thread> threads;
    std::vector<size_t> sizes(count);
    for (size_t i = count - 1; i > 0; --i) {
      threads.emplace_back([&, i] { sizes[i] = wire.get(handle, "?partition=" + std::to_string(i)).size("/data"); });
    }
    for (auto& thread : threads) thread.join();
    for (size_t i = 1; i < count; ++i) {
      CHECK(std::to_string(sizes[i]) == first.at(fmt::format("/resultSetMetaData/partitionInfo/{}/rowCount", i)));
    }
  }
}

TEST_CASE("wire: gzip when the client takes it") {
  Wire wire;
  const std::string body = R"({"statement":"ROWS 100"})";
  const Reply plain = wire.send("POST", kRoot, body);
  CHECK(plain.header("content-encoding").empty());
  const Reply packed = wire.send("POST", kRoot, body, {{"Accept-Encoding", "br, gzip"}});
  CHECK(packed.header("content-encoding") == "gzip");
  // The client has unpacked it once; packed twice it would be no JSON.
  CHECK(packed.is_json());
  CHECK(packed.at("/data") == plain.at("/data"));
  CHECK(std::stoul(packed.header("content-length")) < plain.body.size());
  SECTION("a later partition is packed once") {
    const std::string handle = wire.submit("ROWS 5000").at("/statementHandle");
    const Reply part =
        wire.send("GET", fmt::format("{}/{}?partition=1", kRoot, handle), "", {{"Accept-Encoding", "gzip"}});
    CHECK(part.keys() == Names{"data"});
  }
}

TEST_CASE("wire: the same requestId again") {
  Wire wire;
  const std::string id = std::string("?requestId=") + kSomeUuid;
  const Reply first = wire.submit("INSERT", "", id + "&retry=true");
  REQUIRE(first.status == 200);
  CHECK(first.at("/requestId") == kSomeUuid);
  SECTION("with retry a finished statement is answered again") {
    const Reply again = wire.submit("INSERT", "", id + "&retry=true");
    CHECK(again.body == first.body);
    CHECK(wire.backend.executed().size() == 1);
  }
  SECTION("without retry it runs again") {
    const Reply again = wire.submit("INSERT", "", id);
    CHECK(again.at("/statementHandle") != first.at("/statementHandle"));
    CHECK(wire.backend.executed().size() == 2);
  }
  SECTION("a failed one runs again") {
    const std::string other = "?requestId=00000000-0000-4000-8000-000000000001";
    wire.submit("FAIL", "", other);
    CHECK(wire.submit("FAIL", "", other + "&retry=true").status == 422);
    CHECK(wire.backend.executed() == Names{"INSERT", "FAIL", "FAIL"});
  }
  SECTION("another account's is another's") {
    Claims claims;
    claims.account = "OTHER";
    wire.send("POST", kRoot + id + "&retry=true", R"({"statement":"INSERT"})",
              {{"Authorization", "Bearer " + make_token(first_key(), claims)}});
    CHECK(wire.backend.executed().size() == 2);
  }
  SECTION("a running one is waited for") {
    const std::string slow = "?requestId=00000000-0000-4000-8000-000000000002";
    const Reply begun = wire.submit("SELECT SYSTEM$WAIT(300, 'MILLISECONDS')", "", slow + "&async=true");
    REQUIRE(begun.status == 202);
    CHECK(wire.submit("x", "", slow + "&retry=true").at("/statementHandle") == begun.at("/statementHandle"));
    CHECK(wire.wait_for(begun.at("/statementHandle")).status == 200);
    CHECK(wire.backend.executed().size() == 2);
  }
  SECTION("one that is no UUID is refused") {
    CHECK(wire.submit("SELECT 1", "", "?requestId=abc").at("/code") == "390142");
  }
}

TEST_CASE("wire: asynchronous statements") {
  Wire wire;
  const Reply begun = wire.submit("SELECT SYSTEM$WAIT(200, 'MILLISECONDS')", "", "?async=true");
  const std::string handle = begun.at("/statementHandle");
  CHECK(begun.status == 202);
  CHECK(begun.body == fmt::format(R"({{
  "code" : "333334",
  "message" : "Asynchronous execution in progress. Use provided query id to perform query monitoring and management.",
  "statementHandle" : "{0}",
  "statementStatusUrl" : "/api/v2/statements/{0}"
}})",
                                  handle));
  CHECK(begun.header("link").empty());
  CHECK(wire.get(handle).body == begun.body);
  const Reply done = wire.wait_for(handle);
  CHECK(done.status == 200);
  CHECK(done.at("/data/0/0") == "SELECT SYSTEM$WAIT(200, 'MILLISECONDS')");

  SECTION("a failure is told by GET") {
    const std::string failed = wire.submit("FAIL", "", "?async=true").at("/statementHandle");
    const Reply reply = wire.wait_for(failed);
    CHECK(summary(reply) == "422 002003 42S02 SQL compilation error:\nObject 'T' does not exist or not authorized.");
    CHECK(reply.at("/statementHandle") == failed);
  }
  SECTION("a run-time failure has code and message only") {
    const Reply reply = wire.wait_for(wire.submit("DIVIDE", "", "?async=true").at("/statementHandle"));
    CHECK(reply.status == 422);
    CHECK(reply.keys() == Names{"code", "message"});
    CHECK(wire.submit("DIVIDE").at("/sqlState") == "22012");
  }
  SECTION("an unknown handle") {
    const std::string zero = "00000000-0000-0000-0000-000000000000";
    CHECK(summary(wire.get(zero)) == "400 000709 02000 Statement " + zero + " not found");
    CHECK(wire.get(zero).at("/statementHandle") == zero);
  }
  SECTION("a handle of another account") {
    Claims claims;
    claims.account = "OTHER";
    CHECK(wire.send("GET", fmt::format("{}/{}", kRoot, handle), "",
                    {{"Authorization", "Bearer " + make_token(first_key(), claims)}})
              .at("/code") == "000709");
  }
}

TEST_CASE("wire: a synchronous statement that takes long is answered 202") {
  ApiOptions options;
  options.sync_limit = milliseconds(100);
  Wire wire(std::move(options));
  CHECK(wire.submit("SELECT 1").status == 200);
  const Reply reply = wire.submit("SELECT SYSTEM$WAIT(300, 'MILLISECONDS')");
  CHECK(reply.status == 202);
  CHECK(reply.at("/code") == "333334");
  CHECK(wire.wait_for(reply.at("/statementHandle")).status == 200);
}

TEST_CASE("wire: timeouts") {
  Wire wire;
  const std::string words = "Statement reached its statement or warehouse timeout of 1 second(s) and was canceled.";
  const Reply reply = wire.submit("SELECT SYSTEM$WAIT(10)", R"(,"timeout":1)");
  CHECK(summary(reply) == "408 000630 57014 " + words);
  CHECK(reply.keys() == Names{"code", "message", "sqlState", "statementHandle"});
  CHECK(wire.backend.executed().empty());
  CHECK(summary(wire.get(reply.at("/statementHandle"))) == "422 000630 57014 " + words);
  CHECK(wire.submit("SELECT 1", R"(,"timeout":0)").status == 200);
}

TEST_CASE("wire: cancel") {
  Wire wire;
  const std::string handle = wire.submit("SELECT SYSTEM$WAIT(20)", "", "?async=true").at("/statementHandle");
  const Reply canceled = wire.cancel(handle);
  CHECK(canceled.status == 200);
  CHECK(canceled.body == fmt::format(R"({{
  "code" : "000604",
  "sqlState" : "57014",
  "message" : "SQL execution canceled",
  "statementHandle" : "{0}",
  "statementStatusUrl" : "/api/statements/{0}"
}})",
                                     handle));
  CHECK(summary(wire.get(handle)) == "422 000604 57014 SQL execution canceled");
  CHECK(wire.backend.executed().empty());
  SECTION("again is the same again") { CHECK(wire.cancel(handle).body == canceled.body); }
  SECTION("one that has ended is not executing") {
    const std::string done = wire.submit("SELECT 1").at("/statementHandle");
    CHECK(wire.cancel(done).at("/code") == "000605");
    CHECK(wire.get(done).status == 200);
  }
  SECTION("an unknown one") {
    const std::string zero = "00000000-0000-0000-0000-000000000000";
    CHECK(summary(wire.cancel(zero)) == "422 000709 02000 Statement " + zero + " not found");
  }
  SECTION("who waits for it is told") {
    Reply waited;
    const std::string id = "?requestId=00000000-0000-4000-8000-000000000003";
    std::thread waiter([&] { waited = wire.submit("SELECT SYSTEM$WAIT(20)", "", id); });
    std::this_thread::sleep_for(milliseconds(100));
    // A retry that does not wait tells the handle.
    const Reply running = wire.submit("SELECT SYSTEM$WAIT(20)", "", id + "&retry=true&async=true");
    CHECK(running.status == 202);
    CHECK(wire.cancel(running.at("/statementHandle")).status == 200);
    waiter.join();
    CHECK(waited.status == 422);
    CHECK(waited.at("/code") == "000604");
  }
}

TEST_CASE("wire: several statements in one request") {
  Wire wire;
  SECTION("are counted") {
    CHECK(summary(wire.submit("SELECT 1; SELECT 2")) ==
          "422 000008 0A000 Actual statement count 2 did not match the desired statement count 1.");
    CHECK(summary(wire.submit("SELECT 1; SELECT 2", R"(,"parameters":{"multi_statement_count":"3"})")) ==
          "422 000008 0A000 Actual statement count 2 did not match the desired statement count 3.");
    CHECK(summary(wire.submit("SELECT 1", R"(,"parameters":{"multi_statement_count":2})")) ==
          "422 000008 0A000 Actual statement count 1 did not match the desired statement count 2.");
    CHECK(wire.backend.executed().empty());
    for (const char* count : {"\"2\"", "2", "\"0\"", "0"}) {
      INFO(count);
      CHECK(wire.submit("SELECT 1; SELECT 2;", fmt::format(R"(,"parameters":{{"MULTI_STATEMENT_COUNT":{}}})", count))
                .status == 200);
    }
    CHECK(wire.submit("SELECT 1; SELECT 2", R"(,"parameters":{"MULTI_STATEMENT_COUNT":"-1"})").status == 422);
  }
  SECTION("have a handle each") {
    const Reply reply = wire.submit("SELECT 1; ROWS 3; FAIL", R"(,"parameters":{"MULTI_STATEMENT_COUNT":3})");
    REQUIRE(reply.status == 422);
    const Reply good = wire.submit("SELECT 1; ROWS 3", kBatch);
    REQUIRE(good.status == 200);
    CHECK(good.keys() == Names{"resultSetMetaData", "data", "code", "statementHandles", "statementStatusUrl",
                               "requestId", "sqlState", "statementHandle", "message", "createdOn"});
    CHECK(good.at("/data") == R"([["Multiple statements executed successfully."]])");
    CHECK(good.at("/resultSetMetaData/rowType/0/name") == "multiple statement execution");
    CHECK(good.at("/resultSetMetaData/rowType/0/length") == "134217728");
    CHECK(good.at("/resultSetMetaData/rowType/0/byteLength") == "134217728");
    CHECK(good.at("/resultSetMetaData/rowType/0/nullable") == "false");
    REQUIRE(good.size("/statementHandles") == 2);
    const Reply child = wire.get(good.at("/statementHandles/1"));
    CHECK(child.status == 200);
    CHECK(child.size("/data") == 3);
    CHECK(child.at("/requestId") != good.at("/requestId"));
    CHECK(wire.get(good.at("/statementHandles/0")).at("/data/0/0") == "1");
    CHECK(wire.get(good.at("/statementHandle"), "?partition=0").body == good.body);
  }
  SECTION("share a session") {
    const Reply reply = wire.submit("SESSION; USE ROLE PUBLIC; SESSION", kBatch);
    CHECK(wire.get(reply.at("/statementHandles/0")).at("/data/0/2") == "ANALYST");
    CHECK(wire.get(reply.at("/statementHandles/2")).at("/data/0/2") == "PUBLIC");
    CHECK(wire.get(reply.at("/statementHandles/2")).at("/data/0/7") == reply.at("/statementHandles/2"));
  }
  SECTION("take what a single request does not") {
    CHECK(wire.submit("BEGIN; INSERT; COMMIT", kBatch).status == 200);
    CHECK(wire.backend.executed() == Names{"BEGIN", "INSERT", "COMMIT"});
  }
  SECTION("stop at the first that fails; what ran stays") {
    const Reply reply = wire.submit("INSERT;\n  FAIL ON A TABLE OF A VERY LONG NAME; SELECT 2", kBatch);
    CHECK(summary(reply) ==
          "422 100132 P0000 JavaScript execution error: Uncaught Execution of multiple statements failed on statement "
          "\"FAIL ON A TABLE OF A VERY LONG...\" (at line 2, position 2).\nSQL compilation error:\nObject 'T' does not "
          "exist or not authorized. in SYSTEM$MULTISTMT at '    throw `Execution of multiple statements failed on "
          "statement {0} (at line {1}, position {2}).`.replace('{1}', LINES[i])' position 4\nstackstrace: "
          "\nSYSTEM$MULTISTMT line: 10");
    CHECK(reply.keys() == Names{"code", "message", "sqlState", "statementHandle"});
    CHECK(wire.backend.executed() == Names{"INSERT", "FAIL ON A TABLE OF A VERY LONG NAME"});
  }
  SECTION("whose transaction is open are rolled back") {
    wire.submit("BEGIN; INSERT; FAIL; COMMIT", kBatch);
    CHECK(wire.backend.executed() == Names{"BEGIN", "INSERT", "FAIL", "ROLLBACK"});
  }
  SECTION("need a warehouse") {
    wire.backend.alice.default_warehouse.clear();
    CHECK(summary(wire.submit("SELECT 1; SELECT 2", kBatch)) ==
          "422 000606 57P03 No active warehouse selected in the current session.  Select an active warehouse with the "
          "'use warehouse' command.");
    CHECK(wire.submit("SELECT 1", kBatch).status == 200);
  }
  SECTION("take no bindings") {
    CHECK(wire.submit("SELECT ?; SELECT 2", kBatch + R"(,"bindings":{"1":{"type":"FIXED","value":"1"}})").at("/code") ==
          "000002");
  }
  SECTION("may be cancelled in between") {
    const std::string handle =
        wire.submit("INSERT; SELECT SYSTEM$WAIT(20); INSERT", kBatch, "?async=true").at("/statementHandle");
    std::this_thread::sleep_for(milliseconds(150));
    CHECK(wire.cancel(handle).status == 200);
    CHECK(wire.wait_for(handle).at("/code") == "000604");
    CHECK(wire.backend.executed() == Names{"INSERT"});
  }
  SECTION("leave semicolons in texts and comments alone") {
    CHECK(wire.submit("SELECT ';' /* ; */ -- ;\n").status == 200);
    CHECK(wire.backend.executed().size() == 1);
  }
}

TEST_CASE("wire: latency is slept side by side") {
  ApiOptions options;
  options.latency = milliseconds(300);
  Wire wire(std::move(options));
  std::vector<int> statuses(8);
  const double taken = seconds_of([&] {
    std::vector<std::thread> threads;
    for (size_t i = 0; i < statuses.size(); ++i) {
      threads.emplace_back([&, i] { statuses[i] = wire.submit("SELECT 1").status; });
    }
    for (auto& thread : threads) thread.join();
  });
  CHECK(std::count(statuses.begin(), statuses.end(), 200) == 8);
  CHECK(taken >= 0.3);
  CHECK(taken < 1.2);  // one after the other would take 2.4 s
  SECTION("and not for partitions of a finished statement") {
    const std::string handle = wire.submit("ROWS 5000").at("/statementHandle");
    CHECK(seconds_of([&] { wire.get(handle, "?partition=1"); }) < 0.25);
  }
}

TEST_CASE("wire: a POST without a length has no body and is answered at once") {
  Wire wire;
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(wire.port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const std::string request = "POST /api/v2/statements/x/cancel HTTP/1.1\r\nHost: a\r\nUser-Agent: a/1\r\n\r\n";
  REQUIRE(::send(socket, request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
  std::array<char, 64> answer{};
  const double taken = seconds_of([&] { REQUIRE(::recv(socket, answer.data(), answer.size(), 0) > 12); });
  CHECK(std::string(answer.data(), 12) == "HTTP/1.1 400");
  CHECK(taken < 2.0);
  ::close(socket);
}

TEST_CASE("wire: stop() cancels what waits") {
  auto wire = std::make_unique<Wire>();
  Reply waited;
  std::thread waiter([&] { waited = wire->submit("SELECT SYSTEM$WAIT(20)"); });
  std::this_thread::sleep_for(milliseconds(200));
  CHECK(seconds_of([&] { wire->stop(); }) < 2.0);
  waiter.join();
  CHECK(waited.at("/code") == "000604");
}

TEST_CASE("wire: one connection carries many requests and stop() does not wait for it") {
  auto wire = std::make_unique<Wire>();
  const Headers headers = {{"Authorization", "Bearer " + make_token(first_key())},
                           {"User-Agent", "wire_test/1.0"},
                           {"Content-Type", "application/json"}};
  HttpClient client("127.0.0.1", wire->port());
  double fastest = 1;
  for (int i = 0; i < 50; ++i) {
    fastest = std::min(fastest, seconds_of([&] {
                         REQUIRE(client.send("POST", kRoot, headers, R"({"statement":"SELECT 1"})").status == 200);
                       }));
  }
  CHECK(fastest < 0.03);  // 43 ms with Nagle's algorithm
  const Reply last = client.send("POST", kRoot, headers, R"({"statement":"SELECT 1"})");
  CHECK(last.header("connection") != "close");
  CHECK(seconds_of([&] { wire.reset(); }) < 1.0);
}
