#pragma once
// The one place of this layer that meets a JSON library.

#include <string>

#include "mesh/model/value.hpp"

namespace mesh::render {

// Indented by two, fields in the order of their records, invalid UTF-8 as U+FFFD, a newline at the end.
std::string to_json(const Value& value);

// The same on one line, without a newline, for a script: < is written as \u003c, so that no text ends or opens an
// element.
std::string to_json_line(const Value& value);

}  // namespace mesh::render
