#include "workflow.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "foreign_grants.hpp"
#include "handovers.hpp"
#include "mesh/apply/control.hpp"
#include "mesh/base/text.hpp"
#include "mesh/live/inside.hpp"
#include "mesh/model/creation.hpp"
#include "mesh/plan/agreements.hpp"
#include "mesh/render/render.hpp"
#include "mesh/sql/writer.hpp"
#include "preflight.hpp"
#include "rules.hpp"

namespace mesh::cli {
namespace {

constexpr const char* kNotSetUp =
    "\n  where mesh was never set up in this account: 'mesh bootstrap' makes the roles that mesh.yaml names, the "
    "ledger "
    "and what else a mesh stands on";

std::string recording_key(const Query& query) {
  return query.role.empty() ? query.sql : query.sql + "\n-- as " + query.role;
}

bool is_container(const ObjectId& id) { return id.kind == KindId::Schema || id.kind == KindId::Database; }

// The databases and schemas that are dropped; what lies in another of them goes with that.
std::vector<const Change*> dropped_containers(const Plan& plan) {
  std::vector<const Change*> dropped;
  std::set<QualifiedName> databases;
  for (const auto& change : plan.changes) {
    if (change.action != Action::Drop || !change.object || !is_container(*change.object)) continue;
    dropped.push_back(&change);
    if (change.object->kind == KindId::Database) databases.insert(change.object->name);
  }
  std::erase_if(dropped, [&](const Change* change) {
    const auto& name = change->object->name;
    return name.depth() > 1 && databases.count(name.parent()) > 0;
  });
  return dropped;
}

// Every kind of object that a container can hold, looked at anew before it is dropped (promise 1).
void look_into(const Mesh& mesh, const Live& live, Connection& connection, Plan& plan) {
  for (const Change* drop : dropped_containers(plan)) {
    // What an imported database holds is the provider's.
    if (lies_in_imported(live.state, {KindId::Schema, drop->object->name.child(Name::exact("PUBLIC"))})) continue;
    const live::Inside inside(mesh, live, *drop->object, drop->domain);
    for (auto& why : inside.strangers(connection.run_all(inside.queries()))) {
      plan.refused.push_back({drop->address, "MESH2005", std::move(why),
                              "drop or move what is inside by hand first; or keep the container", drop->place});
    }
  }
}

// Promise 9: roles are what they seem, or else a plan warns and apply refuses where the environment is protected.
void warn_of_session(const Live& live, const Environment& environment, Plan& plan) {
  const auto doubt = [&](bool there, const char* code, const char* what, const char* help) {
    if (!there) return;
    plan.findings.push_back({Severity::Warning, code, what, help, {}, {}, {}});
    if (environment.is_protected) plan.refused.push_back({"session", code, what, help, {}});
  };
  doubt(live.secondary_roles_active, "MESH2030",
        "secondary roles are active for this user, so what a statement may do cannot be told from its role",
        "ALTER USER … SET DEFAULT_SECONDARY_ROLES = ()");
  doubt(live.quoted_identifiers_ignore_case, "MESH2031",
        "QUOTED_IDENTIFIERS_IGNORE_CASE is true, so quoted names do not mean what they say",
        "ALTER USER … SET QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE");
}

}  // namespace

ExitCode refuse_account(const std::string& found, const mesh::Environment& environment, const Console& console) {
  console.error(
      fmt::format("this is account {}, but environment {} is meant for {}; nothing was planned\n  use -e or "
                  "--connection to choose the right one",
                  found, environment.name, environment.account));
  return ExitCode::Refused;
}

void say_unknown(const std::vector<UnknownAddress>& unknown, const Console& console) {
  for (const auto& address : unknown) {
    console.error(
        fmt::format("{} '{}' names nothing that is declared, there or remembered{}\n  an address is what the plan "
                    "shows: a kind and "
                    "a name ('table SALES.ORDERS.ORDERS'), a column, or a whole grant",
                    address.option, address.typed,
                    address.nearest.empty() ? "" : fmt::format("; did you mean '{}'?", address.nearest)));
  }
}

bool is_account(const std::string& wanted, const std::string& found) {
  return wanted.empty() || same_account(wanted, found);
}

std::filesystem::path start_directory(const Global& global) {
  return global.directory.empty() ? std::filesystem::current_path() : std::filesystem::path(global.directory);
}

std::optional<std::filesystem::path> find_mesh(const Global& global, const Console& console) {
  const std::filesystem::path start = start_directory(global);
  auto root = manifest::find_root(start);
  if (!root) {
    console.error(fmt::format(
        "no mesh.yaml in '{}' or above it\n  'mesh init' makes a mesh to start from; -C DIR names the folder of one",
        start.string()));
  }
  return root;
}

std::variant<std::optional<Mesh>, ExitCode> surrounding_mesh(const Global& global, const Console& console) {
  const auto root = manifest::find_root(start_directory(global));
  if (!root && !global.environment.empty() && global.connection.empty()) {
    console.error(
        fmt::format("there is no mesh.yaml here or above, so -e {} names nothing\n  --connection NAME says "
                    "which account is meant",
                    global.environment));
    return ExitCode::Usage;
  }
  if (!root) return std::nullopt;
  Diagnostics diagnostics;
  Sources sources;
  auto mesh = manifest::load_mesh_file({*root, global.environment, 1}, diagnostics, sources);
  if (mesh && !diagnostics.has_errors()) return mesh;
  const auto code = violation_of(global, false, diagnostics);
  if (code != ExitCode::Usage && !global.connection.empty()) return std::nullopt;
  console.diagnostics(diagnostics, sources);
  console.say("nothing was run; --connection NAME says which account is meant, whatever mesh.yaml says");
  return code;
}

ExitCode violation_of(const Global& global, bool loaded, const Diagnostics& diagnostics) {
  const auto& all = diagnostics.unsorted();
  const bool no_such_environment =
      !loaded && !global.environment.empty() &&
      std::any_of(all.begin(), all.end(), [](const Diagnostic& d) { return d.code == "MESH1108"; });
  return no_such_environment ? ExitCode::Usage : ExitCode::Violated;
}

namespace {

bool is_broken_use(const Diagnostic& each) {
  return each.severity == Severity::Error && each.code == std::string_view("MESH1535");
}

}  // namespace

std::variant<LoadedMesh, ExitCode> load_manifests(const Global& global, const Console& console, bool expand,
                                                  const std::string& date, bool with_broken_uses) {
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  Diagnostics diagnostics;
  Sources sources;
  auto loaded = manifest::load({*root, global.environment, global.parallelism, expand, date.empty() ? today() : date},
                               diagnostics, sources);
  const Sources& places = loaded ? loaded->sources : sources;
  if (loaded) check::check_rules(loaded->rules, diagnostics);
  const auto& told = diagnostics.unsorted();
  const bool only_uses = with_broken_uses && std::all_of(told.begin(), told.end(), [](const Diagnostic& each) {
                           return each.severity != Severity::Error || is_broken_use(each);
                         });
  if (!loaded || (diagnostics.has_errors() && !only_uses)) {
    console.diagnostics(diagnostics, places);
    const auto findings = diagnostics.sorted(places);
    if (global.format == Format::Json) console.result(render::findings_json(findings, places));
    if (global.format == Format::Markdown) console.result(render::findings_markdown(findings, places));
    if (const auto text = findings_document(global, findings, {}, places)) console.result(*text);
    return violation_of(global, loaded.has_value(), diagnostics);
  }
  return LoadedMesh{std::move(*loaded), std::move(diagnostics)};
}

bool check_domains(const Global& global, const Mesh& mesh, const Console& console) {
  for (const auto& name : global.domains) {
    if (mesh.find(name) != nullptr) continue;
    std::vector<std::string> names;
    for (const auto& domain : mesh.domains) names.push_back(domain.name);
    const std::string near = nearest(name, names);
    console.error(fmt::format("there is no domain '{}'{}\n  this mesh has: {}", name,
                              near.empty() ? "" : fmt::format("; did you mean '{}'?", near), join(names, ", ")));
    return false;
  }
  return true;
}

std::set<std::string> planned_domains(const Global& global, const Mesh& mesh) {
  std::set<std::string> names(global.domains.begin(), global.domains.end());
  if (names.empty()) {
    for (const auto& domain : mesh.domains) names.insert(domain.name);
  }
  return names;
}

std::variant<DatedMesh, ExitCode> load_as_of(const Global& global, const std::string& at, const Console& console,
                                             bool with_broken_uses) {
  if (!at.empty() && !is_calendar_date(at)) {
    console.error(fmt::format("'{}' is no date; --at takes YYYY-MM-DD", at));
    return ExitCode::Usage;
  }
  auto manifests = load_manifests(global, console, false, at, with_broken_uses);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  auto& [loaded, told] = std::get<LoadedMesh>(manifests);
  if (!check_domains(global, loaded.mesh, console)) return ExitCode::Usage;
  std::vector<Diagnostic> broken;
  for (auto& each : told.sorted(loaded.sources)) {
    if (is_broken_use(each)) broken.push_back(std::move(each));
  }
  return DatedMesh{std::move(loaded), at.empty() ? today() : at, std::move(broken)};
}

bool has_errors(const std::vector<Diagnostic>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::Error; });
}

