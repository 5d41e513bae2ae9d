#include "query_value.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_json.hpp"
#include "query_time.hpp"

namespace mesh::sandbox::query {
namespace {

__extension__ typedef __int128 Wide;

constexpr std::string_view kTimestampFormat = "YYYY-MM-DD HH24:MI:SS.FF3";  // the documented output defaults
constexpr std::string_view kZonedFormat = "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM";
constexpr size_t kShownText = 200;

[[noreturn]] void not_recognized(std::string_view code, std::string_view state, std::string_view what,
                                 std::string_view text) {
  refuse(std::string(code), std::string(state), fmt::format("{} '{}' is not recognized", what, text));
}
[[noreturn]] void no_number(std::string_view text) { not_recognized("100038", "22018", "Numeric value", text); }
[[noreturn]] void no_timestamp(std::string_view text) { not_recognized("100035", "22007", "Timestamp", text); }
[[noreturn]] void no_cast(const Type& from, const Type& to) {
  refuse_compilation("001007", "22023",
                     fmt::format("invalid type [CAST({} AS {})] for parameter '{}'", spell(from), spell(to),
                                 spell(to).substr(0, spell(to).find('('))));
}

Wide power_of_ten(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

int64_t narrow(Wide value) {
  if (value > INT64_MAX || value < INT64_MIN) refuse_unsupported("NUMBER beyond 64 bits");
  return static_cast<int64_t>(value);
}

Wide round_quotient(Wide a, Wide b) {
  const bool negative = (a < 0) != (b < 0);
  if (a < 0) a = -a;
  if (b < 0) b = -b;
  const Wide quotient = (a + b / 2) / b;
  return negative ? -quotient : quotient;
}

// value * 10^exponent, where what leaves 64 bits would be refused anyway.
Wide scaled_up(Wide value, int exponent) {
  if (value == 0) return 0;
  if (exponent > 18) refuse_unsupported("NUMBER beyond 64 bits");
  return value * power_of_ten(exponent);
}

int64_t whole(const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return *integer;
  // SQLite turns a sum or product that leaves 64 bits into a floating one.
  refuse_unsupported("NUMBER beyond 64 bits");
}
double real(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return static_cast<double>(whole(value));
}
const std::string& text_of(const Value& value) {
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) refuse_internal("a value is not kept as its type says");
  return *text;
}

std::string float_text(double number) {
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  if (number == std::floor(number) && std::fabs(number) < 1e15) return fmt::format("{:.0f}", number);
  return fmt::format("{}", number);
}

std::string with_fraction(int64_t nanoseconds, int scale) {
  const bool negative = nanoseconds < 0;
  const auto size = negative ? 0 - static_cast<uint64_t>(nanoseconds) : static_cast<uint64_t>(nanoseconds);
  std::string text = fmt::format("{}{}", negative ? "-" : "", size / kSecond);
  if (scale > 0) text += "." + fmt::format("{:09}", size % kSecond).substr(0, static_cast<size_t>(scale));
  return text;
}

int64_t parse_fraction(std::string_view text) { return parse_decimal(text, 9); }

int64_t cut(int64_t nanoseconds, int scale) {
  int64_t unit = 1;
  for (int i = scale; i < 9; ++i) unit *= 10;
  const int64_t rest = ((nanoseconds % unit) + unit) % unit;
  return nanoseconds - rest;
}

std::string from_hex(std::string_view text) {
  std::string bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned byte = 0;
    const auto parsed = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    if (parsed.ptr != text.data() + i + 2) not_recognized("100115", "22000", "Hex-encoded string", text);
    bytes += static_cast<char>(byte);
  }
  if (text.size() % 2 != 0) not_recognized("100115", "22000", "Hex-encoded string", text);
  return bytes;
}

Value check_length(std::string text, const Type& to) {
  if (static_cast<int64_t>(text.size()) > to.length && static_cast<int64_t>(display_width(text)) > to.length) {
    const std::string shown = text.size() > kShownText ? text.substr(0, kShownText) + "..." : text;
    refuse("100078", "22000", fmt::format("String '{}' is too long and would be truncated", shown));
  }
  return text;
}

int64_t check_precision(int64_t unscaled, const Type& to) {
  if (to.precision >= 19) return unscaled;
  const auto limit = static_cast<int64_t>(power_of_ten(to.precision));
  if (unscaled >= limit || unscaled <= -limit) out_of_range(decimal_text(unscaled, to.scale));
  return unscaled;
}

bool to_boolean(std::string_view text) {
  for (const auto* word : {"true", "t", "yes", "y", "on", "1"})
    if (iequals(trim(text), word)) return true;
  for (const auto* word : {"false", "f", "no", "n", "off", "0"})
    if (iequals(trim(text), word)) return false;
  not_recognized("100037", "22018", "Boolean value", text);
}

double to_real(std::string_view text) {
  const std::string trimmed(trim(text));
  char* end = nullptr;
  const double number = std::strtod(trimmed.c_str(), &end);
  if (trimmed.empty() || *end != '\0') no_number(text);
  if (std::isnan(number)) refuse_unsupported("NaN");  // SQLite keeps none
  return number;
}

// The instant of a temporal value in nanoseconds; TZ values lose their offset.
int64_t instant_of(const Value& value, const Type& from) {
  if (from.kind == Kind::Date) {
    int64_t nanoseconds = 0;
    if (__builtin_mul_overflow(whole(value), kDay, &nanoseconds))
      refuse_unsupported("TIMESTAMP outside the years 1678 to 2262");
    return nanoseconds;
  }
  return from.kind == Kind::Tz ? tz_utc(text_of(value)) : whole(value);
}

int64_t local_of(const Value& value, const Type& from) {
  if (from.kind != Kind::Tz) return instant_of(value, from);
  return tz_utc(text_of(value)) + int64_t{tz_offset(text_of(value))} * 60 * kSecond;
}

Value make_timestamp(int64_t local, int offset, const Type& to) {
  const int64_t utc = local - int64_t{offset} * 60 * kSecond;
  switch (to.kind) {
    case Kind::Ntz:
      return cut(local, to.scale);
    case Kind::Ltz:
      return cut(utc, to.scale);
    default:
      return tz_text(cut(utc, to.scale), offset);
  }
}

Value text_to(const std::string& text, const Type& to) {
  switch (to.kind) {
    case Kind::Text:
      return check_length(text, to);
    case Kind::Number:
      return check_precision(parse_decimal(text, to.scale), to);
    case Kind::Float:
      return to_real(text);
    case Kind::Boolean:
      return int64_t{to_boolean(text)};
    case Kind::Binary:
      return Blob{from_hex(text)};
    case Kind::Date: {
      const auto day = parse_days(text);
      if (!day) not_recognized("100040", "22007", "Date", text);
      return *day;
    }
    case Kind::Time: {
      const auto time = parse_time(text);
      if (!time) not_recognized("100108", "22007", "Time", text);
      return cut(*time, to.scale);
    }
    case Kind::Ntz:
    case Kind::Ltz:
    case Kind::Tz: {
      const auto instant = parse_instant(text);
      if (!instant) no_timestamp(text);
      return make_timestamp(instant->nanoseconds, instant->offset_minutes.value_or(0), to);
    }
    case Kind::Variant:
      return json_quote(text);
    default:
      no_cast(text_type(), to);
  }
}

Value number_to(const Value& value, const Type& from, const Type& to) {
  switch (to.kind) {
    case Kind::Number:
      return check_precision(rescale(whole(value), from.scale, to.scale), to);
    case Kind::Float:
      return static_cast<double>(whole(value)) / static_cast<double>(power_of_ten(from.scale));
    case Kind::Boolean:
      return int64_t{whole(value) != 0};
    case Kind::Ntz:
    case Kind::Ltz:
    case Kind::Tz:
      return make_timestamp(rescale(whole(value), from.scale, 9), 0, to);
    default:
      no_cast(from, to);
  }
}

Value float_to(double number, const Type& to) {
  switch (to.kind) {
    case Kind::Float:
      return number;
    case Kind::Number:
      return check_precision(round_to_scale(number, to.scale), to);
    case Kind::Boolean:
      return int64_t{number != 0};
    default:
      no_cast(plain_type(Kind::Float), to);
  }
}

Value json_to(const std::string& json, const Type& from, const Type& to) {
  using Is = JsonScalar::Is;
  if (to.kind == Kind::Variant) return json;
  const JsonScalar scalar = json_scalar(json);
  if (scalar.is == Is::Null) return {};
  if (to.kind == Kind::Object && scalar.is == Is::Object) return json;
  if (to.kind == Kind::Array) return scalar.is == Is::Array ? Value(json) : Value(json_array({json}));
  if (to.kind == Kind::Text) return check_length(scalar.is == Is::String ? scalar.text : json, to);
  const auto refused = [&]() {
    refuse("100071", "22000", fmt::format("Failed to cast variant value {} to {}", json, spell(to)));
  };
  switch (scalar.is) {
    case Is::String:
      return convert(scalar.text, text_type(), to);
    case Is::Boolean:
      if (to.kind == Kind::Boolean || to.kind == Kind::Number) return int64_t{scalar.boolean};
      break;
    case Is::Integer:
      if (to.kind == Kind::Number || to.kind == Kind::Float || to.kind == Kind::Boolean || to.is_timestamp())
        return convert(scalar.integer, number_type(19, 0), to);
      break;
    case Is::Real:
      if (to.kind == Kind::Number || to.kind == Kind::Float || to.kind == Kind::Boolean)
        return float_to(scalar.real, to);
      break;
    default:
      break;
  }
  static_cast<void>(from);
  refused();
  return {};
}

Value temporal_to(const Value& value, const Type& from, const Type& to) {
  const bool time_of_day = from.kind == Kind::Time;
  const int offset = from.kind == Kind::Tz ? tz_offset(text_of(value)) : 0;
  switch (to.kind) {
    case Kind::Date: {
      if (from.kind == Kind::Date) return value;
      if (time_of_day) no_cast(from, to);
      return difference(Unit::Day, 0, local_of(value, from));
    }
    case Kind::Time:
      if (time_of_day) return cut(whole(value), to.scale);
      if (from.kind == Kind::Date) no_cast(from, to);
      return cut(local_of(value, from) - truncate(Unit::Day, local_of(value, from)), to.scale);
    case Kind::Ntz:
    case Kind::Ltz:
    case Kind::Tz:
      if (time_of_day) no_cast(from, to);
      return make_timestamp(local_of(value, from), offset, to);
    default:
      no_cast(from, to);
  }
}

}  // namespace

