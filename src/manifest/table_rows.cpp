// rows: what a small table shall hold, by its columns' types.
#include <algorithm>

#include <fmt/format.h>

#include "builder.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/table_rows.hpp"
#include "table_rows.hpp"

namespace mesh::manifest {
namespace {

using kinds::Cell;
using kinds::Cells;

constexpr std::string_view kExample = "- {ROLE_NAME: SALES_EU, REGION: EU}";

class RowsReader {
 public:
  RowsReader(const Site& site, Object& table) : diagnostics_(site.diagnostics()), table_(table) {}

  void read(const Node& list, Place place) {
    if (!expect_list(list, "rows", kExample, diagnostics_)) return;
    if (list.items.size() > kinds::kMostTableRows) {
      diagnostics_.error(
          "MESH1301", place,
          fmt::format("{} has {} rows; {} are the most", table_.id.address(), list.items.size(), kinds::kMostTableRows),
          "rows are for small tables of entitlements and codes: load more with COPY INTO or a task");
      return;
    }
    if (table_.structure_is_foreign()) {
      diagnostics_.error("MESH1303", place, fmt::format("{} belongs to another tool (manage:)", table_.id.address()),
                         "take rows out, or let mesh manage the table");
      return;
    }
    for (const auto& item : list.items) named(item);
    set_key();
    if (!complete(place)) return;
    for (const auto& item : list.items) row(item);
    kinds::set_table_rows(table_, rows_, place);
  }

 private:
  const Column* find(const Name& name) const {
    const auto it = std::find_if(table_.columns.begin(), table_.columns.end(),
                                 [&](const Column& each) { return each.name == name; });
    return it == table_.columns.end() ? nullptr : &*it;
  }

  std::optional<Name> column_of(const Node& key) {
    const auto name = read_name(key.text, key.place, "a column", diagnostics_);
    const auto* column = name ? find(*name) : nullptr;
    if (!name) return std::nullopt;
    if (column == nullptr) {
      std::vector<std::string> names;
      for (const auto& each : table_.columns) names.push_back(each.name.display());
      diagnostics_.error("MESH1205", key.place,
                         fmt::format("{} has no column '{}'", table_.id.address(), name->display()),
                         did_you_mean(name->display(), names, fmt::format("it has: {}", join(names, ", "))));
      return std::nullopt;
    }
    if (column->identity || column->virtual_as) {
      diagnostics_.error("MESH1303", key.place,
                         fmt::format("column {} is {}", name->display(),
                                     column->identity ? "an identity" : "computed when it is read"),
                         "leave it out of rows: Snowflake gives it its values");
      return std::nullopt;
    }
    return name;
  }

  // Which columns the rows speak of. Each mistake is told once.
  void named(const Node& item) {
    if (!expect_map(item, "a row", diagnostics_)) return;
    for (const auto& [key, value] : entries(item)) {
      if (!seen_.insert(key.text).second) continue;
      if (const auto name = column_of(key)) named_.insert(*name);
    }
  }

  // The order is the table's; the key is the primary key, or all of them.
  void set_key() {
    for (const auto& column : table_.columns) {
      if (named_.count(column.name) > 0) rows_.columns.push_back(column.name);
    }
    for (const auto& constraint : table_.constraints) {
      if (constraint.type != ConstraintType::PrimaryKey) continue;
      for (const auto& name : constraint.columns) {
        const auto it = std::find(rows_.columns.begin(), rows_.columns.end(), name);
        if (it == rows_.columns.end()) continue;  // told of below: it must not be NULL
        rows_.key.push_back(static_cast<size_t>(it - rows_.columns.begin()));
      }
    }
    if (rows_.key.empty()) {
      for (size_t i = 0; i < rows_.columns.size(); ++i) rows_.key.push_back(i);
    }
  }

  // What must have a value has one in the rows.
  bool complete(Place place) {
    if (rows_.columns.empty()) return whole_table(place);
    bool right = true;
    for (const auto& column : table_.columns) {
      const bool filled = column.nullable || column.default_value || column.identity || column.virtual_as;
      if (filled || named_.count(column.name) > 0) continue;
      diagnostics_.error("MESH1303", place,
                         fmt::format("no row says its {}, which must not be NULL", column.name.display()),
                         fmt::format("write {} in each row, or give the column a default", column.name.display()));
      right = false;
    }
    return right;
  }

