// mesh unlock.
#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/apply/control.hpp"
#include "mesh/render/rows.hpp"
#include "mesh/snowflake/seam.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

struct MeshFile {
  Mesh mesh;
  std::unique_ptr<Session> session;
};

// mesh.yaml and a session of its environment, in the account it is meant for; or the exit code after what was wrong was
// printed.
std::variant<MeshFile, ExitCode> open_mesh(const Global& global, const Console& console) {
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  Diagnostics diagnostics;
  Sources sources;
  auto mesh = manifest::load_mesh_file({*root, global.environment, 1}, diagnostics, sources);
  if (!mesh || diagnostics.has_errors()) {
    return console.diagnostics(diagnostics, sources), violation_of(global, false, diagnostics);
  }
  if (!has_control(*mesh, console)) return ExitCode::Violated;
  if (const auto code = keep_one_account(global, *mesh, console)) return *code;
  auto session = Session::open(global, &*mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  if (const auto code = stop_at_wrong_account(*mesh, (*session)->connection(), console)) return *code;
  return MeshFile{std::move(*mesh), std::move(*session)};
}

// On the control warehouse, whatever the connection's is: SELECT and UPDATE need one.
Query on_warehouse(const std::string& sql, const Mesh& mesh) {
  Query query;
  query.sql = sql;
  query.warehouse = mesh.control.warehouse.stored();
  return query;
}

// Shows the statements, asks unless --yes, runs them in order.
ExitCode show_and_run(const std::vector<std::string>& statements, const std::string& question, const Global& global,
                      const MeshFile& file, const Console& console) {
  Connection& connection = file.session->connection();
  for (const auto& sql : statements) console.result(sql + ";\n");
  if (const auto refused = ask_to_run(question, global, *file.session, console)) return *refused;
  for (const auto& sql : statements) {
    const auto reply = connection.run(on_warehouse(sql, file.mesh));
    if (!reply) return console.error(reply.error().describe()), ExitCode::Failed;
  }
  return ExitCode::Done;
}

}  // namespace

ExitCode run_unlock(const Global& global, const UnlockOptions&, const Console& console) {
  auto opened = open_mesh(global, console);
  if (const auto* code = std::get_if<ExitCode>(&opened)) return *code;
  const auto& file = std::get<MeshFile>(opened);
  if (!check_domains(global, file.mesh, console)) return ExitCode::Usage;
  const auto domains = planned_domains(global, file.mesh);
  const auto statements = apply::unlock_sql(file.mesh, {domains.begin(), domains.end()});
  // First whose the leases are, then what frees them.
  const auto holders = file.session->connection().run(on_warehouse(statements.front(), file.mesh));
  if (!holders) return console.error(holders.error().describe()), ExitCode::Failed;
  console.result(render::rows_table(snowflake::readable(*holders)));
  return show_and_run({statements.begin() + 1, statements.end()},
                      "Only when the run that holds the lease is really gone: free it?", global, file, console);
}

}  // namespace mesh::cli
