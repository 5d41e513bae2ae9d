#include "fresh.hpp"

#include <map>

namespace mesh::sandbox {
namespace {

class FreshAccount {
 public:
  FreshAccount(Catalog& catalog, const std::string& name, int64_t now) : catalog_(catalog), now_(now) {
    account_ = add(Kind::Account, 0, name, kNobody);
  }

  Id build() {
    roles();
    privileges();
    snowflake_database();
    const Id admin = roles_.at("ACCOUNTADMIN");
    const Id warehouse = add(Kind::Warehouse, account_, "COMPUTE_WH", admin);
    catalog_.edit(warehouse).props = {{"STATE", "SUSPENDED"}, {"AUTO_SUSPEND", "600"}, {"AUTO_RESUME", "true"}};
    grant("USAGE", Kind::Warehouse, warehouse, roles_.at("PUBLIC"), false, admin);
    user(admin);
    return account_;
  }

 private:
  Id add(Kind kind, Id parent, const std::string& name, Id owner) {
    Object object;
    object.kind = kind, object.parent = parent, object.name = name, object.owner = owner;
    object.created_ms = object.altered_ms = object.owned_ms = now_;
    return catalog_.create(std::move(object));
  }

  void grant(const std::string& privilege, Kind type, Id object, Id grantee, bool option, Id grantor) {
    Grant g;
    g.privilege = privilege, g.type = type, g.object = object, g.grantee = grantee, g.option = option,
    g.grantor = grantor;
    g.created_ms = now_;
    catalog_.add_grant(std::move(g));
  }

  // System roles have no owner, and their memberships are the SYSTEM role's (docs: security-access-control-overview).
  void roles() {
    constexpr std::pair<const char*, const char*> kComments[] = {
        {"ACCOUNTADMIN", "Account administrator can manage all aspects of the account."},
        {"ORGADMIN", "Organization administrator role"},
        {"PUBLIC", "Public role is automatically available to every user in the account."},
        {"SECURITYADMIN", "Security administrator can manage security aspects of the account."},
        {"SYSADMIN", "System administrator can create and manage databases and warehouses."},
        {"USERADMIN", "User administrator can create and manage users and roles"},
    };
    for (const auto& [name, comment] : kComments) {
      roles_[name] = add(Kind::Role, account_, name, kNobody);
      catalog_.edit(roles_[name]).props["COMMENT"] = comment;
    }
    const auto below = [this](const char* child, const char* parent) {
      grant("USAGE", Kind::Role, roles_.at(child), roles_.at(parent), false, kNobody);
    };
    below("SYSADMIN", "ACCOUNTADMIN");
    below("SECURITYADMIN", "ACCOUNTADMIN");
    below("USERADMIN", "SECURITYADMIN");
  }

  void privileges() {
    const std::map<std::string, const char*> special = {{"MANAGE GRANTS", "SECURITYADMIN"},
                                                        {"CREATE ROLE", "USERADMIN"},
                                                        {"CREATE USER", "USERADMIN"},
                                                        {"CREATE DATABASE", "SYSADMIN"},
                                                        {"CREATE WAREHOUSE", "SYSADMIN"}};
    for (const std::string& privilege : privileges_of(Kind::Account)) {
      const auto found = special.find(privilege);
      const char* role = found == special.end() ? "ACCOUNTADMIN" : found->second;
      grant(privilege, Kind::Account, account_, roles_.at(role), true, kNobody);
    }
  }

  void snowflake_database() {
    const Id database = add(Kind::Database, account_, "SNOWFLAKE", kNobody);
    catalog_.edit(database).props = {{"KIND", "APPLICATION"}, {"ORIGIN", "SNOWFLAKE.ACCOUNT_USAGE"}};
    catalog_.edit(database).params = {{"DATA_RETENTION_TIME_IN_DAYS", "0"}};
    for (const char* schema : {"ACCOUNT_USAGE", "CORE", "INFORMATION_SCHEMA"})
      add(Kind::Schema, database, schema, kNobody);
    grant("USAGE", Kind::Database, database, roles_.at("ACCOUNTADMIN"), false, kNobody);
    // Of its database roles the one that the sandbox asks for (docs: snowflake-db-roles).
    const Id classification = add(Kind::DatabaseRole, database, "CLASSIFICATION_ADMIN", kNobody);
    grant("USAGE", Kind::DatabaseRole, classification, roles_.at("ACCOUNTADMIN"), false, kNobody);
  }

  void user(Id admin) {
    const Id mesh = add(Kind::User, account_, "MESH", admin);
    catalog_.edit(mesh).props = {{"LOGIN_NAME", "MESH"},
                                 {"DISPLAY_NAME", "MESH"},
                                 {"TYPE", "SERVICE"},
                                 {"DEFAULT_ROLE", "ACCOUNTADMIN"},
                                 {"DEFAULT_WAREHOUSE", "COMPUTE_WH"},
                                 {"DEFAULT_SECONDARY_ROLES", "[]"},
                                 {"COMMENT", "The key of the sandbox's client belongs to this user"}};
    grant("USAGE", Kind::Role, roles_.at("ACCOUNTADMIN"), mesh, false, kNobody);
  }

  Catalog& catalog_;
  int64_t now_;
  Id account_ = 0;
  std::map<std::string, Id> roles_;
};

}  // namespace

Id create_account(Catalog& catalog, const std::string& name, int64_t now) {
  return FreshAccount(catalog, name, now).build();
}

}  // namespace mesh::sandbox
