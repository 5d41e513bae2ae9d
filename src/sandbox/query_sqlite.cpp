#include "query_sqlite.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <memory>
#include <regex>

#include "mesh/base/digest.hpp"
#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_json.hpp"
#include "query_time.hpp"

namespace mesh::sandbox::query {
namespace {

Value value_of(sqlite3_value* value) {
  const auto bytes = [&](const void* data) {
    return data == nullptr
               ? std::string()
               : std::string(static_cast<const char*>(data), static_cast<size_t>(sqlite3_value_bytes(value)));
  };
  switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER:
      return int64_t{sqlite3_value_int64(value)};
    case SQLITE_FLOAT:
      return sqlite3_value_double(value);
    case SQLITE_TEXT:
      return bytes(sqlite3_value_text(value));
    case SQLITE_BLOB:
      return Blob{bytes(sqlite3_value_blob(value))};
    default:
      return {};
  }
}

void give(sqlite3_context* context, const Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value)) return sqlite3_result_int64(context, *integer);
  if (const auto* real = std::get_if<double>(&value)) return sqlite3_result_double(context, *real);
  const auto size = [](const std::string& text) { return static_cast<int>(text.size()); };
  if (const auto* text = std::get_if<std::string>(&value))
    return sqlite3_result_text(context, text->data(), size(*text), SQLITE_TRANSIENT);
  if (const auto* blob = std::get_if<Blob>(&value))
    return sqlite3_result_blob(context, blob->bytes.data(), size(blob->bytes), SQLITE_TRANSIENT);
  sqlite3_result_null(context);
}

using Args = std::vector<Value>;

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
Type type_arg(const Value& value) { return parse_type(text(value)); }

[[noreturn]] void division_by_zero() { refuse("100051", "22012", "Division by zero"); }

// Text, in code points.

std::vector<size_t> starts(const std::string& utf8) {  // of each code point, and the end
  std::vector<size_t> result;
  for (size_t i = 0; i < utf8.size(); ++i)
    if ((static_cast<unsigned char>(utf8[i]) & 0xC0) != 0x80) result.push_back(i);
  result.push_back(utf8.size());
  return result;
}

std::string slice(const std::string& utf8, int64_t from, int64_t count) {  // from 0
  const auto at = starts(utf8);
  const auto size = static_cast<int64_t>(at.size()) - 1;
  from = std::clamp<int64_t>(from, 0, size);
  const int64_t to = std::clamp<int64_t>(count > size ? size : from + count, from, size);
  return utf8.substr(at[static_cast<size_t>(from)], at[static_cast<size_t>(to)] - at[static_cast<size_t>(from)]);
}
int64_t size_of(const std::string& utf8) { return static_cast<int64_t>(starts(utf8).size()) - 1; }

// SUBSTR counts from 1, 0 is taken for 1, a negative start counts from the end.
Value substr(const Args& a) {
  int64_t from = integer(a[1]);
  const int64_t size = size_of(text(a[0]));
  if (from < 0) from = size + from + 1;
  if (from < 0) return std::string();
  const int64_t count = a.size() > 2 ? std::max<int64_t>(integer(a[2]), 0) : size;
  return slice(text(a[0]), std::max<int64_t>(from - 1, 0), count);
}
Value left(const Args& a) { return slice(text(a[0]), 0, std::max<int64_t>(integer(a[1]), 0)); }
Value right(const Args& a) {
  const int64_t size = size_of(text(a[0])), count = std::clamp<int64_t>(integer(a[1]), 0, size);
  return slice(text(a[0]), size - count, count);
}
Value replace(const Args& a) {
  if (text(a[1]).empty()) return a[0];
  return replace_all(text(a[0]), text(a[1]), a.size() > 2 ? text(a[2]) : "");
}

