// Stages. Reference: CREATE STAGE, ALTER STAGE, SHOW STAGES, DESCRIBE STAGE.
#include <algorithm>

#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 3> kPrivileges = {"READ", "WRITE", "USAGE"};
// Those that need no master key, for that would be a secret.
constexpr std::array<std::string_view, 6> kEncryptions = {"SNOWFLAKE_FULL", "SNOWFLAKE_SSE", "AWS_SSE_S3",
                                                          "AWS_SSE_KMS",    "GCS_SSE_KMS",   "NONE"};
constexpr std::string_view kProtocols[] = {"s3://", "s3china://", "s3gov://", "s3compat://", "gcs://", "azure://"};

const std::string* text_of(const Object& stage, std::string_view property) {
  const Value* value = stage.find(property);
  return value == nullptr ? nullptr : value->text();
}

bool is_external(const Object& stage) {
  const std::string* url = text_of(stage, "url");
  return url != nullptr && !url->empty();
}
bool is_internal(const Object& stage) { return !is_external(stage); }

// grants.md section 3: READ and WRITE of an internal stage, USAGE of an external one.
bool takes_privilege(const Object& stage, std::string_view privilege) {
  const bool of_external = privilege == "USAGE";
  const bool told = privilege == "USAGE" || privilege == "READ" || privilege == "WRITE";
  return !told || of_external == is_external(stage);
}

std::string_view no_url(const Value& url) {
  const std::string* text = url.text();
  const bool known = text == nullptr || std::any_of(std::begin(kProtocols), std::end(kProtocols),
                                                    [&](auto protocol) { return text->starts_with(protocol); });
  return known ? "" : "a stage's URL begins with s3://, s3china://, s3gov://, s3compat://, gcs:// or azure://";
}

// SHOW tells an internal stage's encryption by its type alone, and an external one's not at all (stage, ENCRYPTION).
std::string encryption(const std::function<std::string_view(std::string_view)>& cell) {
  const auto type = cell("type");
  if (!type.starts_with("INTERNAL")) return "(not told)";
  return type == "INTERNAL NO CSE" ? "SNOWFLAKE_SSE" : "SNOWFLAKE_FULL";
}

// DESCRIBE prints a named format with its quotes escaped: \"DB\".\"SCHEMA\".\"NAME\".
std::string format_name(std::string_view text) { return replace_all(std::string(text), "\\\"", "\""); }

std::string contradiction(const Object& stage) {
  const bool external = is_external(stage);
  const std::string *type = text_of(stage, "encryption.type"), *url = text_of(stage, "url");
  if (type != nullptr) {
    const bool internals = type->starts_with("SNOWFLAKE_");
    if (internals == external)
      return external ? "a stage with a url is encrypted by its cloud, not with " + *type
                      : "a stage without url is encrypted with SNOWFLAKE_FULL or SNOWFLAKE_SSE, not with " + *type;
    const std::string_view cloud = type->starts_with("AWS") ? "s3" : type->starts_with("GCS") ? "gcs:" : "";
    if (external && !url->starts_with(cloud)) return *type + " does not go together with " + *url;
  }
  const bool has_key = stage.find("encryption.kms_key_id") != nullptr;
  if (has_key && (type == nullptr || !type->ends_with("_SSE_KMS")))
    return "encryption.kms_key_id needs encryption.type AWS_SSE_KMS or GCS_SSE_KMS";
  return {};
}

constexpr PropertyRow in_group(std::string_view wrapped_in, PropertyRow row) {
  row.wrapped_in = wrapped_in;
  return row;
}

