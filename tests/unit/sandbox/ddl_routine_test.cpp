#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

void prepare(TestAccount& a) {
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE ROLE r", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE ON SCHEMA d.s TO ROLE r", "GRANT ROLE r TO USER mesh"})
              .empty());
}

std::string functions(TestAccount& a, const std::vector<std::string>& columns) {
  return a.rows("SHOW USER FUNCTIONS IN DATABASE d", columns);
}

}  // namespace

TEST_CASE("functions of one name differ in the types of their arguments", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  CHECK(a.run("CREATE FUNCTION d.s.f(a NUMBER(10,2), b STRING) RETURNS NUMBER(12,2) AS 'a'") ==
        "Function F successfully created.");
  CHECK(a.run("CREATE FUNCTION d.s.f(a VARCHAR) RETURNS TABLE (x INT, \"y z\" VARCHAR(10)) AS $$ SELECT 1, 'a' $$") ==
        "Function F successfully created.");
  CHECK(a.run("CREATE FUNCTION d.s.f(other NUMBER(3,0), c TEXT) RETURNS FLOAT AS 'a'").substr(0, 6) == "002002");
  CHECK(a.run("CREATE FUNCTION d.s.f(v VECTOR(FLOAT, 20)) RETURNS FLOAT AS '1'") == "Function F successfully created.");
  CHECK(functions(a, {"name", "arguments", "min_num_arguments", "max_num_arguments", "is_table_function", "language",
                      "description", "catalog_name", "schema_name"}) ==
        "F|F(NUMBER, VARCHAR) RETURN NUMBER|2|2|N|SQL|user-defined function|D|S\n"
        "F|F(VARCHAR) RETURN TABLE (X NUMBER, \"y z\" VARCHAR)|1|1|Y|SQL|user-defined function|D|S\n"
        "F|F(VECTOR(FLOAT, 20)) RETURN FLOAT|1|1|N|SQL|user-defined function|D|S");
  CHECK(a.header("SHOW FUNCTIONS") ==
        "created_on name schema_name is_builtin is_aggregate is_ansi min_num_arguments max_num_arguments arguments "
        "description catalog_name is_table_function valid_for_clustering is_secure secrets "
        "external_access_integrations is_external_function language is_memoizable is_data_metric is_ai_function");
  // SHOW FUNCTIONS has built-in ones besides.
  CHECK(a.rows("SHOW FUNCTIONS LIKE 'square' IN SCHEMA d.s", {"name", "is_builtin", "arguments"}) ==
        "SQUARE|Y|SQUARE(NUMBER(38,0)) RETURN NUMBER(38,0), SQUARE(FLOAT) RETURN FLOAT");
  CHECK(a.rows("SHOW USER FUNCTIONS LIKE 'f' IN SCHEMA d.s", {"name"}) == "F\nF\nF");
}

TEST_CASE("a function is described by its signature", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({"CREATE FUNCTION d.s.f(a NUMBER(10,2), b STRING) RETURNS STRING NOT NULL COMMENT = 'adds' "
                 "AS $$\n  a || b\n$$",
                 "CREATE SECURE FUNCTION d.s.js(x FLOAT) RETURNS FLOAT LANGUAGE JAVASCRIPT STRICT IMMUTABLE "
                 "AS 'return X + ''1'';'",
                 "CREATE FUNCTION d.s.py() RETURNS VARIANT LANGUAGE PYTHON RUNTIME_VERSION = '3.10' "
                 "PACKAGES = ('numpy','xgboost==1.5.0') HANDLER = 'udf' AS 'def udf(): return 1'",
                 "GRANT USAGE ON FUNCTION d.s.js(DOUBLE) TO ROLE r"})
              .empty());
  // Unsized text is 134217728 long in functions (docs: bcr-2118).
  CHECK(a.run("DESC FUNCTION d.s.f(DECIMAL, VARCHAR(5))") ==
        "signature|(A NUMBER, B VARCHAR)\nreturns|VARCHAR(134217728) NOT NULL\nlanguage|SQL\nbody|\n  a || b\n");
  CHECK(a.run("DESCRIBE FUNCTION d.s.js(REAL)") ==
        "signature|(X FLOAT)\nreturns|FLOAT\nlanguage|JAVASCRIPT\nnull handling|RETURNS NULL ON NULL INPUT\n"
        "volatility|IMMUTABLE\nbody|return X + '1';");
  CHECK(a.as("R", "DESCRIBE FUNCTION d.s.js(FLOAT)").find("\nbody|-") != std::string::npos);
  CHECK(a.run("DESC FUNCTION d.s.py()") ==
        "signature|()\nreturns|VARIANT\nlanguage|PYTHON\nnull handling|CALLED ON NULL INPUT\nvolatility|VOLATILE\n"
        "body|def udf(): return 1\nexternal_access_integrations|-\nsecrets|-\nimports|[]\nhandler|udf\n"
        "runtime_version|3.10\npackages|['numpy','xgboost==1.5.0']\n"
        "installed_packages|['numpy','xgboost==1.5.0']\nis_aggregate|false");
  CHECK(functions(a, {"name", "description", "is_secure"}) ==
        "F|adds|N\nJS|user-defined function|Y\nPY|user-defined function|N");
  CHECK(a.run("DESC FUNCTION d.s.f") == "090208 42601 Argument types of function 'F' must be specified.");
  CHECK(a.run("DESC FUNCTION d.s.f(NUMBER)") ==
        "002003 02000 SQL compilation error:\nFunction 'D.S.F' does not exist or not authorized.");
}

