#pragma once
// Which statements tell what is there, and rows turned into State (design 9). Sending them is the caller's work.

#include <map>
#include <set>
#include <string>
#include <vector>

#include <memory>

#include "mesh/base/result.hpp"
#include "mesh/diag/diagnostic.hpp"
#include "mesh/model/connection.hpp"
#include "mesh/model/ledger.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/state.hpp"

namespace mesh::live {

struct ReadScope {
  const Mesh* mesh = nullptr;
  const Desired* desired = nullptr;   // what is declared decides which containers, roles and parameters are asked for
  const Ledger* ledger = nullptr;     // and what the ledger knows, so that what is no longer declared is seen too
  std::vector<Grant> present_grants;  // "tables in schema": those schemas are read as well
  bool everything_in_databases = false;  // drift, import: all schemas of the managed databases
  bool every_role = false;               // drift: what every role of the account holds
  bool every_bearer = false;             // drift: tags and policies of everything there, not only where declared
  bool measurements = false;             // drift: what metric functions measured last
  // show: their tags and policies too, where there is a warehouse to ask with; else they are not among
  // Live::attachments_read.
  std::set<ObjectId> bearers;
  bool deep = false;  // parameters of every object, not only where declared
};

// Asks in rounds: next() gives the statements to send now, answered by feed() in any order; an empty next() with
// nothing outstanding means finished. A round depends on the answers of the one before (which databases exist, which
// schemas).
class Reader {
 public:
  explicit Reader(ReadScope scope);
  ~Reader();
  Reader(Reader&&) noexcept;

  struct Ask {
    int id = 0;
    Query query;
  };
  std::vector<Ask> next();
  void feed(int id, Reply reply);
  // What was read. Partial reads are errors in `diagnostics` (MESH3xxx): a statement that failed, exactly 10,000 rows
  // where Snowflake cuts silently, a missing column. A container that does not exist is absent, not an error.
  Live finish(Diagnostics& diagnostics);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The account a connection leads to, as `wanted` would name it: ORG-ACCOUNT, or the account's own name where `wanted`
// has no hyphen. Fails where the statement that asks does.
Result<std::string> read_account_name(const std::string& wanted, Connection& connection);

// Drives a reader over a connection.
Live read(ReadScope scope, Connection& connection, Diagnostics& diagnostics);

// Adds to what was read in that scope everything that hangs on scope.bearers, of every kind and whoever set it, and the
// schedule of metrics. What cannot be asked, for want of a warehouse, is not among Live::looked_at_closely.
void look_closer(ReadScope scope, Live& live, Connection& connection, Diagnostics& diagnostics);

}  // namespace mesh::live
