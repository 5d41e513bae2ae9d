// Contacts: pages create-contact, alter-contact, show-contacts, functions/get_contacts, user-guide/contacts-using.

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

struct Account : TestAccount {
  Account() {
    REQUIRE(all({"CREATE DATABASE g", "CREATE SCHEMA g.s",
                 "CREATE CONTACT g.s.mail EMAIL_DISTRIBUTION_LIST = 'a@example.com' COMMENT = 'c'",
                 "CREATE CONTACT g.s.page URL = 'https://example.com'",
                 "CREATE CONTACT g.s.people USERS = ('ada', '\"joe@example.com\"')", "CREATE DATABASE d",
                 "CREATE SCHEMA d.x", "CREATE TABLE d.x.t (id NUMBER)", "CREATE VIEW d.x.v AS SELECT id FROM d.x.t"}) ==
            "");
  }
  std::string of(const std::string& object, const std::string& type, const std::string& only = "") {
    return rows("SELECT * FROM TABLE(SNOWFLAKE.CORE.GET_CONTACTS('" + object + "', '" + type + "'" +
                    (only.empty() ? "" : ", '" + only + "'") + "))",
                {"PURPOSE", "EMAIL_DISTRIBUTION_LIST", "URL", "USER", "LEVEL"});
  }
  std::string code(const std::string& sql) { return run(sql).substr(0, 6); }
  std::string code_as(const std::string& role, const std::string& sql) { return as(role, sql).substr(0, 6); }
};

}  // namespace

TEST_CASE("a contact is reached by one way, and another takes its place", "[governance][contact]") {
  Account a;
  const std::vector<std::string> columns = {"name", "comment",          "email_distribution_list",
                                            "url",  "entries_in_users", "users"};
  CHECK(a.rows("SHOW CONTACTS IN SCHEMA g.s", columns) ==
        "MAIL|c|a@example.com|-|0|-\nPAGE||-|https://example.com|0|-\n"
        "PEOPLE||-|-|2|[\"ADA\",\"joe@example.com\"]");
  CHECK(a.code("CREATE CONTACT g.s.x URL = 'a' EMAIL_DISTRIBUTION_LIST = 'b'") == "001003");
  CHECK(a.code("CREATE CONTACT g.s.x PHONE = '1'") == "001003");
  CHECK(a.run("ALTER CONTACT g.s.mail SET URL = 'https://b' COMMENT = ''") == "Statement executed successfully.");
  CHECK(a.rows("SHOW CONTACTS LIKE 'MAIL' IN SCHEMA g.s", columns) == "MAIL||-|https://b|0|-");
  CHECK(a.code("ALTER CONTACT g.s.mail UNSET COMMENT") == "001003");
  CHECK(a.run("ALTER CONTACT g.s.mail RENAME TO g.s.post") == "Statement executed successfully.");
  CHECK(a.run("DROP CONTACT g.s.post") == "POST successfully dropped.");
}

TEST_CASE("contacts are inherited by purpose, and told without their name", "[governance][contact]") {
  Account a;
  REQUIRE(a.all({"ALTER DATABASE d SET CONTACT STEWARD = g.s.mail, SUPPORT = g.s.page",
                 "ALTER TABLE d.x.t SET CONTACT STEWARD = g.s.people, ACCESS_APPROVAL = g.s.people"}) == "");
  CHECK(a.of("d.x.t", "TABLE") ==
        "ACCESS_APPROVAL|-|-|ADA|TABLE\nACCESS_APPROVAL|-|-|joe@example.com|TABLE\n"
        "STEWARD|-|-|ADA|TABLE\nSTEWARD|-|-|joe@example.com|TABLE\n"
        "SUPPORT|-|https://example.com|-|DATABASE");
  CHECK(a.of("d.x.v", "TABLE") == "STEWARD|a@example.com|-|-|DATABASE\nSUPPORT|-|https://example.com|-|DATABASE");
  CHECK(a.of("d.x.t", "TABLE", "g.s.page") == "SUPPORT|-|https://example.com|-|DATABASE");
  CHECK(a.of("d.x.t", "TABLE", "g.s.mail") == "");
  REQUIRE(a.all({"ALTER TABLE d.x.t UNSET CONTACT STEWARD", "DROP CONTACT g.s.page"}) == "");
  CHECK(a.of("d.x.t", "TABLE") ==
        "ACCESS_APPROVAL|-|-|ADA|TABLE\nACCESS_APPROVAL|-|-|joe@example.com|TABLE\n"
        "STEWARD|a@example.com|-|-|DATABASE");
  CHECK(a.code("ALTER TABLE d.x.t SET CONTACT FRIEND = g.s.mail") == "001003");
  CHECK(a.code("ALTER TABLE d.x.t SET CONTACT STEWARD = g.s.nobody") == "002003");
  CHECK(a.run("SELECT * FROM TABLE(SNOWFLAKE.CORE.GET_CONTACTS('d.x.t', 'TASK'))").find("OBJECT_TYPE") !=
        std::string::npos);
}

TEST_CASE("CREATE takes contacts, and a plain table's rows are read with one that is gone", "[governance][contact]") {
  Account a;
  REQUIRE(a.all({"CREATE SCHEMA d.y WITH CONTACT (STEWARD = g.s.mail)",
                 "CREATE TABLE d.y.t (id NUMBER) WITH CONTACT (SUPPORT = g.s.page) COMMENT = 'c'",
                 "DROP CONTACT g.s.page", "INSERT INTO d.y.t VALUES (1)"}) == "");
  CHECK(a.of("d.y.t", "TABLE") == "STEWARD|a@example.com|-|-|SCHEMA");
  CHECK(a.rows("SELECT id FROM d.y.t", {"ID"}) == "1");
}

TEST_CASE("contacts are set by whoever may apply them", "[governance][contact]") {
  Account a;
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "GRANT USAGE ON DATABASE g TO ROLE r",
                 "GRANT USAGE ON SCHEMA g.s TO ROLE r", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE ON SCHEMA d.x TO ROLE r", "GRANT SELECT ON TABLE d.x.t TO ROLE r"}) == "");
  const std::string set = "ALTER TABLE d.x.t SET CONTACT STEWARD = g.s.mail";
  CHECK(a.code_as("R", set) == "002003");
  REQUIRE(a.run("GRANT APPLY ON CONTACT g.s.mail TO ROLE r").find("successfully") != std::string::npos);
  CHECK(a.code_as("R", set) == "003001");  // not the table's owner
  REQUIRE(a.run("GRANT APPLY CONTACT ON ACCOUNT TO ROLE r").find("successfully") != std::string::npos);
  CHECK(a.as("R", set) == "Statement executed successfully.");
  CHECK(a.code_as("R", "ALTER CONTACT g.s.mail SET URL = 'x'") == "003001");
  REQUIRE(a.run("GRANT MODIFY ON CONTACT g.s.mail TO ROLE r").find("successfully") != std::string::npos);
  CHECK(a.as("R", "ALTER CONTACT g.s.mail SET URL = 'x'") == "Statement executed successfully.");
  CHECK(a.code_as("R", "DROP CONTACT g.s.mail") == "003001");
}
