// Tags and policies on objects and columns, and what reads them back (governance-reading.md sections 2, 3 and 7).

#include <unistd.h>

#include <filesystem>

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

const std::vector<std::string> kTagRow = {"TAG_NAME",    "TAG_VALUE",       "APPLY_METHOD",
                                          "LEVEL",       "OBJECT_DATABASE", "OBJECT_SCHEMA",
                                          "OBJECT_NAME", "DOMAIN",          "COLUMN_NAME"};
const std::vector<std::string> kPolicyRow = {"POLICY_NAME",          "POLICY_KIND",       "REF_SCHEMA_NAME",
                                             "REF_ENTITY_NAME",      "REF_ENTITY_DOMAIN", "REF_COLUMN_NAME",
                                             "REF_ARG_COLUMN_NAMES", "TAG_NAME",          "POLICY_STATUS"};

struct Account : TestAccount {
  Account() {
    REQUIRE(
        all({"CREATE DATABASE g", "CREATE SCHEMA g.s", "CREATE TAG g.s.pii ALLOWED_VALUES 'email', 'phone'",
             "CREATE TAG g.s.cost", "CREATE MASKING POLICY g.s.m AS (v VARCHAR) RETURNS VARCHAR -> '*'",
             "CREATE MASKING POLICY g.s.m2 AS (v VARCHAR) RETURNS VARCHAR -> '**'",
             "CREATE MASKING POLICY g.s.num AS (v NUMBER) RETURNS NUMBER -> 0",
             "CREATE MASKING POLICY g.s.cond AS (v VARCHAR, who VARCHAR) RETURNS VARCHAR -> who",
             "CREATE ROW ACCESS POLICY g.s.r AS (region VARCHAR) RETURNS BOOLEAN -> region = 'EU'",
             "CREATE ROW ACCESS POLICY g.s.r2 AS (region VARCHAR) RETURNS BOOLEAN -> TRUE", "CREATE DATABASE d",
             "CREATE SCHEMA d.x",
             "CREATE TABLE d.x.t (id NUMBER(10,2), mail VARCHAR(50), region VARCHAR, twice NUMBER(11,2) AS (id * 2))",
             "CREATE VIEW d.x.v AS SELECT id, mail FROM d.x.t"}) == "");
  }
  std::string tags(const std::string& object, const std::string& domain) {
    return rows("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES('" + object + "', '" + domain + "'))",
                kTagRow);
  }
  std::string of_policy(const std::string& name) {
    return rows("SELECT * FROM TABLE(g.INFORMATION_SCHEMA.POLICY_REFERENCES(POLICY_NAME => '" + name + "'))",
                kPolicyRow);
  }
  std::string of_entity(const std::string& name, const std::string& domain) {
    return rows("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => '" + name +
                    "', REF_ENTITY_DOMAIN => '" + domain + "'))",
                kPolicyRow);
  }
  std::string masked(const std::string& object) { return rows("DESC TABLE " + object, {"name", "policy name"}); }
  std::string code(const std::string& sql) { return run(sql).substr(0, 6); }
  bool says(const std::string& sql, const std::string& text) { return run(sql).find(text) != std::string::npos; }
};

}  // namespace

