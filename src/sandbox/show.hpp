#pragma once
// What all SHOW commands share: clauses, scopes, cells. Columns and rows of each command stand in show_*.cpp, as
// tables.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "running.hpp"

namespace mesh::sandbox {

constexpr size_t kShowRows =
    10000;  // more rows fail or are cut silently, by command (identifiers-and-literals.md section 2)

struct ShowClauses {
  bool terse = false, history = false;
  bool takes_root_only = false, root_only = false;  // SHOW TASKS ... ROOT ONLY
  std::optional<std::string> like, starts_with, from;
  std::optional<size_t> limit;
  const Object* scope = nullptr;  // account, database, schema or relation; nullptr where no IN was given
};

// LIKE, IN, STARTS WITH, LIMIT .. FROM in any order up to the end. `lives` tells what IN may name.
void read_clauses(Running& run, Lives lives, ShowClauses& clauses);
bool like(std::string_view pattern, std::string_view text);  // without case; backslash escapes
bool name_matches(const ShowClauses& clauses, std::string_view name);

enum class Overflow { Fails, Cut };
// Applies LIMIT and the 10,000 row rule. Rows are in their final order.
void limit_rows(const ShowClauses& clauses, Overflow overflow, std::vector<Row>& rows);

// The schemas in a scope that the session's roles see, ordered by database and name; without a scope those of the
// current database, else of the account.
std::vector<const Object*> schemas_in_scope(const Running& run, const ShowClauses& clauses);
std::vector<const Object*> databases_in_scope(const Running& run, const ShowClauses& clauses);

Cell timestamp_cell(int64_t ms);  // seconds with three decimals
Cell flag_cell(bool value, const char* yes, const char* no);
std::string owner_name(const Running& run, const Object& object);
std::string owner_type(const Running& run, const Object& object);  // ROLE, DATABASE_ROLE, empty
std::string comment_of(const Object& object);

// T, N and L of sql-api.md 4a, in front of the name: "L:created_on".
std::vector<Column> columns_of(const std::vector<std::string_view>& names);

ResultSet show_objects(Running& run, Kind kind, const ShowClauses& clauses);
// Kinds without objects here; nullopt where the words name none of them.
std::optional<ResultSet> show_other(Running& run, ShowClauses clauses);
ResultSet show_shares(Running& run, const ShowClauses& clauses);
ResultSet show_columns(Running& run);
enum class KeyListing { Primary, Unique, Imported, Exported };
ResultSet show_keys(Running& run, KeyListing listing);
ResultSet show_parameters(Running& run);
ResultSet show_grants(Running& run);            // behind SHOW GRANTS
ResultSet show_future_grants(Running& run);     // behind SHOW FUTURE GRANTS
ResultSet show_inherited_grants(Running& run);  // behind SHOW INHERITED GRANTS

}  // namespace mesh::sandbox
