// What the changes of a plan do to people's access, in words.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "mesh/model/access.hpp"
#include "mesh/plan/plan.hpp"
#include "readers.hpp"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 5> kDataPrivileges = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"};

using Right = std::pair<std::string, std::string>;  // privilege, object address

void apply(const Change& change, AccessMap& map) {
  const bool given = change.action == Action::Grant;
  const bool option_only = !change.diff.empty() && change.diff.front().property == "grant_option";
  // Of ownership the section says nothing.
  if (change.grant && change.grant->privilege != "OWNERSHIP") {
    if (given) {
      map.give(*change.grant, option_only);
    } else {
      map.take(*change.grant, option_only);
    }
  }
  if (!change.membership) return;
  const Grantee held = grantee_of(change.membership->role);
  if (given) {
    map.join(change.membership->member, held);
  } else {
    map.leave(change.membership->member, held);
  }
}

// Every right over data that a role has by grants, with the shortest chain of roles it comes through.
std::map<Right, std::vector<std::string>> rights_of(const AccessMap& map, const Grantee& role) {
  std::map<Right, std::vector<std::string>> rights;
  for (const auto& holder : map.walk(role)) {
    std::vector<std::string> via;
    for (const auto& one : holder.via) via.push_back(one.display());
    for (const auto& [target, privileges] : map.privileges_of(holder.who)) {
      // An inherited grant is on what there is too.
      if (target.form != TargetForm::Object && target.form != TargetForm::PresentIn) continue;
      for (const auto privilege : kDataPrivileges) {
        if (privileges.count(privilege) > 0) rights.emplace(Right{privilege, target.display()}, via);
      }
    }
  }
  return rights;
}

std::optional<ObjectId> role_of(const Grantee& grantee) {
  if (grantee.type == GranteeType::Role) return ObjectId{KindId::Role, grantee.name};
  if (grantee.type == GranteeType::DatabaseRole) return ObjectId{KindId::DatabaseRole, grantee.name};
  return std::nullopt;
}

// With an object goes what is granted on it, with a role what it holds and who holds it.
void forget(const std::set<ObjectId>& dropped, AccessMap& map) {
  const auto is_gone = [&](const Grantee& grantee) {
    const auto role = role_of(grantee);
    return role && dropped.count(*role) > 0;
  };
  for (const auto& grantee : map.grantees()) {
    const auto held = map.privileges_of(grantee);
    for (const auto& [target, privileges] : held) {
      if (!is_gone(grantee) && (target.form == TargetForm::Account || dropped.count(target.object) == 0)) continue;
      for (const auto& [privilege, option] : privileges) map.take({target, grantee, privilege}, false);
    }
    const auto roles = map.roles_of(grantee);
    for (const auto& role : roles) {
      if (is_gone(grantee) || is_gone(role)) map.leave(grantee, role);
    }
  }
}

void add_missing(const std::map<Right, std::vector<std::string>>& in,
                 const std::map<Right, std::vector<std::string>>& from, bool added, const std::string& who,
                 std::vector<AccessChange>& out) {
  for (const auto& [right, via] : in) {
    if (from.count(right) == 0) out.push_back({added, who, right.first, right.second, via});
  }
}

// What is made gets what was granted on what is to come.
bool is_born(const Change& change) { return change.action == Action::Create && change.object; }

}  // namespace

AccessMap access_after(const AccessMap& before, const std::vector<Change>& changes) {
  std::set<ObjectId> dropped;
  for (const auto& change : changes) {
    if (change.action == Action::Drop && change.object) dropped.insert(*change.object);
  }
  AccessMap after = before;
  for (const auto& change : changes) apply(change, after);
  if (!dropped.empty()) forget(dropped, after);
  return after;
}

std::vector<AccessChange> access_changes(const Desired& desired, const State& live,
                                         const std::vector<Change>& changes) {
  std::set<ObjectId> dropped, roles;
  for (const auto& change : changes) {
    if (change.action == Action::Drop && change.object) dropped.insert(*change.object);
  }
  const auto gives = [](const Change& c) { return c.grant || c.membership || is_born(c); };
  const bool any = std::any_of(changes.begin(), changes.end(), gives);
  if (!any && dropped.empty()) return {};
  const AccessMap before(live);
  AccessMap after = access_after(before, changes);
  for (const auto& change : changes) {
    if (is_born(change)) after.grant_future(*change.object);
  }
  for (const auto& [id, object] : desired.state.objects) roles.insert(id);
  roles.insert(dropped.begin(), dropped.end());
  std::vector<AccessChange> all;
  for (const auto& id : roles) {
    if (id.kind != KindId::Role) continue;
    const Grantee role = grantee_of(id);
    const auto had = rights_of(before, role), has = rights_of(after, role);
    add_missing(has, had, true, role.display(), all);
    add_missing(had, has, false, role.display(), all);
  }
  std::sort(all.begin(), all.end(), [](const AccessChange& a, const AccessChange& b) {
    return std::tie(b.added, a.who, a.object, a.privilege) < std::tie(a.added, b.who, b.object, b.privilege);
  });
  return all;
}

}  // namespace mesh
