// mesh log: who ran what, from the tables RUNS and STATEMENTS.
#include <algorithm>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/apply/control.hpp"
#include "mesh/render/findings.hpp"
#include "mesh/render/rows.hpp"
#include "mesh/snowflake/seam.hpp"
#include "rules.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

// A run writes two rows, 'started' and, unless it was killed, 'finished'. Newest first, one row for each run.
Rows one_row_each(const Rows& rows) {
  Rows runs;
  runs.columns = {"RUN", "STARTED_AT", "COMMAND", "USER_NAME", "ROLE_NAME", "COMMIT_ID", "DOMAINS", "OUTCOME"};
  std::map<std::string, std::string> outcomes;
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    const std::string run(rows.at(i, "RUN"));
    if (rows.at(i, "EVENT") == "finished") outcomes[run] = rows.at(i, "OUTCOME");
  }
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    if (rows.at(i, "EVENT") != "started") continue;
    std::vector<std::optional<std::string>> row;
    for (const char* column : {"RUN", "WRITTEN_AT", "COMMAND", "USER_NAME", "ROLE_NAME", "COMMIT_ID", "DOMAINS"}) {
      row.emplace_back(rows.at(i, column));
    }
    const auto ended = outcomes.find(*row.front());
    row.emplace_back(ended == outcomes.end() ? "not finished: running, or killed" : ended->second);
    runs.rows.push_back(std::move(row));
  }
  return runs;
}

std::string rendered(const Rows& rows, Format format) {
  if (format == Format::Json) return render::rows_json(rows);
  return format == Format::Csv ? render::rows_csv(rows) : render::rows_table(rows);
}

// The ids that begin so.
std::vector<std::string> matching(const Rows& runs, const std::string& beginning) {
  std::vector<std::string> found;
  for (size_t i = 0; i < runs.rows.size(); ++i) {
    const auto id = runs.at(i, "RUN");
    if (id.substr(0, beginning.size()) == beginning) found.emplace_back(id);
  }
  return found;
}

// Of the account as it is, and of the manifests for what an account does not tell.
ExitCode evidence(const Global& global, const Console& console) {
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (const auto code = keep_one_account(global, loaded, console)) return *code;
  auto session = Session::open(global, &loaded.mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  check::RuleReport report;
  PlanRequest request;
  request.diff.drift = true;
  request.every_role = true;
  request.account = (*session)->account();
  request.rule_report = &report;
  const auto made = make_plan(loaded, (*session)->connection(), request, console);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  const auto& plan = std::get<Plan>(made);
  report.add_missing(rules_of_manifests(loaded, plan.date));
  const render::FindingsInput input{report.findings, report, loaded.sources, {}, MESH_VERSION};
  const render::EvidenceHeader header{plan.mesh, plan.environment, plan.account, plan.date};
  console.result(global.format == Format::Json ? render::evidence_json(header, input)
                                               : render::evidence_markdown(header, input));
  return ExitCode::Done;
}

}  // namespace

ExitCode run_log(const Global& global, const LogOptions& options, const Console& console) {
  if (options.evidence) return evidence(global, console);
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  Diagnostics diagnostics;
  Sources sources;
  auto mesh = manifest::load_mesh_file({*root, global.environment, 1}, diagnostics, sources);
  if (!mesh || diagnostics.has_errors()) {
    return console.diagnostics(diagnostics, sources), violation_of(global, false, diagnostics);
  }
  if (!mesh->has_control) return console.error("mesh.yaml names no control schema: no run is kept"), ExitCode::Violated;
  if (const auto code = keep_one_account(global, *mesh, console)) return *code;
  auto session = Session::open(global, &*mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  auto& connection = (*session)->connection();
  // Two rows a run; all of them where one is looked for by the beginning of its id.
  constexpr int kAll = 1'000'000;
  const auto reply = connection.run(apply::runs_query(*mesh, options.run.empty() ? 2 * options.limit : kAll));
  if (!reply) {
    console.error(reply.error().describe() + "\n  'mesh bootstrap' makes the tables that runs are kept in");
    return ExitCode::Failed;
  }
  Rows runs = one_row_each(snowflake::readable(*reply));
  if (options.run.empty()) {
    runs.rows.resize(std::min(runs.rows.size(), static_cast<size_t>(options.limit)));
    console.result(rendered(runs, global.format));
    return ExitCode::Done;
  }
  const auto found = matching(runs, options.run);
  if (found.size() != 1) {
    console.error(found.empty() ? fmt::format("there is no run '{}'; mesh log lists them", options.run)
                                : fmt::format("{} runs begin with '{}': write more of it", found.size(), options.run));
    return ExitCode::Failed;
  }
  const auto statements = connection.run(apply::statements_query(*mesh, found.front()));
  if (!statements) return console.error(statements.error().describe()), ExitCode::Failed;
  console.result(rendered(snowflake::readable(*statements), global.format));
  return ExitCode::Done;
}

}  // namespace mesh::cli
