#include "mesh/base/calendar.hpp"

#include <charconv>
#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace mesh {
namespace {

std::optional<std::chrono::year_month_day> calendar_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto number = [&](size_t from, size_t length) {
    int value = -1;
    const auto part = text.substr(from, length);
    const auto [at, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    return error == std::errc{} && at == part.data() + part.size() ? value : -1;
  };
  const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
  if (year < 1 || month < 1 || day < 1) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

}  // namespace

bool is_calendar_date(std::string_view text) { return calendar_date(text).has_value(); }

std::string days_after(const std::string& date, int days) {
  const auto start = calendar_date(date);
  if (!start) return date;
  const std::chrono::year_month_day end = std::chrono::sys_days(*start) + std::chrono::days(days);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(end.year()), static_cast<unsigned>(end.month()),
                     static_cast<unsigned>(end.day()));
}

}  // namespace mesh
