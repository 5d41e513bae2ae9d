#include "mesh_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

class MeshReader {
 public:
  MeshReader(const LoadOptions& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {}

  std::optional<MeshFile> read(const Node& root) {
    check_keys(root,
               {"mesh", "api", "control", "vars", "environments", "default_environment", "domains",
                "unknown_privileges", "plan_role", "deploy_role", "creator_role"},
               "mesh.yaml", diagnostics_);
    header(root);
    if (const Node* vars = root.find("vars")) file_.variables = read_variables(*vars, diagnostics_);
    if (const Node* control = root.find("control")) read_control(*control);
    if (!environment(root)) return std::nullopt;
    if (const Node* domains = root.find("domains")) {
      read_domains(*domains);
    } else {
      diagnostics_.error("MESH1103", root.place, "mesh.yaml names no domains",
                         "add domains: {sales: {path: domains/sales}}");
    }
    return std::move(file_);
  }

 private:
  void header(const Node& root) {
    if (const Node* name = root.find("mesh")) {
      if (auto text = read_text(*name, "mesh", diagnostics_)) file_.mesh.name = *text;
    } else {
      diagnostics_.error("MESH1103", root.place, "mesh.yaml does not say the mesh's name", "add mesh: NAME");
    }
    if (const Node* api = root.find("api"); api != nullptr && api->text != "mesh/v1") {
      diagnostics_.error("MESH1102", api->place, fmt::format("api '{}' is not known", api->text),
                         "this version reads mesh/v1");
    }
    if (const Node* unknown = root.find("unknown_privileges")) {
      if (unknown->text == "allow") {
        file_.mesh.allow_unknown_privileges = true;
      } else if (unknown->text != "refuse") {
        diagnostics_.error("MESH1102", unknown->place, "unknown_privileges must be allow or refuse");
      }
    }
  }

  std::optional<Name> name_of(const Node& map, const char* key, std::string_view what) {
    const Node* node = map.find(key);
    if (node == nullptr) return std::nullopt;
    const auto text = read_text(*node, what, diagnostics_);
    return text ? read_name(*text, node->place, what, diagnostics_) : std::nullopt;
  }
  std::string stored(const Node& map, const char* key, std::string_view what) {
    const auto name = name_of(map, key, what);
    return name ? name->stored() : std::string();
  }
  std::string text_of(const Node& map, const char* key) {
    const Node* node = map.find(key);
    if (node == nullptr) return {};
    return read_text(*node, key, diagnostics_).value_or("");
  }

  void read_control(const Node& control) {
    if (!expect_map(control, "control", diagnostics_)) return;
    check_keys(control, {"database", "schema", "warehouse"}, "control", diagnostics_);
    const auto database = name_of(control, "database", "the control database");
    const auto schema = name_of(control, "schema", "the control schema");
    const auto warehouse = name_of(control, "warehouse", "the control warehouse");
    if (database && schema && warehouse) {
      file_.mesh.control = {*database, *schema, *warehouse};
      file_.mesh.has_control = true;
    } else {
      diagnostics_.error("MESH1103", control.place, "control needs database, schema and warehouse",
                         "for example control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}");
    }
  }

  DeployRoles roles_of(const Node& map) {
    return {stored(map, "plan_role", "plan_role"), stored(map, "deploy_role", "deploy_role"),
            stored(map, "creator_role", "creator_role")};
  }

  bool environment(const Node& root) {
    const Node* environments = root.find("environments");
    if (environments == nullptr || !environments->is_map() || environments->pairs() == 0) {
      diagnostics_.error("MESH1103", environments == nullptr ? root.place : environments->place,
                         "mesh.yaml names no environments", "add environments: {dev: {connection: NAME}}");
      return false;
    }
    std::string wanted = options_.environment;
    if (wanted.empty()) wanted = text_of(root, "default_environment");
    if (wanted.empty() && environments->pairs() == 1) wanted = environments->key(0).text;
    for (const auto& [key, value] : entries(*environments)) {
      file_.mesh.environments.push_back(key.text);
      if (!expect_map(value, fmt::format("environment {}", key.text), diagnostics_)) continue;
      check_keys(value,
                 {"connection", "account", "suffix", "protected", "vars", "plan_role", "deploy_role", "creator_role"},
                 "an environment", diagnostics_);
      if (key.text == wanted) read_environment(key, value);
    }
    std::sort(file_.mesh.environments.begin(), file_.mesh.environments.end());
    if (!file_.mesh.environment.name.empty()) return true;
    if (wanted.empty()) {
      diagnostics_.error(
          "MESH1103", environments->place, "no environment was chosen",
          fmt::format("use -e with one of: {}; or add default_environment", join(file_.mesh.environments, ", ")));
    } else {
      const std::string near = nearest(wanted, file_.mesh.environments);
      diagnostics_.error("MESH1108", environments->place, fmt::format("there is no environment '{}'", wanted),
                         near.empty() ? fmt::format("there are: {}", join(file_.mesh.environments, ", "))
                                      : fmt::format("did you mean '{}'?", near));
    }
    return false;
  }

  void read_environment(const Node& key, const Node& value) {
    auto& environment = file_.mesh.environment;
    environment.name = key.text;
    environment.place = key.place;
    environment.connection = text_of(value, "connection");
    environment.account = to_upper(text_of(value, "account"));
    environment.suffix = to_upper(text_of(value, "suffix"));
    if (!environment.suffix.empty() && !Name::parse("X" + environment.suffix)) {
      diagnostics_.error("MESH1201", value.find("suffix")->place,
                         fmt::format("'{}' cannot end a name", environment.suffix), "letters, digits, _ and $");
    }
    if (const Node* node = value.find("protected"))
      environment.is_protected = read_bool(*node, "protected", diagnostics_).value_or(true);
    environment.roles = roles_of(value);
    if (const Node* vars = value.find("vars")) file_.environment_variables = read_variables(*vars, diagnostics_);
  }

  void read_domains(const Node& domains) {
    if (!expect_map(domains, "domains", diagnostics_)) return;
    for (const auto& [key, value] : entries(domains)) {
      if (!expect_map(value, fmt::format("domain {}", key.text), diagnostics_)) continue;
      check_keys(value, {"path", "owns", "account", "governs", "plan_role", "deploy_role", "creator_role"}, "a domain",
                 diagnostics_);
      Domain domain;
      domain.name = key.text;
      domain.place = key.place;
      domain.path = text_of(value, "path");
      if (domain.path.empty()) {
        diagnostics_.error("MESH1103", key.place, fmt::format("domain {} has no path", key.text),
                           "add path: the folder with its manifests");
        continue;
      }
      if (const Node* node = value.find("account"))
        domain.account = read_bool(*node, "account", diagnostics_).value_or(false);
      if (const Node* node = value.find("governs"))
        domain.governs = read_bool(*node, "governs", diagnostics_).value_or(false);
      domain.roles = roles_of(value);
      if (const Node* owns = value.find("owns")) {
        for (const auto& pattern : read_texts(*owns, "owns", diagnostics_))
          domain.owns.push_back(to_upper(pattern.text));
      } else {
        const std::string base = replace_all(to_upper(key.text), "-", "_");
        domain.owns = {base, base + "_*"};
      }
      file_.mesh.domains.push_back(std::move(domain));
    }
    std::sort(file_.mesh.domains.begin(), file_.mesh.domains.end(),
              [](const Domain& a, const Domain& b) { return a.name < b.name; });
    check_patterns();
  }

  void check_patterns() {
    std::map<std::string, const Domain*> seen;
    for (const auto& domain : file_.mesh.domains) {
      for (const auto& pattern : domain.owns) {
        const auto [it, fresh] = seen.emplace(pattern, &domain);
        if (fresh) continue;
        auto& diagnostic =
            diagnostics_.error("MESH1402", domain.place,
                               fmt::format("'{}' is owned by both {} and {}", pattern, it->second->name, domain.name),
                               "give it to one of them");
        diagnostic.notes.push_back({"the other", it->second->place});
      }
    }
  }

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  MeshFile file_;
};

}  // namespace

std::optional<MeshFile> read_mesh_file(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics) {
  auto text = read_file(options.root / "mesh.yaml");
  const uint32_t file = sources.add("mesh.yaml", text ? *text : std::string());
  if (!text) {
    diagnostics.error("MESH1012", {file, 1, 1, 1}, text.error().message);
    return std::nullopt;
  }
  const auto parsed = parse_yaml(sources.file(file).text, file, diagnostics);
  if (!parsed) return std::nullopt;
  const Node& root = *parsed;
  if (!root.is_map()) {
    diagnostics.error("MESH1102", root.place, fmt::format("mesh.yaml must be a map, not {}", type_words(root)));
    return std::nullopt;
  }
  auto read = MeshReader(options, diagnostics).read(root);
  if (!read) return std::nullopt;
  auto& built_in = read->environment_variables;
  built_in.emplace("environment", Variable{read->mesh.environment.name, Style::Quoted, NodeType::Scalar});
  built_in.emplace("mesh", Variable{read->mesh.name, Style::Quoted, NodeType::Scalar});
  return read;
}

}  // namespace mesh::manifest
