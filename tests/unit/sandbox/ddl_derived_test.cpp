// Materialized views and dynamic tables.

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

TestAccount account() {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE TABLE d.s.t (a NUMBER(5,0), b VARCHAR(9))",
                 "INSERT INTO d.s.t VALUES (1, 'x'), (2, 'y')", "CREATE ROLE r", "GRANT ROLE r TO USER mesh",
                 "GRANT USAGE ON DATABASE d TO ROLE r", "GRANT USAGE ON SCHEMA d.s TO ROLE r", "CREATE WAREHOUSE w",
                 "CREATE WAREHOUSE w2"})
              .empty());
  a.session.database = "D", a.session.schema = "S";
  return a;
}

const std::string kDone = "Statement executed successfully.";

}  // namespace

TEST_CASE("a materialized view has the columns of its query and is read like one", "[ddl][materialized_view]") {
  auto a = account();
  const std::string sql =
      "CREATE OR REPLACE SECURE MATERIALIZED VIEW mv (k COMMENT 'key', n) COMMENT = 'c' CLUSTER BY (k) AS SELECT b, a "
      "FROM t WHERE a > 1";
  CHECK(a.run(sql) == "Materialized view MV successfully created.");
  CHECK(a.header("SHOW MATERIALIZED VIEWS IN SCHEMA d.s") ==
        "created_on name reserved database_name schema_name cluster_by rows bytes source_database_name "
        "source_schema_name source_table_name refreshed_on compacted_on owner invalid invalid_reason behind_by comment "
        "text is_secure automatic_clustering owner_role_type");
  CHECK(a.rows("SHOW MATERIALIZED VIEWS IN SCHEMA d.s",
               {"name", "cluster_by", "source_database_name", "source_schema_name", "source_table_name", "invalid",
                "invalid_reason", "comment", "text", "is_secure", "automatic_clustering"}) ==
        "MV|LINEAR(k)|D|S|T|false|-|c|" + sql + "|true|ON");
  CHECK(a.rows("DESC MATERIALIZED VIEW mv", {"name", "type", "comment"}) == "K|VARCHAR(9)|key\nN|NUMBER(5,0)|-");
  CHECK(a.rows("SHOW COLUMNS IN VIEW d.s.mv", {"table_name", "column_name"}) == "MV|K\nMV|N");
  CHECK(a.rows("SHOW VIEWS IN SCHEMA d.s", {"name", "is_materialized"}) == "MV|true");
  CHECK(a.run("SELECT table_type FROM d.information_schema.tables WHERE table_name = 'MV'") == "MATERIALIZED VIEW");
  CHECK(a.run("SELECT * FROM mv") == "y|2");
  // The text of a secure one is the owner's to see.
  REQUIRE(a.all({"GRANT SELECT ON MATERIALIZED VIEW mv TO ROLE r"}).empty());
  CHECK(a.rows_as("R", "SHOW MATERIALIZED VIEWS IN SCHEMA d.s", {"name", "text"}) == "MV|");
  CHECK(a.as("R", "SELECT * FROM mv") == "y|2");
}

TEST_CASE("a materialized view is altered in its own forms", "[ddl][materialized_view]") {
  auto a = account();
  REQUIRE(a.all({"CREATE MATERIALIZED VIEW mv (k) AS SELECT a FROM d.s.t", "ALTER MATERIALIZED VIEW mv SET SECURE",
                 "ALTER MATERIALIZED VIEW mv SET COMMENT = 'x'", "ALTER MATERIALIZED VIEW mv CLUSTER BY (k)",
                 "ALTER MATERIALIZED VIEW mv SUSPEND RECLUSTER", "ALTER MATERIALIZED VIEW mv RENAME TO d.public.mw"})
              .empty());
  const std::vector<std::string> columns{"name",   "is_secure", "comment", "cluster_by", "automatic_clustering",
                                         "invalid"};
  CHECK(a.rows("SHOW MATERIALIZED VIEWS IN DATABASE d", columns) == "MW|true|x|LINEAR(k)|OFF|false");
  REQUIRE(
      a.all({"ALTER MATERIALIZED VIEW d.public.mw UNSET SECURE", "ALTER MATERIALIZED VIEW d.public.mw UNSET COMMENT",
             "ALTER MATERIALIZED VIEW d.public.mw DROP CLUSTERING KEY", "ALTER MATERIALIZED VIEW d.public.mw SUSPEND"})
          .empty());
  CHECK(a.rows("SHOW MATERIALIZED VIEWS IN DATABASE d", columns) == "MW|false|||OFF|true");
  CHECK(a.rows("SHOW MATERIALIZED VIEWS IN DATABASE d", {"invalid_reason"}) ==
        "Marked Materialized View as invalid manually.");
  CHECK(a.run("SELECT * FROM d.public.mw").find("Materialized View MW is invalid. Invalidation reason: Marked") !=
        std::string::npos);
  REQUIRE(a.all({"ALTER MATERIALIZED VIEW d.public.mw RESUME"}).empty());
  CHECK(a.run("SELECT * FROM d.public.mw") == "1\n2");
  CHECK(a.run("ALTER VIEW d.public.mw SET SECURE").find("Object found is of type 'MATERIALIZED_VIEW'") !=
        std::string::npos);
  CHECK(a.run("CREATE OR ALTER MATERIALIZED VIEW d.public.mw AS SELECT a FROM t").substr(0, 6) == "000002");
  CHECK(a.run("UNDROP MATERIALIZED VIEW d.public.mw").substr(0, 6) == "000002");
}

