#pragma once
#include "running.hpp"

namespace mesh::sandbox {

// Runs a statement that is no query. Throws its refusal.
ResultSet run_statement(Running& run);

// SHOW, DESCRIBE, GRANT and REVOKE, behind their verb.
ResultSet show_statement(Running& run);
ResultSet describe_statement(Running& run);
ResultSet grant_statement(Running& run);
ResultSet revoke_statement(Running& run);

}  // namespace mesh::sandbox