TEST_CASE("a tag is read on the object it is set on and below", "[governance][attach]") {
  Account a;
  REQUIRE(a.all({"ALTER ACCOUNT SET TAG g.s.cost = 'all'", "ALTER SCHEMA d.x SET TAG g.s.cost = 'x'",
                 "ALTER TABLE d.x.t SET TAG g.s.pii = 'phone', g.s.cost = 't'",
                 "ALTER TABLE d.x.t MODIFY COLUMN mail SET TAG g.s.pii = 'email', COLUMN id SET TAG g.s.cost = 'c'",
                 "ALTER WAREHOUSE compute_wh SET TAG g.s.pii = 'email'"})
              .empty());
  CHECK(a.tags("d.x.t", "table") == "COST|t|MANUAL|TABLE|D|X|T|TABLE|\nPII|phone|MANUAL|TABLE|D|X|T|TABLE|");
  CHECK(a.tags("d.x.t.mail", "COLUMN") ==
        "COST|t|INHERITED|TABLE|D|X|T|COLUMN|MAIL\nPII|email|MANUAL|COLUMN|D|X|T|COLUMN|MAIL");
  CHECK(a.tags("d.x.v", "TABLE") == "COST|x|INHERITED|SCHEMA|D|X|V|TABLE|");
  CHECK(a.tags("d.x", "SCHEMA") == "COST|x|MANUAL|SCHEMA|D||X|SCHEMA|");
  CHECK(a.tags("d", "DATABASE") == "COST|all|INHERITED|ACCOUNT|||D|DATABASE|");
  CHECK(a.tags("compute_wh", "WAREHOUSE") ==
        "COST|all|INHERITED|ACCOUNT|||COMPUTE_WH|WAREHOUSE|\nPII|email|MANUAL|WAREHOUSE|||COMPUTE_WH|WAREHOUSE|");
  CHECK(a.rows("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES_ALL_COLUMNS('d.x.t', 'TABLE'))",
               {"COLUMN_NAME", "TAG_NAME", "TAG_VALUE", "LEVEL"}) ==
        "ID|COST|c|COLUMN\nID|PII|phone|TABLE\nMAIL|COST|t|TABLE\nMAIL|PII|email|COLUMN\nREGION|COST|t|TABLE\n"
        "REGION|PII|phone|TABLE\nTWICE|COST|t|TABLE\nTWICE|PII|phone|TABLE");
  // Several calls in one statement; a missing object fails the whole.
  const std::string one = "SELECT TAG_NAME FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES('d.x', 'SCHEMA'))";
  CHECK(a.run(one + " UNION ALL " + one) == "COST\nCOST");
  CHECK(a.code(one + " UNION ALL SELECT TAG_NAME FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES('d.x.no', 'TABLE'))") ==
        "002003");
  CHECK(
      a.run("SELECT SYSTEM$GET_TAG('g.s.cost', 'd.x.t.mail', 'COLUMN'), SYSTEM$GET_TAG('g.s.pii', 'd.x', 'SCHEMA')") ==
      "t|-");
  CHECK(a.says("SELECT SYSTEM$GET_TAG('g.s.cost', 'd.x.v', 'VIEW')", "Please use object type TABLE"));
  // After UNSET the inherited value is back.
  REQUIRE(a.run("ALTER TABLE d.x.t UNSET TAG g.s.cost, g.s.pii") == "Statement executed successfully.");
  CHECK(a.tags("d.x.t", "TABLE") == "COST|x|INHERITED|SCHEMA|D|X|T|TABLE|");
  a.session.warehouse = "";
  CHECK(a.code(one) == "000606");
}

