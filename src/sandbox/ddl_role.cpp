// Roles and database roles (docs: create-role, alter-role, create-database-role, alter-database-role).

#include <fmt/format.h>

#include "ddl.hpp"
#include "shares.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

const PropertySpecs kSpecs = {{"COMMENT", {}}};

// A database role is born with USAGE on its database, granted by the SYSTEM role (grants.md section 0, 8).
void grant_born_usage(Running& run, Id role) {
  Grant born;
  born.privilege = "USAGE", born.type = Kind::Database, born.object = run.catalog.at(role).parent, born.grantee = role;
  born.created_ms = run.now;
  run.catalog.add_grant(std::move(born));
}

}  // namespace

ResultSet create_role(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = head.kind == Kind::Role ? NameParts{p.name()} : p.qualified();
  Settings settings;
  read_settings(p, head.kind, kSpecs, settings);
  p.expect_end();
  const Object& container = need_container(run, head.kind, name);
  refuse_in_imported(run, container);
  const Object* existing = check_create(run, head, container, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter) {
    run.catalog.edit(existing->id).props = settings.props;
    touch(run, existing->id);
    return created(head.kind, name.back());
  }
  if (existing != nullptr) drop_object(run, *existing);
  Object object;
  object.props = settings.props;
  const Id id = make(run, head.kind, container, name.back(), std::move(object));
  if (head.kind == Kind::DatabaseRole) grant_born_usage(run, id);
  return created(head.kind, name.back());
}

ResultSet alter_role(Running& run, const Object& role) {
  Parser& p = run.parser;
  need_ownership(run, role);
  refuse_in_imported(run, *run.catalog.container(role));
  if (p.accept("RENAME TO")) {
    const NameParts name = p.qualified();
    p.expect_end();
    if (role.kind == Kind::Role && !has_account_privilege(run, "CREATE ROLE")) refuse_privilege(run, role);
    rename_object(run, role, name, false);
    return executed();
  }
  return set_or_unset(run, role, kSpecs);
}

}  // namespace mesh::sandbox
