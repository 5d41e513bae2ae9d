#include "wire_jobs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/digest.hpp"

namespace mesh::sandbox {
namespace {

// Snowflake keeps results for 24 hours; memory ends sooner.
constexpr size_t kKeptJobs = 20'000;
constexpr size_t kKeptBytes = size_t{512} << 20;

SqlError canceled() { return {"000604", "57014", "SQL execution canceled"}; }

SqlError timed_out(int64_t seconds) {
  return {
      "000630", "57014",
      fmt::format("Statement reached its statement or warehouse timeout of {} second(s) and was canceled.", seconds),
      408};
}

Outcome failed(SqlError error) {
  Outcome outcome;
  outcome.error = std::move(error);
  return outcome;
}

std::string request_key(const std::string& account, const std::string& user, const std::string& request_id) {
  return fmt::format("{}\n{}\n{}", account, user, request_id);
}

}  // namespace

void Job::end(std::unique_lock<std::mutex>& lock, Outcome outcome) {
  outcome_ = std::move(outcome);
  lock.unlock();
  changed_.notify_all();
}

bool Job::rest(Clock::duration time) {
  const auto wake = Clock::now() + time;
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, facts_.deadline ? std::min(wake, *facts_.deadline) : wake,
                      [&] { return outcome_.has_value(); });
  if (outcome_) return false;
  if (!facts_.deadline || Clock::now() < *facts_.deadline) return true;
  end(lock, failed(timed_out(facts_.timeout_seconds)));
  return false;
}

bool Job::begin_statement() {
  const std::lock_guard lock(mutex_);
  inside_ = !outcome_;
  return inside_;
}

void Job::end_statement() {
  {
    const std::lock_guard lock(mutex_);
    inside_ = false;
  }
  changed_.notify_all();
}

void Job::finish(Outcome outcome) {
  std::unique_lock lock(mutex_);
  inside_ = false;
  if (!outcome_) end(lock, std::move(outcome));
}

bool Job::cancel() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return outcome_ || !inside_; });
  if (outcome_) return outcome_->error && outcome_->error->code == "000604";
  end(lock, failed(canceled()));
  return true;
}

const Outcome* Job::outcome() const {
  const std::lock_guard lock(mutex_);
  return outcome_ ? &*outcome_ : nullptr;
}

const Outcome* Job::wait_until(Clock::time_point then) const {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, then, [&] { return outcome_.has_value(); });
  return outcome_ ? &*outcome_ : nullptr;
}

Jobs::Jobs(std::function<int64_t()> now_ms) : now_ms_(std::move(now_ms)), node_(random_uuid().substr(0, 4)) {}
Jobs::~Jobs() { stop(); }

std::string Jobs::new_handle() {
  constexpr int64_t kMinute = 60'000;
  const std::lock_guard lock(mutex_);
  last_ms_ = std::max(last_ms_, now_ms_());
  return fmt::format("{:08x}-{:04x}-{}-0000-0010{:08x}", last_ms_ / kMinute, last_ms_ % kMinute, node_, ++count_);
}

JobPointer Jobs::add(JobFacts facts) {
  facts.handle = new_handle();
  facts.created_on = now_ms_();
  auto job = std::make_shared<Job>(std::move(facts));
  const std::lock_guard lock(mutex_);
  const JobFacts& kept = job->facts();
  by_handle_[kept.handle] = job;
  by_request_[request_key(kept.account, kept.user, kept.request_id)] = job;
  in_order_.push_back(job);
  drop_oldest();
  return job;
}

// Results that are still running or young are never dropped by their size: the sum is only taken when there are many.
void Jobs::drop_oldest() {
  if (in_order_.size() % 256 != 0) return;
  size_t bytes = 0;
  for (const JobPointer& job : in_order_) {
    const Outcome* outcome = job->outcome();
    if (outcome != nullptr && outcome->result) bytes += outcome->result->bytes();
  }
  while (!in_order_.empty() && (in_order_.size() > kKeptJobs || bytes > kKeptBytes)) {
    const JobPointer oldest = in_order_.front();
    const Outcome* outcome = oldest->outcome();
    if (outcome == nullptr) return;
    if (outcome->result) bytes -= outcome->result->bytes();
    const JobFacts& facts = oldest->facts();
    by_handle_.erase(facts.handle);
    const auto request = by_request_.find(request_key(facts.account, facts.user, facts.request_id));
    if (request != by_request_.end() && request->second == oldest) by_request_.erase(request);
    in_order_.pop_front();
  }
}

JobPointer Jobs::find(const std::string& handle) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_handle_.find(handle);
  return found == by_handle_.end() ? nullptr : found->second;
}

JobPointer Jobs::find_request(const std::string& account, const std::string& user,
                              const std::string& request_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_request_.find(request_key(account, user, request_id));
  return found == by_request_.end() ? nullptr : found->second;
}

bool Jobs::start(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    waiting_.push_back(std::move(work));
    if (waiting_.size() > idle_) threads_.emplace_back([this] { serve(); });
  }
  woken_.notify_one();
  return true;
}

void Jobs::serve() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    woken_.wait(lock, [&] { return !waiting_.empty() || stopping_; });
    --idle_;
    if (waiting_.empty()) return;
    const auto work = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    work();
    lock.lock();
  }
}

void Jobs::stop() {
  std::vector<JobPointer> running;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    std::copy_if(in_order_.begin(), in_order_.end(), std::back_inserter(running),
                 [](const JobPointer& job) { return job->outcome() == nullptr; });
  }
  woken_.notify_all();
  for (const JobPointer& job : running) job->cancel();
  std::vector<std::thread> threads;
  {
    const std::lock_guard lock(mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace mesh::sandbox
