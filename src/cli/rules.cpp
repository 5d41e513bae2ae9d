#include "rules.hpp"

#include <fmt/format.h>

#include "mesh/render/findings.hpp"
#include "mesh/render/rows.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

// The mesh's folder in its git repository, with a / behind it: code scanning wants paths from there.
std::string prefix_in_repository(const Global& global) {
  namespace fs = std::filesystem;
  std::error_code ec;
  const auto root = manifest::find_root(start_directory(global));
  if (!root) return {};
  for (auto at = *root;; at = at.parent_path()) {
    if (fs::exists(at / ".git", ec)) {
      const auto relative = root->lexically_relative(at).generic_string();
      return relative == "." ? std::string() : relative + "/";
    }
    if (!at.has_parent_path() || at.parent_path() == at) return {};
  }
}

void shift(Place& place, uint32_t by) {
  if (place.known()) place.file += by;
}

}  // namespace

std::vector<check::ContractStep> contract_steps(const std::vector<ProductImpact>& impacts) {
  std::vector<check::ContractStep> steps;
  for (const auto& product : impacts) {
    for (const auto& impact : product.changes) {
      const auto& change = impact.change;
      steps.push_back({change.rule, to_string(change.step), product.product, product.domain, change.message,
                       change.acknowledgement(), product.after.display(),
                       change.place.known() ? change.place : product.place});
    }
  }
  return steps;
}

check::RuleReport rules_of_manifests(const manifest::Loaded& loaded, const std::string& date) {
  return check::run_rules(loaded.rules,
                          {.point = check::RunPoint::Validate,
                           .mesh = loaded.mesh,
                           .desired = loaded.desired,
                           .date = date,
                           .products = &loaded.products},
                          loaded.sources);
}

check::RuleReport add_rules(const RulesOfPlan& with, Plan& plan) {
  check::RuleInput input{.point = with.drift ? check::RunPoint::Drift : check::RunPoint::Plan,
                         .mesh = with.manifests.mesh,
                         .desired = with.manifests.desired,
                         .date = plan.date,
                         .live = &with.live,
                         .changes = &plan.changes,
                         .unmanaged = &plan.unmanaged,
                         .gains = {},
                         .domains = with.domains,
                         .products = &with.manifests.products,
                         .products_before = with.products_before,
                         .contract_steps = with.products_before == nullptr ? nullptr : &with.contract_steps};
  for (const auto& change : plan.access) {
    if (change.added) input.gains.push_back({change.who, change.privilege, change.object});
  }
  auto report = check::run_rules(with.manifests.rules, input, with.manifests.sources);
  for (auto& finding : report.findings) {
    shift(finding.place, with.first_file);
    plan.findings.push_back(finding);
  }
  for (auto& excused : report.excused) shift(excused.finding.place, with.first_file);
  return report;
}

std::optional<std::string> findings_document(const Global& global, const std::vector<Diagnostic>& findings,
                                             const check::RuleReport& rules, const Sources& sources) {
  const render::FindingsInput input{findings, rules, sources, prefix_in_repository(global), MESH_VERSION};
  switch (global.format) {
    case Format::Sarif:
      return render::findings_sarif(input);
    case Format::Github:
      return render::findings_github(input);
    case Format::Junit:
      return render::findings_junit(input);
    case Format::Text:
    case Format::Json:
    case Format::Markdown:
    case Format::Csv:
    case Format::Dot:
    case Format::Mermaid:
      break;
  }
  return std::nullopt;
}

std::string baseline_text(const check::RuleReport& report) { return render::baseline_json(report.for_baseline); }

}  // namespace mesh::cli
