#include "mesh/ident/name.hpp"

#include <catch2/catch.hpp>
#include <random>

using mesh::Name;
using mesh::QualifiedName;

TEST_CASE("names are read as SQL reads them") {
  struct Row {
    const char *written, *stored, *sql, *display;
  };
  for (const auto& row : {
           Row{"orders", "ORDERS", "\"ORDERS\"", "ORDERS"},
           Row{"_x$1", "_X$1", "\"_X$1\"", "_X$1"},
           Row{" padded ", "PADDED", "\"PADDED\"", "PADDED"},
           Row{"\"order lines\"", "order lines", "\"order lines\"", "\"order lines\""},
           Row{"\"ORDERS\"", "ORDERS", "\"ORDERS\"", "ORDERS"},
           Row{"\"orders\"", "orders", "\"orders\"", "\"orders\""},
           Row{R"("a""b")", R"(a"b)", R"("a""b")", R"("a""b")"},
           Row{"\"1A\"", "1A", "\"1A\"", "\"1A\""},
           Row{"\"$A\"", "$A", "\"$A\"", "\"$A\""},
           Row{"order", "ORDER", "\"ORDER\"", "\"ORDER\""},
           Row{"\"ab.c\"", "ab.c", "\"ab.c\"", "\"ab.c\""},
           Row{"\"gr\xC3\xBC\xC3\x9F\"", "gr\xC3\xBC\xC3\x9F", "\"gr\xC3\xBC\xC3\x9F\"", "\"gr\xC3\xBC\xC3\x9F\""},
       }) {
    INFO(row.written);
    const auto name = Name::parse(row.written);
    REQUIRE(name);
    CHECK(name->stored() == row.stored);
    CHECK(name->sql() == row.sql);
    CHECK(name->display() == row.display);
  }
}

TEST_CASE("names that SQL would refuse are refused, and told how") {
  struct Row {
    const char *written, *told;
  };
  for (const auto& row : {
           Row{"", "empty"},
           Row{"\"\"", "empty"},
           Row{"1a", "begins with '1'"},
           Row{"$a", "begins with '$'"},
           Row{"a-b", "\"a-b\""},
           Row{"a b", "double quotes"},
           Row{"gr\xC3\xBC\xC3\x9F", "double quotes"},
           Row{"\"a", "no closing quote"},
           Row{"\"a\"b", "follows the closing quote"},
           Row{"a.b", "other characters"},
       }) {
    INFO(row.written);
    const auto name = Name::parse(row.written);
    REQUIRE_FALSE(name);
    CHECK_THAT(name.error().message, Catch::Contains(row.told));
  }
  CHECK(Name::parse(std::string(255, 'a')));
  CHECK_FALSE(Name::parse(std::string(256, 'a')));
  CHECK_FALSE(Name::parse("\"" + std::string(256, ' ') + "\""));
}

TEST_CASE("what SHOW returns is taken as it is") {
  for (const auto* stored : {"abc", "ab.c", "a\"bc", ".", "A b"}) CHECK(Name::exact(stored).stored() == stored);
}

TEST_CASE("qualified names") {
  const auto name = QualifiedName::parse("sales.\"my.schema\".orders");
  REQUIRE(name);
  CHECK(name->depth() == 3);
  CHECK(name->display() == "SALES.\"my.schema\".ORDERS");
  CHECK(name->sql() == "\"SALES\".\"my.schema\".\"ORDERS\"");
  CHECK(name->first().stored() == "SALES");
  CHECK(name->last().stored() == "ORDERS");
  CHECK(name->parent().display() == "SALES.\"my.schema\"");
  CHECK(name->parent().child(Name::exact("X")).display() == "SALES.\"my.schema\".X");
  CHECK(name->is_under(name->parent()));
  CHECK(name->is_under(*QualifiedName::parse("SALES")));
  CHECK_FALSE(name->is_under(*name));
  CHECK_FALSE(name->is_under(*QualifiedName::parse("SALE")));
  CHECK(QualifiedName::parse("SALES")->parent().empty());
  for (const auto* bad : {"", "a.", ".a", "a..b", "a.b.c.d.e", "\"a\"b.c", "a.b-c", "a. b"}) {
    INFO(bad);
    CHECK_FALSE(QualifiedName::parse(bad));
  }
}

TEST_CASE("qualified names as SHOW prints them: bare parts are exact") {
  // identifier_integration_test.go of the terraform provider: SHOW GRANTS ON SCHEMA, column name.
  struct Row {
    const char* printed;
    std::vector<std::string> parts;
  };
  for (const auto& row : {
           Row{"ABC.ABC", {"ABC", "ABC"}},
           Row{"\"abc\".\"abc\"", {"abc", "abc"}},
           Row{"\"AB.C\".\"AB.C\"", {"AB.C", "AB.C"}},
           Row{R"("A""BC"."A""BC")", {"A\"BC", "A\"BC"}},
           Row{"DBMETA.DBIMP.DBIMP_IT_DT", {"DBMETA", "DBIMP", "DBIMP_IT_DT"}},
           Row{"DB.SCHEMA.<TABLE>", {"DB", "SCHEMA", "<TABLE>"}},
           Row{"abc.A$1", {"abc", "A$1"}},
       }) {
    INFO(row.printed);
    const auto name = QualifiedName::parse_output(row.printed);
    REQUIRE(name);
    std::vector<std::string> parts;
    for (const auto& part : name->parts()) parts.push_back(part.stored());
    CHECK(parts == row.parts);
  }
  CHECK_FALSE(QualifiedName::parse_output(""));
  CHECK_FALSE(QualifiedName::parse_output("\"a"));
}

TEST_CASE("parse(display(x)) = x and parse(sql(x)) = x") {
  std::mt19937 random(7);
  const std::string letters = "aZ_9$\". -\xC3\xBC";
  for (int round = 0; round < 500; ++round) {
    std::string stored;
    for (size_t i = 0, n = 1 + random() % 6; i < n; ++i) stored += letters[random() % letters.size()];
    const QualifiedName name({Name::exact(stored), Name::exact("B")});
    INFO(stored);
    const auto shown = QualifiedName::parse(name.display());
    const auto quoted = QualifiedName::parse(name.sql());
    REQUIRE(shown);
    REQUIRE(quoted);
    CHECK(*shown == name);
    CHECK(*quoted == name);
  }
}
