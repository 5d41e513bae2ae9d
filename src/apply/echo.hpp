#pragma once
// Reading back how Snowflake reprints the texts that were written.

#include <map>
#include <string>
#include <vector>

#include "mesh/apply/control.hpp"

namespace mesh::apply {

// By change (index into the plan) and key ("query", "cluster_by", "columns.C.default").
using Echoes = std::map<size_t, std::map<std::string, Echo>>;

// What cannot be read is left out: then the next plan compares without its help. The texts are kept as the live reader
// hands them on: a view's query alone, clustering keys with commas.
Echoes read_echoes(const Plan& plan, const std::vector<size_t>& changes, const Mesh& mesh, const RunInfo& info,
                   Connection& connection);

}  // namespace mesh::apply
