#include "mesh/live/reader.hpp"

#include <catch2/catch.hpp>

#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

constexpr const char* kRoles = R"(
  | created_on     | name     | assigned_to_users | granted_to_roles | granted_roles | owner     | comment  |
  |----------------+----------+-------------------+------------------+---------------+-----------+----------|
  | 1791428867.627 | ANALYST  | 0                 | 0                | 0             | USERADMIN | Analysts |
  | 1791428867.627 | ENGINEER | 2                 | 1                | 0             | USERADMIN |          |
  | 1791428867.627 | SYSADMIN | 0                 | 1                | 1             |           |          |
)";

constexpr const char* kDatabases = R"(
  | created_on     | name      | owner    | comment | options   | retention_time | kind              | owner_role_type |
  |----------------+-----------+----------+---------+-----------+----------------+-------------------+-----------------|
  | 1791428867.627 | SALES     | SYSADMIN | Sales   |           | 7              | STANDARD          | ROLE            |
  | 1791428867.627 | SNOWFLAKE |          |         |           | 0              | APPLICATION       |                 |
  | 1791428867.627 | WEATHER   | SYSADMIN |         |           | 1              | IMPORTED DATABASE | ROLE            |
  | 1791428867.627 | OTHER     | SYSADMIN |         | TRANSIENT | 1              | STANDARD          | ROLE            |
)";

constexpr const char* kSchemas = R"(
  | created_on     | name               | database_name | owner | comment | options                   | retention_time | owner_role_type |
  |----------------+--------------------+---------------+-------+---------+---------------------------+----------------+-----------------|
  | 1791428867.627 | INFORMATION_SCHEMA | SALES         |       | Views   |                           | 1              |                 |
  | 1791428867.627 | ORDERS             | SALES         | R     | Orders  | TRANSIENT, MANAGED ACCESS | 1              | ROLE            |
  | 1791428867.627 | PUBLIC             | SALES         | R     |         |                           | 7              | ROLE            |
)";

constexpr const char* kTables = R"(
  | created_on     | name   | database_name | schema_name | kind      | comment | cluster_by          | rows | bytes | owner | retention_time | change_tracking | enable_schema_evolution | owner_role_type | is_external | is_dynamic |
  |----------------+--------+---------------+-------------+-----------+---------+---------------------+------+-------+-------+----------------+-----------------+-------------------------+-----------------+-------------+------------|
  | 1791499228.542 | ORDERS | SALES         | ORDERS      | TABLE     | One row | LINEAR(ID, F(A, B)) | 2    | 4096  | R     | 7              | ON              | N                       | ROLE            | N           | N          |
  | 1791499228.542 | DT     | SALES         | ORDERS      | TABLE     |         |                     | 2    | 4096  | R     | 7              | OFF             | N                       | ROLE            | N           | Y          |
  | 1791499228.542 | EXT    | SALES         | ORDERS      | TABLE     |         |                     | NULL | NULL  | R     | 7              | OFF             | N                       | ROLE            | Y           | N          |
  | 1791499228.542 | STAGED | SALES         | PUBLIC      | TRANSIENT |         |                     | 0    | 0     | DR    | 1              | OFF             | Y                       | DATABASE_ROLE   | N           | N          |
)";

// A sales mesh: one database, its schema, a table; and an account that holds it.
Account sales_account() {
  Account account;
  account.says("SHOW ROLES", kRoles).says("SHOW DATABASES", kDatabases);
  account.says("SHOW SCHEMAS IN DATABASE \"SALES\"", kSchemas).says("SHOW TABLES IN DATABASE \"SALES\"", kTables);
  return account;
}

Manifests sales_manifests() {
  Manifests manifests;
  manifests.declare("database SALES");
  manifests.declare("schema SALES.ORDERS");
  manifests.declare("table SALES.ORDERS.ORDERS");
  return manifests;
}

}  // namespace

TEST_CASE("containers, tables and their facts are read from lists") {
  auto account = sales_account();
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(objects_of(live, "database") ==
        "database OTHER owner=SYSADMIN transient=true\n"
        "database SALES owner=SYSADMIN comment=Sales transient=false\n"
        "database WEATHER owner=SYSADMIN transient=false\n");
  CHECK(objects_of(live, "schema") ==
        "schema SALES.ORDERS owner=R comment=Orders managed_access=true transient=true\n"
        "schema SALES.PUBLIC owner=R born managed_access=false transient=false\n");
  CHECK(objects_of(live, "table") ==
        "table SALES.ORDERS.ORDERS owner=R rows=2 change_tracking=true comment=One row enable_schema_evolution=false "
        "kind=PERMANENT cluster_by=[ID; F(A, B)]\n"
        "table SALES.PUBLIC.STAGED owner=DR/DATABASE_ROLE rows=0 change_tracking=false enable_schema_evolution=true "
        "kind=TRANSIENT\n");
  CHECK(objects_of(live, "role") ==
        "role ANALYST owner=USERADMIN comment=Analysts\nrole ENGINEER owner=USERADMIN\nrole SYSADMIN\n");
  const auto* table = live.state.find(*parse_address("table SALES.ORDERS.ORDERS"));
  REQUIRE(table != nullptr);
  CHECK(table->live.created_on == "1791499228542");
  CHECK(table->live.bytes == 4096);
  CHECK(table->live.retention_days == 7);
  CHECK(table->live.dropping_loses_data);
  CHECK_FALSE(live.state.find(*parse_address("table SALES.PUBLIC.STAGED"))->live.dropping_loses_data);
  CHECK(live.account_read);
  CHECK(live.read_containers == std::set<ObjectId>{*parse_address("database SALES"),
                                                   *parse_address("schema SALES.ORDERS"),
                                                   *parse_address("schema SALES.PUBLIC")});
  CHECK(live.database_roles_read.at(*QualifiedName::parse("SALES")) == false);
}

