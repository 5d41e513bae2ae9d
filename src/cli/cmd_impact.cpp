// mesh impact
#include <fmt/format.h>

#include "commands.hpp"
#include "impact.hpp"
#include "mesh/render/impact.hpp"
#include "mesh/render/render.hpp"
#include "revision.hpp"
#include "workflow.hpp"

namespace mesh::cli {

std::variant<Impact, ExitCode> impact_of(const manifest::Loaded& here, const std::string& base, const std::string& date,
                                         const Global& global, const Console& console) {
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  const auto day = date.empty() ? today() : date;
  const auto before = load_revision(*root, base, global, day, console);
  if (const auto* code = std::get_if<ExitCode>(&before)) return *code;
  Impact impact;
  impact.products =
      impacts(here.mesh, std::get<manifest::Loaded>(before).products, here.products, here.desired.state, day);
  const auto meant = planned_domains(global, here.mesh);
  std::erase_if(impact.products, [&](const ProductImpact& product) { return meant.count(product.domain) == 0; });
  impact.findings = impact_findings(impact.products);
  return impact;
}

ExitCode run_impact(const Global& global, const ImpactOptions& options, const Console& console) {
  if (!options.at.empty() && !is_calendar_date(options.at)) {
    console.error(fmt::format("'{}' is no date; --at takes YYYY-MM-DD", options.at));
    return ExitCode::Usage;
  }
  auto manifests = load_manifests(global, console, false, options.at);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (!check_domains(global, loaded.mesh, console)) return ExitCode::Usage;
  const auto made = impact_of(loaded, options.base, options.at, global, console);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  const auto& impact = std::get<Impact>(made);
  if (global.format == Format::Json) {
    console.result(render::impact_json(impact.products, impact.findings, options.base, loaded.sources));
  } else {
    console.result(render::impact_text(impact.products, loaded.sources));
    if (!impact.findings.empty())
      console.result("\n" + render::findings_text(impact.findings, loaded.sources, console.color_out()));
  }
  return has_errors(impact.findings) ? ExitCode::Violated : ExitCode::Done;
}

}  // namespace mesh::cli
