#pragma once
// Columns and constraints as CREATE TABLE and ALTER TABLE write them.

#include <optional>
#include <string>
#include <vector>

#include "attachments.hpp"
#include "running.hpp"

namespace mesh::sandbox {

struct ConstraintText {
  Constraint constraint;  // without column ids
  std::vector<std::string> columns;
  NameParts target;
  std::vector<std::string> target_columns;
  bool ignored = false;     // ENABLE or VALIDATE of a key, DISABLE of a check: silently not created (table entry)
  bool novalidate = false;  // of a check
};

struct ColumnText {
  TableColumn column;
  bool typed = true;  // CREATE TABLE (a, b) AS SELECT names columns alone
  std::vector<ConstraintText> constraints;
  ColumnGovernance governance;
};

// (A, B)
std::vector<std::string> column_list(Parser& parser);
// One column definition; its inline constraints name the column itself.
ColumnText read_column(Running& run, bool type_optional);
// Whether an out-of-line constraint stands here: [CONSTRAINT n] PRIMARY KEY | UNIQUE | FOREIGN KEY | CHECK.
bool at_constraint(const Parser& parser);
ConstraintText read_constraint(Running& run);

// Fills in ids: of `table`'s columns and, for foreign keys, of the target's. Names are checked (000904).
Constraint settle(Running& run, const ConstraintText& text, const Object& table, const NameParts& table_name);

// Refuses what is no collation specification.
void check_collation(const std::string& specification);
// Text columns without a collation of their own take DEFAULT_DDL_COLLATION, for good (docs: parameters).
void collate_by_default(TableColumn& column, const std::string& collation);

const TableColumn* find_column(const Object& table, std::string_view name);
const TableColumn& need_column(const Object& table, std::string_view name);  // 000904
const TableColumn* find_column(const Object& table, int id);
// The parameter's value for the session: its user's, else the account's.
std::string session_value(const Running& run, std::string_view parameter);

}  // namespace mesh::sandbox