constexpr std::array<PropertyRow, 10> kRows = {{
    {.name = "url",
     .clause = "URL",
     .column = "url",
     .change = ChangeBy::Set,
     .wrong = no_url,
     .stays_there = true,
     .doc =
         "Where the files of an external stage lie; a stage without url is internal, and neither becomes the other."},
    {.name = "storage_integration",
     .type = ValueType::Identifier,
     .clause = "STORAGE_INTEGRATION",
     .column = "storage_integration",
     .change = ChangeBy::Set,
     .applies = is_external,
     .refers_to = KindId::StorageIntegration,
     .never_emptied = true,
     .doc = "The integration that gives access to the URL; it can be another one later, but not none."},
    in_group(
        "ENCRYPTION",
        {.name = "encryption.type",
         .type = ValueType::OneOf,
         .clause = "TYPE",
         .column = "type",
         .change = ChangeBy::Immutable,
         .absent = Absent::Leave,
         .values = kEncryptions,
         .quoted = true,
         .combine = encryption,
         .doc = "How files are encrypted, fixed at creation; of an external stage Snowflake does not tell it, so it "
                "is not compared."}),
    in_group("ENCRYPTION", {.name = "encryption.kms_key_id",
                            .clause = "KMS_KEY_ID",
                            .from = ReadFrom::Nowhere,
                            .change = ChangeBy::CreateOnly,
                            .absent = Absent::Leave,
                            .doc = "Which key of the cloud's key service encrypts; only at creation."}),
    // ALTER STAGE .. SET DIRECTORY takes ENABLE alone, in a statement of its own (alter-stage, directory table syntax).
    in_group("DIRECTORY", {.name = "directory.enable",
                           .type = ValueType::Boolean,
                           .clause = "ENABLE",
                           .column = "directory_enabled",
                           .change = ChangeBy::Set,
                           .default_value = "false",
                           .alone = true,
                           .doc = "Whether a directory table lists the files."}),
    in_group("DIRECTORY", {.name = "directory.auto_refresh",
                           .type = ValueType::Boolean,
                           .clause = "AUTO_REFRESH",
                           .from = ReadFrom::Described,
                           .column = "AUTO_REFRESH",
                           .change = ChangeBy::Immutable,
                           .absent = Absent::Leave,
                           .doc = "Whether events of the cloud refresh the directory table; fixed at creation."}),
    in_group("DIRECTORY", {.name = "directory.refresh_on_create",
                           .type = ValueType::Boolean,
                           .clause = "REFRESH_ON_CREATE",
                           .from = ReadFrom::Nowhere,
                           .change = ChangeBy::CreateOnly,
                           .absent = Absent::Leave,
                           .applies = is_external,
                           .doc = "Whether the directory table is filled when the stage is made."}),
    in_group("DIRECTORY", {.name = "directory.notification_integration",
                           .clause = "NOTIFICATION_INTEGRATION",
                           .from = ReadFrom::Nowhere,
                           .change = ChangeBy::CreateOnly,
                           .absent = Absent::Leave,
                           .applies = is_external,
                           .doc = "The integration whose events refresh the directory table; only at creation."}),
    in_group("FILE_FORMAT",
             {.name = "file_format",
              .type = ValueType::ObjectName,
              .clause = "FORMAT_NAME",
              .from = ReadFrom::Described,
              .column = "FORMAT_NAME",
              .change = ChangeBy::Set,
              .normal = format_name,
              .quoted = true,
              .refers_to = KindId::FileFormat,
              .none_clause = "TYPE = CSV",
              .doc = "The file format of the files; without one they are CSV with Snowflake's defaults."}),
    [] {
      auto row = comment_row();
      row.change = ChangeBy::Set;  // ALTER STAGE has no UNSET
      return row;
    }(),
}};
static_assert(sound(kRows));

}  // namespace

constinit const Kind kStage = {.id = KindId::Stage,
                               .words = "stage",
                               .collection = "stages",
                               .sql = "STAGE",
                               .sql_plural = "STAGES",
                               .granted_on = "STAGE",
                               .scope = Scope::Schema,
                               .properties = kRows,
                               .privileges = kPrivileges,
                               .takes_privilege = takes_privilege,
                               .privilege_rests_on = {"WRITE", "READ"},
                               .may_have_future_grants = true,
                               .holds_data = true,
                               .holds_data_if = is_internal,
                               .renames_across_schemas = true,
                               .described_name = "property",
                               .described_value = "property_value",
                               .contradiction = contradiction,
                               .doc =
                                   "A place for files: Snowflake's own (internal), or one in a cloud (external, with "
                                   "url). Never replaced, for that would delete the files of an internal one and cut "
                                   "off pipes; there is no UNDROP. Credentials are secrets and have no place in a "
                                   "manifest: use a storage integration."};

}  // namespace mesh::kinds
