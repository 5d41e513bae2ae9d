#pragma once
// Nodes to values, with words for what is wrong.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/ident/name.hpp"
#include "mesh/yaml/parse.hpp"

namespace mesh::manifest {

using yaml::drop_duplicate_keys;
using yaml::kMaxFileBytes;
using yaml::Layout;
using yaml::Node;
using yaml::NodeType;
using yaml::PlaceCursor;
using yaml::Shift;
using yaml::Style;

struct Entry {
  const Node& key;
  const Node& value;
};
std::vector<Entry> entries(const Node& map);
const char* type_words(const Node& node);  // "a map", "a list", "a text", "a number", "nothing", ...

// Each answers false or nothing after it reported the mistake.
bool expect_map(const Node& node, std::string_view what, Diagnostics& diagnostics);  // a map, or nothing
bool expect_list(const Node& node, std::string_view what, std::string_view example,
                 Diagnostics& diagnostics);  // a list, or nothing
// A text: numbers and booleans are none, but for those that a variable brought.
std::optional<std::string> read_text(const Node& node, std::string_view what, Diagnostics& diagnostics);
// Any scalar as it is written: SQL, words out of a list.
std::optional<std::string> read_scalar(const Node& node, std::string_view what, Diagnostics& diagnostics);
std::optional<bool> read_bool(const Node& node, std::string_view what, Diagnostics& diagnostics);
std::optional<int64_t> read_int(const Node& node, std::string_view what, Diagnostics& diagnostics);
// One of `words`, exactly.
std::optional<std::string> read_word(const Node& node, std::string_view what, const std::vector<std::string>& words,
                                     Diagnostics& diagnostics);
// A list of texts; a single text stands for a list of one.
struct Text {
  std::string text;
  Place place;
};
std::vector<Text> read_texts(const Node& node, std::string_view what, Diagnostics& diagnostics);
std::optional<Name> read_name(const std::string& text, Place place, std::string_view what, Diagnostics& diagnostics);
std::optional<QualifiedName> read_qualified(const std::string& text, Place place, std::string_view what,
                                            size_t min_depth, size_t max_depth, Diagnostics& diagnostics);

// "did you mean 'x'?", or `otherwise` where nothing is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise = {});

// Reports every key that is not known: with the nearest, or as one of a later version.
void check_keys(const Node& map, std::span<const std::string_view> known, std::string_view what,
                Diagnostics& diagnostics);
inline void check_keys(const Node& map, std::initializer_list<std::string_view> known, std::string_view what,
                       Diagnostics& diagnostics) {
  check_keys(map, std::span<const std::string_view>(known.begin(), known.size()), what, diagnostics);
}
// Whether the design names this key or kind ("stages", "stage", "dynamic tables") but this version does not carry it
// out.
bool is_later(std::string_view word);

// ${name} in scalars and keys, $${ for a literal ${.
struct Variable {
  std::string text;
  Style style = Style::Plain;  // a scalar that is nothing but ${name} takes the type of the value
  Place place;                 // unknown for the built-in ones
};
using Variables = std::map<std::string, Variable, std::less<>>;
void substitute(Node& node, const Variables& variables, Diagnostics& diagnostics);
// `vars`: their values may use the built-in variables, and may not take their names.
Variables read_variables(const Node& map, const Variables& built_in, Diagnostics& diagnostics);

}  // namespace mesh::manifest
