#pragma once
// Nodes to values, with words for what is wrong.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/ident/name.hpp"
#include "yaml.hpp"

namespace mesh::manifest {

struct Entry {
  const Node& key;
  const Node& value;
};
std::vector<Entry> entries(const Node& map);
const char* type_words(const Node& node);  // "a map", "a list", "a text", "nothing"

// Each answers false or nothing after it reported the mistake.
bool expect_map(const Node& node, std::string_view what, Diagnostics& diagnostics);
std::optional<std::string> read_text(const Node& node, std::string_view what, Diagnostics& diagnostics);
std::optional<bool> read_bool(const Node& node, std::string_view what, Diagnostics& diagnostics);
std::optional<int64_t> read_int(const Node& node, std::string_view what, Diagnostics& diagnostics);
// A list of texts; a single text stands for a list of one.
struct Text {
  std::string text;
  Place place;
};
std::vector<Text> read_texts(const Node& node, std::string_view what, Diagnostics& diagnostics);
std::optional<Name> read_name(const std::string& text, Place place, std::string_view what, Diagnostics& diagnostics);
std::optional<QualifiedName> read_qualified(const std::string& text, Place place, std::string_view what,
                                            size_t min_depth, size_t max_depth, Diagnostics& diagnostics);

// Reports every key that is not known: with the nearest, or as one of a later version.
void check_keys(const Node& map, const std::vector<std::string>& known, std::string_view what,
                Diagnostics& diagnostics);

// ${name} in scalars and keys, $${ for a literal ${.
struct Variable {
  std::string text;
  Style style = Style::Plain;  // a scalar that is nothing but ${name} takes the type of the value
  NodeType type = NodeType::Scalar;
};
using Variables = std::map<std::string, Variable, std::less<>>;
void substitute(Node& node, const Variables& variables, Diagnostics& diagnostics);
std::string substitute(const std::string& text, const Variables& variables,
                       const std::function<Place(size_t, size_t)>& place_at, Diagnostics& diagnostics);
Variables read_variables(const Node& map, Diagnostics& diagnostics);

}  // namespace mesh::manifest
