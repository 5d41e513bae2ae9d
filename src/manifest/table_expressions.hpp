#pragma once
// Parts of a table that name its columns inside SQL: virtual columns, CHECK constraints, clustering keys, and the
// targets of search optimization.

#include <string>
#include <vector>

#include "builder.hpp"

namespace mesh::manifest {

// An expression as it stands in its file.
struct ExpressionUse {
  enum class In { Virtual, Check, ClusterKey } in = In::Virtual;
  Name owner;  // the virtual column, the check
  Node node;
};

// check: {NAME: condition, …}; fills table.checks. `uses` gets the conditions, `names` what each check's name is and
// where.
void read_checks(const Site& site, const Node& node, Object& table, std::vector<ExpressionUse>& uses,
                 std::vector<ColumnUse>& names);
// search_optimization: true, false, or a list of METHOD(COLUMN, …). `columns` gets the columns that are named.
void read_search_optimization(const Site& site, const Node& node, Object& table, std::vector<ColumnUse>& columns);
// What the columns of an expression may not be; reports each mention at its place.
void check_expressions(const Object& table, const std::vector<ExpressionUse>& uses, Diagnostics& diagnostics);
// GEO takes GEOGRAPHY alone; reports the others.
void check_search_targets(const Object& table, Diagnostics& diagnostics);

}  // namespace mesh::manifest
