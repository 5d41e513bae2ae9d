#include <catch2/catch.hpp>

#include "query_fake.hpp"

using namespace mesh::sandbox;

namespace {

struct Case {
  std::string sql, expected;
};

void check_rows(Lab& lab, const std::vector<Case>& cases) {
  for (const auto& [sql, expected] : cases) {
    INFO(sql);
    CHECK(lab.rows(sql) == expected);
  }
}

void people(Lab& lab) {
  lab.table("P", {col("ID", "NUMBER(38,0)", false), col("NAME", "VARCHAR(20)"), col("TEAM", "VARCHAR(16777216)"),
                  col("PAY", "NUMBER(10,2)"), col("lower", "BOOLEAN")});
  lab.table("TEAMS", {col("TEAM", "VARCHAR(16777216)"), col("CITY", "VARCHAR(16777216)")});
  lab.rows(
      "INSERT INTO p VALUES (1, 'Ann', 'sales', 100.50, TRUE), (2, 'Bob', 'sales', 200, FALSE), "
      "(3, 'Cid', 'hr', 50.25, NULL), (4, 'Dee', NULL, NULL, TRUE)");
  lab.rows("INSERT INTO teams VALUES ('sales', 'Bern'), ('it', 'Ulm')");
}

}  // namespace

TEST_CASE("columns are named and typed as Snowflake does", "[query]") {
  Lab lab;
  people(lab);
  const std::vector<Case> cases = {
      {"SELECT 1", "1 fixed(1,0) not null"},
      {"SELECT COUNT(*) FROM p", "COUNT(*) fixed(18,0) not null"},
      {"select count(*) as n from p", "N fixed(18,0) not null"},
      {"select max( id ) \"Top\", name from p group by name", "Top fixed(38,0), NAME text(20)"},
      {"SELECT SYSTEM$WAIT(3)", "SYSTEM$WAIT(3) text(16) not null"},
      {"SELECT * FROM p",
       "ID fixed(38,0) not null, NAME text(20), TEAM text(16777216), PAY fixed(10,2), lower boolean"},
      {"SELECT p.\"lower\", upper(name) FROM p", "lower boolean, UPPER(NAME) text(134217728)"},
      {"SELECT 1.50, 'abc', TRUE, NULL, 1e3",
       "1.50 fixed(3,2) not null, 'ABC' text(3) not null, TRUE boolean not null, NULL text(134217728), 1E3 real not "
       "null"},
      {"SELECT id::int + 1, pay * 2, pay / 3 FROM p",
       "ID::INT + 1 fixed(38,0) not null, PAY * 2 fixed(11,2), PAY / 3 fixed(16,8)"},
      {"SELECT CURRENT_TIMESTAMP()", "CURRENT_TIMESTAMP() timestamp_ltz(9) not null"},
      {"SELECT CURRENT_TIMESTAMP(3) AS t", "T timestamp_ltz(3) not null"},
      {"SELECT CURRENT_DATE", "CURRENT_DATE date not null"},
      {"SELECT $1, column2 FROM VALUES (1, 'test'), (22, 'a')", "$1 fixed(2,0) not null, COLUMN2 text(4) not null"},
      {"SELECT * EXCLUDE (pay, \"lower\") RENAME (name AS n) FROM p",
       "ID fixed(38,0) not null, N text(20), TEAM text(16777216)"},
      {"SELECT ROW_NUMBER() OVER (ORDER BY id) FROM p", "ROW_NUMBER() OVER (ORDER BY ID) fixed(18,0) not null"},
  };
  for (const auto& [sql, expected] : cases) {
    INFO(sql);
    CHECK(lab.header(sql) == expected);
  }
  const Answer answer = lab.run("SELECT name, pay + 1 FROM p");
  const auto& columns = std::get<ResultSet>(answer).columns;
  CHECK(columns[0].database == "DB");
  CHECK(columns[0].schema == "S");
  CHECK(columns[0].table == "P");
  CHECK(columns[1].table.empty());
  CHECK(columns[0].byte_length == 80);
  const Answer wide = lab.run("SELECT team FROM p");
  CHECK(std::get<ResultSet>(wide).columns[0].byte_length == 67108864);
}

