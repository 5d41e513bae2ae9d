#include "mesh/snowflake/client.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <random>

#include <fmt/format.h>

#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "pace.hpp"
#include "refusals.hpp"
#include "token_source.hpp"
#include "transport.hpp"
#include "wire.hpp"

namespace mesh::snowflake {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::string_view kPath = "/api/v2/statements";
// Longer texts are cut in Snowflake's history, where retry=true looks (user-guide/query-size-limits).
constexpr size_t kMostRepeatable = 1'000'000;

// One HTTP exchange of a statement, with its repetitions.
enum class StepKind { Submit, Poll, Partition, Cancel };
struct Step {
  StepKind kind = StepKind::Submit;
  int failures = 0;
  Clock::time_point first_failure;
  bool renewed = false;  // a 401 has had its second chance
  uint64_t token_generation = 0;
  uint64_t exchange = 0, timer = 0;  // what it waits for now
};

// One statement from queue to answer. Its steps are keyed by partition; 0 submits, polls and cancels.
struct Job {
  Request request;
  Client::Callback done;
  std::string body, request_id, handle;
  bool active = false;     // holds one of the places that `parallelism` gives
  bool ambiguous = false;  // some submit got no answer, and may have been executed
  bool cancelling = false, cancel_sent = false;
  uint64_t grace_timer = 0;
  milliseconds poll_delay{0};
  std::map<size_t, Step> steps;
  Reply result;
  std::vector<std::vector<Row>> parts;  // of partitions 1, 2, ...
  size_t parts_left = 0;
};

bool is_handle(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), fits);
}

bool is_utf8(const Request& request) {
  for (const auto* text :
       {&request.sql, &request.role, &request.warehouse, &request.database, &request.schema, &request.query_tag}) {
    if (!is_valid_utf8(*text)) return false;
  }
  return std::all_of(request.bindings.begin(), request.bindings.end(), [](const Binding& binding) {
    return is_valid_utf8(binding.type) && (!binding.value || is_valid_utf8(*binding.value));
  });
}

// After a pipe over SHOW, booleans come as 1 and 0 with the type still boolean.
void unify_booleans(const std::vector<Column>& columns, std::vector<Row>& rows) {
  for (size_t c = 0; c < columns.size(); ++c) {
    if (columns[c].type != "boolean") continue;
    for (auto& row : rows) {
      if (row[c] == "1") row[c] = "true";
      if (row[c] == "0") row[c] = "false";
    }
  }
}

// Why the rows are not the result that was announced, or nothing.
std::string incompleteness(const Reply& result) {
  const auto width = result.columns.size();
  for (const auto& row : result.rows) {
    if (row.size() != width) return fmt::format("a row has {} values for {} columns", row.size(), width);
  }
  const auto announced = result.num_rows.value_or(-1);
  if (announced == static_cast<int64_t>(result.rows.size())) return {};
  return fmt::format("{} rows were announced and {} arrived", announced, result.rows.size());
}

// Such an answer is about the statement itself; the others leave open what becomes of one that was accepted.
bool tells_the_end(ErrorKind kind) {
  return kind == ErrorKind::Sql || kind == ErrorKind::Timeout || kind == ErrorKind::Cancelled;
}

// Where callers wait for answers.
class Mailbox {
 public:
  explicit Mailbox(size_t size) : answers_(size), left_(size) {}
  void put(size_t index, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[index].emplace(std::move(answer));
    if (--left_ == 0) full_.notify_all();  // under the lock: the waiter destroys this
  }
  std::vector<Answer> wait() {
    std::unique_lock lock(mutex_);
    full_.wait(lock, [this] { return left_ == 0; });
    std::vector<Answer> out;
    out.reserve(answers_.size());
    for (auto& answer : answers_) out.push_back(*std::move(answer));
    return out;
  }

 private:
  std::mutex mutex_;
  std::condition_variable full_;
  std::vector<std::optional<Answer>> answers_;
  size_t left_;
};

}  // namespace