int64_t parse_decimal(std::string_view text, int scale) {
  std::string_view rest = trim(text);
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  Wide value = 0;
  int decimals = 0;
  bool point = false, any = false, round_up = false, cut_off = false;
  size_t i = 0;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9') {
      any = true;
      if (point && decimals == scale) {
        if (!cut_off) round_up = c >= '5';
        cut_off = true;
        continue;
      }
      value = value * 10 + (c - '0');
      decimals += point ? 1 : 0;
      if (value > power_of_ten(37)) refuse_unsupported("NUMBER beyond 64 bits");
    } else {
      break;
    }
  }
  if (!any) no_number(text);
  if (i < rest.size()) {  // an exponent, or nothing that belongs to a number
    if (rest[i] != 'e' && rest[i] != 'E') no_number(text);
    return round_to_scale(to_real(text), scale);
  }
  value = value * power_of_ten(scale - decimals) + (round_up ? 1 : 0);
  return narrow(negative ? -value : value);
}

std::string decimal_text(int64_t unscaled, int scale) {
  if (scale == 0) return fmt::format("{}", unscaled);
  const bool negative = unscaled < 0;
  const auto size = negative ? 0 - static_cast<uint64_t>(unscaled) : static_cast<uint64_t>(unscaled);
  std::string digits = fmt::format("{}", size);
  const auto decimals = static_cast<size_t>(scale);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  digits.insert(digits.size() - decimals, ".");
  return (negative ? "-" : "") + digits;
}

