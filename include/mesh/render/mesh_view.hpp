#pragma once
// A mesh as its manifests have it, for what is drawn, listed and published of it.

#include <string>

#include "mesh/model/mesh.hpp"
#include "mesh/model/product.hpp"
#include "mesh/model/state.hpp"

namespace mesh::render {

struct MeshView {
  const Mesh& mesh;
  const State& state;  // desired, names with the environment's suffix
  const Products& products;
  const Sources& sources;
  std::string date;  // YYYY-MM-DD in UTC: which agreements are in force
};

}  // namespace mesh::render
