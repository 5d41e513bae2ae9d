#include "holdings.hpp"

#include <algorithm>

#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

Grantee account_role(const Name& name) { return {GranteeType::Role, QualifiedName({name})}; }
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
Grantee owner_of(const Object& object) {
  if (object.live.owner_type == "DATABASE_ROLE") {
    return {GranteeType::DatabaseRole, QualifiedName({object.id.name.first(), object.live.owner})};
  }
  return account_role(object.live.owner);
}

Grantee role_of(const ObjectId& id) {
  return {id.kind == KindId::DatabaseRole ? GranteeType::DatabaseRole : GranteeType::Role, id.name};
}

bool is_managed_as_declared(const ObjectId& schema, const Desired& desired) {
  const Object* object = desired.state.find(schema);
  const Value* stated = object == nullptr ? nullptr : object->find("managed_access");
  if (stated != nullptr && !stated->is_null()) return *stated == Value(true);
  return kinds::default_of(*kinds::find_property(kinds::of(KindId::Schema), "managed_access")) == Value(true);
}

GrantTarget as_table(GrantTarget view) {
  view.object.kind = KindId::Table;
  return view;
}

bool is_container(KindId kind) { return kind == KindId::Database || kind == KindId::Schema; }

}  // namespace

Holdings::Holdings(const Live& live) {
  for (const auto& [id, object] : live.state.objects) {
    if (!object.live.owner.empty()) owners_[id] = owner_of(object);
    if (id.kind == KindId::DatabaseRole) give_birthright(id);
    const Value* managed = id.kind == KindId::Schema ? object.find("managed_access") : nullptr;
    if (managed != nullptr && *managed == Value(true)) managed_access_.insert(id.name);
  }
  for (const auto& [key, grant] : live.state.grants) give(key.grantee, key.target, key.privilege, grant.grant_option);
  for (const auto& [key, membership] : live.state.memberships) roles_[key.member].insert(role_of(key.role));
  for (const auto& [role, privilege] : kSystemPrivileges) {
    give(system_role(role), {TargetForm::Account, {}, KindId::Table}, privilege, true);
  }
  for (const auto& [above, below] : kSystemMemberships) roles_[system_role(above)].insert(system_role(below));
}

void Holdings::learn(const Grantee& role, const RoleGrants& grants) {
  for (const auto& held : grants.privileges) give(role, held.target, held.privilege, held.grant_option);
  for (const auto& id : grants.owned) owners_.emplace(id, role);
  for (const auto& held : grants.roles) roles_[role].insert(held);
  closures_.clear();
}

ObjectId Holdings::now(const ObjectId& id) const {
  ObjectId old = id;
  for (auto rename = renames_.rbegin(); rename != renames_.rend(); ++rename) {
    const auto& [from, to] = *rename;
    const bool itself = old.kind == from.kind && old.name == to;
    if (!itself && !(is_container(from.kind) && old.name.is_under(to))) continue;
    auto parts = from.name.parts();
    parts.insert(parts.end(), old.name.parts().begin() + static_cast<std::ptrdiff_t>(to.depth()),
                 old.name.parts().end());
    old.name = QualifiedName(std::move(parts));
  }
  return old;
}

Grantee Holdings::now(const Grantee& grantee) const {
  if (renames_.empty() || (grantee.type != GranteeType::Role && grantee.type != GranteeType::DatabaseRole)) {
    return grantee;
  }
  const auto kind = grantee.type == GranteeType::Role ? KindId::Role : KindId::DatabaseRole;
  return {grantee.type, now(ObjectId{kind, grantee.name}).name};
}

GrantTarget Holdings::now(const GrantTarget& target) const {
  if (target.form == TargetForm::Account || target.object.name.empty()) return target;
  return {target.form, now(target.object), target.of_kind};
}

bool Holdings::is_managed_access(const QualifiedName& schema) const {
  return managed_access_.count(now(ObjectId{KindId::Schema, schema}).name) > 0;
}

