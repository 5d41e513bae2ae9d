// Laws over random types and addresses.

#include <iterator>
#include <map>
#include <random>
#include <set>
#include <variant>

#include <catch2/catch.hpp>

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

Name random_name(std::mt19937& random) {
  static const std::vector<std::string> pieces = {"A",     "b",  "_1",   "$",      " ", "\"", ".",  "'",
                                                  "role ", "TO", " on ", "\u00e9", ",", "(",  "/*", "--"};
  std::string text;
  for (size_t i = 0, n = 1 + random() % 5; i < n; ++i) text += pieces[random() % pieces.size()];
  return Name::exact(text);
}

QualifiedName random_names(std::mt19937& random, size_t depth) {
  std::vector<Name> parts;
  for (size_t i = 0; i < depth; ++i) parts.push_back(random_name(random));
  return QualifiedName(std::move(parts));
}

}  // namespace

TEST_CASE("parse(print(grantee)) = grantee") {
  std::mt19937 random(12);
  std::set<std::string> printed;
  for (int round = 0; round < 3000; ++round) {
    const auto type = static_cast<GranteeType>(random() % 4);
    const Grantee grantee{type, random_names(random, type == GranteeType::DatabaseRole ? 2 : 1)};
    INFO(grantee.display());
    const auto again = parse_grantee(grantee.display());
    REQUIRE(again);
    REQUIRE(*again == grantee);
    printed.insert(grantee.display());
  }
  CHECK(printed.size() > 1000);
}

// What a grant or membership is on, and so the address it is printed with.
TEST_CASE("parse(print(address)) = address") {
  std::mt19937 random(13);
  static constexpr std::pair<KindId, size_t> kinds[] = {
      {KindId::Database, 1},     {KindId::Warehouse, 1}, {KindId::Role, 1}, {KindId::Schema, 2},
      {KindId::DatabaseRole, 2}, {KindId::Table, 3},     {KindId::View, 3}};
  for (int round = 0; round < 3000; ++round) {
    const auto [kind, depth] = kinds[random() % std::size(kinds)];
    const ObjectId id{kind, random_names(random, depth)};
    INFO(id.address());
    const auto again = parse_address(id.address());
    REQUIRE(again);
    REQUIRE(*again == id);
  }
}

TEST_CASE("parse(print(grant)) = grant") {
  std::mt19937 random(15);
  size_t forms[4] = {};
  for (int round = 0; round < 4000; ++round) {
    GrantKey key;
    key.privilege = random() % 2 == 0 ? "SELECT" : "CREATE DYNAMIC TABLE";
    const auto type = static_cast<GranteeType>(random() % 4);
    key.grantee = {type, random_names(random, type == GranteeType::DatabaseRole ? 2 : 1)};
    key.target.form = static_cast<TargetForm>(random() % 4);
    ++forms[static_cast<size_t>(key.target.form)];
    if (key.target.form == TargetForm::Object) {
      key.target.object = {KindId::MaterializedView, random_names(random, 3)};
    } else if (key.target.form != TargetForm::Account) {
      key.target.of_kind = random() % 2 == 0 ? KindId::DynamicTable : KindId::MaskingPolicy;
      const bool schema = random() % 2 == 0;
      key.target.object = {schema ? KindId::Schema : KindId::Database, random_names(random, schema ? 2 : 1)};
    }
    INFO(key.address());
    const auto again = parse_grant(key.address());
    REQUIRE(again);
    REQUIRE(std::get<GrantKey>(*again) == key);
  }
  for (const auto count : forms) CHECK(count > 100);
}

TEST_CASE("parse(print(membership)) = membership") {
  std::mt19937 random(16);
  for (int round = 0; round < 3000; ++round) {
    const auto type = static_cast<GranteeType>(random() % 4);
    const bool of_database = random() % 2 == 0;
    const MembershipKey key{
        {of_database ? KindId::DatabaseRole : KindId::Role, random_names(random, of_database ? 2 : 1)},
        {type, random_names(random, type == GranteeType::DatabaseRole ? 2 : 1)}};
    INFO(key.address());
    const auto again = parse_grant(key.address());
    REQUIRE(again);
    REQUIRE(std::get<MembershipKey>(*again) == key);
  }
}

TEST_CASE("a grant is read as people write it, and what is none is refused with the reason") {
  const auto read = [](const char* text) {
    const auto grant = parse_grant(text);
    return grant ? std::visit([](const auto& key) { return key.address(); }, *grant) : grant.error().message;
  };
  CHECK(read(" Grant  select  ON table a.b.c TO  r ") == "grant SELECT on table A.B.C to role R");
  CHECK(read("grant create table on SCHEMA a.b to database role a.r") ==
        "grant CREATE TABLE on schema A.B to database role A.R");
  CHECK(read("grant select on future dynamic_tables in database a to role r") ==
        "grant SELECT on future dynamic tables in database A to role R");
  CHECK(read("grant role a to user u") == "grant role A to user U");
  CHECK(read("grant role \"a to b\" to role \"c on d\"") == "grant role \"a to b\" to role \"c on d\"");
  CHECK(read("grant usage on function a.b.f(int) to role r") == "grant USAGE on function A.B.F(NUMBER) to role R");
  using Catch::Contains;
  CHECK_THAT(read("select on table a.b.c to r"), Contains("a grant is written"));
  CHECK_THAT(read("grant select on table a.b.c"), Contains("a grant is written"));
  CHECK_THAT(read("grant table a.b.c to role r"), Contains("a grant is written"));
  CHECK_THAT(read("grant select on tabels in schema a.b to role r"), Contains("'tabels' is no plural of a kind"));
  CHECK_THAT(read("grant select on tables in warehouse w to role r"), Contains("in a schema or a database"));
  CHECK_THAT(read("grant select on tabel a.b.c to role r"), Contains("is it a table?"));
  CHECK_THAT(read("grant select on table a.b.c to role a.b.c"), Contains("is no name of a role"));
}

TEST_CASE("grants that differ have addresses that differ") {
  std::mt19937 random(14);
  std::map<std::string, GrantKey> seen;
  for (int round = 0; round < 3000; ++round) {
    GrantKey key;
    key.privilege = random() % 2 == 0 ? "SELECT" : "CREATE TABLE";
    key.grantee = {GranteeType::Role, random_names(random, 1)};
    key.target.form = random() % 2 == 0 ? TargetForm::Object : TargetForm::FutureIn;
    key.target.object = {KindId::Schema, random_names(random, 2)};
    const auto [it, fresh] = seen.emplace(key.address(), key);
    INFO(key.address());
    REQUIRE((fresh || it->second == key));
  }
}

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
