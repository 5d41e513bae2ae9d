#pragma once
// The query of a contract's quality rule, whose placeholders stand for what is checked.

#include <string>
#include <string_view>
#include <vector>

#include "mesh/sql/token.hpp"

namespace mesh::sql {

// The text with {object}, {table} and {model}, {property} and {column} replaced, each also as ${…}: the text of ODCS
// has the first form, the example in its JSON Schema the second, and tools in use take model for the object. `object`
// and `column` are SQL; an empty column leaves its placeholders as they are.
std::string quality_query(std::string_view text, std::string_view object, std::string_view column);

// What is wrong with it: it must be one SELECT. Offsets are those of the text with its placeholders.
std::vector<FragmentProblem> check_quality_query(std::string_view text);

}  // namespace mesh::sql
