// Pages show-authentication-policies (ON), desc-user, desc-authentication-policy.
#include "mesh/live/login.hpp"

#include <algorithm>

#include "account_policies.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "rows.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

sql::Keyword policies() { return sql::Keyword::of_table(kinds::of(KindId::AuthenticationPolicy).sql_plural); }

Query query(std::string sql, const std::string& role) {
  return {.sql = std::move(sql), .role = role, .read_only = true};
}

// What is in force for the user is its own where set_on says so; of an answer without that column, which is newer than
// others, where the account does not have it.
std::optional<QualifiedName> own_policy(const Rows& rows, const Login& login) {
  for (const auto& policy : account_policies(rows)) {
    const bool is_accounts = std::any_of(login.on_account.begin(), login.on_account.end(),
                                         [&](const auto& each) { return each.second == policy.name; });
    if (policy.set_on == "USER" || (policy.set_on.empty() && !is_accounts)) return policy.name;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Query> login_queries(const std::string& user, const std::string& as_role) {
  const ObjectId id{KindId::User, QualifiedName({Name::exact(user)})};
  return {query(show_on_account(policies()), as_role),
          query(sql::Writer().kw("SHOW").kw(policies()).kw("ON USER").name(id.name).take(), as_role),
          query(describe(id), as_role)};
}

Status read_login(const std::vector<Reply>& replies, Login& login) {
  const auto &account = replies.at(0), &user = replies.at(1), &described = replies.at(2);
  if (!account) return fail(account.error().describe());
  if (!user) return fail(user.error().describe());
  for (const auto& policy : account_policies(*account)) {
    if (!policy.scopes) return fail("for whom a policy is set cannot be understood: '" + policy.options + "'");
    for (const auto& scope : *policy.scopes) login.on_account.insert_or_assign(scope, policy.name);
  }
  login.own = own_policy(*user, login);
  if (!described) return Done{};
  const Field property(*described, "property"), value(*described, "value");
  for (const auto& row : described->rows) {
    if (!iequals(property.in(row), "TYPE")) continue;
    const bool is_person = value.in(row).empty() || iequals(value.in(row), "null");  // page alter-user, TYPE
    login.type = is_person ? "PERSON" : to_upper(value.in(row));
  }
  return Done{};
}

Query methods_query(const QualifiedName& policy, const std::string& as_role) {
  return query(describe({KindId::AuthenticationPolicy, policy}), as_role);
}

std::optional<std::vector<std::string>> read_methods(const Rows& rows) {
  const auto* methods = kinds::find_property(kinds::of(KindId::AuthenticationPolicy), "authentication_methods");
  const Field property(rows, "property"), value(rows, "value");
  for (const auto& row : rows.rows) {
    if (!iequals(property.in(row), methods->column)) continue;
    const auto read = kinds::canonical(*methods, value.in(row));
    const auto* list = read ? std::get_if<ValueList>(&read->data) : nullptr;
    if (list == nullptr) return std::nullopt;
    std::vector<std::string> all;
    for (const auto& each : *list) all.push_back(*each.text());
    return all;
  }
  return std::nullopt;
}

}  // namespace mesh::live
