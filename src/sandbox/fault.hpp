#pragma once
// Faults that a sandbox plays (--faults SPEC): what may go wrong, how often, and a schedule that is the same for the
// same seed. Knows nothing of HTTP; wire_api.cpp asks it at each request, fault_reply.cpp gives faults their form.

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

enum class FaultKind : uint8_t {
  ResetBefore,     // the connection is reset, the request is not looked at
  ResetAfter,      // the connection is reset once the request has had its effect
  Busy,            // 429
  Unavailable,     // 503, the request is not looked at
  GatewayTimeout,  // 504 once the request has had its effect
  Slow,            // the answer trickles
  Cut,             // the answer's body ends in its middle
  Garbage,         // the answer's body is something else
  Expired,         // 401, the token is refused
  Long,            // the statement takes longer than 45 seconds
  Warehouse,       // the warehouse cannot start
  PrivilegeLost,   // a REVOKE runs before the statement
  Actor,           // another user's statement runs before it
  Lacks            // the account has no such feature: a statement with the word is refused
};

struct FaultRule {
  FaultKind kind = FaultKind::ResetBefore;
  double probability = 0;        // of each request or statement; 0: by number
  uint64_t first = 0, last = 0;  // statements by number, from 1
  uint64_t burst = 1;            // requests in a row that are hit
  std::string sql;               // of PrivilegeLost and Actor; the word of Lacks
};

struct FaultPlan {
  uint64_t seed = 1;
  double scale = 1;  // of the time that statements take and the 45 seconds
  std::vector<FaultRule> rules;
};

// Reads a SPEC; the grammar is in docs/sandbox.md. Fails with the word that is wrong and the words there are.
Result<FaultPlan> parse_faults(std::string_view spec);

// As SPEC names it.
std::string_view name_of(FaultKind kind);

// What befalls one request.
struct Faulted {
  std::optional<FaultKind> transport;  // at most one of those before Long
  uint64_t statement = 0;              // its number; 0: not the first submit of a statement
  double takes_longer_s = 0;           // seconds, not scaled
  bool warehouse_fails = false;
  std::vector<std::pair<FaultKind, std::string>> runs_before;
  std::vector<std::string> lacks;  // words of features
  uint64_t random = 0;             // for what the plan leaves open: where a body is cut, how long it takes
};

// Thread-safe. Statements are numbered as their first submits arrive; what happens to the n-th depends on the seed and
// n alone. Of repetitions, polls and fetches each next one draws from a second sequence.
class FaultSchedule {
 public:
  explicit FaultSchedule(FaultPlan plan) : plan_(std::move(plan)), hits_left_(plan_.rules.size(), 0) {}
  Faulted next(bool is_first_submit);

 private:
  bool hits(size_t rule, uint64_t place, uint64_t statement);

  const FaultPlan plan_;
  std::mutex mutex_;
  uint64_t statements_ = 0, others_ = 0;
  std::vector<uint64_t> hits_left_;  // of a burst, by rule
};

}  // namespace mesh::sandbox
