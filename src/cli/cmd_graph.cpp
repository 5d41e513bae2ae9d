// mesh graph: where data come from and who reads them; needs no account.
#include <fmt/format.h>

#include "catalogue.hpp"
#include "commands.hpp"
#include "mesh/render/graph.hpp"

namespace mesh::cli {

std::variant<DatedMesh, ExitCode> load_as_of(const Global& global, const std::string& at, const Console& console) {
  if (!at.empty() && !is_calendar_date(at)) {
    console.error(fmt::format("'{}' is no date; --at takes YYYY-MM-DD", at));
    return ExitCode::Usage;
  }
  auto manifests = load_manifests(global, console, false, at);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (!check_domains(global, loaded.mesh, console)) return ExitCode::Usage;
  return DatedMesh{std::move(loaded), at.empty() ? today() : at};
}

ExitCode run_graph(const Global& global, const GraphOptions& options, const Console& console) {
  const auto loaded = load_as_of(global, options.at, console);
  if (const auto* code = std::get_if<ExitCode>(&loaded)) return *code;
  const auto& dated = std::get<DatedMesh>(loaded);
  const auto view = dated.view();
  const auto graph = render::graph_of(view, planned_domains(global, view.mesh));
  if (global.format == Format::Json) {
    console.result(render::graph_json(graph, view));
  } else if (global.format == Format::Mermaid) {
    console.result(render::graph_mermaid(graph));
  } else {
    console.result(render::graph_dot(graph));
  }
  return ExitCode::Done;
}

}  // namespace mesh::cli
