#pragma once
#include <optional>

#include "running.hpp"

namespace mesh::sandbox {

// SELECT SYSTEM$...('..') for the functions that look at or change the account; nullopt for any other statement.
std::optional<ResultSet> system_function(Running& run);

}  // namespace mesh::sandbox
