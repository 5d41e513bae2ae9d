#include <catch2/catch.hpp>

#include "column_type.hpp"
#include "columns.hpp"
#include "json.hpp"
#include "rows.hpp"

using namespace mesh;
using namespace mesh::live;

TEST_CASE("every documented type cell of SHOW COLUMNS") {
  // table entry, related_reads, SHOW COLUMNS data_type.
  struct Row {
    const char *cell, *type, *collation;
    bool nullable;
  };
  for (
      const auto& row : {
          Row{R"({"type":"FIXED","precision":38,"scale":0,"nullable":true})", "NUMBER(38,0)", "", true},
          Row{R"({"type":"FIXED","precision":10,"scale":2,"nullable":false})", "NUMBER(10,2)", "", false},
          Row{R"({"type":"TEXT","length":9,"byteLength":36,"nullable":true,"fixed":false})", "VARCHAR(9)", "", true},
          Row{R"({"type":"TEXT","length":16777216,"byteLength":16777216,"nullable":false,"fixed":false})",
              "VARCHAR(16777216)", "", false},
          Row{R"({"type":"TEXT","length":100,"byteLength":400,"nullable":true,"fixed":false,"collation":"en-ci"})",
              "VARCHAR(100)", "en-ci", true},
          Row{R"({"type":"REAL","nullable":true})", "FLOAT", "", true},
          Row{R"({"type":"BINARY","length":8388608,"byteLength":8388608,"nullable":true,"fixed":true})",
              "BINARY(8388608)", "", true},
          Row{R"({"type":"TIME","precision":0,"scale":9,"nullable":true})", "TIME(9)", "", true},
          Row{R"({"type":"TIMESTAMP_NTZ","precision":0,"scale":9,"nullable":true})", "TIMESTAMP_NTZ(9)", "", true},
          Row{R"({"type":"TIMESTAMP_LTZ","precision":0,"scale":3,"nullable":true})", "TIMESTAMP_LTZ(3)", "", true},
          Row{R"({"type":"TIMESTAMP_TZ","precision":0,"scale":0,"nullable":true})", "TIMESTAMP_TZ(0)", "", true},
          Row{R"({"type":"BOOLEAN","nullable":true})", "BOOLEAN", "", true},
          Row{R"({"type":"DATE","nullable":true})", "DATE", "", true},
          Row{R"({"type":"VARIANT","nullable":true})", "VARIANT", "", true},
          Row{R"({"type":"UUID","nullable":true})", "UUID", "", true},
          Row{R"({"type":"OBJECT","nullable":true})", "OBJECT", "", true},
          Row{R"({"type":"ARRAY","nullable":true})", "ARRAY", "", true},
          Row{R"({"type":"GEOGRAPHY","outputType":"OBJECT","nullable":true})", "GEOGRAPHY", "", true},
          Row{R"({"type":"GEOMETRY","outputType":"OBJECT","nullable":true})", "GEOMETRY", "", true},
          Row{R"({"type":"FILE","outputType":"OBJECT","nullable":true})", "FILE", "", true},
          Row{R"({"type":"DECFLOAT","nullable":true})", "DECFLOAT(38)", "", true},
          Row{R"({"type":"ARRAY","nullable":true,"elementType":{"type":"FIXED","precision":38,"scale":0,"nullable":true}})",
              "ARRAY(NUMBER(38,0))", "", true},
          Row{R"({"type":"ARRAY","nullable":true,"elementType":{"type":"TEXT","length":4,"byteLength":16,"nullable":false,"fixed":false}})",
              "ARRAY(VARCHAR(4) NOT NULL)", "", true},
          Row{R"({"type":"OBJECT","nullable":true,"fields":[{"fieldName":"a","fieldType":{"type":"TEXT","length":16777216,"byteLength":67108864,"nullable":true,"fixed":false}},{"fieldName":"b c","fieldType":{"type":"DATE","nullable":false}}]})",
              "OBJECT(a VARCHAR(16777216), \"b c\" DATE NOT NULL)", "", true},
          Row{R"({"type":"MAP","nullable":true,"keyType":{"type":"TEXT","length":16777216,"byteLength":67108864,"nullable":true,"fixed":false},"valueType":{"type":"FIXED","precision":38,"scale":0,"nullable":true}})",
              "MAP(VARCHAR(16777216), NUMBER(38,0))", "", true},
          Row{R"({"type":"VECTOR","nullable":true,"vectorElementType":"FLOAT","dimension":256})", "VECTOR(FLOAT, 256)",
              "", true},
          Row{R"({"type":"VECTOR","nullable":true,"vectorElementType":{"type":"FIXED","precision":38,"scale":0,"nullable":true},"dimension":3})",
              "VECTOR(INT, 3)", "", true},
      }) {
    INFO(row.cell);
    const auto type = parse_column_type(row.cell);
    REQUIRE(type);
    CHECK(type->type.to_string() == row.type);
    CHECK(type->collation == row.collation);
    CHECK(type->nullable == row.nullable);
    CHECK(type->type == *DataType::parse(row.type));
  }
  for (const auto* bad : {"", "NUMBER(38,0)", "[]", "{\"type\":\"NEWTYPE\"}", "{\"type\":\"FIXED\"}",
                          "{\"type\":\"MAP\"}", "{\"type\":\"VECTOR\",\"dimension\":3}", "{\"type\":\"DATE\"", "{}"}) {
    INFO(bad);
    CHECK_FALSE(parse_column_type(bad));
  }
}

