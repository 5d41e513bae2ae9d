#include <fmt/format.h>

#include "list.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/model/access.hpp"

namespace mesh::check {
namespace {

constexpr RuleParameter kParameters[] = {{.name = "roles",
                                          .type = ParameterType::Texts,
                                          .required = true,
                                          .doc = "roles of which nobody may hold two, as manifests name them"}};

// The first two of the roles that the grantee holds, by itself or through others.
std::vector<std::string> held(const AccessMap& map, const Grantee& who, const std::vector<Grantee>& roles) {
  const auto& closure = map.closure(who);
  std::vector<std::string> found;
  for (const auto& role : roles) {
    if (closure.count(role) > 0) found.push_back(role.name.display());
  }
  return found;
}

void check(const View& view, const Parameters& parameters, Findings& findings) {
  std::vector<Grantee> roles;
  for (const auto& text : parameters.texts("roles")) {
    const auto name = Name::parse(text);
    if (name) roles.push_back(grantee_of(view.mesh().as_live(ObjectId{KindId::Role, QualifiedName({*name})})));
  }
  const AccessMap map(view.state());
  for (const auto& who : map.grantees()) {
    if (is_system_role(who) || who.type == GranteeType::Share) continue;
    const auto found = held(map, who, roles);
    const auto shown = view.shown(who);
    Subject subject{
        shown.display(), view.mesh().as_written(who).display(), view.mesh().as_written(who).name.display(), "", {}};
    if (const auto* domain = view.domain_of(who)) subject.domain = domain->name;
    if (who.type != GranteeType::User) {
      if (const auto* role = view.declared(object_of(who))) subject.place = role->place;
    }
    findings.judge(subject,
                   found.size() < 2 ? "" : fmt::format("{} holds both {} and {}", subject.shown, found[0], found[1]),
                   "take one of them away: granted_to, or users, of the role in between");
  }
}

}  // namespace

constinit const Rule kSeparationOfDuties = {
    {.id = "separation-of-duties",
     .code = "RBAC-05",
     .level = RuleLevel::Error,
     .parameters = kParameters,
     .title = "Nobody holds two of the roles that are named, not through others either.",
     .why = "Who asks must not be who approves; a role that inherits both undoes the separation.",
     .mend = "Take one of the roles away from whoever is named."},
    check};

}  // namespace mesh::check
