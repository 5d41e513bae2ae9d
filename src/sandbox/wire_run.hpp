#pragma once
// What a job does on its thread: latency, waits, the statement or the batch.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "wire_backend.hpp"
#include "wire_jobs.hpp"

namespace mesh::sandbox {

struct BatchStatement {
  std::string text;  // from its first token to its last
  int line = 1;      // where it begins: lines from 1, positions from 0
  int position = 0;
  size_t end = 0;  // behind its last token in the request's text
};
// The statements of a request, empty ones left out. Text that cannot be read to its end is one statement.
std::vector<BatchStatement> split_batch(const std::string& text);

// What the SQL API refuses in a request of one statement: the name in its message (USE, TRANSACTION_BEGIN, PUT...).
std::optional<std::string> refused_command(const std::string& statement);

// How long the calls SYSTEM$WAIT(n [, unit]) of the statement take. Time passes here, outside the engine's lock and
// open to cancel and timeout; the engine only answers `waited n seconds`.
std::chrono::milliseconds waiting_time(const std::string& statement);

struct RunOptions {
  std::chrono::steady_clock::duration latency{0};
  double time_scale = 1;  // of SYSTEM$WAIT
  bool nullable = true;
  std::optional<size_t> row_limit;  // ROWS_PER_RESULTSET
};

void run_single(Job& job, Backend& backend, Session session, const std::string& statement, const RunOptions& options);
// `add_child` makes the job of each statement as its turn comes. Session state lasts through the batch; the first
// failure ends it, and an open transaction is rolled back.
void run_batch(Job& job, Backend& backend, Session session, const std::vector<BatchStatement>& statements,
               const RunOptions& options, const std::function<JobPointer()>& add_child);

}  // namespace mesh::sandbox
