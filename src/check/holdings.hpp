#pragma once
// Who owns and holds what, at one moment of a plan: what was read, and what earlier changes did to it.

#include <set>
#include <vector>

#include "mesh/model/access.hpp"
#include "rights.hpp"

namespace mesh::check {

class Holdings : public Account {
 public:
  explicit Holdings(const Live& live);
  void learn(const Grantee& role, const RoleGrants& grants) { map_.learn(role, grants); }

  bool exists(const ObjectId& id) const override { return map_.is_known(now(id)); }
  bool is_managed_access(const QualifiedName& schema) const override;

  // Whether the role, one below it, or PUBLIC has it.
  bool has(const Grantee& role, const Right& right) const;
  // The role, all below it, and PUBLIC, which every role holds.
  const std::set<Grantee>& closure(const Grantee& role) const { return map_.closure(now(role)); }

  // Supposing that it succeeds.
  void apply(const Change& change, const Statement& statement, const Desired& desired);

 private:
  // Names are kept as they were before the plan's renames; new ones are led back to them.
  ObjectId now(const ObjectId& id) const;
  Grantee now(const Grantee& grantee) const;
  GrantTarget now(const GrantTarget& target) const;
  GrantKey now(const GrantKey& key) const { return {now(key.target), now(key.grantee), key.privilege}; }

  void create(const ObjectId& id, const Grantee& role, const Desired& desired);
  void alter(const Change& change);
  void give_or_take(const Change& change, bool given);

  AccessMap map_;
  std::set<QualifiedName> managed_access_;
  std::vector<std::pair<ObjectId, QualifiedName>> renames_;  // from, to
};

}  // namespace mesh::check
