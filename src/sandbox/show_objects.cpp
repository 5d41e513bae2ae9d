// SHOW DATABASES, SCHEMAS, TABLES, VIEWS, WAREHOUSES, ROLES, DATABASE ROLES, USERS: the columns of each, in order, with
// the function that fills it (the show parts of the fact sheets' entries).

#include <algorithm>
#include <ctime>
#include <deque>
#include <map>
#include <set>

#include <fmt/format.h>

#include "listings.hpp"
#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "relations.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "table_properties.hpp"
#include "task_graph.hpp"

namespace mesh::sandbox {
namespace {

using namespace cells;  // NOLINT: the vocabulary of this file

// --- Cells that several share ----------------------------------------------------------------------------------------
Cell dropped_on(const Shown& s) { return s.object.dropped_ms == 0 ? Cell() : timestamp_cell(s.object.dropped_ms); }
Cell no(const Shown&) { return "N"; }
Cell zero(const Shown&) { return "0"; }

Cell retention(const Shown& s) { return effective_value(s.run.catalog, s.object, "DATA_RETENTION_TIME_IN_DAYS"); }
Cell options(const Shown& s) {
  std::vector<std::string> words;
  if (s.object.flag("TRANSIENT")) words.emplace_back("TRANSIENT");
  if (s.object.flag("MANAGED_ACCESS")) words.emplace_back("MANAGED ACCESS");
  return join(words, ", ");
}

const Object* user_of(const Shown& s) { return s.run.catalog.find(s.run.user); }
Cell is_default(const Shown& s, std::string_view property) {
  const Object* user = user_of(s);
  return flag_cell(user != nullptr && user->prop(property) == s.object.name, "Y", "N");
}

// --- Databases -------------------------------------------------------------------------------------------------------
Cell database_kind(const Shown& s) { return s.object.prop("KIND").empty() ? "STANDARD" : s.object.prop("KIND"); }

const ShowColumns kDatabases = {
    {"L:created_on", created_on},
    {"T:name", name},
    {"T:is_default", [](const Shown& s) { return is_default(s, "DEFAULT_DATABASE"); }},
    {"T:is_current", [](const Shown& s) { return flag_cell(s.run.session.database == s.object.name, "Y", "N"); }},
    {"T:origin", [](const Shown& s) -> Cell { return s.object.prop("ORIGIN"); }},
    {"T:owner", owner},
    {"T:comment", comment},
    {"T:options", options},
    {"T:retention_time", retention},
    {"L:dropped_on", dropped_on},
    {"T:kind", database_kind},
    {"T:owner_role_type", owner_role_type},
    {"V:object_visibility", null},  // "reserved for future use" (release notes, bcr-1759)
};

// Live: kind is filled in TERSE too, although the page says NULL (database entry).
const ShowColumns kTerseDatabases = {{"L:created_on", created_on},
                                     {"T:name", name},
                                     {"T:kind", database_kind},
                                     {"T:database_name", null},
                                     {"T:schema_name", null}};

// --- Schemas ---------------------------------------------------------------------------------------------------------
Cell parent_name(const Shown& s) { return s.run.catalog.at(s.object.parent).name; }

const ShowColumns kSchemas = {
    {"L:created_on", created_on},
    {"T:name", name},
    {"T:is_default", no},
    {"T:is_current",
     [](const Shown& s) {
       return flag_cell(s.run.session.schema == s.object.name && s.run.session.database == *parent_name(s), "Y", "N");
     }},
    {"T:database_name", parent_name},
    {"T:owner", owner},
    {"T:comment", comment},
    {"T:options", options},
    {"T:retention_time", retention},
    {"L:dropped_on", dropped_on},
    {"T:owner_role_type", owner_role_type},
    {"V:object_visibility", null},  // "reserved for future use" (release notes, bcr-1759)
};

const ShowColumns kTerseSchemas = {{"L:created_on", created_on},
                                   {"T:name", name},
                                   {"T:kind", null},
                                   {"T:database_name", parent_name},
                                   {"T:schema_name", null}};

// --- Tables ----------------------------------------------------------------------------------------------------------
Cell table_kind(const Shown& s) { return s.object.flag("TRANSIENT") ? "TRANSIENT" : "TABLE"; }
int64_t rows_of(const Shown& s) { return s.object.kind == Kind::Table ? row_count(s.run, s.object.id) : 0; }
bool is_external(const Shown& s) { return s.object.kind == Kind::ExternalTable; }
Cell on_off(const Shown& s, std::string_view property) { return flag_cell(s.object.flag(property), "ON", "OFF"); }
const ShowColumns kTables = {
    {"L:created_on", created_on},
    {"T:name", name},
    {"T:database_name", database_name},
    {"T:schema_name", schema_name},
    {"T:kind", table_kind},
    {"T:comment", comment},
    {"T:cluster_by", cluster_by},
    {"N:rows", [](const Shown& s) { return is_external(s) ? Cell() : Cell(std::to_string(rows_of(s))); }},
    // Any size will do; what holds no rows has none.
    {"N:bytes",
     [](const Shown& s) {
       return is_external(s) ? Cell() : Cell(std::to_string((rows_of(s) * 64 + 511) / 512 * 512));
     }},
    {"T:owner", owner},
    {"T:retention_time", retention},
    {"L:dropped_on", dropped_on},
    {"T:automatic_clustering", automatic_clustering},
    {"T:change_tracking", [](const Shown& s) { return on_off(s, "CHANGE_TRACKING"); }},
    {"T:search_optimization", [](const Shown& s) { return flag_cell(!s.object.search.empty(), "ON", "OFF"); }},
    {"T:search_optimization_progress", [](const Shown& s) { return s.object.search.empty() ? Cell() : Cell("100"); }},
    {"N:search_optimization_bytes", [](const Shown& s) { return s.object.search.empty() ? Cell() : Cell("0"); }},
    {"T:is_external", [](const Shown& s) { return flag_cell(is_external(s), "Y", "N"); }},
    {"T:enable_schema_evolution",
     [](const Shown& s) { return flag_cell(s.object.flag("ENABLE_SCHEMA_EVOLUTION"), "Y", "N"); }},
    {"T:owner_role_type", owner_role_type},
    {"T:is_event", no},
    {"T:is_hybrid", no},
    {"T:is_iceberg", no},
    {"T:is_dynamic", [](const Shown& s) { return flag_cell(s.object.kind == Kind::DynamicTable, "Y", "N"); }},
    {"T:is_immutable", no},
    {"T:is_interactive", no},
    {"T:row_timestamp", [](const Shown& s) { return on_off(s, "ROW_TIMESTAMP"); }},
    {"T:error_logging", [](const Shown& s) { return on_off(s, "ERROR_LOGGING"); }},
};

const ShowColumns kTerseTables = {{"L:created_on", created_on},
                                  {"T:name", name},
                                  {"T:kind", table_kind},
                                  {"T:database_name", database_name},
                                  {"T:schema_name", schema_name}};

// --- Views -----------------------------------------------------------------------------------------------------------
const ShowColumns kViews = {
    {"L:created_on", created_on},
    {"T:name", name},
    {"T:reserved", empty},
    {"T:database_name", database_name},
    {"T:schema_name", schema_name},
    {"T:owner", owner},
    {"T:comment", comment},
    {"T:text", view_text},
    {"T:is_secure", [](const Shown& s) { return flag_cell(s.object.flag("SECURE"), "true", "false"); }},
    {"T:is_materialized",
     [](const Shown& s) { return flag_cell(s.object.kind == Kind::MaterializedView, "true", "false"); }},
    {"T:owner_role_type", owner_role_type},
    {"T:change_tracking", [](const Shown& s) { return on_off(s, "CHANGE_TRACKING"); }},
};

const ShowColumns kTerseViews = {{"L:created_on", created_on},
                                 {"T:name", name},
                                 {"T:kind", [](const Shown&) -> Cell { return "VIEW"; }},
                                 {"T:database_name", database_name},
                                 {"T:schema_name", schema_name}};

// --- Warehouses ------------------------------------------------------------------------------------------------------
bool snowpark(const Shown& s) { return s.object.prop("WAREHOUSE_TYPE") == "SNOWPARK-OPTIMIZED"; }
bool started(const Shown& s) { return s.object.prop("STATE") != "SUSPENDED"; }

// A new standard warehouse is of generation 2, and that has query acceleration on with factor 2 (bundle 2026_03,
// BCR-2269).
bool second_generation(const Shown& s) { return !snowpark(s) && s.object.prop("GENERATION") != "1"; }

// A monitor that was dropped watches nothing any more.
const Object* monitor_of(const Shown& s) {
  return s.run.catalog.child(s.run.account, Kind::ResourceMonitor, s.object.prop("RESOURCE_MONITOR"));
}
// An adaptive warehouse has no size, clusters or generation (warehouse quirks, terraform live test).
bool adaptive(const Shown& s) { return s.object.prop("WAREHOUSE_TYPE") == "ADAPTIVE"; }
Cell unless_adaptive(const Shown& s, std::string_view property, const char* otherwise) {
  return adaptive(s) ? Cell() : prop_or(s, property, otherwise);
}

const ShowColumns kWarehouses = {
    {"T:name", name},
    {"T:state",
     [](const Shown& s) -> Cell {
       if (adaptive(s)) return "ENABLED";
       return started(s) ? "STARTED" : "SUSPENDED";
     }},
    {"T:type", [](const Shown& s) { return prop_or(s, "WAREHOUSE_TYPE", "STANDARD"); }},
    {"T:size", [](const Shown& s) { return unless_adaptive(s, "WAREHOUSE_SIZE", snowpark(s) ? "Medium" : "X-Small"); }},
    {"N:min_cluster_count", [](const Shown& s) { return unless_adaptive(s, "MIN_CLUSTER_COUNT", "1"); }},
    {"N:max_cluster_count", [](const Shown& s) { return unless_adaptive(s, "MAX_CLUSTER_COUNT", "1"); }},
    {"N:started_clusters", [](const Shown& s) -> Cell { return started(s) ? "1" : "0"; }},
    {"N:running", zero},
    {"N:queued", zero},
    {"T:is_default", [](const Shown& s) { return is_default(s, "DEFAULT_WAREHOUSE"); }},
    {"T:is_current", [](const Shown& s) { return flag_cell(s.run.session.warehouse == s.object.name, "Y", "N"); }},
    {"T:is_interactive", no},
    {"N:auto_suspend",
     [](const Shown& s) -> Cell {
       const std::string& value = s.object.prop("AUTO_SUSPEND");
       return value.empty() || value == "null" ? Cell() : Cell(value);
     }},
    {"T:auto_resume", [](const Shown& s) { return prop_or(s, "AUTO_RESUME", "true"); }},
    {"T:available", [](const Shown& s) -> Cell { return started(s) ? "100" : ""; }},
    {"T:provisioning", [](const Shown& s) -> Cell { return started(s) ? "0" : ""; }},
    {"T:quiescing", [](const Shown& s) -> Cell { return started(s) ? "0" : ""; }},
    {"T:other", [](const Shown& s) -> Cell { return started(s) ? "0" : ""; }},
    {"L:created_on", created_on},
    {"L:resumed_on",
     [](const Shown& s) {
       const std::string& value = s.object.prop("RESUMED_ON");
       return timestamp_cell(value.empty() ? 0 : std::stoll(value));
     }},
    {"L:updated_on", [](const Shown& s) { return timestamp_cell(s.object.altered_ms); }},
    {"T:owner", owner},
    {"T:comment", comment},
    {"T:enable_query_acceleration",
     [](const Shown& s) {
       return unless_adaptive(s, "ENABLE_QUERY_ACCELERATION", second_generation(s) ? "true" : "false");
     }},
    {"N:query_acceleration_max_scale_factor",
     [](const Shown& s) {
       return unless_adaptive(s, "QUERY_ACCELERATION_MAX_SCALE_FACTOR", second_generation(s) ? "2" : "8");
     }},
    {"T:resource_monitor",
     [](const Shown& s) -> Cell { return monitor_of(s) == nullptr ? "null" : s.object.prop("RESOURCE_MONITOR"); }},
    {"N:actives", zero},
    {"N:pendings", zero},
    {"N:failed", zero},
    {"N:suspended", zero},
    {"T:uuid", [](const Shown& s) -> Cell { return std::to_string(s.object.id); }},
    {"T:scaling_policy", [](const Shown& s) { return unless_adaptive(s, "SCALING_POLICY", "STANDARD"); }},
    {"T:owner_role_type", owner_role_type},
    {"T:resource_constraint",
     [](const Shown& s) -> Cell { return snowpark(s) ? prop_or(s, "RESOURCE_CONSTRAINT", "MEMORY_16X") : Cell(); }},
    {"T:generation",
     [](const Shown& s) -> Cell {
       if (adaptive(s)) return std::nullopt;
       return snowpark(s) ? Cell() : prop_or(s, "GENERATION", "2");
     }},
    {"T:max_query_performance_level",
     [](const Shown& s) -> Cell {
       return adaptive(s) ? prop_or(s, "MAX_QUERY_PERFORMANCE_LEVEL", "X-Large") : Cell();
     }},
    {"N:query_throughput_multiplier",
     [](const Shown& s) -> Cell { return adaptive(s) ? prop_or(s, "QUERY_THROUGHPUT_MULTIPLIER", "2") : Cell(); }},
};

// --- Resource monitors -----------------------------------------------------------------------------------------------
Cell quota(const Shown& s) {
  const std::string& value = s.object.prop("CREDIT_QUOTA");
  return value.empty() ? Cell() : Cell(value + ".00");
}
// Milliseconds where it was IMMEDIATELY, else as written.
Cell moment(const Shown& s, std::string_view property) {
  const std::string& value = s.object.prop(property);
  if (value.empty()) return std::nullopt;
  if (value.find_first_not_of("0123456789") != std::string::npos) return value;
  const std::time_t seconds = std::stoll(value) / 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                     utc.tm_min);
}
Cell monitor_level(const Shown& s) {
  if (s.run.home().prop("RESOURCE_MONITOR") == s.object.name) return "ACCOUNT";
  for (const auto& [warehouse, id] : s.run.catalog.children(s.run.account, Kind::Warehouse)) {
    if (s.run.catalog.at(id).prop("RESOURCE_MONITOR") == s.object.name) return "WAREHOUSE";
  }
  return std::nullopt;
}

const ShowColumns kResourceMonitors = {
    {"T:name", name},
    {"T:credit_quota", quota},
    {"T:used_credits", [](const Shown&) -> Cell { return "0.00"; }},
    {"T:remaining_credits", quota},
    {"T:level", monitor_level},
    {"T:frequency", [](const Shown& s) { return prop_or_null(s, "FREQUENCY"); }},
    {"T:start_time", [](const Shown& s) { return moment(s, "START_TIMESTAMP"); }},
    {"T:end_time", [](const Shown& s) { return moment(s, "END_TIMESTAMP"); }},
    {"T:notify_at", [](const Shown& s) { return prop_or_null(s, "NOTIFY_AT"); }},
    {"T:suspend_at", [](const Shown& s) { return prop_or_null(s, "SUSPEND_AT"); }},
    {"T:suspend_immediately_at", [](const Shown& s) { return prop_or_null(s, "SUSPEND_IMMEDIATELY_AT"); }},
    {"L:created_on", created_on},
    {"T:owner", owner},
    {"T:comment", null},
    {"T:notify_users", [](const Shown& s) -> Cell { return s.object.prop("NOTIFY_USERS"); }},
};

// --- Roles -----------------------------------------------------------------------------------------------------------
// How many of a kind the role is granted to.
Cell granted_to(const Shown& s, Kind kind) {
  std::set<Id> grantees;
  for (const Id id : s.run.catalog.grants_on(s.object.id)) {
    const Grant& grant = s.run.catalog.grant(id);
    if (grant.form == GrantForm::Direct && s.run.catalog.at(grant.grantee).kind == kind) grantees.insert(grant.grantee);
  }
  return std::to_string(grantees.size());
}
// How many roles of a kind are granted to it.
Cell granted(const Shown& s, Kind kind) {
  std::set<Id> roles;
  for (const Id id : s.run.catalog.roles_of(s.object.id)) {
    if (s.run.catalog.at(id).kind == kind) roles.insert(id);
  }
  return std::to_string(roles.size());
}
Cell is_inherited(const Shown& s) {
  return flag_cell(s.object.id != s.run.role && s.run.access.primary_roles().count(s.object.id) > 0, "Y", "N");
}
Cell is_current_role(const Shown& s) { return flag_cell(s.object.id == s.run.role, "Y", "N"); }
Cell is_default_role(const Shown& s) { return is_default(s, "DEFAULT_ROLE"); }

const ShowColumns kRoles = {
    {"L:created_on", created_on},
    {"T:name", name},
    {"T:is_default", is_default_role},
    {"T:is_current", is_current_role},
    {"T:is_inherited", is_inherited},
    {"N:assigned_to_users", [](const Shown& s) { return granted_to(s, Kind::User); }},
    {"N:granted_to_roles", [](const Shown& s) { return granted_to(s, Kind::Role); }},
    {"N:granted_roles", [](const Shown& s) { return granted(s, Kind::Role); }},
    {"T:owner", owner},
    {"T:comment", comment},
};

const ShowColumns kTerseRoles = {{"L:created_on", created_on},
                                 {"T:name", name},
                                 {"T:is_default", is_default_role},
                                 {"T:is_current", is_current_role},
                                 {"T:is_inherited", is_inherited}};

const ShowColumns kDatabaseRoles = {
    {"L:created_on", created_on},
    {"T:name", name},
    {"T:is_default", no},
    {"T:is_current", no},
    {"T:is_inherited", is_inherited},
    {"N:granted_to_roles", [](const Shown& s) { return granted_to(s, Kind::Role); }},
    {"N:granted_to_database_roles", [](const Shown& s) { return granted_to(s, Kind::DatabaseRole); }},
    {"N:granted_database_roles", [](const Shown& s) { return granted(s, Kind::DatabaseRole); }},
    {"T:owner", owner},
    {"T:comment", comment},
    {"T:owner_role_type", owner_role_type},
};

// --- Users -----------------------------------------------------------------------------------------------------------
// Every column but the name is NULL for who neither owns the user nor has MANAGE GRANTS or MONITOR USER.
bool readable(const Shown& s) {
  return s.run.access.owns(s.object) || s.run.access.manages_grants(s.object) ||
         s.run.access.account_privilege("MONITOR USER");
}
Cell user_prop(const Shown& s, std::string_view property, const char* otherwise = "") {
  return readable(s) ? prop_or(s, property, otherwise) : Cell();
}
Cell user_has(const Shown& s, std::string_view property) {
  return readable(s) ? flag_cell(!s.object.prop(property).empty(), "true", "false") : Cell();
}
Cell user_false(const Shown& s) { return readable(s) ? Cell("false") : Cell(); }
Cell user_created(const Shown& s) { return readable(s) ? created_on(s) : Cell(); }
Cell user_comment(const Shown& s) { return user_prop(s, "COMMENT"); }
Cell user_type(const Shown& s) { return user_prop(s, "TYPE", "PERSON"); }
Cell has_password(const Shown& s) { return user_has(s, "PASSWORD"); }
Cell has_workload_identity(const Shown& s) { return user_has(s, "WORKLOAD_IDENTITY"); }
Cell has_key(const Shown& s) { return user_has(s, "RSA_PUBLIC_KEY"); }

const ShowColumns kUsers = {
    {"T:name", name},
    {"L:created_on", user_created},
    {"T:login_name", [](const Shown& s) { return user_prop(s, "LOGIN_NAME"); }},
    {"T:display_name", [](const Shown& s) { return user_prop(s, "DISPLAY_NAME"); }},
    {"T:first_name", [](const Shown& s) { return user_prop(s, "FIRST_NAME"); }},
    {"T:last_name", [](const Shown& s) { return user_prop(s, "LAST_NAME"); }},
    {"T:email", [](const Shown& s) { return user_prop(s, "EMAIL"); }},
    {"T:mins_to_unlock", null},
    {"T:days_to_expiry", null},
    {"T:comment", user_comment},
    {"T:disabled", [](const Shown& s) { return user_prop(s, "DISABLED", "false"); }},
    {"T:must_change_password", [](const Shown& s) { return user_prop(s, "MUST_CHANGE_PASSWORD", "false"); }},
    {"T:snowflake_lock", user_false},
    {"T:default_warehouse", [](const Shown& s) { return user_prop(s, "DEFAULT_WAREHOUSE"); }},
    {"T:default_namespace", [](const Shown& s) { return user_prop(s, "DEFAULT_NAMESPACE"); }},
    {"T:default_role", [](const Shown& s) { return user_prop(s, "DEFAULT_ROLE"); }},
    {"T:default_secondary_roles", [](const Shown& s) { return user_prop(s, "DEFAULT_SECONDARY_ROLES", R"(["ALL"])"); }},
    {"T:ext_authn_duo", user_false},
    {"T:ext_authn_uid", [](const Shown& s) { return user_prop(s, "EXT_AUTHN_UID"); }},
    {"T:mins_to_bypass_mfa", null},
    {"T:owner", [](const Shown& s) -> Cell { return readable(s) ? owner(s) : Cell(); }},
    {"L:last_success_login", null},
    {"L:expires_at_time", null},
    {"L:locked_until_time", null},
    {"T:has_password", has_password},
    {"T:has_rsa_public_key", has_key},
    {"T:type", user_type},
    {"T:has_mfa", user_false},
    {"T:has_pat", user_false},
    {"T:has_workload_identity", has_workload_identity},
    {"T:is_from_organization_user", user_false},
};

const ShowColumns kTerseUsers = {
    {"T:name", name},
    {"L:created_on", user_created},
    {"T:display_name", [](const Shown& s) { return user_prop(s, "DISPLAY_NAME"); }},
    {"T:first_name", [](const Shown& s) { return user_prop(s, "FIRST_NAME"); }},
    {"T:last_name", [](const Shown& s) { return user_prop(s, "LAST_NAME"); }},
    {"T:email", [](const Shown& s) { return user_prop(s, "EMAIL"); }},
    {"T:org_identity", null},
    {"T:comment", user_comment},
    {"T:has_password", has_password},
    {"T:has_rsa_public_key", has_key},
    {"T:type", user_type},
    {"T:has_mfa", user_false},
    {"T:has_pat", user_false},
    {"T:has_federated_workload_authentication", has_workload_identity},
    {"T:is_from_organization_user", user_false},
};

struct Listing {
  const ShowColumns& full;
  const ShowColumns& terse;
  Overflow overflow;
};

const std::map<Kind, Listing>& listings() {
  static const std::map<Kind, Listing> kListings = {
      {Kind::Database, {kDatabases, kTerseDatabases, Overflow::Fails}},
      {Kind::Schema, {kSchemas, kTerseSchemas, Overflow::Fails}},
      {Kind::Table, {kTables, kTerseTables, Overflow::Fails}},
      {Kind::View, {kViews, kTerseViews, Overflow::Fails}},
      {Kind::Warehouse, {kWarehouses, kWarehouses, Overflow::Cut}},
      {Kind::ResourceMonitor, {kResourceMonitors, kResourceMonitors, Overflow::Cut}},
      {Kind::Role, {kRoles, kTerseRoles, Overflow::Fails}},
      {Kind::DatabaseRole, {kDatabaseRoles, kDatabaseRoles, Overflow::Fails}},
      {Kind::User, {kUsers, kTerseUsers, Overflow::Fails}},
      {Kind::Sequence, {sequence_columns(), sequence_columns(), Overflow::Cut}},
      {Kind::FileFormat, {file_format_columns(), file_format_columns(), Overflow::Cut}},
      {Kind::NetworkRule, {network_rule_columns(), network_rule_columns(), Overflow::Fails}},
      {Kind::NetworkPolicy, {network_policy_columns(), network_policy_columns(), Overflow::Cut}},
      {Kind::Stream, {stream_columns(), terse_stream_columns(), Overflow::Fails}},
      {Kind::Task, {task_columns(), terse_task_columns(), Overflow::Fails}},
      {Kind::Alert, {alert_columns(), terse_alert_columns(), Overflow::Fails}},
      {Kind::Pipe, {pipe_columns(), pipe_columns(), Overflow::Cut}},
      {Kind::MaterializedView, {materialized_view_columns(), materialized_view_columns(), Overflow::Cut}},
      {Kind::DynamicTable, {dynamic_table_columns(), dynamic_table_columns(), Overflow::Fails}},
      {Kind::Integration, {integration_columns(), integration_columns(), Overflow::Cut}},
      {Kind::Stage, {stage_columns(), stage_columns(), Overflow::Cut}},
      {Kind::ExternalTable, {external_table_columns(), terse_external_table_columns(), Overflow::Fails}},
      {Kind::Function, {function_columns(), function_columns(), Overflow::Cut}},
      {Kind::Procedure, {procedure_columns(), procedure_columns(), Overflow::Cut}},
      {Kind::Tag, {tag_columns(), tag_columns(), Overflow::Fails}},
      {Kind::MaskingPolicy, {policy_columns(), policy_columns(), Overflow::Fails}},
      {Kind::RowAccessPolicy, {policy_columns(), policy_columns(), Overflow::Fails}},
      {Kind::AggregationPolicy, {policy_columns(), policy_columns(), Overflow::Fails}},
      {Kind::ProjectionPolicy, {policy_columns(), policy_columns(), Overflow::Fails}},
      {Kind::JoinPolicy, {policy_columns(), policy_columns(), Overflow::Fails}},
      {Kind::PasswordPolicy, {password_policy_columns(), password_policy_columns(), Overflow::Fails}},
      {Kind::SessionPolicy, {policy_columns(), policy_columns(), Overflow::Fails}},
      {Kind::AuthenticationPolicy, {policy_columns(), policy_columns(), Overflow::Fails}},
      {Kind::Contact, {contact_columns(), contact_columns(), Overflow::Cut}},
      {Kind::Listing, {listing_columns(), listing_columns(), Overflow::Fails}},
      {Kind::DataMetricFunction, {metric_columns(), metric_columns(), Overflow::Cut}},
      {Kind::ClassificationProfile, {instance_columns(), instance_columns(), Overflow::Cut}},
      {Kind::CustomClassifier, {instance_columns(), instance_columns(), Overflow::Cut}},
  };
  return kListings;
}

bool needs_privilege(Kind kind) { return kind != Kind::Role && kind != Kind::User && kind != Kind::DatabaseRole; }

// SHOW TABLES lists dynamic and external tables, SHOW VIEWS materialized views (their entries).
bool lists(Kind listing, Kind kind) {
  return kind == listing || (listing == Kind::Table && (kind == Kind::DynamicTable || kind == Kind::ExternalTable)) ||
         (listing == Kind::View && kind == Kind::MaterializedView);
}

// The live objects of the kind in the container, by name, then with HISTORY the dropped ones.
void add_objects(Running& run, Id container, Kind kind, const ShowClauses& clauses, std::vector<const Object*>& found) {
  const auto add = [&](const Object& object) {
    if (!lists(kind, object.kind) || !name_matches(clauses, plain_name(object))) return;
    if (clauses.root_only && !is_root(object)) return;
    if (needs_privilege(kind) && !run.access.lists(object)) return;
    found.push_back(&object);
  };
  for (const auto& [object_name, id] : run.catalog.children(container, kind)) add(run.catalog.at(id));
  if (!clauses.history) return;
  const size_t before = found.size();
  for (const Id id : run.catalog.dropped(container, kind)) add(run.catalog.at(id));
  std::inplace_merge(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(before), found.end(),
                     [](const Object* a, const Object* b) { return a->name < b->name; });
}

// INFORMATION_SCHEMA's own views are listed too, without owner and text (view entry); no objects stand for them.
void add_system_views(const Object& schema, const ShowClauses& clauses, std::deque<Object>& made,
                      std::vector<const Object*>& found) {
  if (schema.name != "INFORMATION_SCHEMA") return;
  for (const std::string_view view : information_schema_views()) {
    if (!name_matches(clauses, view)) continue;
    Object object;
    object.kind = Kind::View, object.parent = schema.id, object.name = view, object.created_ms = schema.created_ms;
    made.push_back(std::move(object));
    found.push_back(&made.back());
  }
}

std::vector<const Object*> collect(Running& run, Kind kind, const ShowClauses& clauses, std::deque<Object>& made) {
  std::vector<const Object*> found;
  switch (facts(kind).lives) {
    case Lives::InSchema:
      for (const Object* schema : schemas_in_scope(run, clauses)) {
        add_objects(run, schema->id, kind, clauses, found);
        if (kind == Kind::View) add_system_views(*schema, clauses, made, found);
      }
      break;
    case Lives::InDatabase:
      for (const Object* database : databases_in_scope(run, clauses))
        add_objects(run, database->id, kind, clauses, found);
      break;
    default:
      add_objects(run, run.account, kind, clauses, found);
  }
  return found;
}

}  // namespace