std::vector<std::string> parts_of(const std::string& whole, const std::string& separator) {
  std::vector<std::string> parts;
  size_t begin = 0;
  for (size_t at = 0; !separator.empty() && (at = whole.find(separator, begin)) != std::string::npos;) {
    parts.push_back(whole.substr(begin, at - begin));
    begin = at + separator.size();
  }
  parts.push_back(whole.substr(begin));
  return parts;
}
Value split_part(const Args& a) {
  const auto parts = parts_of(text(a[0]), text(a[1]));
  int64_t wanted = integer(a[2]);
  if (wanted == 0) wanted = 1;
  if (wanted < 0) wanted = static_cast<int64_t>(parts.size()) + wanted + 1;
  if (wanted < 1 || wanted > static_cast<int64_t>(parts.size())) return std::string();
  return parts[static_cast<size_t>(wanted) - 1];
}
Value split_text(const Args& a) {
  std::vector<std::optional<std::string>> elements;
  for (const auto& part : parts_of(text(a[0]), text(a[1]))) elements.emplace_back(json_quote(part));
  return json_array(elements);
}
Value starts_with(const Args& a) { return int64_t{text(a[0]).compare(0, text(a[1]).size(), text(a[1])) == 0}; }
Value ends_with(const Args& a) {
  const auto &whole = text(a[0]), &end = text(a[1]);
  return int64_t{whole.size() >= end.size() && whole.compare(whole.size() - end.size(), end.size(), end) == 0};
}
Value contains(const Args& a) { return int64_t{text(a[0]).find(text(a[1])) != std::string::npos}; }
Value position(const Args& a) {  // CHARINDEX(needle, hay [, from])
  const auto at = starts(text(a[1]));
  const int64_t from = a.size() > 2 ? std::max<int64_t>(integer(a[2]), 1) - 1 : 0;
  if (from >= static_cast<int64_t>(at.size())) return int64_t{0};
  const size_t found = text(a[1]).find(text(a[0]), at[static_cast<size_t>(from)]);
  if (found == std::string::npos) return int64_t{0};
  return static_cast<int64_t>(std::lower_bound(at.begin(), at.end(), found) - at.begin()) + 1;
}
Value concat(const Args& a) {
  std::string whole;
  for (const Value& part : a) whole += text(part);
  return whole;
}
Value concat_ws(const Args& a) {
  std::string whole;
  for (size_t i = 1; i < a.size(); ++i) whole += (i == 1 ? "" : text(a[0])) + text(a[i]);
  return whole;
}
Value repeat(const Args& a) {
  std::string whole;
  if (integer(a[1]) > 0 && static_cast<int64_t>(text(a[0]).size()) * integer(a[1]) > kColumnLength)
    refuse_unsupported("REPEAT beyond 16 MB");
  for (int64_t i = 0; i < integer(a[1]); ++i) whole += text(a[0]);
  return whole;
}
Value reverse(const Args& a) {
  const auto at = starts(text(a[0]));
  std::string whole;
  for (size_t i = at.size() - 1; i > 0; --i) whole += text(a[0]).substr(at[i - 1], at[i] - at[i - 1]);
  return whole;
}
std::string padding(const Args& a) {
  const std::string fill = a.size() > 2 ? text(a[2]) : " ";
  const int64_t missing = integer(a[1]) - size_of(text(a[0]));
  std::string pad;
  while (!fill.empty() && size_of(pad) < missing) pad += fill;
  return slice(pad, 0, std::max<int64_t>(missing, 0));
}
Value lpad(const Args& a) { return slice(padding(a) + text(a[0]), 0, std::max<int64_t>(integer(a[1]), 0)); }
Value rpad(const Args& a) { return slice(text(a[0]) + padding(a), 0, std::max<int64_t>(integer(a[1]), 0)); }
Value initcap(const Args& a) {
  std::string whole = to_lower(text(a[0]));
  bool start = true;
  for (char& c : whole) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (start && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    start = !letter;
  }
  return whole;
}

bool like_match(std::string_view value, std::string_view pattern, std::string_view escape) {
  while (!pattern.empty()) {
    if (!escape.empty() && pattern.substr(0, escape.size()) == escape && pattern.size() > escape.size()) {
      pattern.remove_prefix(escape.size());
    } else if (pattern.front() == '%') {
      pattern.remove_prefix(1);
      for (size_t i = 0; i <= value.size(); ++i)
        if (like_match(value.substr(i), pattern, escape)) return true;
      return false;
    } else if (pattern.front() == '_') {
      if (value.empty()) return false;
      size_t size = 1;
      while (size < value.size() && (static_cast<unsigned char>(value[size]) & 0xC0) == 0x80) ++size;
      value.remove_prefix(size);
      pattern.remove_prefix(1);
      continue;
    }
    if (value.empty() || value.front() != pattern.front()) return false;
    value.remove_prefix(1);
    pattern.remove_prefix(1);
  }
  return value.empty();
}
Value like(const Args& a) { return int64_t{like_match(text(a[0]), text(a[1]), text(a[2]))}; }
Value ilike(const Args& a) {
  return int64_t{like_match(to_lower(text(a[0])), to_lower(text(a[1])), to_lower(text(a[2])))};
}

