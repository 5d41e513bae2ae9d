#pragma once
// Which tasks run after which (docs: tasks-graphs). A graph lies in one schema and has one owner; links are names.

#include <string>
#include <vector>

#include "running.hpp"

namespace mesh::sandbox {

std::vector<std::string> predecessors_of(const Object& task);  // names in its schema
// Tasks that name it as predecessor or that finalize it.
std::vector<const Object*> children_of(const Catalog& catalog, const Object& task);
const Object* finalizer_of(const Catalog& catalog, const Object& task);
// The tasks at the top of the graph; the task itself where it has no predecessor.
std::vector<const Object*> roots_of(const Catalog& catalog, const Object& task);
bool is_root(const Object& task);

// Refuses (091421) while a root of the task's graph is started.
void need_suspended_root(const Running& run, const Object& task);
// The stored names of tasks that may stand before one of `owner` in the schema; refuses others.
std::vector<std::string> checked_predecessors(const Running& run, const Object& schema, Id owner,
                                              const std::vector<NameParts>& names);
// Refuses a task that would come before itself.
void check_cycle(const Running& run, const Object& schema, const std::string& task,
                 const std::vector<std::string>& predecessors);
// The stored name of the root that a finalizer of `owner` named `task` may finalize.
std::string checked_finalized(const Running& run, const Object& schema, Id owner, const std::string& task,
                              const NameParts& name);

void suspend_task(Running& run, Id task, const std::string& reason);
// Started, after the checks of RESUME: the owner's EXECUTE TASK and USAGE on the warehouse.
void resume_task(Running& run, const Object& task);

}  // namespace mesh::sandbox
