#include "revisions.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "git.hpp"
#include "mesh/apply/applied.hpp"
#include "mesh/base/temporary_folder.hpp"

namespace mesh::cli {
namespace {

// The commit to compare with, and the checkout it is in.
struct Base {
  Git git;
  std::string commit;
};

std::variant<Base, ExitCode> base_of(const std::filesystem::path& root, const std::string& revision, const char* option,
                                     const Console& console) {
  const auto refuse = [&](const std::string& why) {
    console.error(fmt::format("{} {}: {}", option, revision, why));
    return ExitCode::Usage;
  };
  auto git = Git::around(root);
  if (!git) return refuse(git.error().message);
  auto commit = git->common_commit(revision);
  if (!commit) return refuse(commit.error().message);
  return Base{std::move(*git), std::move(*commit)};
}

bool lies_in(const std::string& file, const std::string& folder) {
  return file.size() > folder.size() && file.starts_with(folder) && (folder.empty() || file[folder.size()] == '/');
}

bool concerns(const std::string& file, const Domain& domain, const apply::Texts& read) {
  return file == "mesh.yaml" || read.count(file) > 0 || lies_in(file, domain.path);
}

}  // namespace

std::variant<std::set<std::string>, ExitCode> changed_domains(const manifest::Loaded& loaded,
                                                              const std::filesystem::path& root,
                                                              const std::string& revision, const Console& console) {
  auto base = base_of(root, revision, "--changed-since", console);
  if (const auto* code = std::get_if<ExitCode>(&base)) return *code;
  const auto& [git, commit] = std::get<Base>(base);
  const auto files = git.changed_since(commit);
  if (!files) return console.error(files.error().message), ExitCode::Failed;
  std::set<std::string> changed;
  for (const auto& domain : loaded.mesh.domains) {
    const auto read = apply::manifests_of(domain.name, loaded.sources);
    const bool any =
        std::any_of(files->begin(), files->end(), [&](const auto& file) { return concerns(file, domain, read); });
    if (any) changed.insert(domain.name);
  }
  return changed;
}

std::variant<Revision, ExitCode> load_revision(const std::filesystem::path& root, const std::string& revision,
                                               const Global& global, const std::string& date, const Console& console) {
  auto base = base_of(root, revision, "--base", console);
  if (const auto* code = std::get_if<ExitCode>(&base)) return *code;
  const auto& [git, commit] = std::get<Base>(base);
  const TemporaryFolder folder;
  if (const auto put = git.put_files_of(commit, folder.path()); !put.ok()) {
    return console.error(fmt::format("--base {}: {}", revision, put.error().message)), ExitCode::Failed;
  }
  Diagnostics diagnostics;
  Sources sources;
  auto loaded =
      manifest::load({folder.path(), global.environment, global.parallelism, false, date}, diagnostics, sources);
  if (loaded && !diagnostics.has_errors()) return Revision{std::move(loaded), {}};
  const auto errors = diagnostics.sorted(loaded ? loaded->sources : sources);
  const auto first =
      std::find_if(errors.begin(), errors.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; });
  return Revision{std::nullopt, fmt::format("the manifests at {} are not valid ({})", revision,
                                            first == errors.end() ? std::string("no mesh.yaml") : first->summary)};
}

}  // namespace mesh::cli
