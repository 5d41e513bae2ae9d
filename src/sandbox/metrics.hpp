#pragma once
// Data metric functions, what they measure, and what is expected of that (docs: create-data-metric-function,
// alter-function-dmf, data-quality-working, data-quality-expectations). Nothing runs: there are no results.

#include <nlohmann/json_fwd.hpp>

#include "governance.hpp"
#include "running.hpp"

namespace mesh::sandbox {

// What is set on a relation, in its property METRICS: [{"of": id, or "system": name; "on": [column ids],
// "expectations": {name: condition}}].
nlohmann::json metrics_of(const Object& relation);

// Where an object lies.
struct Entity {
  std::string database, schema;
};
Entity entity(const Catalog& catalog, const Object& object);

ResultSet create_metric(Running& run, const CreateHead& head);
ResultSet alter_metric(Running& run, const Object& metric);
ResultSet describe_metric(Running& run);

// (TABLE(NUMBER, VARCHAR)) at the cursor: F(TABLE(NUMBER, VARCHAR)), under which the catalogue has it.
std::string read_metric_key(Running& run, const std::string& name);
// FUNCTION [IF EXISTS] name(TABLE( at the cursor: a data metric function is meant.
bool at_metric_as_function(const Parser& parser);

// ALTER TABLE or VIEW .. {ADD | MODIFY | DROP} DATA METRIC FUNCTION, the cursor at the verb; false where none stands
// there.
bool alter_metrics_of(Running& run, const Object& relation);

// DATA_METRIC_FUNCTION_REFERENCES and DATA_METRIC_FUNCTION_EXPECTATIONS of INFORMATION_SCHEMA.
ResultSet metric_references(Running& run, const FunctionArguments& arguments, bool expectations);

}  // namespace mesh::sandbox
