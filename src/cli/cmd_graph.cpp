// mesh graph: where data come from and who reads them; needs no account.
#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/render/graph.hpp"
#include "workflow.hpp"

namespace mesh::cli {

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
