#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

TEST_CASE("databases are born with two schemas and answer as recorded", "[ddl]") {
  TestAccount a;
  CHECK(a.run("create database sales data_retention_time_in_days = 7 comment = 'it''s'") ==
        "Database SALES successfully created.");
  CHECK(a.run("CREATE DATABASE SALES") == "002002 42710 SQL compilation error:\nObject 'SALES' already exists.");
  CHECK(a.run("create database if not exists Sales") == "SALES already exists, statement succeeded.");
  CHECK(a.rows("SHOW DATABASES LIKE 'sal%'", {"name", "owner", "comment", "options", "retention_time", "kind", "origin",
                                              "owner_role_type"}) == "SALES|ACCOUNTADMIN|it's||7|STANDARD||ROLE");
  CHECK(a.rows("SHOW SCHEMAS IN DATABASE SALES", {"name", "owner", "comment", "retention_time", "database_name"}) ==
        "INFORMATION_SCHEMA||Views describing the contents of schemas in this "
        "database|7|SALES\nPUBLIC|ACCOUNTADMIN||7|SALES");
  CHECK(a.session.database == "SALES");
  CHECK(a.session.schema == "PUBLIC");
  CHECK(a.run("DROP DATABASE sales") == "SALES successfully dropped.");
  CHECK(a.run("DROP DATABASE IF EXISTS sales") == "Drop statement executed successfully (SALES already dropped).");
  CHECK(a.run("DROP DATABASE IF EXISTS \"sales\"") == "Drop statement executed successfully (sales already dropped).");
  CHECK(a.run("DROP DATABASE sales") ==
        "002003 02000 SQL compilation error:\nDatabase 'SALES' does not exist or not authorized. Your primary role "
        "ACCOUNTADMIN must have "
        "USAGE or any other privilege granted on DATABASE SALES.");
  CHECK(a.run("UNDROP DATABASE sales") == "Database SALES successfully restored.");
  CHECK(a.rows("SHOW DATABASES", {"name", "kind", "owner", "retention_time"}) ==
        "SALES|STANDARD|ACCOUNTADMIN|7\nSNOWFLAKE|APPLICATION||0");
}

TEST_CASE("SHOW keeps to LIKE, STARTS WITH, LIMIT and TERSE", "[ddl][show]") {
  TestAccount a;
  REQUIRE(
      a.all({"create database a1", "create database a2", "create database \"a3\"", "create transient database \"A%_\""})
          .empty());
  CHECK(a.rows("SHOW DATABASES LIKE 'A_'", {"name"}) == "A1\nA2\na3");
  CHECK(a.rows("SHOW DATABASES LIKE 'a\\\\%\\\\_'", {"name", "options"}) == "A%_|TRANSIENT");
  CHECK(a.rows("SHOW DATABASES STARTS WITH 'a'", {"name"}) == "a3");
  CHECK(a.rows("SHOW DATABASES LIMIT 2 FROM 'A1'", {"name"}) == "A2\nSNOWFLAKE");
  CHECK(a.header("SHOW TERSE DATABASES") == "created_on name kind database_name schema_name");
  CHECK(a.run("SHOW DATABASES LIMIT 10001").substr(0, 6) == "001491");
  CHECK(a.rows("DROP DATABASE a1", {}) == "A1 successfully dropped.");
  CHECK(a.rows("SHOW DATABASES HISTORY LIKE 'a1'", {"name", "kind"}) == "A1|STANDARD");
  CHECK(a.header("SHOW DATABASES HISTORY").find("dropped_on") != std::string::npos);
  CHECK(a.header("SHOW DATABASES").find("dropped_on") == std::string::npos);
}

