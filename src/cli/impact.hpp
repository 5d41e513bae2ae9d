#pragma once
// The contracts of this checkout against those of another revision.

#include <functional>
#include <string>
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

// Adds what the accounts know of uses, and the findings on them. `account_of` answers where a domain lives; nullptr:
// that account cannot be reached, which the caller has said.
void ask_usage(const manifest::Loaded& here, const std::function<Connection*(const std::string& domain)>& account_of,
               Impact& impact);

}  // namespace mesh::cli
