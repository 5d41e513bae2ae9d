#pragma once
// Statements on their way and done: a job is known by its handle from the submit until its result is dropped.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "wire_body.hpp"

namespace mesh::sandbox {

using Clock = std::chrono::steady_clock;

// How a job ended: a result or an error, and the handles of its statements where it held several.
struct Outcome {
  std::optional<EncodedResult> result;
  std::optional<SqlError> error;
  std::vector<std::string> children;
};

struct JobFacts {
  std::string handle, request_id, account, user;
  int64_t created_on = 0;
  bool async = false;
  std::optional<Clock::time_point> deadline;  // of the request's timeout
  int64_t timeout_seconds = 0;                // as the message about it says
};

// Shared by the request that waits for it, the thread that runs it and the list of all.
class Job {
 public:
  explicit Job(JobFacts facts) : facts_(std::move(facts)) {}
  const JobFacts& facts() const { return facts_; }

  // Lets time pass; false where the job was cancelled or timed out meanwhile, and there is nothing left to do.
  bool rest(Clock::duration time);
  // Claims the engine for a statement, which then cannot be cancelled any more; false as for rest().
  bool begin_statement();
  void end_statement();  // of a batch: the next may be cancelled again
  void finish(Outcome outcome);
  // Ends it with 000604 unless it has ended; waits for a statement that is inside the engine. Whether it is cancelled.
  bool cancel();

  // nullptr while it runs; waits for its end until then. The outcome lives as long as the job and never changes.
  const Outcome* wait_until(Clock::time_point then) const;
  const Outcome* outcome() const;

 private:
  void end(std::unique_lock<std::mutex>& lock, Outcome outcome);

  const JobFacts facts_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::optional<Outcome> outcome_;
  bool inside_ = false;  // the engine runs a statement of it
};
using JobPointer = std::shared_ptr<Job>;

class Jobs {
 public:
  explicit Jobs(std::function<int64_t()> now_ms);
  ~Jobs();

  std::string new_handle();  // 019c06a4-0000-df4f-0000-00100006589e: increasing
  // Fills in handle and createdOn; keeps it for find().
  JobPointer add(JobFacts facts);
  JobPointer find(const std::string& handle) const;
  // The latest of this user with the request id.
  JobPointer find_request(const std::string& account, const std::string& user, const std::string& request_id) const;
  // Runs the work on a thread of its own; false after stop().
  bool start(std::function<void()> work);
  void stop();  // cancels what has not reached the engine, waits for the rest

 private:
  void drop_oldest();
  void serve();

  std::function<int64_t()> now_ms_;
  mutable std::mutex mutex_;
  std::condition_variable woken_;
  std::map<std::string, JobPointer> by_handle_;
  std::map<std::string, JobPointer> by_request_;
  std::deque<JobPointer> in_order_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  size_t idle_ = 0;
  bool stopping_ = false;
  const std::string node_;  // tells the handles of two runs on one file apart
  int64_t last_ms_ = 0;
  uint32_t count_ = 0;
};

}  // namespace mesh::sandbox
