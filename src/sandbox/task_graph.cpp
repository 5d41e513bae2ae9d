#include "task_graph.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "flow.hpp"
#include "kept_list.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

constexpr size_t kMostLinks = 100;  // predecessors and children of a task (docs: create-task, AFTER)

bool names(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

const Object* task_named(const Catalog& catalog, Id schema, const std::string& name) {
  return catalog.child(schema, Kind::Task, name);
}

// The rules are documented (create-task, AFTER), the texts of their refusals are not.
const Object& linked(const Running& run, const Object& schema, Id owner, const NameParts& name) {
  const Object& task = need(run, Kind::Task, name);
  if (task.parent != schema.id)
    refuse_text("SQL compilation error:\nAll tasks in a task graph must exist in the same schema.");
  if (task.owner != owner)
    refuse_text("SQL compilation error:\nAll tasks in a task graph must have the same task owner.");
  need_suspended_root(run, task);
  return task;
}

}  // namespace

std::vector<std::string> predecessors_of(const Object& task) { return list_of(task, "AFTER"); }

bool is_root(const Object& task) { return predecessors_of(task).empty() && task.prop("FINALIZE").empty(); }

std::vector<const Object*> children_of(const Catalog& catalog, const Object& task) {
  std::vector<const Object*> children;
  for (const auto& [name, id] : catalog.children(task.parent, Kind::Task)) {
    const Object& other = catalog.at(id);
    if (names(predecessors_of(other), task.name) || other.prop("FINALIZE") == task.name) children.push_back(&other);
  }
  return children;
}

const Object* finalizer_of(const Catalog& catalog, const Object& task) {
  for (const Object* child : children_of(catalog, task)) {
    if (child->prop("FINALIZE") == task.name) return child;
  }
  return nullptr;
}

std::vector<const Object*> roots_of(const Catalog& catalog, const Object& task) {
  std::vector<const Object*> roots, open{&task};
  std::set<Id> seen{task.id};
  while (!open.empty()) {
    const Object* current = open.back();
    open.pop_back();
    std::vector<std::string> above = predecessors_of(*current);
    if (!current->prop("FINALIZE").empty()) above.push_back(current->prop("FINALIZE"));
    if (above.empty()) roots.push_back(current);
    for (const std::string& name : above) {
      const Object* found = task_named(catalog, task.parent, name);
      if (found != nullptr && seen.insert(found->id).second) open.push_back(found);
    }
  }
  return roots;
}

void need_suspended_root(const Running& run, const Object& task) {
  for (const Object* root : roots_of(run.catalog, task)) {
    if (root->prop("STATE") != "started") continue;
    // Code and text: terraform-provider-snowflake issue 1212.
    refuse("091421", "22000",
           fmt::format("Unable to update graph with root task {} since that root task is not suspended.",
                       qualified_name(run.catalog, *root)));
  }
}

std::vector<std::string> checked_predecessors(const Running& run, const Object& schema, Id owner,
                                              const std::vector<NameParts>& given) {
  std::vector<std::string> stored;
  for (const NameParts& name : given) {
    const Object& task = linked(run, schema, owner, name);
    if (!task.prop("FINALIZE").empty())
      refuse_text(fmt::format("SQL compilation error:\nFinalizer task {} cannot have any child tasks.", task.name));
    if (children_of(run.catalog, task).size() >= kMostLinks)
      refuse_text(fmt::format("SQL compilation error:\nTask {} has {} child tasks already.", task.name, kMostLinks));
    if (!names(stored, task.name)) stored.push_back(task.name);
  }
  if (stored.size() > kMostLinks)
    refuse_text(fmt::format("SQL compilation error:\nA task has at most {} predecessor tasks.", kMostLinks));
  return stored;
}

