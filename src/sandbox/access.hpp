#pragma once
// What the session's roles may do (grants.md sections 3 and 4).

#include <string>
#include <string_view>
#include <unordered_set>

#include "catalog.hpp"

namespace mesh::sandbox {

using RoleSet = std::unordered_set<Id>;

// The role and everything granted to it, directly or through other roles, and PUBLIC.
RoleSet role_closure(const Catalog& catalog, Id account, Id role);

class Access {
 public:
  // With `secondary`, every role granted to `user` is active too, and so are privileges granted to the user directly.
  Access(const Catalog& catalog, Id account, Id role, Id user, bool secondary);

  bool active(Id role) const { return active_.count(role) > 0; }
  bool secondary() const { return secondary_; }
  const RoleSet& primary_roles() const { return primary_; }

  bool owns(const Object& object) const { return object.owner != kNobody && active(object.owner); }
  // Owns it, was granted the privilege on it, or inherits it from a container.
  bool holds(const Object& object, std::string_view privilege) const { return holds(active_, object, privilege); }
  // The same for the primary role and those below it: secondary roles never authorise CREATE.
  bool primary_holds(const Object& object, std::string_view privilege) const {
    return holds(primary_, object, privilege);
  }
  bool holds(const RoleSet& roles, const Object& object, std::string_view privilege) const;
  bool account_privilege(std::string_view privilege) const { return holds(catalog_.at(account_), privilege); }

  // Any privilege at all, MANAGE GRANTS over it, or RESOLVE ALL. For objects in a schema, of the object alone: see
  // reaches().
  bool sees(const Object& object) const;
  bool lists(const Object& object) const;  // SHOW <objects> names it, though nothing may be done there
  // The same without MANAGE GRANTS, which INFORMATION_SCHEMA does not honour.
  bool holds_any(const Object& object) const;
  // Sees it and every container above it: what name resolution needs.
  bool reaches(const Object& object) const;
  // MANAGE GRANTS on the account, on the object or on a container of it.
  bool manages_grants(const Object& object) const;

 private:
  bool governs(const Object& object) const;
  bool inherits(const RoleSet& roles, const Object& object, std::string_view privilege) const;

  const Catalog& catalog_;
  Id account_;
  bool secondary_;
  RoleSet primary_, active_;
  bool manages_account_ = false, resolves_all_ = false;
};

}  // namespace mesh::sandbox
