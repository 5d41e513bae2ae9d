#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "allow", .type = ParameterType::Texts, .doc = "roles that may, patterns"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto allow = parameters.texts("allow");
  view.each_grant([&](const Grant& grant) {
    if (grant.key.target.form != TargetForm::Account) return;
    const auto subject = view.subject(grant);
    const auto role = view.mesh().as_written(grant.key.grantee).name.display();
    findings.judge(subject,
                   grant.key.privilege == "MANAGE GRANTS" && !matches_any(allow, role)
                       ? fmt::format("{} may grant and revoke anything in the account", subject.shown)
                       : "",
                   view.mend(object_of(grant.key.grantee), kinds::revoke_statement(grant.key) + ";",
                             "take MANAGE GRANTS out of the grants on the account"));
  });
}

}  // namespace

constinit const Rule kNoManageGrants = {
    {.id = "no-manage-grants",
     .code = "RBAC-06",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "No role has MANAGE GRANTS on the account, but those that are allowed it.",
     .why = "With it a role gives itself anything, on any domain's objects.",
     .mend = "Revoke it; grant on what the role owns, or in managed access schemas that it owns."},
    check};

}  // namespace mesh::check
