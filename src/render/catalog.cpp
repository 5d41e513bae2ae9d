#include "mesh/render/catalog.hpp"

#include "catalog_pages.hpp"
#include "site_files.hpp"

namespace mesh::render {

std::vector<SiteFile> catalog_site(const MeshView& view) {
  const catalog::Facts facts(view);
  std::vector<SiteFile> files;
  files.push_back({catalog::kIndexPage, catalog::index_page(facts)});
  for (const auto& domain : view.mesh.domains)
    files.push_back({catalog::page_of_domain(domain.name), catalog::domain_page(facts, domain)});
  for (const auto& [key, product] : view.products.all) {
    files.push_back({catalog::page_of(product), catalog::product_page(facts, product)});
    for (const auto& [name, port] : product.ports) {
      const catalog::PortOf of{&product, &port};
      files.push_back({catalog::page_of(of), catalog::port_page(facts, of)});
    }
  }
  files.push_back({"index.js", catalog::search_index(facts)});
  files.push_back({"catalog.js", std::string(site_file::kScript)});
  files.push_back({"style.css", std::string(site_file::kStyle)});
  return files;
}

}  // namespace mesh::render