bool has_control(const Mesh& mesh, const Console& console) {
  if (mesh.has_control) return true;
  console.error(
      "mesh.yaml names no control schema\n  add: control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}");
  return false;
}

std::optional<ExitCode> ask_to_run(const std::string& question, const Global& global, const Session& session,
                                   const Console& console) {
  if (global.yes) return std::nullopt;
  if (!console.can_ask()) {
    console.say("Nothing was run: --yes runs these statements.");
    return ExitCode::Refused;
  }
  if (console.confirm(question, [&] { return session.interrupted(); })) return std::nullopt;
  return console.say("Nothing was run."), ExitCode::Refused;
}

std::optional<ExitCode> stop_at_wrong_account(const Mesh& mesh, Connection& connection, const Console& console) {
  const auto& wanted = mesh.environment.account;
  if (wanted.empty()) return std::nullopt;
  const auto found = live::read_account_name(wanted, connection);
  if (!found) return console.error(found.error().message), ExitCode::Failed;
  if (is_account(wanted, *found)) return std::nullopt;
  return refuse_account(*found, mesh.environment, console);
}

namespace {

live::ReadScope scope_of(const manifest::Loaded& loaded, const Ledger& ledger, const PlanRequest& request) {
  live::ReadScope scope;
  scope.mesh = &loaded.mesh;
  scope.desired = &loaded.desired;
  scope.ledger = &ledger;
  scope.present_grants = loaded.present_grants;
  scope.everything_in_databases = request.diff.drift;
  scope.deep = request.deep;
  scope.bearers = request.bearers;
  scope.every_role = request.every_role;
  const auto& rules = request.rules_of == nullptr ? loaded.rules : request.rules_of->rules;
  scope.every_bearer = request.diff.drift && check::needs_tags(rules);
  scope.measurements = request.diff.drift && check::needs_measurements(rules);
  return scope;
}

}  // namespace

