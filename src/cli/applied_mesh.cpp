#include "applied_mesh.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/apply/applied.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/temporary_folder.hpp"

namespace mesh::cli {
namespace {

namespace fs = std::filesystem;

const std::string kMeshFile = "mesh.yaml";

// Nothing of the domain is kept: mesh destroy emptied it.
bool is_destroyed(const apply::Applied& applied) {
  return std::all_of(applied.files.begin(), applied.files.end(),
                     [](const auto& file) { return file.first == kMeshFile; });
}

// The texts come from a table others may write to: a path that leads out of the folder is not followed.
Status put(const fs::path& root, const std::string& path, const std::string& text) {
  const fs::path relative = fs::path(path).lexically_normal();
  if (relative.is_absolute() || relative.empty() || *relative.begin() == "..") {
    return fail(fmt::format("'{}' leads out of the mesh", path));
  }
  std::error_code ec;
  fs::create_directories((root / relative).parent_path(), ec);
  if (ec) return fail(fmt::format("'{}': {}", path, ec.message()));
  return write_file(root / relative, text);
}

// mesh.yaml is the newest's; of any other file that two domains read they must have read the same.
Status put_all(const fs::path& root, const Mesh& mesh, const std::map<std::string, apply::Applied>& all) {
  const apply::Applied* newest = nullptr;
  apply::Texts files;
  for (const auto& [domain, applied] : all) {
    if (newest == nullptr || newest->written_at < applied.written_at) newest = &applied;
    for (const auto& [path, text] : applied.files) {
      const auto [it, is_new] = files.emplace(path, text);
      if (!is_new && it->second != text && path != kMeshFile) {
        return fail(fmt::format("'{}' was another one for domain {} than for the others", path, domain));
      }
    }
  }
  if (const auto file = newest->files.find(kMeshFile); file != newest->files.end()) files[kMeshFile] = file->second;
  for (const auto& [path, text] : files) {
    if (auto done = put(root, path, text); !done.ok()) return done;
  }
  for (const auto& domain : mesh.domains) {
    const auto applied = all.find(domain.name);
    if (applied != all.end() && !is_destroyed(applied->second)) continue;
    const auto nothing = fmt::format("domain: {}\nteam: {{name: none, email: none@example.com}}\n", domain.name);
    if (auto done = put(root, domain.path + "/domain.yaml", nothing); !done.ok()) return done;
  }
  return Done{};
}

}  // namespace

std::optional<manifest::Loaded> load_applied(const Mesh& mesh, const Global& global, Connection& connection,
                                             const std::string& date, const Console& console) {
  return load_applied(mesh, global, {{mesh, connection}}, date, console);
}

std::optional<manifest::Loaded> load_applied(const Mesh& mesh, const Global& global,
                                             const std::vector<AppliedIn>& accounts, const std::string& date,
                                             const Console& console) {
  const auto instead = [&](const std::string& why) {
    console.say(fmt::format("note: {}; live is compared with the manifests of this checkout", why));
    return std::nullopt;
  };
  if (!mesh.has_control) return instead("mesh.yaml names no `control` schema, which would tell what was last applied");
  std::map<std::string, apply::Applied> all;
  for (const auto& [there, connection] : accounts) {
    auto applied = apply::read_applied(there, connection);
    if (!applied.ok()) return instead(applied.error().message);
    // A domain that has moved left what it was behind.
    std::erase_if(*applied, [&](const auto& each) {
      return std::any_of(there.elsewhere.begin(), there.elsewhere.end(),
                         [&](const Domain& domain) { return domain.name == each.first; });
    });
    all.merge(*applied);
  }
  if (all.empty()) return instead("there is no record of what was last applied");
  const TemporaryFolder folder;
  if (const auto written = put_all(folder.path(), mesh, all); !written.ok()) {
    return instead("what was last applied cannot be put together: " + written.error().message);
  }
  Diagnostics diagnostics;
  Sources sources;
  auto loaded =
      manifest::load({folder.path(), mesh.environment.name, global.parallelism, false, date.empty() ? today() : date},
                     diagnostics, sources);
  if (!loaded || diagnostics.has_errors()) {
    const auto errors = diagnostics.sorted(loaded ? loaded->sources : sources);
    const auto first =
        std::find_if(errors.begin(), errors.end(), [](const Diagnostic& d) { return d.severity == Severity::Error; });
    return instead("the domains were last applied from revisions that do not fit each other (" +
                   (first == errors.end() ? std::string("no mesh.yaml") : first->summary) + ")");
  }
  return loaded;
}

}  // namespace mesh::cli