  // `rows: []`: the table is to be empty, and what is there is told apart by all that can be compared.
  bool whole_table(Place place) {
    for (const auto& column : table_.columns) {
      if (column.virtual_as || !kinds::canonical_cell(column.type, sample(column.type)).ok()) continue;
      rows_.key.push_back(rows_.columns.size());
      rows_.columns.push_back(column.name);
    }
    if (!rows_.columns.empty()) return true;
    diagnostics_.error("MESH1303", place, fmt::format("{} has no column that rows can be told by", table_.id.address()),
                       "rows hold text, numbers, booleans and dates");
    return false;
  }

  static std::string_view sample(const DataType& type) { return type.family() == "DATE" ? "2000-01-01" : "0"; }

  void row(const Node& item) {
    if (!item.is_map()) return;
    Cells cells(rows_.columns.size());
    bool right = true;
    for (const auto& [key, value] : entries(item)) {
      const auto name = Name::parse(key.text);
      const auto at = name ? std::find(rows_.columns.begin(), rows_.columns.end(), *name) : rows_.columns.end();
      if (at == rows_.columns.end()) {
        right = false;
        continue;
      }
      right &= cell(*find(*at), value, cells[static_cast<size_t>(at - rows_.columns.begin())]);
    }
    for (size_t i = 0; i < cells.size() && right; ++i) {
      if (cells[i] || find(rows_.columns[i])->nullable) continue;
      diagnostics_.error("MESH1303", item.place,
                         fmt::format("{} of this row is NULL, and must not be", rows_.columns[i].display()),
                         fmt::format("write {}: with a value", rows_.columns[i].display()));
      right = false;
    }
    if (right) keep(item.place, std::move(cells));
  }

  bool cell(const Column& column, const Node& value, Cell& out) {
    if (value.is_null()) return true;
    const auto written = read_scalar(value, column.name.display(), diagnostics_);
    if (!written) return false;
    auto canonical = kinds::canonical_cell(column.type, *written);
    if (canonical) {
      out = std::move(*canonical);
      return true;
    }
    diagnostics_.error("MESH1301", value.place,
                       fmt::format("{}: '{}' {}", column.name.display(), *written, canonical.error().message),
                       fmt::format("the column is {}", column.type.to_string()));
    return false;
  }

  void keep(Place place, Cells cells) {
    const auto [it, fresh] = places_.emplace(keyed(cells), place);
    if (fresh) {
      rows_.rows.push_back(std::move(cells));
      return;
    }
    auto& error = diagnostics_.error("MESH1105", place, fmt::format("row {} stands twice", rows_.key_of(cells)),
                                     "keep one of them: rows are told apart by the primary key, else by all they say");
    error.notes.push_back({"the other", it->second});
  }

  Cells keyed(const Cells& cells) const {
    Cells key;
    for (const size_t at : rows_.key) key.push_back(cells[at]);
    return key;
  }

  Diagnostics& diagnostics_;
  Object& table_;
  kinds::TableRows rows_;
  std::set<std::string> seen_;
  std::set<Name> named_;
  std::map<Cells, Place> places_;
};

}  // namespace

void read_table_rows(const Site& site, const Node& body, Object& table) {
  const Node* node = body.find(kinds::kTableRows);
  if (node == nullptr || node->is_null()) return;
  const Node* key = body.find_key(kinds::kTableRows);
  RowsReader(site, table).read(*node, key->place);
}

void let_rows_go(Build& build) {
  for (const auto& consent : build.rows_removed) {
    const auto it = build.state.objects.find({KindId::Table, consent.table});
    auto rows = it == build.state.objects.end() ? std::nullopt : kinds::table_rows(it->second);
    if (!rows || it->second.domain != consent.domain) {
      if (build.is_excluded({KindId::Table, consent.table})) continue;
      build.diagnostics.error(
          "MESH1203", consent.place,
          fmt::format("domain {} declares no rows of table {}", consent.domain, consent.table.display()),
          "rows are let go where the table is declared with rows: those that it does not list");
      continue;
    }
    rows->may_go = true;
    kinds::set_table_rows(it->second, *rows, it->second.properties.at(kinds::kTableRows).place);
  }
}

}  // namespace mesh::manifest
