#include "mesh/model/access.hpp"

#include <algorithm>
#include <array>

namespace mesh {
namespace {

Grantee system_role(const char* name) { return account_role(Name::exact(name)); }

// What system roles hold from the beginning (grants.md 3.1; page user-guide/security-access-control-overview, System
// roles). ACCOUNTADMIN may do on the account whatever can be granted there.
struct SystemPrivilege {
  const char* role;
  const char* privilege;
};
constexpr SystemPrivilege kSystemPrivileges[] = {{"SYSADMIN", "CREATE DATABASE"},
                                                 {"SYSADMIN", "CREATE WAREHOUSE"},
                                                 {"USERADMIN", "CREATE ROLE"},
                                                 {"USERADMIN", "CREATE USER"},
                                                 {"SECURITYADMIN", "MANAGE GRANTS"}};
struct SystemMembership {
  const char* above;
  const char* below;
};
constexpr SystemMembership kSystemMemberships[] = {
    {"ACCOUNTADMIN", "SYSADMIN"}, {"ACCOUNTADMIN", "SECURITYADMIN"}, {"SECURITYADMIN", "USERADMIN"}};

// The last name alone is known of a database role that owns: it lives in the object's database.
Grantee live_owner(const Object& object) {
  if (object.live.owner_type == "DATABASE_ROLE") {
    return {GranteeType::DatabaseRole, QualifiedName({object.id.name.first(), object.live.owner})};
  }
  return account_role(object.live.owner);
}

ObjectId container_id(const QualifiedName& name) {
  return {name.depth() == 1 ? KindId::Database : KindId::Schema, name};
}

bool may_come_as_table(const GrantTarget& target) {
  return target.form == TargetForm::Object && target.object.kind == KindId::View;
}
ObjectId as_table(ObjectId view) {
  view.kind = KindId::Table;
  return view;
}

}  // namespace

Grantee account_role(const Name& name) { return {GranteeType::Role, QualifiedName({name})}; }
bool is_system_role(const Grantee& grantee) {
  static constexpr std::array<std::string_view, 6> kRoles = {"ACCOUNTADMIN", "SECURITYADMIN", "USERADMIN",
                                                             "SYSADMIN",     "ORGADMIN",      "GLOBALORGADMIN"};
  return grantee.type == GranteeType::Role &&
         std::find(kRoles.begin(), kRoles.end(), grantee.name.first().stored()) != kRoles.end();
}

Grantee everybody() { return system_role("PUBLIC"); }
Grantee grantee_of(const ObjectId& role) {
  return {role.kind == KindId::DatabaseRole ? GranteeType::DatabaseRole : GranteeType::Role, role.name};
}
GrantTarget on_object(ObjectId id) { return {TargetForm::Object, std::move(id), KindId::Table}; }
GrantTarget on_the_account() { return {TargetForm::Account, {}, KindId::Table}; }

std::vector<ObjectId> containers_of(const GrantTarget& target) {
  std::vector<ObjectId> containers;
  if (target.form == TargetForm::Account) return containers;
  auto name = target.form == TargetForm::Object ? target.object.name.parent() : target.object.name;
  for (; !name.empty(); name = name.parent()) containers.insert(containers.begin(), container_id(name));
  return containers;
}

AccessMap::AccessMap() {
  for (const auto& [role, privilege] : kSystemPrivileges) give({on_the_account(), system_role(role), privilege}, true);
  for (const auto& [above, below] : kSystemMemberships) join(system_role(above), system_role(below));
}

AccessMap::AccessMap(const State& state) : AccessMap() {
  for (const auto& [id, object] : state.objects) {
    if (!object.live.owner.empty()) own(id, live_owner(object));
    if (id.kind == KindId::DatabaseRole) give_birthright(id);
  }
  for (const auto& [key, grant] : state.grants) give(key, grant.grant_option);
  for (const auto& [key, membership] : state.memberships) join(key.member, grantee_of(key.role));
}

void AccessMap::learn(const Grantee& grantee, const RoleGrants& grants) {
  for (const auto& held : grants.privileges) give({held.target, grantee, held.privilege}, held.grant_option);
  for (const auto& id : grants.owned) owners_.emplace(id, grantee);
  for (const auto& role : grants.roles) join(grantee, role);
}

void AccessMap::give(const GrantKey& key, bool option) {
  auto& held = privileges_[key.grantee][key.target][key.privilege];
  held = held || option;
}

void AccessMap::take(const GrantKey& key, bool option_only) {
  const auto of_grantee = privileges_.find(key.grantee);
  if (of_grantee == privileges_.end()) return;
  const auto on_target = of_grantee->second.find(key.target);
  if (on_target == of_grantee->second.end()) return;
  const auto held = on_target->second.find(key.privilege);
  if (held == on_target->second.end()) return;
  if (option_only) {
    held->second = false;
  } else {
    on_target->second.erase(held);
  }
}

void AccessMap::forget(const ObjectId& id) {
  owners_.erase(id);
  if (id.kind != KindId::Role && id.kind != KindId::DatabaseRole) return;
  const Grantee role = grantee_of(id);
  privileges_.erase(role);
  roles_.erase(role);
  for (auto& [member, roles] : roles_) roles.erase(role);
  closures_.clear();
}

void AccessMap::join(const Grantee& member, const Grantee& role) {
  if (roles_[member].insert(role).second) closures_.clear();
}

void AccessMap::leave(const Grantee& member, const Grantee& role) {
  if (roles_[member].erase(role) > 0) closures_.clear();
}

void AccessMap::give_birthright(const ObjectId& database_role) {
  give({on_object({KindId::Database, database_role.name.parent()}), grantee_of(database_role), "USAGE"}, false);
}

void AccessMap::grant_future(const ObjectId& id) {
  // Those of the schema switch off those of its database for the kind, whoever the grantee (grants.md 0.12).
  for (auto container = id.name.parent(); !container.empty(); container = container.parent()) {
    const GrantTarget future{TargetForm::FutureIn, container_id(container), id.kind};
    bool any = false;
    for (auto& [grantee, targets] : privileges_) {
      const auto found = targets.find(future);
      if (found == targets.end() || found->second.empty()) continue;
      any = true;
      const Privileges given = found->second;
      for (const auto& [privilege, option] : given) {
        if (privilege == "OWNERSHIP") {
          own(id, grantee);
        } else {
          auto& held = targets[on_object(id)][privilege];
          held = held || option;
        }
      }
    }
    if (any) return;
  }
}

const Grantee* AccessMap::owner_of(const ObjectId& id) const {
  const auto owner = owners_.find(id);
  return owner == owners_.end() ? nullptr : &owner->second;
}

const AccessMap::ByTarget& AccessMap::privileges_of(const Grantee& grantee) const {
  static const ByTarget kNone;
  const auto found = privileges_.find(grantee);
  return found == privileges_.end() ? kNone : found->second;
}

const std::set<Grantee>& AccessMap::roles_of(const Grantee& member) const {
  static const std::set<Grantee> kNone;
  const auto found = roles_.find(member);
  return found == roles_.end() ? kNone : found->second;
}

std::set<Grantee> AccessMap::grantees() const {
  std::set<Grantee> all;
  for (const auto& [id, owner] : owners_) all.insert(owner);
  for (const auto& [grantee, targets] : privileges_) all.insert(grantee);
  for (const auto& [member, roles] : roles_) {
    all.insert(member);
    all.insert(roles.begin(), roles.end());
  }
  return all;
}

std::vector<ObjectId> AccessMap::owned_by(const Grantee& owner) const {
  std::vector<ObjectId> owned;
  for (const auto& [id, by] : owners_) {
    if (by == owner) owned.push_back(id);
  }
  return owned;
}

const std::set<Grantee>& AccessMap::closure(const Grantee& grantee) const {
  const auto [at, is_new] = closures_.try_emplace(grantee);
  if (!is_new) return at->second;
  for (auto& holder : walk(grantee)) at->second.insert(std::move(holder.who));
  return at->second;
}

std::vector<AccessMap::Holder> AccessMap::walk(const Grantee& grantee) const {
  std::vector<Holder> holders = {{grantee, {}}};
  std::set<Grantee> seen = {grantee};
  const auto go_on = [&](size_t from) {
    for (size_t i = from; i < holders.size(); ++i) {
      for (const auto& below : roles_of(holders[i].who)) {
        if (!seen.insert(below).second) continue;
        auto via = holders[i].via;
        via.push_back(below);
        holders.push_back({below, std::move(via)});
      }
    }
  };
  go_on(0);
  if (grantee.type == GranteeType::Share || !seen.insert(everybody()).second) return holders;
  holders.push_back({everybody(), {everybody()}});
  go_on(holders.size() - 1);
  return holders;
}

bool AccessMap::holds(const Grantee& one, const GrantTarget& target, std::string_view privilege, bool option) const {
  // Before BCR-2371 a view may come as TABLE (grants.md 2.1); the two share a namespace.
  if (may_come_as_table(target) && holds(one, on_object(as_table(target.object)), privilege, option)) return true;
  const auto& targets = privileges_of(one);
  const auto on_target = targets.find(target);
  if (on_target == targets.end()) return false;
  const auto held = on_target->second.find(privilege);
  return held != on_target->second.end() && (held->second || !option);
}

bool AccessMap::holds_inherited(const Grantee& one, const ObjectId& id, std::string_view privilege) const {
  for (auto container = id.name.parent(); !container.empty(); container = container.parent()) {
    if (holds(one, {TargetForm::PresentIn, container_id(container), id.kind}, privilege, false)) return true;
  }
  return holds(one, {TargetForm::PresentIn, {}, id.kind}, privilege, false);
}

bool AccessMap::holds_any(const Grantee& one, const ObjectId& id) const {
  const auto& targets = privileges_of(one);
  if (const auto held = targets.find(on_object(id)); held != targets.end() && !held->second.empty()) return true;
  return std::any_of(targets.begin(), targets.end(), [&](const auto& entry) {
    const auto& target = entry.first;
    if (target.form != TargetForm::PresentIn || target.of_kind != id.kind || entry.second.empty()) return false;
    return target.object.name.empty() || id.name.is_under(target.object.name);
  });
}

bool AccessMap::owns(const Grantee& one, const ObjectId& id) const {
  const Grantee* owner = owner_of(id);
  if (owner == nullptr && id.kind == KindId::View) owner = owner_of(as_table(id));
  return owner != nullptr && *owner == one;
}

bool AccessMap::resolves(const Grantee& grantee, const ObjectId& container) const {
  const auto& all = closure(grantee);
  return std::any_of(all.begin(), all.end(), [&](const Grantee& one) {
    if (owns(one, container) || holds_any(one, container)) return true;
    for (const auto& above : containers_of(on_object(container))) {
      if (holds(one, on_object(above), "MANAGE GRANTS", false)) return true;
    }
    return holds(one, on_the_account(), "MANAGE GRANTS", false) || holds(one, on_the_account(), "RESOLVE ALL", false);
  });
}

}  // namespace mesh
