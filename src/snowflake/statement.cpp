#include "mesh/snowflake/statement.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::snowflake {
namespace {

constexpr size_t kShownStatement = 600;

// A server's text must not steer the terminal.
std::string harmless(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F ? '?' : c;
  return out;
}

std::string shortened(std::string_view sql) {
  sql = trim(sql);
  if (sql.size() <= kShownStatement) return std::string(sql);
  size_t end = kShownStatement;
  while (end > 0 && (sql[end] & 0xC0) == 0x80) --end;
  return fmt::format("{}… ({} bytes in all)", sql.substr(0, end), sql.size());
}

std::string indented(std::string text) { return replace_all(std::move(text), "\n", "\n    "); }

}  // namespace

std::optional<size_t> Rows::column(std::string_view name) const {
  const auto find = [&](auto same) -> std::optional<size_t> {
    const auto at = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return same(c.name); });
    if (at == columns.end()) return std::nullopt;
    return static_cast<size_t>(at - columns.begin());
  };
  if (const auto exact = find([&](std::string_view n) { return n == name; })) return exact;
  return find([&](std::string_view n) { return iequals(n, name); });
}

std::optional<std::string_view> Rows::at(size_t row, std::string_view column_name) const {
  const auto index = column(column_name);
  if (!index || row >= rows.size() || !rows[row][*index]) return std::nullopt;
  return std::string_view(*rows[row][*index]);
}

std::string ServerError::describe() const {
  std::vector<std::string> facts;
  if (!code.empty()) facts.push_back("code " + code);
  if (!sqlstate.empty()) facts.push_back("SQLSTATE " + sqlstate);
  if (http != 0 && http != 422) facts.push_back(fmt::format("HTTP {}", http));
  if (!query_id.empty()) facts.push_back("query id " + query_id);

  std::string out = message;
  if (!facts.empty()) out += "\n  " + join(facts, ", ");
  if (!statement.empty()) out += "\n  statement: " + indented(shortened(statement));
  if (may_have_run) out += "\n  no answer told its end: the statement may have been executed, or still be running";
  if (!hint.empty()) out += "\n  " + hint;
  return harmless(out);
}

}  // namespace mesh::snowflake
