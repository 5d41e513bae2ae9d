#pragma once
// A fresh look at what was taken away or dropped: REVOKE never complains that something stayed (grants.md 0.3), and
// other grantors' copies do stay.

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "mesh/model/connection.hpp"
#include "mesh/model/grants.hpp"

namespace mesh::live {

struct Gone {
  std::variant<GrantKey, MembershipKey, ObjectId> what;  // an object: it was dropped
  std::string role;                                      // stored spelling: who did it, and who looks
};

class Aftermath {
 public:
  explicit Aftermath(std::vector<Gone> gone);
  // One for each grantee or container, whatever their number of things.
  const std::vector<Query>& queries() const { return queries_; }
  // In the order of `gone`: why it is still there as far as that is known, or that nobody could look; empty: it is
  // gone. `replies` to queries(). What the looking role may not see counts as gone.
  std::vector<std::string> findings(const std::vector<Reply>& replies) const;

 private:
  size_t ask(std::string sql, const std::string& role);
  std::string still_there(const Gone& gone, const Rows& rows) const;

  std::vector<Gone> gone_;
  std::vector<std::optional<size_t>> asked_;  // of each gone: its query; none where nothing can tell
  std::vector<Query> queries_;
};

}  // namespace mesh::live
