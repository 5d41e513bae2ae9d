#pragma once
// What the update of a table asks of its parts: values in, values out.

#include <map>
#include <optional>
#include <vector>

#include "mesh/model/object.hpp"

namespace mesh::diff_parts {

// The columns that renamed_from names and that are there still: old name to new.
std::map<Name, Name> renames(const Object& desired, const Object& live);

// The live table as it stands once the columns that renamed_from names are renamed: keys, checks, virtual columns and
// targets of search optimization follow their columns (constraints-overview; search-optimization/working-with-tables;
// of virtual columns nothing is told: where their text keeps the old name, the ledger's echo of it counts). Its columns
// keep their names.
Object with_renamed_columns(const Object& desired, const Object& live);

// Virtual columns as they can be dropped: each before those it is computed from. Then all others, in their order.
std::vector<const Column*> in_order_of_dropping(const std::vector<Column>& columns);

// How search optimization gets from live to desired. Dropped first, then added.
struct SearchChange {
  Value before, after;
  bool drop_all = false, add_all = false;  // without ON
  std::vector<SearchTarget> drop, add;
};
// Nothing where they agree, or where the live targets are not known.
std::optional<SearchChange> search_change(const Object& desired, const Object& live);

}  // namespace mesh::diff_parts
