#pragma once
// Values as SQLite keeps them (query_type.hpp), their conversion and their wire encoding (sql-api.md section 4).

#include <string>
#include <string_view>
#include <variant>

#include "query_type.hpp"

namespace mesh::sandbox::query {

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};
using Value = std::variant<std::monostate, int64_t, double, std::string, Blob>;
inline bool is_null(const Value& value) { return value.index() == 0; }

Cell to_wire(const Value& value, const Type& type);
Value from_wire(const Cell& cell, const Type& type);

// Snowflake's CAST; throws SqlError where the value does not convert (100038, 100035, 100078...).
Value convert(const Value& value, const Type& from, const Type& to);

std::string to_text(const Value& value, const Type& type);  // as CAST AS VARCHAR prints it; value is not NULL
std::string to_json(const Value& value, const Type& type);  // as TO_VARIANT has it; value is not NULL

// "12.5" at scale 2 is 1250, rounded half away from zero. Throws 100038 for what is no number.
int64_t parse_decimal(std::string_view text, int scale);
std::string decimal_text(int64_t unscaled, int scale);
int64_t rescale(int64_t unscaled, int from_scale, int to_scale);
int64_t divide_rounded(int64_t a, int64_t b, int shift);  // a * 10^shift / b; b is not 0
int64_t round_to_scale(double number, int scale);

std::string tz_text(int64_t utc_nanoseconds, int offset_minutes);
int64_t tz_utc(std::string_view tz);
int tz_offset(std::string_view tz);

std::string to_hex(std::string_view bytes);

}  // namespace mesh::sandbox::query