TEST_CASE("a materialized view reads one table, and is invalid when that is replaced", "[ddl][materialized_view]") {
  auto a = account();
  REQUIRE(a.all({"CREATE VIEW v AS SELECT a FROM t", "CREATE TABLE u (a NUMBER)"}).empty());
  CHECK(a.run("CREATE MATERIALIZED VIEW m AS SELECT a FROM v").substr(0, 6) == "002100");
  CHECK(a.run("CREATE MATERIALIZED VIEW m AS SELECT t.a FROM t, u").substr(0, 6) == "002100");
  CHECK(a.run("CREATE MATERIALIZED VIEW m AS SELECT a FROM t ORDER BY a").substr(0, 6) == "002100");
  CHECK(a.run("CREATE MATERIALIZED VIEW m CLUSTER BY (a) AS SELECT a FROM t").substr(0, 6) == "002100");
  CHECK(a.run("CREATE MATERIALIZED VIEW m AS SELECT nothing FROM t").substr(0, 6) == "000904");
  REQUIRE(a.all({"CREATE MATERIALIZED VIEW m AS SELECT a, COUNT(*) AS n FROM t GROUP BY a",
                 "CREATE OR REPLACE TABLE t (a NUMBER)"})
              .empty());
  CHECK(a.rows("SHOW MATERIALIZED VIEWS IN SCHEMA d.s", {"invalid", "invalid_reason"}) ==
        "true|DDL Statement was executed on the base table 'D.S.T'. Marked Materialized View as invalid.");
  CHECK(a.run("SELECT * FROM m").substr(0, 6) == "002037");
}

TEST_CASE("a dynamic table is shown with a rebuilt text", "[ddl][dynamic_table]") {
  auto a = account();
  CHECK(
      a.run("CREATE DYNAMIC TABLE dt (k COMMENT 'key', n NUMBER(9,0)) TARGET_LAG = '2 minutes' WAREHOUSE = w COMMENT = "
            "'c' CLUSTER BY (k) AS SELECT b,  a FROM t") == "Dynamic table DT successfully created.");
  CHECK(a.header("SHOW DYNAMIC TABLES IN SCHEMA d.s") ==
        "created_on name database_name schema_name cluster_by rows bytes owner target_lag refresh_mode "
        "refresh_mode_reason warehouse comment text automatic_clustering scheduling_state last_suspended_on is_clone "
        "is_replica is_iceberg data_timestamp owner_role_type execute_as_user secondary_role_names insert_only_inputs "
        "immutable_where initialization_warehouse backfill_from scheduler frozen_where configured_refresh_mode");
  CHECK(a.rows("SHOW DYNAMIC TABLES IN SCHEMA d.s",
               {"name", "cluster_by", "target_lag", "refresh_mode", "configured_refresh_mode", "warehouse", "comment",
                "text", "scheduling_state", "scheduler"}) ==
        "DT|LINEAR(k)|2 minutes|INCREMENTAL|AUTO|W|c|CREATE DYNAMIC TABLE dt lag = '2 minutes' refresh_mode = 'AUTO' "
        "initialize = 'ON_CREATE' warehouse = W AS SELECT b,  a FROM t|ACTIVE|-");
  CHECK(a.rows("DESC DYNAMIC TABLE dt", {"name", "type", "comment"}) == "K|VARCHAR(9)|key\nN|NUMBER(9,0)|-");
  CHECK(a.rows("SHOW TABLES IN SCHEMA d.s", {"name", "kind", "is_dynamic", "rows"}) == "DT|TABLE|Y|0\nT|TABLE|N|2");
  CHECK(a.run("SELECT table_name, table_type, is_dynamic FROM d.information_schema.tables WHERE table_schema = 'S'") ==
        "DT|BASE TABLE|YES\nT|BASE TABLE|NO");
  CHECK(a.run("SELECT * FROM dt ORDER BY n") == "x|1\ny|2");
  CHECK(a.rows("SHOW TABLES LIKE 't' IN SCHEMA d.s", {"change_tracking"}) == "ON");
}

