#pragma once
// What a run writes into ledger, RUNS and STATEMENTS.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/apply/control.hpp"
#include "mesh/plan/outcome.hpp"

namespace mesh::apply {

// How a change of a stage ended, as far as the ledger cares.
enum class Ending : uint8_t {
  Done,
  Nothing,  // it is certain that no statement of it took effect
  Unknown,  // some statements took effect, or one may have
};

class Journal {
 public:
  Journal(const Plan& plan, const Mesh& mesh, const RunInfo& info, Connection& connection)
      : plan_(plan), mesh_(mesh), info_(info), connection_(connection) {}

  Status started();
  Status finished(const std::string& outcome);

  // Intents of the stage's changes (indices into the plan), before their statements run. On failure what may have been
  // written is cancelled again.
  Status intend(const std::vector<size_t>& stage);

  struct Settled {
    size_t change = 0;
    Ending ending = Ending::Done;
    std::map<std::string, Echo> echoes = {};  // read back, replacing those of the record
  };
  // After a stage: what became of its intents, and the statements that were sent, in the order of the outcomes.
  Status settle(const std::vector<Settled>& stage, const std::vector<const Outcome*>& sent);

 private:
  using RowsByDomain = std::map<std::string, std::vector<ValueList>>;

  void add(RowsByDomain& rows, const Change& change, std::string_view event, const LedgerEntry& entry);
  void add(RowsByDomain& rows, const Change& change, std::string_view event, const std::string& address);
  void add_intents(RowsByDomain& rows, const Change& change);
  void add_cancelled(RowsByDomain& rows, const Change& change);
  void add_done(RowsByDomain& rows, const Change& change, const std::map<std::string, Echo>& echoes);

  std::vector<Query> ledger_inserts(const RowsByDomain& rows) const;
  std::vector<Query> audit_inserts(const std::vector<const Outcome*>& sent);
  Query tagged(const std::string& domain, std::string sql) const;
  Status send(const std::vector<Query>& queries) const;
  Status write_run(std::string_view event, const std::string& outcome, Value plan_json);

  const Plan& plan_;
  const Mesh& mesh_;
  const RunInfo& info_;
  Connection& connection_;
  int64_t ledger_number_ = 0, statement_number_ = 0;  // keys (run, number)
};

}  // namespace mesh::apply
