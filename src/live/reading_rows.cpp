// Rows of tables that are declared with rows: one SELECT a table, which wants a running warehouse.
#include <algorithm>

#include "mesh/kinds/table_rows.hpp"
#include "reading.hpp"

namespace mesh::live {
namespace {

// A column as it is called there now; nullptr: it is still to be added.
const Column* column_there(const Object& live, const Column& declared) {
  const auto find = [&](const Name& name) {
    const auto it =
        std::find_if(live.columns.begin(), live.columns.end(), [&](const Column& each) { return each.name == name; });
    return it == live.columns.end() ? nullptr : &*it;
  };
  const auto* found = find(declared.name);
  return found == nullptr && declared.renamed_from ? find(*declared.renamed_from) : found;
}

// A value that is none of the declared type is not equal to any that is.
kinds::Cell cell_of(const DataType& type, const std::optional<std::string>& sent) {
  if (!sent) return std::nullopt;
  auto canonical = kinds::canonical_cell(type, *sent);
  return canonical ? std::move(*canonical) : *sent;
}

}  // namespace

void Reading::ask_rows() {
  for (const auto& [id, object] : live_.state.objects) {
    const auto* declared = id.kind == KindId::Table ? interest_.declared_for(id) : nullptr;
    const auto wanted = declared == nullptr ? std::nullopt : kinds::table_rows(*declared);
    if (!wanted) continue;
    std::vector<std::pair<Name, DataType>> columns;  // to ask for, with the types as they are declared
    std::vector<size_t> at;                          // of each, in `wanted`
    for (size_t i = 0; i < wanted->columns.size(); ++i) {
      const auto column = std::find_if(declared->columns.begin(), declared->columns.end(),
                                       [&](const Column& each) { return each.name == wanted->columns[i]; });
      const auto* there = column_there(object, *column);
      if (there == nullptr) continue;
      columns.emplace_back(there->name, column->type);
      at.push_back(i);
    }
    if (columns.empty()) continue;
    asks_.ask({.sql = kinds::select_rows(id, columns),
               .role = interest_.role_for(id),
               .what = "the rows of " + id.address(),
               .columns = {},
               .answered = [this, id = id, wanted = *wanted, columns,
                            at](Rows& answer) { read_rows(answer, id, wanted, columns, at); },
               .warehouse = control_warehouse()});
  }
}

void Reading::read_rows(const Rows& answer, const ObjectId& id, kinds::TableRows rows,
                        const std::vector<std::pair<Name, DataType>>& columns, const std::vector<size_t>& at) {
  if (answer.rows.size() > kinds::kMostTableRows) {
    asks_.report("MESH3002", id.address() + " has more than " + std::to_string(kinds::kMostTableRows) + " rows",
                 "rows: is for small tables, and compares all of them: take it out, or the table's other rows");
    return;
  }
  rows.rows.clear();
  for (const auto& row : answer.rows) {
    kinds::Cells cells(rows.columns.size());
    for (size_t i = 0; i < at.size() && i < row.size(); ++i) cells[at[i]] = cell_of(columns[i].second, row[i]);
    rows.rows.push_back(std::move(cells));
  }
  kinds::set_table_rows(live_.state.objects.at(id), rows, {});
}

}  // namespace mesh::live
