#pragma once
// Instances of the classes SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE and CUSTOM_CLASSIFIER, their methods, and what
// profiles are set on (docs: classes/classification_profile, classes/custom_classifier, user-guide/classify-auto).
// Nothing is ever classified.

#include <optional>

#include "running.hpp"

namespace mesh::sandbox {

bool is_instance(Kind kind);
ResultSet create_instance(Running& run, const CreateHead& head);

// CALL name!METHOD(..); anything else behind CALL is refused by name.
ResultSet call_statement(Running& run);
// SELECT name!DESCRIBE() and name!LIST(); nullopt for any other statement.
std::optional<ResultSet> selected_method(Running& run);

// GRANT and REVOKE <class> ROLE name!PRIVACY_USER; nullopt where no class stands here.
std::optional<ResultSet> instance_role(Running& run, bool grant);

// Of ALTER DATABASE and SCHEMA: what CLASSIFICATION_PROFILE is set to, as its full name. Asks for what setting and
// unsetting it take.
void need_for_profile(const Running& run, const Object& container);
std::string profile_to_set(const Running& run, const std::string& written);
// Whether ALTER sets or unsets the profile and nothing else: EXECUTE AUTO CLASSIFICATION does for that.
bool sets_profile_alone(const Parser& parser);

// [{"name": .., "type": DATABASE or SCHEMA, "profile_name": ..}]
std::string monitored_entities(const Running& run, const std::string& type);

// A profile that goes, or is replaced, which takes it off everything.
void forget_profile(Running& run, const Object& profile, bool replaced);

}  // namespace mesh::sandbox
