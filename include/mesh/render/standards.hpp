#pragma once
// Products and contracts in the standards of Bitol: ODCS 3.1 and ODPS 1.0.

#include <string>
#include <vector>

#include "mesh/model/mesh.hpp"
#include "mesh/model/product.hpp"

namespace mesh::render {

struct Exported {
  std::string text;
  std::vector<std::string> losses;  // what the standard has no place for: "masking policy P of EMAIL"
};
// A port's contract. Names of objects as manifests write them.
Exported odcs_yaml(const Mesh& mesh, const Product& product, const Port& port);
// A product, its ports with what mesh needs to read it back (custom properties meshObjects and meshReader).
Exported odps_yaml(const Mesh& mesh, const Product& product);

}  // namespace mesh::render
