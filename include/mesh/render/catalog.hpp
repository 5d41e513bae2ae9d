#pragma once
// The catalogue of a mesh as a site of static pages, which needs neither a server nor the network.

#include <string>
#include <vector>

#include "mesh/render/mesh_view.hpp"

namespace mesh::render {

struct SiteFile {
  std::string path;  // below the site's folder, with forward slashes
  std::string text;
};

// index.html with search, a page for each domain, product and port, and what these share (style.css, catalog.js,
// index.js). Every link between them leads to one of these files. Same input, same bytes.
std::vector<SiteFile> catalog_site(const MeshView& view);

}  // namespace mesh::render
