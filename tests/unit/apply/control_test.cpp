#include "mesh/apply/control.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "control_tables.hpp"
#include "fake_connection.hpp"
#include "mesh/kinds/ddl.hpp"

using namespace mesh;
using namespace mesh::apply;
using namespace mesh::test;
using Catch::Contains;
using Catch::StartsWith;

namespace {

const std::vector<std::string> kColumns = {"MESH",   "ENVIRONMENT",     "ADDRESS", "DOMAIN",  "EVENT",
                                           "ORIGIN", "PREVENT_DESTROY", "ECHOES",  "ATTACHED"};
using Cells = std::vector<std::optional<std::string>>;

Cells ledger_row(const std::string& address, const std::string& event, const std::string& origin = "made",
                 const std::string& environment = "dev", const std::string& mesh_name = "acme") {
  return {mesh_name, environment, address, "sales", event, origin, "false", "{}", "{}"};
}

Ledger ledger_of(std::vector<Cells> rows) {
  const auto ledger = parse_ledger(acme(), Reply(rows_of(kColumns, std::move(rows))));
  REQUIRE(ledger.ok());
  CHECK(ledger->available);
  return *ledger;
}

std::vector<std::string> flat_all(const std::vector<ControlStatement>& statements) {
  std::vector<std::string> out;
  for (const auto& statement : statements) out.push_back(flat(statement.sql));
  return out;
}

std::vector<std::string> grants_of(const Mesh& mesh) {
  std::vector<std::string> out;
  for (const auto& key : control_grants(mesh)) out.push_back(kinds::grant_statement(key, false));
  return out;
}

}  // namespace

TEST_CASE("bootstrap makes what is missing, and only that") {
  const auto all = flat_all(bootstrap_sql(acme(), {}));
  REQUIRE(all.size() == 11);
  CHECK_THAT(all[0], StartsWith("CREATE DATABASE IF NOT EXISTS \"MESH\" COMMENT = "));
  CHECK_THAT(all[1], StartsWith("CREATE SCHEMA IF NOT EXISTS \"MESH\".\"CONTROL\" WITH MANAGED ACCESS COMMENT = "));
  CHECK_THAT(all[2],
             StartsWith("CREATE WAREHOUSE IF NOT EXISTS \"MESH_WH\" WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60"));
  CHECK_THAT(all[3], StartsWith("CREATE TABLE IF NOT EXISTS \"MESH\".\"CONTROL\".\"LEDGER_FINANCE\" ("));
  CHECK_THAT(all[4], StartsWith("CREATE TABLE IF NOT EXISTS \"MESH\".\"CONTROL\".\"LEDGER_SALES\" ("));
  CHECK_THAT(all[4], Contains("\"WRITTEN_AT\" TIMESTAMP_LTZ(9) DEFAULT CURRENT_TIMESTAMP()"));
  CHECK_THAT(all[5], Contains("\"RUNS\""));
  CHECK_THAT(all[6], Contains("\"STATEMENTS\""));
  CHECK_THAT(all[7], Contains("\"APPLIED\""));
  CHECK_THAT(all[8], Contains("\"LEASES\""));
  CHECK_THAT(all[9], StartsWith("CREATE OR REPLACE VIEW \"MESH\".\"CONTROL\".\"LEDGER\" COPY GRANTS"));
  CHECK_THAT(all[10], StartsWith("MERGE INTO \"MESH\".\"CONTROL\".\"LEASES\""));

  const auto rest = flat_all(bootstrap_sql(acme(), {.database = true, .schema = true, .warehouse = true}));
  CHECK(rest == std::vector<std::string>(all.begin() + 3, all.end()));

  ControlFacts there{.database = true, .schema = true, .warehouse = true};
  there.tables = {"LEDGER_FINANCE", "LEDGER_SALES", "RUNS", "STATEMENTS", "APPLIED", "LEASES"};
  there.ledger_view = all[9];
  for (const char* environment : {"dev", "prod"}) {
    for (const char* domain : {"finance", "sales"}) there.leases.emplace(environment, domain);
  }
  CHECK(bootstrap_sql(acme(), there).empty());
  auto one_less = there;
  one_less.leases.erase({"prod", "sales"});
  CHECK(flat_all(bootstrap_sql(acme(), one_less)) == std::vector<std::string>{all[10]});
  one_less = there;
  one_less.tables.erase("RUNS");
  CHECK(flat_all(bootstrap_sql(acme(), one_less)) == std::vector<std::string>{all[5]});
  one_less = there;
  one_less.tables.insert("LEDGER_OTHERS");
  CHECK_THAT(bootstrap_sql(acme(), one_less).at(0).sql, StartsWith("CREATE OR REPLACE VIEW"));
}