TEST_CASE("values are encoded as the wire has them", "[query]") {
  Lab lab;
  check_rows(lab, {
                      {"SELECT TRUE, FALSE, NULL", "true|false|-"},
                      {"SELECT '2019-12-31'::date, '1900-01-01'::date, '9999-12-31'::date", "18261|-25567|2932896"},
                      {"SELECT '12:34:56.123456789'::time", "45296.123456789"},
                      {"SELECT '2026-10-09 12:34:56.123456789'::timestamp_ntz", "1791549296.123456789"},
                      {"SELECT '2026-10-09 12:34:56.123456789 +07:00'::timestamp_tz", "1791524096.123456789 1860"},
                      {"SELECT '1969-12-31 23:59:59.5'::timestamp_ntz(3)", "-0.500"},
                      {"SELECT TO_TIMESTAMP_LTZ('2026-01-31T10:00:00Z')::timestamp_ltz(3)", "1769853600.000"},
                      {"SELECT 1.0, -0.05, 12345678.91::number(38,2), 100::float, 1.5e0, 'inf'::float",
                       "1.0|-0.05|12345678.91|100|1.5|inf"},
                      {"SELECT TO_BINARY('deadbeef')", "DEADBEEF"},
                      {"SELECT PARSE_JSON('{\"b\":[1,{\"c\":null}],\"a\":\"x\"}')",
                       "{\n  \"a\": \"x\",\n  \"b\": [\n    1,\n    {\n      \"c\": null\n    }\n  ]\n}"},
                      {"SELECT ARRAY_CONSTRUCT(1, NULL, 'x')", "[\n  1,\n  undefined,\n  \"x\"\n]"},
                      {"SELECT OBJECT_CONSTRUCT('k', 1, 'gone', NULL), OBJECT_CONSTRUCT()", "{\n  \"k\": 1\n}|{}"},
                  });
}

