#include "query_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>

#include "mesh/base/text.hpp"
#include "query_error.hpp"

namespace mesh::sandbox::query {
namespace {

using std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

int64_t floor_div(int64_t a, int64_t b) { return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0); }

[[noreturn]] void beyond() { refuse_unsupported("TIMESTAMP outside the years 1678 to 2262"); }

int64_t checked_add(int64_t a, int64_t b) {
  int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) beyond();
  return sum;
}
int64_t checked_mul(int64_t a, int64_t b) {
  int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product)) beyond();
  return product;
}

year_month_day date_of(int64_t nanoseconds) { return sys_days(days(floor_div(nanoseconds, kDay))); }
int64_t start_of(const year_month_day& date) { return checked_mul(sys_days(date).time_since_epoch().count(), kDay); }
int64_t time_within_day(int64_t nanoseconds) { return nanoseconds - floor_div(nanoseconds, kDay) * kDay; }
int year_of(const year_month_day& date) { return static_cast<int>(date.year()); }
int month_of(const year_month_day& date) { return static_cast<int>(static_cast<unsigned>(date.month())); }
int day_of(const year_month_day& date) { return static_cast<int>(static_cast<unsigned>(date.day())); }
year_month_day make_date(int year, int month, int day) {
  return year_month_day(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                        std::chrono::day(static_cast<unsigned>(day)));
}

// Reads digits and signs from the front of a text.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  bool done() const { return at_ == text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  bool take(char c) { return peek() == c && !done() ? (++at_, true) : false; }
  bool digit() const { return peek() >= '0' && peek() <= '9'; }
  std::optional<int> number(size_t least, size_t most) {
    const size_t begin = at_;
    int value = 0;
    while (at_ - begin < most && digit()) value = value * 10 + (text_[at_++] - '0');
    if (at_ - begin < least) return std::nullopt;
    return value;
  }
  int64_t fraction() {  // up to nine digits, more are cut
    int64_t value = 0;
    int seen = 0;
    for (; digit(); ++at_)
      if (seen < 9) value = value * 10 + (text_[at_] - '0'), ++seen;
    for (; seen < 9; ++seen) value *= 10;
    return value;
  }
  std::string_view word() {
    const size_t begin = at_;
    while (!done() && ((peek() >= 'a' && peek() <= 'z') || (peek() >= 'A' && peek() <= 'Z'))) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view rest() const { return text_.substr(at_); }

 private:
  std::string_view text_;
  size_t at_ = 0;
};

std::optional<int64_t> read_clock(Reader& reader) {
  const auto hour = reader.number(1, 2);
  if (!hour || *hour > 23 || !reader.take(':')) return std::nullopt;
  const auto minute = reader.number(1, 2);
  if (!minute || *minute > 59) return std::nullopt;
  int64_t result = (int64_t{*hour} * 3600 + int64_t{*minute} * 60) * kSecond;
  if (!reader.take(':')) return result;
  const auto second = reader.number(1, 2);
  if (!second || *second > 59) return std::nullopt;
  result += *second * kSecond;
  if (reader.take('.')) result += reader.fraction();
  return result;
}

// "" is no zone, nullopt a bad one.
bool read_zone(Reader& reader, std::optional<int>& offset) {
  while (reader.take(' ')) {
  }
  if (reader.done()) return true;
  if (reader.take('Z') || reader.take('z')) return offset = 0, reader.done();
  const bool minus = reader.take('-');
  if (!minus && !reader.take('+')) return false;
  const auto hours = reader.number(1, 2);
  if (!hours) return false;
  reader.take(':');
  const auto minutes = reader.number(0, 2);
  offset = (*hours * 60 + minutes.value_or(0)) * (minus ? -1 : 1);
  return reader.done();
}

// Days since 1970-01-01.
std::optional<int64_t> read_date(Reader& reader) {
  const auto year = reader.number(4, 4);
  if (!year || !reader.take('-')) return std::nullopt;
  const auto month = reader.number(1, 2);
  if (!month || !reader.take('-')) return std::nullopt;
  const auto day = reader.number(1, 2);
  if (!day) return std::nullopt;
  const auto date = make_date(*year, *month, *day);
  if (!date.ok()) return std::nullopt;
  return sys_days(date).time_since_epoch().count();
}

