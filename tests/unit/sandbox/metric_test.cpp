// Data metric functions: pages create-data-metric-function, alter-function-dmf, desc-function-dmf, alter-table,
// functions/data_metric_function_references and data_metric_function_expectations.

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

struct Account : TestAccount {
  Account() {
    REQUIRE(all({"CREATE DATABASE g", "CREATE SCHEMA g.s",
                 "CREATE DATA METRIC FUNCTION g.s.pos(arg_t TABLE(a NUMBER, b VARCHAR(10))) RETURNS NUMBER NOT NULL "
                 "COMMENT = 'c' AS $$SELECT COUNT(*) FROM arg_t WHERE a > 0$$",
                 "CREATE DATABASE d", "CREATE SCHEMA d.x", "CREATE TABLE d.x.t (id NUMBER(10,2), mail VARCHAR(50))",
                 "CREATE VIEW d.x.v AS SELECT id FROM d.x.t"}) == "");
  }
  std::string references(const std::string& object, const std::string& domain) {
    return rows("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.DATA_METRIC_FUNCTION_REFERENCES(REF_ENTITY_NAME => '" +
                    object + "', REF_ENTITY_DOMAIN => '" + domain + "'))",
                {"METRIC_DATABASE_NAME", "METRIC_NAME", "REF_ENTITY_NAME", "REF_ARGUMENTS", "SCHEDULE", "LEVEL"});
  }
  // The columns that a row of references names.
  static std::string column(const std::string& id, const std::string& name) {
    return "{\n    \"domain\": \"COLUMN\",\n    \"id\": \"" + id + "\",\n    \"name\": \"" + name + "\"\n  }";
  }
  std::string expectations(const std::string& object) {
    return rows("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.DATA_METRIC_FUNCTION_EXPECTATIONS(REF_ENTITY_NAME => '" +
                    object + "', REF_ENTITY_DOMAIN => 'table'))",
                {"METRIC_NAME", "EXPECTATION_NAME", "EXPECTATION_EXPRESSION"});
  }
  std::string code(const std::string& sql) { return run(sql).substr(0, 6); }
  std::string code_as(const std::string& role, const std::string& sql) { return as(role, sql).substr(0, 6); }
};

}  // namespace

TEST_CASE("a metric function is named with the types of its tables once it is made", "[governance][metric]") {
  Account a;
  CHECK(a.rows("DESC FUNCTION g.s.pos(TABLE(NUMBER, VARCHAR))", {"property", "value"}) ==
        "signature|(ARG_T TABLE(A NUMBER, B VARCHAR))\nreturns|NUMBER(38,0)\nlanguage|SQL\n"
        "body|SELECT COUNT(*) FROM arg_t WHERE a > 0");
  const std::vector<std::string> columns = {"name",      "schema_name", "is_builtin",   "arguments",     "description",
                                            "is_secure", "language",    "catalog_name", "is_data_metric"};
  CHECK(a.rows("SHOW DATA METRIC FUNCTIONS IN ACCOUNT", columns) ==
        "POS|S|N|POS(TABLE(NUMBER, VARCHAR)) RETURN NUMBER|c|N|SQL|G|Y");
  CHECK(a.rows("SHOW USER FUNCTIONS IN ACCOUNT", {"name"}) == "");
  REQUIRE(a.all({"ALTER FUNCTION g.s.pos(TABLE(NUMBER, VARCHAR)) SET SECURE",
                 "ALTER FUNCTION g.s.pos(TABLE(NUMBER, VARCHAR)) UNSET COMMENT",
                 "ALTER FUNCTION g.s.pos(TABLE(NUMBER, VARCHAR)) RENAME TO g.s.above"}) == "");
  CHECK(a.rows("SHOW DATA METRIC FUNCTIONS IN ACCOUNT", columns) ==
        "ABOVE|S|N|ABOVE(TABLE(NUMBER, VARCHAR)) RETURN NUMBER|user-defined function|Y|SQL|G|Y");
  CHECK(a.code("DROP FUNCTION g.s.above(TABLE(NUMBER))") == "002003");
  CHECK(a.code("ALTER FUNCTION g.s.above(TABLE(NUMBER, VARCHAR)) SET BODY = 'x'") == "001003");
  CHECK(a.code("CREATE DATA METRIC FUNCTION g.s.f(a NUMBER) RETURNS NUMBER AS '1'") == "001003");
  CHECK(a.run("DROP FUNCTION g.s.above(TABLE(NUMBER, VARCHAR))") == "ABOVE successfully dropped.");
}

