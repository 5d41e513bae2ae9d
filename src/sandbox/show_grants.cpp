// SHOW GRANTS in its forms (grants.md section 2). Rows are sorted by granted_on, name, privilege as the recording has
// them.

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "grants.hpp"
#include "instances.hpp"
#include "show.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

// The older dialect, while bundle 2026_06 is off (BCR-2371; what it changed is pinned in terraform's integration
// tests).
bool old_dialect(const Running& run) { return run.home().prop("BUNDLE_2026_06") == "DISABLED"; }

std::string granted_on(Kind kind) { return std::string(facts(kind).granted_on); }

// In the ON form the old dialect says TABLE of an Iceberg table and ROLE of a database role.
std::string granted_on_in_on_form(const Running& run, Kind kind) {
  if (old_dialect(run) && kind == Kind::IcebergTable) return "TABLE";
  if (old_dialect(run) && kind == Kind::DatabaseRole) return "ROLE";
  return granted_on(kind);
}

std::string name_of(const Running& run, Id id) {
  const Object* object = run.catalog.find(id);
  return object == nullptr ? "" : object->name;
}

std::string type_of(const Running& run, Id id) {
  const Object* object = run.catalog.find(id);
  return object == nullptr ? "" : granted_on(object->kind);
}

// Before BCR-2371 a share came with its account's locator (grants.md 2.1).
std::string grantee_name(const Running& run, Id id) {
  const Object* object = run.catalog.find(id);
  if (object == nullptr || object->kind != Kind::Share || !old_dialect(run)) return name_of(run, id);
  return run.home().name + "." + object->name;
}

// One line of the TO and ON forms before it is cut to the form's columns.
struct GrantLine {
  int64_t created_ms = 0;
  std::string privilege, on, name;
  Id grantee = 0;
  bool option = false;
  Id grantor = 0;
  const Object* inherited_from = nullptr;
  bool membership = false;
};

GrantLine line_of(const Running& run, const Grant& grant) {
  GrantLine line;
  line.created_ms = grant.created_ms, line.privilege = grant.privilege, line.on = granted_on(grant.type);
  line.grantee = grant.grantee, line.option = grant.option, line.grantor = grant.grantor;
  if (grant.form == GrantForm::Inherited) {
    line.inherited_from = &run.catalog.at(grant.object);
  } else {
    line.name = qualified_name(run.catalog, run.catalog.at(grant.object));
    line.membership = grant.type == Kind::Role || grant.type == Kind::DatabaseRole;
    // A role of an instance (docs: account-usage/grants_to_roles); how SHOW writes its name is unconfirmed.
    if (is_instance(grant.type) && grant.privilege == "PRIVACY_USER")
      line.name += "!" + line.privilege, line.privilege = "USAGE", line.on = "INSTANCE_ROLE";
  }
  return line;
}

// An owner is its own grantor, with grant option (recorded).
GrantLine ownership_line(const Running& run, const Object& object) {
  GrantLine line;
  line.created_ms = object.owned_ms, line.privilege = "OWNERSHIP", line.on = granted_on(object.kind);
  line.name = qualified_name(run.catalog, object);
  line.grantee = line.grantor = object.owner;
  line.option = true;
  return line;
}

// What search optimization keeps for itself: a row on a hidden materialized view whose quoted name ends in IDX_MV_
// (grants.md 2.1, phantom rows). Nothing else tells of it.
GrantLine phantom_line(const Running& run, const Object& table) {
  GrantLine line = ownership_line(run, table);
  line.on = granted_on(Kind::MaterializedView);
  const std::string schema = qualified_name(run.catalog, run.catalog.at(table.parent));
  line.name = fmt::format("{}.\"{} IDX_MV_\"", schema, table.name);
  return line;
}

void sort_lines(std::vector<GrantLine>& lines) {
  std::stable_sort(lines.begin(), lines.end(), [](const GrantLine& a, const GrantLine& b) {
    return std::tie(a.on, a.name, a.privilege, a.grantee) < std::tie(b.on, b.name, b.privilege, b.grantee);
  });
}

// The inherited four, on accounts that have the feature.
void add_inherited_columns(const Running& run, std::vector<std::string_view>& names) {
  if (!inherited_grants_enabled(run)) return;
  names.insert(names.end(),
               {"T:is_inherited", "T:inherited_from", "T:inherited_from_database", "T:inherited_from_schema"});
}

