#pragma once
// A connection to an account: Snowflake, or the sandbox inside this process.

#include <atomic>
#include <functional>
#include <memory>
#include <string>

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
  class Adapter;
  class UntilInterrupted;
  Session() = default;
  std::unique_ptr<sandbox::Server> server_;
  std::unique_ptr<snowflake::Client> client_;
  std::unique_ptr<Adapter> orderly_;
  std::unique_ptr<UntilInterrupted> connection_;
  std::string account_, role_, user_;
  std::unique_ptr<Interrupts> interrupts_;
};

}  // namespace mesh::cli
