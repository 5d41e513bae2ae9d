#pragma once
// GRANT and REVOKE (grants.md sections 1 and 4).

#include <string>
#include <vector>

#include "running.hpp"

namespace mesh::sandbox {

enum class TargetForm { Object, All, Future, Inherited };

// What stands behind ON.
struct GrantTarget {
  TargetForm form = TargetForm::Object;
  Kind kind = Kind::Account;       // of the object, or of the objects in the container
  const Object* object = nullptr;  // Object: it; otherwise the container
};

// What stands before and behind it.
struct PrivilegeList {
  std::vector<std::string> names;  // empty: ALL [PRIVILEGES]
  bool all() const { return names.empty(); }
};

PrivilegeList read_privileges(Running& run);            // up to ON
GrantTarget read_target(Running& run, bool inherited);  // behind ON
// [ROLE] r, DATABASE ROLE d.r, USER u; 002003 where missing.
const Object& need_grantee(Running& run);
// A kind's words and a name; TABLE also names views and other table-likes.
const Object& need_granted_object(Running& run);

bool inherited_grants_enabled(const Running& run);

// Who is written as grantor of `privilege` on the object by the session's roles; nullptr: they may not grant it.
// kNobody never: a system object's grants are the primary role's.
std::optional<Id> grantor_for(const Running& run, const Object& object, const std::string& privilege);
// Whether the session's roles may grant or revoke at large on the object: its owner, or MANAGE GRANTS.
bool controls_grants(const Running& run, const Object& object);
// MANAGE GRANTS over the container, or ownership of a managed access schema.
bool controls_future(const Running& run, const Object& container);
// 003008 or a syntax error for a privilege the kind does not have, and what grantees of its kind cannot hold.
void check_privilege(const Running& run, const std::string& privilege, const GrantTarget& target,
                     const Object& grantee);
void check_same_database(const Running& run, const Object& object, const Object& grantee);

ResultSet grant_ownership(Running& run);  // behind GRANT OWNERSHIP
// The objects of the kind below the container that the session's roles see.
std::vector<Id> objects_below(const Running& run, const Object& container, Kind kind);

}  // namespace mesh::sandbox
