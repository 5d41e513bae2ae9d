// Listings: pages create-organization-listing, create-listing, alter-listing, drop-listing, show-listings,
// desc-listing, org-listing-manifest-reference.

#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

const std::string kManifest = "title: T\norganization_targets: {access: [{account: A}]}\n";

struct Account : TestAccount {
  Account() {
    REQUIRE(all({"CREATE DATABASE d", "CREATE SHARE s", "CREATE SHARE empty",
                 "GRANT USAGE ON DATABASE d TO SHARE s"}) == "");
  }
  std::string make(const std::string& manifest, const std::string& tail = "", const std::string& share = "s") {
    return run("CREATE ORGANIZATION LISTING l SHARE " + share + " AS $$" + manifest + "$$ " + tail);
  }
  std::string shown() {
    return rows("SHOW LISTINGS", {"name", "title", "state", "comment", "distribution", "organization_profile_name",
                                  "uniform_listing_locator"});
  }
  std::string manifest(const std::string& revision) {
    return rows("DESCRIBE LISTING l REVISION = " + revision, {"state", "share", "manifest_yaml"});
  }
  bool refuses(const std::string& manifest, const std::string& words) {
    return make(manifest, "PUBLISH = FALSE").find(words) != std::string::npos;
  }
};

}  // namespace

TEST_CASE("a listing is made over a share, published unless it is a draft", "[listing]") {
  Account a;
  CHECK(a.run("CREATE LISTING l SHARE s AS $$title: T$$").substr(0, 6) == "001003");
  CHECK(a.make(kManifest, "PUBLISH = FALSE REVIEW = FALSE").substr(0, 6) == "001003");
  CHECK(a.make(kManifest, "", "empty").find("has no data product") != std::string::npos);
  CHECK(a.make(kManifest) == "Listing L successfully created.");
  CHECK(a.shown() == "L|T|PUBLISHED|-|ORGANIZATION|INTERNAL|ORGDATACLOUD$INTERNAL$L");
  CHECK(a.run("CREATE ORGANIZATION LISTING other SHARE s AS $$" + kManifest + "$$").find("is attached to listing L") !=
        std::string::npos);
  CHECK(a.run("CREATE EXTERNAL LISTING x SHARE empty AS $$title: X\ntargets: {accounts: [O.A]}$$ "
              "PUBLISH = FALSE REVIEW = FALSE COMMENT = 'c'") == "Listing X successfully created.");
  CHECK(a.shown() == "L|T|PUBLISHED|-|ORGANIZATION|INTERNAL|ORGDATACLOUD$INTERNAL$L\nX|X|DRAFT|c|EXTERNAL||-");
}

TEST_CASE("the manifest is held against the reference", "[listing]") {
  Account a;
  const std::string access = "organization_targets: {access: [{account: A}]}\n";
  CHECK(a.refuses("title: [", "Invalid listing manifest"));
  CHECK(a.refuses("- a", "it must be a mapping"));
  CHECK(a.refuses(access, "title is required"));
  CHECK(a.refuses("title: T\ntitel: U\n" + access, "unknown field 'titel'"));
  CHECK(a.refuses("title: " + std::string(111, 't') + "\n" + access, "title is longer than 110 characters"));
  CHECK(a.refuses("title: T", "organization_targets needs discovery or access"));
  CHECK(a.refuses("title: T\norganization_targets: {discovery: [{all_internal_accounts: true}]}",
                  "support_contact is required with discovery"));
  CHECK(a.refuses("title: T\norganization_targets: {access: [{roles: [R]}]}", "names nobody"));
  CHECK(
      a.refuses("title: T\nauto_fulfillment: {refresh_type: ALL}\n" + access, "'ALL' is not a value of refresh_type"));
  CHECK(a.refuses("title: T\nusage_examples: [{title: a}]\n" + access, "a usage example needs title and query"));
  CHECK(a.refuses("title: T\ndata_dictionary: {featured: {objects: [a, b, c, d, e, f]}}\n" + access,
                  "at most five objects"));
  CHECK(a.run("CREATE EXTERNAL LISTING x SHARE s AS $$title: X\ntargets: {regions: [ALL]}$$").substr(0, 6) == "000002");
  CHECK(a.shown() == "");
}