TEST_CASE("tags in CREATE, on views and columns, kept by clones and COPY TAGS", "[governance][attach]") {
  Account a;
  REQUIRE(a.all({"CREATE ROLE tagged WITH TAG (g.s.cost = 'r') COMMENT = 'c'",
                 "CREATE WAREHOUSE w WAREHOUSE_SIZE = XSMALL TAG (g.s.cost = 'w')",
                 "CREATE DATABASE e COMMENT = 'c' WITH TAG (g.s.cost = 'e')",
                 "CREATE TABLE d.x.n (a VARCHAR WITH TAG (g.s.pii = 'email', g.s.cost = '1') COMMENT 'c', b NUMBER) "
                 "COMMENT = 'n' WITH TAG (g.s.cost = 'n')",
                 "CREATE VIEW d.x.w (a TAG (g.s.pii = 'phone')) COMMENT = 'v' WITH TAG (g.s.cost = 'v') AS SELECT a "
                 "FROM d.x.n",
                 "ALTER TABLE d.x.n ADD COLUMN c VARCHAR WITH TAG (g.s.pii = 'email')",
                 "ALTER VIEW d.x.v MODIFY COLUMN mail SET TAG g.s.pii = 'email'",
                 "ALTER TABLE d.x.v SET TAG g.s.cost = 'by table'"})
              .empty());
  CHECK(a.tags("tagged", "ROLE") == "COST|r|MANUAL|ROLE|||TAGGED|ROLE|");
  CHECK(a.tags("w", "WAREHOUSE") == "COST|w|MANUAL|WAREHOUSE|||W|WAREHOUSE|");
  CHECK(a.tags("e.public", "SCHEMA") == "COST|e|INHERITED|DATABASE|E||PUBLIC|SCHEMA|");
  const std::string columns = "SELECT * FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES_ALL_COLUMNS('%', 'TABLE'))";
  const auto of_columns = [&](const std::string& name) {
    std::string sql = columns;
    return a.rows(sql.replace(sql.find('%'), 1, name), {"COLUMN_NAME", "TAG_NAME", "TAG_VALUE", "LEVEL"});
  };
  const std::string n = "A|COST|1|COLUMN\nA|PII|email|COLUMN\nB|COST|n|TABLE\nC|COST|n|TABLE\nC|PII|email|COLUMN";
  CHECK(of_columns("d.x.n") == n);
  CHECK(of_columns("d.x.w") == "A|COST|v|TABLE\nA|PII|phone|COLUMN");
  CHECK(of_columns("d.x.v") == "ID|COST|by table|TABLE\nMAIL|COST|by table|TABLE\nMAIL|PII|email|COLUMN");
  REQUIRE(a.all({"CREATE TABLE d.x.l LIKE d.x.n", "CREATE TABLE d.x.k CLONE d.x.n"}).empty());
  CHECK(of_columns("d.x.l") == n);
  CHECK(of_columns("d.x.k") == n);
  // The old value of a common tag wins; a column keeps its tags with unchanged name and type.
  REQUIRE(a.run("CREATE OR REPLACE TABLE d.x.n (a VARCHAR, b NUMBER WITH TAG (g.s.pii = 'phone'), c NUMBER) COPY TAGS "
                "WITH TAG (g.s.cost = 'new')") == "Table N successfully created.");
  CHECK(of_columns("d.x.n") ==
        "A|COST|1|COLUMN\nA|PII|email|COLUMN\nB|COST|n|TABLE\nB|PII|phone|COLUMN\nC|COST|n|TABLE");
  REQUIRE(a.run("CREATE OR REPLACE TABLE d.x.n (a VARCHAR)") == "Table N successfully created.");
  CHECK(of_columns("d.x.n").empty());
  CHECK(a.code("CREATE SEQUENCE d.x.q WITH TAG (g.s.cost = 'x')") == "001003");
  CHECK(a.code("CREATE OR ALTER VIEW d.x.w WITH TAG (g.s.cost = 'x') AS SELECT 1 AS a") == "000002");
}

TEST_CASE("what tags refuse", "[governance][attach]") {
  Account a;
  CHECK(a.says("ALTER TABLE d.x.t SET TAG g.s.pii = 'Email'", "allowed values"));
  CHECK(a.run("ALTER TABLE d.x.t SET TAG g.s.no = 'x'").find("Tag 'G.S.NO' does not exist or not authorized.") !=
        std::string::npos);
  CHECK(a.code("ALTER TABLE d.x.t MODIFY COLUMN no SET TAG g.s.cost = 'x'") == "000904");
  CHECK(a.code("ALTER TABLE d.x.t SET TAG g.s.cost = '" + std::string(257, 'x') + "'") == "002100");
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE g TO ROLE r",
                 "GRANT USAGE ON SCHEMA g.s TO ROLE r", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE ON SCHEMA d.x TO ROLE r", "GRANT SELECT ON TABLE d.x.t TO ROLE r"})
              .empty());
  const std::string set = "ALTER TABLE d.x.t SET TAG g.s.cost = 'x'";
  CHECK(a.as("R", set).substr(0, 6) == "003001");  // neither APPLY nor ownership
  REQUIRE(a.run("GRANT APPLY ON TAG g.s.cost TO ROLE r") == "Statement executed successfully.");
  CHECK(a.as("R", set).substr(0, 6) == "003001");  // APPLY alone
  REQUIRE(a.run("GRANT OWNERSHIP ON TABLE d.x.t TO ROLE r REVOKE CURRENT GRANTS") ==
          "Statement executed successfully.");
  CHECK(a.as("R", set) == "Statement executed successfully.");
  REQUIRE(a.all({"CREATE ROLE steward", "GRANT ROLE steward TO USER mesh", "GRANT APPLY TAG ON ACCOUNT TO ROLE steward",
                 "GRANT USAGE ON DATABASE d TO ROLE steward", "GRANT USAGE ON SCHEMA d.x TO ROLE steward",
                 "GRANT USAGE ON DATABASE g TO ROLE steward", "GRANT USAGE ON SCHEMA g.s TO ROLE steward"})
              .empty());
  CHECK(a.as("STEWARD", "ALTER TABLE d.x.t MODIFY COLUMN mail SET TAG g.s.pii = 'email'") ==
        "Statement executed successfully.");
  // A tag that masks needs more on a container.
  REQUIRE(a.run("ALTER TAG g.s.pii SET MASKING POLICY g.s.m") == "Statement executed successfully.");
  CHECK(a.as("STEWARD", "ALTER SCHEMA d.x SET TAG g.s.pii = 'email'").substr(0, 6) == "003001");
  CHECK(a.says("DROP TAG g.s.pii", "associated with a masking policy"));
  CHECK(a.code("DROP MASKING POLICY g.s.m") == "003531");
  CHECK(a.says("DROP SCHEMA g.s", "Cannot drop schema 'S'"));
  CHECK(a.code("ALTER TAG g.s.pii SET MASKING POLICY g.s.m2") == "002100");
  CHECK(a.run("ALTER TAG g.s.pii SET MASKING POLICY g.s.m2 FORCE") == "Statement executed successfully.");
  CHECK(a.of_entity("g.s.pii", "TAG") == "M2|MASKING_POLICY|S|PII|TAG|-|-|PII|ACTIVE");
  REQUIRE(a.all({"ALTER TAG g.s.pii UNSET MASKING POLICY g.s.m2", "DROP TAG g.s.pii", "DROP MASKING POLICY g.s.m"})
              .empty());
}

