// mesh validate, plan, drift.
#include <chrono>
#include <list>

#include <fmt/format.h>

#include "accounts.hpp"
#include "applied_mesh.hpp"
#include "commands.hpp"
#include "impact.hpp"
#include "mesh/base/files.hpp"
#include "mesh/manifest/in_account.hpp"
#include "mesh/plan/agreements.hpp"
#include "mesh/render/findings.hpp"
#include "mesh/render/render.hpp"
#include "mesh/render/rows.hpp"
#include "revisions.hpp"
#include "rules.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

std::string rendered(const Plan& plan, const check::RuleReport& rules, const Sources& sources, const Global& global,
                     const Console& console, bool drift) {
  if (auto document = findings_document(global, render::all_findings(plan), rules, sources)) return *document;
  switch (global.format) {
    case Format::Json:
      return render::plan_json(plan, sources);
    case Format::Markdown:
      return render::plan_markdown(plan, sources);
    case Format::Dot:
    case Format::Mermaid:
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

// --changed-since: false where no domain is left to be planned.
std::variant<bool, ExitCode> narrow_to_changed(const Global& global, const PlanOptions& options,
                                               const manifest::Loaded& loaded, std::set<std::string>& domains,
                                               const Console& console) {
  if (options.changed_since.empty()) return true;
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  auto changed = changed_domains(loaded, *root, options.changed_since, console);
  if (const auto* code = std::get_if<ExitCode>(&changed)) return *code;
  const auto asked = std::move(domains);
  domains = std::move(std::get<std::set<std::string>>(changed));
  if (!asked.empty()) std::erase_if(domains, [&](const auto& domain) { return asked.count(domain) == 0; });
  return !domains.empty();
}

// Nothing to plan, so nothing is asked of the account.
Plan empty_plan(const manifest::Loaded& loaded, const std::string& date) {
  Diagnostics none;
  PlanHeader header;
  header.date = date;
  Live live;
  live.account = loaded.mesh.environment.account;
  return mesh::make_plan(loaded.mesh, loaded.desired, live, {}, header, none);
}

std::variant<std::optional<Revision>, ExitCode> asked_base(const Global& global, const PlanOptions& options,
                                                           const std::string& date, const Console& console) {
  if (options.base.empty()) return std::nullopt;
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  auto base = load_revision(*root, options.base, global, date, console);
  if (const auto* code = std::get_if<ExitCode>(&base)) return *code;
  return std::optional(std::move(std::get<Revision>(base)));
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

// A live account, or with --state a recorded one.
struct OpenAccount {
  std::unique_ptr<Session> session;
  std::unique_ptr<Replay> replay;
  Connection* connection = nullptr;  // of one of the two
};

std::variant<OpenAccount, ExitCode> open_account(const Global& global, const PlanOptions& options, const Mesh& mesh,
                                                 PlanRequest& request, const Console& console) {
  OpenAccount account;
  if (!options.state.empty()) {
    auto text = read_file(options.state);
    auto recording = text ? render::parse_recording(*text) : Result<render::Recording>(text.failure());
    if (!recording) return console.error(recording.error().message), ExitCode::Failed;
    request.state_age = "recorded at " + recording->recorded_at;
    request.account = recording->account;
    account.replay = std::make_unique<Replay>(std::move(recording->replies));
    account.connection = account.replay.get();
    return account;
  }
  auto opened = Session::open(global, &mesh, console);
  if (!opened) return console.error(opened.error().message), ExitCode::Failed;
  account.session = std::move(*opened);
  request.account = account.session->account();
  account.connection = &account.session->connection();
  return account;
}

// What is asked: one account, a recorded one, or each of several.
class Asked {
 public:
  // Where one account is recorded of several, `here` becomes what lives there.
  static std::variant<std::unique_ptr<Asked>, ExitCode> open(const Global& global, const PlanOptions& options,
                                                             manifest::Loaded& here, PlanRequest& request,
                                                             const Console& console) {
    auto asked = std::make_unique<Asked>(global, console);
    const bool several = !here.mesh.environment.domains.empty();
    if (several && options.state.empty()) {
      auto domains = request.diff.domains;
      if (domains.empty()) domains = planned_domains(global, here.mesh);
      auto accounts = Accounts::open(global, here.mesh, domains, console);
      if (const auto* code = std::get_if<ExitCode>(&accounts)) return *code;
      asked->several_ = std::move(std::get<std::unique_ptr<Accounts>>(accounts));
    } else {
      auto opened = open_account(global, options, here.mesh, request, console);
      if (const auto* code = std::get_if<ExitCode>(&opened)) return *code;
      asked->one_ = std::move(std::get<OpenAccount>(opened));
      if (several) here = manifest::in_account(here, request.account);
    }
    return asked;
  }

  Asked(const Global& global, const Console& console) : global_(global), console_(console) {}

  // Nothing is sent twice from here on.
  void record() {
    const auto recorded = [&](Connection*& connection) {
      if (connection != nullptr) connection = recorders_.emplace_back(std::make_unique<Recorder>(*connection)).get();
    };
    recorded(one_.connection);
    for (auto* account : accounts()) recorded(account->connection);
  }

  std::optional<manifest::Loaded> applied(const Mesh& mesh, const std::string& date) {
    if (!several_) return load_applied(mesh, global_, *one_.connection, date, console_);
    std::vector<AppliedIn> there;
    for (const auto* account : accounts()) {
      if (account->connection != nullptr) there.push_back({mesh.in_account(account->name), *account->connection});
    }
    return load_applied(mesh, global_, there, date, console_);
  }

  // Where a domain lives; nullptr: that account cannot be reached.
  Connection* account_of(const std::string& domain) {
    if (!several_) return one_.connection;
    for (const auto* account : accounts()) {
      if (account->domains.count(domain) > 0) return account->connection;
    }
    return nullptr;
  }

  // `rules_of`: whose rules count where they are not those of `loaded`. Both must outlive the rules' report.
  std::variant<Plan, ExitCode> plan(const manifest::Loaded& loaded, PlanRequest request,
                                    const manifest::Loaded* rules_of) {
    request.rules_of = rules_of;
    if (!several_) return make_plan(loaded, *one_.connection, request, console_);
    const auto& slices = kept_.emplace_back(several_->slices(loaded));
    const Slices* rules = rules_of == nullptr ? nullptr : &kept_.emplace_back(several_->slices(*rules_of));
    return make_plan(loaded, slices, *several_, request, rules, console_);
  }

 private:
  std::vector<AccountOfRun*> accounts() {
    std::vector<AccountOfRun*> all;
    if (several_) {
      for (auto& account : several_->all()) all.push_back(&account);
    }
    return all;
  }

  const Global& global_;
  const Console& console_;
  OpenAccount one_;
  std::unique_ptr<Accounts> several_;
  std::vector<std::unique_ptr<Recorder>> recorders_;
  std::list<Slices> kept_;  // reports of rules point into them
};

// --base: plans what the manifests were there, with the answers that are there already, and holds contracts against
// each other.
std::optional<ExitCode> tell_base(const Revision& base, const PlanOptions& options, const PlanRequest& request,
                                  const Impact& impact, Asked& asked, Plan& plan) {
  if (!base.loaded) {
    plan.findings.push_back({Severity::Warning,
                             "MESH4002",
                             base.why_not + ": what was pending there cannot be told apart, nor whom a change breaks",
                             "mend them there first, or name an older revision",
                             {},
                             {},
                             {}});
    return std::nullopt;
  }
  auto plain = request;
  plain.rule_report = nullptr;
  plain.products_before = nullptr;
  auto at_base = asked.plan(*base.loaded, plain, nullptr);
  if (const auto* code = std::get_if<ExitCode>(&at_base)) return *code;
  tell_pending(plan, options.base, std::get<Plan>(at_base).changes);
  plan.statements_read += std::get<Plan>(at_base).statements_read;
  for (const auto& finding : impact.findings) plan.findings.push_back(finding);
  return std::nullopt;
}

ExitCode plan_or_drift(const Global& global, const PlanOptions& options, bool drift, bool deep,
                       const Console& console) {
  auto manifests = load_as_of(global, options.at, console, !options.base.empty());
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  auto& [here, date, broken_uses] = std::get<DatedMesh>(manifests);

  PlanRequest request;
  request.diff.domains = {global.domains.begin(), global.domains.end()};
  const auto some = narrow_to_changed(global, options, here, request.diff.domains, console);
  if (const auto* code = std::get_if<ExitCode>(&some)) return *code;
  if (!std::get<bool>(some)) {
    console.say(fmt::format("no domain has a file that changed since {}", options.changed_since));
    console.result(rendered(empty_plan(here, date), {}, here.sources, global, console, drift));
    return ExitCode::Done;
  }
  request.diff.targets = options.targets;
  request.diff.drift = drift;
  request.every_role = drift;
  request.at = options.at;
  request.deep = deep;

  auto base = asked_base(global, options, date, console);
  if (const auto* code = std::get_if<ExitCode>(&base)) return *code;
  const auto& revision = std::get<std::optional<Revision>>(base);

  auto opened = Asked::open(global, options, here, request, console);
  if (const auto* code = std::get_if<ExitCode>(&opened)) return *code;
  auto& asked = *std::get<std::unique_ptr<Asked>>(opened);
  std::optional<manifest::Loaded> applied;
  if (drift) applied = asked.applied(here.mesh, options.at);
  if (applied) request.first_file = append(applied->sources, here.sources);
  check::RuleReport rules;
  request.rule_report = &rules;
  const auto& loaded = applied ? *applied : here;
  Impact impact;
  if (revision && revision->loaded) {
    impact = impact_of(loaded, *revision->loaded, date, global);
    if (options.live)
      ask_usage(
          loaded, [&](const std::string& domain) { return asked.account_of(domain); }, impact);
    request.products_before = &revision->loaded->products;
    request.contract_steps = contract_steps(impact.products);
  }
  const auto start = std::chrono::steady_clock::now();
  if (!options.base.empty()) asked.record();  // for the second plan that --base makes
  auto made = asked.plan(loaded, request, applied ? &here : nullptr);
  if (const auto* code = std::get_if<ExitCode>(&made)) return *code;
  auto& plan = std::get<Plan>(made);
  if (revision) {
    const auto code = tell_base(*revision, options, request, impact, asked, plan);
    if (code) return *code;
  }
  plan.findings.insert(plan.findings.end(), broken_uses.begin(), broken_uses.end());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  if (global.verbose) console.say(fmt::format("{} statements in {:.1f} s", plan.statements_read, took.count()));

  console.result(rendered(plan, rules, loaded.sources, global, console, drift));
  if (!options.output.empty()) {
    const auto written = write_file(options.output, render::plan_json(plan, loaded.sources));
    if (!written) return console.error(written.error().message), ExitCode::Failed;
  }
  if (has_errors(plan.findings)) return ExitCode::Violated;
  if (!plan.unplanned.empty()) return ExitCode::Failed;
  const bool changes = !plan.nothing_to_do() || !plan.refused.empty() || (drift && !plan.vanished.empty());
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
  const auto loaded =
      manifest::load({*root, global.environment, global.parallelism, false, today()}, diagnostics, failed);
  if (loaded) {
    for (auto& finding : agreement_findings(loaded->mesh, loaded->products, today()))
      diagnostics.add(std::move(finding));
  }
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
