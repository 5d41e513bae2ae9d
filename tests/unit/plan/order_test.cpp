#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

#include "mesh/plan/plan.hpp"

using namespace mesh;

namespace {

Change change(Action action, const char* address, std::vector<std::string> needs = {}) {
  Change made;
  made.address = address;
  made.action = action;
  made.needs = std::move(needs);
  if (const auto id = parse_address(address)) made.object = *id;
  if (action == Action::Drop) {
    made.removes = {address};
  } else {
    made.makes = {address};
  }
  return made;
}

std::vector<std::string> addresses(const std::vector<Change>& changes) {
  std::vector<std::string> all;
  for (const auto& one : changes) all.push_back(one.address);
  return all;
}

std::vector<Change> sample() {
  auto schema = change(Action::Drop, "schema A.OLD");
  schema.before_drop_of = {"table A.OLD.T"};
  return {change(Action::Create, "view A.S.V1", {"view A.S.V2", "schema A.S", "database A"}),
          change(Action::Create, "view A.S.V2", {"table A.S.T", "schema A.S", "database A"}),
          change(Action::Create, "table A.S.T", {"schema A.S", "database A"}),
          change(Action::Create, "schema A.S", {"database A"}),
          change(Action::Create, "database A"),
          change(Action::Create, "role R"),
          change(Action::Adopt, "warehouse W"),
          change(Action::Update, "warehouse W"),
          schema,
          change(Action::Drop, "table A.OLD.T")};
}

bool each_after_its_needs(const std::vector<Change>& changes) {
  for (size_t i = 0; i < changes.size(); ++i) {
    for (const size_t first : changes[i].after) {
      if (first >= i) return false;
    }
  }
  return true;
}

}  // namespace

TEST_CASE("containers come before what they contain, readers behind what they read, drops last and inside out") {
  Diagnostics diagnostics;
  const auto ordered = order(sample(), diagnostics);
  CHECK(diagnostics.empty());
  CHECK(addresses(ordered) == std::vector<std::string>{"warehouse W", "database A", "role R", "schema A.S",
                                                       "table A.S.T", "view A.S.V2", "view A.S.V1", "warehouse W",
                                                       "table A.OLD.T", "schema A.OLD"});
  CHECK(each_after_its_needs(ordered));
}

TEST_CASE("the order is the same for every shuffling of the input") {
  Diagnostics diagnostics;
  const auto expected = addresses(order(sample(), diagnostics));
  const unsigned seed = 20261124;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    auto shuffled = sample();
    std::shuffle(shuffled.begin(), shuffled.end(), random);
    REQUIRE(addresses(order(shuffled, diagnostics)) == expected);
  }
}

TEST_CASE("a name is taken only when it is free") {
  Diagnostics diagnostics;
  const auto ordered = order({change(Action::Create, "table A.S.X"), change(Action::Drop, "view A.S.X")}, diagnostics);
  CHECK(addresses(ordered) == std::vector<std::string>{"view A.S.X", "table A.S.X"});
  CHECK(ordered[1].after == std::vector<size_t>{0});
}

TEST_CASE("ownership moves last") {
  auto ownership = change(Action::Grant, "grant OWNERSHIP on table A.S.T to role R");
  ownership.grant =
      GrantKey{{TargetForm::Object, *parse_address("table A.S.T"), KindId::Table}, *parse_grantee("R"), "OWNERSHIP"};
  auto select = change(Action::Grant, "grant SELECT on table A.S.T to role R");
  select.grant =
      GrantKey{{TargetForm::Object, *parse_address("table A.S.T"), KindId::Table}, *parse_grantee("R"), "SELECT"};
  Diagnostics diagnostics;
  const auto ordered = order({ownership, select, change(Action::Update, "table A.S.T")}, diagnostics);
  REQUIRE(ordered.size() == 3);
  CHECK(ordered[2].address == "grant OWNERSHIP on table A.S.T to role R");
  CHECK(ordered[2].after == std::vector<size_t>{0, 1});
}

