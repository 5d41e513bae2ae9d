#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "roles",
                                          .type = ParameterType::Texts,
                                          .fallback = "ACCOUNTADMIN, SECURITYADMIN, ORGADMIN",
                                          .doc = "the roles that must own nothing"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto roles = parameters.texts("roles");
  view.each_object([&](const Object& object) {
    const auto* owner = view.owner_of(object);
    if (owner == nullptr || kinds::of(object.id.kind).owner_is_fixed) return;
    const auto subject = view.subject(object);
    const auto* domain = view.domain_of(object.id);
    auto heir = domain == nullptr ? std::string() : view.mesh().deploy_role(domain->name);
    if (heir.empty()) heir = "SYSADMIN";
    findings.judge(
        subject,
        matches_any(roles, owner->stored()) ? fmt::format("{} is owned by {}", subject.shown, owner->display()) : "",
        view.mend(object.id, kinds::transfer_ownership(object.id, Name::exact(heir)) + ";",
                  fmt::format("write owner: {}", heir)));
  });
}

}  // namespace

constinit const Rule kNoSystemOwner = {
    {.id = "no-accountadmin-owner",
     .code = "RBAC-01",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "No object is owned by ACCOUNTADMIN.",
     .why = "An owner grants and drops: whoever works on the object would have to be the account's administrator.",
     .mend = "Hand it to the domain's role: GRANT OWNERSHIP … COPY CURRENT GRANTS, or owner: in the manifest."},
    check};

}  // namespace mesh::check