TEST_CASE("a masking policy sits on a column of its type family", "[governance][attach]") {
  Account a;
  REQUIRE(a.run("ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m") == "Statement executed successfully.");
  CHECK(a.masked("d.x.t") == "ID|-\nMAIL|G.S.M\nREGION|-\nTWICE|-");
  CHECK(a.of_policy("g.s.m") == "M|MASKING_POLICY|X|T|TABLE|MAIL|-|-|ACTIVE");
  // The same again is no change; another one wants FORCE.
  CHECK(a.run("ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY G.\"S\".m") ==
        "Statement executed successfully.");
  CHECK(a.run("ALTER TABLE d.x.t MODIFY mail SET MASKING POLICY g.s.m2").substr(0, 70) ==
        "003529 42601 Specified column already attached to another masking poli");
  CHECK(a.run("ALTER TABLE d.x.t ALTER COLUMN mail SET MASKING POLICY g.s.cond USING (mail, region) FORCE") ==
        "Statement executed successfully.");
  CHECK(a.of_policy("g.s.cond") == "COND|MASKING_POLICY|X|T|TABLE|MAIL|[ \"REGION\" ]|-|ACTIVE");
  CHECK(a.code("ALTER TABLE d.x.t DROP COLUMN region") == "002100");
  CHECK(a.says("ALTER TABLE d.x.t MODIFY COLUMN id SET MASKING POLICY g.s.m",
               "COLUMN data type NUMBER(10,2) does not match with masking policy data type TEXT."));
  CHECK(a.says("ALTER TABLE d.x.t MODIFY COLUMN twice SET MASKING POLICY g.s.num", "VIRTUAL_COLUMN column."));
  CHECK(a.says("ALTER TABLE d.x.t MODIFY COLUMN region SET MASKING POLICY g.s.m", "argument of another policy"));
  CHECK(a.run("DROP MASKING POLICY g.s.cond") ==
        "003531 23001 SQL compilation error:\nPolicy COND cannot be dropped/replaced as it is associated with one or "
        "more "
        "entities.");
  CHECK(a.code("CREATE OR REPLACE MASKING POLICY g.s.cond AS (v VARCHAR) RETURNS VARCHAR -> v") == "003531");
  // Attachments follow a rename, of the column too.
  REQUIRE(a.all({"ALTER MASKING POLICY g.s.cond RENAME TO g.s.c2", "ALTER TABLE d.x.t RENAME COLUMN mail TO post"})
              .empty());
  CHECK(a.masked("d.x.t") == "ID|-\nPOST|G.S.C2\nREGION|-\nTWICE|-");
  REQUIRE(a.all({"ALTER TABLE d.x.t MODIFY COLUMN post UNSET MASKING POLICY",
                 "ALTER TABLE d.x.t MODIFY COLUMN post UNSET MASKING POLICY", "DROP MASKING POLICY g.s.c2"})
              .empty());
  REQUIRE(a.all({"CREATE TABLE d.x.n (a VARCHAR(20) DEFAULT 'x' WITH MASKING POLICY g.s.m COMMENT 'c', "
                 "b NUMBER MASKING POLICY g.s.num)",
                 "ALTER TABLE d.x.n ADD COLUMN c VARCHAR MASKING POLICY g.s.m2",
                 "CREATE VIEW d.x.w (a MASKING POLICY g.s.m2, b) AS SELECT a, b FROM d.x.n"})
              .empty());
  CHECK(a.masked("d.x.n") == "A|G.S.M\nB|G.S.NUM\nC|G.S.M2");
  CHECK(a.masked("d.x.w") == "A|G.S.M2\nB|-");
  CHECK(a.of_policy("g.s.m2") == "M2|MASKING_POLICY|X|N|TABLE|C|-|-|ACTIVE\nM2|MASKING_POLICY|X|W|VIEW|A|-|-|ACTIVE");
  CHECK(a.code("CREATE TABLE d.x.z (a VARCHAR COMMENT 'c' MASKING POLICY g.s.m)") == "001003");
  // CREATE OR ALTER VIEW keeps them by the columns' names, OR REPLACE does not, a clone does, LIKE does not.
  REQUIRE(a.all({"CREATE OR ALTER VIEW d.x.w (b, a) AS SELECT b, a FROM d.x.n", "CREATE TABLE d.x.k CLONE d.x.n",
                 "CREATE TABLE d.x.l LIKE d.x.n"})
              .empty());
  CHECK(a.masked("d.x.w") == "B|-\nA|G.S.M2");
  CHECK(a.masked("d.x.k") == a.masked("d.x.n"));
  CHECK(a.masked("d.x.l") == "A|-\nB|-\nC|-");
  REQUIRE(a.run("CREATE OR REPLACE VIEW d.x.w AS SELECT b FROM d.x.n") == "View W successfully created.");
  CHECK(a.masked("d.x.w") == "B|-");
  // With its schema a policy may not go while something outside carries it.
  CHECK(a.code("DROP DATABASE g") == "002100");
}

