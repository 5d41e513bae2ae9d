#include "fields.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

using kinds::Field;
using kinds::FieldType;

bool read_fields(const Field& field, const Node& map, std::string_view what, Diagnostics& diagnostics) {
  if (!map.is_map()) return expect_map(map, what, diagnostics) && map.is_null();
  if (field.fields.empty()) return true;  // any
  std::vector<std::string_view> keys;
  for (const auto& part : field.fields) keys.push_back(part.name);
  const size_t told = diagnostics.unsorted().size();
  check_keys(map, keys, what, diagnostics);
  bool sound = diagnostics.unsorted().size() == told;
  for (const auto& [key, value] : entries(map)) {
    const auto part = std::find_if(field.fields.begin(), field.fields.end(),
                                   [&, name = std::string_view(key.text)](const Field& f) { return f.name == name; });
    if (part != field.fields.end()) sound &= read_field(*part, value, key.text, diagnostics);
  }
  return sound;
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
      return read_fields(field, node, what, diagnostics);
    case FieldType::List: {
      if (!expect_list(node, what, "- {…}", diagnostics)) return false;
      bool sound = true;
      for (const auto& item : node.items)
        sound &= read_fields(field, item, fmt::format("each entry of {}", what), diagnostics);
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
