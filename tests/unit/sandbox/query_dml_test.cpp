#include <catch2/catch.hpp>

#include "query_fake.hpp"

using namespace mesh::sandbox;

namespace {

void lease_table(Lab& lab) {
  lab.table("LEASES", {col("KEY", "VARCHAR(16777216)", false), col("HOLDER", "VARCHAR(16777216)"),
                       col("EXPIRES_AT", "TIMESTAMP_LTZ(9)")});
}

std::string take(Lab& lab, const std::string& holder, const std::string& seconds = "60") {
  return lab.rows("UPDATE DB.S.LEASES SET holder = '" + holder + "', expires_at = DATEADD(second, " + seconds +
                  ", CURRENT_TIMESTAMP()) WHERE key = 'k' AND (holder IS NULL OR expires_at < CURRENT_TIMESTAMP())");
}

const ResultSet& result(const Answer& answer) {
  REQUIRE(std::holds_alternative<ResultSet>(answer));
  return std::get<ResultSet>(answer);
}

}  // namespace

TEST_CASE("a lease is taken by one of several", "[query]") {
  Lab lab;
  lease_table(lab);
  REQUIRE(lab.rows("INSERT INTO LEASES (key) VALUES ('k'), ('other')") == "2");
  CHECK(take(lab, "a") == "1|0");
  CHECK(take(lab, "b") == "0|0");
  CHECK(lab.rows("SELECT key, holder FROM leases ORDER BY key") == "k|a\nother|-");
  CHECK(lab.rows("SELECT expires_at BETWEEN DATEADD(second, 55, CURRENT_TIMESTAMP()) AND DATEADD(second, 61, "
                 "CURRENT_TIMESTAMP()) FROM leases WHERE key = 'k'") == "true");
  // renewed by its holder, never by another
  CHECK(
      lab.rows(
          "UPDATE leases SET expires_at = DATEADD(second, 60, CURRENT_TIMESTAMP()) WHERE key = 'k' AND holder = 'a'") ==
      "1|0");
  CHECK(lab.rows("UPDATE leases SET expires_at = DATEADD(second, -5, CURRENT_TIMESTAMP()) WHERE holder = 'a'") ==
        "1|0");
  CHECK(take(lab, "b") == "1|0");
  CHECK(lab.rows("SELECT holder FROM leases WHERE key = 'k'") == "b");
  CHECK(lab.rows("UPDATE leases SET holder = NULL, expires_at = NULL WHERE key = 'k' AND holder = 'b'") == "1|0");
  CHECK(take(lab, "c", "0") == "1|0");
}

TEST_CASE("results of DML are shaped as recorded", "[query]") {
  Lab lab;
  lab.table("T", {col("I", "NUMBER(38,0)"), col("S", "VARCHAR(16777216)")});
  CHECK(lab.header("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')") ==
        "number of rows inserted fixed(19,0) not null");
  CHECK(lab.header("UPDATE t SET s = 'x' WHERE i > 1") ==
        "number of rows updated fixed(19,0) not null, number of multi-joined rows updated fixed(19,0) not null");
  CHECK(lab.header("DELETE FROM t WHERE i = 3") == "number of rows deleted fixed(19,0) not null");
  CHECK(lab.header("MERGE INTO t USING (SELECT 1 AS i) s ON t.i = s.i WHEN MATCHED THEN UPDATE SET s = 'y'") ==
        "number of rows updated fixed(19,0) not null");
  CHECK(lab.rows("SELECT i, s FROM t ORDER BY 1") == "1|y\n2|x");

  const Answer updated = lab.run("UPDATE t SET s = 'z'");
  REQUIRE(result(updated).stats.has_value());
  CHECK(result(updated).stats->updated == 2);
  CHECK(result(updated).stats->inserted == 0);
  CHECK_FALSE(result(lab.run("UPDATE t SET s = 'z' WHERE i = 99")).stats.has_value());
  const Answer truncated = lab.run("TRUNCATE TABLE t");
  CHECK(Lab::draw(truncated) == "Statement executed successfully.");
  CHECK(result(truncated).stats->deleted == 2);
  CHECK_FALSE(result(lab.run("TRUNCATE TABLE IF EXISTS t")).stats.has_value());
  CHECK(lab.rows("TRUNCATE TABLE IF EXISTS nothing") == "Statement executed successfully.");
  CHECK(lab.rows("TRUNCATE TABLE nothing").substr(0, 12) == "002003 42S02");
}