TEST_CASE("optional arguments are marked, and forbid overloads", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.run("CREATE FUNCTION d.s.f(a VARCHAR, b NUMBER DEFAULT 1 + 1, c DATE DEFAULT CURRENT_DATE()) "
                "RETURNS NUMBER AS '1'") == "Function F successfully created.");
  CHECK(functions(a, {"arguments", "min_num_arguments", "max_num_arguments"}) ==
        "F(VARCHAR, DEFAULT NUMBER, DEFAULT DATE) RETURN NUMBER|1|3");
  CHECK(a.run("DESC FUNCTION d.s.f(VARCHAR, NUMBER, DATE)").substr(0, 43) ==
        "signature|(A VARCHAR, B NUMBER, C DATE)\nret");
  CHECK(a.run("CREATE FUNCTION d.s.f(a VARCHAR) RETURNS NUMBER AS '1'").substr(0, 6) == "000949");
  CHECK(a.run("CREATE FUNCTION d.s.g(a NUMBER DEFAULT 1, b NUMBER) RETURNS NUMBER AS '1'").find("Optional") !=
        std::string::npos);
  // The same signature is replaced, not overloaded.
  CHECK(a.run("CREATE OR REPLACE FUNCTION d.s.f(a VARCHAR, b NUMBER, c DATE) RETURNS FLOAT AS '2'") ==
        "Function F successfully created.");
  CHECK(functions(a, {"arguments"}) == "F(VARCHAR, NUMBER, DATE) RETURN FLOAT");
}

TEST_CASE("a function is altered, renamed and dropped by its signature", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({"CREATE FUNCTION d.s.f(a NUMBER) RETURNS NUMBER AS '1'",
                 "CREATE FUNCTION d.s.f(a DATE) RETURNS NUMBER AS '1'", "ALTER FUNCTION d.s.f(INT) SET SECURE",
                 "ALTER FUNCTION d.s.f(INT) SET COMMENT = 'c'",
                 "ALTER FUNCTION IF EXISTS d.s.f(INT) SET LOG_LEVEL = 'INFO'",
                 "ALTER FUNCTION IF EXISTS d.s.none(INT) UNSET SECURE", "COMMENT ON FUNCTION d.s.f(DATE) IS 'dated'"})
              .empty());
  CHECK(functions(a, {"arguments", "is_secure", "description"}) ==
        "F(DATE) RETURN NUMBER|N|dated\nF(NUMBER) RETURN NUMBER|Y|c");
  CHECK(a.rows("SHOW PARAMETERS IN FUNCTION d.s.f(NUMBER)", {"key", "value", "level"}) ==
        "LOG_LEVEL|INFO|FUNCTION\nMETRIC_LEVEL|NONE|\nTRACE_LEVEL|OFF|");
  REQUIRE(a.all({"ALTER FUNCTION d.s.f(NUMBER) UNSET SECURE", "ALTER FUNCTION d.s.f(NUMBER) UNSET COMMENT, LOG_LEVEL",
                 "ALTER FUNCTION d.s.f(a NUMBER DEFAULT 3) RENAME TO d.public.g"})
              .empty());
  CHECK(functions(a, {"schema_name", "name", "arguments", "is_secure", "description"}) ==
        "PUBLIC|G|G(NUMBER) RETURN NUMBER|N|user-defined function\nS|F|F(DATE) RETURN NUMBER|N|dated");
  CHECK(a.run("ALTER FUNCTION d.s.f(a DATE) SET SECURE").substr(0, 6) == "001003");
  CHECK(a.run("ALTER FUNCTION d.s.f(DATE) SET HANDLER = 'x'").substr(0, 6) == "001420");
  CHECK(a.run("ALTER FUNCTION d.public.g(NUMBER) RENAME TO d.public.g").substr(0, 6) == "002002");
  CHECK(a.run("DROP FUNCTION d.s.f").substr(0, 6) == "090208");
  CHECK(a.run("DROP FUNCTION d.s.f(DATE)") == "F successfully dropped.");
  CHECK(a.run("DROP FUNCTION IF EXISTS d.s.f(DATE)") == "Drop statement executed successfully (F already dropped).");
  CHECK(functions(a, {"name"}) == "G");
}

