#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "days",
                                          .type = ParameterType::Number,
                                          .fallback = "90",
                                          .doc = "the least from announced to end_of_support (or end_of_life)"}};

// The day after which nobody may count on it; empty: none is named.
const std::string& last_day(const Deprecation& deprecation) {
  const auto& support = deprecation.end_of_support.date;
  return support.empty() ? deprecation.end_of_life.date : support;
}

std::string wrong_window(const Product& product, int days, const std::string& today) {
  const bool gone = product.status == ProductStatus::Retired;
  if (!product.deprecation || product.deprecation->announced.date.empty())
    return fmt::format("does not say since when it is {}", gone ? "retired, and was deprecated before" : "deprecated");
  const auto& end = last_day(*product.deprecation);
  const auto& since = product.deprecation->announced.date;
  if (end.empty()) return "names no day through which it is supported";
  if (end < days_after(since, days))
    return fmt::format("was announced on {} to end on {}: less than {} days", since, end, days);
  return gone && today <= end ? fmt::format("is retired, and was to be supported through {}", end) : std::string();
}

// What stood in the other revision and stands nowhere now.
void removed(const View& view, Findings& findings) {
  if (view.input().products_before == nullptr) return;
  for (const auto& [key, product] : view.input().products_before->all) {
    if (product.status == ProductStatus::Draft || view.products().all.count(key) > 0) continue;
    auto subject = view.subject(product);
    subject.place = {};
    const auto end = product.deprecation ? last_day(*product.deprecation) : std::string();
    const bool over = product.status == ProductStatus::Retired || (!end.empty() && end < view.input().date);
    findings.judge(subject,
                   over ? ""
                        : fmt::format("{} is taken out, and was {}{}", subject.shown, to_string(product.status),
                                      end.empty() ? "" : " and to be supported through " + end),
                   "put it back, and write status: deprecated with its dates first");
  }
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto days = static_cast<int>(std::min<int64_t>(parameters.number("days"), 100'000));
  for (const auto& [key, product] : view.products().all) {
    if (product.status != ProductStatus::Deprecated && product.status != ProductStatus::Retired) continue;
    const auto subject = view.subject(product);
    const auto wrong = wrong_window(product, days, view.input().date);
    findings.judge(subject, wrong.empty() ? "" : fmt::format("{} {}", subject.shown, wrong),
                   fmt::format("deprecation: {{announced: DAY, end_of_support: {} days later or more}}", days));
  }
  removed(view, findings);
}

}  // namespace

constinit const Rule kDeprecationWindow = {
    {.id = "removal-after-deprecation",
     .code = "DEP-01",
     .level = RuleLevel::Error,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "A product goes only after it was deprecated long enough (with plan --base also one that is taken out).",
     .why = "Who reads it needs time to move, and a day to count on.",
     .mend = "Write status: deprecated with announced and end_of_support, and retire it after that day."},
    check};

}  // namespace mesh::check
