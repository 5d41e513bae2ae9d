#pragma once
// Storage integrations as stages see them.

#include <string>

#include "ddl.hpp"

namespace mesh::sandbox {

// Refuses a stage at the place: without USAGE on the integration, while it is disabled, and where its locations do not
// allow the place.
void check_location(const Running& run, const Object& integration, const std::string& url);

}  // namespace mesh::sandbox
