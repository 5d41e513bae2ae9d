// Rounds of reading, objects first: which databases there are, which schemas, what is in them.
#include "reading.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "json.hpp"
#include "many_columns.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

using sql::Keyword;

constexpr std::string_view kInformationSchema = "INFORMATION_SCHEMA", kPublic = "PUBLIC";
constexpr std::string_view kStandard = "STANDARD", kImported = kImportedDatabase;
constexpr std::string_view kUnsupported = "000002";
// Objects Snowpark makes for a session (table entry, quirks).
constexpr std::string_view kTemporary = "SN_TEMP_OBJECT_";

Keyword plural_of(KindId kind) { return Keyword::of_table(kinds::listed_as(kinds::of(kind))); }
ObjectId database_id(const Name& name) { return {KindId::Database, QualifiedName({name})}; }
ObjectId schema_of(const ObjectId& relation) { return {KindId::Schema, relation.name.parent()}; }
// The columns without which a row says nothing.
std::vector<std::string> needed_of(KindId kind) {
  std::vector<std::string> columns = {"name", std::string(kinds::of(kind).database_column), "schema_name"};
  if (is_overloaded(kind)) columns.emplace_back("arguments");
  return columns;
}

}  // namespace

Reading::Reading(ReadScope scope) : scope_(std::move(scope)), interest_(scope_) {}

std::vector<Reader::Ask> Reading::next() {
  using Round = void (Reading::*)();
  static constexpr std::array<Round, 7> kAll = {
      &Reading::ask_account,     &Reading::ask_databases, &Reading::ask_narrower, &Reading::ask_contents,
      &Reading::ask_attachments, &Reading::ask_rows,      &Reading::ask_members};
  static constexpr std::array<Round, 3> kCloser = {&Reading::ask_contact_list, &Reading::ask_bearers,
                                                   &Reading::ask_second_witness};
  const std::span<const Round> rounds = looks_closer_ ? std::span<const Round>(kCloser) : std::span<const Round>(kAll);
  while (asks_.idle() && round_ < rounds.size()) (this->*rounds[round_++])();
  return asks_.take();
}

std::function<bool(const StatementError&)> Reading::must_be_visible(const ObjectId& container) {
  return [this, container](const StatementError& error) {
    if (!error.is_missing_or_hidden()) return false;
    const auto* declared = interest_.declared_for(container);
    asks_.report(
        "MESH3005", container.address() + " is listed, but cannot be looked into",
        "what is not visible is not absent, so nothing is planned; grant USAGE on it to the role that reads\n" +
            error.describe(),
        declared == nullptr ? Place{} : declared->place);
    return true;
  };
}

Object* Reading::add(const ObjectRows& reader, const Rows& rows, const Row& row, QualifiedName name, bool born) {
  if (std::any_of(name.parts().begin(), name.parts().end(), [](const Name& part) { return part.empty(); })) {
    asks_.report("MESH3003", "Snowflake's answer has an object without a name: '" + name.display() + "'",
                 "nothing is planned from an answer with holes; run again");
    return nullptr;
  }
  auto object = reader.read(row, std::move(name));
  object.live.born = born;
  if (const auto* declared = interest_.declared_for(object.id)) {
    for (const auto& property : kinds::of(object.id.kind).properties) {
      const auto* stated = property.effective_column.empty() ? nullptr : declared->find(property.name);
      if (stated == nullptr || stated->is_null()) continue;
      const auto effective = kinds::canonical(property, Field(rows, property.effective_column).in(row));
      if (effective && *effective == *stated) object.properties[std::string(property.name)].value = *stated;
    }
  }
  const ObjectId id = object.id;
  // Another role may have read no more than the name.
  const auto earlier = live_.state.objects.find(id);
  if (earlier != live_.state.objects.end() &&
      earlier->second.live.unknown.count("owner") > object.live.unknown.count("owner"))
    live_.state.objects.erase(earlier);
  return &live_.state.objects.emplace(id, std::move(object)).first->second;
}

// ---- the account

