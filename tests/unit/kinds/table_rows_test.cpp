#include "mesh/kinds/table_rows.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

namespace {

struct CellCase {
  const char *type, *written, *canonical;  // canonical: nullptr: refused
};

Object table_of(std::initializer_list<std::pair<const char*, const char*>> columns) {
  Object table;
  table.id = *parse_address("table A.B.\"t t\"");
  for (const auto& [name, type] : columns) {
    Column column;
    column.name = *Name::parse(name);
    column.type = *DataType::parse(type);
    table.columns.push_back(column);
  }
  return table;
}

}  // namespace

TEST_CASE("values of rows are written in one way, and only where the type takes them") {
  const CellCase cases[] = {
      {"VARCHAR(3)", "abc", "abc"},
      {"VARCHAR(3)", "äöü", "äöü"},  // characters, not bytes
      {"VARCHAR(3)", "abcd", nullptr},
      {"VARCHAR", " 007 ", " 007 "},
      {"NUMBER", "007", "7"},
      {"NUMBER", "-0", "0"},
      {"NUMBER", "+5", "5"},
      {"NUMBER", "1.0", "1"},
      {"NUMBER", "1.5", nullptr},
      {"NUMBER", "", nullptr},
      {"NUMBER", "-", nullptr},
      {"NUMBER", "1e3", nullptr},
      {"NUMBER(5,2)", "12.50", "12.5"},
      {"NUMBER(5,2)", "-999.99", "-999.99"},
      {"NUMBER(5,2)", "1000", nullptr},
      {"NUMBER(5,2)", "0.001", nullptr},
      {"NUMBER(2,2)", "0.25", "0.25"},
      {"NUMBER(2,2)", "1", nullptr},
      {"NUMBER(38,0)", "99999999999999999999999999999999999999", "99999999999999999999999999999999999999"},
      {"BOOLEAN", "TRUE", "true"},
      {"BOOLEAN", "0", "false"},
      {"BOOLEAN", "yes", nullptr},
      {"DATE", "2024-02-29", "2024-02-29"},
      {"DATE", "2026-02-29", nullptr},
      {"TIMESTAMP_NTZ", "2026-01-01", nullptr},
      {"VARIANT", "1", nullptr},
  };
  for (const auto& [type, written, canonical] : cases) {
    INFO(type << " " << written);
    const auto cell = kinds::canonical_cell(*DataType::parse(type), written);
    REQUIRE(cell.ok() == (canonical != nullptr));
    if (cell) CHECK(*cell == canonical);
  }
}

TEST_CASE("a table keeps its rows, NULL and empty text apart") {
  auto table = table_of({{"A", "VARCHAR"}, {"B", "NUMBER"}});
  CHECK_FALSE(kinds::table_rows(table));
  kinds::TableRows rows{{*Name::parse("a"), *Name::parse("b")}, {1}, {{"", std::nullopt}, {std::nullopt, "1"}}, true};
  kinds::set_table_rows(table, rows, {});
  const auto kept = kinds::table_rows(table);
  REQUIRE(kept);
  CHECK(kept->columns == rows.columns);
  CHECK(kept->key == rows.key);
  CHECK(kept->rows == rows.rows);
  CHECK(kept->may_go);
  CHECK(kept->key_of(kept->rows[0]) == "NULL");
}

TEST_CASE("statements on rows quote what they are given") {
  const auto table = table_of({{"A", "VARCHAR"}, {"\"d d\"", "DATE"}, {"ON_OFF", "BOOLEAN"}});
  const kinds::TableRows rows{{*Name::parse("A"), *Name::parse("\"d d\""), *Name::parse("ON_OFF")}, {0, 1}, {}, false};
  const kinds::Cells row{"it's \\", std::nullopt, "true"}, other{std::nullopt, "2026-01-01", std::nullopt};
  CHECK(kinds::insert_rows(table, rows, {&row, &other}) ==
        std::vector<std::string>{R"(INSERT INTO "A"."B"."t t" ("A", "d d", "ON_OFF") VALUES ('it''s \\', NULL, TRUE), )"
                                 R"((NULL, TO_DATE ('2026-01-01', 'YYYY-MM-DD'), NULL))"});
  CHECK(kinds::update_row(table, rows, row, {2}) ==
        R"(UPDATE "A"."B"."t t" SET "ON_OFF" = TRUE WHERE "A" = 'it''s \\' AND "d d" IS NULL)");
  CHECK(kinds::delete_row(table, rows, other) ==
        R"(DELETE FROM "A"."B"."t t" WHERE "A" IS NULL AND "d d" = TO_DATE ('2026-01-01', 'YYYY-MM-DD'))");
  CHECK(kinds::select_rows(table.id, {{*Name::parse("A"), *DataType::parse("VARCHAR")},
                                      {*Name::parse("\"d d\""), *DataType::parse("DATE")}}) ==
        R"(SELECT "A", TO_VARCHAR ("d d", 'YYYY-MM-DD') AS "d d" FROM "A"."B"."t t" LIMIT 1001)");
  const std::vector<const kinds::Cells*> many(401, &row);
  CHECK(kinds::insert_rows(table, rows, many).size() == 3);
  for (const auto* sql : {"INSERT INTO A", "update A", "DELETE FROM A"}) CHECK(kinds::changes_rows(sql));
  for (const auto* sql : {"ALTER TABLE A", "CREATE TABLE INSERT", "UPDATED"}) CHECK_FALSE(kinds::changes_rows(sql));
}
