#pragma once
// A manifest's tree as text again, line by line with where each came from.

#include <string>
#include <vector>

#include "mesh/manifest/load.hpp"
#include "mesh/yaml/node.hpp"

namespace mesh::manifest {

using yaml::Node;

// YAML that reads back as the same tree; `use` is left out, for its bodies stand below it.
void write_expanded(const Node& root, std::vector<ExpandedLine>& lines);

}  // namespace mesh::manifest
