#include "account_policies.hpp"

#include "json.hpp"
#include "mesh/base/text.hpp"
#include "rows.hpp"

namespace mesh::live {
namespace {

// For whom a policy is set `options` says, as JSON that has other keys too; one may be there for several
// (session_policy entry, show; terraform's provider, account test). What has no word of it, an empty text say, is for
// all.
std::optional<std::set<std::string, std::less<>>> target_scopes(std::string_view options) {
  if (options.find("target_scopes") == std::string_view::npos) return {{"ACCOUNT"}};
  const auto json = Json::parse(options);
  const auto* scopes = json && json->is_object() ? json->find("target_scopes") : nullptr;
  if (scopes == nullptr || scopes->list() == nullptr) return std::nullopt;
  std::set<std::string, std::less<>> all;
  for (const auto& scope : *scopes->list()) {
    if (scope.text() == nullptr) return std::nullopt;
    all.insert(to_upper(*scope.text()));
  }
  return all;
}

}  // namespace

std::vector<AccountPolicy> account_policies(const Rows& rows) {
  const Field name(rows, "name"), schema(rows, "schema_name"), database(rows, "database_name"),
      options(rows, "options"), set_on(rows, "set_on");
  std::vector<AccountPolicy> all;
  for (const auto& row : rows.rows) {
    if (database.in(row).empty()) continue;
    all.push_back({QualifiedName({database.name(row), schema.name(row), name.name(row)}),
                   target_scopes(options.in(row)), std::string(options.in(row)), to_upper(set_on.in(row))});
  }
  return all;
}

}  // namespace mesh::live
