#include "catalog_facts.hpp"

#include <fmt/format.h>

#include "html.hpp"

namespace mesh::render::catalog {
namespace {

std::string folder_of(const Product& product) {
  return fmt::format("{}/{}-{}", html::file_name(product.domain), html::file_name(product.name), product.version.major);
}

void count(Share& share, bool has) {
  ++share.all;
  if (has) ++share.of;
}

}  // namespace

std::string page_of_domain(const std::string& domain) { return "domains/" + html::file_name(domain) + ".html"; }
std::string page_of(const Product& product) { return "products/" + folder_of(product) + ".html"; }
std::string page_of(const PortOf& port) {
  return fmt::format("ports/{}/{}.html", folder_of(*port.product), html::file_name(port.port->name));
}

std::string title_of(const PortOf& port) {
  return PortId{port.product->domain, port.product->name, port.port->name, port.product->version.major}.display();
}

Facts::Facts(const MeshView& of) : view(of), lineage(of.state) {
  for (const auto& domain : view.mesh.domains) products[domain.name];
  for (const auto& [key, product] : view.products.all) {
    products[key.domain].push_back(&product);
    for (const auto& [name, port] : product.ports) {
      for (const auto& object : port.objects) published.emplace(object.id, PortOf{&product, &port});
    }
  }
  for (auto& agreement : mesh::agreements(view.products, view.date)) {
    const Product* product = view.products.find(agreement.port);
    const Port* port = product == nullptr ? nullptr : product->find_port(agreement.port.port);
    if (port != nullptr) agreements[page_of({product, port})].push_back(std::move(agreement));
  }
}

const std::vector<Agreement>& Facts::agreements_of(const PortOf& port) const {
  static const std::vector<Agreement> none;
  const auto it = agreements.find(page_of(port));
  return it == agreements.end() ? none : it->second;
}

Score Facts::score(const std::string& domain) const {
  Score score;
  const Domain* owner = view.mesh.find(domain);
  for (const Product* product : products.at(domain)) {
    count(score.owner, owner != nullptr && !owner->team.empty() && !owner->team_email.empty());
    count(score.description, !product->description.empty());
    bool has_contract = !product->ports.empty();
    for (const auto& [name, port] : product->ports) {
      has_contract &= !port.contract.derived;
      for (const auto& object : port.contract.objects) {
        for (const auto& column : object.columns) {
          count(score.columns_described, !column.description.empty());
          count(score.columns_classified, !classes({product, &port}, object, column).empty());
        }
      }
    }
    count(score.contract, has_contract);
  }
  return score;
}

std::vector<std::string> Facts::source_classes(const ObjectId& id, const Name& column) const {
  std::set<std::string> classes;
  std::set<std::pair<ObjectId, Name>> seen;
  std::vector<std::pair<ObjectId, Name>> open{{id, column}};
  while (!open.empty()) {
    const auto [reader, name] = open.back();
    open.pop_back();
    if (!seen.insert({reader, name}).second) continue;
    for (auto it = view.state.attachments.lower_bound({{reader, name}, {}, {}});
         it != view.state.attachments.end() && it->first.bearer == Bearer{reader, name}; ++it) {
      if (it->first.kind == KindId::Tag) classes.insert(it->second.name.display() + "=" + it->second.value);
    }
    for (const auto& link : lineage.links(reader)) {
      if (link.column == name) open.emplace_back(link.source, link.source_column);
    }
  }
  return {classes.begin(), classes.end()};
}

std::string Facts::page_of_object(const ObjectId& id) const {
  if (const auto it = published.find(id); it != published.end()) return page_of(it->second);
  const Object* object = view.state.find(id);
  return object == nullptr || products.count(object->domain) == 0 ? std::string() : page_of_domain(object->domain);
}

std::vector<std::string> Facts::classes(const PortOf& port, const ContractObject& object,
                                        const ContractColumn& column) const {
  std::set<std::string> all(column.tags.begin(), column.tags.end());
  if (!column.classification.empty()) all.insert(column.classification);
  for (const auto& held : port.port->objects) {
    // A contract may say less than the full name.
    if (held.id.name.last() != object.name.last()) continue;
    for (auto& name : source_classes(held.id, column.name)) all.insert(std::move(name));
  }
  return {all.begin(), all.end()};
}

}  // namespace mesh::render::catalog