void Reading::ask_account() {
  ask_context();
  ask_roles();
  ask_all(KindId::Database, [this](const Rows& rows) { read_databases(rows); });
  for (const auto* kind : kinds::all()) {
    const bool special = kind->id == KindId::Role || kind->id == KindId::Database;
    if (kind->scope != kinds::Scope::Account || special || !interest_.reads_account_kind(kind->id)) continue;
    ask_all(kind->id, [this, id = kind->id](const Rows& rows) { read_account_objects(id, rows); });
  }
  ask_account_parameters();
  ask_statements();
  ask_measurements();
}

void Reading::ask_context() {
  asks_.ask({context_statement(), {}, "the session", {}, [this](Rows& rows) { read_context(rows); }});
  asks_.ask({session_parameter_statement(), {}, "the session's parameters", {"key", "value"}, [this](Rows& rows) {
               const Field value(rows, "value");
               for (const auto& row : rows.rows) live_.quoted_identifiers_ignore_case |= value.is_true(row);
             }});
}

void Reading::read_context(const Rows& rows) {
  live_.current_role = rows.at(0, "ROLE_NAME");
  live_.current_user = rows.at(0, "USER_NAME");
  locator_ = rows.at(0, "LOCATOR");
  live_.account = account_name(rows, scope_.mesh->environment.account);
  // `roles` are the active ones; `value` is what was asked for (CURRENT_SECONDARY_ROLES).
  const auto secondary = Json::parse(rows.at(0, "SECONDARY_ROLES"));
  live_.secondary_roles_active =
      secondary && (!secondary->text_of("roles").empty() || iequals(secondary->text_of("value"), "ALL"));
}

void Reading::ask_roles() {
  // Every role sees all names (role entry, bulk_read).
  asks_.ask({show("ROLES"),
             {},
             "the roles of the account",
             {"name"},
             [this](Rows& rows) { read_roles(rows); },
             [this](const StatementError&) { return account_read_ = false; }});
}

void Reading::ask_all(KindId kind, std::function<void(const Rows&)> read) {
  for (const auto& role : interest_.roles_for_all(kind)) ask_all(kind, role, read);
}

void Reading::ask_all(KindId kind, const std::string& role, const std::function<void(const Rows&)>& read) {
  const auto words = "the " + kind_plural(kind) + " of the account";
  asks_.ask({show(plural_of(kind)),
             role,
             words,
             {"name"},
             [this, read, words](Rows& rows) {
               if (rows.rows.size() == kRowLimit) asks_.report_cut(words);
               read(rows);
             },
             [this, kind, role, read](const StatementError& error) {
               // Who plans alone may not be let to take the role that owns the shares: what its own sees has to do.
               const auto own = scope_.mesh->plan_role({});
               if (kind != KindId::Share || !is_not_taken(error) || role == own) return account_read_ = false;
               ask_all(kind, own, read);
               return true;
             }});
}

void Reading::read_roles(const Rows& rows) {
  if (rows.rows.size() == kRowLimit) asks_.report_cut("the roles of the account");
  const ObjectRows reader(KindId::Role, rows);
  const Field users(rows, "assigned_to_users"), parents(rows, "granted_to_roles");
  for (const auto& row : rows.rows) {
    auto name = reader.name(row, {});
    member_counts_[{KindId::Role, name}] = {whole_number(users.in(row)), whole_number(parents.in(row)), 0};
    add(reader, rows, row, std::move(name));
  }
}

void Reading::read_databases(const Rows& rows) {
  const ObjectRows reader(KindId::Database, rows);
  const Field kind(rows, "kind");
  for (const auto& row : rows.rows) {
    auto name = reader.name(row, {});
    const auto known = kind.in(row).empty() ? std::string(kStandard) : std::string(kind.in(row));
    database_kinds_[name.first()] = known;
    if (known == kStandard || known == kImported) add(reader, rows, row, std::move(name));
  }
}

void Reading::read_account_objects(KindId kind, const Rows& rows) {
  const ObjectRows reader(kind, rows);
  for (const auto& row : rows.rows) {
    if (reader.is_of_kind(row)) add(reader, rows, row, reader.name(row, {}));
  }
}

// ---- databases

