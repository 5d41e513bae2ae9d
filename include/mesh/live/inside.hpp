#pragma once
// A fresh look at what a container holds before it is dropped: DROP takes everything inside along (design, promise 1).

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/kinds/kind.hpp"
#include "mesh/model/connection.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/state.hpp"

namespace mesh::live {

// Words of SHOW .. IN SCHEMA or DATABASE for what mesh does not manage: "GIT REPOSITORIES".
std::vector<std::string_view> unmanaged_lists();
// Whether the account does not have that kind of object, so that there is none of it: an edition or a region without
// it, or an older release.
bool is_unknown_list(const StatementError& error);

// The names in an answer about such a list, of what lies in the container.
std::vector<QualifiedName> names_in(const ObjectId& container, const Rows& rows);

class Inside {
 public:
  // A database or schema of that domain. `live` and `mesh` must outlive it.
  Inside(const Mesh& mesh, const Live& live, ObjectId container, const std::string& domain);
  // SHOW of every kind, as every role that reads for the domain: what a role may not see it is not shown.
  const std::vector<Query>& queries() const { return queries_; }
  // Why it is not known that nothing else is inside: what stands there and was not read with the rest, each kind's
  // first, and what could not be looked at. `replies` to queries().
  std::vector<std::string> strangers(const std::vector<Reply>& replies) const;

 private:
  struct List {
    std::string_view words;             // SHOW <words>
    const kinds::Kind* kind = nullptr;  // none: mesh does not manage it
    bool must_succeed = true;           // as the role that the rest is read by
  };
  void ask(const List& list, const std::set<std::string>& roles, const std::string& first);
  bool was_read_whole() const;
  std::vector<ObjectId> unread(const kinds::Kind& kind, const Rows& rows) const;
  std::string stranger(const List& list, const Rows& rows, std::set<std::string>& named) const;
  std::string failure(const List& list, const StatementError& error) const;

  const Live& live_;
  ObjectId container_;
  std::vector<List> lists_;  // of each query
  std::vector<Query> queries_;
};

}  // namespace mesh::live
