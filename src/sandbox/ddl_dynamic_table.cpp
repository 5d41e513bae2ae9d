// Dynamic tables (docs: create-dynamic-table, alter-dynamic-table). Nothing is refreshed: they are read through their
// query. SOURCES keeps what the query reads, EMPTY that no refresh has happened.

#include <algorithm>
#include <regex>

#include <fmt/format.h>

#include "ddl.hpp"
#include "derived.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"
#include "table_properties.hpp"

namespace mesh::sandbox {
namespace {

constexpr ValueRule kBoolean = {ValueType::Boolean, ""};
constexpr ValueRule kName = {ValueType::Name, ""};

// The number of seconds of a lag; nullopt for DOWNSTREAM and what is none.
std::optional<int64_t> lag_seconds(const std::string& text) {
  static const std::regex kLag(R"(\s*([0-9]{1,9})\s*(second|minute|hour|day)s?\s*)", std::regex::icase);
  std::smatch match;
  if (text.size() > 60 || !std::regex_match(text, match, kLag)) return std::nullopt;
  const char unit = to_lower(match[2].str())[0];
  return std::stoll(match[1].str()) * (unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 86400);
}

// As written; at least 60 seconds (dynamic_table entry, TARGET_LAG).
std::string read_lag(Parser& p) {
  if (p.accept("DOWNSTREAM")) return "DOWNSTREAM";
  const Value value = p.value();
  if (iequals(value.text, "DOWNSTREAM")) return "DOWNSTREAM";
  if (lag_seconds(value.text).value_or(0) < 60) refuse_property_value(value.text, "TARGET_LAG");
  return value.text;
}

const PropertySpecs& altered_specs() {
  static const PropertySpecs kSpecs = {{"TARGET_LAG", {}, read_lag},
                                       {"SCHEDULER", {ValueType::Word, "ENABLE,DISABLE"}},
                                       {"WAREHOUSE", kName},
                                       {"INITIALIZATION_WAREHOUSE", kName},
                                       {"COMMENT", {}},
                                       {"ROW_TIMESTAMP", kBoolean}};
  return kSpecs;
}

const PropertySpecs& created_specs() {
  static const PropertySpecs kSpecs = [] {
    PropertySpecs all = altered_specs();
    all.push_back({"REFRESH_MODE", {ValueType::Word, "AUTO,FULL,INCREMENTAL,ADAPTIVE,CUSTOM_INCREMENTAL"}});
    all.push_back({"INITIALIZE", {ValueType::Word, "ON_CREATE,ON_SCHEDULE"}});
    return all;
  }();
  return kSpecs;
}

struct DynamicText {
  std::string name;  // as written
  DerivedList list;
  Settings settings;
  std::string cluster_by, frozen, user, query;
  bool copy_grants = false;
};

// The expression of FROZEN WHERE ( .. ), IMMUTABLE WHERE in its older name.
std::string read_frozen(Parser& p) {
  const size_t from = p.mark() + 1;
  p.skip_parentheses();
  return p.source(from, p.mark() - 1);
}

void read_option(Running& run, DynamicText& text) {
  Parser& p = run.parser;
  refuse_governance(p);
  for (const char* words : {"REFRESH USING", "BACKFILL FROM", "START AT", "REQUIRE USER"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("CREATE DYNAMIC TABLE {}", words));
  }
  if (p.accept("CLUSTER BY")) {
    text.cluster_by = read_cluster_by(p);
  } else if (p.accept("COPY GRANTS")) {
    text.copy_grants = true;
  } else if (p.accept("FROZEN WHERE") || p.accept("IMMUTABLE WHERE")) {
    text.frozen = read_frozen(p);
  } else if (p.accept("EXECUTE AS USER")) {
    text.user = p.name();
  } else if (p.peek().is_name() && p.at_symbol("=", 1)) {
    read_settings(p, Kind::DynamicTable, created_specs(), text.settings);
  } else {
    p.unexpected();
  }
}

DynamicText read_table(Running& run, std::string written) {
  Parser& p = run.parser;
  DynamicText text;
  text.name = std::move(written);
  if (p.at_symbol("(")) text.list = read_derived_list(run, true);
  while (!p.accept("AS")) {
    read_option(run, text);
    p.accept_symbol(",");
  }
  text.query = p.rest();
  if (text.query.empty()) p.unexpected();
  return text;
}

// Text: dynamic_table entry, WAREHOUSE; its code is unconfirmed.
void check_warehouses(const Running& run, const Properties& props) {
  for (const char* property : {"WAREHOUSE", "INITIALIZATION_WAREHOUSE"}) {
    const auto it = props.find(property);
    if (it == props.end()) continue;
    const Object* warehouse = look_up(run, Kind::Warehouse, {it->second});
    if (warehouse == nullptr)
      refuse_compilation("002043", "02000", fmt::format("Warehouse '{}' does not exist.", it->second));
    need_privilege(run, *warehouse, "USAGE");
  }
}

// TARGET_LAG and a disabled scheduler exclude each other, and one of both must be there; the texts are not documented.
void check_schedule(const Properties& props) {
  const auto scheduler = props.find("SCHEDULER");
  const bool disabled = scheduler != props.end() && scheduler->second == "DISABLE";
  const bool lag = props.count("TARGET_LAG") > 0;
  if (disabled && lag) refuse_text("SQL compilation error:\nTARGET_LAG cannot be defined when SCHEDULER is DISABLE.");
  if (!disabled && !lag) refuse_text("SQL compilation error:\nMissing option(s): [TARGET_LAG].");
}

// "If a dynamic table A depends on another dynamic table B, the minimum lag for A must be greater than or equal to the
// lag for B" (docs: alter-dynamic-table); the text is not documented.
void check_lag(const Running& run, const std::string& lag, const std::vector<Id>& sources) {
  const auto own = lag_seconds(lag);
  for (const Id id : sources) {
    const Object* above = run.catalog.find(id);
    if (!own || above == nullptr || above->kind != Kind::DynamicTable) continue;
    if (lag_seconds(above->prop("TARGET_LAG")).value_or(0) > *own)
      refuse_text(fmt::format("SQL compilation error:\nThe target lag is below that of dynamic table '{}'.",
                              qualified_name(run.catalog, *above)));
  }
}

// docs: dynamic-tables/error-codes 002757; an upstream table is refreshed too when this one is filled at once.
void check_upstream(const Running& run, const std::vector<Id>& sources) {
  for (const Id id : sources) {
    const Object& above = run.catalog.at(id);
    if (above.kind != Kind::DynamicTable || run.access.holds(above, "OPERATE")) continue;
    refuse("002757", "42501",
           "Insufficient privileges to operate on dynamic table. OPERATE privilege is required for initial refresh.");
  }
}

// docs: dynamic-tables/error-codes 091930.
[[noreturn]] void refuse_untracked(const Running& run, const Object& base) {
  refuse("091930", "42601",
         fmt::format("SQL compilation error:\nChange tracking is not enabled or has been missing for the time range "
                     "requested on table '{}'.",
                     qualified_name(run.catalog, base)));
}

Object table_from(Running& run, const Object& schema, const std::string& name, const CreateHead& head,
                  const DynamicText& text) {
  Derived derived = derive(run, schema, name, text.query, text.list);
  Object table;
  table.props = text.settings.props, table.params = text.settings.params;
  check_lag(run, table.prop("TARGET_LAG"), derived.sources);
  const bool at_once = table.prop("INITIALIZE") != "ON_SCHEDULE";
  if (at_once) check_upstream(run, derived.sources);
  if (table.prop("REFRESH_MODE") != "FULL") track_changes(run, derived.relations, refuse_untracked);
  table.props["QUERY"] = text.query;
  table.props["NAME_AS_WRITTEN"] = text.name;
  table.props["SOURCES"] = kept_ids(derived.sources);
  if (head.or_replace) table.props["REPLACED"] = "true";
  if (head.transient || schema.flag("TRANSIENT")) table.props["TRANSIENT"] = "true";
  if (!at_once) table.props["EMPTY"] = "true";
  if (!text.frozen.empty()) table.props["FROZEN_WHERE"] = text.frozen;
  if (!text.user.empty()) {
    need(run, Kind::User, {text.user});
    table.props["EXECUTE_AS_USER"] = text.user;
  }
  table.columns = std::move(derived.columns);
  table.next_column = static_cast<int>(table.columns.size()) + 1;
  if (!text.cluster_by.empty()) {
    check_cluster_by(table, text.cluster_by);
    table.props["CLUSTER_BY"] = text.cluster_by;
  }
  return table;
}

// Omitted properties return to their defaults; the state stays, and so do grants (dynamic_table entry).
ResultSet transform(Running& run, const Object& existing, Object wanted) {
  if (existing.flag("TRANSIENT") != wanted.flag("TRANSIENT"))
    refuse_unsupported("CREATE OR ALTER DYNAMIC TABLE with another TRANSIENT");
  for (const char* kept : {"SUSPENDED", "SUSPENDED_MS", "ROW_TIMESTAMP", "REPLACED", "EMPTY"}) {
    wanted.props.erase(kept);
    if (!existing.prop(kept).empty()) wanted.props[kept] = existing.prop(kept);
  }
  keep_attachments(run, existing, wanted.columns);
  Object& edited = run.catalog.edit(existing.id);
  edited.props = std::move(wanted.props), edited.params = std::move(wanted.params);
  edited.columns = std::move(wanted.columns), edited.next_column = wanted.next_column;
  touch(run, existing.id);
  return created(Kind::DynamicTable, existing.name);
}

// --- ALTER -----------------------------------------------------------------------------------------------------------

// Dynamic tables that read this one.
std::vector<Id> downstream(const Running& run, Id table) {
  std::vector<Id> found;
  for (const auto& [database, database_id] : run.catalog.children(run.account, Kind::Database)) {
    for (const auto& [schema, schema_id] : run.catalog.children(database_id, Kind::Schema)) {
      for (const auto& [name, id] : run.catalog.children(schema_id, Kind::DynamicTable)) {
        const Object& other = run.catalog.at(id);
        if (other.kind != Kind::DynamicTable) continue;
        const std::vector<Id> sources = ids_of(other, "SOURCES");
        if (std::find(sources.begin(), sources.end(), table) != sources.end()) found.push_back(id);
      }
    }
  }
  return found;
}

// Goes on to those downstream; RESUME leaves what a user suspended (docs: alter-dynamic-table).
void suspend(Running& run, Id id, bool stop, bool by_user) {
  Object& table = run.catalog.edit(id);
  if (!stop && !by_user && table.prop("SUSPENDED") == "user") return;
  if (stop && table.prop("SUSPENDED").empty()) {
    table.props["SUSPENDED"] = by_user ? "user" : "upstream";
    table.props["SUSPENDED_MS"] = std::to_string(run.now);
  }
  if (!stop) table.props.erase("SUSPENDED");
  for (const Id below : downstream(run, id)) suspend(run, below, stop, false);
}

// ALTER DYNAMIC TABLE a, b REFRESH: the first is known, the cursor stands behind it.
ResultSet refresh(Running& run, const Object& first) {
  Parser& p = run.parser;
  std::vector<Id> tables{first.id};
  while (p.accept_symbol(",")) {
    const Object& other = need(run, Kind::DynamicTable, p.qualified());
    if (std::find(tables.begin(), tables.end(), other.id) != tables.end())
      refuse("002008", "42601", fmt::format("SQL compilation error:\nDuplicate Dynamic Table: {}", other.name));
    tables.push_back(other.id);
  }
  p.expect("REFRESH");
  p.accept("COPY SESSION");
  p.expect_end();
  for (const Id id : tables) {
    need_privilege(run, run.catalog.at(id), "OPERATE");
    run.catalog.edit(id).props.erase("EMPTY");
  }
  return executed();
}

void swap(Running& run, const Object& table) {
  Parser& p = run.parser;
  const Object& other = need(run, Kind::DynamicTable, p.qualified());
  p.expect_end();
  need_ownership(run, other);
  const auto [id, parent, name] = std::tuple(table.id, table.parent, table.name);
  const auto [other_id, other_parent, other_name] = std::tuple(other.id, other.parent, other.name);
  run.catalog.move(other_id, parent, "mesh:" + random_name());
  run.catalog.move(id, other_parent, other_name);
  run.catalog.move(other_id, parent, name);
}

// Lag and warehouses go with OPERATE, everything else is the owner's (docs: dynamic-tables/privileges).
bool only_operating(const Settings& settings) {
  return settings.params.empty() && std::all_of(settings.props.begin(), settings.props.end(), [](const auto& p) {
           return p.first == "TARGET_LAG" || p.first == "WAREHOUSE" || p.first == "INITIALIZATION_WAREHOUSE";
         });
}

void set(Running& run, const Object& table) {
  Parser& p = run.parser;
  Settings settings;
  read_settings(p, Kind::DynamicTable, altered_specs(), settings);
  if (settings.empty()) p.unexpected();
  p.expect_end();
  need_privilege(run, table, "OPERATE");
  if (!only_operating(settings)) need_ownership(run, table);
  check_warehouses(run, settings.props);
  need_for_parameters(run, settings.params);
  check_table_retention(settings, table.flag("TRANSIENT"));
  const auto scheduler = settings.props.find("SCHEDULER");
  Object& edited = run.catalog.edit(table.id);
  // Without a scheduler there is no lag, and the other way round.
  if (scheduler != settings.props.end() && scheduler->second == "DISABLE") edited.props.erase("TARGET_LAG");
  apply(settings, edited);
  check_schedule(edited.props);
  check_lag(run, settings.props.count("TARGET_LAG") > 0 ? edited.prop("TARGET_LAG") : "", ids_of(edited, "SOURCES"));
}

void unset(Running& run, const Object& table) {
  Parser& p = run.parser;
  need_ownership(run, table);
  const std::vector<std::string> names = read_unset(p, Kind::DynamicTable, altered_specs());
  p.expect_end();
  for (const std::string& name : names) {
    // dynamic_table entry: TARGET_LAG and WAREHOUSE are refused, each in its own words.
    if (name == "TARGET_LAG") refuse_property_value("null", name);
    if (name == "WAREHOUSE")
      refuse_text(fmt::format("SQL compilation error:\ncannot unset property '{}' for '{}'", name, table.name));
  }
  unset(names, run.catalog.edit(table.id));
}

void set_clause(Running& run, const Object& table, const char* property, const std::string& value) {
  run.parser.expect_end();
  need_ownership(run, table);
  if (value.empty()) run.catalog.edit(table.id).props.erase(property);
  if (!value.empty()) run.catalog.edit(table.id).props[property] = value;
}

void alter_owned(Running& run, const Object& table) {
  Parser& p = run.parser;
  need_ownership(run, table);
  if (p.accept("RENAME TO")) {
    const NameParts name = p.qualified();
    p.expect_end();
    need_create(run, run.catalog.at(table.parent), create_privilege(Kind::DynamicTable));
    rename_object(run, table, name, true);
  } else if (p.accept("SWAP WITH")) {
    swap(run, table);
  } else if (p.accept("ALTER") || p.accept("MODIFY")) {
    alter_column_comments(run, table);
  } else if (!alter_clustering(run, table)) {
    p.unexpected();
  }
}

void alter(Running& run, const Object& table) {
  Parser& p = run.parser;
  const bool recluster = p.at("SUSPEND RECLUSTER") || p.at("RESUME RECLUSTER");
  if (!recluster && (p.at("SUSPEND") || p.at("RESUME"))) {
    const bool stop = p.accept("SUSPEND");
    if (!stop) p.expect("RESUME");
    p.expect_end();
    need_privilege(run, table, "OPERATE");
    return suspend(run, table.id, stop, true);
  }
  if (p.accept("SET FROZEN WHERE") || p.accept("SET IMMUTABLE WHERE"))
    return set_clause(run, table, "FROZEN_WHERE", read_frozen(p));
  if (p.accept("UNSET FROZEN WHERE") || p.accept("UNSET IMMUTABLE WHERE"))
    return set_clause(run, table, "FROZEN_WHERE", "");
  if (p.accept("SET EXECUTE AS USER")) {
    const std::string user = p.name();
    need(run, Kind::User, {user});
    return set_clause(run, table, "EXECUTE_AS_USER", user);
  }
  if (p.accept("UNSET EXECUTE AS USER")) return set_clause(run, table, "EXECUTE_AS_USER", "");
  if (p.accept("SET")) return set(run, table);
  if (p.accept("UNSET")) return unset(run, table);
  alter_owned(run, table);
}

}  // namespace

ResultSet create_dynamic_table(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_replace && head.if_not_exists) p.unexpected();
  const size_t mark = p.mark();
  const NameParts name = p.qualified();
  if (p.at("CLONE")) refuse_unsupported("CREATE DYNAMIC TABLE CLONE");
  const DynamicText text = read_table(run, p.source(mark, p.mark()));
  check_schedule(text.settings.props);
  if (text.settings.props.count("WAREHOUSE") == 0)
    refuse_text("SQL compilation error:\nMissing option(s): [WAREHOUSE].");
  check_warehouses(run, text.settings.props);
  const Object& schema = need_container(run, head.kind, name);
  check_table_retention(text.settings, head.transient || schema.flag("TRANSIENT"));
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  Object table = table_from(run, schema, name.back(), head, text);
  if (existing != nullptr && head.or_alter) return transform(run, *existing, std::move(table));
  std::vector<Grant> grants;
  const bool copy = text.copy_grants && existing != nullptr;
  if (existing != nullptr) grants = direct_grants(run, *existing), put_away(run, *existing);
  const Id id = make(run, head.kind, schema, name.back(), std::move(table), copy ? &grants : nullptr);
  hang(run, id, text.list);
  return created(head.kind, name.back());
}

ResultSet alter_dynamic_table(Running& run, const Object& table) {
  Parser& p = run.parser;
  if (p.at_symbol(",") || p.at("REFRESH")) return refresh(run, table);
  for (const char* words : {"SET CONTACT", "UNSET CONTACT", "ADD SEARCH OPTIMIZATION", "DROP SEARCH OPTIMIZATION",
                            "SUSPEND SEARCH OPTIMIZATION", "RESUME SEARCH OPTIMIZATION", "ADD STORAGE LIFECYCLE POLICY",
                            "DROP STORAGE LIFECYCLE POLICY", "UNSET DCM PROJECT"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER DYNAMIC TABLE {}", words));
  }
  alter(run, table);
  touch(run, table.id);
  return executed();
}

}  // namespace mesh::sandbox
