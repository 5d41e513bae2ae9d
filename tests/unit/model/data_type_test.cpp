#include "mesh/model/data_type.hpp"

#include <catch2/catch.hpp>

using mesh::DataType;
using mesh::TypeChange;

namespace {
DataType type(const char* written) {
  auto parsed = DataType::parse(written);
  INFO(written << ": " << (parsed ? "" : parsed.error().message));
  REQUIRE(parsed);
  return *parsed;
}
}  // namespace

TEST_CASE("types print as DESCRIBE prints them") {
  struct Row {
    const char *written, *printed;
  };
  for (const auto& row : {
           Row{"NUMBER", "NUMBER(38,0)"},
           Row{"decimal", "NUMBER(38,0)"},
           Row{"DEC", "NUMBER(38,0)"},
           Row{"NUMERIC ( 10 , 2 )", "NUMBER(10,2)"},
           Row{"NUMBER(10)", "NUMBER(10,0)"},
           Row{"NUMBER(38,37)", "NUMBER(38,37)"},
           Row{"INT", "NUMBER(38,0)"},
           Row{"INTEGER", "NUMBER(38,0)"},
           Row{"BIGINT", "NUMBER(38,0)"},
           Row{"SMALLINT", "NUMBER(38,0)"},
           Row{"TINYINT", "NUMBER(38,0)"},
           Row{"BYTEINT", "NUMBER(38,0)"},
           Row{"FLOAT", "FLOAT"},
           Row{"FLOAT4", "FLOAT"},
           Row{"FLOAT8", "FLOAT"},
           Row{"double", "FLOAT"},
           Row{"DOUBLE  PRECISION", "FLOAT"},
           Row{"REAL", "FLOAT"},
           Row{"DECFLOAT", "DECFLOAT(38)"},
           Row{"DECFLOAT(38)", "DECFLOAT(38)"},
           Row{"VARCHAR", "VARCHAR(16777216)"},
           Row{"string", "VARCHAR(16777216)"},
           Row{"TEXT", "VARCHAR(16777216)"},
           Row{"VARCHAR2", "VARCHAR(16777216)"},
           Row{"NVARCHAR", "VARCHAR(16777216)"},
           Row{"NVARCHAR2", "VARCHAR(16777216)"},
           Row{"CHAR VARYING", "VARCHAR(16777216)"},
           Row{"NCHAR VARYING(7)", "VARCHAR(7)"},
           Row{"TEXT(5)", "VARCHAR(5)"},
           Row{"CHAR", "VARCHAR(1)"},
           Row{"CHARACTER", "VARCHAR(1)"},
           Row{"NCHAR", "VARCHAR(1)"},
           Row{"CHAR(9)", "VARCHAR(9)"},
           Row{"VARCHAR(134217728)", "VARCHAR(134217728)"},
           Row{"BINARY", "BINARY(8388608)"},
           Row{"VARBINARY", "BINARY(8388608)"},
           Row{"BINARY(67108864)", "BINARY(67108864)"},
           Row{"BOOLEAN", "BOOLEAN"},
           Row{"DATE", "DATE"},
           Row{"TIME", "TIME(9)"},
           Row{"TIME(0)", "TIME(0)"},
           Row{"TIMESTAMP", "TIMESTAMP_NTZ(9)"},
           Row{"TIMESTAMP(3)", "TIMESTAMP_NTZ(3)"},
           Row{"DATETIME", "TIMESTAMP_NTZ(9)"},
           Row{"TIMESTAMPNTZ", "TIMESTAMP_NTZ(9)"},
           Row{"TIMESTAMP WITHOUT TIME ZONE", "TIMESTAMP_NTZ(9)"},
           Row{"TIMESTAMP_LTZ(6)", "TIMESTAMP_LTZ(6)"},
           Row{"TIMESTAMPLTZ", "TIMESTAMP_LTZ(9)"},
           Row{"TIMESTAMP WITH LOCAL TIME ZONE", "TIMESTAMP_LTZ(9)"},
           Row{"TIMESTAMPTZ", "TIMESTAMP_TZ(9)"},
           Row{"timestamp with time zone", "TIMESTAMP_TZ(9)"},
           Row{"TIMESTAMP(3) WITH TIME ZONE", "TIMESTAMP_TZ(3)"},
           Row{"VARIANT", "VARIANT"},
           Row{"GEOGRAPHY", "GEOGRAPHY"},
           Row{"GEOMETRY", "GEOMETRY"},
           Row{"FILE", "FILE"},
           Row{"UUID", "UUID"},
           Row{"OBJECT", "OBJECT"},
           Row{"ARRAY", "ARRAY"},
           Row{"VECTOR(FLOAT,256)", "VECTOR(FLOAT, 256)"},
           Row{"VECTOR(integer, 4096)", "VECTOR(INT, 4096)"},
           Row{"VECTOR(FLOAT8, 1)", "VECTOR(FLOAT, 1)"},
           Row{"ARRAY(NUMBER)", "ARRAY(NUMBER(38,0))"},
           Row{"ARRAY(VARCHAR(4))", "ARRAY(VARCHAR(4))"},
           Row{"ARRAY(int not null)", "ARRAY(NUMBER(38,0) NOT NULL)"},
           Row{"OBJECT(a VARCHAR, b NUMBER)", "OBJECT(a VARCHAR(16777216), b NUMBER(38,0))"},
           Row{"OBJECT(str VARCHAR NOT NULL)", "OBJECT(str VARCHAR(16777216) NOT NULL)"},
           Row{"OBJECT(\"a b\" int, \"C\" date)", "OBJECT(\"a b\" NUMBER(38,0), C DATE)"},
           Row{"MAP(VARCHAR, NUMBER)", "MAP(VARCHAR(16777216), NUMBER(38,0))"},
           Row{"MAP(VARCHAR, ARRAY(OBJECT(x MAP(INT, DATE))))",
               "MAP(VARCHAR(16777216), ARRAY(OBJECT(x MAP(NUMBER(38,0), DATE))))"},
           Row{"interval year to month", "INTERVAL YEAR TO MONTH"},
           Row{"INTERVAL DAY(3) TO SECOND", "INTERVAL DAY(3) TO SECOND"},
       }) {
    INFO(row.written);
    const auto parsed = type(row.written);
    CHECK(parsed.to_string() == row.printed);
    CHECK(type(row.printed).to_string() == row.printed);
    CHECK(type(row.printed) == parsed);
  }
}

