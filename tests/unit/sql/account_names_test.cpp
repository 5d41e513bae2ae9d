#include "mesh/sql/account_names.hpp"

#include <catch2/catch.hpp>

namespace mesh::sql {
namespace {

// Every name that begins with OUR gets the suffix, but a database named OURS only as a database.
std::string renamed(std::string_view text) {
  return rename_account_names(text, [](KindId level, const Name& name) -> std::optional<Name> {
    const bool ours = name.stored().rfind("OUR", 0) == 0 && (name.stored() != "OURS" || level == KindId::Database);
    return ours ? std::optional<Name>(Name::exact(name.stored() + "_DEV")) : std::nullopt;
  });
}

std::string with_suffix(std::string_view text) {
  return rename_account_names(text, [](KindId level, const Name& name) -> std::optional<Name> {
    if (level != KindId::Database) return std::nullopt;
    if (name.stored() == "SALES") return Name::exact("SALES_DEV");
    if (name.stored() == "my db") return Name::exact("my db_DEV");
    return std::nullopt;
  });
}

}  // namespace

TEST_CASE("databases are renamed by tokens, never in strings or comments") {
  struct Row {
    const char *text, *renamed;
  };
  for (const auto& row : {
           Row{"SELECT sales.o.t.c FROM sales.o.t -- sales.o.t",
               "SELECT SALES_DEV.o.t.c FROM SALES_DEV.o.t -- sales.o.t"},
           Row{"SELECT 'SALES.O.T', $$SALES.O.T$$ FROM SALES.O.T",
               "SELECT 'SALES.O.T', $$SALES.O.T$$ FROM SALES_DEV.O.T"},
           Row{"SELECT * FROM \"SALES\".O.T", "SELECT * FROM \"SALES_DEV\".O.T"},
           Row{"SELECT * FROM \"my db\".O.T", "SELECT * FROM \"my db_DEV\".O.T"},
           Row{"SELECT * FROM SALES.T", "SELECT * FROM SALES.T"},
           Row{"SELECT SALES.T.C FROM D.SALES.T", "SELECT SALES.T.C FROM D.SALES.T"},
           Row{"SELECT SALES.C FROM SALES.SALES.SALES SALES", "SELECT SALES.C FROM SALES_DEV.SALES.SALES SALES"},
           Row{"SELECT SALES.S.F(x:SALES.S.T) FROM OTHER.S.T", "SELECT SALES_DEV.S.F(x:SALES.S.T) FROM OTHER.S.T"},
           Row{"SELECT * FROM SALES.INFORMATION_SCHEMA.TABLES", "SELECT * FROM SALES_DEV.INFORMATION_SCHEMA.TABLES"},
           Row{"SELECT * FROM SALES..T", "SELECT * FROM SALES_DEV..T"},
           Row{"GRANT DATABASE ROLE SALES.R TO ROLE X", "GRANT DATABASE ROLE SALES_DEV.R TO ROLE X"},
           Row{"SELECT SALES.O.T.*", "SELECT SALES_DEV.O.T.*"},
           Row{"WITH SALES AS (SELECT 1) SELECT * FROM SALES", "WITH SALES AS (SELECT 1) SELECT * FROM SALES"},
           Row{"'unclosed SALES.O.T", "'unclosed SALES.O.T"},
       }) {
    INFO(row.text);
    CHECK(with_suffix(row.text) == row.renamed);
  }
}

TEST_CASE("names that stand in strings are found where Snowflake takes a string for a name") {
  struct Row {
    const char *text, *expected;
  };
  for (const auto& row : {
           Row{"IS_ROLE_IN_SESSION('OUR_R')", "IS_ROLE_IN_SESSION('OUR_R_DEV')"},
           Row{"is_role_in_session ( 'OUR_R' )", "is_role_in_session ( 'OUR_R_DEV' )"},
           Row{"IS_GRANTED_TO_INVOKER_ROLE('OUR_R')", "IS_GRANTED_TO_INVOKER_ROLE('OUR_R_DEV')"},
           Row{"current_role() = 'OUR_R'", "current_role() = 'OUR_R_DEV'"},
           Row{"CURRENT_ROLE() <> 'OUR_R' AND 'OUR_S' = INVOKER_ROLE()",
               "CURRENT_ROLE() <> 'OUR_R_DEV' AND 'OUR_S_DEV' = INVOKER_ROLE()"},
           Row{"'OUR_R' != CURRENT_ROLE()", "'OUR_R_DEV' != CURRENT_ROLE()"},
           Row{"CURRENT_ROLE() IN ('OUR_R', 'OTHER', 'OUR_S')",
               "CURRENT_ROLE() IN ('OUR_R_DEV', 'OTHER', 'OUR_S_DEV')"},
           Row{"CURRENT_ROLE() NOT IN ('OUR_R')", "CURRENT_ROLE() NOT IN ('OUR_R_DEV')"},
           Row{"CASE CURRENT_ROLE() WHEN 'OUR_R' THEN 'OUR_R' WHEN 'OUR_S' THEN CASE v WHEN 'OUR_T' THEN 1 END ELSE v "
               "END",
               "CASE CURRENT_ROLE() WHEN 'OUR_R_DEV' THEN 'OUR_R' WHEN 'OUR_S_DEV' THEN CASE v WHEN 'OUR_T' THEN 1 END "
               "ELSE v END"},
           Row{"CURRENT_WAREHOUSE() = 'OUR_W'", "CURRENT_WAREHOUSE() = 'OUR_W_DEV'"},
           Row{"CURRENT_USER() = 'OUR_U'", "CURRENT_USER() = 'OUR_U_DEV'"},
           Row{"INVOKER_SHARE() = 'OUR_S'", "INVOKER_SHARE() = 'OUR_S_DEV'"},
           Row{"CURRENT_DATABASE() = 'OURS' AND CURRENT_ROLE() = 'OURS'",
               "CURRENT_DATABASE() = 'OURS_DEV' AND CURRENT_ROLE() = 'OURS'"},
           Row{"SYSTEM$STREAM_HAS_DATA('our_db.s.\"a stream\"')",
               "SYSTEM$STREAM_HAS_DATA('our_db_dev.s.\"a stream\"')"},
           Row{"SYSTEM$GET_TAG_ON_CURRENT_COLUMN('OURS.TAGS.PII') = 'OUR_R'",
               "SYSTEM$GET_TAG_ON_CURRENT_COLUMN('OURS_DEV.TAGS.PII') = 'OUR_R'"},
           Row{"SELECT * FROM IDENTIFIER('OUR_DB.S.T')", "SELECT * FROM IDENTIFIER('OUR_DB_DEV.S.T')"},
           // What looks alike and is no such name.
           Row{"v = 'OUR_R'", "v = 'OUR_R'"},
           Row{"IS_ROLE_IN_SESSION(v) OR v = 'OUR_R'", "IS_ROLE_IN_SESSION(v) OR v = 'OUR_R'"},
           Row{"CURRENT_ROLE() = 'our_r'", "CURRENT_ROLE() = 'our_r'"},  // stored names are compared as they are
           Row{"CURRENT_ROLE() = v -- 'OUR_R'", "CURRENT_ROLE() = v -- 'OUR_R'"},
           Row{"'CURRENT_ROLE() = ''OUR_R'''", "'CURRENT_ROLE() = ''OUR_R'''"},
           Row{"SYSTEM$STREAM_HAS_DATA('OUR_S.T')", "SYSTEM$STREAM_HAS_DATA('OUR_S.T')"},
           Row{"CURRENT_ROLE(", "CURRENT_ROLE("},
           Row{"", ""},
       }) {
    CAPTURE(row.text);
    CHECK(renamed(row.text) == row.expected);
  }
}

TEST_CASE("a renamed string keeps its quotes and backslashes") {
  const auto quoted = rename_account_names(R"(CURRENT_ROLE() = 'it\\''s')", [](KindId, const Name& name) {
    return std::optional<Name>(Name::exact(name.stored() + "'_DEV"));
  });
  CHECK(quoted == R"(CURRENT_ROLE() = 'it\\''s''_DEV')");
}

TEST_CASE("a name is found behind the word that tells its kind") {
  struct Row {
    const char *text, *expected;
  };
  for (const auto& row : {
           Row{"USE WAREHOUSE OUR_W", "USE WAREHOUSE OUR_W_DEV"},
           Row{"use role our_r", "use role OUR_R_DEV"},
           Row{"USE OURS", "USE OURS_DEV"},
           Row{"USE OURS.O", "USE OURS_DEV.O"},
           Row{"USE DATABASE OURS", "USE DATABASE OURS_DEV"},
           Row{"USE SCHEMA OURS.O", "USE SCHEMA OURS_DEV.O"},
           Row{"USE SCHEMA OUR_O", "USE SCHEMA OUR_O"},
           Row{"USE SECONDARY ROLES OUR_R, OTHER, OUR_S", "USE SECONDARY ROLES OUR_R_DEV, OTHER, OUR_S_DEV"},
           Row{"DROP SCHEMA IF EXISTS \"OURS\".O", "DROP SCHEMA IF EXISTS \"OURS_DEV\".O"},
           Row{"CREATE SCHEMA IF NOT EXISTS OURS.N CLONE OURS.O",
               "CREATE SCHEMA IF NOT EXISTS OURS_DEV.N CLONE OURS_DEV.O"},
           Row{"ALTER SCHEMA OURS.O RENAME TO OURS.P", "ALTER SCHEMA OURS_DEV.O RENAME TO OURS_DEV.P"},
           Row{"ALTER DATABASE OURS SWAP WITH OUR_OLD", "ALTER DATABASE OURS_DEV SWAP WITH OUR_OLD_DEV"},
           Row{"ALTER WAREHOUSE OUR_W SET RESOURCE_MONITOR = OUR_M",
               "ALTER WAREHOUSE OUR_W_DEV SET RESOURCE_MONITOR = OUR_M_DEV"},
           Row{"ALTER WAREHOUSE IDENTIFIER('our_w') SUSPEND", "ALTER WAREHOUSE IDENTIFIER('our_w_dev') SUSPEND"},
           Row{"ALTER USER OUR_U SET DEFAULT_ROLE = 'OUR_R' DEFAULT_NAMESPACE = OURS.O",
               "ALTER USER OUR_U_DEV SET DEFAULT_ROLE = 'OUR_R_DEV' DEFAULT_NAMESPACE = OURS_DEV.O"},
           Row{"CREATE RESOURCE MONITOR OUR_M NOTIFY_USERS = (OUR_U, OTHER)",
               "CREATE RESOURCE MONITOR OUR_M_DEV NOTIFY_USERS = (OUR_U_DEV, OTHER)"},
           Row{"GRANT USAGE ON WAREHOUSE OUR_W TO ROLE OUR_R WITH GRANT OPTION",
               "GRANT USAGE ON WAREHOUSE OUR_W_DEV TO ROLE OUR_R_DEV WITH GRANT OPTION"},
           Row{"GRANT SELECT ON FUTURE TABLES IN SCHEMA OURS.O TO OUR_R",
               "GRANT SELECT ON FUTURE TABLES IN SCHEMA OURS_DEV.O TO OUR_R_DEV"},
           Row{"GRANT SELECT ON TABLE OURS.O.T TO DATABASE ROLE OURS.R",
               "GRANT SELECT ON TABLE OURS_DEV.O.T TO DATABASE ROLE OURS_DEV.R"},
           Row{"REVOKE ROLE OUR_R FROM USER OUR_U", "REVOKE ROLE OUR_R_DEV FROM USER OUR_U_DEV"},
           Row{"GRANT SELECT ON TABLE OURS.O.T TO SHARE OUR_S",
               "GRANT SELECT ON TABLE OURS_DEV.O.T TO SHARE OUR_S_DEV"},
           Row{"GRANT USAGE ON INTEGRATION OUR_I TO ROLE OUR_R",
               "GRANT USAGE ON INTEGRATION OUR_I_DEV TO ROLE OUR_R_DEV"},
           Row{"GRANT APPLICATION ROLE OURS.R TO ROLE OUR_R", "GRANT APPLICATION ROLE OURS.R TO ROLE OUR_R_DEV"},
           Row{"SHOW TABLES IN OURS.O", "SHOW TABLES IN OURS_DEV.O"},
           Row{"COMMENT ON WAREHOUSE OUR_W IS 'OUR_W'", "COMMENT ON WAREHOUSE OUR_W_DEV IS 'OUR_W'"},
           Row{"COPY INTO 's3://x' FROM (SELECT 1 USER) STORAGE_INTEGRATION = OUR_I",
               "COPY INTO 's3://x' FROM (SELECT 1 USER) STORAGE_INTEGRATION = OUR_I_DEV"},
           Row{"BEGIN LET x := 1; IF (x = 1) THEN USE ROLE OUR_R; ELSE DROP SCHEMA OURS.O; END IF; END",
               "BEGIN LET x := 1; IF (x = 1) THEN USE ROLE OUR_R_DEV; ELSE DROP SCHEMA OURS_DEV.O; END IF; END"},
           Row{"BEGIN LET r RESULTSET := (SHOW GRANTS TO ROLE OUR_R); END",
               "BEGIN LET r RESULTSET := (SHOW GRANTS TO ROLE OUR_R_DEV); END"},
           Row{"CREATE TASK OURS.O.K WAREHOUSE = OUR_W AS ALTER WAREHOUSE OUR_V RESUME",
               "CREATE TASK OURS_DEV.O.K WAREHOUSE = OUR_W_DEV AS ALTER WAREHOUSE OUR_V_DEV RESUME"},
           // Columns and aliases that bear such a word, and names of another level.
           Row{"SELECT 1 USER, a ROLE, WAREHOUSE OUR_W FROM t", "SELECT 1 USER, a ROLE, WAREHOUSE OUR_W FROM t"},
           Row{"SELECT a AS comment, user our_u FROM t", "SELECT a AS comment, user our_u FROM t"},
           Row{"SELECT f(comment), user our_u FROM t", "SELECT f(comment), user our_u FROM t"},
           Row{"CREATE VIEW OURS.O.V AS SELECT WAREHOUSE OUR_W FROM OURS.O.T",
               "CREATE VIEW OURS_DEV.O.V AS SELECT WAREHOUSE OUR_W FROM OURS_DEV.O.T"},
           Row{"CREATE TABLE OURS.O.T (ROLE VARCHAR, OUR_R NUMBER)",
               "CREATE TABLE OURS_DEV.O.T (ROLE VARCHAR, OUR_R NUMBER)"},
           Row{"DROP TABLE OURS.T", "DROP TABLE OURS.T"},
           Row{"USE ROLE OURS", "USE ROLE OURS"},
           Row{"USE ROLE :OUR_R; USE ROLE OTHER", "USE ROLE :OUR_R; USE ROLE OTHER"},
           Row{"-- USE ROLE OUR_R", "-- USE ROLE OUR_R"},
       }) {
    CAPTURE(row.text);
    CHECK(renamed(row.text) == row.expected);
  }
}

TEST_CASE("a body within a body is looked into, but not what is put together") {
  struct Row {
    const char *text, *expected;
  };
  for (const auto& row : {
           Row{"EXECUTE IMMEDIATE $$BEGIN DROP SCHEMA OURS.O; END$$",
               "EXECUTE IMMEDIATE $$BEGIN DROP SCHEMA OURS_DEV.O; END$$"},
           Row{"EXECUTE IMMEDIATE 'DELETE FROM OURS.O.T WHERE A = ''OURS.O.T'''",
               "EXECUTE IMMEDIATE 'DELETE FROM OURS_DEV.O.T WHERE A = ''OURS.O.T'''"},
           Row{"BEGIN EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''USE ROLE OUR_R'''; END",
               "BEGIN EXECUTE IMMEDIATE 'EXECUTE IMMEDIATE ''USE ROLE OUR_R_DEV'''; END"},
           Row{"EXECUTE IMMEDIATE 'SELECT * FROM T WHERE CURRENT_ROLE() = ''OUR_R'''",
               "EXECUTE IMMEDIATE 'SELECT * FROM T WHERE CURRENT_ROLE() = ''OUR_R_DEV'''"},
           Row{"CREATE PROCEDURE OURS.O.P() RETURNS VARCHAR LANGUAGE SQL AS $$BEGIN USE ROLE OUR_R; END$$",
               "CREATE PROCEDURE OURS_DEV.O.P() RETURNS VARCHAR LANGUAGE SQL AS $$BEGIN USE ROLE OUR_R_DEV; END$$"},
           Row{"CREATE FUNCTION OURS.O.F() RETURNS NUMBER AS 'SELECT 1 FROM OURS.O.T'",
               "CREATE FUNCTION OURS_DEV.O.F() RETURNS NUMBER AS 'SELECT 1 FROM OURS_DEV.O.T'"},
           Row{"CREATE FUNCTION OURS.O.F() RETURNS NUMBER LANGUAGE PYTHON HANDLER = 'f' AS 'USE ROLE OUR_R'",
               "CREATE FUNCTION OURS_DEV.O.F() RETURNS NUMBER LANGUAGE PYTHON HANDLER = 'f' AS 'USE ROLE OUR_R'"},
           Row{"EXECUTE IMMEDIATE 'DROP SCHEMA OURS.' || x", "EXECUTE IMMEDIATE 'DROP SCHEMA OURS.' || x"},
           Row{"EXECUTE IMMEDIATE 'USE ROLE OUR_R' || x", "EXECUTE IMMEDIATE 'USE ROLE OUR_R' || x"},
           Row{"BEGIN LET s := 'USE ROLE OUR_R'; EXECUTE IMMEDIATE s; END",
               "BEGIN LET s := 'USE ROLE OUR_R'; EXECUTE IMMEDIATE s; END"},
           Row{"EXECUTE IMMEDIATE 'it''s \\n mine'", "EXECUTE IMMEDIATE 'it''s \\n mine'"},
       }) {
    CAPTURE(row.text);
    CHECK(renamed(row.text) == row.expected);
  }
}

TEST_CASE("a system function's name is found by the word beside it, or by being whole") {
  struct Row {
    const char *text, *expected;
  };
  for (const auto& row : {
           Row{"GET_DDL('TABLE', 'OURS.O.T')", "GET_DDL('TABLE', 'OURS_DEV.O.T')"},
           Row{"GET_DDL('schema', 'ours.o', TRUE)", "GET_DDL('schema', 'ours_dev.o', TRUE)"},
           Row{"GET_DDL('DATABASE', 'OURS')", "GET_DDL('DATABASE', 'OURS_DEV')"},
           Row{"GET_DDL('WAREHOUSE', 'OUR_W')", "GET_DDL('WAREHOUSE', 'OUR_W_DEV')"},
           Row{"GET_DDL('FUNCTION', 'OURS.O.F(NUMBER, VARCHAR)')",
               "GET_DDL('FUNCTION', 'OURS_DEV.O.F(NUMBER, VARCHAR)')"},
           Row{"GET_DDL('TABLE', 'OURS.T')", "GET_DDL('TABLE', 'OURS.T')"},
           Row{"GET_DDL('SCHEMA', 'OURS.' || x)", "GET_DDL('SCHEMA', 'OURS.' || x)"},
           Row{"POLICY_REFERENCES(REF_ENTITY_NAME => 'OURS.O.T', REF_ENTITY_DOMAIN => 'TABLE')",
               "POLICY_REFERENCES(REF_ENTITY_NAME => 'OURS_DEV.O.T', REF_ENTITY_DOMAIN => 'TABLE')"},
           Row{"POLICY_REFERENCES(ref_entity_domain => 'user', ref_entity_name => 'our_u')",
               "POLICY_REFERENCES(ref_entity_domain => 'user', ref_entity_name => 'our_u_dev')"},
           Row{"POLICY_REFERENCES(POLICY_NAME => 'OUR_P', POLICY_KIND => 'NETWORK_POLICY')",
               "POLICY_REFERENCES(POLICY_NAME => 'OUR_P_DEV', POLICY_KIND => 'NETWORK_POLICY')"},
           Row{"POLICY_REFERENCES(POLICY_NAME => 'OURS.O.P')", "POLICY_REFERENCES(POLICY_NAME => 'OURS_DEV.O.P')"},
           Row{"SYSTEM$GET_TAG('OURS.T.PII', 'OURS.O', 'SCHEMA')",
               "SYSTEM$GET_TAG('OURS_DEV.T.PII', 'OURS_DEV.O', 'SCHEMA')"},
           Row{"SYSTEM$PIPE_STATUS('OURS.O.P')", "SYSTEM$PIPE_STATUS('OURS_DEV.O.P')"},
           Row{"SYSTEM$CLUSTERING_INFORMATION('OURS.O.T', '(A)')",
               "SYSTEM$CLUSTERING_INFORMATION('OURS_DEV.O.T', '(A)')"},
           Row{"SYSTEM$SET_RETURN_VALUE('OURS.O.T')", "SYSTEM$SET_RETURN_VALUE('OURS.O.T')"},
           Row{"SYSTEM$LOG('info', 'OURS.O.T')", "SYSTEM$LOG('info', 'OURS.O.T')"},
           Row{"F('OURS.O.T')", "F('OURS.O.T')"},
       }) {
    CAPTURE(row.text);
    CHECK(renamed(row.text) == row.expected);
  }
}

}  // namespace mesh::sql
