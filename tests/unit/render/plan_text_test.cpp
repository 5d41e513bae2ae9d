#include <catch2/catch.hpp>

#include "sample.hpp"

using namespace sample;
using render::plan_text;

TEST_CASE("the plan reads as the design's example") {
  const Files files;
  CHECK(plan_text(plan(files), files.sources, {}) ==
        R"(sales · dev · ACME-DEV as SALES_DEPLOY · 2026-11-22

  + table SALES.ORDERS.RETURNS                              domains/sales/orders.yaml:31
  ~ warehouse SALES_WH                                      domains/sales/domain.yaml:8
      warehouse_size   XSMALL → SMALL
  - view SALES.ORDERS.OLD_DAILY                             no longer declared
  ! table SALES.ORDERS.ORDERS                               domains/sales/orders.yaml:12
      - column FAX VARCHAR(16777216)                        loses data (1,204,331 rows)

Access   + FINANCE_ANALYST can SELECT table SALES.ORDERS.ORDERS (through SALES.ORDERS_READER)
Waiting  finance asks for sales/orders@1: approve in domains/sales/products/orders.yaml
Plan     1 to create, 2 to change, 1 to drop. 23 statements read.
)");
}

TEST_CASE("grants stand under their object, privileges of one grantee on one line") {
  const Files files;
  Plan p;
  p.mesh = "acme", p.environment = "dev", p.account = "ACME-DEV", p.date = "2026-11-22", p.domains = {"sales"};
  p.statements_read = 1;
  auto future = grant("SELECT", "schema SALES.ORDERS", "SALES_ENGINEER", true, files.at(files.domain, 3));
  future.grant->target.form = TargetForm::FutureIn;
  future.grant->target.of_kind = KindId::View;
  auto option = grant("MODIFY", "schema SALES.ORDERS", "SALES_ENGINEER", true, files.at(files.domain, 4));
  option.diff = {{"grant_option", {}, true, ""}};
  Change member = change("role SALES_ENGINEER", Action::Grant, Reason::NotGranted, files.at(files.domain, 9));
  member.membership = MembershipKey{id("role SALES_ENGINEER"), *parse_grantee("SYSADMIN")};
  p.changes = {change("schema SALES.ORDERS", Action::Create, Reason::NotThere, files.at(files.orders, 2)),
               grant("USAGE", "schema SALES.ORDERS", "SALES_ENGINEER", true, files.at(files.orders, 3)),
               grant("CREATE TABLE", "schema SALES.ORDERS", "SALES_ENGINEER", true, files.at(files.orders, 3)),
               grant("USAGE", "schema SALES.ORDERS", "database role SALES.R", true, files.at(files.orders, 3)),
               future,
               option,
               grant("INSERT", "table SALES.ORDERS.ORDERS", "INTERN", false),
               member};
  CHECK(plan_text(p, files.sources, {}) == R"(sales · dev · ACME-DEV · 2026-11-22

  + schema SALES.ORDERS                                     domains/sales/orders.yaml:2
      + USAGE, CREATE TABLE to role SALES_ENGINEER          domains/sales/orders.yaml:3
      + USAGE to database role SALES.R                      domains/sales/orders.yaml:3
      + SELECT on future views to role SALES_ENGINEER       domains/sales/domain.yaml:3
      + MODIFY to role SALES_ENGINEER with grant option     domains/sales/domain.yaml:4
  · table SALES.ORDERS.ORDERS
      - INSERT from role INTERN                             not declared
  · role SALES_ENGINEER
      + granted to role SYSADMIN                            domains/sales/domain.yaml:9

Plan     1 to create; 6 grants, 1 revoke. 1 statement read.
)");
}

TEST_CASE("nothing to do") {
  const Files files;
  Plan p;
  p.domains = {"sales"};
  CHECK(plan_text(p, files.sources, {}) == "No changes.\n");
  CHECK(plan_text(p, files.sources, {.drift = true}).substr(0, 11) == "No changes.");
  p.waiting = plan(files).waiting;
  CHECK(plan_text(p, files.sources, {}) ==
        "No changes.\nWaiting  finance asks for sales/orders@1: approve in domains/sales/products/orders.yaml\n");
  p.refused = {{"table A.B.C", "MESH2002", "cannot change", "do this", {}}};
  CHECK(plan_text(p, files.sources, {}).find("No changes.") == std::string::npos);
}

TEST_CASE("refusals, findings and what has vanished are told with their places") {
  const Files files;
  auto p = plan(files);
  p.changes.clear(), p.access.clear(), p.waiting.clear();
  p.refused = {{"column SALES.ORDERS.ORDERS.FAX", "MESH2002", "column SALES.ORDERS.ORDERS.FAX: cannot change",
                "write removed", files.at(files.orders, 14)}};
  Diagnostic warning;
  warning.severity = Severity::Warning, warning.code = "MESH2050", warning.summary = "secondary roles are active";
  p.findings = {warning};
  p.vanished = {"table SALES.ORDERS.GONE"};
  CHECK(plan_text(p, files.sources, {}) == R"(sales · dev · ACME-DEV as SALES_DEPLOY · 2026-11-22

Vanished table SALES.ORDERS.GONE: in the ledger, but not visible in Snowflake
Refused  column SALES.ORDERS.ORDERS.FAX: cannot change [MESH2002]  (domains/sales/orders.yaml:14)
           write removed
Warnings secondary roles are active [MESH2050]
Plan     nothing but what is refused. 23 statements read.
)");
}

