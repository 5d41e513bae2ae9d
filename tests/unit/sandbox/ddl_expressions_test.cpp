// CHECK constraints, virtual columns and the constraint actions of ALTER TABLE. Expected texts are those of the pages
// create-table-constraint, constraints-overview and virtual-columns, or measured live (table entry; frostlake's suites
// ddl-check-constraint and ddl-alter-constraint).
#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

struct TableAccount : TestAccount {
  TableAccount() {
    REQUIRE(all({"create database d", "create schema d.s"}).empty());
    session.database = "D", session.schema = "S";
  }
  bool refuses(const std::string& sql, const std::string& part) {
    const std::string text = run(sql);
    UNSCOPED_INFO(text);
    return text.find(part) != std::string::npos;
  }
};

const std::string kDone = "Statement executed successfully.";
const std::string kClauses =
    "select constraint_table, constraint_name, check_clause from d.information_schema.check_constraints order by 1, 2";

}  // namespace

TEST_CASE("checks are shown as they are written", "[ddl][table][check]") {
  TableAccount a;
  REQUIRE(a.all({"create table t (n int check (n > 0), m int, p int, constraint ab check (m < p), constraint c2 "
                 "check (n  <10))"})
              .empty());
  CHECK(a.rows("DESC TABLE t", {"name", "check"}) == "N|n  <10\nM|-\nP|-");
  CHECK(a.run("select constraint_name, check_clause from d.information_schema.check_constraints where constraint_table "
              "= 'T' and constraint_name not like 'SYS%' order by 1") == "AB|m < p\nC2|n  <10");
  CHECK(a.run("select count(*) from d.information_schema.check_constraints where constraint_name like "
              "'SYS_CONSTRAINT_%' and check_clause = 'n > 0'") == "1");
  CHECK(a.run("select constraint_type, enforced from d.information_schema.table_constraints where constraint_name = "
              "'AB'") == "CHECK|YES");
}

TEST_CASE("checks are enforced, and NULL passes", "[ddl][table][check]") {
  TableAccount a;
  REQUIRE(
      a.all({"create table t (n int, m int, constraint pos check (n > 0))", "insert into t values (5, 1), (null, 2)",
             "create table src (n int, m int)", "insert into src values (-4, 1)"})
          .empty());
  const std::string violated =
      "001185 23514 Operation on table T failed because CHECK constraint POS, which requires that n > 0, was violated";
  CHECK(a.run("insert into t values (1, 1), (-5, 1)") == violated);
  CHECK(a.run("update t set n = n - 5 where m = 1") == violated);
  CHECK(a.run("merge into t using src s on t.n = s.n when not matched then insert (n, m) values (s.n, s.m)") ==
        violated);
  CHECK(a.run("merge into t using src s on t.m = s.m when matched then update set n = s.n") == violated);
  CHECK(
      a.run("create table u (n int, constraint pos check (n > 0)) as select n from src").find("CHECK constraint POS") !=
      std::string::npos);
  CHECK(a.run("select n, m from t order by m") == "5|1\n-|2");
  CHECK(a.run("update t set m = 3 where n is null") == "1|0");
  REQUIRE(a.run("create table v (n int check (n > 0))") == "Table V successfully created.");
  CHECK(a.refuses("insert into v values (-1)", "CHECK constraint \"SYS_CONSTRAINT_"));
}

TEST_CASE("a check added later leaves the rows that are there alone", "[ddl][table][check]") {
  TableAccount a;
  REQUIRE(a.all({"create table t (n int)", "insert into t values (-1)"}).empty());
  const std::string with_validate =
      "002100 42601 ALTER TABLE ADD CHECK is not supported with ENABLE VALIDATE (you may specify ENABLE NOVALIDATE "
      "instead).";
  CHECK(a.run("alter table t add constraint c check (n > 0)") == with_validate);
  CHECK(a.run("alter table t add constraint c check (n > 0) not enforced") == with_validate);
  CHECK(a.run("alter table t add constraint c check (n > 0) disable") == kDone);
  CHECK(a.run(kClauses).empty());
  CHECK(a.run("alter table t add constraint c check (n > 0) enable novalidate") == kDone);
  CHECK(a.run(kClauses) == "T|C|n > 0");
  CHECK(a.refuses("insert into t values (-2)", "CHECK constraint C,"));
  CHECK(a.run("select n from t") == "-1");
  CHECK(a.refuses("alter table t add constraint c check (n < 9) enable novalidate", "already exists"));
  // Going back to VALIDATE looks at all rows.
  CHECK(a.refuses("alter table t alter constraint c enable validate", "CHECK constraint C,"));
  REQUIRE(a.run("delete from t") == "1");
  CHECK(a.run("alter table t alter constraint c enable validate") == kDone);
  CHECK(a.run("alter table t alter constraint c enable novalidate") == kDone);
  CHECK(a.run("alter table t rename constraint c to positive") == kDone);
  CHECK(a.run(kClauses) == "T|POSITIVE|n > 0");
  CHECK(a.run("alter table t drop constraint positive") == kDone);
  CHECK(a.run("insert into t values (-5)") == "1");
}

