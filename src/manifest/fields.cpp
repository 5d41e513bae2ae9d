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

// The value as it is stated: nothing where a mistake in it was reported.
std::optional<Value> stated(const Field& field, const Node& node, std::string_view what, Diagnostics& diagnostics);

std::optional<Value> stated_parts(const Field& field, const Node& map, std::string_view what,
                                  Diagnostics& diagnostics) {
  std::vector<std::string_view> keys;
  for (const auto& part : field.fields) keys.push_back(part.name);
  const size_t told = diagnostics.unsorted().size();
  check_keys(map, keys, what, diagnostics);
  bool sound = diagnostics.unsorted().size() == told;
  ValueRecord parts;
  for (const auto& part : field.fields) {
    const Node* node = map.find(part.name);
    const bool says_nothing = node == nullptr || node->is_null() || (node->is_scalar() && node->text.empty());
    if (says_nothing && part.is_required) {
      sound = false;
      diagnostics.error("MESH1103", map.place, fmt::format("{} needs {}", what, part.name),
                        "write " + example_of(field));
    } else if (node != nullptr) {
      auto value = stated(part, *node, part.name, diagnostics);
      sound &= value.has_value();
      if (value) parts.emplace_back(std::string(part.name), std::move(*value));
    }
  }
  return sound ? std::optional<Value>(std::move(parts)) : std::nullopt;
}

std::optional<Value> stated_map(const Field& field, const Node& map, std::string_view what, Diagnostics& diagnostics) {
  if (map.is_null())
    diagnostics.error("MESH1103", map.place, fmt::format("{} is empty", what), "write " + example_of(field));
  if (map.is_null() || !expect_map(map, what, diagnostics)) return std::nullopt;
  auto value = field.fields.empty() ? yaml::value_of(map) : stated_parts(field, map, what, diagnostics);
  const auto sound = value ? kinds::field_value(field, *value, false) : Result<Value>(Value());
  if (sound) return value;
  diagnostics.error("MESH1301", map.place, fmt::format("{}: {}", what, sound.error().message));
  return std::nullopt;
}

std::optional<Value> stated_list(const Field& field, const Node& list, std::string_view what,
                                 Diagnostics& diagnostics) {
  if (!expect_list(list, what, "- " + example_of(field), diagnostics)) return std::nullopt;
  ValueList all;
  for (const auto& item : list.items) {
    auto entry = stated_map(kinds::entry_of(field), item, fmt::format("each entry of {}", what), diagnostics);
    if (entry) all.push_back(std::move(*entry));
  }
  return all.size() == list.items.size() ? std::optional<Value>(std::move(all)) : std::nullopt;
}

std::optional<Value> stated_texts(const Node& node, std::string_view what, Diagnostics& diagnostics) {
  const size_t told = diagnostics.unsorted().size();
  ValueList texts;
  for (auto& each : read_texts(node, what, diagnostics)) texts.emplace_back(std::move(each.text));
  return diagnostics.unsorted().size() == told ? std::optional<Value>(std::move(texts)) : std::nullopt;
}

std::optional<Value> stated_word(const Field& field, const Node& node, std::string_view what,
                                 Diagnostics& diagnostics) {
  auto text = read_scalar(node, what, diagnostics);
  if (!text || std::find(field.values.begin(), field.values.end(), to_upper(*text)) != field.values.end()) return text;
  const std::vector<std::string> words(field.values.begin(), field.values.end());
  diagnostics.error("MESH1301", node.place, fmt::format("{}: '{}' is not one of {}", what, *text, join(words, ", ")),
                    did_you_mean(*text, words));
  return std::nullopt;
}

std::optional<Value> stated(const Field& field, const Node& node, std::string_view what, Diagnostics& diagnostics) {
  if (node.is_null()) return Value();
  switch (field.type) {
    case FieldType::Anything:
      return yaml::value_of(node);
    case FieldType::Map:
      return stated_map(field, node, what, diagnostics);
    case FieldType::List:
      return stated_list(field, node, what, diagnostics);
    case FieldType::Texts:
      return stated_texts(node, what, diagnostics);
    case FieldType::Text:
    case FieldType::Query:
      return read_text(node, what, diagnostics);
    case FieldType::Name: {
      auto text = read_text(node, what, diagnostics);
      return text && read_name(*text, node.place, what, diagnostics) ? text : std::nullopt;
    }
    case FieldType::FullName: {
      auto text = read_text(node, what, diagnostics);
      return text && read_qualified(*text, node.place, what, 3, 3, diagnostics) ? text : std::nullopt;
    }
    case FieldType::Integer:
      return read_int(node, what, diagnostics);
    case FieldType::Boolean:
      return read_bool(node, what, diagnostics);
    case FieldType::OneOf:
      return stated_word(field, node, what, diagnostics);
  }
  broken_promise("every type of field is read", __FILE__, __LINE__);
}

}  // namespace

std::optional<Value> read_field(const Field& form, const Node& node, std::string_view what, Diagnostics& diagnostics) {
  const auto value = stated(form, node, what, diagnostics);
  return value ? std::optional(kinds::field_value(form, *value, false).value())
               : std::nullopt;  // each map was looked at
}

}  // namespace mesh::manifest
