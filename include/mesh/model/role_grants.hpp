#pragma once
// What one role holds by itself, as SHOW GRANTS TO ROLE tells it (grants.md 2): ownership, privileges, other roles.

#include <vector>

#include "mesh/model/grants.hpp"

namespace mesh {

struct HeldPrivilege {
  GrantTarget target;  // PresentIn: an inherited grant, on every object of that kind in the container or the account
  std::string privilege;
  bool grant_option = false;
};

// Of a kind that mesh does not know; OWNERSHIP too.
struct OtherPrivilege {
  std::string privilege;
  std::string object;  // "dynamic table A.B.C", in Snowflake's words
};

struct RoleGrants {
  std::vector<HeldPrivilege> privileges;
  std::vector<ObjectId> owned;
  std::vector<Grantee> roles;
  std::vector<OtherPrivilege> others = {};
};

}  // namespace mesh
