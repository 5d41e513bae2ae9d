// mesh codeowners: who reviews what, made from the domains so that the two cannot drift; needs no account.
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "commands.hpp"
#include "mesh/base/files.hpp"
#include "mesh/render/codeowners.hpp"
#include "workflow.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

// Where GitHub looks, the first found counts (docs.github.com, about code owners).
constexpr std::array<const char*, 3> kPlaces = {".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"};

// The repository that holds the mesh; the mesh's own folder where there is none.
fs::path repository_of(const fs::path& root) {
  std::error_code ec;
  for (auto at = root;; at = at.parent_path()) {
    if (fs::exists(at / ".git", ec)) return at;
    if (!at.has_parent_path() || at.parent_path() == at) return root;
  }
}

ExitCode check(const fs::path& repository, const std::string& wanted, const Console& console) {
  std::error_code ec;
  for (const auto* place : kPlaces) {
    if (!fs::is_regular_file(repository / place, ec)) continue;
    const auto now = read_file(repository / place);
    if (!now) return console.error(now.error().message), ExitCode::Failed;
    if (*now == wanted) return console.say(fmt::format("{} is what the manifests say.", place)), ExitCode::Done;
    console.result(fmt::format("--- {}\n+++ as the manifests say\n{}", place, render::line_differences(*now, wanted)));
    console.error(fmt::format("{} is not what the manifests say; write it with mesh codeowners -o {}", place, place));
    return ExitCode::Violated;
  }
  console.result(fmt::format("--- no file\n+++ as the manifests say\n{}", render::line_differences({}, wanted)));
  console.error(fmt::format("the repository has no CODEOWNERS; write it with mesh codeowners -o {}", kPlaces[0]));
  return ExitCode::Violated;
}

}  // namespace

ExitCode run_codeowners(const Global& global, const CodeownersOptions& options, const Console& console) {
  auto manifests = load_manifests(global, console);
  if (const auto* code = std::get_if<ExitCode>(&manifests)) return *code;
  const auto& mesh = std::get<LoadedMesh>(manifests).loaded.mesh;
  const auto root = find_mesh(global, console);
  if (!root) return ExitCode::Violated;
  const auto repository = repository_of(*root);
  const auto below = root->lexically_relative(repository).generic_string();
  const auto wanted = render::codeowners({mesh, options.organization.empty() ? mesh.name : options.organization,
                                          below == "." ? std::string() : below + "/"});
  if (options.check) return check(repository, wanted, console);
  if (options.output.empty()) return console.result(wanted), ExitCode::Done;
  const auto written = write_file(options.output, wanted);
  if (!written) return console.error(written.error().message), ExitCode::Failed;
  console.say(fmt::format("{} written", options.output));
  return ExitCode::Done;
}

}  // namespace mesh::cli
