#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "allow", .type = ParameterType::Texts, .doc = "roles that may grant on, patterns"},
    {.name = "within_domain",
     .type = ParameterType::Flag,
     .fallback = "false",
     .doc = "whether roles of the domain that owns the object may"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto allow = parameters.texts("allow");
  view.each_grant([&](const Grant& grant) {
    const auto subject = view.subject(grant);
    if (!grant.grant_option) return findings.covers(subject);
    const auto* to = view.domain_of(grant.key.grantee);
    const auto* of = grant.key.target.form == TargetForm::Account ? nullptr : view.domain_of(grant.key.target.object);
    const bool fine = matches_any(allow, view.mesh().as_written(grant.key.grantee).name.display()) ||
                      (parameters.flag("within_domain") && to != nullptr && to == of);
    const bool across = to != nullptr && of != nullptr && to != of;
    findings.judge(subject,
                   fine ? ""
                        : fmt::format("{} holds {} on {} with the grant option{}",
                                      view.shown(grant.key.grantee).display(), grant.key.privilege, subject.name,
                                      across ? fmt::format(", and is a role of domain {}", to->name) : ""),
                   view.mend(grant.key.target.object, kinds::revoke_grant_option(grant.key) + ";",
                             "take grant_option: true away"));
  });
}

}  // namespace

constinit const Rule kNoGrantOptions = {
    {.id = "no-grant-options",
     .code = "RBAC-06",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "No privilege is granted WITH GRANT OPTION, but to roles that are allowed it.",
     .why = "Who may grant on decides who reads the data, past the domain that owns it.",
     .mend = "REVOKE GRANT OPTION FOR …; take grant_option: true out of the manifest."},
    check};

}  // namespace mesh::check
