#pragma once
// Bind variables: each placeholder of a statement becomes a literal (sql-api.md section 1).

#include <map>
#include <string>
#include <variant>

#include "engine.hpp"
#include "wire_json.hpp"

namespace mesh::sandbox {

// The statement with `?`, `:1` and `:name` replaced, or the error of an unset, unfit or unsupported binding. Bindings
// without a placeholder are ignored.
std::variant<std::string, SqlError> bind_literals(const std::string& statement,
                                                  const std::map<std::string, Binding>& bindings);

}  // namespace mesh::sandbox
