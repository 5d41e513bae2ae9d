#include "query_check.hpp"

#include <fmt/format.h>

#include "catalog.hpp"
#include "mesh/base/text.hpp"
#include "query_error.hpp"
#include "query_sqlite.hpp"

namespace mesh::sandbox::query {

void enforce_checks(sqlite3* db, Translator& translator, const StoredTable& table, const std::vector<int64_t>& rows) {
  for (const StoredCheck& check : table.checks) {
    const std::string alias = translator.next_alias();
    Scope scope;
    scope.sources.push_back(translator.table_source(table, alias));
    const Typed holds = truth(translator.foreign_expression(check.condition, scope));
    Prepared violated(db, fmt::format("SELECT 1 FROM {0} AS {1} WHERE {1}.rowid = ? AND NOT {2}",
                                      "\"" + replace_all(table.sqlite_name, "\"", "\"\"") + "\"", alias, holds.sql));
    for (const int64_t row : rows) {
      violated.bind(1, row);
      if (violated.step()) {
        refuse("001185", "23514",
               fmt::format("Operation on table {} failed because CHECK constraint {}, which requires that {}, was "
                           "violated",
                           quoted_if_needed(table.name), quoted_if_needed(check.name), check.condition));
      }
      violated.reset();
    }
  }
}

}  // namespace mesh::sandbox::query
