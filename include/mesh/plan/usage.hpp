#pragma once
// What an account knows of the use of what a change breaks: evidence of it, and never that nobody uses it, for both
// sources tell hours later (docs: account-usage/object_dependencies, account-usage/access_history).

#include <string>
#include <vector>

#include "mesh/model/connection.hpp"
#include "mesh/plan/compatibility.hpp"

namespace mesh {

enum class UsageSource : uint8_t {
  Dependencies,  // ACCOUNT_USAGE.OBJECT_DEPENDENCIES: what is built on it
  Reads,         // ACCOUNT_USAGE.ACCESS_HISTORY, Enterprise Edition: who read which column
};

struct UsageInquiry {
  UsageSource source = UsageSource::Dependencies;
  std::string domain;  // whose plan_role asks
  std::string sql;
};
// Of the major changes among them, for each domain; none where nothing breaks.
std::vector<UsageInquiry> usage_inquiries(const Mesh& mesh, const std::vector<ProductImpact>& all);

// Adds to the changes who uses what they break and is neither declared, nor a consumer that is hit anyway. `replies`
// are those of the inquiries, in their order. What could not be asked is a note (MESH1534).
std::vector<Diagnostic> add_usage(const Mesh& mesh, const State& desired, const std::vector<UsageInquiry>& inquiries,
                                  const std::vector<Reply>& replies, std::vector<ProductImpact>& all);

}  // namespace mesh
