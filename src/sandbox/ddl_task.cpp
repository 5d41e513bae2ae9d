// Tasks (docs: create-task, alter-task). Nothing ever runs: definition and condition are kept as text.

#include <algorithm>

#include <fmt/format.h>

#include "derived.hpp"
#include "flow.hpp"
#include "kept_list.hpp"
#include "query_json.hpp"
#include "sql_error.hpp"
#include "task_graph.hpp"

namespace mesh::sandbox {
namespace {

const PropertySpecs& specs() {
  static const PropertySpecs kSpecs = {
      {"WAREHOUSE", {ValueType::Name, ""}},
      {"SCHEDULE", {}},
      {"CONFIG", {}},
      {"OVERLAP_POLICY", {ValueType::Word, "NO_OVERLAP,ALLOW_CHILD_OVERLAP,ALLOW_ALL_OVERLAP"}},
      {"ALLOW_OVERLAPPING_EXECUTION", {ValueType::Boolean, ""}},
      {"ERROR_INTEGRATION", {ValueType::Name, ""}},
      {"SUCCESS_INTEGRATION", {ValueType::Name, ""}},
      {"TARGET_COMPLETION_INTERVAL", {}},
      {"COMMENT", {}}};
  return kSpecs;
}

// CREATE takes FINALIZE among the properties; ALTER has a form of its own.
const PropertySpecs& specs_of_create() {
  static const PropertySpecs kSpecs = [] {
    PropertySpecs all = specs();
    all.push_back({"FINALIZE", {}, [](Parser& p) { return dotted(p.qualified()); }});
    return all;
  }();
  return kSpecs;
}

struct TaskText {
  Settings settings;
  std::vector<NameParts> after;
  std::string user, when, sql;
};

std::vector<NameParts> read_tasks(Parser& p) {
  std::vector<NameParts> names;
  do {
    names.push_back(p.qualified());
  } while (p.accept_symbol(","));
  return names;
}

std::string read_definition(Parser& p) {
  std::string sql = p.rest();
  if (sql.empty()) p.unexpected();
  return sql;
}

TaskText read_task(Parser& p) {
  TaskText text;
  while (!p.accept("AS")) {
    refuse_governance(p);
    if (p.accept("AFTER")) {
      text.after = read_tasks(p);
    } else if (p.accept("EXECUTE AS USER")) {
      text.user = p.name();
    } else if (p.accept("WHEN")) {
      text.when = p.expression({"AS"});
    } else if (p.peek().is_name() && p.at_symbol("=", 1)) {
      read_settings(p, Kind::Task, specs_of_create(), text.settings);
    } else {
      p.unexpected();
    }
  }
  text.sql = read_definition(p);
  return text;
}

// The older name of the policy (docs: alter-task, usage notes).
void translate_overlap(Properties& props) {
  const auto old = props.find("ALLOW_OVERLAPPING_EXECUTION");
  if (old == props.end()) return;
  props["OVERLAP_POLICY"] = old->second == "true" ? "ALLOW_CHILD_OVERLAP" : "NO_OVERLAP";
  props.erase("ALLOW_OVERLAPPING_EXECUTION");
}

void check_settings(const Running& run, const Settings& settings) {
  check_named(run, settings.props);
  for (const char* property : {"SCHEDULE", "TARGET_COMPLETION_INTERVAL"}) {
    const auto it = settings.props.find(property);
    if (it == settings.props.end() || is_interval(it->second, false)) continue;
    if (it->first != "SCHEDULE" || !is_cron(it->second)) refuse_property_value(it->second, property);
  }
  const auto config = settings.props.find("CONFIG");
  if (config != settings.props.end() && !query::json_normal(config->second))
    refuse_property_value(config->second, "CONFIG");
}

// What a finished task may not be. The rules are documented (create-task), their texts are not.
void check_whole(const Object& task) {
  const bool child = !predecessors_of(task).empty();
  const bool finalizer = !task.prop("FINALIZE").empty();
  if ((child || finalizer) && !task.prop("SCHEDULE").empty())
    refuse_text("SQL compilation error:\nA schedule cannot be specified for child tasks and finalizer tasks.");
  if (child && finalizer) refuse_text("SQL compilation error:\nA finalizer task cannot have predecessors.");
  if ((child || finalizer) && (!task.prop("OVERLAP_POLICY").empty() || !task.prop("CONFIG").empty()))
    refuse_text("SQL compilation error:\nOVERLAP_POLICY and CONFIG can only be set on a root task.");
  if (child && task.params.count("TASK_AUTO_RETRY_ATTEMPTS") > 0)
    refuse_text("SQL compilation error:\nTASK_AUTO_RETRY_ATTEMPTS can only be set on a root task.");
  if (!task.prop("WAREHOUSE").empty() && task.params.count("USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE") > 0) {
    refuse_text("SQL compilation error:\nWAREHOUSE and USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE exclude each other.");
  }
}

Object task_from(Running& run, const Object& schema, Id owner, const std::string& name, const TaskText& text) {
  Object task;
  task.props = text.settings.props, task.params = text.settings.params;
  translate_overlap(task.props);
  const auto predecessors = checked_predecessors(run, schema, owner, text.after);
  check_cycle(run, schema, name, predecessors);
  task.props["AFTER"] = kept_list(predecessors);
  if (const std::string root = task.prop("FINALIZE"); !root.empty())
    task.props["FINALIZE"] = checked_finalized(run, schema, owner, name, *parse_name(root));
  if (!text.user.empty()) {
    need(run, Kind::User, {text.user});
    task.props["EXECUTE_AS_USER"] = text.user;
  }
  if (!text.when.empty()) task.props["WHEN"] = text.when;
  task.props["SQL"] = text.sql;
  task.props["CREATED_BY"] = run.session.user;
  check_whole(task);
  return task;
}

// Omitted properties are unset (task entry, create_or_alter); the task's state and history stay.
void transform(Running& run, const Object& existing, Object& wanted) {
  for (const char* kept : {"STATE", "SUSPENDED_REASON", "SUSPENDED_MS", "COMMITTED_MS", "CREATED_BY"}) {
    if (!existing.prop(kept).empty()) wanted.props[kept] = existing.prop(kept);
  }
  Object& edited = run.catalog.edit(existing.id);
  edited.props = std::move(wanted.props), edited.params = std::move(wanted.params);
}

// --- ALTER -----------------------------------------------------------------------------------------------------------

ResultSet switch_state(Running& run, const Object& task) {
  Parser& p = run.parser;
  need_privilege(run, task, "OPERATE");
  const bool resume = p.accept("RESUME");
  if (!resume) p.expect("SUSPEND");
  p.expect_end();
  if (!is_root(task)) need_suspended_root(run, task);
  if (resume) {
    resume_task(run, task);
  } else if (task.prop("STATE") == "started") {
    suspend_task(run, task.id, "USER_SUSPENDED");
  }
  return executed();
}

void change_predecessors(Running& run, const Object& task, bool add) {
  Parser& p = run.parser;
  const std::vector<NameParts> given = read_tasks(p);
  p.expect_end();
  const Object& schema = run.catalog.at(task.parent);
  std::vector<std::string> names = predecessors_of(task);
  const std::vector<std::string> named = checked_predecessors(run, schema, task.owner, given);
  for (const std::string& name : named) {
    const auto at = std::find(names.begin(), names.end(), name);
    if (add && at == names.end()) names.push_back(name);
    if (!add && at == names.end())
      refuse_text(fmt::format("SQL compilation error:\nTask {} is no predecessor of task {}.", name, task.name));
    if (!add) names.erase(at);
  }
  check_cycle(run, schema, task.name, names);
  Object& edited = run.catalog.edit(task.id);
  edited.props["AFTER"] = kept_list(names);
  check_whole(edited);
  if (!add && is_root(edited)) suspend_task(run, task.id, "CHILD_BECAME_ROOT");
}

void set_finalize(Running& run, const Object& task) {
  Parser& p = run.parser;
  p.expect_symbol("=");
  const NameParts root = p.qualified();
  p.expect_end();
  if (!children_of(run.catalog, task).empty())
    refuse_text(fmt::format("SQL compilation error:\nFinalizer task {} cannot have any child tasks.", task.name));
  const std::string name = checked_finalized(run, run.catalog.at(task.parent), task.owner, task.name, root);
  Object& edited = run.catalog.edit(task.id);
  edited.props["FINALIZE"] = name;
  check_whole(edited);
}

void set_user(Running& run, const Object& task, const std::string& user) {
  run.parser.expect_end();
  if (!user.empty()) need(run, Kind::User, {user});
  if (user.empty()) run.catalog.edit(task.id).props.erase("EXECUTE_AS_USER");
  if (!user.empty()) run.catalog.edit(task.id).props["EXECUTE_AS_USER"] = user;
}

void set_text(Running& run, const Object& task, const char* property, const std::string& text) {
  run.catalog.edit(task.id).props[property] = text;
}

void set_plain(Running& run, const Object& task) {
  Parser& p = run.parser;
  const size_t mark = p.mark();
  Settings settings;
  if (p.accept("SET")) read_settings(p, Kind::Task, specs(), settings);
  check_settings(run, settings);
  p.back_to(mark);
  set_or_unset(run, task, specs());
  Object& edited = run.catalog.edit(task.id);
  translate_overlap(edited.props);
  check_whole(edited);
}

void alter(Running& run, const Object& task) {
  Parser& p = run.parser;
  if (p.accept("ADD AFTER")) return change_predecessors(run, task, true);
  if (p.accept("REMOVE AFTER")) return change_predecessors(run, task, false);
  if (p.accept("SET FINALIZE")) return set_finalize(run, task);
  if (p.accept("SET EXECUTE AS USER")) return set_user(run, task, p.name());
  if (p.accept("UNSET EXECUTE AS USER")) return set_user(run, task, "");
  if (p.accept("MODIFY AS")) return set_text(run, task, "SQL", read_definition(p));
  if (p.accept("MODIFY WHEN")) return set_text(run, task, "WHEN", read_definition(p));
  if (p.accept("UNSET FINALIZE")) {
    p.expect_end();
    run.catalog.edit(task.id).props.erase("FINALIZE");
    return suspend_task(run, task.id, "FINALIZER_BECAME_ROOT");
  }
  if (p.accept("REMOVE WHEN")) {
    p.expect_end();
    run.catalog.edit(task.id).props.erase("WHEN");
    return;
  }
  set_plain(run, task);
}

}  // namespace

ResultSet create_task(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  const NameParts name = p.qualified();
  if (p.at("CLONE")) refuse_unsupported("CREATE TASK CLONE");
  const TaskText text = read_task(p);
  check_settings(run, text.settings);
  const Object& schema = need_container(run, head.kind, name);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  // Also a task on its own must be suspended before it is altered or replaced within a graph (docs: create-task).
  if (existing != nullptr && (head.or_alter || !is_root(*existing) || !children_of(run.catalog, *existing).empty()))
    need_suspended_root(run, *existing);
  const Id owner = existing != nullptr && head.or_alter ? existing->owner : run.role;
  return create_whole(run, head, name, task_from(run, schema, owner, name.back(), text), transform);
}

ResultSet alter_task(Running& run, const Object& task) {
  Parser& p = run.parser;
  if (p.at("UNSET DCM PROJECT")) refuse_unsupported("ALTER TASK UNSET DCM PROJECT");
  if (at_switch(p)) {
    switch_state(run, task);
  } else {
    need_ownership(run, task);
    need_suspended_root(run, task);
    alter(run, task);
  }
  touch(run, task.id);
  return executed();
}

}  // namespace mesh::sandbox