namespace {

// All was read, and the manifests use names that are not there.
bool only_names_are_missing(const Diagnostics& diagnostics) {
  const auto& all = diagnostics.unsorted();
  return std::all_of(all.begin(), all.end(), [](const Diagnostic& each) {
    return each.severity != Severity::Error || each.code == std::string_view("MESH3007");
  });
}

}  // namespace

std::variant<Account, ExitCode> read_account(const manifest::Loaded& loaded, Connection& connection,
                                             const PlanRequest& request, const Console& console) {
  Ledger ledger;
  if (loaded.mesh.has_control) {
    const auto reply = connection.run(apply::ledger_query(loaded.mesh));
    const bool no_role = !reply && (reply.error().code == "390186" || reply.error().code == "390189");
    auto parsed = apply::parse_ledger(loaded.mesh, reply);
    if (!parsed) {
      console.error("the ledger cannot be read, so nothing is planned:\n" + parsed.error().message +
                    (no_role ? kNotSetUp : ""));
      return ExitCode::Failed;
    }
    ledger = std::move(*parsed);
  } else {
    ledger.why_not = "mesh.yaml names no `control` schema";
  }
  if (request.needs_ledger && !ledger.available) {
    console.error(fmt::format("refused: {}\n  it shows its SQL and asks before it runs it", ledger.why_not));
    return ExitCode::Refused;
  }
  Diagnostics diagnostics;
  Live live = live::read(scope_of(loaded, ledger, request), connection, diagnostics);
  if (diagnostics.has_errors()) {
    console.diagnostics(diagnostics, loaded.sources);
    if (loaded.mesh.has_control && !ledger.available) console.say(std::string("note:") + kNotSetUp);
    return only_names_are_missing(diagnostics) ? ExitCode::Violated : ExitCode::Failed;
  }
  const auto& environment = loaded.mesh.environment;
  if (!is_account(environment.account, live.account)) return refuse_account(live.account, environment, console);
  if (!environment.account.empty()) {
    live.account = environment.account;
  } else if (!request.account.empty()) {
    live.account = request.account;
  }
  return Account{std::move(live), std::move(ledger), std::move(diagnostics)};
}

