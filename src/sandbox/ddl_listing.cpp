// Listings over shares (docs: create-organization-listing, create-listing, alter-listing, drop-listing, show-listings,
// desc-listing; org-listing-manifest-reference, listing-manifest-reference). Who consumes one is not looked at, nor
// whether a profile, an account or a role that its manifest names exists. Texts of refusals are unconfirmed throughout.

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "listings.hpp"
#include "mesh/base/text.hpp"
#include "shares.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kDraft = "DRAFT", kPublished = "PUBLISHED", kUnpublished = "UNPUBLISHED";
constexpr std::string_view kManifest = "MANIFEST", kLive = "PUBLISHED_MANIFEST", kState = "STATE";
constexpr std::string_view kOrganization = "ORGANIZATION";

// Of both pages; which of them each sort of listing takes is not held apart but for the targets.
const std::set<std::string, std::less<>> kFields = {"title",
                                                    "subtitle",
                                                    "description",
                                                    "custom_contact",
                                                    "profile",
                                                    "resources",
                                                    "listing_terms",
                                                    "data_dictionary",
                                                    "usage_examples",
                                                    "data_attributes",
                                                    "organization_profile",
                                                    "organization_targets",
                                                    "support_contact",
                                                    "approver_contact",
                                                    "request_approval_type",
                                                    "locations",
                                                    "auto_fulfillment",
                                                    "resharing",
                                                    "custom_attributes",
                                                    "targets",
                                                    "external_targets",
                                                    "business_needs",
                                                    "categories",
                                                    "cke_content_protection",
                                                    "compliance_badges",
                                                    "data_preview",
                                                    "draft_access_type",
                                                    "monetization_display_order",
                                                    "offers",
                                                    "pricing_plans",
                                                    "trial_details",
                                                    "share_restrictions"};

[[noreturn]] void refuse_manifest(const std::string& why) {
  refuse_text(fmt::format("SQL compilation error:\nInvalid listing manifest: {}", why));
}

std::string text_of(const YAML::Node& node) { return node.IsDefined() && node.IsScalar() ? node.Scalar() : ""; }

// Null where there is none, however deep.
YAML::Node child(const YAML::Node& node, const char* key) {
  return node.IsMap() && node[key].IsDefined() ? node[key] : YAML::Node();
}

size_t characters(const std::string& text) { return display_width(text); }

void check_length(const YAML::Node& node, const char* field, size_t longest) {
  if (!node.IsDefined() || node.IsNull()) return;
  if (!node.IsScalar()) refuse_manifest(fmt::format("{} must be a string.", field));
  if (characters(node.Scalar()) > longest)
    refuse_manifest(fmt::format("{} is longer than {} characters.", field, longest));
}

void check_word(const YAML::Node& node, const char* field, const std::set<std::string>& words) {
  if (!node.IsDefined() || node.IsNull()) return;
  if (words.count(text_of(node)) == 0) refuse_manifest(fmt::format("'{}' is not a value of {}.", text_of(node), field));
}

void check_targets(const YAML::Node& targets, const char* field) {
  if (!targets.IsDefined()) return;
  if (!targets.IsSequence() || targets.size() == 0) refuse_manifest(fmt::format("{} must be a list.", field));
  for (const auto& target : targets) {
    const bool whom =
        target.IsMap() && (target["all_internal_accounts"] || target["account"] || target["organization_user_group"]);
    if (!whom) refuse_manifest(fmt::format("an entry of {} names nobody.", field));
    if (target["roles"] && !target["account"]) refuse_manifest(fmt::format("roles in {} need an account.", field));
  }
}

void check_organization(const YAML::Node& manifest) {
  const auto targets = manifest["organization_targets"];
  if (manifest["targets"] || manifest["external_targets"])
    refuse_manifest("an organization listing has organization_targets.");
  if (!targets || !targets.IsMap() || !(targets["discovery"] || targets["access"]))
    refuse_manifest("organization_targets needs discovery or access.");
  check_targets(targets["discovery"], "discovery");
  check_targets(targets["access"], "access");
  if (!targets["discovery"]) return;
  for (const char* contact : {"support_contact", "approver_contact"}) {
    if (text_of(manifest[contact]).empty()) refuse_manifest(fmt::format("{} is required with discovery.", contact));
  }
}

