#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "fake_connection.hpp"
#include "lease_sql.hpp"

using namespace mesh;
using namespace mesh::apply;
using namespace mesh::test;
using Catch::Contains;
using std::chrono::milliseconds;

namespace {

// A clock that stands still but for sleeping and what a test adds.
struct FakeTime {
  std::atomic<int64_t> ms{1'000'000};
  LeaseClock clock() {
    LeaseClock out;
    out.now = [this] { return std::chrono::steady_clock::time_point(milliseconds(ms.load())); };
    out.sleep = [this](milliseconds time) { ms += time.count(); };
    return out;
  }
};

RunInfo run_info() {
  RunInfo run;
  run.run_id = "new-run";
  run.user = "ALICE";
  run.commit = "c0ffee";
  return run;
}

const std::vector<std::string> kHolderColumns = {"HOLDER", "HOLDER_USER", "TAKEN_AT", "EXPIRED"};
Reply held_by(std::optional<std::string> run, const std::string& user, const char* expired) {
  return rows_of(kHolderColumns, {{run, user, "1795342272.000", expired}});  // 2026-11-22 10:11:12 UTC
}
Reply history(const char* seen, const char* of_the_run, const char* executing) {
  return rows_of({"SEEN", "OF_THE_RUN", "EXECUTING"}, {{seen, of_the_run, executing}});
}

constexpr const char* kClaim = "SET \"HOLDER\" = 'new-run'";
constexpr const char* kLook = "SELECT \"HOLDER\", \"HOLDER_USER\"";
constexpr const char* kRelease = "SET \"HOLDER\" = NULL";
constexpr const char* kTakeOver = "OR (\"HOLDER\" = 'old-run' AND";

Result<std::unique_ptr<Lease>, LeaseFailure> take(FakeConnection& connection, FakeTime& time, int lock_timeout_s = 0,
                                                  std::vector<std::string> domains = {"sales"},
                                                  std::vector<std::string>* said = nullptr) {
  LeaseOptions options;
  options.lock_timeout_s = lock_timeout_s;
  options.clock = time.clock();
  if (said != nullptr) options.say = [said](const std::string& line) { said->push_back(line); };
  return Lease::take(acme(), domains, run_info(), connection, options);
}

}  // namespace

TEST_CASE("a free lease is taken by one UPDATE each, in name order, and released") {
  FakeConnection connection;
  FakeTime time;
  grant_leases(connection, {"finance", "sales"});
  {
    const auto lease = take(connection, time, 0, {"sales", "finance"});
    REQUIRE(lease.ok());
    CHECK((*lease)->safe_to_submit());
    const auto claims = connection.sent_with(kClaim);
    REQUIRE(claims.size() == 2);
    CHECK_THAT(claims[0].sql, Contains("\"DOMAIN\" = 'finance'"));
    CHECK_THAT(claims[1].sql, Contains("\"DOMAIN\" = 'sales'"));
    CHECK(
        flat(claims[1].sql) ==
        "UPDATE \"MESH\".\"CONTROL\".\"LEASES\" SET \"HOLDER\" = 'new-run', \"HOLDER_USER\" = 'ALICE', \"TAKEN_AT\" = "
        "CURRENT_TIMESTAMP(), \"EXPIRES_AT\" = DATEADD(second, 60, CURRENT_TIMESTAMP()) WHERE \"MESH\" = 'acme' AND "
        "\"ENVIRONMENT\" = 'dev' AND \"DOMAIN\" = 'sales' AND (\"HOLDER\" IS NULL)");
    CHECK(claims[1].role == "SALES_DEPLOY");
    CHECK(claims[1].warehouse == "MESH_WH");
    CHECK_THAT(claims[1].query_tag, Contains("\"run\":\"new-run\"") && Contains("\"commit\":\"c0ffee\""));
    CHECK(connection.sent_with(kRelease).empty());
  }
  const auto released = connection.sent_with(kRelease);
  REQUIRE(released.size() == 1);
  CHECK_THAT(flat(released[0].sql), Contains("\"DOMAIN\" IN ('finance', 'sales') AND \"HOLDER\" = 'new-run'"));
}

