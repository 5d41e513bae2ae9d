#pragma once
// CHECK constraints, which unlike keys are enforced (docs: constraints-overview).

#include <vector>

#include "query_translate.hpp"

namespace mesh::sandbox::query {

// To be called with the rowids that a statement has written. Throws 001185 where a check is FALSE for one of them: what
// is NULL passes.
void enforce_checks(sqlite3* db, Translator& translator, const StoredTable& table, const std::vector<int64_t>& rows);

}  // namespace mesh::sandbox::query
