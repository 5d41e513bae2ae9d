#include "mesh/base/text.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

TEST_CASE("a glob's star stands for any run and both ends are anchored") {
  CHECK(glob_match("SALES_*", "SALES_X"));
  CHECK(glob_match("SALES_*", "SALES_"));
  CHECK_FALSE(glob_match("SALES_*", "SALES"));
  CHECK_FALSE(glob_match("SALES", "SALES_X"));
  CHECK(glob_match("*_A*B", "X_A_A_B"));
}

TEST_CASE("the nearest name is offered only when it is near") {
  CHECK(nearest("comit", {"comment", "owner", "commit"}) == "commit");
  CHECK(nearest("coment", {"comment", "owner"}) == "comment");
  CHECK(nearest("xyz", {"comment", "owner"}).empty());
}

TEST_CASE("thousands are parted by commas") {
  CHECK(with_thousands(0) == "0");
  CHECK(with_thousands(999) == "999");
  CHECK(with_thousands(1204331) == "1,204,331");
  CHECK(with_thousands(-1000) == "-1,000");
}

TEST_CASE("UTF-8 is checked as RFC 3629 has it") {
  CHECK(
      is_valid_utf8("gr\xC3\xB6\xC3\x9F"
                    "er \xE2\x82\xAC \xF0\x9F\x90\x98"));
  CHECK_FALSE(is_valid_utf8("\xC0\xAF"));
  CHECK_FALSE(is_valid_utf8("\xED\xA0\x80"));
  CHECK_FALSE(is_valid_utf8("\xF5\x80\x80\x80"));
  CHECK_FALSE(is_valid_utf8("abc\xE2\x82"));
}
