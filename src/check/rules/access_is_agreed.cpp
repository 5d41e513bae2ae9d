#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "allow", .type = ParameterType::Texts, .doc = "roles that may be let in without one, patterns"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto allow = parameters.texts("allow");
  std::set<MembershipKey> agreed;
  for (const auto& agreement : view.agreements()) {
    const auto key = agreement.in_force() ? membership_of(view.products(), agreement) : std::nullopt;
    if (key) agreed.insert(*key);
  }
  for (const auto& [key, membership] : view.state().memberships) {
    const auto *of = view.domain_of(key.role), *to = view.domain_of(key.member);
    if (of == nullptr || to == nullptr || of == to || key.member.type == GranteeType::User) continue;
    const auto written = view.mesh().as_written(key.member).name.display();
    if (matches_any(allow, written) || view.mesh().is_deployment_role(key.member.name.first().stored())) continue;
    const auto subject = view.subject(membership);
    findings.judge(
        subject,
        agreed.count(key) > 0
            ? ""
            : fmt::format("{} of domain {} holds {}, which belongs to domain {}, and no agreement in force "
                          "says so",
                          view.shown(key.member).display(), to->name, view.shown(key.role).address(), of->name),
        view.mend(key.role, mesh::kinds::revoke_role(key) + ";",
                  fmt::format("publish a port with this reader; {} asks for it under consumes, and {} "
                              "approves",
                              to->name, of->name)));
  }
}

}  // namespace

constinit const Rule kAccessIsAgreed = {
    {.id = "cross-domain-access-is-agreed",
     .code = "XDA-01",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "A role of another domain holds a role of this one only by an agreement of both sides that is in force.",
     .why = "What one side hands out alone has no purpose, no end and nobody who answers for it.",
     .mend = "Publish a port, have the other domain ask for it, and approve it."},
    check};

}  // namespace mesh::check