TEST_CASE("a held lease says by whom and since when, and gives back what was taken") {
  FakeConnection connection;
  FakeTime time;
  connection.on("\"DOMAIN\" = 'sales' AND (\"HOLDER\" IS NULL", changed(0));
  connection.on(kLook, held_by("old-run", "BOB", "no"));
  const auto lease = take(connection, time, 0, {"finance", "sales"});
  REQUIRE_FALSE(lease.ok());
  CHECK_THAT(lease.error().message,
             Contains("domain sales is held by run old-run of BOB, since 2026-11-22 10:11:12 UTC"));
  const auto released = connection.sent_with(kRelease);
  REQUIRE(released.size() == 1);
  CHECK_THAT(released[0].sql, Contains("('finance')"));
}

TEST_CASE("--lock-timeout waits, and takes the lease when it is free") {
  FakeConnection connection;
  FakeTime time;
  grant_leases(connection, {"sales"});
  int tries = 0;
  connection.on(kClaim, [&](const Query&) { return changed(++tries < 3 ? 0 : 1); });
  connection.on(kLook, held_by("old-run", "BOB", "no"));
  std::vector<std::string> said;
  const int64_t before = time.ms;
  const auto lease = take(connection, time, 60, {"sales"}, &said);
  REQUIRE(lease.ok());
  CHECK(time.ms - before == 2 * 2'000);
  REQUIRE(said.size() == 1);  // once, not at every poll
  CHECK_THAT(said[0], Contains("waiting") && Contains("BOB"));
}

TEST_CASE("--lock-timeout ends") {
  FakeConnection connection;
  FakeTime time;
  connection.on(kClaim, changed(0));
  connection.on(kLook, held_by("old-run", "BOB", "no"));
  const int64_t before = time.ms;
  CHECK_FALSE(take(connection, time, 7).ok());
  CHECK(time.ms - before == 7'000);
}

TEST_CASE("an interruption ends the waiting") {
  FakeConnection connection;
  FakeTime time;
  connection.on(kClaim, changed(0));
  connection.on(kLook, held_by("old-run", "BOB", "no"));
  std::atomic<bool> interrupted{false};
  LeaseOptions options;
  options.lock_timeout_s = 3'600;
  options.clock = time.clock();
  options.interrupted = &interrupted;
  options.say = [&](const std::string&) { interrupted = true; };
  const auto lease = Lease::take(acme(), {"sales"}, run_info(), connection, options);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().why == LeaseFailure::Why::Interrupted);
  CHECK_THAT(lease.error().message, Contains("interrupted"));
}

TEST_CASE("a lapsed lease is taken over when nothing of its run executes") {
  FakeConnection connection;
  FakeTime time;
  grant_leases(connection, {"sales"});
  connection.on(kClaim, changed(0));
  connection.on(kLook, held_by("old-run", "ALICE", "yes"));
  connection.on("QUERY_HISTORY_BY_USER", history("40", "7", "0"));
  connection.on(kTakeOver, changed(1));
  REQUIRE(take(connection, time).ok());
  const auto asked = connection.sent_with("QUERY_HISTORY_BY_USER");
  REQUIRE(asked.size() == 1);
  CHECK_THAT(flat(asked[0].sql),
             Contains("QUERY_TAG LIKE '{\"run\":\"old-run\",%'") &&
                 Contains("\"MESH\".INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER (RESULT_LIMIT => 10000)"));
  CHECK(connection.position("QUERY_HISTORY_BY_USER") < connection.position(kTakeOver));
}

TEST_CASE("a lapsed lease whose run still executes is waited for") {
  FakeConnection connection;
  FakeTime time;
  grant_leases(connection, {"sales"});
  connection.on(kClaim, changed(0));
  connection.on(kLook, held_by("old-run", "ALICE", "yes"));
  int asked = 0;
  connection.on("QUERY_HISTORY_BY_USER", [&](const Query&) { return history("40", "7", ++asked == 1 ? "1" : "0"); });
  connection.on(kTakeOver, changed(1));
  SECTION("not without a lock timeout") {
    const auto lease = take(connection, time);
    REQUIRE_FALSE(lease.ok());
    CHECK(lease.error().why == LeaseFailure::Why::Held);
    CHECK_THAT(lease.error().message, Contains("still executes"));
    CHECK(connection.sent_with(kTakeOver).empty());
  }
  SECTION("until it has ended") {
    CHECK(take(connection, time, 10).ok());
    CHECK(asked == 2);
  }
}

TEST_CASE("a doubt about the old run is a refusal") {
  FakeConnection connection;
  FakeTime time;
  connection.on(kClaim, changed(0));
  connection.on(kLook, held_by("old-run", "BOB", "yes"));
  const auto check_refused = [&] {
    const auto lease = take(connection, time, 3);
    REQUIRE_FALSE(lease.ok());
    CHECK_THAT(lease.error().message, Contains("mesh unlock -d sales"));
    CHECK(connection.sent_with(kTakeOver).empty());
  };
  SECTION("the history cannot be read") {
    connection.on("QUERY_HISTORY_BY_USER", refused("002141", "Unknown table function"));
    check_refused();
  }
  SECTION("another user's statements are not seen at all") {
    connection.on("QUERY_HISTORY_BY_USER", history("0", "0", "0"));
    check_refused();
  }
  SECTION("more statements than the history shows") {
    connection.on("QUERY_HISTORY_BY_USER", history("10000", "1", "0"));
    check_refused();
  }
}

TEST_CASE("what the query history tells") {
  const auto parse = [](const Reply& reply, bool same_user) { return parse_still_running(*reply, same_user); };
  CHECK(parse(history("3", "1", "1"), true) == StillRunning::Yes);
  CHECK(parse(history("3", "1", "0"), false) == StillRunning::No);
  CHECK(parse(history("3", "0", "0"), true) == StillRunning::No);
  CHECK(parse(history("3", "0", "0"), false) == StillRunning::CannotTell);
  CHECK(parse_still_running(rows_of({"SEEN", "OF_THE_RUN", "EXECUTING"}, {{"0", std::nullopt, std::nullopt}}), true) ==
        StillRunning::No);
  CHECK(parse_still_running(Rows{}, true) == StillRunning::CannotTell);
  const auto odd = still_running_sql(acme(), {"r", "bob smith", "", true}, false);
  CHECK_THAT(odd, Contains("(USER_NAME => '\"bob smith\"', RESULT_LIMIT => 10000)"));
}

TEST_CASE("a domain without a lease row asks for bootstrap") {
  FakeConnection connection;
  FakeTime time;
  connection.on(kClaim, changed(0));
  const auto lease = take(connection, time, 60);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().why == LeaseFailure::Why::Missing);
  CHECK_THAT(lease.error().message, Contains("mesh bootstrap") && Contains("sales"));
}