TEST_CASE("parameters are inherited and tell their level", "[ddl][parameters]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create schema d.s"}).empty());
  const auto show = [&](const std::string& in) {
    return a.rows("SHOW PARAMETERS LIKE 'data_retention_time_in_days' IN " + in,
                  {"key", "value", "default", "level", "type"});
  };
  CHECK(show("SCHEMA d.s") == "DATA_RETENTION_TIME_IN_DAYS|1|1||NUMBER");
  REQUIRE(a.all({"alter account set data_retention_time_in_days = 2"}).empty());
  CHECK(show("SCHEMA d.s") == "DATA_RETENTION_TIME_IN_DAYS|2|1|ACCOUNT|NUMBER");
  REQUIRE(a.all({"alter database d set data_retention_time_in_days = 3"}).empty());
  CHECK(show("SCHEMA d.s") == "DATA_RETENTION_TIME_IN_DAYS|3|1|DATABASE|NUMBER");
  REQUIRE(a.all({"alter schema d.s set data_retention_time_in_days = 4, log_level = warn"}).empty());
  CHECK(show("SCHEMA d.s") == "DATA_RETENTION_TIME_IN_DAYS|4|1|SCHEMA|NUMBER");
  CHECK(a.rows("SHOW PARAMETERS LIKE 'LOG_LEVEL' FOR SCHEMA d.s", {"value", "level", "type"}) == "WARN|SCHEMA|STRING");
  REQUIRE(
      a.all({"alter schema d.s unset data_retention_time_in_days, log_level",
             "alter database d unset data_retention_time_in_days", "alter account unset data_retention_time_in_days"})
          .empty());
  CHECK(show("SCHEMA d.s") == "DATA_RETENTION_TIME_IN_DAYS|1|1||NUMBER");
  CHECK(a.run("alter database d set data_retention_time_in_days = -1") ==
        "001008 22023 SQL compilation error:\ninvalid value [-1] for parameter 'DATA_RETENTION_TIME_IN_DAYS'");
  CHECK(a.run("alter database d set nonsense = 1") ==
        "001420 22023 SQL compilation error:\ninvalid property 'NONSENSE' for 'DATABASE'");
  CHECK(a.rows("SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE'", {"value", "default", "level", "type"}) ==
        "false|false||BOOLEAN");
  CHECK(a.rows("SHOW PARAMETERS LIKE 'FEATURE_RBAC_INHERITED_GRANTS' IN ACCOUNT", {"value", "level"}) == "DISABLED|");
  CHECK(a.header("SHOW PARAMETERS") == "key value default level description type");
}

TEST_CASE("schemas know managed access and may move", "[ddl]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create database e", "create transient database t"}).empty());
  CHECK(a.run("create schema d.s with managed access comment = 'x'") == "Schema S successfully created.");
  CHECK(a.rows("SHOW SCHEMAS LIKE 's' IN DATABASE d", {"name", "options", "comment"}) == "S|MANAGED ACCESS|x");
  CHECK(a.run("alter schema d.s disable managed access") == "Statement executed successfully.");
  CHECK(a.run("alter schema d.s enable managed access") == "Statement executed successfully.");
  CHECK(a.run("create or alter schema d.s comment = 'y'") == "Schema S successfully created.");
  CHECK(a.rows("SHOW SCHEMAS LIKE 's' IN d", {"options", "comment"}) == "|y");
  CHECK(a.run("alter schema d.s rename to e.s2") == "Statement executed successfully.");
  CHECK(a.rows("SHOW SCHEMAS LIKE 's2' IN ACCOUNT", {"database_name"}) == "E");
  REQUIRE(a.all({"create schema t.x"}).empty());
  CHECK(a.rows("SHOW SCHEMAS LIKE 'x' IN ACCOUNT", {"options"}) == "TRANSIENT");
  CHECK(a.run("create schema t.y data_retention_time_in_days = 2").substr(0, 12) == "001008 22023");
  CHECK(a.run("SHOW SCHEMAS IN DATABASE nosuch") ==
        "002043 02000 SQL compilation error:\nObject does not exist, or operation cannot be performed.");
  CHECK(a.run("create schema nosuch.s").substr(0, 65) ==
        "002003 02000 SQL compilation error:\nDatabase 'NOSUCH' does not ex");
  CHECK(a.run("drop schema e.s2") == "S2 successfully dropped.");
  CHECK(a.run("undrop schema e.s2") == "Schema S2 successfully restored.");
}

TEST_CASE("renaming to a taken name is refused, also to the own name", "[ddl]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create database e"}).empty());
  CHECK(a.run("alter database d rename to e").substr(0, 12) == "002002 42710");
  CHECK(a.run("alter database d rename to d").substr(0, 12) == "002002 42710");
  CHECK(a.run("alter database d rename to \"f g\"") == "Statement executed successfully.");
  CHECK(a.rows("SHOW DATABASES LIKE 'f g'", {"name"}) == "f g");
  CHECK(a.run("alter database if exists nosuch rename to x") == "Statement executed successfully.");
}

