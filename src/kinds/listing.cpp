// Listings. Reference: CREATE ORGANIZATION LISTING, CREATE LISTING, ALTER LISTING, DROP LISTING, SHOW LISTINGS,
// DESCRIBE LISTING; the fields of its manifest:
// user-guide/collaboration/listings/organizational/org-listing-manifest-reference and
// progaccess/listing-manifest-reference.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "mesh/kinds/document.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"MODIFY", "USAGE"};
constexpr std::array<std::string_view, 2> kDistributions = {"ORGANIZATION", "EXTERNAL"};
constexpr std::array<std::string_view, 3> kStates = {"PUBLISHED", "UNPUBLISHED", "DRAFT"};
constexpr std::array<std::string_view, 3> kTerms = {"CUSTOM", "STANDARD", "OFFLINE"};
constexpr std::array<std::string_view, 2> kApprovals = {"REQUEST_AND_APPROVE_IN_SNOWFLAKE",
                                                        "REQUEST_AND_APPROVE_OUTSIDE_SNOWFLAKE"};
constexpr std::array<std::string_view, 3> kRefreshTypes = {"SUB_DATABASE", "SUB_DATABASE_WITH_REFERENCE_USAGE",
                                                           "FULL_DATABASE"};
constexpr std::array<std::string_view, 8> kRefreshRates = {"CONTINUOUSLY", "HOURLY",    "DAILY",    "WEEKLY",
                                                           "MONTHLY",      "QUARTERLY", "ANNUALLY", "STATIC"};
constexpr std::array<std::string_view, 9> kDomains = {
    "DATABASE",          "SCHEMA",          "TABLE",    "VIEW",  "EXTERNAL_TABLE",
    "MATERIALIZED_VIEW", "DIRECTORY_TABLE", "FUNCTION", "COLUMN"};
constexpr std::array<std::string_view, 3> kGeoOptions = {"NOT_APPLICABLE", "GLOBAL", "COUNTRIES"};
constexpr std::array<std::string_view, 6> kGranularities = {"EVENT_BASED", "HOURLY",  "DAILY",
                                                            "WEEKLY",      "MONTHLY", "YEARLY"};
constexpr std::array<std::string_view, 3> kTimeFrames = {"NEXT", "LAST", "BETWEEN"};
constexpr std::array<std::string_view, 4> kUnits = {"DAYS", "WEEKS", "MONTHS", "YEARS"};
constexpr std::array<std::string_view, 2> kNeedTypes = {"STANDARD", "CUSTOM"};

// Pages disagree in places (all_internal_accounts and all_accounts; name and names of regions; unit and units; time
// within geography or beside it): each spelling is taken, and stays as it is written. Required is what each page that
// has the field calls so, and its examples have.
constexpr Field kTarget[] = {{.name = "all_internal_accounts", .type = FieldType::Boolean},
                             {.name = "all_accounts", .type = FieldType::Boolean},
                             {.name = "account"},
                             {.name = "roles", .type = FieldType::Texts, .is_set = true},
                             {.name = "organization_user_group"}};
constexpr Field kTargets = {.type = FieldType::List, .fields = kTarget, .is_set = true};
constexpr Field kExternalTarget[] = {{.name = "all_organizations", .type = FieldType::Boolean},
                                     {.name = "organization"},
                                     {.name = "accounts", .type = FieldType::Texts, .is_set = true},
                                     {.name = "account"}};
constexpr Field kExternalTargets = {.type = FieldType::List, .fields = kExternalTarget, .is_set = true};
constexpr Field kRegion[] = {{.name = "name"}, {.name = "names", .type = FieldType::Texts, .is_set = true}};
constexpr Field kRegions = {.type = FieldType::List, .fields = kRegion, .is_set = true};
constexpr Field kAttribute[] = {{.name = "name", .is_required = true},
                                {.name = "values", .type = FieldType::Texts, .is_set = true, .is_required = true}};
constexpr Field kAttributes = {.type = FieldType::List, .fields = kAttribute, .is_set = true};

