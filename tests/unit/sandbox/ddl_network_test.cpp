#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

TestAccount account() {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s",
                 "CREATE NETWORK RULE d.s.office TYPE = IPV4 VALUE_LIST = ('10.0.0.2', '10.0.0.1') COMMENT = 'x'"})
              .empty());
  return a;
}

}  // namespace

TEST_CASE("a network rule is listed without its values, and described with them", "[ddl][network]") {
  auto a = account();
  CHECK(a.header("SHOW NETWORK RULES IN SCHEMA d.s") ==
        "created_on name database_name schema_name owner comment type mode entries_in_valuelist owner_role_type");
  CHECK(a.rows("SHOW NETWORK RULES IN DATABASE d", {"name", "type", "mode", "entries_in_valuelist", "comment"}) ==
        "OFFICE|IPV4|INGRESS|2|x");
  CHECK(a.header("DESC NETWORK RULE d.s.office") ==
        "created_on name database_name schema_name owner comment type mode value_list");
  CHECK(a.rows("DESC NETWORK RULE d.s.office", {"value_list"}) == "10.0.0.2,10.0.0.1");
  REQUIRE(a.all({"ALTER NETWORK RULE d.s.office SET VALUE_LIST = ('10.0.0.0/8') COMMENT = 'y'"}).empty());
  CHECK(a.rows("DESC NETWORK RULE d.s.office", {"value_list", "comment"}) == "10.0.0.0/8|y");
  REQUIRE(
      a.all({"ALTER NETWORK RULE d.s.office UNSET COMMENT", "ALTER NETWORK RULE d.s.office UNSET VALUE_LIST"}).empty());
  CHECK(a.rows("DESC NETWORK RULE d.s.office", {"value_list", "comment"}) == "|");
  CHECK(a.run("CREATE NETWORK RULE d.s.r TYPE = IPV9 VALUE_LIST = ()").substr(0, 6) == "001422");
  CHECK(a.run("CREATE NETWORK RULE d.s.r TYPE = IPV4").substr(0, 6) == "001003");
  CHECK(a.run("ALTER NETWORK RULE d.s.office SET TYPE = IPV6").substr(0, 6) == "001003");
  CHECK(a.run("ALTER NETWORK RULE d.s.office RENAME TO d.s.home").substr(0, 6) == "001003");
}

TEST_CASE("a network policy keeps rules in full, and leaves empty lists out", "[ddl][network]") {
  auto a = account();
  CHECK(a.run("CREATE NETWORK POLICY door ALLOWED_NETWORK_RULE_LIST = ('d.s.office') BLOCKED_IP_LIST = ('10.0.9.9')") ==
        "Network policy DOOR successfully created.");
  CHECK(a.header("SHOW NETWORK POLICIES") ==
        "created_on name comment entries_in_allowed_ip_list entries_in_blocked_ip_list "
        "entries_in_allowed_network_rules entries_in_blocked_network_rules");
  CHECK(a.rows("SHOW NETWORK POLICIES", {"name", "entries_in_blocked_ip_list", "entries_in_allowed_network_rules"}) ==
        "DOOR|1|1");
  CHECK(a.run("DESCRIBE NETWORK POLICY door") ==
        "ALLOWED_NETWORK_RULE_LIST|[{\"fullyQualifiedRuleName\":\"D.S.OFFICE\"}]\nBLOCKED_IP_LIST|10.0.9.9");
  REQUIRE(a.all({"ALTER NETWORK POLICY door UNSET BLOCKED_IP_LIST",
                 "ALTER NETWORK POLICY door SET ALLOWED_IP_LIST = ('10.0.0.1', '10.0.0.2')",
                 "ALTER NETWORK POLICY door RENAME TO gate"})
              .empty());
  CHECK(a.run("DESC NETWORK POLICY gate") ==
        "ALLOWED_NETWORK_RULE_LIST|[{\"fullyQualifiedRuleName\":\"D.S.OFFICE\"}]\nALLOWED_IP_LIST|10.0.0.1,10.0.0.2");
  CHECK(a.run("CREATE NETWORK POLICY p ALLOWED_NETWORK_RULE_LIST = ('d.s.nothing')").substr(0, 6) == "002003");
  CHECK(a.run("ALTER NETWORK POLICY gate UNSET SIZE").substr(0, 6) == "001420");
}
