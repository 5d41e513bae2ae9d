#include "json.hpp"

#include <nlohmann/json.hpp>

#include "mesh/base/overloaded.hpp"
#include "mesh/base/text.hpp"

namespace mesh::render {
namespace {

using Json = nlohmann::ordered_json;

Json tree(const Value& value) {
  return std::visit(Overloaded{
                        [](std::monostate) { return Json(nullptr); },
                        [](const ValueList& list) {
                          auto out = Json::array();
                          for (const auto& item : list) out.push_back(tree(item));
                          return out;
                        },
                        [](const ValueRecord& record) {
                          auto out = Json::object();
                          // ordered_json looks for the key before it adds one: records are short, and their keys
                          // differ.
                          for (const auto& [key, item] : record) out[key] = tree(item);
                          return out;
                        },
                        [](const auto& scalar) { return Json(scalar); },
                    },
                    value.data);
}

}  // namespace

std::string to_json(const Value& value) {
  return tree(value).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_json_line(const Value& value) {
  return replace_all(tree(value).dump(-1, ' ', false, Json::error_handler_t::replace), "<", "\\u003c");
}

}  // namespace mesh::render
