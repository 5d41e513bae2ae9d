#pragma once
// Which words tell what a name is, and replacing names in place.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/sql/account_names.hpp"

namespace mesh::sql {

// Behind these words stands a name of so many parts whose first is of the account's level.
struct NamedBy {
  std::string_view words;  // at most two, upper case
  KindId level;
  size_t fewest = 1, most = 1;
  bool is_list = false;
};
std::span<const NamedBy>
named_by_kind();  // WAREHOUSE, DATABASE ROLE: kinds as statements and system functions say them

// What a system function's 'DATABASE' or 'network_policy' says of the name beside it; other objects lie in a schema,
// and are told by their full names.
NamedBy named_by_domain(std::string_view written);

struct Edit {
  size_t begin = 0, end = 0;
  std::string text;
};
// Where several begin at one place, the first counts.
std::string edited(std::string_view text, std::vector<Edit> edits);

// A dotted name, maybe with a function's arguments behind it, with another first part; nothing where `rename` has no
// answer, or the text is no such name. Lower case stays lower, and the rest as it is written: it is a string, and any
// other would be another text.
std::optional<std::string> renamed_object(const std::string& written, const NamedBy& by, const RenameName& rename);

void find_database_edits(std::string_view text, const RenameName& rename, std::vector<Edit>& out);
void find_string_edits(std::string_view text, const RenameName& rename, std::vector<Edit>& out);
void find_statement_edits(std::string_view text, const RenameName& rename, std::vector<Edit>& out);

}  // namespace mesh::sql
