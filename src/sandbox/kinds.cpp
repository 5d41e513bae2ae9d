#include "kinds.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "mesh/base/result.hpp"
#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

constexpr std::string_view kAccountPrivileges =
    "CREATE ACCOUNT,CREATE AGENT,CREATE APPLICATION,CREATE APPLICATION PACKAGE,CREATE COMPUTE POOL,"
    "CREATE DATA CONNECTIVITY PROXY,CREATE DATABASE,CREATE EXTERNAL VOLUME,CREATE FAILOVER GROUP,CREATE FEATURE POLICY,"
    "CREATE GATEWAY,CREATE INTEGRATION,CREATE LISTING,CREATE NETWORK POLICY,CREATE NOTIFICATION INTEGRATION,"
    "CREATE ORGANIZATION LISTING,CREATE ORGANIZATION PROFILE,CREATE PREVIEW APPLICATION,CREATE REPLICATION "
    "GROUP,CREATE ROLE,"
    "CREATE SHARE,CREATE STORAGE INTEGRATION,CREATE USER,CREATE WAREHOUSE,"
    "APPLY AGGREGATION POLICY,APPLY AUTHENTICATION POLICY,APPLY BACKUP POLICY,APPLY BACKUP RETENTION LOCK,APPLY "
    "CONTACT,"
    "APPLY DATA MOVEMENT POLICY,APPLY FEATURE POLICY,APPLY JOIN POLICY,APPLY LEGAL HOLD,APPLY MASKING POLICY,"
    "APPLY PACKAGES POLICY,APPLY PASSWORD POLICY,APPLY PRIVACY POLICY,APPLY PROJECTION POLICY,APPLY ROW ACCESS POLICY,"
    "APPLY SESSION POLICY,APPLY STORAGE LIFECYCLE POLICY,APPLY TAG,ATTACH POLICY,AUDIT,BIND SERVICE ENDPOINT,CANCEL "
    "QUERY,"
    "EXECUTE ALERT,EXECUTE AUTO CLASSIFICATION,EXECUTE DATA METRIC FUNCTION,EXECUTE MANAGED ALERT,EXECUTE MANAGED TASK,"
    "EXECUTE TASK,IMPORT ORGANIZATION LISTING,IMPORT SHARE,MANAGE ACCOUNT SUPPORT CASES,MANAGE CALLER GRANTS,"
    "MANAGE EVENT SHARING,MANAGE GRANTS,MANAGE LISTING AUTO FULFILLMENT,MANAGE ORGANIZATION SUPPORT CASES,"
    "MANAGE SHARE TARGET,MANAGE USER SUPPORT CASES,MANAGE VISIBILITY,MANAGE WAREHOUSES,MODIFY EVENT TABLE,"
    "MODIFY LOG EVENT LEVEL,MODIFY LOG LEVEL,MODIFY METRIC LEVEL,MODIFY SESSION LOG LEVEL,MODIFY SESSION METRIC LEVEL,"
    "MODIFY SESSION TRACE LEVEL,MODIFY TRACE LEVEL,MONITOR,MONITOR EXECUTION,MONITOR ROLE,MONITOR SECURITY,MONITOR "
    "USAGE,"
    "MONITOR USER,OVERRIDE SHARE RESTRICTIONS,PURCHASE DATA EXCHANGE LISTING,READ SESSION,READ UNREDACTED ERROR TABLE,"
    "REPLICATE,RESOLVE ALL,USE AI FUNCTIONS,VIEW LINEAGE";

