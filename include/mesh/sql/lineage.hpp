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

// The names alone, in the query's order, of its first SELECT where there are several. nullopt where a column has no
// name of its own, or is of a `*` whose relations are not known.
std::optional<std::vector<Name>> output_names(std::string_view query, const ColumnsOf& columns_of);

// The names in brackets behind the name that CREATE [MATERIALIZED] VIEW makes, in their order; empty where there are
// none, or the text is no such statement.
std::vector<Name> column_list_of_create(std::string_view create_statement);

}  // namespace mesh::sql
