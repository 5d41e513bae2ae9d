#include "mesh/manifest/load.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "blueprints.hpp"
#include "builder.hpp"
#include "expanded.hpp"
#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"
#include "mesh/yaml/parse.hpp"
#include "mesh_file.hpp"

namespace mesh::manifest {
namespace {

struct ManifestFile {
  std::filesystem::path path;
  size_t domain = 0;  // index in Mesh::domains
  uint32_t file = 0;  // of the sources
  std::string text;
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

// The manifests of one domain's folder. What cannot be looked into is a mistake: its objects would seem undeclared.
class Folder {
 public:
  Folder(const std::filesystem::path& root, const Mesh& mesh, const Domain& domain, Diagnostics& diagnostics)
      : root_(root), mesh_(mesh), domain_(domain), diagnostics_(diagnostics) {}

  // Sorted by path.
  std::vector<std::filesystem::path> manifests() {
    std::error_code ec;
    if (std::filesystem::is_directory(root_ / domain_.path, ec)) visit(root_ / domain_.path);
    std::sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) { return a.string() < b.string(); });
    return std::move(files_);
  }

 private:
  void visit(const std::filesystem::path& folder) {
    std::error_code ec;
    std::filesystem::directory_iterator it(folder, ec);
    for (; !ec && it != std::filesystem::directory_iterator(); it.increment(ec)) entry(*it);
    if (ec) wrong(folder, ec.message(), "make the folder readable");
  }

  void entry(const std::filesystem::directory_entry& entry) {
    std::error_code ec;
    if (entry.is_directory(ec)) {
      const auto relative = relative_to_root(entry.path());
      const bool others = std::any_of(mesh_.domains.begin(), mesh_.domains.end(),
                                      [&](const Domain& d) { return d.name != domain_.name && d.path == relative; });
      if (others || entry.path().filename().string()[0] == '.') return;
      if (entry.is_symlink(ec)) return wrong(entry.path(), "links to folders are not followed", "put the files there");
      visit(entry.path());
    } else if (is_manifest(entry.path())) {
      const auto real = std::filesystem::weakly_canonical(entry.path(), ec);
      const auto inside = real.lexically_relative(std::filesystem::weakly_canonical(root_, ec));
      if (inside.empty() || *inside.begin() == "..")
        return wrong(entry.path(), "the link leads out of the mesh", "put the file itself there");
      // A pipe would be waited for.
      if (entry.exists(ec) && !entry.is_regular_file(ec))
        return wrong(entry.path(), "it is no regular file", "put a file there");
      files_.push_back(entry.path());
    }
  }

  std::string relative_to_root(const std::filesystem::path& path) const {
    return path.lexically_relative(root_).generic_string();
  }
  void wrong(const std::filesystem::path& path, const std::string& why, const char* help) {
    diagnostics_.error("MESH1012", domain_.place,
                       fmt::format("'{}' of domain {} cannot be read: {}", relative_to_root(path), domain_.name, why),
                       help);
  }