TEST_CASE("SELECT over tables", "[query]") {
  Lab lab;
  people(lab);
  check_rows(
      lab,
      {
          {"SELECT name FROM p WHERE team = 'sales' ORDER BY pay DESC", "Bob\nAnn"},
          {"SELECT name, team FROM p ORDER BY team, name", "Cid|hr\nAnn|sales\nBob|sales\nDee|-"},
          {"SELECT name FROM p ORDER BY pay DESC LIMIT 2", "Dee\nBob"},
          {"SELECT name FROM p ORDER BY pay NULLS FIRST LIMIT 1 OFFSET 1", "Cid"},
          {"SELECT name FROM p ORDER BY id OFFSET 1 ROWS FETCH NEXT 2 ROWS ONLY", "Bob\nCid"},
          {"SELECT TOP 1 name FROM p ORDER BY id", "Ann"},
          {"SELECT team, COUNT(*), SUM(pay), AVG(pay), MIN(name) FROM p GROUP BY team ORDER BY team",
           "hr|1|50.25|50.25000000|Cid\nsales|2|300.50|150.25000000|Ann\n-|1|-|-|Dee"},
          {"SELECT team t, COUNT(*) c FROM p GROUP BY t HAVING c > 1", "sales|2"},
          {"SELECT UPPER(team), COUNT(*) FROM p GROUP BY 1 ORDER BY 2 DESC, 1", "SALES|2\nHR|1\n-|1"},
          {"SELECT team, COUNT(*) FROM p GROUP BY ALL ORDER BY ALL_COUNT",
           "000904 42000 SQL compilation error: error line "
           "1 at position 51\ninvalid identifier 'ALL_COUNT'"},
          {"SELECT team, SUM(pay) FROM p GROUP BY ALL ORDER BY team", "hr|50.25\nsales|300.50\n-|-"},
          {"SELECT COUNT(*), COUNT(pay), COUNT(DISTINCT team), COUNT_IF(pay > 60) FROM p", "4|3|2|2"},
          {"SELECT DISTINCT team FROM p ORDER BY 1", "hr\nsales\n-"},
          {"SELECT p.name, t.city FROM p JOIN teams t ON p.team = t.team ORDER BY 1", "Ann|Bern\nBob|Bern"},
          {"SELECT name, city FROM p LEFT JOIN teams USING (team) ORDER BY 1", "Ann|Bern\nBob|Bern\nCid|-\nDee|-"},
          {"SELECT name, t.team FROM p RIGHT JOIN teams t ON p.team = t.team ORDER BY 1", "Ann|sales\nBob|sales\n-|it"},
          {"SELECT team, name, city FROM p FULL OUTER JOIN teams USING (team) ORDER BY 1, 2",
           "hr|Cid|-\nit|-|Ulm\nsales|Ann|Bern\nsales|Bob|Bern\n-|Dee|-"},
          {"SELECT COUNT(*) FROM p, teams", "8"},
          {"SELECT COUNT(*) FROM (p JOIN teams t ON p.team = t.team)", "2"},
          {"SELECT a.x, b.y FROM (((SELECT 1 AS x) a) JOIN (SELECT 2 AS y) b ON TRUE)", "1|2"},
          {"SELECT COUNT(*) FROM ((SELECT 1) UNION ALL (SELECT 2))", "2"},
          {"SELECT COUNT(*) FROM IDENTIFIER('db.s.p')", "4"},
          {"SELECT COUNT(*) FROM TABLE('db.s.p')", "4"},
          {"SELECT t.*, p.id FROM teams t, p WHERE t.team = p.team AND p.id = 1", "sales|Bern|1"},
          {"SELECT pay * 2 AS double_pay FROM p WHERE double_pay > 300", "400.00"},
          {"SELECT MAX(pay) - MIN(pay) AS spread, spread / 2 FROM p", "149.75|74.87500000"},
          {"SELECT COUNT(*) FROM p CROSS JOIN teams NATURAL JOIN (SELECT 'Ulm' AS city)", "4"},
          {"SELECT * FROM teams NATURAL JOIN (SELECT 'it' team, 7 n)", "it|Ulm|7"},
          {"SELECT name FROM p WHERE team IN (SELECT team FROM teams) ORDER BY 1", "Ann\nBob"},
          {"SELECT name FROM p WHERE team NOT IN ('sales') ORDER BY 1", "Cid"},
          {"SELECT name FROM p WHERE (id, name) IN ((1, 'Ann'), (2, 'x'))", "Ann"},
          {"SELECT name FROM p WHERE (team, name) IN (SELECT team, 'Bob' FROM teams)", "Bob"},
          {"SELECT name FROM p WHERE EXISTS (SELECT 1 FROM teams t WHERE t.team = p.team) AND id > 1", "Bob"},
          {"SELECT name, (SELECT city FROM teams t WHERE t.team = p.team) FROM p ORDER BY id LIMIT 2",
           "Ann|Bern\nBob|Bern"},
          {"SELECT (SELECT team FROM teams)", "090150 22000 Single-row subquery returns more than one row."},
          {"SELECT name FROM p WHERE \"lower\" ORDER BY 1", "Ann\nDee"},
          {"SELECT name FROM p WHERE \"lower\" IS NOT TRUE ORDER BY 1", "Bob\nCid"},
          {"SELECT name FROM p WHERE team IS NOT DISTINCT FROM NULL", "Dee"},
          {"SELECT name FROM p WHERE name LIKE '_i%'", "Cid"},
          {"SELECT name FROM p WHERE name LIKE 'a%'", ""},
          {"SELECT name FROM p WHERE name ILIKE 'a%'", "Ann"},
          {"SELECT name FROM p WHERE name LIKE ANY ('A%', 'B%') ORDER BY 1", "Ann\nBob"},
          {"SELECT 'a%b' LIKE 'a^%b' ESCAPE '^', 'axb' LIKE 'a^%b' ESCAPE '^', 'abc' RLIKE 'a.*', 'xabc' RLIKE 'a.*'",
           "true|false|true|false"},
          {"SELECT name FROM p WHERE pay BETWEEN 50.25 AND 100.5 ORDER BY 1", "Ann\nCid"},
          {"SELECT name FROM p WHERE id = '2'", "Bob"},
          {"SELECT id FROM db.s.p WHERE db.s.p.name = 'Ann' AND p.id = 1 AND s.p.id = 1", "1"},
      });
}

