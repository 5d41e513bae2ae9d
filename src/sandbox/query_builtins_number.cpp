// Numbers, dates and casts.

#include "query_builtins.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "mesh/base/digest.hpp"
#include "query_error.hpp"
#include "query_time.hpp"

namespace mesh::sandbox::query {

int64_t integer(const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) return *number;
  refuse_unsupported("NUMBER beyond 64 bits");
}
double real(const Value& value) {
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return static_cast<double>(integer(value));
}
const std::string& text(const Value& value) {
  static const std::string kEmpty;
  const auto* found = std::get_if<std::string>(&value);
  return found == nullptr ? kEmpty : *found;
}
namespace {

Type type_arg(const Value& value) { return parse_type(text(value)); }

[[noreturn]] void division_by_zero() { refuse("100051", "22012", "Division by zero"); }

Value divide(const Args& a) {
  if (integer(a[1]) == 0) division_by_zero();
  return divide_rounded(integer(a[0]), integer(a[1]), static_cast<int>(integer(a[2])));
}
Value mean(const Args& a) {
  if (integer(a[1]) == 0) return {};
  return divide_rounded(integer(a[0]), integer(a[1]), static_cast<int>(integer(a[2])));
}
Value multiply(const Args& a) {
  __extension__ typedef __int128 Wide;
  Wide product = Wide{integer(a[0])} * integer(a[1]);
  Wide unit = 1;
  for (int64_t i = 0; i < integer(a[2]); ++i) unit *= 10;
  const Wide half = product < 0 ? -(unit / 2) : unit / 2;
  product = (product + half) / unit;
  if (product > INT64_MAX || product < INT64_MIN) refuse_unsupported("NUMBER beyond 64 bits");
  return static_cast<int64_t>(product);
}
Value modulo(const Args& a) {
  if (integer(a[1]) == 0) division_by_zero();
  return integer(a[1]) == -1 ? int64_t{0} : integer(a[0]) % integer(a[1]);
}
Value float_divide(const Args& a) {
  if (real(a[1]) == 0) division_by_zero();
  return real(a[0]) / real(a[1]);
}
Value float_modulo(const Args& a) {
  if (real(a[1]) == 0) division_by_zero();
  return std::fmod(real(a[0]), real(a[1]));
}
// sf_round(x, its scale, wanted scale, kept scale, mode)
Value round_number(const Args& a) {
  const int64_t value = integer(a[0]), scale = integer(a[1]), wanted = integer(a[2]), kept = integer(a[3]);
  const char mode = text(a[4]).front();
  int64_t unit = 1;
  for (int64_t i = wanted; i < scale && unit < INT64_MAX / 10; ++i) unit *= 10;
  const int64_t floor = value / unit - (value % unit < 0 ? 1 : 0);
  int64_t units = 0;
  if (mode == 'r') units = divide_rounded(value, unit, 0);
  if (mode == 't') units = value / unit;
  if (mode == 'f') units = floor;
  if (mode == 'c') units = floor + (value % unit != 0 ? 1 : 0);
  int64_t result = 0;
  if (__builtin_mul_overflow(units, unit, &result)) refuse_unsupported("NUMBER beyond 64 bits");
  return rescale(result, static_cast<int>(scale), static_cast<int>(kept));
}
Value round_float(const Args& a) {
  const double unit = std::pow(10.0, static_cast<double>(integer(a[1])));
  const double scaled = real(a[0]) * unit;
  switch (text(a[2]).front()) {
    case 'r':
      return std::round(scaled) / unit;
    case 'c':
      return std::ceil(scaled) / unit;
    case 'f':
      return std::floor(scaled) / unit;
    default:
      return std::trunc(scaled) / unit;
  }
}
Value square(const Args& a) { return real(a[0]) * real(a[0]); }
Value bool_and(const Args& a) { return int64_t{integer(a[0]) != 0 && integer(a[1]) != 0}; }
Value bool_or(const Args& a) { return int64_t{integer(a[0]) != 0 || integer(a[1]) != 0}; }

// The value's local reading in nanoseconds, whatever its kind.
int64_t nanoseconds(const Value& value, const Type& type) {
  if (type.kind == Kind::Tz) return tz_utc(text(value)) + int64_t{tz_offset(text(value))} * 60 * kSecond;
  if (type.kind != Kind::Date) return integer(value);
  int64_t result = 0;
  if (__builtin_mul_overflow(integer(value), kDay, &result))
    refuse_unsupported("date arithmetic outside the years 1678 to 2262");
  return result;
}
Value back(int64_t local, const Type& type, const Value& model) {
  switch (type.kind) {
    case Kind::Date:
      return difference(Unit::Day, 0, local);
    case Kind::Time:
      return local - truncate(Unit::Day, local);
    case Kind::Tz: {
      const int offset = tz_offset(text(model));
      return tz_text(local - int64_t{offset} * 60 * kSecond, offset);
    }
    default:
      return local;
  }
}
Unit unit_arg(const Value& value) { return unit_of(text(value)).value_or(Unit::Day); }

Value date_add(const Args& a) {
  const Type type = type_arg(a[3]);
  return back(add(unit_arg(a[0]), integer(a[1]), nanoseconds(a[2], type)), type, a[2]);
}
Value date_difference(const Args& a) {
  return difference(unit_arg(a[0]), nanoseconds(a[1], type_arg(a[2])), nanoseconds(a[3], type_arg(a[4])));
}
Value date_truncate(const Args& a) {
  const Type type = type_arg(a[2]);
  return back(truncate(unit_arg(a[0]), nanoseconds(a[1], type)), type, a[1]);
}
Value date_part(const Args& a) {
  const auto part = part_of(text(a[0]), nanoseconds(a[1], type_arg(a[2])));
  if (!part) return {};
  return *part;
}
Value last_day(const Args& a) {
  return difference(Unit::Day, 0, last_day_of_month(nanoseconds(a[0], plain_type(Kind::Date))));
}
Value format_value(const Args& a) {
  const Type type = type_arg(a[1]);
  return format_instant(nanoseconds(a[0], type), type.kind == Kind::Tz ? tz_offset(text(a[0])) : 0, text(a[2]));
}
Value parse_value(const Args& a) {  // text, format, type, trying
  const Type type = type_arg(a[2]);
  const auto instant = parse_instant(text(a[0]), text(a[1]));
  if (!instant && integer(a[3]) != 0) return {};
  // The message of a format that does not fit is longer on the wire; unconfirmed.
  if (!instant)
    refuse("100096", "22007",
           fmt::format("Can't parse '{}' as {} with format '{}'", text(a[0]),
                       type.kind == Kind::Date ? "date" : "timestamp", text(a[1])));
  const Value zoned = tz_text(instant->utc(), instant->offset_minutes.value_or(0));
  return convert(zoned, scaled_type(Kind::Tz), type);
}
Value utc_of_tz(const Args& a) { return tz_utc(text(a[0])); }

Value cast_value(const Args& a) { return convert(a[0], type_arg(a[1]), type_arg(a[2])); }
Value try_cast_value(const Args& a) {
  try {
    return cast_value(a);
  } catch (const SqlError& error) {
    if (error.code.substr(0, 3) == "100") return {};  // a value that does not convert; anything else stays an error
    throw;
  }
}
Value uuid(const Args&) { return random_uuid(); }

// Keeps values apart that look alike: the separator cannot stand in a text, and NULL counts as Snowflake's COUNT(a, b)
// wants.
Value tuple(const Args& a) {
  std::string whole;
  for (const Value& part : a)
    whole += to_text(part, part.index() == 1   ? number_type(38, 0)
                           : part.index() == 2 ? plain_type(Kind::Float)
                           : part.index() == 4 ? Type{.kind = Kind::Binary}
                                               : text_type()) +
             '\x1f';
  return whole;
}
Value hash(const Args& a) {  // stable, but not Snowflake's own values
  uint64_t state = 14695981039346656037ULL;
  for (const Value& part : a)
    for (const char c : (is_null(part) ? std::string("\x02") : text(part)) + '\x1f')
      state = (state ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<int64_t>(state);
}

constexpr std::array kBuiltins = {
    Builtin{"sf_cast", 3, cast_value},
    Builtin{"sf_try_cast", 3, try_cast_value},
    Builtin{"sf_div", 3, divide},
    Builtin{"sf_mean", 3, mean},
    Builtin{"sf_mul", 3, multiply},
    Builtin{"sf_mod", 2, modulo},
    Builtin{"sf_fdiv", 2, float_divide},
    Builtin{"sf_fmod", 2, float_modulo},
    Builtin{"sf_round", 5, round_number},
    Builtin{"sf_fround", 3, round_float},
    Builtin{"sf_square", 1, square},
    Builtin{"sf_booland", 2, bool_and},
    Builtin{"sf_boolor", 2, bool_or},
    Builtin{"sf_dateadd", 4, date_add},
    Builtin{"sf_datediff", 5, date_difference},
    Builtin{"sf_datetrunc", 3, date_truncate},
    Builtin{"sf_part", 3, date_part},
    Builtin{"sf_last_day", 1, last_day},
    Builtin{"sf_format", 3, format_value},
    Builtin{"sf_parse", 4, parse_value},
    Builtin{"sf_tz_utc", 1, utc_of_tz},
    Builtin{"sf_tuple", -1, tuple},
    Builtin{"sf_hash", -1, hash, false},
    Builtin{"sf_uuid", 0, uuid, true, false},
};

}  // namespace

std::span<const Builtin> number_builtins() { return kBuiltins; }

}  // namespace mesh::sandbox::query