TEST_CASE("INSERT fills what is not given", "[query]") {
  Lab lab;
  StoredColumn id = col("ID", "NUMBER(38,0)", false);
  id.identity = true;
  id.identity_start = 100;
  id.identity_increment = 10;
  lab.table("T", {id, col("NAME", "VARCHAR(5)"), col("STATE", "VARCHAR(16777216)", true, "'new'"),
                  col("AT", "TIMESTAMP_LTZ(9)", true, "CURRENT_TIMESTAMP()")});
  REQUIRE(lab.rows("INSERT INTO t (name) VALUES ('a'), ('b')") == "2");
  REQUIRE(lab.rows("INSERT INTO t (state, name) VALUES (DEFAULT, 'c'), ('old', 'd')") == "2");
  CHECK(lab.rows("SELECT id, name, state FROM t ORDER BY id") == "100|a|new\n110|b|new\n120|c|new\n130|d|old");
  CHECK(lab.rows("SELECT COUNT(*) FROM t WHERE at > DATEADD(minute, -1, CURRENT_TIMESTAMP())") == "4");
  // the numbers of deleted rows do not come back
  REQUIRE(lab.rows("DELETE FROM t WHERE id >= 120") == "2");
  REQUIRE(lab.rows("INSERT INTO t (name) SELECT 'e'") == "1");
  CHECK(lab.rows("SELECT MAX(id) FROM t") == "140");
  REQUIRE(lab.rows("INSERT INTO t (id, name) VALUES (7, 'own')") == "1");
  CHECK(lab.rows("SELECT name FROM t WHERE id = 7") == "own");
  REQUIRE(lab.rows("INSERT INTO t VALUES (DEFAULT, 'f', DEFAULT, NULL)") == "1");
  CHECK(lab.rows("SELECT id, state, at FROM t WHERE name = 'f'") == "150|new|-");
}