bool is_for_everybody(const YAML::Node& manifest) {
  const auto external = child(child(manifest, "external_targets"), "access");
  for (const auto& target : external) {
    if (text_of(child(target, "all_organizations")) == "true") return true;
  }
  return !child(child(manifest, "targets"), "regions").IsNull();
}

void check_external(const YAML::Node& manifest) {
  if (manifest["organization_targets"] || manifest["organization_profile"])
    refuse_manifest("organization_targets and organization_profile are for organization listings.");
  if (!manifest["targets"] && !manifest["external_targets"]) refuse_manifest("targets is required.");
  // Nobody reviews here.
  if (is_for_everybody(manifest)) refuse_unsupported("EXTERNAL LISTING on the Snowflake Marketplace");
}

// Throws where it is none.
YAML::Node parse_manifest(const std::string& text) {
  try {
    YAML::Node manifest = YAML::Load(text);
    if (manifest.IsMap()) return manifest;
  } catch (const YAML::Exception& error) {
    refuse_manifest(error.what());
  }
  refuse_manifest("it must be a mapping.");
}

void check_manifest(const std::string& text, bool organization) {
  const YAML::Node manifest = parse_manifest(text);
  for (const auto& field : manifest) {
    if (kFields.count(text_of(field.first)) == 0)
      refuse_manifest(fmt::format("unknown field '{}'.", text_of(field.first)));
  }
  if (text_of(manifest["title"]).empty()) refuse_manifest("title is required.");
  check_length(manifest["title"], "title", 110);
  check_length(manifest["subtitle"], "subtitle", 110);
  check_length(manifest["description"], "description", 7500);
  for (const auto& example : child(manifest, "usage_examples")) {
    if (!example.IsMap()) refuse_manifest("a usage example is a mapping.");
    if (text_of(example["title"]).empty() || text_of(example["query"]).empty())
      refuse_manifest("a usage example needs title and query.");
    check_length(example["title"], "title of a usage example", 110);
    check_length(example["description"], "description of a usage example", 300);
    check_length(example["query"], "query of a usage example", 30000);
  }
  if (child(child(child(manifest, "data_dictionary"), "featured"), "objects").size() > 5)
    refuse_manifest("data_dictionary features at most five objects.");
  check_word(manifest["request_approval_type"], "request_approval_type",
             {"NULL", "REQUEST_AND_APPROVE_IN_SNOWFLAKE", "REQUEST_AND_APPROVE_OUTSIDE_SNOWFLAKE"});
  check_word(child(child(manifest, "auto_fulfillment"), "refresh_type"), "refresh_type",
             {"SUB_DATABASE", "SUB_DATABASE_WITH_REFERENCE_USAGE", "FULL_DATABASE"});
  check_word(child(child(manifest, "data_attributes"), "refresh_rate"), "refresh_rate",
             {"CONTINUOUSLY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "ANNUALLY", "STATIC"});
  organization ? check_organization(manifest) : check_external(manifest);
}

std::string profile_of(const std::string& manifest) {
  const std::string profile = text_of(parse_manifest(manifest)["organization_profile"]);
  return profile.empty() ? "INTERNAL" : profile;
}

struct Options {
  std::optional<bool> publish, review;
  std::optional<std::string> comment;
};

Options read_options(Parser& p, bool takes_review, bool takes_comment) {
  Options options;
  while (!p.at_end() && !p.at_symbol(";")) {
    if (p.accept("PUBLISH")) {
      p.expect_symbol("=");
      options.publish = p.boolean();
    } else if (takes_review && p.accept("REVIEW")) {
      p.expect_symbol("=");
      options.review = p.boolean();
    } else if (takes_comment && p.accept("COMMENT")) {
      p.expect_symbol("=");
      options.comment = p.string();
    } else {
      p.unexpected();
    }
  }
  p.expect_end();
  return options;
}

bool is_organization(const Object& listing) { return listing.prop("DISTRIBUTION") == kOrganization; }

const Object* share_of(const Running& run, const Object& listing) {
  return run.catalog.child(run.account, Kind::Share, listing.prop("SHARE"));
}

// That an empty share cannot be offered is taken from the order of making things (grants.md 5).
void check_share(const Running& run, const Object& listing) {
  const Object* share = share_of(run, listing);
  if (share == nullptr || shared_database(run, *share) == nullptr)
    refuse_text(fmt::format(
        "SQL execution error:\nListing {} has no data product: grant USAGE on a database to its share.", listing.name));
}

void publish(const Running& run, Object& listing) {
  check_share(run, listing);
  listing.props[std::string(kLive)] = listing.prop(kManifest);
  listing.props[std::string(kState)] = kPublished;
}

std::string ull_of(const Object& listing) {
  return fmt::format("ORGDATACLOUD${}${}", profile_of(listing.prop(kManifest)), listing.name);
}

// The ULL stays as it was published (org-listing-configure).
void check_profile(const Object& listing, const std::string& manifest) {
  if (!is_organization(listing) || listing.prop(kLive).empty()) return;
  if (profile_of(manifest) != profile_of(listing.prop(kLive)))
    refuse_text("SQL execution error:\nThe Uniform Listing Locator cannot be changed after publishing.");
}

ResultSet alter_manifest(Running& run, const Object& listing) {
  Parser& p = run.parser;
  const std::string manifest = p.string();
  const Options options = read_options(p, true, true);
  check_manifest(manifest, is_organization(listing));
  check_profile(listing, manifest);
  Object& edited = run.catalog.edit(listing.id);
  edited.props[std::string(kManifest)] = manifest;
  if (options.comment) edited.props["COMMENT"] = *options.comment;
  if (options.publish.value_or(true)) publish(run, edited);
  touch(run, listing.id);
  return executed();
}

using namespace cells;  // NOLINT: the vocabulary of the table

YAML::Node manifest_of(const Shown& s) { return parse_manifest(s.object.prop(kManifest)); }
Cell field(const Shown& s, const char* name) {
  const std::string text = text_of(manifest_of(s)[name]);
  return text.empty() ? Cell() : Cell(text);
}
Cell no_flag(const Shown&) { return "false"; }

}  // namespace

ResultSet create_listing(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_replace || head.or_alter) refuse_unsupported("CREATE OR REPLACE LISTING");
  const std::string name = p.name();
  if (name.find('$') != std::string::npos)
    refuse_text(fmt::format("SQL compilation error:\nInvalid listing name '{}': it must not contain '$'.", name));
  if (p.at("APPLICATION PACKAGE")) refuse_unsupported("LISTING of an application package");
  p.expect("SHARE");
  const NameParts share_name{p.name()};
  if (p.at("FROM")) refuse_unsupported("CREATE LISTING FROM a stage");
  p.expect("AS");
  Object listing;
  listing.name = name;
  listing.props = {{"DISTRIBUTION", head.external ? "EXTERNAL" : std::string(kOrganization)},
                   {"SHARE", share_name.back()},
                   {std::string(kManifest), p.string()},
                   {std::string(kState), std::string(kDraft)}};
  const Options options = read_options(p, head.external, head.external);
  const Object* existing = check_create(run, head, run.home(), name);
  if (existing != nullptr) return already_exists(name);
  const Object& share = need(run, Kind::Share, share_name);
  need_ownership(run, share);
  for (const auto& [other, id] : run.catalog.children(run.account, Kind::Listing)) {
    if (run.catalog.at(id).prop("SHARE") == share.name)
      refuse_text(fmt::format("SQL execution error:\nShare {} is attached to listing {}.", share.name, other));
  }
  check_manifest(listing.prop(kManifest), !head.external);
  if (options.comment) listing.props["COMMENT"] = *options.comment;
  if (options.publish.value_or(true)) publish(run, listing);
  make(run, Kind::Listing, run.home(), name, std::move(listing));
  return status_result(fmt::format("Listing {} successfully created.", name));
}