class Client::Impl {
 public:
  Impl(const ConnectionSettings& settings, ClientOptions options, TokenSource tokens)
      : settings_(settings), options_(std::move(options)), tokens_(std::move(tokens)) {
    if (!options_.now) {
      options_.now = [] {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return int64_t{std::chrono::duration_cast<std::chrono::seconds>(now).count()};
      };
    }
    if (!options_.random) {
      options_.random = [engine = std::minstd_rand(std::random_device()())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(engine);
      };
    }
  }
  ~Impl();

  Status connect();
  void enqueue(Request request, Callback done);
  void enqueue_fetch(const std::string& handle, Callback done);
  void cancel_all();
  bool on_loop_thread() const { return transport_->on_loop_thread(); }
  size_t statements_sent() const { return sent_; }

 private:
  using Id = uint64_t;

  // Queue
  void take_in(Request request, Callback done);
  void admit();
  void begin(Id id);
  void finish(Id id, Answer answer);
  void stop_steps(Job& job);
  void fill_gaps(Request& request) const;

  // Steps
  void exchange(Id id, size_t key);
  HttpRequest http_request(const Job& job, const Step& step, size_t key);
  std::string target(const Job& job, const Step& step, size_t key) const;
  Urgency urgency(const Job& job, const Step& step) const;
  void on_reply(Id id, size_t key, const HttpReply& http);
  bool try_new_token(Id id, size_t key);
  void repeat_later(Id id, size_t key, const HttpReply& http, const Reply* reply);
  void refuse(Id id, size_t key, const HttpReply& http, const Reply* reply);
  void on_running(Id id, const std::string& handle, bool slow_down);
  void poll_after(Id id, milliseconds delay);
  void on_result(Id id, Reply reply);
  void on_partition(Id id, size_t key, Reply reply);
  void complete(Id id);

  // Errors
  ServerError protocol_error(const Job& job, std::string message) const;
  ServerError cancelled(const Job& job, bool may_have_run) const;
  milliseconds budget(const HttpReply& http) const;

  // Cancelling
  void cancel_job(Id id);
  void send_cancel(Id id);

  ConnectionSettings settings_;
  ClientOptions options_;
  TokenSource tokens_;
  std::atomic<size_t> sent_{0};

  // Of the loop's thread.
  Id last_id_ = 0;
  std::map<Id, Job> jobs_;
  std::deque<Id> queued_;
  int active_ = 0;
  bool ever_answered_ = false;

  std::unique_ptr<Transport> transport_;  // last: its thread ends before the rest goes
};

Status Client::Impl::connect() {
  const auto host = settings_.effective_host();
  const bool loopback = is_loopback(host);
  if (settings_.protocol != "https" && !(settings_.protocol == "http" && loopback)) {
    return fail(fmt::format("protocol \"{}\" to {}: only https is used, and http for this machine's own addresses",
                            settings_.protocol, host));
  }
  const bool v6 = host.find(':') != std::string::npos && !host.starts_with('[');
  TransportOptions transport;
  transport.base =
      fmt::format("{}://{}:{}", settings_.protocol, v6 ? "[" + host + "]" : host, settings_.effective_port());
  transport.user_agent = options_.user_agent;
  transport.loopback = loopback;
  transport.limit = options_.parallelism;
  transport.connect_timeout = options_.connect_timeout;
  transport.read_timeout = options_.read_timeout;
  transport.answer_timeout = options_.answer_timeout;
  transport.most_body = options_.most_answer_bytes;
  auto made = Transport::create(std::move(transport));
  if (!made) return made.failure();
  transport_ = *std::move(made);
  return Done{};
}

Client::Impl::~Impl() {
  if (!transport_) return;
  transport_->post([this] {
    queued_.clear();
    while (!jobs_.empty()) {
      const auto& [id, job] = *jobs_.begin();
      finish(id, Failure<ServerError>{cancelled(job, job.active && !job.request.idempotent_read)});
    }
  });
  transport_->stop();
}

// --- Queue ---

void Client::Impl::enqueue(Request request, Callback done) {
  transport_->post([this, request = std::move(request), done = std::move(done)]() mutable {
    take_in(std::move(request), std::move(done));
  });
}

