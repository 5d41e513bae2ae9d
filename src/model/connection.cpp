#include "mesh/model/connection.hpp"

#include <algorithm>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

std::string indented(std::string_view text) { return "  " + replace_all(std::string(trim(text)), "\n", "\n  "); }

}  // namespace

std::optional<size_t> Rows::column(std::string_view name) const {
  const auto position = [&](auto same) -> std::optional<size_t> {
    const auto it = std::find_if(columns.begin(), columns.end(), same);
    if (it == columns.end()) return std::nullopt;
    return static_cast<size_t>(it - columns.begin());
  };
  if (const auto exact = position([&](const auto& column) { return column == name; })) return exact;
  return position([&](const auto& column) { return iequals(column, name); });
}

std::string_view Rows::at(size_t row, std::string_view column_name) const {
  const auto index = column(column_name);
  if (!index || row >= rows.size() || *index >= rows[row].size() || !rows[row][*index]) return {};
  return *rows[row][*index];
}

std::string StatementError::describe() const {
  std::string out = message;
  std::vector<std::string> facts;
  if (!code.empty()) facts.push_back("code " + code + (sqlstate.empty() ? "" : " (" + sqlstate + ")"));
  if (!query_id.empty()) facts.push_back("query id " + query_id);
  if (!facts.empty()) out += "\n" + join(facts, ", ");
  if (!statement.empty()) out += "\nstatement:\n" + indented(statement);
  if (may_have_run) out += "\nIt may have run all the same: the answer did not arrive.";
  if (!hint.empty()) out += "\n" + hint;
  return out;
}

}  // namespace mesh
