#pragma once
// Values with parts that a manifest states: held against their form.

#include "mesh/kinds/kind.hpp"
#include "reading.hpp"

namespace mesh::manifest {

// Whether the node has the form of the field; each mistake was reported at its place.
bool read_field(const kinds::Field& field, const Node& node, std::string_view what, Diagnostics& diagnostics);

}  // namespace mesh::manifest
