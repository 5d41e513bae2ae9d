#include "blueprints.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

namespace fs = std::filesystem;

// What all uses of a mesh may come to: a blueprint that uses another twice, which does so too, doubles with each step.
constexpr size_t kMostUses = 2000, kMostBytes = size_t{64} << 20;

constexpr std::string_view kFolder = "blueprints";
const std::vector<std::string> kTypes = {"text", "integer", "boolean", "list"};
constexpr std::string_view kBuiltIn[] = {"environment", "mesh", "domain"};

bool is_word(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

// ${name} and nothing else.
std::string_view only_variable(const Node& node) {
  const std::string_view text = node.text;
  const bool is = node.is_scalar() && text.size() > 3 && text.substr(0, 2) == "${" && text.find('}') == text.size() - 1;
  return is ? text.substr(2, text.size() - 3) : std::string_view();
}

}  // namespace

std::vector<Node> Blueprints::expand(const Node& manifest, const Variables& variables, const std::string& domain) {
  Walk walk{variables, domain, {}, {}};
  if (const Node* list = manifest.find("use")) use(*list, walk);
  return std::move(walk.bodies);
}

void Blueprints::use(const Node& list, Walk& walk) {
  if (!expect_list(list, "use", "- {blueprint: NAME, with: {…}}", diagnostics_)) return;
  for (const auto& entry : list.items) one(entry, walk);
}

void Blueprints::one(const Node& entry, Walk& walk) {
  if (!expect_map(entry, "an entry of use", diagnostics_) || entry.is_null()) return;
  check_keys(entry, {"blueprint", "with"}, "an entry of use", diagnostics_);
  const Node* named = entry.find("blueprint");
  if (named == nullptr) {
    diagnostics_.error("MESH1103", entry.place, "an entry of use names no blueprint",
                       "write - {blueprint: NAME, with: {…}}");
    return;
  }
  const auto name = read_text(*named, "blueprint", diagnostics_);
  if (!name) return;
  if (std::find(walk.path.begin(), walk.path.end(), *name) != walk.path.end()) {
    diagnostics_.error("MESH1016", named->place,
                       fmt::format("blueprint '{}' uses itself: {} → {}", *name, join(walk.path, " → "), *name),
                       "take one of these uses out");
    return;
  }
  const auto root = open(*name, *named, walk);
  if (!root) return;
  if (!expect_map(*root, "a blueprint", diagnostics_)) return;
  check_keys(*root, {"description", "parameters", "body"}, "a blueprint", diagnostics_);
  const Node* body = root->find("body");
  if (body == nullptr || !expect_map(*body, "body", diagnostics_)) {
    if (body == nullptr)
      diagnostics_.error("MESH1103", root->place, fmt::format("blueprint '{}' has no body", *name),
                         "add body: with collections as in a manifest");
    return;
  }
  const auto given = arguments(parameters(*root), entry, entry.find("with"));
  Node expanded = *body;
  put_lists(expanded, given);
  Variables variables = given.scalars;
  variables.insert(walk.variables.begin(), walk.variables.end());
  substitute(expanded, variables, diagnostics_);
  for (const auto key : {"domain", "team", "description", "vars", "removed"}) {
    if (const Node* place = expanded.find_key(key))
      diagnostics_.error("MESH1101", place->place, fmt::format("{} has no place in a blueprint", key),
                         "it is the domain's own: write it there");
  }
  const Node* inner = expanded.find("use");
  walk.path.push_back(*name);
  if (inner != nullptr) use(*inner, walk);
  walk.path.pop_back();
  walk.bodies.push_back(std::move(expanded));
}

// The blueprint's file, anew for each use: its places then tell where it is used.
std::optional<Node> Blueprints::open(const std::string& name, const Node& place, const Walk& walk) {
  const auto wrong = [&](std::string why, std::string help) {
    diagnostics_.error("MESH1016", place.place, std::move(why), std::move(help));
    return std::nullopt;
  };
  std::error_code ec;
  const auto root = fs::weakly_canonical(root_, ec);
  auto path = root / kFolder / (name + ".yaml");
  if (is_word(name) && !fs::exists(path, ec)) path = root / kFolder / (name + ".yml");
  if (!is_word(name) || !fs::exists(path, ec)) {
    const auto all = names();
    return wrong(fmt::format("there is no blueprint '{}'", name),
                 did_you_mean(name, all,
                              all.empty() ? "put it at blueprints/NAME.yaml, in the mesh's folder"
                                          : "there are: " + join(all, ", ")));
  }
  const auto inside = fs::weakly_canonical(path, ec).lexically_relative(root);
  if (inside.empty() || *inside.begin() == ".." || !fs::is_regular_file(path, ec))
    return wrong(fmt::format("blueprint '{}' is no file in the mesh's folder", name), "put the file itself there");
  auto text = read_file(path, kMaxFileBytes);
  if (!text) return wrong(fmt::format("blueprint '{}' cannot be read: {}", name, text.error().message), "");
  bytes_ += text->size();
  if (++uses_ > kMostUses || bytes_ > kMostBytes) {
    diagnostics_.error("MESH1014", place.place, "what is used of blueprints comes to too much",
                       fmt::format("at most {} uses and {} MB in a mesh", kMostUses, kMostBytes >> 20));
    return std::nullopt;
  }
  const auto file =
      sources_.add(path.lexically_relative(root).generic_string(), std::move(*text), walk.domain, place.place);
  return yaml::parse(sources_.file(file).text, file, diagnostics_);
}

