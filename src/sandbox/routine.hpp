#pragma once
// Functions and procedures: overloads of one name differ in the types of their arguments, so the catalogue keeps them
// under name and types, F(NUMBER, VARCHAR). Types are told apart by what SHOW prints of them: without length and
// precision.

#include "ddl.hpp"

namespace mesh::sandbox {

bool is_routine(Kind kind);
// NUMBER(10,2) is NUMBER; VECTOR(FLOAT, 20) and structured types keep what stands in their parentheses.
std::string short_type(const std::string& normal);
std::string routine_key(const std::string& name, const std::vector<TableColumn>& arguments);

// A type of an argument or a result. Text and binary without a size are 134217728 and 67108864 long in functions
// (docs: bcr-2118).
std::string read_routine_type(Running& run);

// What names one object behind the kind's words: a name, and for routines the types of the arguments in parentheses,
// which together give the catalogue's name. 090208 where they are missing. `named` is set where an argument was written
// with its name, as CREATE writes it; where it is null that is a syntax error.
NameParts read_object_name(Running& run, Kind kind, bool* named = nullptr);

// SHOW FUNCTIONS tells of built-in functions too; one of them stands here, as the page of SHOW FUNCTIONS prints it.
Row builtin_row();
// DB.SCHEMA."F(A NUMBER):NUMBER(38,0)" without the container: the last part in SHOW GRANTS (grants.md 2.1).
std::string signature_of(const Object& routine);

}  // namespace mesh::sandbox
