#pragma once
// Roles that are dropped are asked for all that they own, of whatever kind and wherever it is.

#include "mesh/diff/diff.hpp"
#include "mesh/model/connection.hpp"

namespace mesh::cli {

// To the drops of roles, the handing over of what was not read with the rest; refused where nobody can tell what a role
// owns.
void hand_over_what_roles_own(const DiffInput& input, Connection& connection, DiffResult& result);

}  // namespace mesh::cli
