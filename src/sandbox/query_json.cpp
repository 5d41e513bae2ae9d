#include "query_json.hpp"

#include <nlohmann/json.hpp>

#include "mesh/base/text.hpp"

namespace mesh::sandbox::query {
namespace {

using nlohmann::json;

// Stands for a NULL inside an array, which Snowflake prints as the bare word undefined (sql-api.md section 4).
constexpr const char* kUndefined = "\x01";
constexpr const char* kUndefinedDumped = R"("\u0001")";

json parsed(std::string_view text) { return json::parse(text, nullptr, false); }
std::string compact(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

std::optional<std::string> json_normal(std::string_view text) {
  const json value = parsed(text);
  if (value.is_discarded()) return std::nullopt;
  return compact(value);
}

std::string json_pretty(const std::string& text) {
  const json value = parsed(text);
  if (value.is_discarded()) return text;
  return replace_all(value.dump(2, ' ', false, json::error_handler_t::replace), kUndefinedDumped, "undefined");
}

std::string json_quote(std::string_view text) { return compact(json(std::string(text))); }

JsonScalar json_scalar(const std::string& text) {
  using Is = JsonScalar::Is;
  const json value = parsed(text);
  JsonScalar scalar;
  if (value.is_boolean()) scalar.is = Is::Boolean, scalar.boolean = value.get<bool>();
  if (value.is_number_float() || (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX))
    scalar.is = Is::Real, scalar.real = value.get<double>();
  else if (value.is_number_integer())
    scalar.is = Is::Integer, scalar.integer = value.get<int64_t>();
  if (value.is_string()) scalar.is = Is::String, scalar.text = value.get<std::string>();
  if (value.is_object()) scalar.is = Is::Object;
  if (value.is_array()) scalar.is = Is::Array;
  return scalar;
}

std::optional<std::string> json_member(const std::string& text, const std::string& key) {
  const json value = parsed(text);
  if (!value.is_object()) return std::nullopt;
  const auto found = value.find(key);
  if (found == value.end()) return std::nullopt;
  return compact(*found);
}

std::optional<std::string> json_element(const std::string& text, int64_t index) {
  const json value = parsed(text);
  if (!value.is_array() || index < 0 || static_cast<size_t>(index) >= value.size()) return std::nullopt;
  const json& element = value[static_cast<size_t>(index)];
  if (element.is_string() && element.get_ref<const std::string&>() == kUndefined) return std::nullopt;
  return compact(element);
}

std::optional<int64_t> json_array_size(const std::string& text) {
  const json value = parsed(text);
  if (!value.is_array()) return std::nullopt;
  return static_cast<int64_t>(value.size());
}

std::vector<std::string> json_keys(const std::string& text) {
  const json value = parsed(text);
  std::vector<std::string> keys;
  if (value.is_object())
    for (const auto& [key, member] : value.items()) keys.push_back(key);
  return keys;
}

std::string json_object(const std::vector<std::pair<std::string, std::optional<std::string>>>& members,
                        bool keep_null) {
  json object = json::object();
  for (const auto& [key, value] : members) {
    if (value)
      object[key] = parsed(*value);
    else if (keep_null)
      object[key] = nullptr;
  }
  return compact(object);
}

std::string json_array(const std::vector<std::optional<std::string>>& elements) {
  json array = json::array();
  for (const auto& element : elements) array.push_back(element ? parsed(*element) : json(kUndefined));
  return compact(array);
}

}  // namespace mesh::sandbox::query