namespace {

// The databases that agreements import from shares of domains which are no part of the run, and which nobody shares
// with this account yet.
std::set<ObjectId> not_shared_yet(const manifest::Loaded& loaded, const State& live,
                                  const std::set<std::string>& planned, Connection& connection) {
  std::set<ObjectId> waiting;
  for (const auto& agreement : agreements(loaded.products, today())) {
    const auto crossing = crossing_of(loaded.mesh, loaded.products, agreement, loaded.mesh.environment.suffix);
    if (!crossing || planned.count(agreement.port.domain) > 0 || live.find(crossing->database) != nullptr) continue;
    if (loaded.desired.state.find(crossing->database) == nullptr) continue;
    // Who imports it sees it (show-shares).
    const auto creator = loaded.mesh.creator_role(agreement.consumer);
    const Query query{sql::Writer().kw("SHOW SHARES LIKE").text(crossing->share.name.last().stored()).take(),
                      creator.empty() ? loaded.mesh.deploy_role(agreement.consumer) : creator,
                      {},
                      {},
                      true,
                      false};
    const auto reply = connection.run(query);
    bool is_there = false;
    for (size_t row = 0; reply && row < reply->rows.size(); ++row) {
      const auto from = std::string(reply->at(row, "owner_account")) + "." + std::string(reply->at(row, "name"));
      is_there |= iequals(reply->at(row, "kind"), "INBOUND") && iequals(from, crossing->from_share);
    }
    if (!is_there) waiting.insert(crossing->database);
  }
  return waiting;
}

}  // namespace

