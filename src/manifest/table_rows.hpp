#pragma once
// `rows:` of a table, and the consent to delete what it does not list.

#include "builder.hpp"

namespace mesh::manifest {

// Behind its columns and keys.
void read_table_rows(const Site& site, const Node& body, Object& table);
// removed: [{object: rows A.B.C, action: drop}], once all tables are known.
void let_rows_go(Build& build);

}  // namespace mesh::manifest
