#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

void check(const View& view, const Parameters&, Findings& findings) {
  view.each_grant([&](const Grant& grant) {
    // Owners keep what OWNERSHIP stands for; what is granted to them beside it is not listed as a grant.
    const auto subject = view.subject(grant);
    findings.judge(subject,
                   is_system_role(grant.key.grantee) ? fmt::format("{} is granted to {}, which Snowflake ships",
                                                                   grant.key.privilege, grant.key.grantee.display())
                                                     : "",
                   view.mend(grant.key.target.object, kinds::revoke_statement(grant.key) + ";",
                             "grant it to a role of the domain, and that one to SYSADMIN (granted_to)"));
  });
}

}  // namespace

constinit const Rule kNoGrantsToSystemRoles = {
    {.id = "no-grants-to-system-roles",
     .code = "RBAC-01",
     .level = RuleLevel::Error,
     .title = "No privilege is granted to ACCOUNTADMIN, SECURITYADMIN, USERADMIN, SYSADMIN or ORGADMIN.",
     .why = "Those roles administer; what they may read by a grant of their own is seen in no domain's roles.",
     .mend = "Grant it to a role of the domain, and grant that role to SYSADMIN."},
    check};

}  // namespace mesh::check
