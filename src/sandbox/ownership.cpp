// GRANT OWNERSHIP (grants.md 1.8; docs: grant-ownership).

#include <algorithm>

#include <fmt/format.h>

#include "flow.hpp"
#include "grants.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

enum class CurrentGrants { Refuse, Revoke, Copy };

CurrentGrants read_current_grants(Parser& p) {
  if (p.accept("COPY CURRENT GRANTS")) return CurrentGrants::Copy;
  if (p.accept("REVOKE CURRENT GRANTS")) return CurrentGrants::Revoke;
  return CurrentGrants::Refuse;
}

// Born grants of the SYSTEM role (a database role's USAGE) stay as they are whatever happens to the owner.
std::vector<Grant> outbound(const Running& run, const Object& object) {
  std::vector<Grant> grants = direct_grants(run, object);
  std::erase_if(grants, [](const Grant& g) { return g.grantor == kNobody; });
  return grants;
}

[[noreturn]] void refuse_outbound(const Running& run, const Object& object, const Grant& grant) {
  refuse(
      "003036", "23001",
      fmt::format(
          "SQL execution error: Dependent grant of privilege '{}' on securable '{}' to role '{}' exists. It must be "
          "revoked "
          "first. More than one dependent grant may exist: use 'SHOW GRANTS' command to view them. To revoke all "
          "dependent "
          "grants while transferring object ownership, use convenience command 'GRANT OWNERSHIP ON <target_objects> TO "
          "<target_role> REVOKE CURRENT GRANTS'.",
          grant.privilege, qualified_name(run.catalog, object), run.catalog.at(grant.grantee).name));
}

bool stands_above(const Running& run, Id above, Id below) {
  return role_closure(run.catalog, run.account, above).count(below) > 0;
}

void check_managed(const Running& run, const Object& object, const Object& owner) {
  if (object.kind == Kind::Schema || !is_managed(run, object)) return;
  const Id manager = run.catalog.at(object.parent).owner;
  if (!stands_above(run, manager, owner.id)) {
    refuse_text(fmt::format(
        "SQL execution error:\nOwnership of objects in managed access schema '{}' can only be granted to a role "
        "subordinate to the schema owner.",
        run.catalog.at(object.parent).name));
  }
}

// Before a managed access schema changes hands its future OWNERSHIP grants must be revoked.
void check_future_ownership(const Running& run, const Object& object) {
  if (!object.flag("MANAGED_ACCESS")) return;
  for (const Id id : run.catalog.grants_on(object.id)) {
    const Grant& grant = run.catalog.grant(id);
    if (grant.form == GrantForm::Future && grant.privilege == "OWNERSHIP") {
      refuse_text(fmt::format(
          "SQL execution error:\nFuture OWNERSHIP grants in managed access schema '{}' must be revoked first.",
          object.name));
    }
  }
}

void check_authority(const Running& run, const Object& object, const Object& owner, CurrentGrants mode) {
  const bool manages = has_account_privilege(run, "MANAGE GRANTS");
  const bool managed = object.kind != Kind::Schema && is_managed(run, object);
  const bool controls = managed ? run.access.active(run.catalog.at(object.parent).owner) : run.access.owns(object);
  if (!manages && !controls) refuse_privilege(run, object);
  if (object.owner == kNobody) refuse_privilege(run, object);
  // COPY needs MANAGE GRANTS, or an active role that is the new owner or stands above it.
  if (mode == CurrentGrants::Copy && !manages && !run.access.active(owner.id)) refuse_privilege(run, object);
  // With inherited grants on, what runs with its owner's rights goes only to a role below the caller.
  if (inherited_grants_enabled(run) && object.kind == Kind::View && !manages && !run.access.active(owner.id))
    refuse_privilege(run, object);
}

void copy_grants(Running& run, const std::vector<Grant>& grants, Id owner) {
  for (const Grant& grant : grants) {
    Grant& edited = run.catalog.edit_grant(grant.id);
    edited.grantor = owner;
    edited.created_ms = run.now;
  }
}

// A role does not refuse: its members keep the old owner's grants and get the new owner's beside them (grants.md 1.8).
void duplicate_members(Running& run, const std::vector<Grant>& grants, Id owner) {
  for (Grant copy : grants) {
    copy.id = 0, copy.grantor = owner, copy.created_ms = run.now;
    run.catalog.add_grant(std::move(copy));
  }
}

