#pragma once
// What the account says of the objects in ports, for the catalogue.

#include <variant>

#include "mesh/render/mesh_view.hpp"
#include "workflow.hpp"

namespace mesh::cli {

// An ExitCode after it was said what is wrong: no connection, another account, a partial read.
std::variant<render::LiveView, ExitCode> live_view(const Global& global, const manifest::Loaded& loaded,
                                                   const Console& console);

}  // namespace mesh::cli
