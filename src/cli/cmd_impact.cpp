// mesh impact
#include <map>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "impact.hpp"
#include "mesh/plan/usage.hpp"
#include "mesh/render/impact.hpp"
#include "mesh/render/render.hpp"
#include "revisions.hpp"
#include "workflow.hpp"

namespace mesh::cli {

Impact impact_of(const manifest::Loaded& here, const manifest::Loaded& before, const std::string& date,
                 const Global& global) {
  Impact impact;
  impact.products = impacts(here.mesh, before.products, here.products, here.desired.state, date);
  const auto meant = planned_domains(global, here.mesh);
  std::erase_if(impact.products, [&](const ProductImpact& product) { return meant.count(product.domain) == 0; });
  impact.findings = impact_findings(impact.products);
  return impact;
}

void ask_usage(const manifest::Loaded& here, const std::function<Connection*(const std::string& domain)>& account_of,
               Impact& impact) {
  std::map<Connection*, std::vector<UsageInquiry>> by_account;
  for (auto& inquiry : usage_inquiries(here.mesh, impact.products))
    by_account[account_of(inquiry.domain)].push_back(std::move(inquiry));
  std::vector<Diagnostic> unanswered;
  for (const auto& [connection, inquiries] : by_account) {
    if (connection == nullptr) continue;
    std::vector<Query> queries;
    for (const auto& inquiry : inquiries) queries.push_back(asking_query(here.mesh, inquiry.domain, inquiry.sql));
    auto more = add_usage(here.mesh, here.desired.state, inquiries, connection->run_all(queries), impact.products);
    unanswered.insert(unanswered.end(), more.begin(), more.end());
  }
  impact.findings = impact_findings(impact.products);
  impact.findings.insert(impact.findings.end(), unanswered.begin(), unanswered.end());
}

ExitCode run_impact(const Global& global, const ImpactOptions& options, const Console& console) {
  auto manifests = load_as_of(global, options.at, console, true);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& [loaded, date, broken_uses] = std::get<DatedMesh>(manifests);
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  const auto revision = load_revision(*root, options.base, global, date, console);
  if (const auto* code = std::get_if<ExitCode>(&revision)) return *code;
  const auto& before = std::get<Revision>(revision);
  if (!before.loaded) {
    console.error(before.why_not + ", so nothing can be held against them");
    return ExitCode::Failed;
  }
  auto impact = impact_of(loaded, *before.loaded, date, global);
  if (options.live) {
    Mesh there = loaded.mesh;
    if (const auto wrong = keep_one_account(global, there, console)) return *wrong;
    auto session = Session::open(global, &there, console);
    if (!session) return console.error(session.error().message), ExitCode::Failed;
    auto& connection = (*session)->connection();
    if (const auto wrong = stop_at_wrong_account(there, connection, console)) return *wrong;
    const auto account_of = [&](const std::string& domain) {
      return loaded.mesh.account_of(domain) == there.environment.account ? &connection : nullptr;
    };
    ask_usage(loaded, account_of, impact);
  }
  impact.findings.insert(impact.findings.end(), broken_uses.begin(), broken_uses.end());
  if (global.format == Format::Json) {
    console.result(render::impact_json(impact.products, impact.findings, options.base, loaded.sources));
  } else {
    console.result(render::impact_text(impact.products, loaded.sources));
    if (!impact.findings.empty())
      console.result("\n" + render::findings_text(impact.findings, loaded.sources, console.color_out()));
  }
  return has_errors(impact.findings) ? ExitCode::Violated : ExitCode::Done;
}

}  // namespace mesh::cli
