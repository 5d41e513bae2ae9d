#include "mesh/render/verification.hpp"

#include <catch2/catch.hpp>

using namespace mesh;

TEST_CASE("what a server answers keeps to its line") {
  Verification one;
  one.product = "sales/orders@1";
  one.port = "orders";
  one.object = "table SALES.ORDERS.ORDERS";
  one.promise = "it is there";
  one.verdict = Verdict::Unanswered;
  one.found = "SQL compilation error:\nDatabase 'SALES' does not exist\x1b[2J";
  const auto text = render::verification_text({one}, Sources(), false);
  CHECK(text ==
        "sales/orders@1, port orders: table SALES.ORDERS.ORDERS\n"
        "  unanswered    it is there: SQL compilation error:⏎Database 'SALES' does not exist\\x1b[2J  \n"
        "\n"
        "Verified 1 promise: 0 holds, 0 broken, 1 unanswered, 0 not verified.\n");
}
