// CHECK constraints, virtual columns and search optimization of tables (create-table-constraint, virtual-columns,
// search-optimization/enabling).
#include <catch2/catch.hpp>

#include "mesh/diff/diff.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/search_target.hpp"

using namespace mesh;

namespace {

const char* const kAddress = "table SALES.ORDERS.ORDERS";

struct Tables {
  Object wanted, live;
  LedgerEntry entry;

  Tables() {
    for (Object* side : {&wanted, &live}) {
      side->id = *parse_address(kAddress);
      side->domain = "sales";
      side->place = {0, 1, 1, 1};
      side->columns_stated = true;
      side->columns = {column("A"), column("B")};
    }
    live.live.rows = 12;
    live.checks.emplace();
    live.search_optimization.emplace();
    entry.address = kAddress;
    entry.domain = "sales";
    entry.made = true;
  }
  static Column column(const char* name, const char* as = nullptr, const char* type = "NUMBER") {
    Column made;
    made.name = *Name::parse(name);
    made.type = *DataType::parse(type);
    if (as != nullptr) made.virtual_as = SqlText{as, {}};
    return made;
  }
  static Check check(const char* name, const char* condition) {
    return {Name::exact(name), SqlText{condition, {}}, {}};
  }
  static std::vector<SearchTarget> targets(std::initializer_list<const char*> methods) {
    std::vector<SearchTarget> all;
    for (const char* text : methods) {
      const auto method = sql::parse_search_method(text);
      all.insert(all.end(), method->targets.begin(), method->targets.end());
    }
    return all;
  }
  void searched(std::initializer_list<const char*> methods) {
    live.search_optimization = SearchOptimization{.on = true, .targets = targets(methods)};
  }
  void search(std::initializer_list<const char*> methods) {
    wanted.search_optimization = SearchOptimization{.on = true, .targets = targets(methods)};
  }

  DiffResult run() const {
    Mesh mesh;
    mesh.name = "acme";
    mesh.environment.name = "dev";
    mesh.domains = {{.name = "sales", .path = "domains/sales", .owns = {"SALES", "SALES_*"}}};
    Desired desired;
    desired.owner_domain[wanted.id] = "sales";
    desired.state.objects[wanted.id] = wanted;
    Live there;
    there.account_read = true;
    there.state.objects[live.id] = live;
    Ledger ledger;
    ledger.available = true;
    ledger.entries[kAddress] = entry;
    return diff({mesh, desired, there, ledger, {}}, DiffOptions{});
  }
  // The statements behind ALTER TABLE <name>, one a line; then what is refused.
  std::string plan() const {
    const auto result = run();
    std::string out;
    const std::string head = "ALTER TABLE \"SALES\".\"ORDERS\".\"ORDERS\" ";
    for (const auto& change : result.changes) {
      for (const auto& statement : change.statements) {
        CHECK(statement.sql.substr(0, head.size()) == head);
        out += statement.sql.substr(head.size()) + "\n";
      }
    }
    for (const auto& refusal : result.refused) out += refusal.code + " " + refusal.message + "\n";
    return out;
  }
};

}  // namespace

TEST_CASE("checks are compared by what they say, and named as they are declared") {
  Tables t;
  t.wanted.checks = {{t.check("POSITIVE", "a > 0")}};
  t.live.checks = {{t.check("POSITIVE", "(A>0)")}};
  CHECK(t.plan() == "");
  t.live.checks = {{t.check("SYS_CONSTRAINT_1f", "A > 0")}};
  CHECK(t.plan() == "RENAME CONSTRAINT \"SYS_CONSTRAINT_1f\" TO \"POSITIVE\"\n");
  t.live.checks = {{t.check("POSITIVE", "A > 1"), t.check("OTHER", "B > 0")}};
  CHECK(t.plan() ==
        "DROP CONSTRAINT \"POSITIVE\"\nDROP CONSTRAINT \"OTHER\"\n"
        "ADD CONSTRAINT \"POSITIVE\" CHECK (a > 0) ENABLE NOVALIDATE\n");
  t.live.checks.reset();  // not told to this role
  CHECK(t.plan() == "");
  t.live.checks.emplace();
  t.wanted.ignore_changes = {"constraints"};
  CHECK(t.plan() == "");
}

