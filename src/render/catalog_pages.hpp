#pragma once
// The pages of the catalogue, one function each.

#include <string>

#include "catalog_facts.hpp"

namespace mesh::render::catalog {

std::string index_page(const Facts& facts);
std::string domain_page(const Facts& facts, const Domain& domain);
std::string product_page(const Facts& facts, const Product& product);
std::string port_page(const Facts& facts, const PortOf& port);

// index.js: what the search looks through.
std::string search_index(const Facts& facts);

}  // namespace mesh::render::catalog
