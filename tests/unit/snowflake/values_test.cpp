#include "mesh/snowflake/values.hpp"

#include <catch2/catch.hpp>

#include "mesh/snowflake/statement.hpp"
#include "pace.hpp"

using namespace mesh::snowflake;
using std::chrono::milliseconds;

TEST_CASE("timestamps are read in every form the wire and the documentation have") {
  struct Case {
    const char* text;
    std::optional<int64_t> expected;
  };
  const Case cases[] = {
      {"1791499253.282", 1791499253282},             // SHOW: scale 3
      {"1791549296.123456789", 1791549296123},       // scale 9
      {"1791524096.123456789 1860", 1791524096123},  // TIMESTAMP_TZ: the seconds are UTC
      {"1611871777123456789", 1611871777123},        // integral nanoseconds
      {"1791499253", 1791499253000},
      {"0.000", 0},
      {"-0.25", -250},
      {"-1.5", -1500},
      {"-0.000000001", -1},  // the millisecond at or before it
      {"", std::nullopt},
      {"soon", std::nullopt},
      {"1.2.3", std::nullopt},
      {"--1", std::nullopt},
      {"12 x", std::nullopt},
  };
  for (const auto& c : cases) {
    INFO(c.text);
    CHECK(epoch_ms(c.text) == c.expected);
  }
}

TEST_CASE("flags differ per command") {
  for (const auto* word : {"true", "Y", "ON", "1", "YES", "True"}) CHECK(boolean(word) == true);
  for (const auto* word : {"false", "N", "OFF", "0", "no"}) CHECK(boolean(word) == false);
  for (const auto* word : {"", "null", "2", "maybe"}) CHECK_FALSE(boolean(word).has_value());
}

TEST_CASE("values are shown by their column's type") {
  struct Case {
    const char *type, *text, *expected;
  };
  const Case cases[] = {
      {"date", "18262", "2020-01-01"},
      {"date", "-25567", "1900-01-01"},
      {"time", "45296.123456789", "12:34:56.123456789"},
      {"timestamp_ntz", "1611871777.123", "2021-01-28 22:09:37.123"},
      {"timestamp_ltz", "0.000", "1970-01-01 00:00:00.000 +0000"},
      {"timestamp_tz", "0 1860", "1970-01-01 07:00:00 +0700"},
      {"timestamp_tz", "0 1380", "1969-12-31 23:00:00 -0100"},
      {"timestamp_ntz", "-0.25", "1969-12-31 23:59:59.75"},
      {"text", "18262", "18262"},
      {"fixed", "1.0", "1.0"},
      {"date", "not a number", "not a number"},
  };
  for (const auto& c : cases) {
    INFO(c.type << " " << c.text);
    CHECK(readable(Column{.name = "C", .type = c.type}, c.text) == c.expected);
  }
}

TEST_CASE("columns are found by name, exactly before in any case") {
  const Rows rows{.columns = {{.name = "NAME"}, {.name = "name"}, {.name = "null?"}},
                  .rows = {{"A", "b", std::nullopt}}};
  CHECK(rows.column("name") == 1);
  CHECK(rows.column("Name") == 0);
  CHECK_FALSE(rows.column("owner").has_value());
  CHECK(rows.at(0, "name") == "b");
  CHECK_FALSE(rows.at(0, "null?").has_value());
  CHECK_FALSE(rows.at(1, "name").has_value());
}

TEST_CASE("an error tells message, code, query id and our statement") {
  ServerError error{.kind = ErrorKind::Sql,
                    .http = 422,
                    .code = "002003",
                    .sqlstate = "02000",
                    .message = "SQL compilation error:\nSchema 'DB.S' does not exist or not authorized.",
                    .query_id = "01b2-77",
                    .statement = "DROP SCHEMA DB.S",
                    .hint = "do this"};
  CHECK(error.describe() ==
        "SQL compilation error:\nSchema 'DB.S' does not exist or not authorized.\n"
        "  code 002003, SQLSTATE 02000, query id 01b2-77\n  statement: DROP SCHEMA DB.S\n  do this");
  error.statement = std::string(5000, 'x');
  CHECK(error.describe().size() < 1200);
  error.message = "red \x1b[31m";
  CHECK(error.describe().find('\x1b') == std::string::npos);
}

TEST_CASE("polls start fast and grow to their cap") {
  std::vector<int64_t> waits;
  for (milliseconds wait{25}; waits.size() < 13; wait = next_poll(wait, milliseconds{5000}))
    waits.push_back(wait.count());
  CHECK(waits == std::vector<int64_t>{25, 50, 100, 200, 300, 450, 675, 1012, 1518, 2277, 3415, 5000, 5000});
}

TEST_CASE("retries wait anything up to a doubling, capped limit") {
  CHECK(retry_delay(0, milliseconds{500}, milliseconds{16'000}, 0.5).count() == 250);
  CHECK(retry_delay(3, milliseconds{500}, milliseconds{16'000}, 1.0).count() == 4000);
  CHECK(retry_delay(40, milliseconds{500}, milliseconds{16'000}, 1.0).count() == 16'000);
  CHECK(retry_delay(9, milliseconds{500}, milliseconds{16'000}, 0.0).count() == 0);
}
