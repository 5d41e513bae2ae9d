#include "kept_list.hpp"

#include "query_json.hpp"

namespace mesh::sandbox {

std::string kept_list(const std::vector<std::string>& items) {
  std::vector<std::optional<std::string>> quoted;
  for (const auto& item : items) quoted.emplace_back(query::json_quote(item));
  return query::json_array(quoted);
}

std::vector<std::string> list_of(const Object& object, std::string_view property) {
  const std::string& json = object.prop(property);
  std::vector<std::string> items;
  for (int64_t i = 0, n = json.empty() ? 0 : query::json_array_size(json).value_or(0); i < n; ++i)
    items.push_back(query::json_scalar(*query::json_element(json, i)).text);
  return items;
}

}  // namespace mesh::sandbox