TEST_CASE("access is revoked before a policy shows more, though the object gets a column that bears the policy") {
  auto policy = change(Action::Update, "masking policy A.S.P");
  policy.diff.push_back({"body", Value("'*'"), Value("'-'"), {}});
  for (const auto action : {Action::Update, Action::Replace}) {
    GrantKey key;
    key.privilege = "SELECT";
    key.target.object = *parse_address("table A.S.T");
    key.grantee = Grantee{GranteeType::Role, *QualifiedName::parse("R")};
    auto revoke = change(Action::Revoke, "grant SELECT on table A.S.T to role R", {"table A.S.T"});
    revoke.object.reset();
    revoke.grant = key;
    const auto table = change(action, "table A.S.T", {"masking policy A.S.P"});
    Diagnostics diagnostics;
    const auto ordered = order({table, policy, revoke}, diagnostics);
    CHECK(diagnostics.empty());
    CHECK(addresses(ordered) == std::vector<std::string>{revoke.address, policy.address, table.address});
    // A new name is the one that the statement says.
    const auto renamed = change(Action::Rename, "table A.S.T");
    CHECK(addresses(order({revoke, policy, renamed}, diagnostics)) ==
          std::vector<std::string>{renamed.address, revoke.address, policy.address});
  }
}

TEST_CASE("a circle is reported as a path and left out") {
  Diagnostics diagnostics;
  const auto ordered = order({change(Action::Create, "view A.S.V1", {"view A.S.V2"}),
                              change(Action::Create, "view A.S.V2", {"view A.S.V1"}), change(Action::Create, "role R")},
                             diagnostics);
  CHECK(addresses(ordered) == std::vector<std::string>{"role R"});
  REQUIRE(diagnostics.unsorted().size() == 1);
  CHECK(diagnostics.unsorted()[0].code == "MESH2010");
  CHECK(diagnostics.unsorted()[0].summary.find("view A.S.V1 → view A.S.V2") != std::string::npos);
}

TEST_CASE("the fingerprint rests on changes, statements, roles and the live state, not on row counts or the day") {
  Mesh mesh;
  mesh.name = "acme";
  Desired desired;
  Live live;
  Object table;
  table.id = *parse_address("table A.S.T");
  table.live.created_on = "1";
  table.live.rows = 1;
  live.state.objects[table.id] = table;
  const auto print = [&](std::string role, std::string date) {
    DiffResult result;
    result.changes = {change(Action::Update, "table A.S.T")};
    result.changes[0].statements = {{"ALTER", std::move(role)}};
    Diagnostics diagnostics;
    PlanHeader header;
    header.date = std::move(date);
    return make_plan(mesh, desired, live, std::move(result), header, diagnostics).fingerprint;
  };
  const auto first = print("R", "2026-01-01");
  CHECK(first == print("R", "2026-01-02"));
  live.state.objects[table.id].live.rows = 99;
  CHECK(first == print("R", "2026-01-01"));
  CHECK(first != print("OTHER", "2026-01-01"));
  live.state.objects[table.id].live.created_on = "2";
  CHECK(first != print("R", "2026-01-01"));
}

TEST_CASE("access is told with the roles it comes through") {
  Desired desired;
  Object role;
  role.id = *parse_address("role ANALYST");
  desired.state.objects[role.id] = role;
  State live;
  Change select = change(Action::Grant, "g");
  select.grant = GrantKey{{TargetForm::Object, *parse_address("table A.S.T"), KindId::Table},
                          *parse_grantee("database role A.READER"),
                          "SELECT"};
  Change member = change(Action::Grant, "m");
  member.membership = MembershipKey{*parse_address("database role A.READER"), *parse_grantee("ANALYST")};
  const auto access = access_changes(desired, live, {select, member});
  REQUIRE(access.size() == 1);
  CHECK(access[0].added);
  CHECK(access[0].who == "role ANALYST");
  CHECK(access[0].privilege == "SELECT");
  CHECK(access[0].object == "table A.S.T");
  CHECK(access[0].via == std::vector<std::string>{"database role A.READER"});
  CHECK(access_changes(desired, live, {select}).empty());
}

