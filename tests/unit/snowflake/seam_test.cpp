#include "mesh/snowflake/seam.hpp"

#include <catch2/catch.hpp>

using namespace mesh::snowflake;

TEST_CASE("rows and changed rows are told in the model's words") {
  Rows insert{.columns = {{.name = "number of rows inserted"}}, .rows = {{"3"}}, .query_id = "q"};
  auto reply = reply_of(insert);
  REQUIRE(reply);
  CHECK(reply->columns == std::vector<std::string>{"number of rows inserted"});
  CHECK(reply->at(0, "NUMBER OF ROWS INSERTED") == "3");
  CHECK(reply->query_id == "q");
  CHECK(reply->rows_changed == 3);

  // The recorded UPDATE.
  const Rows update{.columns = {{.name = "number of rows updated"}, {.name = "number of multi-joined rows updated"}},
                    .rows = {{"2", "0"}},
                    .stats = DmlStats{.updated = 2}};
  CHECK(reply_of(update)->rows_changed == 2);
  const Rows nothing{.columns = {{.name = "number of rows updated"}}, .rows = {{"0"}}};
  CHECK(reply_of(nothing)->rows_changed == 0);
}

TEST_CASE("a query becomes a request") {
  const auto request = request_of({.sql = "S",
                                   .role = "R",
                                   .warehouse = "W",
                                   .query_tag = "T",
                                   .read_only = true,
                                   .urgent = true,
                                   .cancellable = true});
  CHECK(request.sql == "S");
  CHECK(request.role == "R");
  CHECK(request.warehouse == "W");
  CHECK(request.query_tag == "T");
  CHECK(request.idempotent_read);
  CHECK(request.urgent);
  CHECK(request.cancellable);
  CHECK_FALSE(request_of({}).cancellable);
}

TEST_CASE("errors keep their facts and say who refused") {
  const ServerError sql{.kind = ErrorKind::Sql, .code = "002003", .message = "m", .query_id = "q", .statement = "s"};
  auto reply = reply_of(mesh::Failure<ServerError>{sql});
  REQUIRE_FALSE(reply);
  CHECK(reply.error().from_server);
  CHECK(reply.error().is_missing_or_hidden());
  CHECK(reply.error().query_id == "q");
  reply = reply_of(mesh::Failure<ServerError>{{.kind = ErrorKind::Network, .may_have_run = true}});
  CHECK_FALSE(reply.error().from_server);
  CHECK(reply.error().may_have_run);
  reply = reply_of(mesh::Failure<ServerError>{{.kind = ErrorKind::Cancelled}});
  CHECK(reply.error().cancelled);
}
