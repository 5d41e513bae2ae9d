// Queries under masking and row access policies (docs: security-column-intro, security-row-intro,
// tag-based-masking-policies).

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

struct Protected : TestAccount {
  Protected() {
    REQUIRE(
        all({"CREATE DATABASE g", "CREATE SCHEMA g.s", "CREATE DATABASE d", "CREATE SCHEMA d.x",
             "CREATE TABLE d.x.t (id NUMBER, mail VARCHAR(20), region VARCHAR, pay NUMBER(10,2))",
             "INSERT INTO d.x.t VALUES (1, 'ann@a.com', 'EU', 10.5), (2, 'bob@b.com', 'US', 20), (3, NULL, 'EU', NULL)",
             "CREATE VIEW d.x.v AS SELECT id, mail, region FROM d.x.t"})
            .empty());
    for (const char* role : {"READER", "STAFF"}) {
      const std::string r = role;
      REQUIRE(all({"CREATE ROLE " + r, "GRANT ROLE " + r + " TO USER mesh", "GRANT USAGE ON DATABASE d TO ROLE " + r,
                   "GRANT USAGE ON SCHEMA d.x TO ROLE " + r, "GRANT SELECT ON TABLE d.x.t TO ROLE " + r,
                   "GRANT SELECT ON VIEW d.x.v TO ROLE " + r, "GRANT USAGE ON WAREHOUSE compute_wh TO ROLE " + r})
                  .empty());
    }
  }
  std::string mask(const std::string& body) {
    return run("CREATE MASKING POLICY g.s.m AS (val VARCHAR) RETURNS VARCHAR -> " + body);
  }
};

const std::string kStaffOnly = "CASE WHEN CURRENT_ROLE() = 'STAFF' THEN val ELSE '***' END";

}  // namespace

TEST_CASE("a column is masked for the one role and clear for the other", "[governance][protect]") {
  Protected a;
  REQUIRE(a.mask(kStaffOnly) == "Masking policy M successfully created.");
  REQUIRE(a.run("ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m") == "Statement executed successfully.");
  const std::string select = "SELECT id, mail FROM d.x.t ORDER BY id";
  CHECK(a.as("STAFF", select) == "1|ann@a.com\n2|bob@b.com\n3|-");
  CHECK(a.as("READER", select) == "1|***\n2|***\n3|***");
  // Wherever the column is used: conditions, functions, joins, aliases, stars, nested queries.
  CHECK(a.as("READER", "SELECT COUNT(*) FROM d.x.t WHERE mail = 'ann@a.com'") == "0");
  CHECK(a.as("READER", "SELECT DISTINCT UPPER(z.mail) FROM d.x.t AS z") == "***");
  CHECK(
      a.as(
          "READER",
          "WITH q AS (SELECT * FROM d.x.t WHERE mail = '***') SELECT MAX(u.mail) FROM q JOIN d.x.t u ON u.id = q.id") ==
      "***");
  CHECK(a.as("READER", "SELECT d.x.t.mail FROM d.x.t WHERE t.id = 1") == "***");
  // A view reads with its owner's rights, the policy sees who asks.
  CHECK(a.as("READER", "SELECT mail FROM d.x.v WHERE id = 1") == "***");
  CHECK(a.as("STAFF", "SELECT mail FROM d.x.v WHERE id = 1") == "ann@a.com");
  // A changed body holds from the next query on.
  REQUIRE(a.run("ALTER MASKING POLICY g.s.m SET BODY -> LEFT(val, 1) || '...'") == "Statement executed successfully.");
  CHECK(a.as("STAFF", select) == "1|a...\n2|b...\n3|-");
  REQUIRE(a.run("ALTER TABLE d.x.t MODIFY COLUMN mail UNSET MASKING POLICY") == "Statement executed successfully.");
  CHECK(a.as("READER", select) == "1|ann@a.com\n2|bob@b.com\n3|-");
}

TEST_CASE("roles in session, with those below and the secondary ones", "[governance][protect]") {
  Protected a;
  REQUIRE(a.mask("CASE WHEN IS_ROLE_IN_SESSION('STAFF') THEN val ELSE '***' END") ==
          "Masking policy M successfully created.");
  REQUIRE(a.all({"ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m", "CREATE ROLE boss",
                 "GRANT ROLE staff TO ROLE boss", "GRANT ROLE boss TO USER mesh"})
              .empty());
  const std::string select = "SELECT mail FROM d.x.t WHERE id = 1";
  CHECK(a.as("READER", select) == "***");
  CHECK(a.as("BOSS", select) == "ann@a.com");
  a.session.secondary_roles_all = true;
  CHECK(a.as("READER", select) == "ann@a.com");
  a.session.secondary_roles_all = false;
  CHECK(a.as("BOSS", "SELECT IS_ROLE_IN_SESSION('STAFF'), IS_ROLE_IN_SESSION('staff'), IS_ROLE_IN_SESSION(NULL)") ==
        "true|false|-");
  CHECK(a.as("READER", "SELECT ARRAY_CONTAINS('STAFF'::VARIANT, PARSE_JSON(CURRENT_AVAILABLE_ROLES()))") == "true");
}

