#include "mesh/sql/token.hpp"

#include <catch2/catch.hpp>

using namespace mesh::sql;

namespace {

std::string shape(std::string_view text) {
  const auto tokens = tokenize(text);
  if (!tokens) return "! " + tokens.error().message;
  std::string out;
  for (const auto& token : *tokens) {
    out += (out.empty() ? "" : " ") + std::string(1, "wqsn.c"[static_cast<size_t>(token.type)]) + "[" +
           std::string(token.in(text)) + "]";
  }
  return out;
}

}  // namespace

TEST_CASE("SQL is read as tokens") {
  struct Row {
    const char *text, *tokens;
  };
  for (const auto& row : {
           Row{"", ""},
           Row{"select a", "w[select] w[a]"},
           Row{"a.\"b \"\"c\"", "w[a] .[.] q[\"b \"\"c\"]"},
           Row{"'it''s' 'a\\'b' 'x\\\\'", "s['it''s'] s['a\\'b'] s['x\\\\']"},
           Row{"$$ '\" -- $$ x", "s[$$ '\" -- $$] w[x]"},
           Row{"AS$$x$$", "w[AS] s[$$x$$]"},
           Row{"a -- b\n c // d\n /* e\n */ f", "w[a] c[-- b] w[c] c[// d] c[/* e\n */] w[f]"},
           Row{"1 1.5 .5 1e3 1.5E-3 1.", "n[1] n[1.5] n[.5] n[1e3] n[1.5E-3] n[1.]"},
           Row{"a1.b t$1 $1 $x", "w[a1] .[.] w[b] w[t$1] w[$1] w[$x]"},
           Row{"a::b<=c<>d||e=>f!=g->h->>i:=j",
               "w[a] .[::] w[b] .[<=] w[c] .[<>] w[d] .[||] w[e] .[=>] w[f] .[!=] w[g] "
               ".[->] w[h] .[->>] w[i] .[:=] w[j]"},
           Row{"v:a[0]", "w[v] .[:] w[a] .[[] n[0] .[]]"},
           Row{"gr\xC3\xBC\xC3\x9F", "w[gr\xC3\xBC\xC3\x9F]"},
           Row{"''", "s['']"},
           Row{"''''", "s['''']"},
           Row{"'a", "! the string is not closed by '"},
           Row{"'a\\'", "! the string is not closed by '"},
           Row{"x \"a", "! the quoted name is not closed by \""},
           Row{"$$a$", "! the text $$ is not closed by $$"},
           Row{"/* a", "! the comment /* is not closed by */"},
       }) {
    INFO(row.text);
    CHECK(shape(row.text) == row.tokens);
  }
  CHECK(tokenize("ab 'c").error().offset == 3);
}

TEST_CASE("strings say what Snowflake reads in them") {
  struct Row {
    const char *token, *value;
  };
  for (const auto& row : {
           Row{"'a'", "a"},
           Row{"''", ""},
           Row{"'it''s'", "it's"},
           Row{"'it\\'s'", "it's"},
           Row{"'a\\\\b'", "a\\b"},
           Row{"'\\n\\t\\r'", "\n\t\r"},
           Row{"'\\z'", "z"},
           Row{"'\\x41\\u00fc\\101'",
               "A\xC3\xBC"
               "A"},
           Row{"$$a'b\\n$$", "a'b\\n"},
       }) {
    INFO(row.token);
    CHECK(string_value(row.token) == row.value);
  }
}

TEST_CASE("fragments are checked for their place") {
  struct Row {
    FragmentKind kind;
    const char *text, *told;
    size_t offset;
  };
  using Kind = FragmentKind;
  for (const auto& row : {
           Row{Kind::Query, "", "no SQL", 0},
           Row{Kind::Query, " -- nothing\n", "no SQL", 0},
           Row{Kind::Query, ";", "no SQL", 0},
           Row{Kind::Query, "SELECT 'a", "string is not closed", 7},
           Row{Kind::Query, "SELECT (1", "'(' is never closed", 7},
           Row{Kind::Query, "SELECT 1)", "closes no bracket", 8},
           Row{Kind::Query, "SELECT (1]", "closes no bracket", 9},
           Row{Kind::Query, "SELECT 1; DROP TABLE T", "something follows", 8},
           Row{Kind::Query, "DELETE FROM T", "not with 'DELETE'", 0},
           Row{Kind::Query, "CREATE VIEW V AS SELECT 1", "begins with SELECT", 0},
           Row{Kind::Expression, "1, 2", "one expression", 1},
           Row{Kind::Expression, "1;", "does not end with ';'", 1},
           Row{Kind::Expression, "1) x (", "closes no bracket", 1},
           Row{Kind::ClusterKey, "A, B", "one expression", 1},
           Row{Kind::Expression, "1 NOT NULL", "'NOT NULL' is no part", 2},
           Row{Kind::Expression, "1 COMMENT 'x'", "'COMMENT' is no part", 2},
           Row{Kind::Expression, "F(1) unique", "'unique' is no part", 5},
           Row{Kind::Expression, "(SELECT 1)", "a query cannot stand", 1},
           Row{Kind::ClusterKey, "F((select A))", "a query cannot stand", 3},
           Row{Kind::Expression, "TRUE AS SELECT 1", "'AS' is no part", 5},
           Row{Kind::Expression, "CASE WHEN A THEN 1", "no END", 0},
           Row{Kind::Body, "IFF(A, CASE WHEN B THEN V, '*')", "no END", 7},
           Row{Kind::Body, "-> V", "does not begin with '->'", 0},
           Row{Kind::Rows, "TRUE", "a SELECT, SHOW or CALL", 0},
           Row{Kind::Copy, "COPY INTO @S FROM T", "into a table", 10},
       }) {
    INFO(row.text);
    const auto problems = check_fragment(row.text, row.kind);
    REQUIRE(problems.size() == 1);
    CHECK_THAT(problems[0].message, Catch::Contains(row.told));
    CHECK(problems[0].offset == row.offset);
    CHECK(problems[0].length > 0);
  }
  for (const auto* fine : {"SELECT 1", "select 1;", "SELECT 1 ; -- done", "WITH a AS (SELECT 1) SELECT * FROM a",
                           "(SELECT 1) UNION (SELECT 2)", "VALUES (1, 2)", "-- head\nSELECT ';', $$;$$"}) {
    INFO(fine);
    CHECK(check_fragment(fine, FragmentKind::Query).empty());
  }
  for (const auto* fine : {"SELECT 1 FROM T WHERE CASE WHEN A THEN B END", "SHOW TABLES", "CALL P()"}) {
    INFO(fine);
    CHECK(check_fragment(fine, FragmentKind::Rows).empty());
  }
  for (const auto* fine :
       {"CAST(A AS INT)", "CASE A WHEN 1 THEN CASE WHEN B THEN 1 END ELSE 2 END", "V:case", "T.CASE", "1",
        "CURRENT_TIMESTAMP()", "F(a, b)", "'a, b'", "ARRAY_CONSTRUCT(1, 2)[0]", "{'a': 1, 'b': 2}", "NOT TRUE",
        "1 IS NOT NULL", "\"COMMENT\"", "A.COMMENT", "V:tag", "COLLATE('a', 'en')", "F('NOT NULL')"}) {
    INFO(fine);
    CHECK(check_fragment(fine, FragmentKind::Expression).empty());
  }
}
