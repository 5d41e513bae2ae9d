#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "rules", .type = ParameterType::Texts, .fallback = "*", .doc = "patterns over CON-01 to CON-32"},
    {.name = "steps",
     .type = ParameterType::Texts,
     .fallback = "major",
     .doc = "the steps that count: major, minor, patch"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto rules = parameters.texts("rules"), steps = parameters.texts("steps");
  if (view.input().contract_steps == nullptr) return;
  for (const auto& step : *view.input().contract_steps) {
    const auto address = "product " + step.product;
    const Subject subject{address, address, step.product, step.domain, step.place};
    const bool counts = matches_any(rules, step.rule) && matches_any(steps, step.step);
    findings.judge(
        subject,
        counts ? fmt::format("{} ({}, {}) in {} {}", step.message, step.rule, step.step, step.product, step.version)
               : "",
        "publish it as a new major version beside this one, or have governance waive it");
  }
}

}  // namespace

constinit const Rule kBreakingContracts = {
    {.id = "no-breaking-contract-changes",
     .code = "CON-01",
     .level = RuleLevel::Error,
     .points = bit(RunPoint::Plan),
     .parameters = kParameters,
     .title =
         "No contract breaks inside a major version, whether anybody is hit or not (plan --base; CON-01 to CON-32).",
     .why = "Consumers that no manifest knows of read a port too: people, tools, other accounts.",
     .mend = "Publish a new major version beside the old one, and deprecate that."},
    check};

}  // namespace mesh::check
