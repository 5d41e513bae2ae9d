// Databases. Reference: CREATE DATABASE, ALTER DATABASE, SHOW DATABASES, SHOW PARAMETERS.
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 6> kPrivileges = {
    "APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA", "MODIFY", "MONITOR", "USAGE"};
constexpr std::array<std::string_view, 2> kChildren = {"schemas", "database_roles"};

constexpr std::array<PropertyRow, 4> kOwn = {{
    {.name = "transient",
     .type = ValueType::Boolean,
     .clause = "TRANSIENT",
     .from = ReadFrom::Option,
     .column = "TRANSIENT",
     .change = ChangeBy::Immutable,
     .default_value = "false",
     .doc = "Without Fail-safe, and at most one day of Time Travel."},
    retention_row(),
    comment_row(),
    // ALTER SCHEMA's page does not have it.
    set_later(parameter("event_table", ValueType::ObjectName, "EVENT_TABLE", "Event table that telemetry goes to.")),
}};
constexpr auto kRows = joined(kOwn, shared_parameters());
static_assert(sound(kRows));

}  // namespace

constinit const Kind kDatabase = {.id = KindId::Database,
                                  .words = "database",
                                  .collection = "databases",
                                  .sql = "DATABASE",
                                  .sql_plural = "DATABASES",
                                  .granted_on = "DATABASE",
                                  .scope = Scope::Account,
                                  .properties = kRows,
                                  .privileges = kPrivileges,
                                  .can_undrop = true,
                                  .holds_data = true,
                                  .child_collections = kChildren,
                                  .doc =
                                      "Holds schemas and database roles. Its schema PUBLIC is born with it and counts "
                                      "as mesh's where mesh made the database."};

}  // namespace mesh::kinds
