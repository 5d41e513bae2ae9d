#pragma once
// A plan as people read it: one group per object, its own changes first, then who may do what with it.

#include <string>
#include <vector>

#include "mesh/plan/plan.hpp"

namespace mesh::render {

// Privileges that one grantee gets or loses on one target, or one membership.
struct AccessLine {
  bool added = true;
  std::string what;  // "SELECT, INSERT to role R", "SELECT on future views to role R", "granted to role B"
  Place place;
  std::string reason;
  std::vector<const Change*> changes;
};

struct Group {
  std::string product;  // that it belongs to; may be empty
  std::string subject;  // address: "schema SALES.ORDERS", "account"
  std::vector<const Change*> own;
  std::vector<AccessLine> access;
};

// Of the changes that are this revision's; points into the plan. What belongs to no product first, then product by
// product; within that in the order of the first change of each.
std::vector<Group> groups(const Plan& plan);
// The product of that name: one of the plan's.
const PlannedProduct& planned_product(const Plan& plan, const std::string& name);
// The others: pending at the base already (plan --base).
std::vector<const Change*> pending_changes(const Plan& plan);

bool is_destructive(const Change& change);

}  // namespace mesh::render
