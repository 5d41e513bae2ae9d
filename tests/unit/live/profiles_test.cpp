// Classification profiles (pages classification_profile/methods/describe, show-classification-profile and
// functions/system_show_sensitive_data_monitored_entities), and tags that classification set
// (governance-reading.md 2.1).
#include <catch2/catch.hpp>

#include "mesh/live/reader.hpp"
#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

const char* const kList = "SHOW SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE IN DATABASE \"SALES\"";
const char* const kDescribe = "SELECT \"SALES\".\"P\".\"PII\"!DESCRIBE()";
const char* const kMonitored = "SELECT SYSTEM$SHOW_SENSITIVE_DATA_MONITORED_ENTITIES()";
const char* const kColumns =
    "| created_on | name | database_name | schema_name | current_version | comment | owner |\n";

Account sales() {
  Account account;
  account.says("SHOW DATABASES", R"(
    | created_on | name  | owner | comment | options | retention_time | kind     | owner_role_type |
    | 1.0        | SALES | R     |         |         | 1              | STANDARD | ROLE            |
  )");
  account.says("SHOW SCHEMAS IN DATABASE \"SALES\"", R"(
    | created_on | name | database_name | owner | comment | options        | retention_time | owner_role_type |
    | 1.0        | P    | SALES         | R     |         | MANAGED ACCESS | 1              | ROLE            |
  )");
  account.says(kList, std::string(kColumns) + "| 1.0 | PII | SALES | P | 1.0 | NULL | R |\n");
  return account;
}

Rows cell(const std::string& text) {
  Rows rows;
  rows.columns = {"X"};
  rows.rows.push_back({text});
  return rows;
}

void state(Object& object, const char* profile) { object.properties["classification_profile"] = {Value(profile), {}}; }

std::string read(const Manifests& manifests, Account& account, const char* kind) {
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  return told(diagnostics) + objects_of(live, kind);
}

}  // namespace

TEST_CASE("a profile is read as DESCRIBE() tells it, and what that leaves out is unknown") {
  Manifests manifests;
  manifests.declare("database SALES");
  manifests.declare("schema SALES.P");
  manifests.declare("classification profile SALES.P.PII").properties["minimum_object_age_for_classification_days"] = {
      Value(1), {}};
  auto account = sales();
  SECTION("as on the page") {
    account.answers(kDescribe, cell(R"({"auto_tag": true, "maximum_classification_validity_days": 30,
      "column_tag_map": [{"semantic_categories": ["NAME", "EMAIL"], "tag_name": "db.sch.pii_r3", "tag_value": "important"},
                         {"tag_name": "DB.SCH.\"odd one\""}],
      "custom_classifiers": {"codes": {"SC1": {"threshold": 0.8}}, "odd codes": {}},
      "minimum_object_age_for_classification_days": 1})"));
    CHECK(read(manifests, account, "classification profile") ==
          "classification profile SALES.P.PII owner=R auto_tag=true custom_classifiers=\"odd codes\", CODES "
          "maximum_classification_validity_days=30 minimum_object_age_for_classification_days=1 "
          "tag_map.column_tag_map={tag_name: DB.SCH.PII_R3, tag_value: important, semantic_ca… "
          "ai_mode=? classify_views=? enable_tag_based_sensitive_data_exclusion=? snowflake_semantic_categories=?\n");
  }
  SECTION("with all there is, nested as CREATE has it") {
    account.answers(kDescribe, cell(R"({"auto_tag": false, "minimum_object_age_for_classification_days": "0",
      "tag_map": {"column_tag_map": [{"tag_name": "A.B.C", "tag_value": null}]}, "ai_mode": true, "classify_views": false,
      "maximum_classification_validity_days": null, "custom_classifiers": null,
      "enable_tag_based_sensitive_data_exclusion": true,
      "snowflake_semantic_categories": [{"category": "PASSPORT", "country_codes": ["US", "DE"]}, {"category": "NAME"}]})"));
    CHECK(read(manifests, account, "classification profile") ==
          "classification profile SALES.P.PII owner=R ai_mode=true auto_tag=false classify_views=false "
          "custom_classifiers= "
          "enable_tag_based_sensitive_data_exclusion=true minimum_object_age_for_classification_days=0 "
          "snowflake_semantic_categories={category: NAME}, {category: PASSPORT, country_codes: [DE, … "
          "tag_map.column_tag_map={tag_name: A.B.C}\n");
  }
  SECTION("a method of an instance runs on a warehouse") {
    manifests.mesh.has_control = true;
    manifests.mesh.control.warehouse = Name::exact("W");
    Diagnostics diagnostics;
    manifests.read(account, diagnostics);
    for (const auto& query : account.asked) {
      if (query.sql == kDescribe) CHECK(query.warehouse == "W");
    }
    CHECK(account.sent(kDescribe) == std::string(kDescribe) + "\n");
  }
  SECTION("who may not call it plans nothing") {
    account.answers(kDescribe, refused("003001", "Insufficient privileges"));
    CHECK(read(manifests, account, "table") ==
          "MESH3005 classification profile SALES.P.PII is listed, but does not tell its properties\n");
  }
}

