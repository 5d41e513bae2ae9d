#include "mesh/apply/setup.hpp"

#include <catch2/catch.hpp>

#include "fake_connection.hpp"
#include "setup.hpp"

using namespace mesh;
using namespace mesh::apply;
using namespace mesh::test;
using Catch::Contains;

namespace {

Object declared(KindId kind, const std::string& name, const std::string& domain) {
  Object object;
  object.id = {kind, QualifiedName({Name::exact(name)})};
  object.domain = domain;
  return object;
}

Desired desired_of(std::vector<Object> objects) {
  Desired desired;
  for (auto& object : objects) desired.state.objects.emplace(object.id, object);
  return desired;
}

// Domains finance and sales, each with roles of its own.
Mesh with_roles() {
  auto mesh = acme();
  for (auto& domain : mesh.domains) {
    const std::string name = domain.name == "sales" ? "SALES" : "FINANCE";
    domain.roles = {"PLANS", "DEPLOY_" + name, ""};
  }
  return mesh;
}

std::vector<std::string> statements(const std::vector<SetupStep>& steps, bool proposals = false) {
  std::vector<std::string> out;
  for (const auto& step : steps) {
    if (step.proposal == proposals) out.push_back(step.as + ": " + flat(step.sql));
  }
  return out;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

TEST_CASE("each statement of the set-up has the least role that may run it") {
  const auto mesh = with_roles();
  const auto desired =
      desired_of({declared(KindId::Database, "SALES", "sales"), declared(KindId::Role, "R", "finance")});
  SetupFacts facts;
  facts.connection_role = "ACCOUNTADMIN";
  const auto all = statements(setup_steps(mesh, desired, facts));
  CHECK_THAT(all.front(), Catch::StartsWith("SYSADMIN: CREATE DATABASE IF NOT EXISTS \"MESH\""));
  CHECK(has(all, "USERADMIN: CREATE ROLE IF NOT EXISTS \"DEPLOY_SALES\" COMMENT = 'mesh acme: applies domain sales'"));
  CHECK(has(all, "USERADMIN: GRANT ROLE \"DEPLOY_SALES\" TO ROLE \"SYSADMIN\""));
  CHECK(has(all, "SYSADMIN: GRANT USAGE ON SCHEMA \"MESH\".\"CONTROL\" TO ROLE \"PLANS\""));
  CHECK(has(all, "ACCOUNTADMIN: GRANT CREATE DATABASE ON ACCOUNT TO ROLE \"DEPLOY_SALES\""));
  CHECK(has(all, "SECURITYADMIN: GRANT CREATE ROLE ON ACCOUNT TO ROLE \"DEPLOY_FINANCE\""));
  CHECK(has(all, "SECURITYADMIN: GRANT RESOLVE ALL ON ACCOUNT TO ROLE \"PLANS\""));
  CHECK_FALSE(has(all, "SECURITYADMIN: GRANT CREATE ROLE ON ACCOUNT TO ROLE \"DEPLOY_SALES\""));
  CHECK_FALSE(has(all, "ACCOUNTADMIN: GRANT CREATE DATABASE ON ACCOUNT TO ROLE \"DEPLOY_FINANCE\""));

  // A role of the account's own making is taken for the control schema; the owners of what is there come first.
  facts.connection_role = "PLATFORM_ADMIN";
  CHECK_THAT(statements(setup_steps(mesh, desired, facts)).front(),
             Catch::StartsWith("PLATFORM_ADMIN: CREATE DATABASE"));
  facts.owners[{KindId::Database, QualifiedName({Name::exact("MESH")})}] = "OTHER";
  facts.control.database = true;
  CHECK_THAT(statements(setup_steps(mesh, desired, facts)).front(), Catch::StartsWith("OTHER: CREATE SCHEMA"));

  // A role that another one owns is given away with MANAGE GRANTS.
  facts.owners[{KindId::Role, QualifiedName({Name::exact("DEPLOY_SALES")})}] = "OTHER";
  CHECK(has(statements(setup_steps(mesh, desired, facts)),
            "SECURITYADMIN: GRANT ROLE \"DEPLOY_SALES\" TO ROLE \"SYSADMIN\""));
}

TEST_CASE("who creates needs no less than what is declared, and who renames creates") {
  auto mesh = with_roles();
  mesh.domains[1].roles.creator = "CREATES";
  auto renamed = declared(KindId::Warehouse, "SALES_WH", "sales");
  renamed.renamed_from = QualifiedName({Name::exact("SALES_OLD")});
  auto foreign = declared(KindId::Role, "SALES_R", "sales");
  foreign.manage = {"grants"};
  std::vector<std::string> needs;
  for (const auto& need :
       account_needs(mesh, desired_of({declared(KindId::Database, "SALES", "sales"), renamed, foreign}))) {
    needs.push_back(need.key.privilege + " " + need.key.grantee.name.display());
  }
  std::sort(needs.begin(), needs.end());
  CHECK(needs == std::vector<std::string>{"CREATE DATABASE CREATES", "CREATE WAREHOUSE CREATES",
                                          "CREATE WAREHOUSE DEPLOY_SALES", "RESOLVE ALL PLANS"});
}

TEST_CASE("system roles are not set up") {
  auto mesh = acme();
  for (auto& domain : mesh.domains) domain.roles = {"ACCOUNTADMIN", "SYSADMIN", "ACCOUNTADMIN"};
  SetupFacts facts;
  for (const auto& statement :
       statements(setup_steps(mesh, desired_of({declared(KindId::Role, "R", "sales")}), facts))) {
    INFO(statement);
    CHECK(statement.find("CREATE ROLE") == std::string::npos);
    CHECK(statement.find("GRANT ROLE") == std::string::npos);
    CHECK(statement.find("ON ACCOUNT") == std::string::npos);
  }
}

TEST_CASE("rows of SHOW GRANTS count as what they grant, ownership as everything") {
  const auto mesh = with_roles();
  const auto rows =
      rows_of({"privilege", "granted_on", "name", "grant_option"}, {{"USAGE", "DATABASE", "MESH", "false"},
                                                                    {"SELECT", "TABLE", "MESH.CONTROL.LEDGER", "false"},
                                                                    {"OWNERSHIP", "SCHEMA", "MESH.CONTROL", "true"},
                                                                    {"CREATE ROLE", "ACCOUNT", "ORG.ACCOUNT", "true"},
                                                                    {"SELECT", "TABLE", "", "false"}});
  std::set<GrantKey> with_option;
  const auto grants = parse_role_grants("DEPLOY_SALES", rows, &with_option);
  CHECK(grants.size() == 4);
  CHECK(with_option.count(account_grant("CREATE ROLE", "DEPLOY_SALES")) == 1);
  std::set<std::string> held;
  for (const auto& key : control_grants(mesh)) {
    if (is_granted(grants, key)) held.insert(key.address());
  }
  // The view came as TABLE, as it may before BCR-2371.
  CHECK(held == std::set<std::string>{"grant SELECT on view MESH.CONTROL.LEDGER to role DEPLOY_SALES",
                                      "grant USAGE on database MESH to role DEPLOY_SALES",
                                      "grant USAGE on schema MESH.CONTROL to role DEPLOY_SALES"});
}

TEST_CASE("hostile names stay names in a worksheet") {
  auto mesh = with_roles();
  mesh.name = "a'cme";
  mesh.domains[0].name = "sa\nles";
  mesh.domains[0].roles.deploy = "X\"; DROP DATABASE A; --";
  mesh.domains[0].users.deploy = {"U\"; DROP USER B", "repo:x';\nDROP", "https://i'ssuer"};
  SetupFacts facts;
  const auto foreign = declared(KindId::Database, "D\nDROP DATABASE C;", "sa\nles");
  facts.owners[foreign.id] = "OTHER\nDROP ROLE D;";
  const auto text = worksheet(setup_steps(mesh, desired_of({foreign}), facts));
  CHECK_THAT(
      text,
      Contains(
          "CREATE ROLE IF NOT EXISTS \"X\"\"; DROP DATABASE A; --\" COMMENT = 'mesh a''cme: applies domain sa\nles'"));
  CHECK_THAT(text, Contains("CREATE USER IF NOT EXISTS \"U\"\"; DROP USER B\" TYPE = SERVICE"));
  CHECK_THAT(text, Contains("ISSUER = 'https://i''ssuer' SUBJECT = 'repo:x'';\nDROP'"));
  // A proposal stays a comment.
  CHECK_THAT(text, Contains("-- Not run: ") && !Contains("\nDROP DATABASE C") && !Contains("\nDROP ROLE D"));
}

TEST_CASE("a whole set-up is read, as far as this user may look") {
  FakeConnection connection;
  connection.on("CURRENT_ROLE()", rows_of({"ROLE_NAME"}, {{"MINE"}}));
  connection.on("SHOW ROLES", rows_of({"name", "owner"}, {{"PLANS", "USERADMIN"}, {"MINE", ""}}));
  connection.on("SHOW DATABASES", rows_of({"name", "owner"}, {{"MESH", "SYSADMIN"}}));
  connection.on("SHOW WAREHOUSES", rows_of({"name", "owner"}, {}));
  connection.on("SHOW USERS", rows_of({"name"}, {{"BOT"}}));
  connection.on("SHOW SCHEMAS", rows_of({"name", "owner"}, {{"PUBLIC", "SYSADMIN"}, {"CONTROL", "SYSADMIN"}}));
  connection.on("SHOW TABLES", rows_of({"name"}, {{"LEASES"}}));
  connection.on("SHOW VIEWS", rows_of({"name", "text"}, {{"LEDGER", "text"}}));
  connection.on("\"LEASES\"", rows_of({"ENVIRONMENT", "DOMAIN"}, {{"dev", "sales"}}));
  connection.on("SHOW GRANTS TO ROLE \"PLANS\"", rows_of({"privilege", "granted_on", "name", "grant_option"},
                                                         {{"RESOLVE ALL", "ACCOUNT", "A", "false"}}));
  connection.on("SHOW GRANTS OF ROLE \"PLANS\"",
                rows_of({"granted_to", "grantee_name"}, {{"USER", "BOT"}, {"ROLE", "SYSADMIN"}}));
  const auto facts = read_setup(
      with_roles(), [](const std::string& role) { return role == "SECURITYADMIN"; }, connection);
  REQUIRE(facts.ok());
  CHECK(facts->connection_role == "MINE");
  CHECK((facts->control.database && facts->control.schema && !facts->control.warehouse));
  CHECK(facts->control.ledger_view == "text");
  CHECK(facts->control.leases.count({"dev", "sales"}) == 1);
  CHECK(facts->grants == std::set<GrantKey>{account_grant("RESOLVE ALL", "PLANS")});
  CHECK(facts->memberships == std::set<MembershipKey>{membership_of("PLANS", GranteeType::User, "BOT"),
                                                      membership_of("PLANS", GranteeType::Role, "SYSADMIN")});
  // Roles that are not there are not asked for; the owner of the schema cannot be taken, so the connection's role asks.
  CHECK(connection.sent_with("SHOW GRANTS").size() == 2);
  CHECK(connection.sent_with("SHOW ROLES").front().role == "SECURITYADMIN");
  CHECK(connection.sent_with("SHOW TABLES").front().role.empty());

  // What is hidden of the control schema counts as missing, any other failure ends it.
  const auto read = [&] {
    return read_setup(
        with_roles(), [](const std::string&) { return true; }, connection);
  };
  connection.on("SHOW TABLES", refused("002003", "Schema does not exist or not authorized"));
  CHECK(read()->control.tables.empty());
  connection.on("SHOW TABLES", refused("000630", "timeout"));
  CHECK_FALSE(read().ok());
  connection.on("SHOW TABLES", rows_of({"name"}, {}));
  CHECK(read().ok());
  connection.on("SHOW GRANTS OF", refused("000603", "internal error"));
  CHECK_FALSE(read_setup(
                  with_roles(), [](const std::string&) { return true; }, connection)
                  .ok());
}