std::optional<Instant> epoch_number(std::string_view text) {
  const bool minus = text.front() == '-';
  const std::string_view digits = text.substr(minus ? 1 : 0);
  if (digits.empty() || digits.size() > 18 ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  // TO_TIMESTAMP's page: below 31536000000 seconds, below 31536000000000 milli-, below 31536000000000000 microseconds.
  int64_t unit = 1;
  if (value < 31'536'000'000)
    unit = kSecond;
  else if (value < 31'536'000'000'000)
    unit = 1'000'000;
  else if (value < 31'536'000'000'000'000)
    unit = 1'000;
  return Instant{checked_mul(minus ? -value : value, unit), std::nullopt};
}

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
// Longer ones first, so that the first that fits is the right one.
constexpr std::array<std::string_view, 21> kElements = {"YYYY", "HH24", "HH12", "TZHTZM", "TZH:TZM", "TZH", "TZM",
                                                        "MMMM", "MON",  "MM",   "DD",     "DY",      "YY",  "MI",
                                                        "SS",   "AM",   "PM",   "FF",     "\"",      "T",   "Z"};

std::string_view next_element(std::string_view format) {
  for (const auto element : kElements)
    if (format.size() >= element.size() && iequals(format.substr(0, element.size()), element)) return element;
  return {};
}

int fraction_digits(std::string_view& format) {
  int digits = 9;
  if (!format.empty() && format.front() >= '0' && format.front() <= '9') {
    digits = format.front() - '0';
    format.remove_prefix(1);
  }
  return digits;
}

std::string zone_text(int offset, std::string_view between) {
  return fmt::format("{}{:02}{}{:02}", offset < 0 ? '-' : '+', std::abs(offset) / 60, between, std::abs(offset) % 60);
}

struct UnitName {
  std::string_view name;
  Unit unit;
};
constexpr std::array kUnits = {
    UnitName{"YEAR", Unit::Year},
    UnitName{"Y", Unit::Year},
    UnitName{"YY", Unit::Year},
    UnitName{"YYY", Unit::Year},
    UnitName{"YYYY", Unit::Year},
    UnitName{"YR", Unit::Year},
    UnitName{"YEARS", Unit::Year},
    UnitName{"YRS", Unit::Year},
    UnitName{"QUARTER", Unit::Quarter},
    UnitName{"Q", Unit::Quarter},
    UnitName{"QTR", Unit::Quarter},
    UnitName{"QTRS", Unit::Quarter},
    UnitName{"QUARTERS", Unit::Quarter},
    UnitName{"MONTH", Unit::Month},
    UnitName{"MM", Unit::Month},
    UnitName{"MON", Unit::Month},
    UnitName{"MONS", Unit::Month},
    UnitName{"MONTHS", Unit::Month},
    UnitName{"WEEK", Unit::Week},
    UnitName{"W", Unit::Week},
    UnitName{"WK", Unit::Week},
    UnitName{"WEEKOFYEAR", Unit::Week},
    UnitName{"WOY", Unit::Week},
    UnitName{"WY", Unit::Week},
    UnitName{"WEEKS", Unit::Week},
    UnitName{"DAY", Unit::Day},
    UnitName{"D", Unit::Day},
    UnitName{"DD", Unit::Day},
    UnitName{"DAYS", Unit::Day},
    UnitName{"DAYOFMONTH", Unit::Day},
    UnitName{"HOUR", Unit::Hour},
    UnitName{"H", Unit::Hour},
    UnitName{"HH", Unit::Hour},
    UnitName{"HR", Unit::Hour},
    UnitName{"HOURS", Unit::Hour},
    UnitName{"HRS", Unit::Hour},
    UnitName{"MINUTE", Unit::Minute},
    UnitName{"M", Unit::Minute},
    UnitName{"MI", Unit::Minute},
    UnitName{"MIN", Unit::Minute},
    UnitName{"MINUTES", Unit::Minute},
    UnitName{"MINS", Unit::Minute},
    UnitName{"SECOND", Unit::Second},
    UnitName{"S", Unit::Second},
    UnitName{"SEC", Unit::Second},
    UnitName{"SECONDS", Unit::Second},
    UnitName{"SECS", Unit::Second},
    UnitName{"MILLISECOND", Unit::Millisecond},
    UnitName{"MS", Unit::Millisecond},
    UnitName{"MSEC", Unit::Millisecond},
    UnitName{"MILLISECONDS", Unit::Millisecond},
    UnitName{"MICROSECOND", Unit::Microsecond},
    UnitName{"US", Unit::Microsecond},
    UnitName{"USEC", Unit::Microsecond},
    UnitName{"MICROSECONDS", Unit::Microsecond},
    UnitName{"NANOSECOND", Unit::Nanosecond},
    UnitName{"NS", Unit::Nanosecond},
    UnitName{"NSEC", Unit::Nanosecond},
    UnitName{"NANOSEC", Unit::Nanosecond},
    UnitName{"NANOSECONDS", Unit::Nanosecond},
};

int64_t length_of(Unit unit) {
  switch (unit) {
    case Unit::Week:
      return 7 * kDay;
    case Unit::Day:
      return kDay;
    case Unit::Hour:
      return 3600 * kSecond;
    case Unit::Minute:
      return 60 * kSecond;
    case Unit::Second:
      return kSecond;
    case Unit::Millisecond:
      return 1'000'000;
    case Unit::Microsecond:
      return 1'000;
    default:
      return 1;
  }
}

int months_in(Unit unit) {
  switch (unit) {
    case Unit::Year:
      return 12;
    case Unit::Quarter:
      return 3;
    case Unit::Month:
      return 1;
    default:
      return 0;
  }
}

int64_t month_number(int64_t nanoseconds) {
  const auto date = date_of(nanoseconds);
  return int64_t{year_of(date)} * 12 + month_of(date) - 1;
}

// WEEK_START 0: weeks begin on Monday; 1970-01-01 was a Thursday.
int64_t week_number(int64_t nanoseconds) { return floor_div(floor_div(nanoseconds, kDay) + 3, 7); }

}  // namespace

int64_t now_nanoseconds() {
  using std::chrono::microseconds;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<microseconds>(since).count() * 1000;
}

std::optional<Instant> parse_instant(std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  if (const auto number = epoch_number(text)) return number;
  Reader reader(text);
  const auto date = read_date(reader);
  if (!date) return std::nullopt;
  Instant result{checked_mul(*date, kDay), std::nullopt};
  if (reader.done()) return result;
  if (!reader.take(' ') && !reader.take('T') && !reader.take('t')) return std::nullopt;
  const auto clock = read_clock(reader);
  if (!clock) return std::nullopt;
  result.nanoseconds = checked_add(result.nanoseconds, *clock);
  if (!read_zone(reader, result.offset_minutes)) return std::nullopt;
  return result;
}

std::optional<int64_t> parse_days(std::string_view text) {
  Reader reader(trim(text));
  const auto date = read_date(reader);
  if (date && reader.done()) return date;
  const auto instant = parse_instant(text);
  if (!instant) return std::nullopt;
  return floor_div(instant->nanoseconds, kDay);
}

std::string format_days(int64_t since_epoch) {
  const year_month_day date(sys_days{days(since_epoch)});
  return fmt::format("{:04}-{:02}-{:02}", year_of(date), month_of(date), day_of(date));
}

std::optional<int64_t> parse_time(std::string_view text) {
  Reader reader(trim(text));
  const auto clock = read_clock(reader);
  if (!clock || !reader.done()) return std::nullopt;
  return clock;
}

std::optional<Instant> parse_instant(std::string_view text, std::string_view format) {
  if (iequals(format, "AUTO")) return parse_instant(text);
  Reader reader(trim(text));
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, zone_hours = 0, zone_minutes = 0;
  int64_t fraction = 0;
  bool afternoon = false, twelve = false, zoned = false, minus = false;
  const auto number = [&](size_t least, size_t most, int& into) {
    const auto value = reader.number(least, most);
    if (value) into = *value;
    return value.has_value();
  };
  while (!format.empty()) {
    const std::string_view element = next_element(format);
    const char literal = format.front();
    format.remove_prefix(element.empty() ? 1 : element.size());
    bool good = true;
    if (element == "YYYY")
      good = number(4, 4, year);
    else if (element == "YY")
      good = number(2, 2, year), year += year < 70 ? 2000 : 1900;
    else if (element == "MM")
      good = number(1, 2, month);
    else if (element == "DD")
      good = number(1, 2, day);
    else if (element == "HH24")
      good = number(1, 2, hour);
    else if (element == "HH12")
      good = number(1, 2, hour), twelve = true;
    else if (element == "MI")
      good = number(1, 2, minute);
    else if (element == "SS")
      good = number(1, 2, second);
    else if (element == "FF")
      fraction_digits(format), fraction = reader.fraction();
    else if (element == "AM" || element == "PM")
      afternoon = iequals(reader.word(), "PM");
    else if (element == "\"")
      continue;
    else if (element == "MON" || element == "MMMM") {
      const auto word = reader.word();
      const auto* found = std::find_if(kMonths.begin(), kMonths.end(),
                                       [&](auto name) { return iequals(name, word.substr(0, name.size())); });
      good = found != kMonths.end();
      month = static_cast<int>(found - kMonths.begin()) + 1;
    } else if (element.substr(0, 3) == "TZH") {
      zoned = true, minus = reader.take('-');
      if (!minus) reader.take('+');
      good = number(1, 2, zone_hours);
      if (element != "TZH") reader.take(':'), good = good && number(2, 2, zone_minutes);
    } else if (element == "TZM")
      good = number(2, 2, zone_minutes);
    else
      good = reader.take(literal);
    if (!good) return std::nullopt;
  }
  if (twelve) hour = hour % 12 + (afternoon ? 12 : 0);
  const auto date = make_date(year, month, day);
  if (!reader.done() || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const int64_t clock = (int64_t{hour} * 3600 + int64_t{minute} * 60 + second) * kSecond + fraction;
  Instant result{checked_add(start_of(date), clock), std::nullopt};
  if (zoned) result.offset_minutes = (zone_hours * 60 + zone_minutes) * (minus ? -1 : 1);
  return result;
}

std::string format_instant(int64_t nanoseconds, int offset_minutes, std::string_view format) {
  const auto date = date_of(nanoseconds);
  const int64_t within = time_within_day(nanoseconds);
  const int64_t seconds = within / kSecond, hour = seconds / 3600;
  std::string out;
  bool quoted = false;
  while (!format.empty()) {
    const std::string_view element = quoted && format.front() != '"' ? std::string_view{} : next_element(format);
    const char literal = format.front();
    format.remove_prefix(element.empty() ? 1 : element.size());
    if (element == "YYYY")
      out += fmt::format("{:04}", year_of(date));
    else if (element == "YY")
      out += fmt::format("{:02}", year_of(date) % 100);
    else if (element == "MM")
      out += fmt::format("{:02}", month_of(date));
    else if (element == "MON" || element == "MMMM")
      out += kMonths[static_cast<size_t>(month_of(date) - 1)];
    else if (element == "DD")
      out += fmt::format("{:02}", day_of(date));
    else if (element == "DY")
      out += kDays[static_cast<size_t>(part_of("DAYOFWEEK", nanoseconds).value_or(0))];
    else if (element == "HH24")
      out += fmt::format("{:02}", hour);
    else if (element == "HH12")
      out += fmt::format("{:02}", hour % 12 == 0 ? 12 : hour % 12);
    else if (element == "MI")
      out += fmt::format("{:02}", seconds / 60 % 60);
    else if (element == "SS")
      out += fmt::format("{:02}", seconds % 60);
    else if (element == "AM" || element == "PM")
      out += hour < 12 ? "AM" : "PM";
    else if (element == "FF")
      out += fmt::format("{:09}", within % kSecond).substr(0, static_cast<size_t>(fraction_digits(format)));
    else if (element == "TZHTZM")
      out += zone_text(offset_minutes, "");
    else if (element == "TZH:TZM")
      out += zone_text(offset_minutes, ":");
    else if (element == "TZH")
      out += zone_text(offset_minutes, "").substr(0, 3);
    else if (element == "TZM")
      out += zone_text(offset_minutes, "").substr(3);
    else if (element == "\"")
      quoted = !quoted;
    else
      out += literal;
  }
  return out;
}

std::optional<Unit> unit_of(std::string_view text) {
  const std::string upper = to_upper(text);
  const auto* found = std::find_if(kUnits.begin(), kUnits.end(), [&](const UnitName& u) { return u.name == upper; });
  if (found == kUnits.end()) return std::nullopt;
  return found->unit;
}

bool is_time_unit(Unit unit) { return unit >= Unit::Hour; }

int64_t add(Unit unit, int64_t count, int64_t nanoseconds) {
  if (months_in(unit) == 0) return checked_add(nanoseconds, checked_mul(count, length_of(unit)));
  if (std::llabs(count) > 12000) beyond();
  const auto date = date_of(nanoseconds);
  const int64_t month = month_number(nanoseconds) + count * months_in(unit);
  const int year = static_cast<int>(floor_div(month, 12));
  const int in_year = static_cast<int>(month - int64_t{year} * 12) + 1;
  auto moved = make_date(year, in_year, day_of(date));
  if (!moved.ok()) moved = sys_days(moved.year() / moved.month() / std::chrono::last);
  return checked_add(start_of(moved), time_within_day(nanoseconds));
}

int64_t truncate(Unit unit, int64_t nanoseconds) {
  if (unit == Unit::Week) return (week_number(nanoseconds) * 7 - 3) * kDay;
  if (months_in(unit) == 0) return floor_div(nanoseconds, length_of(unit)) * length_of(unit);
  const auto date = date_of(nanoseconds);
  const int month = (month_of(date) - 1) / months_in(unit) * months_in(unit) + 1;
  return start_of(make_date(year_of(date), month, 1));
}

int64_t difference(Unit unit, int64_t from, int64_t to) {
  if (unit == Unit::Week) return week_number(to) - week_number(from);
  if (const int step = months_in(unit); step != 0)
    return floor_div(month_number(to), step) - floor_div(month_number(from), step);
  return floor_div(to, length_of(unit)) - floor_div(from, length_of(unit));
}

int64_t last_day_of_month(int64_t nanoseconds) {
  const auto date = date_of(nanoseconds);
  return start_of(sys_days(date.year() / date.month() / std::chrono::last));
}

std::optional<int64_t> part_of(std::string_view part, int64_t nanoseconds) {
  const std::string name = to_upper(part);
  const auto date = date_of(nanoseconds);
  const int64_t day_number = floor_div(nanoseconds, kDay);
  const int64_t within = time_within_day(nanoseconds);
  if (name == "DAYOFWEEK" || name == "DOW" || name == "WEEKDAY" || name == "DW")
    return day_number + 4 - floor_div(day_number + 4, 7) * 7;  // Sunday is 0
  if (name == "DAYOFWEEKISO" || name == "DOW_ISO" || name == "WEEKDAY_ISO")
    return day_number + 3 - floor_div(day_number + 3, 7) * 7 + 1;
  if (name == "DAYOFYEAR" || name == "DOY" || name == "YEARDAY" || name == "DY")
    return day_number - sys_days(make_date(year_of(date), 1, 1)).time_since_epoch().count() + 1;
  if (name == "EPOCH" || name == "EPOCH_SECOND" || name == "EPOCH_SECONDS") return floor_div(nanoseconds, kSecond);
  if (name == "EPOCH_MILLISECOND" || name == "EPOCH_MILLISECONDS") return floor_div(nanoseconds, 1'000'000);
  if (name == "EPOCH_MICROSECOND" || name == "EPOCH_MICROSECONDS") return floor_div(nanoseconds, 1'000);
  if (name == "EPOCH_NANOSECOND" || name == "EPOCH_NANOSECONDS") return nanoseconds;
  const auto unit = unit_of(name);
  if (!unit) return std::nullopt;
  switch (*unit) {
    case Unit::Year:
      return year_of(date);
    case Unit::Quarter:
      return (month_of(date) - 1) / 3 + 1;
    case Unit::Month:
      return month_of(date);
    case Unit::Week: {  // ISO: the week that holds the year's first Thursday is the first
      const int64_t thursday = week_number(nanoseconds) * 7;
      const year_month_day of(sys_days{days(thursday)});
      return (thursday - sys_days(make_date(year_of(of), 1, 1)).time_since_epoch().count()) / 7 + 1;
    }
    case Unit::Day:
      return day_of(date);
    case Unit::Hour:
      return within / (3600 * kSecond);
    case Unit::Minute:
      return within / (60 * kSecond) % 60;
    case Unit::Second:
      return within / kSecond % 60;
    case Unit::Millisecond:
      return within % kSecond / 1'000'000;
    case Unit::Microsecond:
      return within % kSecond / 1'000;
    case Unit::Nanosecond:
      return within % kSecond;
  }
  return std::nullopt;
}

}  // namespace mesh::sandbox::query
