#include "lockout.hpp"

#include <algorithm>
#include <map>

#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

// Any of these will do.
std::vector<Right> rights_of(const Keep& keep) {
  const Right manage = holds_on_account(kManageGrants);
  switch (keep.what) {
    case Keep::What::Manage:
      return {owns(keep.target.object), manage};
    case Keep::What::Resolve:
      return {{Right::Form::HoldsAny, {}, keep.target, {}}, manage};
    case Keep::What::Hold:
      return {{Right::Form::Holds, keep.privilege, keep.target, {}}};
  }
  broken_promise("every keep has its rights", __FILE__, __LINE__);
}

bool has(const Holdings& holdings, const Keep& keep) {
  const auto rights = rights_of(keep);
  const Grantee role = account_role(Name::exact(keep.role));
  return std::any_of(rights.begin(), rights.end(), [&](const Right& right) { return holdings.has(role, right); });
}

// Nobody can lose what a plan takes away with the thing itself.
std::set<ObjectId> dropped_by(const std::vector<Change>& changes) {
  std::set<ObjectId> gone;
  for (const auto& change : changes) {
    if (change.action == Action::Drop && change.object) gone.insert(*change.object);
  }
  return gone;
}

class Lockouts {
 public:
  Lockouts(const std::vector<Keep>& keeps, const std::vector<Change>& changes, const Desired& desired,
           const Holdings& before)
      : changes_(changes), desired_(desired), before_(before) {
    const auto gone = dropped_by(changes);
    for (const auto& keep : keeps) {
      roles_.insert(keep.role);
      if (gone.count(keep.target.object) == 0 && has(before, keep)) kept_.push_back(&keep);
    }
  }

  std::vector<Lockout> run() {
    for (const auto& change : changes_) lose_role(change);
    const auto lost = lost_at_the_end();
    if (!lost.empty()) attribute(lost);
    std::vector<Lockout> all;
    for (auto& [key, lockout] : found_) all.push_back(std::move(lockout));
    return all;
  }

 private:
  // A role that is dropped or gets another name takes everything along.
  void lose_role(const Change& change) {
    if (!change.object) return;
    for (const auto& role : roles_) {
      const std::string address = ObjectId{KindId::Role, QualifiedName({Name::exact(role)})}.address();
      const bool is_gone = (change.action == Action::Drop || change.action == Action::Rename) &&
                           std::find(change.removes.begin(), change.removes.end(), address) != change.removes.end();
      if (is_gone) note(role, change, "itself");
    }
  }

  std::vector<const Keep*> lost_at_the_end() const {
    Holdings after = before_;
    for (const auto& change : changes_) {
      for (const auto& statement : change.statements) after.apply(change, statement, desired_);
    }
    std::vector<const Keep*> lost;
    std::copy_if(kept_.begin(), kept_.end(), std::back_inserter(lost),
                 [&](const Keep* keep) { return !has(after, *keep); });
    return lost;
  }

  // To the last change that takes it away.
  void attribute(const std::vector<const Keep*>& lost) {
    Holdings holdings = before_;
    std::map<const Keep*, const Change*> by;
    for (const auto& change : changes_) {
      for (const auto& statement : change.statements) {
        holdings.apply(change, statement, desired_);
        const bool may_take =
            statement.act == Act::Revoke || statement.act == Act::HandOver || statement.act == Act::Drop;
        if (!may_take) continue;
        for (const auto* keep : lost) {
          if (has(holdings, *keep)) {
            by.erase(keep);
          } else {
            by.emplace(keep, &change);
          }
        }
      }
    }
    for (const auto* keep : lost) {
      if (const auto found = by.find(keep); found != by.end()) {
        note(keep->role, *found->second, words(rights_of(*keep).front()));
      }
    }
  }

  void note(const std::string& role, const Change& change, std::string what) {
    const auto [at, is_new] =
        found_.try_emplace({role, change.address}, Lockout{role, change.address, {}, 0, change.place});
    if (is_new) {
      at->second.loses = std::move(what);
    } else {
      ++at->second.more;
    }
  }

  const std::vector<Change>& changes_;
  const Desired& desired_;
  const Holdings& before_;
  std::set<std::string> roles_;
  std::vector<const Keep*> kept_;
  std::map<std::pair<std::string, std::string>, Lockout> found_;
};

}  // namespace

std::vector<Lockout> find_lockouts(const std::vector<Keep>& keeps, const std::vector<Change>& changes,
                                   const Desired& desired, const Holdings& before) {
  return Lockouts(keeps, changes, desired, before).run();
}

std::vector<Keep> keeps_of(const Mesh& mesh, const Desired& desired, const Live& live,
                           const std::set<std::string>& domains, const std::vector<GrantKey>& control_grants) {
  const auto role_of = [&](const std::string& domain) {
    const auto role = mesh.deploy_role(domain);
    return role.empty() ? live.current_role : role;
  };
  std::vector<Keep> keeps;
  std::set<std::string> roles;
  std::set<std::pair<std::string, ObjectId>> containers;
  for (const auto& [id, object] : desired.state.objects) {
    if (object.structure_is_foreign() || domains.count(object.domain) == 0) continue;
    const auto role = role_of(object.domain);
    if (role.empty()) continue;
    roles.insert(role);
    keeps.push_back({role, Keep::What::Manage, on_object(id), {}});
    for (auto& container : containers_of(on_object(id))) containers.emplace(role, std::move(container));
  }
  for (const auto& [role, container] : containers) {
    keeps.push_back({role, Keep::What::Resolve, on_object(container), {}});
  }
  for (const auto& key : control_grants) {
    const auto& role = key.grantee.name.last().stored();
    if (roles.count(role) > 0) keeps.push_back({role, Keep::What::Hold, key.target, key.privilege});
  }
  return keeps;
}

}  // namespace mesh::check
