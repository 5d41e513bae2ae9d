#pragma once
// Policies of logging in: of passwords, of sessions, of the ways to authenticate.

#include <optional>

#include "ddl.hpp"

namespace mesh::sandbox {

bool is_login_policy(Kind kind);

ResultSet create_login_policy(Running& run, const CreateHead& head);
ResultSet alter_login_policy(Running& run, const Object& policy);
ResultSet describe_login_policy(Running& run, Kind kind);
// Behind ALTER ACCOUNT or ALTER USER name: SET and UNSET of such a policy; nothing where the words are others.
std::optional<ResultSet> alter_login_policy_of(Running& run, const Object& object);
// Behind SHOW .. POLICIES ON: the one in force on the account, or for a user.
ResultSet show_policies_on(Running& run, Kind kind);

}  // namespace mesh::sandbox
