#pragma once
// HTTP exchanges with one host, on one thread of its own around one curl multi handle.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::snowflake {

enum class Fault {
  None,
  Connect,      // never reached the server
  Certificate,  // the server's certificate is not trusted
  Broken,       // the connection ended before the whole answer was there
  Silent,       // no byte within the read timeout
  TooLarge,
};

struct HttpReply {
  Fault fault = Fault::None;
  std::string fault_text;
  bool was_sent = false;  // the request left, at least in part
  int status = 0;
  std::string content_type;
  std::string body;  // decoded
  std::chrono::seconds retry_after{0};
};

struct HttpRequest {
  bool post = false;
  std::string target;  // path and query
  std::string body;
  std::vector<std::string> headers;  // "Name: value"
};

enum class Urgency {
  New,      // waits for its turn
  Started,  // continues something that is under way: before New
  AtOnce,   // beside the limit
};

struct TransportOptions {
  std::string base;  // scheme://host:port
  std::string user_agent;
  bool loopback = false;  // no proxy, whatever the environment says
  int limit = 8;
  std::chrono::milliseconds connect_timeout{15'000}, read_timeout{75'000};
  std::chrono::milliseconds answer_timeout{600'000};  // one exchange at most, however lively
  size_t most_body = size_t{1} << 30;                 // of one answer, as sent and as decoded; more is Fault::TooLarge
};

// Everything but post(), stop() and create() is for the loop's thread: posted functions, timers and exchange callbacks.
class Transport {
 public:
  using Done = std::function<void(HttpReply)>;
  using Action = std::function<void()>;

  static Result<std::unique_ptr<Transport>> create(TransportOptions options);
  ~Transport();

  void post(Action action);  // from any thread
  void stop();               // runs what was posted, then ends the thread; exchanges and timers are dropped
  bool on_loop_thread() const;

  uint64_t start(HttpRequest request, Urgency urgency, Done done);
  void abort(uint64_t exchange);  // its callback never comes; unknown ids are ignored
  uint64_t after(std::chrono::milliseconds delay, Action action);
  void forget(uint64_t timer);

 private:
  struct Impl;
  explicit Transport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::snowflake
