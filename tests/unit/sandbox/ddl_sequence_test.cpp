#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {
const std::vector<std::string> kShown = {"name", "next_value", "interval", "comment", "ordered"};
}  // namespace

TEST_CASE("a sequence keeps what it is given and reads as documented", "[ddl][sequence]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s"}).empty());
  CHECK(a.run("CREATE SEQUENCE d.s.bare") == "Sequence BARE successfully created.");
  CHECK(a.rows("SHOW SEQUENCES IN DATABASE d", kShown) == "BARE|1|1||N");  // NOORDER_SEQUENCE_AS_DEFAULT is true
  CHECK(a.run("CREATE SEQUENCE d.s.q WITH START WITH = 100 INCREMENT BY -10 ORDER COMMENT = 'it''s'") ==
        "Sequence Q successfully created.");
  CHECK(a.run("CREATE SEQUENCE d.s.p START 7 INCREMENT 2 NOORDER") == "Sequence P successfully created.");
  CHECK(a.rows("SHOW SEQUENCES IN SCHEMA d.s", kShown) == "BARE|1|1||N\nP|7|2||N\nQ|100|-10|it's|Y");
  CHECK(a.header("SHOW SEQUENCES IN SCHEMA d.s") ==
        "name database_name schema_name next_value interval created_on owner comment owner_role_type ordered");
  CHECK(a.header("DESC SEQUENCE d.s.q") == a.header("SHOW SEQUENCES IN SCHEMA d.s"));
  CHECK(a.rows("DESCRIBE SEQUENCE d.s.q", {"database_name", "schema_name", "name", "owner", "owner_role_type"}) ==
        "D|S|Q|ACCOUNTADMIN|ROLE");
  REQUIRE(a.all({"ALTER SEQUENCE d.s.q INCREMENT BY 5", "ALTER SEQUENCE d.s.q SET NOORDER COMMENT = 'x'",
                 "ALTER SEQUENCE d.s.p SET INCREMENT = 3"})
              .empty());
  CHECK(a.rows("SHOW SEQUENCES LIKE 'q' IN SCHEMA d.s", kShown) == "Q|100|5|x|N");
  CHECK(a.rows("SHOW SEQUENCES LIKE 'p' IN SCHEMA d.s", kShown) == "P|7|3||N");
  REQUIRE(a.all({"ALTER SEQUENCE d.s.q UNSET COMMENT", "ALTER SEQUENCE d.s.p RENAME TO d.public.r"}).empty());
  CHECK(a.rows("SHOW SEQUENCES IN DATABASE d", {"schema_name", "name", "comment"}) == "PUBLIC|R|\nS|BARE|\nS|Q|");
  CHECK(a.run("DROP SEQUENCE d.s.q CASCADE") == "Q successfully dropped.");
}

TEST_CASE("what a sequence does not take", "[ddl][sequence]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE SEQUENCE d.s.q"}).empty());
  CHECK(a.run("CREATE SEQUENCE d.s.q").substr(0, 6) == "002002");
  CHECK(a.run("CREATE SEQUENCE d.s.p INCREMENT = 0").substr(0, 6) == "001422");
  CHECK(a.run("ALTER SEQUENCE d.s.q SET START = 3").substr(0, 6) == "001003");
  CHECK(a.run("ALTER SEQUENCE d.s.q SET INCREMENT = 3 COMMENT = 'x'").substr(0, 6) == "001003");
  CHECK(a.run("ALTER SEQUENCE d.s.q SET ORDER").find("NOORDER to ORDER") != std::string::npos);
  CHECK(a.run("ALTER SEQUENCE d.s.q UNSET INCREMENT").substr(0, 6) == "001003");
  CHECK(a.run("UNDROP SEQUENCE d.s.q").substr(0, 6) == "000002");
}

TEST_CASE("a sequence needs CREATE SEQUENCE, and is seen with USAGE", "[ddl][sequence]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "CREATE DATABASE d", "CREATE SCHEMA d.s",
                 "GRANT USAGE ON DATABASE d TO ROLE r", "GRANT USAGE ON SCHEMA d.s TO ROLE r", "CREATE SEQUENCE d.s.q"})
              .empty());
  CHECK(a.as("R", "CREATE SEQUENCE d.s.p").substr(0, 6) == "003001");
  CHECK(a.rows_as("R", "SHOW SEQUENCES IN SCHEMA d.s", {"name"}).empty());
  REQUIRE(a.all({"GRANT USAGE ON SEQUENCE d.s.q TO ROLE r", "GRANT CREATE SEQUENCE ON SCHEMA d.s TO ROLE r",
                 "GRANT USAGE ON FUTURE SEQUENCES IN SCHEMA d.s TO ROLE public"})
              .empty());
  CHECK(a.rows_as("R", "SHOW SEQUENCES IN SCHEMA d.s", {"name"}) == "Q");
  CHECK(a.as("R", "ALTER SEQUENCE d.s.q SET INCREMENT = 2").substr(0, 6) == "003001");
  CHECK(a.as("R", "CREATE SEQUENCE d.s.p") == "Sequence P successfully created.");
  CHECK(a.rows("SHOW GRANTS ON SEQUENCE d.s.p", {"privilege", "granted_on", "grantee_name"}) ==
        "OWNERSHIP|SEQUENCE|R\nUSAGE|SEQUENCE|PUBLIC");
}
