// Contacts of objects, whose names Snowflake withholds (page functions/get_contacts), and metric functions
// (governance-reading.md 5).
#include <catch2/catch.hpp>

#include "mesh/live/reader.hpp"
#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

const char* const kContacts =
    "| created_on | name | database_name | schema_name | owner | comment | email_distribution_list | url | users |\n"
    "| 1.0 | DESK   | GOV | S | R | | NULL    | https://d | NULL |\n"
    "| 1.0 | LIST   | GOV | S | R | | a@b.com | NULL      | NULL |\n"
    "| 1.0 | SAME   | GOV | S | R | | a@b.com | NULL      | NULL |\n"
    "| 1.0 | PEOPLE | GOV | S | R | | NULL    | NULL      | [\"ADA\", \"joe@b.com\"] |\n";

std::string contact_call(const char* named = "") {
  const std::string contact = *named == 0 ? "" : ", '\"GOV\".\"S\".\"" + std::string(named) + "\"'";
  return "TABLE (\"SNOWFLAKE\".\"CORE\".\"GET_CONTACTS\" ('\"SALES\"', 'DATABASE'" + contact + "))";
}

std::string select(const std::vector<std::string>& calls) {
  std::string sql;
  for (size_t i = 0; i < calls.size(); ++i)
    sql += (i == 0 ? "" : "\nUNION ALL ") + ("SELECT " + std::to_string(i)) +
           " AS MESH_ITEM, PURPOSE, EMAIL_DISTRIBUTION_LIST, URL, USER, LEVEL FROM " + calls[i];
  return sql;
}

Account account_with(const std::string& statement, const char* rows) {
  Account account;
  account.says("SHOW DATABASES", R"(
    | created_on | name  | owner | comment | options | retention_time | kind     | owner_role_type |
    | 1.0        | SALES | R     |         |         | 1              | STANDARD | ROLE            |
  )");
  account.says("SHOW CONTACTS IN ACCOUNT", kContacts);
  account.says(statement,
               std::string("| MESH_ITEM | PURPOSE | EMAIL_DISTRIBUTION_LIST | URL | USER | LEVEL |\n") + rows);
  return account;
}

void attach(Manifests& manifests, const char* contact) {
  Attachment made;
  made.key = {{*parse_address("database SALES"), std::nullopt}, KindId::Contact, {}, "STEWARD"};
  made.name = *QualifiedName::parse(contact);
  manifests.desired.state.attachments[made.key] = made;
}

std::string contacts_read(const Manifests& manifests, Account& account) {
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  std::string out = told(diagnostics);
  for (const auto& [key, attachment] : live.state.attachments) out += attachment.address() + "\n";
  return out;
}

}  // namespace

TEST_CASE("a contact that is asked for by its name is known by it") {
  Manifests manifests;
  manifests.declare("database SALES");
  attach(manifests, "GOV.S.LIST");
  auto account = account_with(select({contact_call(), contact_call("LIST")}),
                              "| 0 | STEWARD | a@b.com | NULL | NULL | DATABASE |\n"
                              "| 0 | SUPPORT | NULL | https://d | NULL | DATABASE |\n"
                              "| 0 | ACCESS_APPROVAL | NULL | NULL | ADA | DATABASE |\n"
                              "| 0 | ACCESS_APPROVAL | NULL | NULL | joe@b.com | DATABASE |\n"
                              "| 0 | SECURITY_COMPLIANCE | x@b.com | NULL | NULL | ACCOUNT |\n"
                              "| 1 | STEWARD | a@b.com | NULL | NULL | DATABASE |\n");
  // The others by how they are reached; what the account hands on is not the database's.
  CHECK(contacts_read(manifests, account) ==
        "contact GOV.S.PEOPLE for ACCESS_APPROVAL on database SALES\n"
        "contact GOV.S.LIST for STEWARD on database SALES\n"
        "contact GOV.S.DESK for SUPPORT on database SALES\n");
}

