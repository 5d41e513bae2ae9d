#pragma once
// plan and drift beside what another revision of the repository says: --changed-since, --base.

#include <optional>
#include <set>
#include <string>
#include <variant>

#include "console.hpp"
#include "mesh/cli/cli.hpp"
#include "mesh/manifest/load.hpp"
#include "options.hpp"

namespace mesh::cli {

// Domains with a file that is not as it was at `revision`: one that was read for them, or lies in their folder; all of
// them where mesh.yaml differs. An exit code after it was said what git does not know.
std::variant<std::set<std::string>, ExitCode> changed_domains(const manifest::Loaded& loaded,
                                                              const std::filesystem::path& root,
                                                              const std::string& revision, const Console& console);

// The mesh as its manifests were where this checkout left `revision`, for the same environment.
struct Revision {
  std::optional<manifest::Loaded> loaded;
  std::string why_not;  // where those manifests are not valid, so that nothing can be held against them
};
// `date`: the day that agreements are held against. An exit code after it was said what git does not know.
std::variant<Revision, ExitCode> load_revision(const std::filesystem::path& root, const std::string& revision,
                                               const Global& global, const std::string& date, const Console& console);

}  // namespace mesh::cli
