// Password, session and authentication policies: pages create-password-policy, create-session-policy,
// create-authentication-policy, their ALTER, DESCRIBE and SHOW, alter-account and alter-user.

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

struct Guarded : TestAccount {
  Guarded() {
    REQUIRE(all({"CREATE DATABASE g", "CREATE SCHEMA g.s",
                 "CREATE PASSWORD POLICY g.s.p PASSWORD_MIN_LENGTH = 16 COMMENT = 'c'", "CREATE PASSWORD POLICY g.s.q",
                 "CREATE SESSION POLICY g.s.t SESSION_IDLE_TIMEOUT_MINS = 30",
                 "CREATE AUTHENTICATION POLICY g.s.k AUTHENTICATION_METHODS = ('keypair', 'OAUTH')",
                 "CREATE USER ada"}) == "");
  }
  std::string code(const std::string& sql) { return run(sql).substr(0, 6); }
  std::string code_as(const std::string& role, const std::string& sql) { return as(role, sql).substr(0, 6); }
  bool says(const std::string& sql, const std::string& text) { return run(sql).find(text) != std::string::npos; }
  std::string on(const std::string& what) {
    return rows("SHOW PASSWORD POLICIES ON " + what, {"name", "database_name", "set_on"});
  }
  std::string places(const std::string& policy) {
    return rows("SELECT * FROM TABLE(g.INFORMATION_SCHEMA.POLICY_REFERENCES(POLICY_NAME => '" + policy + "'))",
                {"POLICY_KIND", "REF_ENTITY_NAME", "REF_ENTITY_DOMAIN"});
  }
};

}  // namespace

TEST_CASE("a password policy has the defaults and limits of its page", "[governance][login]") {
  Guarded a;
  CHECK(a.header("DESC PASSWORD POLICY g.s.p") == "property value default description");
  const auto value = [&](const std::string& property) {
    const std::string all = a.rows("DESC PASSWORD POLICY g.s.p", {"property", "value", "default"});
    const auto at = all.find(property + "|");
    return all.substr(at, all.find('\n', at) - at);
  };
  CHECK(value("NAME") == "NAME|P|null");
  CHECK(value("COMMENT") == "COMMENT|c|null");
  CHECK(value("PASSWORD_MIN_LENGTH") == "PASSWORD_MIN_LENGTH|16|14");
  CHECK(value("PASSWORD_HISTORY") == "PASSWORD_HISTORY|5|5");
  REQUIRE(a.all({"ALTER PASSWORD POLICY g.s.p SET PASSWORD_HISTORY = 24 PASSWORD_MAX_AGE_DAYS = 0, COMMENT = 'd'",
                 "ALTER PASSWORD POLICY g.s.p UNSET PASSWORD_MIN_LENGTH, COMMENT"}) == "");
  CHECK(value("PASSWORD_HISTORY") == "PASSWORD_HISTORY|24|5");
  CHECK(value("PASSWORD_MAX_AGE_DAYS") == "PASSWORD_MAX_AGE_DAYS|0|90");
  CHECK(value("PASSWORD_MIN_LENGTH") == "PASSWORD_MIN_LENGTH|14|14");
  CHECK(value("COMMENT") == "COMMENT|null|null");
  CHECK(a.code("ALTER PASSWORD POLICY g.s.p SET PASSWORD_MIN_LENGTH = 7") == "001422");
  CHECK(a.code("ALTER PASSWORD POLICY g.s.p SET PASSWORD_HISTORY = 25") == "001422");
  CHECK(a.code("ALTER PASSWORD POLICY g.s.p SET PASSWORD_MAX_RETRIES = 0") == "001422");
  CHECK(a.code("ALTER PASSWORD POLICY g.s.p SET SESSION_IDLE_TIMEOUT_MINS = 5") == "001420");
  CHECK(a.code("ALTER PASSWORD POLICY g.s.p SET PASSWORD_HISTORY = 1 PASSWORD_HISTORY = 2") == "001408");
  // At least the sum of the lengths.
  CHECK(
      a.says("CREATE PASSWORD POLICY g.s.x PASSWORD_MIN_LENGTH = 20 PASSWORD_MAX_LENGTH = 21", "PASSWORD_MAX_LENGTH"));
  CHECK(a.run("CREATE PASSWORD POLICY g.s.x PASSWORD_MIN_LENGTH = 20 PASSWORD_MAX_LENGTH = 22") ==
        "Password policy X successfully created.");
  CHECK(a.says("ALTER PASSWORD POLICY g.s.x SET PASSWORD_MIN_LENGTH = 21", "PASSWORD_MAX_LENGTH"));
}