TEST_CASE("bootstrap makes a lease for every domain of every environment") {
  const auto merge = flat(bootstrap_sql(acme(), {}).back().sql);
  for (const char* row : {"SELECT 'acme' AS \"MESH\", 'dev' AS \"ENVIRONMENT\", 'finance' AS \"DOMAIN\"",
                          "SELECT 'acme' AS \"MESH\", 'dev' AS \"ENVIRONMENT\", 'sales' AS \"DOMAIN\"",
                          "SELECT 'acme' AS \"MESH\", 'prod' AS \"ENVIRONMENT\", 'finance' AS \"DOMAIN\"",
                          "SELECT 'acme' AS \"MESH\", 'prod' AS \"ENVIRONMENT\", 'sales' AS \"DOMAIN\""}) {
    CHECK_THAT(merge, Contains(row));
  }
  CHECK_THAT(merge, Contains("ON \"T\".\"MESH\" = \"S\".\"MESH\" AND \"T\".\"ENVIRONMENT\" = \"S\".\"ENVIRONMENT\" AND "
                             "\"T\".\"DOMAIN\" = \"S\".\"DOMAIN\" WHEN NOT MATCHED THEN INSERT (\"MESH\", "
                             "\"ENVIRONMENT\", \"DOMAIN\") VALUES (\"S\".\"MESH\", \"S\".\"ENVIRONMENT\", "
                             "\"S\".\"DOMAIN\")"));
}

TEST_CASE("the ledger view keeps the tables of other meshes") {
  const auto all = flat_all(bootstrap_sql(acme(), {.tables = {"LEDGER_SALES", "LEDGER_OTHERS"}}));
  const auto view = std::find_if(all.begin(), all.end(), [](const auto& sql) { return sql.find("VIEW") < 30; });
  REQUIRE(view != all.end());
  for (const char* table : {"LEDGER_FINANCE", "LEDGER_SALES", "LEDGER_OTHERS"}) {
    CHECK_THAT(*view, Contains(std::string("FROM \"MESH\".\"CONTROL\".\"") + table + "\""));
  }
  CHECK(std::count(view->begin(), view->end(), 'F') > 0);
  const auto twice = view->find("LEDGER_SALES");
  CHECK(view->find("LEDGER_SALES", twice + 1) == std::string::npos);
}

TEST_CASE("hostile names stay names") {
  auto mesh = acme();
  mesh.name = "ac'me\\";
  mesh.control.database = Name::exact("ME\"SH; DROP DATABASE X");
  mesh.domains[0].name = "fin\"an'ce";
  mesh.domains[0].roles.deploy = "DE\"PLOY";
  const auto all = flat_all(bootstrap_sql(mesh, {.schema = true, .warehouse = true}));
  CHECK_THAT(all[0], StartsWith("CREATE DATABASE IF NOT EXISTS \"ME\"\"SH; DROP DATABASE X\" COMMENT"));
  CHECK_THAT(
      all[1],
      StartsWith("CREATE TABLE IF NOT EXISTS \"ME\"\"SH; DROP DATABASE X\".\"CONTROL\".\"LEDGER_FIN\"\"AN'CE\""));
  CHECK_THAT(all.back(), Contains("SELECT 'ac''me\\\\' AS \"MESH\", 'dev' AS \"ENVIRONMENT\", 'fin\"an''ce' AS"));
  const auto grants = grants_of(mesh);
  CHECK(std::count(grants.begin(), grants.end(),
                   "GRANT INSERT ON TABLE \"ME\"\"SH; DROP DATABASE X\".\"CONTROL\".\"LEDGER_FIN\"\"AN'CE\" TO ROLE "
                   "\"DE\"\"PLOY\"") == 1);
  CHECK_THAT(unlock_sql(mesh, {"fin\"an'ce"})[1], Contains("\"MESH\" = 'ac''me\\\\'") && Contains("('fin\"an''ce')"));
  CHECK_THAT(ledger_query(mesh).sql, Contains("FROM \"ME\"\"SH; DROP DATABASE X\".\"CONTROL\".\"LEDGER\")"));
}

