#pragma once
// The accounts that the domains of a run live in: what of the manifests is there, and the way there.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "console.hpp"
#include "mesh/cli/cli.hpp"
#include "mesh/manifest/load.hpp"
#include "mesh/plan/plan.hpp"
#include "session.hpp"
#include "workflow.hpp"

namespace mesh::cli {

// The manifests of each account, by its name as mesh.yaml writes it.
using Slices = std::map<std::string, manifest::Loaded>;

struct AccountOfRun {
  std::string name;               // as mesh.yaml writes it
  std::set<std::string> domains;  // that are asked for and live there
  Session* session = nullptr;
  Connection* connection = nullptr;  // nullptr: it cannot be reached
  std::string why_not;
};

// The ways to the accounts that these domains live in.
std::vector<Way> ways_to(const Global& global, const Mesh& mesh, const std::set<std::string>& domains);

class Accounts {
 public:
  // Those that the domains live in; each is asked for its name. An ExitCode after it was said that a connection leads
  // to another account than is meant.
  static std::variant<std::unique_ptr<Accounts>, ExitCode> open(const Global& global, const Mesh& mesh,
                                                                const std::set<std::string>& domains,
                                                                const Console& console);

  std::vector<AccountOfRun>& all() { return all_; }
  bool all_reached() const;
  // These manifests as each of the accounts sees them.
  Slices slices(const manifest::Loaded& whole) const;

 private:
  std::unique_ptr<Sessions> sessions_;
  std::vector<AccountOfRun> all_;
};

// A plan over all of them, of `slices` of `whole`; an account that cannot be reached or read is marked in it.
// `rules_of`: for drift, the checkout's manifests. Answers an ExitCode after what was wrong was printed, also where not
// one account could be read.
std::variant<Plan, ExitCode> make_plan(const manifest::Loaded& whole, const Slices& slices, Accounts& accounts,
                                       const PlanRequest& request, const Slices* rules_of, const Console& console);

// For commands that look into one account alone: what of the mesh lives where the domains of -d do, else in the
// environment's own account, and says so. An ExitCode after it was said that they live in several. Nothing changes
// where the environment has one account.
std::optional<ExitCode> keep_one_account(const Global& global, manifest::Loaded& loaded, const Console& console);
std::optional<ExitCode> keep_one_account(const Global& global, Mesh& mesh, const Console& console);

}  // namespace mesh::cli
