// Signatures of functions and procedures: as manifests, SHOW and SHOW GRANTS write them.
#include "mesh/kinds/signature.hpp"

#include <catch2/catch.hpp>

#include "mesh/kinds/ddl.hpp"

using namespace mesh;
using namespace mesh::kinds;

TEST_CASE("a key is a name with its arguments") {
  struct Row {
    const char *written, *name, *types, *arguments;
    size_t optional;
  };
  for (const auto& row : {
           Row{"F()", "F", "()", "", 0},
           Row{"f ( a int , b string )", "F", "(NUMBER, VARCHAR)", "A NUMBER(38,0), B VARCHAR", 0},
           Row{"\"my f\"(\"a (\" NUMBER(10,2))", "\"my f\"", "(NUMBER)", "\"a (\" NUMBER(10,2)", 0},
           Row{"F(A VECTOR(FLOAT, 20), B TIMESTAMP_NTZ(3))", "F", "(VECTOR(FLOAT, 20), TIMESTAMP_NTZ)",
               "A VECTOR(FLOAT, 20), B TIMESTAMP_NTZ(3)", 0},
           Row{"F(A DOUBLE PRECISION DEFAULT 1.5, B VARCHAR(10) DEFAULT ', DEFAULT (')", "F", "(FLOAT, VARCHAR)",
               "A FLOAT DEFAULT 1.5, B VARCHAR(10) DEFAULT ', DEFAULT ('", 2},
           Row{"P(A IN NUMBER)", "P", "(NUMBER)", "A NUMBER(38,0)", 0},
       }) {
    INFO(row.written);
    const auto parsed = parse_signature(row.written);
    REQUIRE(parsed.ok());
    CHECK(parsed->name.display() == row.name);
    CHECK(types_of(parsed->arguments) == row.types);
    CHECK(arguments_text(parsed->arguments) == row.arguments);
    CHECK(optional_of(parsed->arguments) == row.optional);
    CHECK(arguments_text(read_arguments(row.arguments)) == row.arguments);
  }
}

TEST_CASE("a mistake in a key is told where it stands") {
  struct Row {
    const char *written, *where, *says;
  };
  for (const auto& row : {
           Row{"ADD_TAX", "ADD_TAX", "its arguments are missing"},
           Row{"my f(A NUMBER)", "my f", "holds other characters"},
           Row{"F(A NUMBER", "(", "never closed"},
           Row{"F(A NUMBER) RETURNS X", "RETURNS X", "nothing stands behind"},
           Row{"F(A)", "A", "'A' has no type"},
           Row{"F(A NUMBR)", "NUMBR", "did you mean NUMBER"},
           Row{"F(A NUMBER,, B NUMBER)", "(", "an argument is missing"},
           Row{"F(A NUMBER, a VARCHAR)", "a", "stands there twice"},
           Row{"F(A NUMBER DEFAULT 1, B VARCHAR)", "VARCHAR", "without default"},
           Row{"F(A NUMBER DEFAULT )", "DEFAULT", "no SQL"},
           Row{"P(A OUT NUMBER)", "OUT", "output arguments"},
       }) {
    INFO(row.written);
    const auto parsed = parse_signature(row.written);
    REQUIRE_FALSE(parsed.ok());
    const auto& error = parsed.error();
    CHECK(std::string_view(row.written).substr(error.offset, error.length) == row.where);
    CHECK(error.message.find(row.says) != std::string::npos);
  }
}

TEST_CASE("SHOW lists types without names, and marks what has a default") {
  CHECK(shown_types("F", "F() RETURN NUMBER") == "()");
  CHECK(shown_types("ADD", "ADD(NUMBER, DEFAULT VARCHAR) RETURN TABLE (A NUMBER)") == "(NUMBER, VARCHAR)");
  // BCR-1944 prints what is not the default; VECTOR keeps its arguments.
  CHECK(shown_types("F", "F(NUMBER(20,0), VECTOR(FLOAT, 20)) RETURN FLOAT") == "(NUMBER, VECTOR(FLOAT, 20))");
  CHECK(shown_types("odd (name", "odd (name(FLOAT) RETURN FLOAT") == "(FLOAT)");
  CHECK(shown_types("F", "F(SOMETHING_NEW) RETURN FLOAT") == "(SOMETHING_NEW)");
}

