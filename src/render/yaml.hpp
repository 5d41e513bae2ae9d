#pragma once
// Values as YAML, laid out as a person would: maps in blocks, small ones on one line, long texts as literal blocks.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/model/value.hpp"

namespace mesh::render {

struct Yaml {
  std::string text;
  // Where each entry of a map begins, 1-based, in the order of the text; its keys from the outermost on.
  std::vector<std::pair<int, std::vector<std::string>>> lines;
};

// `value` is a record. Maps under a key that `is_collection`, and the maps in it, are never put on one line; of
// columns only the map itself.
Yaml to_yaml(const Value& value, bool (*is_collection)(std::string_view key));

}  // namespace mesh::render
