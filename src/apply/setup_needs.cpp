// What roles and users a mesh needs, by mesh.yaml and the manifests alone.
#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/policies.hpp"
#include "mesh/kinds/settings.hpp"
#include "setup.hpp"

namespace mesh::apply {
namespace {

constexpr std::string_view kSystemRoles[] = {"ACCOUNTADMIN",  "GLOBALORGADMIN", "ORGADMIN", "PUBLIC",
                                             "SECURITYADMIN", "SYSADMIN",       "USERADMIN"};

// CREATE DATABASE and the like; empty where Snowflake has no such privilege (resource monitors are ACCOUNTADMIN's).
std::string create_privilege(KindId kind) {
  const std::string privilege = "CREATE " + std::string(kinds::of(kind).sql);
  const auto known = kinds::account_privileges();
  return std::find(known.begin(), known.end(), privilege) == known.end() ? std::string() : privilege;
}

bool is_for_organization(const Object& object) {
  const Value* distribution = object.find("distribution");
  return object.id.kind == KindId::Listing && (distribution == nullptr || *distribution != Value("EXTERNAL"));
}

class AccountNeeds {
 public:
  AccountNeeds(const Mesh& mesh, const Desired& desired) : mesh_(mesh), desired_(desired) {}

  std::vector<AccountNeed> run() {
    for (const auto& domain : mesh_.domains) see(mesh_.plan_role(domain.name));
    for (const auto& [id, object] : desired_.state.objects) {
      if (object.structure_is_foreign()) continue;
      if (kinds::of(id.kind).scope == kinds::Scope::Account) create(object);
      if (id.kind == KindId::Schema) enable_managed_access(object);
      run_by_itself(object);
      set_parameters(object);
      if (id.kind == KindId::AccountParameter) set_account_policy(object);
    }
    for (const auto& [key, grant] : desired_.state.grants) give(key, grant);
    for (const auto& [key, attachment] : desired_.state.attachments) see_policies(key);
    std::vector<AccountNeed> out;
    for (auto& [key, need] : needs_) out.push_back(std::move(need));
    return out;
  }

 private:
  void need(const std::string& privilege, const std::string& role, bool grant_option, std::string why) {
    if (privilege.empty() || role.empty() || is_system_role(role)) return;
    auto key = account_grant(privilege, role);
    auto& need = needs_.try_emplace(key, AccountNeed{key, false, std::move(why)}).first->second;
    need.grant_option |= grant_option;
  }

  // RESOLVE ALL shows every object in SHOW, those still to come too, and gives no access to data (access control
  // privileges, global privileges). Nothing narrower does: a grant on a database cannot be given before the database is
  // there, and grants on future objects in it do not count where its schemas have grants of their own (grants.md 4).
  void see(const std::string& role) {
    need("RESOLVE ALL", role, false, "plan roles see names and definitions of all objects, and no data");
  }

  // POLICY_REFERENCES tells who does not own an object nothing of its policies without this (page
  // functions/policy_references, Usage notes): a mask that was taken off would look like one that is there.
  void see_policies(const AttachmentKey& key) {
    const auto bearer = desired_.state.objects.find(key.bearer.object);
    const auto* form = kinds::policy_form(key.kind);
    if (key.kind == KindId::DataMetricFunction && bearer != desired_.state.objects.end()) run_metrics(bearer->second);
    if (form == nullptr || bearer == desired_.state.objects.end()) return;
    need(fmt::format("APPLY {}", kinds::of(key.kind).sql), mesh_.plan_role(bearer->second.domain), false,
         "plan roles see what policies are on, which nothing less shows; it lets them set policies too, so give them "
         "only to who may");
    if (form->to == kinds::AttachesTo::User) apply_policy(key.kind, mesh_.deploy_role(bearer->second.domain));
  }

  // They run with the rights of the table's owner (page user-guide/data-quality-access-control).
  void run_metrics(const Object& relation) {
    const auto owner = relation.owner ? relation.owner->stored() : mesh_.deploy_role(relation.domain);
    need("EXECUTE DATA METRIC FUNCTION", owner, false, "metric functions that their manifests set on tables");
  }

