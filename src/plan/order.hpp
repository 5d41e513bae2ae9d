#pragma once
// Changes in an order that is known already.

#include <vector>

#include "mesh/plan/plan.hpp"

namespace mesh {

// Of each change, by its index: those that come before it, once each.
using Befores = std::vector<std::vector<size_t>>;

// Puts the changes so, those that are free to move in the order they come in, and fills Change::after. A cycle is a
// diagnostic (MESH2010); the changes in it are left out.
std::vector<Change> arranged(std::vector<Change> changes, const Befores& before, Diagnostics& diagnostics);

}  // namespace mesh
