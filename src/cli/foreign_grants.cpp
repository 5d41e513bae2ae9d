#include "foreign_grants.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/live/role_grants.hpp"
#include "mesh/model/access.hpp"

namespace mesh::cli {
namespace {

// What each sending role stands above, asked for once.
class Senders {
 public:
  explicit Senders(Connection& connection) : connection_(connection) {}

  // Whether a revoke under the role reaches what one of `grantors` granted. Not known: true.
  bool reaches(const std::string& role, const GrantKey& key, const std::vector<std::string>& grantors) {
    const Grantee sender = account_role(Name::exact(role));
    if (!learn(sender, role)) return true;
    const auto& below = map_.closure(sender);
    for (const auto& grantor : grantors) {
      if (below.count(account_role(Name::exact(grantor))) > 0) return true;
    }
    const auto manages = [&](const GrantTarget& where) {
      return std::any_of(below.begin(), below.end(),
                         [&](const Grantee& one) { return map_.holds(one, where, "MANAGE GRANTS", false); });
    };
    if (manages(on_the_account())) return true;
    for (const auto& container : containers_of(key.target)) {
      if (manages(on_object(container))) return true;
    }
    return false;
  }

 private:
  bool learn(const Grantee& sender, const std::string& as_role) {
    const auto [known, fresh] = asked_.try_emplace(as_role, true);
    if (!fresh) return known->second;
    std::vector<Grantee> open = {sender};
    std::set<Grantee> seen = {sender};
    while (!open.empty()) {
      std::vector<Query> queries;
      for (const auto& one : open) queries.push_back(live::role_grants_query(one, as_role));
      const auto replies = connection_.run_all(queries);
      std::vector<Grantee> next;
      for (size_t i = 0; i < replies.size(); ++i) {
        if (!replies[i].ok()) return known->second = false;
        const auto grants = live::parse_role_grants(*replies[i]);
        map_.learn(open[i], grants);
        for (const auto& role : grants.roles) {
          if (seen.insert(role).second) next.push_back(role);
        }
      }
      open = std::move(next);
    }
    return true;
  }

  Connection& connection_;
  AccessMap map_;
  std::map<std::string, bool> asked_;
};

std::string names_of(const std::vector<std::string>& grantors) {
  std::vector<std::string> names;
  for (const auto& one : grantors) names.push_back(Name::exact(one).display());
  return join(names, ", ");
}

// Those that are told; empty: the system's, which diff deals with, or nobody's.
std::vector<std::string> grantors_of(const Live& live, const Change& change) {
  if (change.action != Action::Revoke || !change.grant) return {};
  const auto found = live.state.grants.find(*change.grant);
  if (found == live.state.grants.end()) return {};
  auto grantors = found->second.granted_by;
  std::erase(grantors, "");
  return grantors;
}

}  // namespace

void set_aside_foreign_grants(const Live& live, Connection& connection, DiffResult& result) {
  Senders senders(connection);
  std::erase_if(result.changes, [&](const Change& change) {
    const auto grantors = grantors_of(live, change);
    if (grantors.empty()) return false;
    const std::string role =
        change.statements.front().role.empty() ? live.current_role : change.statements.front().role;
    if (std::find(grantors.begin(), grantors.end(), role) != grantors.end()) return false;
    if (role == "ACCOUNTADMIN" || role == "SECURITYADMIN") return false;  // they have MANAGE GRANTS
    if (senders.reaches(role, *change.grant, grantors)) return false;
    result.findings.push_back(
        {Severity::Warning,
         "MESH2023",
         fmt::format("{} holds {} on {} by a grant of {}, which {} cannot revoke", change.grant->grantee.display(),
                     change.grant->privilege, change.grant->target.display(), names_of(grantors),
                     Name::exact(role).display()),
         fmt::format("let {} revoke it; or give {} MANAGE GRANTS; or declare it", names_of(grantors),
                     Name::exact(role).display()),
         change.address,
         change.place,
         {}});
    return true;
  });
}

}  // namespace mesh::cli
