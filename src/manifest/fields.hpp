#pragma once
// Values with parts that a manifest states: held against their form.

#include "mesh/kinds/kind.hpp"
#include "reading.hpp"

namespace mesh::manifest {

// The node's value in its form, a map or a list; nothing where it has another: each mistake was reported at its place.
std::optional<Value> read_field(const kinds::Field& form, const Node& node, std::string_view what,
                                Diagnostics& diagnostics);

}  // namespace mesh::manifest
