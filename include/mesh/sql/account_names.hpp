#pragma once
// Names of the account's level in SQL text, wherever they stand: how the environment's suffix gets into bodies.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mesh/ident/name.hpp"
#include "mesh/model/object.hpp"

namespace mesh::sql {

// What a name of that level becomes, or nothing where it stays.
using RenameName = std::function<std::optional<Name>(KindId level, const Name& name)>;

// The text with every account-level name replaced by `rename` where it answers:
// - the first part of a three- or four-part name (as find_references tells these apart), a database;
// - in statements that begin with USE, CREATE, ALTER, DROP, GRANT and their like, a name behind a word that tells its
//   kind: WAREHOUSE W, ROLE R, DATABASE D, SCHEMA D.S, DATABASE ROLE D.R, RESOURCE_MONITOR = M ... (also as
//   IDENTIFIER('W') and, behind =, as a string);
// - what names_in_strings finds;
// - all of these in a body within the body: the literal of EXECUTE IMMEDIATE, and that behind the AS of a function or
//   procedure in SQL.
// Comments, other strings, and strings that are put together stay as they are.
std::string rename_account_names(std::string_view text, const RenameName& rename);

}  // namespace mesh::sql
