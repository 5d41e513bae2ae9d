// Dynamic tables, materialized views and external tables as their lists and SHOW TABLES tell them.
#include <catch2/catch.hpp>

#include "mesh/live/reader.hpp"
#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

constexpr const char* kTables = R"(
  | name   | database_name | schema_name | kind      | comment | cluster_by | rows | owner | retention_time | row_timestamp | created_on     | is_dynamic | is_external |
  |--------+---------------+-------------+-----------+---------+------------+------+-------+----------------+---------------+----------------+------------+-------------|
  | T      | SALES         | S           | TABLE     |         |            | 2    | R     | 1              | OFF           | 1791499228.542 | N          | N           |
  | OPEN   | SALES         | S           | TRANSIENT |         |            | 2    | R     | 3              | ON            | 1791499228.542 | Y          | N           |
  | HIDDEN | SALES         | S           | TABLE     |         |            | 2    | R     | 1              | OFF           | 1791499228.542 | Y          | N           |
  | X      | SALES         | S           | TABLE     |         |            | NULL | R     | 1              | OFF           | 1791499228.542 | N          | Y           |
)";

// The columns of show-dynamic-tables; HIDDEN as one sees it who lacks MONITOR.
constexpr const char* kDynamicTables = R"(
  | name   | database_name | schema_name | cluster_by   | rows | owner | target_lag | scheduler | refresh_mode | warehouse | comment | text                                                                                                          | scheduling_state | created_on     | owner_role_type | immutable_where | execute_as_user |
  |--------+---------------+-------------+--------------+------+-------+------------+-----------+--------------+-----------+---------+---------------------------------------------------------------------------------------------------------------+------------------+----------------+-----------------+-----------------+-----------------|
  | OPEN   | SALES         | S           | LINEAR(ID)   | 5    | R     | 2 minutes  | NULL      | INCREMENTAL  | WH        | Rows    | CREATE OR REPLACE DYNAMIC TABLE OPEN lag = '2 minutes' refresh_mode = 'AUTO' initialize = 'ON_CREATE' warehouse = WH AS SELECT ID FROM T | RUNNING | 1791499228.542 | ROLE            | ID < 5          | NULL            |
  | HIDDEN | SALES         | S           |              | 5    | R     | NULL       | NULL      | FULL         | NULL      | Dark    |                                                                                                               | NULL             | 1791499228.542 | ROLE            | NULL            | NULL            |
)";

Account account() {
  Account account;
  account.says("SHOW DATABASES", R"(
    | created_on     | name  | owner    | comment | options | retention_time | kind     | owner_role_type |
    | 1791428867.627 | SALES | SYSADMIN |         |         | 1              | STANDARD | ROLE            |
  )");
  account.says("SHOW SCHEMAS IN DATABASE \"SALES\"", R"(
    | created_on     | name | database_name | owner | comment | options        | retention_time | owner_role_type |
    | 1791428867.627 | S    | SALES         | R     |         | MANAGED ACCESS | 1              | ROLE            |
  )");
  account.says("SHOW TABLES IN DATABASE \"SALES\"", kTables);
  account.says("SHOW DYNAMIC TABLES IN DATABASE \"SALES\"", kDynamicTables);
  return account;
}

Manifests manifests() {
  Manifests manifests;
  manifests.declare("database SALES");
  manifests.declare("schema SALES.S");
  return manifests;
}

}  // namespace

