#pragma once
// INSERT, UPDATE, DELETE, MERGE and TRUNCATE. All new values are computed and checked before the first row is written.

#include "query_translate.hpp"

namespace mesh::sandbox::query {

ResultSet execute_dml(sqlite3* db, Translator& translator, const Statement& statement);

// 000606 unless the session has one.
void need_warehouse(const Session& session);

}  // namespace mesh::sandbox::query
