#pragma once
// Names that SQL text holds as strings: what a policy asks the session for, and what a system function is told.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/ident/name.hpp"
#include "mesh/model/object.hpp"

namespace mesh::sql {

struct NameInString {
  size_t begin = 0, end = 0;  // offsets of the string, quotes included
  std::string text;           // what it says
  KindId level{};             // of the account-level name in it
  // The text is such a name as Snowflake stores it; else it is an object's dotted name as SQL reads it, whose first
  // part is of that level where it has `parts` of them.
  bool is_stored = true;
  size_t parts = 3;
  std::optional<KindId> kind;  // of that object, where the function tells
};

// In the order of the text:
// - what CURRENT_ROLE(), INVOKER_ROLE(), CURRENT_USER(), CURRENT_WAREHOUSE(), INVOKER_SHARE() or CURRENT_DATABASE() is
//   compared with, by =, <> or !=, on either side, by [NOT] IN (...) or CASE f() WHEN;
// - the role that IS_ROLE_IN_SESSION and IS_GRANTED_TO_INVOKER_ROLE are asked about (pages of these names);
// - the object that SYSTEM$STREAM_HAS_DATA, SYSTEM$GET_TAG, SYSTEM$GET_TAG_ON_CURRENT_COLUMN,
// SYSTEM$GET_TAG_ON_CURRENT_TABLE
//   and IDENTIFIER are told (page functions/system_stream_has_data: with double quotes inside where SQL needs them);
// - the full name of an object that any other SYSTEM$ function is told first;
// - the name beside a word that tells its kind: GET_DDL('SCHEMA', 'D.S'), REF_ENTITY_NAME => 'W', REF_ENTITY_DOMAIN =>
//   'WAREHOUSE' (pages functions/get_ddl, policy_references, tag_references, system_get_tag, system_reference).
// A name that is put together, or read from a table, is not found.
std::vector<NameInString> names_in_strings(std::string_view text);

// The object that is meant, what its name leaves out taken from `home` (database and schema, maybe more); nothing where
// the function does not tell its kind, or where the text is no name.
std::optional<ObjectId> object_in(const NameInString& found, const QualifiedName& home);

}  // namespace mesh::sql
