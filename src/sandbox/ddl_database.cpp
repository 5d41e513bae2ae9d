// Databases and schemas (docs: create-database, alter-database, create-schema, alter-schema).

#include <algorithm>

#include <fmt/format.h>

#include "ddl.hpp"
#include "instances.hpp"
#include "shares.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

// PRIVILEGED, or a specification in YAML (docs: object-visibility-universal-search).
std::string visibility(Parser& p) {
  if (p.accept("PRIVILEGED")) return "PRIVILEGED";
  std::string text = p.string();
  if (text.find("organization_targets:") == std::string::npos) refuse_property_value(text, "OBJECT_VISIBILITY");
  return text;
}

const PropertySpecs kCreateSpecs = {{"COMMENT", {}}};
// Only in the syntax of ALTER (docs: alter-database, alter-schema).
const PropertySpecs kAlterSpecs = {{"COMMENT", {}},
                                   {"OBJECT_VISIBILITY", {}, visibility},
                                   {"REPLICABLE_WITH_FAILOVER_GROUPS", {ValueType::Word, "YES,NO"}}};

// Transient containers keep at most one day (database entry).
void check_retention(const Settings& settings, bool transient) {
  const auto it = settings.params.find("DATA_RETENTION_TIME_IN_DAYS");
  if (transient && it != settings.params.end() && it->second != "0" && it->second != "1") {
    refuse_value(it->second, it->first);
  }
}

void refuse_other_sources(const Parser& p, Kind kind) {
  for (const char* words : {"CLONE", "FROM LISTING", "FROM BACKUP SET", "AS REPLICA OF"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("CREATE {} {}", facts(kind).words, words));
  }
}

Properties props_of(const Settings& settings, bool transient, bool managed) {
  Properties props = settings.props;
  if (transient) props["TRANSIENT"] = "true";
  if (managed) props["MANAGED_ACCESS"] = "true";
  return props;
}

// CREATE OR ALTER: what the statement leaves out is unset; transience stays.
void replace_settings(Running& run, const Object& existing, const Settings& settings, bool managed) {
  need_for_parameters(run, settings.params);
  Object& edited = run.catalog.edit(existing.id);
  edited.props = props_of(settings, existing.flag("TRANSIENT"), managed);
  edited.params = settings.params;
  touch(run, existing.id);
}

Id add_schema(Running& run, const Object& database, const std::string& name, Object object) {
  return make(run, Kind::Schema, database, name, std::move(object));
}

void add_born_schemas(Running& run, Id database_id) {
  const Object& database = run.catalog.at(database_id);
  Object born;
  if (database.flag("TRANSIENT")) born.props["TRANSIENT"] = "true";
  add_schema(run, database, "PUBLIC", born);
  Object information;
  information.kind = Kind::Schema, information.parent = database_id, information.name = "INFORMATION_SCHEMA";
  information.created_ms = information.altered_ms = run.now;
  information.props["COMMENT"] = "Views describing the contents of schemas in this database";
  run.catalog.create(std::move(information));
}

bool only_comment(const Parser& p) {
  return (p.at("SET COMMENT") && p.at_symbol("=", 2)) || (p.at("UNSET COMMENT") && !p.at_symbol(",", 2));
}

void refuse_tags_and_swaps(const Parser& p, Kind kind) {
  for (const char* words : {"SWAP WITH", "SET FEATURE POLICY", "UNSET DCM PROJECT", "ENABLE REPLICATION",
                            "DISABLE REPLICATION", "ENABLE FAILOVER", "REFRESH"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER {} {}", facts(kind).words, words));
  }
}

bool has_future_grants(const Running& run, Id schema) {
  const auto& grants = run.catalog.grants_on(schema);
  return std::any_of(grants.begin(), grants.end(),
                     [&](Id id) { return run.catalog.grant(id).form == GrantForm::Future; });
}

ResultSet switch_managed_access(Running& run, const Object& schema, bool on) {
  run.parser.expect("MANAGED ACCESS");
  run.parser.expect_end();
  need_ownership(run, schema);
  const bool manages = has_account_privilege(run, "MANAGE GRANTS");
  const bool future = has_future_grants(run, schema.id);
  if (on ? !manages : future && !manages) refuse_privilege(run, schema);
  if (on && future) {
    // alter-schema demands that open future grants be revoked first; code and text unconfirmed.
    refuse_compilation(
        "003501", "42501",
        fmt::format("Cannot enable managed access on schema '{}': it has future grants. Revoke them first.",
                    schema.name));
  }
  Object& edited = run.catalog.edit(schema.id);
  if (on) edited.props["MANAGED_ACCESS"] = "true";
  if (!on) edited.props.erase("MANAGED_ACCESS");
  touch(run, schema.id);
  return executed();
}

}  // namespace

