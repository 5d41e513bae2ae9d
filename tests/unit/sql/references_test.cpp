#include "mesh/sql/references.hpp"

#include <catch2/catch.hpp>

using namespace mesh;
using namespace mesh::sql;

namespace {

// "A.B.C, F()" in the order of the text.
std::string names(std::string_view text) {
  std::string out;
  for (const auto& reference : find_references(text)) {
    out += (out.empty() ? "" : ", ") + reference.name.display() + (reference.is_function ? "()" : "");
    if (reference.is_sequence) out += ".NEXTVAL";
  }
  return out;
}

}  // namespace

TEST_CASE("relations are found wherever they stand") {
  struct Row {
    const char *text, *names;
  };
  for (const auto& row : {
           Row{"SELECT 1", ""},
           Row{"SELECT a FROM t", "T"},
           Row{"select a from sales.orders.orders o where o.a = 1", "SALES.ORDERS.ORDERS"},
           Row{"SELECT * FROM S.T", "S.T"},
           Row{"SELECT * FROM \"my db\".\"S\".\"t\"", "\"my db\".S.\"t\""},
           Row{"SELECT * FROM A, B x, C AS y WHERE x.i IN (1, 2)", "A, B, C"},
           Row{"SELECT a, b FROM t GROUP BY a, b ORDER BY a, b", "T"},
           Row{"SELECT * FROM A JOIN B ON A.I = B.I LEFT OUTER JOIN C USING (I) CROSS JOIN D", "A, B, C, D"},
           Row{"SELECT * FROM A JOIN B ON F(A.I, 1) = B.I, C", "A, B, C"},
           Row{"SELECT * FROM (SELECT * FROM A) x, (B JOIN C ON 1 = 1)", "A, B, C"},
           Row{"SELECT (SELECT MAX(I) FROM B) FROM A WHERE EXISTS (SELECT 1 FROM C) AND J IN (SELECT K FROM D)",
               "B, A, C, D"},
           Row{"SELECT * FROM A UNION ALL SELECT * FROM B EXCEPT SELECT * FROM C", "A, B, C"},
           Row{"SELECT * FROM A -- FROM B\n/* FROM C */ WHERE x = 'FROM D' AND y = $$ FROM E $$", "A"},
           Row{"SELECT FROM_DATE FROM A", "A"},
           Row{"SELECT EXTRACT(YEAR FROM D), TRIM(BOTH 'x' FROM E) FROM A", "A"},
           Row{"SELECT * FROM A WHERE X IS DISTINCT FROM Y AND X IS NOT DISTINCT FROM Z", "A"},
           Row{"SELECT DISTINCT A FROM T", "T"},
           Row{"SELECT D.S.SEQ.NEXTVAL, s.\"q\".nextval, SEQ.NEXTVAL FROM T",
               "D.S.SEQ.NEXTVAL, S.\"q\".NEXTVAL, SEQ.NEXTVAL, T"},
           Row{"SELECT NEXTVAL FROM T", "T"},
           Row{"SELECT * FROM D..T", "D.PUBLIC.T"},
           Row{"SELECT * FROM T SAMPLE (10) WHERE 1 = 1", "T"},
           Row{"SELECT * FROM T AT(TIMESTAMP => X) JOIN U", "T, U"},
           Row{"SELECT * FROM T PIVOT(SUM(A) FOR M IN (ANY ORDER BY M)) P, U", "T, U"},
           Row{"SELECT * FROM T AS X (A, B), U", "T, U"},
           Row{"SELECT * FROM VALUES (1, 2), (3, 4)", ""},
           Row{"SELECT * FROM (VALUES (1)) V, T", "T"},
           Row{"SELECT * FROM T, LATERAL FLATTEN(input => T.X, path => 'a') F", "T"},
           Row{"SELECT * FROM T, LATERAL (SELECT * FROM U WHERE U.I = T.I)", "T, U"},
           Row{"SELECT * FROM TABLE(FLATTEN(X)), T", "T"},
           Row{"SELECT * FROM TABLE(D.S.F(1)) X, T", "D.S.F(), T"},
           Row{"SELECT * FROM @D.S.STAGE/path/file (FILE_FORMAT => 'x') JOIN T", "D.S.STAGE, T"},
           Row{"SELECT $1 FROM @~/x, T", "T"},
           Row{"SELECT * FROM T START WITH A = 1 CONNECT BY A = PRIOR B, C", "T"},
           Row{"SELECT ROW_NUMBER() OVER (PARTITION BY A ORDER BY B) FROM T QUALIFY 1 = 1", "T"},
           Row{"SELECT CASE WHEN A THEN B ELSE C END FROM T", "T"},
           Row{"SELECT V:FROM.x.y, V:a::NUMBER FROM T", "T"},
           Row{"INSERT INTO A.B.C (X, Y) SELECT X, Y FROM D", "A.B.C, D"},
           Row{"UPDATE A SET X = 1, Y = 2 FROM B WHERE A.I = B.I", "A, B"},
           Row{"DELETE FROM A USING B, C WHERE A.I = B.I", "A, B, C"},
           Row{"MERGE INTO A USING B ON A.I = B.I WHEN MATCHED THEN UPDATE SET X = B.X, Y = 1 WHEN NOT MATCHED THEN "
               "INSERT "
               "(I, X) VALUES (B.I, B.X)",
               "A, B"},
           Row{"COPY INTO D.S.T FROM (SELECT $1 FROM @D.S.ST)", "D.S.T, D.S.ST"},
           Row{"SELECT * FROM T FOR UPDATE", "T"},
           Row{"SELECT * FROM IDENTIFIER('A.B.C')", ""},
           Row{"SELECT * FROM 'broken", ""},
       }) {
    INFO(row.text);
    CHECK(names(row.text) == row.names);
  }
}

