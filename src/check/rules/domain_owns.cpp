#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "allow", .type = ParameterType::Texts, .doc = "further roles that may own, patterns"}};

// As a whole, or by its deploy role: roles are the domain's too.
bool is_the_domains(const View& view, const Domain& domain, const Name& owner) {
  const auto& roles = view.mesh();
  return owner.stored() == roles.deploy_role(domain.name) || owner.stored() == roles.creator_role(domain.name) ||
         view.mesh().owner_of_live(owner.stored()) == &domain;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto allow = parameters.texts("allow");
  view.each_object([&](const Object& object) {
    const auto* owner = view.owner_of(object);
    const auto* domain = view.domain_of(object.id);
    if (owner == nullptr || domain == nullptr || kinds::of(object.id.kind).owner_is_fixed) return;
    const auto subject = view.subject(object);
    const bool fine = is_the_domains(view, *domain, *owner) || matches_any(allow, owner->stored()) ||
                      matches_any(allow, view.written(*owner).stored());
    const auto heir = view.mesh().deploy_role(domain->name);
    findings.judge(subject,
                   fine ? ""
                        : fmt::format("{} is owned by {}, which is no role of domain {}", subject.shown,
                                      owner->display(), domain->name),
                   view.mend(object.id,
                             heir.empty() ? fmt::format("hand it to a role of domain {}", domain->name)
                                          : kinds::transfer_ownership(object.id, Name::exact(heir)) + ";",
                             fmt::format("write owner: {}", heir.empty() ? "a role of the domain" : heir)));
  });
}

}  // namespace

constinit const Rule kDomainOwns = {
    {.id = "domain-owns-its-objects",
     .code = "RBAC-03",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "What a domain has is owned by its deploy role, or another role of its own.",
     .why = "Who owns an object decides who reads it; that must be the domain that answers for it.",
     .mend = "Hand it to the domain's deploy role."},
    check};

}  // namespace mesh::check
