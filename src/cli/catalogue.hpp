#pragma once
// What graph, catalog, codeowners and new share.

#include <optional>
#include <string>
#include <variant>

#include "mesh/render/mesh_view.hpp"
#include "workflow.hpp"

namespace mesh::cli {

// The manifests as of a day (YYYY-MM-DD; empty: today), or the exit code after it was said what is wrong.
struct DatedMesh {
  manifest::Loaded loaded;
  std::string date;

  render::MeshView view() const { return {loaded.mesh, loaded.desired.state, loaded.products, loaded.sources, date}; }
};
std::variant<DatedMesh, ExitCode> load_as_of(const Global& global, const std::string& at, const Console& console);

}  // namespace mesh::cli
