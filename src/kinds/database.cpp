// Databases. Reference: CREATE DATABASE, ALTER DATABASE, SHOW DATABASES, SHOW PARAMETERS.
#include "parameters.hpp"

namespace mesh::kinds {
namespace {

constexpr std::array<std::string_view, 8> kPrivileges = {
    "APPLYBUDGET", "CREATE DATABASE ROLE", "CREATE SCHEMA",  "MODIFY", "MONITOR",
    "USAGE",       "IMPORTED PRIVILEGES",  "REFERENCE_USAGE"};
constexpr std::array<std::string_view, 2> kChildren = {"schemas", "database_roles"};

bool is_imported(const Object& database) {
  const Value* share = database.find("from_share");
  return share != nullptr && !share->is_null();
}
bool is_own(const Object& database) { return !is_imported(database); }

// grants.md 0.6: of an imported database only IMPORTED PRIVILEGES can be granted, and of no other.
bool takes_privilege(const Object& database, std::string_view privilege) {
  return is_imported(database) == (privilege == "IMPORTED PRIVILEGES");
}

// A share that was taken back leaves <revoked> behind (imported_database entry, columns).
std::string_view no_share(const Value& share) {
  const auto name = share.is_null() ? Result<QualifiedName>(QualifiedName()) : QualifiedName::parse(*share.text());
  const bool whole = share.is_null() || (name && (name->depth() == 3 || name->depth() == 2));
  return whole ? "" : "a share of another account is named ORGANIZATION.ACCOUNT.SHARE";
}

// Snowflake documents no COMMENT for CREATE DATABASE .. FROM SHARE (create-database).
constexpr PropertyRow comment_of_database() {
  auto row = comment_row();
  row.set_later_for = is_imported;
  return row;
}

constexpr std::array<PropertyRow, 5> kOwn = {{
    {.name = "from_share",
     .type = ValueType::ForeignName,
     .clause = "FROM SHARE",
     .column = "origin",
     .change = ChangeBy::Immutable,
     .wrong = no_share,
     .bare = true,
     .doc = "The share of another account that it is imported from, ORGANIZATION.ACCOUNT.SHARE. What is in it is the "
            "provider's, and its own parameters are not to be set; grant IMPORTED PRIVILEGES on it, or say granted_to "
            "of the database_roles that the share brings."},
    {.name = "transient",
     .type = ValueType::Boolean,
     .clause = "TRANSIENT",
     .from = ReadFrom::Option,
     .column = "TRANSIENT",
     .change = ChangeBy::Immutable,
     .default_value = "false",
     .doc = "Without Fail-safe, and at most one day of Time Travel."},
    retention_row(),
    comment_of_database(),
    // ALTER SCHEMA's page does not have it.
    set_later(parameter("event_table", ValueType::ObjectName, "EVENT_TABLE", "Event table that telemetry goes to.")),
}};
// Parameters, Time Travel and transience are of own databases alone (imported_database entry, quirks).
constexpr auto kRows = [] {
  auto rows = joined(kOwn, shared_parameters());
  for (auto& row : rows) {
    if (row.name != "from_share" && row.name != "comment") row.applies = is_own;
  }
  return rows;
}();
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
                                  .takes_privilege = takes_privilege,
                                  .can_undrop = true,
                                  .holds_data = true,
                                  .holds_data_if = is_own,
                                  .child_collections = kChildren,
                                  .doc =
                                      "Holds schemas and database roles. Its schema PUBLIC is born with it and counts "
                                      "as mesh's where mesh made the database."};

}  // namespace mesh::kinds