void Client::Impl::enqueue_fetch(const std::string& handle, Callback done) {
  transport_->post([this, handle, done = std::move(done)]() mutable {
    const Id id = ++last_id_;
    Job& job = jobs_[id];
    job.done = std::move(done);
    job.request.idempotent_read = true;
    if (!is_handle(handle))
      return finish(id, Failure<ServerError>{protocol_error(job, fmt::format("'{}' is no query id", handle))});
    job.handle = handle;
    queued_.push_back(id);
    admit();
  });
}

void Client::Impl::fill_gaps(Request& request) const {
  const std::pair<std::string&, const std::string&> names[] = {{request.role, settings_.role},
                                                               {request.warehouse, settings_.warehouse},
                                                               {request.database, settings_.database},
                                                               {request.schema, settings_.schema}};
  for (const auto& [name, ours] : names) {
    if (name.empty()) name = ours;
  }
}

void Client::Impl::take_in(Request request, Callback done) {
  const Id id = ++last_id_;
  Job& job = jobs_[id];
  job.request = std::move(request);
  job.done = std::move(done);
  fill_gaps(job.request);
  if (!is_utf8(job.request))
    return finish(id, Failure<ServerError>{protocol_error(job, "the statement is not valid UTF-8")});
  job.body = submit_body(job.request);
  job.request_id = random_uuid();
  if (job.request.urgent) return begin(id);
  queued_.push_back(id);
  admit();
}

void Client::Impl::admit() {
  while (!queued_.empty() && active_ < options_.parallelism) {
    const Id id = queued_.front();
    queued_.pop_front();
    ++active_;
    begin(id);
  }
}

void Client::Impl::begin(Id id) {
  Job& job = jobs_.at(id);
  job.active = true;
  job.poll_delay = options_.poll_first;
  const bool submits = job.handle.empty();
  if (submits) ++sent_;
  job.steps[0].kind = submits ? StepKind::Submit : StepKind::Poll;
  exchange(id, 0);
}

void Client::Impl::stop_steps(Job& job) {
  for (auto& [key, step] : job.steps) {
    transport_->abort(step.exchange);
    transport_->forget(step.timer);
  }
  job.steps.clear();
}

void Client::Impl::finish(Id id, Answer answer) {
  auto node = jobs_.extract(id);
  Job& job = node.mapped();
  stop_steps(job);
  transport_->forget(job.grace_timer);
  if (job.active && !job.request.urgent) --active_;
  admit();
  job.done(std::move(answer));
}

// --- Steps ---

std::string Client::Impl::target(const Job& job, const Step& step, size_t key) const {
  switch (step.kind) {
    case StepKind::Submit:
      return fmt::format("{}?requestId={}{}{}", kPath, job.request_id, job.request.cancellable ? "&async=true" : "",
                         step.failures > 0 ? "&retry=true" : "");
    case StepKind::Poll:
      return fmt::format("{}/{}", kPath, job.handle);
    case StepKind::Partition:
      return fmt::format("{}/{}?partition={}", kPath, job.handle, key);
    case StepKind::Cancel:
      return fmt::format("{}/{}/cancel", kPath, job.handle);
  }
  MESH_ASSERT(false);
}

Urgency Client::Impl::urgency(const Job& job, const Step& step) const {
  if (job.request.urgent || step.kind == StepKind::Cancel) return Urgency::AtOnce;
  return step.kind == StepKind::Submit && step.failures == 0 ? Urgency::New : Urgency::Started;
}

HttpRequest Client::Impl::http_request(const Job& job, const Step& step, size_t key) {
  HttpRequest request;
  request.post = step.kind == StepKind::Submit || step.kind == StepKind::Cancel;
  request.target = target(job, step, key);
  request.headers = {"Authorization: Bearer " + tokens_.bearer(options_.now()),
                     "X-Snowflake-Authorization-Token-Type: " + tokens_.type(), "Accept: application/json"};
  if (request.post) {
    request.headers.emplace_back("Content-Type: application/json");
    request.headers.emplace_back("Expect:");  // no pause for 100-continue before a long text
  }
  if (step.kind == StepKind::Submit) request.body = job.body;
  return request;
}

