#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"

namespace mesh::check {
namespace {

bool same(const std::string& a, const std::string& b) { return !a.empty() && iequals(a, b); }

// Two domains of one team, by its name or its address.
bool same_team(const Domain& a, const Domain& b) { return same(a.team, b.team) || same(a.team_email, b.team_email); }

void check(const View& view, const Parameters&, Findings& findings) {
  for (const auto& agreement : view.agreements()) {
    if (agreement.approval == nullptr || agreement.request == nullptr) continue;
    const Domain *asks = view.mesh().find(agreement.consumer), *approves = view.mesh().find(agreement.port.domain);
    if (asks == nullptr || approves == nullptr) continue;
    auto subject = view.subject(agreement);
    subject.place = agreement.approval->place;
    subject.domain = approves->name;
    findings.judge(subject,
                   same_team(*asks, *approves)
                       ? fmt::format("{} asks and {} approves, and the team of both is {}", asks->name, approves->name,
                                     asks->team.empty() ? asks->team_email : asks->team)
                       : "",
                   "have another team answer for one of the domains, governance's say (team:)");
  }
}

}  // namespace

constinit const Rule kApproverIsAnother = {{.id = "approver-is-another",
                                            .code = "OWN-02",
                                            .level = RuleLevel::Error,
                                            .points = kBeforeAccount,
                                            .title = "Who approves an agreement is another team than who asks for it.",
                                            .why = "An agreement that one team makes with itself is no second look.",
                                            .mend = "Name another team on one of the two sides."},
                                           check};

}  // namespace mesh::check
