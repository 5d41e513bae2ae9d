#pragma once
// The constraint actions of ALTER TABLE (docs: alter-table, constraintAction). The cursor stands behind the words
// named.

#include "running.hpp"

namespace mesh::sandbox {

ResultSet add_constraint(Running& run, const Object& table, const NameParts& name);  // ADD
ResultSet rename_constraint(Running& run, const Object& table);                      // RENAME CONSTRAINT
// Whether CONSTRAINT n, PRIMARY KEY, UNIQUE (..) or FOREIGN KEY (..) stands here.
bool at_named_constraint(const Parser& parser);
ResultSet drop_constraint(Running& run, const Object& table);   // DROP
ResultSet alter_constraint(Running& run, const Object& table);  // ALTER or MODIFY

}  // namespace mesh::sandbox
