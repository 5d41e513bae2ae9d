// Rows of tables that are declared with rows: one SELECT a table, which wants a running warehouse. What a policy hides
// or masks from the role that reads is no ground for a plan (design, promises 7 and 8): the rows are counted against
// SHOW TABLES, which no policy touches, and DESCRIBE tells the masking policies that are on columns themselves.
#include <algorithm>

#include "mesh/kinds/table_rows.hpp"
#include "reading.hpp"
#include "statements.hpp"

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

std::string family_in(const std::string& type) { return type.substr(0, type.find('(')); }

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
    ask_masks(id, columns);
    asks_.ask({.sql = kinds::select_rows(id, columns),
               .role = interest_.role_for(id),
               .what = "the rows of " + id.address(),
               .columns = {},
               .answered = [this, id = id, wanted = *wanted, columns,
                            at](Rows& answer) { read_rows(answer, id, wanted, columns, at); },
               .warehouse = control_warehouse()});
  }
}

void Reading::report_veiled(const ObjectId& table, const std::string& what) {
  const auto* declared = interest_.declared_for(table);
  const auto property = declared == nullptr ? std::map<std::string, Property, std::less<>>::const_iterator{}
                                            : declared->properties.find(kinds::kTableRows);
  const bool is_placed = declared != nullptr && property != declared->properties.end();
  asks_.report("MESH3009", what,
               "what is read there is not what is there, so nothing is planned: let the policy show all of it to the "
               "role that reads, or take such columns, or rows:, out",
               is_placed ? property->second.place : Place{});
}

// Direct ones only (governance-reading.md 3.2); by a tag: where tags and what is on them were read.
void Reading::ask_masks(const ObjectId& table, const std::vector<std::pair<Name, DataType>>& columns) {
  const auto report = [this, table](const Name& column, const std::string& by) {
    report_veiled(table, "column " + table.name.child(column).display() + " is masked by " + by + ", and rows: of " +
                             table.address() + " name it");
  };
  for (const auto& [key, on_tag] : live_.state.attachments) {
    if (key.bearer.object.kind != KindId::Tag || key.kind != KindId::MaskingPolicy) continue;
    for (const auto& [column, type] : columns) {
      const bool bears =
          live_.state.attachments.count({{table, column}, KindId::Tag, key.bearer.object.name}) > 0 ||
          live_.state.attachments.count({{table, std::nullopt}, KindId::Tag, key.bearer.object.name}) > 0;
      const auto* policy = live_.state.find({KindId::MaskingPolicy, on_tag.name});
      const Value* returns = policy == nullptr ? nullptr : policy->find("returns");
      const auto family =
          returns == nullptr || returns->text() == nullptr ? std::string() : family_in(*returns->text());
      if (bears && (family.empty() || family == type.family()))
        report(column, on_tag.name.display() + ", that of " + key.bearer.object.address());
    }
  }
  asks_.ask({.sql = describe(table),
             .role = interest_.role_for(table),
             .what = "the columns of " + table.address(),
             .columns = {"name"},
             .answered = [columns, report](Rows& rows) {
               const Field name(rows, "name"), policy(rows, "policy name");
               for (const auto& row : rows.rows) {
                 const bool asked = std::any_of(columns.begin(), columns.end(),
                                                [&](const auto& each) { return each.first == name.name(row); });
                 if (asked && !policy.in(row).empty()) report(name.name(row), std::string(policy.in(row)));
               }
             }});
}

void Reading::read_rows(const Rows& answer, const ObjectId& id, kinds::TableRows rows,
                        const std::vector<std::pair<Name, DataType>>& columns, const std::vector<size_t>& at) {
  if (answer.rows.size() > kinds::kMostTableRows) {
    asks_.report("MESH3002", id.address() + " has more than " + std::to_string(kinds::kMostTableRows) + " rows",
                 "rows: is for small tables, and compares all of them: take it out, or the table's other rows");
    return;
  }
  // Fewer, not others: who writes meanwhile adds rows more often than not.
  const auto counted = live_.state.objects.at(id).live.rows;
  if (counted && static_cast<int64_t>(answer.rows.size()) < *counted) {
    report_veiled(id, "of the " + std::to_string(*counted) + " rows of " + id.address() + " this role sees " +
                          std::to_string(answer.rows.size()));
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