constexpr Field kObjectName = {.name = "name", .is_required = true};
constexpr Field kSchemaName = {.name = "schema", .type = FieldType::Name, .is_required = true};
constexpr Field kDomain = {.name = "domain", .type = FieldType::OneOf, .values = kDomains, .is_required = true};
constexpr Field kDatabaseName = {
    .name = "database", .type = FieldType::Name, .refers_to = KindId::Database, .is_required = true};
constexpr Field kFeaturedObject[] = {kObjectName, kSchemaName, kDomain};
constexpr Field kFeaturedFields[] = {
    kDatabaseName, {.name = "objects", .type = FieldType::List, .fields = kFeaturedObject, .is_required = true}};
constexpr Field kFeatured = {.type = FieldType::Map, .fields = kFeaturedFields};
constexpr Field kExample[] = {{.name = "title", .is_required = true},
                              {.name = "description"},
                              {.name = "query", .type = FieldType::Query, .is_required = true}};
constexpr Field kExamples = {.type = FieldType::List, .fields = kExample};

constexpr Field kTimeRange[] = {{.name = "time_frame", .type = FieldType::OneOf, .values = kTimeFrames},
                                {.name = "unit", .type = FieldType::OneOf, .values = kUnits},
                                {.name = "units", .type = FieldType::OneOf, .values = kUnits},
                                {.name = "value", .type = FieldType::Integer},
                                {.name = "start_time"},
                                {.name = "end_time"}};
constexpr Field kTimeFields[] = {{.name = "granularity", .type = FieldType::OneOf, .values = kGranularities},
                                 {.name = "time_range", .type = FieldType::Map, .fields = kTimeRange}};
constexpr Field kTime = {.name = "time", .type = FieldType::Map, .fields = kTimeFields};
constexpr Field kCoverage[] = {{.name = "states", .type = FieldType::Texts, .is_set = true},
                               {.name = "continents", .type = FieldType::Anything}};
constexpr Field kGeographyFields[] = {
    {.name = "granularity", .type = FieldType::Texts, .is_set = true, .is_required = true},
    {.name = "geo_option", .type = FieldType::OneOf, .values = kGeoOptions, .is_required = true},
    {.name = "coverage", .type = FieldType::Map, .fields = kCoverage},
    kTime};
constexpr Field kGeography = {.type = FieldType::Map, .fields = kGeographyFields};

constexpr Field kNeed[] = {{.name = "name", .is_required = true},
                           {.name = "description", .is_required = true},
                           {.name = "type", .type = FieldType::OneOf, .values = kNeedTypes}};
constexpr Field kNeeds = {.type = FieldType::List, .fields = kNeed};
constexpr Field kOverride[] = {kSchemaName,
                               kDomain,
                               kObjectName,
                               {.name = "pii_columns", .type = FieldType::Texts, .is_set = true},
                               {.name = "overridden_pii_columns", .type = FieldType::Texts, .is_set = true}};
constexpr Field kOverridesFields[] = {
    kDatabaseName, {.name = "objects", .type = FieldType::List, .fields = kOverride, .is_required = true}};
constexpr Field kOverrides = {.type = FieldType::Map, .fields = kOverridesFields};
std::string_view known_field(const Value& value);
constexpr Field kOthers = {.type = FieldType::Map, .wrong = known_field};

bool is_external(const Object& listing) {
  const Value* distribution = listing.find("distribution");
  return distribution != nullptr && *distribution == Value("EXTERNAL");
}
bool is_for_organization(const Object& listing) { return !is_external(listing); }

bool has_state(const Object& live, std::string_view state) {
  const Value* now = live.find("state");
  return now != nullptr && now->text() != nullptr && *now->text() == state;
}
bool was_published(const Object& live) { return !has_state(live, "DRAFT"); }
bool always(const Object&) { return true; }

// ORGANIZATION.ACCOUNT.SHARE, should DESCRIBE tell it so (unconfirmed).
std::string share_alone(std::string_view shown) {
  const auto parts = split(shown, '.');
  return parts.size() == 3 ? parts.back() : std::string(shown);
}

// A draft was never published, so that nothing is to be unpublished.
bool same_state(const Value& wanted, const Value& live) {
  return wanted == live || (wanted == Value("UNPUBLISHED") && live == Value("DRAFT"));
}

