#pragma once
// Between the client's words and those of the one seam that the rest of mesh knows (model/connection.hpp).

#include "mesh/model/connection.hpp"
#include "mesh/snowflake/statement.hpp"

namespace mesh::snowflake {

Request request_of(const Query& query);

// `rows_changed` of DML is counted from its result where the answer has no stats.
mesh::Reply reply_of(Answer answer);

// Dates, times and timestamps as people read them, by the columns' types; all else as it is.
mesh::Rows readable(mesh::Rows rows);

}  // namespace mesh::snowflake
