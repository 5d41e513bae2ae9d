#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

// What drift lists: objects, grants and memberships that no manifest names.
void report(const View& view, Findings& findings, bool objects) {
  for (const auto& item : *view.input().unmanaged) {
    if ((item.what == "object") != objects) continue;
    const auto id = parse_address(item.address);
    Subject subject{item.address, item.address, item.address, item.domain, {}};
    if (id) {
      const auto written = view.mesh().as_written(*id);
      subject.written = written.address();
      subject.name = written.display();
    }
    findings.judge(subject, fmt::format("{} is in no manifest", item.address),
                   id ? fmt::format("mesh import {} takes it over; DROP {} {}; takes it away", id->name.display(),
                                    kinds::of(id->kind).sql, id->display())
                      : fmt::format("REVOKE it, or write it into the manifests of {}", item.domain));
  }
}

void check_objects(const View& view, const Parameters&, Findings& findings) { report(view, findings, true); }
void check_grants(const View& view, const Parameters&, Findings& findings) { report(view, findings, false); }

}  // namespace

constinit const Rule kNoUnmanagedObjects = {
    {.id = "no-unmanaged-objects",
     .code = "DRF-01",
     .level = RuleLevel::Warning,
     .points = bit(RunPoint::Drift),
     .title = "Everything in the domains' databases stands in a manifest.",
     .why = "What no manifest names was reviewed by nobody, and nobody will miss it in time.",
     .mend = "Take it over with mesh import, or drop it."},
    check_objects};

constinit const Rule kNoUnmanagedGrants = {{.id = "no-unmanaged-grants",
                                            .code = "DRF-04",
                                            .level = RuleLevel::Warning,
                                            .points = bit(RunPoint::Drift),
                                            .title = "Every grant on what the domains own stands in a manifest.",
                                            .why = "A grant by hand lets somebody in whom no pull request names.",
                                            .mend = "Write it into the manifest, or revoke it."},
                                           check_grants};

}  // namespace mesh::check