TEST_CASE("session and authentication policies keep lists and words", "[governance][login]") {
  Guarded a;
  const auto value = [&](const std::string& policy, const std::string& property) {
    const std::string all = "\n" + a.rows("DESC " + policy, {"property", "value"}) + "\n";
    const auto at = all.find("\n" + property + "|") + property.size() + 2;
    return all.substr(at, all.find('\n', at) - at);
  };
  CHECK(value("SESSION POLICY g.s.t", "SESSION_IDLE_TIMEOUT_MINS") == "30");
  CHECK(value("SESSION POLICY g.s.t", "SESSION_UI_IDLE_TIMEOUT_MINS") == "1080");
  CHECK(value("SESSION POLICY g.s.t", "ALLOWED_SECONDARY_ROLES") == "[ALL]");
  REQUIRE(a.all({"CREATE ROLE r",
                 "ALTER SESSION POLICY g.s.t SET ALLOWED_SECONDARY_ROLES = (r, \"SYSADMIN\") "
                 "BLOCKED_SECONDARY_ROLES = ('ALL')"}) == "");
  CHECK(value("SESSION POLICY g.s.t", "ALLOWED_SECONDARY_ROLES") == "[R, SYSADMIN]");
  CHECK(value("SESSION POLICY g.s.t", "BLOCKED_SECONDARY_ROLES") == "[ALL]");
  REQUIRE(a.all({"ALTER SESSION POLICY g.s.t SET ALLOWED_SECONDARY_ROLES = ()",
                 "ALTER SESSION POLICY g.s.t UNSET BLOCKED_SECONDARY_ROLES"}) == "");
  CHECK(value("SESSION POLICY g.s.t", "ALLOWED_SECONDARY_ROLES") == "[]");
  CHECK(value("SESSION POLICY g.s.t", "BLOCKED_SECONDARY_ROLES") == "[]");
  CHECK(a.code("ALTER SESSION POLICY g.s.t SET SESSION_IDLE_TIMEOUT_MINS = 4") == "001422");
  CHECK(a.code("ALTER SESSION POLICY g.s.t SET ALLOWED_SECONDARY_ROLES = (nobody)") == "002003");

  CHECK(value("AUTHENTICATION POLICY g.s.k", "AUTHENTICATION_METHODS") == "[KEYPAIR, OAUTH]");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "CLIENT_TYPES") == "[ALL]");
  REQUIRE(a.run("ALTER AUTHENTICATION POLICY g.s.k SET MFA_ENROLLMENT = REQUIRED CLIENT_TYPES = ('DRIVERS')") ==
          "Statement executed successfully.");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "MFA_ENROLLMENT") == "REQUIRED");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "CLIENT_TYPES") == "[DRIVERS]");
  CHECK(a.code("ALTER AUTHENTICATION POLICY g.s.k SET CLIENT_TYPES = ('FAX')") == "001422");

  // Lists of properties: as Terraform's provider reads them (pkg/datasources, authentication policies acceptance test).
  CHECK(value("AUTHENTICATION POLICY g.s.k", "MFA_POLICY") ==
        "{ALLOWED_METHODS=[ALL], ENFORCE_MFA_ON_EXTERNAL_AUTHENTICATION=NONE}");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "CLIENT_POLICY") == "{}");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "PAT_POLICY") ==
        "{DEFAULT_EXPIRY_IN_DAYS=15, MAX_EXPIRY_IN_DAYS=365, NETWORK_POLICY_EVALUATION=ENFORCED_REQUIRED, "
        "REQUIRE_ROLE_RESTRICTION_FOR_SERVICE_USERS=true}");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "WORKLOAD_IDENTITY_POLICY") ==
        "{ALLOWED_PROVIDERS=[ALL], ALLOWED_AWS_ACCOUNTS=[ALL], ALLOWED_AWS_PARTITIONS=[ALL], "
        "ALLOWED_AZURE_ISSUERS=[ALL], ALLOWED_OIDC_ISSUERS=[ALL]}");
  REQUIRE(
      a.all({"ALTER AUTHENTICATION POLICY g.s.k SET PAT_POLICY = (DEFAULT_EXPIRY_IN_DAYS = 1 "
             "MAX_EXPIRY_IN_DAYS = 30 NETWORK_POLICY_EVALUATION = NOT_ENFORCED "
             "REQUIRE_ROLE_RESTRICTION_FOR_SERVICE_USERS = FALSE) MFA_POLICY = (ALLOWED_METHODS = ('PASSKEY', 'DUO') "
             "ENFORCE_MFA_ON_EXTERNAL_AUTHENTICATION = 'ALL')",
             "ALTER AUTHENTICATION POLICY g.s.k SET WORKLOAD_IDENTITY_POLICY = (ALLOWED_PROVIDERS = (AWS, AZURE) "
             "ALLOWED_AWS_ACCOUNTS = ('123456789012'))",
             "ALTER AUTHENTICATION POLICY g.s.k SET CLIENT_POLICY = (GO_DRIVER = (MINIMUM_VERSION = '3.14.1'))"}) ==
      "");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "PAT_POLICY") ==
        "{DEFAULT_EXPIRY_IN_DAYS=1, MAX_EXPIRY_IN_DAYS=30, NETWORK_POLICY_EVALUATION=NOT_ENFORCED, "
        "REQUIRE_ROLE_RESTRICTION_FOR_SERVICE_USERS=false}");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "MFA_POLICY") ==
        "{ALLOWED_METHODS=[PASSKEY, DUO], ENFORCE_MFA_ON_EXTERNAL_AUTHENTICATION=ALL}");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "WORKLOAD_IDENTITY_POLICY") ==
        "{ALLOWED_PROVIDERS=[AWS, AZURE], ALLOWED_AWS_ACCOUNTS=[123456789012], ALLOWED_AWS_PARTITIONS=[ALL], "
        "ALLOWED_AZURE_ISSUERS=[ALL], ALLOWED_OIDC_ISSUERS=[ALL]}");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "CLIENT_POLICY") == "{GO_DRIVER={MINIMUM_VERSION=3.14.1}}");
  CHECK(a.run("ALTER AUTHENTICATION POLICY g.s.k SET CLIENT_TYPES = ('SNOWFLAKE_UI', 'SNOWFLAKE_CLI')") ==
        "004800 22023 Authentication policy can not contain CLIENT_POLICY of 'GO_DRIVER' without including 'DRIVERS' "
        "in CLIENT_TYPES.");
  REQUIRE(a.all({"ALTER AUTHENTICATION POLICY g.s.k UNSET PAT_POLICY, CLIENT_POLICY"}) == "");
  CHECK(value("AUTHENTICATION POLICY g.s.k", "PAT_POLICY").starts_with("{DEFAULT_EXPIRY_IN_DAYS=15,"));
  CHECK(value("AUTHENTICATION POLICY g.s.k", "CLIENT_POLICY") == "{}");
  CHECK(a.code("ALTER AUTHENTICATION POLICY g.s.k SET PAT_POLICY = (MAX_EXPIRY_IN_DAYS = 366)") == "001422");
  CHECK(a.code("ALTER AUTHENTICATION POLICY g.s.k SET PAT_POLICY = (FAX = 3)") == "001420");
}

