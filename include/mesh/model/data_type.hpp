#pragma once
// A column's type in its normal form: what DESCRIBE prints (table entry "normalization" of schema-objects.json).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh {

class DataType {
 public:
  DataType() = default;
  // Any spelling Snowflake takes for a table's column: INT -> NUMBER(38,0), string -> VARCHAR(16777216), TIMESTAMP ->
  // TIMESTAMP_NTZ(9), structured types and VECTOR included. Fails with what is wrong (unknown name with the nearest,
  // arguments out of range).
  static Result<DataType> parse(std::string_view written);
  // The data_type cell of SHOW COLUMNS has JSON; the live reader parses that and calls this with the family and numbers
  // found.
  const std::string& to_string() const { return text_; }  // "NUMBER(38,0)"
  const std::string& family() const { return family_; }   // "NUMBER", "VARCHAR", "TIMESTAMP_NTZ", "VARIANT", "ARRAY"...
  const std::vector<int64_t>& arguments() const { return arguments_; }  // of NUMBER, VARCHAR, BINARY, TIME, TIMESTAMP_*
  // True for an un-sized VARCHAR/BINARY as written: matches either default length (BCR-2118).
  bool default_sized() const { return default_sized_; }
  friend bool operator==(const DataType& a, const DataType& b);

 private:
  std::string text_, family_;
  std::vector<int64_t> arguments_;
  bool default_sized_ = false;
};

// How ALTER TABLE can carry out a change of type (alter_column_matrix).
enum class TypeChange { None, InPlace, InPlaceMayFail, Refused };
struct TypeChangeAnswer {
  TypeChange how = TypeChange::None;
  std::string reason;  // for Refused and InPlaceMayFail: in Snowflake's words
};
TypeChangeAnswer type_change(const DataType& from, const DataType& to);

}  // namespace mesh
