// Search optimization: pages alter-table (searchOptimizationAction), search-optimization/enabling,
// desc-search-optimization; cells, numbering and refusals as measured live (frostlake's suite ddl-search-optimization).
#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

struct SearchAccount : TestAccount {
  SearchAccount() {
    REQUIRE(all({"create database d", "create schema d.s"}).empty());
    session.database = "D", session.schema = "S";
    REQUIRE(run("create table so_t (id number, txt varchar, v variant, d date, f float)") ==
            "Table SO_T successfully created.");
  }
  std::string expressions() {
    return rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"expression_id", "method", "target", "target_data_type"});
  }
  std::string cells() {
    return rows("SHOW TABLES LIKE 'so_t' IN SCHEMA d.s",
                {"search_optimization", "search_optimization_progress", "search_optimization_bytes"});
  }
};

const std::string kDone = "Statement executed successfully.";

}  // namespace

TEST_CASE("search optimization is told by SHOW TABLES and DESCRIBE", "[ddl][search]") {
  SearchAccount a;
  CHECK(a.cells() == "OFF|-|-");
  CHECK(a.expressions().empty());
  CHECK(a.run("alter table so_t drop search optimization") == kDone);
  CHECK(a.run("alter table so_t drop search optimization on equality(id)") == kDone);
  CHECK(a.run("alter table so_t add search optimization on equality(id)") == kDone);
  CHECK(a.cells() == "ON|100|0");
  CHECK(a.run("DESC SEARCH OPTIMIZATION ON so_t") == "1|EQUALITY|ID|NUMBER(38,0)|true");
  CHECK(a.run("alter table so_t add search optimization on equality(id), full_text(txt), substring(txt)") == kDone);
  CHECK(a.expressions() ==
        "1|EQUALITY|ID|NUMBER(38,0)\n2|FULL_TEXT DEFAULT_ANALYZER|TXT|VARCHAR(16777216)\n3|SUBSTRING|TXT|VARCHAR("
        "16777216)");
  CHECK(a.run("alter table so_t drop search optimization on substring(txt)") == kDone);
  CHECK(a.run("alter table so_t add search optimization on equality(d)") == kDone);
  // Numbers are never used twice.
  CHECK(a.rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"expression_id"}) == "1\n2\n4");
  CHECK(a.run("alter table so_t drop search optimization on 1, txt") == kDone);
  CHECK(a.expressions() == "4|EQUALITY|D|DATE");
  CHECK(a.run("alter table so_t drop search optimization") == kDone);
  CHECK(a.cells() == "OFF|-|-");
}

TEST_CASE("a star takes VARIANT, the whole table does not", "[ddl][search]") {
  SearchAccount a;
  REQUIRE(a.run("alter table so_t add search optimization on equality(*)") == kDone);
  CHECK(a.rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"target"}) == "ID\nTXT\nV\nD");
  REQUIRE(a.run("alter table so_t drop search optimization") == kDone);
  REQUIRE(a.run("alter table so_t add search optimization") == kDone);
  CHECK(a.rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"target"}) == "ID\nTXT\nD");
  REQUIRE(a.run("alter table so_t add column late int") == kDone);
  CHECK(a.rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"target"}) == "ID\nTXT\nD\nLATE");
  REQUIRE(a.run("alter table so_t drop search optimization on equality(d)") == kDone);
  REQUIRE(a.run("alter table so_t add column later int") == kDone);
  REQUIRE(a.run("alter table so_t drop column txt") == kDone);
  REQUIRE(a.run("alter table so_t rename column id to \"an id\"") == kDone);
  CHECK(a.rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"target"}) == "\"an id\"\nLATE");
}

TEST_CASE("fields of a VARIANT are targets, however their path is written", "[ddl][search]") {
  SearchAccount a;
  REQUIRE(a.run("alter table so_t add search optimization on equality(v:key1, v:User.uuid)") == kDone);
  CHECK(a.rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"target", "target_data_type"}) ==
        "V:\"key1\"|VARIANT\nV:\"User\".\"uuid\"|VARIANT");
  CHECK(a.run("alter table so_t drop search optimization on equality(v['User']['uuid'])") == kDone);
  CHECK(a.run("alter table so_t drop search optimization on equality(v:\"key1\")") == kDone);
  CHECK(a.cells() == "OFF|-|-");
  REQUIRE(a.run("alter table so_t add search optimization on full_text(txt, analyzer => 'unicode_analyzer')") == kDone);
  CHECK(a.rows("DESCRIBE SEARCH OPTIMIZATION ON so_t", {"method"}) == "FULL_TEXT UNICODE_ANALYZER");
}

TEST_CASE("search optimization is refused where it cannot be", "[ddl][search]") {
  SearchAccount a;
  CHECK(
      a.run("ALTER TABLE so_t ADD SEARCH OPTIMIZATION ON GEO(v)") ==
      "002100 42601 SQL compilation error: error line 1 at position 48\nExpression GEO(IDX_SRC_TABLE.V) cannot be used "
      "in search optimization.");
  CHECK(
      a.run("ALTER TABLE so_t ADD SEARCH OPTIMIZATION ON EQUALITY(no_such_c)") ==
      "000904 42000 SQL compilation error: error line 1 at position 53\ninvalid identifier 'IDX_SRC_TABLE.NO_SUCH_C'");
  CHECK(a.run("alter table so_t add search optimization on equality(f)").find("cannot be used") != std::string::npos);
  CHECK(a.run("alter table so_t add search optimization on equality(*, id)").substr(0, 6) == "002100");
  CHECK(a.run("alter table so_t add search optimization on equality(id), equality(*)").substr(0, 6) == "002100");
  REQUIRE(a.run("alter table so_t add search optimization on equality(id)") == kDone);
  CHECK(
      a.run("ALTER TABLE so_t DROP SEARCH OPTIMIZATION ON SUBSTRING(txt)") ==
      "002100 42601 SQL compilation error: error line 1 at position 55\nExpression SUBSTRING(SO_T.TXT) is not indexed "
      "by search optimization.");
  CHECK(
      a.run("DESCRIBE SEARCH OPTIMIZATION ON no_such_t").find("Table 'NO_SUCH_T' does not exist or not authorized.") !=
      std::string::npos);
  CHECK(a.run("create table search (search number, optimization number, equality number)") ==
        "Table SEARCH successfully created.");
}

TEST_CASE("search optimization needs ownership and a privilege on the schema", "[ddl][search]") {
  SearchAccount a;
  REQUIRE(a.all({"create role owner", "grant role owner to user mesh", "grant usage on database d to role owner",
                 "grant usage on schema d.s to role owner", "grant ownership on table so_t to role owner"})
              .empty());
  CHECK(a.as("OWNER", "alter table so_t add search optimization").substr(0, 6) == "003001");
  REQUIRE(a.run("grant add search optimization on schema d.s to role owner") == kDone);
  CHECK(a.as("OWNER", "alter table so_t add search optimization") == kDone);
}

TEST_CASE("a clone keeps search optimization, a table like another has none", "[ddl][search]") {
  SearchAccount a;
  REQUIRE(a.all({"alter table so_t add search optimization on equality(id)", "create table c clone so_t",
                 "create table l like so_t"})
              .empty());
  CHECK(a.rows("SHOW TABLES IN SCHEMA d.s", {"name", "search_optimization"}) == "C|ON\nL|OFF\nSO_T|ON");
}