void Reading::ask_databases() {
  for (const auto& [name, kind] : database_kinds_) {
    if (!interest_.reads_database(name)) continue;
    if (kind == kStandard) ask_database(database_id(name));
    if (kind == kImported && interest_.reads_database_roles(name)) ask_database_roles(database_id(name));
  }
  for (const auto* kind : kinds::all()) {
    if (kind->scope != kinds::Scope::Account) continue;
    ask_parameters(kind->id);
    ask_described(kind->id);
    ask_whole_lists(*kind);
  }
  for (const auto type : {GranteeType::Role, GranteeType::User, GranteeType::Share}) ask_grants(type);
}

void Reading::ask_database(const ObjectId& database) {
  const auto what = "the schemas of " + database.address();
  asks_.ask({show_in("SCHEMAS", database),
             interest_.role_for(database),
             what,
             {"name"},
             [this, database, what](Rows& rows) {
               if (rows.rows.size() == kRowLimit) asks_.report_cut(what);
               read_schemas(database, rows);
             },
             must_be_visible(database)});
  live_.database_roles_read[database.name] = false;
  if (interest_.reads_database_roles(database.name.first())) ask_database_roles(database);
  for (const auto* kind : kinds::all()) {
    const bool inside = kind->scope == kinds::Scope::Schema;
    if (inside && interest_.reads_kind(kind->id, database.name.first())) ask_contained(kind->id, database);
  }
}

void Reading::read_schemas(const ObjectId& database, const Rows& rows) {
  const ObjectRows reader(KindId::Schema, rows);
  for (const auto& row : rows.rows) {
    auto name = reader.name(row, database.name);
    const auto& stored = name.last().stored();
    if (stored == kInformationSchema) continue;
    const bool born = stored == kPublic;
    add(reader, rows, row, std::move(name), born);
  }
  schemas_read_.insert(database.name);
}

void Reading::ask_database_roles(const ObjectId& database) {
  const auto what = "the database roles of " + database.address();
  asks_.ask({show_in("DATABASE ROLES", database),
             interest_.role_for(database),
             what,
             {"name"},
             [this, database, what](Rows& rows) {
               if (rows.rows.size() == kRowLimit) asks_.report_cut(what);
               read_database_roles(database, rows);
             },
             must_be_visible(database)});
}

void Reading::read_database_roles(const ObjectId& database, const Rows& rows) {
  const ObjectRows reader(KindId::DatabaseRole, rows);
  const Field roles(rows, "granted_to_roles"), database_roles(rows, "granted_to_database_roles");
  for (const auto& row : rows.rows) {
    auto name = reader.name(row, database.name);
    member_counts_[{KindId::DatabaseRole, name}] = {
        {}, whole_number(roles.in(row)), whole_number(database_roles.in(row))};
    add(reader, rows, row, std::move(name));
  }
  live_.database_roles_read[database.name] = true;
}

void Reading::ask_contained(KindId kind, const ObjectId& database) {
  ask_contained(kind, database, interest_.role_for_list(kind, database));
}

void Reading::ask_contained(KindId kind, const ObjectId& database, const std::string& role) {
  auto visible = must_be_visible(database);
  const List list{database.name, kind};
  asked_.insert(list);
  asks_.ask({show_in(plural_of(kind), database), role, "the " + kind_plural(kind) + " of " + database.address(),
             needed_of(kind),
             [this, kind, list](Rows& rows) {
               // SHOW TABLES and SHOW VIEWS refuse more than 10,000 rows, others cut silently; an answer of just so
               // many is doubted too.
               if (rows.rows.size() == kRowLimit) {
                 narrower_.insert(list);
                 return;
               }
               read_contained(kind, rows);
               read_.insert(list);
             },
             [this, kind, database, role, list, visible](const StatementError& error) {
               if (const auto own = interest_.role_for(database);
                   role != own && (is_not_taken(error) || is_out_of_reach(error))) {
                 listed_by_others_.emplace(database.name, own);
                 ask_contained(kind, database, own);
                 return true;
               }
               if (visible(error) || !error.from_server) return error.from_server;
               // An edition that does not have the kind has none of it (materialized_view entry, bulk_read).
               if (error.code == kUnsupported) return read_.insert(list).second;
               // Code and text of the refusal are not documented: whatever failed is asked schema by schema.
               narrower_.insert(list);
               return true;
             }});
}

