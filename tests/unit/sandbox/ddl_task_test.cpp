#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

// DBA makes and owns what the tests look at; it may run tasks only as far as a test grants it.
TestAccount account() {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE ROLE dba", "GRANT ROLE dba TO USER mesh",
                 "GRANT USAGE ON DATABASE d TO ROLE dba", "GRANT USAGE, CREATE TASK ON SCHEMA d.s TO ROLE dba",
                 "CREATE WAREHOUSE w", "GRANT USAGE ON WAREHOUSE w TO ROLE dba"})
              .empty());
  a.session.role = "DBA", a.session.database = "D", a.session.schema = "S";
  return a;
}

void allow(TestAccount& a) {
  REQUIRE(a.as("ACCOUNTADMIN", "GRANT EXECUTE TASK, EXECUTE MANAGED TASK ON ACCOUNT TO ROLE dba") ==
          "Statement executed successfully.");
}

std::string states(TestAccount& a) { return a.rows("SHOW TASKS IN SCHEMA d.s", {"name", "state"}); }

const std::string kNotSuspended =
    "091421 22000 Unable to update graph with root task D.S.ROOT since that root task is "
    "not suspended.";

}  // namespace

TEST_CASE("a task is shown as the live layout has it", "[ddl][task]") {
  auto a = account();
  CHECK(a.run("CREATE TASK root WAREHOUSE = w SCHEDULE = '10 MINUTE' CONFIG = $${\"k\": 1}$$ COMMENT = 'c' "
              "OVERLAP_POLICY = ALLOW_CHILD_OVERLAP WHEN SYSTEM$STREAM_HAS_DATA('x') AS  SELECT 1  ") ==
        "Task ROOT successfully created.");
  CHECK(a.header("SHOW TASKS IN SCHEMA d.s") ==
        "created_on name id database_name schema_name owner comment warehouse schedule predecessors state definition "
        "condition allow_overlapping_execution error_integration last_committed_on last_suspended_on owner_role_type "
        "config task_relations last_suspended_reason success_integration scheduling_mode target_completion_interval "
        "execute_as_user overlap_policy created_by_user");
  CHECK(a.header("DESC TASK root") == a.header("SHOW TASKS IN SCHEMA d.s"));
  CHECK(a.rows("DESC TASK root", {"name", "owner", "comment", "warehouse", "schedule", "predecessors", "state",
                                  "definition", "condition", "allow_overlapping_execution", "error_integration",
                                  "last_suspended_reason", "config", "overlap_policy", "created_by_user"}) ==
        "ROOT|DBA|c|W|10 MINUTE|[]|suspended|SELECT 1|SYSTEM$STREAM_HAS_DATA('x')|true|null|-|{\"k\": 1}|"
        "ALLOW_CHILD_OVERLAP|MESH");
  CHECK(a.header("SHOW TERSE TASKS IN SCHEMA d.s") == "created_on name kind database_name schema_name schedule");
  // Serverless, and older spellings.
  REQUIRE(a.all({"CREATE TASK free SCHEDULE = 'USING CRON 0 9 * * MON UTC' ALLOW_OVERLAPPING_EXECUTION = TRUE "
                 "TARGET_COMPLETION_INTERVAL = '10 MINUTES' AS CALL p()"})
              .empty());
  CHECK(a.rows("DESC TASK free", {"warehouse", "schedule", "scheduling_mode", "overlap_policy"}) ==
        "-|USING CRON 0 9 * * MON UTC|FLEXIBLE|ALLOW_CHILD_OVERLAP");
}

TEST_CASE("what a task names, and how it is spelt, is checked", "[ddl][task]") {
  auto a = account();
  CHECK(a.run("CREATE TASK x WAREHOUSE = nowhere AS SELECT 1").substr(0, 6) == "002003");
  CHECK(a.run("CREATE TASK x ERROR_INTEGRATION = nowhere AS SELECT 1").substr(0, 6) == "002003");
  CHECK(a.run("CREATE TASK x SCHEDULE = 'often' AS SELECT 1").substr(0, 6) == "001422");
  CHECK(a.run("CREATE TASK x TARGET_COMPLETION_INTERVAL = 'USING CRON 0 9 * * MON UTC' AS SELECT 1").substr(0, 6) ==
        "001422");
  CHECK(a.run("CREATE TASK x CONFIG = 'no json' AS SELECT 1").substr(0, 6) == "001422");
  CHECK(a.run("CREATE TASK x SIZE = 1 AS SELECT 1").substr(0, 6) == "001420");
  CHECK(a.run("CREATE TASK x AFTER nobody AS SELECT 1").substr(0, 6) == "002003");
  CHECK(a.run("CREATE TASK x AS").substr(0, 6) == "001003");
  CHECK(a.run("CREATE TASK x WAREHOUSE = w USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'SMALL' AS SELECT 1")
            .find("exclude each other") != std::string::npos);
}