// Of a listing that waits for its review nobody knows what it will be.
std::string shown_state(const std::function<std::string_view(std::string_view)>& cell) {
  return iequals(cell("review_state"), "PENDING") ? "IN REVIEW" : std::string(cell("state"));
}

std::string_view effect_of_state(const Value& before, const Value& after) {
  if (after == Value("UNPUBLISHED")) return "who has it keeps it, and nobody else finds it";
  return before.is_null() || after != Value("PUBLISHED") ? "" : "whom its targets name can find it";
}

// NULL is a word of the page, and no value.
std::string without_null(std::string_view text) { return iequals(text, "NULL") ? std::string() : std::string(text); }

constexpr PropertyRow part(std::string_view name, std::string_view doc) {
  return {.name = name,
          .clause = "AS",
          .from = ReadFrom::Described,
          .column = "manifest_yaml",
          .change = ChangeBy::Document,
          .doc = doc};
}
constexpr PropertyRow part_of(std::string_view name, std::span<const std::string_view> values, std::string_view doc) {
  auto row = part(name, doc);
  row.type = ValueType::OneOf;
  row.values = values;
  return row;
}
constexpr PropertyRow part_of(std::string_view name, const Field& form, std::string_view doc) {
  auto row = part(name, doc);
  row.type = ValueType::Nested;
  row.form = &form;
  return row;
}
constexpr PropertyRow flag_part(std::string_view name, std::string_view default_value, std::string_view doc) {
  auto row = part(name, doc);
  row.type = ValueType::Boolean;
  row.default_value = default_value;
  return row;
}
constexpr PropertyRow texts_part(std::string_view name, std::string_view doc) {
  auto row = part(name, doc);
  row.type = ValueType::Texts;
  row.is_set = true;
  return row;
}
constexpr PropertyRow inside(PropertyRow row) {
  row.applies = is_for_organization;
  return row;
}
constexpr PropertyRow outside(PropertyRow row) {
  row.applies = is_external;
  return row;
}
constexpr PropertyRow giving_access(PropertyRow row) {
  row.disruptive = true;
  return row;
}
constexpr PropertyRow profile_row() {
  auto row = inside(part("organization_profile",
                         "The profile of the organization that publishes it, a part of its locator (ULL); fixed once "
                         "it is published."));
  row.default_value = "INTERNAL";
  row.fixed_for = was_published;
  row.fixed_because =
      "it is part of the locator (ULL) by which consumers query it, which stays as it was published; declare a listing "
      "under a new name with the other profile, let consumers move, and remove this one";
  return row;
}
constexpr PropertyRow approval_row() {
  auto row = inside(part_of("request_approval_type", kApprovals,
                            "Whether who finds it asks for access, and is answered, in Snowflake or outside."));
  row.normal = without_null;
  return row;
}
constexpr PropertyRow schedule_part() {
  auto row = part("auto_fulfillment.refresh_schedule", "10 MINUTE to 11520 MINUTE, or USING CRON ….");
  row.normal = schedule;
  return row;
}
constexpr PropertyRow warehouse_part() {
  auto row = part("auto_fulfillment.warehouse", "The warehouse of what is shared on in other regions.");
  row.type = ValueType::Identifier;
  row.refers_to = KindId::Warehouse;
  return row;
}
constexpr PropertyRow others_row() {
  auto row = part_of(kOtherFields, kOthers,
                     "Fields of Snowflake's manifest that mesh has no key for, as Snowflake spells them. Those that "
                     "are there and not written here stay.");
  row.absent = Absent::Leave;
  return row;
}

// ALTER LISTING has SET COMMENT alone, CREATE ORGANIZATION LISTING no COMMENT.
constexpr PropertyRow set_comment_row() {
  auto row = comment_row();
  row.change = ChangeBy::Set;
  row.in_create = false;
  return row;
}

