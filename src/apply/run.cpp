#include "mesh/apply/run.hpp"

#include <algorithm>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "control_tables.hpp"
#include "echo.hpp"
#include "journal.hpp"
#include "mesh/kinds/table_rows.hpp"

namespace mesh::apply {
namespace {

enum class State : uint8_t {
  Waiting,
  Done,
  Failed,
  Skipped,    // depends on one that failed
  Incomplete  // stopped before its last statement: interrupted, or the lease is not safe
};

struct Progress {
  State state = State::Waiting;
  size_t succeeded = 0;      // statements
  bool in_doubt = false;     // the failed one may have run
  size_t first_outcome = 0;  // in RunResult::outcomes
  size_t outcomes = 0;
  size_t missing = 0;         // of Change::after, not done yet
  bool after_halves = false;  // something that it waits for was left half done
  std::vector<size_t> needed_by;
};

class Runner {
 public:
  Runner(const Plan& plan, const RunPlaces& places, const RunOptions& options)
      : plan_(plan), places_(places), options_(options) {
    prepare();
  }

  RunResult run() {
    if (plan_.changes.empty()) return std::move(result_);
    if (may_go_on() && is_started()) {
      run_stages();
      record_end();
    }
    tell_of_suspended();
    report_rest();
    result_.failed = result_.failed || !result_.trouble.empty();
    return std::move(result_);
  }

 private:
  void prepare();
  const RunPlace& place_of(size_t change) const { return places_.at(plan_.changes[change].account); }
  bool leases_are_safe() const {
    return std::all_of(places_.begin(), places_.end(),
                       [](const auto& place) { return place.second.lease.safe_to_submit(); });
  }
  bool is_started();
  bool intend(const std::vector<size_t>& stage);
  std::map<std::string, std::vector<size_t>> by_account(const std::vector<size_t>& stage) const;
  void run_stages();
  void run_stage(const std::vector<size_t>& stage);
  void carry_out(size_t change);
  bool carry_out(size_t change, size_t statement);
  bool is_looked_at(size_t change) const;
  void look_again(const std::vector<size_t>& stage);
  bool settle(const std::vector<size_t>& stage);
  Ending ending_of(size_t change) const;
  std::vector<size_t> finish(const std::vector<size_t>& stage);
  void skip_dependents(size_t failed, std::vector<size_t>& ready);
  bool has_to_be_restored(size_t change) const;
  bool may_restore(size_t change, size_t after);
  void skip(size_t change, const std::string& because);
  void tell_of_suspended();
  void record_end();
  void report_rest();

  Outcome& outcome(size_t change, size_t statement) {
    return result_.outcomes[progress_[change].first_outcome + statement];
  }
  void report(Outcome& outcome, OutcomeStatus status, std::string error = {});

  bool is_interrupted() const { return options_.interrupted != nullptr && options_.interrupted->load(); }
  // False, with the trouble noted, once nothing more may be submitted.
  bool may_go_on();
  bool noted(const Status& status) {
    if (!status.ok()) note(status.error().message);
    return status.ok();
  }
  void note(const std::string& trouble) {
    const std::lock_guard lock(mutex_);
    if (result_.trouble.find(trouble) != std::string::npos) return;
    if (!result_.trouble.empty()) result_.trouble += '\n';
    result_.trouble += trouble;
  }

