// Tasks. Reference: CREATE TASK, ALTER TASK, SHOW TASKS, SHOW PARAMETERS IN TASK. The older name of OVERLAP_POLICY,
// ALLOW_OVERLAPPING_EXECUTION, is left out: Snowflake translates it (docs: alter-task, usage notes).
#include "session_parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 3> kPrivileges = {"APPLYBUDGET", "MONITOR", "OPERATE"};
constexpr std::array<std::string_view, 2> kStates = {"SUSPENDED", "STARTED"};  // as it is born first
constexpr std::array<std::string_view, 3> kOverlaps = {"NO_OVERLAP", "ALLOW_CHILD_OVERLAP", "ALLOW_ALL_OVERLAP"};

bool states(const Object& task, std::string_view property) {
  const Value* value = task.find(property);
  return value != nullptr && !value->is_null();
}
bool has_predecessors(const Object& task) {
  const Value* value = task.find("after");
  const auto* list = value == nullptr ? nullptr : std::get_if<ValueList>(&value->data);
  return list != nullptr && !list->empty();
}
// What roots and tasks on their own have (docs: create-task, SCHEDULE, CONFIG, OVERLAP_POLICY).
bool begins_a_graph(const Object& task) { return !has_predecessors(task) && !states(task, "finalize"); }
bool is_no_child(const Object& task) { return !has_predecessors(task); }
// The two exclude each other, and so do the sizes and a warehouse (docs: create-task).
bool is_sized_by_itself(const Object& task) { return !states(task, "warehouse"); }
bool may_have_warehouse(const Object& task) { return !states(task, "user_task_managed_initial_warehouse_size"); }

// SHOW has no overlap_policy in every account; the older column says whether there is any overlap.
std::string overlap(const std::function<std::string_view(std::string_view)>& cell) {
  if (const auto policy = cell("overlap_policy"); !policy.empty()) return std::string(policy);
  const auto older = cell("allow_overlapping_execution");
  return older == "true" ? "ALLOW_CHILD_OVERLAP" : older == "false" ? "NO_OVERLAP" : "";
}

// What comes after others has none; its own is then the default.
bool same_overlap(const Value& wanted, const Value& live) { return live.is_null() && wanted == Value("NO_OVERLAP"); }

std::string contradiction(const Object& task) {
  for (const std::string_view property : {"after", "finalize"}) {
    const Value* value = task.find(property);
    if (value == nullptr) continue;
    const auto* list = std::get_if<ValueList>(&value->data);
    for (const auto& each : list != nullptr ? *list : ValueList{*value}) {
      if (each.text() == nullptr) continue;
      const auto name = QualifiedName::parse(*each.text()).value();  // canonical() has parsed it
      if (name == task.id.name) return std::string(property) + " names the task itself";
      if (name.parent() != task.id.name.parent())
        return std::string(property) + " names " + name.display() + ": all tasks of a graph are in one schema";
    }
  }
  return {};
}

constexpr PropertyRow of_root(PropertyRow row) {
  row.applies = begins_a_graph;
  row.goes_first = true;
  return row;
}

constexpr PropertyRow size_of_runs(PropertyRow row) {
  row.applies = is_sized_by_itself;
  row.goes_first = true;
  row.quoted = true;
  return row;
}

constexpr std::array<PropertyRow, 5> kHead = {{
    {.name = "warehouse",
     .type = ValueType::Identifier,
     .clause = "WAREHOUSE",
     .column = "warehouse",
     .applies = may_have_warehouse,
     .refers_to = KindId::Warehouse,
     .goes_first = true,
     .shown_null = "null",
     .doc = "Where it runs; without one Snowflake provides compute."},
    size_of_runs(sized("user_task_managed_initial_warehouse_size", "USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE",
                       "Size that the first runs get where Snowflake provides compute.")),
    of_root({.name = "schedule",
             .clause = "SCHEDULE",
             .column = "schedule",
             .normal = schedule,
             .shown_null = "null",
             .doc = "When it runs: '10 MINUTE' or 'USING CRON 0 9 * * * UTC'; the first task of a graph has one."}),
    of_root({.name = "config",
             .clause = "CONFIG",
             .column = "config",
             .shown_null = "null",
             .doc = "JSON that all tasks of the graph can read; of its first task."}),
    of_root({.name = "overlap_policy",
             .type = ValueType::OneOf,
             .clause = "OVERLAP_POLICY",
             .column = "allow_overlapping_execution",
             .default_value = "NO_OVERLAP",
             .values = kOverlaps,
             .combine = overlap,
             .same = same_overlap,
             .doc = "Whether runs of the graph may overlap; of its first task."}),
}};

