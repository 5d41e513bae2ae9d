// mesh bootstrap, unlock.
#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/apply/control.hpp"
#include "mesh/base/text.hpp"
#include "mesh/render/rows.hpp"
#include "mesh/sql/writer.hpp"
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
  if (!mesh || diagnostics.has_errors()) return console.diagnostics(diagnostics, sources), ExitCode::Violated;
  if (!mesh->has_control) {
    console.error(
        "mesh.yaml names no control schema\n  add: control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}");
    return ExitCode::Violated;
  }
  auto session = Session::open(global, &*mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  if (const auto code = stop_at_wrong_account(*mesh, (*session)->connection(), console)) return *code;
  return MeshFile{std::move(*mesh), std::move(*session)};
}

// On the control warehouse, whatever the connection's is: MERGE and UPDATE need one.
Query on_warehouse(const std::string& sql, const Mesh& mesh) {
  Query query;
  query.sql = sql;
  query.warehouse = mesh.control.warehouse.stored();
  return query;
}

Query read(std::string sql) { return {std::move(sql), {}, {}, {}, true, false}; }

// SHOW <plural> LIKE names it, letter for letter.
Result<bool> exists(Connection& connection, std::string sql, const std::string& name) {
  const auto reply = connection.run(read(std::move(sql)));
  if (!reply) {
    if (reply.error().is_missing_or_hidden()) return false;
    return fail(reply.error().describe());
  }
  for (size_t row = 0; row < reply->rows.size(); ++row) {
    if (reply->at(row, "name") == name) return true;
  }
  return false;
}

// Shows the statements, asks unless --yes, runs them in order.
ExitCode show_and_run(const std::vector<std::string>& statements, const std::string& question, const Global& global,
                      const MeshFile& file, const Console& console) {
  Connection& connection = file.session->connection();
  for (const auto& sql : statements) console.result(sql + ";\n");
  if (!global.yes) {
    if (!console.can_ask()) {
      console.say("Nothing was run: --yes runs these statements.");
      return ExitCode::Refused;
    }
    if (!console.confirm(question, [&] { return file.session->interrupted(); }))
      return console.say("Nothing was run."), ExitCode::Refused;
  }
  for (const auto& sql : statements) {
    const auto reply = connection.run(on_warehouse(sql, file.mesh));
    if (!reply) return console.error(reply.error().describe()), ExitCode::Failed;
  }
  return ExitCode::Done;
}

// A role that does not exist yet gets its grants from the next bootstrap.
void grant_to_roles(const Mesh& mesh, Connection& connection, const Console& console) {
  for (const auto& sql : apply::bootstrap_grants_sql(mesh)) {
    console.result(sql + ";\n");
    Query query;
    query.sql = sql;
    const auto reply = connection.run(query);
    if (!reply) console.say("note: " + reply.error().message + "\n  run bootstrap again when the role is there");
  }
}

}  // namespace

ExitCode run_bootstrap(const Global& global, const BootstrapOptions&, const Console& console) {
  auto opened = open_mesh(global, console);
  if (const auto* code = std::get_if<ExitCode>(&opened)) return *code;
  const auto& file = std::get<MeshFile>(opened);
  const Mesh& mesh = file.mesh;
  auto& connection = file.session->connection();
  const auto& control = mesh.control;
  const auto database = exists(connection, "SHOW DATABASES LIKE " + sql::like_literal(control.database.stored()),
                               control.database.stored());
  if (!database) return console.error(database.error().message), ExitCode::Failed;
  const auto schema = exists(
      connection,
      "SHOW SCHEMAS LIKE " + sql::like_literal(control.schema.stored()) + " IN DATABASE " + control.database.sql(),
      control.schema.stored());
  if (!schema) return console.error(schema.error().message), ExitCode::Failed;
  const auto warehouse = exists(connection, "SHOW WAREHOUSES LIKE " + sql::like_literal(control.warehouse.stored()),
                                control.warehouse.stored());
  if (!warehouse) return console.error(warehouse.error().message), ExitCode::Failed;
  const auto tables = apply::parse_ledger_tables(connection.run(apply::ledger_tables_query(mesh)));
  if (!tables) return console.error(tables.error().message), ExitCode::Failed;
  const auto code =
      show_and_run(apply::bootstrap_sql(mesh, *database, *database && *schema, *warehouse, *tables),
                   fmt::format("Run these statements in {}?", file.session->account()), global, file, console);
  if (code == ExitCode::Done) grant_to_roles(mesh, connection, console);
  if (code == ExitCode::Done) {
    console.say(fmt::format("The ledger, the lease and the audit of mesh {} stand in {}.{}.", mesh.name,
                            control.database.display(), control.schema.display()));
  }
  return code;
}

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
  console.result(render::rows_table(*holders));
  return show_and_run({statements.begin() + 1, statements.end()},
                      "Only when the run that holds the lease is really gone: free it?", global, file, console);
}

}  // namespace mesh::cli