void Client::Impl::exchange(Id id, size_t key) {
  Job& job = jobs_.at(id);
  Step& step = job.steps.at(key);
  auto request = http_request(job, step, key);
  step.timer = 0;
  step.token_generation = tokens_.generation();
  step.exchange = transport_->start(std::move(request), urgency(job, step),
                                    [this, id, key](const HttpReply& http) { on_reply(id, key, http); });
}

void Client::Impl::on_reply(Id id, size_t key, const HttpReply& http) {
  const Job& job = jobs_.at(id);
  Step& step = jobs_.at(id).steps.at(key);
  step.exchange = 0;
  if (http.fault == Fault::None) ever_answered_ = true;
  // Whatever a cancel is answered, the statement's own state tells how it ended.
  if (step.kind == StepKind::Cancel) return poll_after(id, milliseconds{0});
  if (http.status == 401 && try_new_token(id, key)) return;

  auto parsed = http.fault == Fault::None ? parse_reply(http.body) : Result<Reply>(fail("no answer"));
  const Reply* reply = parsed ? &*parsed : nullptr;
  const bool has_handle = reply != nullptr && !reply->handle.empty();
  // The documentation has an unfinished statement answered with 202 or 429, both with its handle.
  if (step.kind == StepKind::Poll && http.status == 429 && has_handle) return on_running(id, job.handle, true);
  if (is_passing(http)) return repeat_later(id, key, http, reply);
  if (http.status == 202 && reply != nullptr && step.kind != StepKind::Partition) {
    return on_running(id, job.handle.empty() ? reply->handle : job.handle, false);
  }
  if (http.status != 200 || reply == nullptr) return refuse(id, key, http, reply);
  if (step.kind == StepKind::Partition) return on_partition(id, key, *std::move(parsed));
  on_result(id, *std::move(parsed));
}

// Of several exchanges refused at once, the first renews and the others find the new token there.
bool Client::Impl::try_new_token(Id id, size_t key) {
  Step& step = jobs_.at(id).steps.at(key);
  if (step.renewed) return false;
  step.renewed = true;
  if (step.token_generation == tokens_.generation() && !tokens_.renew(options_.now())) return false;
  if (step.failures++ == 0) step.first_failure = Clock::now();
  exchange(id, key);
  return true;
}

milliseconds Client::Impl::budget(const HttpReply& http) const {
  return http.fault == Fault::Connect && !ever_answered_
             ? std::min(options_.first_contact_budget, options_.retry_budget)
             : options_.retry_budget;
}

void Client::Impl::repeat_later(Id id, size_t key, const HttpReply& http, const Reply* reply) {
  Job& job = jobs_.at(id);
  Step& step = job.steps.at(key);
  const bool is_submit = step.kind == StepKind::Submit;
  if (is_submit && http.was_sent && http.status != 429) job.ambiguous = true;
  const auto now = Clock::now();
  if (step.failures == 0) step.first_failure = now;
  const milliseconds delay =
      std::max(retry_delay(step.failures, options_.retry_base, options_.retry_cap, options_.random()),
               milliseconds{http.retry_after});
  ++step.failures;
  const bool unrepeatable =
      is_submit && job.ambiguous && !job.request.idempotent_read && job.request.sql.size() > kMostRepeatable;
  const bool too_long = now - step.first_failure + delay > budget(http);
  if (job.cancelling || unrepeatable || too_long) return refuse(id, key, http, reply);
  step.timer = transport_->after(delay, [this, id, key] { exchange(id, key); });
}

