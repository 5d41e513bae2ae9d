#pragma once
// Who runs a plan, how, and what authentication policies the account has for that user.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/ident/name.hpp"

namespace mesh {

struct Login {
  std::string user;                                              // stored spelling
  std::string method;                                            // as authentication_methods has it: KEYPAIR
  std::optional<std::string> type;                               // PERSON, SERVICE …; none: not told
  std::optional<QualifiedName> own;                              // set on the user
  std::map<std::string, QualifiedName, std::less<>> on_account;  // by whom it is for, as in target_scopes
  // Of those policies; one that is missing here is not known.
  std::map<QualifiedName, std::vector<std::string>> methods;
};

}  // namespace mesh
