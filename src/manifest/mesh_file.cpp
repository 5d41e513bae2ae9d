#include "mesh_file.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

// Whose tokens GitHub Actions signs (workload-identity-federation).
constexpr const char* kGitHubIssuer = "https://token.actions.githubusercontent.com";

bool has_variable(const Node* node) {
  if (node == nullptr) return false;
  return node->text.find("${") != std::string::npos ||
         std::any_of(node->items.begin(), node->items.end(), [](const Node& item) { return has_variable(&item); });
}

class MeshReader {
 public:
  MeshReader(const LoadOptions& options, Diagnostics& diagnostics) : options_(options), diagnostics_(diagnostics) {}

  std::optional<MeshFile> read(Node& root) {
    check_keys(root,
               {"mesh", "api", "control", "vars", "environments", "default_environment", "domains",
                "unknown_privileges", "contracts"},
               "mesh.yaml", diagnostics_);
    const bool chosen = choose_environment(root);
    variables(root);
    header(root);
    if (const Node* control = root.find("control")) read_control(*control);
    if (const Node* contracts = root.find("contracts")) read_contracts(*contracts);
    if (const Node* all = root.find("environments")) environments(*all);
    if (const Node* domains = root.find("domains"); domains != nullptr && !domains->is_null()) {
      read_domains(*domains);
    } else {
      diagnostics_.error("MESH1103", root.place, "mesh.yaml names no domains",
                         "add domains: {sales: {path: domains/sales}}");
    }
    if (!chosen) return std::nullopt;
    return std::move(file_);
  }

 private:
  // --- which environment, and the variables it brings

  bool choose_environment(const Node& root) {
    auto& mesh = file_.mesh;
    const Node* all = root.find("environments");
    if (all == nullptr || !all->is_map() || all->pairs() == 0) {
      diagnostics_.error("MESH1103", all == nullptr ? root.place : all->place, "mesh.yaml names no environments",
                         "add environments: {dev: {connection: NAME}}");
      return false;
    }
    for (const auto& [key, value] : entries(*all)) mesh.environments.push_back(key.text);
    std::sort(mesh.environments.begin(), mesh.environments.end());
    const std::string known = fmt::format("there are: {}", join(mesh.environments, ", "));
    const Node* preset = root.find("default_environment");
    if (preset != nullptr && !is_environment(preset->text)) {
      diagnostics_.error("MESH1108", preset->place, fmt::format("there is no environment '{}'", preset->text),
                         did_you_mean(preset->text, mesh.environments, known));
      preset = nullptr;
    }
    std::string wanted = options_.environment;
    if (wanted.empty() && preset != nullptr) wanted = preset->text;
    if (wanted.empty() && all->pairs() == 1) wanted = all->key(0).text;
    if (is_environment(wanted)) return mesh.environment.name = wanted, true;
    if (!wanted.empty()) {
      diagnostics_.error("MESH1108", root.find_key("environments")->place,
                         fmt::format("there is no environment '{}'", wanted),
                         did_you_mean(wanted, mesh.environments, known));
    } else if (root.find("default_environment") == nullptr) {
      diagnostics_.error("MESH1103", root.find_key("environments")->place, "no environment was chosen",
                         fmt::format("use -e, or add default_environment; {}", known));
    }
    return false;
  }
  bool is_environment(const std::string& name) const {
    const auto& all = file_.mesh.environments;
    return std::find(all.begin(), all.end(), name) != all.end();
  }

