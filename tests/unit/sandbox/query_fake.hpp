#pragma once
// Queries against an in-memory SQLite and a catalogue of a few tables, answers drawn as text.

#include <sqlite3.h>

#include <map>
#include <string>
#include <vector>

#include "mesh/base/text.hpp"
#include "query.hpp"

namespace mesh::sandbox {

class FakeRelations : public Relations {
 public:
  std::map<std::string, StoredTable> tables;  // by DB.SCHEMA.NAME
  std::map<std::string, StoredView> views;
  std::map<std::string, ResultSet> metadata;
  std::vector<ResultSet> pipes;
  std::vector<std::string> asked;  // privilege and name, in order
  std::vector<std::pair<std::string, Cell>> arguments;

  Relation resolve(const Session& session, const std::vector<std::string>& parts, const std::string& privilege,
                   const StoredView* inside) override {
    std::vector<std::string> whole = parts;
    if (whole.size() < 2) whole.insert(whole.begin(), session.schema);
    if (whole.size() < 3) whole.insert(whole.begin(), session.database);
    const std::string name = join(whole, ".");
    asked.push_back(privilege + " " + name + (inside != nullptr ? " inside " + inside->name : ""));
    if (const auto table = tables.find(name); table != tables.end()) return table->second;
    if (const auto view = views.find(name); view != views.end()) return view->second;
    if (const auto rows = metadata.find(name); rows != metadata.end()) return rows->second;
    return SqlError{"002003", "42S02",
                    "SQL compilation error:\nObject '" + parts.back() + "' does not exist or not authorized."};
  }
  Relation table_function(const Session&, const std::vector<std::string>& parts,
                          const std::vector<std::pair<std::string, Cell>>& given) override {
    arguments = given;
    if (const auto rows = metadata.find(parts.back()); rows != metadata.end()) return rows->second;
    return SqlError{"002139", "42601", "SQL compilation error:\nUnknown table function " + parts.back()};
  }
  std::vector<ResultSet> piped() override { return pipes; }
};

class Lab {
 public:
  Lab() {
    sqlite3_open(":memory:", &db);
    session.account = "ACME-DEV";
    session.user = "MESH";
    session.role = "SYSADMIN";
    session.warehouse = "WH";
    session.database = "DB";
    session.schema = "S";
  }
  ~Lab() { sqlite3_close(db); }
  Lab(const Lab&) = delete;
  Lab& operator=(const Lab&) = delete;

  // A table DB.S.NAME with columns as "NAME TYPE" or with `NOT NULL` and `DEFAULT ..` behind.
  StoredTable& table(const std::string& name, const std::vector<StoredColumn>& columns) {
    StoredTable table{"data_" + name, "DB", "S", name, columns, {}};
    std::string list;
    for (size_t i = 0; i < columns.size(); ++i) {
      table.column_ids.push_back(static_cast<int>(i) + 1);
      list += (i == 0 ? "c" : ", c") + std::to_string(i + 1);
    }
    sqlite3_exec(db, ("CREATE TABLE \"" + table.sqlite_name + "\" (" + list + ")").c_str(), nullptr, nullptr, nullptr);
    return relations.tables["DB.S." + name] = table;
  }
  void view(const std::string& name, const std::string& query, std::vector<std::string> columns = {}) {
    relations.views["DB.S." + name] = StoredView{"DB", "S", name, query, std::move(columns)};
  }

  Answer run(const std::string& sql) {
    const auto tokens = lex(sql);
    if (!tokens) return SqlError{"lex", "", tokens.error().message};
    return execute_query(db, relations, session, sql, *tokens);
  }
  // Rows, cells parted by `|`, NULL as `-`; an error as `code sqlstate message`.
  std::string rows(const std::string& sql) { return draw(run(sql)); }
  static std::string draw(const Answer& answer) {
    if (const auto* error = std::get_if<SqlError>(&answer))
      return error->code + " " + error->sqlstate + " " + error->message;
    std::string text;
    for (const Row& row : std::get<ResultSet>(answer).rows) {
      std::string line;
      for (const Cell& cell : row) line += (line.empty() && &cell == &row.front() ? "" : "|") + cell.value_or("-");
      text += (text.empty() ? "" : "\n") + line;
    }
    return text;
  }
  // Names and types of the columns.
  std::string header(const std::string& sql) {
    const Answer answer = run(sql);
    const auto* result = std::get_if<ResultSet>(&answer);
    if (result == nullptr) return draw(answer);
    std::string text;
    for (const Column& column : result->columns) {
      text += (text.empty() ? "" : ", ") + column.name + " " + column.type;
      if (column.precision && column.type == "fixed")
        text += "(" + std::to_string(*column.precision) + "," + std::to_string(*column.scale) + ")";
      if (!column.precision && column.length) text += "(" + std::to_string(*column.length) + ")";
      if (column.type.find("time") == 0) text += "(" + std::to_string(*column.scale) + ")";
      if (!column.nullable) text += " not null";
    }
    return text;
  }

  sqlite3* db = nullptr;
  FakeRelations relations;
  Session session;
};

inline StoredColumn col(std::string name, std::string type, bool nullable = true, std::string default_sql = "") {
  StoredColumn column;
  column.name = std::move(name);
  column.type = std::move(type);
  column.nullable = nullable;
  column.default_sql = std::move(default_sql);
  return column;
}

}  // namespace mesh::sandbox