constexpr std::array<PropertyRow, 15> kTail = {{
    parameter("user_task_timeout_ms", ValueType::Integer, "USER_TASK_TIMEOUT_MS",
              "Time limit of one run, in milliseconds."),
    parameter("suspend_task_after_num_failures", ValueType::Integer, "SUSPEND_TASK_AFTER_NUM_FAILURES",
              "Failed runs in a row after which it is suspended; 0: never."),
    {.name = "error_integration",
     .type = ValueType::Identifier,
     .clause = "ERROR_INTEGRATION",
     .column = "error_integration",
     .shown_null = "null",
     .doc = "Notification integration that is told of failures."},
    {.name = "success_integration",
     .type = ValueType::Identifier,
     .clause = "SUCCESS_INTEGRATION",
     .column = "success_integration",
     .shown_null = "null",
     .doc = "Notification integration that is told of successes."},
    quoted_one_of("log_level", "LOG_LEVEL", kLogLevels, "Severity from which messages of its runs are kept."),
    comment_row(),
    {.name = "finalize",
     .type = ValueType::ObjectName,
     .clause = "FINALIZE",
     .column = "task_relations",
     .applies = is_no_child,
     .refers_to = KindId::Task,
     .json_key = "FinalizedRootTask",
     .goes_first = true,
     .alone = true,
     .is_sibling = true,
     .missing_key_is_null = true,
     .doc = "The first task of the graph at whose end it runs, whatever happened."},
    of_root(parameter("task_auto_retry_attempts", ValueType::Integer, "TASK_AUTO_RETRY_ATTEMPTS",
                      "How often a failed run of the graph is tried again; of its first task.")),
    parameter("user_task_minimum_trigger_interval_in_seconds", ValueType::Integer,
              "USER_TASK_MINIMUM_TRIGGER_INTERVAL_IN_SECONDS", "Least time between runs of a triggered task."),
    {.name = "target_completion_interval",
     .clause = "TARGET_COMPLETION_INTERVAL",
     .column = "target_completion_interval",
     .normal = schedule,
     .shown_null = "null",
     .doc = "By when a run is to be done, where Snowflake provides compute: '10 MINUTE'."},
    quoted_one_of("serverless_task_min_statement_size", "SERVERLESS_TASK_MIN_STATEMENT_SIZE", kWarehouseSizes,
                  "Least size of the compute that Snowflake provides."),
    quoted_one_of("serverless_task_max_statement_size", "SERVERLESS_TASK_MAX_STATEMENT_SIZE", kWarehouseSizes,
                  "Largest size of the compute that Snowflake provides."),
    {.name = "after",
     .type = ValueType::ObjectNames,
     .clause = "AFTER",
     .column = "predecessors",
     .change = ChangeBy::After,
     .refers_to = KindId::Task,
     .is_set = true,
     .json_list = true,
     .bare = true,
     .is_sibling = true,
     .doc = "The tasks of the same schema behind which it runs."},
    [] {
      auto row =
          execute_as_user_row("The user on whose behalf it runs; whoever applies needs IMPERSONATE on that user.");
      row.shown_null = "null";
      return row;
    }(),
    state_row("state", kStates, "Whether it runs; born suspended, and left alone where it is not written."),
}};
constexpr auto kRows = joined(joined(kHead, session_parameters()), kTail);
static_assert(sound(kRows));

constexpr std::array<TextRow, 2> kTexts = {{
    {.name = "when",
     .fragment = sql::FragmentKind::Expression,
     .before = "WHEN",
     .column = "condition",
     .change = TextChange::Alter,
     .alter = "MODIFY WHEN",
     .alter_none = "REMOVE WHEN",
     .required = false,
     .doc = "A condition without which a run is skipped: SYSTEM$STREAM_HAS_DATA('DB.SCHEMA.STREAM')."},
    {.name = "sql",
     .file_key = "sql_file",
     .fragment = sql::FragmentKind::Statement,
     .before = "AS",
     .column = "definition",
     .change = TextChange::Alter,
     .alter = "MODIFY AS",
     .doc = "The statement that it runs, a call, or a block from BEGIN to END."},
}};

}  // namespace

constinit const Kind kTask = {
    .id = KindId::Task,
    .words = "task",
    .collection = "tasks",
    .sql = "TASK",
    .sql_plural = "TASKS",
    .granted_on = "TASK",
    .scope = Scope::Schema,
    .properties = kRows,
    .privileges = kPrivileges,
    .texts = kTexts,
    .may_have_future_grants = true,
    .show_has_pages = true,
    .can_be_renamed = false,
    .forms_graphs = true,
    .contradiction = contradiction,
    .doc =
        "Runs a statement by a schedule, behind other tasks, or when a stream has data. Everything is altered in "
        "place: the first task of its graph is suspended before and resumed behind, both shown in the plan. The "
        "owner needs EXECUTE TASK, and EXECUTE MANAGED TASK where there is no warehouse."};

}  // namespace mesh::kinds
