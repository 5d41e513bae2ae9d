#pragma once

#include "running.hpp"

namespace mesh::sandbox {

// The function or procedure that a text names with the types of its arguments, as GET_DDL and TAG_REFERENCES take it.
const Object& routine_named(const Running& run, Kind kind, const std::string& text);
// The table, view or the like that a text names.
const Object& relation_named(const Running& run, const std::string& text);

}  // namespace mesh::sandbox
