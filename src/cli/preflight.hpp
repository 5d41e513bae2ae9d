#pragma once
// Promise 9 over a connection: what the statements' roles lack, said before the first one runs.

#include <optional>
#include <set>
#include <string>

#include "console.hpp"
#include "mesh/cli/cli.hpp"
#include "mesh/model/connection.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/state.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh::cli {

// Adds refusals (MESH2032) for what is missing and (MESH2035) for what would lock a role out of its domain, or this
// user out of the account, warnings where that is not certain or this user may not ask (MESH2034). Roles that this user
// may not take are a warning in a plan and, with `applying`, a refusal (MESH2033). To be called when the fingerprint
// stands: who may do a plan does not change what it is. Fails where the answer did not arrive: what is not known for
// such a reason never becomes a smaller finding.
Status check_privileges(const Mesh& mesh, const Desired& desired, const Live& live, bool applying,
                        Connection& connection, Plan& plan);

// The same for ledger, lease and audit, before the first of them is written: an exit code after it was said which
// grants the deploy roles of these domains lack there, or that this user may not take one of them. The connection's own
// role is not looked at: what it lacks shows with the lease.
std::optional<ExitCode> stop_without_control(const Mesh& mesh, const std::set<std::string>& domains,
                                             Connection& connection, const Console& console);

}  // namespace mesh::cli
