#pragma once
// /api/v2/statements: who asks, what is asked, and the answer (sql-api.md sections 1 to 8).

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "fault.hpp"
#include "jwt.hpp"
#include "wire_backend.hpp"
#include "wire_http.hpp"
#include "wire_jobs.hpp"
#include "wire_json.hpp"
#include "wire_run.hpp"

namespace mesh::sandbox {

struct ApiOptions {
  std::chrono::milliseconds latency{0};
  std::chrono::milliseconds sync_limit{45'000};  // a statement that takes longer is answered 202
  std::function<int64_t()> now_ms;               // since the epoch; empty: the system clock
  FaultPlan faults;                              // its time scale shortens sync_limit, waits and timeouts
  std::function<void(const std::string&)> say;   // told of each fault, from many threads; may be empty
};

class Api {
 public:
  Api(Backend& backend, ApiOptions options);
  HttpReply handle(const HttpRequest& request);
  void stop() { jobs_.stop(); }

 private:
  struct Login {
    std::string account;
    UserLogin user;
  };
  struct Refusal {
    HttpReply reply;
  };
  template <typename T>
  using Checked = mesh::Result<T, Refusal>;

  HttpReply answer(const HttpRequest& request, const Faulted& faulted);
  void tell(const Faulted& faulted, const HttpRequest& request) const;
  void run_before(const Login& login, const Faulted& faulted);
  Clock::duration scaled(double seconds) const;
  Checked<Login> log_in(const HttpRequest& request) const;
  HttpReply submit(const HttpRequest& request, const Login& login, const Faulted& faulted);
  HttpReply submit_checked(const HttpRequest& request, const Login& login, const SubmitBody& body,
                           const Faulted& faulted);
  HttpReply status(const HttpRequest& request, const Login& login, const std::string& handle) const;
  HttpReply cancel(const Login& login, const std::string& handle) const;
  Checked<Session> session(const Login& login, const SubmitBody& body) const;
  std::optional<SqlError> launch(const JobPointer& job, const Session& session, const SubmitBody& body,
                                 const HttpRequest& request, const Faulted& faulted);
  using Work = std::function<void()>;
  std::variant<Work, SqlError> single(const JobPointer& job, const Session& session, const SubmitBody& body,
                                      const BatchStatement& statement, const RunOptions& options);
  std::variant<Work, SqlError> batch(const JobPointer& job, const Session& session, const SubmitBody& body,
                                     std::vector<BatchStatement> statements, const RunOptions& options);
  HttpReply wait(const Job& job) const;
  HttpReply finished(const Job& job, const Outcome& outcome, size_t partition) const;
  JobPointer own_job(const Login& login, const std::string& handle) const;

  Backend& backend_;
  ApiOptions options_;
  Jobs jobs_;
  FaultSchedule faults_;
};

}  // namespace mesh::sandbox
