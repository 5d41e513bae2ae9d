#include <catch2/catch.hpp>

#include "sample.hpp"

using namespace sample;

namespace {

Outcome outcome(size_t change, const char* address, const char* sql, OutcomeStatus status, const char* query_id = "",
                const char* error = "", Place place = {}) {
  Outcome o;
  o.change = change, o.address = address, o.sql = sql, o.status = status, o.query_id = query_id, o.error = error,
  o.place = place;
  return o;
}

}  // namespace

TEST_CASE("findings as text, with a count below") {
  const Files files;
  Diagnostics diagnostics;
  diagnostics.error("MESH1203", files.at(files.domain, 14), "unknown property 'comit' for role",
                    "did you mean 'comment'?");
  diagnostics.warning("MESH1204", {}, "nothing here");
  const auto text = render::findings_text(diagnostics.sorted(files.sources), files.sources, false);
  CHECK(text == R"(error[MESH1203]: unknown property 'comit' for role
  --> domains/sales/domain.yaml:14:3
  14 |   line 14
     |   ^^^^ did you mean 'comment'?

warning[MESH1204]: nothing here

1 error, 1 warning
)");
  CHECK(render::findings_text({}, files.sources, false).empty());
}

TEST_CASE("findings for a pull request, where there is no plan") {
  const Files files;
  Diagnostics diagnostics;
  diagnostics.error("MESH1203", files.at(files.domain, 14), "unknown property 'comit' for role",
                    "did you mean 'comment'?");
  diagnostics.warning("MESH1204", {}, "nothing here");
  const auto findings = diagnostics.sorted(files.sources);
  CHECK(render::findings_markdown(findings, files.sources) == R"(**⛔ 1 error.**

#### Errors

- unknown property 'comit' for role [MESH1203] (`domains/sales/domain.yaml:14`)<br>did you mean 'comment'?

#### Warnings

- nothing here [MESH1204]
)");
  CHECK(render::findings_markdown(findings, files.sources, 60).size() <= 60);
}

TEST_CASE("outcomes: done, failed, skipped because of what, not tried") {
  const Files files;
  auto p = plan(files);
  const std::vector<Outcome> outcomes = {
      outcome(0, "table SALES.ORDERS.RETURNS", "CREATE TABLE R (\n  A NUMBER\n)", OutcomeStatus::Failed, "01b2-0001",
              "SQL compilation error:\nsyntax error line 1 (001003)", files.at(files.orders, 31)),
      outcome(1, "warehouse SALES_WH", "ALTER WAREHOUSE W", OutcomeStatus::Done, "01b2-0002"),
      outcome(2, "view SALES.ORDERS.OLD_DAILY", "DROP VIEW A", OutcomeStatus::Skipped, "",
              "table SALES.ORDERS.RETURNS failed"),
      outcome(2, "view SALES.ORDERS.OLD_DAILY", "DROP VIEW B", OutcomeStatus::Skipped, "",
              "table SALES.ORDERS.RETURNS failed"),
      outcome(3, "table SALES.ORDERS.ORDERS", "ALTER TABLE", OutcomeStatus::NotTried)};
  CHECK(render::outcomes_text(p, outcomes, files.sources, false) ==
        R"(Failed    table SALES.ORDERS.RETURNS  domains/sales/orders.yaml:31
          SQL compilation error:
          syntax error line 1 (001003)
          query id 01b2-0001
          CREATE TABLE R (
            A NUMBER
          )
Skipped   view SALES.ORDERS.OLD_DAILY
          table SALES.ORDERS.RETURNS failed
Not tried table SALES.ORDERS.ORDERS

Applied   1 done, 1 failed, 1 skipped, 1 not tried of 4 changes. 1 statement run.
)");
}

TEST_CASE("what Snowflake's message already tells is not said twice") {
  const Files files;
  auto p = plan(files);
  p.changes.resize(1);
  const std::vector<Outcome> outcomes = {outcome(0, "table T", "CREATE TABLE R", OutcomeStatus::Failed, "01b2",
                                                 "no (003001), query 01b2\nCREATE TABLE R")};
  const auto text = render::outcomes_text(p, outcomes, files.sources, false);
  CHECK(text.find("query id") == std::string::npos);
  CHECK(text.find("CREATE TABLE R") == text.rfind("CREATE TABLE R"));
  const std::vector<Outcome> of_lines = {outcome(0, "view V", "CREATE VIEW V AS\nSELECT A\n  FROM T",
                                                 OutcomeStatus::Failed, "01b2",
                                                 "no\nstatement:\n  CREATE VIEW V AS\n  SELECT A\n    FROM T")};
  const auto lines = render::outcomes_text(p, of_lines, files.sources, false);
  CHECK(lines.find("CREATE VIEW V") == lines.rfind("CREATE VIEW V"));
  CHECK(lines.find("query id 01b2") != std::string::npos);
}

TEST_CASE("all done") {
  const Files files;
  auto p = plan(files);
  p.changes.resize(2);
  const std::vector<Outcome> outcomes = {outcome(0, "a", "S", OutcomeStatus::Done),
                                         outcome(1, "b", "", OutcomeStatus::Done)};
  CHECK(render::outcomes_text(p, outcomes, files.sources, false) ==
        "Applied   2 done of 2 changes. 1 statement run.\n");
}
