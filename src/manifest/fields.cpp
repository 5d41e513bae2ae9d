#include "fields.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/document.hpp"
#include "mesh/yaml/document.hpp"

namespace mesh::manifest {
namespace {

using kinds::Field;
using kinds::FieldType;

// "{tag_name: …}": what must be there.
std::string example_of(const Field& map) {
  std::vector<std::string> parts;
  for (const auto& part : map.fields) {
    if (part.is_required) parts.push_back(fmt::format("{}: …", part.name));
  }
  return parts.empty() ? "{…}" : "{" + join(parts, ", ") + "}";
}

bool read_parts(const Field& field, const Node& map, std::string_view what, Diagnostics& diagnostics) {
  std::vector<std::string_view> keys;
  for (const auto& part : field.fields) keys.push_back(part.name);
  const size_t told = diagnostics.unsorted().size();
  check_keys(map, keys, what, diagnostics);
  bool sound = diagnostics.unsorted().size() == told;
  for (const auto& part : field.fields) {
    const Node* value = map.find(part.name);
    const bool says_nothing = value == nullptr || value->is_null() || (value->is_scalar() && value->text.empty());
    if (says_nothing && part.is_required) {
      sound = false;
      diagnostics.error("MESH1103", map.place, fmt::format("{} needs {}", what, part.name),
                        "write " + example_of(field));
    } else if (value != nullptr) {
      sound &= read_field(part, *value, part.name, diagnostics);
    }
  }
  return sound;
}

bool read_map(const Field& field, const Node& map, std::string_view what, Diagnostics& diagnostics) {
  if (map.is_null())
    diagnostics.error("MESH1103", map.place, fmt::format("{} is empty", what), "write " + example_of(field));
  if (map.is_null() || !expect_map(map, what, diagnostics)) return false;
  if (!field.fields.empty() && !read_parts(field, map, what, diagnostics)) return false;
  const auto value = kinds::field_value(field, yaml::value_of(map), false);
  if (!value) diagnostics.error("MESH1301", map.place, fmt::format("{}: {}", what, value.error().message));
  return value.ok();
}

bool read_one_of(const Field& field, const Node& node, std::string_view what, Diagnostics& diagnostics) {
  const auto text = read_scalar(node, what, diagnostics);
  if (!text) return false;
  if (std::find(field.values.begin(), field.values.end(), to_upper(*text)) != field.values.end()) return true;
  const std::vector<std::string> words(field.values.begin(), field.values.end());
  diagnostics.error("MESH1301", node.place, fmt::format("{}: '{}' is not one of {}", what, *text, join(words, ", ")),
                    did_you_mean(*text, words));
  return false;
}

}  // namespace

bool read_field(const Field& field, const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_null()) return true;
  switch (field.type) {
    case FieldType::Anything:
      return true;
    case FieldType::Map:
      return read_map(field, node, what, diagnostics);
    case FieldType::List: {
      if (!expect_list(node, what, "- " + example_of(field), diagnostics)) return false;
      bool sound = true;
      for (const auto& item : node.items)
        sound &= read_map(kinds::entry_of(field), item, fmt::format("each entry of {}", what), diagnostics);
      return sound;
    }
    case FieldType::Texts: {
      const size_t told = diagnostics.unsorted().size();
      read_texts(node, what, diagnostics);
      return diagnostics.unsorted().size() == told;
    }
    case FieldType::Text:
    case FieldType::Query:
      return read_text(node, what, diagnostics).has_value();
    case FieldType::Name: {
      const auto text = read_text(node, what, diagnostics);
      return text && read_name(*text, node.place, what, diagnostics);
    }
    case FieldType::FullName: {
      const auto text = read_text(node, what, diagnostics);
      return text && read_qualified(*text, node.place, what, 3, 3, diagnostics);
    }
    case FieldType::Integer:
      return read_int(node, what, diagnostics).has_value();
    case FieldType::Boolean:
      return read_bool(node, what, diagnostics).has_value();
    case FieldType::OneOf:
      return read_one_of(field, node, what, diagnostics);
  }
  broken_promise("every type of field is read", __FILE__, __LINE__);
}

}  // namespace mesh::manifest
