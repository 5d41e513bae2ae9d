// SHOW of streams, tasks, alerts and pipes (schema-objects.json, show parts; the order of tasks' and streams' columns
// is the notes').

#include <algorithm>

#include "derived.hpp"
#include "mesh/base/text.hpp"
#include "parameters.hpp"
#include "query_json.hpp"
#include "show_cells.hpp"
#include "task_graph.hpp"

namespace mesh::sandbox {

using namespace cells;  // NOLINT: the vocabulary of this file

namespace {

Cell moment_or_null(const Shown& s, std::string_view property) {
  const std::string& ms = s.object.prop(property);
  return ms.empty() ? Cell() : timestamp_cell(std::stoll(ms));
}
Cell state(const Shown& s) { return prop_or(s, "STATE", "suspended"); }
Cell schedule(const Shown& s) { return prop_or_null(s, "SCHEDULE"); }
Cell warehouse(const Shown& s) { return prop_or_null(s, "WAREHOUSE"); }

// --- Streams ---------------------------------------------------------------------------------------------------------
const Object* source_of(const Shown& s) {
  const std::vector<Id> ids = ids_of(s.object, "SOURCE");
  const Object* source = ids.empty() ? nullptr : s.run.catalog.find(ids[0]);
  return source != nullptr && s.run.catalog.live(*source) ? source : nullptr;
}

Cell stream_source(const Shown& s) {
  const Object* source = source_of(s);
  return source != nullptr && s.run.access.sees(*source) ? qualified_name(s.run.catalog, *source)
                                                         : "No privilege or table dropped";
}

Cell source_type(const Shown& s) {
  const std::vector<Id> ids = ids_of(s.object, "SOURCE");
  const Object* source = ids.empty() ? nullptr : s.run.catalog.find(ids[0]);
  if (source == nullptr) return std::nullopt;
  // Mixed case: External Table.
  std::string words = lower_words(source->kind);
  for (size_t i = 0; i < words.size(); ++i) {
    if (i == 0 || words[i - 1] == ' ') words[i] = to_upper(words.substr(i, 1))[0];
  }
  return words;
}

Cell base_tables(const Shown& s) {
  std::vector<std::string> names;
  for (const Id id : ids_of(s.object, "BASE_TABLES")) {
    const Object* base = s.run.catalog.find(id);
    if (base != nullptr && s.run.catalog.live(*base)) names.push_back(qualified_name(s.run.catalog, *base));
  }
  return join(names, ",");
}

// The larger of retention and extension after the stream was read last (docs: show-streams); none is ever read here.
Cell stale_after(const Shown& s) {
  const Object* source = source_of(s);
  if (source == nullptr || source->kind == Kind::Stage) return std::nullopt;
  int64_t days = 0;
  for (const char* parameter : {"DATA_RETENTION_TIME_IN_DAYS", "MAX_DATA_EXTENSION_TIME_IN_DAYS"})
    days = std::max<int64_t>(days, std::stoll(effective_value(s.run.catalog, *source, parameter)));
  return timestamp_cell(s.object.created_ms + days * 86'400'000);
}

Cell stream_mode(const Shown& s) {
  if (s.object.flag("APPEND_ONLY")) return "APPEND_ONLY";
  return s.object.flag("INSERT_ONLY") ? "INSERT_ONLY" : "DEFAULT";
}

// --- Tasks -----------------------------------------------------------------------------------------------------------
std::string sibling(const Shown& s, const std::string& task) {
  const Object& schema = schema_of(s);
  return dotted({s.run.catalog.at(schema.parent).name, schema.name, task});
}

std::string predecessors_json(const Shown& s) {
  std::vector<std::optional<std::string>> names;
  for (const std::string& task : predecessors_of(s.object)) names.emplace_back(query::json_quote(sibling(s, task)));
  return query::json_array(names);
}

Cell task_relations(const Shown& s) {
  std::vector<std::pair<std::string, std::optional<std::string>>> members;
  const Object* finalizer = finalizer_of(s.run.catalog, s.object);
  if (finalizer != nullptr) members.emplace_back("FinalizerTask", query::json_quote(sibling(s, finalizer->name)));
  if (const std::string& root = s.object.prop("FINALIZE"); !root.empty())
    members.emplace_back("FinalizedRootTask", query::json_quote(sibling(s, root)));
  members.emplace_back("Predecessors", predecessors_json(s));
  return query::json_object(members, false);
}

Cell overlap_policy(const Shown& s) { return is_root(s.object) ? prop_or(s, "OVERLAP_POLICY", "NO_OVERLAP") : Cell(); }

// FIXED or FLEXIBLE for a serverless task.
Cell scheduling_mode(const Shown& s) {
  if (!s.object.prop("WAREHOUSE").empty() || s.object.prop("SCHEDULE").empty()) return std::nullopt;
  return s.object.prop("TARGET_COMPLETION_INTERVAL").empty() ? "FIXED" : "FLEXIBLE";
}

// --- Pipes -----------------------------------------------------------------------------------------------------------
// Which queue it is, no one knows; that there is one tells that files are loaded automatically.
Cell notification_channel(const Shown& s) {
  return s.object.flag("AUTO_INGEST") ? Cell("arn:aws:sqs:eu-central-1:000000000000:sf-snowpipe-sandbox") : Cell();
}

}  // namespace

const ShowColumns& stream_columns() {
  static const ShowColumns kStreams = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:table_name", stream_source},
      {"T:source_type", source_type},
      {"T:base_tables", base_tables},
      {"T:type", [](const Shown&) -> Cell { return "DELTA"; }},
      // Bound by id: with the source gone or replaced it is stale for good (stream entry, quirks).
      {"T:stale", [](const Shown& s) { return flag_cell(source_of(s) == nullptr, "true", "false"); }},
      {"T:mode", stream_mode},
      {"L:stale_after", stale_after},
      {"T:invalid_reason", [](const Shown&) -> Cell { return "N/A"; }},
      {"T:owner_role_type", owner_role_type},
  };
  return kStreams;
}