TEST_CASE("only what is in use is asked for, in few rounds") {
  auto account = sales_account();
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(account.sent("SHOW") ==
        "SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'\n"
        "SHOW ROLES\n"
        "SHOW DATABASES\n"
        "SHOW SCHEMAS IN DATABASE \"SALES\"\n"
        "SHOW TABLES IN DATABASE \"SALES\"\n"
        "SHOW VIEWS IN DATABASE \"SALES\"\n"
        "SHOW PRIMARY KEYS IN DATABASE \"SALES\"\n"
        "SHOW UNIQUE KEYS IN DATABASE \"SALES\"\n"
        "SHOW IMPORTED KEYS IN DATABASE \"SALES\"\n"
        "SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"\n");
  CHECK(account.rounds.size() == 3);
  CHECK(live.statements == 11);
  for (const auto& query : account.asked) {
    CHECK(query.read_only);
    CHECK(query.role.empty());
  }
}

TEST_CASE("an empty mesh asks for the account alone") {
  Account account;
  Diagnostics diagnostics;
  const auto live = Manifests().read(account, diagnostics);
  CHECK(account.sent("SHOW") == "SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'\nSHOW ROLES\nSHOW DATABASES\n");
  CHECK(live.state.objects.empty());
  CHECK(told(diagnostics) == "");
}

TEST_CASE("the session says who and where") {
  Account account;
  account.says("SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'", R"(
    | key                            | value | default | level |
    | QUOTED_IDENTIFIERS_IGNORE_CASE | true  | false   | USER  |
  )");
  const auto context = [&](const char* account_name, const char* organization, const char* roles) {
    for (const auto& [beginning, header] : headers()) {
      if (beginning != "SELECT CURRENT_ROLE()") continue;
      const std::string sql =
          "SELECT CURRENT_ROLE() AS ROLE_NAME, CURRENT_USER() AS USER_NAME, CURRENT_ACCOUNT_NAME() AS ACCOUNT_NAME, "
          "CURRENT_ORGANIZATION_NAME() AS ORGANIZATION_NAME, CURRENT_ACCOUNT() AS LOCATOR, CURRENT_SECONDARY_ROLES() "
          "AS "
          "SECONDARY_ROLES";
      account.says(
          sql, header + "\n| DEPLOY | CI | " + account_name + " | " + organization + " | AB12345 | " + roles + " |");
    }
  };
  Manifests manifests;
  const auto read = [&] {
    Diagnostics diagnostics;
    auto live = manifests.read(account, diagnostics);
    CHECK(told(diagnostics) == "");
    return live;
  };
  context("DEV", "ACME", R"({"roles":"","value":""})");
  auto live = read();
  CHECK(live.account == "ACME-DEV");
  CHECK(live.current_role == "DEPLOY");
  CHECK(live.current_user == "CI");
  CHECK(live.quoted_identifiers_ignore_case);
  CHECK_FALSE(live.secondary_roles_active);
  context("DEV", "ACME", R"({"roles":"ROLE1,ROLE2","value":"ALL"})");
  CHECK(read().secondary_roles_active);
  context("DEV", "ACME", R"({"roles":"","value":"ALL"})");
  CHECK(read().secondary_roles_active);
  context("DEV", "ACME", "NULL");
  CHECK_FALSE(read().secondary_roles_active);
  manifests.mesh.environment.account = "SANDBOX";
  context("SANDBOX", "SANDBOX", "NULL");
  CHECK(read().account == "SANDBOX");
}

TEST_CASE("columns of tables") {
  auto account = sales_account();
  account.says("SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"", R"(
    | table_name | schema_name | column_name | data_type                                                            | null?    | default               | kind   | expression | comment | database_name | autoincrement                         |
    |------------+-------------+-------------+----------------------------------------------------------------------+----------+-----------------------+--------+------------+---------+---------------+---------------------------------------|
    | ORDERS     | ORDERS      | ID          | {"type":"FIXED","precision":38,"scale":0,"nullable":false}            | NOT_NULL |                       | COLUMN |            | Key     | SALES         | IDENTITY START 1 INCREMENT 10 NOORDER |
    | ORDERS     | ORDERS      | my col      | {"type":"TEXT","length":9,"byteLength":36,"nullable":true,"fixed":false,"collation":"en-ci"} | true | 'abcde' | COLUMN | |     | SALES         |                                       |
    | ORDERS     | ORDERS      | AT          | {"type":"TIMESTAMP_LTZ","precision":0,"scale":9,"nullable":true}      | true     | CURRENT_TIMESTAMP()   | COLUMN |            |         | SALES         |                                       |
    | DT         | ORDERS      | X           | {"type":"BOOLEAN","nullable":true}                                    | true     |                       | COLUMN |            |         | SALES         |                                       |
  )");
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  const auto* table = live.state.find(*parse_address("table SALES.ORDERS.ORDERS"));
  REQUIRE(table != nullptr);
  CHECK(table->columns_stated);
  std::string columns;
  for (const auto& column : table->columns) columns += line_of(column);
  CHECK(columns ==
        "  ID NUMBER(38,0) NOT NULL IDENTITY(1,10) NOORDER COMMENT Key\n"
        "  \"my col\" VARCHAR(9) DEFAULT 'abcde' COLLATE en-ci\n"
        "  AT TIMESTAMP_LTZ(9) DEFAULT CURRENT_TIMESTAMP()\n");
}

TEST_CASE("keys of tables") {
  auto account = sales_account();
  account.says("SHOW PRIMARY KEYS IN DATABASE \"SALES\"", R"(
    | created_on | database_name | schema_name | table_name | column_name | key_sequence | constraint_name   | rely  | comment |
    | 1.0        | SALES         | ORDERS      | ORDERS     | B           | 2            | SYS_CONSTRAINT_1  | false | NULL    |
    | 1.0        | SALES         | ORDERS      | ORDERS     | A           | 1            | SYS_CONSTRAINT_1  | false | NULL    |
    | 1.0        | SALES         | PUBLIC      | NOT_THERE  | A           | 1            | SYS_CONSTRAINT_2  | false | NULL    |
  )");
  account.says("SHOW UNIQUE KEYS IN DATABASE \"SALES\"", R"(
    | created_on | database_name | schema_name | table_name | column_name | key_sequence | constraint_name | rely  | comment |
    | 1.0        | SALES         | ORDERS      | ORDERS     | E           | 1            | U2              | false | NULL    |
    | 1.0        | SALES         | ORDERS      | ORDERS     | C           | 1            | U1              | false | NULL    |
    | 1.0        | SALES         | ORDERS      | ORDERS     | D           | 2            | U1              | false | NULL    |
  )");
  account.says("SHOW IMPORTED KEYS IN DATABASE \"SALES\"", R"(
    | created_on | pk_database_name | pk_schema_name | pk_table_name | pk_column_name | fk_database_name | fk_schema_name | fk_table_name | fk_column_name | key_sequence | update_rule | delete_rule | fk_name | pk_name |
    | 1.0        | SALES            | PUBLIC         | STAGED        | I              | SALES            | ORDERS         | ORDERS        | A              | 1            | NO ACTION   | NO ACTION   | F1      | P1      |
    | 1.0        | SALES            | PUBLIC         | STAGED        | J              | SALES            | ORDERS         | ORDERS        | B              | 2            | NO ACTION   | NO ACTION   | F1      | P1      |
  )");
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  std::string keys;
  for (const auto& key : live.state.find(*parse_address("table SALES.ORDERS.ORDERS"))->constraints)
    keys += line_of(key);
  CHECK(keys ==
        "  SYS_CONSTRAINT_1 PRIMARY KEY (A, B)\n"
        "  U1 UNIQUE (C, D)\n"
        "  U2 UNIQUE (E)\n"
        "  F1 FOREIGN KEY (A, B) -> SALES.PUBLIC.STAGED(I, J)\n");
}

TEST_CASE("views: query from the head, materialized and system views aside, hidden text unknown") {
  auto account = sales_account();
  account.says("SHOW VIEWS IN DATABASE \"SALES\"", R"(
    | created_on | name   | reserved | database_name | schema_name        | owner | comment | text                                                     | is_secure | is_materialized | owner_role_type | change_tracking |
    | 1.0        | DAILY  |          | SALES         | ORDERS             | R     | Told    | create view OLD_NAME comment = 'x AS y' AS select 1 a;   | false     | false           | ROLE            | on              |
    | 1.0        | HIDDEN |          | SALES         | ORDERS             | S     |         |                                                          | true      | false           | ROLE            | OFF             |
    | 1.0        | MV     |          | SALES         | ORDERS             | R     |         | create materialized view MV as select 1                  | false     | true            | ROLE            | OFF             |
    | 1.0        | TABLES |          | SALES         | INFORMATION_SCHEMA |       |         |                                                          | false     | false           |                 | OFF             |
  )");
  account.says("SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"", R"(
    | table_name | schema_name | column_name | data_type                                                  | null? | default | comment | autoincrement |
    | DAILY      | ORDERS      | A           | {"type":"FIXED","precision":1,"scale":0,"nullable":false}  | true  |         | One     |               |
  )");
  auto manifests = sales_manifests();
  manifests.declare("view SALES.ORDERS.DAILY").columns_stated = true;
  manifests.declare("view SALES.ORDERS.HIDDEN");
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(objects_of(live, "view") ==
        "view SALES.ORDERS.DAILY owner=R change_tracking=true comment=Told secure=false query=select 1 a\n"
        "  A  COMMENT One\n"
        "view SALES.ORDERS.HIDDEN owner=S change_tracking=false secure=true query=?\n");
}

TEST_CASE("columns are asked where tables, or views with columns, are declared") {
  auto account = sales_account();
  account.says("SHOW VIEWS IN DATABASE \"SALES\"", R"(
    | created_on | name | database_name | schema_name | owner | comment | text                        | is_secure | is_materialized |
    | 1.0        | V    | SALES         | ORDERS      | R     |         | create view V as select 1 a | false     | false           |
  )");
  Manifests manifests;
  manifests.declare("database SALES");
  auto& view = manifests.declare("view SALES.ORDERS.V");
  Diagnostics diagnostics;
  manifests.read(account, diagnostics);
  CHECK(account.sent("SHOW COLUMNS") == "");
  CHECK(account.sent("SHOW PRIMARY KEYS") == "");
  view.columns_stated = true;
  manifests.read(account, diagnostics);
  CHECK(account.sent("SHOW COLUMNS") == "SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"\n");
  CHECK(told(diagnostics) == "");
}

TEST_CASE("what the ledger knows is read, though nobody declares it") {
  auto account = sales_account();
  Manifests manifests;
  manifests.remember("table SALES.ORDERS.ORDERS");
  manifests.remember("semantic view SALES.ORDERS.MEASURES");  // a kind of a later version
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(live.state.find(*parse_address("table SALES.ORDERS.ORDERS")) != nullptr);
  CHECK(account.sent("SHOW TABLES") == "SHOW TABLES IN DATABASE \"SALES\"\n");
  CHECK(account.sent("SHOW WAREHOUSES") == "");
  CHECK(account.sent("SHOW DATABASE ROLES") == "");
  manifests.remember("warehouse SALES_WH");
  manifests.remember("database SALES");  // may be dropped: everything in it counts
  manifests.read(account, diagnostics);
  CHECK(account.sent("SHOW WAREHOUSES") == "SHOW WAREHOUSES\n");
  CHECK(account.sent("SHOW DATABASE ROLES") == "SHOW DATABASE ROLES IN DATABASE \"SALES\"\n");
  CHECK(told(diagnostics) == "");
}

TEST_CASE("warehouses, with the spellings and gaps of editions") {
  Account account;
  account.says("SHOW WAREHOUSES", R"(
    | name     | state     | type     | size    | auto_suspend | auto_resume | resource_monitor | owner | comment | generation | resource_constraint |
    | SALES_WH | SUSPENDED | STANDARD | X-Small | 60           | true        | null             | R     | Sales   | 2          | NULL                |
    | BIG_WH   | STARTED   | STANDARD | 2X-Large | NULL        | false       | LIMIT            | R     |         | NULL       | NULL                |
    | ADAPTS   | STARTED   | ADAPTIVE | ADAPTIVE | NULL        | true        | null             | R     |         | NULL       | NULL                |
  )");
  Manifests manifests;
  manifests.declare("warehouse SALES_WH");
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(objects_of(live) ==
        "warehouse ADAPTS owner=R auto_resume=true auto_suspend=0 warehouse_type=ADAPTIVE warehouse_size=?\n"
        "warehouse BIG_WH owner=R auto_resume=false auto_suspend=0 resource_monitor=LIMIT warehouse_size=XXLARGE "
        "warehouse_type=STANDARD\n"
        "warehouse SALES_WH owner=R auto_resume=true auto_suspend=60 comment=Sales generation=2 warehouse_size=XSMALL "
        "warehouse_type=STANDARD\n");
  CHECK(told(diagnostics) == "");
}

TEST_CASE("parameters are asked where they are stated or remembered, and count where they are set") {
  auto account = sales_account();
  account.says("SHOW PARAMETERS IN DATABASE \"SALES\"", R"(
    | key                         | value | default | level    | description | type   |
    | DATA_RETENTION_TIME_IN_DAYS | 7     | 1       | DATABASE |             | NUMBER |
    | LOG_LEVEL                   | WARN  | OFF     | ACCOUNT  |             | STRING |
    | MAX_DATA_EXTENSION_TIME_IN_DAYS | 14 | 14     |          |             | NUMBER |
  )");
  account.says("SHOW PARAMETERS IN TABLE \"SALES\".\"ORDERS\".\"ORDERS\"", R"(
    | key                         | value | default | level | description | type   |
    | DATA_RETENTION_TIME_IN_DAYS | 7     | 1       | TABLE |             | NUMBER |
  )");
  auto manifests = sales_manifests();
  auto& database = manifests.desired.state.objects[*parse_address("database SALES")];
  auto& table = manifests.desired.state.objects[*parse_address("table SALES.ORDERS.ORDERS")];
  const auto read = [&](bool deep = false) {
    account.asked.clear();
    Diagnostics diagnostics;
    auto scope = manifests.scope();
    scope.deep = deep;
    auto live = live::read(scope, account, diagnostics);
    CHECK(told(diagnostics) == "");
    return live;
  };
  const auto value = [](const Live& live, const char* address, const char* property) {
    const auto* found = live.state.find(*parse_address(address))->find(property);
    return found == nullptr ? std::string("not set here") : to_display(*found);
  };

  SECTION("what is in effect is as stated: nothing is asked") {
    database.properties["data_retention_time_in_days"].value = Value(7);
    CHECK(value(read(), "database SALES", "data_retention_time_in_days") == "7");
    CHECK(account.sent("SHOW PARAMETERS IN") == "");
  }
  SECTION("another value is in effect") {
    database.properties["data_retention_time_in_days"].value = Value(3);
    CHECK(value(read(), "database SALES", "data_retention_time_in_days") == "7");
    CHECK(account.sent("SHOW PARAMETERS IN") == "SHOW PARAMETERS IN DATABASE \"SALES\"\n");
  }
  SECTION("set on the account is not set here") {
    database.properties["log_level"].value = Value("ERROR");
    CHECK(value(read(), "database SALES", "log_level") == "not set here");
  }
  SECTION("what the account does not list is unknown, not unset") {
    database.properties["catalog_sync"].value = Value("SYNC");
    const auto live = read();
    CHECK(live.state.find(*parse_address("database SALES"))->live.unknown.count("catalog_sync") == 1);
    CHECK(live.state.find(*parse_address("database SALES"))->live.unknown.count("log_level") == 0);
  }
  SECTION("no longer stated, but mesh set it") {
    manifests.remember("table SALES.ORDERS.ORDERS").attached["data_retention_time_in_days"] = "7";
    CHECK(value(read(), "table SALES.ORDERS.ORDERS", "data_retention_time_in_days") == "7");
    CHECK(account.sent("SHOW PARAMETERS IN") == "SHOW PARAMETERS IN TABLE \"SALES\".\"ORDERS\".\"ORDERS\"\n");
  }
  SECTION("ignored: nothing is asked") {
    table.properties["data_retention_time_in_days"].value = Value(1);
    table.ignore_changes.insert("data_retention_time_in_days");
    read();
    CHECK(account.sent("SHOW PARAMETERS IN") == "");
  }
  SECTION("deep: of every object") {
    read(true);
    CHECK(account.sent("SHOW PARAMETERS IN") ==
          "SHOW PARAMETERS IN DATABASE \"SALES\"\n"
          "SHOW PARAMETERS IN SCHEMA \"SALES\".\"ORDERS\"\n"
          "SHOW PARAMETERS IN TABLE \"SALES\".\"ORDERS\".\"ORDERS\"\n");
  }
  SECTION("forbidden: unknown, not different") {
    account.answers("SHOW PARAMETERS IN DATABASE \"SALES\"", refused("003001", "Insufficient privileges"));
    database.properties["log_level"].value = Value("ERROR");
    CHECK(read().state.find(*parse_address("database SALES"))->live.unknown.count("log_level") == 1);
  }
}

TEST_CASE("old names are looked at too") {
  auto account = sales_account();
  Manifests manifests;
  manifests.declare("database SALES_NEW").renamed_from = *QualifiedName::parse("SALES");
  manifests.declare("schema SALES_NEW.PURCHASES").renamed_from = *QualifiedName::parse("SALES_NEW.ORDERS");
  auto& table = manifests.declare("table SALES_NEW.PURCHASES.LINES");
  table.renamed_from = *QualifiedName::parse("SALES_NEW.PURCHASES.ORDERS");
  table.properties["max_data_extension_time_in_days"].value = Value(5);
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(live.state.find(*parse_address("table SALES.ORDERS.ORDERS")) != nullptr);
  CHECK(account.sent("SHOW COLUMNS") == "SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"\n");
  CHECK(account.sent("SHOW PARAMETERS IN") == "SHOW PARAMETERS IN TABLE \"SALES\".\"ORDERS\".\"ORDERS\"\n");
}

TEST_CASE("everything: databases that a domain owns, all their schemas") {
  Account account;
  account.says("SHOW DATABASES", R"(
    | created_on | name       | owner | comment | options | retention_time | kind     |
    | 1.0        | OTHER_DEV  | R     |         |         | 1              | STANDARD |
    | 1.0        | SALES_DEV  | R     |         |         | 1              | STANDARD |
  )");
  account.says("SHOW TABLES IN DATABASE \"SALES_DEV\"", R"(
    | created_on | name | database_name | schema_name | kind  | comment | cluster_by | rows | owner |
    | 1.0        | T    | SALES_DEV     | ANY         | TABLE |         |            | 1    | R     |
  )");
  Manifests manifests;
  manifests.mesh.environment.suffix = "_DEV";
  manifests.mesh.domains[0].owns = {"SALES"};
  auto scope = manifests.scope();
  scope.everything_in_databases = true;
  Diagnostics diagnostics;
  live::read(scope, account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("SHOW SCHEMAS") == "SHOW SCHEMAS IN DATABASE \"SALES_DEV\"\n");
  CHECK(account.sent("SHOW DATABASE ROLES") == "SHOW DATABASE ROLES IN DATABASE \"SALES_DEV\"\n");
  CHECK(account.sent("SHOW COLUMNS") == "SHOW COLUMNS IN SCHEMA \"SALES_DEV\".\"ANY\"\n");
  CHECK(account.sent("SHOW WAREHOUSES") == "SHOW WAREHOUSES\n");
  scope.deep = true;
  live::read(scope, account, diagnostics);
  CHECK(account.sent("SHOW PARAMETERS IN") ==
        "SHOW PARAMETERS IN DATABASE \"SALES_DEV\"\nSHOW PARAMETERS IN TABLE \"SALES_DEV\".\"ANY\".\"T\"\n");
}

TEST_CASE("each domain is read with its plan role") {
  auto account = sales_account();
  auto manifests = sales_manifests();
  manifests.mesh.domains[0].roles.plan = "SALES_PLAN";
  Domain finance;
  finance.name = "finance";
  finance.owns = {"OTHER"};
  finance.roles.plan = "FINANCE_PLAN";
  manifests.mesh.domains.push_back(finance);
  manifests.declare("database OTHER").domain = "finance";
  manifests.desired.owner_domain[*parse_address("database OTHER")] = "finance";
  Diagnostics diagnostics;
  manifests.read(account, diagnostics);
  std::string roles;
  for (const auto& query : account.asked) {
    if (!query.role.empty()) roles += query.role + ": " + query.sql + "\n";
  }
  CHECK(roles ==
        "FINANCE_PLAN: SHOW DATABASES\n"
        "SALES_PLAN: SHOW DATABASES\n"
        "FINANCE_PLAN: SHOW SCHEMAS IN DATABASE \"OTHER\"\n"
        "FINANCE_PLAN: SHOW TABLES IN DATABASE \"OTHER\"\n"
        "FINANCE_PLAN: SHOW VIEWS IN DATABASE \"OTHER\"\n"
        "SALES_PLAN: SHOW SCHEMAS IN DATABASE \"SALES\"\n"
        "SALES_PLAN: SHOW TABLES IN DATABASE \"SALES\"\n"
        "SALES_PLAN: SHOW VIEWS IN DATABASE \"SALES\"\n"
        "SALES_PLAN: SHOW PRIMARY KEYS IN DATABASE \"SALES\"\n"
        "SALES_PLAN: SHOW UNIQUE KEYS IN DATABASE \"SALES\"\n"
        "SALES_PLAN: SHOW IMPORTED KEYS IN DATABASE \"SALES\"\n"
        "SALES_PLAN: SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"\n");
}

TEST_CASE("answers may come in any order") {
  auto account = sales_account();
  const auto manifests = sales_manifests();
  live::Reader reader(manifests.scope());
  for (auto asks = reader.next(); !asks.empty(); asks = reader.next()) {
    for (auto it = asks.rbegin(); it != asks.rend(); ++it) reader.feed(it->id, account.run(it->query));
  }
  Diagnostics diagnostics;
  const auto backwards = reader.finish(diagnostics);
  auto again = sales_account();
  const auto forwards = manifests.read(again, diagnostics);
  CHECK(objects_of(backwards) == objects_of(forwards));
  CHECK(told(diagnostics) == "");
}

// ---- partial reads are errors

TEST_CASE("a container that is not there is absent, not an error") {
  auto account = sales_account();
  Manifests manifests;
  manifests.declare("database SALES_MISSING");
  manifests.declare("table SALES_MISSING.A.B");
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(live.read_containers.empty());
  CHECK(account.sent("SHOW SCHEMAS") == "");
}

TEST_CASE("what is listed but cannot be looked into is an error") {
  auto account = sales_account();
  account.answers("SHOW SCHEMAS IN DATABASE \"SALES\"",
                  refused("002043", "Object does not exist, or operation cannot"));
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "MESH3005 database SALES is listed, but cannot be looked into\n");
  CHECK(live.read_containers.empty());
}

TEST_CASE("a statement that fails is an error with the server's words") {
  auto account = sales_account();
  account.answers("SHOW ROLES", refused("003001", "SQL access control error:\nInsufficient privileges"));
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "MESH3001 reading the roles of the account failed\n");
  CHECK_THAT(diagnostics.unsorted()[0].help,
             Catch::Contains("Insufficient privileges") && Catch::Contains("003001") && Catch::Contains("SHOW ROLES"));
  CHECK_FALSE(live.account_read);
}

TEST_CASE("a network that is gone is told once") {
  auto account = sales_account();
  for (const auto* sql : {"SHOW TABLES IN DATABASE \"SALES\"", "SHOW VIEWS IN DATABASE \"SALES\""}) {
    account.answers(sql, refused("", "connection refused\nmore", false));
  }
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "MESH3001 Snowflake could not be asked: connection refused\n");
  CHECK_THAT(diagnostics.unsorted()[0].help, Catch::StartsWith("more\nstatement:\n  SHOW "));
  CHECK(live.read_containers == std::set<ObjectId>{*parse_address("database SALES")});
}

TEST_CASE("a column that is missing in the answer is an error") {
  auto account = sales_account();
  account.says("SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"", "| table_name | schema_name | column_name |");
  Diagnostics diagnostics;
  sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "MESH3003 the answer on the columns of schema SALES.ORDERS has no column 'data_type'\n");
}

TEST_CASE("a type that is not understood is an error for what is declared") {
  auto account = sales_account();
  account.says("SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"", R"(
    | table_name | schema_name | column_name | data_type                          | null? | default | comment | autoincrement |
    | ORDERS     | ORDERS      | A           | {"type":"NEWTYPE","nullable":true} | true  |         |         |               |
  )");
  Diagnostics diagnostics;
  sales_manifests().read(account, diagnostics);
  CHECK_THAT(told(diagnostics),
             Catch::StartsWith("MESH3004 the type of column SALES.ORDERS.ORDERS.A is not understood"));
}

namespace {

Rows many(const char* header, size_t count, const std::function<std::vector<std::string>(size_t)>& row) {
  Rows rows = table(header);
  for (size_t i = 0; i < count; ++i) {
    auto& cells = rows.rows.emplace_back();
    for (auto& cell : row(i)) cells.emplace_back(std::move(cell));
  }
  return rows;
}

Rows many_columns(size_t count) {
  return many("| table_name | schema_name | column_name | data_type | null? | default | comment | autoincrement |",
              count, [](size_t i) {
                return std::vector<std::string>{
                    "ORDERS", "ORDERS", "C" + std::to_string(i), R"({"type":"DATE","nullable":true})", "true", "",
                    "",       ""};
              });
}

}  // namespace

TEST_CASE("10,000 columns are cut silently: each table is asked, then it is an error") {
  auto account = sales_account();
  account.answers("SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"", many_columns(10000));
  const auto table_columns = "SHOW COLUMNS IN TABLE \"SALES\".\"ORDERS\".\"ORDERS\"";
  account.answers(table_columns, many_columns(2));
  Diagnostics diagnostics;
  auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(live.state.find(*parse_address("table SALES.ORDERS.ORDERS"))->columns.size() == 2);
  account.answers(table_columns, many_columns(10000));
  sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) ==
        "MESH3002 the answer on the columns of table SALES.ORDERS.ORDERS has exactly 10,000 rows, where Snowflake cuts "
        "without a word\n");
}

TEST_CASE("a list of tables that is too long is asked schema by schema and page by page") {
  const auto tables = [](size_t count, const std::string& prefix) {
    return many("| created_on | name | database_name | schema_name | kind | comment | cluster_by | rows | owner |",
                count, [&](size_t i) {
                  return std::vector<std::string>{
                      "1.0", prefix + std::to_string(i), "SALES", "ORDERS", "TABLE", "", "", "0", "R"};
                });
  };
  auto account = sales_account();
  SECTION("Snowflake refuses") { account.answers("SHOW TABLES IN DATABASE \"SALES\"", refused("", "too many rows")); }
  SECTION("the answer has exactly 10,000 rows") {
    account.answers("SHOW TABLES IN DATABASE \"SALES\"", tables(10000, "X"));
  }
  account.answers("SHOW TABLES IN SCHEMA \"SALES\".\"ORDERS\" LIMIT 10000", tables(10000, "A"));
  account.answers("SHOW TABLES IN SCHEMA \"SALES\".\"ORDERS\" LIMIT 10000 FROM 'A9999'", tables(5, "B"));
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("SHOW TABLES IN SCHEMA") ==
        "SHOW TABLES IN SCHEMA \"SALES\".\"ORDERS\" LIMIT 10000\n"
        "SHOW TABLES IN SCHEMA \"SALES\".\"PUBLIC\" LIMIT 10000\n"
        "SHOW TABLES IN SCHEMA \"SALES\".\"ORDERS\" LIMIT 10000 FROM 'A9999'\n");
  CHECK(live.state.find(*parse_address("table SALES.ORDERS.A9999")) != nullptr);
  CHECK(live.state.find(*parse_address("table SALES.ORDERS.B4")) != nullptr);
  CHECK(live.read_containers.count(*parse_address("schema SALES.ORDERS")) == 1);
}

TEST_CASE("sequences are asked for where they are in use, and read from their list") {
  auto account = sales_account();
  account.says("SHOW SEQUENCES IN DATABASE \"SALES\"", R"(
    | name    | database_name | schema_name | next_value | interval | created_on     | owner | comment | owner_role_type | ordered |
    |---------+---------------+-------------+------------+----------+----------------+-------+---------+-----------------+---------|
    | NUMBERS | SALES         | ORDERS      | 41         | -2       | 1791499228.542 | R     | Down    | ROLE            | Y       |
    | MORE    | SALES         | PUBLIC      | 1          | 1        | 1791499228.542 | R     |         | DATABASE_ROLE   | N       |
  )");
  Diagnostics diagnostics;
  auto manifests = sales_manifests();
  SECTION("declared") { manifests.declare("sequence SALES.ORDERS.NUMBERS"); }
  SECTION("known") { manifests.remember("sequence SALES.ORDERS.NUMBERS"); }
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("SHOW SEQUENCES") == "SHOW SEQUENCES IN DATABASE \"SALES\"\n");
  CHECK(objects_of(live, "sequence") ==
        "sequence SALES.ORDERS.NUMBERS owner=R comment=Down increment=-2 order=true\n"
        "sequence SALES.PUBLIC.MORE owner=R/DATABASE_ROLE increment=1 order=false\n");
  CHECK(live.read_containers.count(*parse_address("schema SALES.ORDERS")) == 1);
}

TEST_CASE("streams and alerts are read from their lists") {
  auto account = sales_account();
  account.says("SHOW STREAMS IN DATABASE \"SALES\"", R"(
    | name  | database_name | schema_name | owner | comment | table_name                      | source_type | mode        | stale | created_on     | owner_role_type |
    |-------+---------------+-------------+-------+---------+---------------------------------+-------------+-------------+-------+----------------+-----------------|
    | OF_T  | SALES         | ORDERS      | R     | New     | SALES.ORDERS.ORDERS             | Table       | APPEND_ONLY | false | 1791499228.542 | ROLE            |
    | OF_V  | SALES         | ORDERS      | R     |         | SALES.ORDERS."a v"              | View        | DEFAULT     | false | 1791499228.542 | ROLE            |
    | STALE | SALES         | ORDERS      | R     |         | No privilege or table dropped   | Table       | DEFAULT     | true  | 1791499228.542 | ROLE            |
  )");
  account.says("SHOW ALERTS IN DATABASE \"SALES\"", R"(
    | name | database_name | schema_name | owner | comment | warehouse | schedule   | state   | condition | action              | created_on     | owner_role_type |
    |------+---------------+-------------+-------+---------+-----------+------------+---------+-----------+---------------------+----------------+-----------------|
    | AL   | SALES         | ORDERS      | R     |         | NULL      | 10 MINUTES | started | SELECT 1  | DELETE FROM A.B.C   | 1791499228.542 | ROLE            |
  )");
  Diagnostics diagnostics;
  auto manifests = sales_manifests();
  manifests.declare("stream SALES.ORDERS.OF_T");
  manifests.declare("alert SALES.ORDERS.AL");
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(objects_of(live, "stream") ==
        "stream SALES.ORDERS.OF_T owner=R append_only=true comment=New on=table SALES.ORDERS.ORDERS\n"
        "stream SALES.ORDERS.OF_V owner=R append_only=false on=view SALES.ORDERS.\"a v\"\n"
        "stream SALES.ORDERS.STALE owner=R append_only=false on=?\n");
  CHECK(live.state.objects.at(*parse_address("stream SALES.ORDERS.STALE")).live.unknown.count("on") == 1);
  const auto& alert = live.state.objects.at(*parse_address("alert SALES.ORDERS.AL"));
  CHECK(*alert.find("schedule") == Value("10 MINUTE"));
  CHECK(*alert.find("state") == Value("STARTED"));
  CHECK(alert.text("condition")->text == "SELECT 1");
  CHECK(alert.text("action")->text == "DELETE FROM A.B.C");
}

TEST_CASE("shares: what others share is left out, accounts that SHOW cut are asked for") {
  auto account = sales_account();
  account.says("SHOW SHARES", R"(
    | created_on     | kind     | owner_account | name         | database_name | to                          | owner | comment |
    |----------------+----------+---------------+--------------+---------------+-----------------------------+-------+---------|
    | 1791499228.542 | OUTBOUND | ORG.MINE      | SALES_FEW    | SALES         | ORG.A, ORG.B                | R     | Few     |
    | 1791499228.542 | OUTBOUND | ORG.MINE      | MINE.SALES_M | SALES         | ORG.A, ORG.B, ORG.C         | R     |         |
    | 1791499228.542 | OUTBOUND | ORG.MINE      | SALES_LISTED | SALES         | XY12345                     | R     |         |
    | 1791499228.542 | INBOUND  | ORG.OTHER     | SALES_THEIRS |               |                             |       |         |
  )");
  account.says("SELECT SYSTEM$LIST_OUTBOUND_SHARES_DETAILS ('\"SALES_M\"')", R"(
    | x                                                                        |
    |--------------------------------------------------------------------------|
    | [{"account_name":"ORG.A"},{"account_name":"ORG.D"}]                      |
  )");
  account.says("SELECT SYSTEM$LIST_OUTBOUND_SHARES_DETAILS ('\"SALES_LISTED\"')", R"(
    | x                                                                        |
    |--------------------------------------------------------------------------|
    | [{"account_name":"TARGETED WITHIN ORGANIZATION"}]                        |
  )");
  Diagnostics diagnostics;
  auto manifests = sales_manifests();
  for (const char* share : {"share SALES_FEW", "share SALES_M", "share SALES_LISTED"}) {
    manifests.declare(share);
    account.says("SHOW GRANTS TO SHARE \"" + std::string(share).substr(6) + "\"",
                 "| privilege | granted_on | name | grant_option | granted_by |");
  }
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(objects_of(live, "share") ==
        "share SALES_FEW owner=R accounts=ORG.A, ORG.B comment=Few\n"
        "share SALES_LISTED owner=R accounts=?\n"
        "share SALES_M owner=R accounts=ORG.A, ORG.D\n");
}

TEST_CASE("functions and procedures are listed by signature, and described where they are declared") {
  auto account = sales_account();
  account.says("SHOW USER FUNCTIONS IN DATABASE \"SALES\"", R"T(
    | created_on     | name | schema_name | min_num_arguments | max_num_arguments | arguments                           | description           | catalog_name | is_secure | external_access_integrations | language | is_memoizable | is_data_metric | is_aggregate |
    |----------------+------+-------------+-------------------+-------------------+-------------------------------------+-----------------------+--------------+-----------+------------------------------+----------+---------------+----------------+--------------|
    | 1791499228.542 | F    | ORDERS      | 1                 | 2                 | F(NUMBER, DEFAULT VARCHAR) RETURN NUMBER | Counts           | SALES        | Y         |                              | SQL      | Y             | N              | N            |
    | 1791499228.542 | F    | ORDERS      | 0                 | 0                 | F() RETURN NUMBER                   | user-defined function | SALES        | N         | [NET_A,NET_B]                | PYTHON   | N             | N              | N            |
    | 1791499228.542 | M    | ORDERS      | 1                 | 1                 | M(TABLE(NUMBER)) RETURN NUMBER      | user-defined function | SALES        | N         |                              | SQL      | N             | Y              | N            |
  )T");
  account.says("SHOW USER PROCEDURES IN DATABASE \"SALES\"", R"T(
    | created_on     | name | schema_name | is_builtin | arguments                  | description            | catalog_name | is_secure |
    |----------------+------+-------------+------------+----------------------------+------------------------+--------------+-----------|
    | 1791499228.542 | P    | ORDERS      | N          | P(NUMBER) RETURN TABLE ()  | user-defined procedure | SALES        | N         |
    | 1791499228.542 | B    | ORDERS      | Y          | B(NUMBER) RETURN VARCHAR   | Built in               | SALES        | N         |
  )T");
  account.says("DESCRIBE FUNCTION \"SALES\".\"ORDERS\".\"F\"()", R"T(
    | property      | value                           |
    |---------------+---------------------------------|
    | signature     | ()                              |
    | returns       | VARCHAR(134217728) NOT NULL     |
    | language      | PYTHON                          |
    | null handling | RETURNS NULL ON NULL INPUT      |
    | volatility    | IMMUTABLE                       |
    | body          | def f(): pass                   |
    | imports       | [@"SALES"."ORDERS".CODE/f.py]   |
    | handler       | f                               |
    | runtime_version | 3.11                          |
    | packages      | ['numpy','pandas==1.5']         |
  )T");
  account.says("DESCRIBE PROCEDURE \"SALES\".\"ORDERS\".\"P\"(NUMBER)", R"T(
    | property   | value                 |
    |------------+-----------------------|
    | signature  | (DAYS NUMBER(38,0))   |
    | returns    | TABLE ()              |
    | language   | SQL                   |
    | execute as | CALLER                |
    | body       | NULL                  |
  )T");
  Diagnostics diagnostics;
  auto manifests = sales_manifests();
  manifests.declare("function SALES.ORDERS.F()").texts["body"] = {"x", {}};
  manifests.declare("procedure SALES.ORDERS.P(NUMBER)").texts["body"] = {"x", {}};
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  const auto& objects = live.state.objects;
  CHECK(objects.count(*parse_address("procedure SALES.ORDERS.B(NUMBER)")) == 0);
  CHECK(std::count_if(objects.begin(), objects.end(), [](const auto& o) { return is_overloaded(o.first.kind); }) == 3);
  const auto& listed = objects.at(*parse_address("function SALES.ORDERS.F(NUMBER, VARCHAR)"));
  CHECK(*listed.find("optional_arguments") == Value(1));
  CHECK(*listed.find("comment") == Value("Counts"));
  CHECK(*listed.find("secure") == Value(true));
  CHECK(*listed.find("memoizable") == Value(true));
  CHECK(listed.live.unknown.count("owner") == 1);
  const auto& described = objects.at(*parse_address("function SALES.ORDERS.F()"));
  CHECK(described.find("comment")->is_null());
  CHECK(*described.find("returns") == Value("VARCHAR(134217728) NOT NULL"));
  CHECK(*described.find("strict") == Value(true));
  CHECK(*described.find("immutable") == Value(true));
  CHECK(*described.find("imports") == Value(ValueList{"@SALES.ORDERS.CODE/f.py"}));
  CHECK(*described.find("packages") == Value(ValueList{"numpy", "pandas==1.5"}));
  CHECK(*described.find("external_access_integrations") == Value(ValueList{"NET_A", "NET_B"}));
  CHECK(described.text("body")->text == "def f(): pass");
  const auto& procedure = objects.at(*parse_address("procedure SALES.ORDERS.P(NUMBER)"));
  CHECK(*procedure.find("arguments") == Value("DAYS NUMBER(38,0)"));
  CHECK(*procedure.find("execute_as") == Value("CALLER"));
  // SQL ones do not tell these, and a secure body is not its reader's.
  CHECK(procedure.live.unknown.count("strict") == 1);
  CHECK(procedure.live.unknown.count("body") == 1);
}

TEST_CASE("tasks and pipes are read from their lists") {
  auto account = sales_account();
  // The text null stands for none in several columns (task entry, normalization).
  account.says("SHOW TASKS IN DATABASE \"SALES\"", R"(
    | name | database_name | schema_name | owner | comment | warehouse | schedule   | predecessors        | state     | definition | condition | allow_overlapping_execution | error_integration | success_integration | config | task_relations                                              | target_completion_interval | execute_as_user | created_on     | owner_role_type |
    |------+---------------+-------------+-------+---------+-----------+------------+---------------------+-----------+------------+-----------+-----------------------------+-------------------+---------------------+--------+-------------------------------------------------------------+----------------------------+-----------------+----------------+-----------------|
    | LOAD | SALES         | ORDERS      | R     | New     | null      | 10 MINUTES | []                  | started   | SELECT 1   | 1 = 1     | true                        | null              | null                | NULL   | {"FinalizerTask":"SALES.ORDERS.LAST","Predecessors":[]}     | null                       | NULL            | 1791499228.542 | ROLE            |
    | NEXT | SALES         | ORDERS      | R     |         | WH        | NULL       | ["SALES.ORDERS.LOAD"] | suspended | SELECT 2   | NULL      | null                        | N                 | null                | NULL   | {"Predecessors":["SALES.ORDERS.LOAD"]}                      | NULL                       | NULL            | 1791499228.542 | ROLE            |
    | LAST | SALES         | ORDERS      | R     |         | WH        | NULL       | []                  | suspended | SELECT 3   | NULL      | null                        | null              | null                | NULL   | {"FinalizedRootTask":"SALES.ORDERS.LOAD","Predecessors":[]} | NULL                       | NULL            | 1791499228.542 | ROLE            |
  )");
  account.says("SHOW PIPES IN DATABASE \"SALES\"", R"(
    | name | database_name | schema_name | owner | comment | definition                  | notification_channel | integration | error_integration | created_on     | owner_role_type |
    |------+---------------+-------------+-------+---------+-----------------------------+----------------------+-------------+-------------------+----------------+-----------------|
    | AUTO | SALES         | ORDERS      | R     |         | COPY INTO A.B.C FROM @A.B.S | arn:aws:sqs:x        | NULL        | NULL              | 1791499228.542 | ROLE            |
    | HAND | SALES         | ORDERS      | R     |         | COPY INTO A.B.C FROM @A.B.S | NULL                 | NULL        | NULL              | 1791499228.542 | ROLE            |
  )");
  Diagnostics diagnostics;
  auto manifests = sales_manifests();
  manifests.declare("task SALES.ORDERS.LOAD");
  manifests.declare("pipe SALES.ORDERS.AUTO");
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  const auto& load = live.state.objects.at(*parse_address("task SALES.ORDERS.LOAD"));
  CHECK(load.find("warehouse")->is_null());
  CHECK(load.find("finalize")->is_null());
  CHECK(*load.find("schedule") == Value("10 MINUTE"));
  CHECK(*load.find("state") == Value("STARTED"));
  CHECK(*load.find("overlap_policy") == Value("ALLOW_CHILD_OVERLAP"));
  CHECK(load.text("when")->text == "1 = 1");
  CHECK(load.text("sql")->text == "SELECT 1");
  const auto& next = live.state.objects.at(*parse_address("task SALES.ORDERS.NEXT"));
  CHECK(*next.find("after") == Value(ValueList{Value("SALES.ORDERS.LOAD")}));
  CHECK(*next.find("warehouse") == Value("WH"));
  CHECK(next.text("when") == nullptr);
  CHECK(next.live.unknown.count("when") == 0);
  const auto& last = live.state.objects.at(*parse_address("task SALES.ORDERS.LAST"));
  CHECK(*last.find("finalize") == Value("SALES.ORDERS.LOAD"));
  CHECK(*live.state.objects.at(*parse_address("pipe SALES.ORDERS.AUTO")).find("auto_ingest") == Value(true));
  const auto& hand = live.state.objects.at(*parse_address("pipe SALES.ORDERS.HAND"));
  CHECK(*hand.find("auto_ingest") == Value(false));
  CHECK(hand.text("copy")->text == "COPY INTO A.B.C FROM @A.B.S");
}

TEST_CASE("options of file formats are read from JSON") {
  auto account = sales_account();
  account.says("SHOW FILE FORMATS IN DATABASE \"SALES\"", R"(
    | name  | database_name | schema_name | type | owner | comment | format_options                                             |
    |-------+---------------+-------------+------+-------+---------+------------------------------------------------------------|
    | LINES | SALES         | ORDERS      | CSV  | R     | x       | {"TYPE":"CSV","FIELD_DELIMITER":"\\t","SKIP_HEADER":1,"NULL_IF":["\\N",""],"TRIM_SPACE":true,"FILE_EXTENSION":null,"NEWER":{"A":1}} |
    | ODD   | SALES         | ORDERS      | Json | R     |         | {"TYPE":"JSON","COMPRESSION":"gzip","MULTI_LINE":"maybe"}  |
    | DARK  | SALES         | ORDERS      | XML  | R     |         |                                                            |
  )");
  auto manifests = sales_manifests();
  manifests.declare("file format SALES.ORDERS.LINES");
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  const auto object = [&](const char* name) {
    return live.state.objects.at({KindId::FileFormat, *QualifiedName::parse(name)});
  };
  const auto lines = object("SALES.ORDERS.LINES");
  CHECK(*lines.find("field_delimiter") == Value("\t"));
  CHECK(*lines.find("null_if") == Value(ValueList{"\\N", ""}));
  CHECK(*lines.find("skip_header") == Value(1));
  CHECK(*lines.find("trim_space") == Value(true));
  CHECK(lines.find("file_extension")->is_null());
  CHECK(lines.find("encoding") == nullptr);  // not told: never compared
  CHECK(lines.live.unknown.empty());
  CHECK(*object("SALES.ORDERS.ODD").find("compression") == Value("GZIP"));
  CHECK(object("SALES.ORDERS.ODD").live.unknown == std::set<std::string>{"multi_line"});
  CHECK(object("SALES.ORDERS.DARK").live.unknown.count("preserve_space") == 1);
}

TEST_CASE("what only DESCRIBE tells is asked where it is stated or remembered") {
  auto account = sales_account();
  account.says("SHOW NETWORK RULES IN DATABASE \"SALES\"", R"(
    | created_on | name   | database_name | schema_name | owner | comment | type | mode    | entries_in_valuelist | owner_role_type |
    | 1.0        | OFFICE | SALES         | ORDERS      | R     |         | IPV4 | INGRESS | 2                    | ROLE            |
    | 1.0        | OTHER  | SALES         | ORDERS      | R     |         | IPV4 | INGRESS | 2                    | ROLE            |
  )");
  account.says("DESCRIBE NETWORK RULE \"SALES\".\"ORDERS\".\"OFFICE\"", R"(
    | name   | type | mode    | value_list          |
    | OFFICE | IPV4 | INGRESS | 10.0.0.2,10.0.0.1   |
  )");
  account.says("SHOW NETWORK POLICIES", R"(
    | created_on | name | comment | entries_in_allowed_ip_list | entries_in_blocked_ip_list |
    | 1.0        | DOOR | x       | 1                          | 0                          |
  )");
  account.says("DESCRIBE NETWORK POLICY \"DOOR\"", R"(
    | name                      | value                                                |
    | ALLOWED_NETWORK_RULE_LIST | [{"fullyQualifiedRuleName":"SALES.ORDERS.OFFICE"}]   |
    | ALLOWED_IP_LIST           | 10.0.0.9                                             |
  )");
  auto manifests = sales_manifests();
  manifests.declare("network rule SALES.ORDERS.OFFICE").properties["value_list"].value = Value(ValueList{"10.0.0.1"});
  auto& policy = manifests.declare("network policy DOOR");
  Diagnostics diagnostics;
  SECTION("stated") { policy.properties["blocked_ip_list"].value = Value(ValueList{"10.0.0.8"}); }
  SECTION("remembered") { manifests.remember("network policy DOOR").attached["allowed_ip_list"] = "10.0.0.9"; }
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("DESCRIBE") ==
        "DESCRIBE NETWORK POLICY \"DOOR\"\nDESCRIBE NETWORK RULE \"SALES\".\"ORDERS\".\"OFFICE\"\n");
  const auto& rule = live.state.objects.at(*parse_address("network rule SALES.ORDERS.OFFICE"));
  CHECK(*rule.find("value_list") == Value(ValueList{"10.0.0.1", "10.0.0.2"}));
  const auto& door = live.state.objects.at(*parse_address("network policy DOOR"));
  CHECK(*door.find("allowed_network_rule_list") == Value(ValueList{"SALES.ORDERS.OFFICE"}));
  CHECK(*door.find("allowed_ip_list") == Value(ValueList{"10.0.0.9"}));
  CHECK(*door.find("blocked_ip_list") == Value(ValueList{}));  // no row: empty
  CHECK(door.live.unknown.count("owner") == 1);                // SHOW has no such column
  CHECK(live.state.objects.at(*parse_address("network rule SALES.ORDERS.OTHER")).find("value_list") == nullptr);
}