TEST_CASE("families and arguments") {
  CHECK(type("INT").family() == "NUMBER");
  CHECK(type("INT").arguments() == std::vector<int64_t>{38, 0});
  CHECK(type("string").family() == "VARCHAR");
  CHECK(type("CHAR").arguments() == std::vector<int64_t>{1});
  CHECK(type("DATETIME").family() == "TIMESTAMP_NTZ");
  CHECK(type("DATETIME").arguments() == std::vector<int64_t>{9});
  CHECK(type("VECTOR(INT, 3)").family() == "VECTOR");
  CHECK(type("DATE").arguments().empty());
}

TEST_CASE("wrong types are refused, and told how") {
  struct Row {
    const char *written, *told;
  };
  for (const auto& row : {
           Row{"", "missing"},
           Row{"NUMBR", "did you mean NUMBER?"},
           Row{"BOOL", "did you mean BOOLEAN?"},
           Row{"VARCHR(10)", "did you mean VARCHAR?"},
           Row{"INT(36)", "INT takes no arguments"},
           Row{"INT()", "INT takes no arguments"},
           Row{"BOOLEAN(1)", "BOOLEAN takes no arguments"},
           Row{"DOUBLE PRECISION(1)", "DOUBLE PRECISION takes no arguments"},
           Row{"NUMBER()", "whole numbers"},
           Row{"VARCHAR()", "whole numbers"},
           Row{"NUMBER(39)", "from 1 to 38, not 39"},
           Row{"NUMBER(0)", "from 1 to 38, not 0"},
           Row{"NUMBER(38,38)", "from 0 to 37, not 38"},
           Row{"NUMBER(3,4)", "from 0 to 3, not 4"},
           Row{"NUMBER(1,2,3)", "at most 2 arguments"},
           Row{"VARCHAR(0)", "from 1 to 134217728"},
           Row{"VARCHAR(134217729)", "from 1 to 134217728"},
           Row{"BINARY(67108865)", "from 1 to 67108864"},
           Row{"VARCHAR(10", "closing bracket"},
           Row{"VARCHAR(x)", "whole numbers"},
           Row{"VARCHAR(99999999999999999999)", "whole numbers"},
           Row{"TIMESTAMP_NTZ(10)", "from 0 to 9"},
           Row{"DECFLOAT(35)", "38 only"},
           Row{"VECTOR", "VECTOR(FLOAT, 256)"},
           Row{"VECTOR(DOUBLE, 3)", "not 'DOUBLE'"},
           Row{"VECTOR(INT, 0)", "1 to 4096"},
           Row{"VECTOR(INT, 4097)", "1 to 4096"},
           Row{"MAP", "MAP(VARCHAR, NUMBER)"},
           Row{"ARRAY(FOO)", "unknown type 'FOO'"},
           Row{"VARCHAR COLLATE 'en-ci'", "'collate'"},
           Row{"NUMBER NOT NULL", "nullable: false"},
           Row{"NUMBER(38,0) DEFAULT 1", "not part of a type"},
           Row{"INTERVAL", "names its fields"},
       }) {
    INFO(row.written);
    const auto parsed = DataType::parse(row.written);
    REQUIRE_FALSE(parsed);
    CHECK_THAT(parsed.error().message, Catch::Contains(row.told));
  }
}