void Reading::read_contained(KindId kind, const Rows& rows) {
  const ObjectRows reader(kind, rows);
  const PlainTableTest test(rows);
  const Field schema(rows, "schema_name"), cluster_by(rows, "cluster_by"), search(rows, "search_optimization");
  for (const auto& row : rows.rows) {
    if (schema.in(row) == kInformationSchema || !reader.is_of_kind(row)) continue;
    auto name = reader.name(row, {});
    if (name.last().stored().compare(0, kTemporary.size(), kTemporary) == 0) continue;
    if (auto other = test.other_kind(row); !other.empty()) {
      note_as_table(other, name, rows, row);
      other_relations_.emplace(std::move(name), std::move(other));
      continue;
    }
    Object* object = add(reader, rows, row, std::move(name));
    if (object == nullptr) continue;
    if (kinds::has_key(kinds::of(kind), "cluster_by")) read_cluster_key(cluster_by.in(row), *object);
    if (kind == KindId::Table && search.exists())
      object->search_optimization =
          SearchOptimization{.on = search.is_true(row), .targets_known = !search.is_true(row)};
  }
}

// SHOW TABLES lists other kinds too, and tells of some what their own SHOW does not.
void Reading::note_as_table(const std::string& kind, const QualifiedName& name, const Rows& rows, const Row& row) {
  const auto all = kinds::all();
  const auto it = std::find_if(all.begin(), all.end(), [&](const kinds::Kind* each) { return each->words == kind; });
  if (it == all.end()) return;
  const auto& properties = (*it)->properties;
  const bool tells = std::any_of(properties.begin(), properties.end(), [](const kinds::PropertyRow& property) {
    return property.from == kinds::ReadFrom::AsTable;
  });
  if (tells) ObjectRows((*it)->id, rows).read_as_table(row, as_tables_[{(*it)->id, name}]);
}

void Reading::merge_as_tables() {
  for (auto& [id, told] : as_tables_) {
    const auto object = live_.state.objects.find(id);
    if (object == live_.state.objects.end()) continue;
    object->second.live.retention_days = told.live.retention_days;
    object->second.properties.merge(told.properties);
    object->second.live.unknown.merge(told.live.unknown);
  }
}

void Reading::ask_narrower() {
  for (const auto& [database, kind] : narrower_) {
    for (const auto& schema : schemas_of(database)) ask_narrower_in(kind, schema);
    if (schemas_read_.count(database) > 0) read_.insert({database, kind});
  }
}

void Reading::ask_narrower_in(KindId kind, const ObjectId& schema) {
  if (kinds::of(kind).show_has_pages) return ask_page(kind, schema, {});
  const auto words = "the " + kind_plural(kind) + " of " + schema.address();
  asks_.ask({show_in(plural_of(kind), schema), interest_.role_for(schema), words, needed_of(kind),
             [this, kind, words](Rows& rows) {
               if (rows.rows.size() == kRowLimit) return asks_.report_cut(words);
               read_contained(kind, rows);
             },
             must_be_visible(schema)});
}

void Reading::ask_page(KindId kind, const ObjectId& schema, const std::string& after) {
  asks_.ask({show_page(plural_of(kind), schema, after),
             interest_.role_for(schema),
             "the " + kind_plural(kind) + " of " + schema.address(),
             {"name", "database_name", "schema_name"},
             [this, kind, schema, after](Rows& rows) {
               read_contained(kind, rows);
               if (rows.rows.size() < kRowLimit) return;
               // A page that does not lead on would be asked for without end.
               const std::string last(rows.at(rows.rows.size() - 1, "name"));
               if (last == after) return asks_.report_cut("the " + kind_plural(kind) + " of " + schema.address());
               ask_page(kind, schema, last);
             },
             must_be_visible(schema)});
}

std::vector<ObjectId> Reading::schemas_of(const QualifiedName& database) const {
  std::vector<ObjectId> schemas;
  for (auto it = live_.state.objects.lower_bound({KindId::Schema, database});
       it != live_.state.objects.end() && it->first.kind == KindId::Schema; ++it) {
    if (it->first.name.is_under(database)) schemas.push_back(it->first);
  }
  return schemas;
}

// ---- what is in them