TEST_CASE("what a dynamic table needs is checked", "[ddl][dynamic_table]") {
  auto a = account();
  const auto create = [&](const std::string& options) {
    return a.run("CREATE DYNAMIC TABLE dt " + options + " AS SELECT a FROM t");
  };
  CHECK(create("WAREHOUSE = w").find("Missing option(s): [TARGET_LAG]") != std::string::npos);
  CHECK(create("TARGET_LAG = DOWNSTREAM").find("Missing option(s): [WAREHOUSE]") != std::string::npos);
  CHECK(create("TARGET_LAG = 'nonsense' WAREHOUSE = w") ==
        "001422 22023 SQL compilation error: invalid value 'nonsense' for property 'TARGET_LAG'");
  CHECK(create("TARGET_LAG = '59 seconds' WAREHOUSE = w").substr(0, 6) == "001422");
  CHECK(create("TARGET_LAG = DOWNSTREAM WAREHOUSE = nosuchwh").find("Warehouse 'NOSUCHWH' does not exist.") !=
        std::string::npos);
  CHECK(create("TARGET_LAG = DOWNSTREAM SCHEDULER = DISABLE WAREHOUSE = w").substr(0, 6) == "002100");
  CHECK(create("(x, y) TARGET_LAG = DOWNSTREAM WAREHOUSE = w").substr(0, 6) == "002020");
  REQUIRE(a.all({"GRANT SELECT ON TABLE t TO ROLE r", "GRANT CREATE DYNAMIC TABLE ON SCHEMA d.s TO ROLE r"}).empty());
  const std::string sql = "CREATE DYNAMIC TABLE d.s.dt TARGET_LAG = DOWNSTREAM WAREHOUSE = w AS SELECT a FROM d.s.t";
  CHECK(a.as("R", sql).find("Warehouse 'W' does not exist.") != std::string::npos);
  REQUIRE(a.all({"GRANT USAGE ON WAREHOUSE w TO ROLE r"}).empty());
  CHECK(a.as("R", sql).substr(0, 6) == "091930");
  REQUIRE(a.all({"ALTER TABLE t SET CHANGE_TRACKING = TRUE"}).empty());
  CHECK(a.as("R", sql) == "Dynamic table DT successfully created.");
  // One above it: its lag counts, and who fills it must operate it.
  REQUIRE(a.all({"CREATE OR REPLACE DYNAMIC TABLE up TARGET_LAG = '1 hour' WAREHOUSE = w AS SELECT a FROM t",
                 "GRANT SELECT ON DYNAMIC TABLE up TO ROLE r"})
              .empty());
  CHECK(a.run("CREATE DYNAMIC TABLE down TARGET_LAG = '59 minutes' WAREHOUSE = w AS SELECT a FROM up")
            .find("below that of dynamic table 'D.S.UP'") != std::string::npos);
  const std::string down = "CREATE DYNAMIC TABLE d.s.down TARGET_LAG = '1 hour' WAREHOUSE = w ";
  CHECK(a.as("R", down + "AS SELECT a FROM d.s.up").substr(0, 6) == "002757");
  CHECK(a.as("R", down + "INITIALIZE = ON_SCHEDULE AS SELECT a FROM d.s.up") ==
        "Dynamic table DOWN successfully created.");
}

