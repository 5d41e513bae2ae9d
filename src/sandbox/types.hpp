#pragma once
// Data types and column defaults in the forms Snowflake prints (table entry, normalization and alter_column_matrix).

#include <optional>
#include <string>
#include <vector>

#include "catalog.hpp"
#include "parser.hpp"

namespace mesh::sandbox {

struct DataType {
  std::string text;   // normal form: NUMBER(38,0)
  std::string alias;  // as written, without arguments: BIGINT
};

// Reads a type at the cursor. `timestamp` is what TIMESTAMP means: the parameter TIMESTAMP_TYPE_MAPPING.
DataType read_type(Parser& parser, const std::string& timestamp);

// A normal form in parts: NUMBER(10,2) is NUMBER and 10, 2. Structured types have no numbers.
struct TypeParts {
  std::string base;
  std::vector<int64_t> numbers;
};
TypeParts type_parts(const std::string& normal);

// NUMBER, FLOAT, VARCHAR, BINARY, BOOLEAN or the base itself: what defaults and changes must share.
std::string type_family(const std::string& normal);

enum class TypeChange { None, Widen, ShrinkNumber, Refused };
// How ALTER COLUMN SET DATA TYPE is answered; `reason` is the tail of the refusal (" because ..."), often empty.
TypeChange type_change(const std::string& from, const std::string& to, std::string& reason);

// The data_type cell of SHOW COLUMNS.
std::string column_json(const TableColumn& column);
std::string described_type(const TableColumn& column);  // with COLLATE

// A default as DESCRIBE prints it, from its source text; empty for NULL. Throws 002263 for what cannot be a default.
struct DefaultText {
  std::string echo;
  bool literal = false;
  std::string literal_type;  // VARCHAR(3), NUMBER(1,0), BOOLEAN; empty for NULL
  NameParts sequence;        // the name before .NEXTVAL
};
DefaultText read_default(const std::string& source);
// Any other expression in the same print: words upper-cased, one blank around operators.
std::string reprinted(const std::string& source);
std::string identity_text(const TableColumn& column);  // IDENTITY START 1 INCREMENT 1 NOORDER

}  // namespace mesh::sandbox