TEST_CASE("a task is resumed by OPERATE, with the owner's privileges", "[ddl][task]") {
  auto a = account();
  REQUIRE(a.all({"CREATE TASK root WAREHOUSE = w SCHEDULE = '1 HOUR' AS SELECT 1"}).empty());
  CHECK(a.run("ALTER TASK root RESUME") ==
        "091089 23001 Cannot execute task , EXECUTE TASK privilege must be granted to owner role");
  allow(a);
  REQUIRE(a.as("ACCOUNTADMIN", "REVOKE USAGE ON WAREHOUSE w FROM ROLE dba").substr(0, 9) == "Statement");
  CHECK(a.run("ALTER TASK root RESUME").substr(0, 6) == "003001");
  REQUIRE(a.as("ACCOUNTADMIN", "GRANT USAGE ON WAREHOUSE w TO ROLE dba").substr(0, 9) == "Statement");
  CHECK(a.run("ALTER TASK root RESUME") == "Statement executed successfully.");
  CHECK(states(a) == "ROOT|started");
  CHECK(a.run("ALTER TASK root SET COMMENT = 'x'") == kNotSuspended);
  CHECK(a.run("ALTER TASK root SUSPEND") == "Statement executed successfully.");
  CHECK(a.rows("DESC TASK root", {"state", "last_suspended_reason"}) == "suspended|USER_SUSPENDED");

  REQUIRE(a.as("ACCOUNTADMIN", "CREATE ROLE op").substr(0, 4) == "Role");
  for (const char* grant :
       {"GRANT ROLE op TO USER mesh", "GRANT USAGE ON DATABASE d TO ROLE op", "GRANT USAGE ON SCHEMA d.s TO ROLE op"})
    REQUIRE(a.as("ACCOUNTADMIN", grant).substr(0, 9) == "Statement");
  CHECK(a.as("OP", "ALTER TASK d.s.root RESUME").substr(0, 6) == "002003");
  REQUIRE(a.run("GRANT OPERATE ON TASK root TO ROLE op").substr(0, 9) == "Statement");
  CHECK(a.as("OP", "ALTER TASK d.s.root RESUME") == "Statement executed successfully.");
  CHECK(a.as("OP", "ALTER TASK d.s.root SUSPEND") == "Statement executed successfully.");
  CHECK(a.as("OP", "ALTER TASK d.s.root SET COMMENT = 'x'").substr(0, 6) == "003001");
  CHECK(a.rows_as("OP", "SHOW TASKS IN SCHEMA d.s", {"name"}) == "ROOT");
}

TEST_CASE("a graph changes only while its root is suspended", "[ddl][task]") {
  auto a = account();
  allow(a);
  REQUIRE(a.all({"CREATE TASK root WAREHOUSE = w SCHEDULE = '1 HOUR' AS SELECT 1",
                 "CREATE TASK leaf WAREHOUSE = w AFTER root AS SELECT 2",
                 "CREATE TASK \"last one\" WAREHOUSE = w FINALIZE = root AS SELECT 3"})
              .empty());
  CHECK(a.rows("DESC TASK leaf", {"predecessors", "task_relations", "overlap_policy"}) ==
        "[\n  \"D.S.ROOT\"\n]|{\"Predecessors\":[\"D.S.ROOT\"]}|-");
  CHECK(a.rows("DESC TASK root", {"task_relations"}) ==
        "{\"FinalizerTask\":\"D.S.\\\"last one\\\"\",\"Predecessors\":[]}");
  CHECK(a.rows("DESC TASK \"last one\"", {"task_relations"}) ==
        "{\"FinalizedRootTask\":\"D.S.ROOT\",\"Predecessors\":[]}");
  CHECK(a.rows("SHOW TASKS IN SCHEMA d.s ROOT ONLY", {"name"}) == "ROOT");

  CHECK(a.run("SELECT SYSTEM$TASK_DEPENDENTS_ENABLE('root')").find("true") != std::string::npos);
  CHECK(states(a) == "LEAF|started\nROOT|started\nlast one|started");
  CHECK(a.run("ALTER TASK leaf SUSPEND") == kNotSuspended);
  CHECK(a.run("ALTER TASK leaf MODIFY AS SELECT 4") == kNotSuspended);
  CHECK(a.run("CREATE TASK other AFTER root AS SELECT 5") == kNotSuspended);
  CHECK(a.run("CREATE OR REPLACE TASK leaf AFTER root AS SELECT 5") == kNotSuspended);
  CHECK(a.run("DROP TASK leaf") == kNotSuspended);

  REQUIRE(a.all({"ALTER TASK root SUSPEND", "ALTER TASK leaf MODIFY AS SELECT 4", "ALTER TASK leaf MODIFY WHEN 1 = 1",
                 "CREATE TASK other WAREHOUSE = w AS SELECT 5", "ALTER TASK leaf ADD AFTER other"})
              .empty());
  CHECK(a.rows("DESC TASK leaf", {"definition", "condition", "predecessors", "state"}) ==
        "SELECT 4|1 = 1|[\n  \"D.S.ROOT\",\n  \"D.S.OTHER\"\n]|started");
  CHECK(a.run("ALTER TASK other ADD AFTER leaf").find("after itself") != std::string::npos);
  CHECK(a.run("ALTER TASK leaf SET SCHEDULE = '1 HOUR'").find("schedule cannot") != std::string::npos);
  REQUIRE(a.all({"ALTER TASK leaf REMOVE AFTER other", "ALTER TASK leaf REMOVE WHEN", "DROP TASK root"}).empty());
  CHECK(a.rows("SHOW TASKS IN SCHEMA d.s", {"name", "predecessors", "state", "last_suspended_reason"}) ==
        "LEAF|[]|suspended|CHILD_BECAME_ROOT\nOTHER|[]|suspended|-\nlast one|[]|suspended|FINALIZER_BECAME_ROOT");
}

