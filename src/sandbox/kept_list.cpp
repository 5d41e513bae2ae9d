#include "kept_list.hpp"

#include "query_json.hpp"

namespace mesh::sandbox {

std::string kept_list(const std::vector<std::string>& items) {
  std::vector<std::optional<std::string>> quoted;
  for (const auto& item : items) quoted.emplace_back(query::json_quote(item));
  return query::json_array(quoted);
}

std::vector<std::string> items_of(const std::string& kept) {
  std::vector<std::string> items;
  for (int64_t i = 0, n = kept.empty() ? 0 : query::json_array_size(kept).value_or(0); i < n; ++i)
    items.push_back(query::json_scalar(*query::json_element(kept, i)).text);
  return items;
}

std::vector<std::string> list_of(const Object& object, std::string_view property) {
  return items_of(object.prop(property));
}

}  // namespace mesh::sandbox