TEST_CASE("INSERT refuses what the columns do not take", "[query]") {
  Lab lab;
  lab.table(
      "T", {col("I", "NUMBER(5,0)", false), col("S", "VARCHAR(3)"), col("V", "VARIANT"), col("D", "TIMESTAMP_NTZ(9)")});
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"INSERT INTO t (s) VALUES ('a')", "100072 22000 NULL result in a non-nullable column"},
      {"INSERT INTO t (i) VALUES (NULL)", "100072 22000 NULL result in a non-nullable column"},
      {"INSERT INTO t (i, s) VALUES (1, 'abcd')", "100078 22000 String 'abcd' is too long and would be truncated"},
      {"INSERT INTO t (i) VALUES ('abc')", "100038 22018 Numeric value 'abc' is not recognized"},
      {"INSERT INTO t (i) VALUES (123456)", "100046 22003 Numeric value '123456' is out of range"},
      {"INSERT INTO t (i, d) VALUES (1, 'soon')", "100035 22007 Timestamp 'soon' is not recognized"},
      {"INSERT INTO t (i, v) SELECT 1, 'abc'",
       "002023 22000 SQL compilation error:\nExpression type does not match column data type, expecting VARIANT but "
       "got "
       "VARCHAR(3) for column V"},
      {"INSERT INTO t (i, d) SELECT 1, 5",
       "002023 22000 SQL compilation error:\nExpression type does not match column data type, expecting "
       "TIMESTAMP_NTZ(9) "
       "but got NUMBER(1,0) for column D"},
      {"INSERT INTO t (i, v) VALUES (1, PARSE_JSON('{}'))",
       "002014 22000 SQL compilation error:\nInvalid expression [PARSE_JSON('{}')] in VALUES clause"},
      {"INSERT INTO t (i, s) VALUES (1, UUID_STRING())",
       "002014 22000 SQL compilation error:\nInvalid expression [UUID_STRING()] in VALUES clause"},
      {"INSERT INTO t (i) VALUES (1, 2)",
       "002020 21S01 SQL compilation error:\nInsert value list does not match column list expecting 1 but got 2"},
      {"INSERT INTO t (i, nope) VALUES (1, 2)",
       "000904 42000 SQL compilation error: error line 1 at position 18\ninvalid identifier 'NOPE'"},
      {"INSERT INTO nope VALUES (1)",
       "002003 42S02 SQL compilation error:\nObject 'NOPE' does not exist or not authorized."},
      {"INSERT OVERWRITE INTO t VALUES (1)", "000002 0A000 Unsupported feature 'INSERT OVERWRITE'."},
      {"INSERT ALL INTO t VALUES (1) SELECT 1", "000002 0A000 Unsupported feature 'multi-table INSERT'."},
  };
  for (const auto& [sql, expected] : cases) {
    INFO(sql);
    CHECK(lab.rows(sql) == expected);
  }
  // all or nothing
  CHECK(lab.rows("INSERT INTO t (i, s) VALUES (1, 'a'), (2, 'abcd')").substr(0, 6) == "100078");
  CHECK(lab.rows("SELECT COUNT(*) FROM t") == "0");
  CHECK(
      lab.rows(
          "INSERT INTO t (i, v) SELECT column1, PARSE_JSON(column2) FROM VALUES (1, '{\"b\": [1, 2], \"a\": null}')") ==
      "1");
  CHECK(lab.rows("SELECT v, v:b[1]::int, v:a, v:nope FROM t") ==
        "{\n  \"a\": null,\n  \"b\": [\n    1,\n    2\n  ]\n}|2|null|-");
}

TEST_CASE("many rows in one INSERT", "[query]") {
  Lab lab;
  lab.table("LEDGER", {col("ENV", "VARCHAR(16777216)", false), col("ADDRESS", "VARCHAR(16777216)", false),
                       col("MADE", "BOOLEAN"), col("AT", "TIMESTAMP_NTZ(9)")});
  std::string values;
  for (int i = 0; i < 1500; ++i)
    values += (i == 0 ? "" : ", ") + ("('dev', 'table A.B.T" + std::to_string(i)) + "', TRUE, '2026-11-22 10:00:00')";
  CHECK(lab.rows("INSERT INTO ledger SELECT column1, column2, column3, column4::timestamp_ntz FROM VALUES " + values) ==
        "1500");
  CHECK(lab.rows("INSERT INTO ledger VALUES " + values) == "1500");
  CHECK(lab.rows("SELECT COUNT(*), COUNT(DISTINCT address), MAX(at), MIN(made) FROM ledger") ==
        "3000|1500|1795341600.000000000|true");
  std::string list;
  for (int i = 0; i < 1500; ++i) list += (i == 0 ? "'table A.B.T" : ", 'table A.B.T") + std::to_string(i) + "'";
  CHECK(lab.rows("DELETE FROM ledger WHERE address IN (" + list + ")") == "3000");
  std::string unions;
  for (int i = 0; i < 1200; ++i)
    unions += (i == 0 ? "" : " UNION ALL ") + ("SELECT 'prod', 'a" + std::to_string(i)) + "', NULL, NULL";
  CHECK(lab.rows("INSERT INTO ledger " + unions) == "1200");
}

