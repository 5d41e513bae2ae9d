#pragma once
// The declarations of all domains as they are read, before checks and suffix. Names stand as the manifests have them.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/kinds/kind.hpp"
#include "mesh/manifest/load.hpp"
#include "reading.hpp"

namespace mesh::manifest {

struct Build {
  const Mesh& mesh;
  const std::filesystem::path& root;
  Sources& sources;
  Diagnostics& diagnostics;

  State state;
  std::vector<Grant> present_grants;
  std::vector<Tombstone> removed;
  std::set<ObjectId> exact_user_roles, additive_roles;
  std::set<ObjectId> excluded;  // `only:` leaves them out of this environment; what hangs on them goes too
  std::map<ObjectId, bool> has_own_keys;
  std::map<std::string, int> objects_per_domain;

  bool is_excluded(const ObjectId& id) const;
};

// One file of a domain: its collections, grants and tombstones.
void read_domain_file(Build& build, const Domain& domain, const Node& root, const Variables& variables);

// grants: on one object, and the list of grants that do not sit on one.
void read_object_grants(Build& build, const Domain& domain, const ObjectId& id, const Node& grants);
void read_grants(Build& build, const Domain& domain, const Node& grants);
void read_memberships(Build& build, const Domain& domain, const ObjectId& role, const Node& granted_to);

// Everything that needs all domains: ownership, references, usable grants, circles. Fills what is assumed.
void check_all(Build& build, Desired& desired);

// The environment's suffix on every account-level name the mesh declares and on every reference to it.
void add_suffix(Mesh& mesh, Desired& desired, std::vector<Grant>& present_grants);

}  // namespace mesh::manifest