TEST_CASE("set operations, CTEs, VALUES", "[query]") {
  Lab lab;
  people(lab);
  check_rows(
      lab, {
               {"SELECT 1 UNION ALL SELECT 1 UNION ALL SELECT 2.5 ORDER BY 1", "1.0\n1.0\n2.5"},
               {"SELECT 1 UNION SELECT 1", "1"},
               {"SELECT team FROM p INTERSECT SELECT team FROM teams", "sales"},
               {"SELECT team FROM p WHERE team IS NOT NULL MINUS SELECT team FROM teams", "hr"},
               {"SELECT 1 EXCEPT SELECT 1 UNION ALL SELECT 3", "3"},
               {"(SELECT 1 AS a UNION ALL SELECT 2) ORDER BY a DESC LIMIT 1", "2"},
               {"SELECT 1, 2 UNION ALL SELECT 1",
                "001789 42601 SQL compilation error:\ninvalid number of result columns for set operator input "
                "branches, expected "
                "2, got 1 in branch 2"},
               {"WITH a AS (SELECT team, COUNT(*) n FROM p GROUP BY team), b (x) AS (SELECT MAX(n) FROM a) "
                "SELECT team, x FROM a JOIN b ON n = x",
                "sales|2"},
               {"WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r", "000002 0A000 Unsupported feature 'WITH RECURSIVE'."},
               {"VALUES (1, 'a'), (2, 'b')", "1|a\n2|b"},
               {"SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v (n, s) WHERE s IS NULL", "2|-"},
               {"SELECT v.$2, $1 FROM VALUES (1, 'a') v", "a|1"},
               {"SELECT column1 FROM VALUES (1), ('7.5')", "1.00000\n7.50000"},
               {"SELECT column1 FROM VALUES (1), ('x')", "100038 22018 Numeric value 'x' is not recognized"},
               {"SELECT a + 1 AS b, b * 2 AS c FROM (SELECT 1 AS a) WHERE c = 4", "2|4"},
               {"SELECT 1 AS x FROM DUAL", "1"},
           });
}

TEST_CASE("window functions and QUALIFY", "[query]") {
  Lab lab;
  people(lab);
  check_rows(
      lab,
      {
          {"SELECT name, ROW_NUMBER() OVER (PARTITION BY team ORDER BY pay DESC) rn FROM p WHERE team = 'sales' ORDER "
           "BY rn",
           "Bob|1\nAnn|2"},
          {"SELECT name FROM p QUALIFY ROW_NUMBER() OVER (PARTITION BY team ORDER BY pay DESC) = 1 ORDER BY name",
           "Bob\nCid\nDee"},
          {"SELECT name, RANK() OVER (ORDER BY team) AS r FROM p QUALIFY r > 1 ORDER BY pay", "Ann|2\nBob|2\nDee|4"},
          {"SELECT name, SUM(pay) OVER (ORDER BY id) FROM p ORDER BY id",
           "Ann|100.50\nBob|300.50\nCid|350.75\nDee|350.75"},
          {"SELECT name, LAG(name) OVER (ORDER BY id), LEAD(name, 1, 'end') OVER (ORDER BY id), "
           "LAST_VALUE(name) OVER (ORDER BY id) FROM p ORDER BY id",
           "Ann|-|Bob|Dee\nBob|Ann|Cid|Dee\nCid|Bob|Dee|Dee\nDee|Cid|end|Dee"},
          {"SELECT team, SUM(COUNT(*)) OVER () FROM p GROUP BY team ORDER BY team", "hr|4\nsales|4\n-|4"},
          {"SELECT AVG(pay) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM p ORDER BY id",
           "100.50000000\n150.25000000\n125.12500000\n50.25000000"},
          {"SELECT LISTAGG(name, ', ') WITHIN GROUP (ORDER BY id DESC) FROM p", "Dee, Cid, Bob, Ann"},
          {"SELECT LISTAGG(DISTINCT team, '|') WITHIN GROUP (ORDER BY team), LISTAGG(name) FROM p WHERE id < 0", "|"},
          {"SELECT ARRAY_AGG(id) WITHIN GROUP (ORDER BY id) FROM p WHERE id < 3", "[\n  1,\n  2\n]"},
          {"SELECT ARRAY_AGG(id) FROM p WHERE id < 0", "[]"},
      });
}

