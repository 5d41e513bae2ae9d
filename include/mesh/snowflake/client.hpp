#pragma once
// The client of the SQL REST API: one event loop on one thread, used from any number of threads.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/snowflake/connection_settings.hpp"
#include "mesh/snowflake/statement.hpp"

namespace mesh::snowflake {

struct ClientOptions {
  int parallelism = 8;  // statements, and HTTP exchanges, at most under way at once
  std::string user_agent = "mesh/0.1.0";
  std::function<int64_t()> now;    // seconds since the epoch, for the token; empty: the system clock
  std::function<double()> random;  // in [0, 1), for jitter; empty: seeded by the system

  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds read_timeout{75'000};     // silence that counts as a fault; the server may wait 45 s
  std::chrono::milliseconds answer_timeout{600'000};  // for one answer, however slowly it drips
  size_t most_answer_bytes = size_t{1} << 30;         // of one answer, compressed and inflated
  std::chrono::milliseconds retry_base{500}, retry_cap{16'000}, retry_budget{120'000};
  std::chrono::milliseconds first_contact_budget{10'000};  // for connection faults until the server has answered once
  std::chrono::milliseconds poll_first{25}, poll_cap{5'000};
  std::chrono::milliseconds cancel_grace{5'000};  // how long cancel_all() waits for answers that are on their way
};

// The same with pauses between tries and looks, and their budgets, multiplied by `factor`, a number from 0.001 to 1;
// for tests in which minutes pass in milliseconds. Timeouts of the network stay as they are.
Result<ClientOptions> scaled(ClientOptions options, const std::string& factor);

class Client {
 public:
  // Called once for each submit, on the event loop's thread: be brief, submit more if you like, but never wait for an
  // answer.
  using Callback = std::function<void(Answer)>;

  // Reads the private key or token; connects to nothing yet.
  static Result<std::unique_ptr<Client>> create(const ConnectionSettings& settings, ClientOptions options = {});
  ~Client();  // abandons what is under way; its callbacks get Cancelled
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Runs one statement to its end: all its rows, or the error. Callable from many threads at once.
  Answer run(Request request);
  // All of them, at most `parallelism` at once; answers in the order of the requests.
  std::vector<Answer> run_all(std::vector<Request> requests);
  // Starts one; `done` gets the answer as it arrives.
  void submit(Request request, Callback done);
  // The result of a statement that was submitted earlier, by its query id (children of a multi-statement request).
  Answer fetch(const std::string& query_id);

  // Cancels what is queued and running now, in Snowflake too where the statement's handle is known; returns at once.
  // Each answer still arrives: what had finished in time as it finished, the rest as Cancelled. Later requests work as
  // usual. Not for a signal handler itself: call it from a thread that the handler wakes.
  void cancel_all();

  // Statements submitted so far; repetitions, polls and partitions do not count.
  size_t statements_sent() const;

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::snowflake
