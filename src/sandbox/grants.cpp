#include "grants.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "routine.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

// "Must be granted by the ACCOUNTADMIN role", MANAGE GRANTS or not (security-access-control-privileges, global
// privileges).
const std::set<std::string, std::less<>> kAdminOnly = {
    "BIND SERVICE ENDPOINT", "CREATE ACCOUNT",       "CREATE APPLICATION",          "CREATE APPLICATION PACKAGE",
    "CREATE COMPUTE POOL",   "CREATE DATABASE",      "CREATE FAILOVER GROUP",       "CREATE INTEGRATION",
    "CREATE LISTING",        "CREATE SHARE",         "CREATE REPLICATION GROUP",    "CREATE WAREHOUSE",
    "EXECUTE ALERT",         "EXECUTE MANAGED TASK", "EXECUTE AUTO CLASSIFICATION", "EXECUTE TASK",
    "IMPORT SHARE",          "MANAGE WAREHOUSES",    "MONITOR EXECUTION",           "MONITOR USAGE",
    "READ SESSION"};

bool is_role(Kind kind) { return kind == Kind::Role || kind == Kind::DatabaseRole; }

bool known_privilege(std::string_view privilege) {
  const auto& kinds = all_kinds();
  return privilege == "OWNERSHIP" ||
         std::any_of(kinds.begin(), kinds.end(), [&](const KindFacts& f) { return grantable(f.kind, privilege); });
}

// A role with the privilege and the right to grant it on; the primary role where it has it.
std::optional<Id> holder_with_option(const Running& run, const Object& object, const std::string& privilege) {
  std::optional<Id> found;
  for (const Id id : run.catalog.grants_on(object.id)) {
    const Grant& grant = run.catalog.grant(id);
    if (grant.form != GrantForm::Direct || !grant.option || grant.privilege != privilege ||
        !run.access.active(grant.grantee))
      continue;
    if (grant.grantee == run.role) return run.role;
    if (!found || grant.grantee < *found) found = grant.grantee;
  }
  return found;
}

bool has_accountadmin(const Running& run) {
  const Object* admin = run.catalog.child(run.account, Kind::Role, "ACCOUNTADMIN");
  return admin != nullptr && run.access.active(admin->id);
}

// What a system role holds since the account was made.
bool is_born_with(const Running& run, Id role, const std::string& privilege) {
  const auto& grants = run.catalog.grants_on(run.account);
  return std::any_of(grants.begin(), grants.end(), [&](Id id) {
    const Grant& grant = run.catalog.grant(id);
    return grant.grantee == role && grant.privilege == privilege && grant.grantor == kNobody;
  });
}

std::optional<Id> account_grantor(const Running& run, const std::string& privilege) {
  const auto holder = holder_with_option(run, run.home(), privilege);
  if (kAdminOnly.count(privilege) > 0 && !has_accountadmin(run)) {
    // But for who was given it WITH GRANT OPTION by a customer's role: what the option is for. Not confirmed for these.
    return holder && !is_born_with(run, *holder, privilege) ? std::optional(run.role) : std::nullopt;
  }
  const bool with_option = holder.has_value();
  // MANAGE GRANTS itself only by a holder WITH GRANT OPTION.
  if (privilege == "MANAGE GRANTS" && !with_option) return std::nullopt;
  if (!with_option && !run.access.manages_grants(run.home())) return std::nullopt;
  return run.role;
}

// The owner of the managed access schema an object lies in; nullopt elsewhere.
std::optional<Id> managing_owner(const Running& run, const Object& object) {
  if (object.kind == Kind::Schema || !is_managed(run, object)) return std::nullopt;
  return run.catalog.at(object.parent).owner;
}

bool option_on_container(const Running& run, const Object& container, const std::string& privilege) {
  for (const Object* o = &container; o != nullptr; o = run.catalog.container(*o)) {
    if (holder_with_option(run, *o, privilege)) return true;
  }
  return false;
}

}  // namespace

bool inherited_grants_enabled(const Running& run) {
  return effective_value(run.catalog, run.home(), "FEATURE_RBAC_INHERITED_GRANTS") == "ENABLED";
}