std::regex regex_of(const std::string& pattern, const std::string& parameters) {
  auto flags = std::regex::ECMAScript;
  if (parameters.find('i') != std::string::npos) flags |= std::regex::icase;
  try {
    return std::regex(pattern, flags);
  } catch (const std::regex_error&) {
    refuse("100048", "2201B", fmt::format("Invalid regular expression: '{}'", pattern));
  }
}
Value rlike(const Args& a) {  // anchored at both ends
  return int64_t{std::regex_match(text(a[0]), regex_of(text(a[1]), a.size() > 2 ? text(a[2]) : ""))};
}
Value regexp_replace(const Args& a) {
  return std::regex_replace(text(a[0]), regex_of(text(a[1]), ""), a.size() > 2 ? text(a[2]) : "");
}
Value regexp_substr(const Args& a) {
  std::smatch match;
  if (!std::regex_search(text(a[0]), match, regex_of(text(a[1]), ""))) return {};
  return match.str();
}

std::string digest(const std::string& data, const EVP_MD* method) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (EVP_Digest(data.data(), data.size(), bytes.data(), &size, method, nullptr) != 1) refuse_internal("digest failed");
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}
Value sha2(const Args& a) {
  switch (a.size() > 1 ? integer(a[1]) : 256) {
    case 224:
      return digest(text(a[0]), EVP_sha224());
    case 0:
    case 256:
      return digest(text(a[0]), EVP_sha256());
    case 384:
      return digest(text(a[0]), EVP_sha384());
    case 512:
      return digest(text(a[0]), EVP_sha512());
    default:
      refuse("001008", "22023", fmt::format("Invalid digest size '{}'", integer(a[1])));
  }
}
Value sha1(const Args& a) { return digest(text(a[0]), EVP_sha1()); }
Value md5(const Args& a) { return digest(text(a[0]), EVP_md5()); }

// Numbers.

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

// Dates.

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

// JSON.

Value parse_json(const Args& a) {
  if (trim(text(a[0])).empty()) return {};
  const auto json = json_normal(text(a[0]));
  if (!json) refuse("100069", "22P02", fmt::format("Error parsing JSON: {}", text(a[0])));
  return *json;
}
Value try_parse_json(const Args& a) {
  const auto json = json_normal(text(a[0]));
  if (!json) return {};
  return *json;
}
Value check_json(const Args& a) {
  if (trim(text(a[0])).empty() || json_normal(text(a[0]))) return {};
  return std::string("invalid JSON");
}
Value json_get(const Args& a) {
  const auto* index = std::get_if<int64_t>(&a[1]);
  const auto found = index != nullptr ? json_element(text(a[0]), *index) : json_member(text(a[0]), text(a[1]));
  if (!found) return {};
  return *found;
}
Value json_typeof(const Args& a) {
  using Is = JsonScalar::Is;
  switch (json_scalar(text(a[0])).is) {
    case Is::Null:
      return std::string("NULL_VALUE");
    case Is::Boolean:
      return std::string("BOOLEAN");
    case Is::Integer:
      return std::string("INTEGER");
    case Is::Real:
      return std::string("DOUBLE");
    case Is::String:
      return std::string("VARCHAR");
    case Is::Object:
      return std::string("OBJECT");
    case Is::Array:
      return std::string("ARRAY");
  }
  return {};
}
Value is_null_value(const Args& a) { return int64_t{text(a[0]) == "null"}; }
Value array_size(const Args& a) {
  const auto size = json_array_size(text(a[0]));
  if (!size) return {};
  return *size;
}
Value object_keys(const Args& a) {
  std::vector<std::optional<std::string>> keys;
  for (const auto& key : json_keys(text(a[0]))) keys.emplace_back(json_quote(key));
  return json_array(keys);
}
Value array_contains(const Args& a) {  // value, array
  const auto size = json_array_size(text(a[1])).value_or(0);
  for (int64_t i = 0; i < size; ++i)
    if (json_element(text(a[1]), i) == text(a[0])) return int64_t{1};
  return int64_t{0};
}
Value array_to_string(const Args& a) {
  const auto size = json_array_size(text(a[0]));
  if (!size) return {};
  std::string whole;
  for (int64_t i = 0; i < *size; ++i) {
    const Value element = convert(json_element(text(a[0]), i).value_or("null"), plain_type(Kind::Variant), text_type());
    whole += (i == 0 ? "" : text(a[1])) + text(element);
  }
  return whole;
}
std::optional<std::string> optional_text(const Value& value) {
  if (is_null(value)) return std::nullopt;
  return text(value);
}
Value object_from(const Args& a, bool keep) {
  std::vector<std::pair<std::string, std::optional<std::string>>> members;
  for (size_t i = 0; i + 1 < a.size(); i += 2)
    if (!is_null(a[i])) members.emplace_back(text(a[i]), optional_text(a[i + 1]));
  return json_object(members, keep);
}
Value object(const Args& a) { return object_from(a, false); }
Value object_keep(const Args& a) { return object_from(a, true); }
Value array(const Args& a) {
  std::vector<std::optional<std::string>> elements;
  for (const Value& value : a) elements.push_back(optional_text(value));
  return json_array(elements);
}