TEST_CASE("no lease table asks for bootstrap too") {
  FakeConnection connection;
  FakeTime time;
  connection.on(kClaim, refused("002003", "Object 'LEASES' does not exist or not authorized."));
  const auto lease = take(connection, time, 60);
  REQUIRE_FALSE(lease.ok());
  CHECK(lease.error().why == LeaseFailure::Why::Missing);
  CHECK_THAT(lease.error().message, Contains("mesh bootstrap"));
}

TEST_CASE("an UPDATE whose answer was lost, and which was sent twice, is still ours") {
  FakeConnection connection;
  FakeTime time;
  grant_leases(connection, {"sales"});
  SECTION("the repetition changed nothing") { connection.on(kClaim, changed(0)); }
  SECTION("no answer came at all") { connection.on(kClaim, refused("", "connection reset", true)); }
  connection.on(kLook, held_by("new-run", "ALICE", "no"));
  CHECK(take(connection, time).ok());
}

TEST_CASE("what the UPDATE said is read back") {
  FakeConnection connection;
  FakeTime time;
  connection.on("SELECT DISTINCT \"DOMAIN\"", rows_of({"DOMAIN"}, {}));
  const auto lease = take(connection, time);
  REQUIRE_FALSE(lease.ok());
  CHECK_THAT(lease.error().message, Contains("another run"));
}

