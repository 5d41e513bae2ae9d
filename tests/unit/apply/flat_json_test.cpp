#include "flat_json.hpp"

#include <catch2/catch.hpp>

using namespace mesh;
using namespace mesh::apply;

namespace {

bool same(const std::map<std::string, Echo>& a, const std::map<std::string, Echo>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.written_hash == y.second.written_hash && x.second.echo == y.second.echo;
  });
}

}  // namespace

TEST_CASE("hostile text survives the ledger's JSON") {
  const std::map<std::string, std::string> texts = {
      {"", ""},
      {"quote\"and\\slash", "line\nbreak\ttab\r"},
      {std::string("nul\0inside", 10), "'; DROP TABLE X; --"},
      {"ümläut", "日本 \xF0\x9F\x98\x80"},
      {"brace", "{\"a\":\"b\"},\\u0041"},
  };
  const auto back = decode_texts(encode(texts));
  REQUIRE(back.ok());
  CHECK(*back == texts);
}

TEST_CASE("echoes survive the ledger's JSON") {
  const std::map<std::string, Echo> echoes = {{"query", {"abc", "SELECT \"a\"\n  FROM t"}},
                                              {"columns.A\"B.default", {"def", "'it''s \\ 1'"}}};
  const auto back = decode_echoes(encode(echoes));
  REQUIRE(back.ok());
  CHECK(same(*back, echoes));
}

TEST_CASE("the JSON text itself") {
  CHECK(encode(std::map<std::string, std::string>{}) == "{}");
  CHECK(encode(std::map<std::string, std::string>{{"a", "1"}, {"b", "x\"y"}}) == R"({"a":"1","b":"x\"y"})");
  CHECK(encode(std::map<std::string, Echo>{{"q", {"h", "e\n"}}}) == R"({"q":{"written":"h","echo":"e\u000a"}})");
}

TEST_CASE("what other writers may have put there is read too") {
  const auto back = decode_texts(" { \"a\" : \"\\u00e9\\ud83d\\ude00\\n\\/\" ,\n \"b\":\"\" } ");
  REQUIRE(back.ok());
  CHECK(back->at("a") == "é\xF0\x9F\x98\x80\n/");
  CHECK(decode_texts("")->empty());
  CHECK(decode_echoes("  ")->empty());
  CHECK(decode_echoes(R"({"q":{"written":"h","echo":"e","later":"x"}})")->at("q").echo == "e");
}

TEST_CASE("anything else is refused") {
  for (const char* json : {"[]", "{", "{\"a\"}", "{\"a\":1}", "{\"a\":\"b\"", "{\"a\":\"b\"} x", "{\"a\":\"\\ud83d\"}",
                           "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"b\",}", "nonsense"}) {
    INFO(json);
    CHECK_FALSE(decode_texts(json).ok());
  }
  CHECK_FALSE(decode_echoes(R"({"q":"text"})").ok());
}
