#include "accounts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/manifest/in_account.hpp"
#include "mesh/plan/agreements.hpp"

namespace mesh::cli {

namespace {

// Those of `domains` that live there.
std::set<std::string> living_in(const Mesh& mesh, const std::string& account, const std::set<std::string>& domains) {
  std::set<std::string> here;
  std::copy_if(domains.begin(), domains.end(), std::inserter(here, here.end()),
               [&](const std::string& domain) { return same_account(mesh.account_of(domain), account); });
  return here;
}

}  // namespace

std::vector<Way> ways_to(const Global& global, const Mesh& mesh, const std::set<std::string>& domains) {
  std::vector<Way> ways;
  for (const auto& account : mesh.accounts()) {
    if (living_in(mesh, account, domains).empty()) continue;
    // --connection stands for the environment's own.
    const bool is_own = same_account(account, mesh.environment.account);
    ways.push_back(
        {is_own && !global.connection.empty() ? global.connection : mesh.in_account(account).environment.connection,
         account});
  }
  return ways;
}

std::variant<std::unique_ptr<Accounts>, ExitCode> Accounts::open(const Global& global, const Mesh& mesh,
                                                                 const std::set<std::string>& domains,
                                                                 const Console& console) {
  auto accounts = std::make_unique<Accounts>();
  const auto ways = ways_to(global, mesh, domains);
  for (const auto& way : ways) {
    AccountOfRun account;
    account.name = way.account;
    account.domains = living_in(mesh, way.account, domains);
    accounts->all_.push_back(std::move(account));
  }
  auto opened = Sessions::open(global, ways, console);
  if (!opened) return console.error(opened.error().message), ExitCode::Failed;
  accounts->sessions_ = std::move(*opened);
  auto& sessions = accounts->sessions_->all();
  for (size_t i = 0; i < accounts->all_.size(); ++i) {
    auto& account = accounts->all_[i];
    if (!sessions[i]) {
      account.why_not = sessions[i].error().message;
      continue;
    }
    const auto found = live::read_account_name(account.name, (*sessions[i])->connection());
    if (!found) {
      account.why_not = found.error().message;
    } else if (!is_account(account.name, *found)) {
      return refuse_account(*found, mesh.in_account(account.name).environment, console);
    } else {
      account.session = sessions[i]->get();
      account.connection = &account.session->connection();
    }
  }
  return accounts;
}

bool Accounts::all_reached() const {
  return std::all_of(all_.begin(), all_.end(), [](const auto& account) { return account.connection != nullptr; });
}

Slices Accounts::slices(const manifest::Loaded& whole) const {
  Slices slices;
  for (const auto& account : all_) slices.emplace(account.name, manifest::in_account(whole, account.name));
  return slices;
}

namespace {

// What other accounts share with this one, declared or there.
std::map<ObjectId, QualifiedName> imports(const State& desired, const State& live) {
  std::map<ObjectId, QualifiedName> all;
  for (const auto* state : {&live, &desired}) {
    for (const auto& [id, object] : state->objects) {
      const Value* share = id.kind == KindId::Database ? object.find("from_share") : nullptr;
      const auto name = share == nullptr || share->text() == nullptr ? std::nullopt : std::optional(*share->text());
      if (!name) continue;
      if (auto parsed = QualifiedName::parse(*name)) all.insert_or_assign(id, *std::move(parsed));
    }
  }
  return all;
}

// What was typed names nothing where it names nothing in any account.
std::vector<UnknownAddress> unknown_everywhere(const std::vector<std::vector<UnknownAddress>>& unknown) {
  std::vector<UnknownAddress> all;
  for (const auto& address : unknown.front()) {
    const bool everywhere = std::all_of(unknown.begin(), unknown.end(), [&](const auto& others) {
      return std::any_of(others.begin(), others.end(), [&](const auto& other) { return other.typed == address.typed; });
    });
    if (everywhere) all.push_back(address);
  }
  return all;
}

void take_out(std::vector<std::string>& typed, const std::vector<UnknownAddress>& unknown) {
  std::erase_if(typed, [&](const std::string& text) {
    return std::any_of(unknown.begin(), unknown.end(), [&](const auto& each) { return each.typed == text; });
  });
}

class Planning {
 public:
  Planning(const manifest::Loaded& whole, const Slices& slices, Accounts& accounts, const PlanRequest& request,
           const Slices* rules_of, const Console& console)
      : whole_(whole),
        slices_(slices),
        accounts_(accounts),
        request_(request),
        rules_of_(rules_of),
        console_(console) {}

  std::variant<Plan, ExitCode> run() {
    for (const auto& account : accounts_.all()) {
      if (account.connection != nullptr) planned_.insert(account.domains.begin(), account.domains.end());
    }
    for (auto& account : accounts_.all()) {
      if (account.connection == nullptr) {
        unplanned(account, account.why_not);
        continue;
      }
      if (const auto code = plan(account)) return *code;
    }
    if (!unknown_.empty()) {
      const auto unknown = unknown_everywhere(unknown_);
      if (!unknown.empty()) return say_unknown(unknown, console_), ExitCode::Usage;
    }
    if (parts_.empty()) {
      for (const auto& each : unplanned_) console_.error(each.why);
      return ExitCode::Failed;
    }
    return merged();
  }

