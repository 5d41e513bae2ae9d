#include "mesh/render/graph.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "mesh/diff/diff.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::render {
namespace {

class Collector {
 public:
  explicit Collector(const MeshView& view) : view_(view) {}

  Graph collect(const std::set<std::string>& domains) {
    for (const auto& domain : view_.mesh.domains) {
      add({"domain " + domain.name, GraphNodeKind::Domain, domain.name, domain.name, {}, {}, domain.place});
    }
    for (const auto& [id, object] : view_.state.objects) {
      if (kinds::of(id.kind).is_relation) add_object(id);
      for (const auto& source : read_by(object)) {
        // What names a kind of its own is a reference; both ends must be declared to be drawn.
        if (view_.state.find(source) == nullptr || source == id) continue;
        add_object(source);
        add_object(id);
        edges_.insert({source.address(), id.address(), GraphEdgeKind::Feeds});
      }
    }
    for (const auto& [key, product] : view_.products.all) add_product(product);
    for (const auto& agreement : agreements(view_.products, view_.date)) add_agreement(agreement);
    return chosen(domains);
  }

 private:
  using EdgeKey = std::tuple<std::string, std::string, GraphEdgeKind>;

  void add(GraphNode node) { nodes_.emplace(node.id, std::move(node)); }

  void add_object(const ObjectId& id) {
    const Object* object = view_.state.find(id);
    if (object != nullptr)
      add({id.address(), GraphNodeKind::Object, id.address(), object->domain, {}, {}, object->place});
  }

  void add_product(const Product& product) {
    const std::string id = "product " + product.display();
    add({id, GraphNodeKind::Product, product.display(), product.domain, "domain " + product.domain,
         to_string(product.status), product.place});
    for (const auto& [name, port] : product.ports) {
      const auto port_id = port_node_id(product, port);
      const PortId shown{product.domain, product.name, name, product.version.major};
      add({port_id, GraphNodeKind::Port, shown.display(), product.domain, id, {}, port.place});
      for (const auto& object : port.objects) {
        add_object(object.id);
        if (view_.state.find(object.id) != nullptr)
          edges_.insert({object.id.address(), port_id, GraphEdgeKind::Publishes});
      }
    }
  }

  void add_agreement(const Agreement& agreement) {
    const Product* product = view_.products.find(agreement.port);
    const Port* port = product == nullptr ? nullptr : product->find_port(agreement.port.port);
    if (port == nullptr) return;
    const std::string who = agreement.as.display();
    const Place place = agreement.request != nullptr ? agreement.request->place : Place{};
    add({who, GraphNodeKind::Consumer, who, agreement.consumer, "domain " + agreement.consumer, {}, place});
    const EdgeKey key{port_node_id(*product, *port), who, GraphEdgeKind::Consumes};
    edges_.insert(key);
    agreements_[key] = {to_string(agreement.state), agreement.until};
  }

  Graph chosen(const std::set<std::string>& domains) const {
    std::set<std::string> kept;
    const auto is_own = [&](const std::string& id) { return domains.count(nodes_.at(id).domain) > 0; };
    for (const auto& [id, node] : nodes_) {
      if (is_own(id)) kept.insert(id);
    }
    Graph graph;
    for (const auto& key : edges_) {
      const auto& [from, to, kind] = key;
      if (!is_own(from) && !is_own(to)) continue;
      kept.insert({from, to});
      const auto agreed = agreements_.find(key);
      const auto& [state, until] = agreed == agreements_.end() ? Agreed{} : agreed->second;
      graph.edges.push_back({from, to, kind, state, until});
    }
    // What a neighbour is part of stands there with it.
    for (const auto& id : std::set<std::string>(kept)) {
      for (const auto* node = &nodes_.at(id); !node->parent.empty(); node = &nodes_.at(node->parent)) {
        kept.insert(node->parent);
      }
    }
    for (const auto& id : kept) graph.nodes.push_back(nodes_.at(id));
    return graph;
  }

  using Agreed = std::pair<std::string, std::string>;  // state, until

  const MeshView& view_;
  std::map<std::string, GraphNode> nodes_;
  std::set<EdgeKey> edges_;
  std::map<EdgeKey, Agreed> agreements_;
};

}  // namespace

std::string port_node_id(const Product& product, const Port& port) {
  return fmt::format("port {}/{}/{}@{}", product.domain, product.name, port.name, product.version.major);
}

Graph graph_of(const MeshView& view, const std::set<std::string>& domains) { return Collector(view).collect(domains); }

}  // namespace mesh::render
