// mesh validate, plan, drift.
#include <chrono>
#include <regex>

#include <fmt/format.h>

#include "applied_mesh.hpp"
#include "commands.hpp"
#include "mesh/base/files.hpp"
#include "mesh/render/findings.hpp"
#include "mesh/render/render.hpp"
#include "mesh/render/rows.hpp"
#include "rules.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

bool is_date(const std::string& text) {
  static const std::regex form("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])");
  return std::regex_match(text, form);
}

std::string rendered(const Plan& plan, const check::RuleReport& rules, const Sources& sources, const Global& global,
                     const Console& console, bool drift) {
  if (auto document = findings_document(global, render::all_findings(plan), rules, sources)) return *document;
  switch (global.format) {
    case Format::Json:
      return render::plan_json(plan, sources);
    case Format::Markdown:
      return render::plan_markdown(plan, sources);
    case Format::Csv:
    case Format::Text:
    case Format::Sarif:
    case Format::Github:
    case Format::Junit:
      break;
  }
  render::TextOptions options;
  options.color = console.color_out();
  options.width = console.width();
  options.drift = drift;
  options.verbose = global.verbose;
  return render::plan_text(plan, sources, options);
}

// The index that the first of `more` gets.
uint32_t append(Sources& sources, const Sources& more) {
  const auto first = static_cast<uint32_t>(sources.size());
  for (size_t i = 0; i < more.size(); ++i) {
    const auto& file = more.file(static_cast<uint32_t>(i));
    sources.add(file.path, file.text, file.domain, file.used_at);
  }
  return first;
}

ExitCode plan_or_drift(const Global& global, const PlanOptions& options, bool drift, bool deep,
                       const Console& console) {
  if (!options.at.empty() && !is_date(options.at)) {
    console.error(fmt::format("'{}' is no date; --at takes YYYY-MM-DD", options.at));
    return ExitCode::Usage;
  }
  auto manifests = load_manifests(global, console);
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
  if (drift) applied = load_applied(here.mesh, global, *connection, console);
  if (applied) {
    request.rules_of = &here;
    request.first_file = append(applied->sources, here.sources);
  }
  check::RuleReport rules;
  request.rule_report = &rules;
  const auto& loaded = applied ? *applied : here;
  const auto start = std::chrono::steady_clock::now();
  auto made = make_plan(loaded, *connection, request, console);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  const auto& plan = std::get<Plan>(made);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (global.verbose) console.say(fmt::format("{} statements in {:.1f} s", plan.statements_read, took.count()));

  console.result(rendered(plan, rules, loaded.sources, global, console, drift));
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

namespace {

// Without an account; nothing where the manifests are not valid, for then there is nothing to look at.
check::RuleReport rules_of(const std::optional<manifest::Loaded>& loaded, Diagnostics& diagnostics) {
  if (loaded) check::check_rules(loaded->rules, diagnostics);
  return loaded && !diagnostics.has_errors() ? rules_of_manifests(*loaded, today()) : check::RuleReport();
}

ExitCode write_baseline(const std::string& path, const check::RuleReport& report, const Console& console) {
  const auto written = write_file(path, baseline_text(report));
  if (!written.ok()) return console.error(written.error().message), ExitCode::Failed;
  console.say(
      fmt::format("{} findings written to {}; a governing domain names it: rules: {{baseline: FILE}}, from its "
                  "own folder",
                  report.for_baseline.size(), path));
  return ExitCode::Done;
}

}  // namespace

// Findings are the result here: they go to stdout.
ExitCode run_validate(const Global& global, const ValidateOptions& options, const Console& console) {
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  Diagnostics diagnostics;
  Sources failed;
  const auto loaded = manifest::load({*root, global.environment, global.parallelism}, diagnostics, failed);
  const Sources& sources = loaded ? loaded->sources : failed;
  const auto rules = rules_of(loaded, diagnostics);
  const bool invalid = diagnostics.has_errors();
  if (!invalid && !options.write_baseline.empty()) return write_baseline(options.write_baseline, rules, console);
  auto findings = diagnostics.sorted(sources);
  findings.insert(findings.end(), rules.findings.begin(), rules.findings.end());
  if (const auto document = findings_document(global, findings, rules, sources)) {
    console.result(*document);
  } else if (global.format == Format::Json) {
    console.result(render::findings_json(findings, sources));
  } else {
    console.result(render::findings_text(findings, sources, console.color_out()));
    if (loaded && findings.empty()) {
      console.result(fmt::format("Valid: {} objects in {} domains.\n", loaded->desired.state.objects.size(),
                                 loaded->mesh.domains.size()));
    }
  }
  if (invalid) return violation_of(global, loaded.has_value(), diagnostics);
  return has_errors(findings) ? ExitCode::Violated : ExitCode::Done;
}

}  // namespace mesh::cli
