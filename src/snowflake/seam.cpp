#include "mesh/snowflake/seam.hpp"

#include <charconv>

#include "mesh/snowflake/values.hpp"

namespace mesh::snowflake {
namespace {

int64_t number_at(const Rows& rows, std::string_view column) {
  const auto text = rows.at(0, column);
  int64_t number = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

// Snowflake leaves the stats out when no row changed (sql-api.md 2).
int64_t rows_changed(const Rows& rows) {
  if (rows.stats) return rows.stats->inserted + rows.stats->updated + rows.stats->deleted;
  int64_t sum = 0;
  for (const auto* column : {"number of rows inserted", "number of rows updated", "number of rows deleted"}) {
    sum += number_at(rows, column);
  }
  return sum;
}

}  // namespace

Request request_of(const Query& query) {
  return Request{.sql = query.sql,
                 .role = query.role,
                 .warehouse = query.warehouse,
                 .query_tag = query.query_tag,
                 .idempotent_read = query.read_only,
                 .cancellable = query.cancellable,
                 .urgent = query.urgent};
}

mesh::Reply reply_of(Answer answer) {
  if (answer) {
    mesh::Rows rows;
    rows.rows_changed = rows_changed(*answer);
    for (auto& column : answer->columns) {
      rows.columns.push_back(std::move(column.name));
      rows.types.push_back(std::move(column.type));
    }
    rows.rows = std::move(answer->rows);
    rows.query_id = std::move(answer->query_id);
    return rows;
  }
  auto& error = answer.error();
  return Failure<StatementError>{
      StatementError{.code = std::move(error.code),
                     .sqlstate = std::move(error.sqlstate),
                     .message = std::move(error.message),
                     .query_id = std::move(error.query_id),
                     .statement = std::move(error.statement),
                     .hint = std::move(error.hint),
                     .from_server = error.kind == ErrorKind::Sql || error.kind == ErrorKind::Timeout,
                     .may_have_run = error.may_have_run,
                     .cancelled = error.kind == ErrorKind::Cancelled}};
}

mesh::Rows readable(mesh::Rows rows) {
  for (auto& row : rows.rows) {
    for (size_t i = 0; i < row.size() && i < rows.types.size(); ++i) {
      if (row[i]) row[i] = readable(Column{.name = {}, .type = rows.types[i]}, *row[i]);
    }
  }
  return rows;
}

}  // namespace mesh::snowflake
