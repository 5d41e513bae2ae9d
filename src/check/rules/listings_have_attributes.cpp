#include <fmt/format.h>

#include "list.hpp"
#include "listing_parts.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "attributes",
     .type = ParameterType::Lists,
     .required = true,
     .doc =
         "the attributes of the Internal Marketplace that a listing must have, each with its active values, by their "
         "display names; none: any text"}};

std::string what_is_wrong(const std::vector<Value>& stated, const std::string& name,
                          const std::vector<std::string>& active) {
  for (const auto& attribute : stated) {
    if (!iequals(text_in(attribute, "name"), name)) continue;
    const auto* record = std::get_if<ValueRecord>(&attribute.data);
    std::vector<std::string> values, other;
    for (const auto& [key, value] : *record) {
      const auto* list = key == "values" ? std::get_if<ValueList>(&value.data) : nullptr;
      for (const auto& each : list == nullptr ? ValueList() : *list) values.push_back(*each.text());
    }
    for (const auto& value : values) {
      if (!active.empty() && std::find(active.begin(), active.end(), value) == active.end()) other.push_back(value);
    }
    if (values.empty()) return fmt::format("{} has no value", name);
    return other.empty() ? "" : fmt::format("{} has {}, which is no active value", name, join(other, ", "));
  }
  return fmt::format("{} is missing", name);
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto attributes = parameters.lists("attributes");
  view.each_object(KindId::Listing, [&](const Object& listing) {
    if (!is_for_organization(listing)) return;
    const auto stated = entries_of(listing, "custom_attributes");
    std::vector<std::string> wrong, examples;
    for (const auto& [name, active] : attributes) {
      const auto why = what_is_wrong(stated, name, active);
      if (why.empty()) continue;
      wrong.push_back(why);
      examples.push_back(fmt::format("{{name: {}, values: [{}]}}", name, active.empty() ? "…" : join(active, " or ")));
    }
    const auto subject = view.subject(listing);
    findings.judge(subject, wrong.empty() ? "" : fmt::format("{}: {}", subject.shown, join(wrong, "; ")),
                   fmt::format("write custom_attributes: [{}]", join(examples, ", ")));
  });
}

}  // namespace

constinit const Rule kListingsHaveAttributes = {
    {.id = "listings-have-custom-attributes",
     .code = "PUB-05",
     .level = RuleLevel::Error,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "A listing within the organization has the attributes that its Internal Marketplace asks for.",
     .why = "Who looks for data filters by them, and Snowflake refuses a listing without those that are required.",
     .mend = "Write custom_attributes with active values."},
    check};

}  // namespace mesh::check