TEST_CASE("signs") {
  const Files files;
  struct Case {
    Action action;
    Risk risk;
    const char* line;
  };
  const Case cases[] = {
      {Action::Create, Risk::Safe, "  + warehouse W"},        {Action::Update, Risk::Safe, "  ~ warehouse W"},
      {Action::Update, Risk::Destructive, "  ! warehouse W"}, {Action::Replace, Risk::Expensive, "  ~ warehouse W"},
      {Action::Drop, Risk::Destructive, "  - warehouse W"},   {Action::Rename, Risk::Safe, "  > warehouse W"},
      {Action::Adopt, Risk::Safe, "  = warehouse W"},         {Action::Forget, Risk::Safe, "  o warehouse W"}};
  for (const auto& c : cases) {
    Plan p;
    p.changes = {change("warehouse W", c.action, Reason::Differs)};
    p.changes[0].risk = c.risk;
    INFO(c.line);
    CHECK(plan_text(p, files.sources, {}).find(c.line) != std::string::npos);
  }
}

TEST_CASE("a long text is shown by the lines that differ") {
  const Files files;
  Plan p;
  auto view = change("view A.B.V", Action::Replace, Reason::Differs, files.at(files.orders, 1));
  view.diff = {{"query", "SELECT A\nFROM T\nWHERE X = 1", "SELECT A\nFROM T2\nWHERE X = 1", ""},
               {"columns.A.B.comment", "", "the first", ""}};
  p.changes = {view};
  const auto text = plan_text(p, files.sources, {});
  INFO(text);
  CHECK(text.find("      query\n      -   FROM T\n      +   FROM T2\n") != std::string::npos);
  CHECK(text.find("SELECT A") == std::string::npos);
  CHECK(text.find("      column \"A.B\" comment   ") != std::string::npos);
}

TEST_CASE("a terminal is never driven by what stands in a name") {
  const Files files;
  Plan p;
  auto c = change("warehouse W", Action::Update, Reason::Differs);
  c.address = "warehouse \"\x1b[2J\xE2\x80\xAE\xff\nx\"";
  c.diff = {{"comment", "a\x07", "b\x7f\xC2\x9B", ""}};
  c.cost = "\x1b]0;title\x07";
  p.changes = {c};
  const auto text = plan_text(p, files.sources, {});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\x07') == std::string::npos);
  CHECK(text.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(text.find("\\x1b[2J\\u202e\\xff⏎x") != std::string::npos);
  CHECK(text.find("a\\x07 → b\\x7f\\x9b") != std::string::npos);
}

TEST_CASE("colour changes no letter") {
  const Files files;
  auto coloured = plan_text(plan(files), files.sources, {.color = true, .verbose = true});
  CHECK(coloured.find("\x1b[1;31m!\x1b[0m") != std::string::npos);
  std::string bare;
  for (size_t i = 0; i < coloured.size(); ++i) {
    if (coloured[i] == '\x1b') {
      i = coloured.find('m', i);
    } else {
      bare += coloured[i];
    }
  }
  CHECK(bare == plan_text(plan(files), files.sources, {.verbose = true}));
}

TEST_CASE("verbose shows the statements and their roles") {
  const Files files;
  const auto text = plan_text(plan(files), files.sources, {.verbose = true});
  CHECK(text.find("        sql as SALES_DEPLOY\n          CREATE TABLE \"SALES\".\"ORDERS\".\"RETURNS\" (\n") !=
        std::string::npos);
  CHECK(text.find("+ column ID NUMBER(38,0)") != std::string::npos);
}

TEST_CASE("a long list below the changes is cut, and says so") {
  const Files files;
  auto p = plan(files);
  p.access.clear();
  for (int i = 0; i < 30; ++i) p.access.push_back({true, "role R" + std::to_string(i), "SELECT", "table A.B.C", {}});
  CHECK(plan_text(p, files.sources, {}).find("… 10 more (-v shows all)") != std::string::npos);
  CHECK(plan_text(p, files.sources, {.verbose = true}).find("… ") == std::string::npos);
}

TEST_CASE("drift has words of its own") {
  const Files files;
  auto p = plan(files);
  p.unmanaged = {{"table SALES.ORDERS.TEMP", "object", "sales"}};
  const auto text = plan_text(p, files.sources, {.drift = true});
  CHECK(text.find("Drift    1 gone, 2 changed, 1 no longer declared. 23 statements read.") != std::string::npos);
  CHECK(text.find("Others   unmanaged: table SALES.ORDERS.TEMP  (sales)\n") != std::string::npos);
  CHECK(plan_text(p, files.sources, {}).find("1 thing that mesh does not manage: see mesh drift") != std::string::npos);
}

TEST_CASE("readers of classified columns are counted, and named where they are few") {
  const Files files;
  auto p = plan(files);
  p.readers = {{"column SALES.ORDERS.ORDERS.EMAIL",
                3,
                17,
                {"role A (through role B)", "role C", "role D", "role E"},
                {"role F"}}};
  const auto text = plan_text(p, files.sources, {});
  INFO(text);
  CHECK(text.find("Readers  ! readers of SALES.ORDERS.ORDERS.EMAIL unmasked: 3 → 17\n"
                  "             + role A (through role B)\n"
                  "             + role C\n"
                  "             + role D\n"
                  "             + 1 more (-v shows all)\n"
                  "             - role F\n") != std::string::npos);
}
