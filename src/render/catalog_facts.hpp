#pragma once
// What the pages of the catalogue need to know of each other.

#include <map>
#include <string>
#include <vector>

#include "mesh/diff/lineage.hpp"
#include "mesh/render/mesh_view.hpp"

namespace mesh::render::catalog {

struct PortOf {
  const Product* product = nullptr;
  const Port* port = nullptr;
};

inline constexpr const char* kIndexPage = "index.html";
std::string page_of_domain(const std::string& domain);
std::string page_of(const Product& product);
std::string page_of(const PortOf& port);
std::string title_of(const PortOf& port);  // "sales/orders@1", "sales/orders/daily@1"

// How well a domain's products are described; of each pair what has it, of how many.
struct Share {
  size_t of = 0, all = 0;
};
struct Score {
  Share owner, description, contract, columns_described, columns_classified;
};

struct Facts {
  explicit Facts(const MeshView& of);

  const MeshView& view;
  Lineage lineage;
  std::map<std::string, std::vector<const Product*>> products;  // by domain: every one of mesh.yaml
  std::map<std::string, std::vector<Agreement>> agreements;     // by page of the port
  std::map<ObjectId, PortOf> published;                         // the first port that has the object

  const std::vector<Agreement>& agreements_of(const PortOf& port) const;
  Score score(const std::string& domain) const;
  // What makes a column a classified one: its class and tags by the contract, and the tags that manifests set on it and
  // on what it is made of.
  std::vector<std::string> classes(const PortOf& port, const ContractObject& object,
                                   const ContractColumn& column) const;
  // The tags on the columns that a view's column is made of, at the end of every path.
  std::vector<std::string> source_classes(const ObjectId& id, const Name& column) const;
  // Where an object is explained: the page of a port that publishes it, else its domain's; empty: nowhere.
  std::string page_of_object(const ObjectId& id) const;
};

}  // namespace mesh::render::catalog
