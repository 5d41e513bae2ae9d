#include <thread>

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

const std::string kDone = "Statement executed successfully.";

// DEPLOY owns database D with schema S and table S.T; READER is granted to MESH and has nothing yet.
struct AccessAccount : TestAccount {
  AccessAccount() {
    REQUIRE(all({"create role deploy", "create role reader", "grant role deploy to user mesh",
                 "grant role reader to user mesh", "grant create database, create warehouse on account to role deploy"})
                .empty());
    for (const char* sql : {"create database d", "create schema d.s", "create table d.s.t (a int)"}) {
      REQUIRE(as("DEPLOY", sql).find("successfully created") != std::string::npos);
    }
    session.database.clear(), session.schema.clear();
  }
};

std::string start(const std::string& text, size_t size) { return text.substr(0, size); }

}  // namespace

TEST_CASE("creating needs the privilege, and the message names it", "[access]") {
  AccessAccount a;
  CHECK(a.as("READER", "create user u") ==
        "003001 42501 SQL access control error:\nInsufficient privileges to operate on account 'ACME'. Your primary "
        "role READER must have "
        "CREATE USER granted on ACCOUNT ACME.");
  CHECK(a.as("USERADMIN", "create user u") == "User U successfully created.");
  CHECK(a.as("SYSADMIN", "create role x").substr(0, 6) == "003001");
  CHECK(a.as("SYSADMIN", "create database y") == "Database Y successfully created.");
  CHECK(a.as("READER", "create view d.s.v as select 1 as x") ==
        "002003 02000 SQL compilation error:\nDatabase 'D' does not exist or not authorized. Your primary role READER "
        "must have USAGE or any "
        "other privilege granted on DATABASE D.");
  REQUIRE(a.all({"grant usage on database d to role reader"}).empty());
  CHECK(a.as("READER", "create view d.s.v as select 1 as x") ==
        "002003 02000 SQL compilation error:\nSchema 'D.S' does not exist or not authorized. Your primary role READER "
        "must have USAGE or any "
        "other privilege granted on SCHEMA D.S.");
  REQUIRE(a.all({"grant monitor on schema d.s to role reader"}).empty());
  CHECK(a.as("READER", "create view d.s.v as select 1 as x") ==
        "003001 42501 SQL access control error:\nInsufficient privileges to operate on schema 'S'. Your primary role "
        "READER must have CREATE "
        "VIEW granted on SCHEMA D.S.");
  REQUIRE(a.all({"grant create view on schema d.s to role reader"}).empty());
  CHECK(start(a.as("READER", "create view d.s.v as select a from d.s.t"), 12) == "002003 42S02");
  REQUIRE(a.all({"grant select on table d.s.t to role reader"}).empty());
  CHECK(a.as("READER", "create view d.s.v as select a from d.s.t") == "View V successfully created.");
}

TEST_CASE("RESOLVE ALL shows everything and lets nothing be done", "[access]") {
  AccessAccount a;
  CHECK(a.rows_as("READER", "SHOW DATABASES LIKE 'D'", {"name"}).empty());
  CHECK(a.as("SECURITYADMIN", "grant resolve all on account to role reader") == kDone);
  CHECK(a.rows_as("READER", "SHOW DATABASES LIKE 'D'", {"name"}) == "D");
  CHECK(a.rows_as("READER", "SHOW TABLES IN DATABASE d", {"name"}) == "T");
  CHECK(a.rows_as("READER", "SHOW COLUMNS IN SCHEMA d.s", {"column_name"}) == "A");
  CHECK(a.rows_as("READER", "SHOW GRANTS TO ROLE deploy", {"privilege", "name"}).find("OWNERSHIP|D.S.T") !=
        std::string::npos);
  CHECK(start(a.as("READER", "select a from d.s.t"), 6) == "003001");
  CHECK(start(a.as("READER", "alter table d.s.t add column b int"), 6) == "003001");
  CHECK(start(a.as("READER", "grant select on table d.s.t to role reader"), 6) == "003001");
}

