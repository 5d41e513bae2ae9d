#pragma once
// What the wire asks of the accounts behind it: the engine through a thin adapter (server.cpp), a stand-in in tests.

#include <optional>
#include <string>

#include "engine.hpp"

namespace mesh::sandbox {

// Called from many threads at once.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::optional<UserLogin> find_user(const std::string& account, const std::string& login_name) const = 0;
  virtual bool role_exists(const std::string& account, const std::string& role) const = 0;
  virtual bool role_granted(const std::string& account, const std::string& user, const std::string& role) const = 0;
  virtual Answer execute(Session& session, const std::string& statement) = 0;
  // A statement passes its time before it is executed: to others it executes from the one to the other.
  virtual void begins(const Session& /*session*/, const std::string& /*statement*/) {}
  virtual void ends(const Session& /*session*/) {}
};

}  // namespace mesh::sandbox
