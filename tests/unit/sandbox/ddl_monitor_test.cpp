#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

const std::vector<std::string> kShown = {"name",        "credit_quota", "level",      "frequency",
                                         "end_time",    "notify_at",    "suspend_at", "suspend_immediately_at",
                                         "notify_users"};

}  // namespace

TEST_CASE("a resource monitor keeps what it is given and reads as documented", "[ddl][monitor]") {
  TestAccount a;
  CHECK(a.run("CREATE RESOURCE MONITOR bare") == "Resource monitor BARE successfully created.");
  CHECK(a.rows("SHOW RESOURCE MONITORS LIKE 'bare'", kShown) == "BARE|-|-|MONTHLY|-|-|-|-|");
  REQUIRE(a.all({"CREATE USER alice", "CREATE USER bob"}).empty());
  CHECK(
      a.run("CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 100 FREQUENCY = WEEKLY START_TIMESTAMP = '2026-12-01 00:00' "
            "END_TIMESTAMP = '2027-01-01 00:00' NOTIFY_USERS = (alice, bob) TRIGGERS ON 75 PERCENT DO NOTIFY ON 90 "
            "PERCENT DO NOTIFY ON 100 PERCENT DO SUSPEND ON 110 PERCENT DO SUSPEND_IMMEDIATE") ==
      "Resource monitor M successfully created.");
  CHECK(a.rows("SHOW RESOURCE MONITORS LIKE 'm'", kShown) ==
        "M|100.00|-|WEEKLY|2027-01-01 00:00|75%,90%|100%|110%|ALICE,BOB");
  CHECK(a.rows("SHOW RESOURCE MONITORS LIKE 'm'", {"start_time", "used_credits", "owner", "comment"}) ==
        "2026-12-01 00:00|0.00|ACCOUNTADMIN|-");
  CHECK(a.header("SHOW RESOURCE MONITORS") ==
        "name credit_quota used_credits remaining_credits level frequency start_time end_time notify_at suspend_at "
        "suspend_immediately_at created_on owner comment notify_users");
  CHECK(a.run("ALTER RESOURCE MONITOR m SET CREDIT_QUOTA = 200 NOTIFY_USERS = () TRIGGERS ON 50 PERCENT DO NOTIFY") ==
        "Statement executed successfully.");
  CHECK(a.rows("SHOW RESOURCE MONITORS LIKE 'm'", kShown) == "M|200.00|-|WEEKLY|2027-01-01 00:00|50%|-|-|");
  REQUIRE(a.all({"ALTER RESOURCE MONITOR m SET CREDIT_QUOTA = null END_TIMESTAMP = null"}).empty());
  CHECK(a.rows("SHOW RESOURCE MONITORS LIKE 'm'", kShown) == "M|-|-|WEEKLY|-|50%|-|-|");
  CHECK(a.run("DROP RESOURCE MONITOR m") == "M successfully dropped.");
}

// docs: create-resource-monitor, FREQUENCY and START_TIMESTAMP each: "you must also set" the other.
TEST_CASE("a resource monitor takes its frequency and its start together", "[ddl][monitor]") {
  TestAccount a;
  CHECK_THAT(a.run("CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 1 FREQUENCY = DAILY"),
             Catch::Contains("FREQUENCY requires START_TIMESTAMP"));
  CHECK_THAT(a.run("CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 1 START_TIMESTAMP = IMMEDIATELY"),
             Catch::Contains("START_TIMESTAMP requires FREQUENCY"));
  CHECK(a.rows("SHOW RESOURCE MONITORS", {"name"}).empty());
  REQUIRE(a.all({"CREATE RESOURCE MONITOR m WITH FREQUENCY = DAILY START_TIMESTAMP = IMMEDIATELY"}).empty());
  CHECK_THAT(a.run("ALTER RESOURCE MONITOR m SET START_TIMESTAMP = IMMEDIATELY"),
             Catch::Contains("START_TIMESTAMP requires FREQUENCY"));
}

TEST_CASE("what a resource monitor does not take", "[ddl][monitor]") {
  TestAccount a;
  CHECK(a.run("CREATE RESOURCE MONITOR m TRIGGERS ON 75 PERCENT DO NOTIFY").substr(0, 6) == "001003");
  CHECK(
      a.run("CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 1 TRIGGERS ON 1 PERCENT DO SUSPEND ON 2 PERCENT DO SUSPEND")
          .find("at most one suspend trigger") != std::string::npos);
  CHECK(a.run("CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = many").substr(0, 6) == "001422");
  CHECK(a.run("CREATE RESOURCE MONITOR m WITH NOTIFY_USERS = (nobody)").substr(0, 6) == "002003");
  CHECK(a.run("CREATE RESOURCE MONITOR m WITH COMMENT = 'x'").substr(0, 6) == "001420");
  REQUIRE(a.all({"CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 1"}).empty());
  CHECK(a.run("ALTER RESOURCE MONITOR m SET FREQUENCY = DAILY").find("START_TIMESTAMP") != std::string::npos);
  CHECK(a.run("ALTER RESOURCE MONITOR m RENAME TO n").substr(0, 6) == "001003");
}

