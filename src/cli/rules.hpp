#pragma once
// The rules of the mesh where commands meet them, and findings in the forms of other programs.

#include <filesystem>
#include <optional>
#include <string>

#include "mesh/check/rules.hpp"
#include "mesh/manifest/load.hpp"
#include "mesh/plan/compatibility.hpp"
#include "mesh/plan/plan.hpp"
#include "options.hpp"

namespace mesh::cli {

// What the rules find in the manifests alone. The report points into `loaded`.
check::RuleReport rules_of_manifests(const manifest::Loaded& loaded, const std::string& date);

struct RulesOfPlan {
  const manifest::Loaded& manifests;  // whose rules, and whose lines: for drift the checkout's
  const Live& live;
  bool drift = false;
  std::set<std::string> domains;  // empty: all
  uint32_t first_file = 0;        // of the manifests' sources among those the plan is shown with
  // Of plan --base: nullptr where it was not asked for.
  const Products* products_before = nullptr;
  std::vector<check::ContractStep> contract_steps{};
};
// What changed in contracts, as rules are asked of it.
std::vector<check::ContractStep> contract_steps(const std::vector<ProductImpact>& impacts);

// What they find in a plan, or in the account that drift has read: added to the plan's findings. The report points into
// `manifests`.
check::RuleReport add_rules(const RulesOfPlan& with, Plan& plan);

// SARIF, GitHub's annotations or JUnit; nullopt for the other formats.
std::optional<std::string> findings_document(const Global& global, const std::vector<Diagnostic>& findings,
                                             const check::RuleReport& rules, const Sources& sources);

// The baseline's file: every finding that no waiver lifts.
std::string baseline_text(const check::RuleReport& report);

}  // namespace mesh::cli
