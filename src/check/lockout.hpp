#pragma once
// Changes that take from a role what it needs to manage its domain.

#include <vector>

#include "holdings.hpp"
#include "mesh/check/privileges.hpp"

namespace mesh::check {

// `before`: how things stand at the first statement. Of what no role of `keeps` had before nothing is said.
std::vector<Lockout> find_lockouts(const std::vector<Keep>& keeps, const std::vector<Change>& changes,
                                   const Desired& desired, const Holdings& before);

}  // namespace mesh::check