TEST_CASE("a row access policy sits on a table once", "[governance][attach]") {
  Account a;
  REQUIRE(a.run("ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (region)") == "Statement executed successfully.");
  CHECK(a.of_policy("g.s.r") == "R|ROW_ACCESS_POLICY|X|T|TABLE|-|[ \"REGION\" ]|-|ACTIVE");
  CHECK(a.of_entity("d.x.t", "TABLE") == a.of_policy("g.s.r"));
  CHECK(a.of_entity("d.x.v", "VIEW").empty());
  for (const char* policy : {"g.s.r", "g.s.r2"})
    CHECK(a.run(std::string("ALTER TABLE d.x.t ADD ROW ACCESS POLICY ") + policy + " ON (mail)") ==
          "003549 23505 Object T already has a ROW_ACCESS_POLICY. Only one ROW_ACCESS_POLICY is allowed at a time.");
  CHECK(a.says("ALTER TABLE d.x.t DROP ROW ACCESS POLICY g.s.r2", "Policy R2 is not attached to TABLE T."));
  CHECK(a.run("ALTER TABLE d.x.t DROP ROW ACCESS POLICY g.s.r, ADD ROW ACCESS POLICY g.s.r2 ON (mail)") ==
        "Statement executed successfully.");
  CHECK(a.of_entity("d.x.t", "table") == "R2|ROW_ACCESS_POLICY|X|T|TABLE|-|[ \"MAIL\" ]|-|ACTIVE");
  // A column cannot be both.
  CHECK(a.says("ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m", "argument of another policy"));
  REQUIRE(a.all({"ALTER TABLE d.x.t DROP ALL ROW ACCESS POLICIES", "ALTER TABLE d.x.t DROP ALL ROW ACCESS POLICIES",
                 "ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m"})
              .empty());
  CHECK(a.says("ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (mail)",
               "Column 'MAIL' cannot be used as policy argument because it is masked by another policy."));
  CHECK(a.code("ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (no)") == "000904");
  CHECK(a.says("ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (id, region)",
               "expected 1 arguments, got 2 arguments."));
  CHECK(a.says(
      "ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (id)",
      "Column 'ID' data type 'NUMBER(10,2)' does not match with Row access policy data type 'VARCHAR(134217728)'."));
  CHECK(a.code("ALTER TABLE d.x.t DROP ALL ROW ACCESS POLICY") == "001003");
  REQUIRE(a.all({"CREATE TABLE d.x.n (a VARCHAR) WITH ROW ACCESS POLICY g.s.r ON (a) COMMENT = 'c'",
                 "CREATE VIEW d.x.w ROW ACCESS POLICY g.s.r ON (b) AS SELECT a AS b FROM d.x.n"})
              .empty());
  CHECK(a.of_policy("g.s.r") ==
        "R|ROW_ACCESS_POLICY|X|N|TABLE|-|[ \"A\" ]|-|ACTIVE\nR|ROW_ACCESS_POLICY|X|W|VIEW|-|[ \"B\" ]|-|ACTIVE");
  CHECK(a.rows("SHOW VIEWS LIKE 'w' IN SCHEMA d.x", {"text"}) ==
        "CREATE VIEW d.x.w ROW ACCESS POLICY g.s.r ON (b) AS SELECT a AS b FROM d.x.n");
}