TEST_CASE("grants name a function by its types and show its whole signature", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({"GRANT USAGE ON FUTURE FUNCTIONS IN SCHEMA d.s TO ROLE r",
                 "CREATE FUNCTION d.s.f(a FLOAT, b VECTOR(INT, 20)) RETURNS NUMBER AS '1'",
                 "CREATE FUNCTION d.public.\"t(\"() RETURNS TABLE (x INT) AS 'SELECT 1'"})
              .empty());
  CHECK(a.rows("SHOW GRANTS ON FUNCTION d.s.f(DOUBLE, VECTOR(INT, 20))",
               {"privilege", "granted_on", "name", "grantee_name"}) ==
        "OWNERSHIP|FUNCTION|D.S.\"F(A FLOAT, B VECTOR(INT, 20)):NUMBER(38,0)\"|ACCOUNTADMIN\n"
        "USAGE|FUNCTION|D.S.\"F(A FLOAT, B VECTOR(INT, 20)):NUMBER(38,0)\"|R");
  CHECK(a.rows("SHOW GRANTS ON FUNCTION d.public.\"t(\"()", {"name"}) == "D.PUBLIC.\"t(():TABLE: (X NUMBER)\"");
  CHECK(a.run("REVOKE USAGE ON FUNCTION d.s.f(FLOAT, VECTOR(INT, 20)) FROM ROLE r") ==
        "Statement executed successfully.");
  CHECK(a.rows("SHOW GRANTS TO ROLE r", {"name"}).find("FUNCTION") == std::string::npos);
  CHECK(a.run("GRANT USAGE ON FUNCTION d.s.f TO ROLE r").substr(0, 6) == "090208");
  CHECK(a.run("GRANT SELECT ON FUNCTION d.public.\"t(\"() TO ROLE r").substr(0, 6) == "003008");
}

TEST_CASE("a replaced function keeps grants only when told", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  const std::string of_r =
      "SHOW GRANTS TO ROLE r ->> SELECT \"privilege\" FROM $1 WHERE \"granted_on\" IN ('FUNCTION', "
      "'PROCEDURE')";
  REQUIRE(
      a.all({"CREATE FUNCTION d.s.f(a FLOAT) RETURNS NUMBER AS '1'", "GRANT USAGE ON FUNCTION d.s.f(FLOAT) TO ROLE r",
             "CREATE OR REPLACE FUNCTION d.s.f(a FLOAT) COPY GRANTS RETURNS NUMBER AS '2'"})
          .empty());
  CHECK(a.run(of_r) == "USAGE");
  REQUIRE(a.all({"CREATE OR ALTER FUNCTION d.s.f(a FLOAT) RETURNS VARCHAR AS '3'"}).empty());
  CHECK(a.run(of_r) == "USAGE");
  CHECK(a.run("DESC FUNCTION d.s.f(FLOAT)").find("VARCHAR(134217728)") != std::string::npos);
  CHECK(a.run("CREATE OR ALTER FUNCTION d.s.f(a FLOAT) RETURNS FLOAT IMMUTABLE AS '3'").substr(0, 6) == "000002");
  REQUIRE(a.all({"CREATE OR REPLACE FUNCTION d.s.f(a FLOAT) RETURNS NUMBER AS '2'"}).empty());
  CHECK(a.run(of_r).empty());
}

