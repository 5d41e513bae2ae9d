#include "mesh/snowflake/values.hpp"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::snowflake {
namespace {

constexpr size_t kLeastNanosecondDigits = 16;  // 14 digits of seconds would be the year 3 million

// A number of seconds, cut apart. `floor` is the whole second at or before it, `fraction` the digits after it, as
// written.
struct Seconds {
  int64_t floor = 0;
  std::string fraction;
  std::optional<int> offset_minutes;
};

template <typename Number>
bool whole_number(std::string_view text, Number& number) {
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && at == end && !text.empty();
}

bool digits_only(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

// 0.25 before the epoch is written -0.25: the second -1 and the fraction .75.
void mirror(Seconds& seconds) {
  seconds.floor = -seconds.floor;
  if (seconds.fraction.find_first_not_of('0') == std::string::npos) return;
  --seconds.floor;
  for (size_t i = seconds.fraction.find_last_not_of('0') + 1; i-- > 0;) {
    const bool last = seconds.fraction.find_first_not_of('0', i + 1) == std::string::npos;
    seconds.fraction[i] = static_cast<char>('0' + (last ? 10 : 9) - (seconds.fraction[i] - '0'));
  }
}

std::optional<Seconds> parse_seconds(std::string_view text) {
  Seconds out;
  if (const auto blank = text.find(' '); blank != std::string_view::npos) {
    int offset = 0;
    if (!whole_number(text.substr(blank + 1), offset)) return std::nullopt;
    out.offset_minutes = offset - 1440;
    text = text.substr(0, blank);
  }
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto point = text.find('.');
  auto whole = text.substr(0, point);
  if (point != std::string_view::npos) out.fraction = text.substr(point + 1);
  // One paragraph of the documentation has integral nanoseconds.
  if (point == std::string_view::npos && whole.size() >= kLeastNanosecondDigits) {
    out.fraction = whole.substr(whole.size() - 9);
    whole.remove_suffix(9);
  }
  if (whole.starts_with('-') || !whole_number(whole, out.floor) || !digits_only(out.fraction)) return std::nullopt;
  if (negative) mirror(out);
  return out;
}

std::string date_text(int64_t days) {
  using namespace std::chrono;
  const year_month_day day{sys_days{std::chrono::days{days}}};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

std::string clock_text(int64_t second_of_day, const std::string& fraction) {
  auto text = fmt::format("{:02}:{:02}:{:02}", second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
  return fraction.empty() ? text : text + "." + fraction;
}

constexpr int64_t kDay = 86'400;
// Days that year_month_day can hold with room to spare: the years -9999 to 9999.
constexpr int64_t kMostDays = 3'000'000;

int64_t floor_days(int64_t seconds) { return seconds >= 0 ? seconds / kDay : -((kDay - 1 - seconds) / kDay); }

std::optional<std::string> timestamp_text(std::string_view text, bool with_zone) {
  const auto seconds = parse_seconds(text);
  if (!seconds) return std::nullopt;
  const int offset = seconds->offset_minutes.value_or(0);
  const int64_t local = seconds->floor + int64_t{60} * offset;
  const int64_t days = floor_days(local);
  if (days > kMostDays || days < -kMostDays) return std::nullopt;
  auto out = date_text(days) + " " + clock_text(local - days * kDay, seconds->fraction);
  if (with_zone) {
    const int minutes = offset < 0 ? -offset : offset;
    out += fmt::format(" {}{:02}{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
  }
  return out;
}

std::optional<std::string> readable_or_none(std::string_view type, std::string_view text) {
  if (type == "date") {
    int64_t days = 0;
    if (!whole_number(text, days) || days > kMostDays || days < -kMostDays) return std::nullopt;
    return date_text(days);
  }
  if (type == "time") {
    const auto seconds = parse_seconds(text);
    if (!seconds || seconds->floor < 0 || seconds->floor >= kDay) return std::nullopt;
    return clock_text(seconds->floor, seconds->fraction);
  }
  if (type.starts_with("timestamp_")) return timestamp_text(text, type != "timestamp_ntz");
  return std::nullopt;
}

}  // namespace

std::optional<int64_t> epoch_ms(std::string_view text) {
  const auto seconds = parse_seconds(text);
  if (!seconds) return std::nullopt;
  constexpr int64_t kMost = int64_t{1} << 50;
  if (seconds->floor > kMost || seconds->floor < -kMost) return std::nullopt;
  auto millis = seconds->fraction.substr(0, 3);
  millis.resize(3, '0');
  return seconds->floor * 1000 + std::stoi(millis);
}

std::optional<bool> boolean(std::string_view text) {
  for (const std::string_view word : {"true", "1", "y", "yes", "on"}) {
    if (iequals(text, word)) return true;
  }
  for (const std::string_view word : {"false", "0", "n", "no", "off"}) {
    if (iequals(text, word)) return false;
  }
  return std::nullopt;
}

std::string readable(const Column& column, std::string_view text) {
  return readable_or_none(column.type, text).value_or(std::string(text));
}

}  // namespace mesh::snowflake