TEST_CASE("a database role is looked for in the protected object's database", "[governance][protect]") {
  Protected a;
  REQUIRE(a.all({"CREATE DATABASE ROLE d.pii", "GRANT DATABASE ROLE d.pii TO ROLE staff", "CREATE DATABASE ROLE g.pii",
                 "GRANT DATABASE ROLE g.pii TO ROLE reader"})
              .empty());
  REQUIRE(a.mask("IFF(IS_DATABASE_ROLE_IN_SESSION('PII'), val, '***')") == "Masking policy M successfully created.");
  REQUIRE(a.run("ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m") == "Statement executed successfully.");
  const std::string select = "SELECT mail FROM d.x.t WHERE id = 1";
  a.session.database = "G", a.session.schema = "S";
  CHECK(a.as("STAFF", select) == "ann@a.com");
  CHECK(a.as("READER", select) == "***");
  // With its database in front the name is nobody's.
  REQUIRE(a.run("ALTER MASKING POLICY g.s.m SET BODY -> IFF(IS_DATABASE_ROLE_IN_SESSION('D.PII'), val, "
                "CURRENT_DATABASE() || CURRENT_SCHEMA())") == "Statement executed successfully.");
  CHECK(a.as("STAFF", select) == "DX");
  CHECK(a.as("READER", "SELECT IS_DATABASE_ROLE_IN_SESSION('PII')") == "true");
}

TEST_CASE("a row access policy chooses rows before columns are masked", "[governance][protect]") {
  Protected a;
  REQUIRE(
      a.all({"CREATE TABLE g.s.entitled (role VARCHAR, region VARCHAR)",
             "INSERT INTO g.s.entitled VALUES ('READER', 'EU'), ('STAFF', 'US')",
             "CREATE ROW ACCESS POLICY g.s.r AS (reg VARCHAR) RETURNS BOOLEAN -> "
             "CURRENT_ROLE() = 'ACCOUNTADMIN' OR EXISTS (SELECT 1 FROM entitled e WHERE e.role = CURRENT_ROLE() AND "
             "e.region = reg)",
             "ALTER TABLE d.x.t ADD ROW ACCESS POLICY g.s.r ON (region)"})
          .empty());
  const std::string select = "SELECT id FROM d.x.t ORDER BY id";
  // The entitlement table is read with the rights of the policy's owner.
  CHECK(a.as("READER", "SELECT * FROM g.s.entitled").substr(0, 6) == "002003");
  CHECK(a.as("READER", select) == "1\n3");
  CHECK(a.as("STAFF", select) == "2");
  CHECK(a.run(select) == "1\n2\n3");
  CHECK(a.as("STAFF", "SELECT COUNT(*) FROM d.x.v") == "1");
  REQUIRE(a.mask("'hidden'") == "Masking policy M successfully created.");
  REQUIRE(a.all({"CREATE ROW ACCESS POLICY g.s.byid AS (n NUMBER) RETURNS BOOLEAN -> n > 1",
                 "ALTER VIEW d.x.v ADD ROW ACCESS POLICY g.s.byid ON (id)",
                 "ALTER VIEW d.x.v MODIFY COLUMN region SET MASKING POLICY g.s.m"})
              .empty());
  // The table's policy first, then the view's.
  CHECK(a.as("READER", "SELECT id, region FROM d.x.v") == "3|hidden");
  CHECK(a.as("READER", "SELECT id, region FROM d.x.t ORDER BY id") == "1|EU\n3|EU");
  CHECK(a.run("UPDATE d.x.t SET pay = 0").substr(0, 6) == "000002");
  CHECK(a.run("INSERT INTO d.x.t VALUES (4, 'x', 'EU', 1)") == "1");
  REQUIRE(a.run("ALTER TABLE d.x.t ADD COLUMN more NUMBER DEFAULT 7") == "Statement executed successfully.");
  CHECK(a.run("SELECT SUM(more) FROM d.x.t") == "28");
}