constexpr std::string_view kSchemaPrivileges =
    "ADD SEARCH OPTIMIZATION,APPLYBUDGET,EXECUTE AUTO CLASSIFICATION,MANAGE GRANTS,MODIFY,MONITOR,USAGE,"
    "CREATE AGENT,CREATE AGGREGATION POLICY,CREATE ALERT,CREATE APPLICATION SERVICE,CREATE ARTIFACT REPOSITORY,"
    "CREATE AUTHENTICATION POLICY,CREATE BACKUP POLICY,CREATE BACKUP SET,CREATE CONTACT,CREATE CORTEX SEARCH SERVICE,"
    "CREATE DATA METRIC FUNCTION,CREATE DATA MOVEMENT POLICY,CREATE DATA MOVEMENT RULE,CREATE DATASET,CREATE DBT "
    "PROJECT,"
    "CREATE DYNAMIC TABLE,CREATE EVENT TABLE,CREATE EXPERIMENT,CREATE EXTERNAL TABLE,CREATE FILE FORMAT,CREATE "
    "FUNCTION,"
    "CREATE GATEWAY,CREATE GIT REPOSITORY,CREATE HYBRID TABLE,CREATE ICEBERG TABLE,CREATE IMAGE REPOSITORY,"
    "CREATE INTERACTIVE TABLE,CREATE JOIN POLICY,CREATE MASKING POLICY,CREATE MATERIALIZED VIEW,CREATE MCP "
    "SERVER,CREATE MODEL,"
    "CREATE MODEL MONITOR,CREATE NETWORK RULE,CREATE NOTEBOOK,CREATE ONLINE FEATURE TABLE,CREATE PACKAGES POLICY,"
    "CREATE PASSWORD POLICY,CREATE PIPE,CREATE PRIVACY POLICY,CREATE PROCEDURE,CREATE PROJECTION POLICY,"
    "CREATE RESTRICTED SESSION SCOPE,CREATE ROW ACCESS POLICY,CREATE SECRET,CREATE SEMANTIC VIEW,CREATE SEQUENCE,"
    "CREATE SERVICE,CREATE SESSION POLICY,CREATE SNAPSHOT,CREATE SNAPSHOT POLICY,CREATE SNAPSHOT SET,CREATE STAGE,"
    "CREATE STORAGE LIFECYCLE POLICY,CREATE STREAM,CREATE STREAMLIT,CREATE TABLE,CREATE TAG,CREATE TASK,CREATE TYPE,"
    "CREATE VIEW,CREATE WORKSPACE";

constexpr std::string_view kDatabasePrivileges =
    "APPLYBUDGET,CREATE DATABASE ROLE,CREATE SCHEMA,EXECUTE AUTO CLASSIFICATION,IMPORTED PRIVILEGES,MANAGE "
    "GRANTS,MODIFY,"
    "MONITOR,REFERENCE_USAGE,USAGE";

constexpr std::string_view kTablePrivileges =
    "APPLYBUDGET,DELETE,EVOLVE SCHEMA,INSERT,REFERENCES,SELECT,SELECT ERROR TABLE,TRUNCATE,UPDATE";

constexpr bool kFuture = true;

