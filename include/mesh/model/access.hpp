#pragma once
// Who may do what: owners, privileges, roles in roles, and the walk over them. One concept for the plan's access
// section, the check before the first statement, and mesh access.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/model/role_grants.hpp"
#include "mesh/model/state.hpp"

namespace mesh {

// The grantee that a role or database role is.
Grantee grantee_of(const ObjectId& role);
Grantee account_role(const Name& name);
// One of those that Snowflake ships, PUBLIC aside (access-control-overview, system-defined roles).
bool is_system_role(const Grantee& grantee);
// Every role and user holds it, though it is never listed (grants.md 0.11).
Grantee everybody();
GrantTarget on_object(ObjectId id);
GrantTarget on_the_account();
// The database and the schema above what a name stands for, from the outside in.
std::vector<ObjectId> containers_of(const GrantTarget& target);

class AccessMap {
 public:
  using Privileges = std::map<std::string, bool, std::less<>>;  // with grant option?
  using ByTarget = std::map<GrantTarget, Privileges>;           // PresentIn: an inherited grant

  // What system roles hold from the beginning, and nothing else.
  AccessMap();
  // And what is granted, owned (live) and born there. Stated owners are the caller's to tell.
  explicit AccessMap(const State& state);
  // What SHOW GRANTS TO tells of one grantee.
  void learn(const Grantee& grantee, const RoleGrants& grants);

  void give(const GrantKey& key, bool option);
  void take(const GrantKey& key, bool option_only);
  void own(const ObjectId& id, const Grantee& owner) { owners_[id] = owner; }
  // Of a dropped object; a role takes what it held and its memberships along.
  void forget(const ObjectId& id);
  void join(const Grantee& member, const Grantee& role);
  void leave(const Grantee& member, const Grantee& role);
  // USAGE on its database (grants.md 0.8).
  void give_birthright(const ObjectId& database_role);
  // What future grants give to an object that was just made (grants.md 4), ownership included.
  void grant_future(const ObjectId& id);

  // nullptr: not known.
  const Grantee* owner_of(const ObjectId& id) const;
  bool is_known(const ObjectId& id) const { return owners_.count(id) > 0; }
  // What it holds by itself.
  const ByTarget& privileges_of(const Grantee& grantee) const;
  // Everyone that is named in it, sorted.
  std::set<Grantee> grantees() const;
  const std::set<Grantee>& roles_of(const Grantee& member) const;
  std::vector<ObjectId> owned_by(const Grantee& owner) const;

  // Itself, all below it, and PUBLIC.
  const std::set<Grantee>& closure(const Grantee& grantee) const;
  // The same, nearest first, each with the shortest chain of roles it is reached through (itself: none; the holder is
  // the last of the chain). PUBLIC comes last unless it is granted.
  struct Holder {
    Grantee who;
    std::vector<Grantee> via;
  };
  std::vector<Holder> walk(const Grantee& grantee) const;

  // By itself, not through others.
  bool holds(const Grantee& one, const GrantTarget& target, std::string_view privilege, bool option) const;
  // Through an inherited grant on a container or the account (grants.md 1.9).
  bool holds_inherited(const Grantee& one, const ObjectId& id, std::string_view privilege) const;
  bool holds_any(const Grantee& one, const ObjectId& id) const;
  bool owns(const Grantee& one, const ObjectId& id) const;

  // Through anything it holds: whether names in the container can be resolved, for which any one privilege on it will
  // do (grants.md 3, Implied); who sees everything, by MANAGE GRANTS or RESOLVE ALL, resolves everything.
  bool resolves(const Grantee& grantee, const ObjectId& container) const;

 private:
  std::map<ObjectId, Grantee> owners_;
  std::map<Grantee, ByTarget> privileges_;
  std::map<Grantee, std::set<Grantee>> roles_;
  mutable std::map<Grantee, std::set<Grantee>> closures_;
};

enum class AccessHow : uint8_t {
  Owned,      // OWNERSHIP implies every privilege on the object
  Granted,    // on it
  Inherited,  // an inherited grant on a container
  OnAccount,  // a privilege on the account that stands for it, or ACCOUNTADMIN on the account itself
  ToCome,     // a future grant: on objects that will be made there
};
const char* to_string(AccessHow how);  // "owned", ...

// One thing that somebody may do, by the nearest way.
struct AccessAnswer {
  Grantee who;
  std::string privilege;
  GrantTarget target;  // FutureIn: those to come; PresentIn: an inherited grant
  AccessHow how = AccessHow::Granted;
  std::vector<Grantee> via;  // the last one holds it; empty: `who` itself
  bool grant_option = false;
  std::vector<ObjectId> missing;  // containers above on which there is no privilege, so that it cannot be used
};

// Everyone named in the map who has the privilege on the target.
std::vector<AccessAnswer> who_can(const AccessMap& map, const std::string& privilege, const GrantTarget& target);
// All that one grantee may do, by target. What it owns is one answer OWNERSHIP each, which stands for every privilege.
std::vector<AccessAnswer> what_can(const AccessMap& map, const Grantee& who);

}  // namespace mesh
