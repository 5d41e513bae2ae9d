// Account roles and database roles. Reference: CREATE ROLE, ALTER ROLE, SHOW ROLES; CREATE DATABASE ROLE, SHOW DATABASE
// ROLES.
#include "tables.hpp"

namespace mesh::kinds {
namespace {
constexpr std::array<PropertyRow, 1> kRows = {comment_row()};
static_assert(sound(kRows));

constexpr std::string_view kRoleKeys[] = {"granted_to", "users", "privileges"};
constexpr std::string_view kDatabaseRoleKeys[] = {"granted_to", "privileges"};
}  // namespace

constinit const Kind kRole = {
    .id = KindId::Role,
    .words = "role",
    .collection = "roles",
    .sql = "ROLE",
    .sql_plural = "ROLES",
    .granted_on = "ROLE",
    .scope = Scope::Account,
    .properties = kRows,
    .privileges = {},
    .keys = kRoleKeys,
    .doc =
        "An account role. Its parents (`granted_to`) are exact; members that are users only where `users` is written. "
        "What it may do "
        "stands as `grants` on the objects. Dropping it hands what it owns to the role that drops it."};

constinit const Kind kDatabaseRole = {.id = KindId::DatabaseRole,
                                      .words = "database role",
                                      .collection = "database_roles",
                                      .sql = "DATABASE ROLE",
                                      .sql_plural = "DATABASE ROLES",
                                      .granted_on = "DATABASE_ROLE",
                                      .scope = Scope::Database,
                                      .properties = kRows,
                                      .privileges = {},
                                      .keys = kDatabaseRoleKeys,
                                      .doc =
                                          "A role that lives in one database and can hold privileges only there. It is "
                                          "born with USAGE on its database, cannot be "
                                          "activated by itself, and works through the roles it is granted to."};

}  // namespace mesh::kinds
