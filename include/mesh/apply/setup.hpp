#pragma once
// What a mesh stands on in an account: the control schema, the roles that mesh.yaml names, the users that log in for
// them, and what these may do, which is what the manifests need and no more.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/apply/control.hpp"
#include "mesh/model/state.hpp"

namespace mesh::apply {

// Roles that every account is born with (security-access-control-overview).
bool is_system_role(const std::string& role);

// What an account has of it.
struct SetupFacts {
  std::string connection_role;  // stored spelling
  ControlFacts control;
  // Who owns the roles, databases and warehouses of the account, and the control schema; empty: nobody or not told.
  std::map<ObjectId, std::string> owners;
  std::set<std::string> users;
  std::set<GrantKey> grants;  // to the roles that mesh.yaml names, OWNERSHIP among them
  std::set<GrantKey> grants_with_option;
  std::set<MembershipKey> memberships;  // of those roles: who has them

  bool exists(KindId kind, const std::string& name) const;
};

// Reads them in two rounds of statements. `can_take` says whether this user may run statements under a role: what the
// connection's role does not see is asked for under SECURITYADMIN, and the control schema under its owner, where it
// may. Fails with what Snowflake said.
Result<SetupFacts> read_setup(const Mesh& mesh, const std::function<bool(const std::string&)>& can_take,
                              Connection& connection);

// The rows of SHOW GRANTS TO ROLE, kinds that mesh does not know left out; `with_option` may be null.
std::set<GrantKey> parse_role_grants(const std::string& role, const Rows& rows, std::set<GrantKey>* with_option);
// Whether the grants hold that one: as it is, or by ownership of the object.
bool is_granted(const std::set<GrantKey>& grants, const GrantKey& wanted);

struct SetupStep {
  std::string sql;
  std::string as;                // the role that runs it: the least one that Snowflake's documentation names
  std::string why;               // one line for people; the same for neighbours
  bool proposal = false;         // shown, never run: a decision that is not mesh's
  bool needs_warehouse = false;  // the control warehouse
};

// What is missing, in the order it can be run. Nothing is ever taken away or changed.
std::vector<SetupStep> setup_steps(const Mesh& mesh, const Desired& desired, const SetupFacts& facts);

// As a worksheet takes it: USE ROLE, the statements, and proposals as comments.
std::string worksheet(const std::vector<SetupStep>& steps);

}  // namespace mesh::apply
