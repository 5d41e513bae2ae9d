#include <tuple>

#include "mesh/plan/plan.hpp"

namespace mesh {
namespace {

using Signature = std::tuple<std::string, Action, std::vector<std::string>>;

Signature signature_of(const Change& change) {
  std::vector<std::string> statements;
  for (const auto& statement : change.statements) statements.push_back(statement.sql);
  return {change.address, change.action, std::move(statements)};
}

}  // namespace

void tell_pending(Plan& plan, const std::string& revision, const std::vector<Change>& at_base) {
  std::set<Signature> before;
  for (const auto& change : at_base) before.insert(signature_of(change));
  plan.base = revision;
  plan.pending.clear();
  for (size_t i = 0; i < plan.changes.size(); ++i) {
    if (before.count(signature_of(plan.changes[i])) > 0) plan.pending.insert(i);
  }
}

}  // namespace mesh