  // Pages password-authentication and session-policies-managing: nothing less sets one on users and the account.
  void apply_policy(KindId kind, const std::string& role) {
    need(fmt::format("APPLY {}", kinds::of(kind).sql), role, false, "policies of logging in that their manifests set");
  }

  void set_account_policy(const Object& parameter) {
    const auto* setting = kinds::find_setting(parameter.id.name.last().stored());
    if (setting == nullptr || setting->type != kinds::SettingType::Policy) return;
    for (const auto& role : {mesh_.plan_role(parameter.domain), mesh_.deploy_role(parameter.domain)})
      apply_policy(kinds::policy_kind(*setting), role);
  }

  // Renaming needs the privilege to create as well (grants.md 3.1), and is done by the deploy role.
  void create(const Object& object) {
    const auto deploy = mesh_.deploy_role(object.domain), creator = mesh_.creator_role(object.domain);
    const auto privilege =
        is_for_organization(object) ? "CREATE ORGANIZATION LISTING" : create_privilege(object.id.kind);
    constexpr const char* kWhy = "what the manifests of their domains make on the account";
    const bool is_creators = kinds::is_creators(kinds::of(object.id.kind)) && !creator.empty();
    need(privilege, is_creators ? creator : deploy, false, kWhy);
    if (object.renamed_from) need(privilege, deploy, false, kWhy);
  }

  // Tasks run with their owner's rights (page sql/create-task); a share's accounts are its owner's to say
  // (alter-share).
  void run_by_itself(const Object& object) {
    const auto has = [&](std::string_view property) {
      const Value* value = object.find(property);
      return value != nullptr && !value->is_null();
    };
    const auto owner = object.owner ? object.owner->stored() : mesh_.deploy_role(object.domain);
    const Value* state = object.find("state");
    if (object.id.kind == KindId::Task && state != nullptr && *state == Value("STARTED")) {
      need("EXECUTE TASK", owner, false, "tasks that their manifests start");
      if (!has("warehouse")) need("EXECUTE MANAGED TASK", owner, false, "tasks without a warehouse of their own");
    }
    const auto creator = mesh_.creator_role(object.domain);
    if (object.id.kind == KindId::Database && has("from_share"))
      need("IMPORT SHARE", creator.empty() ? owner : creator, false, "databases of shares that others open");
    if (object.id.kind != KindId::Share) return;
    // Not even its own are listed for a role without it (show-shares).
    need("IMPORT SHARE", mesh_.deploy_role(object.domain), false, "their own shares, to be seen");
    if (has("accounts"))
      need("MANAGE SHARE TARGET", mesh_.deploy_role(object.domain), false, "the accounts of their shares");
  }

  // A creator role, which sets those of a database at once, stands above the deploy role.
  void set_parameters(const Object& object) {
    for (const auto& [name, property] : object.properties) {
      need(std::string(kinds::account_privilege_for(object.id.kind, name)), mesh_.deploy_role(object.domain), false,
           "parameters of databases and schemas that their manifests set");
    }
  }

  void manage_grants(const std::string& domain, const std::string& reason) {
    need(
        "MANAGE GRANTS", mesh_.deploy_role(domain), false,
        fmt::format("MANAGE GRANTS, which is mighty, because {} (domain {}) cannot be done with less", reason, domain));
  }

  // PUBLIC is born as a standard schema; ENABLE MANAGED ACCESS needs MANAGE GRANTS (grants.md 3.1).
  void enable_managed_access(const Object& schema) {
    const auto* managed = schema.find("managed_access");
    if (schema.id.name.last().stored() != "PUBLIC" || managed == nullptr || *managed != Value(true)) return;
    manage_grants(schema.domain, "managed_access of " + schema.id.address());
  }

