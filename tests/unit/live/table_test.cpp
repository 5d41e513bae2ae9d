// What of a table SHOW does not tell, and virtual columns (table entry, related_reads; virtual-columns).
#include <catch2/catch.hpp>

#include "mesh/live/reader.hpp"
#include "mesh/sql/search_target.hpp"
#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

const char* const kChecks =
    "SELECT T.TABLE_SCHEMA, T.TABLE_NAME, C.CONSTRAINT_NAME, C.CHECK_CLAUSE FROM "
    "\"SALES\".\"INFORMATION_SCHEMA\".\"TABLES\" AS T LEFT JOIN \"SALES\".\"INFORMATION_SCHEMA\".\"CHECK_CONSTRAINTS\" "
    "AS C "
    "ON C.CONSTRAINT_SCHEMA = T.TABLE_SCHEMA AND C.CONSTRAINT_TABLE = T.TABLE_NAME WHERE T.TABLE_SCHEMA IN ('ORDERS')";

Account account_with_tables() {
  Account account;
  account.says("SHOW DATABASES", R"(
    | created_on | name  | owner | comment | options | retention_time | kind     | owner_role_type |
    | 1.0        | SALES | R     |         |         | 1              | STANDARD | ROLE            |
  )");
  account.says("SHOW SCHEMAS IN DATABASE \"SALES\"", R"(
    | created_on | name   | database_name | owner | comment | options        | retention_time | owner_role_type |
    | 1.0        | ORDERS | SALES         | R     |         | MANAGED ACCESS | 1              | ROLE            |
  )");
  account.says("SHOW TABLES IN DATABASE \"SALES\"", R"(
    | created_on | name  | database_name | schema_name | kind  | comment | cluster_by | rows | owner | search_optimization |
    | 1.0        | LINES | SALES         | ORDERS      | TABLE |         |            | 1    | R     | OFF                 |
    | 1.0        | HEADS | SALES         | ORDERS      | TABLE |         |            | 1    | R     | ON                  |
  )");
  return account;
}

Manifests two_tables() {
  Manifests manifests;
  manifests.mesh.control.warehouse = Name::exact("MESH_WH");
  manifests.declare("database SALES");
  manifests.declare("schema SALES.ORDERS");
  manifests.declare("table SALES.ORDERS.LINES");
  manifests.declare("table SALES.ORDERS.HEADS");
  return manifests;
}

std::string checks_of(const Live& live, const char* address) {
  const auto& checks = live.state.find(*parse_address(address))->checks;
  if (!checks) return "unknown";
  std::string out;
  for (const auto& check : *checks) out += check.name.stored() + ": " + check.condition.text + "\n";
  return out;
}

std::string search_of(const Live& live, const char* address) {
  const auto& search = live.state.find(*parse_address(address))->search_optimization;
  if (!search) return "untold";
  std::string out = search->on ? "on" : "off";
  for (const auto& target : search->targets) out += " " + sql::to_display(target);
  return out + (search->targets_known ? "" : " ?");
}

}  // namespace

TEST_CASE("checks are asked where they are declared or known, one statement a database") {
  auto account = account_with_tables();
  account.says(kChecks, R"(
    | TABLE_SCHEMA | TABLE_NAME | CONSTRAINT_NAME  | CHECK_CLAUSE |
    | ORDERS       | LINES      | POSITIVE         | n > 0        |
    | ORDERS       | LINES      | ORDERED          | a < b        |
    | ORDERS       | HEADS      | NULL             | NULL         |
    | ORDERS       | A_VIEW     | NULL             | NULL         |
  )");
  auto manifests = two_tables();
  Diagnostics diagnostics;
  auto live = manifests.read(account, diagnostics);
  CHECK(account.sent("SELECT T.") == "");
  CHECK(checks_of(live, "table SALES.ORDERS.LINES") == "unknown");

  manifests.remember("table SALES.ORDERS.HEADS").attached[kTableChecks] = "set";
  live = manifests.read(account, diagnostics);
  CHECK(account.sent("SELECT T.") == std::string(kChecks) + "\n");
  CHECK(account.asked.back().read_only);
  CHECK(checks_of(live, "table SALES.ORDERS.LINES") == "ORDERED: a < b\nPOSITIVE: n > 0\n");
  CHECK(checks_of(live, "table SALES.ORDERS.HEADS") == "");
  for (const auto& query : account.asked) CHECK(query.warehouse == (query.sql == kChecks ? "MESH_WH" : ""));
  CHECK(told(diagnostics) == "");
}

