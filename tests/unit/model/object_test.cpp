#include "mesh/model/object.hpp"

#include <catch2/catch.hpp>

#include "mesh/model/grants.hpp"
#include "mesh/model/ledger.hpp"

using namespace mesh;

TEST_CASE("addresses are read and printed") {
  struct Row {
    const char *written, *printed;
    KindId kind;
  };
  for (const auto& row : {
           Row{"table sales.orders.orders", "table SALES.ORDERS.ORDERS", KindId::Table},
           Row{"view A.B.\"c d\"", "view A.B.\"c d\"", KindId::View},
           Row{"warehouse SALES_WH", "warehouse SALES_WH", KindId::Warehouse},
           Row{"database role A.B", "database role A.B", KindId::DatabaseRole},
           Row{"DATABASE_ROLE A.B", "database role A.B", KindId::DatabaseRole},
           Row{"database role", "database ROLE", KindId::Database},
           Row{"database A", "database A", KindId::Database},
           Row{"schema A.\"select\"", "schema A.\"select\"", KindId::Schema},
           Row{"schema A.\"SELECT\"", "schema A.\"SELECT\"", KindId::Schema},
           Row{"role R", "role R", KindId::Role},
           Row{"  role   R ", "role R", KindId::Role},
       }) {
    INFO(row.written);
    const auto id = parse_address(row.written);
    REQUIRE(id);
    CHECK(id->kind == row.kind);
    CHECK(id->address() == row.printed);
    const auto again = parse_address(id->address());
    REQUIRE(again);
    CHECK(*again == *id);
  }
}

TEST_CASE("what is no address is refused, and told how") {
  struct Row {
    const char *written, *told;
  };
  for (const auto& row : {
           Row{"SALES.ORDERS", "begins with a kind"},
           Row{"tabel A.B.C", "is it a table?"},
           Row{"table", "begins with a kind"},
           Row{"table A.B", "three names"},
           Row{"database role A", "two names"},
           Row{"role A.B", "its name alone"},
           Row{"table A.B.c-d", "double quotes"},
       }) {
    INFO(row.written);
    const auto id = parse_address(row.written);
    REQUIRE_FALSE(id);
    CHECK_THAT(id.error().message, Catch::Contains(row.told));
  }
}

TEST_CASE("kinds are found by their words") {
  CHECK(kind_from_words("Database Role") == KindId::DatabaseRole);
  CHECK(kind_from_words("database_role") == KindId::DatabaseRole);
  CHECK(kind_from_words("VIEW") == KindId::View);
  CHECK_FALSE(kind_from_words("tables").has_value());
  CHECK_FALSE(kind_from_words("").has_value());
}

TEST_CASE("functions are addressed with their arguments' types") {
  CHECK(parse_address("function a.b.f(int, Varchar(10))")->address() == "function A.B.F(NUMBER, VARCHAR)");
  CHECK(parse_address("procedure A.B.\"p (x\" ( )")->address() == "procedure A.B.\"p (x\"()");
  CHECK(*parse_address("function A.B.F(NUMBER)") != *parse_address("function A.B.F(FLOAT)"));
  CHECK(*parse_address("function A.B.F(DECIMAL(10,2))") == *parse_address("function A.B.F(NUMBER)"));
  CHECK(parse_address("function A.B.F").error().message.find("types of its arguments, A.B.F(NUMBER)") !=
        std::string::npos);
  CHECK(parse_address("function A.B.F(NUMBR)").error().message.find("did you mean NUMBER") != std::string::npos);
  CHECK_FALSE(parse_address("function A.B.F(NUMBER").ok());
  CHECK_FALSE(parse_address("function A.F(NUMBER)").ok());
  CHECK_FALSE(parse_address("table A.B.F(NUMBER)").ok());
}

TEST_CASE("grantees are read and printed") {
  struct Row {
    const char *written, *printed;
    GranteeType type;
  };
  for (const auto& row : {
           Row{"sales_engineer", "role SALES_ENGINEER", GranteeType::Role},
           Row{"role R", "role R", GranteeType::Role},
           Row{"ROLE r", "role R", GranteeType::Role},
           Row{"\"role x\"", "role \"role x\"", GranteeType::Role},
           Row{"role", "role ROLE", GranteeType::Role},
           Row{"database role D.R", "database role D.R", GranteeType::DatabaseRole},
           Row{"share S", "share S", GranteeType::Share},
           Row{"user \"joe@x\"", "user \"joe@x\"", GranteeType::User},
           Row{"shared", "role SHARED", GranteeType::Role},
       }) {
    INFO(row.written);
    const auto grantee = parse_grantee(row.written);
    REQUIRE(grantee);
    CHECK(grantee->type == row.type);
    CHECK(grantee->display() == row.printed);
    CHECK(*parse_grantee(grantee->display()) == *grantee);
  }
  for (const auto* bad : {"", "role A.B", "A.B", "database role R", "share A.B", "group X"}) {
    INFO(bad);
    CHECK_FALSE(parse_grantee(bad));
  }
}

TEST_CASE("grants and memberships have addresses") {
  const auto role = *parse_grantee("R");
  const auto schema = *parse_address("schema A.B");
  CHECK(GrantKey{{TargetForm::Object, *parse_address("table A.B.C")}, role, "SELECT"}.address() ==
        "grant SELECT on table A.B.C to role R");
  CHECK(GrantKey{{TargetForm::Account, {}}, role, "CREATE DATABASE"}.address() ==
        "grant CREATE DATABASE on account to role R");
  CHECK(
      GrantKey{{TargetForm::FutureIn, schema, KindId::View}, *parse_grantee("database role A.X"), "SELECT"}.address() ==
      "grant SELECT on future views in schema A.B to database role A.X");
  CHECK(GrantTarget{TargetForm::PresentIn, schema, KindId::DatabaseRole}.display() == "database roles in schema A.B");
  CHECK(MembershipKey{*parse_address("role A"), *parse_grantee("B")}.address() == "grant role A to role B");
  CHECK(MembershipKey{*parse_address("database role D.A"), *parse_grantee("B")}.address() ==
        "grant database role D.A to role B");
}

TEST_CASE("the ledger is asked by id") {
  Ledger ledger;
  ledger.entries["table A.B.C"] = LedgerEntry{"table A.B.C", "sales", true};
  ledger.entries["table A.B.D"] = LedgerEntry{"table A.B.D", "sales", false};
  CHECK(ledger.made(*parse_address("table A.B.C")));
  CHECK_FALSE(ledger.made(*parse_address("table A.B.D")));
  CHECK(ledger.find(*parse_address("table A.B.D"))->domain == "sales");
  CHECK(ledger.find(*parse_address("view A.B.C")) == nullptr);
}
