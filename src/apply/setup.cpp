// What of a mesh's set-up is missing, as statements with the role that runs each.
#include "setup.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "control_tables.hpp"
#include "mesh/base/printable.hpp"
#include "mesh/base/text.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::apply {
namespace {

using sql::Writer;

// "Must be granted by the ACCOUNTADMIN role" (access control privileges, global privileges); for the others MANAGE
// GRANTS will do.
constexpr std::string_view kAccountAdminGrants[] = {
    "BIND SERVICE ENDPOINT", "CREATE ACCOUNT",       "CREATE APPLICATION",          "CREATE APPLICATION PACKAGE",
    "CREATE COMPUTE POOL",   "CREATE DATABASE",      "CREATE FAILOVER GROUP",       "CREATE INTEGRATION",
    "CREATE LISTING",        "CREATE SHARE",         "CREATE REPLICATION GROUP",    "CREATE WAREHOUSE",
    "EXECUTE ALERT",         "EXECUTE MANAGED TASK", "EXECUTE AUTO CLASSIFICATION", "EXECUTE TASK",
    "IMPORT SHARE",          "MANAGE WAREHOUSES",    "MONITOR EXECUTION",           "MONITOR USAGE",
    "READ SESSION"};

const char* giver_of(const std::string& account_privilege) {
  const bool admins = std::find(std::begin(kAccountAdminGrants), std::end(kAccountAdminGrants), account_privilege) !=
                      std::end(kAccountAdminGrants);
  return admins ? kAccountAdmin : kSecurityAdmin;
}

std::string create_role(const std::string& role, const std::string& comment) {
  return Writer().kw("CREATE ROLE IF NOT EXISTS").name(Name::exact(role)).kw("COMMENT").equals().text(comment).take();
}

// TYPE = SERVICE has no password (admin-user-management); without secondary roles a statement may do what its role may.
std::string create_user(const Mesh& mesh, const UserNeed& need) {
  Writer w;
  w.kw("CREATE USER IF NOT EXISTS").name(Name::exact(need.user.name)).kw("TYPE = SERVICE");
  if (!need.default_role.empty()) w.kw("DEFAULT_ROLE").equals().name(Name::exact(need.default_role));
  w.kw("DEFAULT_SECONDARY_ROLES = ()").kw("DEFAULT_WAREHOUSE").equals().name(mesh.control.warehouse);
  if (!need.user.subject.empty()) {
    w.kw("WORKLOAD_IDENTITY =").open().kw("TYPE = OIDC ISSUER").equals().text(need.user.issuer);
    w.kw("SUBJECT").equals().text(need.user.subject).close();
  }
  return w.kw("COMMENT").equals().text(fmt::format("mesh {}: logs in for its pipeline", mesh.name)).take();
}

class Steps {
 public:
  Steps(const Mesh& mesh, const Desired& desired, const SetupFacts& facts)
      : mesh_(mesh), desired_(desired), facts_(facts) {}

  std::vector<SetupStep> run() {
    control();
    roles();
    users();
    members();
    grants();
    owners();
    return std::move(steps_);
  }

 private:
  void add(std::string sql, std::string as, std::string why) {
    steps_.push_back({std::move(sql), std::move(as), std::move(why)});
  }
  void propose(std::string sql, std::string as, std::string why) {
    steps_.push_back({std::move(sql), std::move(as), std::move(why), true});
  }

  // A role of the account's own making was chosen for this; a system role is not, but SYSADMIN, whose work it is.
  std::string maker() const {
    const auto& role = facts_.connection_role;
    return role.empty() || is_system_role(role) ? kSysAdmin : role;
  }
  std::string owner_of(const ObjectId& id, const std::string& otherwise) const {
    const auto it = facts_.owners.find(id);
    return it == facts_.owners.end() || it->second.empty() ? otherwise : it->second;
  }
  std::string database_owner() const {
    return owner_of({KindId::Database, QualifiedName({mesh_.control.database})}, maker());
  }
  std::string control_owner() const { return owner_of({KindId::Schema, control_schema(mesh_)}, database_owner()); }

  void control() {
    for (auto& statement : bootstrap_sql(mesh_, facts_.control)) {
      add(std::move(statement.sql), statement.at_account ? maker() : control_owner(), "ledger, leases and audit");
      steps_.back().needs_warehouse = statement.needs_warehouse;
    }
  }

  static ObjectId role_id(const std::string& role) { return {KindId::Role, QualifiedName({Name::exact(role)})}; }
  bool exists(const std::string& role) const { return is_system_role(role) || facts_.exists(KindId::Role, role); }
  const Object* declared(const ObjectId& id) const {
    const auto* object = desired_.state.find(id);
    return object == nullptr || object->structure_is_foreign() ? nullptr : object;
  }

