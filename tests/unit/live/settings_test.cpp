// Policies of logging in that are set on the account, for all of its users, for persons, for services (pages
// show-authentication-policies and show-session-policies; session_policy entry, show).
#include <catch2/catch.hpp>

#include "mesh/live/login.hpp"
#include "mesh/live/reader.hpp"
#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

constexpr const char* kShow = "SHOW AUTHENTICATION POLICIES ON ACCOUNT";
constexpr const char* kAll = "account parameter AUTHENTICATION_POLICY";
constexpr const char* kPersons = "account parameter AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS";
constexpr const char* kServices = "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS";

Account account_with(const std::string& rows) {
  Account account;
  account.says(kShow,
               "| created_on | name | database_name | schema_name | kind | owner | comment | owner_role_type | "
               "options | set_on |\n" +
                   rows);
  return account;
}
// | 1.0 | NAME | GOV | S | ...
std::string row(const std::string& name, const std::string& options) {
  return "| 1.0 | " + name + " | GOV | S | AUTHENTICATION_POLICY | R | | ROLE | " + options + " | ACCOUNT |\n";
}

std::string read(const Manifests& manifests, Account& account) {
  Diagnostics diagnostics;
  const auto live = manifests.read(account, diagnostics);
  return told(diagnostics) + objects_of(live, "account parameter");
}

}  // namespace

TEST_CASE("for whom a policy is set on the account is told by its options") {
  Manifests manifests;
  for (const auto* parameter : {kAll, kPersons, kServices}) manifests.declare(parameter);
  auto account = account_with(
      // One for two of them, with keys that say something else.
      row("WIDE", R"({"MFA_ENROLLMENT_REQUIREMENT":"ALL","target_scopes":["ACCOUNT","PERSON_USERS"]})") +
      row("KEYS", R"({"target_scopes":["SERVICE_USERS"]})"));
  CHECK(read(manifests, account) ==
        "account parameter AUTHENTICATION_POLICY authentication_policy=GOV.S.WIDE\n"
        "account parameter AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS authentication_policy=GOV.S.WIDE\n"
        "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS authentication_policy=GOV.S.KEYS\n");
  CHECK(account.sent(kShow) == std::string(kShow) + "\n");  // once for all three
  CHECK(account.sent("SHOW SESSION POLICIES") == "");
}

TEST_CASE("what says nothing of users is for all, and the built-in policy is nobody's") {
  Manifests manifests;
  for (const auto* parameter : {kAll, kPersons, kServices}) manifests.declare(parameter);
  const std::string built_in =
      "| 0.0 | BUILT-IN | NULL | NULL | AUTHENTICATION_POLICY | NULL | | NULL | NULL | SYSTEM |\n";
  const std::string all = "account parameter AUTHENTICATION_POLICY authentication_policy=GOV.S.OLD\n";
  for (const auto* options : {"NULL", "", R"("")", R"({"MFA_ENROLLMENT_REQUIREMENT":"ALL"})"}) {
    INFO(options);
    auto account = account_with(row("OLD", options) + built_in);
    CHECK(read(manifests, account) == all);
  }
  auto nothing = account_with(built_in);
  CHECK(read(manifests, nothing) == "");
  auto unknown = account_with(row("NEW", R"({"target_scopes":["AGENT_USERS"]})"));
  CHECK(read(manifests, unknown) == "");
}

TEST_CASE("a policy that is set for whom nobody can tell stops the plan") {
  Manifests manifests;
  manifests.declare(kPersons);
  for (const auto* options : {R"({"target_scopes":)", R"({"target_scopes":"ACCOUNT"})", R"({"target_scopes":[1]})"}) {
    INFO(options);
    auto account = account_with(row("KEYS", options));
    CHECK(read(manifests, account) ==
          "MESH3004 for whom authentication policy GOV.S.KEYS is set on the account cannot "
          "be understood: '" +
              std::string(options) + "'\n");
  }
}

