#pragma once
// Where data come from and who reads them: objects, the ports that publish them, the roles that consume those.

#include <set>
#include <string>
#include <vector>

#include "mesh/render/mesh_view.hpp"

namespace mesh::render {

enum class GraphNodeKind : uint8_t { Domain, Product, Port, Object, Consumer };

struct GraphNode {
  std::string id;  // "domain sales", "product sales/orders@1", "port sales/orders@1", an object's address, "role R"
  GraphNodeKind kind = GraphNodeKind::Object;
  std::string label;   // for people
  std::string domain;  // whose it is; empty: nobody's
  std::string parent;  // id of what it is part of: a port's product, a product's domain; empty: nothing
  std::string status;  // of products: "active", …
  Place place;
};

enum class GraphEdgeKind : uint8_t { Feeds, Publishes, Consumes };

// Data go from `from` to `to`; both are ids.
struct GraphEdge {
  std::string from, to;
  GraphEdgeKind kind = GraphEdgeKind::Feeds;
  std::string state, until;  // of agreements: "granted", "2027-06-30"
};

// Nodes sorted by id, edges by their ends.
struct Graph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;
};

// Every domain, product, port and relation, what these read or are read by, and who consumes the ports. Of other
// domains than these only what data come from or go to in one step.
Graph graph_of(const MeshView& view, const std::set<std::string>& domains);

// The port as one id: always with its name, for a product may have several.
std::string port_node_id(const Product& product, const Port& port);

std::string graph_dot(const Graph& graph);
std::string graph_mermaid(const Graph& graph);
// {"format_version", "mesh", "environment", "date", "nodes": […], "edges": […]}
std::string graph_json(const Graph& graph, const MeshView& view);

}  // namespace mesh::render