TEST_CASE("what a role cannot see does not exist, what it sees it may not touch", "[access]") {
  AccessAccount a;
  CHECK(start(a.as("READER", "drop table d.s.t"), 6) == "002003");
  CHECK(start(a.as("READER", "drop database d"), 6) == "002003");
  REQUIRE(a.all({"grant usage on database d to role reader", "grant usage on schema d.s to role reader"}).empty());
  CHECK(start(a.as("READER", "alter table d.s.t add b int"), 12) == "002003 42S02");
  REQUIRE(a.all({"grant select on table d.s.t to role reader"}).empty());
  for (const char* sql :
       {"alter table d.s.t add b int", "drop table d.s.t", "alter schema d.s rename to d.x", "drop schema d.s",
        "alter database d set data_retention_time_in_days = 2", "drop database d", "comment on table d.s.t is 'x'",
        "alter database d set comment = 'x'", "grant select on table d.s.t to role deploy"}) {
    INFO(sql);
    CHECK(start(a.as("READER", sql), 12) == "003001 42501");
  }
  REQUIRE(a.all({"grant modify on database d to role reader"}).empty());
  CHECK(a.as("READER", "alter database d set comment = 'x'") == kDone);
  CHECK(a.as("READER", "comment on database d is 'y'") == kDone);
  CHECK(start(a.as("READER", "alter database d set comment = 'x' log_level = info"), 6) == "003001");
  CHECK(start(a.as("DEPLOY", "alter database d set log_level = info"), 6) == "003001");
  CHECK(start(a.as("READER", "create table d.s.t (a int)"), 6) == "003001");
  REQUIRE(a.all({"revoke select on table d.s.t from role reader", "grant create table on schema d.s to role reader"})
              .empty());
  CHECK(
      a.as("READER", "create table d.s.t (a int)").find("already exists, but current role has no privileges on it.") !=
      std::string::npos);
}

TEST_CASE("SHOW lists what the role has privileges on", "[access][show]") {
  AccessAccount a;
  CHECK(a.rows_as("READER", "SHOW DATABASES", {"name"}).empty());
  CHECK(a.rows_as("READER", "SHOW WAREHOUSES", {"name"}) == "COMPUTE_WH");
  CHECK(start(a.as("READER", "SHOW SCHEMAS IN DATABASE d"), 6) == "002043");
  REQUIRE(a.all({"grant usage on database d to role reader"}).empty());
  CHECK(a.rows_as("READER", "SHOW DATABASES", {"name"}) == "D");
  CHECK(a.rows_as("READER", "SHOW SCHEMAS IN DATABASE d", {"name"}) == "INFORMATION_SCHEMA");
  CHECK(a.rows_as("READER", "SHOW TABLES IN DATABASE d", {"name"}).empty());
  REQUIRE(a.as("DEPLOY", "create table d.s.other (a int)") == "Table OTHER successfully created.");
  REQUIRE(
      a.all({"grant usage on schema d.s to role reader", "grant select on table d.s.other to role reader"}).empty());
  CHECK(a.rows_as("READER", "SHOW TABLES IN DATABASE d", {"name"}) == "OTHER");
  CHECK(a.rows_as("READER", "SHOW COLUMNS IN DATABASE d", {"table_name"}) == "OTHER");
  CHECK(a.rows_as("SECURITYADMIN", "SHOW TABLES IN DATABASE d", {"name"}) == "OTHER\nT");
  CHECK(start(a.as("SECURITYADMIN", "drop table d.s.t"), 6) == "003001");
  REQUIRE(a.all({"grant monitor usage on account to role reader", "create database e"}).empty());
  CHECK(a.rows_as("READER", "SHOW DATABASES", {"name"}) == "D\nE\nSNOWFLAKE");
  // Grants on what it does not see are not shown either.
  CHECK(a.rows_as("READER", "SHOW GRANTS TO ROLE deploy", {"granted_on", "name"}).find("D.S.T") == std::string::npos);
}

