#include "rows.hpp"

#include <charconv>

namespace mesh::live {

std::optional<int64_t> whole_number(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string epoch_milliseconds(std::string_view text) {
  const auto value = text.substr(0, text.find(' '));  // TIMESTAMP_TZ: the offset changes nothing
  const auto dot = value.find('.');
  const auto seconds = whole_number(value.substr(0, dot));
  if (!seconds) return std::string(text);
  // The docs of the SQL API also show integral nanoseconds (sql-api.md 4).
  if (dot == std::string_view::npos && value.size() >= 19) return std::to_string(*seconds / 1'000'000);
  auto digits = std::string(dot == std::string_view::npos ? "" : value.substr(dot + 1, 3));
  digits.resize(3, '0');
  const auto fraction = whole_number(digits);
  constexpr int64_t kFarthest = 1'000'000'000'000;  // seconds; past it lies no timestamp of Snowflake's
  if (!fraction || *seconds > kFarthest || *seconds < -kFarthest) return std::string(text);
  return std::to_string(*seconds * 1000 + *fraction);
}

}  // namespace mesh::live
