// What the search of the catalogue looks through, as one script.
#include <fmt/format.h>

#include "catalog_pages.hpp"
#include "html.hpp"
#include "json.hpp"
#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render::catalog {
namespace {

constexpr size_t kLongestText = 300;

std::string owner_words(const Facts& facts, const std::string& name) {
  const Domain* domain = facts.view.mesh.find(name);
  return domain == nullptr ? name : fmt::format("{} {} {}", name, domain->team, domain->team_email);
}

// Each of them once, blanks in names told apart from those between them.
std::string columns_of(const Facts& facts, const PortOf& port) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  const auto add = [&](const Name& name) {
    if (seen.insert(name.stored()).second) names.push_back(replace_all(printable_line(name.stored()), " ", "\u00a0"));
  };
  for (const auto& object : port.port->contract.objects) {
    for (const auto& column : object.columns) add(column.name);
  }
  for (const auto& object : port.port->objects) {
    for (const auto& name : facts.lineage.columns(object.id)) add(name);
  }
  return join(names, " ");
}

std::set<std::string> classes_of(const Facts& facts, const PortOf& port) {
  std::set<std::string> all;
  for (const auto& object : port.port->contract.objects) {
    for (const auto& column : object.columns) {
      for (auto& name : facts.classes(port, object, column)) all.insert(std::move(name));
    }
  }
  return all;
}

// Kind, title, page, owner, tags, columns, description: as catalog.js counts them.
Value entry(const char* kind, std::string title, const std::string& page, std::string owner, std::string tags,
            std::string columns, const std::string& about) {
  return ValueList{kind,
                   printable_line(title),
                   html::Url::page(kIndexPage, page).text(),
                   printable_line(owner),
                   printable_line(tags),
                   std::move(columns),
                   shortened(printable_line(about), kLongestText)};
}

}  // namespace

std::string search_index(const Facts& facts) {
  ValueList entries;
  for (const auto& domain : facts.view.mesh.domains) {
    entries.push_back(entry("domain", domain.name, page_of_domain(domain.name), owner_words(facts, domain.name), {}, {},
                            domain.description));
  }
  for (const auto& [key, product] : facts.view.products.all) {
    const auto owner = owner_words(facts, key.domain);
    const auto tags = join(product.tags, " ");
    // A product whose only port bears its name is found as the port, which tells more.
    const bool is_its_port = product.ports.size() == 1 && product.ports.begin()->first == product.name;
    if (!is_its_port)
      entries.push_back(entry("product", product.display(), page_of(product), owner, tags, {}, product.description));
    for (const auto& [name, port] : product.ports) {
      const PortOf of{&product, &port};
      std::string all_tags = tags;
      for (const auto& each : classes_of(facts, of)) all_tags += " " + each;
      for (const auto& object : port.objects) all_tags += " " + object.id.name.display();
      entries.push_back(entry(is_its_port ? "product" : "port", title_of(of), page_of(of), owner, all_tags,
                              columns_of(facts, of),
                              port.description.empty() ? product.description : port.description));
    }
  }
  return "window.meshIndex = " + to_json_line(entries) + ";\n";
}

}  // namespace mesh::render::catalog
