#include "mesh/model/mesh.hpp"

#include <catch2/catch.hpp>

#include "mesh/model/connection.hpp"
#include "mesh/model/value.hpp"

using namespace mesh;

namespace {
Domain domain(const char* name, std::vector<std::string> owns) {
  Domain d;
  d.name = name;
  d.owns = std::move(owns);
  return d;
}
}  // namespace

TEST_CASE("the longest pattern says who owns a name") {
  Mesh mesh;
  mesh.domains = {domain("platform", {"PLATFORM", "MESH_*"}), domain("sales", {"SALES", "SALES_*"}),
                  domain("sales_eu", {"SALES_EU", "SALES_EU_*"}), domain("all", {"*"})};
  const auto owner = [&](const char* name) { return mesh.owner_of(name)->name; };
  CHECK(owner("SALES") == "sales");
  CHECK(owner("SALES_US") == "sales");
  CHECK(owner("SALES_EU") == "sales_eu");
  CHECK(owner("SALES_EU_RAW") == "sales_eu");
  CHECK(owner("MESH_WH") == "platform");
  CHECK(owner("OTHER") == "all");
  CHECK(owner("sales") == "all");
  mesh.domains.pop_back();
  CHECK(mesh.owner_of("OTHER") == nullptr);
  CHECK(mesh.find("sales")->name == "sales");
  CHECK(mesh.find("none") == nullptr);
}

TEST_CASE("a domain's roles fall back to the environment's, then to the connection's") {
  Mesh mesh;
  mesh.domains = {domain("sales", {}), domain("finance", {})};
  mesh.domains[0].roles = {"SALES_PLAN", "SALES_DEPLOY", ""};
  mesh.environment.roles = {"", "ENV_DEPLOY", "ENV_CREATE"};
  CHECK(mesh.plan_role("sales") == "SALES_PLAN");
  CHECK(mesh.deploy_role("sales") == "SALES_DEPLOY");
  CHECK(mesh.creator_role("sales") == "ENV_CREATE");
  CHECK(mesh.deploy_role("finance") == "ENV_DEPLOY");
  CHECK(mesh.plan_role("finance") == "");
  CHECK(mesh.deploy_role("nobody") == "ENV_DEPLOY");
}

TEST_CASE("rows are read by column name") {
  Rows rows;
  rows.columns = {"name", "null?"};
  rows.rows = {{"A", "true"}, {std::nullopt, "NOT_NULL"}, {"short"}};
  CHECK(rows.at(0, "name") == "A");
  CHECK(rows.at(0, "NAME") == "A");
  CHECK(rows.at(1, "name") == "");
  CHECK(rows.at(2, "null?") == "");
  CHECK(rows.at(0, "none") == "");
  CHECK(rows.at(9, "name") == "");
  CHECK(rows.column("null?") == 1u);
  CHECK_FALSE(rows.column("none").has_value());
}

TEST_CASE("a server's refusal is told whole") {
  StatementError error;
  error.code = "002003";
  error.sqlstate = "02000";
  error.message = "SQL compilation error:\nDatabase 'X' does not exist or not authorized.";
  error.query_id = "01b";
  error.statement = "SHOW SCHEMAS\nIN DATABASE \"X\"";
  CHECK(error.describe() ==
        "SQL compilation error:\nDatabase 'X' does not exist or not authorized.\n"
        "code 002003 (02000), query id 01b\n"
        "statement:\n  SHOW SCHEMAS\n  IN DATABASE \"X\"");
  CHECK(error.is_missing_or_hidden());
  StatementError network;
  network.message = "no route to host";
  network.from_server = false;
  network.may_have_run = true;
  network.hint = "check the proxy";
  CHECK(network.describe() ==
        "no route to host\nIt may have run all the same: the answer did not arrive.\ncheck the proxy");
}

TEST_CASE("values are shown to people on one line") {
  CHECK(to_display(Value()) == "-");
  CHECK(to_display(Value(true)) == "true");
  CHECK(to_display(Value(60)) == "60");
  CHECK(to_display(Value("a\nb\r\nc")) == "a⏎b⏎c");
  CHECK(to_display(Value(ValueList{"A", 1, Value()})) == "A, 1, -");
  CHECK(to_display(Value(ValueRecord{{"type", "INT"}, {"nullable", false}})) == "type: INT, nullable: false");
  CHECK(to_display(Value(std::string(70, 'x')), 10) == "xxxxxxxxx…");
  CHECK(to_display(Value("üüüü"), 4) == "üüüü");
  CHECK(to_display(Value("üüüüü"), 4) == "üüü…");
  CHECK(to_display(Value("ab"), 0) == "ab");
}

TEST_CASE("each account of an environment sees its own domains, and the way there") {
  Mesh mesh;
  mesh.domains = {domain("finance", {"FINANCE_*"}), domain("hr", {}), domain("sales", {"SALES_*"})};
  mesh.domains[0].roles.deploy = "FIN_DEPLOY";
  mesh.environment.connection = "home", mesh.environment.account = "ACME-HOME";
  mesh.environment.roles = {"PLANS", "DEPLOYS", ""};
  mesh.environment.domains["finance"] = {"away", "ACME-AWAY_1", {}};
  mesh.environment.domains["hr"] = {"away", "ACME-AWAY-1", {}};

  CHECK(mesh.accounts() == std::vector<std::string>{"ACME-HOME", "ACME-AWAY_1"});
  CHECK(mesh.account_of("sales") == "ACME-HOME");
  CHECK(mesh.are_together("finance", "hr"));
  CHECK_FALSE(mesh.are_together("finance", "sales"));

  const Mesh away = mesh.in_account("ACME-AWAY_1");
  CHECK(away.environment.connection == "away");
  CHECK(away.environment.account == "ACME-AWAY_1");
  CHECK(away.deploy_role("finance") == "FIN_DEPLOY");
  CHECK(away.deploy_role("hr") == "DEPLOYS");
  CHECK(away.environment.roles.deploy == "FIN_DEPLOY");
  REQUIRE(away.domains.size() == 2);
  CHECK(away.owner_of("SALES_WH") == nullptr);
  CHECK(away.find("sales") != nullptr);
  CHECK(away.account_of("sales") == "ACME-HOME");

  const Mesh home = mesh.in_account("ACME-HOME");
  CHECK(home.environment.connection == "home");
  REQUIRE(home.domains.size() == 1);
  CHECK(home.domains[0].name == "sales");

  mesh.environment.domains.clear();
  CHECK(mesh.accounts() == std::vector<std::string>{"ACME-HOME"});
  CHECK(mesh.in_account("ACME-HOME").domains.size() == 3);
}

TEST_CASE("shares name an account by its organization") {
  CHECK(account_in_share("ACME-SALES") == "ACME.SALES");
  CHECK(account_in_share("ACME-SALES-EU_1") == "ACME.SALES_EU_1");
  CHECK(account_in_share("XY12345").empty());
  CHECK(same_account("acme-sales_eu", "ACME-SALES-EU"));
  CHECK_FALSE(same_account("ACME-SALES", "ACME-SALE"));
}