int64_t rescale(int64_t unscaled, int from_scale, int to_scale) {
  if (from_scale == to_scale) return unscaled;
  if (to_scale > from_scale) return narrow(scaled_up(unscaled, to_scale - from_scale));
  return narrow(round_quotient(unscaled, power_of_ten(from_scale - to_scale)));
}

int64_t divide_rounded(int64_t a, int64_t b, int shift) {
  if (shift < 0) return narrow(round_quotient(a, scaled_up(b, -shift)));
  return narrow(round_quotient(scaled_up(a, shift), b));
}

int64_t round_to_scale(double number, int scale) {
  const double scaled = std::round(number * static_cast<double>(power_of_ten(scale)));
  if (std::isnan(scaled) || std::fabs(scaled) >= 9.2e18) out_of_range(float_text(number));
  return static_cast<int64_t>(scaled);
}

std::string tz_text(int64_t utc_nanoseconds, int offset_minutes) {
  return fmt::format("{:020} {:04}", static_cast<uint64_t>(utc_nanoseconds) ^ (uint64_t{1} << 63),
                     offset_minutes + 1440);
}

int64_t tz_utc(std::string_view tz) {
  uint64_t biased = 0;
  std::from_chars(tz.data(), tz.data() + std::min<size_t>(20, tz.size()), biased);
  return static_cast<int64_t>(biased ^ (uint64_t{1} << 63));
}

int tz_offset(std::string_view tz) {
  int offset = 1440;
  if (tz.size() > 21) std::from_chars(tz.data() + 21, tz.data() + tz.size(), offset);
  return offset - 1440;
}

