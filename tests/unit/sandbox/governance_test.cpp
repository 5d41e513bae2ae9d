// Tags and policies as objects (governance-objects.json: tag, masking_policy, row_access_policy and their like).

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

const std::vector<std::string> kTag = {"name", "comment", "allowed_values", "propagate", "on_conflict", "multi_value"};

struct Governed : TestAccount {
  Governed() {
    REQUIRE(
        all({"CREATE DATABASE g", "CREATE SCHEMA g.s", "CREATE SCHEMA g.t", "CREATE ROLE r",
             "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE g TO ROLE r", "GRANT USAGE ON SCHEMA g.s TO ROLE r"})
            .empty());
  }
  std::string code(const std::string& sql) { return run(sql).substr(0, 6); }
  std::string code_as(const std::string& role, const std::string& sql) { return as(role, sql).substr(0, 6); }
};

}  // namespace

TEST_CASE("a tag keeps what it is given and reads as documented", "[governance][tag]") {
  Governed a;
  CHECK(a.run("CREATE TAG g.s.bare") == "Tag BARE successfully created.");
  CHECK(a.run("CREATE TAG g.s.pii ALLOWED_VALUES 'email', 'say \"x\"' PROPAGATE = ON_DEPENDENCY ON_CONFLICT = 'email' "
              "COMMENT = 'it''s'") == "Tag PII successfully created.");
  CHECK(a.header("SHOW TAGS IN SCHEMA g.s") ==
        "created_on name database_name schema_name owner comment allowed_values owner_role_type propagate on_conflict "
        "multi_value");
  CHECK(a.rows("SHOW TAGS IN SCHEMA g.s", kTag) ==
        "BARE||-|NONE|-|false\nPII|it's|[\"email\",\"say \\\"x\\\"\"]|ON_DEPENDENCY|email|false");
  REQUIRE(a.all({"ALTER TAG g.s.bare SET ALLOWED_VALUES 'b', 'a'", "ALTER TAG g.s.bare ADD ALLOWED_VALUES 'c', 'a'",
                 "ALTER TAG g.s.bare DROP ALLOWED_VALUES 'b'", "ALTER TAG g.s.pii UNSET PROPAGATE",
                 "ALTER TAG g.s.pii SET COMMENT = 'x'"})
              .empty());
  CHECK(a.rows("SHOW TAGS IN SCHEMA g.s", kTag) ==
        "BARE||[\"a\",\"c\"]|NONE|-|false\nPII|x|[\"email\",\"say \\\"x\\\"\"]|NONE|-|false");
  // What CREATE OR ALTER leaves out is reset.
  REQUIRE(a.all({"CREATE OR ALTER TAG g.s.pii COMMENT = 'y'", "ALTER TAG g.s.bare UNSET ALLOWED_VALUES",
                 "ALTER TAG g.s.bare RENAME TO g.t.b"})
              .empty());
  CHECK(a.rows("SHOW TAGS IN DATABASE g", {"schema_name", "name", "comment", "allowed_values"}) == "S|PII|y|-\nT|B||-");
  CHECK(a.code("CREATE TAG g.s.x PROPAGATE = ON_DEPENDENCY ON_CONFLICT = ALLOWED_VALUES_SEQUENCE") == "002100");
  CHECK(a.code("CREATE TAG g.s.x COMMENT = 'c' ALLOWED_VALUES 'late'") == "001003");
  CHECK(a.code("CREATE TAG g.s.x MULTI_VALUE = TRUE") == "000002");
}

TEST_CASE("a dropped tag comes back with its assignments", "[governance][tag]") {
  Governed a;
  REQUIRE(
      a.all({"CREATE TAG g.s.t1", "CREATE TABLE g.s.x (c NUMBER)", "ALTER TABLE g.s.x SET TAG g.s.t1 = 'v'"}).empty());
  const std::string read = "SELECT SYSTEM$GET_TAG('g.s.t1', 'g.s.x', 'TABLE')";
  CHECK(a.run(read) == "v");
  CHECK(a.run("DROP TAG g.s.t1") == "T1 successfully dropped.");
  CHECK(a.code(read) == "002003");
  CHECK(a.run("UNDROP TAG g.s.t1") == "Tag T1 successfully restored.");
  CHECK(a.run(read) == "v");
}

