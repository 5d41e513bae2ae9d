#pragma once
// What authentication policies the account has for the user that runs a plan.

#include "mesh/model/connection.hpp"
#include "mesh/model/login.hpp"

namespace mesh::live {

// To be sent with `as_role` (stored spelling), which must have APPLY AUTHENTICATION POLICY to see them; its replies go
// to read_login() in this order.
std::vector<Query> login_queries(const std::string& user, const std::string& as_role);
// Adds type, own and on_account. Fails with the first reply that does, but for the user's type: that is then not told.
Status read_login(const std::vector<Reply>& replies, Login& login);

// DESCRIBE AUTHENTICATION POLICY; what it says of methods. None: it says nothing that mesh understands.
Query methods_query(const QualifiedName& policy, const std::string& as_role);
std::optional<std::vector<std::string>> read_methods(const Rows& rows);

}  // namespace mesh::live
