#pragma once
// The manifests of another revision of the mesh's git repository.

#include <variant>

#include "console.hpp"
#include "mesh/cli/cli.hpp"
#include "mesh/manifest/load.hpp"

namespace mesh::cli {

// The manifests under `root` as they were at `revision` (a branch, a tag, a commit), loaded for the same environment
// and day. An ExitCode after it was said that there is no such revision, that git cannot be asked, or that the
// manifests there hold errors.
std::variant<manifest::Loaded, ExitCode> load_revision(const std::filesystem::path& root, const std::string& revision,
                                                       const Global& global, const std::string& date,
                                                       const Console& console);

}  // namespace mesh::cli
