#pragma once
// Rows that a table shall hold (`rows:`), what entitlement tables behind row access policies are for. In an object they
// are a property of that name; here they have their shape.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/model/object.hpp"

namespace mesh::kinds {

inline constexpr const char* kTableRows = "rows";
inline constexpr size_t kMostTableRows = 1000;  // of one table: more are data, not a declaration

using Cell = std::optional<std::string>;  // as canonical_cell() has it; nullopt: NULL
using Cells = std::vector<Cell>;          // by TableRows::columns

struct TableRows {
  std::vector<Name> columns;  // that some row names, as the table orders them; others are not looked at
  // What tells rows apart: the primary key, or all of `columns`.
  std::vector<size_t> key;
  std::vector<Cells> rows;
  bool may_go = false;  // desired: `removed:` lets those go that are not declared

  std::string key_of(const Cells& row) const;  // "SALES_EU,EU"
};

// Nothing: none are stated, or they were not read.
std::optional<TableRows> table_rows(const Object& table);
void set_table_rows(Object& table, const TableRows& rows, Place place);

// The value as rows are compared: text as it is, numbers without needless zeros, true and false, days as YYYY-MM-DD.
// Fails with what is wrong: out of the type's range, or a type that rows are not declared of.
Result<std::string> canonical_cell(const DataType& type, std::string_view written);

// One more than there may be, so that too many are seen. Days come as YYYY-MM-DD. `columns` by the names that the table
// has now; `table` has the types.
std::string select_rows(const ObjectId& table, const std::vector<std::pair<Name, DataType>>& columns);
// `table` is the declared one: its columns have the types.
std::vector<std::string> insert_rows(const Object& table, const TableRows& rows,
                                     const std::vector<const Cells*>& which);
std::string update_row(const Object& table, const TableRows& rows, const Cells& wanted,
                       const std::vector<size_t>& changed);
std::string delete_row(const Object& table, const TableRows& rows, const Cells& gone);

// Whether the statement needs a warehouse: INSERT, UPDATE, DELETE.
bool changes_rows(std::string_view sql);

}  // namespace mesh::kinds