TEST_CASE("those that no manifest and no ledger names are left alone") {
  const auto rows = row("WIDE", R"({"target_scopes":["ACCOUNT","PERSON_USERS"]})") +
                    row("KEYS", R"({"target_scopes":["SERVICE_USERS"]})");
  const std::string persons =
      "account parameter AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS authentication_policy=GOV.S.WIDE\n";
  SECTION("declared") {
    Manifests manifests;
    manifests.declare(kPersons);
    auto account = account_with(rows);
    CHECK(read(manifests, account) == persons);
  }
  SECTION("remembered") {
    Manifests manifests;
    manifests.remember(kPersons);
    auto account = account_with(rows);
    CHECK(read(manifests, account) == persons);
  }
  SECTION("drift looks at all") {
    Manifests manifests;
    manifests.mesh.domains.front().account = true;
    auto account = account_with(rows);
    auto scope = manifests.scope();
    scope.everything_in_databases = true;
    Diagnostics diagnostics;
    const auto live = live::read(scope, account, diagnostics);
    CHECK(objects_of(live, "account parameter") ==
          "account parameter AUTHENTICATION_POLICY authentication_policy=GOV.S.WIDE\n" + persons +
              "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS authentication_policy=GOV.S.KEYS\n");
  }
}

// What is asked of the user that runs a plan (pages show-authentication-policies, desc-user).
TEST_CASE("what is in force for the user that runs a plan") {
  const std::string columns = "| name | database_name | schema_name | options | set_on |\n";
  const auto read = [](const std::string& account, const std::string& user, const std::string& described) {
    Login login;
    const auto status = live::read_login({table(account), table(user), table(described)}, login);
    if (!status.ok()) return status.error().message;
    std::string out = "type " + login.type.value_or("?") + ", own " + (login.own ? login.own->display() : "none");
    for (const auto& [scope, name] : login.on_account) out += ", " + scope + " " + name.display();
    return out;
  };
  const std::string account = columns +
                              "| SSO | G | S | {\"target_scopes\":[\"ACCOUNT\",\"PERSON_USERS\"]} | ACCOUNT |\n"
                              "| BUILT-IN | NULL | NULL | NULL | SYSTEM |\n";
  const std::string service = "| property | value |\n| NAME | BOT |\n| TYPE | SERVICE |\n";
  const std::string rest = ", ACCOUNT G.S.SSO, PERSON_USERS G.S.SSO";
  CHECK(read(account, columns + "| KEYS | G | S | | USER |\n", service) == "type SERVICE, own G.S.KEYS" + rest);
  CHECK(read(account, columns + "| SSO | G | S | | ACCOUNT |\n", service) == "type SERVICE, own none" + rest);
  CHECK(read(account, columns + "| BUILT-IN | NULL | NULL | NULL | SYSTEM |\n", service) ==
        "type SERVICE, own none" + rest);
  // Without set_on: its own where the account has it for nobody.
  const std::string older = "| name | database_name | schema_name | options |\n";
  CHECK(read(account, older + "| KEYS | G | S | |\n", service) == "type SERVICE, own G.S.KEYS" + rest);
  CHECK(read(account, older + "| SSO | G | S | |\n", service) == "type SERVICE, own none" + rest);
  CHECK(read(columns, columns, "| property | value |\n| TYPE | null |\n") == "type PERSON, own none");
  CHECK(read(columns, columns, "| property | value |\n| NAME | BOT |\n") == "type ?, own none");
  CHECK(read(columns + "| P | G | S | {\"target_scopes\":1} | ACCOUNT |\n", columns, service) ==
        "for whom a policy is set cannot be understood: '{\"target_scopes\":1}'");

  const auto methods = live::read_methods(table(
      "| property | value |\n| NAME | P |\n| AUTHENTICATION_METHODS | [KEYPAIR, OAUTH] |\n| CLIENT_TYPES | [ALL] |\n"));
  REQUIRE(methods);
  CHECK(*methods == std::vector<std::string>{"KEYPAIR", "OAUTH"});
  CHECK_FALSE(live::read_methods(table("| property | value |\n| AUTHENTICATION_METHODS | [CARRIER_PIGEON] |\n")));
  CHECK_FALSE(live::read_methods(table("| property | value |\n| NAME | P |\n")));

  const auto queries = live::login_queries("b\"ot", "R");
  REQUIRE(queries.size() == 3);
  CHECK(queries[1].sql == "SHOW AUTHENTICATION POLICIES ON USER \"b\"\"ot\"");
  CHECK(queries[2].sql.find("USER \"b\"\"ot\"") != std::string::npos);
  for (const auto& query : queries) CHECK((query.role == "R" && query.read_only));
}
