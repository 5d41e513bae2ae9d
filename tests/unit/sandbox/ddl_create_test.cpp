// The words between CREATE and the kind (docs: create-table, create-view, create-warehouse, create-role).

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

TEST_CASE("CREATE takes the words that the kind's page lists, and no others", "[ddl]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE TRANSIENT DATABASE d", "CREATE TRANSIENT SCHEMA d.s",
                 "CREATE OR REPLACE TRANSIENT TABLE d.s.t (a INT)", "CREATE SECURE VIEW d.s.v AS SELECT a FROM d.s.t"})
              .empty());
  struct Case {
    const char *sql, *word;
    int position;
  };
  const Case cases[] = {{"CREATE RECURSIVE TABLE d.s.x (a INT)", "RECURSIVE", 7},
                        {"CREATE OR REPLACE SECURE TABLE d.s.x (a INT)", "SECURE", 18},
                        {"CREATE TRANSIENT VIEW d.s.x AS SELECT a FROM d.s.t", "TRANSIENT", 7},
                        {"CREATE SECURE TRANSIENT VIEW d.s.x AS SELECT a FROM d.s.t", "TRANSIENT", 14},
                        {"CREATE TEMPORARY WAREHOUSE x", "TEMPORARY", 7},
                        {"CREATE LOCAL TEMP ROLE x", "LOCAL", 7}};
  for (const Case& one : cases) {
    INFO(one.sql);
    const std::string answer = a.run(one.sql);
    CHECK(answer.substr(0, 6) == "001003");
    CHECK_THAT(answer, Catch::Contains(fmt::format("position {} unexpected '{}'", one.position, one.word)));
  }
}

// A session's object, and a view that reads itself, are Snowflake's and not the sandbox's: never made without the word.
TEST_CASE("CREATE TEMPORARY and CREATE RECURSIVE are refused by name", "[ddl]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE TABLE d.public.t (a INT)"}).empty());
  for (const char* word : {"TEMPORARY", "TEMP", "VOLATILE", "LOCAL TEMPORARY", "GLOBAL TEMP"}) {
    INFO(word);
    const std::string create = std::string("CREATE ") + word;
    CHECK_THAT(a.run(create + " TABLE d.public.x (a INT)"),
               Catch::Contains("Unsupported feature 'CREATE TEMPORARY TABLE'"));
    CHECK_THAT(a.run(create + " VIEW d.public.x AS SELECT a FROM d.public.t"),
               Catch::Contains("Unsupported feature 'CREATE TEMPORARY VIEW'"));
  }
  CHECK_THAT(a.run("CREATE OR REPLACE SECURE RECURSIVE VIEW d.public.x (a) AS SELECT a FROM d.public.t"),
             Catch::Contains("Unsupported feature 'CREATE RECURSIVE VIEW'"));
  CHECK(a.rows("SHOW TABLES IN SCHEMA d.public", {"name"}) == "T");
  CHECK(a.rows("SHOW VIEWS IN SCHEMA d.public", {"name"}).empty());
}
