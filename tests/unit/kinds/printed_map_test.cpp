#include "mesh/kinds/printed_map.hpp"

#include <catch2/catch.hpp>

using mesh::kinds::entry_of_printed_map;
using mesh::kinds::printed_map;

TEST_CASE("what Snowflake prints of a list of properties is read by key", "[kinds]") {
  const auto map = printed_map("{A=1, B=[X, Y], C={D=3.14.1, E=[Z]}, F=https://h/p?x=1, G=}");
  REQUIRE(map);
  CHECK(map->size() == 5);
  CHECK(map->at("A") == "1");
  CHECK(map->at("B") == "[X, Y]");
  CHECK(map->at("C") == "{D=3.14.1, E=[Z]}");
  CHECK(map->at("F") == "https://h/p?x=1");
  CHECK(map->at("G").empty());
  CHECK(entry_of_printed_map(map->at("C"), "D") == "3.14.1");
  CHECK(printed_map("{}")->empty());
  CHECK(printed_map(" { A = 1 } ")->at("A") == "1");
  CHECK_FALSE(entry_of_printed_map("{A=1}", "B"));
  for (const char* other : {"", "null", "[A]", "{A", "A=1}", "{", "{A}", "{A=1, B}"}) CHECK_FALSE(printed_map(other));
}