void Client::Impl::refuse(Id id, size_t key, const HttpReply& http, const Reply* reply) {
  const Job& job = jobs_.at(id);
  const Step& step = job.steps.at(key);
  auto error = refusal(http, reply);
  error.statement = job.request.sql;
  if (error.query_id.empty()) error.query_id = job.handle;
  // What the code says is nearer than advice on tokens at large.
  const bool unexplained = error.hint.empty() || tokens_.lacks_renewal();
  if (error.kind == ErrorKind::Auth && http.status == 401 && unexplained) error.hint = tokens_.advice();
  const bool unusable_result = http.fault == Fault::None && http.status < 300;
  const bool open_end = step.kind == StepKind::Submit ? job.ambiguous || unusable_result : !tells_the_end(error.kind);
  error.may_have_run = open_end && !job.request.idempotent_read;
  if (step.failures > 1) {
    const auto seconds = std::chrono::duration<double>(Clock::now() - step.first_failure).count();
    error.message += fmt::format(" (after {} tries in {:.1f} s)", step.failures, seconds);
  }
  if (job.cancelling && is_passing(http)) error.kind = ErrorKind::Cancelled;
  finish(id, Failure<ServerError>{std::move(error)});
}

void Client::Impl::on_running(Id id, const std::string& handle, bool slow_down) {
  Job& job = jobs_.at(id);
  if (!is_handle(handle))
    return finish(id, Failure<ServerError>{protocol_error(job, "the server sent a statement handle that is none")});
  job.handle = handle;
  job.steps[0] = Step{.kind = StepKind::Poll};
  if (job.cancelling && !job.cancel_sent) return send_cancel(id);
  if (slow_down) job.poll_delay = std::min(job.poll_delay * 2, options_.poll_cap);
  const auto delay = jittered(job.poll_delay, options_.random());
  job.poll_delay = next_poll(job.poll_delay, options_.poll_cap);
  poll_after(id, delay);
}

void Client::Impl::poll_after(Id id, milliseconds delay) {
  Step& step = jobs_.at(id).steps.at(0);
  step = Step{.kind = StepKind::Poll};
  step.timer = transport_->after(delay, [this, id] { exchange(id, 0); });
}

void Client::Impl::on_result(Id id, Reply reply) {
  Job& job = jobs_.at(id);
  const auto reject = [&](std::string why) { finish(id, Failure<ServerError>{protocol_error(job, std::move(why))}); };
  if (is_handle(reply.handle)) job.handle = reply.handle;
  if (reply.code == "391908") return reject("the server cut the result short (391908)");
  if (!reply.has_metadata || !reply.num_rows) return reject("the server's result does not say how many rows it has");
  job.steps.erase(0);
  job.result = std::move(reply);
  const size_t partitions = job.result.partition_rows.size();
  if (partitions < 2) return complete(id);
  if (job.handle.empty()) return reject("the server's result has partitions but no handle to ask for them");
  job.parts.resize(partitions - 1);
  job.parts_left = partitions - 1;
  for (size_t key = 1; key < partitions; ++key) {
    job.steps[key].kind = StepKind::Partition;
    exchange(id, key);
  }
}

void Client::Impl::on_partition(Id id, size_t key, Reply reply) {
  Job& job = jobs_.at(id);
  const auto announced = job.result.partition_rows[key];
  if (announced && *announced != static_cast<int64_t>(reply.rows.size())) {
    return finish(
        id, Failure<ServerError>{protocol_error(
                job, fmt::format("the result is incomplete: {} rows were announced in partition {} and {} arrived",
                                 *announced, key, reply.rows.size()))});
  }
  job.parts[key - 1] = std::move(reply.rows);
  job.steps.erase(key);
  if (--job.parts_left == 0) complete(id);
}

void Client::Impl::complete(Id id) {
  Job& job = jobs_.at(id);
  auto& result = job.result;
  for (auto& part : job.parts) {
    std::move(part.begin(), part.end(), std::back_inserter(result.rows));
    part = {};
  }
  if (const auto why = incompleteness(result); !why.empty()) {
    return finish(id, Failure<ServerError>{protocol_error(job, "the result is incomplete: " + why)});
  }
  unify_booleans(result.columns, result.rows);
  finish(id, Rows{.columns = std::move(result.columns),
                  .rows = std::move(result.rows),
                  .query_id = job.handle,
                  .stats = result.stats,
                  .child_query_ids = std::move(result.child_handles)});
}

// --- Errors ---

