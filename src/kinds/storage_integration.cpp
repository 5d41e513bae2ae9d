// Storage integrations. Reference: CREATE STORAGE INTEGRATION, ALTER STORAGE INTEGRATION, SHOW INTEGRATIONS, DESCRIBE
// INTEGRATION. What Snowflake makes by itself (the user, consent URL and service account to be let in at the cloud) is
// no property; nothing of an integration is a secret.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"USAGE", "USE_ANY_ROLE"};
constexpr std::array<std::string_view, 5> kProviders = {"S3", "S3GOV", "S3CHINA", "GCS", "AZURE"};
constexpr std::array<std::string_view, 1> kTypes = {"EXTERNAL_STAGE"};

bool is_of(const Object& integration, std::string_view cloud) {
  const Value* provider = integration.find("storage_provider");
  return provider != nullptr && provider->text() != nullptr && provider->text()->starts_with(cloud);
}
bool is_s3(const Object& integration) { return is_of(integration, "S3"); }
bool is_azure(const Object& integration) { return is_of(integration, "AZURE"); }
bool has_private_link(const Object& integration) { return is_s3(integration) || is_azure(integration); }

std::string contradiction(const Object& integration) {
  const auto lacks = [&](const char* property) { return integration.find(property) == nullptr; };
  if (lacks("storage_provider"))
    return "a storage integration needs storage_provider: S3, S3GOV, S3CHINA, GCS or AZURE";
  if (lacks("storage_allowed_locations")) return "a storage integration needs storage_allowed_locations";
  if (is_s3(integration) && lacks("storage_aws_role_arn")) return "with S3 it needs storage_aws_role_arn";
  if (is_azure(integration) && lacks("azure_tenant_id")) return "with AZURE it needs azure_tenant_id";
  return {};
}

// The cloud spells it in lower case (create-storage-integration).
std::string to_lower_text(std::string_view written) { return to_lower(written); }
std::string_view no_acl(const Value& acl) {
  const bool known = acl.is_null() || acl == Value("bucket-owner-full-control");
  return known ? "" : "it is bucket-owner-full-control";
}

// An id that Snowflake made: ACCOUNT_SFCRole=2_..; its next one will be another.
std::string own_id(std::string_view text) {
  return text.find("_SFCRole=") == std::string_view::npos ? std::string(text) : std::string();
}

constexpr PropertyRow described(PropertyRow row) {
  row.from = ReadFrom::Described;
  row.column = row.clause;
  return row;
}

constexpr std::array<PropertyRow, 11> kRows = {{
    {.name = "type",
     .type = ValueType::OneOf,
     .clause = "TYPE",
     .column = "type",
     .change = ChangeBy::Immutable,
     .default_value = "EXTERNAL_STAGE",
     .values = kTypes,
     .always_in_create = true,
     .doc = "EXTERNAL_STAGE, the only one there is."},
    described({.name = "storage_provider",
               .type = ValueType::OneOf,
               .clause = "STORAGE_PROVIDER",
               .change = ChangeBy::Immutable,
               .absent = Absent::Leave,  // required
               .values = kProviders,
               .quoted = true,
               .doc = "Whose cloud the files lie in; fixed at creation."}),
    {.name = "enabled",
     .type = ValueType::Boolean,
     .clause = "ENABLED",
     .column = "enabled",
     .change = ChangeBy::Set,
     .default_value = "true",
     .always_in_create = true,  // required before bundle 2026_01
     .disruptive = true,
     .doc = "Whether stages can use it."},
    described({.name = "storage_aws_role_arn",
               .clause = "STORAGE_AWS_ROLE_ARN",
               .change = ChangeBy::Set,
               .absent = Absent::Leave,  // required
               .applies = is_s3,
               .doc = "The role of the cloud that Snowflake takes to reach the files."}),
    described({.name = "storage_aws_external_id",
               .clause = "STORAGE_AWS_EXTERNAL_ID",
               .absent = Absent::Leave,
               .applies = is_s3,
               .as_written = own_id,
               .doc =
                   "The id that the role's trust policy asks for; without one Snowflake makes its own, so it is left "
                   "alone where it is not written."}),
    described({.name = "storage_aws_object_acl",
               .clause = "STORAGE_AWS_OBJECT_ACL",
               .normal = to_lower_text,
               .applies = is_s3,
               .wrong = no_acl,
               .doc = "bucket-owner-full-control, where files are to belong to the bucket's owner."}),
    described({.name = "azure_tenant_id",
               .clause = "AZURE_TENANT_ID",
               .change = ChangeBy::Set,
               .absent = Absent::Leave,  // required
               .applies = is_azure,
               .doc = "The tenant that the storage account belongs to."}),
    described({.name = "use_privatelink_endpoint",
               .type = ValueType::Boolean,
               .clause = "USE_PRIVATELINK_ENDPOINT",
               .default_value = "false",
               .applies = has_private_link,
               .doc = "Whether the files are reached through a private endpoint."}),
    described({.name = "storage_allowed_locations",
               .type = ValueType::Texts,
               .clause = "STORAGE_ALLOWED_LOCATIONS",
               .change = ChangeBy::Set,
               .absent = Absent::Leave,  // required
               .is_set = true,
               .never_emptied = true,
               .disruptive = true,
               .doc = "Where stages may lie: URLs, or '*'."}),
    described({.name = "storage_blocked_locations",
               .type = ValueType::Texts,
               .clause = "STORAGE_BLOCKED_LOCATIONS",
               .is_set = true,
               .disruptive = true,
               .doc = "Where they may not, within the allowed ones."}),
    comment_row(),
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kStorageIntegration = {.id = KindId::StorageIntegration,
                                            .words = "storage integration",
                                            .collection = "storage_integrations",
                                            .sql = "STORAGE INTEGRATION",
                                            .sql_plural = "STORAGE INTEGRATIONS",
                                            .granted_on = "INTEGRATION",
                                            .scope = Scope::Account,
                                            .properties = kRows,
                                            .privileges = kPrivileges,
                                            .sql_in_grants = "INTEGRATION",
                                            .can_be_renamed = false,
                                            .described_name = "property",
                                            .described_value = "property_value",
                                            .drop_cost = "stages that use it lose their way to the files",
                                            .contradiction = contradiction,
                                            .doc =
                                                "How stages reach files in a cloud without a secret. Altered in place "
                                                "and never replaced, for that would change "
                                                "the id its trust policy names and cut off its stages."};

}  // namespace mesh::kinds