ResultSet alter_listing(Running& run, const Object& listing) {
  Parser& p = run.parser;
  need_privilege(run, listing, "MODIFY");
  if (p.accept("AS")) return alter_manifest(run, listing);
  if (p.accept("RENAME TO")) {
    const NameParts name{p.name()};
    p.expect_end();
    if (listing.prop(kState) != kDraft)
      refuse_text("SQL execution error:\nA listing can be renamed only in DRAFT state.");
    rename_object(run, listing, name, false);
    return executed();
  }
  if (p.accept("SET COMMENT")) {
    p.expect_symbol("=");
    const std::string comment = p.string();
    p.expect_end();
    run.catalog.edit(listing.id).props["COMMENT"] = comment;
  } else if (p.accept("PUBLISH")) {
    p.expect_end();
    publish(run, run.catalog.edit(listing.id));
  } else if (p.accept("UNPUBLISH")) {
    p.expect_end();
    if (listing.prop(kState) == kPublished) run.catalog.edit(listing.id).props[std::string(kState)] = kUnpublished;
  } else {
    for (const char* words : {"REVIEW", "ADD VERSION", "ADD TARGETS", "REMOVE TARGETS"}) {
      if (p.at(words)) refuse_unsupported(fmt::format("ALTER LISTING {}", words));
    }
    p.unexpected();
  }
  touch(run, listing.id);
  return executed();
}

