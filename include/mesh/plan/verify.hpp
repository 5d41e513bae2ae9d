#pragma once
// What ports promise, held against the account: which statements ask, and what their answers say.

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "mesh/model/connection.hpp"
#include "mesh/model/product.hpp"

namespace mesh {

enum class Verdict : uint8_t {
  Holds,
  Broken,
  Unanswered,   // the account refused the question: that is no success
  NotVerified,  // nothing that a statement could tell
};
const char* to_string(Verdict verdict);  // "holds", "broken", "unanswered", "not verified"

struct Verification {
  std::string product;       // "sales/orders@1"
  std::string port, object;  // the object's address; empty: of the port as a whole
  std::string promise;       // "column EMAIL is VARCHAR(320)"
  Verdict verdict = Verdict::NotVerified;
  std::string found;  // what is there instead, or why nobody knows; empty where it holds
  Place place;
};

// One statement and the promises that its answer settles.
struct Inquiry {
  std::string domain;
  std::string sql;
  std::function<std::vector<Verification>(const Reply&)> judge;
};

struct VerificationPlan {
  std::vector<Verification> settled;  // what no statement is needed for
  std::vector<Inquiry> inquiries;
};

// Of the ports of active and deprecated products of these domains. Asked are the shape of each object (its columns,
// their types, whether they may be null), one SELECT of counts per object for keys, required columns and library rules,
// and one statement per rule of type sql. Nothing of it changes anything.
VerificationPlan verification_plan(const Products& products, const std::set<std::string>& domains);

}  // namespace mesh