TEST_CASE("comments are set and taken away", "[ddl]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "comment on database d is 'one'"}).empty());
  CHECK(a.rows("SHOW DATABASES LIKE 'd'", {"comment"}) == "one");
  REQUIRE(a.all({"alter database d set comment = 'two'"}).empty());
  CHECK(a.rows("SHOW DATABASES LIKE 'd'", {"comment"}) == "two");
  REQUIRE(a.all({"alter database d unset comment"}).empty());
  CHECK(a.rows("SHOW DATABASES LIKE 'd'", {"comment"}).empty());
  CHECK(a.run("comment if exists on table d.public.t is 'x'") == "Statement executed successfully.");
}

TEST_CASE("warehouses echo sizes, defaults and states", "[ddl][warehouse]") {
  TestAccount a;
  const std::vector<std::string> columns = {"name",
                                            "state",
                                            "type",
                                            "size",
                                            "min_cluster_count",
                                            "max_cluster_count",
                                            "auto_suspend",
                                            "auto_resume",
                                            "scaling_policy",
                                            "resource_monitor",
                                            "enable_query_acceleration",
                                            "generation"};
  CHECK(a.run("create warehouse w with warehouse_size = 'XXLARGE', auto_suspend = 60 initially_suspended = true "
              "comment = 'c'") == "Warehouse W successfully created.");
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", columns) ==
        "W|SUSPENDED|STANDARD|2X-Large|1|1|60|true|STANDARD|null|true|2");
  for (const auto& [written, shown] : std::vector<std::pair<std::string, std::string>>{{"XSMALL", "X-Small"},
                                                                                       {"'X-SMALL'", "X-Small"},
                                                                                       {"small", "Small"},
                                                                                       {"X3LARGE", "3X-Large"},
                                                                                       {"'4X-Large'", "4X-Large"}}) {
    INFO(written);
    REQUIRE(a.run("alter warehouse w set warehouse_size = " + written) == "Statement executed successfully.");
    CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", {"size"}) == shown);
  }
  CHECK(a.run("alter warehouse w set warehouse_size = HUGE") ==
        "001422 22023 SQL compilation error: invalid value 'HUGE' for property 'WAREHOUSE_SIZE'");
  REQUIRE(a.all({"alter warehouse w unset auto_suspend, comment"}).empty());
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", {"auto_suspend", "comment"}) == "0|");
  REQUIRE(a.all({"alter warehouse w set auto_suspend = null"}).empty());
  CHECK(a.rows("SHOW WAREHOUSES LIKE 'w'", {"auto_suspend"}) == "-");
  CHECK(a.run("alter warehouse w resume") == "Statement executed successfully.");
  CHECK(a.run("alter warehouse w resume") == "090063 22000 Invalid state. Warehouse 'W' cannot be resumed.");
  CHECK(a.run("alter warehouse w resume if suspended") == "Statement executed successfully.");
  CHECK(a.run("alter warehouse w suspend") == "Statement executed successfully.");
  CHECK(a.run("alter warehouse w suspend") == "090064 22000 Invalid state. Warehouse 'W' cannot be suspended.");
  CHECK(a.run("alter warehouse w set max_cluster_count = 2 min_cluster_count = 3").substr(0, 6) == "001425");
  REQUIRE(a.all({"alter warehouse w set max_concurrency_level = 4", "alter warehouse w rename to w2"}).empty());
  CHECK(a.rows("SHOW PARAMETERS IN WAREHOUSE w2", {"key", "value", "level"}) ==
        "MAX_CONCURRENCY_LEVEL|4|WAREHOUSE\nSTATEMENT_QUEUED_TIMEOUT_IN_SECONDS|0|\nSTATEMENT_TIMEOUT_IN_SECONDS|"
        "172800|");
  CHECK(a.run("drop warehouse w2") == "W2 successfully dropped.");
  REQUIRE(a.all({"create warehouse s warehouse_type = 'SNOWPARK-OPTIMIZED'"}).empty());
  CHECK(a.rows("SHOW WAREHOUSES LIKE 's'", {"type", "size", "resource_constraint", "generation"}) ==
        "SNOWPARK-OPTIMIZED|Medium|MEMORY_16X|-");
}