namespace {

// What stands there, "-" for none, "?" for unknown.
std::string profile_of(const Live& live, const char* address) {
  const auto* object = live.state.find(*parse_address(address));
  REQUIRE(object != nullptr);
  const Value* value = object->find("classification_profile");
  if (value != nullptr) return to_display(*value);
  return object->live.unknown.count("classification_profile") > 0 ? "?" : "-";
}

}  // namespace

TEST_CASE("what a profile is set on is told by SHOW PARAMETERS, or by the function") {
  Manifests manifests;
  state(manifests.declare("database SALES"), "SALES.P.PII");
  auto& schema = manifests.declare("schema SALES.P");
  manifests.declare("classification profile SALES.P.PII").properties["auto_tag"] = {Value(true), {}};
  auto account = sales();
  account.answers(kDescribe, cell("{}"));
  const auto parameter = [&](const char* in, const char* row) {
    account.says(std::string("SHOW PARAMETERS IN ") + in,
                 std::string("| key | value | default | level | description | type |\n") + row);
  };
  const auto monitored = [&](const char* json) { account.answers(kMonitored, cell(json)); };
  std::string said;
  const auto read = [&] {
    Diagnostics diagnostics;
    auto live = manifests.read(account, diagnostics);
    said = told(diagnostics);
    return live;
  };
  const char* const kUnread =
      "MESH3008 the classification profile of database SALES cannot be read, so it is left as it is\n";
  SECTION("the parameter, where it has a value") {
    parameter("DATABASE \"SALES\"", "| CLASSIFICATION_PROFILE | sales.p.pii | | DATABASE | | |\n");
    monitored(R"([{"name": "SALES", "type": "DATABASE", "profile_name": "SALES.P.OTHER"}])");
    CHECK(profile_of(read(), "database SALES") == "SALES.P.PII");
  }
  SECTION("the function, where the parameter is empty") {
    parameter("DATABASE \"SALES\"", "| CLASSIFICATION_PROFILE | | | | | |\n");
    monitored(R"([{"name": "SALES", "type": "DATABASE", "profile_name": "SALES.P.OTHER"}])");
    CHECK(profile_of(read(), "database SALES") == "SALES.P.OTHER");
  }
  SECTION("the function, where no parameter is listed") {
    monitored(R"([{"name": "SALES", "type": "DATABASE", "profile_name": "sales.p.pii"}])");
    CHECK(profile_of(read(), "database SALES") == "SALES.P.PII");
  }
  SECTION("none, where both say so") {
    parameter("DATABASE \"SALES\"", "| CLASSIFICATION_PROFILE | | | | | |\n");
    monitored("[]");
    CHECK(profile_of(read(), "database SALES") == "-");
  }
  SECTION("none, where the parameter says so and nobody answers") {
    parameter("DATABASE \"SALES\"", "| CLASSIFICATION_PROFILE | | | | | |\n");
    account.answers(kMonitored, refused("002140", "Unknown function"));
    CHECK(profile_of(read(), "database SALES") == "-");
  }
  SECTION("none, where the function does not list it and the profile that mesh set is seen") {
    monitored("[]");
    manifests.remember("database SALES").attached["classification_profile"] = "SALES.P.PII";
    CHECK(profile_of(read(), "database SALES") == "-");
    CHECK(said.empty());
  }
  SECTION("unknown, where the profile that mesh set is not seen") {
    monitored("[]");
    manifests.remember("database SALES").attached["classification_profile"] = "GOV.P.HIDDEN";
    CHECK(profile_of(read(), "database SALES") == "?");
    CHECK(said == kUnread);
  }
  SECTION("unknown, where nobody tells") {
    account.answers(kMonitored, refused("002140", "Unknown function"));
    CHECK(profile_of(read(), "database SALES") == "?");
    CHECK(said == kUnread);
  }
  SECTION("what a schema inherits is not its own") {
    state(schema, "SALES.P.PII");
    parameter("SCHEMA \"SALES\".\"P\"", "| CLASSIFICATION_PROFILE | SALES.P.PII | | DATABASE | | |\n");
    monitored(R"([{"name": "SALES", "type": "DATABASE", "profile_name": "SALES.P.PII"},
                  {"name": "SALES.P", "type": "SCHEMA", "profile_name": "SALES.P.PII"}])");
    CHECK(profile_of(read(), "schema SALES.P") == "-");
  }
  SECTION("whether it inherits that nobody tells: as it is declared") {
    state(schema, "SALES.P.PII");
    monitored(R"([{"name": "SALES", "type": "DATABASE", "profile_name": "SALES.P.PII"},
                  {"name": "SALES.P", "type": "SCHEMA", "profile_name": "SALES.P.PII"}])");
    CHECK(profile_of(read(), "schema SALES.P") == "SALES.P.PII");
  }
  SECTION("another one is its own") {
    state(schema, "SALES.P.PII");
    monitored(R"([{"name": "SALES", "type": "DATABASE", "profile_name": "SALES.P.PII"},
                  {"name": "SALES.P", "type": "SCHEMA", "profile_name": "SALES.P.OTHER"}])");
    CHECK(profile_of(read(), "schema SALES.P") == "SALES.P.OTHER");
  }
}

