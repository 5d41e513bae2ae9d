#include "mesh/kinds/table_rows.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "mesh/base/calendar.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::kinds {
namespace {

using sql::Writer;

constexpr size_t kRowsEach = 200;  // of one INSERT

size_t characters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

Result<std::string> text(const DataType& type, std::string_view written) {
  if (!type.arguments().empty() && static_cast<int64_t>(characters(written)) > type.arguments().front())
    return fail(fmt::format("is longer than {} takes", type.to_string()));
  return std::string(written);
}

Result<std::string> number(const DataType& type, std::string_view written) {
  std::string_view rest = written;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) rest.remove_prefix(1);
  const auto dot = rest.find('.');
  std::string_view whole = rest.substr(0, dot), part = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
  const auto digits = [](std::string_view all) {
    return all.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (whole.empty() || !digits(whole) || !digits(part)) return fail("is no number");
  while (part.ends_with('0')) part.remove_suffix(1);
  while (whole.size() > 1 && whole.starts_with('0')) whole.remove_prefix(1);
  const auto precision = static_cast<size_t>(type.arguments().at(0)),
             scale = static_cast<size_t>(type.arguments().at(1));
  const size_t before = whole == "0" ? 0 : whole.size();
  if (part.size() > scale || before > precision - scale)
    return fail(fmt::format("does not fit into {}", type.to_string()));
  std::string made = std::string(whole) + (part.empty() ? "" : "." + std::string(part));
  return negative && made != "0" ? "-" + made : made;
}

Result<std::string> boolean(const DataType&, std::string_view written) {
  if (iequals(written, "true") || written == "1") return std::string("true");
  if (iequals(written, "false") || written == "0") return std::string("false");
  return fail("is neither true nor false");
}

Result<std::string> date(const DataType&, std::string_view written) {
  return is_calendar_date(written) ? Result<std::string>(std::string(written)) : fail("is no day: write YYYY-MM-DD");
}

struct CellRow {
  std::string_view family;
  Result<std::string> (*canonical)(const DataType& type, std::string_view written);
  void (*write)(Writer& w, const std::string& value);
};
constexpr CellRow kCells[] = {
    {"VARCHAR", text, [](Writer& w, const std::string& value) { w.text(value); }},
    // A quoted number takes the column's type without a loss (data-type-conversion).
    {"NUMBER", number, [](Writer& w, const std::string& value) { w.text(value); }},
    {"BOOLEAN", boolean, [](Writer& w, const std::string& value) { w.boolean(value == "true"); }},
    // DATE_INPUT_FORMAT may be anything.
    {"DATE", date,
     [](Writer& w, const std::string& value) {
       w.kw("TO_DATE").open().text(value).comma().text("YYYY-MM-DD").close();
     }},
};

const CellRow* cell_row(const DataType& type) {
  const auto row = std::find_if(std::begin(kCells), std::end(kCells),
                                [&](const CellRow& each) { return each.family == type.family(); });
  return row == std::end(kCells) ? nullptr : row;
}

const DataType& type_of(const Object& table, const Name& column) {
  const auto it =
      std::find_if(table.columns.begin(), table.columns.end(), [&](const Column& each) { return each.name == column; });
  MESH_ASSERT(it != table.columns.end());
  return it->type;
}

void write_cell(Writer& w, const Object& table, const Name& column, const Cell& cell) {
  if (!cell) {
    w.kw("NULL");
  } else {
    cell_row(type_of(table, column))->write(w, *cell);
  }
}

void write_where(Writer& w, const Object& table, const TableRows& rows, const Cells& row) {
  w.kw("WHERE");
  for (size_t i = 0; i < rows.key.size(); ++i) {
    const size_t at = rows.key[i];
    if (i > 0) w.kw("AND");
    w.name(rows.columns[at]);
    if (!row[at]) {
      w.kw("IS NULL");
      continue;
    }
    w.equals();
    write_cell(w, table, rows.columns[at], row[at]);
  }
}

Value as_value(const Cell& cell) { return cell ? Value(*cell) : Value(); }

const Value* member(const ValueRecord& record, std::string_view name) {
  const auto it = std::find_if(record.begin(), record.end(), [&](const auto& each) { return each.first == name; });
  return it == record.end() ? nullptr : &it->second;
}

}  // namespace

std::string TableRows::key_of(const Cells& row) const {
  std::vector<std::string> parts;
  for (const size_t at : key) parts.push_back(row[at].value_or("NULL"));
  return join(parts, ",");
}

