// --faults SPEC: what it takes, and the schedule that comes of it.

#include "fault.hpp"
#include "checkout.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include <catch2/catch.hpp>

#include "mesh/base/files.hpp"

using namespace mesh::sandbox;

namespace {

FaultPlan plan(const std::string& spec) {
  auto read = parse_faults(spec);
  INFO((read ? "" : read.error().message));
  REQUIRE(read);
  return *std::move(read);
}

// Which fault of transport befell each of so many statements; "" for none.
std::vector<std::string> of_statements(const std::string& spec, int count) {
  FaultSchedule schedule(plan(spec));
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i) {
    const Faulted faulted = schedule.next(true);
    names.emplace_back(faulted.transport ? name_of(*faulted.transport) : "");
  }
  return names;
}

}  // namespace

TEST_CASE("faults: a SPEC is read") {
  const FaultPlan all = plan(
      " seed=7, scale=0.001, reset-before=0.05, reset-after=@3, 429=0.1x4, 503=@5-8, warehouse=@12-, "
      "privilege-lost=@20:REVOKE SELECT, INSERT ON TABLE A.B.\"x;y\" FROM ROLE R; actor = 0.5 : COMMENT ON TABLE T IS "
      "'a;b'");
  CHECK(all.seed == 7);
  CHECK(all.scale == 0.001);
  REQUIRE(all.rules.size() == 7);
  CHECK(all.rules[0].kind == FaultKind::ResetBefore);
  CHECK(all.rules[0].probability == 0.05);
  CHECK((all.rules[1].first == 3 && all.rules[1].last == 3));
  CHECK((all.rules[2].kind == FaultKind::Busy && all.rules[2].burst == 4));
  CHECK((all.rules[3].first == 5 && all.rules[3].last == 8));
  CHECK((all.rules[4].first == 12 && all.rules[4].last == UINT64_MAX));
  CHECK(all.rules[5].sql == "REVOKE SELECT, INSERT ON TABLE A.B.\"x;y\" FROM ROLE R");
  CHECK(all.rules[6].sql == "COMMENT ON TABLE T IS 'a;b'");
  CHECK(plan("").rules.empty());
  FaultSchedule lacking(plan("lacks=1:ADAPTIVE;lacks=@2:ICEBERG"));
  CHECK(lacking.next(true).lacks == std::vector<std::string>{"ADAPTIVE"});
  CHECK(lacking.next(true).lacks == std::vector<std::string>{"ADAPTIVE", "ICEBERG"});
  CHECK(lacking.next(false).lacks.empty());
}

TEST_CASE("faults: a bad SPEC names the word and what there is") {
  struct Case {
    const char *spec, *word;
  };
  const Case cases[] = {{"rest-before=0.1", "there is no fault 'rest-before'"},
                        {"seed=x", "'seed=x': a seed is a whole number"},
                        {"seed=-1", "'seed=-1'"},
                        {"scale=0", "'scale=0': a scale is a number between"},
                        {"scale=nan", "'scale=nan'"},
                        {"cut", "'cut': it has no value"},
                        {"cut=", "'cut='"},
                        {"cut=1.5", "'1.5' is neither a probability between 0 and 1 nor a statement's number"},
                        {"cut=nan", "'nan' is neither"},
                        {"cut=5%", "'5%' is neither"},
                        {"cut=@0", "'@0' is neither"},
                        {"cut=@5-4", "'@5-4' is neither"},
                        {"429=0.1x0", "'0.1x0' is neither"},
                        {"503=0.1,slow=oops", "'slow=oops'"},
                        {"actor=@3", "'actor=@3': it takes a statement after a colon"},
                        {"actor=@3:", "it takes a statement"},
                        {"lacks=1", "'lacks=1': it takes a word after a colon, as in 1:ADAPTIVE"},
                        {"privilege-lost=@3:DROP TABLE T", "a privilege is lost by a REVOKE"}};
  for (const Case& one : cases) {
    INFO(one.spec);
    const auto read = parse_faults(one.spec);
    REQUIRE_FALSE(read);
    CHECK_THAT(read.error().message, Catch::Contains(one.word));
    for (const char* there :
         {"seed=N", "scale=FACTOR", "reset-before=WHEN", "long-202=WHEN", "actor=WHEN:SQL", "lacks=WHEN:WORD"}) {
      CHECK_THAT(read.error().message, Catch::Contains(there));
    }
  }
}