TEST_CASE("roles and database roles", "[ddl][role]") {
  TestAccount a;
  REQUIRE(a.all({"create database d"}).empty());
  CHECK(a.run("create role r comment = 'x'") == "Role R successfully created.");
  CHECK(a.run("create database role d.dr") == "Database role DR successfully created.");
  CHECK(a.run("create or alter role r") == "Role R successfully created.");
  CHECK(a.rows("SHOW ROLES LIKE 'r'", {"name", "owner", "comment", "assigned_to_users", "granted_to_roles",
                                       "granted_roles"}) == "R|ACCOUNTADMIN||0|0|0");
  CHECK(a.rows("SHOW ROLES LIKE 'sysadmin'", {"owner", "granted_to_roles", "is_inherited", "is_current"}) == "|1|Y|N");
  CHECK(a.rows("SHOW DATABASE ROLES IN DATABASE d", {"name", "owner", "granted_to_roles", "owner_role_type"}) ==
        "DR|ACCOUNTADMIN|0|ROLE");
  CHECK(a.run("SHOW DATABASE ROLES").substr(0, 6) == "001003");
  CHECK(a.run("alter database role d.dr rename to d.dr2") == "Statement executed successfully.");
  CHECK(a.run("alter role r rename to r2") == "Statement executed successfully.");
  CHECK(a.run("drop role r2") == "R2 successfully dropped.");
  CHECK(a.run("drop role sysadmin") ==
        "003001 42501 SQL access control error:\nInsufficient privileges to operate on role 'SYSADMIN'.");
  CHECK(a.run("drop role nosuch") ==
        "002003 02000 SQL compilation error:\nRole 'NOSUCH' does not exist or not authorized.");
  CHECK(a.run("drop database role d.nosuch") ==
        "002003 02000 SQL compilation error:\nDatabase role 'D.NOSUCH' does not exist or not authorized.");
}

// create-user, WORKLOAD_IDENTITY; workload-identity-federation. What is refused has no documented code or text.
TEST_CASE("service users may have a workload identity", "[ddl][user]") {
  TestAccount a;
  const std::string oidc = "workload_identity = (type = oidc issuer = 'https://i' subject = 'repo:o/r:environment:e'";
  CHECK(a.run("create user u " + oidc +
              " oidc_audience_list = ('a', 'b')) type = service default_role = r comment = 'c'") ==
        "User U successfully created.");
  CHECK(a.rows("SHOW USERS LIKE 'u'", {"type", "default_role", "comment", "has_workload_identity"}) ==
        "SERVICE|R|c|true");
  CHECK(a.rows("DESC USER u", {"property", "value"}).find("HAS_WORKLOAD_IDENTITY|true") != std::string::npos);
  // Issuer and subject together are one user's.
  CHECK(a.run("create user v type = service " + oidc + ")").substr(0, 6) == "002002");
  CHECK(a.run("create user v type = service workload_identity = (type = aws arn = 'arn:aws:iam::1:user/u')") ==
        "User V successfully created.");
  CHECK(a.run("create user p type = person workload_identity = (type = gcp subject = '1')").substr(0, 6) == "001422");
  CHECK(a.run("create user p type = service workload_identity = (type = oidc issuer = 'https://i')").substr(0, 6) ==
        "001422");
  CHECK(
      a.run("create user p type = service workload_identity = (type = gcp subject = '1' issuer = 'i')").substr(0, 6) ==
      "001420");
  CHECK(a.run("create user p type = service workload_identity = (type = okta subject = '1')").substr(0, 6) == "001422");
  CHECK(a.run("create user p type = service workload_identity = (type = gcp").substr(0, 6) == "001003");
  CHECK(a.run("alter user u unset workload_identity") == "Statement executed successfully.");
  CHECK(a.rows("SHOW USERS LIKE 'u'", {"has_workload_identity"}) == "false");
  REQUIRE(a.all({"create role keys", "grant role keys to user mesh", "create role none", "grant role none to user mesh",
                 "grant modify programmatic authentication methods on user u to role keys"})
              .empty());
  CHECK(a.as("KEYS", "alter user u set " + oidc + ")") == "Statement executed successfully.");
  CHECK(a.as("NONE", "alter user u set " + oidc + ")").substr(0, 6) == "003001");
}

