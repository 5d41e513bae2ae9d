#pragma once
// Refusals inside the sandbox are thrown as SqlError and end in one place, Engine::execute, which rolls the statement
// back. Texts and codes: sql-api.md section 10, grants.md section 7.

#include <string>
#include <string_view>

#include "engine.hpp"

namespace mesh::sandbox {

// An answer of failure to a statement whose effects stay: 003011, Grant partially executed.
struct KeptError {
  SqlError error;
};

[[noreturn]] void refuse(std::string code, std::string sqlstate, std::string message);
// With the first line `SQL compilation error:` in front.
[[noreturn]] void refuse_compilation(std::string code, std::string sqlstate, const std::string& message);
[[noreturn]] void refuse_unsupported(std::string_view feature);                              // 000002
[[noreturn]] void refuse_value(std::string_view value, std::string_view parameter);          // 001008
[[noreturn]] void refuse_property_value(std::string_view value, std::string_view property);  // 001422
[[noreturn]] void refuse_property(std::string_view property, std::string_view kind_words);   // 001420
[[noreturn]] void refuse_exists(std::string_view name);                                      // 002002
[[noreturn]] void refuse_operation();                                                        // 002043
// A text that is known while its code is not: 002100 stands for it.
[[noreturn]] void refuse_text(const std::string& message);
[[noreturn]] void refuse_internal(std::string_view what);  // 000603

}  // namespace mesh::sandbox