constexpr std::array<PropertyRow, 39> kRows = {{
    {.name = "distribution",
     .type = ValueType::OneOf,
     .clause = "LISTING",
     .column = "distribution",
     .change = ChangeBy::Immutable,
     .default_value = "ORGANIZATION",
     .values = kDistributions,
     .spelt = Spelt::HeadValue,
     .doc = "ORGANIZATION for accounts of this organization, EXTERNAL for others; fixed at creation."},
    {.name = "share",
     .type = ValueType::Identifier,
     .clause = "SHARE",
     .from = ReadFrom::Described,
     .column = "share",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,  // required
     .normal = share_alone,
     .refers_to = KindId::Share,
     .bare = true,
     .fixed_for = always,
     .fixed_because = "a listing keeps the share it was made with; declare one under a new name over the other share, "
                      "let consumers move, and remove this one",
     .doc = "The share it offers: one that is declared, and of this listing alone. Fixed at creation."},
    part("title", "What people read first; at most 110 characters."),
    outside(part("subtitle", "A line below the title.")),
    part("description", "At most 7500 characters, in Markdown."),
    profile_row(),
    inside(giving_access(part_of("organization_targets.discovery", kTargets,
                                 "Who finds it: {all_internal_accounts: true}, or {account: NAME, roles: [ROLE…]}."))),
    inside(giving_access(part_of("organization_targets.access", kTargets,
                                 "Who may use it, likewise. What an approval in Snowsight adds here is taken away "
                                 "again, unless ignore_changes names it."))),
    inside(part("support_contact", "An email address for questions; needed with discovery.")),
    inside(part("approver_contact", "An email address for requests; needed with discovery.")),
    approval_row(),
    outside(giving_access(texts_part("targets.accounts", "The accounts it is for, ORGANIZATION.ACCOUNT."))),
    outside(giving_access(texts_part("targets.regions", "The regions it is for: PUBLIC.AWS_US_EAST_1, or ALL."))),
    outside(giving_access(part_of("external_targets.access", kExternalTargets,
                                  "Who may use it: {organization: NAME, accounts: [NAME…]}."))),
    part_of("locations.access_regions", kRegions, "Where it can be used: {name: PUBLIC.AWS_US_WEST_2}, {name: ALL}."),
    part_of("auto_fulfillment.refresh_type", kRefreshTypes, "How it gets to other regions; needed for that."),
    schedule_part(),
    flag_part("auto_fulfillment.refresh_schedule_override", "false",
              "Whether the schedule counts for all listings of the same database."),
    warehouse_part(),
    flag_part("resharing.enabled", "true", "Whether consumers may share it on."),
    flag_part("resharing.only_within_organization", "", "Whether they may do so within their organization alone."),
    part_of("data_dictionary.featured", kFeatured,
            "The objects that are shown with their columns: {database: NAME, objects: [{name, schema, domain}…]}, "
            "at most five."),
    part_of("usage_examples", kExamples, "Queries to begin with: {title, description, query}."),
    part_of("data_attributes.refresh_rate", kRefreshRates, "How often its data change."),
    part_of("data_attributes.geography", kGeography, "What part of the world they are about."),
    part_of("data_attributes.time", kTime, "What time they are about."),
    part("resources.documentation", "A page with more, https://…."),
    part("resources.media", "A video."),
    part_of("listing_terms.type", kTerms, "Of what kind its terms are; CUSTOM within the organization."),
    part("listing_terms.link", "Where they stand, https://…."),
    inside(part_of("custom_attributes", kAttributes,
                   "Attributes of the organization's Internal Marketplace: {name: NAME, values: [VALUE…]}.")),
    flag_part("data_preview.has_pii", "", "Whether a preview would show personal data."),
    part_of("data_preview.metadata_overrides", kOverrides, "Which columns it hides, or shows all the same."),
    outside(part("profile", "The provider's profile on the Marketplace.")),
    outside(part_of("business_needs", kNeeds, "What it is for: {name, description, type}.")),
    outside(texts_part("categories", "What it is about: one of Snowflake's words, such as ECONOMY.")),
    others_row(),
    {.name = "state",
     .type = ValueType::OneOf,
     .clause = "PUBLISH",
     .column = "state",
     .change = ChangeBy::Publish,
     .absent = Absent::Leave,
     .default_value = "PUBLISHED",
     .values = kStates,
     .always_in_create = true,
     .only_from_creation = "DRAFT",
     .combine = shown_state,
     .same = same_state,
     .fixed_for = was_published,
     .fixed_because = "what was published once is no draft any more; write state: unpublished, which takes it out of "
                      "the marketplace and leaves it to who has it",
     .effect = effect_of_state,
     .doc = "PUBLISHED where it is made, unless another is written: DRAFT shows it to nobody, UNPUBLISHED hides a "
            "published one from who does not have it yet."},
    set_comment_row(),
}};
static_assert(sound(kRows));

