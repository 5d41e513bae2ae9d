#include "mesh/sql/writer.hpp"

#include <catch2/catch.hpp>

#include "mesh/sql/token.hpp"

using namespace mesh;
using namespace mesh::sql;

TEST_CASE("literals hold any text") {
  CHECK(literal("") == "''");
  CHECK(literal("it's") == "'it''s'");
  CHECK(literal("a\\b") == "'a\\\\b'");
  CHECK(literal("\\'") == "'\\\\'''");
  CHECK(literal("two\nlines") == "'two\nlines'");
  for (const auto* text : {"", "'", "\\", "\\'", "''\\\\", "a\nb", "\\n", "$$"}) {
    INFO(text);
    CHECK(string_value(literal(text)) == text);
    CHECK(tokenize(literal(text))->size() == 1);
  }
  CHECK(dollar_quoted("a 'b'") == "$$a 'b'$$");
  CHECK(dollar_quoted("a $$ b") == "'a $$ b'");
  CHECK(dollar_quoted("a $") == "'a $'");
  CHECK(dollar_quoted("") == "$$$$");
  // SHOW TABLES LIKE 'MY\\_TABLE' (identifiers-and-literals.md section 2)
  CHECK(like_literal("MY_TABLE") == "'MY\\\\_TABLE'");
  CHECK(like_literal("50%") == "'50\\\\%'");
}

TEST_CASE("a statement is written as people write it") {
  Writer writer;
  writer.kw("CREATE TABLE").name(*QualifiedName::parse("a.\"b\".c")).open().newline(2);
  writer.name(*Name::parse("ID")).type(*DataType::parse("int")).kw("NOT NULL").kw("DEFAULT").fragment({"1 -- one", {}});
  writer.comma().newline(2).kw("PRIMARY KEY").names({Name::exact("ID"), Name::exact("a\"b")}).newline(0).close();
  writer.kw("COMMENT").equals().text("it's").kw("DATA_RETENTION_TIME_IN_DAYS").equals().number(-1);
  writer.kw("CHANGE_TRACKING").equals().boolean(true);
  CHECK(writer.take() ==
        "CREATE TABLE \"A\".\"b\".\"C\" (\n"
        "  \"ID\" NUMBER(38,0) NOT NULL DEFAULT 1 -- one\n,\n"
        "  PRIMARY KEY (\"ID\", \"a\"\"b\")\n"
        ") COMMENT = 'it''s' DATA_RETENTION_TIME_IN_DAYS = -1 CHANGE_TRACKING = TRUE");
}

TEST_CASE("a fragment cannot end the statement it stands in") {
  const auto embedded = [](const char* text) { return Writer().kw("AS").fragment({text, {}}).kw("X").take(); };
  CHECK(embedded("SELECT 1;") == "AS SELECT 1 X");
  CHECK(embedded("SELECT 1 ; -- end") == "AS SELECT 1 X");
  CHECK(embedded("SELECT 1 // end") == "AS SELECT 1 // end\nX");
  CHECK(embedded("  SELECT 1 /* end */  ") == "AS SELECT 1 /* end */ X");
}

TEST_CASE("privileges and keywords of tables") {
  CHECK(Writer().kw("GRANT").privilege("CREATE TABLE").kw("ON").kw(Keyword::of_table("SCHEMA")).take() ==
        "GRANT CREATE TABLE ON SCHEMA");
}
