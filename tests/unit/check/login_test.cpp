// Who runs a plan logs in with each statement: pages authentication-policies (Preventing a lockout) and alter-account
// (precedence of users' own policies, of those for user types, of the account's).
#include "mesh/check/login.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

namespace {

constexpr const char* kAll = "AUTHENTICATION_POLICY";
constexpr const char* kPersons = "AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS";
constexpr const char* kServices = "AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS";

QualifiedName name(const char* text) { return QualifiedName::parse(text).value(); }

// A service user that logs in with its key, policies G.S.SSO and G.S.KEYS.
struct World {
  Login login{.user = "BOT", .method = "KEYPAIR", .type = "SERVICE"};
  Desired desired;
  std::vector<Change> changes;

  World() {
    policy("G.S.SSO", "SAML");
    policy("G.S.KEYS", "KEYPAIR");
  }
  Object& policy(const char* called, const char* method) {
    login.methods[name(called)] = {method};
    Object object;
    object.id = {KindId::AuthenticationPolicy, name(called)};
    object.properties["authentication_methods"].value = Value(ValueList{Value(method)});
    return desired.state.objects[object.id] = object;
  }
  // `statements`: two where one policy is unset before the next is set.
  World& sets(const char* parameter, const char* after, size_t statements = 1) {
    Change change;
    change.object = ObjectId{KindId::AccountParameter, QualifiedName({Name::exact(parameter)})};
    change.address = change.object->address();
    change.action = *after == 0 ? Action::Drop : statements > 1 ? Action::Update : Action::Create;
    change.diff.push_back({"authentication_policy", Value(), *after == 0 ? Value() : Value(after), {}});
    change.statements.resize(statements);
    changes.push_back(std::move(change));
    return *this;
  }
  World& own(const char* user, Action action, const char* policy) {
    Change change;
    change.bearer = Bearer{{KindId::User, QualifiedName({Name::exact(user)})}, std::nullopt};
    change.kind = "authentication policy";
    change.name = policy;
    change.action = action;
    change.address = std::string("authentication policy ") + policy + " on user " + user;
    changes.push_back(std::move(change));
    return *this;
  }
  World& alters(const char* address, Action action = Action::Update) {
    Change change;
    change.object = *parse_address(address);
    change.address = address;
    change.action = action;
    change.statements.resize(1);
    changes.push_back(std::move(change));
    return *this;
  }
  std::string told() const {
    const auto out = check::find_logged_out(login, changes, desired);
    if (!out) return "";
    return out->address + " by " + out->policy.display() + (out->for_a_moment ? ", for a moment" : "") +
           (out->certain ? "" : ", perhaps");
  }
};

}  // namespace