// The rest.

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

struct Function {
  const char* name;
  int args;  // -1: any number
  Value (*call)(const Args&);
  bool null_in_null_out = true;
  bool deterministic = true;
};
constexpr std::array kFunctions = {
    Function{"sf_cast", 3, cast_value},
    Function{"sf_try_cast", 3, try_cast_value},
    Function{"sf_div", 3, divide},
    Function{"sf_mean", 3, mean},
    Function{"sf_mul", 3, multiply},
    Function{"sf_mod", 2, modulo},
    Function{"sf_fdiv", 2, float_divide},
    Function{"sf_fmod", 2, float_modulo},
    Function{"sf_round", 5, round_number},
    Function{"sf_fround", 3, round_float},
    Function{"sf_square", 1, square},
    Function{"sf_booland", 2, bool_and},
    Function{"sf_boolor", 2, bool_or},
    Function{"sf_substr", -1, substr},
    Function{"sf_left", 2, left},
    Function{"sf_right", 2, right},
    Function{"sf_replace", -1, replace},
    Function{"sf_split_part", 3, split_part},
    Function{"sf_split", 2, split_text},
    Function{"sf_startswith", 2, starts_with},
    Function{"sf_endswith", 2, ends_with},
    Function{"sf_contains", 2, contains},
    Function{"sf_position", -1, position},
    Function{"sf_concat", -1, concat},
    Function{"sf_concat_ws", -1, concat_ws},
    Function{"sf_repeat", 2, repeat},
    Function{"sf_reverse", 1, reverse},
    Function{"sf_lpad", -1, lpad},
    Function{"sf_rpad", -1, rpad},
    Function{"sf_initcap", 1, initcap},
    Function{"sf_like", 3, like},
    Function{"sf_ilike", 3, ilike},
    Function{"sf_rlike", -1, rlike},
    Function{"sf_regexp_replace", -1, regexp_replace},
    Function{"sf_regexp_substr", 2, regexp_substr},
    Function{"sf_sha2", -1, sha2},
    Function{"sf_sha1", 1, sha1},
    Function{"sf_md5", 1, md5},
    Function{"sf_dateadd", 4, date_add},
    Function{"sf_datediff", 5, date_difference},
    Function{"sf_datetrunc", 3, date_truncate},
    Function{"sf_part", 3, date_part},
    Function{"sf_last_day", 1, last_day},
    Function{"sf_format", 3, format_value},
    Function{"sf_parse", 4, parse_value},
    Function{"sf_tz_utc", 1, utc_of_tz},
    Function{"sf_parse_json", 1, parse_json},
    Function{"sf_try_parse_json", 1, try_parse_json},
    Function{"sf_check_json", 1, check_json},
    Function{"sf_get", 2, json_get},
    Function{"sf_typeof", 1, json_typeof},
    Function{"sf_is_null_value", 1, is_null_value},
    Function{"sf_array_size", 1, array_size},
    Function{"sf_object_keys", 1, object_keys},
    Function{"sf_array_contains", 2, array_contains},
    Function{"sf_array_to_string", 2, array_to_string},
    Function{"sf_object", -1, object, false},
    Function{"sf_object_keep", -1, object_keep, false},
    Function{"sf_array", -1, array, false},
    Function{"sf_tuple", -1, tuple},
    Function{"sf_hash", -1, hash, false},
    Function{"sf_uuid", 0, uuid, true, false},
};

void fail_with(sqlite3_context* context, const std::string& message) {
  sqlite3_result_error(context, message.data(), static_cast<int>(message.size()));
}