const std::set<Grantee>& Holdings::closure(const Grantee& role) const {
  const auto [at, is_new] = closures_.try_emplace(now(role));
  if (!is_new) return at->second;
  std::vector<Grantee> open = {at->first, system_role("PUBLIC")};
  while (!open.empty()) {
    const Grantee next = open.back();
    open.pop_back();
    if (!at->second.insert(next).second) continue;
    if (const auto held = roles_.find(next); held != roles_.end()) {
      open.insert(open.end(), held->second.begin(), held->second.end());
    }
  }
  return at->second;
}

bool Holdings::holds(const Grantee& role, const GrantTarget& target, const std::string& privilege, bool option) const {
  // Before BCR-2371 a view may come as TABLE (grants.md 2.1); the two share a namespace.
  if (target.form == TargetForm::Object && target.object.kind == KindId::View &&
      holds(role, as_table(target), privilege, option)) {
    return true;
  }
  const auto of_role = privileges_.find(role);
  if (of_role == privileges_.end()) return false;
  const auto on_target = of_role->second.find(target);
  if (on_target == of_role->second.end()) return false;
  const auto held = on_target->second.find(privilege);
  return held != on_target->second.end() && (held->second || !option);
}

// An inherited grant stands on a container, for every object of one kind (grants.md 1.9).
bool Holdings::holds_inherited(const Grantee& role, const ObjectId& id, const std::string& privilege) const {
  for (auto container = id.name.parent(); !container.empty(); container = container.parent()) {
    const auto kind = container.depth() == 1 ? KindId::Database : KindId::Schema;
    if (holds(role, {TargetForm::PresentIn, {kind, container}, id.kind}, privilege, false)) return true;
  }
  return holds(role, {TargetForm::PresentIn, {}, id.kind}, privilege, false);
}

bool Holdings::holds_any(const Grantee& role, const ObjectId& id) const {
  const auto of_role = privileges_.find(role);
  if (of_role == privileges_.end()) return false;
  if (const auto held = of_role->second.find({TargetForm::Object, id, KindId::Table});
      held != of_role->second.end() && !held->second.empty()) {
    return true;
  }
  return std::any_of(of_role->second.begin(), of_role->second.end(), [&](const auto& entry) {
    const auto& target = entry.first;
    if (target.form != TargetForm::PresentIn || target.of_kind != id.kind) return false;
    return target.object.name.empty() || id.name.is_under(target.object.name);
  });
}

bool Holdings::has(const Grantee& role, const Right& right) const {
  const auto& roles = closure(role);
  if (right.form == Right::Form::Is) return roles.count(now(right.role)) > 0;
  const GrantTarget target = now(right.target);
  if (target.form == TargetForm::Account) {
    if (roles.count(system_role("ACCOUNTADMIN")) > 0) return true;
  } else if (right.privilege != kManageGrants) {
    auto owner = owners_.find(target.object);
    if (owner == owners_.end() && target.object.kind == KindId::View) owner = owners_.find(as_table(target).object);
    if (owner != owners_.end() && roles.count(owner->second) > 0) return true;
  }
  return std::any_of(roles.begin(), roles.end(), [&](const Grantee& one) {
    switch (right.form) {
      case Right::Form::Owns:
      case Right::Form::Is:
        return false;
      case Right::Form::Holds:
        return holds(one, target, right.privilege, false) ||
               (target.form == TargetForm::Object && holds_inherited(one, target.object, right.privilege));
      case Right::Form::HoldsAny:
        return holds_any(one, target.object);
      case Right::Form::MayGrant:
        return holds(one, target, right.privilege, true);
    }
    broken_promise("every form of right can be looked up", __FILE__, __LINE__);
  });
}

void Holdings::give(const Grantee& grantee, const GrantTarget& target, const std::string& privilege, bool option) {
  auto& held = privileges_[now(grantee)][now(target)][privilege];
  held = held || option;
}

