#pragma once
// Promise 9: before the first statement, every statement's role is held against owners and privileges. The changes are
// walked in the order of execution, each leaving behind what it makes, hands over, grants and takes.
//
// Sources: the rules of grants.md 3.1 and 4, and the access control sections of the pages it names. What mesh does not
// see (objects of kinds it does not know, sources of views that it did not read) is left to Snowflake's own answer.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "mesh/diff/change.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/role_grants.hpp"

namespace mesh::check {

// What a statement's role lacks.
struct Missing {
  std::string role;                    // stored spelling
  std::string needs;                   // "CREATE SCHEMA on database SALES"
  std::string remedy;                  // the GRANT statement, or in words what else would do
  bool certain = true;                 // false: no page says that Snowflake asks for it here
  std::vector<std::string> addresses;  // of the changes that need it, in their order
  Place place;                         // of the first
};

// What a role needs to go on managing its domain. Where it has that before a plan and not after, the plan locks it out.
struct Keep {
  enum class What : uint8_t {
    Manage,   // OWNERSHIP of the object, which MANAGE GRANTS on the account could take back
    Resolve,  // any privilege on the container
    Hold      // `privilege` on the target
  };
  std::string role;  // stored spelling
  What what = What::Manage;
  GrantTarget target;
  std::string privilege;
};
// For the roles with which statements of these domains are sent: every declared object whose structure is mesh's, what
// is above it, and the control grants.
std::vector<Keep> keeps_of(const Mesh& mesh, const Desired& desired, const Live& live,
                           const std::set<std::string>& domains, const std::vector<GrantKey>& control_grants);

// A change after which a role can no longer do what it must.
struct Lockout {
  std::string role;     // stored spelling
  std::string address;  // of the change
  std::string loses;    // "OWNERSHIP of table A.B.C", "itself"
  size_t more = 0;      // other things that it loses by the same change
  Place place;
};

// Asks in rounds, for what live does not tell: only where something seems to be missing.
class Preflight {
 public:
  // All must outlive it. `changes` in the order of execution, their statements' roles filled in.
  Preflight(const std::vector<Change>& changes, const Desired& desired, const Live& live, std::vector<Keep> keeps = {});
  // What account roles must hold by themselves or through roles below them, whatever changes come.
  explicit Preflight(std::vector<GrantKey> needed);
  ~Preflight();

  // SHOW GRANTS TO `role`, sent with `as_role`. Under another role Snowflake shows a part only.
  struct Ask {
    Grantee role;
    std::string as_role;  // stored spelling
  };
  // What to ask now; empty: what missing() says is final.
  std::vector<Ask> next();
  void feed(const Ask& ask, const RoleGrants& grants);
  // Could not be asked: nothing is said of what `as_role` lacks.
  void give_up(const Ask& ask);

  // One for each role and grant.
  std::vector<Missing> missing() const;
  // One for each role and change.
  std::vector<Lockout> lockouts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mesh::check