TEST_CASE("names that mean nothing are refused at their place", "[query]") {
  Lab lab;
  people(lab);
  check_rows(
      lab,
      {
          {"SELECT AFAF", "000904 42000 SQL compilation error: error line 1 at position 7\ninvalid identifier 'AFAF'"},
          {"SELECT id\nFROM p\nWHERE p.nope = 1",
           "000904 42000 SQL compilation error: error line 3 at position 6\ninvalid identifier 'P.NOPE'"},
          {"SELECT lower FROM p",
           "000904 42000 SQL compilation error: error line 1 at position 7\ninvalid identifier 'LOWER'"},
          {"SELECT \"id\" FROM p",
           "000904 42000 SQL compilation error: error line 1 at position 7\ninvalid identifier 'id'"},
          {"SELECT nofun(1)", "002139 42601 SQL compilation error: Unknown function NOFUN"},
          {"SELECT db.s.udf(1)", "002141 42601 SQL compilation error:\nUnknown user-defined function DB.S.UDF"},
          {"SELECT team FROM p JOIN teams t ON TRUE",
           "002028 42601 SQL compilation error:\nambiguous column name 'TEAM'"},
          {"SELECT name, COUNT(*) FROM p GROUP BY team",
           "001104 42601 SQL compilation error: error line 1 at position 7\n'P.NAME' in select clause is neither an "
           "aggregate "
           "nor in the group by clause."},
          {"SELECT name, COUNT(*) FROM p",
           "000979 42601 SQL compilation error:\n[P.NAME] is not a valid group by expression"},
          {"SELECT COUNT(*) FROM p GROUP BY team HAVING name = 'x'",
           "000979 42601 SQL compilation error:\n[P.NAME] is not a valid group by expression"},
          {"SELECT name FROM p GROUP BY 9",
           "000979 42601 SQL compilation error:\n[9] is not a valid group by expression"},
          {"SELECT SUBSTR('a')",
           "000938 22023 SQL compilation error: error line 1 at position 7\nnot enough arguments for function "
           "[SUBSTR('A')], "
           "expected 2, got 1"},
          {"SELECT id + TRUE FROM p",
           "001044 42P13 SQL compilation error: error line 1 at position 10\nInvalid argument types for function '+': "
           "(NUMBER(38,0), BOOLEAN)"},
          {"SELECT UPPER(name) OVER () FROM p", "000002 0A000 Unsupported feature 'UPPER with OVER'."},
          {"SELECT COUNT(DISTINCT *) FROM p", "000002 0A000 Unsupported feature 'COUNT(DISTINCT *)'."},
          {"SELECT YEAR(*)", "001003 42000 SQL compilation error:\nsyntax error line 1 at position 12 unexpected '*'."},
          {"SELECT SYSTEM$NOTHING(1)", "000002 0A000 Unsupported feature 'SYSTEM$NOTHING'."},
          {"SELECT seq.NEXTVAL", "000002 0A000 Unsupported feature 'NEXTVAL'."},
          {"SELECT MEDIAN(1)", "000002 0A000 Unsupported feature 'MEDIAN'."},
          {"SELECT * FROM nothing",
           "002003 42S02 SQL compilation error:\nObject 'NOTHING' does not exist or not authorized."},
          {"SELECT ?", "002049 42601 SQL compilation error: error line 1 at position 7\nBind variable ? not set."},
      });
}

