// mesh validate, plan, drift.
#include <chrono>

#include <fmt/format.h>

#include "applied_mesh.hpp"
#include "commands.hpp"
#include "impact.hpp"
#include "mesh/base/files.hpp"
#include "mesh/plan/agreements.hpp"
#include "mesh/render/render.hpp"
#include "mesh/render/rows.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

std::string rendered(const Plan& plan, const Sources& sources, const Global& global, const Console& console,
                     bool drift) {
  switch (global.format) {
    case Format::Json:
      return render::plan_json(plan, sources);
    case Format::Markdown:
      return render::plan_markdown(plan, sources);
    case Format::Dot:
    case Format::Mermaid:
    case Format::Csv:
    case Format::Text:
      break;
  }
  render::TextOptions options;
  options.color = console.color_out();
  options.width = console.width();
  options.drift = drift;
  options.verbose = global.verbose;
  return render::plan_text(plan, sources, options);
}

ExitCode plan_or_drift(const Global& global, const PlanOptions& options, bool drift, bool deep,
                       const Console& console) {
  if (!options.at.empty() && !is_calendar_date(options.at)) {
    console.error(fmt::format("'{}' is no date; --at takes YYYY-MM-DD", options.at));
    return ExitCode::Usage;
  }
  auto manifests = load_manifests(global, console, false, options.at);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& here = std::get<LoadedMesh>(manifests).loaded;
  if (!check_domains(global, here.mesh, console)) return ExitCode::Usage;

  PlanRequest request;
  request.diff.domains = {global.domains.begin(), global.domains.end()};
  request.diff.targets = options.targets;
  request.diff.drift = drift;
  request.every_role = drift;
  request.at = options.at;
  request.deep = deep;

  std::vector<Diagnostic> broken;
  if (!options.base.empty() && !drift) {
    auto impact = impact_of(here, options.base, options.at, global, console);
    if (const auto* code = std::get_if<ExitCode>(&impact)) return *code;
    broken = std::move(std::get<Impact>(impact).findings);
  }

  std::unique_ptr<Session> session;
  std::unique_ptr<Replay> replay;
  Connection* connection = nullptr;
  if (!options.state.empty()) {
    auto text = read_file(options.state);
    auto recording = text ? render::parse_recording(*text) : Result<render::Recording>(text.failure());
    if (!recording) return console.error(recording.error().message), ExitCode::Failed;
    request.state_age = "recorded at " + recording->recorded_at;
    request.account = recording->account;
    replay = std::make_unique<Replay>(std::move(recording->replies));
    connection = replay.get();
  } else {
    auto opened = Session::open(global, &here.mesh, console);
    if (!opened) return console.error(opened.error().message), ExitCode::Failed;
    session = std::move(*opened);
    request.account = session->account();
    connection = &session->connection();
  }
  std::optional<manifest::Loaded> applied;
  if (drift) applied = load_applied(here.mesh, global, *connection, options.at, console);
  const auto& loaded = applied ? *applied : here;
  const auto start = std::chrono::steady_clock::now();
  auto made = make_plan(loaded, *connection, request, console);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  auto& plan = std::get<Plan>(made);
  for (auto& finding : broken) plan.findings.push_back(std::move(finding));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (global.verbose) console.say(fmt::format("{} statements in {:.1f} s", plan.statements_read, took.count()));

  console.result(rendered(plan, loaded.sources, global, console, drift));
  if (!options.output.empty()) {
    const auto written = write_file(options.output, render::plan_json(plan, loaded.sources));
    if (!written) return console.error(written.error().message), ExitCode::Failed;
  }
  if (has_errors(plan.findings)) return ExitCode::Violated;
  const bool changes = !plan.nothing_to_do() || (drift && !plan.vanished.empty());
  return options.detailed_exitcode && changes ? ExitCode::Changes : ExitCode::Done;
}

}  // namespace

ExitCode run_plan(const Global& global, const PlanOptions& options, const Console& console) {
  return plan_or_drift(global, options, false, false, console);
}

ExitCode run_drift(const Global& global, const DriftOptions& options, const Console& console) {
  return plan_or_drift(global, options.plan, true, options.deep, console);
}

// Findings are the result here: they go to stdout.
ExitCode run_validate(const Global& global, const ValidateOptions&, const Console& console) {
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  Diagnostics diagnostics;
  Sources failed;
  const auto loaded =
      manifest::load({*root, global.environment, global.parallelism, false, today()}, diagnostics, failed);
  if (loaded) {
    for (auto& finding : agreement_findings(loaded->mesh, loaded->products, today()))
      diagnostics.add(std::move(finding));
  }
  const Sources& sources = loaded ? loaded->sources : failed;
  const auto findings = diagnostics.sorted(sources);
  if (global.format == Format::Json) {
    console.result(render::findings_json(findings, sources));
  } else {
    console.result(render::findings_text(findings, sources, console.color_out()));
    if (loaded && findings.empty()) {
      console.result(fmt::format("Valid: {} objects in {} domains.\n", loaded->desired.state.objects.size(),
                                 loaded->mesh.domains.size()));
    }
  }
  return diagnostics.has_errors() ? violation_of(global, loaded.has_value(), diagnostics) : ExitCode::Done;
}

}  // namespace mesh::cli