TEST_CASE("a dynamic table is altered in the forms it has", "[ddl][dynamic_table]") {
  auto a = account();
  REQUIRE(a.all({"CREATE OR REPLACE TRANSIENT DYNAMIC TABLE dt TARGET_LAG = '1 hour' WAREHOUSE = w REFRESH_MODE = FULL "
                 "AS SELECT a FROM t"})
              .empty());
  CHECK(a.run("ALTER DYNAMIC TABLE dt SET TARGET_LAG = '2 days', WAREHOUSE = w2 COMMENT = 'x' "
              "DATA_RETENTION_TIME_IN_DAYS = 0") == kDone);
  CHECK(
      a.rows("SHOW DYNAMIC TABLES IN SCHEMA d.s", {"target_lag", "warehouse", "comment", "refresh_mode", "text"}) ==
      "2 days|W2|x|FULL|CREATE OR REPLACE TRANSIENT DYNAMIC TABLE dt lag = '2 days' refresh_mode = 'FULL' initialize = "
      "'ON_CREATE' warehouse = W2 AS SELECT a FROM t");
  CHECK(a.rows("SHOW TABLES LIKE 'dt' IN SCHEMA d.s", {"kind", "retention_time"}) == "TRANSIENT|0");
  CHECK(a.run("ALTER DYNAMIC TABLE dt SET REFRESH_MODE = AUTO") ==
        "001420 22023 SQL compilation error:\ninvalid property 'REFRESH_MODE' for 'DYNAMIC TABLE'");
  CHECK(a.run("ALTER DYNAMIC TABLE dt SET CHANGE_TRACKING = TRUE").substr(0, 6) == "001420");
  CHECK(a.run("ALTER DYNAMIC TABLE dt UNSET TARGET_LAG") ==
        "001422 22023 SQL compilation error: invalid value 'null' for property 'TARGET_LAG'");
  CHECK(a.run("ALTER DYNAMIC TABLE dt UNSET WAREHOUSE").find("cannot unset property 'WAREHOUSE' for 'DT'") !=
        std::string::npos);
  REQUIRE(a.all({"ALTER DYNAMIC TABLE dt SET INITIALIZATION_WAREHOUSE = w", "ALTER DYNAMIC TABLE dt UNSET COMMENT",
                 "ALTER DYNAMIC TABLE dt MODIFY COLUMN a COMMENT 'col'", "ALTER DYNAMIC TABLE dt CLUSTER BY (a)",
                 "ALTER DYNAMIC TABLE dt SET FROZEN WHERE (a < 3)", "ALTER DYNAMIC TABLE dt SET SCHEDULER = DISABLE"})
              .empty());
  const std::vector<std::string> columns{"initialization_warehouse", "comment",    "cluster_by",
                                         "immutable_where",          "target_lag", "scheduler"};
  CHECK(a.rows("SHOW DYNAMIC TABLES IN SCHEMA d.s", columns) == "W||LINEAR(a)|a < 3|-|DISABLE");
  CHECK(a.rows("DESC TABLE dt", {"comment"}) == "col");
  REQUIRE(a.all({"ALTER DYNAMIC TABLE dt SET TARGET_LAG = DOWNSTREAM SCHEDULER = ENABLE",
                 "ALTER DYNAMIC TABLE dt UNSET INITIALIZATION_WAREHOUSE", "ALTER DYNAMIC TABLE dt UNSET FROZEN WHERE",
                 "ALTER DYNAMIC TABLE dt DROP CLUSTERING KEY", "ALTER DYNAMIC TABLE dt RENAME TO dt2"})
              .empty());
  CHECK(a.rows("SHOW DYNAMIC TABLES IN SCHEMA d.s", columns) == "-|||-|DOWNSTREAM|ENABLE");
  REQUIRE(a.all({"DROP DYNAMIC TABLE dt2", "UNDROP DYNAMIC TABLE dt2"}).empty());
  CHECK(a.run("DROP TABLE dt2").find("Object found is of type 'DYNAMIC_TABLE'") != std::string::npos);
  CHECK(
      a.run("ALTER DYNAMIC TABLE nothing SUSPEND").find("Dynamic table 'NOTHING' does not exist or not authorized.") !=
      std::string::npos);
}