TEST_CASE("a table that INFORMATION_SCHEMA hides keeps its checks, and that is said") {
  auto account = account_with_tables();
  account.says(kChecks, "| TABLE_SCHEMA | TABLE_NAME | CONSTRAINT_NAME | CHECK_CLAUSE |");
  auto manifests = two_tables();
  manifests.desired.state.objects[*parse_address("table SALES.ORDERS.LINES")].checks.emplace();
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(checks_of(live, "table SALES.ORDERS.LINES") == "unknown");
  CHECK(told(diagnostics) ==
        "MESH3008 the CHECK constraints of table SALES.ORDERS.LINES cannot be read, so they are left as they are\n");
  CHECK_FALSE(diagnostics.has_errors());
}

TEST_CASE("checks that cannot be asked for are an error: no plan is made from less") {
  auto account = account_with_tables();
  account.answers(kChecks, refused("000606", "No active warehouse selected in the current session."));
  auto manifests = two_tables();
  manifests.desired.state.objects[*parse_address("table SALES.ORDERS.LINES")].checks.emplace();
  Diagnostics diagnostics;
  static_cast<void>(manifests.read(account, diagnostics));
  CHECK_THAT(told(diagnostics), Catch::StartsWith("MESH3001 reading the CHECK constraints in database SALES failed\n"));
}

TEST_CASE("search optimization is described only where it is on and declared") {
  const std::string describe = "DESCRIBE SEARCH OPTIMIZATION ON \"SALES\".\"ORDERS\".\"HEADS\"";
  auto account = account_with_tables();
  account.says(describe, R"(
    | expression_id | method                     | target    | target_data_type | active |
    | 1             | EQUALITY                   | C1        | NUMBER(38,0)     | true   |
    | 2             | FULL_TEXT DEFAULT_ANALYZER | V1:"key1" | VARIANT          | true   |
  )");
  auto manifests = two_tables();
  Diagnostics diagnostics;
  CHECK(search_of(manifests.read(account, diagnostics), "table SALES.ORDERS.HEADS") == "on ?");
  CHECK(account.sent("DESCRIBE SEARCH") == "");

  for (const char* name : {"table SALES.ORDERS.HEADS", "table SALES.ORDERS.LINES"}) {
    manifests.desired.state.objects[*parse_address(name)].search_optimization = SearchOptimization{.on = true};
  }
  auto live = manifests.read(account, diagnostics);
  CHECK(account.sent("DESCRIBE SEARCH") == describe + "\n");
  CHECK(search_of(live, "table SALES.ORDERS.HEADS") == "on EQUALITY(C1) FULL_TEXT(V1:key1)");
  CHECK(search_of(live, "table SALES.ORDERS.LINES") == "off");

  account.answers(describe, refused("003001", "Insufficient privileges"));
  CHECK(search_of(manifests.read(account, diagnostics), "table SALES.ORDERS.HEADS") == "on ?");
  account.says(describe, "| method   | target |\n| EQUALITY | A + B  |");
  CHECK(search_of(manifests.read(account, diagnostics), "table SALES.ORDERS.HEADS") == "on ?");
  CHECK(told(diagnostics) == "");
}

TEST_CASE("virtual columns are read with their expression") {
  auto account = account_with_tables();
  account.says("SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"", R"(
    | table_name | schema_name | column_name | data_type                                                | null? | default | kind           | expression | comment |
    | LINES      | ORDERS      | I           | {"type":"FIXED","precision":38,"scale":0,"nullable":true} | true  |         | COLUMN         |            |         |
    | LINES      | ORDERS      | J           | {"type":"FIXED","precision":38,"scale":0,"nullable":true} | true  |         | VIRTUAL_COLUMN | I * I      |         |
  )");
  Diagnostics diagnostics;
  const auto live = two_tables().read(account, diagnostics);
  const auto& columns = live.state.find(*parse_address("table SALES.ORDERS.LINES"))->columns;
  REQUIRE(columns.size() == 2);
  CHECK_FALSE(columns[0].virtual_as);
  REQUIRE(columns[1].virtual_as);
  CHECK(columns[1].virtual_as->text == "I * I");
}
