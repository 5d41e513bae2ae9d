#include "mesh/model/mesh.hpp"

#include <algorithm>

#include "mesh/base/text.hpp"

namespace mesh {
namespace {

std::string role_for(const Mesh& mesh, const std::string& domain, std::string DeployRoles::*which) {
  const auto* found = mesh.find(domain);
  if (found != nullptr && !(found->roles.*which).empty()) return found->roles.*which;
  return mesh.environment.roles.*which;
}

ServiceUser user_for(const Mesh& mesh, const std::string& domain, ServiceUser ServiceUsers::*which) {
  const auto* found = mesh.find(domain);
  if (found != nullptr && !(found->users.*which).name.empty()) return found->users.*which;
  return mesh.environment.users.*which;
}

}  // namespace

const Domain* Mesh::find(const std::string& wanted) const {
  for (const auto* all : {&domains, &elsewhere}) {
    const auto it = std::find_if(all->begin(), all->end(), [&](const Domain& d) { return d.name == wanted; });
    if (it != all->end()) return &*it;
  }
  return nullptr;
}

const std::string& Mesh::account_of(const std::string& domain) const {
  const auto placed = environment.domains.find(domain);
  return placed == environment.domains.end() ? environment.account : placed->second.account;
}

bool Mesh::are_together(const std::string& domain, const std::string& other) const {
  return environment.domains.empty() || same_account(account_of(domain), account_of(other));
}

std::vector<std::string> Mesh::accounts() const {
  std::vector<std::string> others;
  bool any_at_home = false;
  for (const auto& domain : domains) {
    const auto& account = account_of(domain.name);
    const auto is_it = [&](const std::string& other) { return same_account(account, other); };
    if (is_it(environment.account)) {
      any_at_home = true;
    } else if (std::none_of(others.begin(), others.end(), is_it)) {
      others.push_back(account);
    }
  }
  std::sort(others.begin(), others.end());
  if (any_at_home || others.empty()) others.insert(others.begin(), environment.account);
  return others;
}

Mesh Mesh::in_account(const std::string& account) const {
  Mesh mesh = *this;
  if (environment.domains.empty()) return mesh;
  mesh.domains.clear();
  for (const auto& domain : domains) {
    const bool is_here = same_account(account_of(domain.name), account);
    (is_here ? mesh.domains : mesh.elsewhere).push_back(domain);
    mesh.environment.domains.try_emplace(domain.name, Placement{environment.connection, environment.account, {}});
  }
  const auto placed = std::find_if(environment.domains.begin(), environment.domains.end(),
                                   [&](const auto& each) { return same_account(each.second.account, account); });
  if (!same_account(environment.account, account) && placed != environment.domains.end()) {
    mesh.environment.connection = placed->second.connection;
    mesh.environment.account = placed->second.account;
  }
  return mesh;
}

bool same_account(const std::string& a, const std::string& b) {
  const auto one_spelling = [](const std::string& text) { return replace_all(to_upper(text), "_", "-"); };
  return one_spelling(a) == one_spelling(b);
}

std::string account_in_share(const std::string& account) {
  const auto hyphen = account.find('-');
  if (hyphen == std::string::npos) return {};
  return account.substr(0, hyphen) + "." + replace_all(account.substr(hyphen + 1), "-", "_");
}

const Domain* Mesh::owner_of_live(const std::string& stored_name) const {
  const std::string& suffix = environment.suffix;
  const bool has = stored_name.size() > suffix.size() &&
                   stored_name.compare(stored_name.size() - suffix.size(), suffix.size(), suffix) == 0;
  return owner_of(has ? stored_name.substr(0, stored_name.size() - suffix.size()) : stored_name);
}

Name Mesh::as_written(const Name& live) const {
  const std::string& stored = live.stored();
  const std::string& suffix = environment.suffix;
  if (suffix.empty() || is_control(live) || stored.size() <= suffix.size() || !stored.ends_with(suffix)) return live;
  auto bare = stored.substr(0, stored.size() - suffix.size());
  return owner_of(bare) == nullptr ? live : Name::exact(std::move(bare));
}

namespace {
QualifiedName with_first(const QualifiedName& name, Name first) {
  if (name.empty()) return name;
  auto parts = name.parts();
  parts.front() = std::move(first);
  return QualifiedName(std::move(parts));
}
}  // namespace

ObjectId Mesh::as_written(ObjectId live) const {
  if (!live.name.empty()) live.name = with_first(live.name, as_written(live.name.first()));
  return live;
}

ObjectId Mesh::as_live(ObjectId written) const {
  const auto& first = written.name.first();
  if (is_control(first) || owner_of(first.stored()) == nullptr) return written;
  written.name = with_first(written.name, Name::exact(first.stored() + environment.suffix));
  return written;
}

Grantee Mesh::as_written(Grantee live) const {
  // Users come from elsewhere, and applications bring their roles along.
  const bool is_declared = live.type != GranteeType::User && live.type != GranteeType::ApplicationRole;
  if (is_declared && !live.name.empty()) live.name = with_first(live.name, as_written(live.name.first()));
  return live;
}

GrantKey Mesh::as_written(GrantKey live) const {
  live.target.object = as_written(std::move(live.target.object));
  live.grantee = as_written(std::move(live.grantee));
  return live;
}

bool Mesh::is_control(const Name& database_or_warehouse) const {
  return has_control && (database_or_warehouse == control.database || database_or_warehouse == control.warehouse);
}

const Domain* Mesh::owner_of(const std::string& stored_name) const {
  const Domain* owner = nullptr;
  size_t longest = 0;
  for (const auto& domain : domains) {
    for (const auto& pattern : domain.owns) {
      if (pattern.size() <= longest || !glob_match(pattern, stored_name)) continue;
      owner = &domain;
      longest = pattern.size();
    }
  }
  return owner;
}

std::string Mesh::deploy_role(const std::string& domain) const { return role_for(*this, domain, &DeployRoles::deploy); }
std::string Mesh::creator_role(const std::string& domain) const {
  return role_for(*this, domain, &DeployRoles::creator);
}
std::string Mesh::plan_role(const std::string& domain) const { return role_for(*this, domain, &DeployRoles::plan); }

bool Mesh::is_deployment_role(const std::string& stored_name) const {
  const auto is_one = [&](const DeployRoles& roles) {
    return !stored_name.empty() &&
           (roles.plan == stored_name || roles.deploy == stored_name || roles.creator == stored_name);
  };
  return is_one(environment.roles) ||
         std::any_of(domains.begin(), domains.end(), [&](const Domain& domain) { return is_one(domain.roles); });
}

ServiceUser Mesh::deploy_user(const std::string& domain) const {
  return user_for(*this, domain, &ServiceUsers::deploy);
}
ServiceUser Mesh::plan_user(const std::string& domain) const { return user_for(*this, domain, &ServiceUsers::plan); }

bool Mesh::is_set_up_user(const Name& user) const {
  const auto among = [&](const ServiceUsers& users) {
    return user.stored() == users.plan.name || user.stored() == users.deploy.name;
  };
  return among(environment.users) ||
         std::any_of(domains.begin(), domains.end(), [&](const Domain& domain) { return among(domain.users); });
}

}  // namespace mesh
