// mesh apply, destroy.
#include <cstdlib>

#include <fmt/format.h>

#include "accounts.hpp"
#include "checkout.hpp"
#include "commands.hpp"
#include "mesh/apply/applied.hpp"
#include "mesh/apply/control.hpp"
#include "mesh/apply/run.hpp"
#include "mesh/base/digest.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/live/aftermath.hpp"
#include "mesh/render/render.hpp"
#include "mesh/render/rows.hpp"
#include "preflight.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

// The revision CI checked out; at a desk, the one that is checked out there.
std::string commit(const Global& global) {
  for (const char* variable : {"MESH_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "BUILD_SOURCEVERSION"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return checked_out_commit(start_directory(global));
}

// What the plan must be: from --expect or a saved plan of this environment. Empty: anything. Or the exit code after it
// was said what is wrong with the file.
std::variant<std::string, ExitCode> expected_fingerprint(const ApplyOptions& options, const Environment& environment,
                                                         const Console& console) {
  if (options.file.empty()) return options.expect;
  const auto text = read_file(options.file);
  if (!text) return console.error(text.error().message), ExitCode::Failed;
  const auto saved = render::parse_saved_plan(*text);
  if (!saved) return console.error(fmt::format("'{}': {}", options.file, saved.error().message)), ExitCode::Failed;
  if (saved->environment == environment.name) return saved->fingerprint;
  console.error(fmt::format("refused, nothing was run: '{}' is a plan for {}, and this is {}\n  apply it with -e {}",
                            options.file, saved->environment, environment.name, saved->environment));
  return ExitCode::Refused;
}

// In text the plan above has told why.
std::string why_refused(const Plan& plan, bool told) {
  if (told)
    return fmt::format(" see {} above under Refused", plan.refused.size() == 1
                                                          ? "what stands"
                                                          : fmt::format("the {} that stand", plan.refused.size()));
  std::string all;
  for (const auto& refusal : plan.refused) {
    all += fmt::format("\n  {}: {}\n    {}", refusal.code, refusal.message, refusal.ways_out);
  }
  return all;
}

// Exit codes in their order: rules, then safety. nullopt: go ahead.
std::optional<ExitCode> stop_before(const Plan& plan, const std::string& expected, bool told, const Console& console) {
  if (has_errors(plan.findings)) {
    console.error("nothing was run: the plan has findings of level error");
    return ExitCode::Violated;
  }
  if (!plan.refused.empty()) {
    console.error("refused, nothing was run:" + why_refused(plan, told));
    return ExitCode::Refused;
  }
  if (!expected.empty() && expected != plan.fingerprint) {
    console.error(
        fmt::format("refused, nothing was run: the plan is not the one that was shown\n  expected {}\n  now      {}\n  "
                    "look at it again: mesh plan",
                    expected, plan.fingerprint));
    return ExitCode::Refused;
  }
  return std::nullopt;
}

// As if every line were gone and a tombstone consented: what mesh made is dropped, what it took over or another tool
// makes is forgotten.
manifest::Loaded emptied(const manifest::Loaded& loaded, const Ledger& ledger) {
  manifest::Loaded out = loaded;
  out.desired = {};
  out.present_grants.clear();
  for (const auto& [address, entry] : ledger.entries) {
    const auto id = parse_address(address);
    if (!id) continue;
    const auto action =
        entry.made && entry.attached.count(kCreatedOn) == 0 ? Tombstone::Action::Drop : Tombstone::Action::Forget;
    out.desired.removed.push_back({*id, std::nullopt, action, entry.domain, {}});
  }
  return out;
}

std::vector<std::string> still_there(const std::vector<const Change*>& changes, Connection& connection) {
  std::vector<live::Gone> gone;
  std::vector<size_t> of_change;
  for (size_t i = 0; i < changes.size(); ++i) {
    const auto& change = *changes[i];
    const auto& role = change.statements.back().role;
    // What is left of an option is the privilege itself.
    const bool option_only = !change.diff.empty() && change.diff.front().property == "grant_option";
    if (change.grant && !option_only) {
      gone.push_back({*change.grant, role});
    } else if (change.membership) {
      gone.push_back({*change.membership, role});
    } else if (change.object && change.action == Action::Drop) {
      gone.push_back({*change.object, role});
    } else {
      continue;
    }
    of_change.push_back(i);
  }
  const live::Aftermath aftermath(std::move(gone));
  const auto findings = aftermath.findings(connection.run_all(aftermath.queries()));
  std::vector<std::string> all(changes.size());
  for (size_t i = 0; i < findings.size(); ++i) all[of_change[i]] = findings[i];
  return all;
}

class Applying {
 public:
  Applying(const Global& global, const ApplyOptions& options, const Console& console, bool destroys = false)
      : global_(global), options_(options), console_(console), destroys_(destroys) {}

  ExitCode run() {
    const auto manifests = load_as_of(global_, options_.at, console_);
    if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
    const auto& loaded = std::get<DatedMesh>(manifests).loaded;
    if (!options_.allow_destroy.empty() && loaded.mesh.environment.is_protected) {
      console_.error(fmt::format("refused: environment {} is protected, there only `removed:` consents to a drop",
                                 loaded.mesh.environment.name));
      return ExitCode::Refused;
    }
    if (!loaded.mesh.has_control) {
      console_.error(
          "refused: mesh.yaml names no `control: {database, schema, warehouse}`, so there is no place for the ledger "
          "and the lease");
      return ExitCode::Refused;
    }
    const auto expected = expected_fingerprint(options_, loaded.mesh.environment, console_);
    if (const auto* code = std::get_if<ExitCode>(&expected)) return *code;
    expected_ = std::get<std::string>(expected);
    const auto code = loaded.mesh.environment.domains.empty() ? in_one(loaded) : in_several(loaded);
    held_.clear();  // before what they are of
    return code;
  }

 private:
  // An account that is applied to.
  struct Held {
    const manifest::Loaded* loaded = nullptr;  // what lives there
    Session* session = nullptr;
    std::set<std::string> domains;
    apply::RunInfo info;
    std::unique_ptr<apply::Lease> lease;
  };

  ExitCode in_one(const manifest::Loaded& loaded) {
    auto opened = Session::open(global_, &loaded.mesh, console_);
    if (!opened) return console_.error(opened.error().message), ExitCode::Failed;
    session_ = std::move(*opened);
    Session& session = *session_;
    // The lease is a row, and written before anything is read.
    if (const auto code = stop_at_wrong_account(loaded.mesh, session.connection(), console_)) return *code;
    Held& here = held_[{}];
    here.loaded = &loaded, here.session = &session, here.domains = planned_domains(global_, loaded.mesh);
    if (const auto code = hold(here)) return *code;
    const auto planned = [&](const manifest::Loaded& what) {
      auto request = asked();
      request.diff.domains = {global_.domains.begin(), global_.domains.end()};
      request.account = session.account();
      return make_plan(what, session.connection(), request, console_);
    };
    if (!destroys_) return with_plan(loaded, planned(loaded));
    auto nothing = emptied_of(here);
    if (const auto* code = std::get_if<ExitCode>(&nothing)) return *code;
    return with_plan(loaded, planned(std::get<manifest::Loaded>(nothing)));
  }

  // All of them or none: a consumer's part rests on the provider's, and what one side gives up goes before the other's
  // part of it. Of a plan with a part missing neither is kept, and what was reviewed is not what would run.
  ExitCode in_several(const manifest::Loaded& loaded) {
    auto opened = Accounts::open(global_, loaded.mesh, planned_domains(global_, loaded.mesh), console_);
    if (const auto* code = std::get_if<ExitCode>(&opened)) return *code;
    accounts_ = std::move(std::get<std::unique_ptr<Accounts>>(opened));
    auto& accounts = *accounts_;
    if (!accounts.all_reached()) return nobody_there(accounts);
    slices_ = accounts.slices(loaded);
    for (const auto& account : accounts.all()) {
      const bool is_own = same_account(account.name, loaded.mesh.environment.account);
      Held& here = held_[is_own ? std::string() : account.name];
      here.loaded = &slices_.at(account.name), here.session = account.session, here.domains = account.domains;
      if (const auto code = hold(here)) return *code;
    }
    if (!destroys_) return with_plan(loaded, make_plan(loaded, slices_, accounts, asked(), nullptr, console_));
    Slices nothing;
    for (const auto& [key, here] : held_) {
      auto emptied = emptied_of(here);
      if (const auto* code = std::get_if<ExitCode>(&emptied)) return *code;
      nothing.emplace(here.loaded->mesh.environment.account, std::move(std::get<manifest::Loaded>(emptied)));
    }
    return with_plan(loaded, make_plan(loaded, nothing, accounts, asked(), nullptr, console_));
  }

  ExitCode nobody_there(Accounts& accounts) {
    for (const auto& account : accounts.all()) {
      if (account.connection != nullptr) continue;
      console_.error(fmt::format("account {} ({}) cannot be reached: {}", account.name,
                                 join({account.domains.begin(), account.domains.end()}, ", "), account.why_not));
    }
    console_.error("nothing was run in any account\n  -d DOMAIN applies those that live in the others");
    return ExitCode::Failed;
  }

  // Takes the leases of its domains.
  std::optional<ExitCode> hold(Held& here) {
    here.info.run_id = run_id_;
    here.info.command = destroys_ ? "destroy" : "apply";
    here.info.user = here.session->user();
    here.info.role = here.session->role();
    here.info.commit = commit_;
    const auto& mesh = here.loaded->mesh;
    if (const auto code = stop_without_control(mesh, here.domains, here.session->connection(), console_)) return *code;
    apply::LeaseOptions lease_options;
    lease_options.lock_timeout_s = options_.lock_timeout;
    lease_options.say = [&](const std::string& line) { console_.say(line); };
    lease_options.interrupted = &Interrupts::flag();
    auto lease = apply::Lease::take(mesh, {here.domains.begin(), here.domains.end()}, here.info,
                                    here.session->orderly_connection(), lease_options);
    if (!lease) return without_lease(lease.error());
    here.lease = std::move(*lease);
    return std::nullopt;
  }

  std::variant<manifest::Loaded, ExitCode> emptied_of(const Held& here) {
    const auto& mesh = here.loaded->mesh;
    const auto ledger = apply::parse_ledger(mesh, here.session->connection().run(apply::ledger_query(mesh)));
    if (!ledger) return console_.error(ledger.error().message), ExitCode::Failed;
    return emptied(*here.loaded, *ledger);
  }

  PlanRequest asked() const {
    PlanRequest request;
    request.diff.targets = options_.targets;
    request.diff.destroys = destroys_;
    request.diff.allow_destroy = {options_.allow_destroy.begin(), options_.allow_destroy.end()};
    request.at = options_.at;
    request.needs_ledger = true;
    return request;
  }

  ExitCode without_lease(const apply::LeaseFailure& failure) {
    using Why = apply::LeaseFailure::Why;
    const char* help = failure.why == Why::Held
                           ? "\n  --lock-timeout SECONDS waits; mesh unlock shows who holds the leases and frees them"
                           : "";
    const bool is_refusal = failure.why == Why::Held || failure.why == Why::Missing;
    console_.error((is_refusal ? "refused, nothing was run: " : "nothing was run: ") + failure.message + help);
    return is_refusal ? ExitCode::Refused : ExitCode::Failed;
  }

  ExitCode with_plan(const manifest::Loaded& loaded, const std::variant<Plan, ExitCode>& made) {
    if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
    const auto& plan = std::get<Plan>(made);
    const bool json = global_.format == Format::Json;
    if (!json) {
      render::TextOptions text;
      text.color = console_.color_out();
      text.width = console_.width();
      text.verbose = global_.verbose;
      console_.result(render::plan_text(plan, loaded.sources, text));
    }
    if (const auto code = stop_unasked(loaded, plan)) {
      if (json) console_.result(render::apply_json(plan, {}, loaded.sources));
      if (*code == ExitCode::Done) remember(plan);
      return *code;
    }
    return carry_out(loaded, plan);
  }

  bool is_interrupted() const {
    return std::any_of(held_.begin(), held_.end(), [](const auto& each) { return each.second.session->interrupted(); });
  }

  // Done where there is nothing to do; another code after it was said why nothing is run; nullopt: go ahead.
  std::optional<ExitCode> stop_unasked(const manifest::Loaded& loaded, const Plan& plan) {
    const bool told = global_.format != Format::Json;
    if (!plan.unplanned.empty()) {
      console_.error("nothing was run in any account: one of them could not be read");
      return ExitCode::Failed;
    }
    if (const auto code = stop_before(plan, expected_, told, console_)) return code;
    if (plan.nothing_to_do()) return ExitCode::Done;
    if (!global_.yes) {
      if (!console_.can_ask()) {
        console_.error(fmt::format("refused, nothing was run: there is no terminal to ask at; --yes {} without asking",
                                   destroys_ ? "destroys" : "applies"));
        return ExitCode::Refused;
      }
      const auto where = plan.accounts.size() > 1 ? join(plan.accounts, " and ") : plan.account;
      const auto question =
          destroys_ ? fmt::format("Destroy environment {} in {}?", loaded.mesh.environment.name, where)
                    : fmt::format("Apply {} to {}?",
                                  plan.changes.size() == 1 ? "this change"
                                                           : fmt::format("these {} changes", plan.changes.size()),
                                  where);
      const auto answer = destroys_ ? loaded.mesh.environment.name : "yes";
      if (!console_.confirm(
              question, [&] { return is_interrupted(); }, answer)) {
        console_.say("Nothing was run.");
        return is_interrupted() ? ExitCode::Failed : ExitCode::Refused;
      }
    }
    return std::nullopt;
  }

  ExitCode carry_out(const manifest::Loaded& loaded, const Plan& plan) {
    apply::RunPlaces places;
    const auto plan_json = render::plan_json(plan, loaded.sources);
    for (auto& [account, here] : held_) {
      here.info.fingerprint = plan.fingerprint;
      here.info.plan_json = plan_json;
      places.emplace(account,
                     apply::RunPlace{here.loaded->mesh, here.info, *here.lease, here.session->orderly_connection()});
    }
    apply::RunOptions options;
    options.parallelism = global_.parallelism;
    options.interrupted = &Interrupts::flag();
    size_t done = 0;
    options.on_outcome = [&](const Outcome&) {
      console_.progress(fmt::format("applying: {} statements done", ++done));
    };
    options.still_there = [&](const std::vector<const Change*>& changes) { return looked_at(changes); };
    const auto result = apply::run(plan, places, options);
    console_.end_progress();
    if (!result.failed && result.trouble.empty()) remember(plan);
    for (auto& [account, here] : held_) here.lease->release();
    if (global_.format == Format::Json) {
      console_.result(render::apply_json(plan, result.outcomes, loaded.sources));
    } else {
      console_.result(render::outcomes_text(plan, result.outcomes, loaded.sources, console_.color_out()));
    }
    if (!result.trouble.empty()) console_.error(result.trouble);
    return result.failed || !result.trouble.empty() || is_interrupted() ? ExitCode::Failed : ExitCode::Done;
  }

  // Each in its own account.
  std::vector<std::string> looked_at(const std::vector<const Change*>& changes) {
    std::vector<std::string> all(changes.size());
    for (auto& [account, here] : held_) {
      std::vector<const Change*> mine;
      std::vector<size_t> at;
      for (size_t i = 0; i < changes.size(); ++i) {
        if (changes[i]->account != account) continue;
        mine.push_back(changes[i]);
        at.push_back(i);
      }
      if (mine.empty()) continue;
      auto findings = still_there(mine, here.session->orderly_connection());
      for (size_t k = 0; k < at.size(); ++k) all[at[k]] = std::move(findings[k]);
    }
    return all;
  }

  // What drift compares with. A run of a few targets leaves a mixture, and so what stands there stays.
  void remember(const Plan& plan) {
    if (!options_.targets.empty()) return;
    for (auto& [account, here] : held_) {
      std::vector<std::string> domains;
      std::copy_if(plan.domains.begin(), plan.domains.end(), std::back_inserter(domains),
                   [&](const std::string& domain) { return here.domains.count(domain) > 0; });
      const auto kept = apply::record_applied(here.loaded->mesh, domains, here.loaded->sources, here.info,
                                              here.session->orderly_connection(), destroys_);
      if (!kept.ok()) console_.say("warning: " + kept.error().message);
    }
  }

  const Global& global_;
  const ApplyOptions& options_;
  const Console& console_;
  bool destroys_;
  std::string expected_;
  const std::string run_id_ = random_uuid();
  const std::string commit_ = commit(global_);
  std::unique_ptr<Session> session_;    // of one account
  std::unique_ptr<Accounts> accounts_;  // of several
  Slices slices_;
  std::map<std::string, Held> held_;  // by Change::account
};

}  // namespace

ExitCode run_destroy(const Global& global, const DestroyOptions& options, const Console& console) {
  if (global.environment.empty()) {
    console.error("mesh destroy wants the environment named: mesh destroy -e ENV");
    return ExitCode::Usage;
  }
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& mesh = std::get<LoadedMesh>(manifests).loaded.mesh;
  if (mesh.environment.is_protected) {
    console.error(fmt::format("refused, nothing was run: environment {} is protected; there only `removed:` drops",
                              mesh.environment.name));
    return ExitCode::Refused;
  }
  ApplyOptions apply;
  apply.lock_timeout = options.lock_timeout;
  return Applying(global, apply, console, true).run();
}

ExitCode run_apply(const Global& global, const ApplyOptions& options, const Console& console) {
  return Applying(global, options, console).run();
}

}  // namespace mesh::cli
