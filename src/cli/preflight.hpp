#pragma once
// Promise 9 over a connection: what the statements' roles lack, said before the first one runs.

#include "mesh/model/connection.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/state.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh::cli {

// Adds refusals (MESH2032) for what is missing, warnings where that is not certain or this user may not ask (MESH2034).
// Roles that this user may not take are a warning in a plan and, with `applying`, a refusal (MESH2033). To be called
// when the fingerprint stands: who may do a plan does not change what it is. Fails where the answer did not arrive:
// what is not known for such a reason never becomes a smaller finding.
Status check_privileges(const Desired& desired, const Live& live, bool applying, Connection& connection, Plan& plan);

}  // namespace mesh::cli