TEST_CASE("SHOW GRANTS prints names with the whole signature, in several spellings") {
  // grants.md 2.1, name.
  struct Row {
    const char *printed, *address;
  };
  for (const auto& row : {
           Row{"DB.SCH.\"F(A FLOAT, B VECTOR(INT, 20)):NUMBER(38,0)\"", "function DB.SCH.F(FLOAT, VECTOR(INT, 20))"},
           Row{"DB.SCH.\"F(A NUMBER):FLOAT\"", "function DB.SCH.F(NUMBER)"},
           Row{"DB.SCH.\"F(NUMBER, VARCHAR):FLOAT\"", "function DB.SCH.F(NUMBER, VARCHAR)"},
           Row{"DB.SCH.F(CHANNEL_NAME VARCHAR, EMAIL VARCHAR):VARCHAR(16777216)",
               "function DB.SCH.F(VARCHAR, VARCHAR)"},
           Row{"DB.SCH.GET_CONFIG():TABLE: ()", "function DB.SCH.GET_CONFIG()"},
           Row{"\"my.db\".SCH.\"F(a b DOUBLE PRECISION):FLOAT\"", "function \"my.db\".SCH.F(FLOAT)"},
           Row{"DB.SCH.\"f(A NUMBER):FLOAT\"", "function DB.SCH.\"f\"(NUMBER)"},
       }) {
    INFO(row.printed);
    const auto id = granted_routine(KindId::Function, row.printed);
    REQUIRE(id.has_value());
    CHECK(id->address() == row.address);
  }
  CHECK_FALSE(granted_routine(KindId::Function, "DB.SCH.F").has_value());
  CHECK_FALSE(granted_routine(KindId::Function, "DB.SCH.\"F(A NOTHING):FLOAT\"").has_value());
  // Data metric functions, whose arguments are tables, are none of mesh's.
  // Whether SHOW GRANTS calls it a function is not told: its tables tell what it is.
  CHECK(granted_routine(KindId::Function, "SNOWFLAKE.CORE.ACCEPTED_VALUES(TABLE(DATE))")->address() ==
        "data metric function SNOWFLAKE.CORE.ACCEPTED_VALUES(TABLE(DATE))");
  CHECK(granted_routine(KindId::DataMetricFunction, "G.S.\"F(ROWS TABLE(A NUMBER, B VARCHAR)):NUMBER(38,0)\"")
            ->address() == "data metric function G.S.F(TABLE(NUMBER, VARCHAR))");
}

TEST_CASE("every statement names a function with its arguments' types") {
  Object function;
  function.id = *parse_address("function A.S.F(int, string)");
  CHECK(function.id.address() == "function A.S.F(NUMBER, VARCHAR)");
  function.properties["arguments"] = {Value("N NUMBER(38,0), V VARCHAR DEFAULT 'x'"), {}};
  function.properties["returns"] = {Value("TABLE (A NUMBER(38,0))"), {}};
  function.properties["language"] = {Value("SQL"), {}};
  function.texts["body"] = {"SELECT N", {}};
  CHECK(create_statements(function) ==
        std::vector<std::string>{"CREATE FUNCTION \"A\".\"S\".\"F\" (\"N\" NUMBER(38,0), \"V\" VARCHAR DEFAULT 'x') "
                                 "RETURNS TABLE (\"A\" NUMBER(38,0)) LANGUAGE SQL AS $$\nSELECT N\n$$"});
  CHECK(drop_statement(function.id) == "DROP FUNCTION \"A\".\"S\".\"F\"(NUMBER, VARCHAR)");
  CHECK(rename_statement(function.id, *QualifiedName::parse("A.S.G")) ==
        "ALTER FUNCTION \"A\".\"S\".\"F\"(NUMBER, VARCHAR) RENAME TO \"A\".\"S\".\"G\"");
  CHECK(transfer_ownership(function.id, Name::exact("R")) ==
        "GRANT OWNERSHIP ON FUNCTION \"A\".\"S\".\"F\"(NUMBER, VARCHAR) TO ROLE \"R\" COPY CURRENT GRANTS");
  const GrantKey key{{TargetForm::Object, function.id, KindId::Table}, *parse_grantee("R"), "USAGE"};
  CHECK(grant_statement(key, false) == "GRANT USAGE ON FUNCTION \"A\".\"S\".\"F\"(NUMBER, VARCHAR) TO ROLE \"R\"");
  CHECK(revoke_statement(key) == "REVOKE USAGE ON FUNCTION \"A\".\"S\".\"F\"(NUMBER, VARCHAR) FROM ROLE \"R\"");
  CHECK(undrop_statement(function.id).empty());
}

TEST_CASE("a procedure's rights are altered without SET") {
  const auto id = *parse_address("procedure A.S.P()");
  const auto* row = find_property(of(KindId::Procedure), "execute_as");
  CHECK(property_statements(id, {{row, Value("CALLER"), false}}) ==
        std::vector<std::string>{R"(ALTER PROCEDURE "A"."S"."P"() EXECUTE AS CALLER)"});
}