TEST_CASE("what is no SQL, and what the sandbox lacks", "[query]") {
  Lab lab;
  people(lab);
  check_rows(
      lab,
      {
          {"SELEC 1", "001003 42000 SQL compilation error:\nsyntax error line 1 at position 0 unexpected 'SELEC'."},
          {"SELECT 1 +", "001003 42000 SQL compilation error:\nsyntax error line 1 at position 10 unexpected '<EOF>'."},
          {"SELECT *\nFROM p\nWHERE WHERE",
           "001003 42000 SQL compilation error:\nsyntax error line 3 at position 6 unexpected 'WHERE'."},
          {"SELECT 1 'a'", "001003 42000 SQL compilation error:\nsyntax error line 1 at position 9 unexpected ''a''."},
          {"SELECT (1", "001003 42000 SQL compilation error:\nsyntax error line 1 at position 9 unexpected '<EOF>'."},
          {"SELECT * FROM p PIVOT (MAX(pay) FOR team IN ('a'))", "000002 0A000 Unsupported feature 'PIVOT'."},
          {"SELECT * FROM p, LATERAL FLATTEN(p.name)", "000002 0A000 Unsupported feature 'LATERAL'."},
          {"SELECT * FROM TABLE(FLATTEN(x))", "000002 0A000 Unsupported feature 'FLATTEN'."},
          {"SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))", "000002 0A000 Unsupported feature 'RESULT_SCAN'."},
          {"SELECT * FROM p AT (OFFSET => -60)", "000002 0A000 Unsupported feature 'AT'."},
          {"SELECT * FROM p SAMPLE (10)", "000002 0A000 Unsupported feature 'SAMPLE'."},
          {"SELECT team FROM p GROUP BY CUBE (team)", "000002 0A000 Unsupported feature 'GROUP BY CUBE'."},
          {"SELECT 1 = ANY (SELECT 1)", "000002 0A000 Unsupported feature '= ANY'."},
          {"SELECT 99999999999999999999", "000002 0A000 Unsupported feature 'NUMBER beyond 64 bits'."},
          {"SELECT 9223372036854775807 + 1", "000002 0A000 Unsupported feature 'NUMBER beyond 64 bits'."},
      });
}

TEST_CASE("no text exhausts the stack", "[query]") {
  Lab lab;
  const auto repeated = [](const std::string& text, int times) {
    std::string whole;
    for (int i = 0; i < times; ++i) whole += text;
    return whole;
  };
  const std::string refused = "000002 0A000 Unsupported feature 'expressions nested so deeply'.";
  CHECK(lab.rows("SELECT " + repeated("(", 100000)) == refused);
  CHECK(lab.rows("SELECT " + repeated("NOT ", 100000) + "TRUE") == refused);
  CHECK(lab.rows("SELECT " + repeated("- ", 100000) + "1") == refused);
  CHECK(lab.rows("SELECT 1" + repeated("::int", 100000)) == refused);
  CHECK(lab.rows("SELECT 1" + repeated(" + 1", 100000)) == refused);
  CHECK(lab.rows("SELECT * FROM " + repeated("(SELECT * FROM ", 100000)) == refused);
  CHECK(lab.rows("SELECT 1 = 1" + repeated(" OR 1 = 2", 5000)) == "true");
  CHECK(lab.rows("SELECT 'a'" + repeated(" || 'a'", 500)).size() == 501);
  CHECK(lab.rows("SELECT 1" + repeated(" + 1", 60)) == "61");
}

TEST_CASE("views are read with their own names and rights", "[query]") {
  Lab lab;
  people(lab);
  lab.view("SALES", "SELECT id, name, pay AS \"Pay\" FROM p WHERE team = 'sales'");
  lab.view("TOPS", "WITH best AS (SELECT MAX(\"Pay\") m FROM sales) SELECT name FROM sales JOIN best ON \"Pay\" = m",
           {"WHO"});
  lab.view("LOOP", "SELECT * FROM loop");
  lab.view("OLD", "SELECT * FROM teams", {"TEAM"});
  lab.session.database = "ELSEWHERE";
  check_rows(
      lab, {
               {"SELECT * FROM db.s.sales ORDER BY 1", "1|Ann|100.50\n2|Bob|200.00"},
               {"SELECT tops.who FROM db.s.tops", "Bob"},
               {"WITH p AS (SELECT 1) SELECT COUNT(*) FROM db.s.sales, p", "2"},
               {"SELECT * FROM db.s.old",
                "002057 42601 SQL compilation error:\nView definition for 'DB.S.OLD' declared 1 column(s), but view "
                "query produces 2 column(s)."},
               {"SELECT * FROM db.s.loop", "000002 0A000 Unsupported feature 'queries nested deeper than 60 levels'."},
           });
  lab.relations.asked.clear();
  lab.rows("SELECT * FROM db.s.tops");
  REQUIRE(lab.relations.asked.size() == 5);
  CHECK(lab.relations.asked[0] == "SELECT DB.S.TOPS");
  CHECK(lab.relations.asked[1] == "SELECT DB.S.SALES inside TOPS");
  CHECK(lab.relations.asked[2] == "SELECT DB.S.P inside SALES");
}

