#pragma once
// What a plan says of products: who waits for whom, what ends, and why a change is made.

#include <set>
#include <string>
#include <vector>

#include "mesh/model/product.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh {

// How long before its last day an agreement is warned of.
inline constexpr int kDaysOfNotice = 30;

// Warnings on agreements and products as they stand on that day (YYYY-MM-DD, UTC), at the line of who has to act: ended
// or ending, approved for nobody, of a product that goes. Of these domains, consumer or provider; empty: of all.
std::vector<Diagnostic> agreement_findings(const Mesh& mesh, const Products& products, const std::string& date,
                                           const std::set<std::string>& domains = {});

// Takes out what would let in a role that neither exists nor is made by these changes: its domain is not part of the
// run.
void hold_back(DiffResult& result, const Mesh& mesh, const Products& products, const State& live,
               const std::string& date);

// Takes out what rests on databases that cannot be imported yet, since nobody shares them with this account.
void hold_back_imports(DiffResult& result, const std::set<ObjectId>& databases);

// Says of each change which product it belongs to: a port's objects with what hangs on them, readers, the share and the
// listing that offers it, and who is let in; and which values come from a contract.
void tell_products(Plan& plan, const Products& products, const State& declared);

// Adds to a plan of plan.domains at plan.date what waits for another domain, with the file that must change, the
// findings above, and the reasons of the changes that products make.
void add_agreements(Plan& plan, const Mesh& mesh, const Products& products, const State& live, const Sources& sources);

}  // namespace mesh