TEST_CASE("the newest row of each address, as a ledger is read", "[query]") {
  Lab lab;
  lab.table("LEDGER", {col("ADDRESS", "VARCHAR(16777216)", false), col("EVENT", "VARCHAR(16777216)"),
                       col("SETTLED", "BOOLEAN", false), col("NUMBER", "NUMBER(38,0)", false),
                       col("WRITTEN_AT", "TIMESTAMP_LTZ(9)", true, "CURRENT_TIMESTAMP()")});
  REQUIRE(lab.rows(R"(INSERT INTO "DB"."S"."LEDGER" ("ADDRESS", "EVENT", "SETTLED", "NUMBER") VALUES
    ('a', 'made', TRUE, 1), ('a', 'drop intent', FALSE, 2), ('b', 'made', TRUE, 3), ('b', 'changed', TRUE, 4))") ==
          "4");
  CHECK(lab.rows(R"(SELECT "ADDRESS", "EVENT", "AGE" FROM (SELECT "ADDRESS", "EVENT", "SETTLED",
    ROW_NUMBER() OVER (PARTITION BY "ADDRESS" ORDER BY "WRITTEN_AT" DESC, "NUMBER" DESC) AS "AGE",
    ROW_NUMBER() OVER (PARTITION BY "ADDRESS", "SETTLED" ORDER BY "WRITTEN_AT" DESC, "NUMBER" DESC) AS "AGE_OF_ITS_KIND"
    FROM "DB"."S"."LEDGER") AS "L" WHERE "AGE" = 1 OR ("SETTLED" = TRUE AND "AGE_OF_ITS_KIND" = 1)
    ORDER BY "ADDRESS", "AGE" DESC)") == "a|made|2\na|drop intent|1\nb|changed|1");
  CHECK(
      lab.rows("SELECT COUNT(*) AS \"SEEN\", SUM(CASE WHEN event LIKE '%intent' AND NOT UPPER(address) IN ('B') THEN 1 "
               "ELSE 0 END) AS n FROM ledger") == "4|1");
  const Answer read = lab.run("SELECT written_at FROM ledger LIMIT 1");
  CHECK(result(read).columns[0].type == "timestamp_ltz");
  CHECK(result(read).columns[0].precision == 0);
  CHECK(result(read).columns[0].scale == 9);
}

