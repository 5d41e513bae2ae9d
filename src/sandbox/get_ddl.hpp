#pragma once
// GET_DDL('FUNCTION' | 'PROCEDURE', 'name(types)') and of views and dynamic tables; other types are refused by name.

#include "running.hpp"

namespace mesh::sandbox {

Cell object_ddl(Running& run, const std::vector<std::string>& arguments);

}  // namespace mesh::sandbox