  // Reads every `vars`, then replaces ${name} in the rest of the file; other environments have variables of their own.
  void variables(Node& root) {
    const auto built_in = [&](const char* name, const std::string& text) {
      file_.built_in[name] = {text, Style::Quoted, {}};
    };
    built_in("environment", file_.mesh.environment.name);
    built_in("mesh", root.find("mesh") != nullptr ? root.find("mesh")->text : "");
    if (const Node* vars = root.find("vars")) file_.variables = read_variables(*vars, file_.built_in, diagnostics_);
    const std::string& chosen = file_.mesh.environment.name;
    const Node* all = root.find("environments");
    const Node* environment = all == nullptr ? nullptr : all->find(chosen);
    if (const Node* vars = environment == nullptr ? nullptr : environment->find("vars"))
      file_.environment_variables = read_variables(*vars, file_.built_in, diagnostics_);
    Variables here = file_.environment_variables;
    here.insert(file_.variables.begin(), file_.variables.end());
    here.insert(file_.built_in.begin(), file_.built_in.end());
    each_but_vars(root, [&](const Node& key, Node& value) {
      if (key.text != "environments" && key.text != "domains") return substitute(value, here, diagnostics_);
      each_but_vars(value, [&](const Node& name, Node& body) {
        if (key.text == "environments" && name.text != chosen) return;
        each_but_vars(body, [&](const Node&, Node& each) { substitute(each, here, diagnostics_); });
      });
    });
  }

  template <typename Visit>
  static void each_but_vars(Node& map, Visit visit) {
    for (size_t i = 0; map.is_map() && i < map.pairs(); ++i) {
      if (map.key(i).text != "vars") visit(map.key(i), map.items[2 * i + 1]);
    }
  }

  // --- the parts

  void header(const Node& root) {
    if (const Node* name = root.find("mesh"); name != nullptr && !name->is_null()) {
      file_.mesh.name = read_text(*name, "mesh", diagnostics_).value_or("");
    } else {
      diagnostics_.error("MESH1103", root.place, "mesh.yaml does not say the mesh's name", "add mesh: NAME");
    }
    if (const Node* api = root.find("api")) read_word(*api, "api", {"mesh/v1"}, diagnostics_);
    if (const Node* unknown = root.find("unknown_privileges")) {
      file_.mesh.allow_unknown_privileges =
          read_word(*unknown, "unknown_privileges", {"allow", "refuse"}, diagnostics_) == "allow";
    }
  }

  std::optional<Name> name_of(const Node& map, const char* key, std::string_view what) {
    const Node* node = map.find(key);
    if (node == nullptr || node->is_null()) return std::nullopt;
    const auto text = read_text(*node, key, diagnostics_);
    return text ? read_name(*text, node->place, what, diagnostics_) : std::nullopt;
  }
  std::string text_of(const Node& map, const char* key) {
    const Node* node = map.find(key);
    if (node == nullptr || node->is_null()) return {};
    return read_text(*node, key, diagnostics_).value_or("");
  }
  bool flag_of(const Node& map, const char* key, bool if_wrong) {
    const Node* node = map.find(key);
    return node != nullptr && read_bool(*node, key, diagnostics_).value_or(if_wrong);
  }
  DeployRoles roles_of(const Node& map) {
    const auto stored = [&](const char* key) {
      const auto name = name_of(map, key, "a role");
      return name ? name->stored() : std::string();
    };
    return {stored("plan_role"), stored("deploy_role"), stored("creator_role")};
  }

  // `deploy_user: NAME`, or a map that also says which OIDC tokens are this user's.
  ServiceUser user_of(const Node& map, const char* key) {
    const Node* node = map.find(key);
    if (node == nullptr || node->is_null()) return {};
    ServiceUser user;
    const bool is_map = node->is_map();
    if (is_map) check_keys(*node, {"name", "subject", "issuer"}, key, diagnostics_);
    const Node* name = is_map ? node->find("name") : node;
    if (name == nullptr || name->is_null()) {
      diagnostics_.error("MESH1103", node->place, fmt::format("{} does not say the user's name", key),
                         fmt::format("{}: NAME, or {}: {{name: NAME, subject: 'repo:…'}}", key, key));
      return {};
    }
    const auto text = read_text(*name, key, diagnostics_);
    const auto stored = text ? read_name(*text, name->place, "a user", diagnostics_) : std::nullopt;
    if (!stored) return {};
    user.name = stored->stored();
    if (!is_map) return user;
    user.subject = text_of(*node, "subject");
    user.issuer = text_of(*node, "issuer");
    if (!user.subject.empty() && user.issuer.empty()) user.issuer = kGitHubIssuer;
    if (user.subject.empty() && !user.issuer.empty()) {
      diagnostics_.error("MESH1103", node->place, fmt::format("{} has an issuer and no subject", key),
                         "add subject: whose token it is, for example 'repo:org/repo:environment:prod'");
    }
    return user;
  }
  ServiceUsers users_of(const Node& map) { return {user_of(map, "plan_user"), user_of(map, "deploy_user")}; }

