// SNOWFLAKE.ACCOUNT_USAGE: OBJECT_DEPENDENCIES (docs: account-usage/object_dependencies,
// user-guide/object-dependencies). Snowflake tells up to three hours later what the sandbox tells at once. Other views
// of the schema are refused by name.
#include <fmt/format.h>

#include "derived.hpp"
#include "relations.hpp"
#include "show.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

std::string_view domain_of(Kind kind) {
  switch (kind) {
    case Kind::View:
      return "VIEW";
    case Kind::MaterializedView:
      return "MATERIALIZED VIEW";
    case Kind::DynamicTable:
      return "DYNAMIC TABLE";
    case Kind::ExternalTable:
      return "EXTERNAL TABLE";
    default:
      return "TABLE";
  }
}

// What the object's query names itself. A view that cannot be read any more depends on nothing that is there.
std::vector<Id> sources_of(Running& run, const Object& object) {
  if (object.kind != Kind::View) return ids_of(object, "SOURCES");
  const Object& schema = run.catalog.at(object.parent);
  const StoredView view{run.catalog.at(schema.parent).name, schema.name, object.name, object.prop("QUERY"), {}};
  Derived read;
  try {
    describe(run, view.query, &view, &read);
  } catch (const SqlError&) {
    return {};
  }
  return read.sources;
}

void add_name(const Catalog& catalog, const Object& object, Row& row) {
  const Object& schema = catalog.at(object.parent);
  for (Cell cell : {Cell(catalog.at(schema.parent).name), Cell(schema.name), Cell(object.name),
                    Cell(std::to_string(object.id)), Cell(std::string(domain_of(object.kind)))})
    row.push_back(std::move(cell));
}

// Of the whole account: who may read the view sees all of it.
ResultSet object_dependencies(Running& run) {
  ResultSet result;
  result.columns = columns_of({"T:REFERENCED_DATABASE", "T:REFERENCED_SCHEMA", "T:REFERENCED_OBJECT_NAME",
                               "N:REFERENCED_OBJECT_ID", "T:REFERENCED_OBJECT_DOMAIN", "T:REFERENCING_DATABASE",
                               "T:REFERENCING_SCHEMA", "T:REFERENCING_OBJECT_NAME", "N:REFERENCING_OBJECT_ID",
                               "T:REFERENCING_OBJECT_DOMAIN", "T:DEPENDENCY_TYPE"});
  for (const auto& [database, database_id] : run.catalog.children(run.account, Kind::Database)) {
    for (const auto& [schema, schema_id] : run.catalog.children(database_id, Kind::Schema)) {
      for (const auto& [name, id] : run.catalog.children(schema_id, Kind::Table)) {
        const Object& object = run.catalog.at(id);
        if (!reads_with_owner(object.kind)) continue;
        for (const Id source : sources_of(run, object)) {
          const Object* base = run.catalog.find(source);
          if (base == nullptr || !run.catalog.live(*base)) continue;
          Row row;
          add_name(run.catalog, *base, row);
          add_name(run.catalog, object, row);
          row.push_back(object.kind == Kind::MaterializedView ? "BY_NAME_AND_ID" : "BY_NAME");
          result.rows.push_back(std::move(row));
        }
      }
    }
  }
  return result;
}

}  // namespace

ResultSet account_usage(Running& run, std::string_view view) {
  if (view == "OBJECT_DEPENDENCIES") return object_dependencies(run);
  refuse_unsupported(fmt::format("SNOWFLAKE.ACCOUNT_USAGE.{}", view));
}

}  // namespace mesh::sandbox
