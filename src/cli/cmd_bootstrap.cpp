// mesh bootstrap: what a mesh stands on in an account.
#include <algorithm>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/apply/setup.hpp"
#include "mesh/base/text.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

class Bootstrap {
 public:
  Bootstrap(const Global& global, const Console& console, const manifest::Loaded& loaded, Session& session)
      : global_(global), console_(console), mesh_(loaded.mesh), desired_(loaded.desired), session_(session) {}

  ExitCode run() {
    const auto may = [this](const std::string& role) { return can_take(role); };
    const auto facts = apply::read_setup(mesh_, may, session_.connection());
    if (!facts) return console_.error(facts.error().message), ExitCode::Failed;
    auto steps = apply::setup_steps(mesh_, desired_, *facts);
    console_.result(apply::worksheet(steps));
    std::erase_if(steps, [](const apply::SetupStep& step) { return step.proposal; });
    if (steps.empty()) {
      console_.say(fmt::format("Nothing to do: what mesh {} stands on is all there.", mesh_.name));
      return ExitCode::Done;
    }
    say_what_is_left(steps);
    const auto question = fmt::format("Run these statements in {}?", session_.account());
    if (const auto refused = ask_to_run(question, global_, session_, console_)) return *refused;
    return run(steps);
  }

 private:
  bool can_take(const std::string& role) {
    const auto known = takeable_.find(role);
    if (known != takeable_.end()) return known->second;
    Query query;
    query.sql = "SELECT CURRENT_ROLE() AS ROLE_NAME";
    query.role = role;
    query.read_only = true;
    return takeable_[role] = session_.connection().run(query).ok();
  }

  // Roles that somebody else has to be for some of it.
  void say_what_is_left(const std::vector<apply::SetupStep>& steps) {
    std::map<std::string, size_t> left;
    for (const auto& step : steps) {
      if (!can_take(step.as)) ++left[Name::exact(step.as).display()];
    }
    for (const auto& [role, count] : left) {
      console_.say(fmt::format("{} cannot take role {}: {} of these statements {} for somebody who can",
                               session_.user(), role, count, count == 1 ? "is" : "are"));
    }
  }

  ExitCode run(const std::vector<apply::SetupStep>& steps) {
    size_t done = 0, left = 0;
    for (const auto& step : steps) {
      if (!can_take(step.as)) {
        ++left;
        continue;
      }
      Query query;
      query.sql = step.sql;
      query.role = step.as;
      if (step.needs_warehouse) query.warehouse = mesh_.control.warehouse.stored();
      const auto reply = session_.connection().run(query);
      if (reply) {
        ++done;
      } else if (left > 0 && reply.error().is_missing_or_hidden()) {
        ++left;  // it needs what was left out before it
      } else {
        console_.error(reply.error().describe());
        console_.say(fmt::format("{} of {} statements were run; bootstrap shows and runs what is missing then", done,
                                 steps.size()));
        return ExitCode::Failed;
      }
    }
    if (left > 0) {
      console_.error(fmt::format(
          "{} of {} statements were not run\n  have somebody run them who can take these roles, or run bootstrap over "
          "such a connection (--connection)",
          left, steps.size()));
      return ExitCode::Failed;
    }
    const auto& control = mesh_.control;
    console_.say(fmt::format("The ledger, the leases and the audit of mesh {} stand in {}.{}{}.", mesh_.name,
                             control.database.display(), control.schema.display(), words_on_roles()));
    return ExitCode::Done;
  }

  std::string words_on_roles() const {
    const bool named = std::any_of(mesh_.domains.begin(), mesh_.domains.end(), [&](const Domain& domain) {
      return !mesh_.plan_role(domain.name).empty() || !mesh_.deploy_role(domain.name).empty();
    });
    return named ? ", and its roles may do what the manifests need" : "";
  }

  const Global& global_;
  const Console& console_;
  const Mesh& mesh_;
  const Desired& desired_;
  Session& session_;
  std::map<std::string, bool> takeable_;
};

// Each has a ledger, leases and an audit of its own, and the roles of the domains that live there. The worst ending
// counts.
ExitCode in_each_account(const Global& global, const manifest::Loaded& loaded, const Console& console) {
  if (!check_domains(global, loaded.mesh, console)) return ExitCode::Usage;
  auto opened = Accounts::open(global, loaded.mesh, planned_domains(global, loaded.mesh), console);
  if (const auto* code = std::get_if<ExitCode>(&opened)) return *code;
  auto& accounts = *std::get<std::unique_ptr<Accounts>>(opened);
  const auto slices = accounts.slices(loaded);
  ExitCode worst = ExitCode::Done;
  for (const auto& account : accounts.all()) {
    if (account.session == nullptr) {
      console.error(fmt::format("account {} cannot be reached: {}", account.name, account.why_not));
      worst = ExitCode::Failed;
      continue;
    }
    console.result(fmt::format("-- account {}\n", account.name));
    const auto code = Bootstrap(global, console, slices.at(account.name), *account.session).run();
    if (code != ExitCode::Done) worst = code;
  }
  return worst;
}

}  // namespace

ExitCode run_bootstrap(const Global& global, const BootstrapOptions&, const Console& console) {
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& loaded = std::get<LoadedMesh>(manifests).loaded;
  if (!has_control(loaded.mesh, console)) return ExitCode::Violated;
  if (!loaded.mesh.environment.domains.empty()) return in_each_account(global, loaded, console);
  auto session = Session::open(global, &loaded.mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  if (const auto code = stop_at_wrong_account(loaded.mesh, (*session)->connection(), console)) return *code;
  return Bootstrap(global, console, loaded, **session).run();
}

}  // namespace mesh::cli