// Kinds without future grants: grants.md section 4.
const std::vector<KindFacts> kKinds = {
    {Kind::Account, "ACCOUNT", "ACCOUNTS", "ACCOUNT", Lives::Nowhere, Space::Account, kAccountPrivileges},
    {Kind::Database, "DATABASE", "DATABASES", "DATABASE", Lives::InAccount, Space::Database, kDatabasePrivileges},
    {Kind::Warehouse, "WAREHOUSE", "WAREHOUSES", "WAREHOUSE", Lives::InAccount, Space::Warehouse,
     "APPLYBUDGET,MANAGE ATTACHED TABLES,MODIFY,MONITOR,OPERATE,USAGE"},
    {Kind::Role, "ROLE", "ROLES", "ROLE", Lives::InAccount, Space::Role, ""},
    {Kind::User, "USER", "USERS", "USER", Lives::InAccount, Space::User,
     "IMPERSONATE,MODIFY PROGRAMMATIC AUTHENTICATION METHODS,MONITOR"},
    {Kind::Share, "SHARE", "SHARES", "SHARE", Lives::InAccount, Space::Other, ""},
    {Kind::ResourceMonitor, "RESOURCE MONITOR", "RESOURCE MONITORS", "RESOURCE_MONITOR", Lives::InAccount, Space::Other,
     "MODIFY,MONITOR"},
    {Kind::Integration, "INTEGRATION", "INTEGRATIONS", "INTEGRATION", Lives::InAccount, Space::Other,
     "USAGE,USE_ANY_ROLE"},
    {Kind::NetworkPolicy, "NETWORK POLICY", "NETWORK POLICIES", "NETWORK_POLICY", Lives::InAccount, Space::Other,
     "APPLY,USAGE"},
    {Kind::ExternalVolume, "EXTERNAL VOLUME", "EXTERNAL VOLUMES", "VOLUME", Lives::InAccount, Space::Other, "USAGE"},
    {Kind::ComputePool, "COMPUTE POOL", "COMPUTE POOLS", "COMPUTE_POOL", Lives::InAccount, Space::Other,
     "MODIFY,MONITOR,OPERATE,USAGE"},
    {Kind::FailoverGroup, "FAILOVER GROUP", "FAILOVER GROUPS", "FAILOVER_GROUP", Lives::InAccount, Space::Other,
     "FAILOVER,MODIFY,MONITOR,REPLICATE"},
    {Kind::ReplicationGroup, "REPLICATION GROUP", "REPLICATION GROUPS", "REPLICATION_GROUP", Lives::InAccount,
     Space::Other, "MODIFY,MONITOR,REPLICATE"},
    {Kind::Connection, "CONNECTION", "CONNECTIONS", "CONNECTION", Lives::InAccount, Space::Other, "FAILOVER"},
    {Kind::Listing, "DATA EXCHANGE LISTING", "DATA EXCHANGE LISTINGS", "LISTING", Lives::InAccount, Space::Other,
     "MODIFY,USAGE"},
    {Kind::Application, "APPLICATION", "APPLICATIONS", "APPLICATION", Lives::InAccount, Space::Database, ""},
    {Kind::ApplicationPackage, "APPLICATION PACKAGE", "APPLICATION PACKAGES", "APPLICATION_PACKAGE", Lives::InAccount,
     Space::Database, "ATTACH LISTING,DEVELOP,INSTALL,MANAGE RELEASES,MANAGE VERSIONS"},
    {Kind::Schema, "SCHEMA", "SCHEMAS", "SCHEMA", Lives::InDatabase, Space::Schema, kSchemaPrivileges, kFuture},
    {Kind::DatabaseRole, "DATABASE ROLE", "DATABASE ROLES", "DATABASE_ROLE", Lives::InDatabase, Space::DatabaseRole,
     ""},
    {Kind::Table, "TABLE", "TABLES", "TABLE", Lives::InSchema, Space::TableLike, kTablePrivileges, kFuture},
    {Kind::View, "VIEW", "VIEWS", "VIEW", Lives::InSchema, Space::TableLike, "DELETE,INSERT,REFERENCES,SELECT,UPDATE",
     kFuture},
    {Kind::MaterializedView, "MATERIALIZED VIEW", "MATERIALIZED VIEWS", "MATERIALIZED_VIEW", Lives::InSchema,
     Space::TableLike, "APPLYBUDGET,REFERENCES,SELECT", kFuture},
    {Kind::DynamicTable, "DYNAMIC TABLE", "DYNAMIC TABLES", "DYNAMIC_TABLE", Lives::InSchema, Space::TableLike,
     "MONITOR,OPERATE,SELECT", kFuture},
    {Kind::ExternalTable, "EXTERNAL TABLE", "EXTERNAL TABLES", "EXTERNAL_TABLE", Lives::InSchema, Space::TableLike,
     "REFERENCES,SELECT", kFuture},
    {Kind::IcebergTable, "ICEBERG TABLE", "ICEBERG TABLES", "ICEBERG_TABLE", Lives::InSchema, Space::TableLike,
     "APPLYBUDGET,DELETE,INSERT,REFERENCES,SELECT,TRUNCATE,UPDATE", kFuture},
    {Kind::EventTable, "EVENT TABLE", "EVENT TABLES", "EVENT_TABLE", Lives::InSchema, Space::TableLike,
     "APPLYBUDGET,DELETE,INGEST TELEMETRY,REFERENCES,SELECT,TRUNCATE", kFuture},
    {Kind::InteractiveTable, "INTERACTIVE TABLE", "INTERACTIVE TABLES", "INTERACTIVE_TABLE", Lives::InSchema,
     Space::TableLike, "MONITOR,REFERENCES,SELECT", kFuture},
    {Kind::SemanticView, "SEMANTIC VIEW", "SEMANTIC VIEWS", "SEMANTIC_VIEW", Lives::InSchema, Space::Other,
     "MONITOR,REFERENCES,SELECT", kFuture},
    {Kind::Sequence, "SEQUENCE", "SEQUENCES", "SEQUENCE", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Stage, "STAGE", "STAGES", "STAGE", Lives::InSchema, Space::Other, "READ,USAGE,WRITE", kFuture},
    {Kind::FileFormat, "FILE FORMAT", "FILE FORMATS", "FILE_FORMAT", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Stream, "STREAM", "STREAMS", "STREAM", Lives::InSchema, Space::TableLike, "SELECT", kFuture},
    {Kind::Task, "TASK", "TASKS", "TASK", Lives::InSchema, Space::Other, "APPLYBUDGET,MONITOR,OPERATE", kFuture},
    {Kind::Pipe, "PIPE", "PIPES", "PIPE", Lives::InSchema, Space::Other, "APPLYBUDGET,MONITOR,OPERATE", kFuture},
    {Kind::Function, "FUNCTION", "FUNCTIONS", "FUNCTION", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Procedure, "PROCEDURE", "PROCEDURES", "PROCEDURE", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::DataMetricFunction, "DATA METRIC FUNCTION", "DATA METRIC FUNCTIONS", "DATA_METRIC_FUNCTION", Lives::InSchema,
     Space::Other, "USAGE", kFuture},
    {Kind::Alert, "ALERT", "ALERTS", "ALERT", Lives::InSchema, Space::Other, "MONITOR,OPERATE", kFuture},
    {Kind::Secret, "SECRET", "SECRETS", "SECRET", Lives::InSchema, Space::Other, "MODIFY,READ,USAGE", kFuture},
    {Kind::NetworkRule, "NETWORK RULE", "NETWORK RULES", "NETWORK_RULE", Lives::InSchema, Space::Other, "", kFuture},
    {Kind::Tag, "TAG", "TAGS", "TAG", Lives::InSchema, Space::Other, "APPLY,READ"},
    {Kind::MaskingPolicy, "MASKING POLICY", "MASKING POLICIES", "MASKING_POLICY", Lives::InSchema, Space::Other,
     "APPLY"},
    {Kind::RowAccessPolicy, "ROW ACCESS POLICY", "ROW ACCESS POLICIES", "ROW_ACCESS_POLICY", Lives::InSchema,
     Space::Other, "APPLY"},
    {Kind::AggregationPolicy, "AGGREGATION POLICY", "AGGREGATION POLICIES", "AGGREGATION_POLICY", Lives::InSchema,
     Space::Other, "APPLY"},
    {Kind::ProjectionPolicy, "PROJECTION POLICY", "PROJECTION POLICIES", "PROJECTION_POLICY", Lives::InSchema,
     Space::Other, "APPLY"},
    {Kind::JoinPolicy, "JOIN POLICY", "JOIN POLICIES", "JOIN_POLICY", Lives::InSchema, Space::Other, "APPLY"},
    {Kind::PrivacyPolicy, "PRIVACY POLICY", "PRIVACY POLICIES", "PRIVACY_POLICY", Lives::InSchema, Space::Other,
     "APPLY", kFuture},
    {Kind::PasswordPolicy, "PASSWORD POLICY", "PASSWORD POLICIES", "PASSWORD_POLICY", Lives::InSchema, Space::Other,
     "APPLY", kFuture},
    {Kind::SessionPolicy, "SESSION POLICY", "SESSION POLICIES", "SESSION_POLICY", Lives::InSchema, Space::Other,
     "APPLY"},
    {Kind::AuthenticationPolicy, "AUTHENTICATION POLICY", "AUTHENTICATION POLICIES", "AUTHENTICATION_POLICY",
     Lives::InSchema, Space::Other, "APPLY", kFuture},
    {Kind::PackagesPolicy, "PACKAGES POLICY", "PACKAGES POLICIES", "PACKAGES_POLICY", Lives::InSchema, Space::Other,
     "APPLY,USAGE"},
    {Kind::StorageLifecyclePolicy, "STORAGE LIFECYCLE POLICY", "STORAGE LIFECYCLE POLICIES", "STORAGE_LIFECYCLE_POLICY",
     Lives::InSchema, Space::Other, "APPLY"},
    {Kind::BackupPolicy, "BACKUP POLICY", "BACKUP POLICIES", "BACKUP_POLICY", Lives::InSchema, Space::Other, "APPLY"},
    {Kind::BackupSet, "BACKUP SET", "BACKUP SETS", "BACKUP_SET", Lives::InSchema, Space::Other, ""},
    {Kind::Contact, "CONTACT", "CONTACTS", "CONTACT", Lives::InSchema, Space::Other, "APPLY,MODIFY", kFuture},
    {Kind::ClassificationProfile, "SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE",
     "SNOWFLAKE.DATA_PRIVACY.CLASSIFICATION_PROFILE", "CLASSIFICATION_PROFILE", Lives::InSchema, Space::Other, ""},
    {Kind::CustomClassifier, "SNOWFLAKE.DATA_PRIVACY.CUSTOM_CLASSIFIER", "SNOWFLAKE.DATA_PRIVACY.CUSTOM_CLASSIFIER",
     "CUSTOM_CLASSIFIER", Lives::InSchema, Space::Other, ""},
    {Kind::GitRepository, "GIT REPOSITORY", "GIT REPOSITORIES", "GIT_REPOSITORY", Lives::InSchema, Space::Other,
     "READ,WRITE", kFuture},
    {Kind::ImageRepository, "IMAGE REPOSITORY", "IMAGE REPOSITORIES", "IMAGE_REPOSITORY", Lives::InSchema, Space::Other,
     "READ,WRITE", kFuture},
    {Kind::Streamlit, "STREAMLIT", "STREAMLITS", "STREAMLIT", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Notebook, "NOTEBOOK", "NOTEBOOKS", "NOTEBOOK", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Model, "MODEL", "MODELS", "MODULE", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Dataset, "DATASET", "DATASETS", "DATASET", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Service, "SERVICE", "SERVICES", "SERVICE", Lives::InSchema, Space::Other, "MONITOR,OPERATE,USAGE", kFuture},
    {Kind::CortexSearchService, "CORTEX SEARCH SERVICE", "CORTEX SEARCH SERVICES", "CORTEX_SEARCH_SERVICE",
     Lives::InSchema, Space::Other, "MONITOR,OPERATE,USAGE", kFuture},
    {Kind::Agent, "AGENT", "AGENTS", "CORTEX_AGENT", Lives::InSchema, Space::Other, "MODIFY,MONITOR,USAGE", kFuture},
    {Kind::Type, "TYPE", "TYPES", "TYPE", Lives::InSchema, Space::Other, "USAGE", kFuture},
    {Kind::Workspace, "WORKSPACE", "WORKSPACES", "WORKSPACE", Lives::InSchema, Space::Other, "READ,WRITE", kFuture},
};

}  // namespace

