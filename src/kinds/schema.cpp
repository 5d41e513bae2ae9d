// Schemas. Reference: CREATE SCHEMA, ALTER SCHEMA, SHOW SCHEMAS, SHOW PARAMETERS.
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

// grants.md section 3, row SCHEMA; the opt-in MANAGE GRANTS and class instances are left to `unknown_privileges:
// allow`.
constexpr std::string_view kPrivileges[] = {"ADD SEARCH OPTIMIZATION",
                                            "APPLYBUDGET",
                                            "EXECUTE AUTO CLASSIFICATION",
                                            "MODIFY",
                                            "MONITOR",
                                            "USAGE",
                                            "CREATE TABLE",
                                            "CREATE DYNAMIC TABLE",
                                            "CREATE EXTERNAL TABLE",
                                            "CREATE EVENT TABLE",
                                            "CREATE HYBRID TABLE",
                                            "CREATE ICEBERG TABLE",
                                            "CREATE INTERACTIVE TABLE",
                                            "CREATE VIEW",
                                            "CREATE MATERIALIZED VIEW",
                                            "CREATE SEMANTIC VIEW",
                                            "CREATE STAGE",
                                            "CREATE FILE FORMAT",
                                            "CREATE SEQUENCE",
                                            "CREATE FUNCTION",
                                            "CREATE PROCEDURE",
                                            "CREATE DATA METRIC FUNCTION",
                                            "CREATE STREAM",
                                            "CREATE TASK",
                                            "CREATE PIPE",
                                            "CREATE ALERT",
                                            "CREATE TAG",
                                            "CREATE SECRET",
                                            "CREATE NETWORK RULE",
                                            "CREATE MASKING POLICY",
                                            "CREATE ROW ACCESS POLICY",
                                            "CREATE AGGREGATION POLICY",
                                            "CREATE PROJECTION POLICY",
                                            "CREATE JOIN POLICY",
                                            "CREATE PRIVACY POLICY",
                                            "CREATE PASSWORD POLICY",
                                            "CREATE SESSION POLICY",
                                            "CREATE AUTHENTICATION POLICY",
                                            "CREATE PACKAGES POLICY",
                                            "CREATE STORAGE LIFECYCLE POLICY",
                                            "CREATE GIT REPOSITORY",
                                            "CREATE IMAGE REPOSITORY",
                                            "CREATE SERVICE",
                                            "CREATE STREAMLIT",
                                            "CREATE NOTEBOOK",
                                            "CREATE MODEL",
                                            "CREATE DATASET",
                                            "CREATE CONTACT",
                                            "CREATE DBT PROJECT",
                                            "CREATE CORTEX SEARCH SERVICE",
                                            "CREATE AGENT",
                                            "CREATE MCP SERVER"};
constexpr std::array<std::string_view, 14> kChildren = {
    "tables",  "views",        "dynamic_tables", "materialized_views", "external_tables",  "sequences",
    "stages",  "file_formats", "network_rules",  "tag_definitions",    "masking_policies", "row_access_policies",
    "streams", "alerts"};

constexpr std::array<PropertyRow, 5> kOwn = {{
    {.name = "managed_access",
     .type = ValueType::Boolean,
     .clause = "MANAGED ACCESS",
     .from = ReadFrom::Option,
     .column = "MANAGED ACCESS",
     .change = ChangeBy::ManagedAccess,
     .default_value = "true",
     .doc = "Whether only the schema's owner grants on what is inside. mesh's default is true; false must be written."},
    {.name = "transient",
     .type = ValueType::Boolean,
     .clause = "TRANSIENT",
     .from = ReadFrom::Option,
     .column = "TRANSIENT",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,
     .doc = "Without Fail-safe; always so in a transient database."},
    retention_row(),
    comment_row(),
    parameter("pipe_execution_paused", ValueType::Boolean, "PIPE_EXECUTION_PAUSED",
              "Whether the pipes inside are paused."),
}};
constexpr auto kRows = joined(kOwn, shared_parameters());
static_assert(sound(kRows));

}  // namespace

constinit const Kind kSchema = {.id = KindId::Schema,
                                .words = "schema",
                                .collection = "schemas",
                                .sql = "SCHEMA",
                                .sql_plural = "SCHEMAS",
                                .granted_on = "SCHEMA",
                                .scope = Scope::Database,
                                .properties = kRows,
                                .privileges = kPrivileges,
                                .may_have_future_grants = true,
                                .can_undrop = true,
                                .holds_data = true,
                                .child_collections = kChildren,
                                .doc =
                                    "Holds tables, views and the rest. With managed access, which is mesh's default, "
                                    "only its owner grants on what is inside."};

}  // namespace mesh::kinds
