#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  for (const auto& domain : view.mesh().domains) {
    const bool nobody = domain.team.empty() || domain.team_email.empty();
    findings.judge(view.subject(domain),
                   nobody ? fmt::format("domain {} does not say who answers for it", domain.name) : "",
                   "write team: {name: NAME, email: NAME@example.com}");
  }
}

}  // namespace

constinit const Rule kDomainHasOwner = {{.id = "domain-has-owner",
                                         .code = "OWN-01",
                                         .level = RuleLevel::Error,
                                         .points = kBeforeAccount,
                                         .title = "Every domain names its team, with an e-mail address.",
                                         .why = "Who wants the data, or finds it wrong, must know whom to ask.",
                                         .mend = "Write team: {name: …, email: …} in one of the domain's files."},
                                        check};

}  // namespace mesh::check