void Reading::ask_contents() {
  merge_as_tables();
  std::set<ObjectId> with_keys, with_columns;
  for (const auto& [id, object] : live_.state.objects) {
    const auto& kind = kinds::of(id.kind);
    if (!kind.has_columns || !is_expected(id)) continue;
    if (id.kind == KindId::Table) with_keys.insert(database_id(id.name.first()));
    const auto* declared = interest_.declared_for(id);
    const auto* entry = interest_.known(id);
    const bool columns = !kind.columns_by_name || scope_.everything_in_databases ||
                         (declared != nullptr && declared->columns_stated) ||
                         (entry != nullptr && entry->attached.count(kViewColumns) > 0);
    if (columns && interest_.reads_columns(id.name.parent())) with_columns.insert(schema_of(id));
  }
  for (const auto& database : with_keys) ask_keys(database);
  for (const auto& schema : with_columns) ask_columns(schema);
  ask_checks();
  ask_search_targets();
  ask_policies();
  for (const auto* kind : kinds::all()) {
    if (kind->scope == kinds::Scope::Account) continue;
    ask_parameters(kind->id);
    ask_described(kind->id);
  }
  ask_monitored();
  ask_grants(GranteeType::DatabaseRole);
}

void Reading::ask_keys(const ObjectId& database) {
  for (const auto type : {ConstraintType::PrimaryKey, ConstraintType::Unique, ConstraintType::ForeignKey}) {
    ask_keys_in(type, database);
  }
}

void Reading::ask_keys_in(ConstraintType type, const ObjectId& container) {
  const bool foreign = type == ConstraintType::ForeignKey;
  const Keyword what = foreign                              ? Keyword("IMPORTED KEYS")
                       : type == ConstraintType::PrimaryKey ? Keyword("PRIMARY KEYS")
                                                            : Keyword("UNIQUE KEYS");
  const auto words = "the keys of the tables in " + container.address();
  const std::vector<std::string> needed =
      foreign ? std::vector<std::string>{"fk_database_name", "fk_schema_name", "fk_table_name", "fk_column_name",
                                         "pk_database_name", "pk_schema_name", "pk_table_name", "pk_column_name",
                                         "fk_name",          "key_sequence"}
              : std::vector<std::string>{"database_name", "schema_name",  "table_name",
                                         "column_name",   "key_sequence", "constraint_name"};
  asks_.ask({show_in(what, container), interest_.role_for(container), words, needed,
             [this, type, container, words](Rows& rows) {
               // No limit is documented; exactly 10,000 is doubted as for the other commands.
               if (rows.rows.size() < kRowLimit) return read_keys(type, rows, live_.state);
               if (container.kind == KindId::Schema) return asks_.report_cut(words);
               for (const auto& schema : schemas_of(container.name)) ask_keys_in(type, schema);
             },
             must_be_visible(container)});
}

// Only INFORMATION_SCHEMA tells CHECK constraints, and a warehouse must run for it: asked where they are declared or
// the ledger knows of some, one statement a database.
void Reading::ask_checks() {
  std::map<Name, std::set<Name>> schemas;
  for (const auto& [id, object] : live_.state.objects) {
    if (id.kind != KindId::Table || !is_expected(id)) continue;
    const auto* declared = interest_.declared_for(id);
    const auto* entry = interest_.known(id);
    const bool wanted = (declared != nullptr && declared->checks) ||
                        (entry != nullptr && entry->attached.count(kTableChecks) > 0) || scope_.deep;
    if (wanted) schemas[id.name.first()].insert(id.name.parts()[1]);
  }
  for (const auto& [database, names] : schemas) {
    const auto id = database_id(database);
    asks_.ask({.sql = select_checks(database, names),
               .role = interest_.role_for(id),
               .what = "the CHECK constraints in " + id.address(),
               .columns = {"TABLE_SCHEMA", "TABLE_NAME", "CONSTRAINT_NAME", "CHECK_CLAUSE"},
               .answered = [this, database = database](Rows& rows) { read_checks(rows, database, live_.state); },
               .warehouse = control_warehouse()});
  }
}

// The control schema's, once there is one: every role that reads may use it.
std::string Reading::control_warehouse() const {
  const bool bootstrapped = scope_.ledger != nullptr && scope_.ledger->available;
  return bootstrapped ? scope_.mesh->control.warehouse.stored() : std::string();
}