std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02X}", static_cast<unsigned char>(c));
  return text;
}

std::string to_text(const Value& value, const Type& type) {
  switch (type.kind) {
    case Kind::Number:
      return decimal_text(whole(value), type.scale);
    case Kind::Float:
      return float_text(real(value));
    case Kind::Boolean:
      return whole(value) != 0 ? "true" : "false";
    case Kind::Binary:
      return to_hex(text_of(value));
    case Kind::Date:
      return format_days(whole(value));
    case Kind::Time:
      return format_instant(whole(value), 0, "HH24:MI:SS");
    case Kind::Ntz:
      return format_instant(whole(value), 0, kTimestampFormat);
    case Kind::Ltz:
      return format_instant(whole(value), 0, kZonedFormat);
    case Kind::Tz:
      return format_instant(local_of(value, type), tz_offset(text_of(value)), kZonedFormat);
    default:
      return text_of(value);
  }
}

std::string to_json(const Value& value, const Type& type) {
  switch (type.kind) {
    case Kind::Number: {
      std::string text = decimal_text(whole(value), type.scale);
      if (type.scale > 0) {
        text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
      }
      return text;
    }
    case Kind::Float:
      return float_text(real(value));
    case Kind::Boolean:
      return whole(value) != 0 ? "true" : "false";
    case Kind::Variant:
    case Kind::Object:
    case Kind::Array:
      return text_of(value);
    default:
      return json_quote(to_text(value, type));
  }
}

Value convert(const Value& value, const Type& from, const Type& to) {
  if (is_null(value)) return {};
  if (from.kind == Kind::Null || to.kind == Kind::Null) return value;
  if (to.kind == Kind::Opaque || from.kind == Kind::Opaque) {
    if (from == to) return value;
    refuse_unsupported(spell(to.kind == Kind::Opaque ? to : from));
  }
  if (from.is_json()) return json_to(text_of(value), from, to);
  if (to.kind == Kind::Variant) return to_json(value, from);
  if (to.is_json()) no_cast(from, to);
  if (from.kind == Kind::Text) return text_to(text_of(value), to);
  if (to.kind == Kind::Text) return check_length(to_text(value, from), to);
  if (from.is_temporal()) return temporal_to(value, from, to);
  switch (from.kind) {
    case Kind::Number:
      return number_to(value, from, to);
    case Kind::Float:
      return float_to(real(value), to);
    case Kind::Boolean:
      return number_to(value, number_type(1, 0), to);
    case Kind::Binary:
      if (to.kind == Kind::Binary) return value;
      break;
    default:
      break;
  }
  no_cast(from, to);
}

Cell to_wire(const Value& value, const Type& type) {
  if (is_null(value)) return std::nullopt;
  switch (type.kind) {
    case Kind::Number:
      return decimal_text(whole(value), type.scale);
    case Kind::Float:
      return float_text(real(value));
    case Kind::Date:
      return fmt::format("{}", whole(value));
    case Kind::Time:
    case Kind::Ntz:
    case Kind::Ltz:
      return with_fraction(whole(value), type.scale);
    case Kind::Tz: {
      const std::string& text = text_of(value);
      return fmt::format("{} {}", with_fraction(tz_utc(text), type.scale), tz_offset(text) + 1440);
    }
    case Kind::Variant:
    case Kind::Object:
    case Kind::Array:
      return json_pretty(text_of(value));
    default:
      return to_text(value, type);
  }
}

Value from_wire(const Cell& cell, const Type& type) {
  if (!cell) return {};
  switch (type.kind) {
    case Kind::Number:
      return parse_decimal(*cell, type.scale);
    case Kind::Float:
      return to_real(*cell);
    case Kind::Boolean:
      return int64_t{to_boolean(*cell)};
    case Kind::Binary:
      return Blob{from_hex(*cell)};
    case Kind::Date:
      return parse_decimal(*cell, 0);
    case Kind::Time:
    case Kind::Ntz:
    case Kind::Ltz:
      return parse_fraction(*cell);
    case Kind::Tz: {
      const auto blank = cell->find(' ');
      const auto offset = blank == std::string::npos ? 1440 : parse_decimal(cell->substr(blank + 1), 0);
      return tz_text(parse_fraction(std::string_view(*cell).substr(0, blank)), static_cast<int>(offset) - 1440);
    }
    case Kind::Variant:
    case Kind::Object:
    case Kind::Array:
      return json_normal(*cell).value_or(json_quote(*cell));
    default:
      return *cell;
  }
}

}  // namespace mesh::sandbox::query
