#pragma once
// From a folder of manifests to what is wanted (design 2).

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mesh/diag/diagnostic.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/product.hpp"
#include "mesh/model/rules.hpp"
#include "mesh/model/state.hpp"

namespace mesh::manifest {

// The folder that holds mesh.yaml: `start` or the nearest one above it. nullopt: none up to the root.
std::optional<std::filesystem::path> find_root(const std::filesystem::path& start);

struct LoadOptions {
  std::filesystem::path root;
  std::string environment;  // empty: default_environment, or the only one
  int parallelism = 8;
  bool expand = false;  // Loaded::expanded is wanted
  std::string date{};   // YYYY-MM-DD in UTC: agreements that are over by then make no membership; empty: none is over
};

// A line of a domain's manifests as they are read: variables and blueprints put in.
struct ExpandedLine {
  std::string text;
  Place place;
};

struct Loaded {
  Sources sources;
  Mesh mesh;
  Desired desired;
  // Grants "on tables in schema" (present and future): their FutureIn part is in desired.state.grants; the present part
  // waits here until the objects there are known.
  std::vector<Grant> present_grants;
  // What domains publish and consume, names with the environment's suffix. What it makes is in desired.state: the
  // grants of readers, and the memberships of the agreements in force.
  Products products;
  Rules rules;  // as written; names without the environment's suffix
  std::map<std::string, int> objects_per_domain;
  std::map<std::string, std::vector<ExpandedLine>> expanded;  // by domain
};

// Reads and checks everything that needs no account; goes on after an error, so that one run reports all of them.
// Fails outright only where there is no mesh.yaml or the environment does not exist: then `diagnostics` says so and
// nothing is returned. Otherwise returns what could be understood; it must not be used where diagnostics.has_errors().
std::optional<Loaded> load(const LoadOptions& options, Diagnostics& diagnostics, Sources& sources_on_failure);

// mesh.yaml alone: connection names and environments, for commands that need no manifests.
std::optional<Mesh> load_mesh_file(const LoadOptions& options, Diagnostics& diagnostics, Sources& sources);

}  // namespace mesh::manifest
