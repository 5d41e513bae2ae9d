#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "allow", .type = ParameterType::Texts, .doc = "addresses that may go, patterns"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto allow = parameters.texts("allow");
  for (const auto& change : *view.input().changes) {
    Subject subject{change.address, change.address, change.name, change.domain, change.place};
    if (change.object) {
      subject.written = view.mesh().as_written(*change.object).address();
      subject.name = view.mesh().as_written(*change.object).display();
    }
    const bool fine = matches_any(allow, subject.written) || matches_any(allow, subject.name);
    const bool cuts_off =
        change.action == Action::Drop && change.object && mesh::kinds::of(change.object->kind).serves_others;
    std::string message;
    if (change.risk == Risk::Destructive && !fine) message = fmt::format("this plan loses data of {}", change.address);
    if (cuts_off && !fine) message = fmt::format("this plan cuts off who reads through {}, for good", change.address);
    findings.judge(subject, message, "keep it, or let governance waive it for this change");
  }
}

}  // namespace

constinit const Rule kNoDestructiveChanges = {
    {.id = "no-destructive-changes",
     .code = "PLN-01",
     .level = RuleLevel::Error,
     .points = bit(RunPoint::Plan),
     .parameters = kParameters,
     .title = "No plan loses data, or what other accounts read through, whatever consent it has.",
     .why = "A second pair of eyes: the domain's consent (removed:) is not governance's.",
     .mend = "Keep the object, or write a waiver with an end."},
    check};

}  // namespace mesh::check
