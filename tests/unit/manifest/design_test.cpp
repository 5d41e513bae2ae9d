// The mesh of the design's section 2, without what this version does not carry out.
#include <catch2/catch.hpp>

#include "checkout.hpp"
#include "mesh/base/text.hpp"
#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

const char* const kMesh = R"(mesh: acme
api: mesh/v1
control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}      # home of ledger, lease and audit
vars: {region: eu}
environments:
  dev:  {connection: acme_dev,  account: ACME-DEV,  suffix: _DEV, vars: {days: 1}}
  prod: {connection: acme_prod, account: ACME-PROD, protected: true, vars: {days: 7}}
default_environment: dev
domains:
  platform:   {path: platform,        owns: [PLATFORM, "PLATFORM_*", MESH, "MESH_*"], account: true}
  governance: {path: governance,      owns: [GOVERNANCE, "GOVERNANCE_*"], governs: true}
  sales:      {path: domains/sales,   deploy_role: SALES_DEPLOY, plan_role: SALES_PLAN, creator_role: PLATFORM_CREATE}
  finance:    {path: domains/finance}
)";

const char* const kSales = R"yaml(domain: sales
description: Orders, customers and revenue
team: {name: sales-data, email: sales-data@example.com}

warehouses:
  SALES_WH: {warehouse_size: XSMALL, auto_suspend: 60, auto_resume: true, comment: Sales pipelines, grants: {SALES_ENGINEER: [USAGE]}}

roles:
  SALES_ENGINEER: {comment: Builds the sales products, granted_to: [SYSADMIN]}      # also "database role A.B"
                                                    # users: [ALICE] manages members that are users; without it they are not mesh's
  SALES_DEPLOY: {comment: Applies what sales declares}
databases:
  SALES:
    comment: Sales domain
    data_retention_time_in_days: ${days}
    grants: {SALES_ENGINEER: [USAGE]}
    database_roles:
      ORDERS_READER: {comment: Reads the orders product, granted_to: [SALES_ENGINEER]}
    schemas:
      ORDERS:
        managed_access: true                        # the default; false must be written
        grants: {SALES_ENGINEER: [USAGE, CREATE TABLE, CREATE VIEW], "database role SALES.ORDERS_READER": [USAGE]}
        tables:
          ORDERS:
            comment: One row per order
            columns:
              ORDER_ID:    {type: "NUMBER(38,0)", nullable: false}
              CUSTOMER_ID: NUMBER                                   # short form: the type alone
              EMAIL:       {type: VARCHAR}
              ORDERED_AT:  TIMESTAMP_NTZ
            primary_key: [ORDER_ID]
            cluster_by: [ORDERED_AT]
            grants: {"database role SALES.ORDERS_READER": [SELECT]}
        views:
          DAILY_ORDERS:
            secure: true
            query: |                                                # or query_file: sql/daily_orders.sql
              SELECT DATE_TRUNC('day', ORDERED_AT) AS DAY, COUNT(*) AS ORDERS FROM SALES.ORDERS.ORDERS GROUP BY 1

grants:                                                             # what does not sit on one object
  - {to: role SALES_ENGINEER, privileges: [SELECT], on: tables in schema SALES.ORDERS}          # those there are and those to come
  - {to: role SALES_ENGINEER, privileges: [SELECT], on: future views in schema SALES.ORDERS}    # those to come only
  - {to: role SALES_ENGINEER, privileges: [INSERT], on: table SALES.ORDERS.ORDERS, grant_option: true}

removed:                                                            # tombstones: consent, reviewed like everything else
  - {object: table SALES.ORDERS.OLD_ORDERS, action: drop}           # or forget: leave it in Snowflake, stop managing it
  - {object: column SALES.ORDERS.ORDERS.FAX, action: drop}
)yaml";

MeshFolder::Files design_mesh() {
  return {{"mesh.yaml", kMesh},
          {"platform/domain.yaml", "domain: platform\nteam: {name: platform}\nroles: {PLATFORM_CREATE: {}}\n"},
          {"governance/domain.yml", "domain: governance\nteam: {name: governance}\n"},
          {"domains/sales/domain.yaml", kSales},
          {"domains/sales/contracts/orders.odcs.yaml", "this: [is not read"},
          {"domains/sales/notes.txt", "nor: [this"},
          {"domains/finance/domain.yaml", "domain: finance\nteam: {name: finance}\n"}};
}