void transfer(Running& run, const Object& object, const Object& owner, CurrentGrants mode, bool with_container) {
  check_authority(run, object, owner, mode);
  check_same_database(run, object, owner);
  check_managed(run, object, owner);
  check_future_ownership(run, object);
  check_new_owner(run, object, with_container);
  const std::vector<Grant> grants = outbound(run, object);
  const bool role = object.kind == Kind::Role || object.kind == Kind::DatabaseRole;
  if (mode == CurrentGrants::Copy) {
    copy_grants(run, grants, owner.id);
  } else if (mode == CurrentGrants::Revoke) {
    for (const Grant& grant : grants) run.catalog.remove_grant(grant.id);
  } else if (role) {
    duplicate_members(run, grants, owner.id);
  } else if (!grants.empty() && object.owner != owner.id) {
    refuse_outbound(run, object, grants.front());
  }
  // A task that goes alone loses its links; with all tasks of a schema it keeps them (docs: tasks-graphs, Unlink).
  const bool leaves = object.kind == Kind::Task && object.owner != owner.id && !with_container;
  run.catalog.give(object.id, owner.id, run.now);
  if (leaves) leave_graph(run, object);
  if (leaves) run.catalog.edit(object.id).props.erase("AFTER");
  if (leaves) run.catalog.edit(object.id).props.erase("FINALIZE");
  stop_for_new_owner(run, object.id);
}

void check_future(const Running& run, const GrantTarget& target, const Object& owner) {
  const Object& container = *target.object;
  if (!controls_future(run, container)) refuse_privilege(run, container);
  for (const Id id : run.catalog.grants_on(container.id)) {
    const Grant& grant = run.catalog.grant(id);
    if (grant.form == GrantForm::Future && grant.type == target.kind && grant.privilege == "OWNERSHIP") {
      refuse("003504", "01000",
             fmt::format("A future grant with privilege OWNERSHIP on object type {} already exists in the {}.",
                         facts(target.kind).words, lower_words(container.kind)));
    }
  }
  if (container.flag("MANAGED_ACCESS") && !stands_above(run, container.owner, owner.id)) {
    refuse_text(fmt::format(
        "SQL execution error:\nOwnership of objects in managed access schema '{}' can only be granted to a role "
        "subordinate to the schema owner.",
        container.name));
  }
}

void grant_future_ownership(Running& run, const GrantTarget& target, const Object& owner) {
  check_future(run, target, owner);
  Grant grant;
  grant.form = GrantForm::Future, grant.privilege = "OWNERSHIP", grant.type = target.kind,
  grant.object = target.object->id;
  grant.grantee = owner.id, grant.option = true, grant.grantor = run.role, grant.created_ms = run.now;
  run.catalog.add_grant(std::move(grant));
}

}  // namespace

ResultSet grant_ownership(Running& run) {
  Parser& p = run.parser;
  p.expect("ON");
  const GrantTarget target = read_target(run, false);
  p.expect("TO");
  const Object& owner = need_grantee(run);
  const CurrentGrants mode = read_current_grants(p);
  p.expect_end();
  if (target.object->kind == Kind::Account || (owner.kind != Kind::Role && owner.kind != Kind::DatabaseRole))
    p.unexpected();
  if (target.kind == Kind::Share || target.kind == Kind::Application) {
    refuse_unsupported(fmt::format("GRANT OWNERSHIP ON {}", facts(target.kind).words));
  }
  switch (target.form) {
    case TargetForm::Object:
      transfer(run, *target.object, owner, mode, false);
      break;
    case TargetForm::All:
      for (const Id id : objects_below(run, *target.object, target.kind))
        transfer(run, run.catalog.at(id), owner, mode, true);
      break;
    case TargetForm::Future:
      if (mode != CurrentGrants::Refuse) p.unexpected();
      check_same_database(run, *target.object, owner);
      grant_future_ownership(run, target, owner);
      break;
    case TargetForm::Inherited:
      p.unexpected();
  }
  return executed();
}

}  // namespace mesh::sandbox