std::variant<PlannedAccount, ExitCode> plan_account(const manifest::Loaded& loaded, Connection& connection,
                                                    const PlanRequest& request, const std::set<std::string>& planned,
                                                    const Console& console) {
  const size_t sent_before = connection.statements_sent();
  auto account = read_account(loaded, connection, request, console);
  if (const auto* code = std::get_if<ExitCode>(&account)) return *code;
  auto& [live, ledger, diagnostics] = std::get<Account>(account);
  const auto& environment = loaded.mesh.environment;

  const DiffInput input{loaded.mesh, loaded.desired, live, ledger, loaded.present_grants};
  auto result = diff(input, request.diff);
  if (!result.made_anew.empty()) {
    auto scope = scope_of(loaded, ledger, request);
    scope.bearers = result.made_anew;
    live::look_closer(scope, live, connection, diagnostics);
    if (diagnostics.has_errors()) return console.diagnostics(diagnostics, loaded.sources), ExitCode::Failed;
    result = diff(input, request.diff);
  }
  if (!result.unknown.empty()) return PlannedAccount{{}, {}, std::move(result.unknown)};
  set_aside_foreign_grants(live, connection, result);
  hand_over_what_roles_own(input, connection, result);
  PlanHeader header;
  header.date = request.at.empty() ? today() : request.at;
  if (!environment.domains.empty()) hold_back_imports(result, not_shared_yet(loaded, live.state, planned, connection));
  hold_back(result, loaded.mesh, loaded.products, live.state, header.date);
  header.domains = request.diff.domains;
  if (header.domains.empty()) {
    for (const auto& domain : loaded.mesh.domains) header.domains.insert(domain.name);
  }
  const std::string only =
      header.domains.size() == 1 ? loaded.mesh.deploy_role(*header.domains.begin()) : std::string();
  header.as_role = only.empty() ? live.current_role : only;
  header.connection_role = live.current_role;
  Plan plan = mesh::make_plan(loaded.mesh, loaded.desired, live, std::move(result), header, diagnostics);
  look_into(loaded.mesh, live, connection, plan);
  if (planned.empty()) add_agreements(plan, loaded.mesh, loaded.products, live.state, loaded.sources);
  tell_products(plan, loaded.products, loaded.desired.state);
  plan.state_age = request.state_age;
  for (auto& diagnostic : diagnostics.sorted(loaded.sources)) plan.findings.push_back(std::move(diagnostic));
  if (!ledger.available) {
    plan.findings.push_back({Severity::Warning,
                             "MESH4001",
                             "there is no ledger: " + ledger.why_not,
                             "without it mesh can neither drop nor apply; run 'mesh bootstrap'",
                             {},
                             {},
                             {}});
  }
  warn_of_session(live, environment, plan);
  if (!request.diff.destroys) {
    const auto& manifests = request.rules_of == nullptr ? loaded : *request.rules_of;
    auto report = add_rules({manifests, live, request.diff.drift, request.diff.domains, request.first_file,
                             request.products_before, request.contract_steps},
                            plan);
    if (request.rule_report != nullptr) *request.rule_report = std::move(report);
  }
  const auto checked = check_privileges(loaded.mesh, loaded.desired, live, request.needs_ledger, connection, plan);
  if (!checked.ok()) return console.error(checked.error().message), ExitCode::Failed;
  plan.statements_read = static_cast<int>(connection.statements_sent() - sent_before);
  return PlannedAccount{std::move(plan), std::move(live), {}};
}

std::variant<Plan, ExitCode> make_plan(const manifest::Loaded& loaded, Connection& connection,
                                       const PlanRequest& request, const Console& console) {
  auto made = plan_account(loaded, connection, request, {}, console);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  auto& [plan, live, unknown] = std::get<PlannedAccount>(made);
  if (!unknown.empty()) return say_unknown(unknown, console), ExitCode::Usage;
  return std::move(plan);
}

Query asking_query(const Mesh& mesh, const std::string& domain, std::string sql) {
  Query query;
  query.sql = std::move(sql);
  query.role = mesh.plan_role(domain);
  if (mesh.has_control) query.warehouse = mesh.control.warehouse.stored();
  query.read_only = true;
  query.cancellable = true;
  return query;
}

Reply Recorder::run(const Query& query) { return run_all({query}).front(); }

std::vector<Reply> Recorder::run_all(const std::vector<Query>& queries) {
  std::vector<Query> fresh;
  for (const auto& query : queries) {
    if (replies_.count(recording_key(query)) == 0) fresh.push_back(query);
  }
  auto answers = inner_.run_all(fresh);
  for (size_t i = 0; i < fresh.size(); ++i) replies_.insert_or_assign(recording_key(fresh[i]), std::move(answers[i]));
  std::vector<Reply> replies;
  for (const auto& query : queries) replies.push_back(replies_.at(recording_key(query)));
  return replies;
}

Reply Replay::run(const Query& query) {
  ++asked_;
  const auto it = replies_.find(recording_key(query));
  if (it != replies_.end()) return it->second;
  StatementError error;
  error.message = "the recorded account holds no answer to this statement";
  error.statement = query.sql;
  error.hint = "record it again with the manifests as they are now: mesh show --state -o FILE";
  error.from_server = false;
  return Failure{std::move(error)};
}

std::vector<Reply> Replay::run_all(const std::vector<Query>& queries) {
  std::vector<Reply> replies;
  for (const auto& query : queries) replies.push_back(run(query));
  return replies;
}

}  // namespace mesh::cli
