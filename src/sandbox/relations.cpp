#include "relations.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "contacts.hpp"
#include "get_ddl.hpp"
#include "governance.hpp"
#include "shares.hpp"
#include "sql_error.hpp"
#include "store.hpp"

namespace mesh::sandbox {
namespace {

StoredColumn stored_column(const TableColumn& c) {
  StoredColumn stored;
  stored.name = c.name, stored.type = c.type, stored.nullable = c.nullable, stored.default_sql = c.default_sql;
  stored.identity = c.identity, stored.identity_start = c.start, stored.identity_increment = c.step;
  stored.expression = c.expression;
  return stored;
}

StoredTable stored_table(const Catalog& catalog, const Object& table) {
  const Object& schema = catalog.at(table.parent);
  StoredTable stored = table_layout(table);
  stored.database = catalog.at(schema.parent).name, stored.schema = schema.name;
  return stored;
}

// The columns were frozen when the view was made, so their names are always told: a SELECT * that has grown no longer
// fits.
StoredView stored_view(const Catalog& catalog, const Object& view) {
  const Object& schema = catalog.at(view.parent);
  StoredView stored;
  stored.database = catalog.at(schema.parent).name, stored.schema = schema.name, stored.name = view.name;
  stored.query = view.prop("QUERY");
  for (const TableColumn& c : view.columns) stored.columns.push_back(c.name);
  return stored;
}

SqlError missing_relation(const Running& run, const NameParts& parts) {
  const std::string name = dotted(parts);
  return {"002003", "42S02",
          fmt::format("SQL compilation error:\nObject '{}' does not exist or not authorized.{}", name,
                      hint(run, "at least one privilege", Kind::Table, name))};
}

// Answers of the moment a query runs are refusals of the statement, not of a name: they are handed on as values.
template <typename Work>
Relation as_relation(Work work) {
  try {
    return work();
  } catch (const SqlError& error) {
    return error;
  }
}

// Whoever may see it.
const Object* relation_named(const Catalog& catalog, Id account, const NameParts& name) {
  const Object* database = catalog.child(account, Kind::Database, name[0]);
  const Object* schema = database == nullptr ? nullptr : catalog.child(database->id, Kind::Schema, name[1]);
  return schema == nullptr ? nullptr : catalog.child(schema->id, Kind::Table, name[2]);
}

// The roles a name is resolved with: the session's, or inside a view the owner's alone (owner's rights).
Access access_inside(const Running& run, const StoredView& view) {
  const Id account = view.account == 0 ? run.account : view.account;
  if (view.owner != kNobody) return Access(run.catalog, account, view.owner, run.user, false);
  const Object* found = relation_named(run.catalog, run.account, {view.database, view.schema, view.name});
  // A view that is being made will belong to the session's primary role.
  const Id owner = found != nullptr && reads_with_owner(found->kind) ? found->owner : run.role;
  return Access(run.catalog, run.account, owner, run.user, false);
}

}  // namespace

bool reads_with_owner(Kind kind) {
  return kind == Kind::View || kind == Kind::MaterializedView || kind == Kind::DynamicTable;
}

Relation CatalogRelations::resolve(const Session& session, const std::vector<std::string>& parts,
                                   const std::string& privilege, const StoredView* inside) {
  return as_relation([&]() -> Relation {
    Session scope = session;
    std::optional<Access> owner_access;
    if (inside != nullptr) {
      scope.database = inside->database, scope.schema = inside->schema;
      owner_access.emplace(access_inside(run_, *inside));
    }
    const Id account = inside == nullptr || inside->account == 0 ? run_.account : inside->account;
    Running view{run_.catalog, run_.store,      scope,    owner_access ? *owner_access : run_.access,
                 run_.parser,  run_.row_counts, account,  run_.role,
                 run_.user,    run_.now,        privilege};
    const NameParts full = full_parts(view, Kind::Table, parts);
    const Object* database = look_up(view, Kind::Database, {full[0]});
    if (database != nullptr && full[1] == "INFORMATION_SCHEMA") {
      if (auto rows = information_schema(view, *database, full[2])) return std::move(*rows);
    }
    if (database != nullptr && full[0] == "SNOWFLAKE" && full[1] == "ACCOUNT_USAGE")
      return account_usage(view, full[2]);
    if (database != nullptr && full[0] == "SNOWFLAKE" && full[1] == "LOCAL") return local_view(view, full[2]);
    // One of its roles alone is enough to see it (data-share-consumers, option 2).
    const Object* imported = run_.catalog.child(account, Kind::Database, full[0]);
    if (imported != nullptr && is_imported(*imported)) {
      const Object* shared = imported_relation(view, *imported, full[1], full[2]);
      if (shared == nullptr) return missing_relation(view, parts);
      if (privilege != "SELECT") refuse_privilege(view, *imported);
      return of_other_account(*shared);
    }
    // Rows that were kept are read whatever their owner may still read (dynamic-tables/privileges: an owner that loses
    // SELECT on the sources makes refreshes fail).
    const bool kept = inside != nullptr && inside->keeps_rows;
    const Object* found = kept ? relation_named(run_.catalog, account, full) : look_up(view, Kind::Table, full);
    if (found == nullptr) return missing_relation(view, parts);
    if (!kept && !view.access.holds(*found, privilege)) refuse_privilege(view, *found);
    note(found->id, inside);
    return relation(*found, privilege);
  });
}

void CatalogRelations::note(Id id, const StoredView* inside) {
  if (read_ == nullptr) return;
  const auto add = [id](std::vector<Id>& ids) {
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  };
  if (inside == top_) add(read_->sources);
  add(read_->relations);
}

// As it is where it lives: a view reads with its owner's rights there. Policies ask about the session, of which another
// account knows little (they are not played).
Relation CatalogRelations::of_other_account(const Object& object) {
  Relation found = relation(object, "SELECT");
  const auto take = [&](auto& each) {
    if (!each.protection.empty()) refuse_unsupported("SELECT of what policies protect in a share");
  };
  if (auto* table = std::get_if<StoredTable>(&found)) take(*table);
  if (auto* view = std::get_if<StoredView>(&found)) {
    take(*view);
    view->owner = object.owner;
    view->account = run_.catalog.account_of(object);
  }
  return found;
}

Relation CatalogRelations::relation(const Object& object, const std::string& privilege) {
  if (object.kind == Kind::Table) {
    if (privilege != "SELECT") run_.row_counts.erase(object.id);
    StoredTable table = stored_table(run_.catalog, object);
    if (protect_) table.protection = protection_of(run_.catalog, object);
    return table;
  }
  if (object.kind == Kind::View) {
    if (privilege != "SELECT") {
      refuse("000939", "42601", "SQL compilation error:\nViews cannot be the target of DML statements.");
    }
    StoredView view = stored_view(run_.catalog, object);
    if (protect_) view.protection = protection_of(run_.catalog, object);
    return view;
  }
  if (reads_with_owner(object.kind)) {
    // What DML on them answers is not documented.
    if (privilege != "SELECT") refuse_unsupported(fmt::format("{} on {}", privilege, facts(object.kind).words));
    refuse_unreadable(run_, object);
    StoredView view = stored_view(run_.catalog, object);
    if (protect_) view.protection = protection_of(run_.catalog, object);
    view.keeps_rows = true;
    return view;
  }
  refuse_unsupported(fmt::format("SELECT FROM {}", facts(object.kind).words));
}

Relation CatalogRelations::table_function(const Session& session, const std::vector<std::string>& parts,
                                          const std::vector<std::pair<std::string, Cell>>& arguments) {
  return as_relation([&]() -> Relation {
    const bool ours = parts.size() >= 2 && parts[parts.size() - 2] == "INFORMATION_SCHEMA";
    if (ours && parts.size() == 3 && look_up(run_, Kind::Database, {parts[0]}) == nullptr) {
      refuse_missing(run_, Kind::Database, {parts[0]});
    }
    if (ours && parts.size() == 2 && session.database.empty()) {
      refuse("002004", "42601", fmt::format("SQL compilation error:\nInvalid identifier {}", dotted(parts)));
    }
    if (auto rows = ours ? governance_function(run_, parts.back(), arguments) : std::nullopt) return std::move(*rows);
    if (auto rows = ours ? history_function(run_, parts.back(), arguments) : std::nullopt) return std::move(*rows);
    if (parts == std::vector<std::string>{"SNOWFLAKE", "CORE", "GET_CONTACTS"}) return get_contacts(run_, arguments);
    refuse("002139", "42601", fmt::format("SQL compilation error:\nUnknown table function {}", dotted(parts)));
  });
}

std::vector<std::string> CatalogRelations::session_roles() {
  std::vector<std::string> names;
  for (const auto& [name, id] : run_.catalog.children(run_.account, Kind::Role)) {
    if (run_.access.active(id)) names.push_back(name);
  }
  return names;
}

std::vector<std::string> CatalogRelations::session_database_roles(const std::string& database) {
  std::vector<std::string> names;
  const Object* found = run_.catalog.child(run_.account, Kind::Database, database);
  if (found == nullptr) return names;
  for (const auto& [name, id] : run_.catalog.children(found->id, Kind::DatabaseRole)) {
    if (run_.access.active(id)) names.push_back(name);
  }
  return names;
}

std::vector<std::string> CatalogRelations::available_roles() {
  const RoleSet all = role_closure(run_.catalog, run_.account, run_.user);
  std::vector<std::string> names;
  for (const auto& [name, id] : run_.catalog.children(run_.account, Kind::Role)) {
    if (all.count(id) > 0) names.push_back(name);
  }
  return names;
}

Cell CatalogRelations::tag_function(std::string_view function, const std::vector<std::string>& arguments,
                                    const std::vector<std::string>& place) {
  if (function == "GET_DDL") return object_ddl(run_, arguments);
  return mesh::sandbox::tag_function(run_, function, arguments, place);
}

StoredTable table_layout(const Object& table) {
  StoredTable stored;
  stored.sqlite_name = Store::table_name(table.id), stored.name = table.name;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const TableColumn& c = table.columns[i];
    if (c.is_virtual()) {
      stored.computed.push_back({i, stored_column(c)});
    } else {
      stored.columns.push_back(stored_column(c));
      stored.column_ids.push_back(c.id);
    }
  }
  for (const Constraint& c : table.constraints) {
    if (c.kind == ConstraintKind::Check) stored.checks.push_back({c.name, c.expression});
  }
  return stored;
}

std::string expression_type(Running& run, const StoredTable& table, const std::string& expression) {
  CatalogRelations relations(run, {});
  auto found = describe_expression(run.store.db(), relations, run.session, table, expression);
  if (const auto* error = std::get_if<SqlError>(&found)) throw *error;
  return std::get<std::string>(std::move(found));
}

std::vector<StoredColumn> describe(Running& run, const std::string& query, const StoredView* inside, Derived* read) {
  CatalogRelations plain(run, {});
  Derived ignored;
  CatalogRelations noting(run, inside, read == nullptr ? ignored : *read);
  CatalogRelations& relations = read == nullptr ? plain : noting;
  auto found = describe_query(run.store.db(), relations, run.session, query, inside);
  if (const auto* error = std::get_if<SqlError>(&found)) throw *error;
  return std::get<std::vector<StoredColumn>>(std::move(found));
}

}  // namespace mesh::sandbox