TEST_CASE("a contact that does not answer to its name is known by how it is reached") {
  Manifests manifests;
  manifests.declare("database SALES");
  attach(manifests, "GOV.S.SAME");
  auto account = account_with(select({contact_call(), contact_call("SAME")}),
                              "| 0 | STEWARD | a@b.com | NULL | NULL | DATABASE |\n"
                              "| 0 | SUPPORT | a@b.com | NULL | NULL | DATABASE |\n");
  CHECK(contacts_read(manifests, account) ==
        "contact GOV.S.SAME for STEWARD on database SALES\n"
        "contact for SUPPORT on database SALES\n");  // two are reached so
}

TEST_CASE("a contact that is not there yet is not asked for") {
  Manifests manifests;
  manifests.declare("database SALES");
  attach(manifests, "GOV.S.NEW");
  auto account = account_with(select({contact_call()}), "| 0 | STEWARD | NULL | https://d | NULL | DATABASE |\n");
  CHECK(contacts_read(manifests, account) == "contact GOV.S.DESK for STEWARD on database SALES\n");
}

TEST_CASE("what metric functions measured is read where a rule asks for it, and told where it cannot be") {
  const std::string statement =
      R"(SELECT TABLE_DATABASE, TABLE_SCHEMA, TABLE_NAME, METRIC_DATABASE, METRIC_SCHEMA, METRIC_NAME, )"
      R"(ARGUMENT_NAMES, EXPECTATION_NAME, EXPECTATION_EXPRESSION, VALUE, EXPECTATION_VIOLATED FROM (SELECT * FROM )"
      R"("SNOWFLAKE"."LOCAL"."DATA_QUALITY_MONITORING_EXPECTATION_STATUS" WHERE MEASUREMENT_TIME > )"
      R"(DATEADD('day', -31, CURRENT_TIMESTAMP()) QUALIFY ROW_NUMBER() OVER (PARTITION BY REFERENCE_ID, )"
      R"(EXPECTATION_ID ORDER BY MEASUREMENT_TIME DESC) = 1) AS LATEST )"
      R"(WHERE EXPECTATION_VIOLATED IS NULL OR EXPECTATION_VIOLATED)";
  const Manifests manifests;
  auto scope = manifests.scope();
  Account account;
  account.says(statement, R"(
    | TABLE_DATABASE | TABLE_SCHEMA | TABLE_NAME | METRIC_DATABASE | METRIC_SCHEMA | METRIC_NAME | ARGUMENT_NAMES | EXPECTATION_NAME | EXPECTATION_EXPRESSION | VALUE | EXPECTATION_VIOLATED |
    | SALES          | S            | t          | SNOWFLAKE       | CORE          | NULL_COUNT  | ["A"]          | FEW              | VALUE < 5              | 7     | true                 |
    | SALES          | S            | t          | SNOWFLAKE       | CORE          | ROW_COUNT   | []             | SOME             | VALUE > 0              | NULL  | NULL                 |
  )");
  Diagnostics diagnostics;
  CHECK_FALSE(live::read(scope, account, diagnostics).broken_expectations);
  CHECK(account.sent("SELECT TABLE_DATABASE") == "");

  scope.measurements = true;
  const auto live = live::read(scope, account, diagnostics);
  CHECK(told(diagnostics) == "");
  REQUIRE(live.broken_expectations);
  REQUIRE(live.broken_expectations->size() == 2);
  const auto &first = live.broken_expectations->at(0), &second = live.broken_expectations->at(1);
  CHECK(first.relation.display() == "SALES.S.\"t\"");
  CHECK(first.metric.display() + names_of(first.columns) == "SNOWFLAKE.CORE.NULL_COUNT(A)");
  CHECK(first.name + ": " + first.condition + ", " + first.value == "FEW: VALUE < 5, 7");
  CHECK((!first.is_failed && second.is_failed && second.columns.empty()));

  account.answers(statement, refused("002003", "Object does not exist or not authorized."));
  CHECK_FALSE(live::read(scope, account, diagnostics).broken_expectations);
  CHECK(told(diagnostics) == "MESH3010 what metric functions measured cannot be read, so no expectation is judged\n");
  CHECK_FALSE(diagnostics.has_errors());
}