TEST_CASE("a dynamic table is read from its list and from that of tables") {
  auto sales = manifests();
  sales.declare("dynamic table SALES.S.OPEN");
  auto there = account();
  Diagnostics diagnostics;
  const auto live = sales.read(there, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(objects_of(live, "table").find("OPEN") == std::string::npos);
  const auto& open = live.state.objects.at(*parse_address("dynamic table SALES.S.OPEN"));
  CHECK(*open.find("transient") == Value(true));
  CHECK(*open.find("row_timestamp") == Value(true));
  CHECK(open.live.retention_days == 3);
  CHECK(*open.find("refresh_mode") == Value("AUTO"));  // not INCREMENTAL, which is what it was resolved to
  CHECK(*open.find("scheduler") == Value("ENABLE"));
  CHECK(*open.find("state") == Value("STARTED"));
  CHECK(open.text("query")->text == "SELECT ID FROM T");
  CHECK(open.text("frozen_where")->text == "ID < 5");
  REQUIRE(open.cluster_by->size() == 1);
  CHECK(open.cluster_by->front().text == "ID");
}

TEST_CASE("what a dynamic table hides from who lacks MONITOR is unknown, and not different") {
  auto sales = manifests();
  sales.declare("dynamic table SALES.S.HIDDEN");
  auto there = account();
  Diagnostics diagnostics;
  const auto live = sales.read(there, diagnostics);
  const auto& hidden = live.state.objects.at(*parse_address("dynamic table SALES.S.HIDDEN"));
  for (const char* name : {"query", "frozen_where", "warehouse", "target_lag", "scheduler", "refresh_mode", "state",
                           "initialization_warehouse"}) {
    INFO(name);
    // A column that the answer lacks altogether is not there at all.
    CHECK((hidden.live.unknown.count(name) == 1 || hidden.find(name) == nullptr));
    CHECK(hidden.find(name) == nullptr);
  }
  CHECK(*hidden.find("comment") == Value("Dark"));
  CHECK(*hidden.find("transient") == Value(false));
}

TEST_CASE("a name that a dynamic table has is no table's") {
  auto sales = manifests();
  sales.declare("table SALES.S.OPEN");
  auto there = account();
  Diagnostics diagnostics;
  sales.read(there, diagnostics);
  CHECK(told(diagnostics).find("another kind of object (dynamic table)") != std::string::npos);
}

TEST_CASE("a suspended materialized view is not an invalid one") {
  auto sales = manifests();
  sales.declare("materialized view SALES.S.FINE");
  auto there = account();
  there.says("SHOW MATERIALIZED VIEWS IN DATABASE \"SALES\"", R"(
    | name   | database_name | schema_name | cluster_by | rows | owner | invalid | invalid_reason                                  | comment | text                                             | is_secure | created_on     | owner_role_type |
    | FINE   | SALES         | S           |            | 1    | R     | false   | NULL                                            |         | create materialized view fine as select id from t | false     | 1791499228.542 | ROLE            |
    | ASLEEP | SALES         | S           |            | 1    | R     | true    | Marked Materialized View as invalid manually.   |         | create materialized view b as select id from t    | false     | 1791499228.542 | ROLE            |
    | BROKEN | SALES         | S           |            | 1    | R     | true    | DDL Statement was executed on the base table.   |         | create materialized view c as select id from t    | true      | 1791499228.542 | ROLE            |
  )");
  Diagnostics diagnostics;
  const auto live = sales.read(there, diagnostics);
  CHECK(told(diagnostics) == "");
  const auto view = [&](const char* name) {
    return live.state.objects.at({KindId::MaterializedView, *QualifiedName::parse(std::string("SALES.S.") + name)});
  };
  CHECK(*view("FINE").find("state") == Value("STARTED"));
  CHECK(view("FINE").live.invalid.empty());
  CHECK(view("FINE").text("query")->text == "select id from t");
  CHECK(*view("ASLEEP").find("state") == Value("SUSPENDED"));
  CHECK(view("ASLEEP").live.invalid.empty());
  CHECK(view("BROKEN").find("state") == nullptr);
  CHECK(view("BROKEN").live.invalid == "DDL Statement was executed on the base table.");
}

TEST_CASE("an edition without materialized views has none of them") {
  auto sales = manifests();
  sales.declare("materialized view SALES.S.M");
  auto there = account();
  there.answers("SHOW MATERIALIZED VIEWS IN DATABASE \"SALES\"",
                refused("000002", "Unsupported feature 'MATERIALIZED VIEWS'."));
  Diagnostics diagnostics;
  const auto live = sales.read(there, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(objects_of(live, "materialized view") == "");
}