ResultSet show_rows(Running& run, const ShowColumns& columns, const std::vector<const Object*>& objects) {
  ResultSet result;
  std::vector<std::string_view> names;
  for (const ShowColumn& column : columns) names.push_back(column.name);
  result.columns = columns_of(names);
  for (const Object* object : objects) {
    const Shown shown{run, *object};
    Row row;
    row.reserve(columns.size());
    for (const ShowColumn& column : columns) row.push_back(column.cell(shown));
    result.rows.push_back(std::move(row));
  }
  return result;
}

ResultSet show_objects(Running& run, Kind kind, const ShowClauses& clauses) {
  if (kind == Kind::Share) return show_shares(run, clauses);
  const auto listing = listings().find(kind);
  if (listing == listings().end()) refuse_unsupported(run.operation);
  // IN DATABASE is mandatory and names one (database_role entry).
  if (kind == Kind::DatabaseRole && (clauses.scope == nullptr || clauses.scope->kind != Kind::Database))
    run.parser.unexpected();
  const ShowColumns& all = clauses.terse ? listing->second.terse : listing->second.full;
  ShowColumns columns;
  for (const ShowColumn& column : all) {
    if (clauses.history || column.cell != dropped_on) columns.push_back(column);
  }
  std::deque<Object> made;
  ResultSet result = show_rows(run, columns, collect(run, kind, clauses, made));
  limit_rows(clauses, listing->second.overflow, result.rows);
  return result;
}

}  // namespace mesh::sandbox
