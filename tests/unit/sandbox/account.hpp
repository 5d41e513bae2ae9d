#pragma once
// A sandbox account in memory for tests of statements: rows are drawn as text, `|` between cells, `-` for NULL.

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine.hpp"

namespace mesh::sandbox {

class TestAccount {
 public:
  TestAccount() : engine_(std::move(*Engine::open(":memory:", "ACME"))) {
    session.account = "ACME", session.user = "MESH", session.role = "ACCOUNTADMIN", session.warehouse = "COMPUTE_WH";
  }

  Session session;

  Answer answer(const std::string& sql) {
    session.query_id = "query-" + std::to_string(++number_);
    return engine_->execute(session, sql);
  }

  // The status of DDL, the rows of others, or the error as "CODE SQLSTATE message".
  std::string run(const std::string& sql) { return draw(answer(sql), {}); }
  std::string as(const std::string& role, const std::string& sql) {
    const std::string before = session.role;
    session.role = role;
    std::string text = run(sql);
    session.role = before;
    return text;
  }
  // The named columns alone.
  std::string rows(const std::string& sql, const std::vector<std::string>& columns) {
    return draw(answer(sql), columns);
  }
  std::string rows_as(const std::string& role, const std::string& sql, const std::vector<std::string>& columns) {
    const std::string before = session.role;
    session.role = role;
    std::string text = rows(sql, columns);
    session.role = before;
    return text;
  }
  // The names of the columns with the first letters of their types.
  std::string header(const std::string& sql) {
    const Answer given = answer(sql);
    if (const auto* error = std::get_if<SqlError>(&given)) return error->code;
    std::string text;
    for (const Column& c : std::get<ResultSet>(given).columns) text += (text.empty() ? "" : " ") + c.name;
    return text;
  }
  // Runs all; the first that fails is reported.
  std::string all(const std::vector<std::string>& statements) {
    for (const std::string& sql : statements) {
      const Answer given = answer(sql);
      if (std::holds_alternative<SqlError>(given)) return sql + " -> " + draw(given, {});
    }
    return "";
  }

  static std::string draw(const Answer& given, const std::vector<std::string>& columns) {
    if (const auto* error = std::get_if<SqlError>(&given))
      return error->code + " " + error->sqlstate + " " + error->message;
    const auto& result = std::get<ResultSet>(given);
    std::string text;
    for (const Row& row : result.rows) {
      std::string line;
      for (const size_t i : indices(result, columns)) line += "|" + row.at(i).value_or("-");
      text += (text.empty() ? "" : "\n") + (line.empty() ? line : line.substr(1));
    }
    return text;
  }

 private:
  static std::vector<size_t> indices(const ResultSet& result, const std::vector<std::string>& columns) {
    std::vector<size_t> found;
    for (size_t i = 0; columns.empty() && i < result.columns.size(); ++i) found.push_back(i);
    for (const std::string& name : columns) {
      for (size_t i = 0; i < result.columns.size(); ++i) {
        if (result.columns[i].name == name) found.push_back(i);
      }
    }
    return found;
  }

  std::unique_ptr<Engine> engine_;
  int number_ = 0;
};

}  // namespace mesh::sandbox
