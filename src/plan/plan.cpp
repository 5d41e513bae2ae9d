#include "mesh/plan/plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/digest.hpp"
#include "readers.hpp"

namespace mesh {
namespace {

// Fields are length-prefixed, so that no two different plans write the same text.
void put(std::string& out, const std::string& field) { out += fmt::format("{}:{};", field.size(), field); }

// The live state a change rests on: identity of what it touches. Row counts never count.
std::string basis(const Change& change, const State& live) {
  const Object* object = change.object ? live.find(*change.object) : nullptr;
  if (object == nullptr && change.grant) object = live.find(change.grant->target.object);
  return object == nullptr ? std::string() : object->live.created_on;
}

// What is refused is no part of it: consent (--allow-destroy) takes a refusal away and changes nothing that is run.
std::string fingerprint_of(const Plan& plan, const State& live) {
  std::string text;
  put(text, plan.mesh), put(text, plan.environment), put(text, plan.account);
  for (const auto& change : plan.changes) {
    put(text, change.address), put(text, to_string(change.action)), put(text, basis(change, live));
    for (const auto& line : change.diff) {
      put(text, line.property), put(text, to_display(line.before, SIZE_MAX)),
          put(text, to_display(line.after, SIZE_MAX));
    }
    for (const auto& statement : change.statements) put(text, statement.sql), put(text, statement.role);
  }
  return "sha256:" + sha256_hex(text);
}

}  // namespace

Summary summarise(const Plan& plan) {
  Summary summary;
  for (const auto& change : plan.changes) {
    switch (change.action) {
      case Action::Create:
        ++summary.create;
        break;
      case Action::Update:
        ++summary.update;
        break;
      case Action::Rename:
        ++summary.rename;
        break;
      case Action::Replace:
        ++summary.replace;
        break;
      case Action::Drop:
        ++summary.drop;
        break;
      case Action::Adopt:
        ++summary.adopt;
        break;
      case Action::Forget:
        ++summary.forget;
        break;
      case Action::Grant:
        ++summary.grant;
        break;
      case Action::Revoke:
        ++summary.revoke;
        break;
      case Action::Set:
        ++summary.set;
        break;
      case Action::Unset:
        ++summary.unset;
        break;
    }
  }
  return summary;
}

Plan make_plan(const Mesh& mesh, const Desired& desired, const Live& live, DiffResult diff, const PlanHeader& header,
               Diagnostics& diagnostics) {
  Plan plan;
  plan.mesh = mesh.name;
  plan.environment = mesh.environment.name;
  plan.account = live.account;
  plan.as_role = header.as_role;
  plan.date = header.date;
  plan.domains.assign(header.domains.begin(), header.domains.end());
  plan.statements_read = header.statements_read;
  plan.changes = order(std::move(diff.changes), diagnostics);
  for (auto& change : plan.changes) {
    for (auto& statement : change.statements) {
      if (statement.role.empty()) statement.role = header.connection_role;
    }
  }
  plan.refused = std::move(diff.refused);
  plan.unmanaged = std::move(diff.unmanaged);
  plan.vanished = std::move(diff.vanished);
  plan.findings = std::move(diff.findings);
  for (auto& [address, needs, place] : diff.waiting)
    plan.waiting.push_back({std::move(address), std::move(needs), place});
  const auto by_address = [](const auto& a, const auto& b) { return a.address < b.address; };
  std::stable_sort(plan.refused.begin(), plan.refused.end(), by_address);
  std::stable_sort(plan.waiting.begin(), plan.waiting.end(), by_address);
  plan.waiting.erase(std::unique(plan.waiting.begin(), plan.waiting.end(),
                                 [](const auto& a, const auto& b) { return a.address == b.address; }),
                     plan.waiting.end());
  std::sort(plan.unmanaged.begin(), plan.unmanaged.end(), by_address);
  std::sort(plan.vanished.begin(), plan.vanished.end());
  plan.access = access_changes(desired, live.state, plan.changes);
  plan.readers = readers_changes(mesh, desired, live.state, plan.changes, header.domains);
  plan.fingerprint = fingerprint_of(plan, live.state);
  return plan;
}

}  // namespace mesh