TEST_CASE("users are read as far as the role may, and a name alone says nothing") {
  auto account = sales_account();
  account.says("SHOW USERS", R"(
    | name   | created_on | login_name | display_name | first_name | default_namespace | disabled | default_secondary_roles | type    | owner     | comment |
    | ANN    | 1.0        | ANN@X      | Ann          | Ann        | db.My Schema      | false    | ["ALL"]                 |         | USERADMIN | c       |
    | BOT    | 1.0        | BOT        | BOT          |            |                   | true     | []                      | SERVICE | USERADMIN |         |
    | HIDDEN |            |            |              |            |                   |          |                         |         |           |         |
  )");
  account.says("DESCRIBE USER \"BOT\"", R"(
    | property            | value       | default | description |
    | MIDDLE_NAME         | null        | null    |             |
    | RSA_PUBLIC_KEY      | null        | null    |             |
    | RSA_PUBLIC_KEY_FP   | null        | null    |             |
    | RSA_PUBLIC_KEY_2    | null        | null    |             |
    | RSA_PUBLIC_KEY_2_FP | SHA256:abc= | null    |             |
  )");
  auto manifests = sales_manifests();
  manifests.declare("user ANN");
  manifests.declare("user HIDDEN");
  manifests.declare("user BOT").properties["public_keys"].value = Value(ValueList{"key"});
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("DESCRIBE") == "DESCRIBE USER \"BOT\"\n");
  const auto& ann = live.state.objects.at(*parse_address("user ANN"));
  CHECK(*ann.find("type") == Value("PERSON"));  // none: made long ago
  CHECK(*ann.find("default_namespace") == Value("\"db\".\"My Schema\""));
  CHECK(*ann.find("default_secondary_roles") == Value(ValueList{"ALL"}));
  const auto& bot = live.state.objects.at(*parse_address("user BOT"));
  CHECK(*bot.find("disabled") == Value(true));
  CHECK(*bot.find("default_secondary_roles") == Value(ValueList{}));
  CHECK(*bot.find("public_keys") == Value(ValueList{"RSA_PUBLIC_KEY_2:SHA256:abc="}));
  CHECK(bot.find("middle_name")->is_null());
  const auto& hidden = live.state.objects.at(*parse_address("user HIDDEN"));
  CHECK(hidden.properties.empty());
  for (const char* unknown : {"type", "disabled", "owner", "public_keys", "default_role"})
    CHECK(hidden.live.unknown.count(unknown) == 1);
}

