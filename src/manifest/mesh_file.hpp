#pragma once
// mesh.yaml.

#include "mesh/manifest/load.hpp"
#include "reading.hpp"

namespace mesh::manifest {

struct MeshFile {
  Mesh mesh;
  Variables variables;  // of the mesh, the environment over them, and the built-in ones (environment, mesh)
  Variables environment_variables;
};

// Reports and answers nothing where the file cannot be used at all, or the environment does not exist.
std::optional<MeshFile> read_mesh_file(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics);

}  // namespace mesh::manifest