TEST_CASE("users keep names, defaults and keys", "[ddl][user]") {
  TestAccount a;
  // openssl genrsa 2048 | openssl rsa -pubout -outform DER | base64
  const std::string key =
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAw0e5bTRy9e6tu9c86R2KN/2pKSeN00MvlJscrG0CX0PvN0IILOh+R7BF"
      "S1SXqTAWlO4VsCZ+4Eu2C1dxuCvFwuurtFH/oJlOtIRTo0foGIGgiewlihIAaOMayCDXD/z6HDw4Z5vbsm6Ir9GAif/iuVwX3dIX"
      "FGZUjrJwOhRo5CXlI5/GjGLTkqUsz9yZY2MfEWqRzV2Y0n5wLo+UBoWtvzZLeszAIWLsG+YceFkC1WYjbQR3GvSEiq3MKbb8+SOC"
      "IT8gdXBnKQ95B1dRb+jt1YOgYBHFs+CaouByvWZreCqEYe76A+CBd70m+FGj96eANoQFnI1PC5RXStJ7x7wHpwIDAQAB";
  CHECK(a.run("create user svc type = service login_name = 'svc_login' default_role = r default_warehouse = \"w h\" "
              "default_namespace = db.sch default_secondary_roles = () comment = 'c'") ==
        "User SVC successfully created.");
  CHECK(a.rows("SHOW USERS LIKE 'svc'",
               {"name", "login_name", "display_name", "default_role", "default_warehouse", "default_namespace",
                "default_secondary_roles", "type", "disabled", "has_rsa_public_key", "owner"}) ==
        "SVC|SVC_LOGIN|SVC|R|w h|DB.SCH|[]|SERVICE|false|false|ACCOUNTADMIN");
  CHECK(a.run("alter user svc set first_name = 'x'").find("Cannot set FIRST_NAME on users with TYPE=SERVICE.") !=
        std::string::npos);
  CHECK(a.run("alter user svc set rsa_public_key = '-----BEGIN PUBLIC KEY-----'").substr(0, 12) == "003002 28P01");
  CHECK(a.run("alter user svc set rsa_public_key = '" + key + "'") == "Statement executed successfully.");
  const std::string described = a.rows("DESC USER svc", {"property", "value"});
  CHECK(described.find("RSA_PUBLIC_KEY|" + key) != std::string::npos);
  CHECK(described.find("RSA_PUBLIC_KEY_FP|SHA256:cHagkk5oLly3U6w2djikC1oRHxDDpYSSmoltvXf3wC8=") != std::string::npos);
  CHECK(described.find("EMAIL|null") != std::string::npos);
  CHECK(a.rows("SHOW USERS LIKE 'svc'", {"has_rsa_public_key"}) == "true");
  CHECK(a.run("alter user svc set default_secondary_roles = ('ALL')") == "Statement executed successfully.");
  CHECK(a.rows("SHOW USERS LIKE 'svc'", {"default_secondary_roles"}) == "[\"ALL\"]");
  CHECK(a.run("alter user svc unset display_name, rsa_public_key") == "Statement executed successfully.");
  CHECK(a.rows("SHOW USERS LIKE 'svc'", {"display_name", "has_rsa_public_key"}) == "|false");
  CHECK(a.run("create user p") == "User P successfully created.");
  CHECK(a.rows("SHOW USERS LIKE 'p'", {"login_name", "type", "default_secondary_roles"}) == "P|PERSON|[\"ALL\"]");
  CHECK(a.run("create user q login_name = 'p'").substr(0, 6) == "002002");
  CHECK(a.run("drop user p") == "P successfully dropped.");
  // Only the name is for everyone to see.
  CHECK(a.rows_as("PUBLIC", "SHOW USERS LIKE 'svc'", {"name", "login_name", "type", "comment"}) == "SVC|-|-|-");
}