TEST_CASE("a stage's encryption is told by its type, its file format by DESCRIBE") {
  auto account = sales_account();
  account.says("SHOW STAGES IN DATABASE \"SALES\"", R"(
    | created_on | name   | database_name | schema_name | url          | owner | comment | type            | storage_integration | owner_role_type | directory_enabled |
    | 1.0        | FILES  | SALES         | ORDERS      |              | R     | x       | INTERNAL        | NULL                | ROLE            | Y                 |
    | 1.0        | SEALED | SALES         | ORDERS      |              | R     |         | INTERNAL NO CSE | NULL                | ROLE            | N                 |
    | 1.0        | OUTER  | SALES         | ORDERS      | s3://shop/a/ | R     |         | EXTERNAL        | SHOP_S3             | ROLE            | N                 |
  )");
  account.says("DESCRIBE STAGE \"SALES\".\"ORDERS\".\"FILES\"", R"(
    | parent_property   | property     | property_type | property_value                   | property_default |
    | STAGE_FILE_FORMAT | FORMAT_NAME  | String        | \"SALES\".\"ORDERS\".\"my lines\" |                  |
    | DIRECTORY         | ENABLE       | Boolean       | true                             | false            |
    | DIRECTORY         | AUTO_REFRESH | Boolean       | false                            | false            |
  )");
  account.says("DESCRIBE STAGE \"SALES\".\"ORDERS\".\"OUTER\"", R"(
    | parent_property   | property     | property_type | property_value | property_default |
    | STAGE_FILE_FORMAT | TYPE         | String        | CSV            | CSV              |
  )");
  auto manifests = sales_manifests();
  manifests.declare("stage SALES.ORDERS.FILES").properties["file_format"].value = Value("SALES.ORDERS.F");
  manifests.declare("stage SALES.ORDERS.SEALED");
  manifests.remember("stage SALES.ORDERS.OUTER").attached["file_format"] = "SALES.ORDERS.F";
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("DESCRIBE") ==
        "DESCRIBE STAGE \"SALES\".\"ORDERS\".\"FILES\"\nDESCRIBE STAGE \"SALES\".\"ORDERS\".\"OUTER\"\n");
  const auto stage = [&](const char* name) {
    return live.state.objects.at(*parse_address("stage SALES.ORDERS." + std::string(name)));
  };
  CHECK(*stage("FILES").find("encryption.type") == Value("SNOWFLAKE_FULL"));
  CHECK(*stage("FILES").find("file_format") == Value("SALES.ORDERS.\"my lines\""));
  CHECK(*stage("FILES").find("directory.enable") == Value(true));
  CHECK(*stage("FILES").find("directory.auto_refresh") == Value(false));
  CHECK(stage("FILES").find("url")->is_null());
  CHECK(stage("FILES").live.dropping_loses_data);
  CHECK(*stage("SEALED").find("encryption.type") == Value("SNOWFLAKE_SSE"));
  CHECK(stage("OUTER").live.unknown.count("encryption.type") == 1);
  CHECK(*stage("OUTER").find("storage_integration") == Value("SHOP_S3"));
  CHECK(stage("OUTER").find("file_format")->is_null());
  CHECK(!stage("OUTER").live.dropping_loses_data);
}

