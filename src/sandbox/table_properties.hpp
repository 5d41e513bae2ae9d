#pragma once
// What CREATE TABLE and ALTER TABLE share: properties, clustering keys, rows.

#include <string>

#include "running.hpp"
#include "settings.hpp"

namespace mesh::sandbox {

const PropertySpecs& table_specs();
void refuse_table_features(const Parser& parser);  // policies, tags and the like, by name
std::string read_cluster_by(Parser& parser);       // the text between the parentheses, as written
void check_cluster_by(const Object& table, const std::string& keys);
// CLUSTER BY, DROP CLUSTERING KEY, SUSPEND|RESUME RECLUSTER; false where none of them stands at the cursor.
bool alter_clustering(Running& run, const Object& table);
bool in_cluster_by(const Object& table, const std::string& column);
void check_table_retention(const Settings& settings, bool transient);
[[noreturn]] void refuse_primary_key(const std::string& table);

// The table in SQLite that holds the rows.
void create_rows(Running& run, const Object& table);
void copy_rows(Running& run, Id from, Id to);
void insert_from(Running& run, Id table, const std::string& query);
void add_row_column(Running& run, Id table, int column);
int64_t row_count(Running& run, Id table);
std::string random_name();

}  // namespace mesh::sandbox
