#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

TestAccount account() {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE ROLE dba", "GRANT ROLE dba TO USER mesh",
                 "GRANT USAGE ON DATABASE d TO ROLE dba", "GRANT USAGE, CREATE ALERT ON SCHEMA d.s TO ROLE dba",
                 "CREATE WAREHOUSE w", "GRANT USAGE ON WAREHOUSE w TO ROLE dba"})
              .empty());
  a.session.role = "DBA", a.session.database = "D", a.session.schema = "S";
  return a;
}

}  // namespace

TEST_CASE("an alert keeps condition and action as they were written", "[ddl][alert]") {
  auto a = account();
  CHECK(a.run("CREATE ALERT al WAREHOUSE = w SCHEDULE = '60 MINUTE' COMMENT = 'c' IF( EXISTS( SELECT  1 FROM t WHERE x "
              "IN (1, 2) )) THEN CALL p('it''s') ;") == "Alert AL successfully created.");
  CHECK(a.header("SHOW ALERTS IN SCHEMA d.s") ==
        "created_on name database_name schema_name owner comment warehouse schedule state condition action "
        "owner_role_type runbook config was_auto_suspended");
  CHECK(a.rows("SHOW ALERTS IN SCHEMA d.s",
               {"name", "owner", "comment", "warehouse", "schedule", "state", "condition", "action"}) ==
        "AL|DBA|c|W|60 MINUTE|suspended|SELECT  1 FROM t WHERE x IN (1, 2)|CALL p('it''s')");
  CHECK(a.header("DESC ALERT al") ==
        "created_on name database_name schema_name owner comment warehouse schedule state condition action runbook "
        "config was_auto_suspended");
  CHECK(a.header("SHOW TERSE ALERTS IN SCHEMA d.s") == "created_on name kind database_name schema_name schedule state");
  REQUIRE(a.all({"ALTER ALERT al MODIFY CONDITION EXISTS (SHOW TABLES)", "ALTER ALERT al MODIFY ACTION SELECT 2",
                 "ALTER ALERT al SET SCHEDULE = 'USING CRON 0 1 * * * UTC' RUNBOOK = 'https://x' CONFIG = '{}'",
                 "ALTER ALERT al UNSET COMMENT, WAREHOUSE"})
              .empty());
  CHECK(a.rows("DESC ALERT al", {"comment", "warehouse", "schedule", "condition", "action", "runbook", "config"}) ==
        "|-|USING CRON 0 1 * * * UTC|SHOW TABLES|SELECT 2|https://x|{}");
  CHECK(a.run("ALTER ALERT al RENAME TO b").substr(0, 6) == "001003");
  REQUIRE(a.all({"CREATE OR ALTER ALERT al SCHEDULE = '5 MINUTES' IF (EXISTS (SELECT 3)) THEN SELECT 4"}).empty());
  CHECK(a.rows("DESC ALERT al", {"schedule", "condition", "action", "runbook"}) == "5 MINUTES|SELECT 3|SELECT 4|-");
}

TEST_CASE("an alert is checked, and switched with its owner's privileges", "[ddl][alert]") {
  auto a = account();
  CHECK(a.run("CREATE ALERT al SCHEDULE = '1 HOUR' IF (EXISTS (SELECT 1)) THEN SELECT 1").substr(0, 6) == "001422");
  CHECK(a.run("CREATE ALERT al WAREHOUSE = no IF (EXISTS (SELECT 1)) THEN SELECT 1").substr(0, 6) == "002003");
  CHECK(a.run("CREATE ALERT al IF (EXISTS ()) THEN SELECT 1").substr(0, 6) == "001003");
  CHECK(a.run("CREATE ALERT al IF (EXISTS (SELECT 1))").substr(0, 6) == "001003");
  REQUIRE(a.all({"CREATE ALERT al WAREHOUSE = w SCHEDULE = '1 MINUTE' IF (EXISTS (SELECT 1)) THEN SELECT 1"}).empty());
  CHECK(a.run("ALTER ALERT al RESUME").find("EXECUTE ALERT privilege") != std::string::npos);
  REQUIRE(a.as("ACCOUNTADMIN", "GRANT EXECUTE ALERT ON ACCOUNT TO ROLE dba").substr(0, 9) == "Statement");
  CHECK(a.run("ALTER ALERT al RESUME") == "Statement executed successfully.");
  CHECK(a.rows("DESC ALERT al", {"state"}) == "started");
  CHECK(a.run("ALTER ALERT al UNSET SCHEDULE").find("on new data") != std::string::npos);
  CHECK(a.run("ALTER ALERT al SUSPEND") == "Statement executed successfully.");
  CHECK(a.rows("DESC ALERT al", {"state"}) == "suspended");
  // Serverless needs one privilege more.
  REQUIRE(a.all({"ALTER ALERT al UNSET WAREHOUSE"}).empty());
  CHECK(a.run("ALTER ALERT al RESUME").find("EXECUTE MANAGED ALERT privilege") != std::string::npos);
}
