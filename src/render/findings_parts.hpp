#pragma once
// What the forms for other programs share.

#include <string>
#include <string_view>
#include <vector>

#include "mesh/render/findings.hpp"

namespace mesh::render {

// Errors first, then warnings, each in the order given.
std::vector<const Diagnostic*> worst_first(const std::vector<Diagnostic>& findings);
// In the repository; mesh.yaml for what stands in no manifest.
std::string path_of(const Diagnostic& finding, const FindingsInput& input);
// Characters from 1, not bytes; 0: no place.
int column_of(const Place& place, const Sources& sources);
// The words before a name: "column", "database role"; "grant" of a grant.
std::string class_of(std::string_view address);

}  // namespace mesh::render