void check_cycle(const Running& run, const Object& schema, const std::string& task,
                 const std::vector<std::string>& predecessors) {
  std::vector<std::string> open = predecessors;
  std::set<std::string> seen;
  while (!open.empty()) {
    const std::string name = open.back();
    open.pop_back();
    if (name == task) refuse_text(fmt::format("SQL compilation error:\nTask {} would come after itself.", task));
    const Object* found = task_named(run.catalog, schema.id, name);
    if (found == nullptr || !seen.insert(name).second) continue;
    for (const std::string& above : predecessors_of(*found)) open.push_back(above);
  }
}

std::string checked_finalized(const Running& run, const Object& schema, Id owner, const std::string& task,
                              const NameParts& name) {
  const Object& root = linked(run, schema, owner, name);
  if (!is_root(root)) refuse_text(fmt::format("SQL compilation error:\nTask {} is not a root task.", root.name));
  const Object* other = finalizer_of(run.catalog, root);
  if (other != nullptr && other->name != task)
    refuse_text(fmt::format("SQL compilation error:\nRoot task {} has the finalizer task {}.", root.name, other->name));
  return root.name;
}

void suspend_task(Running& run, Id task, const std::string& reason) {
  Object& edited = run.catalog.edit(task);
  edited.props["STATE"] = "suspended";
  edited.props["SUSPENDED_REASON"] = reason;
  edited.props["SUSPENDED_MS"] = std::to_string(run.now);
}

void resume_task(Running& run, const Object& task) {
  const std::string& warehouse = task.prop("WAREHOUSE");
  std::vector<std::string> needed{"EXECUTE TASK"};
  if (warehouse.empty()) needed.emplace_back("EXECUTE MANAGED TASK");
  for (const std::string& privilege : needed) {
    if (owner_holds(run, task, run.home(), privilege)) continue;
    // Text and code as public reports have them; docs: alter-task, usage notes.
    refuse("091089", "23001",
           fmt::format("Cannot execute task , {} privilege must be granted to owner role", privilege));
  }
  if (!warehouse.empty()) {
    const Object* found = run.catalog.child(run.account, Kind::Warehouse, warehouse);
    if (found == nullptr) refuse_missing(run, Kind::Warehouse, {warehouse});
    if (!owner_holds(run, task, *found, "USAGE")) refuse_privilege(run, *found);
  }
  Object& edited = run.catalog.edit(task.id);
  edited.props["STATE"] = "started";
  edited.props["COMMITTED_MS"] = std::to_string(run.now);
}

// --- Hooks -----------------------------------------------------------------------------------------------------------

void check_task_drop(const Running& run, const Object& task) {
  // A standalone task may go while it is started (docs: drop-task).
  if (!is_root(task) || !children_of(run.catalog, task).empty()) need_suspended_root(run, task);
}

void leave_graph(Running& run, const Object& task) {
  const std::string name = task.name;
  std::vector<Id> children;
  for (const Object* child : children_of(run.catalog, task)) children.push_back(child->id);
  for (const Id id : children) {
    Object& child = run.catalog.edit(id);
    const bool finalizer = child.prop("FINALIZE") == name;
    if (finalizer) child.props.erase("FINALIZE");
    std::vector<std::string> rest = predecessors_of(child);
    std::erase(rest, name);
    child.props["AFTER"] = kept_list(rest);
    if (is_root(child)) suspend_task(run, id, finalizer ? "FINALIZER_BECAME_ROOT" : "CHILD_BECAME_ROOT");
  }
}

std::string enable_dependents(Running& run, const NameParts& name) {
  const Object& first = need(run, Kind::Task, name);
  std::vector<Id> open{first.id};
  std::set<Id> seen{first.id};
  while (!open.empty()) {
    const Object& task = run.catalog.at(open.back());
    open.pop_back();
    need_privilege(run, task, "OPERATE");
    for (const Object* child : children_of(run.catalog, task)) {
      if (seen.insert(child->id).second) open.push_back(child->id);
    }
  }
  for (const Id id : seen) resume_task(run, run.catalog.at(id));
  return "true";  // what it gives is not documented
}

}  // namespace mesh::sandbox