TEST_CASE("secondary roles may act but not create", "[access]") {
  AccessAccount a;
  a.session.role = "READER";
  CHECK(start(a.run("alter table d.s.t set comment = 'x'"), 6) == "002003");
  a.session.secondary_roles_all = true;
  CHECK(a.run("alter table d.s.t set comment = 'x'") == kDone);
  CHECK(a.run("create table d.s.u (a int)")
            .find("Your primary role READER must have CREATE TABLE granted on SCHEMA D.S.") != std::string::npos);
  CHECK(a.run("drop table d.s.nosuch")
            .find("Your primary role READER or one of your secondary roles must have at least one privilege") !=
        std::string::npos);
  CHECK(a.run("drop table d.s.t") == "T successfully dropped.");
}

TEST_CASE("privileges given to a user count with all secondary roles only", "[access]") {
  AccessAccount a;
  REQUIRE(a.all({"grant usage on database d to user mesh", "grant usage on schema d.s to user mesh",
                 "grant select on table d.s.t to user mesh"})
              .empty());
  a.session.role = "READER";
  CHECK(start(a.run("select count(*) from d.s.t"), 6) == "002003");
  a.session.secondary_roles_all = true;
  CHECK(a.run("select count(*) from d.s.t") == "0");
}

TEST_CASE("a view is read with its owner's rights", "[access][view]") {
  AccessAccount a;
  REQUIRE(a.as("DEPLOY", "insert into d.s.t values (7)") == "1");
  REQUIRE(a.as("DEPLOY", "create secure view d.s.v as select a from t") == "View V successfully created.");
  REQUIRE(a.all({"grant usage on database d to role reader", "grant usage on schema d.s to role reader",
                 "grant select on view d.s.v to role reader"})
              .empty());
  CHECK(a.as("READER", "select a from d.s.v") == "7");
  CHECK(start(a.as("READER", "select a from d.s.t"), 6) == "002003");
  CHECK(a.rows_as("READER", "SHOW VIEWS IN SCHEMA d.s", {"name", "text", "is_secure"}) == "V||true");
  CHECK(start(a.as("READER", "insert into d.s.v values (1)"), 6) == "003001");
  CHECK(a.as("DEPLOY", "drop table d.s.t") == "T successfully dropped.");
  CHECK(start(a.as("READER", "select a from d.s.v"), 2) == "00");
}

TEST_CASE("DML needs its own privileges", "[access]") {
  AccessAccount a;
  REQUIRE(a.all({"grant usage on database d to role reader", "grant usage on schema d.s to role reader",
                 "grant select on table d.s.t to role reader"})
              .empty());
  CHECK(start(a.as("READER", "insert into d.s.t values (1)"), 12) == "003001 42501");
  CHECK(start(a.as("READER", "delete from d.s.t"), 12) == "003001 42501");
  CHECK(start(a.as("READER", "truncate table d.s.t"), 12) == "003001 42501");
  REQUIRE(a.all({"grant insert, delete, truncate on table d.s.t to role reader"}).empty());
  CHECK(a.as("READER", "insert into d.s.t values (1)") == "1");
  CHECK(a.as("READER", "delete from d.s.t") == "1");
}

TEST_CASE("warehouses ask for MODIFY and OPERATE", "[access][warehouse]") {
  AccessAccount a;
  CHECK(a.as("DEPLOY", "create warehouse w") == "Warehouse W successfully created.");
  CHECK(start(a.as("READER", "alter warehouse w suspend"), 6) == "002003");
  REQUIRE(a.all({"grant usage on warehouse w to role reader"}).empty());
  CHECK(start(a.as("READER", "alter warehouse w suspend"), 6) == "003001");
  CHECK(start(a.as("READER", "alter warehouse w set comment = 'x'"), 6) == "003001");
  REQUIRE(a.all({"grant operate, modify on warehouse w to role reader"}).empty());
  CHECK(a.as("READER", "alter warehouse w suspend") == kDone);
  CHECK(a.as("READER", "alter warehouse w set comment = 'x'") == kDone);
  CHECK(start(a.as("READER", "drop warehouse w"), 6) == "003001");
  REQUIRE(a.all({"create warehouse w2", "grant manage warehouses on account to role reader"}).empty());
  CHECK(a.as("READER", "alter warehouse w2 suspend") == kDone);
}