TEST_CASE("suspending goes downstream, resuming leaves what was suspended by hand", "[ddl][dynamic_table]") {
  auto a = account();
  const std::string options = " TARGET_LAG = DOWNSTREAM WAREHOUSE = w AS SELECT a FROM ";
  REQUIRE(a.all({"CREATE DYNAMIC TABLE one" + options + "t", "CREATE DYNAMIC TABLE two" + options + "one",
                 "CREATE DYNAMIC TABLE three" + options + "two", "ALTER DYNAMIC TABLE three SUSPEND",
                 "ALTER DYNAMIC TABLE one SUSPEND"})
              .empty());
  const std::vector<std::string> columns{"name", "scheduling_state"};
  CHECK(a.rows("SHOW DYNAMIC TABLES IN SCHEMA d.s", columns) == "ONE|SUSPENDED\nTHREE|SUSPENDED\nTWO|SUSPENDED");
  REQUIRE(a.all({"ALTER DYNAMIC TABLE one RESUME"}).empty());
  CHECK(a.rows("SHOW DYNAMIC TABLES IN SCHEMA d.s", columns) == "ONE|ACTIVE\nTHREE|SUSPENDED\nTWO|ACTIVE");
  // Not filled before the first refresh.
  REQUIRE(a.all({"CREATE DYNAMIC TABLE late INITIALIZE = ON_SCHEDULE" + options + "t"}).empty());
  CHECK(a.run("SELECT * FROM late").substr(0, 6) == "002741");
  CHECK(a.run("ALTER DYNAMIC TABLE late, late REFRESH").find("Duplicate Dynamic Table: LATE") != std::string::npos);
  CHECK(a.run("ALTER DYNAMIC TABLE one, late REFRESH") == kDone);
  CHECK(a.run("SELECT COUNT(*) FROM late") == "2");
}

TEST_CASE("MONITOR shows a dynamic table's text, OPERATE changes its lag", "[ddl][dynamic_table]") {
  auto a = account();
  REQUIRE(a.all({"CREATE DYNAMIC TABLE dt TARGET_LAG = '1 hour' WAREHOUSE = w AS SELECT a FROM t",
                 "GRANT SELECT ON DYNAMIC TABLE dt TO ROLE r"})
              .empty());
  const std::vector<std::string> columns{"name", "target_lag", "warehouse", "text", "scheduling_state"};
  CHECK(a.rows_as("R", "SHOW DYNAMIC TABLES IN SCHEMA d.s", columns) == "DT|1 hour|-||-");
  CHECK(a.as("R", "SELECT COUNT(*) FROM dt") == "2");
  REQUIRE(a.all({"GRANT MONITOR ON DYNAMIC TABLE dt TO ROLE r"}).empty());
  CHECK(a.rows_as("R", "SHOW DYNAMIC TABLES IN SCHEMA d.s", {"warehouse", "scheduling_state"}) == "W|ACTIVE");
  CHECK(a.as("R", "ALTER DYNAMIC TABLE dt SUSPEND").substr(0, 6) == "003001");
  REQUIRE(a.all({"GRANT OPERATE ON DYNAMIC TABLE dt TO ROLE r"}).empty());
  CHECK(a.as("R", "ALTER DYNAMIC TABLE dt SUSPEND") == kDone);
  CHECK(a.as("R", "ALTER DYNAMIC TABLE dt SET TARGET_LAG = '2 hours'") == kDone);
  CHECK(a.as("R", "ALTER DYNAMIC TABLE dt SET COMMENT = 'x'").substr(0, 6) == "003001");
  // An owner that may not read the source reads the rows that were kept.
  REQUIRE(a.all({"GRANT OWNERSHIP ON DYNAMIC TABLE dt TO ROLE r COPY CURRENT GRANTS"}).empty());
  CHECK(a.as("R", "SELECT COUNT(*) FROM t").substr(0, 6) == "002003");
  CHECK(a.as("R", "SELECT COUNT(*) FROM dt") == "2");
}

TEST_CASE("OR ALTER of a dynamic table keeps grants and resets what is left out", "[ddl][dynamic_table]") {
  auto a = account();
  REQUIRE(a.all({"CREATE DYNAMIC TABLE dt TARGET_LAG = '1 hour' WAREHOUSE = w COMMENT = 'c' AS SELECT a FROM t",
                 "GRANT SELECT ON DYNAMIC TABLE dt TO ROLE r",
                 "CREATE OR ALTER DYNAMIC TABLE dt TARGET_LAG = '2 hours' WAREHOUSE = w AS SELECT a, b FROM t"})
              .empty());
  CHECK(a.rows("SHOW DYNAMIC TABLES IN SCHEMA d.s", {"target_lag", "comment"}) == "2 hours|");
  CHECK(a.rows("DESC DYNAMIC TABLE dt", {"name"}) == "A\nB");
  CHECK(a.as("R", "SELECT COUNT(*) FROM dt") == "2");
}
