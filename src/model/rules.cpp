#include "mesh/model/rules.hpp"

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"

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

bool is_calendar_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](size_t from, size_t count) {
    int value = 0;
    for (const char c : text.substr(from, count)) value = c < '0' || c > '9' ? -100'000 : value * 10 + (c - '0');
    return value;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 0 || month < 1 || month > 12) return false;
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return day >= 1 && day <= kDays[static_cast<size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

}  // namespace mesh