std::string grants(const Desired& desired) {
  std::string all;
  for (const auto& [key, grant] : desired.state.grants) {
    all += key.address() + (grant.grant_option ? " with grant option" : "") + "\n";
  }
  return all;
}

}  // namespace

TEST_CASE("the design's mesh is read for prod") {
  MeshFolder mesh(design_mesh());
  mesh.load("prod");
  REQUIRE(mesh.errors() == "");
  const auto& loaded = mesh.result();
  CHECK(loaded.mesh.name == "acme");
  CHECK(loaded.mesh.environment.is_protected);
  CHECK(loaded.mesh.environment.account == "ACME-PROD");
  CHECK(loaded.mesh.deploy_role("sales") == "SALES_DEPLOY");
  CHECK(loaded.mesh.find("finance")->owns == std::vector<std::string>{"FINANCE", "FINANCE_*"});
  CHECK(loaded.mesh.find("sales")->description == "Orders, customers and revenue");
  CHECK(loaded.mesh.find("sales")->team_email == "sales-data@example.com");
  CHECK(loaded.objects_per_domain == std::map<std::string, int>{{"platform", 1}, {"sales", 8}});

  std::string addresses;
  for (const auto& [id, object] : mesh.desired().state.objects) addresses += id.address() + "\n";
  CHECK(addresses ==
        "warehouse SALES_WH\n"
        "role PLATFORM_CREATE\n"
        "role SALES_DEPLOY\n"
        "role SALES_ENGINEER\n"
        "database SALES\n"
        "database role SALES.ORDERS_READER\n"
        "schema SALES.ORDERS\n"
        "table SALES.ORDERS.ORDERS\n"
        "view SALES.ORDERS.DAILY_ORDERS\n");

  const auto& warehouse = mesh.object("warehouse SALES_WH");
  CHECK(*warehouse.find("warehouse_size") == Value("XSMALL"));
  CHECK(*warehouse.find("auto_suspend") == Value(60));
  CHECK(*warehouse.find("auto_resume") == Value(true));
  CHECK(loaded.sources.describe(warehouse.place, true) == "domains/sales/domain.yaml:6:3");
  CHECK(*mesh.object("database SALES").find("data_retention_time_in_days") == Value(7));
  CHECK(*mesh.object("schema SALES.ORDERS").find("managed_access") == Value(true));

  const auto& table = mesh.object("table SALES.ORDERS.ORDERS");
  std::string columns;
  for (const auto& column : table.columns) {
    columns += column.name.display() + " " + column.type.to_string() + (column.nullable ? "" : " NOT NULL") + "\n";
  }
  CHECK(columns ==
        "ORDER_ID NUMBER(38,0) NOT NULL\n"
        "CUSTOMER_ID NUMBER(38,0)\n"
        "EMAIL VARCHAR(16777216)\n"
        "ORDERED_AT TIMESTAMP_NTZ(9)\n");
  REQUIRE(table.constraints.size() == 1);
  CHECK(table.constraints[0].columns == std::vector<Name>{Name::exact("ORDER_ID")});
  REQUIRE(table.cluster_by->size() == 1);
  CHECK(table.cluster_by->front().text == "ORDERED_AT");

  CHECK(grants(mesh.desired()) ==
        "grant USAGE on warehouse SALES_WH to role SALES_ENGINEER\n"
        "grant USAGE on database SALES to role SALES_ENGINEER\n"
        "grant CREATE TABLE on schema SALES.ORDERS to role SALES_ENGINEER\n"
        "grant CREATE VIEW on schema SALES.ORDERS to role SALES_ENGINEER\n"
        "grant USAGE on schema SALES.ORDERS to role SALES_ENGINEER\n"
        "grant USAGE on schema SALES.ORDERS to database role SALES.ORDERS_READER\n"
        "grant INSERT on table SALES.ORDERS.ORDERS to role SALES_ENGINEER with grant option\n"
        "grant SELECT on table SALES.ORDERS.ORDERS to database role SALES.ORDERS_READER\n"
        "grant SELECT on future tables in schema SALES.ORDERS to role SALES_ENGINEER\n"
        "grant SELECT on future views in schema SALES.ORDERS to role SALES_ENGINEER\n");
  REQUIRE(loaded.present_grants.size() == 1);
  CHECK(loaded.present_grants[0].key.target.display() == "tables in schema SALES.ORDERS");
  CHECK(loaded.present_grants[0].domain == "sales");

  std::string memberships;
  for (const auto& [key, membership] : mesh.desired().state.memberships) memberships += key.address() + "\n";
  CHECK(memberships ==
        "grant role SALES_ENGINEER to role SYSADMIN\n"
        "grant database role SALES.ORDERS_READER to role SALES_ENGINEER\n");
  CHECK(mesh.desired().assumed.count(*parse_address("role SYSADMIN")) == 1);
  CHECK(mesh.desired().assumed_grantees.size() == 1);
  CHECK(mesh.desired().exact_user_roles.empty());

  const auto& removed = mesh.desired().removed;
  REQUIRE(removed.size() == 2);
  CHECK(removed[0].object.address() == "table SALES.ORDERS.OLD_ORDERS");
  CHECK(removed[1].object.address() == "table SALES.ORDERS.ORDERS");
  CHECK(removed[1].column == Name::exact("FAX"));
}

