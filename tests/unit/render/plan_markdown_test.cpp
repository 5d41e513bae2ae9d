#include <catch2/catch.hpp>

#include "markdown.hpp"
#include "sample.hpp"

using namespace sample;
using render::plan_markdown;

namespace {

Plan wide_plan(const Files& files, int count) {
  auto p = plan(files);
  p.changes.clear();
  for (int i = 0; i < count; ++i) {
    auto c =
        change(("table A.B.T" + std::to_string(i)).c_str(), Action::Update, Reason::Differs, files.at(files.orders, 3));
    c.diff = {{"comment", "old", "new", ""}};
    c.statements = {{"ALTER TABLE \"A\".\"B\".\"T\" SET COMMENT = 'new'", "R"}};
    p.changes.push_back(c);
  }
  return p;
}

size_t count_of(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a plan for a pull request") {
  const Files files;
  CHECK(plan_markdown(plan(files), files.sources) ==
        R"(**🔴 1 change loses data.** 1 to create, 2 to change, 1 to drop. 23 statements read.

sales · dev · ACME-DEV as SALES_DEPLOY · 2026-11-22

#### Loses data

| | Change | What | Where |
|---|---|---|---|
| ! | `table SALES.ORDERS.ORDERS` | `- column FAX VARCHAR(16777216)` **loses data (1,204,331 rows)** | `domains/sales/orders.yaml:12` |

#### sales

| | Change | What | Where |
|---|---|---|---|
| + | `table SALES.ORDERS.RETURNS` |  | `domains/sales/orders.yaml:31` |
| ~ | `warehouse SALES_WH` | `warehouse_size: XSMALL → SMALL` | `domains/sales/domain.yaml:8` |
| - | `view SALES.ORDERS.OLD_DAILY` |  | no longer declared |

#### Waiting

- finance asks for sales/orders&#64;&#8203;1: approve in domains/sales/products/orders.yaml

#### Access

- ➕ `FINANCE_ANALYST can SELECT table SALES.ORDERS.ORDERS (through SALES.ORDERS_READER)`

<details><summary>SQL: 4 statements</summary>

```sql
-- table SALES.ORDERS.RETURNS as SALES_DEPLOY
CREATE TABLE "SALES"."ORDERS"."RETURNS" (
  "ID" NUMBER(38,0)
);
-- warehouse SALES_WH as SALES_DEPLOY
ALTER WAREHOUSE "SALES_WH" SET WAREHOUSE_SIZE = 'SMALL';
-- view SALES.ORDERS.OLD_DAILY as SALES_DEPLOY
DROP VIEW "SALES"."ORDERS"."OLD_DAILY";
-- table SALES.ORDERS.ORDERS as SALES_DEPLOY
ALTER TABLE "SALES"."ORDERS"."ORDERS" DROP COLUMN "FAX";
```

</details>

Fingerprint: `sha256:abc`
)");
}

TEST_CASE("the verdict is the worst that is in the plan") {
  const Files files;
  const auto first_words = [&](const Plan& p) { return plan_markdown(p, files.sources).substr(0, 24); };
  Plan p;
  CHECK(first_words(p).find("No changes") != std::string::npos);
  p.changes = {change("warehouse W", Action::Create, Reason::NotThere)};
  CHECK(first_words(p).find("Safe") != std::string::npos);
  p.changes[0].risk = Risk::Disruptive;
  CHECK(plan_markdown(p, files.sources).find("1 change is disruptive") != std::string::npos);
  Diagnostic error;
  error.code = "MESH2010";
  p.findings = {error};
  CHECK(first_words(p).find("1 error") != std::string::npos);
  p.refused = {{"table A.B.C", "MESH2002", "no", "", {}}};
  CHECK(first_words(p).find("Apply would") != std::string::npos);
}

TEST_CASE("a plan too long is cut at the limit and says what is missing") {
  const Files files;
  const auto p = wide_plan(files, 3000);
  for (const size_t limit : {size_t{900}, size_t{5000}, size_t{65000}}) {
    const auto text = plan_markdown(p, files.sources, limit);
    INFO(limit);
    CHECK(text.size() <= limit);
    CHECK(text.size() > limit - 600);
    const auto rows = count_of(text, "| ~ |");
    const auto left_out = 3000 - rows;
    CHECK(text.find("… " +
                    (left_out >= 1000
                         ? std::to_string(left_out / 1000) + "," + std::to_string(left_out % 1000 + 1000).substr(1)
                         : std::to_string(left_out)) +
                    " more changes") != std::string::npos);
    CHECK(text.find("Fingerprint: `sha256:abc`") != std::string::npos);
  }
  CHECK(plan_markdown(p, files.sources, 40).size() <= 40);
}

TEST_CASE("statements that do not fit are counted") {
  const Files files;
  const auto text = plan_markdown(wide_plan(files, 100), files.sources, 14000);
  const auto shown = count_of(text, "ALTER TABLE");
  CHECK(shown > 0);
  CHECK(shown < 100);
  CHECK(text.find("… " + std::to_string(100 - shown) + " more statements not shown") != std::string::npos);
  CHECK(count_of(text, "```") == 2);
  CHECK(text.find("</details>") != std::string::npos);
}

TEST_CASE("what would be read as Markdown or HTML is not") {
  using namespace render::markdown;
  CHECK(code("table A.B.C_D") == "`table A.B.C_D`");
  CHECK(code("a|b") == "<code>a&#124;b</code>");
  CHECK(code("`<script>`") == "<code>&#96;&#60;script&#62;&#96;</code>");
  CHECK(code("two\nlines") == "`two⏎lines`");
  CHECK(prose("<img src=x> [a](http://b) *x* SALES_DEPLOY _y_ #12") ==
        "&#60;img src=x&#62; [a&#93;(http&#58;//b) &#42;x&#42; SALES_DEPLOY &#95;y&#95; &#35;12");
  CHECK(prose("@octocat") == "&#64;&#8203;octocat");
  CHECK(prose("removed: [{object: view A.B.C}] [MESH2001]") == "removed: [{object: view A.B.C}] [MESH2001]");
  CHECK(prose("- item") == "&#45; item");
  CHECK(sql_block("SELECT '```'") == "````sql\nSELECT '```'\n````\n");
}

TEST_CASE("hostile names stay inside their cell") {
  const Files files;
  Plan p;
  auto c = change("warehouse W", Action::Update, Reason::Differs);
  c.address = "warehouse \"a` | <b>x</b>\n| evil | @team |\"";
  c.diff = {{"comment", "`</details>", "| x |", ""}};
  c.statements = {{"SELECT '\n```\n</details>'", ""}};
  p.changes = {c};
  const auto text = plan_markdown(p, files.sources);
  INFO(text);
  const auto page = text.substr(0, text.find("<details>"));  // inside the fence nothing is read
  CHECK(page.find("<b>") == std::string::npos);
  CHECK(text.find("\n| evil") == std::string::npos);
  CHECK(text.find("````sql\n") != std::string::npos);
  const auto row = text.substr(text.find("| ~ |"), text.find('\n', text.find("| ~ |")) - text.find("| ~ |"));
  CHECK(count_of(row, "|") == 5);
}

TEST_CASE("readers of classified columns are counted, their list behind a fold") {
  const Files files;
  auto p = plan(files);
  p.readers = {{"column SALES.ORDERS.ORDERS.EMAIL", 3, 2, {}, {"role F"}}};
  const auto text = plan_markdown(p, files.sources);
  INFO(text);
  CHECK(text.find("#### Who reads what is classified\n\n"
                  "<details><summary>readers of SALES.ORDERS.ORDERS.EMAIL unmasked: 3 → 2</summary>\n\n"
                  "- ➖ `role F`\n\n</details>\n") != std::string::npos);
}
