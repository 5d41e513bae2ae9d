#include "mesh/base/duration.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "mesh/base/text.hpp"

namespace mesh {

std::optional<double> seconds_of(std::string_view text, const std::string& unit) {
  struct UnitRow {
    std::string_view letters;
    double seconds;
  };
  constexpr auto kUnits = std::to_array<UnitRow>({{"seconds", 1},
                                                  {"minutes", 60},
                                                  {"hours", 3600},
                                                  {"days", 86400},
                                                  {"weeks", 604800},
                                                  {"months", 2592000},
                                                  {"years", 31536000}});
  std::string_view rest = trim(text);
  double number = 0;
  const auto [at, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{}) return std::nullopt;
  const auto behind = to_lower(trim(rest.substr(static_cast<size_t>(at - rest.data()))));
  const auto word = behind.empty() ? to_lower(unit) : behind;
  if (word.empty()) return number;
  // m stands for minutes, mo for months (mesh.md 2.1 names h, d, y).
  const auto row = std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitRow& each) {
    return each.letters.starts_with(word) || word == std::string(each.letters.substr(0, each.letters.size() - 1));
  });
  if (row == kUnits.end()) return std::nullopt;
  return number * row->seconds;
}

}  // namespace mesh
