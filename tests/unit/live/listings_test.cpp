// Listings: SHOW LISTINGS for all, DESCRIBE LISTING for those that are declared (pages show-listings, desc-listing).
#include <catch2/catch.hpp>

#include "mesh/live/reader.hpp"
#include "terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

Manifests with_listings(const std::vector<std::string>& names) {
  Manifests manifests;
  for (const auto& name : names) {
    auto& listing = manifests.declare("listing " + name);
    listing.properties["title"] = {Value("T"), {}};
  }
  return manifests;
}

Account account_with(const std::string& rows) {
  Account account;
  account.says("SHOW LISTINGS",
               "| name | state | review_state | comment | owner | owner_role_type | distribution |\n" + rows);
  return account;
}

void describes(Account& account, const std::string& statement, const std::string& share, const std::string& manifest) {
  Rows rows;
  rows.columns = {"name", "share", "manifest_yaml"};
  rows.rows = {{"L", share, manifest}};
  account.answers(statement, Reply(rows));
}

}  // namespace

TEST_CASE("a listing's manifest is read by its meaning, as it stands in its state") {
  auto account = account_with(
      "| L | PUBLISHED   | NULL | c | R | ROLE | ORGANIZATION |\n"
      "| D | DRAFT       | NULL |   | R | ROLE | EXTERNAL |\n"
      "| U | UNPUBLISHED | NULL |   | R | ROLE | ORGANIZATION |\n"
      "| OTHER | DRAFT   | NULL |   | R | ROLE | ORGANIZATION |\n");
  describes(account, "DESCRIBE LISTING \"L\"", "S",
            "# by hand\ntitle: 'T'\nresharing: {enabled: FALSE, later: 1}\norganization_targets:\n  access:\n"
            "  - {roles: [B, A], account: \"X\"}\nusage_examples: {not: a list}\ntrial_details: {trial_type: TIME}\n");
  describes(account, "DESCRIBE LISTING \"D\" REVISION = DRAFT", "ORG.ACC.S", "title: [");
  describes(account, "DESCRIBE LISTING \"U\" REVISION = DRAFT", "S", "");
  Diagnostics diagnostics;
  const auto live = with_listings({"L", "D", "U"}).read(account, diagnostics);
  CHECK(told(diagnostics) == "");
  CHECK(account.sent("DESCRIBE") ==
        "DESCRIBE LISTING \"D\" REVISION = DRAFT\nDESCRIBE LISTING \"L\"\nDESCRIBE LISTING \"U\" REVISION = DRAFT\n");
  const auto& listing = live.state.objects.at(*parse_address("listing L"));
  CHECK(*listing.find("title") == Value("T"));
  CHECK(*listing.find("state") == Value("PUBLISHED"));
  CHECK(*listing.find("share") == Value("S"));
  CHECK(*listing.find("resharing.enabled") == Value(false));
  CHECK(*listing.find("organization_profile") == Value("INTERNAL"));
  CHECK(*listing.find("organization_targets.access") ==
        Value(ValueList{ValueRecord{{"account", "X"}, {"roles", ValueList{"A", "B"}}}}));
  // What has no key, or is not what its key holds, is kept to be written again.
  CHECK(*listing.find("other_fields") == Value(ValueRecord{{"resharing", ValueRecord{{"later", 1}}},
                                                           {"trial_details", ValueRecord{{"trial_type", "TIME"}}},
                                                           {"usage_examples", ValueRecord{{"not", "a list"}}}}));
  CHECK(listing.live.unknown == std::set<std::string>{"usage_examples"});
  const auto& draft = live.state.objects.at(*parse_address("listing D"));
  CHECK(*draft.find("share") == Value("S"));
  for (const auto* unread : {&draft, &live.state.objects.at(*parse_address("listing U"))}) {
    CHECK(unread->find("title") == nullptr);
    CHECK(unread->live.unknown.count("title") == 1);
    CHECK(unread->live.unknown.count("other_fields") == 1);
  }
  CHECK(live.state.objects.count(*parse_address("listing OTHER")) == 1);
}

TEST_CASE("of a listing that waits for its review nobody knows whether it is published") {
  auto account = account_with("| L | DRAFT | PENDING | | R | ROLE | EXTERNAL |\n");
  describes(account, "DESCRIBE LISTING \"L\"", "S", "title: T");
  Diagnostics diagnostics;
  const auto live = with_listings({"L"}).read(account, diagnostics);
  CHECK(live.state.objects.at(*parse_address("listing L")).live.unknown.count("state") == 1);
}
