#pragma once
// mesh.yaml.

#include "mesh/manifest/load.hpp"
#include "reading.hpp"

namespace mesh::manifest {

struct MeshFile {
  Mesh mesh;
  Variables built_in;                                 // environment, mesh
  Variables variables;                                // of the mesh
  Variables environment_variables;                    // of the chosen environment: these count first
  std::map<std::string, Variables> domain_variables;  // `vars` of a domain in mesh.yaml
};

// Reports and answers nothing where the file cannot be used at all, or the environment does not exist.
std::optional<MeshFile> read_mesh_file(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics);

}  // namespace mesh::manifest
