#pragma once
// The plan: a value that is rendered and executed alike.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/diff/change.hpp"

namespace mesh {

struct AccessChange {
  bool added = true;
  std::string who;  // "role FINANCE_ANALYST"
  std::string privilege;
  std::string object;            // address
  std::vector<std::string> via;  // "database role SALES.ORDERS_READER"
};

// Who reads a classified column unmasked, in numbers: roles, but those that stand above all, and users.
struct ReadersChange {
  std::string column;  // address
  int before = 0, after = 0;
  std::vector<std::string> gained, lost;  // "role R (through database role D.R)", "role R, by condition"
};

// A product that something in the plan belongs to.
struct PlannedProduct {
  std::string product;  // "sales/orders@1"
  std::string version, status;
  Place place;
};

struct WaitingItem {
  std::string address;
  std::string needs;
  Place place;
};

// An account that could not be read, so that its domains are not part of the plan.
struct Unplanned {
  std::string account;
  std::vector<std::string> domains;
  std::string why;
};

struct Plan {
  std::string mesh, environment, account, as_role;
  std::vector<std::string> accounts;  // all of them where there are several, those not planned too
  std::vector<Unplanned> unplanned;
  std::string date;                      // YYYY-MM-DD, UTC
  std::vector<std::string> domains;      // those planned, sorted
  std::vector<Change> changes;           // in the order of execution; Change::after are indices into this
  std::vector<PlannedProduct> products;  // of the changes, by name
  std::vector<AccessChange> access;
  std::vector<ReadersChange> readers;
  std::vector<WaitingItem> waiting;
  std::vector<Diagnostic> findings;  // warnings and errors of rules and preflight
  std::vector<Refusal> refused;
  std::vector<Unmanaged> unmanaged;
  std::vector<std::string> vanished;
  int statements_read = 0;
  std::string fingerprint;   // "sha256:..." over changes, statements, roles and the live state they rest on
  std::string state_age;     // --state: "recorded 3 hours ago"; empty for a live account
  std::string base;          // --base: the revision as it was asked for; empty: nothing to tell apart
  std::set<size_t> pending;  // of changes: those that the manifests at `base` would make as well

  bool nothing_to_do() const { return changes.empty(); }
};

struct Summary {
  int create = 0, update = 0, rename = 0, replace = 0, drop = 0, grant = 0, revoke = 0, set = 0, unset = 0, adopt = 0,
      forget = 0;
};
Summary summarise(const Plan& plan);

// Puts changes into an order in which each can be carried out, fills Change::after, and drops nothing. The same for
// every shuffling of the input. A cycle is a diagnostic (MESH2010) that names its path with files; the changes in it
// are left out.
std::vector<Change> order(std::vector<Change> changes, Diagnostics& diagnostics);

struct PlanHeader {
  std::string as_role, date;
  std::string connection_role;  // runs the statements of domains without a deploy_role
  int statements_read = 0;
  std::set<std::string> domains;
};
Plan make_plan(const Mesh& mesh, const Desired& desired, const Live& live, DiffResult diff, const PlanHeader& header,
               Diagnostics& diagnostics);

// One account's part of a plan over several.
struct PlanPart {
  Plan plan;
  // The databases there, declared or live, that other accounts share: ORGANIZATION.ACCOUNT.SHARE.
  std::map<ObjectId, QualifiedName> imports;
};
// Puts the parts together in an order that each account's own changes keep: what a share gets comes before what its
// consumers do with it, and what they give up before what is taken out of it. `own_account` is the environment's: what
// is in others says so. There is one part at least. A cycle is a diagnostic (MESH2010).
Plan merge_plans(std::vector<PlanPart> parts, const std::string& own_account, Diagnostics& diagnostics);

// Fills base and pending. `at_base` are the changes that the manifests at `revision` would make on the same account;
// one was pending there where it had the same address, action and statements.
void tell_pending(Plan& plan, const std::string& revision, const std::vector<Change>& at_base);

// Who can read or write which table or view afterwards that could not before, and the reverse: for the declared account
// roles, through whatever roles they hold.
std::vector<AccessChange> access_changes(const Desired& desired, const State& live, const std::vector<Change>& changes);

}  // namespace mesh
