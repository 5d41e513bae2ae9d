// Waits shortened for tests.

#include <catch2/catch.hpp>

#include "mesh/snowflake/client.hpp"

using namespace mesh::snowflake;
using std::chrono::milliseconds;

TEST_CASE("pace: waits between tries are scaled, timeouts of the network are not") {
  const ClientOptions usual;
  const auto shorter = scaled(usual, "0.01");
  REQUIRE(shorter);
  CHECK(shorter->retry_base == milliseconds{5});
  CHECK(shorter->retry_cap == milliseconds{160});
  CHECK(shorter->retry_budget == milliseconds{1200});
  CHECK(shorter->first_contact_budget == milliseconds{100});
  CHECK(shorter->poll_first == milliseconds{1});
  CHECK(shorter->poll_cap == milliseconds{50});
  CHECK(shorter->read_timeout == usual.read_timeout);
  CHECK(shorter->connect_timeout == usual.connect_timeout);
  for (const char* bad : {"", "0", "2", "-1", "nan", "0.1x", "one"}) {
    INFO(bad);
    CHECK_FALSE(scaled(usual, bad));
  }
}