  std::string comment_of(const std::string& role) const {
    std::vector<std::string> deploys;
    bool creates = false;
    for (const auto& domain : mesh_.domains) {
      if (mesh_.deploy_role(domain.name) == role) deploys.push_back(domain.name);
      creates |= mesh_.creator_role(domain.name) == role;
    }
    if (deploys.size() == 1) return fmt::format("mesh {}: applies domain {}", mesh_.name, deploys.front());
    if (!deploys.empty()) return fmt::format("mesh {}: applies {} domains", mesh_.name, deploys.size());
    return fmt::format("mesh {}: {}", mesh_.name,
                       creates ? "creates account-level objects and hands them over" : "reads for plans");
  }

  void roles() {
    for (const auto& role : named_roles(mesh_)) {
      if (!exists(role)) add(create_role(role, comment_of(role)), kUserAdmin, "the roles that mesh.yaml names");
    }
  }

  void users() {
    for (const auto& need : user_needs(mesh_)) {
      if (facts_.users.count(need.user.name) > 0) continue;
      add(create_user(mesh_, need), kUserAdmin, "the users that mesh.yaml names");
      if (!need.user.subject.empty()) continue;
      Writer key;
      key.kw("ALTER USER").name(Name::exact(need.user.name)).kw("SET RSA_PUBLIC_KEY").equals().text("…");
      propose(key.take(), kUserAdmin, "this user logs in with a key pair: give it the public key");
    }
  }

  // Whoever owns a role gives it away: USERADMIN what it made, else MANAGE GRANTS is needed (grant-role).
  std::string giver_of_role(const std::string& role) const {
    return owner_of(role_id(role), exists(role) ? kSecurityAdmin : kUserAdmin) == kUserAdmin ? kUserAdmin
                                                                                             : kSecurityAdmin;
  }

  // Where the manifests say who has a role, the next apply takes away what they do not say.
  bool is_exact(const MembershipKey& key) const {
    const bool stated = desired_.state.memberships.count(key) > 0 || declared(key.role) == nullptr;
    return !stated && (key.member.type != GranteeType::User || desired_.exact_user_roles.count(key.role) > 0);
  }

  void give(const std::string& role, GranteeType type, const std::string& member, const std::string& why) {
    const auto key = membership_of(role, type, member);
    if (role == member || facts_.memberships.count(key) > 0) return;
    auto sql = kinds::grant_role(key);
    if (!is_exact(key)) return add(std::move(sql), giver_of_role(role), why);
    propose(std::move(sql), giver_of_role(role),
            fmt::format("{} is declared by domain {}, which says who has it: write {} under its {}", key.role.address(),
                        desired_.state.find(key.role)->domain, key.member.display(),
                        type == GranteeType::User ? "users" : "granted_to"));
  }

  void members() {
    // Custom roles stand below SYSADMIN, so that administrators can manage what they own (access control
    // considerations).
    for (const auto& role : named_roles(mesh_)) {
      if (!is_system_role(role) && declared(role_id(role)) == nullptr) {
        give(role, GranteeType::Role, kSysAdmin, "administrators stand above these roles");
      }
    }
    // GRANT OWNERSHIP … COPY CURRENT GRANTS is for roles above the new owner, or MANAGE GRANTS (grant-ownership).
    for (const auto& domain : mesh_.domains) {
      const auto deploy = mesh_.deploy_role(domain.name), creator = mesh_.creator_role(domain.name);
      if (deploy.empty() || creator.empty() || is_system_role(deploy) || is_system_role(creator)) continue;
      give(deploy, GranteeType::Role, creator, "creators stand above those they hand over to");
    }
    for (const auto& [id, object] : desired_.state.objects) hand_over(object);
    for (const auto& role : classifying_roles(mesh_, desired_)) {
      const MembershipKey key{{KindId::DatabaseRole, kinds::classification_admin()},
                              {GranteeType::Role, QualifiedName({Name::exact(role)})}};
      if (facts_.memberships.count(key) == 0)
        add(kinds::grant_role(key), kAccountAdmin, "classification profiles, which only that database role makes");
    }
    for (const auto& need : user_needs(mesh_)) {
      for (const auto& role : need.roles) {
        give(role, GranteeType::User, need.user.name, "what each user may be");
      }
    }
  }

