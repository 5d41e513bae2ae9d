#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

void prepare(TestAccount& a) {
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE STAGE d.s.st URL = 's3://load/'",
                 "CREATE FILE FORMAT d.s.fmt TYPE = JSON"})
              .empty());
}

std::string code(TestAccount& a, const std::string& sql) { return a.run(sql).substr(0, 6); }

constexpr const char* kCreate =
    "CREATE EXTERNAL TABLE d.s.t (\n"
    "  day DATE AS TO_DATE(SPLIT_PART(metadata$filename, '/', 3), 'YYYY/MM/DD'),\n"
    "  id BIGINT AS (value:id::bigint))\n"
    "  PARTITION BY (day)\n"
    "  WITH LOCATION = @d.s.st/logs/2026-11/\n"
    "  AUTO_REFRESH = TRUE PATTERN = '.*[.]json' FILE_FORMAT = (FORMAT_NAME = d.s.fmt) COMMENT = 'c'";

}  // namespace

TEST_CASE("an external table shows where its files are", "[ddl][external]") {
  TestAccount a;
  prepare(a);
  CHECK(a.run(kCreate) == "External table T successfully created.");
  REQUIRE(a.all({"CREATE EXTERNAL TABLE IF NOT EXISTS d.s.u LOCATION = @d.s.st FILE_FORMAT = (TYPE = PARQUET) "
                 "AUTO_REFRESH = FALSE REFRESH_ON_CREATE = FALSE"})
              .empty());
  CHECK(a.header("SHOW EXTERNAL TABLES") ==
        "created_on name database_name schema_name invalid invalid_reason owner comment stage location "
        "file_format_name file_format_type cloud region notification_channel last_refreshed_on table_format "
        "last_refresh_details owner_role_type");
  CHECK(
      a.rows("SHOW EXTERNAL TABLES IN SCHEMA d.s", {"name", "invalid", "comment", "stage", "location",
                                                    "file_format_name", "file_format_type", "cloud", "table_format"}) ==
      "T|false|c|D.S.ST|@D.S.ST/logs/2026-11/|D.S.FMT|JSON|AWS|UNSPECIFIED\n"
      "U|false||D.S.ST|@D.S.ST/|-|PARQUET|AWS|UNSPECIFIED");
  CHECK(a.rows("SHOW TERSE EXTERNAL TABLES IN SCHEMA d.s", {"name", "kind"}) == "T|EXTERNAL_TABLE\nU|EXTERNAL_TABLE");
  CHECK(a.rows("SHOW EXTERNAL TABLES LIKE 'u' IN SCHEMA d.s", {"last_refreshed_on", "notification_channel"}) == "-|-");
  CHECK(a.rows("DESC EXTERNAL TABLE d.s.t", {"name", "type", "kind", "expression"}) ==
        "VALUE|VARIANT|COLUMN|-\n"
        "DAY|DATE|VIRTUAL|TO_DATE(SPLIT_PART(METADATA$FILENAME, '/', 3), 'YYYY/MM/DD')\n"
        "ID|NUMBER(38,0)|VIRTUAL|VALUE:id::BIGINT");
  CHECK(code(a, "SELECT * FROM d.s.t") == "000002");
  // SHOW TABLES has it too, without rows.
  CHECK(a.rows("SHOW TABLES LIKE 't' IN SCHEMA d.s", {"name", "is_external", "rows", "bytes"}) == "T|Y|-|-");
  CHECK(a.run("SELECT table_name, table_type FROM d.information_schema.tables WHERE table_schema = 'S' ORDER BY 1") ==
        "T|EXTERNAL TABLE\nU|EXTERNAL TABLE");
}

TEST_CASE("external tables are altered", "[ddl][external]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({kCreate, "ALTER EXTERNAL TABLE d.s.t SET AUTO_REFRESH = FALSE", "ALTER EXTERNAL TABLE d.s.t REFRESH",
                 "ALTER EXTERNAL TABLE d.s.t REFRESH '2026/'", "ALTER EXTERNAL TABLE d.s.t ADD FILES ('a/b.json')",
                 "ALTER TABLE d.s.t ADD COLUMN name VARCHAR AS (value:name::varchar)",
                 "ALTER TABLE d.s.t RENAME COLUMN id TO key", "COMMENT ON EXTERNAL TABLE d.s.t IS 'new'",
                 "ALTER TABLE d.s.t RENAME TO d.public.moved"})
              .empty());
  CHECK(a.rows("SHOW EXTERNAL TABLES IN DATABASE d", {"schema_name", "name", "comment", "notification_channel"}) ==
        "PUBLIC|MOVED|new|-");
  CHECK(a.rows("DESC TABLE d.public.moved", {"name"}) == "VALUE\nDAY\nKEY\nNAME");
  REQUIRE(a.all({"ALTER EXTERNAL TABLE d.public.moved DROP COLUMN name"}).empty());
  CHECK(code(a, "ALTER TABLE d.public.moved DROP COLUMN value") == "002100");
  CHECK(code(a, "ALTER TABLE d.public.moved DROP COLUMN day") == "002100");
  CHECK(code(a, "ALTER TABLE d.public.moved DROP COLUMN none") == "000904");
  CHECK(code(a, "ALTER TABLE d.public.moved ADD COLUMN key INT AS (value:k::int)") == "001430");
  CHECK(code(a, "ALTER EXTERNAL TABLE d.public.moved ADD PARTITION (day = '1') LOCATION '1'") == "000002");
  CHECK(code(a, "ALTER TABLE d.public.moved CLUSTER BY (key)") == "000002");
  CHECK(a.run("DROP EXTERNAL TABLE d.public.moved CASCADE") == "MOVED successfully dropped.");
}

