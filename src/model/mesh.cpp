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
