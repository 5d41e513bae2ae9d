#include "wire.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace mesh::snowflake;

TEST_CASE("the recorded DROP answer is read") {
  const auto reply = parse_reply(
      R"({"resultSetMetaData":{"numRows":1,"format":"jsonv2","partitionInfo":[{"rowCount":1,"uncompressedSize":74}],"rowType":[
    {"name":"status","database":"","schema":"","table":"","collation":null,"byteLength":16777216,"nullable":true,"scale":null,"precision":null,"length":16777216,"type":"TEXT"}]},
    "data":[["Drop statement executed successfully (DBIMP_IT_TYPES already dropped)."]],"code":"090001",
    "requestId":"r","sqlState":"00000","statementHandle":"01b2","message":"Statement executed successfully.","createdOn":1791499227010,
    "stats" : {"numRowsInserted":1,"numRowsDeleted":2,"numRowsUpdated":3,"numDmlDuplicates":4}, "statementHandles":["a","b"]})");
  REQUIRE(reply);
  CHECK(reply->num_rows == 1);
  REQUIRE(reply->partition_rows.size() == 1);
  CHECK(reply->partition_rows[0] == 1);
  REQUIRE(reply->columns.size() == 1);
  CHECK(reply->columns[0].name == "status");
  CHECK(reply->columns[0].type == "text");
  CHECK(reply->columns[0].nullable);
  CHECK(reply->columns[0].length == 16777216);
  CHECK_FALSE(reply->columns[0].precision.has_value());
  REQUIRE(reply->rows.size() == 1);
  CHECK(reply->rows[0][0] == "Drop statement executed successfully (DBIMP_IT_TYPES already dropped).");
  CHECK(reply->code == "090001");
  CHECK(reply->handle == "01b2");
  REQUIRE(reply->stats.has_value());
  CHECK(reply->stats->deleted == 2);
  CHECK(reply->stats->duplicates == 4);
  CHECK(reply->child_handles == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a partition has data alone, with nulls and bare values") {
  const auto reply = parse_reply(R"({"data":[["2063",null],
[7,true],[]]})");
  REQUIRE(reply);
  CHECK_FALSE(reply->has_metadata);
  CHECK(reply->has_data);
  CHECK(reply->rows == std::vector<Row>{{"2063", std::nullopt}, {"7", "true"}, {}});
}

TEST_CASE("members may be absent or null") {
  const auto reply = parse_reply(R"({"code":"000900","message":"m","sqlState":"42601","statementHandle" : null})");
  REQUIRE(reply);
  CHECK(reply->handle.empty());
  CHECK(reply->code == "000900");
}

TEST_CASE("what is no answer of the API is refused") {
  for (const auto* body : {"", "<html></html>", "[1]", "7", R"("x")", R"({"data":[["a")", R"({"data":[[{"a":1}]]})",
                           R"({"data":[[["a"]]]})", R"({"data":["a"]})", R"({"data":[null]})", "{\"code\":\"\xff\"}"}) {
    INFO(body);
    CHECK_FALSE(parse_reply(body));
  }
}

TEST_CASE("an answer's nesting is bounded") {
  const auto nested = [](size_t depth, const std::string& open, const std::string& close) {
    std::string body = R"({"x":)";
    for (size_t i = 0; i < depth; ++i) body += open;
    body += "1";
    for (size_t i = 0; i < depth; ++i) body += close;
    return body + "}";
  };
  CHECK(parse_reply(nested(30, "[", "]")));
  for (const auto& body : {nested(100, "[", "]"), nested(100, R"({"y":)", "}"), nested(1'000'000, "[", "]")}) {
    const auto reply = parse_reply(body);
    REQUIRE_FALSE(reply);
    CHECK(reply.error().message == "it is nested too deeply");
  }
}

TEST_CASE("a request's body holds what is set and nothing else") {
  Request request{.sql = "SELECT 'ä' -- \"x\"\n"};
  CHECK(nlohmann::json::parse(submit_body(request)) == nlohmann::json{{"statement", "SELECT 'ä' -- \"x\"\n"}});

  request = {.sql = "SELECT ?, ?",
             .role = "R",
             .warehouse = "W",
             .database = "D",
             .schema = "lower",
             .query_tag = "mesh run 7",
             .timeout_s = 60,
             .bindings = {{"FIXED", "1"}, {"TEXT", std::nullopt}},
             .multi_statement_count = 0};
  CHECK(nlohmann::json::parse(submit_body(request)) ==
        nlohmann::json::parse(
            R"({"statement":"SELECT ?, ?","timeout":60,"database":"D","schema":"lower","warehouse":"W","role":"R",
          "bindings":{"1":{"type":"FIXED","value":"1"},"2":{"type":"TEXT","value":null}},
          "parameters":{"QUERY_TAG":"mesh run 7","MULTI_STATEMENT_COUNT":"0"}})"));
}
