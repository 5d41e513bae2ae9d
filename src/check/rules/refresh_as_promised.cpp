#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/duration.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "least_percent",
     .type = ParameterType::Number,
     .fallback = "25",
     .doc = "the least lag there should be, of what the contract promises; below it is paid for nothing"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto least = static_cast<double>(parameters.number("least_percent")) / 100;
  for (const auto& [key, product] : view.products().all) {
    for (const auto& [name, port] : product.ports) {
      const auto promised = port.contract.service_levels.find("latency");
      if (promised == port.contract.service_levels.end()) continue;
      const auto latency = seconds_of(promised->second.value, promised->second.unit);
      for (const auto& each : port.objects) {
        const auto* object = view.state().find(each.id);
        const auto* lag = object == nullptr ? nullptr : object->find("target_lag");
        const auto seconds = lag == nullptr || lag->text() == nullptr ? std::nullopt : seconds_of(*lag->text());
        if (!latency || !seconds) continue;  // DOWNSTREAM
        const auto subject = view.subject(*object);
        const bool late = *seconds > *latency, early = *seconds < *latency * least;
        const std::string promise(trim(promised->second.value + " " + promised->second.unit));
        findings.judge(subject,
                       late || early ? fmt::format("{} has a target_lag of {}, {} {} promises {}", subject.shown,
                                                   *lag->text(), late ? "and" : "where", product.display(), promise)
                                     : "",
                       late ? "lower target_lag, or promise less" : "raise target_lag: each refresh is paid for");
      }
    }
  }
}

}  // namespace

constinit const Rule kRefreshAsPromised = {
    {.id = "refresh-as-promised",
     .code = "COST-04",
     .level = RuleLevel::Warning,
     .parameters = kParameters,
     .title = "A dynamic table in a port is refreshed as often as its contract promises, and not much more often.",
     .why = "Each refresh costs; one that nobody was promised is paid for nothing, one that is missing breaks the "
            "promise.",
     .mend = "Bring target_lag and the latency of the contract together."},
    check};

}  // namespace mesh::check