  const Plan& plan_;
  const RunPlaces& places_;
  const RunOptions& options_;
  std::map<std::string, Journal> journals_;  // of the accounts where something changes
  std::vector<Progress> progress_;
  std::map<std::string, std::string> tags_;  // QUERY_TAG by domain
  std::mutex mutex_;                         // trouble, failed, and the caller's on_outcome
  RunResult result_;
};

void Runner::prepare() {
  progress_.resize(plan_.changes.size());
  for (size_t i = 0; i < plan_.changes.size(); ++i) {
    const auto& change = plan_.changes[i];
    const auto& [mesh, info, lease, connection] = place_of(i);
    tags_.try_emplace(change.domain, query_tag(mesh, info.run_id, info.commit, change.domain));
    journals_.try_emplace(change.account, plan_, mesh, info, connection);
    auto& progress = progress_[i];
    progress.first_outcome = result_.outcomes.size();
    progress.outcomes = std::max<size_t>(change.statements.size(), 1);
    for (size_t k = 0; k < progress.outcomes; ++k) {
      Outcome outcome;
      outcome.change = i;
      outcome.address = change.address;
      if (!change.statements.empty()) outcome.sql = change.statements[k].sql;
      outcome.place = change.place;
      result_.outcomes.push_back(std::move(outcome));
    }
    progress.missing = change.after.size();
    for (const auto before : change.after) {
      MESH_ASSERT(before < plan_.changes.size());
      progress_[before].needed_by.push_back(i);
    }
  }
}

bool Runner::may_go_on() {
  if (is_interrupted()) {
    note("interrupted: nothing new was started; the next plan shows what is left");
    return false;
  }
  if (!leases_are_safe()) {
    note(
        "the lease could not be renewed in time, or another run took it: nothing more was submitted; apply again once "
        "the account can be reached");
    return false;
  }
  const std::lock_guard lock(mutex_);
  return result_.trouble.empty();
}

// A run is written down in every account that it changes, before anything is changed in one.
bool Runner::is_started() {
  return std::all_of(journals_.begin(), journals_.end(),
                     [&](auto& journal) { return noted(journal.second.started()); });
}

std::map<std::string, std::vector<size_t>> Runner::by_account(const std::vector<size_t>& stage) const {
  std::map<std::string, std::vector<size_t>> parts;
  for (const auto i : stage) parts[plan_.changes[i].account].push_back(i);
  return parts;
}

// All of them or none: where one account cannot write its intents, those of the others are taken back.
bool Runner::intend(const std::vector<size_t>& stage) {
  const auto parts = by_account(stage);
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    if (noted(journals_.at(part->first).intend(part->second))) continue;
    for (auto written = parts.begin(); written != part; ++written) {
      std::vector<Journal::Settled> nothing;
      for (const auto i : written->second) nothing.push_back({i, Ending::Nothing});
      noted(journals_.at(written->first).settle(nothing, {}));
    }
    return false;
  }
  return true;
}

void Runner::run_stages() {
  std::vector<size_t> stage;
  for (size_t i = 0; i < progress_.size(); ++i) {
    if (progress_[i].missing == 0) stage.push_back(i);
  }
  while (!stage.empty() && may_go_on() && intend(stage)) {
    run_stage(stage);
    look_again(stage);
    if (!settle(stage)) break;
    stage = finish(stage);
  }
}

void Runner::run_stage(const std::vector<size_t>& stage) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i = next++; i < stage.size(); i = next++) carry_out(stage[i]);
  };
  const size_t workers = std::min(static_cast<size_t>(std::max(options_.parallelism, 1)), stage.size());
  std::vector<std::thread> threads;
  for (size_t i = 1; i < workers; ++i) threads.emplace_back(work);
  work();
  for (auto& thread : threads) thread.join();
}

void Runner::carry_out(size_t change) {
  auto& progress = progress_[change];
  const size_t count = plan_.changes[change].statements.size();
  for (size_t k = 0; k < count; ++k) {
    if (!may_go_on()) {
      progress.state = State::Incomplete;
      return;
    }
    if (!carry_out(change, k)) {
      progress.state = State::Failed;
      return;
    }
    ++progress.succeeded;
  }
  progress.state = State::Done;
}

bool Runner::carry_out(size_t change, size_t statement) {
  const auto& what = plan_.changes[change].statements[statement];
  Query query;
  query.sql = what.sql;
  query.role = what.role;
  query.query_tag = tags_.at(plan_.changes[change].domain);
  // The control schema's: every role that applies may use it.
  const auto& place = place_of(change);
  if (kinds::changes_rows(what.sql)) query.warehouse = place.mesh.control.warehouse.stored();
  query.cancellable = true;
  const auto reply = place.connection.run(query);
  auto& outcome = this->outcome(change, statement);
  if (reply.ok()) {
    outcome.query_id = reply->query_id;
    const bool is_last = statement + 1 == plan_.changes[change].statements.size();
    if (!is_last || !is_looked_at(change)) report(outcome, OutcomeStatus::Done);
    return true;
  }
  outcome.query_id = reply.error().query_id;
  progress_[change].in_doubt = reply.error().may_have_run;
  report(outcome, OutcomeStatus::Failed, reply.error().describe());
  return false;
}

