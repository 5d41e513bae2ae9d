#pragma once
// A connection to an account: Snowflake, or the sandbox inside this process.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "console.hpp"
#include "mesh/model/connection.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/sandbox/server.hpp"
#include "mesh/snowflake/client.hpp"

namespace mesh::cli {

// While it lives, the first Ctrl-C, SIGTERM or hang-up (unless nohup ignores it) sets the flag and wakes `on_first` on
// a thread of its own; a second one ends the process. One at a time in a process.
class Interrupts {
 public:
  explicit Interrupts(std::function<void()> on_first);
  ~Interrupts();
  static const std::atomic<bool>& flag();
};

// Ctrl-C cancels what a session has under way.
class Sessions;
class Session {
 public:
  // `mesh` may be null (commands that need none): then --connection or the default connection counts.
  static Result<std::unique_ptr<Session>> open(const Global& global, const Mesh* mesh, const Console& console);
  ~Session();

  // Starts nothing more once interrupted: every statement is answered as cancelled.
  Connection& connection();
  // For what must be brought to its end even so: the ledger, the lease.
  Connection& orderly_connection();
  bool interrupted() const { return Interrupts::flag(); }
  const std::string& account() const { return account_; }  // as the connection names it, upper case
  const std::string& role() const { return role_; }        // the connection's; may be empty
  const std::string& user() const { return user_; }

 private:
  friend class Sessions;
  class Adapter;
  class UntilInterrupted;
  Session() = default;
  // `name`: of the connection, where no sandbox stands for it.
  static Result<std::unique_ptr<Session>> connect(const Global& global, const std::string& name,
                                                  const std::string& account, const sandbox::Server* server,
                                                  const Console& console);
  void cancel_all() { client_->cancel_all(); }

  std::unique_ptr<sandbox::Server> server_;
  std::unique_ptr<snowflake::Client> client_;
  std::unique_ptr<Adapter> orderly_;
  std::unique_ptr<UntilInterrupted> connection_;
  std::string account_, role_, user_;
  std::unique_ptr<Interrupts> interrupts_;
};

// The way to one account.
struct Way {
  std::string connection;  // its name in connections.toml
  std::string account;     // as mesh.yaml writes it
};

// Several accounts of an environment at once; with --sandbox all of them are in the one file.
class Sessions {
 public:
  // One session for each way; a failure, in its place, where there is none. Fails where the sandbox cannot be started.
  static Result<std::unique_ptr<Sessions>> open(const Global& global, const std::vector<Way>& ways,
                                                const Console& console);
  std::vector<Result<std::unique_ptr<Session>>>& all() { return sessions_; }

 private:
  Sessions() = default;
  std::unique_ptr<sandbox::Server> server_;
  std::vector<Result<std::unique_ptr<Session>>> sessions_;
  std::unique_ptr<Interrupts> interrupts_;
};

}  // namespace mesh::cli
