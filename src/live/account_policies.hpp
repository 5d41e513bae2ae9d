#pragma once
// What SHOW ... POLICIES ON ACCOUNT answers.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/ident/name.hpp"
#include "mesh/model/connection.hpp"

namespace mesh::live {

struct AccountPolicy {
  QualifiedName name;
  // For whom: ACCOUNT, PERSON_USERS, SERVICE_USERS, and what Snowflake may add. None: `options` cannot be understood.
  std::optional<std::set<std::string, std::less<>>> scopes;
  std::string options;  // as they are
  std::string set_on;   // USER, ACCOUNT; empty: not told
};

// Without the built-in one, which is of no database.
std::vector<AccountPolicy> account_policies(const Rows& rows);

}  // namespace mesh::live
