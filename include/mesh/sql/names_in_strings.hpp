#pragma once
// Names that SQL text holds as strings: what a policy asks the session for, and what a system function is told.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mesh/ident/name.hpp"
#include "mesh/model/object.hpp"

namespace mesh::sql {

// The text with every account-level name that a string stands for replaced by `rename` where it answers:
// - what CURRENT_ROLE(), INVOKER_ROLE(), CURRENT_USER(), CURRENT_WAREHOUSE(), INVOKER_SHARE() or CURRENT_DATABASE() is
//   compared with, by =, <> or !=, on either side, [NOT] IN (...), or CASE f() WHEN. These are stored names, as they
//   are.
// - the role IS_ROLE_IN_SESSION and IS_GRANTED_TO_INVOKER_ROLE are asked about (pages of these names), as stored;
// - the database of the object that SYSTEM$STREAM_HAS_DATA, SYSTEM$GET_TAG, SYSTEM$GET_TAG_ON_CURRENT_COLUMN, ..._TABLE
// or
//   IDENTIFIER is told by a full name (page functions/system_stream_has_data: with double quotes inside where SQL needs
//   them). A name of fewer than three parts begins with no database.
// All other strings are left alone: a role's name put together, or a list of them in a table, is not found.
std::string rename_in_strings(std::string_view text,
                              const std::function<std::optional<Name>(KindId, const Name&)>& rename);

}  // namespace mesh::sql
