#include "mesh/manifest/load.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh_file.hpp"
#include "yaml.hpp"

namespace mesh::manifest {
namespace {

struct ManifestFile {
  std::filesystem::path path;
  uint32_t file = 0;
  std::optional<Node> root;
  Diagnostics diagnostics;
};

bool is_manifest(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const auto ends = [&](std::string_view end) {
    return name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
  };
  // Contracts and product descriptions are read only where a manifest names them (design 2).
  for (const auto* other : {".odcs.yaml", ".odps.yaml", ".odcs.yml", ".odps.yml"}) {
    if (ends(other)) return false;
  }
  return name[0] != '.' && (ends(".yaml") || ends(".yml"));
}

// The manifests of a domain, sorted; symbolic links that lead out of the mesh are mistakes.
std::vector<std::filesystem::path> files_of(const std::filesystem::path& root, const Domain& domain, const Mesh& mesh,
                                            Diagnostics& diagnostics) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  std::error_code ec;
  const auto canonical_root = fs::weakly_canonical(root, ec);
  fs::recursive_directory_iterator it(root / domain.path, fs::directory_options::skip_permission_denied, ec);
  for (; !ec && it != fs::recursive_directory_iterator(); it.increment(ec)) {
    const auto relative = it->path().lexically_relative(root).generic_string();
    if (it->is_directory()) {
      const bool others = std::any_of(mesh.domains.begin(), mesh.domains.end(),
                                      [&](const Domain& d) { return d.name != domain.name && d.path == relative; });
      if (others || it->path().filename().string()[0] == '.') it.disable_recursion_pending();
      continue;
    }
    if (!is_manifest(it->path())) continue;
    const auto real = fs::weakly_canonical(it->path(), ec).lexically_relative(canonical_root);
    if (real.empty() || *real.begin() == "..") {
      diagnostics.error("MESH1012", domain.place, fmt::format("'{}' is a link that leads out of the mesh", relative),
                        "put the file itself there");
      continue;
    }
    files.push_back(it->path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Parses all files, `parallelism` at once; what each had to say is put together in the order of the files.
void parse_files(std::vector<ManifestFile>& files, const Sources& sources, int parallelism) {
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t i; (i = next++) < files.size();)
      files[i].root = parse_yaml(sources.file(files[i].file).text, files[i].file, files[i].diagnostics);
  };
  const auto threads = std::min<size_t>(
      {files.size(), static_cast<size_t>(parallelism), std::max(1U, std::thread::hardware_concurrency())});
  std::vector<std::thread> pool;
  for (size_t i = 1; i < threads; ++i) pool.emplace_back(work);
  work();
  for (auto& thread : pool) thread.join();
}

class Loader {
 public:
  Loader(const LoadOptions& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {}

  std::optional<Loaded> load(Sources& sources_on_failure) {
    Sources sources;
    auto mesh_file = read_mesh_file(options_, sources, diagnostics_);
    if (!mesh_file) {
      sources_on_failure = std::move(sources);
      return std::nullopt;
    }
    Loaded loaded;
    loaded.mesh = std::move(mesh_file->mesh);
    std::vector<std::vector<ManifestFile>> per_domain;
    for (const auto& domain : loaded.mesh.domains) per_domain.push_back(open_files(domain, loaded.mesh, sources));
    for (auto& files : per_domain) parse_files(files, sources, options_.parallelism);

    Build build{loaded.mesh, options_.root, sources, diagnostics_, {}, {}, {}, {}, {}, {}, {}, {}};
    for (size_t i = 0; i < per_domain.size(); ++i)
      read_domain(build, loaded.mesh.domains[i], per_domain[i], *mesh_file);
    check_all(build, loaded.desired);
    finish(build, loaded);
    add_suffix(loaded.mesh, loaded.desired, loaded.present_grants);
    loaded.sources = std::move(sources);
    return loaded;
  }

 private:
  std::vector<ManifestFile> open_files(const Domain& domain, const Mesh& mesh, Sources& sources) {
    std::vector<ManifestFile> files;
    for (const auto& path : files_of(options_.root, domain, mesh, diagnostics_)) {
      ManifestFile file;
      file.path = path;
      auto text = read_file(path, size_t{17} << 20);
      file.file =
          sources.add(path.lexically_relative(options_.root).generic_string(), text ? std::move(*text) : std::string());
      if (!text)
        file.diagnostics.error("MESH1012", {file.file, 1, 1, 1}, text.error().message, "a manifest has at most 16 MB");
      files.push_back(std::move(file));
    }
    if (files.empty()) {
      diagnostics_.warning("MESH1013", domain.place,
                           fmt::format("domain {} has no manifests in '{}'", domain.name, domain.path),
                           "is the folder missing from this checkout?");
    }
    return files;
  }

  void read_domain(Build& build, Domain& domain, std::vector<ManifestFile>& files, const MeshFile& mesh_file) {
    bool broken = false;
    for (auto& file : files) {
      broken |= !file.root;
      diagnostics_.merge(std::move(file.diagnostics));
    }
    header(domain, files, broken);
    const auto variables = variables_of(domain, files, mesh_file);
    for (auto& file : files) {
      if (!file.root || file.root->is_null()) continue;
      substitute(*file.root, variables, diagnostics_);
      read_domain_file(build, domain, *file.root, variables);
    }
  }

  // The environment's variables count before the domain's, those before the mesh's.
  Variables variables_of(const Domain& domain, const std::vector<ManifestFile>& files, const MeshFile& mesh_file) {
    Variables variables = mesh_file.environment_variables;
    variables["domain"] = {domain.name, Style::Quoted, NodeType::Scalar};
    for (const auto& file : files) {
      const Node* vars = file.root ? file.root->find("vars") : nullptr;
      if (vars != nullptr) variables.merge(read_variables(*vars, diagnostics_));
    }
    Variables base = mesh_file.variables;
    variables.merge(base);
    return variables;
  }

  // `domain` and `team` stand once per domain, in any of its files.
  void header(Domain& domain, const std::vector<ManifestFile>& files, bool broken) {
    if (files.empty()) return;
    const Node *name = nullptr, *team = nullptr;
    for (const auto& file : files) {
      if (!file.root) continue;
      once(file.root->find_key("domain"), file.root->find("domain"), name);
      once(file.root->find_key("team"), file.root->find("team"), team);
      if (const Node* text = file.root->find("description"); text != nullptr && text->is_scalar())
        domain.description = text->text;
    }
    if (name != nullptr && name->text != domain.name) {
      diagnostics_.error("MESH1109", name->place,
                         fmt::format("this folder is domain {} in mesh.yaml, not '{}'", domain.name, name->text),
                         fmt::format("write domain: {}", domain.name));
    }
    if (!broken && name == nullptr) missing(files, domain, "domain", fmt::format("domain: {}", domain.name));
    if (!broken && team == nullptr) missing(files, domain, "team", "team: {name: NAME, email: NAME@example.com}");
    if (team == nullptr || !expect_map(*team, "team", diagnostics_)) return;
    check_keys(*team, {"name", "email"}, "team", diagnostics_);
    if (const Node* text = team->find("name")) domain.team = text->text;
    if (const Node* text = team->find("email")) domain.team_email = text->text;
  }
  void once(const Node* key, const Node* value, const Node*& first) {
    if (key == nullptr) return;
    if (first == nullptr) {
      first = value;
      return;
    }
    auto& diagnostic =
        diagnostics_.error("MESH1105", key->place, fmt::format("'{}' stands twice in this domain", key->text),
                           "once is enough: all files of a domain merge");
    diagnostic.notes.push_back({"first here", first->place});
  }
  void missing(const std::vector<ManifestFile>& files, const Domain& domain, std::string_view key,
               const std::string& line) {
    diagnostics_.error("MESH1103", {files.front().file, 1, 1, 1},
                       fmt::format("domain {} does not say its {}", domain.name, key),
                       fmt::format("add {} to one of its files", line));
  }

  static void finish(Build& build, Loaded& loaded) {
    for (const auto& [id, object] : build.state.objects) loaded.desired.owner_domain.emplace(id, object.domain);
    loaded.desired.state = std::move(build.state);
    loaded.desired.removed = std::move(build.removed);
    loaded.desired.exact_user_roles = std::move(build.exact_user_roles);
    loaded.desired.additive_roles = std::move(build.additive_roles);
    loaded.present_grants = std::move(build.present_grants);
    loaded.objects_per_domain = std::move(build.objects_per_domain);
  }

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::optional<std::filesystem::path> find_root(const std::filesystem::path& start) {
  std::error_code ec;
  auto at = std::filesystem::weakly_canonical(std::filesystem::absolute(start, ec), ec);
  for (;;) {
    if (std::filesystem::is_regular_file(at / "mesh.yaml", ec)) return at;
    if (!at.has_parent_path() || at.parent_path() == at) return std::nullopt;
    at = at.parent_path();
  }
}

std::optional<Loaded> load(const LoadOptions& options, Diagnostics& diagnostics, Sources& sources_on_failure) {
  return Loader(options, diagnostics).load(sources_on_failure);
}

std::optional<Mesh> load_mesh_file(const LoadOptions& options, Diagnostics& diagnostics, Sources& sources) {
  auto read = read_mesh_file(options, sources, diagnostics);
  if (!read) return std::nullopt;
  return std::move(read->mesh);
}

}  // namespace mesh::manifest
