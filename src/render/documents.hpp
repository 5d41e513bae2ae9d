#pragma once
// Plan, findings and outcomes as records, in the order of the design's example.

#include "mesh/model/value.hpp"
#include "mesh/render/render.hpp"

namespace mesh::render {

Value plan_record(const Plan& plan, const Sources& sources);
// {file, line, column}, the column in display cells as people see it; {} for an unknown place.
Value place_record(const Place& place, const Sources& sources);
Value findings_value(const std::vector<Diagnostic>& findings, const Sources& sources);

}  // namespace mesh::render