TEST_CASE("profiles are listed for their owner's role, and what another is not shown is not gone") {
  Manifests manifests;
  manifests.mesh.domains.front().roles = {.plan = "PLANS", .deploy = "OWNS", .creator = {}};
  manifests.declare("database SALES");
  manifests.declare("schema SALES.P");
  manifests.declare("classification profile SALES.P.PII").properties["auto_tag"] = {Value(true), {}};
  manifests.remember("classification profile SALES.P.PII");
  auto account = sales();
  account.answers(kDescribe, cell(R"({"auto_tag": true})"));
  Diagnostics diagnostics;
  manifests.read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  for (const auto& query : account.asked) {
    if (query.sql == kList || query.sql == kDescribe) CHECK(query.role == "OWNS");
  }

  // Nobody lets the one who plans be the owner.
  struct Planner : Account {
    explicit Planner(Account all) : Account(std::move(all)) {}
    Reply run(const Query& query) override {
      if (query.role == "OWNS") return refused("390189", "Role 'OWNS' is not granted to this user");
      return Account::run(query);
    }
  };
  Planner planner(account);
  Diagnostics seen;
  const auto live = manifests.read(planner, seen);
  CHECK(told(seen) == "");
  CHECK(objects_of(live, "classification profile").find("auto_tag=true") != std::string::npos);
  planner.says(kList, kColumns);
  Diagnostics hidden;
  manifests.read(planner, hidden);
  CHECK(told(hidden) ==
        "MESH3005 classification profile SALES.P.PII is known to mesh, and not listed for role PLANS\n");
}

TEST_CASE("tags that classification set, or that came by inheritance, are nobody's to take away") {
  Manifests manifests;
  manifests.declare("database SALES");
  Attachment wanted;
  wanted.name = *QualifiedName::parse("SALES.P.PRIVACY");
  wanted.key = {{*parse_address("database SALES"), std::nullopt}, KindId::Tag, wanted.name};
  wanted.value = "high";
  manifests.desired.state.attachments.emplace(wanted.key, wanted);
  auto account = sales();
  Diagnostics diagnostics;
  manifests.read(account, diagnostics);
  auto sql = account.sent("SELECT 0 AS MESH_ITEM, TAG_DATABASE");
  REQUIRE(!sql.empty());
  sql.pop_back();
  account.says(sql, R"(
    | MESH_ITEM | TAG_DATABASE | TAG_SCHEMA | TAG_NAME | TAG_VALUE | APPLY_METHOD | LEVEL    | COLUMN_NAME |
    | 0         | SALES        | P          | BY_HAND  | x         | MANUAL       | DATABASE |             |
    | 0         | SALES        | P          | FOUND    | x         | CLASSIFIED   | DATABASE |             |
    | 0         | SALES        | P          | HANDED   | x         | PROPAGATED   | DATABASE |             |
    | 0         | SALES        | P          | ABOVE    | x         | INHERITED    | DATABASE |             |
  )");
  const auto live = manifests.read(account, diagnostics);
  std::string found;
  for (const auto& [key, attachment] : live.state.attachments) found += attachment.address() + "\n";
  CHECK(found == "tag SALES.P.BY_HAND on database SALES\n");
}