TEST_CASE("procedures run as owner or caller", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  CHECK(a.run("CREATE PROCEDURE d.s.p(a FLOAT, b VARCHAR DEFAULT 'x') RETURNS VARCHAR NOT NULL LANGUAGE SQL "
              "COMMENT = 'c' EXECUTE AS CALLER AS $$BEGIN RETURN 1; END$$") == "Procedure P successfully created.");
  CHECK(a.run("CREATE PROCEDURE d.s.j() RETURNS FLOAT LANGUAGE JAVASCRIPT AS '\n  return 3.1415926;\n'") ==
        "Procedure J successfully created.");
  CHECK(a.run("CREATE PROCEDURE d.s.o(x OUT NUMBER) RETURNS TABLE () AS BEGIN RETURN 1; END") ==
        "Procedure O successfully created.");
  CHECK(a.rows("SHOW PROCEDURES IN SCHEMA d.s", {"name", "arguments", "min_num_arguments", "description", "secrets"}) ==
        "J|J() RETURN FLOAT|0|user-defined procedure|-\n"
        "O|O(OUT NUMBER) RETURN TABLE ()|1|user-defined procedure|-\n"
        "P|P(FLOAT, DEFAULT VARCHAR) RETURN VARCHAR|1|c|-");
  CHECK(a.header("SHOW USER PROCEDURES") ==
        "created_on name schema_name is_builtin is_aggregate is_ansi min_num_arguments max_num_arguments arguments "
        "description catalog_name is_table_function valid_for_clustering is_secure secrets "
        "external_access_integrations");
  CHECK(a.run("DESC PROCEDURE d.s.p(FLOAT, VARCHAR)") ==
        "signature|(A FLOAT, B VARCHAR)\nreturns|VARCHAR(134217728) NOT NULL\nlanguage|SQL\nexecute as|CALLER\n"
        "body|BEGIN RETURN 1; END");
  // The rows and their order are the page's (desc-procedure).
  CHECK(a.run("DESC PROCEDURE d.s.j()") ==
        "signature|()\nreturns|FLOAT\nlanguage|JAVASCRIPT\nnull handling|CALLED ON NULL INPUT\nvolatility|VOLATILE\n"
        "execute as|OWNER\nbody|\n  return 3.1415926;\n");
  REQUIRE(a.all({"ALTER PROCEDURE d.s.j() EXECUTE AS CALLER", "ALTER PROCEDURE d.s.j() SET COMMENT = 'k'",
                 "ALTER PROCEDURE d.s.j() SET AUTO_EVENT_LOGGING = 'ALL'", "ALTER PROCEDURE d.s.j() RENAME TO k"})
              .empty());
  CHECK(a.run("DESC PROCEDURE d.s.k()").find("execute as|CALLER") != std::string::npos);
  CHECK(a.run("ALTER PROCEDURE d.s.k() SET SECURE").substr(0, 6) == "001003");
  CHECK(a.run("ALTER PROCEDURE d.s.k() UNSET LOG_LEVEL").substr(0, 6) == "001420");
  REQUIRE(a.all({"ALTER PROCEDURE d.s.k() UNSET COMMENT", "DROP PROCEDURE d.s.k()"}).empty());
}

TEST_CASE("copied grants of a procedure do not keep future grants away", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({"CREATE PROCEDURE d.s.p() RETURNS FLOAT LANGUAGE SQL AS 'x'",
                 "GRANT USAGE ON FUTURE PROCEDURES IN SCHEMA d.s TO ROLE r",
                 "CREATE OR REPLACE PROCEDURE d.s.p() COPY GRANTS RETURNS FLOAT LANGUAGE SQL AS 'x'"})
              .empty());
  CHECK(a.rows("SHOW GRANTS ON PROCEDURE d.s.p()", {"privilege", "grantee_name"}) == "OWNERSHIP|ACCOUNTADMIN\nUSAGE|R");
}