TEST_CASE("UPDATE with FROM, DELETE with USING", "[query]") {
  Lab lab;
  lab.table("T", {col("I", "NUMBER(38,0)"), col("S", "VARCHAR(16777216)")});
  lab.table("U", {col("I", "NUMBER(38,0)"), col("S", "VARCHAR(16777216)")});
  lab.rows("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  lab.rows("INSERT INTO u VALUES (1, 'x'), (2, 'y'), (2, 'z')");
  CHECK(lab.rows("UPDATE t SET s = u.s FROM u WHERE t.i = u.i AND u.i = 1") == "1|0");
  CHECK(lab.rows("UPDATE t AS target SET s = upper(target.s) || '!' WHERE target.i IN (SELECT i FROM u)") == "2|0");
  CHECK(lab.rows("SELECT i, s FROM t ORDER BY i") == "1|X!\n2|B!\n3|c");
  CHECK(lab.rows("UPDATE t SET s = u.s FROM u WHERE t.i = u.i") == "2|1");
  CHECK(lab.rows("UPDATE t SET nope = 1") ==
        "000904 42000 SQL compilation error: error line 1 at position 13\ninvalid identifier 'NOPE'");
  CHECK(lab.rows("UPDATE t SET i = nope") ==
        "000904 42000 SQL compilation error: error line 1 at position 17\ninvalid identifier 'NOPE'");
  CHECK(lab.rows("DELETE FROM t USING u, (SELECT 1 AS k) q WHERE t.i = u.i AND u.i > q.k") == "1");
  CHECK(lab.rows("SELECT i FROM t ORDER BY i") == "1\n3");
  CHECK(lab.rows("UPDATE t SET s = (SELECT MAX(u.s) FROM u WHERE u.i < t.i), i = i + 10 WHERE i = 3") == "1|0");
  CHECK(lab.rows("SELECT i, s FROM t WHERE i > 10") == "13|z");
  CHECK(lab.rows("DELETE FROM t") == "2");
  CHECK(lab.rows("DELETE FROM t") == "0");
  CHECK(lab.relations.asked.back() == "DELETE DB.S.T");
}

TEST_CASE("MERGE", "[query]") {
  Lab lab;
  lab.table("T", {col("I", "NUMBER(38,0)", false), col("S", "VARCHAR(16777216)"), col("N", "NUMBER(38,0)", true, "0")});
  lab.table("SRC", {col("I", "NUMBER(38,0)"), col("S", "VARCHAR(16777216)"), col("GONE", "BOOLEAN")});
  lab.rows("INSERT INTO t (i, s) VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  lab.rows("INSERT INTO src VALUES (1, 'x', FALSE), (2, NULL, TRUE), (4, 'new', FALSE), (5, NULL, TRUE)");
  const std::string merge =
      "MERGE INTO t USING src ON t.i = src.i WHEN MATCHED AND src.gone THEN DELETE "
      "WHEN MATCHED THEN UPDATE SET t.s = src.s, n = t.n + 1 "
      "WHEN NOT MATCHED AND NOT src.gone THEN INSERT (i, s) VALUES (src.i, src.s)";
  CHECK(lab.header(merge) ==
        "number of rows inserted fixed(19,0) not null, number of rows updated fixed(19,0) not null, "
        "number of rows deleted fixed(19,0) not null");
  CHECK(lab.rows("SELECT i, s, n FROM t ORDER BY i") == "1|x|1\n3|c|0\n4|new|0");
  CHECK(lab.rows(merge) == "0|2|0");
  CHECK(lab.rows("MERGE INTO t AS target USING (SELECT * FROM VALUES (3, 'z'), (9, 'n') AS v (k, w)) AS source "
                 "ON target.i = source.k WHEN MATCHED THEN UPDATE SET s = w WHEN NOT MATCHED THEN INSERT VALUES (k, w, "
                 "DEFAULT)") == "1|1");
  CHECK(lab.rows("SELECT i, s, n FROM t WHERE i IN (3, 9) ORDER BY i") == "3|z|0\n9|n|0");

  SECTION("two source rows for one target row") {
    lab.rows("INSERT INTO src VALUES (1, 'again', FALSE)");
    CHECK(lab.rows(merge) == "100090 42P18 Duplicate row detected during DML action\nRow Values: [1, \"x\", 2]");
    CHECK(lab.rows("MERGE INTO t USING src ON t.i = src.i WHEN MATCHED THEN DELETE") == "2");
  }
  SECTION("the ways to write it that Snowflake knows more of") {
    CHECK(lab.rows("MERGE INTO t USING src ON t.i = src.i WHEN MATCHED THEN UPDATE ALL BY NAME") ==
          "000002 0A000 Unsupported feature 'MERGE UPDATE ALL BY NAME'.");
  }
  SECTION("NOT NULL holds") {
    CHECK(lab.rows("MERGE INTO t USING src ON FALSE WHEN NOT MATCHED THEN INSERT (s) VALUES ('q')") ==
          "100072 22000 NULL result in a non-nullable column");
    CHECK(lab.rows("SELECT COUNT(*) FROM t WHERE s = 'q'") == "0");
  }
}

TEST_CASE("DML asks for a warehouse after it compiled", "[query]") {
  Lab lab;
  lab.table("T", {col("I", "NUMBER(38,0)")});
  lab.session.warehouse.clear();
  for (const auto* sql : {"INSERT INTO t VALUES (1)", "UPDATE t SET i = 1", "DELETE FROM t", "SELECT i FROM t",
                          "MERGE INTO t USING (SELECT 1 AS k) s ON t.i = s.k WHEN MATCHED THEN DELETE"}) {
    INFO(sql);
    CHECK(lab.rows(sql) ==
          "000606 57P03 No active warehouse selected in the current session.  Select an active warehouse with the 'use "
          "warehouse' command.");
  }
  CHECK(lab.rows("SELECT nope FROM t").substr(0, 6) == "000904");
  CHECK(lab.rows("SELECT 1 + 1") == "2");
}
