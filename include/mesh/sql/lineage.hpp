#pragma once
// What each column of a query is made of, as far as its text tells.

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "mesh/ident/name.hpp"

namespace mesh::sql {

struct ColumnSource {
  QualifiedName relation;  // as the query writes it
  Name column;
  friend auto operator<=>(const ColumnSource&, const ColumnSource&) = default;
};
struct OutputColumn {
  Name name;
  std::vector<ColumnSource> sources;  // sorted; empty: of no column (COUNT(*), a constant)
};

// The columns of a relation that the query names; nullptr: not known.
using ColumnsOf = std::function<const std::vector<Name>*(const QualifiedName& relation)>;

// In the query's order. nullopt where it cannot be told: the text is no single SELECT (WITH, UNION, VALUES), a column
// has no name, may be of several relations or of one whose columns are not known, or comes of a query within.
std::optional<std::vector<OutputColumn>> output_columns(std::string_view query, const ColumnsOf& columns_of);

}  // namespace mesh::sql
