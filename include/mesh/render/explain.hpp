#pragma once
// Reference texts, made from the tables.

#include <optional>
#include <string>
#include <string_view>

#include "mesh/check/rules.hpp"
#include "mesh/diag/codes.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::render {

std::string explain_kind(const kinds::Kind& kind);
std::string explain_code(const CodeInfo& code);
std::string explain_rule(const check::RuleInfo& rule);
std::string explain_rules();  // the list of them
// `mesh explain WHAT`: a kind in words or as collection, a rule by its id or the catalogue's code, or a code. nullopt:
// none of them.
std::optional<std::string> explain(std::string_view what);

// The README's table of kinds, in Markdown.
std::string kinds_table();
// And that of rules.
std::string rules_table();

}  // namespace mesh::render
