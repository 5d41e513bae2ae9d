#pragma once
// Columns named in expressions of their own table: of virtual columns, CHECK constraints, clustering keys.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/ident/name.hpp"

namespace mesh::sql {

struct Mention {
  Name name;
  size_t begin = 0, end = 0;  // byte offsets in the text
};
// Every bare name that may stand for a column: not called, not qualified, no element of a path, no type of a cast.
// Words of SQL (AND, NULL) are among them: the caller knows the columns. Empty where the text cannot be tokenised.
std::vector<Mention> mentioned_columns(std::string_view text);

// The text with the columns renamed.
std::string rename_columns(std::string_view text, const std::map<Name, Name>& renamed);

}  // namespace mesh::sql