TEST_CASE("policies are set on the account and on users, one of a kind", "[governance][login]") {
  Guarded a;
  // In force where nobody set one: a built-in policy, of no database.
  CHECK(a.on("ACCOUNT") == "BUILT-IN||SYSTEM");
  REQUIRE(a.all({"ALTER ACCOUNT SET PASSWORD POLICY g.s.p", "ALTER USER ada SET SESSION POLICY g.s.t"}) == "");
  CHECK(a.on("ACCOUNT") == "P|G|ACCOUNT");
  CHECK(a.on("USER ada") == "P|G|ACCOUNT");
  CHECK(a.says("ALTER ACCOUNT SET PASSWORD POLICY g.s.q",
               "already has a PASSWORD_POLICY. Only one PASSWORD_POLICY is allowed at a time."));
  REQUIRE(a.all({"ALTER ACCOUNT SET PASSWORD POLICY g.s.q FORCE", "ALTER USER ada SET PASSWORD POLICY g.s.p",
                 "ALTER ACCOUNT SET PASSWORD POLICY g.s.q"}) == "");
  CHECK(a.on("ACCOUNT") == "Q|G|ACCOUNT");
  CHECK(a.on("USER ada") == "P|G|USER");
  CHECK(a.places("g.s.p") == "PASSWORD_POLICY|ADA|USER");
  CHECK(a.places("g.s.q").find("|ACCOUNT") != std::string::npos);
  CHECK(a.code("DROP PASSWORD POLICY g.s.p") == "003531");
  REQUIRE(a.all({"ALTER USER ada UNSET PASSWORD POLICY", "ALTER PASSWORD POLICY g.s.q RENAME TO g.s.z"}) == "");
  CHECK(a.on("USER ada") == "Z|G|ACCOUNT");
  CHECK(a.run("DROP PASSWORD POLICY g.s.p") == "P successfully dropped.");
  CHECK(a.says("ALTER USER ada UNSET PASSWORD POLICY",
               "Any policy of kind PASSWORD_POLICY is not attached to USER ADA."));
  CHECK(a.code("ALTER ACCOUNT SET PASSWORD POLICY g.s.p FOR ALL PERSON USERS") == "001003");
  CHECK(a.code("ALTER USER ada SET AUTHENTICATION POLICY g.s.none") == "002003");
}

