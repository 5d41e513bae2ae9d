// SHOW of the kinds of which the sandbox can make no object yet: the documented columns and no rows, which is what an
// account without such objects answers. A kind leaves this list when its ddl_*.cpp comes.

#include "show.hpp"

#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

struct OtherListing {
  std::string_view words;
  Lives lives;
  std::string_view columns;
};

// The show parts of the fact sheets' entries, without columns of HISTORY.
constexpr OtherListing kListings[] = {
    {"API INTEGRATIONS", Lives::InAccount, "T:name,T:type,T:category,T:enabled,T:comment,L:created_on"},
    {"NOTIFICATION INTEGRATIONS", Lives::InAccount, "T:name,T:type,T:category,T:enabled,T:comment,L:created_on"},
    {"SECURITY INTEGRATIONS", Lives::InAccount, "T:name,T:type,T:category,T:enabled,T:comment,L:created_on"},
    {"CATALOG INTEGRATIONS", Lives::InAccount, "T:name,T:type,T:category,T:enabled,T:comment,L:created_on"},
    {"EXTERNAL ACCESS INTEGRATIONS", Lives::InAccount, "T:name,T:type,T:category,T:enabled,T:comment,L:created_on"},
    {"SECRETS", Lives::InSchema,
     "L:created_on,T:name,T:schema_name,T:database_name,T:owner,T:comment,T:secret_type,T:oauth_scopes,"
     "T:owner_role_type"},
    {"ICEBERG TABLES", Lives::InSchema,
     "L:created_on,T:name,T:database_name,T:schema_name,T:owner,T:external_volume_name,T:catalog_name,"
     "T:iceberg_table_type,T:catalog_table_name,T:catalog_namespace,T:base_location,T:can_write_metadata,"
     "T:comment,T:name_mapping,T:owner_role_type,T:catalog_sync_name,T:auto_refresh_status,"
     "T:partition_specs,N:current_partition_spec_id,N:iceberg_table_format_version"},
    {"HYBRID TABLES", Lives::InSchema,
     "L:created_on,T:name,T:database_name,T:schema_name,T:owner,N:rows,N:bytes,T:comment,T:owner_role_type"},
    {"SEMANTIC VIEWS", Lives::InSchema,
     "L:created_on,T:name,T:database_name,T:schema_name,T:comment,T:owner,T:owner_role_type,T:extension"},
    {"GIT REPOSITORIES", Lives::InSchema,
     "L:created_on,T:name,T:database_name,T:schema_name,T:origin,T:api_integration,T:git_credentials,"
     "T:owner,T:owner_role_type,T:comment,L:last_fetched_at"},
    {"STREAMLITS", Lives::InSchema,
     "L:created_on,T:name,T:database_name,T:schema_name,T:title,T:owner,T:comment,T:query_warehouse,"
     "T:url_id,T:owner_role_type"},
    {"PRIVACY POLICIES", Lives::InSchema,
     "L:created_on,T:name,T:database_name,T:schema_name,T:kind,T:owner,T:comment,T:options,"
     "T:owner_role_type"},
    {"BACKUP POLICIES", Lives::InSchema,
     "L:created_on,T:name,T:database_name,T:schema_name,T:owner,T:owner_role_type,T:comment,T:schedule,"
     "N:expire_after_days,T:has_retention_lock"},
    {"BACKUP SETS", Lives::InSchema,
     "T:created_on,T:name,T:database_name,T:schema_name,T:object_kind,T:object_name,T:object_database_name,"
     "T:object_schema_name,T:backup_policy_name,T:backup_policy_database_name,T:backup_policy_schema_name,"
     "T:backup_policy_state,T:owner_role,T:owner_role_type,T:comment"},
};

}  // namespace

std::optional<ResultSet> show_other(Running& run, ShowClauses clauses) {
  for (const OtherListing& listing : kListings) {
    if (!run.parser.accept(listing.words)) continue;
    read_clauses(run, listing.lives, clauses);
    const std::vector<std::string> names = split(listing.columns, ',');
    ResultSet result;
    result.columns = columns_of(std::vector<std::string_view>(names.begin(), names.end()));
    return result;
  }
  return std::nullopt;
}

}  // namespace mesh::sandbox
