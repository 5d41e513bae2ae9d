#pragma once
// The manifests as they were last applied, kept beside the ledger: what `mesh drift` compares live with (design 3).

#include <map>
#include <string>
#include <vector>

#include "mesh/apply/control.hpp"
#include "mesh/diag/place.hpp"

namespace mesh::apply {

using Texts = std::map<std::string, std::string>;  // path below the mesh's root -> text

// What one domain's last complete run was made from: mesh.yaml and every file that was read for the domain.
struct Applied {
  std::string domain, run, commit, written_at;
  Texts files;
};

// Those of the sources.
Texts manifests_of(const std::string& domain, const Sources& sources);

// Writes them down for each domain where they differ from what stands there. For the end of a run that left nothing
// undone. `destroyed`: only mesh.yaml, since nothing that the domains declare is meant to be there any more.
Status record_applied(const Mesh& mesh, const std::vector<std::string>& domains, const Sources& sources,
                      const RunInfo& run, Connection& connection, bool destroyed = false);

// What stands there, by domain; a domain that was never applied is missing. No table of that name, or none that this
// role may read: empty. Fails where texts are missing or altered.
Result<std::map<std::string, Applied>> read_applied(const Mesh& mesh, Connection& connection);

}  // namespace mesh::apply