TEST_CASE("what may not be described is unknown") {
  auto account = sales_account();
  account.says("SHOW NETWORK POLICIES", "| created_on | name | comment |\n| 1.0 | DOOR | |");
  account.answers("DESCRIBE NETWORK POLICY \"DOOR\"", refused("003001", "Insufficient privileges"));
  Manifests manifests;
  manifests.declare("network policy DOOR").properties["allowed_ip_list"].value = Value(ValueList{"10.0.0.8"});
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(live.state.objects.at(*parse_address("network policy DOOR")).live.unknown.count("allowed_ip_list") == 1);
}

TEST_CASE("a list that is cut silently and has no pages is asked schema by schema") {
  const auto sequences = [](size_t count) {
    return many("| name | database_name | schema_name | interval | owner | comment | ordered |", count, [&](size_t i) {
      return std::vector<std::string>{"S" + std::to_string(i), "SALES", "ORDERS", "1", "R", "", "N"};
    });
  };
  auto account = sales_account();
  account.answers("SHOW SEQUENCES IN DATABASE \"SALES\"", sequences(10000));
  auto manifests = sales_manifests();
  manifests.declare("sequence SALES.ORDERS.S1");
  Diagnostics diagnostics;
  account.answers("SHOW SEQUENCES IN SCHEMA \"SALES\".\"ORDERS\"", sequences(9999));
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("SHOW SEQUENCES IN SCHEMA") ==
        "SHOW SEQUENCES IN SCHEMA \"SALES\".\"ORDERS\"\nSHOW SEQUENCES IN SCHEMA \"SALES\".\"PUBLIC\"\n");
  CHECK(live.state.find(*parse_address("sequence SALES.ORDERS.S9998")) != nullptr);
  account.answers("SHOW SEQUENCES IN SCHEMA \"SALES\".\"ORDERS\"", sequences(10000));
  manifests.read(account, diagnostics);
  CHECK(told(diagnostics) ==
        "MESH3002 the answer on the sequences of schema SALES.ORDERS has exactly 10,000 rows, where Snowflake cuts "
        "without a word\n");
}

