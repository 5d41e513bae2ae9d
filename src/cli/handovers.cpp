#include "handovers.hpp"

#include <fmt/format.h>

#include "mesh/diff/handovers.hpp"
#include "mesh/live/role_grants.hpp"

namespace mesh::cli {
namespace {

// Whether SHOW GRANTS still cuts there is not known (grants.md 2).
constexpr size_t kMayBeCut = 10000;

}  // namespace

void hand_over_what_roles_own(const DiffInput& input, Connection& connection, DiffResult& result) {
  for (auto& change : result.changes) {
    if (change.action != Action::Drop || !change.object || change.object->kind != KindId::Role) continue;
    const auto reply = connection.run(
        live::role_grants_query({GranteeType::Role, change.object->name}, input.mesh.plan_role(change.domain)));
    if (reply.ok() && reply->rows.size() < kMayBeCut) {
      hand_over_the_rest(input, live::parse_role_grants(*reply), change, result);
      continue;
    }
    result.refused.push_back(
        {change.address, "MESH2044",
         fmt::format("what {} owns cannot be told: {}", change.address,
                     reply.ok() ? "it holds 10,000 privileges or more, and SHOW GRANTS may tell of no more"
                                : reply.error().message),
         "look with a role that sees it (MANAGE GRANTS); or hand it over by hand first; or keep the role",
         change.place});
  }
}

}  // namespace mesh::cli