TEST_CASE("what is not known is refused by name", "[ddl]") {
  TestAccount a;
  CHECK(a.run("CREATE SECRET s") == "000002 0A000 Unsupported feature 'CREATE SECRET'.");
  CHECK(a.run("CALL p()") == "000002 0A000 Unsupported feature 'CALL'.");
  CHECK(a.run("SELEC 1") ==
        "001003 42000 SQL compilation error:\nsyntax error line 1 at position 0 unexpected 'SELEC'.");
  CHECK(a.run("CREATE DATABASE d\n  WITH x") ==
        "001003 42000 SQL compilation error:\nsyntax error line 2 at position 2 unexpected 'WITH'.");
  CHECK(a.run("DROP DATABASE") ==
        "001003 42000 SQL compilation error:\nsyntax error line 1 at position 13 unexpected '<EOF>'.");
  CHECK(a.run("-- nothing").substr(0, 6) == "000900");
  CHECK(a.run("CREATE DATABASE d").substr(0, 8) == "Database");
}

TEST_CASE("a session's context is changed by USE and forgotten on failure", "[ddl][session]") {
  TestAccount a;
  REQUIRE(
      a.all({"create database d", "create schema d.s", "create role r", "use role sysadmin", "use role accountadmin"})
          .empty());
  CHECK(a.run("use role r") ==
        "003013 42501 SQL access control error:\nRequested role 'R' is not assigned to the executing user.  Specify "
        "another role to "
        "activate.");
  CHECK(a.run("use schema d.public") == "Statement executed successfully.");
  CHECK(a.session.schema == "PUBLIC");
  CHECK(a.run("use database nosuch").substr(0, 6) == "002043");
  CHECK(a.run("use secondary roles all") == "Statement executed successfully.");
  CHECK(a.session.secondary_roles_all);
  CHECK(a.run("use secondary roles none") == "Statement executed successfully.");
  CHECK(a.run("alter session set query_tag = 'x' timezone = 'UTC'") == "Statement executed successfully.");
  CHECK(a.session.query_tag == "x");
  CHECK(a.run("use warehouse nosuch").substr(0, 6) == "002043");
  a.session.database.clear();
  CHECK(a.run("create schema x") ==
        "090105 22000 Cannot perform CREATE SCHEMA. This session does not have a current database. Call 'USE "
        "DATABASE', or use a qualified name.");
}

TEST_CASE("visibility and replication are set later, with privileges of their own", "[ddl]") {
  TestAccount a;
  REQUIRE(a.all({"create database d", "create schema d.s", "create role r", "grant role r to user mesh",
                 "grant ownership on database d to role r", "grant ownership on schema d.s to role r"})
              .empty());
  const std::string everyone = "$$\norganization_targets:\n- all_accounts_including_external\n$$";
  CHECK(a.run("create database e object_visibility = privileged").substr(0, 6) == "001420");
  for (const std::string what : {"database d", "schema d.s"}) {
    CHECK(a.as("ACCOUNTADMIN", "alter " + what + " set object_visibility = privileged") ==
          a.as("ACCOUNTADMIN", "alter " + what + " unset object_visibility"));
    CHECK(a.as("R", "alter " + what + " set object_visibility = " + everyone).substr(0, 6) == "003001");
    CHECK(a.as("R", "alter " + what + " set replicable_with_failover_groups = 'NO'").substr(0, 6) == "003001");
  }
  REQUIRE(a.all({"grant manage visibility, replicate on account to role r"}).empty());
  for (const std::string what : {"database d", "schema d.s"}) {
    CHECK(a.as("R", "alter " + what + " set object_visibility = " + everyone) == "Statement executed successfully.");
    CHECK(a.as("R", "alter " + what + " set object_visibility = 'nobody'").substr(0, 6) == "001422");
    CHECK(a.as("R", "alter " + what + " set replicable_with_failover_groups = 'MAYBE'").substr(0, 6) == "001422");
    CHECK(a.as("R", "alter " + what + " set replicable_with_failover_groups = 'NO'") ==
          "Statement executed successfully.");
    CHECK(a.as("R", "alter " + what + " unset object_visibility, replicable_with_failover_groups") ==
          "Statement executed successfully.");
  }
}
