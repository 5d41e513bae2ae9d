#pragma once
// The contracts of this checkout against those of another revision.

#include <variant>
#include <vector>

#include "console.hpp"
#include "mesh/cli/cli.hpp"
#include "mesh/manifest/load.hpp"
#include "mesh/plan/compatibility.hpp"

namespace mesh::cli {

struct Impact {
  std::vector<ProductImpact> products;
  std::vector<Diagnostic> findings;
};
// Of the products of the domains asked for (-d), or of all. `date` empty: today. An ExitCode after it was said why the
// other revision cannot be read.
std::variant<Impact, ExitCode> impact_of(const manifest::Loaded& here, const std::string& base, const std::string& date,
                                         const Global& global, const Console& console);

}  // namespace mesh::cli
