// Who reads a classified column unmasked, before and after a plan.
#include "readers.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

namespace {

ObjectId id(const char* address) { return parse_address(address).value(); }
Grantee role(const char* name) { return account_role(Name::exact(name)); }

Object object(const char* address) {
  Object made;
  made.id = id(address);
  made.domain = "sales";
  return made;
}

void grant(State& state, const char* privilege, const char* on, const Grantee& to) {
  Grant made;
  made.key = {on_object(id(on)), to, privilege};
  state.grants.emplace(made.key, made);
}

// A column that READER and STEWARD may select, masked for all but the steward.
State sample(const char* body) {
  State state;
  for (const auto* address : {"database A", "schema A.S", "role READER", "role STEWARD"}) {
    auto made = object(address);
    state.objects.emplace(made.id, std::move(made));
  }
  auto table = object("table A.S.T");
  for (const auto* name : {"ID", "EMAIL"}) {
    Column column;
    column.name = Name::exact(name);
    column.type = *DataType::parse("VARCHAR");
    table.columns.push_back(std::move(column));
  }
  state.objects.emplace(table.id, std::move(table));
  auto policy = object("masking policy A.S.M");
  policy.properties["signature"] = {Value(ValueRecord{{"V", "VARCHAR(16777216)"}}), {}};
  policy.texts["body"] = {body, {}};
  state.objects.emplace(policy.id, std::move(policy));
  Attachment mask;
  mask.key = {{id("table A.S.T"), Name::exact("EMAIL")}, KindId::MaskingPolicy, {}};
  mask.name = id("masking policy A.S.M").name;
  mask.domain = "sales";
  state.attachments.emplace(mask.key, mask);
  for (const auto* name : {"READER", "STEWARD"}) {
    grant(state, "USAGE", "database A", role(name));
    grant(state, "USAGE", "schema A.S", role(name));
    grant(state, "SELECT", "table A.S.T", role(name));
  }
  return state;
}

constexpr const char* kSteward = "CASE WHEN IS_ROLE_IN_SESSION('STEWARD') THEN V ELSE '*' END";

std::vector<ReadersChange> readers(const State& live, const State& wanted, const std::vector<Change>& changes) {
  Mesh mesh;
  Desired desired;
  desired.state = wanted;
  return readers_changes(mesh, desired, live, changes, {"sales"});
}

Change join(const char* below, const char* above) {
  Change change;
  change.action = Action::Grant;
  change.membership = MembershipKey{id(below), role(above)};
  return change;
}

}  // namespace

TEST_CASE("who gets into a role that a policy asks for reads unmasked") {
  const auto state = sample(kSteward);
  const auto changed = readers(state, state, {join("role STEWARD", "READER")});
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].column == "column A.S.T.EMAIL");
  CHECK(changed[0].before == 1);
  CHECK(changed[0].after == 2);
  CHECK(changed[0].gained == std::vector<std::string>{"role READER"});
  CHECK(changed[0].lost.empty());
  CHECK(readers(state, state, {}).empty());
}

TEST_CASE("a policy's new body, and taking the policy off, change who reads unmasked") {
  Change body;
  body.action = Action::Update;
  body.object = id("masking policy A.S.M");
  const auto tighter = readers(sample(kSteward), sample("'*'"), {body});
  REQUIRE(tighter.size() == 1);
  CHECK(tighter[0].after == 0);
  CHECK(tighter[0].lost == std::vector<std::string>{"role STEWARD"});

  // What the text does not tell is never taken for safe.
  const auto unknown = readers(sample("'*'"), sample("CASE WHEN CURRENT_USER() = 'BOB' THEN V ELSE '*' END"), {body});
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].gained == std::vector<std::string>{"role READER, by condition", "role STEWARD, by condition"});

  auto bare = sample(kSteward);
  const auto mask = bare.attachments.begin()->second;
  bare.attachments.clear();
  Change unset;
  unset.action = Action::Unset;
  unset.address = mask.address();
  unset.bearer = mask.key.bearer;
  const auto open = readers(sample(kSteward), bare, {unset});
  REQUIRE(open.size() == 1);
  CHECK(open[0].before == 1);
  CHECK(open[0].after == 2);
}

TEST_CASE("a revoke takes readers away") {
  const auto state = sample("V");
  Change revoke;
  revoke.action = Action::Revoke;
  revoke.grant = GrantKey{on_object(id("table A.S.T")), role("READER"), "SELECT"};
  const auto changed = readers(state, state, {revoke});
  REQUIRE(changed.size() == 1);
  CHECK(changed[0].before == 2);
  CHECK(changed[0].after == 1);
  CHECK(changed[0].lost == std::vector<std::string>{"role READER"});
}