void check_listing_drop(const Object& listing) {
  if (listing.prop(kState) == kPublished)
    refuse_text(
        fmt::format("SQL execution error:\nListing {} is published. Unpublish it before it is dropped.", listing.name));
}

void check_share_drop(const Running& run, const Object& share) {
  for (const auto& [name, id] : run.catalog.children(run.account, Kind::Listing)) {
    if (run.catalog.at(id).prop("SHARE") == share.name)
      refuse_text(fmt::format("SQL execution error:\nShare {} is attached to listing {}.", share.name, name));
  }
}

ResultSet describe_listing(Running& run) {
  Parser& p = run.parser;
  const Object& listing = need(run, Kind::Listing, {p.name()});
  bool draft = false;
  if (p.accept("REVISION")) {
    p.expect_symbol("=");
    draft = p.accept("DRAFT");
    if (!draft) p.expect("PUBLISHED");
  }
  p.expect_end();
  if (!run.access.holds(listing, "USAGE")) need_privilege(run, listing, "MODIFY");
  // What the published revision is of one that is not published is not told: none.
  const bool is_live = listing.prop(kState) == kPublished;
  const std::string& manifest = draft ? listing.prop(kManifest) : listing.prop(kLive);
  const Shown shown{run, listing};
  ResultSet result = show_rows(run, listing_columns(), {&listing});
  Row& row = result.rows.front();
  const auto add = [&](const char* column, Cell cell) {
    result.columns.push_back(columns_of({column}).front());
    row.push_back(std::move(cell));
  };
  add("T:description", field(shown, "description"));
  add("T:share", listing.prop("SHARE"));
  add("T:application_package", std::nullopt);
  add("T:manifest_yaml", draft || is_live ? Cell(manifest) : Cell());
  add("T:approver_contact", field(shown, "approver_contact"));
  add("T:support_contact", field(shown, "support_contact"));
  add("T:request_approval_type", field(shown, "request_approval_type"));
  add("T:is_share", "true");
  return result;
}

const ShowColumns& listing_columns() {
  static const ShowColumns kListings = {
      {"T:global_name", [](const Shown& s) -> Cell { return fmt::format("GZSANDBOX{}", s.object.id); }},
      {"T:name", name},
      {"T:title", [](const Shown& s) { return field(s, "title"); }},
      {"T:subtitle", [](const Shown& s) { return field(s, "subtitle"); }},
      {"T:profile", [](const Shown& s) -> Cell { return field(s, "profile").value_or(""); }},
      {"L:created_on", created_on},
      {"T:updated_on", null},
      {"T:published_on", null},
      {"T:state", [](const Shown& s) { return prop_or(s, kState, "DRAFT"); }},
      {"T:review_state", null},
      {"T:comment", [](const Shown& s) { return prop_or_null(s, "COMMENT"); }},
      {"T:owner", owner},
      {"T:owner_role_type", owner_role_type},
      {"T:regions", empty},
      {"T:target_accounts", empty},
      {"T:is_monetized", no_flag},
      {"T:is_application", no_flag},
      {"T:is_targeted", [](const Shown&) -> Cell { return "true"; }},
      {"T:is_limited_trial", no_flag},
      {"T:is_by_request", no_flag},
      {"T:distribution", [](const Shown& s) -> Cell { return s.object.prop("DISTRIBUTION"); }},
      {"T:is_mountless_queryable", [](const Shown& s) -> Cell { return is_organization(s.object) ? "true" : "false"; }},
      {"T:rejected_on", null},
      {"T:organization_profile_name",
       [](const Shown& s) -> Cell { return is_organization(s.object) ? profile_of(s.object.prop(kManifest)) : ""; }},
      {"T:uniform_listing_locator",
       [](const Shown& s) -> Cell { return is_organization(s.object) ? Cell(ull_of(s.object)) : Cell(); }},
      {"T:detailed_target_accounts", null},
      {"T:compliance_badges", null},
  };
  return kListings;
}

}  // namespace mesh::sandbox