// Pages alter-account and show-authentication-policies; what SHOW has in `options` and that each is set and unset by
// itself as in the tests of terraform's provider (pkg/sdk/testint, accounts).
TEST_CASE("the account has a policy for all, one for persons and one for services", "[governance][login]") {
  Guarded a;
  const std::string alter = "ALTER ACCOUNT SET AUTHENTICATION POLICY ", unset = "ALTER ACCOUNT UNSET ";
  const auto on_account = [&] {
    return a.rows("SHOW AUTHENTICATION POLICIES ON ACCOUNT", {"name", "options", "set_on"});
  };
  const auto for_user = [&](const std::string& user) {
    return a.rows("SHOW AUTHENTICATION POLICIES ON USER " + user, {"name", "set_on"});
  };
  REQUIRE(a.all({"CREATE AUTHENTICATION POLICY g.s.everybody", "CREATE AUTHENTICATION POLICY g.s.bots",
                 "CREATE USER bot TYPE = SERVICE", "CREATE USER old TYPE = LEGACY_SERVICE",
                 "CREATE USER agent TYPE = SERVICE_AGENT", "CREATE USER eve TYPE = PERSON"}) == "");
  REQUIRE(a.all({alter + "g.s.bots FOR ALL SERVICE USERS"}) == "");
  CHECK(on_account() == "BOTS|{\"target_scopes\":[\"SERVICE_USERS\"]}|ACCOUNT\nBUILT-IN||SYSTEM");
  CHECK(for_user("ada") == "BUILT-IN|SYSTEM");
  REQUIRE(a.all({alter + "g.s.everybody", alter + "g.s.everybody FOR ALL PERSON USERS"}) == "");
  CHECK(on_account() ==
        "EVERYBODY|{\"target_scopes\":[\"ACCOUNT\",\"PERSON_USERS\"]}|ACCOUNT\n"
        "BOTS|{\"target_scopes\":[\"SERVICE_USERS\"]}|ACCOUNT");
  CHECK(a.places("g.s.everybody") ==
        "AUTHENTICATION_POLICY|" + a.rows("SELECT CURRENT_ACCOUNT_NAME() AS N", {"N"}) + "|ACCOUNT");

  // A user's own before that of its type, that before the account's.
  REQUIRE(a.all({alter + "g.s.k FOR ALL PERSON USERS FORCE", "ALTER USER ada SET AUTHENTICATION POLICY g.s.bots"}) ==
          "");
  CHECK(for_user("ada") == "BOTS|USER");
  CHECK(for_user("eve") == "K|ACCOUNT");
  CHECK(for_user("bot") == "BOTS|ACCOUNT");
  CHECK(for_user("old") == "BOTS|ACCOUNT");
  CHECK(for_user("agent") == "EVERYBODY|ACCOUNT");

  // One of each; FORCE takes its place, and what users have of their own with it.
  CHECK(a.code(alter + "g.s.everybody FOR ALL SERVICE USERS") == "003549");
  REQUIRE(a.all({"ALTER USER bot SET AUTHENTICATION POLICY g.s.k",
                 alter + "g.s.everybody FOR ALL SERVICE USERS FORCE"}) == "");
  CHECK(for_user("bot") == "EVERYBODY|ACCOUNT");
  CHECK(for_user("ada") == "BOTS|USER");
  REQUIRE(a.all({alter + "g.s.bots FORCE"}) == "");
  CHECK(for_user("ada") == "K|ACCOUNT");
  CHECK(for_user("bot") == "EVERYBODY|ACCOUNT");
  CHECK(for_user("agent") == "BOTS|ACCOUNT");

  // UNSET takes off that which it names, and none is dropped that is in force for somebody.
  REQUIRE(a.all({unset + "AUTHENTICATION POLICY"}) == "");
  CHECK(for_user("agent") == "BUILT-IN|SYSTEM");
  CHECK(for_user("bot") == "EVERYBODY|ACCOUNT");
  CHECK(a.says(unset + "AUTHENTICATION POLICY", "Any policy of kind AUTHENTICATION_POLICY is not attached to ACCOUNT"));
  CHECK(a.code("DROP AUTHENTICATION POLICY g.s.everybody") == "003531");
  REQUIRE(a.all({unset + "AUTHENTICATION POLICY FOR ALL SERVICE USERS", "DROP AUTHENTICATION POLICY g.s.everybody"}) ==
          "");
  CHECK(on_account() == "K|{\"target_scopes\":[\"PERSON_USERS\"]}|ACCOUNT\nBUILT-IN||SYSTEM");

  // Of sessions likewise, whose page has no set_on.
  REQUIRE(a.all({"ALTER ACCOUNT SET SESSION POLICY g.s.t FOR ALL PERSON USERS"}) == "");
  CHECK(a.rows("SHOW SESSION POLICIES ON ACCOUNT", {"name", "options"}) ==
        "T|{\"target_scopes\":[\"PERSON_USERS\"]}\nBUILT-IN|");
  CHECK(a.header("SHOW SESSION POLICIES ON ACCOUNT").find("set_on") == std::string::npos);
}

