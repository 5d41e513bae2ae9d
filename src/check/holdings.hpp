#pragma once
// Who owns and holds what, at one moment of a plan: what was read, and what earlier changes did to it.

#include <map>
#include <set>
#include <vector>

#include "mesh/model/role_grants.hpp"
#include "mesh/model/state.hpp"
#include "rights.hpp"

namespace mesh::check {

class Holdings : public Account {
 public:
  explicit Holdings(const Live& live);
  void learn(const Grantee& role, const RoleGrants& grants);

  bool exists(const ObjectId& id) const override { return owners_.count(now(id)) > 0; }
  bool is_managed_access(const QualifiedName& schema) const override;

  // Whether the role, one below it, or PUBLIC has it.
  bool has(const Grantee& role, const Right& right) const;
  // The role, all below it, and PUBLIC, which every role holds.
  const std::set<Grantee>& closure(const Grantee& role) const;

  // Supposing that it succeeds.
  void apply(const Change& change, const Statement& statement, const Desired& desired);

 private:
  using Privileges = std::map<std::string, bool, std::less<>>;  // with grant option?

  // Names are kept as they were before the plan's renames; new ones are led back to them.
  ObjectId now(const ObjectId& id) const;
  Grantee now(const Grantee& grantee) const;
  GrantTarget now(const GrantTarget& target) const;

  void give(const Grantee& grantee, const GrantTarget& target, const std::string& privilege, bool option);
  void give_birthright(const ObjectId& database_role);
  void take(const GrantKey& key, bool option_only);
  void own(const ObjectId& id, const Grantee& owner);
  void grant_future(const ObjectId& id);
  bool holds(const Grantee& role, const GrantTarget& target, const std::string& privilege, bool option) const;
  bool holds_inherited(const Grantee& role, const ObjectId& id, const std::string& privilege) const;
  bool holds_any(const Grantee& role, const ObjectId& id) const;

  std::map<ObjectId, Grantee> owners_;
  std::map<Grantee, std::map<GrantTarget, Privileges>> privileges_;
  std::map<Grantee, std::set<Grantee>> roles_;
  std::set<QualifiedName> managed_access_;
  std::vector<std::pair<ObjectId, QualifiedName>> renames_;  // from, to
  mutable std::map<Grantee, std::set<Grantee>> closures_;
};

}  // namespace mesh::check
