#pragma once
// What the columns of a kind's table mean, in words.

#include <string>

#include "mesh/kinds/kind.hpp"

namespace mesh::render {

std::string definition_name(const kinds::Kind& kind);     // "database_role"
std::string absent_words(const kinds::PropertyRow& row);  // "Where it is not written: 600."
std::string type_words(const kinds::PropertyRow& row);    // "integer 1 to 300", "one of STANDARD, ECONOMY"
std::string change_words(const kinds::PropertyRow& row);  // "altered in place"
// By its words ("database role", "database_role") or its collection; nullptr: no such kind.
const kinds::Kind* kind_named(std::string_view name);

}  // namespace mesh::render