  void read_control(const Node& control) {
    if (!expect_map(control, "control", diagnostics_)) return;
    check_keys(control, {"database", "schema", "warehouse"}, "control", diagnostics_);
    for (const auto* key : {"database", "schema", "warehouse"}) {
      if (const Node* node = control.find(key); node != nullptr && !node->is_null()) continue;
      diagnostics_.error("MESH1103", control.place, fmt::format("control names no {}", key),
                         "for example control: {database: MESH, schema: CONTROL, warehouse: MESH_WH}");
      return;
    }
    const auto database = name_of(control, "database", "a database");
    const auto schema = name_of(control, "schema", "a schema");
    const auto warehouse = name_of(control, "warehouse", "a warehouse");
    if (!database || !schema || !warehouse) return;
    file_.mesh.control = {*database, *schema, *warehouse};
    file_.mesh.has_control = true;
  }

  // contracts: {classification: {tag: T, values: {WORD: VALUE}}, tags: {KEY: T}}: what contracts' words become.
  void read_contracts(const Node& contracts) {
    if (contracts.is_null() || !expect_map(contracts, "contracts", diagnostics_)) return;
    check_keys(contracts, {"classification", "tags"}, "contracts", diagnostics_);
    auto& words = file_.mesh.contracts;
    if (const Node* node = contracts.find("classification"); node != nullptr && !node->is_null()) {
      if (node->is_map()) check_keys(*node, {"tag", "values"}, "classification", diagnostics_);
      const Node* tag = node->is_map() ? node->find("tag") : node;
      if (tag == nullptr) {
        diagnostics_.error("MESH1103", node->place, "classification names no tag",
                           "for example classification: {tag: GOVERNANCE.TAGS.CLASS, values: {restricted: HIGH}}");
      } else {
        words.classification = tag_name(*tag, "classification");
      }
      if (const Node* values = node->find("values")) {
        for (const auto& [word, value] : read_text_map(*values, "values")) words.values[word] = value.text;
      }
    }
    if (const Node* tags = contracts.find("tags")) {
      for (const auto& [key, tag] : read_text_map(*tags, "tags")) {
        if (const auto name = tag_name(tag, key)) words.tags.emplace(key, *name);
      }
    }
  }
  std::optional<QualifiedName> tag_name(const Node& node, std::string_view what) {
    const auto text = read_text(node, what, diagnostics_);
    return text ? read_qualified(*text, node.place, what, 3, 3, diagnostics_) : std::nullopt;
  }
  // Of a map of texts: what is none is reported.
  std::vector<std::pair<std::string, Node>> read_text_map(const Node& map, std::string_view what) {
    std::vector<std::pair<std::string, Node>> all;
    if (map.is_null() || !expect_map(map, what, diagnostics_)) return all;
    for (const auto& [key, value] : entries(map)) {
      if (read_text(value, key.text, diagnostics_)) all.emplace_back(key.text, value);
    }
    return all;
  }