TEST_CASE("checks follow a renamed column, and go with a dropped one that is theirs alone", "[ddl][table][check]") {
  TableAccount a;
  REQUIRE(
      a.all({"create table t (n int, m int, k int, constraint ab check (n < M), constraint one check (k > 0 and 'k' "
             "<> 'n'))"})
          .empty());
  CHECK(a.run("alter table t rename column k to \"a b\"") == kDone);
  CHECK(a.run(kClauses) == "T|AB|n < M\nT|ONE|\"a b\" > 0 and 'k' <> 'n'");
  CHECK(a.refuses("alter table t drop column m", "CHECK constraint AB depends on it"));
  CHECK(a.run("alter table t drop column \"a b\"") == kDone);
  CHECK(a.run(kClauses) == "T|AB|n < M");
}

TEST_CASE("a check holds conditions over the table's own columns", "[ddl][table][check]") {
  TableAccount a;
  CHECK(a.refuses("create table t (n int, check (nosuch > 0))", "invalid identifier 'NOSUCH'"));
  CHECK(a.refuses("create table t (n int, check (n in (select 1)))", "CHECK constraint"));
  CHECK(a.refuses("create table t (d date, check (d < current_date()))", "CURRENT_DATE in a CHECK"));
  CHECK(a.refuses("create table t (n varchar, check (n || 'x'))", "Invalid data type"));
}

TEST_CASE("a virtual column is computed when it is read", "[ddl][table][virtual]") {
  TableAccount a;
  REQUIRE(a.all({"create table x (i int, j int as (i*i), k int generated always as ( j + 1 ) virtual, n varchar(10))",
                 "insert into x values (2, 'a'), (null, 'b')", "insert into x (n, i) values ('c', 3)",
                 "create view v as select j, n from x where k > 5"})
              .empty());
  CHECK(a.run("select * from x order by n") == "2|4|5|a\n-|-|-|b\n3|9|10|c");
  CHECK(a.run("select n, x.k from x where j = 9") == "c|10");
  CHECK(a.run("select j, count(*) from x group by j having j is not null order by j desc") == "9|1\n4|1");
  CHECK(a.run("select * from v") == "9|c");
  CHECK(a.run("update x set i = j where n = 'c'") == "1|0");
  CHECK(a.run("select i, j from x where n = 'c'") == "9|81");
  CHECK(a.refuses("insert into x values (1, 1, 'z')", "002020"));
  CHECK(a.refuses("insert into x (j) values (1)", "virtual column J"));
  CHECK(a.rows("DESC TABLE x", {"name", "type", "kind", "null?", "expression"}) ==
        "I|NUMBER(38,0)|COLUMN|Y|-\nJ|NUMBER(38,0)|VIRTUAL|Y|I * I\nK|NUMBER(38,0)|VIRTUAL|Y|J + 1\n"
        "N|VARCHAR(10)|COLUMN|Y|-");
  CHECK(a.rows("SHOW COLUMNS IN TABLE x", {"column_name", "kind", "default", "expression"}) ==
        "I|COLUMN||\nJ|VIRTUAL_COLUMN||I * I\nK|VIRTUAL_COLUMN||J + 1\nN|COLUMN||");
  CHECK(a.run("select column_name, expression from d.information_schema.columns where table_name = 'X' and kind = "
              "'VIRTUAL_COLUMN' order by ordinal_position") == "J|I * I\nK|J + 1");
  CHECK(a.run("create table y (a int, b number(16,3) as ((a * 0.075)::number(16,3))) as select i from x") ==
        "Table Y successfully created.");
  CHECK(a.run("select b from y where a = 2") == "0.150");
  CHECK(a.run("create table z clone x") == "Table Z successfully created.");
  CHECK(a.run("select j from z where n = 'a'") == "4");
}

