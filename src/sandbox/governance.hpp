#pragma once
// What tags and policies come to: values by inheritance, the masking policy in force on a column, and the functions
// that tell of them (governance-reading.md sections 2 and 3).

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query.hpp"
#include "running.hpp"

namespace mesh::sandbox {

struct EffectiveTag {
  const Object* tag = nullptr;
  std::string value;
  std::string level;  // the domain it is set on: COLUMN, TABLE, SCHEMA..
  bool direct = false;
};
// The tags of a column, or with 0 of the object itself, by name: what is set nearest counts.
std::vector<EffectiveTag> effective_tags(const Catalog& catalog, const Object& object, int column);

struct MaskInForce {
  const Object* policy = nullptr;  // null: it is gone, but the column still names it
  const Object* tag = nullptr;     // null: set on the column itself
  std::vector<int> columns;        // one for each argument; empty where the status is not ACTIVE
  bool with_using = false;
  std::string status = "ACTIVE";
};
// The masking policy of a column: its own, else those of its tags. More than one means that queries fail.
std::vector<MaskInForce> masks_in_force(const Catalog& catalog, const Object& relation, const TableColumn& column);

// What a query does to the rows of a table or view.
Protection protection_of(const Catalog& catalog, const Object& relation);

using FunctionArguments = std::vector<std::pair<std::string, Cell>>;
// TAG_REFERENCES, TAG_REFERENCES_ALL_COLUMNS, POLICY_REFERENCES and those of metric functions, of INFORMATION_SCHEMA;
// nullopt for other functions.
std::optional<ResultSet> governance_function(Running& run, std::string_view function,
                                             const FunctionArguments& arguments);
// SYSTEM$GET_TAG(tag, object, domain), SYSTEM$GET_TAG_ALLOWED_VALUES(tag), and of the table or column that a policy
// protects SYSTEM$GET_TAG_ON_CURRENT_TABLE(tag), .._COLUMN(tag). `place`: database, schema, table and column of it, or
// nothing.
Cell tag_function(Running& run, std::string_view function, const std::vector<std::string>& arguments,
                  const std::vector<std::string>& place);

}  // namespace mesh::sandbox
