#include "mesh/sql/normalise.hpp"

#include <catch2/catch.hpp>

using namespace mesh::sql;

TEST_CASE("the normal form of a text") {
  struct Row {
    const char *text, *form;
  };
  for (const auto& row : {
           Row{"select  a , b\n from t", "SELECT A, B FROM T"},
           Row{"SELECT A,B FROM T;", "SELECT A, B FROM T"},
           Row{"SELECT 1 ; -- end\n", "SELECT 1"},
           Row{"SELECT /* c */ 1 -- d\n", "SELECT 1"},
           Row{"count( * )", "COUNT(*)"},
           Row{"COUNT (*)", "COUNT(*)"},
           Row{"a in(1,2)", "A IN (1, 2)"},
           Row{"\"ORDERS\" . \"x\"", "ORDERS.\"x\""},
           Row{"\"SELECT\"", "\"SELECT\""},
           Row{"'It''s  A'", "'It''s  A'"},
           Row{"$$ a  b $$", "$$ a  b $$"},
           Row{"v : Data . id :: Number", "V:Data.id::NUMBER"},
           Row{"V:data.ID[0].Name", "V:data.ID[0].Name"},
           Row{"parse_json(x):Abc", "PARSE_JSON(X):Abc"},
           Row{"{'a': bc}", "{ 'a':BC }"},
           Row{"select $1 from @my_stage/Path/File.csv x", "SELECT $1 FROM @MY_STAGE/Path/File.csv X"},
           Row{"a-1", "A - 1"},
           Row{"  'broken  ", "'broken"},
           Row{"", ""},
       }) {
    INFO(row.text);
    const auto form = normal_form(row.text);
    CHECK(form == row.form);
    CHECK(normal_form(form) == form);
  }
}

TEST_CASE("texts that mean the same and texts that do not") {
  CHECK(same_sql("select a from t", "SELECT A\nFROM \"T\" ;"));
  CHECK(same_sql("SELECT A -- x\nFROM T", "SELECT A FROM T"));
  CHECK_FALSE(same_sql("SELECT 'a'", "SELECT 'A'"));
  CHECK_FALSE(same_sql("SELECT \"a\"", "SELECT A"));
  CHECK_FALSE(same_sql("SELECT v:a", "SELECT v:A"));
  CHECK_FALSE(same_sql("SELECT * FROM @s/Dir/f", "SELECT * FROM @s/dir/f"));
  CHECK(same_sql("SELECT * FROM @s/Dir/f", "select * from @S/Dir/f"));
  CHECK_FALSE(same_sql("SELECT 1.0", "SELECT 1"));
  CHECK(text_hash("select 1") == text_hash("SELECT  1;"));
  CHECK(text_hash("select 1").size() == 64);
  CHECK(text_hash("select 1") != text_hash("select 2"));
}

TEST_CASE("lists are split at top-level commas") {
  using List = std::vector<std::string>;
  CHECK(split_list("(A, F(B, C))") == List{"A", "F(B, C)"});
  CHECK(split_list("LINEAR(A, F(B, C))") == List{"A", "F(B, C)"});
  CHECK(split_list("linear( type, sub_type )") == List{"type", "sub_type"});
  CHECK(split_list("A, F(B, C)") == List{"A", "F(B, C)"});
  CHECK(split_list("(A), (B)") == List{"(A)", "(B)"});
  CHECK(split_list("(A + B) * (C)") == List{"(A + B) * (C)"});
  CHECK(split_list("LINEAR(\"a,b\", 'x,y')") == List{"\"a,b\"", "'x,y'"});
  CHECK(split_list("LINEAR") == List{"LINEAR"});
  CHECK(split_list("") == List{});
  CHECK(split_list("()") == List{});
  CHECK(split_list("LINEAR()") == List{});
}

TEST_CASE("clustering keys and their echoes") {
  struct Row {
    const char *written, *echoed;
    bool same;
  };
  // tables-clustering-keys, and the echoes of current accounts (table entry, cluster_by).
  for (const auto& row : {
           Row{"n", "n", true},
           Row{"c1", "C1", true},
           Row{"\"ID\"", "ID", true},
           Row{"\"id\"", "ID", false},
           Row{"to_date(c1)", "CAST(C1 AS DATE)", true},
           Row{"c1::date", "CAST(C1 AS DATE)", true},
           Row{"substring(c2, 0, 10)", "SUBSTRING(C2, 0, 10)", true},
           Row{"substring(c2, 0, 10)", "SUBSTRING(C2, 0, 11)", false},
           Row{"v:\"Data\":id::number", "TO_NUMBER(GET_PATH(V, 'Data.id'))", true},
           Row{"v:Data.id::number", "TO_NUMBER(GET_PATH(V, 'Data.id'))", true},
           Row{"v:data.id::number", "TO_NUMBER(GET_PATH(V, 'Data.id'))", false},
           Row{"(a)", "A", true},
           Row{"(a + b)", "A + B", true},
           Row{"date_trunc('HOUR',TIMESTAMP_HR)", "DATE_TRUNC('HOUR', TIMESTAMP_HR)", true},
           Row{"cast(a as int)", "CAST(A AS NUMBER(38,0))", true},
           Row{"cast(a as varchar)", "CAST(A AS VARCHAR(134217728))", true},
           Row{"a", "B", false},
           Row{"f(a)", "F(A, B)", false},
           Row{"t.a", "A", false},
       }) {
    INFO(row.written << " / " << row.echoed);
    CHECK(same_cluster_key(row.written, row.echoed) == row.same);
    CHECK(same_cluster_key(row.echoed, row.written) == row.same);
  }
}

