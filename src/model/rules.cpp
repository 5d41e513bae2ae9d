#include "mesh/model/rules.hpp"

#include <algorithm>
#include <array>

namespace mesh {
namespace {

struct LevelWord {
  std::string_view word;
  RuleLevel level;
};
constexpr auto kLevels = std::to_array<LevelWord>({{"error", RuleLevel::Error},
                                                   {"warning", RuleLevel::Warning},
                                                   {"note", RuleLevel::Note},
                                                   {"info", RuleLevel::Note},
                                                   {"off", RuleLevel::Off}});

}  // namespace

const char* to_string(RuleLevel level) {
  return std::find_if(kLevels.begin(), kLevels.end(), [&](const auto& row) { return row.level == level; })->word.data();
}

std::optional<RuleLevel> rule_level_from(std::string_view word) {
  const auto* row = std::find_if(kLevels.begin(), kLevels.end(), [&](const auto& each) { return each.word == word; });
  return row == kLevels.end() ? std::nullopt : std::optional(row->level);
}

}  // namespace mesh