PrivilegeList read_privileges(Running& run) {
  Parser& p = run.parser;
  PrivilegeList list;
  if (p.accept("ALL")) {
    p.accept("PRIVILEGES");
    return list;
  }
  do {
    std::string name;
    // CREATE SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE
    while (p.peek().kind == TokenKind::Word && !p.at("ON")) {
      name += (name.empty() || name.back() == '.' ? "" : " ") + p.next().folded();
      if (!name.empty() && p.accept_symbol(".")) name += '.';
    }
    if (name.empty()) p.unexpected();
    list.names.push_back(name);
  } while (p.accept_symbol(","));
  return list;
}

const Object& need_grantee(Running& run) {
  Parser& p = run.parser;
  for (const Kind kind : {Kind::DatabaseRole, Kind::Role, Kind::User, Kind::Share, Kind::Application}) {
    if (!p.accept(facts(kind).words)) continue;
    const NameParts name = kind == Kind::DatabaseRole ? p.qualified() : NameParts{p.name()};
    return need(run, kind, name);
  }
  // A bare name is a role's.
  return need(run, Kind::Role, {p.name()});
}

namespace {

const Object& granted_object(Running& run, Kind kind) {
  const NameParts name = read_object_name(run, kind);
  // TABLE serves every table-like object, in GRANT, REVOKE and SHOW GRANTS alike (terraform integration tests of
  // BCR-2371).
  if (kind == Kind::Table || kind == Kind::View) {
    const Object* found = look_up(run, kind, name);
    if (found != nullptr && (kind == Kind::Table || found->kind == Kind::MaterializedView)) return *found;
  }
  return need(run, kind, name);
}

}  // namespace

const Object& need_granted_object(Running& run) {
  const auto kind = read_kind(run.parser);
  if (!kind || *kind == Kind::Account) run.parser.unexpected();
  return granted_object(run, *kind);
}

namespace {

const Object& read_container_of(Running& run, const GrantTarget& target) {
  Parser& p = run.parser;
  p.expect("IN");
  if (target.form == TargetForm::Inherited && p.accept("ACCOUNT")) return run.home();
  if (p.accept("DATABASE")) return need(run, Kind::Database, {p.name()});
  p.expect("SCHEMA");
  return need(run, Kind::Schema, p.qualified());
}

void check_bulk(const GrantTarget& target) {
  const KindFacts& f = facts(target.kind);
  const bool policy = f.words.ends_with("POLICY") && !f.future;
  if (target.form == TargetForm::All && (policy || target.kind == Kind::Tag || target.kind == Kind::Pipe)) {
    refuse_unsupported(fmt::format("GRANT on all objects of type {}", f.granted_on));
  }
  if (target.form == TargetForm::Future && !f.future)
    refuse_unsupported(fmt::format("FUTURE GRANT on objects of type {}", f.granted_on));
}

}  // namespace

GrantTarget read_target(Running& run, bool inherited) {
  Parser& p = run.parser;
  GrantTarget target;
  const bool future = !inherited && p.accept("FUTURE");
  if (future || p.accept("ALL")) {
    target.form = inherited ? TargetForm::Inherited : future ? TargetForm::Future : TargetForm::All;
    const auto kind = p.kind_plural();
    if (!kind) p.unexpected();
    target.kind = *kind;
    check_bulk(target);
    target.object = &read_container_of(run, target);
    return target;
  }
  if (inherited) p.unexpected();
  target.object = p.accept("ACCOUNT") ? &run.home() : &need_granted_object(run);
  target.kind = target.object->kind;
  return target;
}

std::optional<Id> grantor_for(const Running& run, const Object& object, const std::string& privilege) {
  if (object.kind == Kind::Account) return account_grantor(run, privilege);
  if (privilege == "MANAGE GRANTS") {
    // On a container: by a holder of it WITH GRANT OPTION there or higher; owning the container does not confer it
    // (1.10).
    return option_on_container(run, object, privilege) ? std::optional(run.role) : std::nullopt;
  }
  if (const auto manager = managing_owner(run, object)) {
    if (run.access.active(*manager)) return manager;
    return run.access.manages_grants(object) ? std::optional(object.owner == kNobody ? run.role : object.owner)
                                             : std::nullopt;
  }
  if (run.access.owns(object)) return object.owner;
  if (const auto holder = holder_with_option(run, object, privilege)) return holder;
  if (run.access.manages_grants(object)) return object.owner == kNobody ? run.role : object.owner;
  return std::nullopt;
}

