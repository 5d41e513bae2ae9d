#include "query.hpp"

#include <algorithm>
#include <array>

#include "query_dml.hpp"
#include "query_error.hpp"
#include "query_parser.hpp"
#include "query_sqlite.hpp"
#include "query_translate.hpp"

namespace mesh::sandbox {
namespace {

using namespace std::string_view_literals;

ResultSet run_select(sqlite3* db, query::Translator& translator, const query::Query& parsed) {
  const query::Relational rows = translator.query(parsed, nullptr);
  if (translator.needs_warehouse()) query::need_warehouse(translator.caller());
  ResultSet result;
  for (const auto& column : rows.columns) {
    result.columns.push_back(query::wire_column(column.name, column.type, column.nullable));
    result.columns.back().database = column.origin.database;
    result.columns.back().schema = column.origin.schema;
    result.columns.back().table = column.origin.table;
  }
  query::Prepared statement(db, rows.sql);
  while (statement.step()) {
    Row row;
    for (size_t i = 0; i < rows.columns.size(); ++i)
      row.push_back(query::to_wire(statement.value(static_cast<int>(i)), rows.columns[i].type));
    result.rows.push_back(std::move(row));
  }
  return result;
}

}  // namespace

bool is_query(const std::vector<Token>& tokens) {
  constexpr std::array kFirst = {"SELECT"sv, "WITH"sv,   "VALUES"sv, "INSERT"sv,
                                 "UPDATE"sv, "DELETE"sv, "MERGE"sv,  "TRUNCATE"sv};
  const auto first = std::find_if(tokens.begin(), tokens.end(), [](const Token& token) { return !token.symbol("("); });
  if (first == tokens.end()) return false;
  return std::any_of(kFirst.begin(), kFirst.end(), [&](std::string_view word) { return first->is(word); });
}

Answer execute_query(sqlite3* db, Relations& relations, const Session& session, const std::string& statement,
                     const std::vector<Token>& tokens) {
  try {
    query::register_functions(db);
    const query::Statement parsed = query::parse_statement(statement, tokens);
    query::Translator translator(db, relations, session, statement, nullptr);
    if (parsed.is == query::Statement::Is::Query) return run_select(db, translator, parsed.query);
    return query::execute_dml(db, translator, parsed);
  } catch (const SqlError& error) {
    return error;
  }
}

std::variant<std::vector<StoredColumn>, SqlError> describe_query(sqlite3* db, Relations& relations,
                                                                 const Session& session, const std::string& query,
                                                                 const StoredView* inside) {
  try {
    query::register_functions(db);
    const auto tokens = query::tokens_of(query);
    const query::Query parsed = query::parse_query(query, tokens);
    query::Translator translator(db, relations, session, query, inside, true);
    std::vector<StoredColumn> columns;
    for (const auto& column : translator.query(parsed, nullptr).columns) {
      StoredColumn stored;
      stored.name = column.name;
      stored.type = query::spell_as_column(column.type);
      stored.nullable = column.nullable;
      columns.push_back(std::move(stored));
    }
    return columns;
  } catch (const SqlError& error) {
    return error;
  }
}

std::variant<std::string, SqlError> describe_expression(sqlite3* db, Relations& relations, const Session& session,
                                                        const StoredTable& table, const std::string& expression) {
  try {
    query::register_functions(db);
    query::Translator translator(db, relations, session, expression, nullptr, true);
    query::Scope scope;
    scope.sources.push_back(translator.table_source(table, translator.next_alias()));
    return query::spell_as_column(translator.foreign_expression(expression, scope).type);
  } catch (const SqlError& error) {
    return error;
  }
}

}  // namespace mesh::sandbox
