// Selectors of apply: what each part means, and where a mistake is shown.
#include "selector.hpp"

#include <catch2/catch.hpp>

using namespace mesh;
using namespace mesh::manifest;

namespace {

Selector parsed(const std::string& text) {
  INFO(text);
  const auto selector = parse_selector(text);
  if (!selector) INFO(selector.error().message);
  REQUIRE(selector.ok());
  return *selector;
}

}  // namespace

TEST_CASE("a selector's parts are read in their order") {
  const auto columns =
      parsed("columns in schema sales.Orders where tag gov.tags.pii = email and tag G.T.\"a = b\" named *MAIL*");
  CHECK_FALSE(columns.kind);
  CHECK(columns.in == Selector::In::Schema);
  CHECK(columns.container.display() == "SALES.ORDERS");
  REQUIRE(columns.where.size() == 2);
  CHECK(columns.where[0].tag.display() == "GOV.TAGS.PII");
  CHECK(columns.where[0].value == "email");
  CHECK(columns.where[1].tag.last().stored() == "a = b");
  CHECK_FALSE(columns.where[1].value);
  CHECK(columns.pattern == "*MAIL*");

  const auto tables = parsed("DYNAMIC TABLES IN DOMAIN sales NAMED \"x*\"");
  CHECK(tables.kind == KindId::DynamicTable);
  CHECK(tables.in == Selector::In::Domain);
  CHECK(tables.domain == "sales");
  CHECK(tables.pattern == "x*");

  CHECK(parsed("warehouses").kind == KindId::Warehouse);
  CHECK(parsed("row_access_policies in database D").container.display() == "D");
  CHECK(parsed("columns where tag A.B.C='it''s fine'").where[0].value == "it's fine");
  CHECK(parsed("columns in table A.B.C named x").pattern == "X");
}

TEST_CASE("a mistake in a selector is shown at its character, with what is allowed") {
  struct Case {
    std::string text, marked, message, help;
  };
  const std::vector<Case> cases = {
      {"colums where tag A.B.C", "colums", "'colums' is nothing that can be selected", "did you mean 'columns'?"},
      {"columns of A.B", "of", "'of' cannot stand here",
       "what may follow: in domain, database or schema; where tag; named PATTERN"},
      {"tables in warehouse W", "warehouse", "domain, database or schema must stand here, not 'warehouse'", ""},
      {"tables in database A.B", "A.B", "'A.B' is not the name of a database in full", "write D"},
      {"tables in schema A", "A", "'A' is not the name of a schema in full", "write D.S"},
      {"warehouses in database D", "database", "warehouses are not in a database", "write in domain NAME, or nothing"},
      {"schemas in schema A.B", "schema", "schemas are not in a schema", "write in database D, or in domain NAME"},
      {"tables in table A.B.C", "table", "only columns are in a table", ""},
      {"columns where PII = email", "PII", "tag, as in where tag D.S.NAME = value, must stand here, not 'PII'", ""},
      {"columns where tag PII", "PII", "'PII' is not the name of a tag in full", "write D.S.NAME"},
      {"columns where tag A.B.C = named X", "named", "a value, or one in single quotes, must stand here, not 'named'",
       ""},
      {"columns where tag A.B.C == x", "=", "'x' cannot stand here", ""},
      {"columns where tag A.B.C = 'x", "'x", "the quote is never closed", ""},
      {"tables named X Y", "Y", "'Y' cannot stand here", "nothing may follow the pattern"},
      {"dynamic tables whose name", "whose", "'whose' cannot stand here", ""},
      {"columns in domain sales or x", "or", "'or' cannot stand here", "what may follow: where tag; named PATTERN"},
  };
  for (const auto& each : cases) {
    INFO(each.text);
    const auto selector = parse_selector(each.text);
    REQUIRE_FALSE(selector.ok());
    const auto& mistake = selector.error();
    CHECK(mistake.message == each.message);
    if (each.text.find("==") == std::string::npos)
      CHECK(each.text.substr(mistake.offset, mistake.length) == each.marked);
    if (!each.help.empty()) CHECK(mistake.help == each.help);
  }
}

TEST_CASE("a selector that ends too soon says what is missing") {
  for (const auto* text :
       {"", "columns in", "columns where tag", "columns where tag A.B.C =", "tables named", "tables in schema"}) {
    INFO(text);
    const auto selector = parse_selector(text);
    REQUIRE_FALSE(selector.ok());
    CHECK(selector.error().message.find("must stand here, not nothing") != std::string::npos);
  }
}