ResultSet create_database(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const std::string name = p.name();
  if (p.accept("FROM SHARE")) return import_share(run, head, name);
  refuse_other_sources(p, head.kind);
  Settings settings;
  read_settings(p, head.kind, kCreateSpecs, settings);
  refuse_other_sources(p, head.kind);
  p.expect_end();
  check_retention(settings, head.transient);
  const Object* existing = check_create(run, head, run.home(), name);
  if (existing != nullptr && head.if_not_exists) return already_exists(name);
  if (existing != nullptr && head.or_alter) {
    replace_settings(run, *existing, settings, false);
    return created(head.kind, name);
  }
  need_for_parameters(run, settings.params);
  if (existing != nullptr) put_away(run, *existing);
  Object object;
  object.props = props_of(settings, head.transient, false);
  object.params = settings.params;
  add_born_schemas(run, make(run, head.kind, run.home(), name, std::move(object)));
  run.session.database = name;
  run.session.schema = "PUBLIC";
  return created(head.kind, name);
}

ResultSet create_schema(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  refuse_other_sources(p, head.kind);
  const bool managed = p.accept("WITH MANAGED ACCESS");
  Settings settings;
  read_settings(p, head.kind, kCreateSpecs, settings);
  refuse_other_sources(p, head.kind);
  p.expect_end();
  const Object& database = need_container(run, head.kind, name);
  const bool transient = head.transient || database.flag("TRANSIENT");
  check_retention(settings, transient);
  const Object* existing = check_create(run, head, database, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter) {
    replace_settings(run, *existing, settings, managed);
    return created(head.kind, name.back());
  }
  need_for_parameters(run, settings.params);
  if (existing != nullptr) put_away(run, *existing);
  Object object;
  object.props = props_of(settings, transient, managed);
  object.params = settings.params;
  add_schema(run, database, name.back(), std::move(object));
  run.session.database = database.name;
  run.session.schema = name.back();
  return created(head.kind, name.back());
}

ResultSet alter_database(Running& run, const Object& database) {
  Parser& p = run.parser;
  refuse_tags_and_swaps(p, database.kind);
  if (p.accept("RENAME TO")) {
    const NameParts name{p.name()};
    p.expect_end();
    need_ownership(run, database);
    if (!has_account_privilege(run, "CREATE DATABASE")) refuse_privilege(run, database);
    rename_object(run, database, name, false);
    return executed();
  }
  if (only_comment(p)) {
    need_privilege(run, database, "MODIFY");
  } else {
    if (sets_profile_alone(p)) return set_or_unset(run, database, kAlterSpecs);
    need_ownership(run, database);
    if (is_imported(database)) refuse_unsupported("ALTER DATABASE .. SET of an imported database");
  }
  return set_or_unset(run, database, kAlterSpecs);
}

ResultSet alter_schema(Running& run, const Object& schema) {
  Parser& p = run.parser;
  refuse_tags_and_swaps(p, schema.kind);
  if (p.accept("RENAME TO")) {
    const NameParts name = p.qualified();
    p.expect_end();
    need_ownership(run, schema);
    const Object& database = name.size() == 1 ? run.catalog.at(schema.parent) : need_container(run, Kind::Schema, name);
    need_create(run, database, "CREATE SCHEMA");
    rename_object(run, schema, name, true);
    return executed();
  }
  if (p.accept("ENABLE")) return switch_managed_access(run, schema, true);
  if (p.accept("DISABLE")) return switch_managed_access(run, schema, false);
  if (sets_profile_alone(p)) return set_or_unset(run, schema, kAlterSpecs);
  // Sources contradict each other on who may SET; the schema entry says to let all three in.
  if (!run.access.holds(schema, "MODIFY") && !run.access.owns(run.catalog.at(schema.parent)))
    refuse_privilege(run, schema);
  return set_or_unset(run, schema, kAlterSpecs);
}

}  // namespace mesh::sandbox