void add_origin(const Running& run, const Object* from, Row& row) {
  const bool schema = from != nullptr && from->kind == Kind::Schema;
  const Object* database = schema                                            ? &run.catalog.at(from->parent)
                           : from != nullptr && from->kind == Kind::Database ? from
                                                                             : nullptr;
  row.push_back(from == nullptr ? "" : granted_on(from->kind));
  row.push_back(database == nullptr ? "" : database->name);
  row.push_back(schema ? from->name : "");
}

void add_inherited_cells(const Running& run, const GrantLine& line, Row& row) {
  if (!inherited_grants_enabled(run)) return;
  row.push_back(line.inherited_from != nullptr ? "true" : "false");
  add_origin(run, line.inherited_from, row);
}

bool shown(const Running& run, const Grant& grant) {
  const Object& object = run.catalog.at(grant.object);
  if (!run.catalog.live(object)) return false;
  switch (object.kind) {
    case Kind::Account:
    case Kind::Role:
    case Kind::User:
    case Kind::DatabaseRole:
      return true;
    default:
      return run.access.sees(object);
  }
}

void read_limit(Running& run, ShowClauses& clauses) {
  Parser& p = run.parser;
  if (p.accept("LIMIT")) clauses.limit = static_cast<size_t>(std::max<int64_t>(p.integer(), 0));
  p.expect_end();
}

// --- TO --------------------------------------------------------------------------------------------------------------

std::vector<GrantLine> lines_to(const Running& run, const Object& grantee) {
  std::vector<GrantLine> lines;
  for (const Id id : run.catalog.grants_to(grantee.id)) {
    const Grant& grant = run.catalog.grant(id);
    // Of a share, REFERENCE_USAGE is not told (share entry, bulk_read).
    const bool untold = grantee.kind == Kind::Share && grant.privilege == "REFERENCE_USAGE";
    if (grant.form != GrantForm::Future && !untold && shown(run, grant)) lines.push_back(line_of(run, grant));
  }
  for (const Id id : run.catalog.owned_by(grantee.id)) {
    const Object& object = run.catalog.at(id);
    const bool named = object.kind == Kind::Role || object.kind == Kind::User || object.kind == Kind::DatabaseRole;
    if (!run.catalog.live(object) || !(named || run.access.sees(object))) continue;
    lines.push_back(ownership_line(run, object));
    if (!object.search.empty()) lines.push_back(phantom_line(run, object));
  }
  sort_lines(lines);
  return lines;
}

ResultSet show_to_role(Running& run, const Object& role, const ShowClauses& clauses) {
  ResultSet result;
  std::vector<std::string_view> names = {"L:created_on", "T:privilege",    "T:granted_on",   "T:name",
                                         "T:granted_to", "T:grantee_name", "T:grant_option", "T:granted_by"};
  add_inherited_columns(run, names);
  result.columns = columns_of(names);
  const std::string type = granted_on(role.kind);
  for (const GrantLine& line : lines_to(run, role)) {
    Row row = {timestamp_cell(line.created_ms),
               line.privilege,
               line.on,
               line.name,
               type,
               grantee_name(run, role.id),
               line.option ? "true" : "false",
               name_of(run, line.grantor)};
    add_inherited_cells(run, line, row);
    result.rows.push_back(std::move(row));
  }
  limit_rows(clauses, Overflow::Cut, result.rows);
  return result;
}

// The form of bundle 2025_01: a membership has `role` filled, a privilege granted directly has not.
ResultSet show_to_user(Running& run, const Object& user, const ShowClauses& clauses) {
  ResultSet result;
  result.columns = columns_of({"L:created_on", "T:privilege", "T:granted_on", "T:name", "T:role", "T:granted_to",
                               "T:grantee_name", "T:grant_option", "T:granted_by"});
  for (const GrantLine& line : lines_to(run, user)) {
    result.rows.push_back({timestamp_cell(line.created_ms), line.privilege, line.on, line.name,
                           line.membership ? Cell(line.name) : Cell(), "USER", user.name,
                           line.option ? "true" : "false", name_of(run, line.grantor)});
  }
  limit_rows(clauses, Overflow::Cut, result.rows);
  return result;
}