// Told of a 200 that cannot be used: the statement has run.
ServerError Client::Impl::protocol_error(const Job& job, std::string message) const {
  return ServerError{.kind = ErrorKind::Protocol,
                     .message = std::move(message),
                     .query_id = job.handle,
                     .statement = job.request.sql,
                     .may_have_run = job.active && !job.request.idempotent_read};
}

ServerError Client::Impl::cancelled(const Job& job, bool may_have_run) const {
  return ServerError{
      .kind = ErrorKind::Cancelled,
      .message = job.active ? "the statement was cancelled" : "the statement was cancelled before it was sent",
      .query_id = job.handle,
      .statement = job.request.sql,
      .may_have_run = may_have_run};
}

// --- Cancelling ---

void Client::Impl::cancel_all() {
  transport_->post([this] {
    for (const Id id : std::exchange(queued_, {})) {
      const auto& job = jobs_.at(id);
      finish(id, Failure<ServerError>{cancelled(job, false)});
    }
    std::vector<Id> ids;
    for (const auto& [id, job] : jobs_) {
      if (!job.cancelling && job.active) ids.push_back(id);
    }
    for (const Id id : ids) {
      if (jobs_.contains(id)) cancel_job(id);
    }
  });
}

void Client::Impl::cancel_job(Id id) {
  Job& job = jobs_.at(id);
  job.cancelling = true;
  const bool read = job.request.idempotent_read;
  const auto submit = job.steps.find(0);
  const bool fetching_rows = submit == job.steps.end();
  if (fetching_rows && !read) return;  // it is done; its rows are on their way
  const bool submitting = !fetching_rows && submit->second.kind == StepKind::Submit;
  const bool on_its_way = submitting && submit->second.exchange != 0;
  if (fetching_rows || (submitting && (read || !on_its_way))) {
    return finish(id, Failure<ServerError>{cancelled(job, job.ambiguous && !read)});
  }
  job.grace_timer = transport_->after(options_.cancel_grace, [this, id] {
    const Job& late = jobs_.at(id);
    finish(id, Failure<ServerError>{cancelled(late, !late.request.idempotent_read)});
  });
  if (!submitting) send_cancel(id);
}

void Client::Impl::send_cancel(Id id) {
  Job& job = jobs_.at(id);
  stop_steps(job);
  job.cancel_sent = true;
  job.steps[0].kind = StepKind::Cancel;
  exchange(id, 0);
}

// --- Client ---

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::create(const ConnectionSettings& settings, ClientOptions options) {
  MESH_ASSERT(options.parallelism > 0);
  auto tokens = TokenSource::create(settings, options.user_agent);
  if (!tokens) return tokens.failure();
  auto impl = std::make_unique<Impl>(settings, std::move(options), *std::move(tokens));
  if (auto connected = impl->connect(); !connected) return connected.failure();
  return std::unique_ptr<Client>(new Client(std::move(impl)));
}

void Client::submit(Request request, Callback done) { impl_->enqueue(std::move(request), std::move(done)); }

std::vector<Answer> Client::run_all(std::vector<Request> requests) {
  MESH_ASSERT(!impl_->on_loop_thread());  // it would wait for itself
  Mailbox mailbox(requests.size());
  for (size_t i = 0; i < requests.size(); ++i) {
    submit(std::move(requests[i]), [&mailbox, i](Answer answer) { mailbox.put(i, std::move(answer)); });
  }
  return mailbox.wait();
}

Answer Client::run(Request request) {
  std::vector<Request> one;
  one.push_back(std::move(request));
  return std::move(run_all(std::move(one)).front());
}

Answer Client::fetch(const std::string& query_id) {
  MESH_ASSERT(!impl_->on_loop_thread());
  Mailbox mailbox(1);
  impl_->enqueue_fetch(query_id, [&mailbox](Answer answer) { mailbox.put(0, std::move(answer)); });
  return std::move(mailbox.wait().front());
}

void Client::cancel_all() { impl_->cancel_all(); }

size_t Client::statements_sent() const { return impl_->statements_sent(); }

}  // namespace mesh::snowflake
