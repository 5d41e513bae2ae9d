#pragma once
// Privileges on stages depend on one another and on where the files lie (grants.md 1.1 and section 3).

#include "grants.hpp"

namespace mesh::sandbox {

// READ and WRITE are for internal stages, USAGE for external ones; everything applies to other objects.
bool applies(const Object& object, const std::string& privilege);
// Refuses a named privilege that does not apply, and WRITE to who has no READ and is not given it beside.
void check_stage_grant(const Running& run, const GrantTarget& target, const std::vector<std::string>& privileges,
                       const Object& grantee);
// Refuses to take READ from who keeps WRITE.
void check_stage_revoke(const Running& run, const GrantTarget& target, const PrivilegeList& privileges,
                        const Object& grantee);

}  // namespace mesh::sandbox
