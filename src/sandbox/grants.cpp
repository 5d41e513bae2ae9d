#include "grants.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "sql_error.hpp"
#include "statements.hpp"

namespace mesh::sandbox {
namespace {

// These are ACCOUNTADMIN's to grant, MANAGE GRANTS or not (grants.md section 3).
const std::set<std::string, std::less<>> kAdminOnly = {"CREATE DATABASE",    "CREATE WAREHOUSE", "CREATE SHARE",
                                                       "CREATE INTEGRATION", "EXECUTE TASK",     "IMPORT SHARE",
                                                       "MONITOR USAGE",      "MANAGE WAREHOUSES"};

bool is_role(Kind kind) { return kind == Kind::Role || kind == Kind::DatabaseRole; }

bool is_imported(const Object& object) { return object.kind == Kind::Database && !object.prop("KIND").empty(); }

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

std::optional<Id> account_grantor(const Running& run, const std::string& privilege) {
  if (kAdminOnly.count(privilege) > 0 && !has_accountadmin(run)) return std::nullopt;
  const bool with_option = holder_with_option(run, run.home(), privilege).has_value();
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
    while (p.peek().kind == TokenKind::Word && !p.at("ON")) name += (name.empty() ? "" : " ") + p.next().folded();
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

// The types of arguments tell functions apart; no function exists here yet.
void skip_signature(Parser& p, Kind kind) {
  if (kind == Kind::Function || kind == Kind::Procedure || kind == Kind::DataMetricFunction) p.skip_parentheses();
}

const Object& granted_object(Running& run, Kind kind) {
  const NameParts name = run.parser.qualified();
  skip_signature(run.parser, kind);
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
  const auto kind = run.parser.kind();
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
  if (privilege == "REFERENCE_USAGE")
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

namespace {

// --- Adding ----------------------------------------------------------------------------------------------------------

// The same grant again changes nothing but an option it did not have.
void put_grant(Running& run, Grant grant) {
  for (const Id id : run.catalog.grants_to(grant.grantee)) {
    const Grant& old = run.catalog.grant(id);
    const bool same = old.form == grant.form && old.object == grant.object && old.privilege == grant.privilege &&
                      old.type == grant.type && (old.form != GrantForm::Direct || old.grantor == grant.grantor);
    if (!same) continue;
    if (grant.option && !old.option) run.catalog.edit_grant(id).option = true;
    return;
  }
  grant.created_ms = run.now;
  run.catalog.add_grant(std::move(grant));
}

Grant new_grant(GrantForm form, const std::string& privilege, Kind type, Id object, Id grantee, bool option,
                Id grantor) {
  Grant grant;
  grant.form = form, grant.privilege = privilege, grant.type = type, grant.object = object;
  grant.grantee = grantee, grant.option = option, grant.grantor = grantor;
  return grant;
}

// ALL: what the executing role may grant at that moment, but for what needs words of its own.
std::vector<std::string> all_privileges(const Running& run, const GrantTarget& target, const Object& grantee) {
  std::vector<std::string> names;
  for (const std::string& privilege : privileges_of(target.kind)) {
    const bool special =
        privilege == "IMPORTED PRIVILEGES" || privilege == "REFERENCE_USAGE" || privilege == "MANAGE GRANTS";
    const bool user_cannot = grantee.kind == Kind::User && privilege.rfind("CREATE ", 0) == 0;
    if (!special && !user_cannot) names.push_back(privilege);
  }
  if (names.empty()) refuse_unsupported(fmt::format("GRANT ALL ON {}", facts(target.kind).words));
  static_cast<void>(run);
  return names;
}

// Grants on one object. With ALL, what cannot be granted is left out and told (003011) once the rest is done.
void grant_on_object(Running& run, const Object& object, const std::vector<std::string>& privileges, bool all,
                     const Object& grantee, bool option) {
  std::vector<std::string> left_out;
  for (const std::string& privilege : privileges) {
    const auto grantor = grantor_for(run, object, privilege);
    if (!grantor && all) left_out.push_back(privilege);
    if (!grantor && !all) refuse_privilege(run, object);
    if (grantor)
      put_grant(run, new_grant(GrantForm::Direct, privilege, object.kind, object.id, grantee.id, option, *grantor));
  }
  if (left_out.size() == privileges.size()) refuse_privilege(run, object);
  if (!left_out.empty()) {
    throw KeptError{{"003011", "42501",
                     fmt::format("Grant partially executed: privileges [{}] not granted.", join(left_out, ", "))}};
  }
}

void grant_on_all(Running& run, const GrantTarget& target, const std::vector<std::string>& privileges,
                  const Object& grantee, bool option) {
  bool granted = false, any = false;
  for (const Id id : objects_below(run, *target.object, target.kind)) {
    const Object& object = run.catalog.at(id);
    any = true;
    for (const std::string& privilege : privileges) {
      const auto grantor = grantor_for(run, object, privilege);
      if (!grantor) continue;
      granted = true;
      put_grant(run, new_grant(GrantForm::Direct, privilege, object.kind, id, grantee.id, option, *grantor));
    }
  }
  if (any && !granted) refuse_privilege(run, *target.object);
}

void grant_future(Running& run, const GrantTarget& target, const std::vector<std::string>& privileges,
                  const Object& grantee, bool option) {
  if (!controls_future(run, *target.object)) refuse_privilege(run, *target.object);
  for (const std::string& privilege : privileges) {
    put_grant(run,
              new_grant(GrantForm::Future, privilege, target.kind, target.object->id, grantee.id, option, run.role));
  }
}

void grant_inherited(Running& run, const GrantTarget& target, const std::vector<std::string>& privileges,
                     const Object& grantee) {
  if (!run.access.manages_grants(*target.object)) refuse_privilege(run, *target.object);
  for (const std::string& privilege : privileges) {
    if (privilege == "OWNERSHIP") refuse_unsupported("INHERITED OWNERSHIP");
    put_grant(run,
              new_grant(GrantForm::Inherited, privilege, target.kind, target.object->id, grantee.id, false, run.role));
  }
}

// --- Taking away -----------------------------------------------------------------------------------------------------

struct Removal {
  bool option_only = false, cascade = false;
};

[[noreturn]] void refuse_dependent(const Running& run, const Grant& dependent) {
  // Code for REVOKE RESTRICT unconfirmed (grants.md section 7).
  refuse("003036", "23001",
         fmt::format("SQL execution error: Dependent grant of privilege '{}' on securable '{}' to role '{}' exists. It "
                     "must be revoked "
                     "first. More than one dependent grant may exist: use 'SHOW GRANTS' command to view them.",
                     dependent.privilege, qualified_name(run.catalog, run.catalog.at(dependent.object)),
                     run.catalog.at(dependent.grantee).name));
}

std::vector<Id> made_by(const Running& run, const Grant& grant) {
  std::vector<Id> found;
  for (const Id id : run.catalog.grants_on(grant.object)) {
    const Grant& other = run.catalog.grant(id);
    if (other.form == GrantForm::Direct && other.privilege == grant.privilege && other.grantor == grant.grantee &&
        other.grantee != grant.grantee) {
      found.push_back(id);
    }
  }
  return found;
}

bool still_has_option(const Running& run, const Grant& gone) {
  const auto& grants = run.catalog.grants_on(gone.object);
  return run.catalog.at(gone.object).owner == gone.grantee || std::any_of(grants.begin(), grants.end(), [&](Id id) {
           const Grant& g = run.catalog.grant(id);
           return id != gone.id && g.form == GrantForm::Direct && g.privilege == gone.privilege &&
                  g.grantee == gone.grantee && g.option;
         });
}

void take_away(Running& run, Id id, const Removal& removal) {
  const Grant grant = run.catalog.grant(id);
  if (grant.option && grant.form == GrantForm::Direct && !still_has_option(run, grant)) {
    for (const Id dependent : made_by(run, grant)) {
      if (!removal.cascade) refuse_dependent(run, run.catalog.grant(dependent));
      if (run.catalog.find_grant(dependent) != nullptr) take_away(run, dependent, {false, true});
    }
  }
  if (removal.option_only) {
    run.catalog.edit_grant(id).option = false;
  } else {
    run.catalog.remove_grant(id);
  }
}

// Whose instances go: those of active roles, with MANAGE GRANTS all but the SYSTEM role's, which customers cannot
// change.
bool may_take(const Running& run, const Grant& grant, bool manages) {
  return grant.grantor != kNobody && (manages || run.access.active(grant.grantor));
}

void revoke_on_object(Running& run, const Object& object, const PrivilegeList& privileges, const Object& grantee,
                      const Removal& removal) {
  const bool manages = run.access.manages_grants(object);
  if (!controls_grants(run, object)) {
    const bool by_option =
        !privileges.all() && std::all_of(privileges.names.begin(), privileges.names.end(),
                                         [&](const auto& name) { return grantor_for(run, object, name).has_value(); });
    if (!by_option) refuse_privilege(run, object);
  }
  std::vector<Id> found;
  for (const Id id : run.catalog.grants_on(object.id)) {
    const Grant& grant = run.catalog.grant(id);
    const bool named = privileges.all() || std::find(privileges.names.begin(), privileges.names.end(),
                                                     grant.privilege) != privileges.names.end();
    if (grant.form == GrantForm::Direct && grant.grantee == grantee.id && named && may_take(run, grant, manages))
      found.push_back(id);
  }
  for (const Id id : found) {
    if (run.catalog.find_grant(id) != nullptr) take_away(run, id, removal);
  }
}

void revoke_in_container(Running& run, const GrantTarget& target, const PrivilegeList& privileges,
                         const Object& grantee, GrantForm form, const Removal& removal) {
  const bool allowed =
      form == GrantForm::Future ? controls_future(run, *target.object) : run.access.manages_grants(*target.object);
  if (!allowed) refuse_privilege(run, *target.object);
  const std::vector<Id> ids(run.catalog.grants_on(target.object->id).begin(),
                            run.catalog.grants_on(target.object->id).end());
  for (const Id id : ids) {
    const Grant& grant = run.catalog.grant(id);
    const bool named = privileges.all() || std::find(privileges.names.begin(), privileges.names.end(),
                                                     grant.privilege) != privileges.names.end();
    if (grant.form != form || grant.type != target.kind || grant.grantee != grantee.id || !named) continue;
    if (removal.option_only) {
      run.catalog.edit_grant(id).option = false;
    } else {
      run.catalog.remove_grant(id);
    }
  }
}

void revoke_on_all(Running& run, const GrantTarget& target, const PrivilegeList& privileges, const Object& grantee,
                   const Removal& removal) {
  const std::vector<Id> objects = objects_below(run, *target.object, target.kind);
  bool any = objects.empty();
  for (const Id id : objects) {
    if (!controls_grants(run, run.catalog.at(id))) continue;
    any = true;
    revoke_on_object(run, run.catalog.at(id), privileges, grantee, removal);
  }
  if (!any) refuse_privilege(run, *target.object);
}

Removal read_removal(Parser& p, bool option_only) {
  Removal removal{option_only, p.accept("CASCADE")};
  if (!removal.cascade) p.accept("RESTRICT");
  p.expect_end();
  return removal;
}

// --- Roles as grants -------------------------------------------------------------------------------------------------

bool holds_role(const Running& run, Id holder, Id role) {
  return role_closure(run.catalog, run.account, holder).count(role) > 0;
}

const Object& need_role(Running& run, Kind kind) {
  return need(run, kind, kind == Kind::Role ? NameParts{run.parser.name()} : run.parser.qualified());
}

void check_membership(const Running& run, const Object& role, const Object& grantee) {
  if (grantee.kind == Kind::Share || grantee.kind == Kind::Application)
    refuse_unsupported("GRANT DATABASE ROLE TO SHARE");
  // An account role can never be granted to a database role; database roles only within their database (grants.md 1.6).
  if (grantee.kind == Kind::DatabaseRole) {
    if (role.kind == Kind::Role) refuse_unsupported("GRANT ROLE TO DATABASE ROLE");
    check_same_database(run, role, grantee);
  }
  if (grantee.kind != Kind::User && holds_role(run, role.id, grantee.id)) {
    refuse_text(fmt::format("SQL compilation error:\nGranting role '{}' to role '{}' would create a cycle.", role.name,
                            grantee.name));
  }
}

std::vector<const Object*> read_roles(Running& run, Kind kind) {
  std::vector<const Object*> roles;
  do {
    roles.push_back(&need_role(run, kind));
  } while (run.parser.accept_symbol(","));
  return roles;
}

ResultSet grant_roles(Running& run, Kind kind) {
  Parser& p = run.parser;
  const std::vector<const Object*> roles = read_roles(run, kind);
  p.expect("TO");
  const Object& grantee = need_grantee(run);
  const bool option = p.accept("WITH GRANT OPTION");
  p.expect_end();
  if (option && grantee.kind == Kind::User) refuse_unsupported("GRANT ROLE TO USER WITH GRANT OPTION");
  for (const Object* role : roles) {
    if (role->kind == Kind::Role && role->name == "PUBLIC") continue;  // succeeds without effect (live test)
    const auto grantor = grantor_for(run, *role, "USAGE");
    const bool by_option_alone = grantor && !controls_grants(run, *role);
    if (!grantor || (by_option_alone && grantee.kind == Kind::User)) refuse_privilege(run, *role);
    check_membership(run, *role, grantee);
    put_grant(run, new_grant(GrantForm::Direct, "USAGE", role->kind, role->id, grantee.id, option, *grantor));
  }
  return executed();
}

ResultSet revoke_roles(Running& run, Kind kind, bool option_only) {
  Parser& p = run.parser;
  const std::vector<const Object*> roles = read_roles(run, kind);
  p.expect("FROM");
  const Object& grantee = need_grantee(run);
  const Removal removal = read_removal(p, option_only);
  for (const Object* role : roles) revoke_on_object(run, *role, {{"USAGE"}}, grantee, removal);
  return executed();
}

// --- Imported privileges ---------------------------------------------------------------------------------------------

// Reads back as USAGE (grants.md section 0, 6).
ResultSet imported_privileges(Running& run, bool grant) {
  Parser& p = run.parser;
  p.expect("ON DATABASE");
  const Object& database = need(run, Kind::Database, {p.name()});
  p.expect(grant ? "TO" : "FROM");
  const Object& grantee = need_grantee(run);
  p.expect_end();
  if (!is_imported(database)) {
    refuse_compilation("003008", "42601", "Invalid object type 'DATABASE' for privilege 'IMPORTED PRIVILEGES'");
  }
  if (!run.access.manages_grants(database)) refuse_privilege(run, database);
  if (grant) {
    put_grant(run, new_grant(GrantForm::Direct, "USAGE", Kind::Database, database.id, grantee.id, false, kNobody));
    return executed();
  }
  const std::vector<Grant> grants = direct_grants(run, database);
  for (const Grant& g : grants) {
    if (g.grantee == grantee.id && g.privilege == "USAGE") run.catalog.remove_grant(g.id);
  }
  return executed();
}

void check_imported(const GrantTarget& target) {
  if (target.form == TargetForm::Object && is_imported(*target.object)) {
    refuse_text(
        "SQL compilation error:\nGranting individual privileges on imported database is not allowed. Use 'GRANT "
        "IMPORTED "
        "PRIVILEGES' instead.");
  }
}

bool accept_inherited(Running& run) {
  if (!run.parser.accept("INHERITED")) return false;
  if (run.parser.at("CALLER")) refuse_unsupported("CALLER GRANTS");
  if (!inherited_grants_enabled(run)) refuse_unsupported("INHERITED GRANTS");
  return true;
}

void refuse_grant_features(const Parser& p) {
  for (const char* words : {"APPLICATION ROLE", "SERVICE ROLE", "CALLER"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("GRANT {}", words));
  }
}

// REVOKE speaks of FUTURE OWNERSHIP alone; the other cannot be revoked.
void check_revoked_ownership(const GrantTarget& target, const PrivilegeList& privileges) {
  const bool ownership =
      std::find(privileges.names.begin(), privileges.names.end(), "OWNERSHIP") != privileges.names.end();
  if (ownership && target.form != TargetForm::Future) refuse_unsupported("REVOKE OWNERSHIP");
}

}  // namespace

ResultSet grant_statement(Running& run) {
  Parser& p = run.parser;
  refuse_grant_features(p);
  if (p.accept("ROLE")) return grant_roles(run, Kind::Role);
  if (p.accept("DATABASE ROLE")) return grant_roles(run, Kind::DatabaseRole);
  if (p.accept("OWNERSHIP")) return grant_ownership(run);
  if (p.accept("IMPORTED PRIVILEGES")) return imported_privileges(run, true);
  const bool inherited = accept_inherited(run);
  const PrivilegeList privileges = read_privileges(run);
  p.expect("ON");
  const GrantTarget target = read_target(run, inherited);
  p.expect("TO");
  const Object& grantee = need_grantee(run);
  const bool option = !inherited && p.accept("WITH GRANT OPTION");
  p.expect_end();
  check_imported(target);
  const std::vector<std::string> names = privileges.all() ? all_privileges(run, target, grantee) : privileges.names;
  for (const std::string& name : names) check_privilege(run, name, target, grantee);
  switch (target.form) {
    case TargetForm::Object:
      grant_on_object(run, *target.object, names, privileges.all(), grantee, option);
      break;
    case TargetForm::All:
      grant_on_all(run, target, names, grantee, option);
      break;
    case TargetForm::Future:
      grant_future(run, target, names, grantee, option);
      break;
    case TargetForm::Inherited:
      grant_inherited(run, target, names, grantee);
      break;
  }
  return executed();
}

ResultSet revoke_statement(Running& run) {
  Parser& p = run.parser;
  const bool option_only = p.accept("GRANT OPTION FOR");
  refuse_grant_features(p);
  if (p.accept("ROLE")) return revoke_roles(run, Kind::Role, option_only);
  if (p.accept("DATABASE ROLE")) return revoke_roles(run, Kind::DatabaseRole, option_only);
  if (!option_only && p.accept("IMPORTED PRIVILEGES")) return imported_privileges(run, false);
  const bool inherited = !option_only && accept_inherited(run);
  const PrivilegeList privileges = read_privileges(run);
  p.expect("ON");
  const GrantTarget target = read_target(run, inherited);
  p.expect("FROM");
  const Object& grantee = need_grantee(run);
  const Removal removal = read_removal(p, option_only);
  check_revoked_ownership(target, privileges);
  if (target.form == TargetForm::Object && is_imported(*target.object)) {
    refuse_text(
        "SQL compilation error:\nRevoking individual privileges on imported database is not allowed. Use 'REVOKE "
        "IMPORTED "
        "PRIVILEGES' instead.");
  }
  for (const std::string& name : privileges.names) check_privilege(run, name, target, grantee);
  switch (target.form) {
    case TargetForm::Object:
      revoke_on_object(run, *target.object, privileges, grantee, removal);
      break;
    case TargetForm::All:
      revoke_on_all(run, target, privileges, grantee, removal);
      break;
    case TargetForm::Future:
      revoke_in_container(run, target, privileges, grantee, GrantForm::Future, removal);
      break;
    case TargetForm::Inherited:
      revoke_in_container(run, target, privileges, grantee, GrantForm::Inherited, removal);
      break;
  }
  return executed();
}

}  // namespace mesh::sandbox