std::string_view known_field(const Value& value) {
  const auto& record = std::get<ValueRecord>(value.data);
  const bool known = std::any_of(record.begin(), record.end(), [](const auto& entry) {
    return std::any_of(kRows.begin(), kRows.end(), [&](const PropertyRow& row) {
      return row.change == ChangeBy::Document && row.name != kOtherFields && row.name == entry.first;
    });
  });
  return known ? "mesh has a key of its own for one of them" : "";
}

bool has(const Object& listing, std::string_view property) {
  const Value* value = listing.find(property);
  return value != nullptr && !value->is_null();
}

// Pages disagree on support_contact: with discovery it is required by each of them.
std::string contradiction(const Object& listing) {
  if (listing.id.name.last().stored().find('$') != std::string::npos)
    return "the name of a listing has no $, which parts its locator (ULL)";
  for (const auto* needed : {"share", "title"}) {
    if (!has(listing, needed)) return std::string("a listing needs ") + needed;
  }
  if (has(listing, "listing_terms.type") && *listing.find("listing_terms.type") == Value("CUSTOM") &&
      !has(listing, "listing_terms.link"))
    return "terms of type CUSTOM need a link";
  const bool fulfils = has(listing, "auto_fulfillment.refresh_schedule") ||
                       has(listing, "auto_fulfillment.refresh_schedule_override") ||
                       has(listing, "auto_fulfillment.warehouse");
  if (fulfils && !has(listing, "auto_fulfillment.refresh_type")) return "auto_fulfillment needs its refresh_type";
  if (is_external(listing)) return {};
  const bool is_found = has(listing, "organization_targets.discovery");
  if (!is_found && !has(listing, "organization_targets.access"))
    return "it needs organization_targets: who finds it (discovery), or who may use it (access)";
  if (is_found && !(has(listing, "support_contact") && has(listing, "approver_contact")))
    return "who finds it must know whom to ask: with discovery it needs support_contact and approver_contact";
  return {};
}

std::string_view unpublish_first(const Object& live) { return has_state(live, "PUBLISHED") ? "UNPUBLISH" : ""; }

std::string_view published_name(const Object& live) {
  return was_published(live) ? "a published listing keeps its name, which is part of the locator (ULL) that consumers "
                               "query; declare another one beside it, let them move, and remove this one"
                             : "";
}

// What is not published has no revision that is.
std::string_view revision(const Object& live) {
  return has_state(live, "DRAFT") || has_state(live, "UNPUBLISHED") ? "REVISION = DRAFT" : "";
}

}  // namespace

constinit const Kind kListing = {
    .id = KindId::Listing,
    .words = "listing",
    .collection = "listings",
    .sql = "LISTING",
    .sql_plural = "LISTINGS",
    .granted_on = "LISTING",
    .scope = Scope::Account,
    .properties = kRows,
    .privileges = kPrivileges,
    .sql_in_grants = "DATA EXCHANGE LISTING",
    .show_has_pages = true,
    .rests_on_share = true,
    .drop_cost = "cuts off every account that has it, at once and for good; its locator (ULL) is gone",
    .serves_others = true,
    .before_drop = unpublish_first,
    .keeps_name = published_name,
    .described_as = revision,
    .contradiction = contradiction,
    .doc =
        "Offers a share as a data product, on the organization's Internal Marketplace or to other organizations. Its "
        "keys are the fields of Snowflake's listing manifest, which ALTER LISTING .. AS replaces as a whole: mesh "
        "writes it from the manifest, and keeps fields that it has no key for. One that is published is unpublished "
        "before it is dropped. The deploy role makes it, for it must own the share, and needs CREATE ORGANIZATION "
        "LISTING or CREATE LISTING on the account."};

}  // namespace mesh::kinds
