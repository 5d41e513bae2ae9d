#pragma once
// Where a port's data come from and who reads them, as a picture one can follow.

#include <string>

#include "catalog_facts.hpp"
#include "html.hpp"

namespace mesh::render::catalog {

// An SVG: sources to the left, the port's objects, the port, its consumers to the right; columns joined where it is
// known of which they are made. Boxes lead to their pages. `page` is the file that it stands in.
void write_picture(html::Writer& out, const Facts& facts, const PortOf& port, const std::string& page);

// The same in words: each object with what it reads, column by column.
void write_lineage_table(html::Writer& out, const Facts& facts, const PortOf& port);

}  // namespace mesh::render::catalog