TEST_CASE("what is altered is published with it, or stays a draft", "[listing]") {
  Account a;
  REQUIRE(a.make(kManifest, "PUBLISH = FALSE") == "Listing L successfully created.");
  CHECK(a.manifest("PUBLISHED") == "DRAFT|S|-");
  CHECK(a.manifest("DRAFT") == "DRAFT|S|" + kManifest);
  CHECK(a.run("ALTER LISTING l RENAME TO k") == "Statement executed successfully.");
  CHECK(a.run("ALTER LISTING k RENAME TO l") == "Statement executed successfully.");
  REQUIRE(a.all({"ALTER LISTING l PUBLISH",
                 "ALTER LISTING l AS $$title: U\n" + kManifest.substr(9) + "$$ PUBLISH = FALSE REVIEW = FALSE",
                 "ALTER LISTING l SET COMMENT = 'c'"}) == "");
  CHECK(a.manifest("PUBLISHED") == "PUBLISHED|S|" + kManifest);
  CHECK(a.manifest("DRAFT") == "PUBLISHED|S|title: U\n" + kManifest.substr(9));
  CHECK(a.run("ALTER LISTING l RENAME TO k").find("only in DRAFT state") != std::string::npos);
  CHECK(
      a.run("ALTER LISTING l AS $$organization_profile: RETAIL\n" + kManifest + "$$").find("Uniform Listing Locator") !=
      std::string::npos);
  CHECK(a.run("ALTER LISTING l UNSET COMMENT").substr(0, 6) == "001003");
  for (const char* words : {"REVIEW", "ADD VERSION v FROM @x", "ADD TARGETS $$a$$", "REMOVE TARGETS $$a$$"})
    CHECK(a.run(std::string("ALTER LISTING l ") + words).substr(0, 6) == "000002");
}

TEST_CASE("a published listing is unpublished before it goes, and its share behind it", "[listing]") {
  Account a;
  REQUIRE(a.make(kManifest) == "Listing L successfully created.");
  CHECK(a.run("DROP LISTING l").find("Unpublish it before it is dropped") != std::string::npos);
  CHECK(a.run("DROP SHARE s").find("is attached to listing L") != std::string::npos);
  REQUIRE(a.all({"ALTER LISTING l UNPUBLISH", "ALTER LISTING l UNPUBLISH"}) == "");
  CHECK(a.manifest("PUBLISHED") == "UNPUBLISHED|S|-");
  CHECK(a.run("DROP LISTING l") == "L successfully dropped.");
  CHECK(a.run("DROP LISTING IF EXISTS l").find("already dropped") != std::string::npos);
  CHECK(a.run("DROP SHARE s") == "S successfully dropped.");
}

TEST_CASE("who may make, alter and see a listing", "[listing]") {
  Account a;
  REQUIRE(a.all({"CREATE ROLE r", "CREATE ROLE other", "GRANT CREATE SHARE ON ACCOUNT TO ROLE r"}) == "");
  REQUIRE(a.as("R", "CREATE SHARE mine") == "Share MINE successfully created.");
  const std::string create = "CREATE ORGANIZATION LISTING l SHARE mine AS $$" + kManifest + "$$ PUBLISH = FALSE";
  CHECK(a.as("R", create).substr(0, 6) == "003001");
  REQUIRE(a.all({"GRANT CREATE ORGANIZATION LISTING ON ACCOUNT TO ROLE r",
                 "GRANT CREATE ORGANIZATION LISTING ON ACCOUNT TO ROLE other"}) == "");
  CHECK(a.as("OTHER", create).substr(0, 6) != "Listin");
  CHECK(a.as("R", create) == "Listing L successfully created.");
  CHECK(a.as("OTHER", "DESCRIBE LISTING l").substr(0, 6) == "002003");
  REQUIRE(a.all({"GRANT USAGE ON DATA EXCHANGE LISTING l TO ROLE other"}) == "");
  CHECK(a.as("OTHER", "ALTER LISTING l SET COMMENT = 'x'").substr(0, 6) == "003001");
  REQUIRE(a.all({"GRANT MODIFY ON DATA EXCHANGE LISTING l TO ROLE other"}) == "");
  CHECK(a.as("OTHER", "ALTER LISTING l SET COMMENT = 'x'") == "Statement executed successfully.");
  CHECK(a.as("OTHER", "DROP LISTING l").substr(0, 6) == "003001");
  CHECK(a.as("R", "CREATE EXTERNAL LISTING x SHARE mine AS $$title: X$$").substr(0, 6) == "003001");
}
