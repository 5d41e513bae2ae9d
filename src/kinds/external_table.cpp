// External tables. Reference: CREATE EXTERNAL TABLE, ALTER EXTERNAL TABLE, SHOW EXTERNAL TABLES. The options of a
// format that no file format object holds are left out: what the table was made with is told by GET_DDL alone. So are
// keys and NOT NULL of columns, which no list shows.
#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"SELECT", "REFERENCES"};
constexpr std::array<std::string_view, 1> kFormats = {"DELTA"};
constexpr std::array<std::string_view, 1> kPartitionTypes = {"USER_SPECIFIED"};

std::string table_format(std::string_view written) {
  return iequals(written, "UNSPECIFIED") ? std::string() : to_upper(written);
}

// Pages create-external-table, PARTITION BY and AUTO_REFRESH.
std::string contradiction(const Object& table) {
  if (table.find("location") == nullptr) return "an external table needs location: '@DB.SCHEMA.STAGE/path/'";
  if (table.find("file_format") == nullptr) return "an external table needs file_format, the name of one";
  for (const auto& column : table.columns) {
    if (!column.virtual_as)
      return "column " + column.name.display() + " needs as: an expression over VALUE or METADATA$FILENAME";
  }
  const Value *manual = table.find("partition_type"), *refresh = table.find("auto_refresh");
  if (manual != nullptr && refresh != nullptr && *refresh == Value(true))
    return "auto_refresh does not go together with partition_type: USER_SPECIFIED";
  return {};
}

// What only GET_DDL tells, and no ALTER takes.
constexpr PropertyRow untold(PropertyRow row) {
  row.from = ReadFrom::Remembered;
  row.change = ChangeBy::Immutable;
  row.absent = Absent::Leave;
  return row;
}

constexpr PropertyRow at_creation(std::string_view name, std::string_view clause, std::string_view doc) {
  return {.name = name,
          .clause = clause,
          .from = ReadFrom::Nowhere,
          .change = ChangeBy::CreateOnly,
          .absent = Absent::Leave,
          .doc = doc};
}

constexpr std::array<PropertyRow, 11> kRows = {{
    untold({.name = "partition_by",
            .type = ValueType::Names,
            .clause = "PARTITION BY",
            .no_equals = true,
            .doc = "Columns by whose values the files are told apart; fixed at creation."}),
    {.name = "location",
     .type = ValueType::StagePath,
     .clause = "LOCATION",
     .column = "location",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,  // required
     .refers_to = KindId::Stage,
     .doc = "The external stage, and the path in it, where the files lie; fixed at creation."},
    untold({.name = "partition_type",
            .type = ValueType::OneOf,
            .clause = "PARTITION_TYPE",
            .values = kPartitionTypes,
            .doc = "USER_SPECIFIED, where partitions are added by hand; fixed at creation."}),
    {.name = "refresh_on_create",
     .type = ValueType::Boolean,
     .clause = "REFRESH_ON_CREATE",
     .from = ReadFrom::Nowhere,
     .change = ChangeBy::CreateOnly,
     .absent = Absent::Leave,
     .doc = "Whether the files that are there are looked for when it is made."},
    {.name = "auto_refresh",
     .type = ValueType::Boolean,
     .clause = "AUTO_REFRESH",
     .from = ReadFrom::Remembered,
     .change = ChangeBy::Set,
     .absent = Absent::Leave,
     .doc = "Whether events of the cloud tell of new files. Snowflake does not tell it: compared with what mesh last "
            "set."},
    untold({.name = "pattern",
            .clause = "PATTERN",
            .doc = "A regular expression for the names of files; fixed at creation."}),
    {.name = "file_format",
     .type = ValueType::ObjectName,
     .clause = "FORMAT_NAME",
     .column = "file_format_name",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,  // required
     .quoted = true,
     .refers_to = KindId::FileFormat,
     .wrapped_in = "FILE_FORMAT",
     .doc = "The file format of the files; fixed at creation."},
    {.name = "table_format",
     .type = ValueType::OneOf,
     .clause = "TABLE_FORMAT",
     .column = "table_format",
     .change = ChangeBy::Immutable,
     .values = kFormats,
     .normal = table_format,
     .doc = "DELTA, where the files are a Delta Lake; fixed at creation."},
    at_creation("aws_sns_topic", "AWS_SNS_TOPIC", "The topic of the cloud that tells of new files; only at creation."),
    at_creation("integration", "INTEGRATION",
                "The notification integration that tells of new files; only at creation."),
    [] {
      auto row = comment_row();
      row.change = ChangeBy::CommentOn;  // alter-external-table has none
      return row;
    }(),
}};
static_assert(sound(kRows));

constexpr std::array<std::string_view, 2> kKeys = {"columns", "row_access_policy"};

}  // namespace

constinit const Kind kExternalTable = {.id = KindId::ExternalTable,
                                       .words = "external table",
                                       .collection = "external_tables",
                                       .sql = "EXTERNAL TABLE",
                                       .sql_plural = "EXTERNAL TABLES",
                                       .granted_on = "EXTERNAL_TABLE",
                                       .scope = Scope::Schema,
                                       .properties = kRows,
                                       .privileges = kPrivileges,
                                       .sql_as_relation = "TABLE",
                                       .columns_computed = true,
                                       .sql_for_policies = "TABLE",  // alter-external-table, usage notes
                                       .sql_in_rename = "TABLE",     // external_table entry, rename
                                       .attachments_last = true,
                                       .keys = kKeys,
                                       .is_relation = true,
                                       .has_columns = true,
                                       .may_have_future_grants = true,
                                       .renames_across_schemas = true,
                                       .show_has_pages = true,
                                       .contradiction = contradiction,
                                       .extra_keys_doc =
                                           "Every column has `as`, an expression over VALUE or METADATA$FILENAME; "
                                           "columns are added, renamed and dropped in "
                                           "place, and never altered.",
                                       .doc =
                                           "Files of an external stage, read as rows. Never replaced: where the files "
                                           "lie and how they are read is fixed at "
                                           "creation, and a difference is refused. There is no UNDROP."};

}  // namespace mesh::kinds