TEST_CASE("metric functions measure columns, with expectations of their own", "[governance][metric]") {
  Account a;
  REQUIRE(a.all({"ALTER TABLE d.x.t SET DATA_METRIC_SCHEDULE = '60 MINUTE'",
                 "ALTER TABLE d.x.t ADD DATA METRIC FUNCTION g.s.pos ON (id, mail) EXPECTATION few (VALUE < 5), "
                 "\"more\" (VALUE > 1 AND VALUE <> 3)",
                 "ALTER TABLE d.x.t ADD DATA METRIC FUNCTION SNOWFLAKE.CORE.ROW_COUNT ON ()",
                 "ALTER VIEW d.x.v ADD DATA METRIC FUNCTION SNOWFLAKE.CORE.NULL_COUNT ON (id)"}) == "");
  CHECK(a.references("d.x.t", "TABLE") == "G|POS|T|[\n  " + a.column("1", "ID") + ",\n  " + a.column("2", "MAIL") +
                                              "\n]|60 MINUTE|TABLE\nSNOWFLAKE|ROW_COUNT|T|[]|60 MINUTE|TABLE");
  CHECK(a.references("d.x.v", "VIEW") == "SNOWFLAKE|NULL_COUNT|V|[\n  " + a.column("1", "ID") + "\n]||TABLE");
  CHECK(a.expectations("d.x.t") == "POS|FEW|VALUE < 5\nPOS|more|VALUE > 1 AND VALUE <> 3");
  const std::string modify = "ALTER TABLE d.x.t MODIFY DATA METRIC FUNCTION g.s.pos ON (id, mail) ";
  REQUIRE(a.all({modify + "MODIFY EXPECTATION few (VALUE < 6)", modify + "DROP EXPECTATION \"more\"",
                 modify + "ADD EXPECTATION other (VALUE = 0)"}) == "");
  CHECK(a.expectations("d.x.t") == "POS|FEW|VALUE < 6\nPOS|OTHER|VALUE = 0");
  CHECK(a.run(modify + "DROP EXPECTATION \"more\"").find("does not exist") != std::string::npos);
  CHECK(a.run("ALTER TABLE d.x.t ADD DATA METRIC FUNCTION SNOWFLAKE.CORE.ROW_COUNT ON ()").find("already") !=
        std::string::npos);
  CHECK(a.code("ALTER TABLE d.x.t ADD DATA METRIC FUNCTION SNOWFLAKE.CORE.NO_COUNT ON ()") == "002003");
  CHECK(a.code("ALTER TABLE d.x.t ADD DATA METRIC FUNCTION g.s.pos ON (mail, id)") == "002003");  // no such overload
  REQUIRE(a.all({"ALTER TABLE d.x.t DROP DATA METRIC FUNCTION SNOWFLAKE.CORE.ROW_COUNT ON ()",
                 "DROP FUNCTION g.s.pos(TABLE(NUMBER, VARCHAR))"}) == "");
  CHECK(a.references("d.x.t", "TABLE") == "");
}

TEST_CASE("a table's owner runs metric functions with two privileges more", "[governance][metric]") {
  Account a;
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE g TO ROLE r",
                 "GRANT USAGE ON SCHEMA g.s TO ROLE r", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE ON SCHEMA d.x TO ROLE r", "GRANT OWNERSHIP ON TABLE d.x.t TO ROLE r"}) == "");
  const std::string add = "ALTER TABLE d.x.t ADD DATA METRIC FUNCTION g.s.pos ON (id, mail)";
  CHECK(a.code_as("R", add) == "003001");
  REQUIRE(a.run("GRANT EXECUTE DATA METRIC FUNCTION ON ACCOUNT TO ROLE r").find("successfully") != std::string::npos);
  CHECK(a.code_as("R", add) == "002003");
  REQUIRE(a.run("GRANT USAGE ON FUNCTION g.s.pos(TABLE(NUMBER, VARCHAR)) TO ROLE r").find("successfully") !=
          std::string::npos);
  CHECK(a.as("R", add) == "Statement executed successfully.");
  CHECK(a.rows("SHOW GRANTS ON FUNCTION g.s.pos(TABLE(NUMBER, VARCHAR))", {"privilege", "granted_on", "name"}) ==
        "OWNERSHIP|DATA_METRIC_FUNCTION|G.S.\"POS(ARG_T TABLE(A NUMBER, B VARCHAR)):NUMBER(38,0)\"\n"
        "USAGE|DATA_METRIC_FUNCTION|G.S.\"POS(ARG_T TABLE(A NUMBER, B VARCHAR)):NUMBER(38,0)\"");
}
