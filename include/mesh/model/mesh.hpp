#pragma once
// mesh.yaml as a value: who owns what, and which environment is meant.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/diag/place.hpp"
#include "mesh/ident/name.hpp"
#include "mesh/model/grants.hpp"

namespace mesh {

// Roles sent with a domain's statements; empty: the environment's, then the connection's.
struct DeployRoles {
  std::string plan, deploy, creator;  // stored spellings
};

// A user that a pipeline logs in as; empty name: none. With a subject it logs in with an OIDC token of that subject, by
// workload identity federation, else with whatever key it is given.
struct ServiceUser {
  std::string name;  // stored spelling
  std::string subject, issuer;
};
struct ServiceUsers {
  ServiceUser plan, deploy;
};

struct Domain {
  std::string name;
  std::string path;               // relative to the mesh root
  std::vector<std::string> owns;  // patterns over account-level names, stored spelling, without suffix
  bool account = false;           // may grant on the account
  bool governs = false;
  DeployRoles roles;
  ServiceUsers users;
  std::string team, team_email, description;
  Place place;
};

// Where a domain lives that does not live in its environment's own account.
struct Placement {
  std::string connection, account;  // as those of an environment
  Place place;
};

struct Environment {
  std::string name;
  std::string connection;
  std::string account;  // as written, upper-cased: ORG-ACCOUNT
  std::string suffix;   // stored spelling, e.g. _DEV
  bool is_protected = false;
  DeployRoles roles;
  ServiceUsers users;
  std::map<std::string, Placement> domains;  // by domain: those that live in another account
  Place place;
};

// What the words of contracts become: tags, by their names without suffix.
struct ContractWords {
  std::optional<QualifiedName> classification;  // ODCS classification; none: it stays a word
  std::map<std::string, std::string> values;    // what is written: the tag's value; empty: as it is written
  std::map<std::string, QualifiedName> tags;    // "pii": the tag that "pii:email" sets
};

struct Control {
  Name database, schema, warehouse;  // carry no suffix
};

struct Mesh {
  std::string name;
  Control control;
  bool has_control = false;
  Environment environment;                // the one chosen by -e
  std::vector<std::string> environments;  // all names
  std::vector<Domain> domains;            // sorted by name
  std::vector<Domain> elsewhere;          // of in_account(): the domains that live in other accounts
  bool allow_unknown_privileges = false;
  ContractWords contracts;

  const Domain* find(const std::string& name) const;  // here or elsewhere

  // The account where a domain lives in this environment, as mesh.yaml writes it; empty: whichever the connection leads
  // to.
  const std::string& account_of(const std::string& domain) const;
  bool are_together(const std::string& domain, const std::string& other) const;
  // Every account that domains live in, the environment's own first.
  std::vector<std::string> accounts() const;
  // What one of them is to know: the domains that live there own names and are planned, and environment.connection and
  // environment.account lead there.
  Mesh in_account(const std::string& account) const;

  // Whose `owns` matches an account-level name (without suffix): the longest pattern wins; nullptr: nobody's.
  const Domain* owner_of(const std::string& stored_name) const;
  // The same for a name as it stands in the account: the environment's suffix is taken off first.
  const Domain* owner_of_live(const std::string& stored_name) const;
  // A name of the account as manifests write it: without the environment's suffix, where a domain owns what is left.
  Name as_written(const Name& live) const;
  ObjectId as_written(ObjectId live) const;
  Grantee as_written(Grantee live) const;
  GrantKey as_written(GrantKey live) const;
  // The reverse, for a name as manifests write it: with the suffix where a domain owns it.
  ObjectId as_live(ObjectId written) const;
  // The control database and what is in it, or the control warehouse: mesh's own, nobody's to manage.
  bool is_control(const Name& database_or_warehouse) const;
  // The role for a domain's changes / creations / reads; empty: the connection's.
  std::string deploy_role(const std::string& domain) const;
  std::string creator_role(const std::string& domain) const;
  std::string plan_role(const std::string& domain) const;
  // Whether some domain or the environment names it as its plan, deploy or creator role.
  bool is_deployment_role(const std::string& stored_name) const;
  // Who logs in for them: the domain's own, else the environment's.
  ServiceUser deploy_user(const std::string& domain) const;
  ServiceUser plan_user(const std::string& domain) const;
  // Whether mesh.yaml names it as one of those: bootstrap makes it, and no domain manages it.
  bool is_set_up_user(const Name& user) const;
};

// Whether two spellings name one account: an account identifier may be written with - for _ (admin-account-identifier).
bool same_account(const std::string& a, const std::string& b);
// ORGANIZATION.ACCOUNT of ORG-ACCOUNT, as shares name accounts; empty where no organization is named. An organization's
// name has letters and digits alone (admin-account-identifier).
std::string account_in_share(const std::string& account);

}  // namespace mesh
