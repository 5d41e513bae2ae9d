#pragma once

#include <string>
#include <string_view>

#include "mesh/base/result.hpp"
#include "mesh/model/data_type.hpp"

namespace mesh::live {

struct ColumnType {
  DataType type;
  std::string collation;
  bool nullable = true;
};

// The data_type cell of SHOW COLUMNS: {"type":"FIXED","precision":38,"scale":0,"nullable":true} (table entry,
// related_reads). Fails with what is not understood.
Result<ColumnType> parse_column_type(std::string_view cell);

// The type cell of DESCRIBE TABLE: VARCHAR(100) COLLATE 'en-ci'.
Result<ColumnType> parse_described_type(std::string_view cell);

}  // namespace mesh::live
