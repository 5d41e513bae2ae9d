// Classification profiles and custom classifiers: pages classes/classification_profile and its commands and methods,
// classes/custom_classifier, functions/system_show_sensitive_data_monitored_entities, user-guide/classify-auto.

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

constexpr const char* kDone = "Statement executed successfully.";

struct Account : TestAccount {
  Account() {
    REQUIRE(all({"CREATE DATABASE g", "CREATE SCHEMA g.s", "CREATE DATABASE d", "CREATE SCHEMA d.x",
                 "CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.p(\n {\n "
                 "'minimum_object_age_for_classification_days': 0, 'auto_tag': true })",
                 "CREATE ROLE r", "GRANT ALL ON DATABASE g TO ROLE r", "GRANT ALL ON SCHEMA g.s TO ROLE r",
                 "GRANT ALL ON DATABASE d TO ROLE r", "GRANT USAGE ON WAREHOUSE compute_wh TO ROLE r"}) == "");
  }
  std::string code(const std::string& sql) { return run(sql).substr(0, 6); }
  std::string code_as(const std::string& role, const std::string& sql) { return as(role, sql).substr(0, 6); }
  std::string described() { return run("SELECT g.s.p!DESCRIBE()"); }
  std::string call(const std::string& method) { return run("CALL g.s.p!" + method); }
  std::string monitored(const std::string& type = "") {
    return run("SELECT SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES(" + type + ")");
  }
};

}  // namespace

TEST_CASE("a profile is made of an object, and told as it was specified", "[governance][classification]") {
  Account a;
  CHECK(a.described() == R"({"auto_tag":true,"minimum_object_age_for_classification_days":0})");
  CHECK(a.header("SELECT g.s.p!DESCRIBE()") == "G.S.P!DESCRIBE()");
  CHECK(a.rows("SHOW SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE IN SCHEMA g.s",
               {"name", "database_name", "schema_name", "comment", "owner"}) == "P|G|S|-|ACCOUNTADMIN");
  const auto refused = [&](const char* config) {
    const std::string sql = std::string("CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.q(") + config + ")";
    return a.run(sql).find("successfully") == std::string::npos;
  };
  CHECK(refused("{'auto_tag': true}"));
  CHECK(refused("{'minimum_object_age_for_classification_days': -1}"));
  CHECK(refused("{'minimum_object_age_for_classification_days': 0, 'maximum_classification_validity_days': 0}"));
  CHECK(refused("{'minimum_object_age_for_classification_days': 0, 'autotag': true}"));
  CHECK(refused("{'minimum_object_age_for_classification_days': 0, 'auto_tag': 'yes'}"));
  CHECK(refused(
      "{'minimum_object_age_for_classification_days': 0, 'tag_map': {'column_tag_map': [{'tag_value': 'x'}]}}"));
  CHECK(
      refused("{'minimum_object_age_for_classification_days': 0, 'tag_map': {'column_tag_map': [{'tag_name': 'a.b.c', "
              "'tag_value': 'x'}]}}"));
  CHECK(refused(""));
  CHECK_FALSE(refused("{'minimum_object_age_for_classification_days': 0}"));
  CHECK(refused("{'minimum_object_age_for_classification_days': 0}"));
  CHECK(a.code("ALTER SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.p SET COMMENT = 'x'") == "000002");
  CHECK(a.run("DROP SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE IF EXISTS g.s.q") == "Q successfully dropped.");
  CHECK(a.code("UNDROP SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.q") != "Q succ");
}

TEST_CASE("a profile is altered by its methods", "[governance][classification]") {
  Account a;
  REQUIRE(a.run("CREATE SNOWFLAKE.DATA_PRIVACY.CUSTOM_CLASSIFIER g.s.codes()").find("successfully") !=
          std::string::npos);
  for (const char* method :
       {"SET_AUTO_TAG(FALSE)", "set_classify_views(true)", "SET_AI_MODE(TRUE)",
        "SET_ENABLE_TAG_BASED_SENSITIVE_DATA_EXCLUSION(TRUE)", "SET_MINIMUM_OBJECT_AGE_FOR_CLASSIFICATION_DAYS(2)",
        "SET_MAXIMUM_CLASSIFICATION_VALIDITY_DAYS(5)", "SET_SNOWFLAKE_SEMANTIC_CATEGORIES([{'category': 'NAME'}])",
        "SET_TAG_MAP({'column_tag_map': [{'tag_name': 'a.b.c'}]})",
        "SET_CUSTOM_CLASSIFIERS({'codes': g.s.codes!list()})"}) {
    INFO(method);
    CHECK(a.call(method) == "Successfully executed.");
  }
  CHECK(a.described() ==
        R"({"ai_mode":true,"auto_tag":false,"classify_views":true,"column_tag_map":[{"tag_name":"a.b.c"}],)"
        R"("custom_classifiers":{"codes":{}},"enable_tag_based_sensitive_data_exclusion":true,)"
        R"("maximum_classification_validity_days":5,"minimum_object_age_for_classification_days":2,)"
        R"("snowflake_semantic_categories":[{"category":"NAME"}]})");
  for (const char* method : {"UNSET_MAXIMUM_CLASSIFICATION_VALIDITY_DAYS()", "UNSET_SNOWFLAKE_SEMANTIC_CATEGORIES()",
                             "UNSET_TAG_MAP()", "UNSET_CUSTOM_CLASSIFIERS()"})
    CHECK(a.call(method) == "Successfully executed.");
  CHECK(a.described() == R"({"ai_mode":true,"auto_tag":false,"classify_views":true,)"
                         R"("enable_tag_based_sensitive_data_exclusion":true,)"
                         R"("minimum_object_age_for_classification_days":2})");
  CHECK(a.call("UNSET_AUTO_TAG()").substr(0, 6) == "000002");
  CHECK(a.call("RENAME('x')").substr(0, 6) == "000002");
  CHECK(a.call("SET_AUTO_TAG()").substr(0, 6) == "001003");
  CHECK(a.code("CALL g.s.nobody!SET_AUTO_TAG(TRUE)") == "002003");
  CHECK(a.code("CALL f()") == "000002");
  CHECK(a.code("CALL g.s.codes!ADD_REGEX('A', 'B', 'C')") == "000002");
  CHECK(a.run("SELECT g.s.codes!LIST()") == "{}");
  a.session.warehouse = "";
  CHECK(a.described().substr(0, 6) == "000606");
}

