#pragma once
// What a role owns that is dropped. DROP ROLE gives it to whoever drops it (drop-role): it is handed over in the open
// before (design, promise 2).

#include <string>
#include <vector>

#include "mesh/diff/diff.hpp"
#include "mesh/model/role_grants.hpp"

namespace mesh {

// To the drop of a role, a GRANT OWNERSHIP for each object in `held` that was not read with the rest, and so is not
// handed over by the drop yet, nor dropped or given to another owner by the same plan. What cannot be handed over so is
// among the refused: what mesh does not know, with the statement that does it; what Snowflake does not transfer.
void hand_over_the_rest(const DiffInput& input, const RoleGrants& held, Change& drop, DiffResult& result);

}  // namespace mesh
