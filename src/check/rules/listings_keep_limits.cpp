#include <fmt/format.h>

#include "list.hpp"
#include "listing_parts.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

// Pages org-listing-manifest-reference and listing-manifest-reference.
struct Limit {
  std::string_view field;
  size_t longest;
};
constexpr Limit kTexts[] = {{"title", 110}, {"subtitle", 110}, {"description", 7500}};
constexpr Limit kExample[] = {{"title", 110}, {"description", 300}, {"query", 30000}};
constexpr size_t kMostFeatured = 5;

constexpr RuleParameter kParameters[] = {
    {.name = "profiles",
     .type = ParameterType::Texts,
     .fallback = "INTERNAL",
     .doc = "the organization profiles that there are and a listing may be published under"}};

void too_long(std::vector<std::string>& wrong, std::string_view what, const std::string& text, size_t longest) {
  const size_t length = display_width(text);
  if (length > longest) wrong.push_back(fmt::format("{} has {} characters of {}", what, length, longest));
}

std::string what_is_wrong(const Object& listing, const std::vector<std::string>& profiles) {
  std::vector<std::string> wrong;
  for (const auto& limit : kTexts) {
    const Value* value = listing.find(limit.field);
    if (value != nullptr && value->text() != nullptr) too_long(wrong, limit.field, *value->text(), limit.longest);
  }
  const auto examples = entries_of(listing, "usage_examples");
  for (size_t i = 0; i < examples.size(); ++i) {
    for (const auto& limit : kExample)
      too_long(wrong, fmt::format("{} of usage example {}", limit.field, i + 1), text_in(examples[i], limit.field),
               limit.longest);
  }
  const auto featured = entries_of(listing, "data_dictionary.featured", "objects").size();
  if (featured > kMostFeatured)
    wrong.push_back(fmt::format("its data dictionary features {} objects of {}", featured, kMostFeatured));
  const Value* profile = listing.find("organization_profile");
  const std::string name = profile == nullptr || profile->text() == nullptr ? "INTERNAL" : *profile->text();
  if (is_for_organization(listing) && std::find(profiles.begin(), profiles.end(), name) == profiles.end())
    wrong.push_back(fmt::format("there is no organization profile {}", name));
  return join(wrong, "; ");
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto profiles = parameters.texts("profiles");
  view.each_object(KindId::Listing, [&](const Object& listing) {
    const auto subject = view.subject(listing);
    const auto wrong = what_is_wrong(listing, profiles);
    findings.judge(subject, wrong.empty() ? "" : fmt::format("{}: {}", subject.shown, wrong),
                   "shorten it; a profile is named in the rule's profiles when the organization account has it");
  });
}

}  // namespace

constinit const Rule kListingsKeepLimits = {
    {.id = "listings-keep-limits",
     .code = "PUB-04",
     .level = RuleLevel::Error,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "A listing keeps Snowflake's limits, and its organization profile exists.",
     .why = "Snowflake refuses it only when it is applied, when its share is already made.",
     .mend = "Shorten what is too long, feature at most five objects, name a profile that there is."},
    check};

}  // namespace mesh::check