  // All are checked, the chosen one is kept.
  void environments(const Node& all) {
    for (const auto& [key, value] : entries(all)) {
      if (!expect_map(value, fmt::format("environment {}", key.text), diagnostics_)) continue;
      check_keys(value,
                 {"connection", "account", "suffix", "protected", "vars", "plan_role", "deploy_role", "creator_role",
                  "plan_user", "deploy_user", "domains"},
                 "an environment", diagnostics_);
      auto environment = read_environment(key, value);
      if (const Node* placed = value.find("domains"); placed != nullptr && !placed->is_null())
        read_placements(*placed, environment);
      const bool chosen = key.text == file_.mesh.environment.name;
      if (chosen || !has_variable(value.find("suffix"))) all_.push_back(environment);
      if (chosen) {
        file_.mesh.environment = std::move(environment);
      } else if (const Node* vars = value.find("vars")) {
        expect_map(*vars, "vars", diagnostics_);
      }
    }
  }

  Environment read_environment(const Node& key, const Node& value) {
    Environment environment;
    environment.name = key.text;
    environment.place = key.place;
    environment.connection = text_of(value, "connection");
    environment.account = to_upper(text_of(value, "account"));
    environment.is_protected = flag_of(value, "protected", true);
    const bool other = key.text != file_.mesh.environment.name;
    // With variables of its own that have not been replaced.
    const auto unreadable = [&](std::initializer_list<const char*> names) {
      return other &&
             std::any_of(names.begin(), names.end(), [&](const char* name) { return has_variable(value.find(name)); });
    };
    if (!unreadable({"suffix"})) environment.suffix = read_suffix(value);
    if (!unreadable({"plan_role", "deploy_role", "creator_role"})) environment.roles = roles_of(value);
    if (!unreadable({"plan_user", "deploy_user"})) environment.users = users_of(value);
    return environment;
  }

  // Domains that live in another account than the environment's.
  void read_placements(const Node& placed, Environment& environment) {
    if (!expect_map(placed, "domains", diagnostics_)) return;
    const bool chosen = environment.name == file_.mesh.environment.name;
    if (environment.account.empty() && placed.pairs() > 0) {
      diagnostics_.error(
          "MESH1103", environment.place,
          fmt::format("environment {} names no account, and some of its domains live in another one", environment.name),
          "add account: ORG-ACCOUNT");
    }
    for (const auto& [key, value] : entries(placed)) {
      if (!expect_map(value, fmt::format("domain {}", key.text), diagnostics_)) continue;
      check_keys(value, {"connection", "account", "plan_role", "deploy_role", "creator_role"},
                 "a domain of an environment", diagnostics_);
      placed_at_.emplace_back(key.text, key.place);
      if (!chosen && has_variable(&value)) continue;
      Placement placement{text_of(value, "connection"), to_upper(text_of(value, "account")), key.place};
      if (chosen) placed_roles_[key.text] = roles_of(value);
      if (placement.connection.empty() || placement.account.empty()) {
        diagnostics_.error("MESH1103", key.place,
                           fmt::format("domain {} in environment {} does not say its {}", key.text, environment.name,
                                       placement.account.empty() ? "account" : "connection"),
                           "write {connection: NAME, account: ORG-ACCOUNT}; without the line it lives in the "
                           "environment's own account");
        continue;
      }
      one_way_each(key, placement, environment);
      if (!same_account(placement.account, environment.account))
        environment.domains.emplace(key.text, std::move(placement));
    }
  }

  // One account is reached by one connection, and a connection leads to one account.
  void one_way_each(const Node& key, const Placement& placement, const Environment& environment) {
    const auto differs = [&](const std::string& connection, const std::string& account, Place place) {
      const bool there = same_account(placement.account, account), so = placement.connection == connection;
      if (there == so) return false;
      auto& error = diagnostics_.error(
          "MESH1112", key.place,
          there ? fmt::format("account {} is reached by connection {} here, and by {} elsewhere", account,
                              placement.connection, connection)
                : fmt::format("connection {} leads to account {} here, and to {} elsewhere", connection,
                              placement.account, account),
          "one account has one connection in an environment; who may do what, plan_role and deploy_role say");
      error.notes.push_back({"the other", place});
      return true;
    };
    if (differs(environment.connection, environment.account, environment.place)) return;
    for (const auto& [name, other] : environment.domains) {
      if (differs(other.connection, other.account, other.place)) return;
    }
  }