TEST_CASE("only ACCOUNTADMIN makes and assigns monitors; MODIFY lets others alter one", "[ddl][monitor]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 1",
                 "CREATE WAREHOUSE w", "GRANT MODIFY ON WAREHOUSE w TO ROLE r",
                 "GRANT MONITOR ON RESOURCE MONITOR m TO ROLE r", "USE ROLE r"})
              .empty());
  CHECK(a.run("CREATE RESOURCE MONITOR n WITH CREDIT_QUOTA = 1").substr(0, 6) == "003001");
  CHECK(a.run("ALTER WAREHOUSE w SET RESOURCE_MONITOR = m").substr(0, 6) == "003001");
  CHECK(a.run("ALTER RESOURCE MONITOR m SET CREDIT_QUOTA = 2").substr(0, 6) == "003001");
  CHECK(a.rows("SHOW RESOURCE MONITORS", {"name"}) == "M");
  REQUIRE(a.all({"USE ROLE accountadmin", "GRANT MODIFY ON RESOURCE MONITOR m TO ROLE r", "USE ROLE r",
                 "ALTER RESOURCE MONITOR m SET CREDIT_QUOTA = 2", "USE ROLE accountadmin",
                 "ALTER WAREHOUSE w SET RESOURCE_MONITOR = m"})
              .empty());
  CHECK(a.rows("SHOW RESOURCE MONITORS", {"name", "level", "credit_quota"}) == "M|WAREHOUSE|2.00");
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", {"resource_monitor"}) == "M");
  REQUIRE(a.all({"DROP RESOURCE MONITOR m"}).empty());
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", {"resource_monitor"}) == "null");
}

TEST_CASE("an adaptive warehouse has no size, and only it has a performance level", "[ddl][warehouse]") {
  TestAccount a;
  const std::vector<std::string> columns = {
      "type",         "state",       "size",       "min_cluster_count",           "scaling_policy",
      "auto_suspend", "auto_resume", "generation", "max_query_performance_level", "query_throughput_multiplier"};
  REQUIRE(a.all({"CREATE WAREHOUSE w WAREHOUSE_TYPE = ADAPTIVE", "CREATE WAREHOUSE s WAREHOUSE_SIZE = SMALL"}).empty());
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", columns) == "ADAPTIVE|ENABLED|-|-|-|-|true|-|X-Large|2");
  CHECK(a.run("CREATE WAREHOUSE x WAREHOUSE_TYPE = 'ADAPTIVE' WAREHOUSE_SIZE = SMALL").substr(0, 6) == "001425");
  CHECK(a.run("ALTER WAREHOUSE w SET AUTO_SUSPEND = 60").substr(0, 6) == "001425");
  CHECK(a.run("ALTER WAREHOUSE s SET QUERY_THROUGHPUT_MULTIPLIER = 3").substr(0, 6) == "001425");
  REQUIRE(a.all({"ALTER WAREHOUSE w SET MAX_QUERY_PERFORMANCE_LEVEL = '2X-Large' QUERY_THROUGHPUT_MULTIPLIER = 0"})
              .empty());
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", columns) == "ADAPTIVE|ENABLED|-|-|-|-|true|-|2X-Large|0");
  // A conversion leaves the properties of the other sort behind (docs: warehouses-adaptive).
  REQUIRE(a.all({"ALTER WAREHOUSE s SET WAREHOUSE_TYPE = ADAPTIVE", "ALTER WAREHOUSE w SET WAREHOUSE_TYPE = STANDARD"})
              .empty());
  CHECK(a.rows("SHOW WAREHOUSES LIKE 's'", columns) == "ADAPTIVE|ENABLED|-|-|-|-|true|-|X-Large|2");
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", {"type", "size", "max_query_performance_level"}) == "STANDARD|X-Small|-");
}

TEST_CASE("the account has a monitor and a network policy", "[ddl][monitor]") {
  TestAccount a;
  REQUIRE(
      a.all({"CREATE RESOURCE MONITOR m WITH CREDIT_QUOTA = 10", "CREATE RESOURCE MONITOR other WITH CREDIT_QUOTA = 1",
             "CREATE NETWORK POLICY p ALLOWED_IP_LIST = ('0.0.0.0/0')", "CREATE ROLE r", "GRANT ROLE r TO USER MESH"})
          .empty());
  const auto levels = [&] { return a.rows("SHOW RESOURCE MONITORS", {"name", "level"}); };
  REQUIRE(a.all({"ALTER ACCOUNT SET RESOURCE_MONITOR = m"}).empty());
  CHECK(levels() == "M|ACCOUNT\nOTHER|-");
  CHECK(a.run("ALTER ACCOUNT SET RESOURCE_MONITOR = nowhere").substr(0, 6) == "002003");
  REQUIRE(a.all({"ALTER ACCOUNT UNSET RESOURCE_MONITOR"}).empty());
  CHECK(levels() == "M|-\nOTHER|-");
  CHECK(a.run("ALTER ACCOUNT SET NETWORK_POLICY = nowhere").substr(0, 6) == "002003");
  // Of the parameters, SECURITYADMIN and who has ATTACH POLICY set this one alone (page parameters).
  CHECK(a.as("SECURITYADMIN", "ALTER ACCOUNT SET JSON_INDENT = 4").substr(0, 6) == "003001");
  CHECK(a.as("R", "ALTER ACCOUNT SET NETWORK_POLICY = p").substr(0, 6) == "003001");
  CHECK(a.as("SECURITYADMIN", "ALTER ACCOUNT SET NETWORK_POLICY = p") == "Statement executed successfully.");
  CHECK(a.run("DROP NETWORK POLICY p").substr(0, 6) == "001492");
  REQUIRE(a.all({"GRANT ATTACH POLICY ON ACCOUNT TO ROLE r"}).empty());
  CHECK(a.as("R", "ALTER ACCOUNT UNSET NETWORK_POLICY") == "Statement executed successfully.");
  CHECK(a.run("DROP NETWORK POLICY p") == "P successfully dropped.");
}
