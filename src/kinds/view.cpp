// Views. Reference: CREATE VIEW, ALTER VIEW, SHOW VIEWS.
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 2> kPrivileges = {"SELECT", "REFERENCES"};

constexpr std::array<PropertyRow, 5> kRows = {{
    secure_row(),
    column_list_row(),
    {.name = "change_tracking",
     .type = ValueType::Boolean,
     .clause = "CHANGE_TRACKING",
     .column = "change_tracking",
     .change = ChangeBy::Set,
     .absent = Absent::Leave,
     .doc = "Whether changes are recorded for streams, on all tables below too; left alone where it is not written."},
    metric_schedule_row(),
    comment_row(),
}};
static_assert(sound(kRows));

constexpr std::array<TextRow, 1> kTexts = {{
    query_text("The SELECT; or query_file."),
}};

constexpr std::array<std::string_view, 5> kKeys = {"columns", "row_access_policy", "aggregation_policy", "join_policy",
                                                   "data_metrics"};

}  // namespace

constinit const Kind kView = {.id = KindId::View,
                              .words = "view",
                              .collection = "views",
                              .sql = "VIEW",
                              .sql_plural = "VIEWS",
                              .granted_on = "VIEW",
                              .scope = Scope::Schema,
                              .properties = kRows,
                              .privileges = kPrivileges,
                              .texts = kTexts,
                              .keys = kKeys,
                              .is_relation = true,
                              .has_columns = true,
                              .columns_by_name = true,
                              .may_have_future_grants = true,
                              .renames_across_schemas = true,
                              .show_has_pages = true,
                              .one_property_per_statement = true,
                              .doc =
                                  "A query with a name. A new query replaces the view with COPY GRANTS; everything "
                                  "else is altered in place. There is no UNDROP."};

}  // namespace mesh::kinds
