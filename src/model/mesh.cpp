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
  const auto it = std::find_if(domains.begin(), domains.end(), [&](const Domain& d) { return d.name == wanted; });
  return it == domains.end() ? nullptr : &*it;
}

const Domain* Mesh::owner_of_live(const std::string& stored_name) const {
  const std::string& suffix = environment.suffix;
  const bool has = stored_name.size() > suffix.size() &&
                   stored_name.compare(stored_name.size() - suffix.size(), suffix.size(), suffix) == 0;
  return owner_of(has ? stored_name.substr(0, stored_name.size() - suffix.size()) : stored_name);
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
