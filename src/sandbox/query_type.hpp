#pragma once
// The types of expressions, and how a value of each is kept in SQLite. Tables are created by the catalogue with columns
// c<n> WITHOUT a declared type (an affinity would rewrite values):
//
//   NUMBER(p,s)           INTEGER, the value times 10^s. Values beyond 64 bits are refused.
//   FLOAT                 REAL
//   BOOLEAN               INTEGER 0 or 1
//   VARCHAR               TEXT
//   BINARY                BLOB
//   DATE                  INTEGER, days since 1970-01-01
//   TIME                  INTEGER, nanoseconds since midnight
//   TIMESTAMP_NTZ, _LTZ   INTEGER, nanoseconds since 1970-01-01 (NTZ as if UTC); the years 1678 to 2262
//   TIMESTAMP_TZ          TEXT, 20 digits (nanoseconds plus 2^63), a blank, offset minutes + 1440 in 4 digits: sorts by
//   time VARIANT OBJECT ARRAY  TEXT, compact JSON with sorted keys; JSON null is 'null' others                TEXT as
//   given

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine.hpp"

namespace mesh::sandbox::query {

enum class Kind {
  Null,
  Number,
  Float,
  Text,
  Binary,
  Boolean,
  Date,
  Time,
  Ntz,
  Ltz,
  Tz,
  Variant,
  Object,
  Array,
  Opaque
};

constexpr int64_t kComputedLength = 134217728;  // of computed text, sql-api.md section 3
constexpr int64_t kColumnLength = 16777216;     // of a column VARCHAR

struct Type {
  Kind kind = Kind::Null;
  int precision = 0;        // Number
  int scale = 0;            // Number, Time, timestamps
  int64_t length = 0;       // Text (characters), Binary (bytes)
  int64_t byte_length = 0;  // Text: 0 says four bytes a character
  std::string name;         // Opaque: as DESCRIBE prints it

  bool operator==(const Type&) const = default;
  bool is_timestamp() const { return kind == Kind::Ntz || kind == Kind::Ltz || kind == Kind::Tz; }
  bool is_json() const { return kind == Kind::Variant || kind == Kind::Object || kind == Kind::Array; }
  bool is_temporal() const { return is_timestamp() || kind == Kind::Date || kind == Kind::Time; }
};

Type number_type(int precision, int scale);
Type text_type(int64_t length = kComputedLength);
Type plain_type(Kind kind);                  // Float, Boolean, Date, JSON kinds, Null
Type scaled_type(Kind kind, int scale = 9);  // Time and timestamps

// NUMBER(38,0), VARCHAR(16777216), TIMESTAMP_LTZ(9)...: reads what spell() writes and the catalogue keeps.
Type parse_type(std::string_view normal_form);
// From a name with its numbers, synonyms folded (INT, STRING, DATETIME...). nullopt: no such type.
std::optional<Type> make_type(std::string_view upper_name, const std::vector<int64_t>& numbers);
std::string spell(const Type& type);
// As spell, but computed text as a stored column has it: VARCHAR(16777216).
std::string spell_as_column(const Type& type);

Column wire_column(std::string name, const Type& type, bool nullable);
Type type_of(const Column& column);

// The type in which values of both meet (CASE, VALUES, UNION, comparison); nullopt where Snowflake has none.
std::optional<Type> common_type(const Type& a, const Type& b);
// Whether a value of `from` may be written to a column of `to` without a cast.
bool assignable(const Type& from, const Type& to);
// Whether every value of `from` is stored alike as `to`, so that no cast is needed.
bool stored_alike(const Type& from, const Type& to);

}  // namespace mesh::sandbox::query