// --- ON --------------------------------------------------------------------------------------------------------------

void add_inherited_on(const Running& run, const Object& object, std::vector<GrantLine>& lines) {
  for (const Object* up = run.catalog.container(object); up != nullptr; up = run.catalog.container(*up)) {
    for (const Id id : run.catalog.grants_on(up->id)) {
      const Grant& grant = run.catalog.grant(id);
      if (grant.form != GrantForm::Inherited || grant.type != object.kind) continue;
      GrantLine line = line_of(run, grant);
      line.name = qualified_name(run.catalog, object);
      lines.push_back(std::move(line));
    }
  }
}

std::vector<GrantLine> lines_on(const Running& run, const Object& object) {
  std::vector<GrantLine> lines;
  for (const Id id : run.catalog.grants_on(object.id)) {
    if (run.catalog.grant(id).form == GrantForm::Direct) lines.push_back(line_of(run, run.catalog.grant(id)));
  }
  if (object.owner != kNobody) lines.push_back(ownership_line(run, object));
  if (object.flag("MANAGED_ACCESS") && object.owner != kNobody) {
    // The owner of a managed access schema is shown as managing its grants (grants.md 2.1).
    lines.push_back(ownership_line(run, object));
    lines.back().privilege = "MANAGE GRANTS";
    lines.back().option = false;
  }
  add_inherited_on(run, object, lines);
  for (GrantLine& line : lines) {
    line.on = granted_on_in_on_form(run, object.kind);
    // In a managed access schema nobody but its owner can grant on.
    if (object.kind != Kind::Schema && is_managed(run, object)) line.option = false;
  }
  sort_lines(lines);
  return lines;
}

ResultSet show_on(Running& run, const Object& object, const ShowClauses& clauses) {
  ResultSet result;
  std::vector<std::string_view> names = {"L:created_on",   "T:privilege",  "T:granted_on",
                                         "T:name",         "T:granted_to", "T:grantee_name",
                                         "T:grant_option", "T:granted_by", "T:granted_by_role_type"};
  add_inherited_columns(run, names);
  result.columns = columns_of(names);
  for (const GrantLine& line : lines_on(run, object)) {
    Row row = {timestamp_cell(line.created_ms),
               line.privilege,
               line.on,
               line.name,
               type_of(run, line.grantee),
               grantee_name(run, line.grantee),
               line.option ? "true" : "false",
               name_of(run, line.grantor),
               type_of(run, line.grantor)};
    add_inherited_cells(run, line, row);
    result.rows.push_back(std::move(row));
  }
  limit_rows(clauses, Overflow::Cut, result.rows);
  return result;
}

// --- OF --------------------------------------------------------------------------------------------------------------

std::string grantee_in_of_form(const Running& run, const Object& grantee, bool of_database_role) {
  if (of_database_role && grantee.kind == Kind::User) return "USER$" + grantee.name;
  if (of_database_role && grantee.kind == Kind::DatabaseRole && old_dialect(run))
    return qualified_name(run.catalog, grantee);
  return grantee.name;
}

ResultSet show_of(Running& run, const Object& role, const ShowClauses& clauses) {
  ResultSet result;
  result.columns = columns_of({"L:created_on", "T:role", "T:granted_to", "T:grantee_name", "T:granted_by"});
  const bool database_role = role.kind == Kind::DatabaseRole;
  const std::string name = database_role ? qualified_name(run.catalog, role) : role.name;
  for (const Id id : run.catalog.grants_on(role.id)) {
    const Grant& grant = run.catalog.grant(id);
    const Object& grantee = run.catalog.at(grant.grantee);
    if (grant.form != GrantForm::Direct || !run.catalog.live(grantee)) continue;
    result.rows.push_back({timestamp_cell(grant.created_ms), name, granted_on(grantee.kind),
                           grantee_in_of_form(run, grantee, database_role), name_of(run, grant.grantor)});
  }
  std::stable_sort(result.rows.begin(), result.rows.end(),
                   [](const Row& a, const Row& b) { return std::tie(a[2], a[3]) < std::tie(b[2], b[3]); });
  limit_rows(clauses, Overflow::Cut, result.rows);
  return result;
}

