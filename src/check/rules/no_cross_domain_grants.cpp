#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "allow", .type = ParameterType::Texts, .doc = "roles that may receive them, patterns"},
    {.name = "kinds",
     .type = ParameterType::Kinds,
     .fallback = "database, schema, table, view, dynamic table, materialized view, external table, stage, function, "
                 "procedure, sequence",
     .doc = "what it holds for"}};

void check(const View& view, const Parameters& parameters, Findings& findings) {
  const auto allow = parameters.texts("allow");
  const auto kinds_of_rule = parameters.kinds("kinds");
  view.each_grant([&](const Grant& grant) {
    const auto& key = grant.key;
    if (key.target.form == TargetForm::Account || key.grantee.type != GranteeType::Role) return;
    const auto kind = key.target.form == TargetForm::Object ? key.target.object.kind : key.target.of_kind;
    if (std::find(kinds_of_rule.begin(), kinds_of_rule.end(), kind) == kinds_of_rule.end()) return;
    const auto *of = view.domain_of(key.target.object), *to = view.domain_of(key.grantee);
    const auto subject = view.subject(grant);
    const bool across = of != nullptr && to != nullptr && of != to &&
                        !matches_any(allow, view.mesh().as_written(key.grantee).name.display()) &&
                        !view.mesh().is_deployment_role(key.grantee.name.first().stored());
    findings.judge(subject,
                   across
                       ? fmt::format("{} of domain {} is granted {} on {}, which belongs to domain {}",
                                     view.shown(key.grantee).display(), to->name, key.privilege, subject.name, of->name)
                       : "",
                   view.mend(key.target.object, mesh::kinds::revoke_statement(key) + ";",
                             "grant it to a database role of the domain that owns it, and that one to the other "
                             "domain's role (granted_to)"));
  });
}

}  // namespace

constinit const Rule kNoCrossDomainGrants = {
    {.id = "no-cross-domain-grants",
     .code = "XDA-03",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title =
         "Roles of another domain read through a database role that their owner hands out, never by grants of their "
         "own.",
     .why = "What is handed out by one role is one thing to agree on, to see and to end; scattered grants are none.",
     .mend = "Grant it to a database role of the owner's, and that role to the other domain's."},
    check};

}  // namespace mesh::check
