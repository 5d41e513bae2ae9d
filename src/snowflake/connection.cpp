#include "mesh/snowflake/connection.hpp"

#include <charconv>

namespace mesh::snowflake {
namespace {

Request request_of(const Query& query) {
  return Request{.sql = query.sql,
                 .role = query.role,
                 .warehouse = query.warehouse,
                 .query_tag = query.query_tag,
                 .idempotent_read = query.read_only,
                 .urgent = query.urgent};
}

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

class ClientConnection : public Connection {
 public:
  explicit ClientConnection(Client& client) : client_(client) {}

  mesh::Reply run(const Query& query) override { return reply_of(client_.run(request_of(query))); }

  std::vector<mesh::Reply> run_all(const std::vector<Query>& queries) override {
    std::vector<Request> requests;
    requests.reserve(queries.size());
    for (const auto& query : queries) requests.push_back(request_of(query));
    std::vector<mesh::Reply> replies;
    replies.reserve(queries.size());
    for (auto& answer : client_.run_all(std::move(requests))) replies.push_back(reply_of(std::move(answer)));
    return replies;
  }

  size_t statements_sent() const override { return client_.statements_sent(); }

 private:
  Client& client_;
};

}  // namespace

std::unique_ptr<Connection> connection_over(Client& client) { return std::make_unique<ClientConnection>(client); }

mesh::Reply reply_of(Answer answer) {
  if (answer) {
    mesh::Rows rows;
    rows.rows_changed = rows_changed(*answer);
    for (auto& column : answer->columns) rows.columns.push_back(std::move(column.name));
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

}  // namespace mesh::snowflake
