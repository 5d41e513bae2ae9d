#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

TestAccount account() {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE TABLE d.s.t (a NUMBER, b VARCHAR)",
                 "CREATE VIEW d.s.v AS SELECT a FROM d.s.t", "CREATE ROLE r", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE, CREATE STREAM ON SCHEMA d.s TO ROLE r", "GRANT ROLE r TO USER mesh"})
              .empty());
  return a;
}

}  // namespace

TEST_CASE("a stream is listed in the fifteen columns, with its source in full", "[ddl][stream]") {
  auto a = account();
  CHECK(a.run("CREATE STREAM d.s.st ON TABLE d.s.t APPEND_ONLY = TRUE COMMENT = 'c'") ==
        "Stream ST successfully created.");
  CHECK(a.header("SHOW STREAMS IN SCHEMA d.s") ==
        "created_on name database_name schema_name owner comment table_name source_type base_tables type stale mode "
        "stale_after invalid_reason owner_role_type");
  CHECK(a.header("DESCRIBE STREAM d.s.st") == a.header("SHOW STREAMS IN SCHEMA d.s"));
  const std::vector<std::string> columns{"name",        "owner", "comment", "table_name", "source_type",
                                         "base_tables", "type",  "stale",   "mode",       "invalid_reason"};
  CHECK(a.rows("SHOW STREAMS IN DATABASE d", columns) ==
        "ST|ACCOUNTADMIN|c|D.S.T|Table|D.S.T|DELTA|false|APPEND_ONLY|N/A");
  CHECK(a.header("SHOW TERSE STREAMS IN SCHEMA d.s") == "created_on name kind database_name schema_name tableOn");
  REQUIRE(a.all({"CREATE STREAM d.s.\"v s\" ON VIEW d.s.v", "ALTER STREAM d.s.st UNSET COMMENT"}).empty());
  CHECK(a.rows("SHOW STREAMS IN DATABASE d", {"name", "comment", "table_name", "source_type", "base_tables", "mode"}) ==
        "ST||D.S.T|Table|D.S.T|APPEND_ONLY\nv s||D.S.V|View|D.S.T|DEFAULT");
  CHECK(a.run("ALTER STREAM d.s.st RENAME TO d.s.st2").substr(0, 6) == "001003");
  CHECK(a.run("DROP STREAM d.s.st") == "ST successfully dropped.");
}

TEST_CASE("a stream shares the names of tables", "[ddl][stream]") {
  auto a = account();
  CHECK(a.run("CREATE OR REPLACE STREAM d.s.v ON TABLE d.s.t").substr(0, 6) == "001998");
  REQUIRE(a.all({"CREATE STREAM d.s.st ON TABLE d.s.t"}).empty());
  CHECK(a.run("CREATE TABLE d.s.st (a NUMBER)").substr(0, 6) == "001998");
  // No table nor view of the information schema.
  CHECK(a.run("SELECT table_name FROM d.information_schema.tables WHERE table_schema = 'S'") == "T\nV");
}

TEST_CASE("the first stream turns change tracking on, which is the owner's to do", "[ddl][stream]") {
  auto a = account();
  CHECK(a.run("CREATE STREAM d.s.x ON TABLE d.s.none").substr(0, 6) == "002003");
  CHECK(a.run("CREATE STREAM d.s.x ON VIEW d.s.t").find("Object found is of type 'TABLE'") != std::string::npos);
  CHECK(a.as("R", "CREATE STREAM d.s.x ON TABLE d.s.t").substr(0, 6) == "002003");
  REQUIRE(a.all({"GRANT SELECT ON TABLE d.s.t TO ROLE r", "GRANT SELECT ON VIEW d.s.v TO ROLE r"}).empty());
  CHECK(a.as("R", "CREATE STREAM d.s.x ON TABLE d.s.t") ==
        "003001 42501 SQL access control error:\nInsufficient privileges to operate on stream source without "
        "CHANGE_TRACKING enabled 'D.S.T'.");
  CHECK(a.rows("SHOW TABLES IN SCHEMA d.s", {"change_tracking"}) == "OFF");
  REQUIRE(a.all({"CREATE STREAM d.s.first ON TABLE d.s.t"}).empty());
  CHECK(a.rows("SHOW TABLES IN SCHEMA d.s", {"change_tracking"}) == "ON");
  CHECK(a.as("R", "CREATE STREAM d.s.x ON TABLE d.s.t") == "Stream X successfully created.");
  CHECK(a.as("R", "CREATE STREAM d.s.y ON VIEW d.s.v").find("CHANGE_TRACKING enabled 'D.S.V'") != std::string::npos);
  REQUIRE(a.all({"CREATE STREAM d.s.onview ON VIEW d.s.v"}).empty());
  CHECK(a.rows("SHOW VIEWS IN SCHEMA d.s", {"change_tracking"}) == "ON");
}

TEST_CASE("a stream is bound to the very table it was made on", "[ddl][stream]") {
  auto a = account();
  REQUIRE(a.all({"CREATE STREAM d.s.st ON TABLE d.s.t", "ALTER TABLE d.s.t RENAME TO d.s.u"}).empty());
  const std::vector<std::string> columns{"table_name", "stale"};
  CHECK(a.rows("SHOW STREAMS IN SCHEMA d.s", columns) == "D.S.U|false");
  REQUIRE(a.all({"CREATE OR REPLACE TABLE d.s.u (a NUMBER)"}).empty());
  CHECK(a.rows("SHOW STREAMS IN SCHEMA d.s", columns) == "No privilege or table dropped|true");
  REQUIRE(a.all({"CREATE OR REPLACE STREAM d.s.st ON TABLE d.s.u", "DROP TABLE d.s.u"}).empty());
  CHECK(a.rows("SHOW STREAMS IN SCHEMA d.s", columns) == "No privilege or table dropped|true");
  REQUIRE(a.all({"UNDROP TABLE d.s.u"}).empty());
  CHECK(a.rows("SHOW STREAMS IN SCHEMA d.s", columns) == "D.S.U|false");
  // Whoever sees the stream alone is not told its source.
  REQUIRE(a.all({"GRANT SELECT ON STREAM d.s.st TO ROLE r"}).empty());
  CHECK(a.rows_as("R", "SHOW STREAMS IN SCHEMA d.s", columns) == "No privilege or table dropped|false");
}

TEST_CASE("OR ALTER of a stream changes its comment alone", "[ddl][stream]") {
  auto a = account();
  REQUIRE(a.all({"CREATE STREAM d.s.st ON TABLE d.s.t COMMENT = 'one'"}).empty());
  REQUIRE(a.all({"CREATE OR ALTER STREAM d.s.st ON TABLE d.s.t COMMENT = 'two'"}).empty());
  CHECK(a.rows("SHOW STREAMS IN SCHEMA d.s", {"comment"}) == "two");
  CHECK(a.run("CREATE OR ALTER STREAM d.s.st ON TABLE d.s.t APPEND_ONLY = TRUE").substr(0, 6) == "000002");
  CHECK(a.run("CREATE STREAM d.s.x ON TABLE d.s.t INSERT_ONLY = TRUE").substr(0, 6) == "001420");
}