TEST_CASE("predecessors lie in the schema and belong to the same role", "[ddl][task]") {
  auto a = account();
  REQUIRE(a.all({"CREATE TASK root SCHEDULE = '1 HOUR' AS SELECT 1"}).empty());
  CHECK(a.as("ACCOUNTADMIN", "CREATE TASK other AFTER root AS SELECT 1").find("same task owner") != std::string::npos);
  REQUIRE(a.as("ACCOUNTADMIN", "CREATE TASK d.public.root AS SELECT 1").substr(0, 4) == "Task");
  CHECK(a.as("ACCOUNTADMIN", "CREATE TASK other AFTER d.public.root AS SELECT 1").find("same schema") !=
        std::string::npos);
  REQUIRE(a.all({"CREATE TASK fin FINALIZE = root AS SELECT 1"}).empty());
  CHECK(a.run("CREATE TASK fin2 FINALIZE = root AS SELECT 1").find("has the finalizer task FIN") != std::string::npos);
  CHECK(a.run("CREATE TASK x AFTER fin AS SELECT 1").find("cannot have any child") != std::string::npos);
}

TEST_CASE("parameters, users and OR ALTER of a task", "[ddl][task]") {
  auto a = account();
  REQUIRE(a.all({"CREATE TASK t SCHEDULE = '1 HOUR' USER_TASK_TIMEOUT_MS = 5000 TIMEZONE = 'UTC' COMMENT = 'c' AS "
                 "SELECT 1",
                 "ALTER TASK t SET SUSPEND_TASK_AFTER_NUM_FAILURES = 3, LOG_LEVEL = 'OFF' COMMENT = 'd'"})
              .find("LOG_LEVEL") != std::string::npos);  // needs MODIFY LOG LEVEL
  REQUIRE(a.all({"ALTER TASK t SET SUSPEND_TASK_AFTER_NUM_FAILURES = 3 COMMENT = 'd'",
                 "ALTER TASK t SET EXECUTE AS USER mesh"})
              .empty());
  CHECK(a.rows("SHOW PARAMETERS LIKE '%TASK%FAIL%' IN TASK t", {"value", "level"}) == "3|TASK");
  CHECK(a.rows("SHOW PARAMETERS LIKE 'TIMEZONE' IN TASK t", {"value", "level"}) == "UTC|TASK");
  CHECK(a.rows("SHOW PARAMETERS LIKE 'USER_TASK_TIMEOUT_MS' IN TASK t", {"value", "level"}) == "5000|TASK");
  CHECK(a.rows("DESC TASK t", {"comment", "execute_as_user"}) == "d|MESH");
  REQUIRE(a.all({"ALTER TASK t UNSET EXECUTE AS USER", "ALTER TASK t UNSET SUSPEND_TASK_AFTER_NUM_FAILURES, COMMENT"})
              .empty());
  CHECK(a.rows("SHOW PARAMETERS LIKE '%TASK%FAIL%' IN TASK t", {"value", "level"}) == "10|");
  // What is omitted is unset.
  REQUIRE(a.all({"CREATE OR ALTER TASK t SCHEDULE = '2 HOURS' AS SELECT 2"}).empty());
  CHECK(a.rows("DESC TASK t", {"schedule", "comment", "definition", "created_by_user"}) == "2 HOURS||SELECT 2|MESH");
  CHECK(a.rows("SHOW PARAMETERS LIKE 'USER_TASK_TIMEOUT_MS' IN TASK t", {"value", "level"}) == "3600000|");
}

TEST_CASE("a task that gets another owner stops", "[ddl][task]") {
  auto a = account();
  allow(a);
  REQUIRE(a.all({"CREATE TASK root WAREHOUSE = w SCHEDULE = '1 HOUR' AS SELECT 1", "ALTER TASK root RESUME"}).empty());
  a.session.role = "ACCOUNTADMIN";
  CHECK(a.run("GRANT OWNERSHIP ON TASK d.s.root TO ROLE sysadmin") == kNotSuspended);
  CHECK(a.run("GRANT OWNERSHIP ON ALL TASKS IN SCHEMA d.s TO ROLE sysadmin") == "Statement executed successfully.");
  CHECK(a.rows("DESC TASK d.s.root", {"owner", "state", "last_suspended_reason"}) ==
        "SYSADMIN|suspended|GRANT_OWNERSHIP");
}
