#pragma once
// What changed in the contracts of ports, and whom it hits.

#include <string>
#include <vector>

#include "mesh/plan/compatibility.hpp"

namespace mesh::render {

// By product: the step that is needed beside the one that was made, each change by its rule, and who is hit. Names as
// manifests write them. Ends with a line break; "No changes." where there are none.
std::string impact_text(const std::vector<ProductImpact>& all, const Sources& sources);
// {"base", "products": [{"product", "before", "after", "required", "source", "changes": [...]}], "findings": [...]}
std::string impact_json(const std::vector<ProductImpact>& all, const std::vector<Diagnostic>& findings,
                        const std::string& base, const Sources& sources);

}  // namespace mesh::render