TEST_CASE("the suffix reaches every account-level name") {
  MeshFolder mesh(design_mesh());
  mesh.load();
  REQUIRE(mesh.errors() == "");
  CHECK(mesh.result().mesh.environment.name == "dev");
  CHECK(*mesh.object("database SALES_DEV").find("data_retention_time_in_days") == Value(1));
  CHECK(mesh.object("view SALES_DEV.ORDERS.DAILY_ORDERS").texts.at("query").text ==
        "SELECT DATE_TRUNC('day', ORDERED_AT) AS DAY, COUNT(*) AS ORDERS FROM SALES_DEV.ORDERS.ORDERS GROUP BY 1");
  CHECK(mesh.desired().state.find(*parse_address("warehouse SALES_WH_DEV")) != nullptr);
  CHECK(mesh.result().mesh.deploy_role("sales") == "SALES_DEPLOY_DEV");
  CHECK(mesh.result().mesh.creator_role("sales") == "PLATFORM_CREATE_DEV");
  CHECK(mesh.result().mesh.plan_role("sales") == "SALES_PLAN");  // declared by nobody
  CHECK(grants(mesh.desired()).find("SALES.") == std::string::npos);
  CHECK(grants(mesh.desired())
            .find("grant SELECT on table SALES_DEV.ORDERS.ORDERS to database role "
                  "SALES_DEV.ORDERS_READER\n") != std::string::npos);
  CHECK(mesh.result().present_grants[0].key.target.display() == "tables in schema SALES_DEV.ORDERS");
  CHECK(mesh.desired().removed[0].object.address() == "table SALES_DEV.ORDERS.OLD_ORDERS");
  CHECK(mesh.desired().owner_domain.at(*parse_address("database SALES_DEV")) == "sales");
  CHECK(mesh.desired().state.memberships.begin()->first.address() == "grant role SALES_ENGINEER_DEV to role SYSADMIN");
}

TEST_CASE("the examples load in every environment") {
  for (const auto& entry : std::filesystem::directory_iterator(checkout() / "examples")) {
    Diagnostics diagnostics;
    Sources sources;
    const auto mesh = load_mesh_file({entry.path(), {}, 1}, diagnostics, sources);
    REQUIRE(mesh);
    for (const auto& environment : mesh->environments) {
      INFO(entry.path() << " " << environment);
      Diagnostics found;
      const auto loaded = load({entry.path(), environment, 2}, found, sources);
      REQUIRE(loaded);
      for (const auto& diagnostic : found.sorted(loaded->sources)) {
        INFO(render_text(diagnostic, loaded->sources, false));
        CHECK(false);
      }
    }
  }
}
