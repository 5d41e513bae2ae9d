#pragma once
// What is live, as manifests that a person would write.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/model/mesh.hpp"
#include "mesh/model/state.hpp"

namespace mesh::render {

struct ManifestInput {
  const Mesh& mesh;
  const State& state;           // live, names as they stand in the account
  std::set<ObjectId> chosen;    // what is written; containers of it among them
  std::set<ObjectId> declared;  // elsewhere already: a container of these is repeated with its name alone
  std::set<GrantKey> without;   // grants that are left out
  std::set<AttachmentKey> without_attachments;            // tags and policies that are
  std::set<ObjectId> additive;                            // roles that keep what is left out
  std::map<std::string, std::vector<std::string>> notes;  // by domain: comments, why something is not there
  std::set<std::string> headless;                         // domains that still need `domain` and `team`
};

struct ManifestFile {
  std::string path;  // relative to the mesh's root
  std::string text;
  // Which object stands from a line on; by their first lines.
  std::vector<std::pair<int, ObjectId>> objects;
};

// A file for each schema, one for each database, one for a domain's warehouses and one for its roles. Grants that every
// object of a kind in a container has, now and by a future grant, become "tables in schema A.B".
std::vector<ManifestFile> manifest_files(const ManifestInput& input);

// Each grant of the state by its address in the manifests, whose names have no suffix.
std::map<std::string, GrantKey> grants_as_written(const ManifestInput& input);

// Who stands at `line` of a file: the innermost object.
std::optional<ObjectId> object_at(const ManifestFile& file, int line);

}  // namespace mesh::render