TEST_CASE("who sets policies of logging in", "[governance][login]") {
  Guarded a;
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE g TO ROLE r",
                 "GRANT USAGE ON SCHEMA g.s TO ROLE r", "GRANT OWNERSHIP ON USER ada TO ROLE r",
                 "GRANT APPLY ON PASSWORD POLICY g.s.p TO ROLE r"}) == "");
  // To own the user and to have the policy is not enough (password-authentication).
  CHECK(a.code_as("R", "ALTER USER ada SET PASSWORD POLICY g.s.p") == "003001");
  REQUIRE(a.all({"GRANT APPLY PASSWORD POLICY ON ACCOUNT TO ROLE r",
                 "GRANT APPLY SESSION POLICY ON ACCOUNT TO ROLE r"}) == "");
  CHECK(a.code_as("R", "ALTER USER ada SET PASSWORD POLICY g.s.p") == "Statem");
  CHECK(a.code_as("R", "ALTER ACCOUNT SET PASSWORD POLICY g.s.p") == "Statem");
  CHECK(a.code_as("R", "ALTER USER ada SET SESSION POLICY g.s.t") == "Statem");
  // On the account a session policy wants APPLY on itself besides (session-policies-managing).
  CHECK(a.code_as("R", "ALTER ACCOUNT SET SESSION POLICY g.s.t") != "Statem");
  REQUIRE(a.run("GRANT APPLY ON SESSION POLICY g.s.t TO ROLE r") == "Statement executed successfully.");
  CHECK(a.code_as("R", "ALTER ACCOUNT SET SESSION POLICY g.s.t") == "Statem");
}
