// Faults as a client meets them, over real HTTP.

#include <chrono>
#include <functional>
#include <set>

#include <catch2/catch.hpp>

#include "fault.hpp"
#include "wire_fixture.hpp"

using namespace mesh::sandbox;
using namespace mesh::sandbox::test;

namespace {

using Names = std::vector<std::string>;

ApiOptions with(const std::string& spec) {
  ApiOptions options;
  auto plan = parse_faults(spec);
  INFO((plan ? "" : plan.error().message));
  REQUIRE(plan);
  options.faults = *std::move(plan);
  return options;
}

const std::string kId = std::string("?requestId=") + kSomeUuid;

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

TEST_CASE("wire faults: a reset before the statement leaves it to the repetition") {
  Wire wire(with("reset-before=@1"));
  CHECK_THROWS(wire.submit("INSERT", "", kId));
  CHECK(wire.backend.executed().empty());
  CHECK(wire.submit("INSERT", "", kId + "&retry=true").status == 200);
  CHECK(wire.backend.executed() == Names{"INSERT"});
}

TEST_CASE("wire faults: what is lost after the statement is answered from its result") {
  for (const char* fault : {"reset-after", "cut"}) {
    INFO(fault);
    Wire wire(with(std::string(fault) + "=@1"));
    CHECK_THROWS(wire.submit("INSERT", "", kId));
    CHECK(wire.backend.executed() == Names{"INSERT"});
    CHECK(wire.submit("INSERT", "", kId + "&retry=true").status == 200);
    CHECK(wire.backend.executed() == Names{"INSERT"});
  }
}

TEST_CASE("wire faults: a gateway's timeout comes after the statement, 503 before") {
  Wire wire(with("504=@1,503=@2"));
  const Reply late = wire.submit("INSERT", "", kId);
  CHECK(late.status == 504);
  CHECK_FALSE(late.is_json());
  CHECK(wire.backend.executed() == Names{"INSERT"});
  CHECK(wire.submit("SELECT 1").status == 503);
  CHECK(wire.backend.executed() == Names{"INSERT"});
}

TEST_CASE("wire faults: too many requests, with and without a handle") {
  Wire wire(with("429=@1"));
  const Reply refused = wire.submit("SELECT 1");
  CHECK(refused.status == 429);
  CHECK(refused.keys() == Names{"code", "message"});
  CHECK(refused.at("/code") == "390505");
  CHECK(wire.backend.executed().empty());

  Wire polled(with("429=0.5"));
  std::set<std::string> codes;
  for (int i = 0; i < 64; ++i) {
    const Reply reply = polled.get("019c06a4-0000-df4f-0000-00100006589e");
    if (reply.status == 429) codes.insert(reply.at("/code"));
    if (reply.at("/code") == "333334") CHECK(reply.at("/statementHandle") == "019c06a4-0000-df4f-0000-00100006589e");
  }
  CHECK(codes == std::set<std::string>{"333334", "390505"});
}

TEST_CASE("wire faults: an expired token is refused as its type is") {
  Wire wire(with("expired=@1-2"));
  const Reply key_pair = wire.submit("SELECT 1");
  CHECK(key_pair.status == 401);
  CHECK(key_pair.at("/code") == "390144");
  const Reply oauth =
      wire.send("POST", kRoot, R"({"statement":"SELECT 1"})", {{"X-Snowflake-Authorization-Token-Type", "OAUTH"}});
  CHECK(oauth.status == 401);
  CHECK(oauth.at("/code") == "390318");
  CHECK(wire.submit("SELECT 1").status == 200);
}

TEST_CASE("wire faults: garbage is no answer and the statement has run") {
  Wire wire(with("garbage=1"));
  for (int i = 0; i < 12; ++i) CHECK(wire.submit("INSERT").at("/statementHandle") == "absent");
  CHECK(wire.backend.executed().size() == 12);
}

TEST_CASE("wire faults: time is scaled") {
  SECTION("a statement that takes minutes is answered 202 after 45 seconds, which pass in 45 ms") {
    Wire wire(with("scale=0.001,long-202=@1"));
    Reply first;
    const double taken = seconds_of([&] { first = wire.submit("INSERT"); });
    CHECK(first.status == 202);
    CHECK(taken >= 0.045);
    CHECK(taken < 20);
    CHECK(wire.wait_for(first.at("/statementHandle")).status == 200);
    CHECK(wire.backend.executed() == Names{"INSERT"});
  }
  SECTION("waits and timeouts of a statement too") {
    Wire wire(with("scale=0.001"));
    const auto ends = [&](const std::string& members) {
      return wire.wait_for(wire.submit("SELECT SYSTEM$WAIT(40)", members, "?async=true").at("/statementHandle"));
    };
    CHECK(seconds_of([&] { CHECK(ends("").status == 200); }) < 20);
    CHECK(seconds_of([&] { CHECK(ends(R"(,"timeout":20)").at("/code") == "000630"); }) < 10);
  }
  SECTION("a slow answer arrives whole, at least five seconds later") {
    Wire wire(with("scale=0.05,slow=@1"));
    Reply slow;
    CHECK(seconds_of([&] { slow = wire.submit("ROWS 100"); }) >= 0.25);
    CHECK(slow.size("/data") == 100);
  }
}

TEST_CASE("wire faults: others act between statements") {
  std::vector<std::string> said;
  ApiOptions options = with("privilege-lost=@2:REVOKE A; actor=@2:FAIL");
  options.say = [&](const std::string& line) { said.push_back(line); };
  Wire wire(options);
  wire.submit("first");
  wire.submit("second");
  wire.submit("third");
  CHECK(wire.backend.executed() == Names{"first", "REVOKE A", "FAIL", "second", "third"});
  REQUIRE(said.size() == 2);
  CHECK(said[0] == "fault privilege-lost before statement 2: REVOKE A");
  CHECK_THAT(said[1], Catch::StartsWith("fault actor before statement 2: FAIL\n  failed: SQL compilation error"));
}

TEST_CASE("wire faults: what is told of a statement ends before its literals") {
  std::vector<std::string> said;
  ApiOptions options = with("slow=@1,warehouse=@1,scale=0.001,503=@2,cut=0");
  options.say = [&](const std::string& line) { said.push_back(line); };
  Wire wire(options);
  wire.submit("CREATE SECRET S TYPE = PASSWORD PASSWORD = 'hunter2'");
  wire.submit("COMMENT ON TABLE T IS $$hunter2$$");
  wire.submit("SELECT 1");
  CHECK(said == Names{"fault slow on statement 1  CREATE SECRET S TYPE = PASSWORD PASSWORD =",
                      "fault warehouse on statement 1  CREATE SECRET S TYPE = PASSWORD PASSWORD =",
                      "fault 503 on statement 2  COMMENT ON TABLE T IS"});
}
