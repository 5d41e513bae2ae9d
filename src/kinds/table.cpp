// Tables. Reference: CREATE TABLE, ALTER TABLE, ALTER TABLE ... ALTER COLUMN, SHOW TABLES, SHOW COLUMNS.
#include "mesh/base/text.hpp"
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kTableKinds = {"PERMANENT", "TRANSIENT"};
constexpr std::string_view kPrivileges[] = {"SELECT",     "INSERT",     "UPDATE",        "DELETE",
                                            "TRUNCATE",   "REFERENCES", "EVOLVE SCHEMA", "SELECT ERROR TABLE",
                                            "APPLYBUDGET"};

// SHOW TABLES prints TABLE for a permanent one.
std::string table_kind(std::string_view written) { return iequals(written, "TABLE") ? "PERMANENT" : to_upper(written); }

constexpr std::array<PropertyRow, 10> kRows = {{
    // Immutable, and every table of a transient schema is transient: what is not stated is left alone.
    {.name = "kind",
     .type = ValueType::OneOf,
     .clause = "TRANSIENT",
     .column = "kind",
     .change = ChangeBy::Immutable,
     .absent = Absent::Leave,
     .values = kTableKinds,
     .normal = table_kind,
     .doc = "permanent or transient (without Fail-safe, at most one day of Time Travel)."},
    retention_row(),
    parameter("max_data_extension_time_in_days", ValueType::Integer, "MAX_DATA_EXTENSION_TIME_IN_DAYS",
              "Days by which retention may be extended so that streams do not go stale."),
    parameter("default_ddl_collation", ValueType::Text, "DEFAULT_DDL_COLLATION",
              "Collation of text columns added later."),
    // Streams, dynamic tables and views above switch it on by themselves.
    {.name = "change_tracking",
     .type = ValueType::Boolean,
     .clause = "CHANGE_TRACKING",
     .column = "change_tracking",
     .change = ChangeBy::Set,
     .absent = Absent::Leave,
     .doc = "Whether changes are recorded for streams; left alone where it is not written."},
    {.name = "enable_schema_evolution",
     .type = ValueType::Boolean,
     .clause = "ENABLE_SCHEMA_EVOLUTION",
     .column = "enable_schema_evolution",
     .change = ChangeBy::Set,
     .default_value = "false",
     .doc = "Whether loading may add columns and drop NOT NULL; such columns are left alone."},
    {.name = "error_logging",
     .type = ValueType::Boolean,
     .clause = "ERROR_LOGGING",
     .column = "error_logging",
     .change = ChangeBy::Set,
     .default_value = "false",
     .doc = "Whether rows that fail DML are kept in an error table."},
    {.name = "row_timestamp",
     .type = ValueType::Boolean,
     .clause = "ROW_TIMESTAMP",
     .column = "row_timestamp",
     .change = ChangeBy::Set,
     .absent = Absent::Leave,
     .loses = Loses::WhenSetFalse,
     .doc = "Whether each row keeps the time of its last change; switching it off deletes the stored times."},
    metric_schedule_row(),
    comment_row(),
}};
static_assert(sound(kRows));

constexpr std::string_view kKeys[] = {"columns",
                                      "primary_key",
                                      "unique",
                                      "foreign_keys",
                                      "check",
                                      "cluster_by",
                                      "search_optimization",
                                      "row_access_policy",
                                      "aggregation_policy",
                                      "join_policy",
                                      "data_metrics",
                                      "rows"};

}  // namespace

constinit const Kind kTable = {.id = KindId::Table,
                               .words = "table",
                               .collection = "tables",
                               .sql = "TABLE",
                               .sql_plural = "TABLES",
                               .granted_on = "TABLE",
                               .scope = Scope::Schema,
                               .properties = kRows,
                               .privileges = kPrivileges,
                               .keys = kKeys,
                               .is_relation = true,
                               .has_columns = true,
                               .may_have_future_grants = true,
                               .can_undrop = true,
                               .holds_data = true,
                               .renames_across_schemas = true,
                               .show_has_pages = true,
                               .extra_keys_doc =
                                   "A column with `as: expression` is virtual: computed when it is read. check: "
                                   "{NAME: expression} is enforced on rows written from then on; rows that are there "
                                   "already are not looked at. search_optimization: true is the whole table, a list "
                                   "names methods with their columns: [\"EQUALITY(A, B)\", SUBSTRING(C)].",
                               .doc =
                                   "Altered in place, never replaced: what ALTER TABLE cannot do is refused, with the "
                                   "ways out. The order of columns is a note; "
                                   "new columns go last. A primary key implies NOT NULL."};

}  // namespace mesh::kinds