TEST_CASE("a masking policy keeps its body verbatim and loses lengths in its signature", "[governance][policy]") {
  Governed a;
  CHECK(
      a.run("CREATE MASKING POLICY g.s.p AS (val VARCHAR(200), \"vis\" string) RETURNS varchar(200) ->\n"
            "  CASE WHEN  current_role() = 'R' THEN val\n  ELSE '*' END  COMMENT = 'c' EXEMPT_OTHER_POLICIES = TRUE") ==
      "Masking policy P successfully created.");
  CHECK(a.header("DESCRIBE MASKING POLICY g.s.p") == "name signature return_type body");
  CHECK(a.run("DESC MASKING POLICY g.s.p") ==
        "P|(VAL VARCHAR, vis VARCHAR)|VARCHAR(200)|CASE WHEN  current_role() = 'R' THEN val\n  ELSE '*' END");
  CHECK(a.header("SHOW MASKING POLICIES IN ACCOUNT") ==
        "created_on name database_name schema_name kind owner comment options owner_role_type");
  CHECK(a.rows("SHOW MASKING POLICIES IN ACCOUNT", {"name", "kind", "owner", "comment", "options"}) ==
        "P|MASKING_POLICY|ACCOUNTADMIN|c|{\"EXEMPT_OTHER_POLICIES\":\"TRUE\"}");
  REQUIRE(a.all({"ALTER MASKING POLICY g.s.p SET BODY ->  NULL ;", "ALTER MASKING POLICY g.s.p SET COMMENT = NULL",
                 "ALTER MASKING POLICY g.s.p RENAME TO g.t.q"})
              .empty());
  CHECK(a.rows("DESC MASKING POLICY g.t.q", {"name", "body"}) == "Q|NULL");
  CHECK(a.run("ALTER MASKING POLICY g.t.q SET FOO = 1") ==
        "001420 22023 SQL compilation error:\ninvalid property 'FOO' for 'MASKING_POLICY'");
  CHECK(a.run("CREATE MASKING POLICY g.s.m AS (v VARCHAR) RETURNS NUMBER -> 1") ==
        "002100 42601 SQL compilation error: Masking policy function argument and return type mismatch.");
  CHECK(a.code("CREATE MASKING POLICY g.s.m AS (v NUMBER) RETURNS NUMBER -> 'no number'") == "090207");
  CHECK(a.code("CREATE MASKING POLICY g.s.m AS (v NUMBER) RETURNS NUMBER -> w") == "000904");
  CHECK(a.run("UNDROP MASKING POLICY g.t.q") ==
        "000002 0A000 Unsupported feature 'UNDROP not supported for objects of type MASKING_POLICY'.");
}

TEST_CASE("row access and constraint policies", "[governance][policy]") {
  Governed a;
  REQUIRE(a.all({"CREATE ROW ACCESS POLICY g.s.r AS (comment STRING, n NUMBER(5,2)) RETURNS BOOLEAN -> comment = 'x' "
                 "COMMENT = 'c'",
                 "CREATE AGGREGATION POLICY g.s.a AS () RETURNS AGGREGATION_CONSTRAINT -> "
                 "AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => 5)",
                 "CREATE PROJECTION POLICY g.s.p AS () RETURNS PROJECTION_CONSTRAINT -> "
                 "PROJECTION_CONSTRAINT(ALLOW => false)",
                 "CREATE JOIN POLICY g.s.j AS () RETURNS JOIN_CONSTRAINT -> JOIN_CONSTRAINT(JOIN_REQUIRED => true)"})
              .empty());
  CHECK(a.run("DESC ROW ACCESS POLICY g.s.r") == "R|(COMMENT VARCHAR, N NUMBER)|BOOLEAN|comment = 'x'");
  CHECK(a.rows("SHOW ROW ACCESS POLICIES IN SCHEMA g.s", {"name", "kind", "comment", "options"}) ==
        "R|ROW_ACCESS_POLICY|c|");
  CHECK(a.run("DESC AGGREGATION POLICY g.s.a") ==
        "A|()|AGGREGATION_CONSTRAINT|AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => 5)");
  CHECK(a.rows("SHOW JOIN POLICIES IN SCHEMA g.s", {"name", "kind"}) == "J|JOIN_POLICY");
  CHECK(a.rows("SHOW PROJECTION POLICIES IN SCHEMA g.s", {"name", "kind"}) == "P|PROJECTION_POLICY");
  CHECK(a.run("CREATE ROW ACCESS POLICY g.s.x AS (v VARCHAR) RETURNS NUMBER -> 1").substr(0, 6) == "003551");
  CHECK(a.run("CREATE AGGREGATION POLICY g.s.x AS () RETURNS BOOLEAN -> true")
            .find("Aggregation policy return type 'BOOLEAN' is not AGGREGATION_CONSTRAINT.") != std::string::npos);
  CHECK(a.run("CREATE AGGREGATION POLICY g.s.x AS (v NUMBER) RETURNS AGGREGATION_CONSTRAINT -> true")
            .find("must have exactly zero arguments, got 1 arguments.") != std::string::npos);
  CHECK(a.run("CREATE OR ALTER ROW ACCESS POLICY g.s.r AS (comment STRING, n NUMBER(5,2)) RETURNS BOOLEAN -> TRUE") ==
        "Row access policy R successfully created.");
  CHECK(a.rows("SHOW ROW ACCESS POLICIES IN SCHEMA g.s", {"name", "comment"}) == "R|");
  CHECK(a.run("DESC ROW ACCESS POLICY g.s.r") == "R|(COMMENT VARCHAR, N NUMBER)|BOOLEAN|TRUE");
}

