#pragma once
// The steps that commands share: load, read, plan.

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "console.hpp"
#include "mesh/check/rules.hpp"
#include "mesh/cli/cli.hpp"
#include "mesh/diff/diff.hpp"
#include "mesh/live/reader.hpp"
#include "mesh/manifest/load.hpp"
#include "mesh/plan/plan.hpp"
#include "mesh/render/mesh_view.hpp"
#include "session.hpp"

namespace mesh::cli {

// Where the search for mesh.yaml begins: -C, else here.
std::filesystem::path start_directory(const Global& global);

// The mesh's folder: the nearest one upwards that holds a mesh.yaml. nullopt after it was said that there is none.
std::optional<std::filesystem::path> find_mesh(const Global& global, const Console& console);

// For what needs no mesh: the one around, where there is one. Nothing goes to another account than the one that was
// meant: an ExitCode after it was said that mesh.yaml cannot be read, or has no such environment, unless --connection
// says where to.
std::variant<std::optional<Mesh>, ExitCode> surrounding_mesh(const Global& global, const Console& console);

// The manifests, valid; or the exit code after the mistakes were printed.
struct LoadedMesh {
  manifest::Loaded loaded;
  Diagnostics warnings;  // and, where they were asked for, broken uses
};
// How a run ends whose manifests hold errors. MESH1108 without a mesh: -e names no environment, which is a mistake on
// the command line.
ExitCode violation_of(const Global& global, bool loaded, const Diagnostics& diagnostics);

// `date`: the day that agreements are held against, YYYY-MM-DD; empty: today. `with_broken_uses`: consumers may name
// columns that are not there any more (MESH1535), for what tells whom a change breaks.
std::variant<LoadedMesh, ExitCode> load_manifests(const Global& global, const Console& console, bool expand = false,
                                                  const std::string& date = {}, bool with_broken_uses = false);

// The manifests as of a day.
struct DatedMesh {
  manifest::Loaded loaded;
  std::string date;  // YYYY-MM-DD
  std::vector<Diagnostic> broken_uses;

  render::MeshView view() const { return {loaded.mesh, loaded.desired.state, loaded.products, loaded.sources, date}; }
};
// `at` as --at has it; empty: today. An exit code after it was said what is wrong: the day, the manifests, or a domain
// that is asked for.
std::variant<DatedMesh, ExitCode> load_as_of(const Global& global, const std::string& at, const Console& console,
                                             bool with_broken_uses = false);

// A question of a domain to the account: as its plan_role, in the control warehouse.
Query asking_query(const Mesh& mesh, const std::string& domain, std::string sql);

// False after it was said that mesh.yaml names no control schema.
bool has_control(const Mesh& mesh, const Console& console);

// For statements that were shown: nothing where they shall run (--yes, or yes at the prompt), else the exit code after
// it was said that nothing was run.
std::optional<ExitCode> ask_to_run(const std::string& question, const Global& global, const Session& session,
                                   const Console& console);

// For what changes an account before it has read it: an ExitCode after it was said that the connection leads to another
// account than the environment names, or that it could not be asked.
std::optional<ExitCode> stop_at_wrong_account(const Mesh& mesh, Connection& connection, const Console& console);

struct PlanRequest {
  DiffOptions diff;
  std::string at;         // date; empty: today
  std::string state_age;  // of a recorded account
  std::string account;    // as the connection names it: said where the environment names none
  bool deep = false;
  std::set<ObjectId> bearers;  // show: whose tags and policies are read too
  bool every_role = false;     // drift: also what roles hold that nobody here declares
  bool needs_ledger = false;   // without one the run is refused
  // Whose rules count where they are not the plan's own manifests', and where their files begin among its sources.
  const manifest::Loaded* rules_of = nullptr;
  uint32_t first_file = 0;
  // Of plan --base, for the rules: what was published there, and what changed in contracts since.
  const Products* products_before = nullptr;
  std::vector<check::ContractStep> contract_steps{};
  check::RuleReport* rule_report = nullptr;  // what the rules said, where it is wanted
};

// The account as far as the manifests and the ledger need it, seen to be the right one; warnings of the reading.
struct Account {
  Live live;
  Ledger ledger;
  Diagnostics diagnostics;
};
std::variant<Account, ExitCode> read_account(const manifest::Loaded& loaded, Connection& connection,
                                             const PlanRequest& request, const Console& console);

// One account's part of a plan, and what it rests on.
struct PlannedAccount {
  Plan plan;
  Live live;
  std::vector<UnknownAddress> unknown;  // of --target and the like: the plan is empty then
};
// `planned`: all domains of a run over several accounts, whose agreements are then added to the whole plan; empty:
// there is one account.
std::variant<PlannedAccount, ExitCode> plan_account(const manifest::Loaded& loaded, Connection& connection,
                                                    const PlanRequest& request, const std::set<std::string>& planned,
                                                    const Console& console);
void say_unknown(const std::vector<UnknownAddress>& unknown, const Console& console);
// How a run ends whose connection leads to that other account, after it was said.
ExitCode refuse_account(const std::string& found, const Environment& environment, const Console& console);

// Reads the account and makes the plan. An ExitCode after what was wrong was printed: the wrong account, a partial
// read, a cycle.
std::variant<Plan, ExitCode> make_plan(const manifest::Loaded& loaded, Connection& connection,
                                       const PlanRequest& request, const Console& console);

// Whether the account found is the one that an environment's `account` means; empty means any.
bool is_account(const std::string& wanted, const std::string& found);

// The domains a plan covers: those asked for, or all. Prints and answers false where one does not exist.
bool check_domains(const Global& global, const Mesh& mesh, const Console& console);
std::set<std::string> planned_domains(const Global& global, const Mesh& mesh);

bool has_errors(const std::vector<Diagnostic>& findings);

// A connection that writes down every answer and sends nothing twice, and one that answers from paper.
class Recorder : public Connection {
 public:
  explicit Recorder(Connection& inner) : inner_(inner) {}
  Reply run(const Query& query) override;
  std::vector<Reply> run_all(const std::vector<Query>& queries) override;
  size_t statements_sent() const override { return inner_.statements_sent(); }
  std::string login_method() const override { return inner_.login_method(); }
  const std::map<std::string, Reply>& replies() const { return replies_; }

 private:
  Connection& inner_;
  std::map<std::string, Reply> replies_;
};

class Replay : public Connection {
 public:
  explicit Replay(std::map<std::string, Reply> replies) : replies_(std::move(replies)) {}
  Reply run(const Query& query) override;
  std::vector<Reply> run_all(const std::vector<Query>& queries) override;
  size_t statements_sent() const override { return asked_; }

 private:
  std::map<std::string, Reply> replies_;
  size_t asked_ = 0;
};

}  // namespace mesh::cli
