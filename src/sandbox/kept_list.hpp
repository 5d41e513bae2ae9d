#pragma once
// Lists of texts kept in one property, as a JSON array.

#include <string>
#include <vector>

#include "catalog.hpp"

namespace mesh::sandbox {

std::string kept_list(const std::vector<std::string>& items);
std::vector<std::string> items_of(const std::string& kept);                         // of nothing: none
std::vector<std::string> list_of(const Object& object, std::string_view property);  // empty where it is unset

}  // namespace mesh::sandbox
