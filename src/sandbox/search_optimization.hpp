#pragma once
// Search optimization of a table: what is configured is kept and told, nothing is built (docs: alter-table,
// searchOptimizationAction; search-optimization/enabling; desc-search-optimization).

#include "running.hpp"

namespace mesh::sandbox {

ResultSet add_search_optimization(Running& run, const Object& table);   // after ADD SEARCH OPTIMIZATION
ResultSet drop_search_optimization(Running& run, const Object& table);  // after DROP SEARCH OPTIMIZATION
ResultSet describe_search_optimization(Running& run);                   // after DESCRIBE SEARCH OPTIMIZATION
// A column that was just added joins a configuration of the whole table.
void search_added_column(Object& table, const TableColumn& column);

}  // namespace mesh::sandbox
