#pragma once
// What a single role holds, asked for under a role that is told (grants.md 2, Visibility: a role sees its own rows).

#include "mesh/model/connection.hpp"
#include "mesh/model/role_grants.hpp"

namespace mesh::live {

// SHOW GRANTS TO ROLE or TO DATABASE ROLE, sent with `as_role` (stored spelling).
Query role_grants_query(const Grantee& role, const std::string& as_role);

// The rows as values. Left out: kinds mesh does not know, and rows whose name cannot be read.
RoleGrants parse_role_grants(const Rows& rows);

}  // namespace mesh::live
