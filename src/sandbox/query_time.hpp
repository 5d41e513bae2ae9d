#pragma once
// Calendar work on days, nanoseconds and their texts. The session's time zone is UTC (a request to the sandbox cannot
// set TIMEZONE; on a real account the default is America/Los_Angeles, so compare instants, never local times).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mesh::sandbox::query {

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kDay = 86'400 * kSecond;

int64_t now_nanoseconds();  // the server's clock, whole microseconds

struct Instant {
  int64_t nanoseconds = 0;            // local reading, as if UTC
  std::optional<int> offset_minutes;  // where the text names one
  int64_t utc() const { return nanoseconds - int64_t{offset_minutes.value_or(0)} * 60 * kSecond; }
};
// The formats of AUTO: 2026-01-31, with optional time (blank or T, up to nine decimals) and zone (Z, +01:00, +0100).
// A string of digits alone is seconds, or milli-, micro-, nanoseconds by its size. nullopt: not a time.
std::optional<Instant> parse_instant(std::string_view text);
std::optional<int64_t> parse_days(std::string_view text);  // days since 1970-01-01; any year
std::string format_days(int64_t since_epoch);
std::optional<int64_t> parse_time(std::string_view text);  // nanoseconds since midnight
// By an explicit format of YYYY, MM, MON, DD, HH24, HH12, AM, MI, SS, FF[0-9], TZH, TZM and literal characters.
std::optional<Instant> parse_instant(std::string_view text, std::string_view format);
std::string format_instant(int64_t nanoseconds, int offset_minutes, std::string_view format);

// Units as Snowflake spells them, with their aliases (DAYS, 'd', MM...): nullopt for others.
enum class Unit { Year, Quarter, Month, Week, Day, Hour, Minute, Second, Millisecond, Microsecond, Nanosecond };
std::optional<Unit> unit_of(std::string_view text);
bool is_time_unit(Unit unit);  // below a day
// Days and nanoseconds are both taken in nanoseconds. add() clamps to the end of the month.
int64_t add(Unit unit, int64_t count, int64_t nanoseconds);
int64_t truncate(Unit unit, int64_t nanoseconds);
int64_t difference(Unit unit, int64_t from, int64_t to);  // boundaries crossed
int64_t last_day_of_month(int64_t nanoseconds);
// YEAR, MONTH, DAY, DAYOFWEEK, DAYOFYEAR, EPOCH_SECOND...: nullopt for an unknown part.
std::optional<int64_t> part_of(std::string_view part, int64_t nanoseconds);

}  // namespace mesh::sandbox::query
