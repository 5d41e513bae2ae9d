// Promise 6 in the order: access is taken before what protects may weaken, and given only when it stands.
#include <algorithm>

#include <catch2/catch.hpp>

#include "mesh/model/access.hpp"
#include "mesh/plan/plan.hpp"

using namespace mesh;

namespace {

ObjectId id(const char* address) { return parse_address(address).value(); }

Change access(Action action, const char* privilege, const char* on, const char* to) {
  Change change;
  change.grant = GrantKey{on_object(id(on)), *parse_grantee(to), privilege};
  change.address = change.grant->address();
  change.action = action;
  return change;
}

Change membership(Action action, const char* role, const char* member) {
  Change change;
  change.membership = MembershipKey{id(role), *parse_grantee(member)};
  change.address = change.membership->address();
  change.action = action;
  return change;
}

Change protection(Action action, const char* what, const char* bearer, Reason reason = Reason::NotThere) {
  Change change;
  change.address = std::string(what) + " on " + bearer;
  change.action = action;
  change.reason = reason;
  change.bearer = Bearer{id(bearer), std::nullopt};
  change.statements.push_back({"ALTER …", "GOVERNANCE_DEPLOY", Act::Attach, std::nullopt});
  return change;
}

Change new_body(const char* policy) {
  Change change;
  change.address = policy;
  change.object = id(policy);
  change.action = Action::Update;
  change.diff.push_back({"body", "V", "'*'", {}});
  return change;
}

// Whether, of two changes, the first must be done before the second: by the graph, not by chance of the order.
bool waits(std::vector<Change> changes, const std::string& first, const std::string& then) {
  Diagnostics diagnostics;
  const auto ordered = order(std::move(changes), diagnostics);
  REQUIRE_FALSE(diagnostics.has_errors());
  const auto at = [&](const std::string& address) {
    const auto it = std::find_if(ordered.begin(), ordered.end(), [&](const Change& c) { return c.address == address; });
    REQUIRE(it != ordered.end());
    return static_cast<size_t>(it - ordered.begin());
  };
  const auto& after = ordered[at(then)].after;
  return std::find(after.begin(), after.end(), at(first)) != after.end();
}

bool waits(const Change& first, const Change& then) { return waits({then, first}, first.address, then.address); }

}  // namespace

TEST_CASE("access is given when what protects stands") {
  const auto select = access(Action::Grant, "SELECT", "table A.S.T", "role R");
  CHECK(waits(protection(Action::Set, "row access policy A.P.P", "table A.S.T"), select));
  CHECK_FALSE(waits(protection(Action::Set, "row access policy A.P.P", "table A.S.OTHER"), select));
  // On what it lies in, and what lies in it: a tag on a schema is inherited.
  CHECK(waits(protection(Action::Set, "row access policy A.P.P", "table A.S.T"),
              access(Action::Grant, "USAGE", "schema A.S", "role R")));
  CHECK(waits(protection(Action::Set, "tag A.P.PII", "schema A.S"), select));
  CHECK_FALSE(waits(protection(Action::Set, "tag A.P.PII", "schema A.OTHER"), select));
  // A tag that gets a policy, and a policy's new body, may be for anything.
  CHECK(waits(protection(Action::Set, "masking policy A.P.M", "tag A.P.PII"), select));
  CHECK(waits(new_body("masking policy A.P.M"), select));
  CHECK(waits(new_body("row access policy A.P.P"), membership(Action::Grant, "role R", "role BOSS")));
  auto comment = new_body("masking policy A.P.M");
  comment.diff.front().property = "comment";
  CHECK_FALSE(waits(comment, select));
}

TEST_CASE("access is taken before what protects may weaken") {
  const auto revoke = access(Action::Revoke, "SELECT", "table A.S.T", "role R");
  CHECK(waits(revoke, protection(Action::Unset, "row access policy A.P.P", "table A.S.T")));
  // Another one in its place may show more; one where none was does not.
  CHECK(waits(revoke, protection(Action::Set, "masking policy A.P.M", "table A.S.T", Reason::Differs)));
  CHECK_FALSE(waits(revoke, protection(Action::Set, "masking policy A.P.M", "table A.S.T")));
  CHECK(waits(revoke, new_body("masking policy A.P.M")));
}

TEST_CASE("who loses one thing and gets another never has both") {
  const auto leaves = membership(Action::Revoke, "role PII_READER", "role R");
  CHECK(waits(leaves, access(Action::Grant, "SELECT", "table A.S.T", "role R")));
  CHECK_FALSE(waits(leaves, access(Action::Grant, "SELECT", "table A.S.T", "role OTHER")));
  // What the role gets that somebody leaves, and who comes to a role that loses something.
  CHECK(waits(leaves, access(Action::Grant, "SELECT", "table A.S.T", "role PII_READER")));
  CHECK(waits(access(Action::Revoke, "SELECT", "table A.S.T", "role R"),
              membership(Action::Grant, "role R", "role BOSS")));
  CHECK_FALSE(waits(leaves, access(Action::Grant, "APPLY", "masking policy A.P.M", "role R")));
  // Two that are in one role do not matter to each other.
  CHECK_FALSE(waits(leaves, membership(Action::Grant, "role PII_READER", "role OTHER")));
  // A role that runs statements may need what it gets, and what it loses until the end.
  auto runs = new_body("masking policy A.P.M");
  runs.statements.push_back({"ALTER …", "R", Act::Alter, std::nullopt});
  const auto select = access(Action::Grant, "SELECT", "table A.S.T", "role R");
  CHECK_FALSE(waits({leaves, select, runs}, leaves.address, select.address));
  const auto of_left = access(Action::Grant, "SELECT", "table A.S.T", "role PII_READER");
  CHECK_FALSE(waits({leaves, of_left, runs}, leaves.address, of_left.address));
}

TEST_CASE("what is wished of the order makes no circle") {
  // The view is made anew when its source can be read, and what was granted on it goes after that.
  const auto source = access(Action::Grant, "SELECT", "table A.S.T", "role R");
  auto view = new_body("view A.S.V");
  view.diff.front().property = "query";
  view.needs = {"table A.S.T"};
  view.makes = {"view A.S.V"};
  auto revoke = access(Action::Revoke, "SELECT", "view A.S.V", "role R");
  revoke.needs = {"view A.S.V"};
  CHECK(waits({source, view, revoke}, source.address, view.address));
}

TEST_CASE("one protection of an object is set before another one is taken off") {
  CHECK(waits(protection(Action::Set, "masking policy A.P.M", "table A.S.T"),
              protection(Action::Unset, "row access policy A.P.P", "table A.S.T")));
  CHECK_FALSE(waits(protection(Action::Set, "masking policy A.P.M", "table A.S.OTHER"),
                    protection(Action::Unset, "row access policy A.P.P", "table A.S.T")));
}
