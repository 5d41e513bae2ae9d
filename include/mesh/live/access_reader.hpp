#pragma once
// Who can do a thing, or what one can do, asked of the account itself: no manifests, no account read whole. Upwards
// from an object to whoever holds the roles that hold something on it, downwards from a role to all that it holds
// (grants.md 2 and 5).

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mesh/model/access.hpp"
#include "mesh/model/connection.hpp"

namespace mesh::live {

// Asks in rounds: next() gives the queries of one, feed() their replies in that order; an empty next() means finished.
class AccessReader {
 public:
  explicit AccessReader(const GrantTarget& target);  // an object or the account
  explicit AccessReader(const Grantee& who);
  AccessReader(const AccessReader&) = delete;
  AccessReader& operator=(const AccessReader&) = delete;

  std::vector<Query> next();
  // Fails where the thing or grantee that was asked about cannot be seen, and where an answer did not arrive.
  Status feed(const std::vector<Reply>& replies);

  const AccessMap& map() const { return map_; }
  // What this role may not see, in words: about it the answers say nothing.
  const std::vector<std::string>& unseen() const { return unseen_; }
  // Of one grantee: what it and all below it hold on kinds that mesh does not know, so that the map cannot.
  struct Other {
    Grantee holder;
    OtherPrivilege held;
  };
  const std::vector<Other>& others() const { return others_; }

 private:
  struct Ask {
    std::string sql, what;
    std::function<void(const Rows&)> take;
    bool must_be_seen = false;
  };
  void ask_on(const GrantTarget& target, bool must_be_seen);
  void ask_to(const Grantee& grantee, bool must_be_seen);
  void take_on(const GrantTarget& target, const Rows& rows);
  void met(const Grantee& grantee);
  void give(const std::vector<Grant>& grants);

  std::vector<Ask> round_, asked_;
  std::set<Grantee> met_;
  bool upwards_;
  std::string locator_;
  AccessMap map_;
  std::vector<std::string> unseen_;
  std::vector<Other> others_;
};

}  // namespace mesh::live
