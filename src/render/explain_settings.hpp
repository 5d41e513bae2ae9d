#pragma once
// What mesh explain says of account parameters, which have no table of rows of their own.

#include <optional>
#include <string>
#include <string_view>

namespace mesh::render {

// "account parameter": all of them; "account parameter TIMEZONE" or TIMEZONE: that one. nullopt: it is neither.
std::optional<std::string> explain_setting(std::string_view what);

}  // namespace mesh::render