std::optional<TableRows> table_rows(const Object& table) {
  const Value* value = table.find(kTableRows);
  const auto* record = value == nullptr ? nullptr : std::get_if<ValueRecord>(&value->data);
  if (record == nullptr) return std::nullopt;
  TableRows rows;
  for (const auto& name : std::get<ValueList>(member(*record, "columns")->data))
    rows.columns.push_back(Name::exact(*name.text()));
  for (const auto& at : std::get<ValueList>(member(*record, "key")->data))
    rows.key.push_back(static_cast<size_t>(std::get<int64_t>(at.data)));
  for (const auto& row : std::get<ValueList>(member(*record, "rows")->data)) {
    Cells cells;
    for (const auto& cell : std::get<ValueList>(row.data))
      cells.push_back(cell.text() == nullptr ? Cell() : Cell(*cell.text()));
    rows.rows.push_back(std::move(cells));
  }
  rows.may_go = *member(*record, "may_go") == Value(true);
  return rows;
}

void set_table_rows(Object& table, const TableRows& rows, Place place) {
  ValueList columns, key, all;
  for (const auto& name : rows.columns) columns.emplace_back(name.stored());
  for (const size_t at : rows.key) key.emplace_back(static_cast<int64_t>(at));
  for (const auto& row : rows.rows) {
    ValueList cells;
    std::transform(row.begin(), row.end(), std::back_inserter(cells), as_value);
    all.emplace_back(std::move(cells));
  }
  table.properties[kTableRows] = {
      Value(ValueRecord{{"columns", columns}, {"key", key}, {"rows", all}, {"may_go", Value(rows.may_go)}}), place};
}

Result<std::string> canonical_cell(const DataType& type, std::string_view written) {
  const auto* row = cell_row(type);
  if (row == nullptr)
    return fail(fmt::format("is of type {}: rows hold text, numbers, booleans and dates", type.to_string()));
  return row->canonical(type, written);
}

std::string select_rows(const ObjectId& table, const std::vector<std::pair<Name, DataType>>& columns) {
  Writer w;
  w.kw("SELECT");
  for (size_t i = 0; i < columns.size(); ++i) {
    const auto& [name, type] = columns[i];
    if (i > 0) w.comma();
    // The API sends days as a count since 1970 (sql-api.md 4).
    if (type.family() == "DATE") {
      w.kw("TO_VARCHAR").open().name(name).comma().text("YYYY-MM-DD").close().kw("AS").name(name);
    } else {
      w.name(name);
    }
  }
  return w.kw("FROM").name(table).kw("LIMIT").number(static_cast<int64_t>(kMostTableRows) + 1).take();
}

std::vector<std::string> insert_rows(const Object& table, const TableRows& rows,
                                     const std::vector<const Cells*>& which) {
  std::vector<std::string> statements;
  for (size_t first = 0; first < which.size(); first += kRowsEach) {
    Writer w;
    w.kw("INSERT INTO").name(table.id).names(rows.columns).kw("VALUES");
    for (size_t i = first; i < std::min(which.size(), first + kRowsEach); ++i) {
      if (i > first) w.comma();
      w.open();
      for (size_t c = 0; c < rows.columns.size(); ++c) {
        if (c > 0) w.comma();
        write_cell(w, table, rows.columns[c], (*which[i])[c]);
      }
      w.close();
    }
    statements.push_back(w.take());
  }
  return statements;
}

std::string update_row(const Object& table, const TableRows& rows, const Cells& wanted,
                       const std::vector<size_t>& changed) {
  Writer w;
  w.kw("UPDATE").name(table.id).kw("SET");
  for (size_t i = 0; i < changed.size(); ++i) {
    if (i > 0) w.comma();
    w.name(rows.columns[changed[i]]).equals();
    write_cell(w, table, rows.columns[changed[i]], wanted[changed[i]]);
  }
  write_where(w, table, rows, wanted);
  return w.take();
}

std::string delete_row(const Object& table, const TableRows& rows, const Cells& gone) {
  Writer w;
  w.kw("DELETE FROM").name(table.id);
  write_where(w, table, rows, gone);
  return w.take();
}

bool changes_rows(std::string_view sql) {
  for (const std::string_view verb : {"INSERT INTO ", "UPDATE ", "DELETE FROM "}) {
    if (iequals(sql.substr(0, verb.size()), verb)) return true;
  }
  return false;
}

}  // namespace mesh::kinds