Blueprints::Parameters Blueprints::parameters(const Node& root) {
  Parameters parameters;
  const Node* map = root.find("parameters");
  if (map == nullptr || !expect_map(*map, "parameters", diagnostics_)) return parameters;
  for (const auto& [key, body] : entries(*map)) {
    if (auto one = parameter(key, body)) parameters.emplace(key.text, std::move(*one));
  }
  return parameters;
}

std::optional<Blueprints::Parameter> Blueprints::parameter(const Node& key, const Node& body) {
  if (!is_word(key.text) || key.text.find('-') != std::string::npos ||
      std::find(std::begin(kBuiltIn), std::end(kBuiltIn), key.text) != std::end(kBuiltIn)) {
    diagnostics_.error("MESH1107", key.place, fmt::format("'{}' cannot be the name of a parameter", key.text),
                       "letters, digits and _; environment, mesh and domain are mesh's own");
    return std::nullopt;
  }
  Parameter made;
  made.type = "text";
  if (body.is_null()) return made;
  if (!expect_map(body, fmt::format("parameter '{}'", key.text), diagnostics_)) return std::nullopt;
  check_keys(body, {"type", "values", "default", "description"}, "a parameter", diagnostics_);
  if (const Node* type = body.find("type")) {
    const auto word = read_word(*type, "type", kTypes, diagnostics_);
    if (!word) return std::nullopt;
    made.type = *word;
  }
  if (const Node* values = body.find("values")) {
    for (const auto& text : read_texts(*values, "values", diagnostics_)) made.values.push_back(text.text);
  }
  const Node* fallback = body.find("default");
  if (fallback != nullptr && !fits(key.text, made, *fallback)) return std::nullopt;
  made.fallback = fallback;
  return made;
}

bool Blueprints::fits(const std::string& name, const Parameter& parameter, const Node& value) {
  const bool is_list = parameter.type == "list";
  const bool right = is_list                       ? value.is_list()
                     : parameter.type == "integer" ? value.is_integer()
                     : parameter.type == "boolean" ? value.is_boolean()
                                                   : value.is_scalar();
  if (!right) {
    diagnostics_.error("MESH1102", value.place,
                       fmt::format("parameter '{}' is {} {}, not {}", name, parameter.type == "integer" ? "an" : "a",
                                   parameter.type, type_words(value)),
                       is_list ? "write a list: [A, B]" : "");
    return false;
  }
  for (const Node* each = is_list ? value.items.data() : &value;
       each != (is_list ? value.items.data() + value.items.size() : &value + 1); ++each) {
    const auto& allowed = parameter.values;
    const bool known = each->is_scalar() &&
                       (allowed.empty() || std::find(allowed.begin(), allowed.end(), each->text) != allowed.end());
    if (known) continue;
    diagnostics_.error(
        "MESH1301", each->place, fmt::format("'{}' is not what parameter '{}' takes", each->text, name),
        allowed.empty() ? "its entries are texts" : did_you_mean(each->text, allowed, "one of " + join(allowed, ", ")));
    return false;
  }
  return true;
}

Blueprints::Arguments Blueprints::arguments(const Parameters& parameters, const Node& entry, const Node* with) {
  Arguments given;
  const auto put = [&](const std::string& name, const Parameter& parameter, const Node& value) {
    if (parameter.type == "list") {
      given.lists.insert_or_assign(name, value);
    } else {
      given.scalars.insert_or_assign(name, Variable{value.text, value.style, value.place});
    }
  };
  for (const auto& [name, parameter] : parameters) {
    if (parameter.fallback != nullptr) put(name, parameter, *parameter.fallback);
  }
  std::set<std::string, std::less<>> stated;
  if (with != nullptr && expect_map(*with, "with", diagnostics_)) {
    std::vector<std::string_view> known;
    for (const auto& [name, parameter] : parameters) known.push_back(name);
    check_keys(*with, known, "this blueprint", diagnostics_);
    for (const auto& [key, value] : entries(*with)) {
      const auto it = parameters.find(key.text);
      stated.insert(key.text);
      if (it != parameters.end() && fits(key.text, it->second, value)) put(key.text, it->second, value);
    }
  }
  for (const auto& [name, parameter] : parameters) {
    if (parameter.fallback != nullptr || stated.count(name) > 0) continue;
    diagnostics_.error("MESH1103", entry.place, fmt::format("the blueprint wants parameter '{}'", name),
                       fmt::format("add it: with: {{{}: …}}", name));
    put(name, parameter, Node{.type = parameter.type == "list" ? NodeType::List : NodeType::Scalar});
  }
  return given;
}

// ${readers}, by itself or as an entry of a list, whose entries then stand there.
void Blueprints::put_lists(Node& node, const Arguments& arguments) {
  if (arguments.lists.empty()) return;
  std::vector<Node> items;
  for (size_t i = 0; i < node.items.size(); ++i) {
    Node& item = node.items[i];
    const bool is_key = node.is_map() && i % 2 == 0;
    const auto list = is_key ? arguments.lists.end() : arguments.lists.find(only_variable(item));
    if (list == arguments.lists.end()) {
      put_lists(item, arguments);
      items.push_back(std::move(item));
    } else if (node.is_list()) {
      items.insert(items.end(), list->second.items.begin(), list->second.items.end());
    } else {
      items.push_back(list->second);
    }
  }
  node.items = std::move(items);
}

std::vector<std::string> Blueprints::names() const {
  std::vector<std::string> names;
  std::error_code ec;
  for (fs::directory_iterator it(root_ / kFolder, ec), end; !ec && it != end; it.increment(ec)) {
    const auto extension = it->path().extension();
    if (extension == ".yaml" || extension == ".yml") names.push_back(it->path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace mesh::manifest
