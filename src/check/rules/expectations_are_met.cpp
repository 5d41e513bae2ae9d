#include <algorithm>

#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"

namespace mesh::check {
namespace {

std::string words(const Attachment& metric) { return metric.name.display() + metric.key.slot; }

// Of what the account has, each metric function from which something is expected.
void check(const View& view, const Parameters&, Findings& findings) {
  const auto& broken = view.input().live->broken_expectations;
  if (!broken) return;  // the reading has told why
  for (const auto& [key, metric] : view.state().attachments) {
    const auto* object = view.state().find(key.bearer.object);
    const bool expects = key.kind == KindId::DataMetricFunction && !metric.expectations.empty();
    if (!expects || object == nullptr || view.domain_of(object->id) == nullptr) continue;
    std::vector<std::string> failed;
    for (const auto& each : *broken) {
      if (each.relation != object->id.name || each.metric != metric.name || each.columns != metric.columns) continue;
      failed.push_back(each.is_failed
                           ? fmt::format("{} ({}) could not be told", each.name, each.condition)
                           : fmt::format("{} ({}) is not so: it is {}", each.name, each.condition, each.value));
    }
    const auto* declared = view.declared(object->id);
    auto subject = view.subject(key.bearer, declared == nullptr ? Place() : declared->place);
    findings.judge(subject,
                   failed.empty() ? "" : fmt::format("{}: of {}, {}", subject.shown, words(metric), join(failed, "; ")),
                   "mend the data; or expect of it what it keeps");
  }
}

}  // namespace

constinit const Rule kExpectationsAreMet = {
    {.id = "expectations-are-met",
     .code = "QLT-02",
     .level = RuleLevel::Warning,
     .points = bit(RunPoint::Drift),
     .title = "What metric functions measured last is as expected.",
     .why = "Whoever builds on data that is not as promised finds out when the report is wrong.",
     .mend = "Mend the data; or expect of it what it keeps.",
     .needs_tags = true,
     .needs_measurements = true},
    check};

}  // namespace mesh::check
