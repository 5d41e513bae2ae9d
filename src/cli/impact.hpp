#pragma once
// The contracts of this checkout against those of another revision.

#include <vector>

#include "mesh/manifest/load.hpp"
#include "mesh/model/connection.hpp"
#include "mesh/plan/compatibility.hpp"
#include "options.hpp"

namespace mesh::cli {

struct Impact {
  std::vector<ProductImpact> products;
  std::vector<Diagnostic> findings;
};
// Of the products of the domains asked for (-d), or of all, on that day.
Impact impact_of(const manifest::Loaded& here, const manifest::Loaded& before, const std::string& date,
                 const Global& global);

// Adds what the account knows of uses, and the findings on them.
void ask_usage(const manifest::Loaded& here, Connection& connection, Impact& impact);

}  // namespace mesh::cli
