#pragma once
// What a change of a contract means to who reads: the rules CON-01 to CON-32, and whom they hit.

#include <string>
#include <vector>

#include "mesh/diag/diagnostic.hpp"
#include "mesh/model/contract.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/product.hpp"
#include "mesh/model/state.hpp"

namespace mesh {

// The step of a semantic version that a change asks for.
enum class Step : uint8_t { None, Patch, Minor, Major };
const char* to_string(Step step);  // "none", "patch", "minor", "major"

struct ContractChange {
  std::string rule;  // "CON-03"
  Step step = Step::None;
  std::string object;         // its last name; empty: the whole port
  std::vector<Name> columns;  // as readers knew it; empty: the object as a whole
  std::string message;        // "column FAX of ORDERS is removed"
  Place place;                // in the newer contract

  // "CON-03 ORDERS.FAX": what a consumer writes to agree to it.
  std::string acknowledgement() const;
};

// Of a port that is read: what queries that were right on `before` find in `after`. Sorted by object, rule, column.
std::vector<ContractChange> compare(const Contract& before, const Contract& after);

struct AffectedConsumer {
  std::string domain, contact;  // contact: its team's email, else its name
  std::string through;          // "role FINANCE_ANALYST", or "view FINANCE.REVENUE.MONTHLY" whose query uses it
  std::string until;            // of the agreement; empty: no end
  Place place;                  // of the use that breaks: the column, else the request; of the query
  bool acknowledged = false;
};
// A use that an account tells of and no manifest: evidence, while its absence would be none.
struct Usage {
  std::string who;  // "view MARTS.PUBLIC.REPORT", "role ANALYST"
  std::string how;  // "is built on ORDERS"
};
struct PortImpact {
  ContractChange change;
  PortId port;
  std::vector<QualifiedName> objects;       // that it is about, as manifests write them
  std::vector<AffectedConsumer> consumers;  // of a major change: who uses what changed
  std::vector<Usage> usage{};               // of a major change, where the account was asked (usage.hpp)
};
struct ProductImpact {
  std::string domain, product;  // "sales", "sales/orders@1"
  Version before, after;
  Step required = Step::None;  // by the largest change
  Place place;                 // of the version
  std::vector<PortImpact> changes;
};

// Products that are in both, with what changed in the contracts of their ports. A product that is new, was a draft or
// is one breaks nobody. `date` says which agreements are in force; `desired` holds the queries of other domains.
std::vector<ProductImpact> impacts(const Mesh& mesh, const Products& before, const Products& after,
                                   const State& desired, const std::string& date);

// The findings on them: a change that breaks a consumer who has not agreed to it (MESH1530, error), a version that does
// not tell of the change (MESH1531), a breaking change that hits nobody (MESH1532, warning), or uses that only the
// account knows (MESH1533, warning).
std::vector<Diagnostic> impact_findings(const std::vector<ProductImpact>& all);

}  // namespace mesh
