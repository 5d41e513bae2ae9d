#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {

// "20 minutes", "4 h" or, with the unit apart, "4" and "h", in seconds. nullopt: it does not begin with a number, or
// has another unit. Without any unit the number counts.
std::optional<double> seconds_of(std::string_view text, const std::string& unit = {});

}  // namespace mesh