TEST_CASE("what a function gives back is compared by its type") {
  const auto& row = *find_property(of(KindId::Function), "returns");
  const auto same = [&](const char* one, const char* other) {
    INFO(one << " and " << other);
    const auto a = canonical(row, one), b = canonical(row, other);
    REQUIRE(a.ok());
    REQUIRE(b.ok());
    return *a == *b || row.same(*a, *b);
  };
  CHECK(same("int", "NUMBER(38,0)"));
  CHECK(same("string", "VARCHAR(134217728)"));  // un-sized, docs bcr-2118
  CHECK(same("string", "VARCHAR(16777216)"));
  CHECK_FALSE(same("varchar(10)", "VARCHAR(134217728)"));
  CHECK(same("number not null", "NUMBER(38,0) NOT NULL"));
  CHECK(same("number null", "NUMBER(38,0)"));
  CHECK_FALSE(same("number", "NUMBER(38,0) NOT NULL"));
  CHECK(same("table(a int, b text)", "TABLE (A NUMBER(38,0), B VARCHAR(134217728))"));
  CHECK_FALSE(same("table(a int)", "TABLE (B NUMBER(38,0))"));
  CHECK(same("TABLE()", "TABLE ()"));
  CHECK_FALSE(canonical(row, "NUMBR").ok());
  CHECK_FALSE(canonical(row, "TABLE (A)").ok());
}

TEST_CASE("files that a function imports lie on stages") {
  CHECK(stage_of("@db.s.code/a/b.py")->address() == "stage DB.S.CODE");
  CHECK(stage_of("@\"DB\".\"S\".\"a/b\"/f.py")->address() == "stage DB.S.\"a/b\"");
  CHECK_FALSE(stage_of("@~/f.py").has_value());
  CHECK_FALSE(stage_of("s3://bucket/f.py").has_value());
  CHECK(with_stage("@db.s.code/a/b.py", *QualifiedName::parse("D.S.CODE")) == "@D.S.CODE/a/b.py");
  const auto& row = *find_property(of(KindId::Function), "imports");
  CHECK(*canonical(row, "[@\"DB\".\"S\".CODE/f.jar]") == Value(ValueList{"@DB.S.CODE/f.jar"}));
  const auto& packages = *find_property(of(KindId::Function), "packages");
  CHECK(*canonical(packages, "['pandas==1.5','numpy']") == Value(ValueList{"numpy", "pandas==1.5"}));
  CHECK(*canonical(packages, "[]") == Value(ValueList{}));
}

TEST_CASE("GET_DDL tells the defaults of arguments") {
  struct Row {
    const char *ddl, *arguments;
  };
  for (const auto& row : {
           // As the page get_ddl prints them; one of its samples lacks the word FUNCTION.
           Row{"CREATE OR REPLACE PROCEDURE \"STPROC_1\"(\"F\" FLOAT)\nRETURNS FLOAT\nAS 'return F;'", "F FLOAT"},
           Row{"CREATE OR REPLACE \"MULTIPLY\"(A NUMBER, B NUMBER)\nRETURNS NUMBER(38,0)",
               "A NUMBER(38,0), B NUMBER(38,0)"},
           Row{"CREATE OR REPLACE FUNCTION \"f (\"(\"a\" VARCHAR, \"B\" NUMBER DEFAULT f(1, 'x)'))\nAS 'a'",
               "\"a\" VARCHAR, B NUMBER(38,0) DEFAULT f(1, 'x)')"},
           Row{"CREATE OR REPLACE FUNCTION \"F\"()\nRETURNS FLOAT", ""},
       }) {
    INFO(row.ddl);
    const auto told = arguments_of_ddl(row.ddl);
    REQUIRE(told);
    CHECK(arguments_text(*told) == row.arguments);
  }
  CHECK_FALSE(arguments_of_ddl("CREATE OR REPLACE VIEW V AS SELECT 1"));
  CHECK_FALSE(arguments_of_ddl("CREATE OR REPLACE PROCEDURE \"P\"(\"A\" OUT NUMBER)"));
}

TEST_CASE("SHOW tells that there are output arguments, wherever the word stands") {
  CHECK(has_output_arguments("P(OUT NUMBER) RETURN VARCHAR"));
  CHECK(has_output_arguments("P(VARCHAR, DEFAULT OUT NUMBER) RETURN VARCHAR"));
  CHECK(has_output_arguments("P(NUMBER OUT) RETURN VARCHAR"));
  CHECK_FALSE(has_output_arguments("OUT(NUMBER, DEFAULT VARCHAR) RETURN TABLE (OUT NUMBER)"));
  CHECK_FALSE(has_output_arguments("P() RETURN VARCHAR"));
}