// INFORMATION_SCHEMA does not honour MANAGE GRANTS: a table that SHOW lists may be missing there.
void Reading::note_hidden_checks() {
  for (const auto& [id, object] : live_.state.objects) {
    const auto* declared = id.kind == KindId::Table ? interest_.declared_for(id) : nullptr;
    if (declared == nullptr || !declared->checks || object.checks) continue;
    asks_.warn(
        "MESH3008", "the CHECK constraints of " + id.address() + " cannot be read, so they are left as they are",
        "INFORMATION_SCHEMA lists a table only to roles that hold a privilege on it: grant the role that reads one",
        declared->place);
  }
}

// SHOW TABLES tells whether there is any; for what, only DESCRIBE, table by table.
void Reading::ask_search_targets() {
  for (const auto& [id, object] : live_.state.objects) {
    if (id.kind != KindId::Table || !object.search_optimization || !object.search_optimization->on) continue;
    const auto* declared = interest_.declared_for(id);
    const bool wanted = declared != nullptr && declared->search_optimization && declared->search_optimization->on &&
                        declared->ignore_changes.count("search_optimization") == 0;
    if (!wanted && !(scope_.deep && is_expected(id))) continue;
    asks_.ask(
        {.sql = describe_search_optimization(id),
         .role = interest_.role_for(id),
         .what = "the search optimization of " + id.address(),
         .columns = {"method", "target"},
         .answered = [this, id = id](Rows& rows) { read_search_targets(rows, live_.state.objects.find(id)->second); },
         // Which privilege it needs is not documented: where this role may not, nothing is compared.
         .failed = is_out_of_reach});
  }
}

void Reading::ask_columns(const ObjectId& schema) {
  asks_.ask({show_in("COLUMNS", schema),
             interest_.role_for(schema),
             "the columns of " + schema.address(),
             {"table_name", "schema_name", "column_name", "data_type"},
             [this, schema](Rows& rows) {
               if (rows.rows.size() < kRowLimit) return columns_.read(rows, schema.name.first(), live_.state);
               // More are left out silently.
               if (scope_.deep) return ask_columns_singly(schema);
               ask_many_columns(schema, std::move(rows));
             },
             must_be_visible(schema)});
}

// In one statement, which needs a warehouse and does not honour MANAGE GRANTS: what it lacks is asked for by itself.
void Reading::ask_many_columns(const ObjectId& schema, Rows shown) {
  asks_.ask({.sql = select_columns(schema),
             .role = interest_.role_for(schema),
             .what = "the columns of " + schema.address(),
             .columns = {"TABLE_NAME", "COLUMN_NAME", "DATA_TYPE"},
             .answered =
                 [this, schema, shown = std::move(shown)](Rows& told) {
                   std::map<ObjectId, const Object*> declared;
                   for (const auto& id : relations_of(schema)) declared[id] = interest_.declared_for(id);
                   const auto many = many_columns(shown, told, declared);
                   columns_.read(many.rows, schema.name.first(), live_.state);
                   for (const auto& [id, is_complete] : many.is_complete) {
                     if (!is_complete) ask_columns_of(id);
                   }
                 },
             .failed =
                 [this, schema](const StatementError&) {
                   ask_columns_singly(schema);
                   return true;
                 },
             .warehouse = control_warehouse()});
}

void Reading::ask_columns_singly(const ObjectId& schema) {
  for (const auto& id : relations_of(schema)) ask_columns_of(id);
}

std::vector<ObjectId> Reading::relations_of(const ObjectId& schema) const {
  std::vector<ObjectId> relations;
  for (const auto& [id, object] : live_.state.objects) {
    const bool here = id.name.depth() > 2 && id.name.parent() == schema.name;
    if (here && kinds::of(id.kind).has_columns && is_expected(id)) relations.push_back(id);
  }
  return relations;
}

void Reading::ask_columns_of(const ObjectId& relation) {
  const auto words = "the columns of " + relation.address();
  asks_.ask({show_in("COLUMNS", relation),
             interest_.role_for(relation),
             words,
             {"table_name", "schema_name", "column_name", "data_type"},
             [this, relation, words](Rows& rows) {
               if (rows.rows.size() == kRowLimit) return asks_.report_cut(words);
               columns_.read(rows, relation.name.first(), live_.state);
             },
             must_be_visible(relation)});
}