TEST_CASE("virtual columns are refused as the error reference says", "[ddl][table][virtual]") {
  TableAccount a;
  const std::vector<std::pair<std::string, std::string>> refused = {
      {"i number(10,2), j number(5,0) as (i)",
       "001482 42601 SQL compilation error:\nData type of virtual column does not match the data type of its "
       "expression "
       "for column 'J'. Expected data type 'NUMBER(5,0)', found 'NUMBER(10,2)'."},
      {"i int, j int as (random())",
       "011201 42601 SQL compilation error:\nInvalid usage of non-deterministic RANDOM function in J virtual column "
       "definition."},
      {"i int, j int as (sum(i))", "011201"},
      {"i int, j int as ((select 1))",
       "011202 42601 SQL compilation error:\nInvalid usage of subquery in J virtual column definition."},
      {"i int, j int as ($myvar)",
       "011204 42601 SQL compilation error:\nInvalid usage of session variable in J virtual column definition."},
      {"i int, j int as ($1)",
       "011205 42601 SQL compilation error:\nInvalid usage of column positional reference in J virtual column "
       "definition."},
      {"i int, j int as (i * 2) not null",
       "011207 42601 SQL compilation error:\nCannot set NOT NULL constraint on virtual column J."},
      {"i int, j int as (i * 2) check (j > 0)", "011207"},
      {"i int, j int as (i * 2), primary key (j)", "011207"},
      {"i int, j int as (i * 2) default 1", "002100"},
      {"i int default 1, j int as (i * 2)", "002100"},
      {"c int, c1 int as (c2 + 1), c2 int as (c + 1)", "000904"},
      {"c int, c1 int as (c1 + 1)", "000904"},
  };
  for (const auto& [columns, expected] : refused) {
    INFO(columns);
    CHECK(a.run("create table t (" + columns + ")").substr(0, expected.size()) == expected);
  }
  CHECK(a.refuses("create table t (i int, j int as (i)) cluster by (j)", "clustering key"));
}

TEST_CASE("columns that others are built on stay as they are", "[ddl][table][virtual]") {
  TableAccount a;
  REQUIRE(a.run("create table t (i number(10,2), j number(10,2) as (i * 2), k number(10,2) as (j))") ==
          "Table T successfully created.");
  CHECK(a.run("alter table t drop column i") ==
        "011208 42601 SQL compilation error:\nCannot drop column 'I' because virtual column J depends on it.");
  CHECK(a.refuses("alter table t drop column j", "virtual column K depends on it"));
  CHECK(a.run("alter table t alter column i set data type number(12,2)") == kDone);
  CHECK(a.refuses("alter table t alter column j set not null", "011207"));
  CHECK(a.refuses("alter table t add constraint c check (j > 0) enable novalidate", "011207"));
  CHECK(a.run("alter table t rename column i to ii") == kDone);
  CHECK(a.rows("DESC TABLE t", {"name", "expression"}) == "II|-\nJ|II * 2\nK|J");
  CHECK(a.run("alter table t drop column k") == kDone);
  CHECK(a.run("alter table t add column k number(10,2) as (j * 3)") == kDone);
  REQUIRE(a.run("insert into t values (1.5)") == "1");
  CHECK(a.run("select * from t") == "1.50|3.00|9.00");
}

TEST_CASE("constraints are addressed by name or by their columns", "[ddl][table]") {
  TableAccount a;
  REQUIRE(a.all({"create table t (a int, b int, primary key (a), constraint u unique (b), unique (a, b))",
                 "create table f (a int, foreign key (a) references t (a))"})
              .empty());
  const auto rely = [&](const char* of) { return a.rows(std::string("SHOW ") + of + " KEYS IN SCHEMA d.s", {"rely"}); };
  CHECK(a.run("alter table t alter primary key rely") == kDone);
  CHECK(a.run("alter table t modify primary key (a) not enforced rely") == kDone);
  CHECK(rely("PRIMARY") == "true");
  CHECK(a.run("alter table t alter unique (a, b) rely not enforced") == kDone);
  CHECK(a.rows("SHOW UNIQUE KEYS IN TABLE t", {"column_name", "rely"}) == "B|false\nA|true\nB|true");
  CHECK(a.run("alter table f modify foreign key (a) rely") == kDone);
  CHECK(rely("IMPORTED") == "true");
  CHECK(a.run("alter table t alter constraint u enforced") == kDone);
  CHECK(a.run("alter table t modify constraint u not enforced norely") == kDone);
  // The documentation lists these two, a live account does not take them.
  CHECK(a.refuses("alter table t alter constraint u validate", "001003"));
  CHECK(a.refuses("alter table t alter constraint u novalidate", "001003"));
  CHECK(a.refuses("alter table t alter constraint u", "001003"));
  CHECK(a.run("alter table t alter constraint nosuch rely") ==
        "002003 02000 SQL compilation error:\nObject 'NOSUCH' does not exist or not authorized.");
  CHECK(a.refuses("alter table t rename constraint nosuch to x",
                  "SQL compilation error:\nconstraint 'NOSUCH' does not exist"));
  CHECK(
      a.refuses("alter table t drop constraint nosuch", "SQL compilation error:\nconstraint 'NOSUCH' does not exist"));
  CHECK(a.refuses("alter table t drop unique (a)", "does not exist"));
  CHECK(a.run("alter table t drop unique (a, b)") == kDone);
  CHECK(a.run("alter table t drop primary key") == kDone);
  CHECK(a.rows("SHOW UNIQUE KEYS IN TABLE t", {"constraint_name"}) == "U");
}