TEST_CASE("metadata, piped rows and table functions", "[query]") {
  Lab lab;
  ResultSet show;
  Column created = {};
  created.name = "created_on", created.type = "timestamp_ltz", created.precision = 0, created.scale = 3;
  Column name = {}, rows = {};
  name.name = "name", name.length = name.byte_length = 16777216;
  rows.name = "rows", rows.type = "fixed", rows.precision = 38, rows.scale = 0;
  show.columns = {created, name, rows};
  show.rows = {{"1791499228.542", "A", "2"}, {"1791499228.000", "b", std::nullopt}};
  lab.relations.pipes = {show};
  lab.relations.metadata["DB.INFORMATION_SCHEMA.TABLES"] = show;
  lab.relations.metadata["QUERY_HISTORY"] = show;
  CHECK(lab.rows("SELECT \"name\", \"rows\" + 1, \"created_on\" FROM $1 WHERE \"rows\" IS NOT NULL") ==
        "A|3|1791499228.542");
  CHECK(lab.rows("SELECT name FROM $1").substr(0, 6) == "000904");
  CHECK(lab.rows("SELECT $2 FROM $1 ORDER BY 1") == "A\nb");
  CHECK(lab.rows("SELECT COUNT(*) FROM db.information_schema.tables t WHERE t.\"name\" = 'A'") == "1");
  CHECK(lab.header("SELECT * FROM $1") == "created_on timestamp_ltz(3), name text(16777216), rows fixed(38,0)");
  CHECK(lab.rows("SELECT \"name\" FROM TABLE(db.information_schema.query_history(END_TIME_RANGE_START => "
                 "'2026-01-01'::timestamp_ltz, RESULT_LIMIT => 5 + 5)) ORDER BY 1 LIMIT 1") == "A");
  REQUIRE(lab.relations.arguments.size() == 2);
  CHECK(lab.relations.arguments[0] == std::pair<std::string, Cell>("END_TIME_RANGE_START", "1767225600.000000000"));
  CHECK(lab.relations.arguments[1] == std::pair<std::string, Cell>("RESULT_LIMIT", "10"));
  lab.session.warehouse.clear();
  CHECK(lab.rows("SELECT \"name\" FROM $1 LIMIT 1") == "A");
  CHECK(lab.rows("SELECT * FROM db.information_schema.tables").substr(0, 12) == "000606 57P03");
  CHECK(lab.rows("SELECT * FROM TABLE(query_history())").substr(0, 12) == "000606 57P03");
}

TEST_CASE("describe_query tells columns without running", "[query]") {
  Lab lab;
  people(lab);
  lab.session.warehouse.clear();
  const auto found = describe_query(lab.db, lab.relations, lab.session,
                                    "SELECT id, name n, COUNT(*) c, 'abc' k, UPPER(team) u, NULL x, PARSE_JSON('1') v, "
                                    "CURRENT_DATE d FROM p GROUP BY id, name, team",
                                    nullptr);
  REQUIRE(found.index() == 0);
  std::string text;
  for (const StoredColumn& column : std::get<0>(found))
    text += column.name + " " + column.type + (column.nullable ? "" : " NOT NULL") + "\n";
  CHECK(text ==
        "ID NUMBER(38,0) NOT NULL\nN VARCHAR(20)\nC NUMBER(18,0) NOT NULL\nK VARCHAR(3) NOT NULL\nU VARCHAR(16777216)\n"
        "X VARCHAR(16777216)\nV VARIANT\nD DATE NOT NULL\n");
  const auto missing = describe_query(lab.db, lab.relations, lab.session, "SELECT nope FROM p", nullptr);
  REQUIRE(missing.index() == 1);
  CHECK(std::get<1>(missing).code == "000904");
}