TEST_CASE("unqualified names resolve in the session's database and schema", "[access]") {
  AccessAccount a;
  a.session.role = "DEPLOY";
  CHECK(a.run("create table t2 (a int)") ==
        "090105 22000 Cannot perform CREATE TABLE. This session does not have a current database. Call 'USE DATABASE', "
        "or use a qualified "
        "name.");
  a.session.database = "D";
  CHECK(start(a.run("create table t2 (a int)"), 12) == "090106 22000");
  CHECK(a.run("create table s.t2 (a int)") == "Table T2 successfully created.");
  a.session.schema = "S";
  CHECK(a.run("select count(*) from t2") == "0");
  CHECK(a.rows("SHOW TABLES", {"name"}) == "T\nT2");
  CHECK(a.run("create table d..p (a int)") == "Table P successfully created.");
  CHECK(a.rows("SHOW TABLES IN SCHEMA d.public", {"name"}) == "P");
  CHECK(a.run("select count(*) from identifier('d.s.t2')") == "0");
  CHECK(a.run("drop table identifier('d.s.\"T2\"')") == "T2 successfully dropped.");
}

TEST_CASE("quoted names fold where the parameter says so", "[access][parameters]") {
  AccessAccount a;
  a.session.role = "DEPLOY";
  CHECK(a.run("create table d.s.\"low\" (\"a b\" int)") == "Table low successfully created.");
  a.session.role = "ACCOUNTADMIN";
  REQUIRE(a.all({"alter user mesh set quoted_identifiers_ignore_case = true"}).empty());
  CHECK(a.rows("SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'", {"value", "level"}) == "true|USER");
  a.session.role = "DEPLOY";
  CHECK(start(a.run("drop table d.s.\"low\""), 6) == "002003");
  CHECK(a.run("create table d.s.\"Mixed\" (\"a b\" int)") == "Table MIXED successfully created.");
  CHECK(a.rows("DESC TABLE d.s.mixed", {"name"}) == "A B");
}

TEST_CASE("requests of many threads take their turns", "[access][threads]") {
  auto engine = std::move(*Engine::open(":memory:", "ACME"));
  const auto work = [&](int number) {
    Session session;
    session.account = "ACME", session.user = "MESH", session.role = "ACCOUNTADMIN", session.warehouse = "COMPUTE_WH";
    for (int i = 0; i < 20; ++i) {
      const std::string name = "d" + std::to_string(number) + "_" + std::to_string(i);
      engine->execute(session, "create database " + name);
      engine->execute(session, "SHOW DATABASES");
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
  Session session;
  session.account = "ACME", session.user = "MESH", session.role = "ACCOUNTADMIN";
  CHECK(std::get<ResultSet>(engine->execute(session, "SHOW DATABASES LIKE 'D%'")).rows.size() == 80);
}

TEST_CASE("MONITOR USAGE completes the list of databases, and resolves no name in them", "[access]") {
  AccessAccount a;
  REQUIRE(a.all({"grant monitor usage on account to role reader", "grant usage on warehouse compute_wh to role reader",
                 "grant select on table d.s.t to role reader", "grant usage on schema d.s to role reader"})
              .empty());
  CHECK(a.rows_as("READER", "SHOW DATABASES LIKE 'd'", {"name"}) == "D");
  CHECK(start(a.as("READER", "SELECT a FROM d.s.t"), 6) == "002003");
  REQUIRE(a.all({"grant usage on database d to role reader"}).empty());
  CHECK(start(a.as("READER", "SELECT a FROM d.s.t"), 6) != "002003");
}
