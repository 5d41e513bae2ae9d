// Materialized views. Reference: CREATE MATERIALIZED VIEW, ALTER MATERIALIZED VIEW, SHOW MATERIALIZED VIEWS.
// INTERACTIVE is for interactive tables, which mesh does not know.
#include "tables.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 3> kPrivileges = {"SELECT", "REFERENCES", "APPLYBUDGET"};
constexpr std::array<std::string_view, 2> kStates = {"STARTED", "SUSPENDED"};
using Cells = std::function<std::string_view(std::string_view)>;

bool is_suspended(const Cells& cell) {
  return cell("invalid_reason").find("invalid manually") != std::string_view::npos;
}

// A suspended one is invalid too, and its reason tells the two apart (materialized_view entry, invalid_reason).
std::string invalid(const Cells& cell) {
  if (cell("invalid") != "true" || is_suspended(cell)) return {};
  return cell("invalid_reason").empty() ? "no reason is told" : std::string(cell("invalid_reason"));
}

// One that is invalid is neither.
std::string state(const Cells& cell) {
  if (cell("invalid") != "true") return "STARTED";
  return is_suspended(cell) ? "SUSPENDED" : "INVALID";
}

// Page create-materialized-view, CLUSTER BY: the columns must be named.
std::string contradiction(const Object& view) {
  if (view.cluster_by && !view.cluster_by->empty() && view.columns.empty())
    return "with cluster_by the columns must be named: all that the query gives, in its order";
  return {};
}

constexpr std::array<PropertyRow, 4> kRows = {{
    secure_row(),
    column_list_row(),
    [] {
      auto row = state_row(
          "invalid", kStates,
          "Whether it is kept up to date; suspended, it cannot be queried. Left alone where it is not written.");
      row.combine = state;
      row.born = "STARTED";
      return row;
    }(),
    comment_row(),
}};
static_assert(sound(kRows));

constexpr std::array<TextRow, 1> kTexts = {{
    query_text("The SELECT, on one table; or query_file."),
}};

constexpr std::array<std::string_view, 3> kKeys = {"columns", "cluster_by", "row_access_policy"};

}  // namespace

constinit const Kind kMaterializedView = {
    .id = KindId::MaterializedView,
    .words = "materialized view",
    .collection = "materialized_views",
    .sql = "MATERIALIZED VIEW",
    .sql_plural = "MATERIALIZED VIEWS",
    .granted_on = "MATERIALIZED_VIEW",
    .scope = Scope::Schema,
    .properties = kRows,
    .privileges = kPrivileges,
    .texts = kTexts,
    .sql_in_grants = "VIEW",     // GRANT (grants.md): there is no such word, but ON FUTURE MATERIALIZED VIEWS
    .sql_as_relation = "VIEW",   // SHOW COLUMNS
    .sql_for_policies = "VIEW",  // alter-materialized-view, usage notes
    .attachments_last = true,
    .copies_grants_first = true,
    .rebuilds = true,
    .dies_with_columns = true,
    .keys = kKeys,
    .is_relation = true,
    .has_columns = true,
    .columns_by_name = true,
    .may_have_future_grants = true,
    .renames_across_schemas = true,
    .invalid = invalid,
    .lists_comments = true,
    .one_property_per_statement = true,
    .contradiction = contradiction,
    .extra_keys_doc =
        "With cluster_by, or a comment on any of them, `columns` names every column that the query gives, in its "
        "order.",
    .doc =
        "A query on one table whose rows are kept up to date. A new query or comment of a column makes it anew with "
        "COPY "
        "GRANTS, and so does a change of its table's columns, which makes it invalid; everything else is altered in "
        "place. There is no UNDROP."};

}  // namespace mesh::kinds