  // Once domains and environments are known.
  void check_placements() {
    std::vector<std::string> names;
    for (const auto& domain : file_.mesh.domains) names.push_back(domain.name);
    for (const auto& [name, place] : placed_at_) {
      if (file_.mesh.find(name) != nullptr) continue;
      diagnostics_.error("MESH1111", place, fmt::format("there is no domain '{}'", name),
                         did_you_mean(name, names, fmt::format("this mesh has: {}", join(names, ", "))));
    }
    for (auto& domain : file_.mesh.domains) {
      const auto roles = placed_roles_.find(domain.name);
      if (roles == placed_roles_.end()) continue;
      for (const auto which : {&DeployRoles::plan, &DeployRoles::deploy, &DeployRoles::creator}) {
        if (!(roles->second.*which).empty()) domain.roles.*which = roles->second.*which;
      }
    }
    for (size_t i = 0; i < all_.size(); ++i) {
      for (size_t j = 0; j < i; ++j) apart(all_[i], all_[j]);
    }
  }

  // Two environments would both make a domain's objects under the same names.
  void apart(const Environment& one, const Environment& other) {
    if (one.suffix != other.suffix) return;
    const auto meet = [&](const std::string& name, const Environment& here, const Environment& there) {
      const auto placed = here.domains.find(name);
      const auto at = there.domains.find(name);
      const auto& account = at == there.domains.end() ? there.account : at->second.account;
      if (placed == here.domains.end() || account.empty() || !same_account(placed->second.account, account))
        return false;
      auto& error = diagnostics_.error(
          "MESH1113", placed->second.place,
          fmt::format("domain {} lives in {} in environment {} and in {}, and both give its objects the same names",
                      name, account, here.name, there.name),
          "give one of the environments a suffix of its own, or the domain another account");
      error.notes.push_back({"the other environment", at == there.domains.end() ? there.place : at->second.place});
      return true;
    };
    for (const auto& domain : file_.mesh.domains) {
      if (!meet(domain.name, one, other)) meet(domain.name, other, one);
    }
  }

  std::string read_suffix(const Node& value) {
    auto suffix = to_upper(text_of(value, "suffix"));
    if (suffix.empty() || Name::parse("X" + suffix)) return suffix;
    diagnostics_.error("MESH1201", value.find("suffix")->place, fmt::format("'{}' cannot end a name", suffix),
                       "letters, digits, _ and $");
    return {};
  }

  void read_domains(const Node& domains) {
    if (!expect_map(domains, "domains", diagnostics_)) return;
    for (const auto& [key, value] : entries(domains)) {
      if (!expect_map(value, fmt::format("domain {}", key.text), diagnostics_)) continue;
      check_keys(value,
                 {"path", "owns", "account", "governs", "vars", "plan_role", "deploy_role", "creator_role", "plan_user",
                  "deploy_user"},
                 "a domain", diagnostics_);
      read_domain(key, value);
    }
    auto& all = file_.mesh.domains;
    std::sort(all.begin(), all.end(), [](const Domain& a, const Domain& b) { return a.name < b.name; });
    check_paths();
    check_placements();
  }

  void read_domain(const Node& key, const Node& value) {
    Domain domain;
    domain.name = key.text;
    domain.place = key.place;
    domain.account = flag_of(value, "account", false);
    domain.governs = flag_of(value, "governs", false);
    domain.roles = roles_of(value);
    domain.users = users_of(value);
    if (const Node* vars = value.find("vars")) {
      Variables built_in = file_.built_in;
      built_in["domain"] = {domain.name, Style::Quoted, {}};
      file_.domain_variables[domain.name] = read_variables(*vars, built_in, diagnostics_);
    }
    read_owns(key, value.find("owns"), domain);
    if (read_path(key, value.find("path"), domain)) file_.mesh.domains.push_back(std::move(domain));
  }