// SHOW COLUMNS prints no text wider than 16,777,216; whether that holds for tables too is not told, so a column that is
// declared wider is looked at with DESCRIBE.
void Reading::ask_wide_types() {
  constexpr int64_t widest = 16777216;
  const auto length = [](const Column& column) {
    return column.type.family() == "VARCHAR" && !column.type.default_sized() ? column.type.arguments().front() : 0;
  };
  const auto cut = [&](const std::vector<Column>& now, const Column& column) {
    return length(column) > widest && std::any_of(now.begin(), now.end(), [&](const Column& live) {
             return live.name == column.name && length(live) == widest;
           });
  };
  for (const auto& [id, object] : live_.state.objects) {
    const auto* declared = id.kind == KindId::Table ? interest_.declared_for(id) : nullptr;
    if (declared == nullptr) continue;
    const auto& now = object.columns;
    const bool wide = std::any_of(declared->columns.begin(), declared->columns.end(),
                                  [&](const Column& column) { return cut(now, column); });
    if (!wide) continue;
    asks_.ask({describe(id),
               interest_.role_for(id),
               "the columns of " + id.address(),
               {"name", "type"},
               [this, id = id](Rows& rows) { read_described_types(rows, live_.state.objects.find(id)->second); },
               must_be_visible(id)});
  }
}

// ---- the end

Live Reading::finish(Diagnostics& diagnostics) {
  settle_contacts();
  settle_expectations();
  if (looks_closer_) {
    live_.statements += asks_.count();
    diagnostics.merge(asks_.take_diagnostics());
    return std::move(live_);
  }
  merge_access();
  settle_monitored();
  settle_hidden_instances();
  note_containers();
  check_columns();
  note_hidden_checks();
  check_names_taken();
  check_assumed();
  live_.account_read = account_read_;
  live_.statements = asks_.count();
  diagnostics.merge(asks_.take_diagnostics());
  return std::move(live_);
}

void Reading::note_containers() {
  for (const auto& database : schemas_read_) {
    live_.read_containers.insert({KindId::Database, database});
    const bool whole = std::all_of(asked_.begin(), asked_.end(),
                                   [&](const List& list) { return list.first != database || read_.count(list) > 0; });
    if (!whole) continue;
    for (const auto& schema : schemas_of(database)) live_.read_containers.insert(schema);
  }
}

void Reading::check_columns() {
  for (const auto& problem : columns_.problems()) {
    const auto* declared = interest_.declared_for(problem.id);
    if (declared == nullptr) continue;
    asks_.report("MESH3004",
                 "the type of column " + problem.id.name.child(problem.column).display() +
                     " is not understood: " + problem.message,
                 "SHOW COLUMNS says " + problem.cell, declared->place);
  }
}

// A name that another kind holds cannot be made, and OR REPLACE would not help (identifiers-and-literals.md section 1).
void Reading::check_names_taken() {
  const auto report = [&](const Object& object, const std::string& kind) {
    asks_.report("MESH3006", object.id.address() + " is declared, but that name belongs to " + kind + " in the account",
                 "give one of them another name, or take the lines out", object.place);
  };
  for (const auto& [id, object] : scope_.desired->state.objects) {
    if (object.structure_is_foreign()) continue;
    if (id.kind == KindId::Database) {
      const auto it = database_kinds_.find(id.name.first());
      if (it == database_kinds_.end() || it->second == kStandard) continue;
      const bool meant = it->second == kImported && object.find("from_share") != nullptr;
      if (!meant) report(object, "an object of kind " + it->second);
    }
    const auto it = other_relations_.find(id.name);
    if (!kinds::of(id.kind).is_relation || it == other_relations_.end() || it->second == kind_words(id.kind)) continue;
    // What mesh knows there may be dropped by the same plan.
    const auto other = kind_from_words(it->second);
    if (other && interest_.known({*other, id.name}) != nullptr) continue;
    report(object, "another kind of object (" + it->second + ")");
  }
}

}  // namespace mesh::live
