#pragma once
// Snowflake's functions as SQLite's, by tables.

#include <string_view>

#include "query_translate.hpp"

namespace mesh::sandbox::query {

struct Call {
  Translator& translator;
  const Expr& expr;
  Scope& scope;
  std::string name;         // upper case
  std::vector<Typed> args;  // translated; a bare unit (DATEADD(day, ..)) is a text literal here
};

bool is_aggregate(std::string_view upper_name);
bool is_known_function(std::string_view upper_name);
bool takes_unit(std::string_view upper_name);        // whose first argument may be a bare word
bool is_word_function(std::string_view upper_name);  // callable without parentheses: CURRENT_TIMESTAMP...

// Throws: 002139 unknown function, 000938/000939 number of arguments, 001044 their types, 000002 what the sandbox
// lacks.
Typed call_function(Call& call);
// Snowflake does not fold these to constants and refuses them in a VALUES clause (002014).
bool refused_in_values(std::string_view upper_name);

}  // namespace mesh::sandbox::query