// --- FUTURE and INHERITED --------------------------------------------------------------------------------------------

// The type in angle brackets behind the container: DB.SCHEMA.<TABLE>.
std::string future_name(const Running& run, const Grant& grant) {
  return fmt::format("{}.<{}>", qualified_name(run.catalog, run.catalog.at(grant.object)),
                     facts(grant.type).granted_on);
}

ResultSet future_rows(const Running& run, const std::set<Id>& ids) {
  ResultSet result;
  result.columns = columns_of(
      {"L:created_on", "T:privilege", "T:grant_on", "T:name", "T:grant_to", "T:grantee_name", "T:grant_option"});
  for (const Id id : ids) {
    const Grant& grant = run.catalog.grant(id);
    if (grant.form != GrantForm::Future || !run.catalog.live(run.catalog.at(grant.object))) continue;
    result.rows.push_back({timestamp_cell(grant.created_ms), grant.privilege, granted_on(grant.type),
                           future_name(run, grant), type_of(run, grant.grantee), name_of(run, grant.grantee),
                           grant.option ? "true" : "false"});
  }
  std::stable_sort(result.rows.begin(), result.rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a[2], a[3], a[1], a[5]) < std::tie(b[2], b[3], b[1], b[5]);
  });
  return result;
}

const Object& read_container(Running& run, bool account_too) {
  Parser& p = run.parser;
  if (account_too && p.accept("ACCOUNT")) return run.home();
  const Kind kind = p.accept("DATABASE") ? Kind::Database : (p.expect("SCHEMA"), Kind::Schema);
  return need(run, kind, p.qualified());
}

}  // namespace

ResultSet show_grants(Running& run) {
  Parser& p = run.parser;
  ShowClauses clauses;
  if (p.accept("ON")) {
    const Object& object = p.accept("ACCOUNT") ? run.home() : need_granted_object(run);
    read_limit(run, clauses);
    return show_on(run, object, clauses);
  }
  const bool of = p.accept("OF");
  if (!of && !p.accept("TO")) {
    read_limit(run, clauses);
    return show_to_user(run, need(run, Kind::User, {run.session.user}), clauses);
  }
  const Object& object = need_grantee(run);
  read_limit(run, clauses);
  if (of && object.kind == Kind::User) p.unexpected();
  if (of) return show_of(run, object, clauses);
  return object.kind == Kind::User ? show_to_user(run, object, clauses) : show_to_role(run, object, clauses);
}

ResultSet show_future_grants(Running& run) {
  Parser& p = run.parser;
  ShowClauses clauses;
  if (p.accept("TO")) {
    const Object& grantee = need_grantee(run);
    read_limit(run, clauses);
    return future_rows(run, run.catalog.grants_to(grantee.id));
  }
  p.expect("IN");
  const Object& container = read_container(run, false);
  read_limit(run, clauses);
  return future_rows(run, run.catalog.grants_on(container.id));
}

ResultSet show_inherited_grants(Running& run) {
  if (!inherited_grants_enabled(run)) refuse_unsupported("INHERITED GRANTS");
  ShowClauses clauses;
  run.parser.expect("IN");
  const Object& container = read_container(run, true);
  read_limit(run, clauses);
  ResultSet result;
  result.columns = columns_of({"L:created_on", "T:privilege", "T:granted_on", "T:name", "T:granted_to",
                               "T:grantee_name", "T:grant_option", "T:granted_by", "T:inherited_from",
                               "T:inherited_from_database", "T:inherited_from_schema"});
  for (const Id id : run.catalog.grants_on(container.id)) {
    const Grant& grant = run.catalog.grant(id);
    if (grant.form != GrantForm::Inherited) continue;
    Row row = {
        timestamp_cell(grant.created_ms), grant.privilege, granted_on(grant.type),     "", type_of(run, grant.grantee),
        name_of(run, grant.grantee),      "false",         name_of(run, grant.grantor)};
    add_origin(run, &container, row);
    result.rows.push_back(std::move(row));
  }
  std::stable_sort(result.rows.begin(), result.rows.end(),
                   [](const Row& a, const Row& b) { return std::tie(a[2], a[1], a[5]) < std::tie(b[2], b[1], b[5]); });
  return result;
}

}  // namespace mesh::sandbox
