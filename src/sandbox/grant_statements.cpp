// What GRANT and REVOKE do to the catalogue (grants.md sections 1 and 4).

#include <algorithm>

#include <fmt/format.h>

#include "grants.hpp"
#include "instances.hpp"
#include "mesh/base/text.hpp"
#include "shares.hpp"
#include "sql_error.hpp"
#include "stage_grants.hpp"
#include "statements.hpp"

namespace mesh::sandbox {
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
std::vector<std::string> all_privileges(const GrantTarget& target, const Object& grantee) {
  std::vector<std::string> names;
  for (const std::string& privilege : privileges_of(target.kind)) {
    const bool special =
        privilege == "IMPORTED PRIVILEGES" || privilege == "REFERENCE_USAGE" || privilege == "MANAGE GRANTS";
    const bool user_cannot = grantee.kind == Kind::User && privilege.rfind("CREATE ", 0) == 0;
    const bool applying = target.form != TargetForm::Object || applies(*target.object, privilege);
    if (!special && !user_cannot && applying) names.push_back(privilege);
  }
  if (names.empty()) refuse_unsupported(fmt::format("GRANT ALL ON {}", facts(target.kind).words));
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
      const auto grantor = applies(object, privilege) ? grantor_for(run, object, privilege) : std::nullopt;
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
  if (grantee.kind == Kind::Application) refuse_unsupported("GRANT DATABASE ROLE TO APPLICATION");
  if (grantee.kind == Kind::Share) return check_role_for_share(run, role, grantee);
  // An account role can never be granted to a database role; database roles only within their database (grants.md 1.6).
  if (grantee.kind == Kind::DatabaseRole) {
    if (role.kind == Kind::Role) refuse_unsupported("GRANT ROLE TO DATABASE ROLE");
    check_same_database(run, role, grantee);
  }
  // All have what PUBLIC has, but by no grant that could close a circle: SNOWFLAKE's own database roles are granted to
  // it.
  const bool is_everybody = grantee.kind == Kind::Role && grantee.name == "PUBLIC";
  if (grantee.kind != Kind::User && !is_everybody && holds_role(run, role.id, grantee.id)) {
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
  if (grantee.kind == Kind::Share) follow_share(run, grantee);
  return executed();
}

ResultSet revoke_roles(Running& run, Kind kind, bool option_only) {
  Parser& p = run.parser;
  const std::vector<const Object*> roles = read_roles(run, kind);
  p.expect("FROM");
  const Object& grantee = need_grantee(run);
  const Removal removal = read_removal(p, option_only);
  for (const Object* role : roles) revoke_on_object(run, *role, {{"USAGE"}}, grantee, removal);
  if (grantee.kind == Kind::Share) follow_share(run, grantee);
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
  if (auto result = instance_role(run, true)) return std::move(*result);
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
  if (privileges.all() && grantee.kind == Kind::Share) refuse_unsupported("GRANT ALL TO SHARE");
  const std::vector<std::string> names = privileges.all() ? all_privileges(target, grantee) : privileges.names;
  for (const std::string& name : names) {
    check_privilege(run, name, target, grantee);
    if (grantee.kind == Kind::Share) check_for_share(run, name, target, grantee, option);
  }
  check_stage_grant(run, target, names, grantee);
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
  if (auto result = option_only ? std::nullopt : instance_role(run, false)) return std::move(*result);
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
  check_stage_revoke(run, target, privileges, grantee);
  if (grantee.kind == Kind::Share) need_share(run, grantee);
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
