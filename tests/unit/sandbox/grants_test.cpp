#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

const std::string kDone = "Statement executed successfully.";
const std::vector<std::string> kLine = {"privilege",    "granted_on",   "name",      "granted_to",
                                        "grantee_name", "grant_option", "granted_by"};

// Database D with schema S, table S.T and view S.V of role OWNER; roles R, R2; database role D.DR; person P.
struct GrantAccount : TestAccount {
  GrantAccount() {
    REQUIRE(all({"create role owner", "create role r", "create role r2", "create user p",
                 "grant role owner to role sysadmin", "grant create database on account to role owner"})
                .empty());
    REQUIRE(as("OWNER", "create database d") == "Database D successfully created.");
    for (const char* sql : {"create schema d.s", "create table d.s.t (a int)",
                            "create view d.s.v as select a from d.s.t", "create database role d.dr"}) {
      REQUIRE(as("OWNER", sql).find("successfully created") != std::string::npos);
    }
    session.database.clear(), session.schema.clear();
  }
  std::string to_role(const std::string& role) { return rows("SHOW GRANTS TO ROLE " + role, kLine); }
  std::string to_database_role(const std::string& role) { return rows("SHOW GRANTS TO DATABASE ROLE " + role, kLine); }
};

}  // namespace

TEST_CASE("a fresh account grants what new accounts have", "[grants]") {
  TestAccount a;
  CHECK(a.header("SHOW GRANTS TO ROLE sysadmin") ==
        "created_on privilege granted_on name granted_to grantee_name grant_option granted_by");
  CHECK(a.rows("SHOW GRANTS TO ROLE sysadmin", kLine) ==
        "CREATE DATABASE|ACCOUNT|ACME|ROLE|SYSADMIN|true|\nCREATE WAREHOUSE|ACCOUNT|ACME|ROLE|SYSADMIN|true|");
  CHECK(a.rows("SHOW GRANTS TO ROLE securityadmin", kLine) ==
        "MANAGE GRANTS|ACCOUNT|ACME|ROLE|SECURITYADMIN|true|\nUSAGE|ROLE|USERADMIN|ROLE|SECURITYADMIN|false|");
  CHECK(a.rows("SHOW GRANTS TO ROLE public", kLine) == "USAGE|WAREHOUSE|COMPUTE_WH|ROLE|PUBLIC|false|ACCOUNTADMIN");
  CHECK(a.rows("SHOW GRANTS OF ROLE accountadmin", {"role", "granted_to", "grantee_name", "granted_by"}) ==
        "ACCOUNTADMIN|USER|MESH|");
  CHECK(a.header("SHOW GRANTS TO USER mesh") ==
        "created_on privilege granted_on name role granted_to grantee_name grant_option granted_by");
  CHECK(a.rows("SHOW GRANTS", {"privilege", "granted_on", "role", "grantee_name"}) == "USAGE|ROLE|ACCOUNTADMIN|MESH");
  CHECK(a.rows("SHOW GRANTS ON ACCOUNT LIMIT 1", {"granted_on", "name", "granted_by"}) == "ACCOUNT|ACME|");
}

TEST_CASE("the grantor is the owner, the holder with option, or the owner for MANAGE GRANTS", "[grants]") {
  GrantAccount a;
  CHECK(a.as("OWNER", "grant select, insert on table d.s.t to role r with grant option") == kDone);
  CHECK(a.as("SECURITYADMIN", "grant update on table d.s.t to role r") == kDone);
  CHECK(a.run("grant select on d.s.t to role r2").substr(0, 6) == "001003");
  REQUIRE(
      a.all({"grant role r to user mesh", "grant usage on database d to role r", "grant usage on schema d.s to role r"})
          .empty());
  CHECK(a.as("R", "grant select on table d.s.t to r2") == kDone);
  CHECK(a.as("R", "grant update on table d.s.t to role r2") ==
        "003001 42501 SQL access control error:\nInsufficient privileges to operate on table 'T'.");
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t",
               {"privilege", "granted_to", "grantee_name", "grant_option", "granted_by", "granted_by_role_type"}) ==
        "INSERT|ROLE|R|true|OWNER|ROLE\nOWNERSHIP|ROLE|OWNER|true|OWNER|ROLE\nSELECT|ROLE|R|true|OWNER|ROLE\n"
        "SELECT|ROLE|R2|false|R|ROLE\nUPDATE|ROLE|R|false|OWNER|ROLE");
  CHECK(a.header("SHOW GRANTS ON TABLE d.s.t") ==
        "created_on privilege granted_on name granted_to grantee_name grant_option granted_by granted_by_role_type");
  // The same again is no second row.
  CHECK(a.as("OWNER", "grant select on table d.s.t to role r") == kDone);
  CHECK(a.to_role("r2") == "SELECT|TABLE|D.S.T|ROLE|R2|false|R");
}