TEST_CASE("materialized views and policies keep apart", "[governance][attach]") {
  Account a;
  REQUIRE(a.run("CREATE MATERIALIZED VIEW d.x.mv AS SELECT id FROM d.x.t").find("successfully created") !=
          std::string::npos);
  const std::string mask = "ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m";
  CHECK(a.says(mask, "number of mvs=1, table name=T."));
  CHECK(a.says("ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (region)", "number of mvs=1"));
  // Its own columns may be masked, through ALTER VIEW alone.
  CHECK(a.run("ALTER VIEW d.x.mv MODIFY COLUMN id SET MASKING POLICY g.s.num") == "Statement executed successfully.");
  CHECK(a.of_entity("d.x.mv", "VIEW") == "NUM|MASKING_POLICY|X|MV|MATERIALIZED_VIEW|ID|-|-|ACTIVE");
  CHECK(a.code("ALTER MATERIALIZED VIEW d.x.mv SET TAG g.s.cost = 'x'") == "000002");
  REQUIRE(a.all({"DROP MATERIALIZED VIEW d.x.mv", mask}).empty());
  CHECK(a.run("CREATE MATERIALIZED VIEW d.x.mv AS SELECT mail FROM d.x.t") ==
        "000002 0A000 Unsupported feature 'CREATE ON MASKING POLICY COLUMN'.");
  REQUIRE(a.run("ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (region)") == "Statement executed successfully.");
  CHECK(a.run("CREATE MATERIALIZED VIEW d.x.mv AS SELECT id FROM d.x.t") ==
        "000002 0A000 Unsupported feature 'CREATE ON OBJECTS ENFORCED BY ROW ACCESS POLICY'.");
}

TEST_CASE("POLICY_REFERENCES shows what the role may know", "[governance][attach]") {
  Account a;
  REQUIRE(a.all({"ALTER TAG g.s.cost SET MASKING POLICY g.s.m, MASKING POLICY g.s.num",
                 "ALTER TABLE d.x.t SET TAG g.s.cost = 'x'",
                 "ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m2"})
              .empty());
  // A row for each column that the tag protects; a policy of its own comes first.
  CHECK(a.of_entity("d.x.t", "TABLE") ==
        "NUM|MASKING_POLICY|X|T|TABLE|ID|-|COST|ACTIVE\nM2|MASKING_POLICY|X|T|TABLE|MAIL|-|-|ACTIVE\n"
        "M|MASKING_POLICY|X|T|TABLE|REGION|-|COST|ACTIVE\nNUM|MASKING_POLICY|X|T|TABLE|TWICE|-|COST|ACTIVE");
  CHECK(a.of_policy("g.s.m") == "M|MASKING_POLICY|X|T|TABLE|REGION|-|COST|ACTIVE");
  CHECK(a.masked("d.x.t") == "ID|-\nMAIL|G.S.M2\nREGION|-\nTWICE|-");
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE g TO ROLE r",
                 "GRANT USAGE ON SCHEMA g.s TO ROLE r", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE ON SCHEMA d.x TO ROLE r", "GRANT SELECT ON TABLE d.x.t TO ROLE r",
                 "GRANT APPLY ON MASKING POLICY g.s.m2 TO ROLE r", "GRANT USAGE ON WAREHOUSE compute_wh TO ROLE r"})
              .empty());
  a.session.role = "R";
  CHECK(a.of_policy("g.s.m2").empty());  // APPLY without owning the table
  CHECK(a.of_policy("g.s.m").substr(0, 6) == "002003");
  a.session.role = "ACCOUNTADMIN";
  REQUIRE(a.run("GRANT OWNERSHIP ON TABLE d.x.t TO ROLE r REVOKE CURRENT GRANTS") ==
          "Statement executed successfully.");
  a.session.role = "R";
  CHECK(a.of_policy("g.s.m2") == "M2|MASKING_POLICY|X|T|TABLE|MAIL|-|-|ACTIVE");
  CHECK(a.of_entity("d.x.t", "TABLE") == a.of_policy("g.s.m2"));
  a.session.role = "ACCOUNTADMIN";
  REQUIRE(a.run("REVOKE APPLY ON MASKING POLICY g.s.m2 FROM ROLE r") == "Statement executed successfully.");
  a.session.role = "R";
  CHECK(a.of_entity("d.x.t", "TABLE").substr(0, 6) == "003001");  // an owner without any right on the policies
  a.session.role = "ACCOUNTADMIN";
  CHECK(a.of_entity("d.x.t", "stream").substr(0, 6) == "002100");
  // The database in front need not be the object's.
  CHECK(a.rows("SELECT * FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.POLICY_REFERENCES(POLICY_NAME => 'g.s.m'))",
               {"REF_COLUMN_NAME"}) == "REGION");
  CHECK(a.code("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.POLICY_REFERENCES(POLICY_NAME => 'g.s.m', REF_ENTITY_NAME => "
               "'d.x.t', REF_ENTITY_DOMAIN => 'TABLE'))") == "002100");
}

