// A graph as Graphviz, Mermaid and JSON write it.
#include <map>

#include <fmt/format.h>

#include "json.hpp"
#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/graph.hpp"

namespace mesh::render {
namespace {

const char* word(GraphNodeKind kind) {
  switch (kind) {
    case GraphNodeKind::Domain:
      return "domain";
    case GraphNodeKind::Product:
      return "product";
    case GraphNodeKind::Port:
      return "port";
    case GraphNodeKind::Object:
      return "object";
    case GraphNodeKind::Consumer:
      return "consumer";
  }
  return "";
}

const char* word(GraphEdgeKind kind) {
  switch (kind) {
    case GraphEdgeKind::Feeds:
      return "feeds";
    case GraphEdgeKind::Publishes:
      return "publishes";
    case GraphEdgeKind::Consumes:
      return "consumes";
  }
  return "";
}

bool is_dashed(const GraphEdge& edge) {
  return edge.kind == GraphEdgeKind::Consumes && edge.state != "granted" && edge.state != "stale";
}

// A box of the picture that holds others: a domain, a product, or (empty) what nobody owns.
using Boxes = std::map<std::string, std::vector<const GraphNode*>>;

// Domains hold objects and consumers, products hold ports; a product's box lies in its domain's.
struct Nested {
  Boxes of_domain, of_product;
  std::map<std::string, std::vector<const GraphNode*>> products;  // by domain
  std::map<std::string, std::string> names;                       // n0, n1, … by id
};

Nested nested(const Graph& graph) {
  Nested made;
  for (const auto& node : graph.nodes) {
    made.names.emplace(node.id, fmt::format("n{}", made.names.size()));
    if (node.kind == GraphNodeKind::Domain) {
      made.of_domain[node.domain];
    } else if (node.kind == GraphNodeKind::Product) {
      made.of_domain[node.domain];
      made.products[node.domain].push_back(&node);
    } else if (node.kind == GraphNodeKind::Port) {
      made.of_product[node.parent].push_back(&node);
    } else {
      made.of_domain[node.domain].push_back(&node);
    }
  }
  return made;
}

std::string product_label(const GraphNode& product) {
  return product.status == "active" ? product.label : fmt::format("{} ({})", product.label, product.status);
}

std::string agreement_label(const GraphEdge& edge) {
  if (edge.state.empty()) return {};
  return edge.until.empty() ? edge.state : fmt::format("{} until {}", edge.state, edge.until);
}

// --- Graphviz

std::string dot_text(std::string_view text) {
  return "\"" + replace_all(replace_all(printable_line(text), "\\", "\\\\"), "\"", "\\\"") + "\"";
}

const char* dot_shape(GraphNodeKind kind) {
  return kind == GraphNodeKind::Port ? "component" : kind == GraphNodeKind::Consumer ? "ellipse" : "box";
}

std::string dot_node(const GraphNode& node, const Nested& all, std::string_view indent) {
  return fmt::format("{}{} [label={}, shape={}];\n", indent, all.names.at(node.id), dot_text(node.label),
                     dot_shape(node.kind));
}

// --- Mermaid

// Between quotes Mermaid reads its own character references, #35; for #.
std::string mermaid_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : printable_line(text)) {
    if (std::string_view("#\"<>&`\\[]{}|").find(c) != std::string_view::npos) {
      out += fmt::format("#{};", static_cast<int>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string mermaid_node(const GraphNode& node, const Nested& all, std::string_view indent) {
  const auto& name = all.names.at(node.id);
  const auto text = mermaid_text(node.label);
  if (node.kind == GraphNodeKind::Port) return fmt::format("{}{}[[{}]]\n", indent, name, text);
  if (node.kind == GraphNodeKind::Consumer) return fmt::format("{}{}([{}])\n", indent, name, text);
  return fmt::format("{}{}[{}]\n", indent, name, text);
}

// How one of the two languages opens and closes a box.
struct Language {
  std::string (*node)(const GraphNode&, const Nested&, std::string_view);
  std::string (*open)(size_t number, const std::string& label, std::string_view indent);
  const char* close;
};

std::string dot_open(size_t number, const std::string& label, std::string_view indent) {
  return fmt::format("{}subgraph cluster_{} {{\n{}  label={};\n", indent, number, indent, dot_text(label));
}
std::string mermaid_open(size_t number, const std::string& label, std::string_view indent) {
  return fmt::format("{}subgraph b{}[{}]\n", indent, number, mermaid_text(label));
}

std::string boxes(const Nested& all, const Language& language) {
  std::string out;
  size_t number = 0;
  for (const auto& [domain, nodes] : all.of_domain) {
    const bool in_box = !domain.empty();
    const std::string indent = in_box ? "    " : "  ";
    const auto products = all.products.find(domain);
    if (nodes.empty() && products == all.products.end()) continue;
    if (in_box) out += language.open(number++, domain, "  ");
    if (products != all.products.end()) {
      for (const auto* product : products->second) {
        const auto ports = all.of_product.find(product->id);
        if (ports == all.of_product.end()) continue;
        out += language.open(number++, product_label(*product), indent);
        for (const auto* port : ports->second) out += language.node(*port, all, indent + "  ");
        out += indent + language.close + "\n";
      }
    }
    for (const auto* node : nodes) out += language.node(*node, all, indent);
    if (in_box) out += fmt::format("  {}\n", language.close);
  }
  return out;
}

Value edge_record(const GraphEdge& edge) {
  ValueRecord record{{"from", edge.from}, {"to", edge.to}, {"kind", word(edge.kind)}};
  if (!edge.state.empty()) record.emplace_back("state", edge.state);
  if (!edge.until.empty()) record.emplace_back("until", edge.until);
  return record;
}

Value node_record(const GraphNode& node, const Sources& sources) {
  ValueRecord record{{"id", node.id}, {"kind", word(node.kind)}, {"label", node.label}};
  if (!node.domain.empty()) record.emplace_back("domain", node.domain);
  if (!node.parent.empty()) record.emplace_back("parent", node.parent);
  if (!node.status.empty()) record.emplace_back("status", node.status);
  if (node.place.known()) {
    record.emplace_back("source", ValueRecord{{"file", sources.file(node.place.file).path},
                                              {"line", node.place.line},
                                              {"column", static_cast<int64_t>(sources.column(node.place))}});
  }
  return record;
}

}  // namespace

std::string graph_dot(const Graph& graph) {
  const auto all = nested(graph);
  std::string out = "digraph mesh {\n  rankdir=LR;\n" + boxes(all, {dot_node, dot_open, "}"});
  for (const auto& edge : graph.edges) {
    const auto label = agreement_label(edge);
    std::string more = label.empty() ? std::string() : fmt::format(" [label={}", dot_text(label));
    if (!more.empty()) more += is_dashed(edge) ? ", style=dashed]" : "]";
    out += fmt::format("  {} -> {}{};\n", all.names.at(edge.from), all.names.at(edge.to), more);
  }
  return out + "}\n";
}

std::string graph_mermaid(const Graph& graph) {
  const auto all = nested(graph);
  std::string out = "flowchart LR\n" + boxes(all, {mermaid_node, mermaid_open, "end"});
  for (const auto& edge : graph.edges) {
    const auto label = agreement_label(edge);
    out += fmt::format("  {} {}{} {}\n", all.names.at(edge.from), is_dashed(edge) ? "-.->" : "-->",
                       label.empty() ? std::string() : fmt::format("|{}|", mermaid_text(label)), all.names.at(edge.to));
  }
  return out;
}

std::string graph_json(const Graph& graph, const MeshView& view) {
  ValueList nodes, edges;
  for (const auto& node : graph.nodes) nodes.push_back(node_record(node, view.sources));
  for (const auto& edge : graph.edges) edges.push_back(edge_record(edge));
  return to_json(ValueRecord{{"format_version", "1.0"},
                             {"mesh", view.mesh.name},
                             {"environment", view.mesh.environment.name},
                             {"date", view.date},
                             {"nodes", std::move(nodes)},
                             {"edges", std::move(edges)}});
}

}  // namespace mesh::render