TEST_CASE("what a function does not take", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  const auto code = [&](const std::string& sql) { return a.run(sql).substr(0, 6); };
  CHECK(code("CREATE FUNCTION d.s.f() AS '1'") == "002029");
  CHECK(code("CREATE FUNCTION d.s.f() RETURNS FLOAT") == "002029");
  CHECK(code("CREATE FUNCTION d.s.f() RETURNS FLOAT LANGUAGE RUBY AS '1'") == "001422");
  CHECK(code("CREATE FUNCTION d.s.f() RETURNS FLOAT HANDLER = 'x' AS '1'") == "001420");
  CHECK(code("CREATE FUNCTION d.s.f() RETURNS FLOAT LOG_LEVEL = 'INFO' AS '1'") == "001420");
  CHECK(a.run("CREATE FUNCTION d.s.f() RETURNS FLOAT LANGUAGE PYTHON AS '1'") ==
        "002029 42601 SQL compilation error:\nMissing option(s): HANDLER, RUNTIME_VERSION");
  CHECK(code("CREATE FUNCTION d.s.f() RETURNS FLOAT AS SELECT 1") == "001003");
  CHECK(code("CREATE TEMPORARY FUNCTION d.s.f() RETURNS FLOAT AS '1'") == "000002");
  CHECK(code("CREATE PROCEDURE d.s.f() RETURNS FLOAT MEMOIZABLE AS '1'") == "001003");
  CHECK(a.run("CREATE FUNCTION d.s.f() RETURNS FLOAT LANGUAGE PYTHON RUNTIME_VERSION = '3.10' HANDLER = 'x.y' "
              "IMPORTS = ('@d.s.files/x.py')") ==
        "002003 02000 SQL compilation error:\nStage 'D.S.FILES' does not exist or not authorized.");
  CHECK(a.as("R", "CREATE FUNCTION d.s.f() RETURNS FLOAT AS '1'").substr(0, 6) == "003001");
  REQUIRE(a.all({"CREATE STAGE d.s.files",
                 "CREATE FUNCTION d.s.f() RETURNS FLOAT LANGUAGE PYTHON RUNTIME_VERSION = "
                 "'3.10' HANDLER = 'x.y' IMPORTS = ('@d.s.files/x.py')"})
              .empty());
  CHECK(a.run("DESC FUNCTION d.s.f()").find("imports|[@D.S.FILES/x.py]") != std::string::npos);
  CHECK(a.run("DESC FUNCTION d.s.f()").find("body|-") != std::string::npos);
  const auto tags = [&](const char* name, const char* domain) {
    return code("SELECT * FROM TABLE(d.INFORMATION_SCHEMA.TAG_REFERENCES('" + std::string(name) + "', '" + domain +
                "'))");
  };
  CHECK(tags("d.s.f()", "FUNCTION") != "001003");
  CHECK(tags("d.s.f(INT)", "FUNCTION") == "002003");
  CHECK(tags("d.s.f", "FUNCTION") == "001003");
}

// docs: functions/get_ddl; function entry, quirks: quoted names, EXECUTE AS OWNER told though it is the default.
TEST_CASE("GET_DDL tells the defaults of arguments", "[ddl][routine]") {
  TestAccount a;
  prepare(a);
  REQUIRE(
      a.all({"CREATE FUNCTION d.s.f(a int, \"b c\" varchar(10) DEFAULT 'it''s') RETURNS NUMBER COMMENT = 'c' AS 'a'",
             "CREATE PROCEDURE d.s.p() RETURNS VARCHAR AS $$ begin return 'x'; end $$"})
          .empty());
  CHECK(a.run("SELECT GET_DDL('function', 'd.s.f(number, string)')") ==
        "CREATE OR REPLACE FUNCTION \"F\"(\"A\" NUMBER, \"b c\" VARCHAR DEFAULT 'it''s')\nRETURNS NUMBER(38,0)\n"
        "LANGUAGE SQL\nCOMMENT='c'\nAS 'a';");
  CHECK(a.run("SELECT GET_DDL('PROCEDURE', 'd.s.p()')").find("\nEXECUTE AS OWNER\nAS ' begin return ''x''; end ';") !=
        std::string::npos);
  CHECK(a.run("SELECT GET_DDL('FUNCTION', 'd.s.f(boolean)')").substr(0, 6) == "002003");
  CHECK(a.run("SELECT GET_DDL('STAGE', 'd.s.t')").substr(0, 6) == "000002");
}