TEST_CASE("a page that leads nowhere is not asked for again") {
  auto account = sales_account();
  account.answers("SHOW TABLES IN DATABASE \"SALES\"", refused("", "too many rows"));
  const auto page = many("| name | database_name | schema_name |", 10000, [](size_t) {
    return std::vector<std::string>{"SAME", "SALES", "ORDERS"};
  });
  account.answers("SHOW TABLES IN SCHEMA \"SALES\".\"ORDERS\" LIMIT 10000", page);
  account.answers("SHOW TABLES IN SCHEMA \"SALES\".\"ORDERS\" LIMIT 10000 FROM 'SAME'", page);
  Diagnostics diagnostics;
  sales_manifests().read(account, diagnostics);
  CHECK(told(diagnostics) ==
        "MESH3002 the answer on the tables of schema SALES.ORDERS has exactly 10,000 rows, where Snowflake cuts "
        "without a word\n");
}

TEST_CASE("an object without a name is told, and nothing is made of it") {
  auto account = sales_account();
  account.says("SHOW TABLES IN DATABASE \"SALES\"", R"(
    | name | database_name | schema_name |
    | T    | SALES         |             |
    | NULL | SALES         | ORDERS      |
  )");
  Diagnostics diagnostics;
  const auto live = sales_manifests().read(account, diagnostics);
  CHECK(objects_of(live, "table") == "");
  CHECK(told(diagnostics) ==
        "MESH3003 Snowflake's answer has an object without a name: 'SALES.\"\".T'\n"
        "MESH3003 Snowflake's answer has an object without a name: 'SALES.ORDERS.\"\"'\n");
}