  bool read_path(const Node& key, const Node* path, Domain& domain) {
    if (path == nullptr || path->is_null() || path->text.empty()) {
      diagnostics_.error("MESH1103", key.place, fmt::format("domain {} has no path", key.text),
                         fmt::format("add path: domains/{}", key.text));
      return false;
    }
    const auto text = read_text(*path, "path", diagnostics_);
    if (!text) return false;
    auto normal = (std::filesystem::path(*text) / "").lexically_normal().generic_string();
    while (!normal.empty() && normal.back() == '/') normal.pop_back();
    if (normal.empty() || normal[0] == '/' || normal.rfind("..", 0) == 0) {
      diagnostics_.error("MESH1012", path->place, fmt::format("path '{}' leads out of the mesh", *text),
                         "it is a folder below mesh.yaml");
      return false;
    }
    domain.path = normal;
    paths_[domain.name] = path->place;
    return true;
  }

  // Patterns are read as names are: upper case, but for what stands in double quotes.
  void read_owns(const Node& key, const Node* owns, Domain& domain) {
    if (owns == nullptr) {
      const std::string base = replace_all(to_upper(key.text), "-", "_");
      add_pattern(base, key.place, domain);
      add_pattern(base + "_*", key.place, domain);
      return;
    }
    for (const auto& [text, place] : read_texts(*owns, "owns", diagnostics_)) {
      const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
      add_pattern(quoted ? replace_all(text.substr(1, text.size() - 2), "\"\"", "\"") : to_upper(text), place, domain);
    }
  }

  void add_pattern(const std::string& pattern, Place place, Domain& domain) {
    const auto [it, fresh] = patterns_.emplace(pattern, std::pair(domain.name, place));
    if (!fresh && it->second.first != domain.name) {
      auto& error = diagnostics_.error(
          "MESH1402", place, fmt::format("'{}' is owned by both {} and {}", pattern, it->second.first, domain.name),
          "give it to one of them");
      error.notes.push_back({fmt::format("{} owns it here", it->second.first), it->second.second});
    }
    if (!pattern.empty()) domain.owns.push_back(pattern);
  }

  // The second domain of a folder is left out, so that its files are not read twice.
  void check_paths() {
    std::map<std::string, std::string> seen;
    std::erase_if(file_.mesh.domains, [&](const Domain& domain) {
      const auto [it, fresh] = seen.emplace(domain.path, domain.name);
      if (fresh) return false;
      auto& error = diagnostics_.error(
          "MESH1105", paths_.at(domain.name),
          fmt::format("domains {} and {} have the same path '{}'", it->second, domain.name, domain.path),
          "each domain has a folder of its own");
      error.notes.push_back({"the other", paths_.at(it->second)});
      return true;
    });
  }

  const LoadOptions& options_;
  Diagnostics& diagnostics_;
  MeshFile file_;
  std::map<std::string, std::pair<std::string, Place>> patterns_;
  std::map<std::string, Place> paths_;
  std::vector<Environment> all_;
  std::vector<std::pair<std::string, Place>> placed_at_;
  std::map<std::string, DeployRoles> placed_roles_;  // of the chosen environment, by domain
};

}  // namespace

std::optional<MeshFile> read_mesh_file(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics) {
  auto text = read_file(options.root / "mesh.yaml", kMaxFileBytes + 1);
  const uint32_t file = sources.add("mesh.yaml", text ? *text : std::string());
  if (!text) {
    diagnostics.error("MESH1012", {file, 1, 1, 1}, text.error().message);
    return std::nullopt;
  }
  auto root = yaml::parse(sources.file(file).text, file, diagnostics);
  if (!root) return std::nullopt;
  if (!root->is_map()) {
    diagnostics.error("MESH1102", root->place, fmt::format("mesh.yaml must be a map, not {}", type_words(*root)));
    return std::nullopt;
  }
  return MeshReader(options, diagnostics).read(*root);
}

}  // namespace mesh::manifest
