#pragma once
// What views, materialized views and dynamic tables share: columns that come from a query, and the relations it reads.

#include <string>
#include <vector>

#include "attachments.hpp"
#include "running.hpp"

namespace mesh::sandbox {

struct DerivedColumn {
  std::string name, comment;
  std::string type;  // normal form; empty where the query tells it
  ColumnGovernance governance;
};
// The column list of the statement; `given` tells an absent one apart.
struct DerivedList {
  std::vector<DerivedColumn> columns;
  bool given = false;
};
// From an opening parenthesis to its closing one. Types may be written where `typed`.
DerivedList read_derived_list(Running& run, bool typed);
bool has_governance(const DerivedList& list);
// Hangs what the list says of tags and policies on the columns of the relation that the statement made.
void hang(Running& run, Id relation, const DerivedList& list);
// What CREATE OR ALTER keeps on a relation that gets these columns (governance-reading.md section 3.3): columns are
// found again by name.
void keep_attachments(Running& run, const Object& relation, const std::vector<TableColumn>& columns);
// Refuses the metrics and the like of CREATE by name, where one stands at the cursor.
void refuse_governance(const Parser& parser);

struct Derived {
  std::vector<TableColumn> columns;
  std::vector<Id> sources;    // what the query names itself, in order
  std::vector<Id> relations;  // these, and what stands below views among them
};
// Columns of the query as it is now, named by the list. Errors of the query, a list of another length (002020) and
// equal names (002025) are thrown.
Derived derive(Running& run, const Object& schema, const std::string& name, const std::string& query,
               const DerivedList& list);

// A statement as submitted, without blanks around and the semicolon behind.
std::string whole_text(std::string_view statement);
// After ALTER or MODIFY: [COLUMN] c COMMENT '..' | UNSET COMMENT, comma-separated, up to the end.
void alter_column_comments(Running& run, const Object& relation);
// Switches change tracking on at tables and views that lack it. Where the session's roles do not own one of them,
// `refuse` is called with it and must throw.
void track_changes(Running& run, const std::vector<Id>& relations,
                   void (*refuse)(const Running& run, const Object& relation));

// Why a materialized view cannot be used: suspended, or its base table is another one than when it was made; empty when
// it can.
std::string invalid_reason(const Catalog& catalog, const Object& view);
// Refuses to read a materialized view that is invalid and a dynamic table that was never filled.
void refuse_unreadable(const Running& run, const Object& relation);

// Ids kept in a property.
std::string kept_ids(const std::vector<Id>& ids);
std::vector<Id> ids_of(const Object& object, std::string_view property);

}  // namespace mesh::sandbox
