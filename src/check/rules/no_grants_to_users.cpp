#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_grant([&](const Grant& grant) {
    const auto subject = view.subject(grant);
    findings.judge(
        subject,
        grant.key.grantee.type == GranteeType::User
            ? fmt::format("{} is granted to {} and not to a role", grant.key.privilege, grant.key.grantee.display())
            : "",
        view.mend(grant.key.target.object, kinds::revoke_statement(grant.key) + ";",
                  "grant it to a role, and the role to the user"));
  });
}

}  // namespace

constinit const Rule kNoGrantsToUsers = {
    {.id = "no-grants-to-users",
     .code = "RBAC-02",
     .level = RuleLevel::Error,
     .title = "Privileges are granted to roles, never to a user.",
     .why = "A person's own privileges stay when the person changes the team, and no role shows them.",
     .mend = "Grant it to a role, and the role to the user."},
    check};

}  // namespace mesh::check