TEST_CASE("what hangs on objects survives in the file", "[governance][attach]") {
  const auto file = std::filesystem::temp_directory_path() / ("mesh_attachments_" + std::to_string(getpid()) + ".db");
  const auto run = [&](const std::vector<std::string>& statements) {
    const auto engine = std::move(*Engine::open(file.string(), "ACME"));
    Session session;
    session.account = "ACME", session.user = "MESH", session.role = "ACCOUNTADMIN", session.warehouse = "COMPUTE_WH";
    std::string last;
    for (const std::string& sql : statements) {
      session.query_id = sql;
      last = TestAccount::draw(engine->execute(session, sql), {});
    }
    return last;
  };
  REQUIRE(run({"CREATE DATABASE d", "CREATE TAG d.public.t", "CREATE TABLE d.public.x (a VARCHAR, b VARCHAR)",
               "CREATE MASKING POLICY d.public.m AS (v VARCHAR, w VARCHAR) RETURNS VARCHAR -> w",
               "ALTER TABLE d.public.x MODIFY COLUMN a SET MASKING POLICY d.public.m USING (a, b), COLUMN b SET TAG "
               "d.public.t = 'v'",
               "INSERT INTO d.public.x VALUES ('secret', 'shown')"}) == "1");
  CHECK(run({"SELECT a, SYSTEM$GET_TAG('d.public.t', 'd.public.x.b', 'COLUMN') FROM d.public.x"}) == "shown|v");
  CHECK(run({"DROP MASKING POLICY d.public.m"}).substr(0, 6) == "003531");
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
}

