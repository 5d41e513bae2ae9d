#pragma once
// What a setting says, read by its rule's own parameters.

#include <map>
#include <optional>

#include "rule.hpp"

namespace mesh::check {

// Every parameter with its value, or its default; nothing after it was reported what is wrong.
std::optional<Parameters> read_parameters(const RuleInfo& rule, const RuleSetting& setting, Diagnostics& diagnostics);

}  // namespace mesh::check
