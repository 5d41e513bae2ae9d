#include "reading.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

// Words of the design whose time has not come: told apart from slips of the pen.
constexpr std::array<std::string_view, 55> kLater = {"resource_monitors",
                                                     "users",
                                                     "shares",
                                                     "network_policies",
                                                     "storage_integrations",
                                                     "api_integrations",
                                                     "notification_integrations",
                                                     "external_volumes",
                                                     "listings",
                                                     "organization_profiles",
                                                     "account_parameters",
                                                     "materialized_views",
                                                     "dynamic_tables",
                                                     "external_tables",
                                                     "iceberg_tables",
                                                     "event_tables",
                                                     "sequences",
                                                     "stages",
                                                     "file_formats",
                                                     "streams",
                                                     "tasks",
                                                     "pipes",
                                                     "functions",
                                                     "procedures",
                                                     "alerts",
                                                     "tag_definitions",
                                                     "contact_definitions",
                                                     "masking_policies",
                                                     "row_access_policies",
                                                     "aggregation_policies",
                                                     "projection_policies",
                                                     "join_policies",
                                                     "password_policies",
                                                     "session_policies",
                                                     "authentication_policies",
                                                     "network_rules",
                                                     "secrets",
                                                     "data_metric_functions",
                                                     "classification_profiles",
                                                     "semantic_views",
                                                     "tags",
                                                     "contacts",
                                                     "masking_policy",
                                                     "row_access_policy",
                                                     "statements",
                                                     "use",
                                                     "products",
                                                     "consumes",
                                                     "rules",
                                                     "waivers",
                                                     "apply",
                                                     "from_share",
                                                     "rows",
                                                     "projection_policy",
                                                     "aggregation_policy"};

}  // namespace

const char* type_words(const Node& node) {
  switch (node.type) {
    case NodeType::Map:
      return "a map";
    case NodeType::List:
      return "a list";
    case NodeType::Scalar:
      return "a text";
    case NodeType::Null:
      return "nothing";
  }
  return "something";
}

namespace {

bool wrong_type(const Node& node, std::string_view what, std::string_view wanted, Diagnostics& diagnostics) {
  diagnostics.error("MESH1102", node.place, fmt::format("{} must be {}, not {}", what, wanted, type_words(node)));
  return false;
}

}  // namespace

std::vector<Entry> entries(const Node& map) {
  std::vector<Entry> all;
  for (size_t i = 0; i < map.pairs(); ++i) all.push_back({map.key(i), map.value(i)});
  return all;
}

bool expect_map(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_map() || node.is_null()) return true;
  return wrong_type(node, what, "a map (key: value)", diagnostics);
}

std::optional<std::string> read_text(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_scalar() && !node.is_null()) return node.text;
  wrong_type(node, what, "a text", diagnostics);
  return std::nullopt;
}

std::optional<bool> read_bool(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_scalar() && node.style == Style::Plain) {
    if (node.text == "true" || node.text == "True" || node.text == "TRUE") return true;
    if (node.text == "false" || node.text == "False" || node.text == "FALSE") return false;
  }
  const std::string seen = node.is_scalar() && !node.is_null() ? fmt::format("'{}'", node.text) : type_words(node);
  diagnostics.error("MESH1102", node.place, fmt::format("{} must be true or false, not {}", what, seen),
                    node.is_scalar() && (iequals(node.text, "yes") || iequals(node.text, "on"))
                        ? "in YAML 1.2 that is a text; write true"
                    : node.is_scalar() && (iequals(node.text, "no") || iequals(node.text, "off"))
                        ? "in YAML 1.2 that is a text; write false"
                        : "");
  return std::nullopt;
}

std::optional<int64_t> read_int(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  int64_t number = 0;
  if (node.is_scalar()) {
    const auto* end = node.text.data() + node.text.size();
    const auto [at, error] = std::from_chars(node.text.data(), end, number);
    if (error == std::errc{} && at == end && !node.text.empty()) return number;
  }
  const std::string seen = node.is_scalar() && !node.is_null() ? fmt::format("'{}'", node.text) : type_words(node);
  diagnostics.error("MESH1102", node.place, fmt::format("{} must be a whole number, not {}", what, seen));
  return std::nullopt;
}

std::vector<Text> read_texts(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  std::vector<Text> texts;
  if (node.is_null()) return texts;
  if (node.is_scalar()) return {{node.text, node.place}};
  if (node.is_map()) {
    wrong_type(node, what, "a list", diagnostics);
    return texts;
  }
  for (const auto& item : node.items) {
    if (auto text = read_text(item, fmt::format("each entry of {}", what), diagnostics))
      texts.push_back({*text, item.place});
  }
  return texts;
}