TEST_CASE("a role is given what it needs before it uses it") {
  const auto run_by = [](Change made, const char* role) {
    made.statements = {{"", role, Act::Create, {}}};
    return made;
  };
  const auto position = [](const std::vector<Change>& changes, const std::string& address) {
    const auto all = addresses(changes);
    return std::find(all.begin(), all.end(), address) - all.begin();
  };
  Diagnostics diagnostics;
  SECTION("what another role grants on the source of a view") {
    auto select = run_by(change(Action::Grant, "g"), "OTHER");
    select.grant =
        GrantKey{{TargetForm::Object, *parse_address("table A.S.T"), KindId::Table}, *parse_grantee("R"), "SELECT"};
    auto usage = run_by(change(Action::Grant, "u"), "OTHER");
    usage.grant =
        GrantKey{{TargetForm::Object, *parse_address("schema A.S"), KindId::Table}, *parse_grantee("R"), "USAGE"};
    const auto view = run_by(change(Action::Create, "view B.S.V", {"table A.S.T"}), "R");
    const auto ordered = order({view, select, usage}, diagnostics);
    CHECK(position(ordered, "g") < position(ordered, "view B.S.V"));
    CHECK(position(ordered, "u") < position(ordered, "view B.S.V"));
    auto own = select;
    own.statements[0].role = "R";
    const auto by_itself = order({view, own}, diagnostics);
    CHECK(position(by_itself, "view B.S.V") < position(by_itself, "g"));
  }
  SECTION("that somebody who can take it has it") {
    auto joins = run_by(change(Action::Grant, "m"), "OTHER");
    joins.membership = MembershipKey{*parse_address("role R"), *parse_grantee("ABOVE")};
    auto above = run_by(change(Action::Grant, "z"), "OTHER");
    above.membership = MembershipKey{*parse_address("role ABOVE"), *parse_grantee("TOP")};
    const auto made = run_by(change(Action::Create, "database A"), "R");
    const auto ordered = order({made, joins, above}, diagnostics);
    CHECK(position(ordered, "m") < position(ordered, "database A"));
    CHECK(position(ordered, "z") < position(ordered, "database A"));
    // It makes the one that gets it: then the user has it by another way, and nothing is a circle.
    const auto top = run_by(change(Action::Create, "role TOP"), "R");
    above.needs = {"role TOP"};
    CHECK(order({top, joins, above}, diagnostics).size() == 3);
    CHECK_FALSE(diagnostics.has_errors());
  }
  SECTION("what reads an object, before its ownership moves") {
    auto moves = run_by(change(Action::Grant, "o"), "R");
    moves.grant =
        GrantKey{{TargetForm::Object, *parse_address("view A.S.V"), KindId::Table}, *parse_grantee("X"), "OWNERSHIP"};
    const auto reader = run_by(change(Action::Replace, "view Z.S.READER", {"view A.S.V"}), "R");
    const auto ordered = order({moves, reader}, diagnostics);
    REQUIRE(ordered.size() == 2);
    CHECK(ordered[1].address == "o");
    CHECK(ordered[1].after == std::vector<size_t>{0});
  }
  SECTION("membership in the role that something is handed over to") {
    auto member = run_by(change(Action::Grant, "m"), "R");
    member.membership = MembershipKey{*parse_address("role HEIR"), *parse_grantee("R")};
    auto schema = run_by(change(Action::Create, "schema A.S"), "R");
    schema.statements.push_back({"", "R", Act::HandOver, Handover{*schema.object, Name::exact("HEIR")}});
    auto above = run_by(change(Action::Grant, "a"), "R");
    above.membership = MembershipKey{*parse_address("role R"), *parse_grantee("SYSADMIN")};
    const auto ordered = order({schema, member, above}, diagnostics);
    CHECK(position(ordered, "m") < position(ordered, "schema A.S"));
    CHECK(position(ordered, "a") < position(ordered, "schema A.S"));
  }
  CHECK(diagnostics.empty());
}

TEST_CASE("what a role may apply on the account it is given before it sets it there") {
  const auto grant = [](const char* privilege, const char* role) {
    Change made;
    made.grant = GrantKey{{TargetForm::Account, {}, KindId::Table}, *parse_grantee(role), privilege};
    made.address = made.grant->address();
    made.action = Action::Grant;
    made.makes = {made.address};
    return made;
  };
  const auto set = [](const char* parameter) {
    auto made = change(Action::Create, parameter);
    made.statements.push_back({"", "DEPLOY", Act::Alter, {}});
    return made;
  };
  constexpr const char* kPersons = "account parameter SESSION_POLICY_FOR_ALL_PERSON_USERS";
  Diagnostics diagnostics;
  const auto apply = grant("APPLY SESSION POLICY", "DEPLOY");
  CHECK(addresses(order({set(kPersons), apply}, diagnostics)) == std::vector<std::string>{apply.address, kPersons});
  // Of another role, or of another kind, it may come behind.
  for (const auto& other : {grant("APPLY SESSION POLICY", "OTHER"), grant("APPLY PASSWORD POLICY", "DEPLOY")})
    CHECK(addresses(order({set(kPersons), other}, diagnostics)) == std::vector<std::string>{kPersons, other.address});
  CHECK(diagnostics.empty());
}