TEST_CASE("a profile is set on databases and schemas, and replacing it takes it off", "[governance][classification]") {
  Account a;
  REQUIRE(a.all({"ALTER DATABASE d SET CLASSIFICATION_PROFILE = 'g.s.p'",
                 "ALTER SCHEMA d.x SET CLASSIFICATION_PROFILE = 'G.S.P'"}) == "");
  CHECK(a.monitored() == R"([{"name":"D","profile_name":"G.S.P","type":"DATABASE"},)"
                         R"({"name":"D.X","profile_name":"G.S.P","type":"SCHEMA"}])");
  CHECK(a.monitored("'SCHEMA'") == R"([{"name":"D.X","profile_name":"G.S.P","type":"SCHEMA"}])");
  CHECK(a.rows("SHOW PARAMETERS LIKE 'CLASSIFICATION_PROFILE' IN SCHEMA d.x", {"value", "level"}) == "G.S.P|SCHEMA");
  REQUIRE(a.run("ALTER SCHEMA d.x UNSET CLASSIFICATION_PROFILE") == kDone);
  CHECK(a.rows("SHOW PARAMETERS LIKE 'CLASSIFICATION_PROFILE' IN SCHEMA d.x", {"value", "level"}) == "G.S.P|DATABASE");
  CHECK(a.code("ALTER DATABASE d SET CLASSIFICATION_PROFILE = 'g.s.nobody'") == "002003");
  CHECK(a.run("ALTER DATABASE d SET CLASSIFICATION_PROFILE = 'p'").find("successfully") == std::string::npos);
  // What a drop does while it is set is on no page.
  CHECK(a.run("DROP SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.p").find("is set on D") != std::string::npos);
  REQUIRE(a.all({"CREATE OR REPLACE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE "
                 "g.s.p({'minimum_object_age_for_classification_days': 3})"}) == "");
  CHECK(a.monitored() == "[]");
  CHECK(a.run("DROP SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.p") == "P successfully dropped.");
}

TEST_CASE("profiles ask for the database role, the instance role and the privileges of their page",
          "[governance][classification]") {
  Account a;
  const std::string create =
      "CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.mine({'minimum_object_age_for_classification_days': "
      "0})";
  // ALL on a schema does not bring it.
  CHECK(a.code_as("R", create) == "003001");
  REQUIRE(a.run("GRANT CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE ON SCHEMA g.s TO ROLE r") == kDone);
  CHECK(a.code_as("R", create) == "003001");
  REQUIRE(a.run("GRANT DATABASE ROLE SNOWFLAKE.CLASSIFICATION_ADMIN TO ROLE r") == kDone);
  CHECK(a.as("R", create).find("successfully created") != std::string::npos);
  CHECK(a.as("R", "SELECT g.s.mine!DESCRIBE()") == R"({"minimum_object_age_for_classification_days":0})");

  const std::string listed = "SHOW SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE IN SCHEMA g.s";
  CHECK(a.rows_as("R", listed, {"name"}) == "MINE");
  CHECK(a.code_as("R", "SELECT g.s.p!DESCRIBE()") == "002003");
  const std::string grant = "GRANT SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE ROLE g.s.p!PRIVACY_USER TO ROLE r";
  REQUIRE(a.all({grant, grant}) == "");
  CHECK(a.rows_as("R", listed, {"name"}) == "MINE\nP");
  CHECK(a.as("R", "CALL g.s.p!SET_AI_MODE(TRUE)") == "Successfully executed.");
  CHECK(a.code_as("R", "DROP SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE g.s.p") == "003001");

  // GRANT ALL ON DATABASE has brought EXECUTE AUTO CLASSIFICATION.
  const std::string set = "ALTER DATABASE d SET CLASSIFICATION_PROFILE = 'g.s.p'";
  CHECK(a.code_as("R", set) == "003001");
  REQUIRE(a.run("GRANT APPLY TAG ON ACCOUNT TO ROLE r") == kDone);
  CHECK(a.as("R", set) == kDone);
  CHECK(a.code_as("R", "ALTER SCHEMA d.x SET CLASSIFICATION_PROFILE = 'g.s.p'") != kDone);
  REQUIRE(a.run("REVOKE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE ROLE g.s.p!PRIVACY_USER FROM ROLE r") == kDone);
  CHECK(a.as("R", "SELECT SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES()") == "[]");
}
