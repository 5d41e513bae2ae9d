#pragma once
// Expressions kept in a table: of virtual columns (docs: virtual-columns) and of CHECK constraints (docs:
// create-table-constraint, constraints-overview).

#include <string>
#include <string_view>
#include <vector>

#include "running.hpp"

namespace mesh::sandbox {

// The text between the brackets that stand at the cursor, as written.
std::string read_bracketed(Parser& parser);
// As SHOW COLUMNS prints a virtual column's: words upper-cased, blanks set anew (i*i -> I * I).
std::string printed_expression(const std::string& expression);

// The ids of the table's columns that the expression names.
std::vector<int> named_columns(const Object& table, const std::string& expression);
// The expression with each mention of the column renamed.
std::string with_renamed(const std::string& expression, const std::string& from, const std::string& to);

// Refuses what a virtual column may not be (0014.., 0112..). The column is already one of the table's.
void check_virtual_column(Running& run, const Object& table, const TableColumn& column);
// Refuses what a CHECK may not say or name; `c` already has its columns.
void check_condition(Running& run, const Object& table, const Constraint& c);
// Throws 001185 where a row of the table violates the check.
void validate_rows(Running& run, const Object& table, const Constraint& c);

// Throws 011207 where the column is virtual: `what` is NOT NULL or CHECK.
void refuse_on_virtual(const TableColumn& column, std::string_view what);
// Throws where a virtual column or a CHECK over several columns is built on the column.
void refuse_drop_of_used(const Object& table, const TableColumn& column);
// Throws 011206 where a virtual column no longer fits the type that `column` has by now.
void check_dependents(Running& run, const Object& table, const TableColumn& column);

}  // namespace mesh::sandbox
