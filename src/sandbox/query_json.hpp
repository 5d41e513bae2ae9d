#pragma once
// JSON as VARIANT values keep it: compact text with sorted keys. Here alone the JSON library is met.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mesh::sandbox::query {

std::optional<std::string> json_normal(std::string_view text);  // nullopt: not JSON
std::string json_pretty(const std::string& compact);            // several lines, two-space indent, as the wire has it
std::string json_quote(std::string_view text);

struct JsonScalar {
  enum class Is { Null, Boolean, Integer, Real, String, Object, Array } is = Is::Null;
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::string text;  // of a string
};
JsonScalar json_scalar(const std::string& compact);

// The member or element, nullopt where there is none. Keys compare exactly, negative indexes give none.
std::optional<std::string> json_member(const std::string& compact, const std::string& key);
std::optional<std::string> json_element(const std::string& compact, int64_t index);
std::optional<int64_t> json_array_size(const std::string& compact);
std::vector<std::string> json_keys(const std::string& compact);

// Values are compact JSON; nullopt is SQL NULL: left out of an object, `undefined` in an array.
std::string json_object(const std::vector<std::pair<std::string, std::optional<std::string>>>& members, bool keep_null);
std::string json_array(const std::vector<std::optional<std::string>>& elements);

}  // namespace mesh::sandbox::query