TEST_CASE("partitions of an external table can be its owner's work", "[ddl][external]") {
  TestAccount a;
  prepare(a);
  const std::string head =
      "CREATE EXTERNAL TABLE d.s.p (col1 DATE AS (PARSE_JSON(metadata$external_table_partition):COL1::date)) PARTITION "
      "BY (col1) LOCATION = @d.s.st/p/ PARTITION_TYPE = USER_SPECIFIED FILE_FORMAT = (TYPE = PARQUET)";
  CHECK(code(a, head + " AUTO_REFRESH = TRUE") == "002100");
  REQUIRE(a.all({head, "ALTER EXTERNAL TABLE d.s.p ADD PARTITION (col1 = '2022-01-24') LOCATION '2022/01'",
                 "ALTER EXTERNAL TABLE d.s.p DROP PARTITION LOCATION '2022/01'"})
              .empty());
  CHECK(code(a, "ALTER EXTERNAL TABLE d.s.p REFRESH") == "000002");
  CHECK(code(a, "ALTER EXTERNAL TABLE d.s.p SET AUTO_REFRESH = TRUE") == "002100");
}

TEST_CASE("a stage or format under an external table stays", "[ddl][external]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.run(kCreate) == "External table T successfully created.");
  for (const char* sql : {"DROP STAGE d.s.st", "CREATE OR REPLACE STAGE d.s.st URL = 's3://load/'",
                          "ALTER STAGE d.s.st SET URL = 's3://load/b/'", "DROP FILE FORMAT d.s.fmt",
                          "CREATE OR REPLACE FILE FORMAT d.s.fmt TYPE = CSV"}) {
    INFO(sql);
    CHECK(a.run(sql).find("has dependent external tables: D.S.T.") != std::string::npos);
  }
  REQUIRE(a.all({"ALTER STAGE d.s.st SET COMMENT = 'c'", "ALTER STAGE d.s.st RENAME TO d.s.stage2"}).empty());
  CHECK(a.rows("SHOW EXTERNAL TABLES IN SCHEMA d.s", {"location"}) == "@D.S.STAGE2/logs/2026-11/");
  REQUIRE(a.all({"DROP EXTERNAL TABLE d.s.t", "DROP STAGE d.s.stage2", "DROP FILE FORMAT d.s.fmt"}).empty());
}

TEST_CASE("what an external table needs", "[ddl][external]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({"CREATE STAGE d.s.int", "CREATE ROLE r", "GRANT ROLE r TO USER mesh",
                 "GRANT USAGE ON DATABASE d TO ROLE r", "GRANT USAGE, CREATE EXTERNAL TABLE ON SCHEMA d.s TO ROLE r"})
              .empty());
  const std::string table = "CREATE EXTERNAL TABLE d.s.x LOCATION = @d.s.st FILE_FORMAT = (TYPE = CSV)";
  CHECK(a.as("R", table) == "002003 02000 SQL compilation error:\nStage 'D.S.ST' does not exist or not authorized.");
  REQUIRE(a.all({"GRANT USAGE ON STAGE d.s.st TO ROLE r"}).empty());
  CHECK(a.as("R", table) == "External table X successfully created.");
  CHECK(code(a, "CREATE EXTERNAL TABLE d.s.y LOCATION = @d.s.int FILE_FORMAT = (TYPE = CSV)") == "000002");
  CHECK(code(a, "CREATE EXTERNAL TABLE d.s.y LOCATION = @d.s.st") == "002029");
  CHECK(code(a, "CREATE EXTERNAL TABLE d.s.y FILE_FORMAT = (TYPE = CSV)") == "002029");
  CHECK(code(a, "CREATE EXTERNAL TABLE d.s.y LOCATION = @d.s.st FILE_FORMAT = (TYPE = XML)") == "001422");
  CHECK(code(a, "CREATE EXTERNAL TABLE d.s.y (a INT) LOCATION = @d.s.st FILE_FORMAT = (TYPE = CSV)") == "001003");
  CHECK(code(a, "CREATE EXTERNAL TABLE d.s.y PARTITION BY (a) LOCATION = @d.s.st FILE_FORMAT = (TYPE = CSV)") ==
        "000904");
  CHECK(code(a, "CREATE VIEW d.s.x AS SELECT 1 AS a") == "001998");
}