TEST_CASE("names are quoted where needed", "[grants]") {
  GrantAccount a;
  REQUIRE(a.as("OWNER", "create schema d.\"ab.c\"").find("success") != std::string::npos);
  REQUIRE(a.as("OWNER", "create table d.\"ab.c\".\"A\"\"BC\" (a int)").find("success") != std::string::npos);
  REQUIRE(a.as("OWNER", "grant select on table d.\"ab.c\".\"A\"\"BC\" to role r") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE r", {"name"}) == "D.\"ab.c\".\"A\"\"BC\"");
}

TEST_CASE("privileges must fit the kind", "[grants]") {
  GrantAccount a;
  CHECK(a.run("grant usage on table d.s.t to role r") ==
        "003008 42601 SQL compilation error:\nInvalid object type 'TABLE' for privilege 'USAGE'");
  CHECK(a.run("grant nonsense on table d.s.t to role r").substr(0, 6) == "001003");
  CHECK(a.run("grant usage on database role d.dr to role r") ==
        "000002 0A000 Unsupported feature 'USAGE ON DATABASE ROLE'.");
  CHECK(a.run("grant reference_usage on database d to role r")
            .find("REFERENCE_USAGE ON DATABASE can only be granted to share(s).") != std::string::npos);
  CHECK(a.run("grant select on table d.s.nosuch to role r").substr(0, 12) == "002003 42S02");
  CHECK(a.run("grant select on table d.s.t to role nosuch") ==
        "002003 02000 SQL compilation error:\nRole 'NOSUCH' does not exist or not authorized.");
  // TABLE serves views too, and the row says what it is.
  CHECK(a.run("grant select on table d.s.v to role r") == kDone);
  CHECK(a.to_role("r") == "SELECT|VIEW|D.S.V|ROLE|R|false|OWNER");
  CHECK(a.run("grant all privileges on view d.s.v to role r2") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE r2", {"privilege"}) == "DELETE\nINSERT\nREFERENCES\nSELECT\nUPDATE");
  CHECK(a.run("grant all on all row access policies in schema d.s to role r") ==
        "000002 0A000 Unsupported feature 'GRANT on all objects of type ROW_ACCESS_POLICY'.");
}

TEST_CASE("revoking takes the instances of active roles, and never complains", "[grants]") {
  GrantAccount a;
  REQUIRE(
      a.all({"grant role r to user mesh", "grant usage on database d to role r", "grant usage on schema d.s to role r",
             "grant select on table d.s.t to role r with grant option", "grant role owner to user mesh"})
          .empty());
  CHECK(a.as("R", "grant select on table d.s.t to role r2") == kDone);
  CHECK(a.as("OWNER", "grant select on table d.s.t to role r2") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE r2", {"privilege", "granted_by"}) == "SELECT|R\nSELECT|OWNER");
  // OWNER revokes its own instance alone.
  CHECK(a.as("OWNER", "revoke select on table d.s.t from role r2") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE r2", {"privilege", "granted_by"}) == "SELECT|R");
  CHECK(a.as("OWNER", "revoke select on table d.s.t from role r2") == kDone);
  CHECK(a.as("OWNER", "revoke insert on table d.s.t from role r2") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE r2", {"privilege"}) == "SELECT");
  // R has granted it on: RESTRICT refuses, CASCADE takes both.
  CHECK(a.as("OWNER", "revoke select on table d.s.t from role r").substr(0, 12) == "003036 23001");
  CHECK(a.as("OWNER", "revoke grant option for select on table d.s.t from role r cascade") == kDone);
  CHECK(a.to_role("r2").empty());
  CHECK(a.rows("SHOW GRANTS TO ROLE r", {"privilege", "grant_option", "granted_on"}) ==
        "USAGE|false|DATABASE\nUSAGE|false|SCHEMA\nSELECT|false|TABLE");
  // Two instances; MANAGE GRANTS takes them all.
  CHECK(a.as("OWNER", "grant select on table d.s.t to role r with grant option") == kDone);
  CHECK(a.as("R", "grant select on table d.s.t to role r2") == kDone);
  CHECK(a.as("OWNER", "grant select on table d.s.t to role r2") == kDone);
  CHECK(a.as("SECURITYADMIN", "revoke select on table d.s.t from role r2") == kDone);
  CHECK(a.to_role("r2").empty());
  CHECK(a.as("R2", "revoke select on table d.s.t from role r").substr(0, 6) == "002003");
}

TEST_CASE("roles are granted, and PUBLIC silently not", "[grants]") {
  GrantAccount a;
  CHECK(a.run("grant role r to role r2 with grant option") == kDone);
  CHECK(a.run("grant role r to user p") == kDone);
  CHECK(a.run("grant role r to user p with grant option").substr(0, 6) == "000002");
  CHECK(a.to_role("r2") == "USAGE|ROLE|R|ROLE|R2|true|ACCOUNTADMIN");
  CHECK(a.rows("SHOW GRANTS OF ROLE r", {"role", "granted_to", "grantee_name", "granted_by"}) ==
        "R|ROLE|R2|ACCOUNTADMIN\nR|USER|P|ACCOUNTADMIN");
  CHECK(a.rows("SHOW GRANTS TO USER p", {"privilege", "granted_on", "name", "role", "granted_to"}) ==
        "USAGE|ROLE|R|R|USER");
  CHECK(a.run("grant role r2 to role r").find("cycle") != std::string::npos);
  CHECK(a.run("grant role public to role r") == kDone);
  CHECK(a.run("SHOW GRANTS OF ROLE public").empty());
  CHECK(a.to_role("r").empty());
  CHECK(a.rows("SHOW ROLES LIKE 'r'", {"assigned_to_users", "granted_to_roles", "granted_roles"}) == "1|1|0");
  CHECK(a.run("revoke role r from role r2") == kDone);
  CHECK(a.run("revoke role r from role r2") == kDone);
  CHECK(a.to_role("r2").empty());
  CHECK(a.run("grant role r, r2 to user p") == kDone);
  CHECK(a.rows("SHOW GRANTS TO USER p", {"role"}) == "R\nR2");
  // R is ACCOUNTADMIN's; USERADMIN neither owns it nor manages grants.
  CHECK(a.as("USERADMIN", "grant role r to role r2").substr(0, 6) == "003001");
}

TEST_CASE("search optimization leaves a row on a view that nothing else tells of", "[grants]") {
  GrantAccount a;
  const auto views = [&] { return a.rows("SHOW GRANTS TO ROLE owner", kLine).find("MATERIALIZED_VIEW"); };
  CHECK(views() == std::string::npos);
  REQUIRE(a.as("OWNER", "alter table d.s.t add search optimization") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE owner", kLine)
            .find("OWNERSHIP|MATERIALIZED_VIEW|D.S.\"T IDX_MV_\"|ROLE|OWNER|true|OWNER") != std::string::npos);
  CHECK(a.rows("SHOW MATERIALIZED VIEWS IN DATABASE d", {"name"}).empty());
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t", {"privilege"}) == "OWNERSHIP");
  REQUIRE(a.as("OWNER", "alter table d.s.t drop search optimization") == kDone);
  CHECK(views() == std::string::npos);
}

TEST_CASE("a database role is born with a usage that nobody can take away", "[grants]") {
  GrantAccount a;
  CHECK(a.to_database_role("d.dr") == "USAGE|DATABASE|D|DATABASE_ROLE|DR|false|");
  CHECK(a.run("revoke usage on database d from database role d.dr") == kDone);
  CHECK(a.to_database_role("d.dr") == "USAGE|DATABASE|D|DATABASE_ROLE|DR|false|");
  CHECK(a.run("grant usage on database d to database role d.dr") == kDone);
  CHECK(a.to_database_role("d.dr") ==
        "USAGE|DATABASE|D|DATABASE_ROLE|DR|false|\nUSAGE|DATABASE|D|DATABASE_ROLE|DR|false|OWNER");
  CHECK(a.run("revoke usage on database d from database role d.dr") == kDone);
  CHECK(a.to_database_role("d.dr") == "USAGE|DATABASE|D|DATABASE_ROLE|DR|false|");
  REQUIRE(a.all({"create database other", "create table other.public.t (a int)"}).empty());
  CHECK(a.run("grant select on table other.public.t to database role d.dr").find("own database") != std::string::npos);
  CHECK(a.run("grant create role on account to database role d.dr").substr(0, 6) == "000002");
  CHECK(a.run("grant database role d.dr to role r") == kDone);
  CHECK(a.to_role("r") == "USAGE|DATABASE_ROLE|D.DR|ROLE|R|false|OWNER");
  CHECK(a.run("grant role r to database role d.dr").substr(0, 6) == "000002");
}

TEST_CASE("the two dialects of SHOW GRANTS are switched by bundle 2026_06", "[grants]") {
  GrantAccount a;
  REQUIRE(a.all({"create database role d.dr2", "grant database role d.dr to database role d.dr2",
                 "grant database role d.dr to user p", "grant database role d.dr to role r"})
              .empty());
  const auto of = [&] { return a.rows("SHOW GRANTS OF DATABASE ROLE d.dr", {"role", "granted_to", "grantee_name"}); };
  CHECK(a.run("SELECT SYSTEM$BEHAVIOR_CHANGE_BUNDLE_STATUS('2026_06')") == "ENABLED");
  CHECK(of() == "D.DR|DATABASE_ROLE|DR2\nD.DR|ROLE|R\nD.DR|USER|USER$P");
  CHECK(a.rows("SHOW GRANTS ON DATABASE ROLE d.dr LIMIT 1", {"granted_on"}) == "DATABASE_ROLE");
  CHECK(a.run("SELECT SYSTEM$DISABLE_BEHAVIOR_CHANGE_BUNDLE('2026_06')") == "DISABLED");
  CHECK(a.run("select system$behavior_change_bundle_status('2026_06')") == "DISABLED");
  CHECK(of() == "D.DR|DATABASE_ROLE|D.DR2\nD.DR|ROLE|R\nD.DR|USER|USER$P");
  CHECK(a.rows("SHOW GRANTS ON DATABASE ROLE d.dr LIMIT 1", {"granted_on"}) == "ROLE");
  CHECK(a.run("SELECT SYSTEM$ENABLE_BEHAVIOR_CHANGE_BUNDLE('2026_06')") == "ENABLED");
  CHECK(a.run("SELECT SYSTEM$BEHAVIOR_CHANGE_BUNDLE_STATUS('2025_01')") == "RELEASED");
  CHECK(a.as("SYSADMIN", "SELECT SYSTEM$DISABLE_BEHAVIOR_CHANGE_BUNDLE('2026_06')").substr(0, 6) == "003001");
}

TEST_CASE("ownership moves by its rules", "[grants][ownership]") {
  GrantAccount a;
  REQUIRE(a.all({"grant select on table d.s.t to role r"}).empty());
  CHECK(a.run("grant ownership on table d.s.t to role r2").substr(0, 120) ==
        "003036 23001 SQL execution error: Dependent grant of privilege 'SELECT' on securable 'D.S.T' to role 'R' "
        "exists. It must");
  CHECK(a.run("grant ownership on table d.s.t to role r2 copy current grants") == kDone);
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t", {"privilege", "grantee_name", "granted_by"}) ==
        "OWNERSHIP|R2|R2\nSELECT|R|R2");
  CHECK(a.rows("SHOW TABLES IN d.s", {"owner"}) == "R2");
  CHECK(a.run("grant ownership on table d.s.t to role owner revoke current grants") == kDone);
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t", {"privilege", "grantee_name"}) == "OWNERSHIP|OWNER");
  CHECK(a.run("revoke ownership on table d.s.t from role owner") ==
        "000002 0A000 Unsupported feature 'REVOKE OWNERSHIP'.");
  CHECK(a.run("grant ownership on all tables in schema d.s to role r2") == kDone);
  CHECK(a.rows("SHOW TABLES IN d.s", {"owner"}) == "R2");
  CHECK(a.rows("SHOW VIEWS IN d.s", {"owner"}) == "OWNER");
  CHECK(a.run("grant ownership on table d.s.t to database role d.dr") == kDone);
  CHECK(a.rows("SHOW TABLES IN d.s", {"owner", "owner_role_type"}) == "DR|DATABASE_ROLE");
  CHECK(a.run("grant ownership on database d to role r copy current grants") == kDone);
  CHECK(a.to_database_role("d.dr").find("USAGE|DATABASE|D|DATABASE_ROLE|DR|false|\n") != std::string::npos);
  // A role does not refuse; its members appear twice.
  REQUIRE(a.all({"create role child", "grant role child to role r"}).empty());
  CHECK(a.run("grant ownership on role child to role r2") == kDone);
  CHECK(a.rows("SHOW GRANTS OF ROLE child", {"grantee_name", "granted_by"}) == "R|ACCOUNTADMIN\nR|R2");
  // COPY without MANAGE GRANTS only below oneself.
  REQUIRE(a.all({"grant role r2 to user mesh", "grant usage on database d to role r2",
                 "grant usage on schema d.s to role r2"})
              .empty());
  CHECK(a.as("R2", "create table d.s.own (a int)").substr(0, 6) == "003001");
  REQUIRE(a.all({"grant create table on schema d.s to role r2"}).empty());
  CHECK(a.as("R2", "create table d.s.own (a int)") == "Table OWN successfully created.");
  CHECK(a.as("R2", "grant ownership on table d.s.own to role r copy current grants").substr(0, 6) == "003001");
  CHECK(a.as("R2", "grant ownership on table d.s.own to role r") == kDone);
}

TEST_CASE("dropping a role hands over what it owned and forgets its grants", "[grants]") {
  GrantAccount a;
  REQUIRE(a.all({"grant role owner to user mesh", "grant select on table d.s.t to role r"}).empty());
  CHECK(a.run("drop role owner") == "OWNER successfully dropped.");
  CHECK(a.rows("SHOW DATABASES LIKE 'd'", {"owner"}) == "ACCOUNTADMIN");
  CHECK(a.rows("SHOW TABLES IN d.s", {"owner"}) == "ACCOUNTADMIN");
  CHECK(a.to_role("r").empty());
  CHECK(a.run("drop role accountadmin").substr(0, 6) == "003001");
  REQUIRE(a.all({"grant role r to user mesh", "grant ownership on role r to role r"}).empty());
  CHECK(a.as("R", "drop role r").find("Cannot drop role R as it is the current primary role.") != std::string::npos);
}

TEST_CASE("future grants materialise at creation, the schema's before the database's", "[grants][future]") {
  GrantAccount a;
  CHECK(a.as("OWNER", "grant select on future tables in schema d.s to role r").substr(0, 6) == "003001");
  REQUIRE(a.all({"grant select on future tables in database d to role r",
                 "grant usage on future schemas in database d to role r"})
              .empty());
  CHECK(a.header("SHOW FUTURE GRANTS IN DATABASE d") ==
        "created_on privilege grant_on name grant_to grantee_name grant_option");
  CHECK(a.rows("SHOW FUTURE GRANTS IN DATABASE d",
               {"privilege", "grant_on", "name", "grant_to", "grantee_name", "grant_option"}) ==
        "USAGE|SCHEMA|D.<SCHEMA>|ROLE|R|false\nSELECT|TABLE|D.<TABLE>|ROLE|R|false");
  CHECK(a.as("OWNER", "create table d.s.t1 (a int)") == "Table T1 successfully created.");
  CHECK(a.to_role("r") == "SELECT|TABLE|D.S.T1|ROLE|R|false|OWNER");
  REQUIRE(a.all({"grant insert on future tables in schema d.s to role r2"}).empty());
  CHECK(a.as("OWNER", "create table d.s.t2 (a int)") == "Table T2 successfully created.");
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t2", {"privilege", "grantee_name"}) == "INSERT|R2\nOWNERSHIP|OWNER");
  CHECK(a.as("OWNER", "create schema d.s3") == "Schema S3 successfully created.");
  CHECK(a.rows("SHOW GRANTS ON SCHEMA d.s3", {"privilege", "grantee_name"}) == "OWNERSHIP|OWNER\nUSAGE|R");
  // COPY GRANTS takes the place of future grants.
  CHECK(a.as("OWNER", "grant update on table d.s.t1 to role r") == kDone);
  CHECK(a.as("OWNER", "create or replace table d.s.t1 (b int) copy grants") == "Table T1 successfully created.");
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t1", {"privilege", "grantee_name", "granted_by"}) ==
        "OWNERSHIP|OWNER|OWNER\nSELECT|R|OWNER\nUPDATE|R|OWNER");
  CHECK(a.as("OWNER", "create or replace table d.s.t1 (b int)") == "Table T1 successfully created.");
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t1", {"privilege", "grantee_name"}) == "INSERT|R2\nOWNERSHIP|OWNER");
  // Future ownership: one for each type and container.
  REQUIRE(a.all({"grant ownership on future views in schema d.s to role r2"}).empty());
  CHECK(a.run("grant ownership on future views in schema d.s to role r") ==
        "003504 01000 A future grant with privilege OWNERSHIP on object type VIEW already exists in the schema.");
  CHECK(a.as("OWNER", "create view d.s.fv as select 1 as x") == "View FV successfully created.");
  CHECK(a.rows("SHOW VIEWS LIKE 'fv' IN d.s", {"owner"}) == "R2");
  CHECK(a.rows("SHOW FUTURE GRANTS TO ROLE r2", {"privilege", "name", "grant_option"}) ==
        "INSERT|D.S.<TABLE>|false\nOWNERSHIP|D.S.<VIEW>|true");
  CHECK(a.run("revoke ownership on future views in schema d.s from role r2") == kDone);
  CHECK(a.run("revoke insert on future tables in schema d.s from role r2") == kDone);
  CHECK(a.run("SHOW FUTURE GRANTS IN SCHEMA d.s").empty());
  CHECK(a.run("grant usage on future warehouses in database d to role r").substr(0, 6) == "000002");
  CHECK(a.run("grant select on future dynamic tables in schema d.s to database role d.dr") == kDone);
  CHECK(a.rows("SHOW FUTURE GRANTS TO DATABASE ROLE d.dr",
               {"privilege", "grant_on", "name", "grant_to", "grantee_name"}) ==
        "SELECT|DYNAMIC_TABLE|D.S.<DYNAMIC_TABLE>|DATABASE_ROLE|DR");
}

TEST_CASE("ON ALL grants once on what there is", "[grants]") {
  GrantAccount a;
  CHECK(a.run("grant select on all tables in schema d.s to role r") == kDone);
  CHECK(a.run("grant select on all views in database d to role r") == kDone);
  CHECK(a.to_role("r") == "SELECT|TABLE|D.S.T|ROLE|R|false|OWNER\nSELECT|VIEW|D.S.V|ROLE|R|false|OWNER");
  CHECK(a.as("OWNER", "create table d.s.t2 (a int)") == "Table T2 successfully created.");
  CHECK(a.rows("SHOW GRANTS TO ROLE r", {"name"}) == "D.S.T\nD.S.V");
  CHECK(a.run("revoke select on all tables in database d from role r") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE r", {"name"}) == "D.S.V");
  CHECK(a.run("grant usage on all schemas in database d to role r") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE r", {"name"}) == "D.PUBLIC\nD.S\nD.S.V");
}

TEST_CASE("in a managed access schema only its owner and MANAGE GRANTS grant", "[grants][managed]") {
  GrantAccount a;
  REQUIRE(a.as("OWNER", "create schema d.m with managed access") == "Schema M successfully created.");
  REQUIRE(a.all({"grant usage on database d to role r", "grant usage, create table on schema d.m to role r",
                 "grant role r to user mesh"})
              .empty());
  REQUIRE(a.as("R", "create table d.m.t (a int)") == "Table T successfully created.");
  CHECK(a.as("R", "grant select on table d.m.t to role r2").substr(0, 6) == "003001");
  CHECK(a.as("OWNER", "grant select on table d.m.t to role r2").substr(0, 6) == "002003");
  REQUIRE(a.all({"grant role r to role owner"}).empty());
  CHECK(a.as("OWNER", "grant select on table d.m.t to role r2 with grant option") == kDone);
  CHECK(a.rows("SHOW GRANTS ON TABLE d.m.t", {"privilege", "grantee_name", "grant_option", "granted_by"}) ==
        "OWNERSHIP|R|false|R\nSELECT|R2|false|OWNER");
  CHECK(a.rows("SHOW GRANTS ON SCHEMA d.m", {"privilege", "grantee_name"}) ==
        "CREATE TABLE|R\nMANAGE GRANTS|OWNER\nOWNERSHIP|OWNER\nUSAGE|R");
  CHECK(a.as("OWNER", "grant select on future tables in schema d.m to role r2") == kDone);
  CHECK(
      a.run("grant ownership on table d.m.t to role r2 copy current grants").find("subordinate to the schema owner") !=
      std::string::npos);
  CHECK(a.as("OWNER", "alter schema d.m enable managed access").substr(0, 6) == "003001");
  CHECK(a.run("alter schema d.m enable managed access").substr(0, 6) == "003501");
  CHECK(a.as("OWNER", "alter schema d.m disable managed access").substr(0, 6) == "003001");
  CHECK(a.run("alter schema d.m disable managed access") == kDone);
  // Renames into such a schema are refused unless the owners are one.
  REQUIRE(a.as("OWNER", "create schema d.m2 with managed access").find("success") != std::string::npos);
  REQUIRE(a.all({"grant create table, usage on schema d.m2 to role r"}).empty());
  CHECK(a.as("R", "alter table d.m.t rename to d.m2.t").substr(0, 6) == "003001");
  CHECK(a.as("OWNER", "alter table d.s.t rename to d.m2.t2") == kDone);
}

TEST_CASE("inherited grants and container MANAGE GRANTS are an opt-in", "[grants][inherited]") {
  GrantAccount a;
  CHECK(a.run("grant inherited select on all tables in schema d.s to role r") ==
        "000002 0A000 Unsupported feature 'INHERITED GRANTS'.");
  CHECK(a.run("grant manage grants on schema d.s to role r").substr(0, 6) == "003008");
  REQUIRE(a.all({"alter account set feature_rbac_inherited_grants = 'ENABLED'", "grant usage on database d to role r",
                 "grant usage on schema d.s to role r", "grant role r to user mesh"})
              .empty());
  CHECK(a.as("R", "select count(*) from d.s.t").substr(0, 12) == "002003 42S02");
  CHECK(a.as("OWNER", "grant inherited select on all tables in schema d.s to role r").substr(0, 6) == "003001");
  CHECK(a.run("grant inherited select on all tables in schema d.s to role r") == kDone);
  CHECK(a.as("R", "select count(*) from d.s.t") == "0");
  CHECK(a.as("R", "select count(*) from d.s.v").substr(0, 12) == "002003 42S02");
  CHECK(a.rows("SHOW GRANTS TO ROLE r", {"privilege", "granted_on", "name", "is_inherited", "inherited_from",
                                         "inherited_from_database", "inherited_from_schema"}) ==
        "USAGE|DATABASE|D|false|||\nUSAGE|SCHEMA|D.S|false|||\nSELECT|TABLE||true|SCHEMA|D|S");
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t", {"privilege", "grantee_name", "is_inherited", "inherited_from"}) ==
        "OWNERSHIP|OWNER|false|\nSELECT|R|true|SCHEMA");
  CHECK(a.header("SHOW INHERITED GRANTS IN SCHEMA d.s") ==
        "created_on privilege granted_on name granted_to grantee_name grant_option granted_by inherited_from "
        "inherited_from_database "
        "inherited_from_schema");
  CHECK(a.rows("SHOW INHERITED GRANTS IN SCHEMA d.s", {"privilege", "granted_on", "name", "grantee_name"}) ==
        "SELECT|TABLE||R");
  CHECK(a.run("revoke select on table d.s.t from role r") == kDone);
  CHECK(a.as("R", "select count(*) from d.s.t") == "0");
  CHECK(a.run("revoke inherited select on all tables in schema d.s from role r") == kDone);
  CHECK(a.as("R", "select count(*) from d.s.t").substr(0, 12) == "002003 42S02");
  // Container MANAGE GRANTS sees and grants inside, but owns nothing.
  CHECK(a.run("grant manage grants on schema d.s to role r") == kDone);
  CHECK(a.rows_as("R", "SHOW TABLES IN SCHEMA d.s", {"name"}) == "T");
  CHECK(a.as("R", "grant select on table d.s.t to role r2") == kDone);
  CHECK(a.as("R", "grant ownership on table d.s.t to role r2 copy current grants").substr(0, 6) == "003001");
  CHECK(a.as("R", "drop table d.s.t").substr(0, 6) == "003001");
}

TEST_CASE("imported privileges read back as USAGE", "[grants]") {
  GrantAccount a;
  CHECK(a.run("grant imported privileges on database snowflake to role r") == kDone);
  CHECK(a.to_role("r") == "USAGE|DATABASE|SNOWFLAKE|ROLE|R|false|");
  CHECK(a.run("revoke usage on database snowflake from role r").find("Use 'REVOKE IMPORTED PRIVILEGES' instead.") !=
        std::string::npos);
  CHECK(a.run("revoke imported privileges on database snowflake from role r") == kDone);
  CHECK(a.to_role("r").empty());
  CHECK(a.run("grant imported privileges on database d to role r").substr(0, 6) == "003008");
}

TEST_CASE("privileges may go to users directly", "[grants]") {
  GrantAccount a;
  CHECK(a.run("grant select on table d.s.t to user p") == kDone);
  CHECK(a.run("grant usage on database d to user p") == kDone);
  CHECK(a.rows("SHOW GRANTS TO USER p", {"privilege", "granted_on", "name", "role", "granted_to", "grantee_name"}) ==
        "USAGE|DATABASE|D|-|USER|P\nSELECT|TABLE|D.S.T|-|USER|P");
  CHECK(a.rows("SHOW GRANTS ON TABLE d.s.t", {"privilege", "granted_to", "grantee_name"}) ==
        "OWNERSHIP|ROLE|OWNER\nSELECT|USER|P");
  CHECK(a.run("grant create schema on database d to user p").substr(0, 6) == "000002");
  CHECK(a.run("grant select on future tables in schema d.s to user p").substr(0, 6) == "000002");
  REQUIRE(a.all({"alter account set disable_user_privilege_grants = true"}).empty());
  CHECK(a.run("grant select on view d.s.v to user p").substr(0, 6) == "000002");
}

TEST_CASE("account privileges have their own grantors", "[grants]") {
  GrantAccount a;
  CHECK(a.as("SECURITYADMIN", "grant create role on account to role r") == kDone);
  CHECK(a.as("SECURITYADMIN", "grant create database on account to role r") ==
        "003001 42501 SQL access control error:\nInsufficient privileges to operate on account 'ACME'.");
  CHECK(a.run("grant create database, create warehouse on account to role r") == kDone);
  CHECK(a.to_role("r") ==
        "CREATE DATABASE|ACCOUNT|ACME|ROLE|R|false|ACCOUNTADMIN\nCREATE ROLE|ACCOUNT|ACME|ROLE|R|false|SECURITYADMIN\n"
        "CREATE WAREHOUSE|ACCOUNT|ACME|ROLE|R|false|ACCOUNTADMIN");
  // Held since the account was made the option does not count, given by ACCOUNTADMIN it does.
  CHECK(a.as("SYSADMIN", "grant create warehouse on account to role r2").substr(0, 6) == "003001");
  CHECK(a.run("grant create warehouse on account to role sysadmin with grant option") == kDone);
  CHECK(a.as("SYSADMIN", "grant create warehouse on account to role r2").substr(0, 6) == "003001");
  REQUIRE(a.all({"grant role r to user mesh", "grant create share on account to role r with grant option"}).empty());
  CHECK(a.as("R", "grant create share on account to role r2") == kDone);
  CHECK(a.as("R", "grant create database on account to role r2").substr(0, 6) == "003001");
  REQUIRE(a.all({"revoke create share on account from role r cascade", "revoke role r from user mesh"}).empty());
  CHECK(a.run("grant manage grants on account to role r2") == kDone);
  CHECK(a.run("revoke create database on account from role r") == kDone);
  CHECK(a.run("revoke create database on account from role sysadmin") == kDone);
  CHECK(a.rows("SHOW GRANTS TO ROLE sysadmin", {"privilege"}).substr(0, 15) == "CREATE DATABASE");
}
