#pragma once
// Reference texts, made from the tables.

#include <optional>
#include <string>
#include <string_view>

#include "mesh/diag/codes.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::render {

std::string explain_kind(const kinds::Kind& kind);
std::string explain_code(const CodeInfo& code);
// `mesh explain WHAT`: a kind in words or as collection, or a code. nullopt: neither.
std::optional<std::string> explain(std::string_view what);

// The README's table of kinds, in Markdown.
std::string kinds_table();

}  // namespace mesh::render