TEST_CASE("aggregation, join and projection policies", "[governance][attach]") {
  Account a;
  REQUIRE(
      a.all({"CREATE AGGREGATION POLICY g.s.agg AS () RETURNS AGGREGATION_CONSTRAINT -> "
             "AGGREGATION_CONSTRAINT(MIN_GROUP_SIZE => 5)",
             "CREATE AGGREGATION POLICY g.s.agg2 AS () RETURNS AGGREGATION_CONSTRAINT -> NO_AGGREGATION_CONSTRAINT()",
             "CREATE PROJECTION POLICY g.s.proj AS () RETURNS PROJECTION_CONSTRAINT -> PROJECTION_CONSTRAINT(ALLOW => "
             "false)",
             "CREATE JOIN POLICY g.s.jo AS () RETURNS JOIN_CONSTRAINT -> JOIN_CONSTRAINT(JOIN_REQUIRED => true)",
             "ALTER TABLE d.x.t SET AGGREGATION POLICY g.s.agg ENTITY KEY (id)",
             "ALTER TABLE d.x.t SET JOIN POLICY g.s.jo",
             "ALTER TABLE d.x.t MODIFY COLUMN mail SET PROJECTION POLICY g.s.proj"})
          .empty());
  CHECK(a.of_entity("d.x.t", "TABLE") ==
        "AGG|AGGREGATION_POLICY|X|T|TABLE|-|[ \"ID\" ]|-|ACTIVE\nJO|JOIN_POLICY|X|T|TABLE|-|-|-|ACTIVE\n"
        "PROJ|PROJECTION_POLICY|X|T|TABLE|MAIL|-|-|ACTIVE");
  CHECK(a.says("ALTER TABLE d.x.t SET AGGREGATION POLICY g.s.agg2",
               "Object T already has a AGGREGATION_POLICY. Only one AGGREGATION_POLICY is allowed at a time."));
  REQUIRE(a.run("ALTER TABLE d.x.t SET AGGREGATION POLICY g.s.agg2 FORCE") == "Statement executed successfully.");
  CHECK(a.run("SELECT * FROM d.x.t").substr(0, 6) == "000002");
  REQUIRE(a.all({"ALTER TABLE d.x.t UNSET AGGREGATION POLICY", "ALTER TABLE d.x.t UNSET JOIN POLICY",
                 "ALTER TABLE d.x.t MODIFY COLUMN mail UNSET PROJECTION POLICY",
                 "ALTER TABLE d.x.t MODIFY COLUMN mail UNSET PROJECTION POLICY"})
              .empty());
  CHECK(a.says("ALTER TABLE d.x.t UNSET AGGREGATION POLICY",
               "Any policy of kind AGGREGATION_POLICY is not attached to TABLE T."));
  CHECK(a.run("SELECT * FROM d.x.t").empty());
}

// docs: functions/tag_references (its domains), object-tagging/introduction (supported objects).
TEST_CASE("tags are asked for by the domains of the page, and set where the page says", "[governance][attach]") {
  Account a;
  REQUIRE(a.all({"CREATE SEQUENCE d.x.q", "CREATE STAGE d.x.st", "CREATE FILE FORMAT d.x.ff TYPE = CSV",
                 "CREATE PIPE d.x.p AS COPY INTO d.x.t FROM @d.x.st", "ALTER PIPE d.x.p SET TAG g.s.cost = 'a'",
                 "ALTER MASKING POLICY g.s.m SET TAG g.s.cost = 'a'", "ALTER STAGE d.x.st SET TAG g.s.cost = 'a'"})
              .empty());
  CHECK(a.tags("d.x.st", "STAGE") == "COST|a|MANUAL|STAGE|D|X|ST|STAGE|");
  for (const char* call : {"'d.x.p', 'PIPE'", "'g.s.m', 'MASKING POLICY'", "'d.x.q', 'SEQUENCE'"}) {
    INFO(call);
    CHECK(a.says("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES(" + std::string(call) + "))",
                 "for argument OBJECT_TYPE"));
  }
  CHECK(a.code("ALTER SEQUENCE d.x.q SET TAG g.s.cost = 'a'") == "001003");
  CHECK(a.code("ALTER FILE FORMAT d.x.ff SET TAG g.s.cost = 'a'") == "001003");
}

// docs: functions/get_ddl, notes on views and on tags and policies.
TEST_CASE("GET_DDL of a view tells what hangs on it, or that something does", "[governance][attach]") {
  Account a;
  REQUIRE(a.all({"ALTER VIEW d.x.v MODIFY COLUMN mail SET MASKING POLICY g.s.m",
                 "ALTER VIEW d.x.v MODIFY COLUMN mail SET TAG g.s.pii = 'email'",
                 "ALTER VIEW d.x.v SET TAG g.s.cost = 'c'"})
              .empty());
  CHECK(a.run("SELECT GET_DDL('view', 'd.x.v')") ==
        "create or replace view \"V\"(\n\t\"ID\",\n\t\"MAIL\" WITH MASKING POLICY G.S.M WITH TAG (G.S.PII='email')\n) "
        "WITH TAG (G.S.COST='c') as SELECT id, mail FROM d.x.t;");
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE ON SCHEMA d.x TO ROLE r", "GRANT OWNERSHIP ON VIEW d.x.v TO ROLE r"})
              .empty());
  a.session.role = "R";
  const auto told = a.run("SELECT GET_DDL('TABLE', 'd.x.v')");
  CHECK(told.find("\"MAIL\" WITH MASKING POLICY #UNKNOWN_POLICY WITH TAG (#UNKNOWN_TAG='#UNKNOWN_VALUE')") !=
        std::string::npos);
  CHECK(told.find("G.S") == std::string::npos);
}
