#pragma once
// An imitation of a Snowflake account behind the SQL REST API (design 7). Knows nothing of the rest of mesh.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

struct ServerOptions {
  std::string file;                           // the SQLite file the accounts live in; made when missing
  std::string account = "SANDBOX";            // added to the file where it is missing
  std::vector<std::string> further_accounts;  // likewise
  std::string host = "127.0.0.1";
  int port = 0;                                  // 0: any free port
  std::chrono::milliseconds latency{0};          // added to every statement's answer
  std::chrono::milliseconds sync_limit{45'000};  // a statement that takes longer is answered 202
  std::string faults;                            // a SPEC (docs/sandbox.md); empty: none
  std::function<void(const std::string&)> say;   // told of each fault, from many threads; may be empty
};

// Fails where SPEC is not one: with the word that is wrong, and the words there are.
Status check_faults(const std::string& spec);

// One account as a connections.toml entry needs it.
struct Endpoint {
  std::string account, user, private_key_file, host;
  int port = 0;
  std::string role, warehouse;
};

class Server {
 public:
  // Opens the file, makes the key beside it where missing (mode 0600), binds and serves from background threads.
  // Fails when the file is no sandbox, or is held by another process, the address is taken, or `faults` is no SPEC.
  static Result<std::unique_ptr<Server>> start(const ServerOptions& options);
  ~Server();  // stops accepting, waits for running requests

  int port() const;
  std::vector<Endpoint> endpoints() const;  // in the order the accounts were made
  void wait();                              // until stop() is called from another thread or a signal handler's thread
  void stop();

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The text `mesh sandbox serve` prints: first line `listening on http://HOST:PORT`, then one connections.toml table per
// endpoint with its keys one a line in the order account, user, authenticator, private_key_file, host, port, protocol,
// role, warehouse; `[sandbox]` for the first, `[sandbox_<account in lower case>]` for others; an empty line at the end.
std::string serve_banner(const std::vector<Endpoint>& endpoints);

}  // namespace mesh::sandbox