  void give(const GrantKey& key, const Grant& grant) {
    if (key.target.form == TargetForm::Account) {
      need(key.privilege, mesh_.deploy_role(grant.domain), true, "what their manifests grant on the account");
    } else if (key.target.form == TargetForm::FutureIn) {
      give_future(key, grant);
    }
  }

  // Future grants are the owner's to give in a managed access schema only (grants.md 3.1).
  void give_future(const GrantKey& key, const Grant& grant) {
    const auto* container = desired_.state.find(key.target.object);
    const auto* managed = container == nullptr ? nullptr : container->find("managed_access");
    const bool standard = managed != nullptr && *managed == Value(false);
    if (key.target.object.kind == KindId::Database || standard) {
      manage_grants(grant.domain, fmt::format("a grant on {}", key.target.display()));
    }
  }

  const Mesh& mesh_;
  const Desired& desired_;
  std::map<GrantKey, AccountNeed> needs_;
};

}  // namespace

bool is_system_role(const std::string& role) {
  return std::find(std::begin(kSystemRoles), std::end(kSystemRoles), role) != std::end(kSystemRoles);
}

std::set<std::string> named_roles(const Mesh& mesh) {
  std::set<std::string> roles;
  for (const auto& domain : mesh.domains) {
    roles.insert({mesh.plan_role(domain.name), mesh.deploy_role(domain.name), mesh.creator_role(domain.name)});
  }
  roles.erase("");
  return roles;
}

MembershipKey membership_of(const std::string& role, GranteeType type, const std::string& member) {
  return {{KindId::Role, QualifiedName({Name::exact(role)})}, {type, QualifiedName({Name::exact(member)})}};
}

GrantKey account_grant(std::string privilege, const std::string& role) {
  return {{TargetForm::Account, {}, KindId::Table},
          {GranteeType::Role, QualifiedName({Name::exact(role)})},
          std::move(privilege)};
}

std::vector<AccountNeed> account_needs(const Mesh& mesh, const Desired& desired) {
  return AccountNeeds(mesh, desired).run();
}

std::set<std::string> classifying_roles(const Mesh& mesh, const Desired& desired) {
  std::set<std::string> roles;
  for (const auto& [id, object] : desired.state.objects) {
    if (id.kind != KindId::ClassificationProfile || object.structure_is_foreign()) continue;
    const auto deploy = mesh.deploy_role(object.domain);
    if (!deploy.empty() && !is_system_role(deploy)) roles.insert(deploy);
  }
  return roles;
}

std::vector<UserNeed> user_needs(const Mesh& mesh) {
  std::set<std::string> plan_roles{mesh.environment.roles.plan};
  for (const auto& domain : mesh.domains) plan_roles.insert(mesh.plan_role(domain.name));
  plan_roles.erase("");
  std::map<std::string, UserNeed> users;
  std::map<std::string, std::set<std::string>> deploys;
  // All manifests are planned with, so whoever plans or applies one domain reads the others as well.
  const auto use = [&](const ServiceUser& user) -> UserNeed* {
    if (user.name.empty()) return nullptr;
    auto& need = users.try_emplace(user.name, UserNeed{user, {}, plan_roles}).first->second;
    if (need.user.subject.empty()) need.user = user;
    return &need;
  };
  for (const auto& domain : mesh.domains) {
    use(mesh.plan_user(domain.name));
    auto* deployer = use(mesh.deploy_user(domain.name));
    if (deployer == nullptr) continue;
    for (const auto& role : {mesh.deploy_role(domain.name), mesh.creator_role(domain.name)}) {
      if (!role.empty()) deployer->roles.insert(role);
    }
    if (const auto role = mesh.deploy_role(domain.name); !role.empty()) deploys[deployer->user.name].insert(role);
  }
  std::vector<UserNeed> out;
  for (auto& [name, need] : users) {
    const auto& own = deploys[name].empty() ? plan_roles : deploys[name];
    if (own.size() == 1) need.default_role = *own.begin();
    out.push_back(std::move(need));
  }
  return out;
}

}  // namespace mesh::apply