TEST_CASE("faults: a schedule follows from its seed") {
  const std::string spec = "reset-after=0.2,503=0.2,cut=0.2";
  CHECK(of_statements("seed=1," + spec, 200) == of_statements("seed=1," + spec, 200));
  CHECK(of_statements("seed=1," + spec, 200) != of_statements("seed=2," + spec, 200));

  SECTION("polls in between change nothing for statements") {
    FaultSchedule schedule(plan("seed=1," + spec));
    std::vector<std::string> names;
    for (int i = 0; i < 200; ++i) {
      const Faulted faulted = schedule.next(true);
      CHECK(faulted.statement == static_cast<uint64_t>(i) + 1);
      names.emplace_back(faulted.transport ? name_of(*faulted.transport) : "");
      CHECK(schedule.next(false).statement == 0);
    }
    CHECK(names == of_statements("seed=1," + spec, 200));
  }
  SECTION("each comes about as often as it says") {
    std::map<std::string, int> counts;
    for (const auto& name : of_statements("503=0.1", 10'000)) ++counts[name];
    CHECK(counts["503"] > 900);
    CHECK(counts["503"] < 1'100);
  }
  SECTION("never is never and always is always") {
    CHECK(of_statements("503=0", 100) == std::vector<std::string>(100, ""));
    CHECK(of_statements("503=1", 100) == std::vector<std::string>(100, "503"));
  }
}

TEST_CASE("faults: by number, in bursts, and those of statements") {
  using Names = std::vector<std::string>;
  CHECK(of_statements("cut=@2,503=@4-5", 6) == Names{"", "cut", "", "503", "503", ""});
  CHECK(of_statements("503=@4-", 6) == Names{"", "", "", "503", "503", "503"});

  SECTION("a burst hits repetitions too") {
    FaultSchedule schedule(plan("429=0.02x5"));
    int longest = 0, now = 0;
    for (int i = 0; i < 2'000; ++i) {
      now = schedule.next(i % 3 == 0).transport ? now + 1 : 0;
      longest = std::max(longest, now);
    }
    CHECK(longest >= 5);
  }
  SECTION("what befalls a statement befalls no poll and is not forestalled") {
    FaultSchedule schedule(plan("reset-before=1,warehouse=1,long-202=1,actor=1:SELECT 1"));
    const Faulted statement = schedule.next(true);
    CHECK_FALSE(statement.transport);
    CHECK(statement.warehouse_fails);
    CHECK(statement.takes_longer_s > 45);
    CHECK(statement.takes_longer_s <= 300);
    REQUIRE(statement.runs_before.size() == 1);
    const Faulted poll = schedule.next(false);
    CHECK(poll.transport == FaultKind::ResetBefore);
    CHECK_FALSE(poll.warehouse_fails);
    CHECK(poll.takes_longer_s == 0);
    CHECK(poll.runs_before.empty());
  }
}

TEST_CASE("faults: docs/sandbox.md tells each of them") {
  const auto text = mesh::read_file(checkout() / "docs" / "sandbox.md");
  REQUIRE(text);
  for (int kind = 0; kind <= static_cast<int>(FaultKind::Actor); ++kind) {
    const std::string name(name_of(static_cast<FaultKind>(kind)));
    INFO(name);
    CHECK(text->find("\n| `" + name + "` | ") != std::string::npos);
  }
}
