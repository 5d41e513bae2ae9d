// What policies' bodies come to for a session: by what Snowflake's pages say of their functions, and never by guessing.
#include "mesh/sql/policy_body.hpp"

#include <catch2/catch.hpp>

using namespace mesh::sql;

namespace {

// ANALYST holds READER, and the database role PII of the protected database.
const PolicySession kAnalyst{"ANALYST", [](const std::string& role) { return role == "ANALYST" || role == "READER"; },
                             [](const std::string& role) { return role == "PII"; }};

struct Mask {
  const char* body;
  Masked outcome;
};
struct Filter {
  const char* body;
  Rows outcome;
};

}  // namespace

TEST_CASE("what a masking policy returns, as far as its text tells") {
  const Mask cases[] = {
      {"V", Masked::Never},
      {"'***'", Masked::Always},
      {"NULL", Masked::Always},
      {"CASE WHEN CURRENT_ROLE() IN ('ANALYST', 'X') THEN v ELSE '*' END", Masked::Never},
      {"case when current_role() = 'analyst' then v else '*' end", Masked::Always},  // stored names keep their case
      {"CASE WHEN CURRENT_ROLE() <> 'ANALYST' THEN V ELSE '*' END", Masked::Always},
      {"CASE CURRENT_ROLE() WHEN 'X' THEN NULL WHEN 'ANALYST' THEN V END", Masked::Never},
      {"CASE WHEN IS_ROLE_IN_SESSION('READER') THEN V ELSE '*' END", Masked::Never},
      {"CASE WHEN NOT IS_ROLE_IN_SESSION('STEWARD') THEN SHA2(V) ELSE V END", Masked::Always},
      {"CASE WHEN IS_DATABASE_ROLE_IN_SESSION('PII') THEN V ELSE '*' END", Masked::Never},
      {"CASE WHEN IS_DATABASE_ROLE_IN_SESSION('D.PII') THEN V ELSE '*' END", Masked::Always},
      {"IFF(IS_ROLE_IN_SESSION('STEWARD') OR CURRENT_ROLE() = 'ANALYST', V, '*')", Masked::Never},
      {"CASE WHEN CURRENT_USER() = 'BOB' THEN V ELSE '*' END", Masked::Unknown},
      {"CASE WHEN CURRENT_USER() = 'BOB' THEN '#' ELSE '*' END", Masked::Always},
      {"CASE WHEN CURRENT_USER() = 'BOB' OR IS_ROLE_IN_SESSION('READER') THEN V ELSE '*' END", Masked::Never},
      {"CASE WHEN W = 'public' THEN V ELSE '*' END", Masked::Unknown},  // by the row
      {"CASE WHEN EXISTS (SELECT 1 FROM A.B.C WHERE D = ')') THEN V ELSE '*' END", Masked::Unknown},
      {"CASE WHEN CURRENT_ROLE() IN (SELECT R FROM A.B.C) THEN V ELSE '*' END", Masked::Unknown},
      {"'***' || V", Masked::Always},
      {"'' || V", Masked::Unknown},
      {"V::VARCHAR", Masked::Never},
      {"LOWER(V)", Masked::Unknown},
      {"REGEXP_REPLACE(V, '.+@', '*@')", Masked::Unknown},
      {"W", Masked::Unknown},  // another column's
      {"CASE WHEN TRUE THEN V", Masked::Unknown},
      {"V V", Masked::Unknown},
      {"", Masked::Unknown},
      {"CASE WHEN NULL THEN V ELSE '*' END -- never", Masked::Always},
      {"CASE WHEN CURRENT_ROLE() NOT IN ('A', 'B') AND (1 = 1) THEN V ELSE '*' END", Masked::Never},
      {"CASE WHEN CURRENT_ROLE() LIKE 'A%' THEN V ELSE '*' END", Masked::Unknown},
  };
  for (const auto& each : cases) {
    INFO(each.body);
    CHECK(masking_of(each.body, {"V", "W"}, kAnalyst) == each.outcome);
  }
}

TEST_CASE("which rows a row access policy lets through, as far as its text tells") {
  const Filter cases[] = {
      {"TRUE", Rows::All},
      {"FALSE", Rows::None},
      {"NULL", Rows::None},
      {"IS_ROLE_IN_SESSION('READER')", Rows::All},
      {"IS_ROLE_IN_SESSION('STEWARD')", Rows::None},
      {"IS_ROLE_IN_SESSION('STEWARD') OR REGION = 'EU'", Rows::Some},
      {"IS_ROLE_IN_SESSION('READER') OR REGION = 'EU'", Rows::All},
      {"IS_ROLE_IN_SESSION('STEWARD') AND REGION = 'EU'", Rows::None},
      {"REGION", Rows::Some},
      {"IS_ROLE_IN_SESSION(REGION)", Rows::Some},
      {"CASE WHEN REGION = 'EU' THEN TRUE ELSE FALSE END", Rows::Some},
      {"CASE WHEN CURRENT_USER() = 'BOB' THEN TRUE ELSE FALSE END", Rows::Unknown},
      {"EXISTS (SELECT 1 FROM A.B.C)", Rows::Unknown},
      {"EXISTS (SELECT 1 FROM A.B.C) AND FALSE", Rows::None},
      {"CURRENT_ROLE() = NULL", Rows::None},
      {"REGION IS NULL", Rows::Some},
      {"REGION IN ('EU', 'US') AND CURRENT_USER() = 'BOB'", Rows::Unknown},
  };
  for (const auto& each : cases) {
    INFO(each.body);
    CHECK(rows_of(each.body, {"REGION"}, kAnalyst) == each.outcome);
  }
}