TEST_CASE("a policy without the user's way keeps it out where it is the one in force") {
  World world;
  SECTION("for all") {
    CHECK(world.sets(kAll, "G.S.SSO").told() == "account parameter AUTHENTICATION_POLICY by G.S.SSO");
  }
  SECTION("for its type") {
    CHECK(world.sets(kServices, "G.S.SSO").told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.SSO");
  }
  SECTION("for another type") { CHECK(world.sets(kPersons, "G.S.SSO").told() == ""); }
  SECTION("with its way") { CHECK(world.sets(kAll, "G.S.KEYS").told() == ""); }
  SECTION("with all ways") {
    world.policy("G.S.ANY", "ALL");
    CHECK(world.sets(kAll, "G.S.ANY").told() == "");
  }
  SECTION("behind one for its type") { CHECK(world.sets(kServices, "G.S.KEYS").sets(kAll, "G.S.SSO").told() == ""); }
  SECTION("before one for its type") {
    CHECK(world.sets(kAll, "G.S.SSO").sets(kServices, "G.S.KEYS").told() ==
          "account parameter AUTHENTICATION_POLICY by G.S.SSO");
  }
  SECTION("behind its own") {
    CHECK(world.own("BOT", Action::Set, "G.S.KEYS").sets(kServices, "G.S.SSO").sets(kAll, "G.S.SSO").told() == "");
  }
  SECTION("another's own") {
    CHECK(world.own("ADA", Action::Set, "G.S.SSO").told() == "");
    CHECK(check::first_about_logins(world.changes, "BOT") == nullptr);
    CHECK(check::first_about_logins(world.changes, "ADA") != nullptr);
  }
  SECTION("its own") {
    CHECK(world.own("BOT", Action::Set, "G.S.SSO").told() == "authentication policy G.S.SSO on user BOT by G.S.SSO");
  }
}

TEST_CASE("what is taken off leaves what stands behind it") {
  World world;
  world.login.on_account = {{"ACCOUNT", name("G.S.SSO")}, {"SERVICE_USERS", name("G.S.KEYS")}};
  SECTION("that for its type") {
    CHECK(world.sets(kServices, "").told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.SSO");
  }
  SECTION("between UNSET and SET") {
    world.policy("G.S.NEW", "KEYPAIR");
    CHECK(world.sets(kServices, "G.S.NEW", 2).told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.SSO, for a moment");
  }
  SECTION("the account's, behind which Snowflake's own has all") {
    world.policy("G.S.NEW", "OAUTH");
    CHECK(world.sets(kAll, "G.S.NEW", 2).told() == "");
    CHECK(world.sets(kServices, "").told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.NEW");
  }
  SECTION("its own") {
    world.login.on_account.erase("SERVICE_USERS");
    world.login.own = name("G.S.KEYS");
    CHECK(world.own("BOT", Action::Unset, "G.S.KEYS").told() ==
          "authentication policy G.S.KEYS on user BOT by G.S.SSO");
  }
}

TEST_CASE("a policy that is altered, and a user that becomes another") {
  World world;
  world.login.on_account = {{"ACCOUNT", name("G.S.SSO")}, {"SERVICE_USERS", name("G.S.KEYS")}};
  SECTION("the policy in force") {
    const auto altered = [&](const char* address, Value after) {
      world.alters(address).changes.back().diff = {{"comment", Value("a"), Value("b"), {}},
                                                   {"authentication_methods", Value(), std::move(after), {}}};
      return world.told();
    };
    CHECK(altered("authentication policy G.S.SSO", Value(ValueList{Value("OAUTH")})) == "");
    CHECK(altered("authentication policy G.S.KEYS", Value()) == "");  // all
    CHECK(altered("authentication policy G.S.KEYS", Value(ValueList{Value("OAUTH")})) ==
          "authentication policy G.S.KEYS by G.S.KEYS");
  }
  SECTION("in another property") { CHECK(world.alters("authentication policy G.S.KEYS").told() == ""); }
  SECTION("one that is made") {
    world.policy("G.S.NEW", "SAML");
    world.login.methods.erase(name("G.S.NEW"));
    world.alters("authentication policy G.S.NEW", Action::Create).sets(kServices, "G.S.NEW");
    CHECK(world.told() == "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.NEW");
    CHECK(check::policies_to_know(world.login, world.changes).count(name("G.S.NEW")) == 0);
  }
  SECTION("the user's type") {
    world.alters("user BOT").changes.back().diff.push_back({"type", Value("SERVICE"), Value("PERSON"), {}});
    CHECK(world.told() == "user BOT by G.S.SSO");
    CHECK(check::first_about_logins(world.changes, "BOT") != nullptr);
  }
  SECTION("under a new name") {
    world.policy("G.S.BOTS", "KEYPAIR").renamed_from = name("G.S.KEYS");
    world.login.methods.erase(name("G.S.BOTS"));
    world.alters("authentication policy G.S.BOTS", Action::Rename);
    CHECK(world.sets(kServices, "").told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.SSO");
  }
}

TEST_CASE("of a user whose type is not told each is thought of") {
  World world;
  world.login.type.reset();
  SECTION("one of the two") {
    CHECK(world.sets(kPersons, "G.S.SSO").told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_PERSON_USERS by G.S.SSO, perhaps");
    // What is certain counts more than what may be.
    CHECK(world.sets(kServices, "G.S.SSO").told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.SSO");
  }
  SECTION("both") { CHECK(world.sets(kAll, "G.S.SSO").told() == "account parameter AUTHENTICATION_POLICY by G.S.SSO"); }
  SECTION("not of the one that could not have come in") {
    world.login.on_account = {{"PERSON_USERS", name("G.S.SSO")}};
    CHECK(world.sets(kServices, "G.S.SSO").told() ==
          "account parameter AUTHENTICATION_POLICY_FOR_ALL_SERVICE_USERS by G.S.SSO");
  }
  SECTION("an agent has the account's alone") {
    world.login.type = "SERVICE_AGENT";
    CHECK(world.sets(kServices, "G.S.SSO").sets(kPersons, "G.S.SSO").told() == "");
    CHECK(world.sets(kAll, "G.S.SSO").told() == "account parameter AUTHENTICATION_POLICY by G.S.SSO");
  }
}

TEST_CASE("the methods are asked of what is in force and of what will be") {
  World world;
  world.login.on_account = {{"ACCOUNT", name("G.S.SSO")}};
  world.login.own = name("G.S.OWN");
  world.sets(kServices, "G.S.KEYS").sets(kPersons, "").own("BOT", Action::Set, "G.S.NEXT");
  world.own("ADA", Action::Set, "G.S.HERS").own("BOT", Action::Unset, "G.S.OWN");
  CHECK(check::policies_to_know(world.login, world.changes) ==
        std::set<QualifiedName>{name("G.S.SSO"), name("G.S.OWN"), name("G.S.KEYS"), name("G.S.NEXT")});
}

TEST_CASE("what is in force without the user's way, and is not understood, tells nothing") {
  World world;
  world.login.on_account = {{"ACCOUNT", name("G.S.SSO")}};
  CHECK(world.sets(kServices, "G.S.SSO").told() == "");
}