const ShowColumns& terse_stream_columns() {
  static const ShowColumns kStreams = {{"L:created_on", created_on},
                                       {"T:name", name},
                                       {"T:kind", [](const Shown&) -> Cell { return "DELTA"; }},
                                       {"T:database_name", database_name},
                                       {"T:schema_name", schema_name},
                                       {"T:tableOn", stream_source}};
  return kStreams;
}

const ShowColumns& task_columns() {
  static const ShowColumns kTasks = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:id", [](const Shown& s) -> Cell { return std::to_string(s.object.id); }},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:warehouse", warehouse},
      {"T:schedule", schedule},
      {"A:predecessors", [](const Shown& s) -> Cell { return query::json_pretty(predecessors_json(s)); }},
      {"T:state", state},
      {"T:definition", [](const Shown& s) -> Cell { return s.object.prop("SQL"); }},
      {"T:condition", [](const Shown& s) { return prop_or_null(s, "WHEN"); }},
      {"T:allow_overlapping_execution",
       [](const Shown& s) -> Cell {
         const Cell policy = overlap_policy(s);
         return policy ? flag_cell(*policy != "NO_OVERLAP", "true", "false") : Cell("null");
       }},
      {"T:error_integration", [](const Shown& s) { return prop_or(s, "ERROR_INTEGRATION", "null"); }},
      {"L:last_committed_on", [](const Shown& s) { return moment_or_null(s, "COMMITTED_MS"); }},
      {"L:last_suspended_on", [](const Shown& s) { return moment_or_null(s, "SUSPENDED_MS"); }},
      {"T:owner_role_type", owner_role_type},
      {"T:config", [](const Shown& s) { return prop_or_null(s, "CONFIG"); }},
      {"T:task_relations", task_relations},
      {"T:last_suspended_reason", [](const Shown& s) { return prop_or_null(s, "SUSPENDED_REASON"); }},
      {"T:success_integration", [](const Shown& s) { return prop_or(s, "SUCCESS_INTEGRATION", "null"); }},
      {"T:scheduling_mode", scheduling_mode},
      {"T:target_completion_interval", [](const Shown& s) { return prop_or_null(s, "TARGET_COMPLETION_INTERVAL"); }},
      {"T:execute_as_user", [](const Shown& s) { return prop_or_null(s, "EXECUTE_AS_USER"); }},
      {"T:overlap_policy", overlap_policy},
      {"T:created_by_user", [](const Shown& s) { return prop_or_null(s, "CREATED_BY"); }},
  };
  return kTasks;
}

const ShowColumns& terse_task_columns() {
  static const ShowColumns kTasks = {
      {"L:created_on", created_on},   {"T:name", name},        {"T:kind", null}, {"T:database_name", database_name},
      {"T:schema_name", schema_name}, {"T:schedule", schedule}};
  return kTasks;
}

// The last three since BCR 2026_04 (docs: show-alerts).
const ShowColumns& alert_columns() {
  static const ShowColumns kAlerts = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:warehouse", warehouse},
      {"T:schedule", schedule},
      {"T:state", state},
      {"T:condition", [](const Shown& s) -> Cell { return s.object.prop("CONDITION"); }},
      {"T:action", [](const Shown& s) -> Cell { return s.object.prop("ACTION"); }},
      {"T:owner_role_type", owner_role_type},
      {"T:runbook", [](const Shown& s) { return prop_or_null(s, "RUNBOOK"); }},
      {"T:config", [](const Shown& s) { return prop_or_null(s, "CONFIG"); }},
      {"T:was_auto_suspended", null},
  };
  return kAlerts;
}

const ShowColumns& terse_alert_columns() {
  static const ShowColumns kAlerts = {
      {"L:created_on", created_on},   {"T:name", name},         {"T:kind", null},  {"T:database_name", database_name},
      {"T:schema_name", schema_name}, {"T:schedule", schedule}, {"T:state", state}};
  return kAlerts;
}

const ShowColumns& pipe_columns() {
  static const ShowColumns kPipes = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:definition", [](const Shown& s) -> Cell { return s.object.prop("DEFINITION"); }},
      {"T:owner", owner},
      {"T:notification_channel", notification_channel},
      {"T:comment", comment},
      {"T:integration", [](const Shown& s) { return prop_or_null(s, "INTEGRATION"); }},
      {"T:pattern", [](const Shown& s) { return prop_or_null(s, "PATTERN"); }},
      {"T:error_integration", [](const Shown& s) { return prop_or_null(s, "ERROR_INTEGRATION"); }},
      {"T:owner_role_type", owner_role_type},
      {"T:invalid_reason", null},
      {"T:kind", [](const Shown&) -> Cell { return "STAGE"; }},
      {"T:is_snowflake_managed", [](const Shown&) -> Cell { return "false"; }},
  };
  return kPipes;
}

}  // namespace mesh::sandbox
