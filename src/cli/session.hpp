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

class Session {
 public:
  // `mesh` may be null (commands that need none): then --connection or the default connection counts.
  static Result<std::unique_ptr<Session>> open(const Global& global, const Mesh* mesh, const Console& console);
  ~Session();

  Connection& connection();
  const std::string& account() const { return account_; }  // as the connection names it, upper case
  const std::string& role() const { return role_; }        // the connection's; may be empty
  const std::string& user() const { return user_; }
  // Cancels what runs; for Ctrl-C.
  void cancel();

 private:
  class Adapter;
  Session() = default;
  std::unique_ptr<sandbox::Server> server_;
  std::unique_ptr<snowflake::Client> client_;
  std::unique_ptr<Adapter> connection_;
  std::string account_, role_, user_;
};

// While it lives, Ctrl-C and SIGTERM set the flag (and a second one ends the process).
class Interrupts {
 public:
  explicit Interrupts(std::function<void()> on_first);
  ~Interrupts();
  const std::atomic<bool>& flag() const;
};

}  // namespace mesh::cli