TEST_CASE("type cells of DESCRIBE TABLE") {
  CHECK(parse_described_type("NUMBER(38,0)")->type.to_string() == "NUMBER(38,0)");
  const auto collated = parse_described_type("VARCHAR(100) COLLATE 'en-ci'");
  REQUIRE(collated);
  CHECK(collated->type.to_string() == "VARCHAR(100)");
  CHECK(collated->collation == "en-ci");
}

TEST_CASE("identities") {
  const auto identity = parse_identity("IDENTITY START 1 INCREMENT 10 NOORDER");
  REQUIRE(identity);
  CHECK(*identity == Identity{1, 10, false});
  CHECK(*parse_identity("IDENTITY START -5 INCREMENT -1 ORDER") == Identity{-5, -1, true});
  CHECK(*parse_identity("IDENTITY START 1 INCREMENT 1") == Identity{1, 1, std::nullopt});
  for (const auto* bad : {"", "1", "IDENTITY", "'IDENTITY START 1 INCREMENT 1'"}) CHECK_FALSE(parse_identity(bad));
}

TEST_CASE("times of SHOW as milliseconds") {
  CHECK(epoch_milliseconds("1791499253.282") == "1791499253282");
  CHECK(epoch_milliseconds("1791499253") == "1791499253000");
  CHECK(epoch_milliseconds("1791499253.2") == "1791499253200");
  CHECK(epoch_milliseconds("1791524096.123456789 1860") == "1791524096123");
  CHECK(epoch_milliseconds("1611871777123456789") == "1611871777123");
  CHECK(epoch_milliseconds("") == "");
  CHECK(epoch_milliseconds("2026-11-22") == "2026-11-22");
  // No time Snowflake knows, and no number of milliseconds either.
  CHECK(epoch_milliseconds("9223372036854775807.5") == "9223372036854775807.5");
  CHECK(epoch_milliseconds("-9223372036854775808.5") == "-9223372036854775808.5");
}

TEST_CASE("JSON of cells") {
  const auto json = Json::parse(R"( {"a" : [1, -2.5, true, null], "b":"x\"\u00fc\ud83d\ude00\n", "c":{}} )");
  REQUIRE(json);
  REQUIRE(json->find("a") != nullptr);
  CHECK(json->find("a")->list()->size() == 4);
  CHECK(json->find("a")->list()->front().integer() == 1);
  CHECK_FALSE((*json->find("a")->list())[1].integer().has_value());
  CHECK((*json->find("a")->list())[2].boolean() == true);
  CHECK(json->text_of("b") == "x\"\xC3\xBC\xF0\x9F\x98\x80\n");
  CHECK(json->find("c")->is_object());
  CHECK(json->find("d") == nullptr);
  for (const auto* bad : {"", "{", "[1,", "{\"a\"}", "{\"a\":1,}", "tru", "\"a", "\"\\u12\"", "1 2", "{a:1}"}) {
    INFO(bad);
    CHECK_FALSE(Json::parse(bad));
  }
  CHECK_FALSE(Json::parse(std::string(100000, '[')));
}
