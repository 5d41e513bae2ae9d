// Semi-structured values.

#include "query_builtins.hpp"

#include <fmt/format.h>

#include <array>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_json.hpp"

namespace mesh::sandbox::query {
namespace {

Value parse_json(const Args& a) {
  if (trim(text(a[0])).empty()) return {};
  const auto json = json_normal(text(a[0]));
  if (!json) refuse("100069", "22P02", fmt::format("Error parsing JSON: {}", text(a[0])));
  return *json;
}
Value try_parse_json(const Args& a) {
  const auto json = json_normal(text(a[0]));
  if (!json) return {};
  return *json;
}
Value check_json(const Args& a) {
  if (trim(text(a[0])).empty() || json_normal(text(a[0]))) return {};
  return std::string("invalid JSON");
}
Value json_get(const Args& a) {
  const auto* index = std::get_if<int64_t>(&a[1]);
  const auto found = index != nullptr ? json_element(text(a[0]), *index) : json_member(text(a[0]), text(a[1]));
  if (!found) return {};
  return *found;
}
Value json_typeof(const Args& a) {
  using Is = JsonScalar::Is;
  switch (json_scalar(text(a[0])).is) {
    case Is::Null:
      return std::string("NULL_VALUE");
    case Is::Boolean:
      return std::string("BOOLEAN");
    case Is::Integer:
      return std::string("INTEGER");
    case Is::Real:
      return std::string("DOUBLE");
    case Is::String:
      return std::string("VARCHAR");
    case Is::Object:
      return std::string("OBJECT");
    case Is::Array:
      return std::string("ARRAY");
  }
  return {};
}
Value is_null_value(const Args& a) { return int64_t{text(a[0]) == "null"}; }
Value array_size(const Args& a) {
  const auto size = json_array_size(text(a[0]));
  if (!size) return {};
  return *size;
}
Value object_keys(const Args& a) {
  std::vector<std::optional<std::string>> keys;
  for (const auto& key : json_keys(text(a[0]))) keys.emplace_back(json_quote(key));
  return json_array(keys);
}
Value array_contains(const Args& a) {  // value, array
  const auto size = json_array_size(text(a[1])).value_or(0);
  for (int64_t i = 0; i < size; ++i)
    if (json_element(text(a[1]), i) == text(a[0])) return int64_t{1};
  return int64_t{0};
}
Value array_to_string(const Args& a) {
  const auto size = json_array_size(text(a[0]));
  if (!size) return {};
  std::string whole;
  for (int64_t i = 0; i < *size; ++i) {
    const Value element = convert(json_element(text(a[0]), i).value_or("null"), plain_type(Kind::Variant), text_type());
    whole += (i == 0 ? "" : text(a[1])) + text(element);
  }
  return whole;
}
std::optional<std::string> optional_text(const Value& value) {
  if (is_null(value)) return std::nullopt;
  return text(value);
}
Value object_from(const Args& a, bool keep) {
  std::vector<std::pair<std::string, std::optional<std::string>>> members;
  for (size_t i = 0; i + 1 < a.size(); i += 2)
    if (!is_null(a[i])) members.emplace_back(text(a[i]), optional_text(a[i + 1]));
  return json_object(members, keep);
}
Value object(const Args& a) { return object_from(a, false); }
Value object_keep(const Args& a) { return object_from(a, true); }
Value array(const Args& a) {
  std::vector<std::optional<std::string>> elements;
  for (const Value& value : a) elements.push_back(optional_text(value));
  return json_array(elements);
}

constexpr std::array kBuiltins = {
    Builtin{"sf_parse_json", 1, parse_json},
    Builtin{"sf_try_parse_json", 1, try_parse_json},
    Builtin{"sf_check_json", 1, check_json},
    Builtin{"sf_get", 2, json_get},
    Builtin{"sf_typeof", 1, json_typeof},
    Builtin{"sf_is_null_value", 1, is_null_value},
    Builtin{"sf_array_size", 1, array_size},
    Builtin{"sf_object_keys", 1, object_keys},
    Builtin{"sf_array_contains", 2, array_contains},
    Builtin{"sf_array_to_string", 2, array_to_string},
    Builtin{"sf_object", -1, object, false},
    Builtin{"sf_object_keep", -1, object_keep, false},
    Builtin{"sf_array", -1, array, false},
};

}  // namespace

std::span<const Builtin> json_builtins() { return kBuiltins; }

}  // namespace mesh::sandbox::query