bool controls_grants(const Running& run, const Object& object) {
  if (object.kind == Kind::Account) return run.access.manages_grants(object) || has_accountadmin(run);
  if (run.access.manages_grants(object)) return true;
  if (const auto manager = managing_owner(run, object)) return run.access.active(*manager);
  return run.access.owns(object);
}

bool controls_future(const Running& run, const Object& container) {
  if (run.access.manages_grants(container)) return true;
  return container.kind == Kind::Schema && container.flag("MANAGED_ACCESS") && run.access.owns(container);
}

void check_same_database(const Running& run, const Object& object, const Object& grantee) {
  if (grantee.kind != Kind::DatabaseRole) return;
  for (const Object* o = &object; o != nullptr; o = run.catalog.container(*o)) {
    if (o->id == grantee.parent) return;
  }
  refuse_text(fmt::format(
      "SQL compilation error:\nDatabase role '{}' can only be granted privileges on objects of its own database.",
      qualified_name(run.catalog, grantee)));
}

namespace {

void check_for_user(const Running& run, const std::string& privilege, const GrantTarget& target) {
  if (effective_value(run.catalog, run.home(), "DISABLE_USER_PRIVILEGE_GRANTS") == "true" ||
      target.form == TargetForm::Future || privilege == "OWNERSHIP" || privilege.rfind("CREATE ", 0) == 0) {
    refuse_unsupported(
        fmt::format("GRANT {} TO USER", target.form == TargetForm::Future ? "FUTURE PRIVILEGES" : privilege));
  }
}

}  // namespace

void check_privilege(const Running& run, const std::string& privilege, const GrantTarget& target,
                     const Object& grantee) {
  if (!known_privilege(privilege)) {
    refuse_compilation("001003", "42000", fmt::format("syntax error line 1 at position 0 unexpected '{}'.", privilege));
  }
  const KindFacts& f = facts(target.kind);
  // Membership is shown as USAGE but granted as a role (grants.md 1.6).
  if (is_role(target.kind) && privilege == "USAGE") refuse_unsupported(fmt::format("USAGE ON {}", f.words));
  const bool opt_in = privilege == "MANAGE GRANTS" && target.kind != Kind::Account;
  if (!grantable(target.kind, privilege) || (opt_in && !inherited_grants_enabled(run))) {
    refuse_compilation("003008", "42601",
                       fmt::format("Invalid object type '{}' for privilege '{}'", f.granted_on, privilege));
  }
  if (privilege == "REFERENCE_USAGE" && grantee.kind != Kind::Share)
    refuse_text("SQL compilation error:\nREFERENCE_USAGE ON DATABASE can only be granted to share(s).");
  if (grantee.kind == Kind::User) check_for_user(run, privilege, target);
  if (grantee.kind == Kind::DatabaseRole && target.object->kind == Kind::Account) {
    refuse_unsupported("GRANT account privileges TO DATABASE ROLE");
  }
  check_same_database(run, *target.object, grantee);
}

std::vector<Id> objects_below(const Running& run, const Object& container, Kind kind) {
  std::vector<Id> found;
  const auto add = [&](Id parent) {
    for (const auto& [name, id] : run.catalog.children(parent, kind)) {
      const Object& object = run.catalog.at(id);
      if (object.kind == kind && run.access.sees(object) && object.name != "INFORMATION_SCHEMA") found.push_back(id);
    }
  };
  if (container.kind == Kind::Schema || facts(kind).lives == Lives::InDatabase) {
    add(container.id);
  } else {
    for (const auto& [name, id] : run.catalog.children(container.id, Kind::Schema)) {
      if (run.access.sees(run.catalog.at(id))) add(id);
    }
  }
  return found;
}

}  // namespace mesh::sandbox