TEST_CASE("a check that Snowflake reprints is known by the ledger") {
  Tables t;
  t.wanted.checks = {{t.check("C", "A BETWEEN 1 AND 2")}};
  t.live.checks = {{t.check("C", "A >= 1 AND A <= 2")}};
  CHECK(t.plan() != "");
  t.entry.echoes["check.C"] = {sql::text_hash("a between 1 and 2"), "A >= 1 AND A <= 2"};
  CHECK(t.plan() == "");
}

TEST_CASE("without `check:` only those that mesh set are taken away") {
  Tables t;
  t.live.checks = {{t.check("C", "A > 0")}};
  CHECK(t.plan() == "");
  t.entry.attached[kTableChecks] = "set";
  CHECK(t.plan() == "DROP CONSTRAINT \"C\"\n");
  t.entry.attached.clear();
  t.wanted.checks.emplace();
  CHECK(t.plan() == "DROP CONSTRAINT \"C\"\n");
}

TEST_CASE("rows that are there are said not to be checked") {
  Tables t;
  t.wanted.checks = {{t.check("C", "A > 0")}};
  CHECK(t.run().changes.front().diff.front().cost == "rows that are there already are not checked");
  CHECK(t.run().changes.front().ledger.record->attached.at(kTableChecks) == "set");
  CHECK(t.run().changes.front().ledger.written.at("check.C") == "A > 0");
  t.live.live.rows = 0;
  CHECK(t.run().changes.front().diff.front().cost == "");
}

TEST_CASE("virtual columns come last and go first, each before what it is built on") {
  Tables t;
  t.wanted.columns = {t.column("V", "N + 1"), t.column("A"), t.column("B"), t.column("N")};
  CHECK(t.plan() == "ADD COLUMN \"N\" NUMBER(38,0)\nADD COLUMN \"V\" NUMBER(38,0) AS (N + 1)\n");
  t.wanted.columns = {t.column("A"), t.column("B")};
  t.live.columns = {t.column("A"), t.column("B"), t.column("V", "A"), t.column("W", "V")};
  CHECK(t.plan() ==
        "DROP COLUMN \"W\"\nDROP COLUMN \"V\"\n"
        "MESH2001 column SALES.ORDERS.ORDERS.W would be dropped, and nothing in the manifests consents to it\n"
        "MESH2001 column SALES.ORDERS.ORDERS.V would be dropped, and nothing in the manifests consents to it\n");
  CHECK(t.run().changes.front().risk == Risk::Disruptive);
}

TEST_CASE("a virtual column is not altered") {
  Tables t;
  t.wanted.columns = {t.column("A"), t.column("B", "a * 2")};
  t.live.columns = {t.column("A"), t.column("B", "A * 2")};
  CHECK(t.plan() == "");
  t.live.columns[1] = t.column("B", "A + A");
  CHECK(
      t.plan() ==
      "MESH2002 column SALES.ORDERS.ORDERS.B: the expression of a virtual column cannot be altered (A + A to a * 2)\n");
  t.entry.echoes["columns.B.as"] = {sql::text_hash("A * 2"), "A + A"};
  CHECK(t.plan() == "");
  t.live.columns[1] = t.column("B", "A * 2", "NUMBER(38,2)");
  CHECK(t.plan() ==
        "MESH2002 column SALES.ORDERS.ORDERS.B: the type of a virtual column cannot be altered (NUMBER(38,2) to "
        "NUMBER(38,0))\n");
  t.live.columns[1] = t.column("B");
  CHECK(t.plan() == "MESH2002 column SALES.ORDERS.ORDERS.B: an ordinary column cannot become a virtual one\n");
  std::swap(t.live.columns, t.wanted.columns);
  CHECK(t.plan() == "MESH2002 column SALES.ORDERS.ORDERS.B: a virtual column cannot become an ordinary one\n");
}

