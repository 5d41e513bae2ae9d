#pragma once
#include "catalog.hpp"

namespace mesh::sandbox {

// Adds an account with what a new Enterprise Edition account holds (design 7): the system roles with their privileges,
// database SNOWFLAKE, warehouse COMPUTE_WH, user MESH. Returns the account's id.
Id create_account(Catalog& catalog, const std::string& name, int64_t now);

}  // namespace mesh::sandbox
