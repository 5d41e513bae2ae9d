#pragma once
// CREATE, ALTER, DROP and the like, one function per kind. The cursor stands behind the words the caller has read.

#include "running.hpp"
#include "settings.hpp"

namespace mesh::sandbox {

// After CREATE ... KIND [IF NOT EXISTS].
ResultSet create_database(Running& run, const CreateHead& head);
ResultSet create_schema(Running& run, const CreateHead& head);
ResultSet create_warehouse(Running& run, const CreateHead& head);
ResultSet create_resource_monitor(Running& run, const CreateHead& head);
ResultSet create_role(Running& run, const CreateHead& head);  // roles and database roles
ResultSet create_user(Running& run, const CreateHead& head);
ResultSet create_table(Running& run, const CreateHead& head);
ResultSet create_view(Running& run, const CreateHead& head);
ResultSet create_sequence(Running& run, const CreateHead& head);
ResultSet create_file_format(Running& run, const CreateHead& head);
ResultSet create_network_rule(Running& run, const CreateHead& head);
ResultSet create_network_policy(Running& run, const CreateHead& head);
ResultSet create_stream(Running& run, const CreateHead& head);
ResultSet create_task(Running& run, const CreateHead& head);
ResultSet create_alert(Running& run, const CreateHead& head);
ResultSet create_pipe(Running& run, const CreateHead& head);
ResultSet create_materialized_view(Running& run, const CreateHead& head);
ResultSet create_dynamic_table(Running& run, const CreateHead& head);
ResultSet create_integration(Running& run, const CreateHead& head);
ResultSet create_stage(Running& run, const CreateHead& head);
ResultSet create_external_table(Running& run, const CreateHead& head);
ResultSet create_function(Running& run, const CreateHead& head);
ResultSet create_procedure(Running& run, const CreateHead& head);
ResultSet create_tag(Running& run, const CreateHead& head);
ResultSet create_policy(Running& run, const CreateHead& head);  // those with a body
ResultSet create_share(Running& run, const CreateHead& head);

// After ALTER KIND [IF EXISTS] name.
ResultSet alter_database(Running& run, const Object& object);
ResultSet alter_schema(Running& run, const Object& object);
ResultSet alter_warehouse(Running& run, const Object& object);
ResultSet alter_resource_monitor(Running& run, const Object& object);
ResultSet alter_role(Running& run, const Object& object);
ResultSet alter_user(Running& run, const Object& object);
ResultSet alter_table(Running& run, const Object& object);
ResultSet alter_view(Running& run, const Object& object);
ResultSet alter_sequence(Running& run, const Object& object);
ResultSet alter_file_format(Running& run, const Object& object);
ResultSet alter_network_rule(Running& run, const Object& object);
ResultSet alter_network_policy(Running& run, const Object& object);
ResultSet alter_stream(Running& run, const Object& object);
ResultSet alter_task(Running& run, const Object& object);
ResultSet alter_alert(Running& run, const Object& object);
ResultSet alter_pipe(Running& run, const Object& object);
ResultSet alter_materialized_view(Running& run, const Object& object);
ResultSet alter_dynamic_table(Running& run, const Object& object);
ResultSet alter_integration(Running& run, const Object& object);
ResultSet alter_stage(Running& run, const Object& object);
ResultSet alter_external_table(Running& run, const Object& object);
ResultSet alter_external_as_table(Running& run, const Object& object);  // behind ALTER TABLE
ResultSet alter_function(Running& run, const Object& object);
ResultSet alter_procedure(Running& run, const Object& object);
ResultSet alter_tag(Running& run, const Object& object);
ResultSet alter_policy(Running& run, const Object& object);
ResultSet alter_share(Running& run, const Object& object);

ResultSet alter_account(Running& run);      // after ALTER ACCOUNT
ResultSet alter_session(Running& run);      // after ALTER SESSION
ResultSet use_statement(Running& run);      // after USE
ResultSet drop_statement(Running& run);     // after DROP
ResultSet undrop_statement(Running& run);   // after UNDROP
ResultSet comment_statement(Running& run);  // after COMMENT

// After DESCRIBE KIND.
ResultSet describe_sequence(Running& run);
ResultSet describe_file_format(Running& run);
ResultSet describe_network_rule(Running& run);
ResultSet describe_network_policy(Running& run);
ResultSet describe_integration(Running& run);
ResultSet describe_stage(Running& run);
ResultSet describe_function(Running& run);
ResultSet describe_procedure(Running& run);

// A kind's words as CREATE, ALTER, DROP and DESCRIBE have them: STORAGE INTEGRATION too.
std::optional<Kind> read_kind(Parser& parser);
ResultSet describe_policy(Running& run, Kind kind);

// A policy's body as the expression that is evaluated: without $$ around.
std::string policy_expression(const std::string& body);

// RENAME TO: the new name may name another container of the same kind where `may_move`. Checks the name and moves the
// object.
void rename_object(Running& run, const Object& object, const NameParts& name, bool may_move);
// After RENAME TO, for what may move and asks no more of who does it: reads the new name and renames.
void rename_to(Running& run, const Object& object);
// SET and UNSET of plain properties and parameters by whoever `need_ownership` lets in.
ResultSet set_or_unset(Running& run, const Object& object, const PropertySpecs& specs);
// Parameters that also need a privilege on the account (LOG_LEVEL and the like).
void need_for_parameters(const Running& run, const Properties& params);
// Drops without looking at privileges or names, with all a kind does on its way out.
void drop_object(Running& run, const Object& object);

}  // namespace mesh::sandbox