// Nothing may be thrown through SQLite: a refusal becomes the text of an error, and so does a bug of ours.
template <typename Work>
void guarded(sqlite3_context* context, Work work) {
  try {
    work();
  } catch (const SqlError& error) {
    fail_with(context, pack(error));
  } catch (const std::exception& error) {
    fail_with(context, error.what());
  }
}

void call_scalar(sqlite3_context* context, int count, sqlite3_value** values) {
  const auto& function = *static_cast<const Function*>(sqlite3_user_data(context));
  guarded(context, [&] {
    Args args;
    for (int i = 0; i < count; ++i) {
      if (function.null_in_null_out && sqlite3_value_type(values[i]) == SQLITE_NULL)
        return sqlite3_result_null(context);
      args.push_back(value_of(values[i]));
    }
    give(context, function.call(args));
  });
}

// sf_single: the one value of a scalar subquery.
struct Single {
  bool seen;
  sqlite3_value* value;
};
void single_step(sqlite3_context* context, int, sqlite3_value** values) {
  auto* state = static_cast<Single*>(sqlite3_aggregate_context(context, sizeof(Single)));
  if (state == nullptr) return sqlite3_result_error_nomem(context);
  if (state->seen)  // number unconfirmed
    return fail_with(context, pack({"090150", "22000", "Single-row subquery returns more than one row.", 422}));
  state->seen = true;
  state->value = sqlite3_value_dup(values[0]);
}
void single_final(sqlite3_context* context) {
  auto* state = static_cast<Single*>(sqlite3_aggregate_context(context, 0));
  if (state == nullptr || state->value == nullptr) return sqlite3_result_null(context);
  sqlite3_result_value(context, state->value);
  sqlite3_value_free(state->value);
}

// sf_collect(mode, distinct, separator, value [, key, flags]...): flags 1 descending, 2 NULLs first.
struct Collected {
  struct Entry {
    std::string value;
    std::vector<Value> keys;
  };
  char mode = 'L';
  bool distinct = false;
  std::string separator;
  std::vector<int64_t> flags;
  std::vector<Entry> entries;
};
int order_of(const Value& a, const Value& b, int64_t flags) {
  if (is_null(a) || is_null(b)) {
    if (is_null(a) && is_null(b)) return 0;
    return is_null(a) == ((flags & 2) != 0) ? -1 : 1;
  }
  int order = 0;
  if (a.index() == 3 && b.index() == 3)
    order = text(a).compare(text(b));
  else if (a.index() == 4 && b.index() == 4)
    order = std::get<Blob>(a).bytes.compare(std::get<Blob>(b).bytes);
  else
    order = real(a) < real(b) ? -1 : real(a) > real(b) ? 1 : 0;
  return (flags & 1) != 0 ? -order : order;
}
void collect_step(sqlite3_context* context, int count, sqlite3_value** values) {
  auto** slot = static_cast<Collected**>(sqlite3_aggregate_context(context, sizeof(void*)));
  if (slot == nullptr) return sqlite3_result_error_nomem(context);
  guarded(context, [&] {
    if (*slot == nullptr) {
      auto state = std::make_unique<Collected>();
      state->mode = text(value_of(values[0])).front();
      state->distinct = sqlite3_value_int(values[1]) != 0;
      state->separator = text(value_of(values[2]));
      for (int i = 5; i < count; i += 2) state->flags.push_back(sqlite3_value_int64(values[i]));
      *slot = state.release();
    }
    if (sqlite3_value_type(values[3]) == SQLITE_NULL) return;
    Collected::Entry entry{text(value_of(values[3])), {}};
    for (int i = 4; i < count; i += 2) entry.keys.push_back(value_of(values[i]));
    (*slot)->entries.push_back(std::move(entry));
  });
}
void collect_final(sqlite3_context* context) {
  auto** slot = static_cast<Collected**>(sqlite3_aggregate_context(context, 0));
  const std::unique_ptr<Collected> state(slot == nullptr ? nullptr : *slot);
  guarded(context, [&] {
    if (state == nullptr) {
      // No rows at all; the arguments were never seen, so LISTAGG and ARRAY_AGG are told apart by registration.
      const auto* empty = static_cast<const char*>(sqlite3_user_data(context));
      return give(context, std::string(empty));
    }
    auto& entries = state->entries;
    std::stable_sort(entries.begin(), entries.end(), [&](const auto& a, const auto& b) {
      for (size_t i = 0; i < a.keys.size(); ++i)
        if (const int order = order_of(a.keys[i], b.keys[i], state->flags[i]); order != 0) return order < 0;
      return false;
    });
    std::vector<std::string> kept;
    for (const auto& entry : entries)
      if (!state->distinct || std::find(kept.begin(), kept.end(), entry.value) == kept.end())
        kept.push_back(entry.value);
    if (state->mode == 'L') return give(context, join(kept, state->separator));
    give(context, json_array({kept.begin(), kept.end()}));
  });
}