TEST_CASE("a deploy role may add to its own domain's table only") {
  auto mesh = acme();
  mesh.domains[0].roles.deploy = "FINANCE_DEPLOY";
  const auto grants = grants_of(mesh);
  const auto has = [&](const std::string& grant) { return std::count(grants.begin(), grants.end(), grant) == 1; };
  CHECK(has("GRANT INSERT ON TABLE \"MESH\".\"CONTROL\".\"LEDGER_SALES\" TO ROLE \"SALES_DEPLOY\""));
  CHECK(has("GRANT INSERT ON TABLE \"MESH\".\"CONTROL\".\"LEDGER_FINANCE\" TO ROLE \"FINANCE_DEPLOY\""));
  CHECK(has("GRANT SELECT ON VIEW \"MESH\".\"CONTROL\".\"LEDGER\" TO ROLE \"SALES_DEPLOY\""));
  CHECK(has("GRANT SELECT ON VIEW \"MESH\".\"CONTROL\".\"LEDGER\" TO ROLE \"SALES_PLAN\""));
  CHECK(has("GRANT UPDATE ON TABLE \"MESH\".\"CONTROL\".\"LEASES\" TO ROLE \"SALES_DEPLOY\""));
  CHECK(has("GRANT USAGE ON WAREHOUSE \"MESH_WH\" TO ROLE \"SALES_DEPLOY\""));
  CHECK(has("GRANT USAGE ON DATABASE \"MESH\" TO ROLE \"SALES_PLAN\""));
  for (const auto& grant : grants) {
    INFO(grant);
    CHECK_FALSE((grant.find("LEDGER_FINANCE") != std::string::npos && grant.find("SALES") != std::string::npos));
    const bool writes = grant.find("GRANT INSERT") == 0 || grant.find("GRANT UPDATE") == 0;
    CHECK_FALSE((writes && grant.find("SALES_PLAN") != std::string::npos));
  }
}

TEST_CASE("the ledger is read by one statement with the control warehouse") {
  auto mesh = acme();
  mesh.environment.roles.plan = "PLANNER";
  const auto query = ledger_query(mesh);
  CHECK(query.read_only);
  CHECK(query.warehouse == "MESH_WH");
  CHECK(query.role == "PLANNER");
  CHECK(std::count(query.sql.begin(), query.sql.end(), ';') == 0);
}

TEST_CASE("entries of the ledger") {
  auto row = ledger_row("table A.B.C", "done", "adopted");
  row[6] = "true";
  row[7] = R"({"query":{"written":"h","echo":"SELECT 1"}})";
  row[8] = R"({"data_retention_time_in_days":"7"})";
  const auto ledger = ledger_of({row, ledger_row("role R", "done")});
  REQUIRE(ledger.entries.size() == 2);
  const auto& entry = ledger.entries.at("table A.B.C");
  CHECK(entry.domain == "sales");
  CHECK_FALSE(entry.made);
  CHECK(entry.prevent_destroy);
  CHECK_FALSE(entry.unconfirmed);
  CHECK(entry.echoes.at("query").written_hash == "h");
  CHECK(entry.echoes.at("query").echo == "SELECT 1");
  CHECK(entry.attached.at("data_retention_time_in_days") == "7");
  CHECK(ledger.entries.at("role R").made);
}