TEST_CASE("a text wider than SHOW COLUMNS can print is described") {
  auto account = sales_account();
  account.says("SHOW COLUMNS IN SCHEMA \"SALES\".\"ORDERS\"", R"(
    | table_name | schema_name | column_name | data_type                                                                            | null? | default | comment | autoincrement |
    | ORDERS     | ORDERS      | WIDE        | {"type":"TEXT","length":16777216,"byteLength":16777216,"nullable":true,"fixed":false} | true  |         |         |               |
  )");
  account.says("DESCRIBE TABLE \"SALES\".\"ORDERS\".\"ORDERS\"", R"(
    | name | type               | kind   | null? |
    | WIDE | VARCHAR(134217728) | COLUMN | Y     |
  )");
  auto manifests = sales_manifests();
  Column column;
  column.name = Name::exact("WIDE");
  column.type = *DataType::parse("VARCHAR(134217728)");
  manifests.desired.state.objects[*parse_address("table SALES.ORDERS.ORDERS")].columns = {column};
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(live.state.find(*parse_address("table SALES.ORDERS.ORDERS"))->columns[0].type.to_string() ==
        "VARCHAR(134217728)");
}

TEST_CASE("a declared name that another kind holds is an error") {
  auto account = sales_account();
  auto manifests = sales_manifests();
  manifests.declare("table SALES.ORDERS.DT");
  manifests.declare("view SALES.ORDERS.EXT");
  manifests.declare("database WEATHER");
  Diagnostics diagnostics;
  manifests.read(account, diagnostics);
  CHECK(
      told(diagnostics) ==
      "MESH3006 database WEATHER is declared, but that name belongs to an object of kind IMPORTED DATABASE in the "
      "account\n"
      "MESH3006 table SALES.ORDERS.DT is declared, but that name belongs to another kind of object (dynamic table) in "
      "the account\n"
      "MESH3006 view SALES.ORDERS.EXT is declared, but that name belongs to another kind of object (external table) in "
      "the account\n");
}

