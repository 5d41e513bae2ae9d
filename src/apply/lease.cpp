#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "control_tables.hpp"
#include "lease_sql.hpp"
#include "mesh/apply/control.hpp"
#include "mesh/base/text.hpp"

namespace mesh::apply {
namespace {

using std::chrono::milliseconds;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr milliseconds kLeaseTime{60'000};  // as renew_sql and claim_sql have it
constexpr milliseconds kMustBeLeft{30'000};
constexpr milliseconds kInterruptionIsSeen{200};  // a wait is cut into pieces of this length
constexpr int kFreeAtOnceTries = 5;

using Why = LeaseFailure::Why;
using LeaseStatus = Result<Done, LeaseFailure>;

Failure<LeaseFailure> fail(Why why, std::string message) { return {{why, std::move(message)}}; }

LeaseClock completed(LeaseClock clock) {
  if (!clock.now) clock.now = [] { return std::chrono::steady_clock::now(); };
  if (!clock.sleep) clock.sleep = [](milliseconds time) { std::this_thread::sleep_for(time); };
  return clock;
}

}  // namespace

struct Lease::Impl {
  const Mesh mesh;
  const RunInfo run;
  Connection& connection;
  const LeaseOptions options;
  const LeaseClock clock;
  std::vector<std::string> held;  // domains; fixed once the thread runs

  std::atomic<int64_t> renewed_ms{0};  // clock time before the last renewal that succeeded was sent
  std::atomic<bool> lost{false};

  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;  // under mutex
  std::atomic<bool> released{false};
  std::thread renewer;

  Impl(const Mesh& mesh_, const RunInfo& run_, Connection& connection_, const LeaseOptions& options_)
      : mesh(mesh_), run(run_), connection(connection_), options(options_), clock(completed(options_.clock)) {}

  int64_t now_ms() const { return std::chrono::duration_cast<milliseconds>(clock.now().time_since_epoch()).count(); }

  Reply send(const std::string& domain, std::string sql, bool urgent = false) {
    auto query = control_query(mesh, domain, std::move(sql));
    query.query_tag = query_tag(mesh, run.run_id, run.commit, domain);
    query.urgent = urgent;
    return connection.run(query);
  }

  LeaseStatus take_all(const std::set<std::string>& domains);
  LeaseStatus take(const std::string& domain);
  enum class Attempt { Taken, Busy, TryAgain };
  Result<Attempt, LeaseFailure> attempt(const std::string& domain, std::string& why);
  Result<Attempt, LeaseFailure> look_at_holder(const std::string& domain, int64_t sent, std::string& why);
  Result<Attempt, LeaseFailure> take_over(const std::string& domain, const LeaseHolder& holder, std::string& why);
  LeaseStatus verify();
  bool interrupted() const { return options.interrupted != nullptr && options.interrupted->load(); }
  void wait(milliseconds time);
  void took(const std::string& domain, int64_t sent);

  void keep_renewing();
  bool renew();
  void stop_renewing();
};

namespace {

Failure<LeaseFailure> control_failure(const Mesh& mesh, const StatementError& error, std::string_view doing) {
  if (error.is_missing_or_hidden()) {
    return fail(Why::Missing,
                fmt::format("the leases in {} are missing, or this role may not use them: run mesh bootstrap\n{}",
                            control_schema(mesh).display(), error.describe()));
  }
  return fail(error.cancelled ? Why::Interrupted : Why::Failed, fmt::format("{}: {}", doing, error.describe()));
}

std::string whose(const LeaseHolder& holder) {
  std::string text = fmt::format("run {} of {}", holder.run, holder.user.empty() ? "an unknown user" : holder.user);
  if (!holder.since.empty()) text += ", since " + holder.since;
  return text;
}

}  // namespace

void Lease::Impl::took(const std::string& domain, int64_t sent) {
  held.push_back(domain);
  // The oldest of the domains counts.
  renewed_ms = held.size() == 1 ? sent : std::min(renewed_ms.load(), sent);
}

// UPDATE first: the usual case is a free lease and one statement.
Result<Lease::Impl::Attempt, LeaseFailure> Lease::Impl::attempt(const std::string& domain, std::string& why) {
  const int64_t sent = now_ms();
  const auto claimed = send(domain, claim_sql(mesh, domain, run, {}));
  if (claimed.ok() && claimed->rows_changed > 0) return took(domain, sent), Attempt::Taken;
  // 000625: more than 20 statements wait for the table's lock (sql-api.md 7).
  if (!claimed.ok() && claimed.error().code == "000625") {
    why = "too many runs wait for the table of leases";
    return Attempt::Busy;
  }
  // An answer that was lost may hide that it is ours: the row tells.
  if (!claimed.ok() && !claimed.error().may_have_run) {
    return control_failure(mesh, claimed.error(), fmt::format("taking the lease of domain {}", domain));
  }
  return look_at_holder(domain, sent, why);
}

Result<Lease::Impl::Attempt, LeaseFailure> Lease::Impl::look_at_holder(const std::string& domain, int64_t sent,
                                                                       std::string& why) {
  const auto answer = send(domain, holder_sql(mesh, domain));
  if (!answer.ok()) {
    return control_failure(mesh, answer.error(), fmt::format("reading the lease of domain {}", domain));
  }
  const auto holders = parse_holders(*answer);
  if (holders.empty()) {
    return fail(Why::Missing, fmt::format("domain {} has no lease in {} for {}/{}: run mesh bootstrap", domain,
                                          control_schema(mesh).display(), mesh.name, mesh.environment.name));
  }
  const auto& holder = holders.front();
  if (holder.run == run.run_id) return took(domain, sent), Attempt::Taken;
  if (holder.run.empty()) return Attempt::TryAgain;
  if (holder.expired) return take_over(domain, holder, why);
  why = fmt::format("the lease of domain {} is held by {}", domain, whose(holder));
  return Attempt::Busy;
}

Result<Lease::Impl::Attempt, LeaseFailure> Lease::Impl::take_over(const std::string& domain, const LeaseHolder& holder,
                                                                  std::string& why) {
  const std::string lapsed = fmt::format("the lease of domain {} was left by {}", domain, whose(holder));
  const bool same_user = holder.user == run.user;
  const auto history = send(domain, still_running_sql(mesh, holder, same_user));
  const auto running = history.ok() ? parse_still_running(*history, same_user) : StillRunning::CannotTell;
  if (running == StillRunning::Yes) {
    why = lapsed + ", and Snowflake still executes a statement of it";
    return Attempt::Busy;
  }
  if (running == StillRunning::CannotTell) {
    why = fmt::format(
        "{}, and the query history does not tell this user whether anything of it still executes{}\n"
        "make sure that it has ended, then run mesh unlock -d {}; MONITOR on its warehouse lets mesh see for itself",
        lapsed, history.ok() ? "" : ": " + history.error().describe(), domain);
    return Attempt::Busy;
  }
  const int64_t sent = now_ms();
  const auto claimed = send(domain, claim_sql(mesh, domain, run, holder.run));
  if (!claimed.ok()) {
    return control_failure(mesh, claimed.error(), fmt::format("taking over the lease of domain {}", domain));
  }
  if (claimed->rows_changed == 0) return Attempt::TryAgain;
  if (options.say) options.say(lapsed + "; nothing of it executes any more: taken over");
  return took(domain, sent), Attempt::Taken;
}

LeaseStatus Lease::Impl::take(const std::string& domain) {
  const int64_t deadline = now_ms() + int64_t{options.lock_timeout_s} * 1000;
  std::string said;
  for (int tries = 0;; ++tries) {
    std::string why;
    const auto got = attempt(domain, why);
    if (!got.ok()) return got.failure();
    if (*got == Attempt::Taken) return Done{};
    if (*got == Attempt::TryAgain && tries < kFreeAtOnceTries) continue;
    if (why.empty()) why = fmt::format("the lease of domain {} changes hands all the time", domain);
    const int64_t left = deadline - now_ms();
    if (interrupted()) return fail(Why::Interrupted, "interrupted while waiting: " + why);
    if (left <= 0) return fail(Why::Held, why);
    if (options.say && why != said) options.say("waiting: " + why);
    said = why;
    wait(std::min(clock.poll_every, milliseconds(left)));
  }
}

void Lease::Impl::wait(milliseconds time) {
  while (time.count() > 0 && !interrupted()) {
    const auto piece = std::min(time, kInterruptionIsSeen);
    clock.sleep(piece);
    time -= piece;
    // What was taken before must not lapse while another domain is waited for; verify() sees if it did.
    if (!held.empty() && now_ms() - renewed_ms >= clock.renew_every.count()) renew();
  }
}

// Two runs must never believe the same: what the UPDATE said is read back before anything rests on it.
LeaseStatus Lease::Impl::verify() {
  const auto answer = send(held.front(), held_domains_sql(mesh, held, run.run_id));
  if (!answer.ok()) return control_failure(mesh, answer.error(), "reading the leases back");
  std::set<std::string> seen;
  for (size_t i = 0; i < answer->rows.size(); ++i) seen.emplace(answer->at(i, "DOMAIN"));
  for (const auto& domain : held) {
    if (seen.count(domain) == 0)
      return fail(Why::Held, fmt::format("the lease of domain {} went to another run", domain));
  }
  return Done{};
}

LeaseStatus Lease::Impl::take_all(const std::set<std::string>& domains) {
  for (const auto& domain : domains) {
    if (auto taken = take(domain); !taken.ok()) return taken;
  }
  return held.empty() ? LeaseStatus(Done{}) : verify();
}

// True where the lease is ours for another minute.
bool Lease::Impl::renew() {
  const int64_t sent = now_ms();
  const auto answer = send(held.front(), renew_sql(mesh, held, run.run_id), true);
  if (!answer.ok()) return false;
  if (answer->rows_changed < static_cast<int64_t>(held.size())) {
    lost = true;
    return false;
  }
  renewed_ms = sent;
  return true;
}

void Lease::Impl::keep_renewing() {
  auto pause = std::max(milliseconds(0), clock.renew_every - milliseconds(now_ms() - renewed_ms));
  std::unique_lock lock(mutex);
  while (!wake.wait_for(lock, pause, [&] { return stopping; }) && !lost) {
    lock.unlock();
    pause = renew() ? clock.renew_every : clock.retry_every;
    lock.lock();
  }
}

void Lease::Impl::stop_renewing() {
  {
    const std::lock_guard lock(mutex);
    stopping = true;
  }
  wake.notify_all();
  if (renewer.joinable()) renewer.join();
}

Lease::Lease(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Lease::~Lease() { release(); }

Result<std::unique_ptr<Lease>, LeaseFailure> Lease::take(const Mesh& mesh, const std::vector<std::string>& domains,
                                                         const RunInfo& run, Connection& connection,
                                                         const LeaseOptions& options) {
  // From here on whatever was taken is released when the lease goes.
  std::unique_ptr<Lease> lease(new Lease(std::make_unique<Impl>(mesh, run, connection, options)));
  auto& impl = *lease->impl_;
  if (auto taken = impl.take_all({domains.begin(), domains.end()}); !taken.ok()) return taken.failure();
  if (!impl.held.empty()) impl.renewer = std::thread([&impl] { impl.keep_renewing(); });
  return lease;
}

bool Lease::safe_to_submit() const {
  if (impl_->released || impl_->lost) return false;
  if (impl_->held.empty()) return true;
  return impl_->now_ms() - impl_->renewed_ms.load() <= (kLeaseTime - kMustBeLeft).count();
}

void Lease::release() {
  if (impl_->released) return;
  impl_->stop_renewing();
  impl_->released = true;
  if (impl_->held.empty()) return;
  // A failure is no harm: it lapses within a minute.
  static_cast<void>(impl_->send(impl_->held.front(), release_sql(impl_->mesh, impl_->held, impl_->run.run_id)));
}

}  // namespace mesh::apply