TEST_CASE("who makes, sees and changes tags and policies", "[governance]") {
  Governed a;
  REQUIRE(a.all({"CREATE TAG g.s.t1", "CREATE MASKING POLICY g.s.p AS (v VARCHAR) RETURNS VARCHAR -> '*'",
                 "CREATE ROW ACCESS POLICY g.s.ra AS (v VARCHAR) RETURNS BOOLEAN -> TRUE"})
              .empty());
  CHECK(a.code_as("R", "CREATE TAG g.s.t2") == "003001");
  CHECK(a.code_as("R", "CREATE MASKING POLICY g.s.p2 AS (v VARCHAR) RETURNS VARCHAR -> v") == "003001");
  // USAGE on the schema shows a tag, not a policy.
  CHECK(a.rows_as("R", "SHOW TAGS IN SCHEMA g.s", {"name"}) == "T1");
  CHECK(a.rows_as("R", "SHOW MASKING POLICIES IN SCHEMA g.s", {"name"}).empty());
  CHECK(a.code_as("R", "DESC MASKING POLICY g.s.p") == "002003");
  REQUIRE(a.run("GRANT APPLY ON MASKING POLICY g.s.p TO ROLE r") == "Statement executed successfully.");
  CHECK(a.rows_as("R", "DESC MASKING POLICY g.s.p", {"body"}) == "'*'");
  CHECK(a.code_as("R", "ALTER MASKING POLICY g.s.p SET BODY -> v") == "003001");
  CHECK(a.rows_as("R", "SHOW ROW ACCESS POLICIES IN SCHEMA g.s", {"name"}).empty());
  REQUIRE(a.run("GRANT APPLY ROW ACCESS POLICY ON ACCOUNT TO ROLE r") == "Statement executed successfully.");
  CHECK(a.rows_as("R", "SHOW ROW ACCESS POLICIES IN SCHEMA g.s", {"name"}) == "RA");
  REQUIRE(a.all({"GRANT CREATE TAG ON SCHEMA g.s TO ROLE r", "GRANT CREATE ROW ACCESS POLICY ON SCHEMA g.s TO ROLE r"})
              .empty());
  CHECK(a.as("R", "CREATE TAG g.s.t2") == "Tag T2 successfully created.");
  // Propagation asks for more than the tag's ownership.
  CHECK(a.code_as("R", "ALTER TAG g.s.t2 SET PROPAGATE = ON_DEPENDENCY") == "003001");
  REQUIRE(a.all({"GRANT APPLY TAG ON ACCOUNT TO ROLE r"}).empty());
  CHECK(a.as("R", "ALTER TAG g.s.t2 SET PROPAGATE = ON_DEPENDENCY") == "Statement executed successfully.");
  CHECK(a.code_as("R", "DROP TAG g.s.t1") == "003001");
  CHECK(a.code("GRANT APPLY ON ALL MASKING POLICIES IN SCHEMA g.s TO ROLE r") == "000002");
}
