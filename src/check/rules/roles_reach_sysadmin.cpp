#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {
    {.name = "roles",
     .type = ParameterType::Texts,
     .fallback = "SYSADMIN",
     .doc = "the roles of which one must be reached"},
    {.name = "except", .type = ParameterType::Texts, .doc = "patterns over roles"}};

// Everyone who holds the role, through others too.
std::set<Grantee> holders(const std::map<ObjectId, std::vector<Grantee>>& members, const ObjectId& role) {
  std::set<Grantee> seen;
  std::vector<ObjectId> todo{role};
  while (!todo.empty()) {
    const auto it = members.find(todo.back());
    todo.pop_back();
    if (it == members.end()) continue;
    for (const auto& member : it->second) {
      if (seen.insert(member).second && member.type != GranteeType::User) todo.push_back(object_of(member));
    }
  }
  return seen;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  std::map<ObjectId, std::vector<Grantee>> members;
  for (const auto& [key, membership] : view.state().memberships) members[key.role].push_back(key.member);
  std::set<Grantee> wanted;
  for (const auto& role : parameters.texts("roles")) wanted.insert(account_role(Name::exact(role)));
  const auto except = parameters.texts("except");
  view.each_object(KindId::Role, [&](const Object& role) {
    const auto subject = view.subject(role);
    if (matches_any(except, subject.name) || is_system_role(grantee_of(role.id))) return;
    const auto all = holders(members, role.id);
    const bool reaches = std::any_of(wanted.begin(), wanted.end(), [&](const Grantee& each) {
      return all.count(each) > 0 || all.count(account_role(Name::exact("ACCOUNTADMIN"))) > 0;
    });
    const auto target = parameters.texts("roles").front();
    findings.judge(subject,
                   reaches ? "" : fmt::format("{} is granted to nobody who leads to {}", subject.shown, target),
                   view.mend(role.id, fmt::format("GRANT ROLE {} TO ROLE {};", role.id.display(), target),
                             fmt::format("write granted_to: [{}]", target)));
  });
}

}  // namespace

constinit const Rule kRolesReachSysadmin = {
    {.id = "roles-reach-sysadmin",
     .code = "RBAC-04",
     .level = RuleLevel::Warning,
     .parameters = kParameters,
     .title = "Every role leads, through the roles it is granted to, to SYSADMIN.",
     .why = "What only an orphaned role owns nobody but a security administrator can manage.",
     .mend = "Grant the role to SYSADMIN, or to a role that leads there."},
    check};

}  // namespace mesh::check
