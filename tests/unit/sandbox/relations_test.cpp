#include <chrono>
#include <filesystem>

#include <catch2/catch.hpp>

#include "account.hpp"
#include "show.hpp"

using namespace mesh::sandbox;

namespace {
const std::string kDone = "Statement executed successfully.";
}

TEST_CASE("INFORMATION_SCHEMA tells what the role may see", "[relations]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create schema d.s with managed access",
                 "create table d.s.t (id number(10,2) not null, n varchar(9) default 'x' comment 'c', k int identity, "
                 "primary key (id)) comment = 'tc'",
                 "create view d.s.v as select id from d.s.t", "insert into d.s.t (id) values (1)", "create role r"})
              .empty());
  CHECK(a.run("select table_name, table_type, row_count, comment, table_owner from d.information_schema.tables where "
              "table_schema = 'S' order by 1") == "T|BASE TABLE|1|tc|ACCOUNTADMIN\nV|VIEW|-|-|ACCOUNTADMIN");
  CHECK(
      a.run(
          "select column_name, ordinal_position, is_nullable, data_type, numeric_precision, numeric_scale, "
          "character_maximum_length, "
          "column_default, is_identity, comment from d.information_schema.columns where table_name = 'T' order by 2") ==
      "ID|1|NO|NUMBER|10|2|-|-|NO|-\nN|2|YES|TEXT|-|-|9|'x'|NO|c\nK|3|YES|NUMBER|38|0|-|-|YES|-");
  CHECK(a.run("select schema_name, is_managed_access from d.information_schema.schemata order by 1") ==
        "INFORMATION_SCHEMA|NO\nPUBLIC|NO\nS|YES");
  CHECK(a.run("select constraint_type, table_name from d.information_schema.table_constraints") == "PRIMARY KEY|T");
  CHECK(a.run("select view_definition from d.information_schema.views where table_name = 'V'") ==
        "create view d.s.v as select id from d.s.t");
  CHECK(a.run("select privilege_type, grantee from d.information_schema.object_privileges where object_name = 'T'") ==
        "OWNERSHIP|ACCOUNTADMIN");
  CHECK(a.run("select database_name from d.information_schema.databases order by 1") == "D\nSNOWFLAKE");
  // MANAGE GRANTS does not count here.
  CHECK(a.as("SECURITYADMIN", "select count(*) from d.information_schema.schemata") == "0");
  CHECK(a.run("select 1 from d.information_schema.nosuch").substr(0, 6) == "002003");
  a.session.warehouse.clear();
  CHECK(a.run("select count(*) from d.information_schema.tables").substr(0, 12) == "000606 57P03");
}

TEST_CASE("statements are found in the query history", "[relations][history]") {
  TestAccount a;
  REQUIRE(a.all({"create database d"}).empty());
  a.session.query_tag = "mesh:run-1";
  CHECK(a.run("create schema d.s") == "Schema S successfully created.");
  CHECK(a.run("create schema d.s").substr(0, 6) == "002002");
  a.session.query_tag = "other";
  CHECK(a.run("select query_text, execution_status, error_code, user_name, role_name from "
              "table(d.information_schema.query_history_by_user(result_limit => 50)) where query_tag = 'mesh:run-1' "
              "order by start_time, query_id") ==
        "create schema d.s|SUCCESS|-|MESH|ACCOUNTADMIN\ncreate schema d.s|FAILED_WITH_ERROR|2002|MESH|ACCOUNTADMIN");
  CHECK(a.run("select execution_status from table(d.information_schema.query_history()) where query_tag = 'other'") ==
        "RUNNING\nSUCCESS");
  CHECK(a.run("select count(*) from table(d.information_schema.query_history(result_limit => 2))") == "2");
}

TEST_CASE("SHOW output can be piped into a query", "[relations][pipe]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create schema d.s", "create table d.s.t (a int)", "create table d.s.u (a int)"})
              .empty());
  CHECK(a.run("SHOW TABLES IN DATABASE d ->> SELECT \"name\", \"rows\" FROM $1 WHERE \"name\" > 'T'") == "U|0");
  CHECK(a.run("SHOW TABLES IN DATABASE nosuch ->> SELECT 1 FROM $1").substr(0, 6) == "002043");
}

TEST_CASE("everything survives closing the file", "[relations][store]") {
  const std::string file = (std::filesystem::temp_directory_path() / "mesh_relations_test.sandbox").string();
  const auto remove = [&] {
    for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file + tail);
  };
  remove();
  Session session;
  session.account = "A", session.user = "MESH", session.role = "ACCOUNTADMIN", session.warehouse = "COMPUTE_WH";
  const auto run = [&](Engine& engine, const std::string& sql) {
    return TestAccount::draw(engine.execute(session, sql), {});
  };
  const std::vector<std::string> reads = {"SHOW TABLES IN DATABASE d",
                                          "DESC TABLE d.s.t",
                                          "SHOW GRANTS ON TABLE d.s.t",
                                          "SHOW IMPORTED KEYS IN SCHEMA d.s",
                                          "SHOW PARAMETERS IN TABLE d.s.t",
                                          "SHOW FUTURE GRANTS IN SCHEMA d.s",
                                          "select * from d.s.v",
                                          "SHOW VIEWS IN SCHEMA d.s",
                                          "SHOW SCHEMAS HISTORY IN DATABASE d"};
  std::vector<std::string> before;
  {
    auto engine = *mesh::sandbox::Engine::open(file, "A");
    for (const char* sql :
         {"create database d", "create schema d.s", "create schema d.gone", "drop schema d.gone", "create role r",
          "create table d.s.t (a int not null default 5 comment 'c', b varchar(3), unique (b)) cluster by (a)",
          "create table d.s.f (x varchar(3) references d.s.t (b))", "insert into d.s.t values (1, 'x')",
          "create view d.s.v (one comment 'k') as select a from d.s.t",
          "grant select on table d.s.t to role r with grant option",
          "grant select on future tables in schema d.s to role r",
          "alter table d.s.t set data_retention_time_in_days = 9"}) {
      INFO(sql);
      REQUIRE(run(*engine, sql).substr(0, 2) != "00");
    }
    for (const std::string& sql : reads) before.push_back(run(*engine, sql));
  }
  auto engine = *Engine::open(file, "A");
  for (size_t i = 0; i < reads.size(); ++i) {
    INFO(reads[i]);
    CHECK(run(*engine, reads[i]) == before[i]);
    CHECK_FALSE(before[i].empty());
  }
  CHECK(run(*engine, "undrop schema d.gone") == "Schema GONE successfully restored.");
  engine.reset();
  remove();
}

