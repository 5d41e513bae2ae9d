#pragma once
// YAML text to a tree. The only part of mesh that meets yaml-cpp.

#include <optional>
#include <string_view>

#include "mesh/diag/diagnostic.hpp"
#include "mesh/yaml/node.hpp"

namespace mesh::yaml {

inline constexpr size_t kMaxFileBytes = size_t{16} << 20;
inline constexpr size_t kMaxDepth = 64;

// The document in `text`, the file `file` of the sources; a Null node for an empty one. Anchors are expanded, within
// bounds. nullopt where the tree cannot be trusted: then `diagnostics` says why. Duplicate keys are reported, and the
// first one of each is kept.
std::optional<Node> parse(std::string_view text, uint32_t file, Diagnostics& diagnostics);

// Reports every key that stands twice in the map and takes the later ones out.
void drop_duplicate_keys(Node& map, Diagnostics& diagnostics);

}  // namespace mesh::yaml
