#pragma once
// The tables of the control schema and the statements over them. Rows are only ever added, but for LEASES:
//
//   LEDGER_<DOMAIN>  what became of each object, newest row counts. EVENT: making, changing, dropping (intents),
//                    cancelled (an intent that came to nothing), done, removed. SETTLED is true for the last two.
//   LEDGER           view over all of them, of every mesh that shares the schema
//   RUNS             'started' and 'finished' of each run
//   STATEMENTS       every statement sent to change something, with its query id and outcome
//   APPLIED          the manifests of each domain's last complete run, a row for each file (or part of a large one)
//   LEASES           one row per mesh, environment and domain

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/model/connection.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/value.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::apply {

struct ControlColumn {
  std::string_view name;
  sql::Keyword type;
};
struct ControlTable {
  std::string_view name;  // without the domain
  std::string_view comment;
  std::span<const ControlColumn> columns;
};
extern const ControlTable kLedgerTable, kRunsTable, kStatementsTable, kAppliedTable, kLeasesTable;
// All but the ledger's, of which each domain has one: in the order they are made.
extern const std::span<const ControlTable* const> kSharedTables;
inline constexpr std::string_view kLedgerView = "LEDGER";
inline constexpr std::string_view kLedgerPrefix = "LEDGER_";

std::string ledger_table_name(std::string_view domain);  // LEDGER_SALES
QualifiedName in_control(const Mesh& mesh, std::string_view name);
QualifiedName control_schema(const Mesh& mesh);

// A query on the control schema: its warehouse, the domain's deploy role.
Query control_query(const Mesh& mesh, const std::string& domain, std::string sql);
// A read of all domains' rows: its warehouse, the environment's plan role.
Query reading_query(const Mesh& mesh, std::string sql);

// One INSERT for all rows, or a few where they are very many: Snowflake takes at most 16,384 rows in VALUES, and texts
// over 1 MB cannot be sent again (identifiers-and-literals.md 6). Values in the order of `columns`.
std::vector<std::string> insert_statements(const QualifiedName& table, const std::vector<std::string_view>& columns,
                                           const std::vector<ValueList>& rows);

sql::Writer& write_value(sql::Writer& writer, const Value& value);
Name column_name(std::string_view name);
// "A" = 'x' AND "B" = 'y', after WHERE.
struct Equals {
  std::string_view column;
  std::string_view text;
};
sql::Writer& where(sql::Writer& writer, std::initializer_list<Equals> conditions);
// AND "COLUMN" IN ('x', 'y')
sql::Writer& and_in(sql::Writer& writer, std::string_view column, const std::vector<std::string>& texts);

// Text cut at a code point so that it has at most `bytes`.
std::string cut(std::string_view text, size_t bytes);

// {"run":…,"mesh":…,"environment":…,"domain":…,"commit":…}, at most 2000 characters.
std::string query_tag(const Mesh& mesh, const std::string& run_id, const std::string& commit,
                      const std::string& domain);
std::string query_tag_prefix(const std::string& run_id);  // what every tag of the run begins with

}  // namespace mesh::apply
