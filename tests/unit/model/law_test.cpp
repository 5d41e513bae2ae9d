// Laws over random types and addresses.

#include <catch2/catch.hpp>
#include <random>

#include "mesh/model/data_type.hpp"
#include "mesh/model/grants.hpp"

using namespace mesh;

namespace {

std::string random_type(std::mt19937& random, int depth = 0) {
  // The names of the summary of data types, synonyms included.
  static const std::vector<std::string> plain = {
      "NUMBER",        "DECIMAL(10,2)",   "DEC",          "NUMERIC(5)",   "INT",
      "INTEGER",       "BIGINT",          "SMALLINT",     "TINYINT",      "BYTEINT",
      "FLOAT",         "FLOAT4",          "FLOAT8",       "DOUBLE",       "DOUBLE PRECISION",
      "REAL",          "VARCHAR(5)",      "CHAR",         "CHARACTER(3)", "NCHAR",
      "string",        "TEXT(7)",         "NVARCHAR",     "NVARCHAR2",    "CHAR VARYING(9)",
      "NCHAR VARYING", "BINARY",          "VARBINARY(8)", "BOOLEAN",      "DATE",
      "DATETIME",      "DATETIME(3)",     "TIME(3)",      "TIMESTAMP",    "TIMESTAMP_LTZ(0)",
      "TIMESTAMP_NTZ", "TIMESTAMP_TZ(6)", "TIMESTAMPNTZ", "VARIANT",      "ARRAY",
      "OBJECT",        "GEOGRAPHY",       "GEOMETRY",     "UUID",         "VECTOR(FLOAT, 3)",
      "DECFLOAT"};
  const auto choice = random() % 10;
  if (depth > 3 || choice < 6) return plain[random() % plain.size()];
  const auto inner = [&] { return random_type(random, depth + 1); };
  if (choice == 6) return "ARRAY(" + inner() + (random() % 2 == 0 ? " NOT NULL)" : ")");
  if (choice == 7) return "MAP(VARCHAR, " + inner() + ")";
  return "OBJECT(a " + inner() + ", \"b c\" " + inner() + ")";
}

}  // namespace

TEST_CASE("parse(print(type)) = type") {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    const auto written = random_type(random);
    INFO(written);
    const auto type = DataType::parse(written);
    REQUIRE(type);
    const auto again = DataType::parse(type->to_string());
    REQUIRE(again);
    REQUIRE(again->to_string() == type->to_string());
    REQUIRE(type_change(*type, *again).how == TypeChange::None);
  }
}

TEST_CASE("random texts are refused or read, never worse") {
  std::mt19937 random(13);
  const std::string letters = "aT(),'\"0 9_.$ARYMAP\xC3\xBC\n";
  for (int round = 0; round < 20000; ++round) {
    std::string text = random() % 2 == 0 ? "OBJECT(" : "";
    for (size_t i = 0, n = random() % 16; i < n; ++i) text += letters[random() % letters.size()];
    INFO(text);
    if (const auto type = DataType::parse(text)) REQUIRE(DataType::parse(type->to_string()));
    if (const auto id = parse_address("table " + text)) REQUIRE(*parse_address(id->address()) == *id);
    if (const auto grantee = parse_grantee(text)) REQUIRE(*parse_grantee(grantee->display()) == *grantee);
  }
  CHECK_FALSE(DataType::parse(std::string(100000, 'A') + "("));
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "ARRAY(";
  CHECK_FALSE(DataType::parse(deep));
}