TEST_CASE("what is built on a renamed column follows it") {
  Tables t;
  t.wanted.columns[0] = t.column("Z");
  t.wanted.columns[0].renamed_from = Name::exact("A");
  t.wanted.columns[1] = t.column("B", "z + 1");
  t.live.columns[1] = t.column("B", "A + 1");
  t.wanted.constraints = {{.type = ConstraintType::Unique, .columns = {Name::exact("Z")}}};
  t.live.constraints = {{.type = ConstraintType::Unique, .columns = {Name::exact("A")}, .stored_name = "U"}};
  t.wanted.checks = {{t.check("C", "Z > 0")}};
  t.live.checks = {{t.check("C", "A > 0")}};
  t.search({"EQUALITY(Z)"});
  t.searched({"EQUALITY(A)"});
  CHECK(t.plan() == "RENAME COLUMN \"A\" TO \"Z\"\n");
}

TEST_CASE("search optimization goes from what there is to what is declared") {
  Tables t;
  t.search({"EQUALITY(A, B)", "EQUALITY(V:x.y)", "SUBSTRING(S)"});
  CHECK(t.plan() == "ADD SEARCH OPTIMIZATION ON EQUALITY (\"A\", \"B\", \"V\":\"x\".\"y\"), SUBSTRING (\"S\")\n");
  CHECK(t.run().changes.front().risk == Risk::Expensive);
  t.search({"EQUALITY(A)", "FULL_TEXT(B, ANALYZER => 'UNICODE_ANALYZER')"});
  t.searched({"EQUALITY(A)", "GEO(B)", "FULL_TEXT(B)", "EQUALITY(GONE)"});
  CHECK(t.plan() ==
        "DROP SEARCH OPTIMIZATION ON GEO (\"B\"), FULL_TEXT (\"B\")\n"
        "ADD SEARCH OPTIMIZATION ON FULL_TEXT (\"B\", ANALYZER => 'UNICODE_ANALYZER')\n");
  t.live.search_optimization->targets_known = false;
  CHECK(t.plan() == "");
  t.wanted.search_optimization.reset();
  CHECK(t.plan() == "DROP SEARCH OPTIMIZATION\n");
  t.live.search_optimization.reset();  // SHOW TABLES has no such column
  CHECK(t.plan() == "");
}

TEST_CASE("a star and the whole table mean the columns there are") {
  Tables t;
  t.wanted.columns = t.live.columns = {t.column("A"), t.column("F", nullptr, "FLOAT"),
                                       t.column("V", nullptr, "VARIANT"), t.column("C", "A + 1")};
  t.search({"EQUALITY(*)"});
  // Of FLOAT and VARIANT columns they may hold or not: neither is a difference.
  for (const auto& live : {std::initializer_list<const char*>{"EQUALITY(A)"}, {"EQUALITY(A)", "EQUALITY(V)"}}) {
    t.searched(live);
    CHECK(t.plan() == "");
  }
  t.searched({"EQUALITY(V)"});
  CHECK(t.plan() == "ADD SEARCH OPTIMIZATION ON EQUALITY (*)\n");
  t.searched({"EQUALITY(A)", "EQUALITY(V:x)"});
  CHECK(t.plan() == "DROP SEARCH OPTIMIZATION ON EQUALITY (\"V\":\"x\")\n");
  t.wanted.search_optimization = SearchOptimization{.on = true, .whole_table = true};
  CHECK(t.plan() == "DROP SEARCH OPTIMIZATION ON EQUALITY (\"V\":\"x\")\nADD SEARCH OPTIMIZATION\n");
  t.searched({"EQUALITY(A)"});
  CHECK(t.plan() == "");
  t.wanted.columns.push_back(t.column("D", nullptr, "DATE"));
  CHECK(t.plan() == "ADD COLUMN \"D\" DATE\nADD SEARCH OPTIMIZATION\n");
  t.search({"GEO(*)"});
  t.searched({"EQUALITY(A)"});
  CHECK(t.plan() ==
        "DROP SEARCH OPTIMIZATION ON EQUALITY (\"A\")\nADD COLUMN \"D\" DATE\nADD SEARCH OPTIMIZATION ON GEO (*)\n");
}
