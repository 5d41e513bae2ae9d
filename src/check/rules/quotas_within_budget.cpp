#include <charconv>

#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "max_credits",
     .type = ParameterType::Number,
     .required = true,
     .doc = "what the resource monitors of one domain may let through in a month, all together"},
    {.name = "budgets", .type = ParameterType::Texts, .doc = "of single domains instead: [sales 500, finance 200]"}};

// How often a quota is given anew in a month of 31 days (CREATE RESOURCE MONITOR: FREQUENCY). NEVER: once.
struct FrequencyRow {
  std::string_view word;
  int64_t times, in;  // times in so many months
};
constexpr FrequencyRow kFrequencies[] = {
    {"MONTHLY", 1, 1}, {"DAILY", 31, 1}, {"WEEKLY", 31, 7}, {"YEARLY", 1, 12}, {"NEVER", 1, 1}};

int64_t monthly(int64_t quota, const Value& frequency) {
  const auto word = frequency.text() == nullptr ? std::string() : *frequency.text();
  for (const auto& row : kFrequencies) {
    if (iequals(row.word, word)) return (quota * row.times + row.in - 1) / row.in;
  }
  return quota;
}

int64_t budget_of(const std::string& domain, const Parameters& parameters) {
  for (const auto& text : parameters.texts("budgets")) {
    const auto at = text.rfind(' ');
    int64_t credits = 0;
    if (at == std::string::npos || trim(text.substr(0, at)) != domain) continue;
    const auto [end, error] = std::from_chars(text.data() + at + 1, text.data() + text.size(), credits);
    if (error == std::errc() && end == text.data() + text.size()) return credits;
  }
  return parameters.number("max_credits");
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  std::map<std::string, int64_t> sums;
  view.each_object(KindId::ResourceMonitor, [&](const Object& monitor) {
    const auto quota = view.number_of(monitor, "credit_quota");
    const auto* domain = view.domain_of(monitor.id);
    if (quota && domain != nullptr) sums[domain->name] += monthly(*quota, view.value_of(monitor, "frequency"));
  });
  for (const auto& [name, sum] : sums) {
    const auto most = budget_of(name, parameters);
    findings.judge(view.subject(*view.mesh().find(name)),
                   sum > most ? fmt::format("the resource monitors of domain {} let {} credits through in a month; {} "
                                            "are its budget",
                                            name, sum, most)
                              : "",
                   "lower a credit_quota, or have the budget raised");
  }
}

}  // namespace

constinit const Rule kQuotasWithinBudget = {
    {.id = "credit-quotas-within-budget",
     .code = "COST-04",
     .level = RuleLevel::Warning,
     .parameters = kParameters,
     .title = "The quotas of a domain's resource monitors stay, together, within its budget.",
     .why = "Each monitor alone looks small; what the month costs is their sum.",
     .mend = "Lower a credit_quota."},
    check};

}  // namespace mesh::check
