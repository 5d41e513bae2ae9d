// What the changes of a plan do to people's access, in words.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "mesh/plan/plan.hpp"

namespace mesh {
namespace {

constexpr std::array<std::string_view, 5> kDataPrivileges = {"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"};

using Right = std::pair<std::string, std::string>;  // privilege, object address

class Rights {
 public:
  explicit Rights(const State& state) {
    for (const auto& [key, grant] : state.grants) set(key, true);
    for (const auto& [key, membership] : state.memberships) set(key, true);
  }

  void apply(const Change& change) {
    const bool option_only = !change.diff.empty() && change.diff.front().property == "grant_option";
    if (change.grant && !(change.action == Action::Revoke && option_only))
      set(*change.grant, change.action == Action::Grant);
    if (change.membership) set(*change.membership, change.action == Action::Grant);
  }

  // Every right a role has, with the shortest chain of roles it comes through.
  std::map<Right, std::vector<std::string>> of(const Grantee& role) const {
    std::map<Right, std::vector<std::string>> rights;
    std::set<Grantee> seen = {role};
    std::vector<std::pair<Grantee, std::vector<std::string>>> level = {{role, {}}};
    while (!level.empty()) {
      std::vector<std::pair<Grantee, std::vector<std::string>>> next;
      for (const auto& [holder, via] : level) {
        if (const auto it = own_.find(holder); it != own_.end()) {
          for (const auto& right : it->second) rights.emplace(right, via);
        }
        const auto it = holds_.find(holder);
        if (it == holds_.end()) continue;
        for (const auto& held : it->second) {
          if (!seen.insert(held).second) continue;
          auto longer = via;
          longer.push_back(held.display());
          next.emplace_back(held, std::move(longer));
        }
      }
      level = std::move(next);
    }
    return rights;
  }

 private:
  void set(const GrantKey& key, bool given) {
    const bool is_data =
        std::find(kDataPrivileges.begin(), kDataPrivileges.end(), key.privilege) != kDataPrivileges.end();
    if (!is_data || key.target.form != TargetForm::Object) return;
    const Right right{key.privilege, key.target.object.address()};
    if (given) {
      own_[key.grantee].insert(right);
    } else {
      own_[key.grantee].erase(right);
    }
  }
  void set(const MembershipKey& key, bool given) {
    const auto type = key.role.kind == KindId::DatabaseRole ? GranteeType::DatabaseRole : GranteeType::Role;
    const Grantee held{type, key.role.name};
    if (given) {
      holds_[key.member].insert(held);
    } else {
      holds_[key.member].erase(held);
    }
  }

  std::map<Grantee, std::set<Right>> own_;
  std::map<Grantee, std::set<Grantee>> holds_;
};

void add_missing(const std::map<Right, std::vector<std::string>>& in,
                 const std::map<Right, std::vector<std::string>>& from, bool added, const std::string& who,
                 std::vector<AccessChange>& out) {
  for (const auto& [right, via] : in) {
    if (from.count(right) == 0) out.push_back({added, who, right.first, right.second, via});
  }
}

}  // namespace

std::vector<AccessChange> access_changes(const Desired& desired, const State& live,
                                         const std::vector<Change>& changes) {
  const bool any = std::any_of(changes.begin(), changes.end(), [](const Change& c) { return c.grant || c.membership; });
  if (!any) return {};
  const Rights before(live);
  Rights after = before;
  for (const auto& change : changes) after.apply(change);
  std::vector<AccessChange> all;
  for (const auto& [id, object] : desired.state.objects) {
    if (id.kind != KindId::Role) continue;
    const Grantee role{GranteeType::Role, id.name};
    const auto had = before.of(role), has = after.of(role);
    add_missing(has, had, true, role.display(), all);
    add_missing(had, has, false, role.display(), all);
  }
  std::sort(all.begin(), all.end(), [](const AccessChange& a, const AccessChange& b) {
    return std::tie(b.added, a.who, a.object, a.privilege) < std::tie(a.added, b.who, b.object, b.privilege);
  });
  return all;
}

}  // namespace mesh