  // `owner: R` is such a transfer too, by the deploy role.
  void hand_over(const Object& object) {
    const auto deploy = mesh_.deploy_role(object.domain);
    if (!object.owner || deploy.empty() || is_system_role(deploy) || object.structure_is_foreign()) return;
    const auto& owner = object.owner->stored();
    if (owner == deploy || given_.count({owner, deploy}) > 0) return;
    // A role that the first apply makes is given by its manifest.
    if (!exists(owner) && named_roles(mesh_).count(owner) == 0) return;
    given_.emplace(owner, deploy);
    const std::string why = fmt::format("{} hands {} over to it", deploy, object.id.address());
    if (!is_system_role(owner)) return give(owner, GranteeType::Role, deploy, why);
    const auto key = membership_of(owner, GranteeType::Role, deploy);
    if (facts_.memberships.count(key) == 0) {
      propose(kinds::grant_role(key), kSecurityAdmin, why + ", which makes it as mighty as " + owner);
    }
  }

  std::string giver_of_control(const GrantKey& key) const {
    const auto& id = key.target.object;
    if (id.name.depth() == 1) return owner_of(id, maker());
    return control_owner();  // of the schema with managed access, whoever owns what is in it
  }

  void grants() {
    for (const auto& key : control_grants(mesh_)) {
      if (is_granted(facts_.grants, key)) continue;
      add(kinds::grant_statement(key, false), giver_of_control(key), "what roles may do in the control schema");
    }
    auto needs = account_needs(mesh_, desired_);
    std::stable_sort(needs.begin(), needs.end(), [](const AccountNeed& a, const AccountNeed& b) {
      return std::string_view(giver_of(a.key.privilege)) < std::string_view(giver_of(b.key.privilege));
    });
    for (const auto& need : needs) {
      const auto& held = need.grant_option ? facts_.grants_with_option : facts_.grants;
      if (held.count(need.key) > 0) continue;
      add(kinds::grant_statement(need.key, need.grant_option), giver_of(need.key.privilege), need.why);
    }
  }

  // What another role owns stays with it; but for roles that were made just now and that a domain declares.
  void owners() {
    for (const auto& [id, object] : desired_.state.objects) {
      if (kinds::of(id.kind).scope != kinds::Scope::Account || declared(id) == nullptr) continue;
      const auto deploy = mesh_.deploy_role(object.domain);
      if (deploy.empty() || is_system_role(deploy)) continue;
      const auto sql = kinds::transfer_ownership(id, Name::exact(deploy));
      const auto& name = id.name.last().stored();
      if (id.kind == KindId::Role && name != deploy && !exists(name) && named_roles(mesh_).count(name) > 0) {
        add(sql, kSecurityAdmin, "roles that the manifests declare belong to who applies them");
      } else if (is_foreign(object, deploy)) {
        propose(sql, kSecurityAdmin,
                fmt::format("{} exists and belongs to {}, but domain {} is applied by {}: hand it over, or let {} have "
                            "that role",
                            id.address(), facts_.owners.at(id), object.domain, deploy, deploy));
      }
    }
  }

  bool is_foreign(const Object& object, const std::string& deploy) const {
    const auto it = facts_.owners.find(object.id);
    if (it == facts_.owners.end() || it->second.empty() || it->second == deploy) return false;
    if (object.owner && object.owner->stored() == it->second) return false;
    return facts_.memberships.count(membership_of(it->second, GranteeType::Role, deploy)) == 0;
  }

  const Mesh& mesh_;
  const Desired& desired_;
  const SetupFacts& facts_;
  std::set<std::pair<std::string, std::string>> given_;
  std::vector<SetupStep> steps_;
};

}  // namespace

std::vector<SetupStep> setup_steps(const Mesh& mesh, const Desired& desired, const SetupFacts& facts) {
  return Steps(mesh, desired, facts).run();
}

std::string worksheet(const std::vector<SetupStep>& steps) {
  std::string out, role, why, proposals;
  for (const auto& step : steps) {
    if (step.proposal) {
      proposals += fmt::format("-- Not run: {}\n--   as {}: {};\n", printable_line(step.why),
                               Name::exact(step.as).display(), printable_line(step.sql));
      continue;
    }
    if (step.as != role) out += fmt::format("{}USE ROLE {};\n", out.empty() ? "" : "\n", Name::exact(step.as).sql());
    if (step.why != why || step.as != role) out += "-- " + printable_line(step.why) + "\n";
    role = step.as;
    why = step.why;
    out += step.sql + ";\n";
  }
  if (!out.empty() && !proposals.empty()) out += "\n";
  return out + proposals;
}

}  // namespace mesh::apply