TEST_CASE("names of common table expressions are no relations") {
  struct Row {
    const char *text, *names;
  };
  for (const auto& row : {
           Row{"WITH X AS (SELECT * FROM A) SELECT * FROM X JOIN B", "A, B"},
           Row{"WITH X (C, D) AS (SELECT * FROM A), Y AS (SELECT * FROM X) SELECT * FROM X, Y", "A"},
           Row{"WITH X AS (SELECT * FROM X) SELECT * FROM X", "X"},
           Row{"WITH RECURSIVE X AS (SELECT 1 FROM A UNION ALL SELECT 1 FROM X) SELECT * FROM X", "A"},
           Row{"WITH X AS (SELECT 1 FROM A UNION ALL SELECT 1 FROM X JOIN B) SELECT * FROM X", "A, B"},
           Row{"SELECT * FROM (WITH X AS (SELECT 1 FROM A) SELECT * FROM X), X", "A, X"},
           Row{"WITH X AS (WITH Y AS (SELECT 1 FROM A) SELECT * FROM Y) SELECT * FROM X, Y", "A, Y"},
           Row{"WITH X AS (SELECT 1) SELECT * FROM S.X", "S.X"},
           Row{"WITH \"x\" AS (SELECT 1) SELECT * FROM \"x\", X", "X"},
           Row{"INSERT INTO T WITH X AS (SELECT 1 FROM A) SELECT * FROM X", "T, A"},
       }) {
    INFO(row.text);
    CHECK(names(row.text) == row.names);
  }
}

TEST_CASE("functions, and names with three parts anywhere") {
  struct Row {
    const char *text, *names;
  };
  for (const auto& row : {
           Row{"SELECT F(A), S.F(A), D.S.F(A) FROM T", "S.F(), D.S.F(), T"},
           Row{"SELECT D.S.T.C, D.S.T.* FROM D.S.T", "D.S.T, D.S.T, D.S.T"},
           Row{"SELECT S.T.C FROM D.S.T", "D.S.T"},
           Row{"SELECT S.T.C FROM S.T", "S.T"},
           Row{"SELECT T.C, T.* FROM D.S.T", "D.S.T"},
           Row{"SELECT D.S.SEQ.NEXTVAL, S.SEQ.NEXTVAL FROM T", "D.S.SEQ.NEXTVAL, S.SEQ.NEXTVAL, T"},
           Row{"CASE WHEN IS_ROLE_IN_SESSION('A.B.C') THEN D.S.F(V) ELSE V END", "D.S.F()"},
       }) {
    INFO(row.text);
    CHECK(names(row.text) == row.names);
  }
  const std::string_view text = "SELECT * FROM  a . \"b\".c x";
  const auto found = find_references(text);
  REQUIRE(found.size() == 1);
  CHECK(text.substr(found[0].begin, found[0].end - found[0].begin) == "a . \"b\".c");
}
