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
    const bool everybodys = grant.key.grantee == everybody();
    findings.judge(subject,
                   everybodys ? fmt::format("PUBLIC, and so everybody, has {} on {}", grant.key.privilege,
                                            grant.key.target.form == TargetForm::Account ? std::string("the account")
                                                                                         : subject.name)
                              : "",
                   view.mend(grant.key.target.object, kinds::revoke_statement(grant.key) + ";",
                             "take PUBLIC out of the grants, and name the role that needs it"));
  });
  for (const auto& [key, membership] : view.state().memberships) {
    if (view.domain_of(key.role) == nullptr) continue;
    const auto subject = view.subject(membership);
    findings.judge(subject,
                   key.member == everybody() ? fmt::format("PUBLIC, and so everybody, has {}", subject.name) : "",
                   view.mend(key.role, kinds::revoke_role(key) + ";", "take PUBLIC out of granted_to"));
  }
}

}  // namespace

constinit const Rule kNoGrantsToPublic = {
    {.id = "no-grants-to-public",
     .code = "RBAC-01",
     .level = RuleLevel::Error,
     .title = "Nothing is granted to PUBLIC.",
     .why = "Every role and user holds PUBLIC: what it may do, everybody may, whom no list shows.",
     .mend = "Grant it to the role that needs it, and revoke it from PUBLIC."},
    check};

}  // namespace mesh::check