TEST_CASE("names that nobody declares must exist") {
  auto account = sales_account();
  account.answers("SHOW GRANTS TO SHARE \"S\"", refused("002003", "Share 'S' does not exist or not authorized."));
  auto manifests = sales_manifests();
  manifests.grant("SELECT", "table SALES.ORDERS.ORDERS", "share S");
  manifests.grant("SELECT", "table SALES.ORDERS.ORDERS", "share T");
  manifests.grant("SELECT", "table SALES.ORDERS.ORDERS", "role NOBODY");
  manifests.desired.assumed.emplace(*parse_address("role SYSADMIN"), Place{});
  manifests.desired.assumed.emplace(*parse_address("role SYSADM"), Place{});
  for (const auto* grantee : {"share S", "share T", "role NOBODY"}) {
    manifests.desired.assumed_grantees.emplace(*parse_grantee(grantee), Place{});
  }
  Diagnostics diagnostics;
  manifests.read(account, diagnostics);
  CHECK(told(diagnostics) ==
        "MESH3007 role SYSADM is used, but does not exist in the account, or is hidden from this role\n"
        "MESH3007 role NOBODY is used, but does not exist in the account, or is hidden from this role\n"
        "MESH3007 share S is used, but does not exist in the account, or is hidden from this role\n");
}

TEST_CASE("a tag that takes several values has a row for each") {
  auto account = sales_account();
  auto manifests = sales_manifests();
  Attachment wanted;
  wanted.name = *QualifiedName::parse("SALES.ORDERS.PII");
  wanted.key = {{*parse_address("table SALES.ORDERS.ORDERS"), std::nullopt}, KindId::Tag, wanted.name};
  wanted.value = "email";
  manifests.desired.state.attachments.emplace(wanted.key, wanted);
  Diagnostics diagnostics;
  manifests.read(account, diagnostics);
  auto sql = account.sent("SELECT 0 AS MESH_ITEM");
  REQUIRE(!sql.empty());
  sql.pop_back();
  account.says(sql, R"(
    | MESH_ITEM | TAG_DATABASE | TAG_SCHEMA | TAG_NAME | TAG_VALUE | APPLY_METHOD | LEVEL | COLUMN_NAME |
    |-----------+--------------+------------+----------+-----------+--------------+-------+-------------|
    | 0         | SALES        | ORDERS     | PII      | phone     | MANUAL       | TABLE |             |
    | 0         | SALES        | ORDERS     | PII      | email     | MANUAL       | TABLE |             |
    | 0         | SALES        | ORDERS     | OTHER    | one       | MANUAL       | TABLE |             |
  )");
  const auto live = manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  std::string found;
  for (const auto& [key, attachment] : live.state.attachments)
    found += attachment.address() + " " + attachment.value + "\n";
  CHECK(found ==
        "tag SALES.ORDERS.OTHER on table SALES.ORDERS.ORDERS one\n"
        "tag SALES.ORDERS.PII on table SALES.ORDERS.ORDERS email\nphone\n");
}
