#pragma once
// The mesh as it was last applied, for drift.

#include <optional>
#include <vector>

#include "console.hpp"
#include "mesh/manifest/load.hpp"
#include "mesh/model/connection.hpp"
#include "options.hpp"

namespace mesh::cli {

// The manifests that the last complete run of each domain was made from, put together and loaded as any others; a
// domain that was never applied is empty in it. nullopt, with the reason said, where they are not there, not whole or,
// from runs of different revisions, do not fit each other: then the checkout's manifests have to do.
// `date` as for load_manifests.
std::optional<manifest::Loaded> load_applied(const Mesh& mesh, const Global& global, Connection& connection,
                                             const std::string& date, const Console& console);
// The same where the domains live in several accounts: each account keeps its own.
struct AppliedIn {
  Mesh mesh;  // Mesh::in_account
  Connection& connection;
};
std::optional<manifest::Loaded> load_applied(const Mesh& mesh, const Global& global,
                                             const std::vector<AppliedIn>& accounts, const std::string& date,
                                             const Console& console);

}  // namespace mesh::cli
