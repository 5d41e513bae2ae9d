#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

bool is_of_policy(const Change& change) {
  const auto kind = kind_from_words(change.kind);
  return change.bearer && kind && protects(*kind);
}

void report(const View& view, Findings& findings, bool policies) {
  for (const auto& change : *view.input().changes) {
    if (is_of_policy(change) != policies) continue;
    Subject subject{change.address, change.address, change.name, change.domain, change.place};
    if (change.object) {
      subject.written = view.mesh().as_written(*change.object).address();
      subject.name = view.mesh().as_written(*change.object).display();
    }
    findings.judge(subject, fmt::format("{} is not as it was applied", change.address),
                   change.statements.empty()
                       ? "mesh apply puts it back"
                       : fmt::format("mesh apply puts it back: {};", change.statements.front().sql));
  }
}

void check_objects(const View& view, const Parameters&, Findings& findings) { report(view, findings, false); }
void check_policies(const View& view, const Parameters&, Findings& findings) { report(view, findings, true); }

}  // namespace

constinit const Rule kChangedOutside = {
    {.id = "changed-outside",
     .code = "DRF-02",
     .level = RuleLevel::Warning,
     .points = bit(RunPoint::Drift),
     .title = "What was applied is still so.",
     .why = "A change by hand is undone by the next apply, and until then nobody knows of it.",
     .mend = "mesh apply puts it back; or write the change into the manifest."},
    check_objects};

constinit const Rule kPolicyDetached = {{.id = "policies-stay-attached",
                                         .code = "DRF-03",
                                         .level = RuleLevel::Error,
                                         .points = bit(RunPoint::Drift),
                                         .title = "Tags and policies that were applied are still on what they protect.",
                                         .why = "Whoever takes a policy off by hand reads what it hid.",
                                         .mend = "mesh apply puts it back.",
                                         .needs_tags = true},
                                        check_policies};

}  // namespace mesh::check
