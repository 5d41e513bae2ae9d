#pragma once
// What a policy's body comes to for one session, as far as its text alone tells: roles and literals are known, rows and
// other tables are not. Nothing is guessed: what cannot be told is said so.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mesh::sql {

// Who asks. Roles by their stored names, as CURRENT_ROLE() gives them and IS_ROLE_IN_SESSION compares them (pages
// functions/current_role, functions/is_role_in_session: without folding of case).
struct PolicySession {
  std::string current_role;
  std::function<bool(const std::string&)> has_role;
  // IS_DATABASE_ROLE_IN_SESSION: of the protected object's database; a dotted name is no role's (page
  // functions/is_database_role_in_session).
  std::function<bool(const std::string&)> has_database_role;
};

enum class Masked : uint8_t {
  Never,    // what stands in the column is returned
  Always,   // a literal, NULL, or a hash or part of it
  Unknown,  // it depends on the row, or on what cannot be told from the text
};
// `arguments` by stored names in order; the first is the masked column.
Masked masking_of(std::string_view body, const std::vector<std::string>& arguments, const PolicySession& session);

enum class Rows : uint8_t {
  All,
  None,
  Some,     // by what stands in the row
  Unknown,  // it cannot be told from the text
};
Rows rows_of(std::string_view body, const std::vector<std::string>& arguments, const PolicySession& session);

}  // namespace mesh::sql
