#pragma once
// One function per command; each in a file of its own.

#include "console.hpp"
#include "mesh/cli/cli.hpp"
#include "options.hpp"

namespace mesh::cli {

ExitCode run_init(const Global& global, const InitOptions& options, const Console& console);
ExitCode run_import(const Global& global, const ImportOptions& options, const Console& console);
ExitCode run_validate(const Global& global, const ValidateOptions& options, const Console& console);
ExitCode run_plan(const Global& global, const PlanOptions& options, const Console& console);
ExitCode run_apply(const Global& global, const ApplyOptions& options, const Console& console);
ExitCode run_destroy(const Global& global, const DestroyOptions& options, const Console& console);
ExitCode run_access(const Global& global, const AccessOptions& options, const Console& console);
ExitCode run_expand(const Global& global, const ExpandOptions& options, const Console& console);
ExitCode run_find(const Global& global, const FindOptions& options, const Console& console);
ExitCode run_graph(const Global& global, const GraphOptions& options, const Console& console);
ExitCode run_codeowners(const Global& global, const CodeownersOptions& options, const Console& console);
ExitCode run_catalog(const Global& global, const CatalogOptions& options, const Console& console);
ExitCode run_new(const Global& global, const NewOptions& options, const Console& console);
ExitCode run_drift(const Global& global, const DriftOptions& options, const Console& console);
ExitCode run_show(const Global& global, const ShowOptions& options, const Console& console);
ExitCode run_sql(const Global& global, const SqlOptions& options, const Console& console);
ExitCode run_bootstrap(const Global& global, const BootstrapOptions& options, const Console& console);
ExitCode run_unlock(const Global& global, const UnlockOptions& options, const Console& console);
ExitCode run_serve(const Global& global, const ServeOptions& options, const Console& console);
ExitCode run_schema(const Global& global, const SchemaOptions& options, const Console& console);
ExitCode run_explain(const Global& global, const ExplainOptions& options, const Console& console);
ExitCode run_doctor(const Global& global, const DoctorOptions& options, const Console& console);
ExitCode run_log(const Global& global, const LogOptions& options, const Console& console);
ExitCode run_completion(const Global& global, const CompletionOptions& options, const Console& console);
ExitCode run_verify(const Global& global, const VerifyOptions& options, const Console& console);
ExitCode run_impact(const Global& global, const ImpactOptions& options, const Console& console);
ExitCode run_export(const Global& global, const ExportOptions& options, const Console& console);
ExitCode run_version(const Global& global, const VersionOptions& options, const Console& console);

}  // namespace mesh::cli
