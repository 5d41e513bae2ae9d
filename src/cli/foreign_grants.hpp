#pragma once
// Privileges that another role granted, which a revoke of ours would leave where they are (grants.md 0.3).

#include "mesh/diff/change.hpp"
#include "mesh/model/connection.hpp"
#include "mesh/model/state.hpp"

namespace mesh::cli {

// Takes out of `result` the revokes that the role they are sent with cannot carry out, for it neither is, nor stands
// above, one of the grantors, nor has MANAGE GRANTS; a finding each stands in their place. Asks what the role holds
// only where somebody else is told as grantor. What could not be asked stays planned.
void set_aside_foreign_grants(const Live& live, Connection& connection, DiffResult& result);

}  // namespace mesh::cli
