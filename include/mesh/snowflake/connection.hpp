#pragma once
// The client behind the one seam that the rest of mesh knows.

#include <memory>

#include "mesh/model/connection.hpp"
#include "mesh/snowflake/client.hpp"

namespace mesh::snowflake {

// `client` must outlive it. Use the client itself for cancel_all(), and for what Query does not say.
std::unique_ptr<Connection> connection_over(Client& client);

// The same facts in the model's words. `rows_changed` of DML is counted from its result where the answer has no stats.
mesh::Reply reply_of(Answer answer);

}  // namespace mesh::snowflake
