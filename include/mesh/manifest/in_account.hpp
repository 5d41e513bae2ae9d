#pragma once
// What of the manifests lives in one account.

#include <string>

#include "mesh/manifest/load.hpp"

namespace mesh::manifest {

// The objects, grants and attachments of the domains that live there, with the mesh as that account is to see it
// (Mesh::in_account). Products and rules stay whole, for agreements have two sides.
Loaded in_account(const Loaded& whole, const std::string& account);

}  // namespace mesh::manifest
