#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

TestAccount account() {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE TABLE d.s.t (a NUMBER)", "CREATE ROLE r",
                 "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE, CREATE PIPE ON SCHEMA d.s TO ROLE r"})
              .empty());
  a.session.database = "D", a.session.schema = "S";
  return a;
}

}  // namespace

TEST_CASE("a pipe keeps its COPY as it was written", "[ddl][pipe]") {
  auto a = account();
  CHECK(a.run("CREATE PIPE p COMMENT = 'c' AS COPY INTO t  FROM @%t PATTERN = '.*csv'") ==
        "Pipe P successfully created.");
  CHECK(a.header("SHOW PIPES IN SCHEMA d.s") ==
        "created_on name database_name schema_name definition owner notification_channel comment integration pattern "
        "error_integration owner_role_type invalid_reason kind is_snowflake_managed");
  CHECK(a.header("DESC PIPE p") == a.header("SHOW PIPES IN SCHEMA d.s"));
  CHECK(a.rows("SHOW PIPES IN SCHEMA d.s",
               {"name", "definition", "owner", "notification_channel", "comment", "pattern", "kind"}) ==
        "P|COPY INTO t  FROM @%t PATTERN = '.*csv'|ACCOUNTADMIN|-|c|.*csv|STAGE");
  REQUIRE(a.all({"CREATE OR REPLACE PIPE p AUTO_INGEST = TRUE AS (COPY INTO d.s.t FROM @%t)"}).empty());
  CHECK(a.rows("DESC PIPE p", {"definition", "notification_channel"}).find("(COPY INTO d.s.t FROM @%t)|arn:") == 0);
  CHECK(a.run("CREATE PIPE q AS COPY INTO nowhere FROM @%t").substr(0, 6) == "002003");
  CHECK(a.run("CREATE PIPE q AS COPY INTO t FROM @nowhere").substr(0, 6) == "002003");
  CHECK(a.run("CREATE PIPE q AS SELECT 1").substr(0, 6) == "001003");
  CHECK(a.run("CREATE PIPE q INTEGRATION = 'NONE' AS COPY INTO t FROM @%t").substr(0, 6) == "002003");
  CHECK(a.run("CREATE PIPE q PIPE_EXECUTION_PAUSED = TRUE AS COPY INTO t FROM @%t").substr(0, 6) == "001420");
  REQUIRE(a.all({"GRANT SELECT ON TABLE t TO ROLE r"}).empty());
  CHECK(a.as("R", "CREATE PIPE q AS COPY INTO t FROM @%t").substr(0, 6) == "003001");
  CHECK(a.run("ALTER PIPE p RENAME TO q").substr(0, 6) == "001003");
}

TEST_CASE("a pipe is paused by OPERATE, and before it changes hands", "[ddl][pipe]") {
  auto a = account();
  REQUIRE(a.all({"CREATE PIPE p AS COPY INTO t FROM @%t", "GRANT OPERATE ON PIPE p TO ROLE r"}).empty());
  CHECK(a.run("SELECT SYSTEM$PIPE_STATUS('p')") == R"({"executionState":"RUNNING","pendingFileCount":0})");
  CHECK(a.as("R", "ALTER PIPE p SET COMMENT = 'x'").substr(0, 6) == "003001");
  CHECK(a.run("GRANT OWNERSHIP ON PIPE p TO ROLE sysadmin REVOKE CURRENT GRANTS") ==
        "002100 42601 Pipe P not in paused state. To pause pipe run ALTER PIPE P SET PIPE_EXECUTION_PAUSED=true");
  CHECK(a.as("R", "ALTER PIPE p SET PIPE_EXECUTION_PAUSED = TRUE") == "Statement executed successfully.");
  CHECK(a.run("SELECT SYSTEM$PIPE_STATUS('d.s.p')") == R"({"executionState":"PAUSED","pendingFileCount":0})");
  CHECK(a.rows("SHOW PARAMETERS IN PIPE p", {"key", "value", "level"}) == "PIPE_EXECUTION_PAUSED|true|PIPE");
  REQUIRE(a.all({"GRANT OWNERSHIP ON PIPE p TO ROLE sysadmin COPY CURRENT GRANTS"}).empty());
  CHECK(a.run("ALTER PIPE p SET PIPE_EXECUTION_PAUSED = FALSE").find("SYSTEM$PIPE_FORCE_RESUME") != std::string::npos);
  CHECK(a.run("SELECT SYSTEM$PIPE_FORCE_RESUME('p')") == R"({"executionState":"RUNNING","pendingFileCount":0})");
  REQUIRE(a.all({"ALTER PIPE p SET PIPE_EXECUTION_PAUSED = TRUE COMMENT = 'x'", "ALTER PIPE p UNSET COMMENT",
                 "ALTER PIPE p UNSET PIPE_EXECUTION_PAUSED"})
              .empty());
  CHECK(a.run("SELECT SYSTEM$PIPE_STATUS('p')") == R"({"executionState":"RUNNING","pendingFileCount":0})");
}

TEST_CASE("OR ALTER of a pipe pauses and comments it", "[ddl][pipe]") {
  auto a = account();
  REQUIRE(a.all({"CREATE PIPE p AS COPY INTO t FROM @%t"}).empty());
  REQUIRE(a.all({"CREATE OR ALTER PIPE p PIPE_EXECUTION_PAUSED = TRUE COMMENT = 'x' AS COPY INTO t FROM @%t"}).empty());
  CHECK(a.rows("DESC PIPE p", {"comment"}) == "x");
  CHECK(a.run("SELECT SYSTEM$PIPE_STATUS('p')") == R"({"executionState":"PAUSED","pendingFileCount":0})");
  CHECK(a.run("CREATE OR ALTER PIPE p AS COPY INTO t FROM @%t/x").substr(0, 6) == "000002");
}
