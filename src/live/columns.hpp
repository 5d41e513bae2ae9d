#pragma once
// Columns and keys of tables and views, from answers that tell of many of them at once.

#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#include "column_type.hpp"
#include "mesh/model/state.hpp"
#include "rows.hpp"

namespace mesh::live {

// Reads SHOW COLUMNS; knows every type's cell once.
class ColumnReader {
 public:
  // The rows' columns go to the tables and views of `state` in that database; those of others are passed over. A cell
  // that is not understood is noted.
  void read(const Rows& rows, const Name& database, State& state);

  struct Problem {
    ObjectId id;
    Name column;
    std::string cell, message;
  };
  const std::vector<Problem>& problems() const { return problems_; }

 private:
  const Result<ColumnType>& type_of(std::string_view cell);

  std::unordered_map<std::string, Result<ColumnType>> types_;
  std::vector<Problem> problems_;
};

// "IDENTITY START 1 INCREMENT 10 NOORDER"; none for anything else.
std::optional<Identity> parse_identity(std::string_view cell);

// DESCRIBE TABLE tells a type that is wider than SHOW COLUMNS can print.
void read_described_types(const Rows& rows, Object& table);

// SHOW PRIMARY KEYS / UNIQUE KEYS / IMPORTED KEYS: one row a key column.
void read_keys(ConstraintType type, const Rows& rows, State& state);

// The answer to select_checks(): every table in it has its checks known then.
void read_checks(const Rows& rows, const Name& database, State& state);

}  // namespace mesh::live
