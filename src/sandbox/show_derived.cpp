// SHOW of materialized views and dynamic tables (schema-objects.json, show parts).

#include <fmt/format.h>

#include "derived.hpp"
#include "mesh/base/text.hpp"
#include "show_cells.hpp"

namespace mesh::sandbox {

using namespace cells;  // NOLINT: the vocabulary of this file

namespace {

// How many rows there are is not counted: they come from the query when they are read.
Cell uncounted(const Shown&) { return "0"; }
Cell is_false(const Shown&) { return "false"; }

// --- Materialized views ----------------------------------------------------------------------------------------------
const Object* base_of(const Shown& s) {
  const std::vector<Id> ids = ids_of(s.object, "SOURCES");
  return ids.empty() ? nullptr : s.run.catalog.find(ids[0]);
}
Cell base_schema(const Shown& s) {
  const Object* base = base_of(s);
  return base == nullptr ? Cell() : s.run.catalog.at(base->parent).name;
}
Cell base_database(const Shown& s) {
  const Object* base = base_of(s);
  return base == nullptr ? Cell() : s.run.catalog.at(s.run.catalog.at(base->parent).parent).name;
}
Cell base_name(const Shown& s) {
  const Object* base = base_of(s);
  return base == nullptr ? Cell() : base->name;
}

// --- Dynamic tables --------------------------------------------------------------------------------------------------
// Hidden without MONITOR: text, warehouse, scheduling_state, last_suspended_on (docs: dynamic-tables/privileges).
bool open_to(const Shown& s) { return s.run.access.owns(s.object) || s.run.access.holds(s.object, "MONITOR"); }

std::string quoted(const std::string& value) { return "'" + replace_all(value, "'", "''") + "'"; }

// The head is rebuilt in this order with defaults spelt out; where columns, clustering and comment stand in it is
// unconfirmed (dynamic_table entry, normalization).
std::string rebuilt_text(const Shown& s) {
  const Object& o = s.object;
  std::string text = fmt::format("CREATE {}{}DYNAMIC TABLE {}", o.flag("REPLACED") ? "OR REPLACE " : "",
                                 o.flag("TRANSIENT") ? "TRANSIENT " : "", o.prop("NAME_AS_WRITTEN"));
  if (!o.prop("TARGET_LAG").empty()) text += " lag = " + quoted(o.prop("TARGET_LAG"));
  text += fmt::format(" refresh_mode = {} initialize = {} warehouse = {}", quoted(*prop_or(s, "REFRESH_MODE", "AUTO")),
                      quoted(*prop_or(s, "INITIALIZE", "ON_CREATE")), quoted_if_needed(o.prop("WAREHOUSE")));
  return text + " AS " + o.prop("QUERY");
}

Cell configured_mode(const Shown& s) { return prop_or(s, "REFRESH_MODE", "AUTO"); }
// AUTO is resolved once, at creation; here always to INCREMENTAL.
Cell resolved_mode(const Shown& s) {
  const Cell mode = configured_mode(s);
  return *mode == "AUTO" ? "INCREMENTAL" : mode;
}
Cell last_refresh(const Shown& s) { return s.object.flag("EMPTY") ? Cell() : timestamp_cell(s.object.created_ms); }

}  // namespace

namespace cells {

// What is written is echoed inside LINEAR( ) (table entry, normalization).
Cell cluster_by(const Shown& s) {
  const std::string& keys = s.object.prop("CLUSTER_BY");
  return keys.empty() ? "" : "LINEAR(" + keys + ")";
}
Cell automatic_clustering(const Shown& s) {
  return flag_cell(!s.object.prop("CLUSTER_BY").empty() && !s.object.flag("RECLUSTER_SUSPENDED"), "ON", "OFF");
}
// A secure view's text is its owner's alone to see.
Cell view_text(const Shown& s) {
  return s.object.flag("SECURE") && !s.run.access.owns(s.object) ? "" : s.object.prop("TEXT");
}

}  // namespace cells

const ShowColumns& materialized_view_columns() {
  static const ShowColumns kViews = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:reserved", empty},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:cluster_by", cluster_by},
      {"N:rows", uncounted},
      {"N:bytes", uncounted},
      {"T:source_database_name", base_database},
      {"T:source_schema_name", base_schema},
      {"T:source_table_name", base_name},
      {"L:refreshed_on", created_on},
      {"L:compacted_on", created_on},
      {"T:owner", owner},
      {"T:invalid",
       [](const Shown& s) { return flag_cell(!invalid_reason(s.run.catalog, s.object).empty(), "true", "false"); }},
      {"T:invalid_reason",
       [](const Shown& s) -> Cell {
         const std::string reason = invalid_reason(s.run.catalog, s.object);
         return reason.empty() ? Cell() : Cell(reason);
       }},
      {"T:behind_by", [](const Shown&) -> Cell { return "0s"; }},
      {"T:comment", comment},
      {"T:text", view_text},
      {"T:is_secure", [](const Shown& s) { return flag_cell(s.object.flag("SECURE"), "true", "false"); }},
      {"T:automatic_clustering", automatic_clustering},
      {"T:owner_role_type", owner_role_type},
  };
  return kViews;
}

// In the wire order of the entry's note.
const ShowColumns& dynamic_table_columns() {
  static const ShowColumns kTables = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:cluster_by", cluster_by},
      {"N:rows", uncounted},
      {"N:bytes", uncounted},
      {"T:owner", owner},
      {"T:target_lag", [](const Shown& s) { return prop_or_null(s, "TARGET_LAG"); }},
      {"T:refresh_mode", resolved_mode},
      {"T:refresh_mode_reason", null},
      {"T:warehouse", [](const Shown& s) { return open_to(s) ? prop_or_null(s, "WAREHOUSE") : Cell(); }},
      {"T:comment", comment},
      {"T:text", [](const Shown& s) -> Cell { return open_to(s) ? rebuilt_text(s) : ""; }},
      {"T:automatic_clustering", automatic_clustering},
      {"T:scheduling_state",
       [](const Shown& s) -> Cell {
         if (!open_to(s)) return std::nullopt;
         return s.object.prop("SUSPENDED").empty() ? "ACTIVE" : "SUSPENDED";
       }},
      {"L:last_suspended_on",
       [](const Shown& s) {
         const std::string& ms = s.object.prop("SUSPENDED_MS");
         return ms.empty() || !open_to(s) ? Cell() : timestamp_cell(std::stoll(ms));
       }},
      {"T:is_clone", is_false},
      {"T:is_replica", is_false},
      {"T:is_iceberg", is_false},
      {"L:data_timestamp", last_refresh},
      {"T:owner_role_type", owner_role_type},
      {"T:execute_as_user", [](const Shown& s) { return prop_or_null(s, "EXECUTE_AS_USER"); }},
      {"T:secondary_role_names", null},
      {"T:insert_only_inputs", null},
      {"T:immutable_where", [](const Shown& s) { return prop_or_null(s, "FROZEN_WHERE"); }},
      {"T:initialization_warehouse", [](const Shown& s) { return prop_or_null(s, "INITIALIZATION_WAREHOUSE"); }},
      {"T:backfill_from", null},
      {"T:scheduler", [](const Shown& s) { return prop_or_null(s, "SCHEDULER"); }},
      {"T:frozen_where", [](const Shown& s) { return prop_or_null(s, "FROZEN_WHERE"); }},
      {"T:configured_refresh_mode", configured_mode},
  };
  return kTables;
}

}  // namespace mesh::sandbox
