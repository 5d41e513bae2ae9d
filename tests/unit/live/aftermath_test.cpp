#include "mesh/live/aftermath.hpp"

#include <catch2/catch.hpp>

using namespace mesh;
using live::Aftermath;
using live::Gone;

namespace {

GrantKey grant(const char* privilege, const char* address, const char* to) {
  return {{TargetForm::Object, *parse_address(address), KindId::Table}, *parse_grantee(to), privilege};
}

Rows grants_to_role(std::vector<std::vector<std::optional<std::string>>> rows) {
  Rows all;
  all.columns = {"privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by"};
  all.rows = std::move(rows);
  return all;
}

Reply refused(const char* code) {
  StatementError error;
  error.code = code;
  error.message = "no";
  return Failure{std::move(error)};
}

}  // namespace

TEST_CASE("one look at each grantee and container, under each role") {
  const Aftermath aftermath({{grant("SELECT", "table A.B.T", "R"), "DEPLOY"},
                             {grant("INSERT", "table A.B.T", "R"), "DEPLOY"},
                             {MembershipKey{*parse_address("role C"), *parse_grantee("R")}, "DEPLOY"},
                             {grant("SELECT", "table A.B.T", "R"), "OTHER"},
                             {*parse_address("table A.B.X"), "DEPLOY"},
                             {*parse_address("table A.B.Y"), "DEPLOY"}});
  std::vector<std::string> sent;
  for (const auto& query : aftermath.queries()) sent.push_back(query.role + ": " + query.sql);
  CHECK(sent == std::vector<std::string>{R"(DEPLOY: SHOW GRANTS TO ROLE "R")", R"(OTHER: SHOW GRANTS TO ROLE "R")",
                                         R"(DEPLOY: SHOW TABLES IN SCHEMA "A"."B")"});
}

TEST_CASE("what is still there is told with its grantor") {
  const Aftermath aftermath({{grant("SELECT", "view A.B.V", "R"), "DEPLOY"},
                             {grant("INSERT", "table A.B.T", "R"), "DEPLOY"},
                             {grant("USAGE", "database A", "R"), "DEPLOY"}});
  const auto found = aftermath.findings({grants_to_role({
      // Before BCR-2371 a view may come as TABLE.
      {"SELECT", "TABLE", "A.B.V", "ROLE", "R", "false", "OTHER"},
      {"SELECT", "TABLE", "A.B.T", "ROLE", "R", "false", "DEPLOY"},
      {"USAGE", "DATABASE", "A", "ROLE", "R", "false", ""},
  })});
  REQUIRE(found.size() == 3);
  CHECK(found[0].find("role R still holds SELECT on view A.B.V: it is granted by OTHER") == 0);
  CHECK(found[1].empty());
  CHECK(found[2].find("Snowflake itself gave it") != std::string::npos);
}

TEST_CASE("a database role's born USAGE is not still there: it never went") {
  const Aftermath aftermath({{grant("USAGE", "database A", "database role A.R"), "DEPLOY"}});
  CHECK(aftermath.findings({grants_to_role({{"USAGE", "DATABASE", "A", "DATABASE_ROLE", "R", "false", ""}})}) ==
        std::vector<std::string>{""});
}

TEST_CASE("what cannot be looked at: hidden is gone, an answer that did not arrive is not") {
  const std::vector<Gone> gone = {{*parse_address("table A.B.X"), "DEPLOY"}};
  CHECK(Aftermath(gone).findings({refused("002003")}) == std::vector<std::string>{""});
  CHECK(Aftermath(gone).findings({refused("000603")}).front().find("could not be seen") != std::string::npos);
}

TEST_CASE("overloads are told apart by the types of their arguments") {
  const Aftermath aftermath({{*parse_address("function A.B.F(NUMBER)"), "DEPLOY"},
                             {*parse_address("function A.B.F(NUMBER, VARCHAR)"), "DEPLOY"},
                             {*parse_address("procedure A.B.P()"), "DEPLOY"},
                             {grant("USAGE", "function A.B.F(NUMBER)", "R"), "DEPLOY"},
                             {grant("USAGE", "function A.B.F(FLOAT)", "R"), "DEPLOY"}});
  std::vector<std::string> sent;
  for (const auto& query : aftermath.queries()) sent.push_back(query.sql);
  REQUIRE(sent == std::vector<std::string>{R"(SHOW USER FUNCTIONS IN SCHEMA "A"."B")",
                                           R"(SHOW USER PROCEDURES IN SCHEMA "A"."B")", R"(SHOW GRANTS TO ROLE "R")"});
  Rows functions;
  functions.columns = {"name", "schema_name", "arguments", "catalog_name", "is_data_metric"};
  functions.rows = {{"F", "B", "F(VARCHAR) RETURN NUMBER", "A", "N"},
                    {"F", "B", "F(NUMBER, DEFAULT VARCHAR) RETURN NUMBER", "A", "N"}};
  Rows procedures;
  procedures.columns = {"name", "schema_name", "arguments", "catalog_name", "is_builtin"};
  procedures.rows = {{"P", "B", "P(NUMBER) RETURN VARCHAR", "A", "N"}};
  const auto found = aftermath.findings(
      {functions, procedures,
       grants_to_role({{"USAGE", "FUNCTION", "A.B.\"F(A FLOAT):NUMBER(38,0)\"", "ROLE", "R", "false", "OTHER"}})});
  REQUIRE(found.size() == 5);
  CHECK(found[0].empty());
  CHECK(found[1].find("function A.B.F(NUMBER, VARCHAR) is still there") == 0);
  CHECK(found[2].empty());
  CHECK(found[3].empty());
  CHECK(found[4].find("role R still holds USAGE on function A.B.F(FLOAT)") == 0);
}