// REVOKE succeeds where nothing was revoked (grants.md 0.3); what is a success is told by a fresh look at it.
bool Runner::is_looked_at(size_t change) const {
  const auto action = plan_.changes[change].action;
  return options_.still_there && (action == Action::Revoke || action == Action::Drop);
}

void Runner::look_again(const std::vector<size_t>& stage) {
  std::vector<size_t> looked_at;
  std::vector<const Change*> changes;
  for (const auto i : stage) {
    if (!is_looked_at(i) || progress_[i].state != State::Done || plan_.changes[i].statements.empty()) continue;
    looked_at.push_back(i);
    changes.push_back(&plan_.changes[i]);
  }
  if (changes.empty()) return;
  const auto findings = options_.still_there(changes);
  MESH_ASSERT(findings.size() == changes.size());
  for (size_t k = 0; k < looked_at.size(); ++k) {
    const auto i = looked_at[k];
    auto& last = outcome(i, plan_.changes[i].statements.size() - 1);
    if (findings[k].empty()) {
      report(last, OutcomeStatus::Done);
    } else {
      progress_[i].state = State::Failed;
      report(last, OutcomeStatus::Failed, findings[k]);
    }
  }
}

void Runner::report(Outcome& outcome, OutcomeStatus status, std::string error) {
  outcome.status = status;
  outcome.error = std::move(error);
  const std::lock_guard lock(mutex_);
  if (status == OutcomeStatus::Failed) result_.failed = true;
  if (options_.on_outcome) options_.on_outcome(outcome);
}

Ending Runner::ending_of(size_t change) const {
  const auto& progress = progress_[change];
  if (progress.state == State::Done) return Ending::Done;
  if (progress.succeeded == 0 && !progress.in_doubt) return Ending::Nothing;
  // The first statement of a creation makes the object; what failed came after it (handing over, comments).
  const bool is_made = plan_.changes[change].action == Action::Create && progress.succeeded > 0;
  return is_made ? Ending::Done : Ending::Unknown;
}

// Confirms the stage in the ledger. Where that fails, or is not allowed any more, the intents stand.
bool Runner::settle(const std::vector<size_t>& stage) {
  // A run that has lost its lease must not write over what the next one writes. The audit tells only what was.
  const bool is_safe = leases_are_safe();
  bool ledger_is_written = is_safe;
  for (const auto& [account, part] : by_account(stage)) {
    std::vector<size_t> done;
    std::vector<const Outcome*> sent;
    for (const auto i : part) {
      if (progress_[i].state == State::Done) done.push_back(i);
      for (size_t k = 0; k < plan_.changes[i].statements.size(); ++k) {
        if (outcome(i, k).status != OutcomeStatus::NotTried) sent.push_back(&outcome(i, k));
      }
    }
    std::vector<Journal::Settled> settled;
    if (is_safe) {
      const auto& [mesh, info, lease, connection] = places_.at(account);
      auto echoes = read_echoes(plan_, done, mesh, info, connection);
      for (const auto i : part) settled.push_back({i, ending_of(i), std::move(echoes[i])});
    }
    const auto written = journals_.at(account).settle(settled, sent);
    ledger_is_written = (is_safe && noted(written)) && ledger_is_written;
  }
  if (!is_safe) may_go_on();  // says so
  for (const auto i : stage) {
    if (!plan_.changes[i].statements.empty()) continue;
    if (ledger_is_written) {
      report(outcome(i, 0), OutcomeStatus::Done);
    } else {
      report(outcome(i, 0), OutcomeStatus::Failed, "the ledger could not be written");
      progress_[i].state = State::Failed;
    }
  }
  return ledger_is_written;
}

