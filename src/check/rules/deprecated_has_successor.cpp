#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "successor", .type = ParameterType::Flag, .fallback = "true", .doc = "whether it must name a successor"}};

std::map<const Product*, std::set<std::string>> consumers(const View& view) {
  std::map<const Product*, std::set<std::string>> all;
  for (const auto& agreement : view.agreements()) {
    if (agreement.in_force()) all[view.products().find(agreement.port)].insert(agreement.consumer);
  }
  return all;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto by_product = consumers(view);
  for (const auto& [key, product] : view.products().all) {
    if (product.status != ProductStatus::Deprecated) continue;
    const auto* deprecation = product.deprecation ? &*product.deprecation : nullptr;
    std::vector<std::string> lacks;
    if (parameters.flag("successor") && (deprecation == nullptr || !deprecation->successor))
      lacks.emplace_back("successor");
    if (deprecation == nullptr || (deprecation->end_of_support.date.empty() && deprecation->end_of_life.date.empty()))
      lacks.emplace_back("day on which it ends");
    const auto subject = view.subject(product);
    const auto who = by_product.find(&product);
    findings.judge(
        subject,
        lacks.empty()
            ? ""
            : fmt::format("{} is deprecated and names no {}; it is consumed by {}", subject.shown,
                          join(lacks, " and no "),
                          who == by_product.end() ? "nobody" : join({who->second.begin(), who->second.end()}, ", ")),
        "deprecation: {end_of_support: DAY, successor: DOMAIN/PRODUCT@MAJOR}");
  }
}

}  // namespace

constinit const Rule kDeprecatedHasSuccessor = {
    {.id = "deprecated-names-successor",
     .code = "DEP-02",
     .level = RuleLevel::Error,
     .points = kBeforeAccount,
     .parameters = kParameters,
     .title = "A deprecated product names its successor and the day on which it ends.",
     .why = "Whoever is told to leave asks where to, and by when.",
     .mend = "Write both under deprecation:."},
    check};

}  // namespace mesh::check
