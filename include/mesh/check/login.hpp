#pragma once
// Whether the user that runs a plan can log in at each point of it. Every statement is a request that authenticates
// anew, and the authentication policy in force for the user may not have the way it does so (pages
// authentication-policies, Preventing a lockout; alter-account, precedence).

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/diff/change.hpp"
#include "mesh/model/login.hpp"
#include "mesh/model/mesh.hpp"

namespace mesh::check {

// Whether any of the changes may touch which authentication policy is in force for the user, or what it says.
const Change* first_about_logins(const std::vector<Change>& changes, const std::string& user);

// The policies that Login::methods should have: those that are in force, and those that the changes put in force and do
// not make.
std::set<QualifiedName> policies_to_know(const Login& login, const std::vector<Change>& changes);

struct LoggedOut {
  std::string address;  // of the change
  Place place;
  QualifiedName policy;          // that is then in force
  std::vector<std::string> has;  // its methods
  bool for_a_moment = false;     // within the change: one policy is unset before the other is set
  bool certain = true;           // false: only if the user is of a type that is not known
};
// At the first change that does it. The changes are in the order of execution. A policy whose methods are not known is
// taken to have the user's.
std::optional<LoggedOut> find_logged_out(const Login& login, const std::vector<Change>& changes,
                                         const Desired& desired);

}  // namespace mesh::check