std::optional<Name> read_name(const std::string& text, Place place, std::string_view what, Diagnostics& diagnostics) {
  auto name = Name::parse(text);
  if (name) return *name;
  diagnostics.error(
      "MESH1201", place, fmt::format("'{}' cannot be the name of {}: {}", text, what, name.error().message),
      text.find('"') == std::string::npos ? fmt::format("a name with other characters is written '\"{}\"'", text) : "");
  return std::nullopt;
}

std::optional<QualifiedName> read_qualified(const std::string& text, Place place, std::string_view what,
                                            size_t min_depth, size_t max_depth, Diagnostics& diagnostics) {
  auto name = QualifiedName::parse(text);
  if (!name) {
    diagnostics.error("MESH1201", place,
                      fmt::format("'{}' cannot be the name of {}: {}", text, what, name.error().message));
    return std::nullopt;
  }
  if (name->depth() >= min_depth && name->depth() <= max_depth) return *name;
  static constexpr std::array<std::string_view, 5> kForms = {"", "NAME", "DATABASE.NAME", "DATABASE.SCHEMA.NAME",
                                                             "DATABASE.SCHEMA.TABLE.COLUMN"};
  diagnostics.error("MESH1201", place, fmt::format("'{}' is not the full name of {}", text, what),
                    fmt::format("write {}", kForms[min_depth]));
  return std::nullopt;
}

void check_keys(const Node& map, const std::vector<std::string>& known, std::string_view what,
                Diagnostics& diagnostics) {
  for (const auto& [key, value] : entries(map)) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    if (std::find(kLater.begin(), kLater.end(), key.text) != kLater.end()) {
      diagnostics.error("MESH1104", key.place, fmt::format("'{}' is not supported by this version of mesh", key.text),
                        "take it out for now");
      continue;
    }
    const std::string near = nearest(key.text, known);
    diagnostics.error("MESH1101", key.place, fmt::format("unknown property '{}' for {}", key.text, what),
                      near.empty() ? "" : fmt::format("did you mean '{}'?", near));
  }
}

std::string substitute(const std::string& text, const Variables& variables,
                       const std::function<Place(size_t, size_t)>& place_at, Diagnostics& diagnostics) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const auto dollar = text.find('$', at);
    if (dollar == std::string::npos) return out + text.substr(at);
    out += text.substr(at, dollar - at);
    if (text.compare(dollar, 3, "$${") == 0) {
      out += "${";
      at = dollar + 3;
      continue;
    }
    const auto close = text.compare(dollar, 2, "${") == 0 ? text.find('}', dollar) : std::string::npos;
    if (close == std::string::npos) {
      out += '$';
      at = dollar + 1;
      continue;
    }
    const std::string name = text.substr(dollar + 2, close - dollar - 2);
    const auto it = variables.find(name);
    if (it == variables.end()) {
      std::vector<std::string> names;
      for (const auto& [known, value] : variables) names.push_back(known);
      const std::string near = nearest(name, names);
      diagnostics.error("MESH1107", place_at(dollar, close + 1 - dollar), fmt::format("unknown variable '{}'", name),
                        near.empty() ? fmt::format("known are: {}; a literal ${{ is written $${{", join(names, ", "))
                                     : fmt::format("did you mean '{}'?", near));
    } else {
      out += it->second.text;
    }
    at = close + 1;
  }
  return out;
}

void substitute(Node& node, const Variables& variables, Diagnostics& diagnostics) {
  for (auto& item : node.items) substitute(item, variables, diagnostics);
  if (!node.is_scalar() || node.text.find("${") == std::string::npos) return;
  const bool whole = node.text.rfind("${", 0) == 0 && node.text.find('}') == node.text.size() - 1;
  if (whole) {
    const auto it = variables.find(std::string_view(node.text).substr(2, node.text.size() - 3));
    if (it != variables.end()) {
      node.style = it->second.style;
      node.type = it->second.type;
      node.text = it->second.text;
      node.from_variable = true;
      return;
    }
  }
  node.text = substitute(
      node.text, variables, [&](size_t offset, size_t length) { return node.place_in(offset, length); }, diagnostics);
}

Variables read_variables(const Node& map, Diagnostics& diagnostics) {
  Variables variables;
  if (!expect_map(map, "vars", diagnostics)) return variables;
  for (const auto& [key, value] : entries(map)) {
    if (!value.is_scalar()) {
      wrong_type(value, fmt::format("variable '{}'", key.text), "a text, a number or true/false", diagnostics);
    } else {
      variables[key.text] = {value.text, value.style, value.type};
    }
  }
  return variables;
}

}  // namespace mesh::manifest