TEST_CASE("defaults and their echoes") {
  struct Row {
    const char *written, *echoed;
    bool same;
  };
  for (const auto& row : {
           Row{"", "", true},
           Row{"NULL", "", true},
           Row{"", "null", true},
           Row{"1", "", false},
           Row{"1", "1", true},
           Row{"1", "1.0", false},
           Row{"-1", "- 1", true},
           Row{"'a'", "'a'", true},
           Row{"'a'", "'A'", false},
           Row{"'it\\'s'", "'it''s'", true},
           Row{"$$a$$", "'a'", true},
           Row{"true", "TRUE", true},
           Row{"current_timestamp", "CURRENT_TIMESTAMP()", true},
           Row{"CURRENT_TIMESTAMP()", "CURRENT_TIMESTAMP", true},
           Row{"CURRENT_TIMESTAMP(3)", "CURRENT_TIMESTAMP()", false},
           Row{"'2020-01-01'::date", "CAST('2020-01-01' AS DATE)", true},
           Row{"'2020-01-01'", "CAST('2020-01-01' AS DATE)", true},
           Row{"TO_DATE('2020-01-01')", "'2020-01-01'", true},
           Row{"-5", "CAST(-5 AS NUMBER(38,0))", true},
           Row{"seq1.nextval", "DB1.PUBLIC.SEQ1.NEXTVAL", true},
           Row{"db1.public.seq1.nextval", "DB1.PUBLIC.SEQ1.NEXTVAL", true},
           Row{"db1.public.\"seq1\".nextval", "DB1.PUBLIC.seq1.NEXTVAL", true},
           Row{"db2.public.seq1.nextval", "DB1.PUBLIC.SEQ1.NEXTVAL", false},
           Row{"seq2.nextval", "DB1.PUBLIC.SEQ1.NEXTVAL", false},
           Row{"n1+5", "TEST_SHOW_COLUMNS.N1 + 5", true},
           Row{"n1+5", "TEST_SHOW_COLUMNS.N2 + 5", false},
           Row{"uuid_string()", "UUID_STRING()", true},
           Row{"('a')", "'a'", true},
       }) {
    INFO(row.written << " / " << row.echoed);
    CHECK(same_default(row.written, row.echoed) == row.same);
  }
}

TEST_CASE("odd expressions neither hang nor crash") {
  for (const auto* text : {"(", ")", "a(", "cast(", "cast(a", "cast(a as", "a::", "v:", "v:a[", "}", "{a", "a.b.", "[",
                           "]", "((((", "a::double precision(", "::", ":a", "f(]"}) {
    INFO(text);
    CHECK_FALSE(same_default(text, "zz"));
    CHECK_FALSE(same_cluster_key("zz", text));
  }
  const std::string deep(20000, '(');
  CHECK(same_default(deep + "1", deep + " 1"));
  CHECK_FALSE(same_default(deep + "1", deep + "2"));
}

TEST_CASE("the query is found behind the head of CREATE VIEW") {
  struct Row {
    const char *text, *query;
  };
  for (const auto& row : {
           Row{"CREATE VIEW V AS SELECT 1", "SELECT 1"},
           Row{"create or replace secure view a.b.v as\nselect 1 ;\n", "select 1"},
           Row{"CREATE VIEW V COMMENT = 'read AS told' AS SELECT 1", "SELECT 1"},
           Row{"CREATE VIEW V COMMENT='it''s AS \\' AS' AS SELECT 1", "SELECT 1"},
           Row{"CREATE OR REPLACE VIEW \"x AS y\".\"s\".\"v\" (A COMMENT 'AS SELECT', B WITH MASKING POLICY D.S.P "
               "USING (A, "
               "B)) COPY GRANTS AS SELECT A, B FROM T",
               "SELECT A, B FROM T"},
           Row{"CREATE VIEW V (\"AS\") AS SELECT 1", "SELECT 1"},
           Row{"CREATE VIEW V WITH ROW ACCESS POLICY D.S.P ON (A) WITH TAG (D.S.T = 'AS') CHANGE_TRACKING = TRUE AS "
               "(SELECT "
               "1)",
               "(SELECT 1)"},
           Row{"/* AS */ CREATE -- AS\n RECURSIVE VIEW IF NOT EXISTS V AS WITH x AS (SELECT 1) SELECT * FROM x",
               "WITH x AS (SELECT 1) SELECT * FROM x"},
           Row{"CREATE MATERIALIZED VIEW M CLUSTER BY (A) AS SELECT A FROM T;", "SELECT A FROM T"},
           Row{"CREATE VIEW V AS -- why\nSELECT 1 -- end", "-- why\nSELECT 1 -- end"},
           Row{"CREATE VIEW V AS SELECT 1; -- end", "SELECT 1"},
           Row{"CREATE VIEW V COMMENT = $$ AS $$ AS SELECT ';'", "SELECT ';'"},
       }) {
    INFO(row.text);
    const auto query = query_of_create(row.text);
    REQUIRE(query);
    CHECK(*query == row.query);
  }
  for (const auto* bad :
       {"", "SELECT 1", "CREATE VIEW V", "CREATE VIEW V AS", "CREATE VIEW V AS;", "CREATE VIEW V AS 'x"}) {
    INFO(bad);
    CHECK_FALSE(query_of_create(bad));
  }
}
