#include <algorithm>

#include <catch2/catch.hpp>

#include "mesh/plan/plan.hpp"

using namespace mesh;

namespace {

ObjectId id_of(const char* address) { return parse_address(address).value(); }

Change about(Action action, const char* address, std::vector<size_t> after = {}) {
  Change made;
  made.address = address;
  made.action = action;
  made.object = id_of(address);
  made.after = std::move(after);
  return made;
}

Change granted(Action action, const char* address, std::vector<size_t> after = {}) {
  Change made;
  made.address = address;
  made.action = action;
  made.after = std::move(after);
  const auto parsed = parse_grant(address).value();
  if (const auto* key = std::get_if<GrantKey>(&parsed)) made.grant = *key;
  if (const auto* key = std::get_if<MembershipKey>(&parsed)) made.membership = *key;
  return made;
}

PlanPart part(const char* account, std::vector<Change> changes) {
  PlanPart made;
  made.plan.account = account;
  made.plan.domains = {account};
  made.plan.fingerprint = account;
  made.plan.statements_read = 3;
  made.plan.changes = std::move(changes);
  return made;
}

PlanPart importing(PlanPart made, const char* database, const char* share) {
  made.imports.emplace(id_of(database), QualifiedName::parse(share).value());
  return made;
}

size_t position(const Plan& plan, const std::string& address, Action action) {
  const auto it = std::find_if(plan.changes.begin(), plan.changes.end(),
                               [&](const Change& c) { return c.address == address && c.action == action; });
  REQUIRE(it != plan.changes.end());
  return static_cast<size_t>(it - plan.changes.begin());
}

constexpr const char* kToShare = "grant database role A.READER to share S";
constexpr const char* kToRole = "grant database role B.READER to role R";

}  // namespace

TEST_CASE("what a share gets comes before what another account does with it") {
  // The consumer's account comes first among the parts, so that the order is not theirs.
  std::vector<PlanPart> parts;
  parts.push_back(importing(part("ACME-CONSUMER", {about(Action::Create, "database B"), about(Action::Create, "role R"),
                                                   granted(Action::Grant, kToRole, {0, 1})}),
                            "database B", "ACME.PROVIDER.S"));
  parts.push_back(part("ACME-PROVIDER", {about(Action::Create, "share S"), granted(Action::Grant, kToShare, {0}),
                                         about(Action::Update, "share S", {1}), about(Action::Create, "warehouse W")}));
  Diagnostics diagnostics;
  const auto plan = merge_plans(std::move(parts), "ACME-CONSUMER", diagnostics);
  CHECK_FALSE(diagnostics.has_errors());
  REQUIRE(plan.changes.size() == 7);
  const auto opened = position(plan, "share S", Action::Update);
  const auto imported = position(plan, "database B", Action::Create);
  CHECK(opened < imported);
  CHECK(imported < position(plan, kToRole, Action::Grant));
  for (size_t i = 0; i < plan.changes.size(); ++i) {
    for (const size_t first : plan.changes[i].after) CHECK(first < i);
  }
  const auto& after = plan.changes[imported].after;
  CHECK(std::find(after.begin(), after.end(), opened) != after.end());
  CHECK(plan.changes[position(plan, "role R", Action::Create)].after.empty());
  CHECK(plan.changes[opened].account == "ACME-PROVIDER");
  CHECK(plan.changes[imported].account.empty());
  CHECK(plan.account == "ACME-CONSUMER");
  CHECK(plan.statements_read == 6);
  CHECK(plan.domains == std::vector<std::string>{"ACME-CONSUMER", "ACME-PROVIDER"});
}

TEST_CASE("what a consumer gives up goes before what is taken out of the share") {
  std::vector<PlanPart> parts;
  parts.push_back(part("ACME-PROVIDER", {granted(Action::Revoke, kToShare), about(Action::Drop, "share S", {0})}));
  parts.push_back(
      importing(part("ACME-CONSUMER", {granted(Action::Revoke, kToRole), about(Action::Drop, "database B", {0})}),
                "database B", "acme.provider.s"));
  Diagnostics diagnostics;
  const auto plan = merge_plans(std::move(parts), "ACME-PROVIDER", diagnostics);
  REQUIRE(plan.changes.size() == 4);
  CHECK(position(plan, "database B", Action::Drop) < position(plan, kToShare, Action::Revoke));
  CHECK(position(plan, kToRole, Action::Revoke) < position(plan, "database B", Action::Drop));
  CHECK(position(plan, kToShare, Action::Revoke) < position(plan, "share S", Action::Drop));
}

TEST_CASE("a share of another account, and one of the same name, are not waited for") {
  std::vector<PlanPart> parts;
  parts.push_back(
      importing(part("ACME-CONSUMER", {about(Action::Create, "database B")}), "database B", "ACME.OTHER.S"));
  parts.push_back(part("ACME-PROVIDER", {about(Action::Create, "share S")}));
  Diagnostics diagnostics;
  const auto plan = merge_plans(std::move(parts), "ACME-PROVIDER", diagnostics);
  CHECK(plan.changes[position(plan, "database B", Action::Create)].after.empty());
}

TEST_CASE("accounts that wait for each other are named") {
  std::vector<PlanPart> parts;
  parts.push_back(
      importing(part("ACME-A", {about(Action::Create, "database B"), about(Action::Create, "share S", {0})}),
                "database B", "ACME.B.T"));
  parts.push_back(
      importing(part("ACME-B", {about(Action::Create, "database C"), about(Action::Create, "share T", {0})}),
                "database C", "ACME.A.S"));
  Diagnostics diagnostics;
  const auto plan = merge_plans(std::move(parts), "ACME-A", diagnostics);
  REQUIRE(diagnostics.has_errors());
  CHECK(diagnostics.unsorted().front().code == "MESH2010");
  CHECK(plan.changes.empty());
}

TEST_CASE("one part of the environment's own account stays as it is") {
  std::vector<PlanPart> parts;
  parts.push_back(part("ACME-A", {about(Action::Create, "role R")}));
  Diagnostics diagnostics;
  const auto plan = merge_plans(std::move(parts), "ACME-A", diagnostics);
  CHECK(plan.fingerprint == "ACME-A");
  CHECK(plan.changes.front().account.empty());
}
