#pragma once
// Inner parts of the plan's account of access.

#include <set>
#include <string>
#include <vector>

#include "mesh/model/access.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh {

// What is held after the changes: with what they make, whose that is, and what they drop.
AccessMap access_after(const AccessMap& before, const std::vector<Change>& changes);

// Of classified columns (tagged or masked, before or after): who may read them unmasked afterwards that could not
// before, and the reverse. Nothing for columns whose readers stay the same.
std::vector<ReadersChange> readers_changes(const Mesh& mesh, const Desired& desired, const State& live,
                                           const std::vector<Change>& changes, const std::set<std::string>& domains);

}  // namespace mesh