// A database role is born with USAGE on its database (grants.md 0.8).
void Holdings::give_birthright(const ObjectId& database_role) {
  give(role_of(database_role), {TargetForm::Object, {KindId::Database, database_role.name.parent()}, KindId::Table},
       "USAGE", false);
}

void Holdings::take(const GrantKey& key, bool option_only) {
  const auto of_role = privileges_.find(now(key.grantee));
  if (of_role == privileges_.end()) return;
  const auto on_target = of_role->second.find(now(key.target));
  if (on_target == of_role->second.end()) return;
  const auto held = on_target->second.find(key.privilege);
  if (held == on_target->second.end()) return;
  if (option_only) {
    held->second = false;
  } else {
    on_target->second.erase(held);
  }
}

void Holdings::own(const ObjectId& id, const Grantee& owner) { owners_[now(id)] = now(owner); }

// Future grants become rows of each new object (grants.md 4).
void Holdings::grant_future(const ObjectId& id) {
  const ObjectId old = now(id);
  for (auto container = old.name.parent(); !container.empty(); container = container.parent()) {
    const auto kind = container.depth() == 1 ? KindId::Database : KindId::Schema;
    const GrantTarget future{TargetForm::FutureIn, {kind, container}, id.kind};
    for (auto& [grantee, targets] : privileges_) {
      const auto found = targets.find(future);
      if (found == targets.end()) continue;
      const Privileges given = found->second;
      for (const auto& [privilege, option] : given) {
        if (privilege == "OWNERSHIP") {
          owners_[old] = grantee;
        } else {
          auto& held = targets[{TargetForm::Object, old, KindId::Table}][privilege];
          held = held || option;
        }
      }
    }
  }
}

void Holdings::apply(const Change& change, const Statement& statement, const Desired& desired) {
  const Grantee role = account_role(Name::exact(statement.role));
  switch (statement.act) {
    case Act::Create: {
      const auto& id = *change.object;
      if (owners_.count(now(id)) > 0) return;  // the further statements of its creation
      own(id, role);
      grant_future(id);
      if (id.kind == KindId::Schema && is_managed_as_declared(id, desired)) managed_access_.insert(now(id).name);
      if (id.kind == KindId::DatabaseRole) give_birthright(id);
      if (id.kind != KindId::Database) return;
      for (const char* born : {"PUBLIC", "INFORMATION_SCHEMA"}) {
        own({KindId::Schema, id.name.child(Name::exact(born))}, role);
      }
      return;
    }
    case Act::Replace:
      own(*change.object, role);  // the new one is whose role made it (create-view, COPY GRANTS)
      return;
    case Act::Alter: {
      const auto managed = std::find_if(change.diff.begin(), change.diff.end(),
                                        [](const DiffLine& line) { return line.property == "managed_access"; });
      if (managed == change.diff.end() || !change.object) return;
      const auto schema = now(*change.object).name;
      if (managed->after == Value(true)) {
        managed_access_.insert(schema);
      } else {
        managed_access_.erase(schema);
      }
      return;
    }
    case Act::Rename:
      if (const auto from = parse_address(change.removes.front())) renames_.emplace_back(*from, change.object->name);
      closures_.clear();
      return;
    case Act::Drop:
      owners_.erase(now(*change.object));
      return;
    case Act::HandOver:
      own(statement.handover->object, account_role(statement.handover->to));
      return;
    case Act::Grant:
    case Act::Revoke:
      break;
  }
  const bool given = statement.act == Act::Grant;
  if (change.grant) {
    const bool option = !change.diff.empty() && change.diff.front().property == "grant_option";
    if (given) {
      give(change.grant->grantee, change.grant->target, change.grant->privilege, option);
    } else {
      take(*change.grant, option);
    }
  }
  if (change.membership) {
    auto& roles = roles_[now(change.membership->member)];
    const Grantee held = now(role_of(change.membership->role));
    if (given) {
      roles.insert(held);
    } else {
      roles.erase(held);
    }
    closures_.clear();
  }
}

}  // namespace mesh::check
