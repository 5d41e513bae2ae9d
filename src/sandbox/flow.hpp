#pragma once
// What streams, tasks, alerts and pipes share, and the hooks by which other statements touch them.

#include "ddl.hpp"

namespace mesh::sandbox {

// Brings an existing object to what CREATE OR ALTER says, or refuses.
using Transform = void (*)(Running& run, const Object& existing, Object& wanted);

// The end of a CREATE: checks, and the object in its place. `grants` are copied where COPY GRANTS was written. A null
// `transform` refuses OR ALTER.
ResultSet create_whole(Running& run, const CreateHead& head, const NameParts& name, Object object, Transform transform,
                       bool copy_grants = false);
// The warehouse and the notification integrations that the properties name must exist.
void check_named(const Running& run, const Properties& props);
// '5 MINUTES'; with `minutes_only` no other unit.
bool is_interval(const std::string& text, bool minutes_only);
bool is_cron(const std::string& text);  // 'USING CRON 0 9 * * * UTC'
// Whether the role that owns the object has the privilege, directly or through roles below it.
bool owner_holds(const Running& run, const Object& object, const Object& on, std::string_view privilege);
// RESUME or SUSPEND stands at the cursor; the session may do either by OPERATE.
bool at_switch(const Parser& parser);
// SHOW's row for one object, as DESCRIBE gives it.
ResultSet describe_as_shown(Running& run, Kind kind);

// --- Hooks -----------------------------------------------------------------------------------------------------------
// Before an object changes its owner: a started task and a running pipe are refused, unless all of a container go.
void check_new_owner(Running& run, const Object& object, bool with_container);
// After it: tasks are suspended, pipes paused.
void stop_for_new_owner(Running& run, Id id);
// Before DROP TASK, and when it goes: its children become roots.
void check_task_drop(const Running& run, const Object& task);
void leave_graph(Running& run, const Object& task);
// SYSTEM$TASK_DEPENDENTS_ENABLE, SYSTEM$PIPE_STATUS, SYSTEM$PIPE_FORCE_RESUME.
std::string enable_dependents(Running& run, const NameParts& name);
std::string pipe_status(Running& run, const NameParts& name);
std::string force_pipe(Running& run, const NameParts& name);

}  // namespace mesh::sandbox
