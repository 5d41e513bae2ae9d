#pragma once
// The ledger, the lease and the audit in Snowflake (design 6): tables in the mesh's control schema, reached by plain
// SQL. What stands in each is told by src/apply/control_tables.hpp.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mesh/model/connection.hpp"
#include "mesh/model/grants.hpp"
#include "mesh/model/ledger.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh::apply {

// What there is of the control schema.
struct ControlFacts {
  bool database = false, schema = false, warehouse = false;
  std::set<std::string> tables;                          // in the schema, the ledgers of other meshes among them
  std::string ledger_view;                               // its text; empty: none, or not to be seen
  std::set<std::pair<std::string, std::string>> leases;  // of this mesh: environment, domain
};

// What `mesh bootstrap` runs to make what is missing: database, schema, warehouse, tables, the view over all ledgers,
// lease rows for every domain of every environment. Each can be run again: IF NOT EXISTS, OR REPLACE of the view,
// MERGE.
struct ControlStatement {
  std::string sql;
  bool at_account = false;       // makes an account-level object
  bool needs_warehouse = false;  // the control warehouse
};
std::vector<ControlStatement> bootstrap_sql(const Mesh& mesh, const ControlFacts& facts);

// The statements that tell the facts inside a schema that is there.
Query control_tables_query(const Mesh& mesh);  // SHOW TABLES
Query ledger_view_query(const Mesh& mesh);     // SHOW VIEWS
Query leases_query(const Mesh& mesh);          // rows ENVIRONMENT, DOMAIN

// What the plan and deploy roles that mesh.yaml names need there: reading everything, adding to the own domain's table
// only.
std::vector<GrantKey> control_grants(const Mesh& mesh);

// The statement that reads the ledger, to be sent with the first round of reading; and its answer as a value. A missing
// control schema or table gives available = false with the reason. Any other failure is an error: a doubt stops the
// run. An intent that was never confirmed counts as carried out (made is made), with unconfirmed = true.
Query ledger_query(const Mesh& mesh);
Result<Ledger> parse_ledger(const Mesh& mesh, const Reply& reply);

// For `mesh log`: the newest runs first (RUN, EVENT, COMMAND, USER_NAME, ROLE_NAME, COMMIT_ID, DOMAINS, FINGERPRINT,
// OUTCOME, WRITTEN_AT; a run has a row 'started' and, unless it was killed, one 'finished'), and the statements of one
// run in order (NUMBER, DOMAIN, ADDRESS, SQL_TEXT, ROLE_NAME, QUERY_ID, STATUS, ERROR).
Query runs_query(const Mesh& mesh, int limit);
Query statements_query(const Mesh& mesh, const std::string& run_id);

struct RunInfo {
  std::string run_id;      // UUID
  std::string command;     // "apply"
  std::string user, role;  // who
  std::string commit;      // git revision, may be empty
  std::string fingerprint, plan_json;
};

// How a lease keeps time; tests give their own.
struct LeaseClock {
  std::function<std::chrono::steady_clock::time_point()> now;  // empty: the steady clock
  std::function<void(std::chrono::milliseconds)> sleep;        // empty: this thread sleeps
  std::chrono::milliseconds renew_every{20'000};
  std::chrono::milliseconds retry_every{1'000};  // after a renewal that failed
  std::chrono::milliseconds poll_every{2'000};   // while somebody else holds it
};

struct LeaseOptions {
  int lock_timeout_s = 0;                            // --lock-timeout
  std::function<void(const std::string&)> say = {};  // progress lines: "waiting for the lease held by ..."
  const std::atomic<bool>* interrupted = nullptr;    // ends the waiting
  LeaseClock clock = {};
};

// Why a lease could not be had. Only Failed and Interrupted are failures; the others are reasons not to begin (exit 4).
struct LeaseFailure {
  enum class Why : uint8_t {
    Held,        // by another run, or by one that may still execute
    Missing,     // no table or no row: bootstrap was not run, or not for this domain
    Failed,      // Snowflake or the network
    Interrupted  // Ctrl-C while waiting
  };
  Why why = Why::Failed;
  std::string message;
};

// The lease of every planned domain: taken in name order by one UPDATE each, renewed every 20 s on a thread of its own,
// released by release() or the destructor.
class Lease {
 public:
  // Fails with who holds it since when. A lapsed lease is taken over only when Snowflake's
  // query history shows that nothing of its run still executes; where it cannot show that, taking fails. The connection
  // must outlive the lease.
  static Result<std::unique_ptr<Lease>, LeaseFailure> take(const Mesh& mesh, const std::vector<std::string>& domains,
                                                           const RunInfo& run, Connection& connection,
                                                           const LeaseOptions& options);
  ~Lease();
  // At least 30 s are left by the server's clock: nothing is submitted otherwise.
  bool safe_to_submit() const;
  void release();

 private:
  struct Impl;
  explicit Lease(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// mesh unlock: first the SELECT that says whose the leases of the domains are (DOMAIN, HOLDER, HOLDER_USER, TAKEN_AT),
// then the UPDATE that frees them.
std::vector<std::string> unlock_sql(const Mesh& mesh, const std::vector<std::string>& domains);

}  // namespace mesh::apply
