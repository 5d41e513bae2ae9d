#include "query_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "mesh/base/text.hpp"

namespace mesh::sandbox::query {
namespace {

struct Synonym {
  std::string_view name;
  Kind kind;
  int first = 0, second = 0;  // precision and scale, or length in `first`
};
constexpr int kBinaryLength = 8388608;

// data-types pages of the documentation; numbers are the defaults when none are written.
constexpr std::array kSynonyms = {
    Synonym{"NUMBER", Kind::Number, 38, 0},
    Synonym{"DECIMAL", Kind::Number, 38, 0},
    Synonym{"DEC", Kind::Number, 38, 0},
    Synonym{"NUMERIC", Kind::Number, 38, 0},
    Synonym{"INT", Kind::Number, 38, 0},
    Synonym{"INTEGER", Kind::Number, 38, 0},
    Synonym{"BIGINT", Kind::Number, 38, 0},
    Synonym{"SMALLINT", Kind::Number, 38, 0},
    Synonym{"TINYINT", Kind::Number, 38, 0},
    Synonym{"BYTEINT", Kind::Number, 38, 0},
    Synonym{"FLOAT", Kind::Float},
    Synonym{"FLOAT4", Kind::Float},
    Synonym{"FLOAT8", Kind::Float},
    Synonym{"DOUBLE", Kind::Float},
    Synonym{"DOUBLE PRECISION", Kind::Float},
    Synonym{"REAL", Kind::Float},
    Synonym{"VARCHAR", Kind::Text, -1},
    Synonym{"STRING", Kind::Text, -1},
    Synonym{"TEXT", Kind::Text, -1},
    Synonym{"NVARCHAR", Kind::Text, -1},
    Synonym{"CHAR VARYING", Kind::Text, -1},
    Synonym{"CHAR", Kind::Text, 1},
    Synonym{"CHARACTER", Kind::Text, 1},
    Synonym{"NCHAR", Kind::Text, 1},
    Synonym{"BINARY", Kind::Binary, kBinaryLength},
    Synonym{"VARBINARY", Kind::Binary, kBinaryLength},
    Synonym{"BOOLEAN", Kind::Boolean},
    Synonym{"BOOL", Kind::Boolean},
    Synonym{"DATE", Kind::Date},
    Synonym{"TIME", Kind::Time, 9},
    Synonym{"DATETIME", Kind::Ntz, 9},
    Synonym{"TIMESTAMP", Kind::Ntz, 9},
    Synonym{"TIMESTAMP_NTZ", Kind::Ntz, 9},
    Synonym{"TIMESTAMPNTZ", Kind::Ntz, 9},
    Synonym{"TIMESTAMP_LTZ", Kind::Ltz, 9},
    Synonym{"TIMESTAMPLTZ", Kind::Ltz, 9},
    Synonym{"TIMESTAMP_TZ", Kind::Tz, 9},
    Synonym{"TIMESTAMPTZ", Kind::Tz, 9},
    Synonym{"VARIANT", Kind::Variant},
    Synonym{"OBJECT", Kind::Object},
    Synonym{"ARRAY", Kind::Array},
};

struct KindNames {
  Kind kind;
  std::string_view sql, wire;
};
constexpr std::array kKindNames = {
    KindNames{Kind::Null, "NULL", "text"},
    KindNames{Kind::Number, "NUMBER", "fixed"},
    KindNames{Kind::Float, "FLOAT", "real"},
    KindNames{Kind::Text, "VARCHAR", "text"},
    KindNames{Kind::Binary, "BINARY", "binary"},
    KindNames{Kind::Boolean, "BOOLEAN", "boolean"},
    KindNames{Kind::Date, "DATE", "date"},
    KindNames{Kind::Time, "TIME", "time"},
    KindNames{Kind::Ntz, "TIMESTAMP_NTZ", "timestamp_ntz"},
    KindNames{Kind::Ltz, "TIMESTAMP_LTZ", "timestamp_ltz"},
    KindNames{Kind::Tz, "TIMESTAMP_TZ", "timestamp_tz"},
    KindNames{Kind::Variant, "VARIANT", "variant"},
    KindNames{Kind::Object, "OBJECT", "object"},
    KindNames{Kind::Array, "ARRAY", "array"},
};

const KindNames* names_of(Kind kind) {
  const auto* found = std::find_if(kKindNames.begin(), kKindNames.end(), [&](const auto& n) { return n.kind == kind; });
  return found == kKindNames.end() ? nullptr : found;
}

Type common_number(const Type& a, const Type& b) {
  const int scale = std::max(a.scale, b.scale);
  const int leading = std::max(a.precision - a.scale, b.precision - b.scale);
  return number_type(std::min(38, leading + scale), scale);
}

Type widest_text(const Type& a, const Type& b) { return text_type(std::max(a.length, b.length)); }

// What text becomes beside a number: NUMBER(18,5), as the documentation of type conversion has it.
Type text_as(const Type& other) {
  return other.kind == Kind::Number ? common_number(number_type(18, 5), other) : other;
}

int timestamp_rank(Kind kind) {
  switch (kind) {
    case Kind::Date:
      return 1;
    case Kind::Ntz:
      return 2;
    case Kind::Ltz:
      return 3;
    case Kind::Tz:
      return 4;
    default:
      return 0;
  }
}

}  // namespace

Type number_type(int precision, int scale) { return {.kind = Kind::Number, .precision = precision, .scale = scale}; }
Type text_type(int64_t length) { return {.kind = Kind::Text, .length = length}; }
Type plain_type(Kind kind) { return {.kind = kind}; }
Type scaled_type(Kind kind, int scale) { return {.kind = kind, .scale = scale}; }

std::optional<Type> make_type(std::string_view upper_name, const std::vector<int64_t>& numbers) {
  const auto* found =
      std::find_if(kSynonyms.begin(), kSynonyms.end(), [&](const Synonym& s) { return s.name == upper_name; });
  if (found == kSynonyms.end()) return std::nullopt;
  const int64_t first = numbers.empty() ? found->first : numbers[0];
  switch (found->kind) {
    case Kind::Number: {
      const int64_t scale = numbers.size() > 1 ? numbers[1] : 0;
      if (first < 1 || first > 38 || scale < 0 || scale > first) return std::nullopt;
      return number_type(static_cast<int>(first), static_cast<int>(scale));
    }
    case Kind::Text:
      return text_type(first < 0 ? kComputedLength : first);
    case Kind::Binary:
      return Type{.kind = Kind::Binary, .length = first};
    case Kind::Time:
    case Kind::Ntz:
    case Kind::Ltz:
    case Kind::Tz:
      if (first < 0 || first > 9) return std::nullopt;
      return scaled_type(found->kind, static_cast<int>(first));
    default:
      return plain_type(found->kind);
  }
}

Type parse_type(std::string_view normal_form) {
  const auto open = normal_form.find('(');
  std::vector<int64_t> numbers;
  if (open != std::string_view::npos && normal_form.back() == ')') {
    for (const auto& part : split(normal_form.substr(open + 1, normal_form.size() - open - 2), ',')) {
      const auto digits = trim(part);
      int64_t number = 0;
      const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (parsed.ec != std::errc()) return {.kind = Kind::Opaque, .name = std::string(normal_form)};
      numbers.push_back(number);
    }
  }
  auto type = make_type(to_upper(trim(normal_form.substr(0, open))), numbers);
  if (!type) return {.kind = Kind::Opaque, .name = std::string(normal_form)};
  return *type;
}

std::string spell(const Type& type) {
  const auto* names = names_of(type.kind);
  if (names == nullptr) return type.name;
  std::string name(names->sql);
  if (type.kind == Kind::Number) return fmt::format("{}({},{})", name, type.precision, type.scale);
  if (type.kind == Kind::Text || type.kind == Kind::Binary) return fmt::format("{}({})", name, type.length);
  if (type.is_timestamp() || type.kind == Kind::Time) return fmt::format("{}({})", name, type.scale);
  return name;
}

std::string spell_as_column(const Type& type) {
  const bool untyped = type.kind == Kind::Null;
  if (untyped || (type.kind == Kind::Text && type.length >= kComputedLength)) return spell(text_type(kColumnLength));
  return spell(type);
}

Column wire_column(std::string name, const Type& type, bool nullable) {
  Column column;
  column.name = std::move(name);
  column.nullable = nullable;
  const auto* names = names_of(type.kind);
  column.type = names != nullptr ? std::string(names->wire) : to_lower(type.name.substr(0, type.name.find('(')));
  if (type.kind == Kind::Number) column.precision = type.precision, column.scale = type.scale;
  if (type.kind == Kind::Text || type.kind == Kind::Null) {
    column.length = type.kind == Kind::Null ? kComputedLength : type.length;
    column.byte_length = type.byte_length != 0 ? type.byte_length : std::min(*column.length * 4, kComputedLength);
  }
  if (type.kind == Kind::Binary) column.length = column.byte_length = type.length;
  if (type.is_timestamp() || type.kind == Kind::Time) column.precision = 0, column.scale = type.scale;
  return column;
}

Type type_of(const Column& column) {
  const auto* found =
      std::find_if(kKindNames.begin() + 1, kKindNames.end(), [&](const auto& n) { return n.wire == column.type; });
  if (found == kKindNames.end()) return {.kind = Kind::Opaque, .name = to_upper(column.type)};
  Type type{.kind = found->kind};
  type.precision = type.kind == Kind::Number ? static_cast<int>(column.precision.value_or(38)) : 0;
  type.scale = static_cast<int>(column.scale.value_or(0));
  type.length = column.length.value_or(type.kind == Kind::Text ? kColumnLength : 0);
  type.byte_length = type.kind == Kind::Text ? column.byte_length.value_or(0) : 0;
  return type;
}

std::optional<Type> common_type(const Type& a, const Type& b) {
  if (a.kind == Kind::Null) return b;
  if (b.kind == Kind::Null) return a;
  if (a.kind == b.kind) {
    if (a.kind == Kind::Number) return common_number(a, b);
    if (a.kind == Kind::Text) return widest_text(a, b);
    Type widest = a;
    widest.scale = std::max(a.scale, b.scale);
    widest.length = std::max(a.length, b.length);
    return widest;
  }
  if (a.is_json() || b.is_json()) return plain_type(Kind::Variant);
  if (a.kind == Kind::Text) return text_as(b);
  if (b.kind == Kind::Text) return text_as(a);
  const auto either = [&](Kind x, Kind y) { return (a.kind == x && b.kind == y) || (a.kind == y && b.kind == x); };
  if (either(Kind::Number, Kind::Float)) return plain_type(Kind::Float);
  if (either(Kind::Number, Kind::Boolean)) return plain_type(Kind::Boolean);
  if (timestamp_rank(a.kind) > 0 && timestamp_rank(b.kind) > 0)
    return timestamp_rank(a.kind) > timestamp_rank(b.kind) ? a : b;
  return std::nullopt;
}

bool assignable(const Type& from, const Type& to) {
  if (from.kind == Kind::Null || from.kind == to.kind) return true;
  if (from.kind == Kind::Variant) return to.kind != Kind::Opaque;
  switch (to.kind) {
    case Kind::Text:
      return from.kind != Kind::Opaque && !from.is_json();
    case Kind::Variant:
      return from.kind != Kind::Text && from.kind != Kind::Opaque;
    case Kind::Number:
    case Kind::Float:
      return from.kind == Kind::Number || from.kind == Kind::Float || from.kind == Kind::Text ||
             from.kind == Kind::Boolean;
    case Kind::Boolean:
      return from.kind == Kind::Number || from.kind == Kind::Text;
    case Kind::Binary:
      return from.kind == Kind::Text;
    case Kind::Date:
    case Kind::Time:
      return from.kind == Kind::Text || from.is_timestamp();
    case Kind::Ntz:
    case Kind::Ltz:
    case Kind::Tz:
      return from.kind == Kind::Text || from.kind == Kind::Date || from.is_timestamp();
    default:
      return false;
  }
}

bool stored_alike(const Type& from, const Type& to) {
  if (from.kind == Kind::Null) return true;
  if (from.kind != to.kind) return false;
  switch (from.kind) {
    case Kind::Number:
      return from.scale == to.scale && from.precision <= to.precision;
    case Kind::Text:
    case Kind::Binary:
      return from.length <= to.length;
    case Kind::Time:
    case Kind::Ntz:
    case Kind::Ltz:
    case Kind::Tz:
      return from.scale <= to.scale;
    case Kind::Opaque:
      return from.name == to.name;
    default:
      return true;
  }
}

}  // namespace mesh::sandbox::query