  const std::filesystem::path& root_;
  const Mesh& mesh_;
  const Domain& domain_;
  Diagnostics& diagnostics_;
  std::vector<std::filesystem::path> files_;
};

// Calls `work` for each file, several at once; what each has to say is put together later in the order of the files.
template <typename Work>
void in_parallel(std::vector<ManifestFile>& files, int parallelism, Work work) {
  std::atomic<size_t> next{0};
  const auto worker = [&] {
    for (size_t i; (i = next++) < files.size();) work(files[i]);
  };
  const size_t threads = std::min<size_t>(
      {files.size(), static_cast<size_t>(std::max(1, parallelism)), std::max(1U, std::thread::hardware_concurrency())});
  std::vector<std::thread> pool;
  for (size_t i = 1; i < threads; ++i) pool.emplace_back(worker);
  worker();
  for (auto& thread : pool) thread.join();
}

void read_and_parse(ManifestFile& file) {
  std::error_code ec;
  if (const auto size = std::filesystem::file_size(file.path, ec); !ec && size > kMaxFileBytes + 3) {
    file.diagnostics.error(
        "MESH1012", {file.file, 1, 1, 1},
        fmt::format("the file has {} bytes; at most 16 MB are read", with_thousands(static_cast<long long>(size))),
        "split it: all files of a domain merge");
    return;
  }
  auto text = read_file(file.path, kMaxFileBytes + 3);
  if (!text) {
    file.diagnostics.error("MESH1012", {file.file, 1, 1, 1}, text.error().message, "a manifest has at most 16 MB");
    return;
  }
  file.text = std::move(*text);
  file.root = yaml::parse(file.text, file.file, file.diagnostics);
}

class Loader {
 public:
  Loader(const LoadOptions& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {}

  std::optional<Loaded> load(Sources& sources_on_failure) {
    Loaded loaded;
    auto mesh_file = read_mesh_file(options_, loaded.sources, diagnostics_);
    if (!mesh_file) {
      sources_on_failure = std::move(loaded.sources);
      return std::nullopt;
    }
    loaded.mesh = mesh_file->mesh;
    find_files(loaded);
    in_parallel(files_, options_.parallelism, read_and_parse);
    for (auto& file : files_) {
      loaded.sources.add(file.path.lexically_relative(options_.root).generic_string(), std::move(file.text),
                         loaded.mesh.domains[file.domain].name);
      broken_ |= !file.root;
    }
    std::vector<Variables> variables;
    for (size_t i = 0; i < loaded.mesh.domains.size(); ++i) {
      header(loaded.mesh.domains[i], i);
      variables.push_back(variables_of(loaded.mesh.domains[i], i, *mesh_file));
    }
    in_parallel(files_, options_.parallelism, [&](ManifestFile& file) {
      if (file.root) substitute(*file.root, variables[file.domain], file.diagnostics);
    });

    Build build{loaded.mesh, options_.root, loaded.sources, diagnostics_};
    build.incomplete = broken_;
    build.date = options_.date;
    for (auto& file : files_) {
      diagnostics_.merge(std::move(file.diagnostics));
      const Site site{build, loaded.mesh.domains[file.domain], variables[file.domain]};
      if (file.root && !file.root->is_null()) read_with_blueprints(site, *file.root, loaded);
      file.root.reset();
    }
    check_all(build, loaded.desired);
    if (options_.expand) write_applied(build, loaded);
    finish(build, loaded);
    add_suffix(loaded.mesh, loaded.desired, loaded.present_grants, loaded.products);
    return loaded;
  }

 private:
  void read_with_blueprints(const Site& site, const Node& root, Loaded& loaded) {
    const auto take = [&](const Node& manifest) {
      read_domain_file(site, manifest);
      if (options_.expand) write_expanded(manifest, loaded.expanded[site.domain.name]);
    };
    take(root);
    for (const auto& body : blueprints_of(loaded).expand(root, site.variables, site.domain.name)) take(body);
  }

  // What governing domains apply to a domain's objects, as comments behind its lines.
  static void write_applied(const Build& build, Loaded& loaded) {
    for (const auto& [key, attachment] : build.state.attachments) {
      if (attachment.applied_by.empty()) continue;
      const std::string value = key.kind == KindId::Tag ? " = " + attachment.value : std::string();
      loaded.expanded[attachment.domain].push_back(
          {fmt::format("# applied by {}: {}{}", attachment.applied_by, attachment.address(), value), attachment.place});
    }
    for (const auto& [id, properties] : loaded.desired.governed.sets) {
      const auto& object = build.state.objects.at(id);
      for (const auto& [name, setter] : properties) {
        const auto& property = object.properties.find(name)->second;
        loaded.expanded[object.domain].push_back({fmt::format("# applied by {}: {} = {} on {}", setter.domain, name,
                                                              to_display(property.value), id.address()),
                                                  property.place});
      }
    }
  }

  Blueprints& blueprints_of(Loaded& loaded) {
    if (!blueprints_) blueprints_.emplace(options_.root, loaded.sources, diagnostics_);
    return *blueprints_;
  }

  void find_files(const Loaded& loaded) {
    const auto& domains = loaded.mesh.domains;
    for (size_t i = 0; i < domains.size(); ++i) {
      const size_t before = files_.size();
      for (auto& path : Folder(options_.root, loaded.mesh, domains[i], diagnostics_).manifests()) {
        const auto index = static_cast<uint32_t>(loaded.sources.size() + files_.size());
        files_.push_back({std::move(path), i, index, {}, {}, {}});
      }
      if (files_.size() > before) continue;
      diagnostics_.warning("MESH1013", domains[i].place,
                           fmt::format("domain {} has no manifests in '{}'", domains[i].name, domains[i].path),
                           "is the folder missing from this checkout?");
    }
  }

  template <typename Visit>
  void each_root(size_t domain, Visit visit) const {
    for (const auto& file : files_) {
      if (file.domain == domain && file.root) visit(file, *file.root);
    }
  }

  // The environment's variables count before the domain's, those before the mesh's.
  Variables variables_of(const Domain& domain, size_t index, const MeshFile& mesh_file) {
    Variables built_in = mesh_file.built_in;
    built_in["domain"] = {domain.name, Style::Quoted, {}};
    Variables own;
    if (const auto it = mesh_file.domain_variables.find(domain.name); it != mesh_file.domain_variables.end())
      own = it->second;
    each_root(index, [&](const ManifestFile&, const Node& root) {
      const Node* vars = root.find("vars");
      if (vars == nullptr) return;
      for (auto& [name, variable] : read_variables(*vars, built_in, diagnostics_)) {
        const auto [it, fresh] = own.emplace(name, variable);
        if (fresh) continue;
        auto& error = diagnostics_.error("MESH1105", variable.place,
                                         fmt::format("variable '{}' stands twice in this domain", name), "keep one");
        error.notes.push_back({"it stands here first", it->second.place});
      }
    });
    Variables all = built_in;
    all.insert(mesh_file.environment_variables.begin(), mesh_file.environment_variables.end());
    all.insert(own.begin(), own.end());
    all.insert(mesh_file.variables.begin(), mesh_file.variables.end());
    return all;
  }

  // `domain`, `team` and `description` stand once per domain, in any of its files; the first two are required.
  void header(Domain& domain, size_t index) {
    const Node *name = nullptr, *team = nullptr, *description = nullptr;
    const ManifestFile* first = nullptr;
    each_root(index, [&](const ManifestFile& file, const Node& root) {
      if (first == nullptr) first = &file;
      once(root, "domain", name);
      once(root, "team", team);
      once(root, "description", description);
    });
    if (first == nullptr) return;
    if (!broken_ && name == nullptr) missing(*first, domain, "domain", fmt::format("domain: {}", domain.name));
    if (!broken_ && team == nullptr) missing(*first, domain, "team", "team: {name: NAME, email: NAME@example.com}");
    if (name != nullptr && name->text != domain.name) {
      diagnostics_.error("MESH1109", name->place,
                         fmt::format("this folder is domain {} in mesh.yaml, not '{}'", domain.name, name->text),
                         fmt::format("write domain: {}", domain.name));
    }
    if (description != nullptr && !description->is_null())
      domain.description = read_text(*description, "description", diagnostics_).value_or("");
    if (team != nullptr) read_team(*team, domain);
  }

  void read_team(const Node& team, Domain& domain) {
    if (!team.is_map()) {
      diagnostics_.error("MESH1102", team.place, fmt::format("team must be a map, not {}", type_words(team)),
                         "write team: {name: NAME, email: NAME@example.com}");
      return;
    }
    check_keys(team, {"name", "email"}, "team", diagnostics_);
    if (const Node* text = team.find("name")) domain.team = read_text(*text, "name", diagnostics_).value_or("");
    if (const Node* text = team.find("email")) domain.team_email = read_text(*text, "email", diagnostics_).value_or("");
  }

  void once(const Node& root, std::string_view key, const Node*& first) {
    const Node* place = root.find_key(key);
    if (place == nullptr) return;
    if (first == nullptr) {
      first = root.find(key);
      return;
    }
    auto& error = diagnostics_.error("MESH1105", place->place, fmt::format("'{}' stands twice in this domain", key),
                                     "once is enough: all files of a domain merge");
    error.notes.push_back({"it stands here first", first->place});
  }
  void missing(const ManifestFile& file, const Domain& domain, std::string_view key, const std::string& line) {
    diagnostics_.error("MESH1103", {file.file, 1, 1, 1}, fmt::format("domain {} does not say its {}", domain.name, key),
                       fmt::format("add {} to one of its files", line));
  }

  static void finish(Build& build, Loaded& loaded) {
    for (const auto& [id, object] : build.state.objects) {
      loaded.desired.owner_domain.emplace(id, object.domain);
      ++loaded.objects_per_domain[object.domain];
    }
    loaded.desired.state = std::move(build.state);
    loaded.desired.removed = std::move(build.removed);
    loaded.desired.elsewhere = std::move(build.excluded);
    loaded.desired.exact_user_roles = std::move(build.exact_user_roles);
    loaded.desired.additive_roles = std::move(build.additive_roles);
    loaded.present_grants = std::move(build.present_grants);
    loaded.products = std::move(build.products);
    loaded.rules = std::move(build.rules);
  }

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  std::vector<ManifestFile> files_;  // by domain, then by path
  std::optional<Blueprints> blueprints_;
  bool broken_ = false;
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