const std::vector<KindFacts>& all_kinds() { return kKinds; }

const KindFacts& facts(Kind kind) {
  const KindFacts& found = kKinds[static_cast<size_t>(kind)];
  MESH_ASSERT(found.kind == kind);
  return found;
}

std::optional<Kind> kind_of_granted_on(std::string_view granted_on) {
  for (const KindFacts& f : kKinds) {
    if (f.granted_on == granted_on) return f.kind;
  }
  return std::nullopt;
}

std::string lower_words(Kind kind) { return to_lower(facts(kind).words); }

std::string label(Kind kind) {
  std::string text = lower_words(kind);
  text[0] = facts(kind).words[0];
  return text;
}

std::vector<std::string> privileges_of(Kind kind) {
  const std::string_view list = facts(kind).privileges;
  return list.empty() ? std::vector<std::string>{} : split(list, ',');
}

bool grantable(Kind kind, std::string_view privilege) {
  if (privilege == "OWNERSHIP") return true;
  // Those of classes stand beside the list: ALL does not bring them (grants.md 1.1).
  if (kind == Kind::Schema && privilege.starts_with("CREATE SNOWFLAKE."))
    return std::any_of(kKinds.begin(), kKinds.end(),
                       [&](const KindFacts& f) { return create_privilege(f.kind) == privilege; });
  const std::string_view list = facts(kind).privileges;
  for (size_t at = list.find(privilege); at != std::string_view::npos; at = list.find(privilege, at + 1)) {
    const size_t end = at + privilege.size();
    if ((at == 0 || list[at - 1] == ',') && (end == list.size() || list[end] == ',')) return true;
  }
  return false;
}

std::string create_privilege(Kind kind) { return fmt::format("CREATE {}", facts(kind).words); }

}  // namespace mesh::sandbox
