#pragma once
// The tables of SHOW: columns of a kind, in order, with the function that fills each (the show parts of the fact
// sheets' entries), and the cells that many kinds share.

#include "show.hpp"

namespace mesh::sandbox {

struct Shown {
  Running& run;
  const Object& object;
};
struct ShowColumn {
  std::string_view name;  // with its type in front: "T:name"
  Cell (*cell)(const Shown&);
};
using ShowColumns = std::vector<ShowColumn>;

namespace cells {

inline Cell created_on(const Shown& s) { return timestamp_cell(s.object.created_ms); }
inline Cell name(const Shown& s) { return plain_name(s.object); }
inline Cell comment(const Shown& s) { return comment_of(s.object); }
inline Cell owner(const Shown& s) { return owner_name(s.run, s.object); }
inline Cell owner_role_type(const Shown& s) { return owner_type(s.run, s.object); }
inline Cell null(const Shown&) { return std::nullopt; }
inline Cell empty(const Shown&) { return ""; }
inline const Object& schema_of(const Shown& s) { return s.run.catalog.at(s.object.parent); }
inline Cell schema_name(const Shown& s) { return schema_of(s).name; }
inline Cell database_name(const Shown& s) { return s.run.catalog.at(schema_of(s).parent).name; }
inline Cell prop_or(const Shown& s, std::string_view property, const char* otherwise) {
  const std::string& value = s.object.prop(property);
  return value.empty() ? otherwise : value;
}
inline Cell prop_or_null(const Shown& s, std::string_view property) {
  const std::string& value = s.object.prop(property);
  return value.empty() ? Cell() : Cell(value);
}

// Of what is clustered, and of views.
Cell cluster_by(const Shown& s);
Cell automatic_clustering(const Shown& s);
Cell view_text(const Shown& s);

}  // namespace cells

const ShowColumns& sequence_columns();
const ShowColumns& file_format_columns();
const ShowColumns& instance_columns();
const ShowColumns& network_rule_columns();
const ShowColumns& network_policy_columns();
const ShowColumns& stream_columns();
const ShowColumns& terse_stream_columns();
const ShowColumns& task_columns();
const ShowColumns& terse_task_columns();
const ShowColumns& alert_columns();
const ShowColumns& terse_alert_columns();
const ShowColumns& pipe_columns();
const ShowColumns& materialized_view_columns();
const ShowColumns& dynamic_table_columns();
const ShowColumns& integration_columns();
const ShowColumns& stage_columns();
const ShowColumns& external_table_columns();
const ShowColumns& terse_external_table_columns();
const ShowColumns& function_columns();
const ShowColumns& procedure_columns();
const ShowColumns& tag_columns();
const ShowColumns& policy_columns();
const ShowColumns& password_policy_columns();
const ShowColumns& contact_columns();
const ShowColumns& metric_columns();

// One row for each object, in the order given.
ResultSet show_rows(Running& run, const ShowColumns& columns, const std::vector<const Object*>& objects);

}  // namespace mesh::sandbox