 private:
  void unplanned(const AccountOfRun& account, std::string why) {
    unplanned_.push_back({account.name, {account.domains.begin(), account.domains.end()}, std::move(why)});
  }

  std::optional<ExitCode> plan(const AccountOfRun& account) {
    const auto& mine = slices_.at(account.name);
    auto request = request_;
    check::RuleReport report;
    request.diff.domains = account.domains;
    request.account = account.session == nullptr ? account.name : account.session->account();
    if (request_.rule_report != nullptr) request.rule_report = &report;
    if (rules_of_ != nullptr) request.rules_of = &rules_of_->at(account.name);
    auto made = plan_account(mine, *account.connection, request, planned_, console_);
    // What is asked for by its address may be in the other account.
    if (auto* first = std::get_if<PlannedAccount>(&made); first != nullptr && !first->unknown.empty()) {
      take_out(request.diff.targets, first->unknown);
      for (const auto& each : first->unknown) request.diff.allow_destroy.erase(each.typed);
      unknown_.push_back(std::move(first->unknown));
      if (!request_.diff.targets.empty() && request.diff.targets.empty()) return std::nullopt;
      made = plan_account(mine, *account.connection, request, planned_, console_);
    } else if (first != nullptr) {
      unknown_.emplace_back();
    }
    if (const auto* code = std::get_if<ExitCode>(&made)) {
      if (*code != ExitCode::Failed) return *code;
      unplanned(account, "it could be reached and not be read: the error says why");
      return std::nullopt;
    }
    auto& [plan, live, none] = std::get<PlannedAccount>(made);
    auto from_elsewhere = imports(mine.desired.state, live.state);
    parts_.push_back({std::move(plan), std::move(from_elsewhere)});
    take(std::move(live.state));
    if (request_.rule_report != nullptr) request_.rule_report->add(std::move(report));
    return std::nullopt;
  }

  // Every name stands in one account.
  void take(State live) {
    live_.objects.merge(live.objects);
    live_.grants.merge(live.grants);
    live_.memberships.merge(live.memberships);
  }

  std::variant<Plan, ExitCode> merged() {
    Diagnostics diagnostics;
    Plan plan = merge_plans(std::move(parts_), whole_.mesh.environment.account, diagnostics);
    for (const auto& account : accounts_.all()) plan.accounts.push_back(account.name);
    plan.unplanned = std::move(unplanned_);
    plan.state_age = request_.state_age;
    for (auto& diagnostic : diagnostics.sorted(whole_.sources)) plan.findings.push_back(std::move(diagnostic));
    add_agreements(plan, whole_.mesh, whole_.products, live_, whole_.sources);
    return plan;
  }

  const manifest::Loaded& whole_;
  const Slices& slices_;
  Accounts& accounts_;
  const PlanRequest& request_;
  const Slices* rules_of_;
  const Console& console_;
  std::set<std::string> planned_;
  std::vector<PlanPart> parts_;
  std::vector<Unplanned> unplanned_;
  std::vector<std::vector<UnknownAddress>> unknown_;
  State live_;
};

}  // namespace

std::variant<Plan, ExitCode> make_plan(const manifest::Loaded& whole, const Slices& slices, Accounts& accounts,
                                       const PlanRequest& request, const Slices* rules_of, const Console& console) {
  return Planning(whole, slices, accounts, request, rules_of, console).run();
}

namespace {

std::variant<std::string, ExitCode> one_account(const Global& global, const Mesh& mesh, const Console& console) {
  if (!check_domains(global, mesh, console)) return ExitCode::Usage;
  if (global.domains.empty()) {
    console.say(
        fmt::format("note: of the accounts of environment {} this is {}; -d DOMAIN takes the one that it lives in",
                    mesh.environment.name, mesh.environment.account));
    return mesh.environment.account;
  }
  const auto& first = mesh.account_of(global.domains.front());
  for (const auto& domain : global.domains) {
    if (same_account(first, mesh.account_of(domain))) continue;
    console.error(
        fmt::format("domain {} lives in account {}, and {} in {}\n  this command looks into one account: name domains "
                    "of one of them",
                    global.domains.front(), first, domain, mesh.account_of(domain)));
    return ExitCode::Usage;
  }
  return first;
}

template <typename Narrow>
std::optional<ExitCode> narrowed(const Global& global, const Mesh& mesh, const Console& console, Narrow narrow) {
  if (mesh.environment.domains.empty()) return std::nullopt;
  const auto account = one_account(global, mesh, console);
  if (const auto* code = std::get_if<ExitCode>(&account)) return *code;
  narrow(std::get<std::string>(account));
  return std::nullopt;
}

}  // namespace

std::optional<ExitCode> keep_one_account(const Global& global, manifest::Loaded& loaded, const Console& console) {
  return narrowed(global, loaded.mesh, console,
                  [&](const std::string& account) { loaded = manifest::in_account(loaded, account); });
}

std::optional<ExitCode> keep_one_account(const Global& global, Mesh& mesh, const Console& console) {
  return narrowed(global, mesh, console, [&](const std::string& account) { mesh = mesh.in_account(account); });
}

}  // namespace mesh::cli
