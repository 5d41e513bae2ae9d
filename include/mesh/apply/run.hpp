#pragma once
// Carries out the very plan value that was rendered.

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "mesh/apply/control.hpp"
#include "mesh/plan/outcome.hpp"

namespace mesh::apply {

struct RunOptions {
  int parallelism = 8;
  // Once for each outcome, as it is known (what was not tried: at the end); from one thread at a time.
  std::function<void(const Outcome&)> on_outcome;
  // A fresh look at what revokes and drops of one stage have taken away: for each, what is wrong, or an empty text.
  // Null: nobody looks, and Snowflake's word counts.
  std::function<std::vector<std::string>(const std::vector<const Change*>&)> still_there;
  const std::atomic<bool>* interrupted = nullptr;  // Ctrl-C: nothing new is started; answers under way still count
};

struct RunResult {
  std::vector<Outcome> outcomes;  // in the plan's order
  bool failed = false;            // any statement failed, or the ledger could not be written
  std::string trouble;            // of the ledger, the lease or an interruption: said at the end
};

// One account of a run: its own ledger, lease and audit.
struct RunPlace {
  const Mesh& mesh;  // Mesh::in_account
  const RunInfo& info;
  Lease& lease;
  Connection& connection;
};
using RunPlaces = std::map<std::string, RunPlace>;  // by Change::account: empty for the environment's own

// The ledger must be there and the lease held. Independent branches of Change::after run at once. Per stage (all
// changes ready together) their intents are written to the ledger in one INSERT before the DDL runs; what succeeded is
// confirmed, echoes are read back; on failure whatever depends on the failed change is skipped and the independent rest
// goes on. Every statement carries a QUERY_TAG with run, domain and commit.
RunResult run(const Plan& plan, const Mesh& mesh, const RunInfo& info, Lease& lease, Connection& connection,
              const RunOptions& options);
// The same over several accounts. Each keeps what was done in it; nothing more is submitted anywhere once one lease is
// not safe.
RunResult run(const Plan& plan, const RunPlaces& places, const RunOptions& options);

}  // namespace mesh::apply
