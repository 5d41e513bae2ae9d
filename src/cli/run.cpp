#include <csignal>
#include <exception>

#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/overloaded.hpp"

namespace mesh::cli {
namespace {

ExitCode dispatch(const CommandLine& line, const Console& console) {
  const auto& global = line.global;
  return std::visit(Overloaded{
                        [&](const InitOptions& o) { return run_init(global, o, console); },
                        [&](const AccessOptions& o) { return run_access(global, o, console); },
                        [&](const ImportOptions& o) { return run_import(global, o, console); },
                        [&](const ValidateOptions& o) { return run_validate(global, o, console); },
                        [&](const PlanOptions& o) { return run_plan(global, o, console); },
                        [&](const ApplyOptions& o) { return run_apply(global, o, console); },
                        [&](const DestroyOptions& o) { return run_destroy(global, o, console); },
                        [&](const ExpandOptions& o) { return run_expand(global, o, console); },
                        [&](const FindOptions& o) { return run_find(global, o, console); },
                        [&](const GraphOptions& o) { return run_graph(global, o, console); },
                        [&](const CodeownersOptions& o) { return run_codeowners(global, o, console); },
                        [&](const CatalogOptions& o) { return run_catalog(global, o, console); },
                        [&](const NewOptions& o) { return run_new(global, o, console); },
                        [&](const DriftOptions& o) { return run_drift(global, o, console); },
                        [&](const ShowOptions& o) { return run_show(global, o, console); },
                        [&](const SqlOptions& o) { return run_sql(global, o, console); },
                        [&](const BootstrapOptions& o) { return run_bootstrap(global, o, console); },
                        [&](const UnlockOptions& o) { return run_unlock(global, o, console); },
                        [&](const ServeOptions& o) { return run_serve(global, o, console); },
                        [&](const SchemaOptions& o) { return run_schema(global, o, console); },
                        [&](const ExplainOptions& o) { return run_explain(global, o, console); },
                        [&](const DoctorOptions& o) { return run_doctor(global, o, console); },
                        [&](const LogOptions& o) { return run_log(global, o, console); },
                        [&](const CompletionOptions& o) { return run_completion(global, o, console); },
                        [&](const VerifyOptions& o) { return run_verify(global, o, console); },
                        [&](const ImpactOptions& o) { return run_impact(global, o, console); },
                        [&](const ExportOptions& o) { return run_export(global, o, console); },
                        [&](const VersionOptions& o) { return run_version(global, o, console); },
                    },
                    line.command);
}

}  // namespace

int run(int argc, const char* const* argv) {
  // Who reads our output may leave at any time; what an apply has begun is carried on, and recorded, even so.
  std::signal(SIGPIPE, SIG_IGN);
  auto parsed = parse(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const auto& line = std::get<CommandLine>(parsed);
  const Console console(line.global);
  // What still arrives here as an exception is a bug in mesh, and says so.
  try {
    auto code = dispatch(line, console);
    if (const auto lost = console.result_failure(); !lost.empty()) {
      console.error(fmt::format("the result could not be written: {}", lost));
      if (code == ExitCode::Done || code == ExitCode::Changes) code = ExitCode::Failed;
    }
    return static_cast<int>(code);
  } catch (const std::exception& error) {
    console.error(
        fmt::format("internal error: {}\n  this is a bug in mesh; please report it with the command and the manifests",
                    error.what()));
    return static_cast<int>(ExitCode::Failed);
  }
}

}  // namespace mesh::cli