// Bounds are generous: the point is that nothing is quadratic.
TEST_CASE("big listings and many grants are quick", "[relations][speed]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create schema d.s", "create role owner", "grant role owner to user mesh",
                 "grant usage on database d to role owner", "grant all on schema d.s to role owner"})
              .empty());
  std::string columns;
  for (int c = 0; c < 20; ++c) columns += (c > 0 ? ", C" : "C") + std::to_string(c) + " varchar";
  for (int r = 0; r < 40; ++r) REQUIRE(a.run("create role r" + std::to_string(r)).substr(0, 4) == "Role");
  a.session.role = "OWNER";
  for (int t = 0; t < 1000; ++t)
    REQUIRE(a.run("create table d.s.t" + std::to_string(t) + " (" + columns + ")").substr(0, 5) == "Table");
  a.session.role = "ACCOUNTADMIN";
  const auto milliseconds = [](auto work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  };
  for (int r = 0; r < 40; ++r)
    REQUIRE(a.run("grant select on all tables in schema d.s to role r" + std::to_string(r)) == kDone);
  const double tables = milliseconds([&] { a.answer("SHOW TABLES IN SCHEMA d.s"); });
  const double shown_columns = milliseconds([&] { a.answer("SHOW COLUMNS IN SCHEMA d.s"); });
  const double grants = milliseconds([&] {
    for (int r = 0; r < 40; ++r) a.answer("SHOW GRANTS TO ROLE r" + std::to_string(r));
  });
  const double describe = milliseconds([&] { a.answer("DESC TABLE d.s.t1"); });
  INFO("SHOW TABLES " << tables << " ms, SHOW COLUMNS " << shown_columns << " ms, 40 x SHOW GRANTS (1000 rows each) "
                      << grants << " ms, DESC " << describe << " ms");
  CHECK(std::get<ResultSet>(a.answer("SHOW COLUMNS IN SCHEMA d.s")).rows.size() == 10000);
  CHECK(tables < 1000);
  CHECK(shown_columns < 2000);
  CHECK(grants < 8000);
}

TEST_CASE("a warehouse that may not be used is replaced by the user's own", "[relations][warehouse]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create table d.public.t (a int)"}).empty());
  a.session.warehouse = "NOSUCH";
  CHECK(a.run("select count(*) from d.public.t") == "0");
  REQUIRE(a.all({"revoke usage on warehouse compute_wh from role public", "create role r",
                 "grant usage on database d to role r", "grant usage on schema d.public to role r",
                 "grant select on table d.public.t to role r"})
              .empty());
  CHECK(a.as("R", "select count(*) from d.public.t").substr(0, 12) == "000606 57P03");
  a.session.warehouse = "COMPUTE_WH";
  CHECK(a.as("R", "select count(*) from d.public.t").substr(0, 12) == "000606 57P03");
  CHECK(a.run("alter table d.public.t add b varchar default 'x'") == kDone);
}

TEST_CASE("kinds of which there are no objects list none", "[relations][show]") {
  TestAccount a;
  REQUIRE(a.all({"create database d"}).empty());
  CHECK(a.run("SHOW DYNAMIC TABLES IN DATABASE d").empty());
  CHECK(a.header("SHOW MASKING POLICIES IN SCHEMA d.public") ==
        "created_on name database_name schema_name kind owner comment options owner_role_type");
  CHECK(a.header("SHOW USER FUNCTIONS IN DATABASE d").substr(0, 28) == "created_on name schema_name ");
  CHECK(a.run("SHOW STREAMS IN DATABASE nosuch").substr(0, 6) == "002043");
  CHECK(a.rows("SHOW VIEWS LIKE 'tab%' IN DATABASE d", {"name", "schema_name", "owner", "text"}) ==
        "TABLES|INFORMATION_SCHEMA||\nTABLE_CONSTRAINTS|INFORMATION_SCHEMA||");
}

TEST_CASE("more than ten thousand rows fail or are cut, by command", "[relations][show]") {
  const std::vector<Row> many(kShowRows + 1, Row{"x"});
  ShowClauses clauses;
  std::vector<Row> rows = many;
  limit_rows(clauses, Overflow::Cut, rows);
  CHECK(rows.size() == 10000);
  rows = many;
  CHECK_THROWS_AS(limit_rows(clauses, Overflow::Fails, rows), SqlError);
  clauses.limit = 10000;
  limit_rows(clauses, Overflow::Fails, rows);
  CHECK(rows.size() == 10000);
}
