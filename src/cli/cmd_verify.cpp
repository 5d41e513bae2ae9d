// mesh verify: what ports promise, asked of the account.
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "accounts.hpp"
#include "commands.hpp"
#include "mesh/plan/verify.hpp"
#include "mesh/render/verification.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

std::vector<Verification> ask(const VerificationPlan& plan, const Mesh& mesh, Connection& connection) {
  std::vector<Query> queries;
  for (const auto& inquiry : plan.inquiries) queries.push_back(asking_query(mesh, inquiry.domain, inquiry.sql));
  const auto replies = connection.run_all(queries);
  auto verified = plan.settled;
  for (size_t i = 0; i < replies.size(); ++i) {
    const auto judged = plan.inquiries[i].judge(replies[i]);
    verified.insert(verified.end(), judged.begin(), judged.end());
  }
  std::stable_sort(verified.begin(), verified.end(), [](const Verification& a, const Verification& b) {
    return std::tie(a.product, a.port, a.object) < std::tie(b.product, b.port, b.object);
  });
  return verified;
}

ExitCode outcome(const std::vector<Verification>& verified) {
  const auto any = [&](Verdict verdict) {
    return std::any_of(verified.begin(), verified.end(), [&](const auto& each) { return each.verdict == verdict; });
  };
  if (any(Verdict::Broken)) return ExitCode::Violated;
  return any(Verdict::Unanswered) ? ExitCode::Failed : ExitCode::Done;
}

}  // namespace

ExitCode run_verify(const Global& global, const VerifyOptions& options, const Console& console) {
  auto manifests = load_as_of(global, options.at, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  auto& loaded = std::get<DatedMesh>(manifests).loaded;
  if (const auto code = keep_one_account(global, loaded, console)) return *code;
  const auto plan = verification_plan(loaded.products, planned_domains(global, loaded.mesh));
  if (plan.inquiries.empty() && plan.settled.empty()) {
    console.say("no port of an active product is declared here, so there is nothing to verify");
    return ExitCode::Done;
  }
  auto session = Session::open(global, &loaded.mesh, console);
  if (!session) return console.error(session.error().message), ExitCode::Failed;
  auto& connection = (*session)->connection();
  if (const auto wrong = stop_at_wrong_account(loaded.mesh, connection, console)) return *wrong;
  const auto verified = ask(plan, loaded.mesh, connection);
  switch (global.format) {
    case Format::Json:
      console.result(render::verification_json(verified, loaded.sources));
      break;
    case Format::Junit:
      console.result(render::verification_junit(verified, loaded.sources));
      break;
    default:
      console.result(render::verification_text(verified, loaded.sources, global.verbose));
  }
  return outcome(verified);
}

}  // namespace mesh::cli