TEST_CASE("nothing is submitted when less than 30 s are left, counted from before the renewal was sent") {
  FakeConnection connection;
  FakeTime time;
  grant_leases(connection, {"sales"});
  connection.on(kClaim, [&](const Query&) {
    time.ms += 4'000;  // on its way
    return changed(1);
  });
  const auto lease = take(connection, time);
  REQUIRE(lease.ok());
  time.ms += 26'000;
  CHECK((*lease)->safe_to_submit());
  time.ms += 1;
  CHECK_FALSE((*lease)->safe_to_submit());
  (*lease)->release();
  time.ms -= 20'000;
  CHECK_FALSE((*lease)->safe_to_submit());
}

TEST_CASE("renewals go beside the limit, and losing one to another run ends the lease") {
  FakeConnection connection;
  FakeTime time;
  std::atomic<int> renewals{0};
  grant_leases(connection, {"sales"});
  LeaseOptions options;
  options.clock = time.clock();
  options.clock.renew_every = options.clock.retry_every = milliseconds(2);
  bool is_lost = false;
  SECTION("all well") {
    connection.on("SET \"EXPIRES_AT\"", [&](const Query& query) {
      if (query.urgent) ++renewals;
      return changed(1);
    });
  }
  SECTION("a failure is tried again") {
    connection.on("SET \"EXPIRES_AT\"", [&](const Query&) {
      return ++renewals % 2 == 1 ? refused("000625", "too many waiters") : changed(1);
    });
  }
  SECTION("no row is ours any more") {
    is_lost = true;
    connection.on("SET \"EXPIRES_AT\"", [&](const Query&) { return renewals = 3, changed(0); });
  }
  auto lease = Lease::take(acme(), {"sales"}, run_info(), connection, options);
  REQUIRE(lease.ok());
  for (int i = 0; i < 500 && renewals < 3; ++i) std::this_thread::sleep_for(milliseconds(2));
  for (int i = 0; i < 500 && is_lost && (*lease)->safe_to_submit(); ++i) std::this_thread::sleep_for(milliseconds(1));
  CHECK(renewals >= 3);
  CHECK((*lease)->safe_to_submit() == !is_lost);
  const auto renewed = connection.sent_with("SET \"EXPIRES_AT\"");
  CHECK_THAT(flat(renewed[0].sql),
             Contains("SET \"EXPIRES_AT\" = DATEADD(second, 60, CURRENT_TIMESTAMP()) WHERE \"MESH\" = 'acme' AND "
                      "\"ENVIRONMENT\" = 'dev' AND \"DOMAIN\" IN ('sales') AND \"HOLDER\" = 'new-run'"));
}

TEST_CASE("a lease that is held does not lapse while another one is waited for") {
  FakeConnection connection;
  FakeTime time;
  grant_leases(connection, {"finance", "sales"});
  connection.on("\"DOMAIN\" = 'sales' AND (\"HOLDER\" IS NULL",
                [&](const Query&) { return changed(time.ms < 1'090'000 ? 0 : 1); });
  connection.on(kLook, held_by("old-run", "BOB", "no"));
  const auto lease = take(connection, time, 600, {"finance", "sales"});
  REQUIRE(lease.ok());
  CHECK(connection.sent_with("SET \"EXPIRES_AT\"").size() >= 4);
  CHECK((*lease)->safe_to_submit());
}

TEST_CASE("unlock says whose the lease was, then frees it") {
  const auto sql = unlock_sql(acme(), {"finance", "sales"});
  REQUIRE(sql.size() == 2);
  CHECK(flat(sql[0]) ==
        "SELECT \"DOMAIN\", \"HOLDER\", \"HOLDER_USER\", \"TAKEN_AT\" FROM \"MESH\".\"CONTROL\".\"LEASES\" WHERE "
        "\"MESH\" = 'acme' AND \"ENVIRONMENT\" = 'dev' AND \"DOMAIN\" IN ('finance', 'sales') ORDER BY \"DOMAIN\"");
  CHECK(flat(sql[1]) ==
        "UPDATE \"MESH\".\"CONTROL\".\"LEASES\" SET \"HOLDER\" = NULL, \"HOLDER_USER\" = NULL, \"TAKEN_AT\" = NULL, "
        "\"EXPIRES_AT\" = NULL WHERE \"MESH\" = 'acme' AND \"ENVIRONMENT\" = 'dev' AND \"DOMAIN\" IN ('finance', "
        "'sales')");
  CHECK(unlock_sql(acme(), {}).empty());
}