TEST_CASE("what a killed run intended") {
  SECTION("a creation counts as made, and may be absent") {
    const auto ledger = ledger_of({ledger_row("role R", "making")});
    CHECK(ledger.entries.at("role R").made);
    CHECK(ledger.entries.at("role R").unconfirmed);
  }
  SECTION("also after an earlier one was dropped") {
    const auto ledger = ledger_of({ledger_row("role R", "removed"), ledger_row("role R", "making")});
    CHECK(ledger.entries.at("role R").made);
    CHECK(ledger.entries.at("role R").unconfirmed);
  }
  SECTION("what was adopted is not made by an intent to make it anew") {
    const auto ledger = ledger_of({ledger_row("role R", "done", "adopted"), ledger_row("role R", "making")});
    CHECK_FALSE(ledger.entries.at("role R").made);
    CHECK(ledger.entries.at("role R").unconfirmed);
  }
  SECTION("a drop may have happened: remembered, and absence is no surprise") {
    const auto ledger = ledger_of({ledger_row("role R", "done"), ledger_row("role R", "dropping")});
    CHECK(ledger.entries.at("role R").made);
    CHECK(ledger.entries.at("role R").unconfirmed);
  }
  SECTION("a change keeps the entry, with what it may have attached") {
    auto done = ledger_row("role R", "done"), changing = ledger_row("role R", "changing", "adopted");
    done[8] = R"({"a":"1"})";
    changing[8] = R"({"b":"2"})";
    const auto ledger = ledger_of({done, changing});
    const auto& entry = ledger.entries.at("role R");
    CHECK(entry.made);
    CHECK_FALSE(entry.unconfirmed);
    CHECK(entry.attached == std::map<std::string, std::string>{{"a", "1"}, {"b", "2"}});
  }
  SECTION("a cancelled intent is as if it had never been") {
    CHECK(ledger_of({ledger_row("role R", "cancelled")}).entries.empty());
    const auto ledger = ledger_of({ledger_row("role R", "done"), ledger_row("role R", "cancelled")});
    CHECK_FALSE(ledger.entries.at("role R").unconfirmed);
  }
  SECTION("removed is gone") {
    CHECK(ledger_of({ledger_row("role R", "removed")}).entries.empty());
    CHECK(ledger_of({ledger_row("role R", "dropping")}).entries.empty());
  }
}

TEST_CASE("what other meshes and environments hold") {
  const auto ledger = ledger_of({ledger_row("role A", "done", "made", "prod"), ledger_row("role B", "done"),
                                 ledger_row("role C", "done", "made", "dev", "other"),
                                 ledger_row("role D", "removed", "made", "dev", "other")});
  CHECK(ledger.entries.size() == 1);
  CHECK(ledger.other_meshes == std::map<std::string, std::string>{{"role A", "acme/prod"}, {"role C", "other/dev"}});
}

TEST_CASE("no ledger, and a doubtful one") {
  const auto none = parse_ledger(acme(), refused("002003", "Object 'LEDGER' does not exist or not authorized."));
  REQUIRE(none.ok());
  CHECK_FALSE(none->available);
  CHECK_THAT(none->why_not, Contains("MESH.CONTROL") && Contains("mesh bootstrap"));

  CHECK_FALSE(parse_ledger(acme(), refused("000606", "No active warehouse selected")).ok());
  CHECK_FALSE(parse_ledger(acme(), refused("", "connection reset", true)).ok());
  auto row = ledger_row("role R", "done");
  row[7] = "{broken";
  const auto broken = parse_ledger(acme(), Reply(rows_of(kColumns, {row})));
  REQUIRE_FALSE(broken.ok());
  CHECK_THAT(broken.error().message, Contains("role R"));
}

TEST_CASE("rows go into few INSERTs") {
  const auto table = in_control(acme(), "RUNS");
  const std::vector<ValueList> few = {{"a'b", 1, true, Value()}, {"c\\", -2, false, Value()}};
  const auto one = insert_statements(table, {"A", "B", "C", "D"}, few);
  REQUIRE(one.size() == 1);
  CHECK(flat(one[0]) ==
        "INSERT INTO \"MESH\".\"CONTROL\".\"RUNS\" (\"A\", \"B\", \"C\", \"D\") VALUES ('a''b', 1, TRUE, NULL), "
        "('c\\\\', "
        "-2, FALSE, NULL)");
  CHECK(insert_statements(table, {"A"}, {}).empty());
  CHECK(insert_statements(table, {"A"}, std::vector<ValueList>(5'000, ValueList{"x"})).size() == 3);
  for (const auto& sql : insert_statements(table, {"A"}, std::vector<ValueList>(9, {std::string(200'000, 'x')}))) {
    CHECK(sql.size() < 1'000'000);
  }
}

TEST_CASE("a query tag tells run, domain and commit, within Snowflake's limit") {
  auto mesh = acme();
  CHECK(query_tag(mesh, "r-1", "abc", "sales") ==
        R"({"run":"r-1","mesh":"acme","environment":"dev","domain":"sales","commit":"abc"})");
  mesh.name = std::string(3'000, '"');
  const auto tag = query_tag(mesh, "r-1", "abc", "sales");
  CHECK(tag.size() <= 2'000);
  CHECK_THAT(tag, StartsWith(query_tag_prefix("r-1")) && Contains("\"commit\":\"abc\"}"));
}