TEST_CASE("an un-sized type matches either default length") {
  // BCR-2118: 16777216 / 8388608 today, 134217728 / 67108864 in Iceberg tables and perhaps later everywhere.
  CHECK(type("VARCHAR").default_sized());
  CHECK_FALSE(type("VARCHAR(16777216)").default_sized());
  CHECK_FALSE(type("CHAR").default_sized());
  CHECK(type("VARCHAR") == type("VARCHAR(16777216)"));
  CHECK(type("STRING") == type("VARCHAR(134217728)"));
  CHECK_FALSE(type("VARCHAR(16777216)") == type("VARCHAR(134217728)"));
  CHECK_FALSE(type("VARCHAR") == type("VARCHAR(10)"));
  CHECK(type("BINARY") == type("BINARY(67108864)"));
  CHECK_FALSE(type("BINARY") == type("VARCHAR"));
  CHECK(type_change(type("VARCHAR(134217728)"), type("VARCHAR")).how == TypeChange::None);
}

TEST_CASE("changes of type follow the matrix of ALTER TABLE") {
  struct Row {
    const char *from, *to;
    TypeChange how;
    const char* reason;
  };
  for (const auto& row : {
           Row{"VARCHAR(20)", "VARCHAR(30)", TypeChange::InPlace, ""},
           Row{"VARCHAR(20)", "TEXT", TypeChange::InPlace, ""},
           Row{"VARCHAR(20)", "VARCHAR(10)", TypeChange::Refused, "reducing the byte-length of a varchar"},
           Row{"NUMBER(10,2)", "NUMBER(12,2)", TypeChange::InPlace, ""},
           Row{"NUMBER(10,2)", "NUMBER(8,2)", TypeChange::InPlaceMayFail, "must fit into NUMBER(8,2)"},
           Row{"NUMBER(38,0)", "NUMBER(11,2)", TypeChange::Refused,
               "from type NUMBER(38,0) to NUMBER(11,2) because changing the scale of a number is not supported."},
           Row{"INT", "BIGINT", TypeChange::None, ""},
           Row{"DOUBLE", "REAL", TypeChange::None, ""},
           Row{"BINARY(10)", "BINARY(20)", TypeChange::Refused, "from type BINARY(10) to BINARY(20)"},
           Row{"BINARY(20)", "BINARY(10)", TypeChange::Refused, "from type BINARY(20) to BINARY(10)"},
           Row{"VARCHAR(20)", "NUMBER(38,0)", TypeChange::Refused, "from type VARCHAR(20) to NUMBER(38,0)"},
           Row{"TIMESTAMP_NTZ", "TIMESTAMP_LTZ", TypeChange::Refused, "TIMESTAMP_LTZ(9)"},
           Row{"TIMESTAMP_NTZ(9)", "TIMESTAMP_NTZ(3)", TypeChange::Refused, "TIMESTAMP_NTZ(3)"},
           Row{"TIME(3)", "TIME(9)", TypeChange::Refused, "TIME(9)"},
           Row{"FLOAT", "NUMBER", TypeChange::Refused, "from type FLOAT"},
           Row{"VARIANT", "OBJECT", TypeChange::Refused, "from type VARIANT to OBJECT"},
           Row{"ARRAY(NUMBER)", "ARRAY", TypeChange::Refused, "to ARRAY"},
       }) {
    INFO(row.from << " -> " << row.to);
    const auto answer = type_change(type(row.from), type(row.to));
    CHECK(answer.how == row.how);
    CHECK_THAT(answer.reason, Catch::Contains(row.reason));
    CHECK(answer.reason.empty() == (row.how == TypeChange::None || row.how == TypeChange::InPlace));
  }
}