// What is ready now that the stage has ended.
std::vector<size_t> Runner::finish(const std::vector<size_t>& stage) {
  std::vector<size_t> ready;
  for (const auto i : stage) {
    if (progress_[i].state == State::Failed) skip_dependents(i, ready);
    if (progress_[i].state != State::Done) continue;
    for (const auto dependent : progress_[i].needed_by) {
      auto& progress = progress_[dependent];
      if (--progress.missing > 0 || progress.state != State::Waiting) continue;
      if (may_restore(dependent, i)) ready.push_back(dependent);
    }
  }
  std::sort(ready.begin(), ready.end());
  return ready;
}

void Runner::skip(size_t change, const std::string& because) {
  auto& progress = progress_[change];
  progress.state = State::Skipped;
  for (size_t k = 0; k < progress.outcomes; ++k) report(outcome(change, k), OutcomeStatus::Skipped, because);
}

// Whether the change that this one undoes was done.
bool Runner::has_to_be_restored(size_t change) const {
  const auto& before = plan_.changes[change].after;
  return std::any_of(before.begin(), before.end(), [&](size_t other) {
    const auto& makes = plan_.changes[other].makes;
    return progress_[other].state == State::Done &&
           std::find(makes.begin(), makes.end(), plan_.changes[change].restores) != makes.end();
  });
}

// What only undoes another change runs whatever happened in between, but not on top of what was left half done.
// Nothing it waits for is open any more.
bool Runner::may_restore(size_t change, size_t after) {
  const auto& restores = plan_.changes[change].restores;
  if (restores.empty()) return true;
  if (!progress_[change].after_halves && has_to_be_restored(change)) return true;
  skip(change, "because of " + plan_.changes[after].address);
  return false;
}

void Runner::skip_dependents(size_t failed, std::vector<size_t>& ready) {
  const std::string because = "because of " + plan_.changes[failed].address;
  const bool is_half = progress_[failed].succeeded > 0 || progress_[failed].in_doubt;
  std::vector<size_t> open = {failed};
  while (!open.empty()) {
    const size_t at = open.back();
    open.pop_back();
    for (const size_t i : progress_[at].needed_by) {
      auto& progress = progress_[i];
      if (progress.state != State::Waiting) continue;
      if (plan_.changes[i].restores.empty()) {
        skip(i, because);
        open.push_back(i);
        continue;
      }
      progress.after_halves |= at == failed && is_half;
      if (--progress.missing > 0) continue;
      if (may_restore(i, failed)) {
        ready.push_back(i);
      } else {
        open.push_back(i);
      }
    }
  }
}

// Nobody shall believe that it runs.
void Runner::tell_of_suspended() {
  for (size_t i = 0; i < progress_.size(); ++i) {
    const auto& change = plan_.changes[i];
    if (change.restores.empty() || progress_[i].state == State::Done || !has_to_be_restored(i)) continue;
    note(fmt::format("{} was suspended and is not running: apply again once the cause is gone, or run {}",
                     change.address, change.statements.back().sql));
  }
}

void Runner::record_end() {
  if (!leases_are_safe()) return;
  const auto count = [&](OutcomeStatus status) {
    return std::count_if(result_.outcomes.begin(), result_.outcomes.end(),
                         [&](const Outcome& outcome) { return outcome.status == status; });
  };
  const auto text =
      fmt::format("{} done, {} failed, {} skipped, {} not tried", count(OutcomeStatus::Done),
                  count(OutcomeStatus::Failed), count(OutcomeStatus::Skipped), count(OutcomeStatus::NotTried));
  for (auto& [account, journal] : journals_) {
    if (const auto written = journal.finished(text); !written.ok())
      note("the end of the run could not be recorded: " + written.error().message);
  }
}

void Runner::report_rest() {
  for (auto& outcome : result_.outcomes) {
    if (outcome.status == OutcomeStatus::NotTried) report(outcome, OutcomeStatus::NotTried);
  }
}

}  // namespace

RunResult run(const Plan& plan, const Mesh& mesh, const RunInfo& info, Lease& lease, Connection& connection,
              const RunOptions& options) {
  RunPlaces places;
  places.emplace(std::string(), RunPlace{mesh, info, lease, connection});
  return run(plan, places, options);
}

RunResult run(const Plan& plan, const RunPlaces& places, const RunOptions& options) {
  return Runner(plan, places, options).run();
}

}  // namespace mesh::apply