void check(sqlite3* db, int code) {
  if (code != SQLITE_OK) refuse_internal(sqlite3_errmsg(db));
}

}  // namespace

void register_functions(sqlite3* db) {
  // Registering anew would expire every prepared statement of the connection.
  sqlite3_stmt* probe = nullptr;
  const int known = sqlite3_prepare_v2(db, "SELECT sf_uuid()", -1, &probe, nullptr);
  sqlite3_finalize(probe);
  if (known == SQLITE_OK) return;
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
  for (const Function& function : kFunctions) {
    const int flags = kFlags | (function.deterministic ? SQLITE_DETERMINISTIC : 0);
    // SQLite hands the pointer back to call_scalar, which only reads.
    check(db, sqlite3_create_function_v2(db, function.name, function.args, flags, const_cast<Function*>(&function),
                                         call_scalar, nullptr, nullptr, nullptr));
  }
  check(db,
        sqlite3_create_function_v2(db, "sf_single", 1, kFlags, nullptr, nullptr, single_step, single_final, nullptr));
  static const char kEmptyList[] = "", kEmptyArray[] = "[]";
  check(db, sqlite3_create_function_v2(db, "sf_collect", -1, kFlags, const_cast<char*>(kEmptyList), nullptr,
                                       collect_step, collect_final, nullptr));
  check(db, sqlite3_create_function_v2(db, "sf_collect_array", -1, kFlags, const_cast<char*>(kEmptyArray), nullptr,
                                       collect_step, collect_final, nullptr));
}

Prepared::Prepared(sqlite3* db, const std::string& sql) : db_(db) {
  if (sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &statement_, nullptr) != SQLITE_OK) failed();
}
Prepared::~Prepared() { sqlite3_finalize(statement_); }

void Prepared::failed() const { throw unpack(sqlite3_errmsg(db_)); }

void Prepared::bind(int index, const Value& value) {
  int code = SQLITE_OK;
  if (const auto* integer_value = std::get_if<int64_t>(&value))
    code = sqlite3_bind_int64(statement_, index, *integer_value);
  if (const auto* real_value = std::get_if<double>(&value)) code = sqlite3_bind_double(statement_, index, *real_value);
  if (const auto* text_value = std::get_if<std::string>(&value))
    code = sqlite3_bind_text(statement_, index, text_value->data(), static_cast<int>(text_value->size()),
                             SQLITE_TRANSIENT);
  if (const auto* blob = std::get_if<Blob>(&value))
    code = sqlite3_bind_blob(statement_, index, blob->bytes.data(), static_cast<int>(blob->bytes.size()),
                             SQLITE_TRANSIENT);
  if (is_null(value)) code = sqlite3_bind_null(statement_, index);
  if (code != SQLITE_OK) failed();
}

bool Prepared::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) failed();
  return false;
}

void Prepared::reset() { sqlite3_reset(statement_); }

Value Prepared::value(int column) const {
  const auto bytes = [&](const void* data) {
    const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
    return data == nullptr ? std::string() : std::string(static_cast<const char*>(data), size);
  };
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return int64_t{sqlite3_column_int64(statement_, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_, column);
    case SQLITE_TEXT:
      return bytes(sqlite3_column_text(statement_, column));
    case SQLITE_BLOB:
      return Blob{bytes(sqlite3_column_blob(statement_, column))};
    default:
      return {};
  }
}

void run(sqlite3* db, const std::string& sql) { Prepared(db, sql).step(); }

std::vector<std::vector<Value>> rows_of(sqlite3* db, const std::string& sql, size_t columns) {
  Prepared statement(db, sql);
  std::vector<std::vector<Value>> rows;
  while (statement.step()) {
    std::vector<Value> row;
    for (size_t i = 0; i < columns; ++i) row.push_back(statement.value(static_cast<int>(i)));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace mesh::sandbox::query
