// mesh init: a small mesh that is valid, plans on the sandbox, and says what each line is for.
#include <filesystem>

#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::cli {
namespace {

struct StarterFile {
  const char* path;
  const char* text;
};

constexpr StarterFile kFiles[] = {
    {"mesh.yaml", R"yaml(# The mesh: who owns what, and where it is applied. Kept by the platform team.
mesh: %NAME%
api: mesh/v1
control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}   # where mesh keeps its ledger, lease and audit
environments:
  dev: {connection: %NAME%_dev, suffix: _DEV}                    # a connection of your connections.toml
  prod: {connection: %NAME%_prod, protected: true}               # nothing is dropped here without `removed:`
default_environment: dev
domains:
  platform: {path: platform, owns: [PLATFORM, "PLATFORM_*", MESH, "MESH_*"], account: true}
  governance: {path: governance, governs: true}                  # rules, tags and policies for every domain
  sales: {path: domains/sales}                                   # owns SALES and SALES_*
)yaml"},
    {"platform/domain.yaml", R"yaml(domain: platform
description: Environments, warehouses and the pipeline
team: {name: platform, email: platform@example.com}

roles:
  PLATFORM_ENGINEER: {comment: Runs the platform, granted_to: [SYSADMIN]}
)yaml"},
    {"governance/domain.yaml", R"yaml(domain: governance
description: What holds for every domain
team: {name: governance, email: governance@example.com}

# `mesh explain` lists the rules, `mesh explain RULE` tells one: error, warning, note or off. Name the tag that marks
# personal data, and pii-must-be-masked: {tag: GOVERNANCE.TAGS.PII} looks after it.
rules:
  domain-has-owner: error
  no-grants-to-public: error
  no-grants-to-users: error
  no-grant-options: error
  no-cross-domain-grants: error
  schemas-are-managed: error
  shared-views-are-secure: error
  warehouse-auto-suspend: {level: error, max_seconds: 600}
  roles-reach-sysadmin: warning
  has-comment: {level: warning, kinds: [database, table, view]}
  # no-accountadmin-owner: error       # once every domain has its deploy_role in mesh.yaml
# waivers:       # a finding that somebody answers for, until a day
#   - {rule: no-grant-options, address: 'table SALES.*', reason: …, approver: …, expires: YYYY-MM-DD}
)yaml"},
    {"domains/sales/domain.yaml",
     R"yaml(# A domain declares what it owns. A property is spelt as Snowflake's own DDL spells it, in lower case.
domain: sales
description: Orders and customers
team: {name: sales-data, email: sales-data@example.com}

warehouses:
  SALES_WH:
    warehouse_size: XSMALL
    auto_suspend: 60
    comment: Sales pipelines
    grants: {SALES_ENGINEER: [USAGE, OPERATE]}

roles:
  SALES_ENGINEER: {comment: Builds what sales offers, granted_to: [SYSADMIN]}

databases:
  SALES:
    comment: Sales domain
    grants: {SALES_ENGINEER: [USAGE]}
    database_roles:
      ORDERS_READER: {comment: Reads the orders, granted_to: [SALES_ENGINEER]}
    schemas:
      ORDERS:
        grants:
          SALES_ENGINEER: [USAGE, CREATE TABLE, CREATE VIEW]
          database role SALES.ORDERS_READER: [USAGE]
        tables:
          ORDERS:
            comment: One row per order
            columns:
              ORDER_ID: {type: "NUMBER(38,0)", nullable: false}
              CUSTOMER_ID: NUMBER
              AMOUNT: "NUMBER(12,2)"
              ORDERED_AT: TIMESTAMP_NTZ
            primary_key: [ORDER_ID]
            grants: {database role SALES.ORDERS_READER: [SELECT]}
        views:
          DAILY_ORDERS:
            comment: Orders and revenue by day
            query: |
              SELECT DATE_TRUNC('day', ORDERED_AT) AS DAY, COUNT(*) AS ORDERS, SUM(AMOUNT) AS REVENUE
              FROM SALES.ORDERS.ORDERS
              GROUP BY 1
            grants: {database role SALES.ORDERS_READER: [SELECT]}
)yaml"},
    {".gitignore", "*.sandbox.db*\n"},
};

// A mesh's name out of the folder's: letters, digits and _.
std::string mesh_name(const std::filesystem::path& directory) {
  std::string name;
  for (const char c : to_lower(std::filesystem::weakly_canonical(directory).filename().string())) {
    name += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '_';
  }
  return name.empty() || (name[0] >= '0' && name[0] <= '9') ? "mesh_" + name : name;
}

}  // namespace

ExitCode run_init(const Global& global, const InitOptions& options, const Console& console) {
  std::filesystem::path directory = global.directory.empty() ? options.directory : global.directory;
  for (const auto& file : kFiles) {
    if (std::filesystem::exists(directory / file.path)) {
      console.error(fmt::format("'{}' exists already; init overwrites nothing", (directory / file.path).string()));
      return ExitCode::Refused;
    }
  }
  const std::string name = mesh_name(directory);
  for (const auto& file : kFiles) {
    const auto written = write_file(directory / file.path, replace_all(file.text, "%NAME%", name));
    if (!written) return console.error(written.error().message), ExitCode::Failed;
    console.result(fmt::format("made {}\n", (directory / file.path).string()));
  }
  const std::string at = directory == "." ? "" : " -C " + directory.string();
  console.say(
      fmt::format("\nTry it on an imitated account, kept in one file:\n"
                  "  mesh{0} --sandbox try.sandbox.db bootstrap --yes\n"
                  "  mesh{0} --sandbox try.sandbox.db plan\n"
                  "  mesh{0} --sandbox try.sandbox.db apply",
                  at));
  return ExitCode::Done;
}

}  // namespace mesh::cli
