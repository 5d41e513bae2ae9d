#include "access.hpp"

#include <algorithm>

namespace mesh::sandbox {
namespace {

void close_over(const Catalog& catalog, Id from, RoleSet& roles) {
  std::vector<Id> open{from};
  while (!open.empty()) {
    const Id holder = open.back();
    open.pop_back();
    if (!roles.insert(holder).second) continue;
    for (const Id below : catalog.roles_of(holder)) open.push_back(below);
  }
}

// System schemas (INFORMATION_SCHEMA, those of SNOWFLAKE) belong to nobody and are open to whoever sees their database.
bool is_system_schema(const Object& object) { return object.kind == Kind::Schema && object.owner == kNobody; }

// MANAGE WAREHOUSES on the account stands for these on every warehouse (docs: security-access-control-privileges).
bool by_manage_warehouses(std::string_view privilege) {
  return privilege == "MODIFY" || privilege == "MONITOR" || privilege == "OPERATE";
}

}  // namespace

RoleSet role_closure(const Catalog& catalog, Id account, Id role) {
  RoleSet roles;
  if (role != kNobody) close_over(catalog, role, roles);
  if (const Object* everybody = catalog.child(account, Kind::Role, "PUBLIC")) close_over(catalog, everybody->id, roles);
  return roles;
}

Access::Access(const Catalog& catalog, Id account, Id role, Id user, bool secondary)
    : catalog_(catalog), account_(account), secondary_(secondary), primary_(role_closure(catalog, account, role)) {
  active_ = primary_;
  if (secondary && user != kNobody) close_over(catalog, user, active_);
  manages_account_ = holds(active_, catalog.at(account), "MANAGE GRANTS");
  resolves_all_ = holds(active_, catalog.at(account), "RESOLVE ALL");
}

bool Access::holds(const RoleSet& roles, const Object& object, std::string_view privilege) const {
  if (object.owner != kNobody && roles.count(object.owner) > 0) return true;
  for (const Id id : catalog_.grants_on(object.id)) {
    const Grant& grant = catalog_.grant(id);
    if (grant.form == GrantForm::Direct && grant.privilege == privilege && roles.count(grant.grantee) > 0) return true;
  }
  if (is_system_schema(object) && privilege == "USAGE") return sees(catalog_.at(object.parent));
  if (object.kind == Kind::Warehouse && by_manage_warehouses(privilege)) {
    return holds(roles, catalog_.at(account_), "MANAGE WAREHOUSES");
  }
  return inherits(roles, object, privilege);
}

// An empty privilege asks for any.
bool Access::inherits(const RoleSet& roles, const Object& object, std::string_view privilege) const {
  if (!catalog_.has_inherited()) return false;
  for (const Object* up = catalog_.container(object); up != nullptr; up = catalog_.container(*up)) {
    for (const Id id : catalog_.grants_on(up->id)) {
      const Grant& grant = catalog_.grant(id);
      if (grant.form == GrantForm::Inherited && grant.type == object.kind && roles.count(grant.grantee) > 0 &&
          (privilege.empty() || grant.privilege == privilege)) {
        return true;
      }
    }
  }
  return false;
}

bool Access::holds_any(const Object& object) const {
  if (owns(object)) return true;
  if (is_system_schema(object)) return holds_any(catalog_.at(object.parent));
  for (const Id id : catalog_.grants_on(object.id)) {
    const Grant& grant = catalog_.grant(id);
    if (grant.form == GrantForm::Direct && active(grant.grantee)) return true;
  }
  return inherits(active_, object, "");
}

// MONITOR USAGE completes the lists of databases and warehouses, and resolves no name in them (grants.md 3, Implied).
bool Access::lists(const Object& object) const {
  const bool listed = object.kind == Kind::Database || object.kind == Kind::Warehouse;
  return sees(object) || (listed && account_privilege("MONITOR USAGE"));
}

bool Access::sees(const Object& object) const {
  // RESOLVE ALL "outputs the object in the corresponding SHOW <objects> command" (security-access-control-privileges).
  if (manages_account_ || resolves_all_ || holds_any(object)) return true;
  if (is_system_schema(object)) return sees(catalog_.at(object.parent));
  if (object.kind == Kind::Warehouse && account_privilege("MANAGE WAREHOUSES")) return true;
  // "Grants ability to monitor any pipes or tasks in the account" (docs: security-access-control-privileges).
  const bool runs = object.kind == Kind::Pipe || object.kind == Kind::Task;
  if (runs && account_privilege("MONITOR EXECUTION")) return true;
  if (governs(object)) return true;
  return manages_grants(object);
}

// A tag is seen with USAGE on its schema; the account's APPLY privilege shows all of a kind (docs: show-tags,
// show-masking-policies, show-row-access-policies).
bool Access::governs(const Object& object) const {
  const std::string_view words = facts(object.kind).words;
  const bool tag = object.kind == Kind::Tag;
  if (!tag && !words.ends_with(" POLICY")) return false;
  if (tag && holds(catalog_.at(object.parent), "USAGE")) return true;
  return account_privilege("APPLY " + std::string(words));
}

bool Access::reaches(const Object& object) const {
  for (const Object* o = &object; o != nullptr && o->kind != Kind::Account; o = catalog_.container(*o)) {
    if (!sees(*o)) return false;
  }
  return true;
}

bool Access::manages_grants(const Object& object) const {
  if (manages_account_) return true;
  for (const Object* o = &object; o != nullptr && o->kind != Kind::Account; o = catalog_.container(*o)) {
    if (o->kind != Kind::Database && o->kind != Kind::Schema) continue;
    const auto& grants = catalog_.grants_on(o->id);
    const bool granted = std::any_of(grants.begin(), grants.end(), [this](Id id) {
      const Grant& grant = catalog_.grant(id);
      return grant.form == GrantForm::Direct && grant.privilege == "MANAGE GRANTS" && active(grant.grantee);
    });
    if (granted) return true;
  }
  return false;
}

}  // namespace mesh::sandbox