TEST_CASE("conditional and tag-based masking", "[governance][protect]") {
  Protected a;
  REQUIRE(a.all({"CREATE MASKING POLICY g.s.c AS (val VARCHAR, region VARCHAR) RETURNS VARCHAR -> "
                 "IFF(region = 'EU', '***', val)",
                 "CREATE MASKING POLICY g.s.n AS (val NUMBER) RETURNS NUMBER -> IFF(CURRENT_ROLE() = 'STAFF', val, -1)",
                 "CREATE TAG g.s.pii", "CREATE TAG g.s.other",
                 "ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.c USING (mail, region)"})
              .empty());
  const std::string select = "SELECT id, mail, pay FROM d.x.t ORDER BY id";
  CHECK(a.as("READER", select) == "1|***|10.50\n2|bob@b.com|20.00\n3|***|-");
  // By a tag on the table every column of the family; the arguments find their columns by name, and a policy of the
  // column's own wins.
  REQUIRE(a.all({"ALTER TABLE d.x.t MODIFY COLUMN mail UNSET MASKING POLICY",
                 "ALTER TAG g.s.pii SET MASKING POLICY g.s.n", "ALTER TABLE d.x.t SET TAG g.s.pii = 'x'"})
              .empty());
  CHECK(a.as("READER", "SELECT id, mail, pay FROM d.x.t ORDER BY mail") ==
        "-1|ann@a.com|-1.00\n-1|bob@b.com|-1.00\n-1|-|-1.00");
  CHECK(a.as("STAFF", select) == "1|ann@a.com|10.50\n2|bob@b.com|20.00\n3|-|-");
  REQUIRE(a.all({"CREATE MASKING POLICY g.s.own AS (v NUMBER) RETURNS NUMBER -> v",
                 "ALTER TABLE d.x.t MODIFY COLUMN id SET MASKING POLICY g.s.own"})
              .empty());
  CHECK(a.as("READER", "SELECT id, pay FROM d.x.t WHERE id = 1") == "1|-1.00");
  REQUIRE(a.all({"ALTER TAG g.s.pii SET MASKING POLICY g.s.c"}).empty());
  CHECK(a.as("READER", "SELECT mail FROM d.x.t WHERE id = 1") == "***");
  // Two tags with two policies on one column: the query fails.
  REQUIRE(a.all({"CREATE MASKING POLICY g.s.m3 AS (v VARCHAR) RETURNS VARCHAR -> v",
                 "ALTER TAG g.s.other SET MASKING POLICY g.s.m3",
                 "ALTER TABLE d.x.t MODIFY COLUMN mail SET TAG g.s.other = 'y'"})
              .empty());
  CHECK(a.as("READER", "SELECT id FROM d.x.t").find("Column MAIL is mapped to multiple masking policies by tags.") !=
        std::string::npos);
  REQUIRE(a.all({"ALTER TABLE d.x.t MODIFY COLUMN mail UNSET TAG g.s.other",
                 "CREATE TABLE d.x.u (mail VARCHAR WITH TAG (g.s.pii = 'x'))"})
              .empty());
  CHECK(a.run("SELECT mail FROM d.x.u").find("doesn't have a column for a secondary argument name") !=
        std::string::npos);
  CHECK(a.rows("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'd.x.u', "
               "REF_ENTITY_DOMAIN => 'TABLE'))",
               {"POLICY_NAME", "POLICY_STATUS"}) == "C|COLUMN_IS_MISSING_FOR_SECONDARY_ARG");
  // The tag's own value may decide.
  REQUIRE(a.all({"CREATE MASKING POLICY g.s.bytag AS (v VARCHAR) RETURNS VARCHAR -> "
                 "SYSTEM$GET_TAG_ON_CURRENT_COLUMN('g.s.other') || SYSTEM$GET_TAG_ON_CURRENT_TABLE('g.s.pii')",
                 "ALTER TABLE d.x.t MODIFY COLUMN region SET TAG g.s.other = 'col'",
                 "ALTER TAG g.s.other UNSET MASKING POLICY g.s.m3",
                 "ALTER TABLE d.x.t MODIFY COLUMN region SET MASKING POLICY g.s.bytag"})
              .empty());
  CHECK(a.run("SELECT region FROM d.x.t WHERE id = 1") == "colx");
}

TEST_CASE("a table that outlived its policy is not readable", "[governance][protect]") {
  Protected a;
  REQUIRE(a.mask("val") == "Masking policy M successfully created.");
  REQUIRE(a.all({"ALTER TABLE d.x.t MODIFY COLUMN mail SET MASKING POLICY g.s.m", "DROP TABLE d.x.t",
                 "DROP MASKING POLICY g.s.m", "UNDROP TABLE d.x.t"})
              .empty());
  CHECK(a.run("SELECT * FROM d.x.t").find("Column MAIL already attached to a masking policy that does not exist.") !=
        std::string::npos);
  REQUIRE(a.run("ALTER TABLE d.x.t MODIFY COLUMN mail UNSET MASKING POLICY") == "Statement executed successfully.");
  CHECK(a.run("SELECT COUNT(mail) FROM d.x.t") == "2");
}
