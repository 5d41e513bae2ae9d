#pragma once
// The ledger, the lease and the audit in Snowflake (design 6): tables in the mesh's control schema, reached by plain
// SQL.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "mesh/model/connection.hpp"
#include "mesh/model/ledger.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/plan/plan.hpp"

namespace mesh::apply {

// What `mesh bootstrap` runs: database, schema and warehouse where they are missing (given what exists), tables, lease
// rows for every domain of every environment. Idempotent: CREATE IF NOT EXISTS and MERGE.
std::vector<std::string> bootstrap_sql(const Mesh& mesh, bool database_exists, bool schema_exists,
                                       bool warehouse_exists);

// The statement that reads the ledger, to be sent with the first round of reading; and its answer as a value. A missing
// control schema or table gives available = false with the reason. Any other failure is an error: a doubt stops the
// run.
Query ledger_query(const Mesh& mesh);
Result<Ledger> parse_ledger(const Mesh& mesh, const Reply& reply);

struct RunInfo {
  std::string run_id;      // UUID
  std::string command;     // "apply"
  std::string user, role;  // who
  std::string commit;      // git revision, may be empty
  std::string fingerprint, plan_json;
};

struct LeaseOptions {
  int lock_timeout_s = 0;                       // --lock-timeout
  std::function<void(const std::string&)> say;  // progress lines: "waiting for the lease held by ..."
};

// The lease of every planned domain: taken in name order by one UPDATE each, renewed every 20 s on a thread of its own,
// released by release() or the destructor.
class Lease {
 public:
  // Fails with who holds it since when (exit 4 is the caller's).
  static Result<std::unique_ptr<Lease>> take(const Mesh& mesh, const std::vector<std::string>& domains,
                                             const RunInfo& run, Connection& connection, const LeaseOptions& options);
  ~Lease();
  // At least 30 s are left by the server's clock: nothing is submitted otherwise.
  bool safe_to_submit() const;
  void release();

 private:
  struct Impl;
  explicit Lease(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// mesh unlock: frees the lease of the domains; says whose it was.
std::vector<std::string> unlock_sql(const Mesh& mesh, const std::vector<std::string>& domains);

}  // namespace mesh::apply
