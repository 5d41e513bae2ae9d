#include "mesh/apply/run.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include <catch2/catch.hpp>

#include "fake_connection.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/normalise.hpp"

using namespace mesh;
using namespace mesh::apply;
using namespace mesh::test;
using Catch::Contains;
using std::chrono::milliseconds;

namespace {

struct Scene {
  Mesh mesh = acme();
  Plan plan;
  RunInfo info;
  FakeConnection connection;
  std::atomic<int64_t> ms{0};  // the lease's clock
  std::unique_ptr<Lease> lease;
  RunOptions options;
  std::vector<Outcome> reported;

  Scene() {
    info.run_id = "run-1";
    info.command = "apply";
    info.user = "ALICE";
    info.role = "SALES_DEPLOY";
    info.commit = "c0ffee";
    info.fingerprint = "sha256:f";
    info.plan_json = "{\"a\":\"it's\"}";
    plan.domains = {"sales"};
    options.on_outcome = [this](const Outcome& outcome) { reported.push_back(outcome); };
    grant_leases(connection, {"finance", "sales"});
  }

  // A change of its own object; `makes` false: a grant, say, which the ledger knows nothing of.
  Change& add(const std::string& address, std::vector<std::string> statements, std::vector<size_t> after = {}) {
    Change change;
    change.address = address;
    change.domain = "sales";
    change.action = Action::Create;
    for (auto& sql : statements) change.statements.push_back({std::move(sql), "SALES_DEPLOY"});
    LedgerEntry entry;
    entry.address = address;
    entry.domain = "sales";
    entry.made = true;
    change.ledger.record = entry;
    change.after = std::move(after);
    plan.changes.push_back(std::move(change));
    return plan.changes.back();
  }

  RunResult run() {
    LeaseOptions lease_options;
    lease_options.clock.now = [this] { return std::chrono::steady_clock::time_point(milliseconds(ms.load())); };
    auto taken = Lease::take(mesh, {"finance", "sales"}, info, connection, lease_options);
    REQUIRE(taken.ok());
    lease = std::move(*taken);
    return apply::run(plan, mesh, info, *lease, connection, options);
  }

  // The rows of a domain's ledger as they were written: "done table A.B.C".
  std::vector<std::string> ledger(const std::string& table = "LEDGER_SALES") const {
    std::vector<std::string> out;
    for (const auto& query : connection.sent_with("INSERT INTO \"MESH\".\"CONTROL\".\"" + table + "\"")) {
      const auto sql = flat(query.sql);
      const std::string head = "('acme', 'dev', '";
      for (auto at = sql.find(head); at != std::string::npos; at = sql.find(head, at + 1)) {
        const auto begin = at + head.size(), end = sql.find("', '", begin);
        const auto event = sql.find("', '", end + 4) + 4;
        out.push_back(sql.substr(event, sql.find('\'', event) - event) + " " + sql.substr(begin, end - begin));
      }
    }
    return out;
  }
};

std::vector<std::string> statuses(const std::vector<Outcome>& outcomes) {
  std::vector<std::string> out;
  for (const auto& outcome : outcomes) out.push_back(to_string(outcome.status));
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("statuses have the words of the JSON") {
  CHECK(std::string(to_string(OutcomeStatus::Done)) == "done");
  CHECK(std::string(to_string(OutcomeStatus::Failed)) == "failed");
  CHECK(std::string(to_string(OutcomeStatus::Skipped)) == "skipped");
  CHECK(std::string(to_string(OutcomeStatus::NotTried)) == "not tried");
}

TEST_CASE("a change after another one waits for it; intents come before, confirmations after") {
  Scene scene;
  scene.add("database D", {"CREATE DATABASE D"});
  scene.add("schema D.S", {"CREATE SCHEMA S", "GRANT OWNERSHIP S"}, {0});
  const auto result = scene.run();
  CHECK_FALSE(result.failed);
  CHECK(result.trouble.empty());
  CHECK(statuses(result.outcomes) == Texts{"done", "done", "done"});
  CHECK(result.outcomes[2].sql == "GRANT OWNERSHIP S");
  CHECK_FALSE(result.outcomes[2].query_id.empty());
  CHECK(scene.reported.size() == 3);
  CHECK(scene.ledger() == Texts{"making database D", "done database D", "making schema D.S", "done schema D.S"});

  Texts order;
  for (const auto& sql : scene.connection.sent_sql()) {
    for (const char* key : {"'making'", "'done', TRUE", "CREATE DATABASE D", "CREATE SCHEMA S", "GRANT OWNERSHIP S",
                            "'started'", "'finished'"}) {
      if (sql.find(key) != std::string::npos && sql.find("\"STATEMENTS\"") == std::string::npos) order.push_back(key);
    }
  }
  CHECK(order == Texts{"'started'", "'making'", "CREATE DATABASE D", "'done', TRUE", "'making'", "CREATE SCHEMA S",
                       "GRANT OWNERSHIP S", "'done', TRUE", "'finished'"});
}

TEST_CASE("a stage writes its intents in one INSERT, and its audit in one") {
  Scene scene;
  for (const char* name : {"A", "B", "C", "D"})
    scene.add("role " + std::string(name), {"CREATE ROLE " + std::string(name)});
  scene.run();
  CHECK(scene.connection.sent_with("INSERT INTO \"MESH\".\"CONTROL\".\"LEDGER_SALES\"").size() == 2);
  const auto audit = scene.connection.sent_with("INSERT INTO \"MESH\".\"CONTROL\".\"STATEMENTS\"");
  REQUIRE(audit.size() == 1);
  for (const char* text : {"CREATE ROLE A", "CREATE ROLE D", "'run-1'", "'ALICE'", "'c0ffee'", "'done'"}) {
    CHECK_THAT(audit[0].sql, Contains(text));
  }
  CHECK(scene.connection.sent_with("INSERT INTO \"MESH\".\"CONTROL\".\"RUNS\"").size() == 2);
  CHECK_THAT(scene.connection.sent_with("'started'")[0].sql, Contains("'{\"a\":\"it''s\"}'") && Contains("sha256:f"));
  CHECK_THAT(scene.connection.sent_with("'finished'")[0].sql, Contains("4 done, 0 failed"));
}

TEST_CASE("every row of a run has a number of its own") {
  Scene scene;
  scene.add("role A", {"CREATE ROLE A"});
  scene.add("role B", {"CREATE ROLE B"}, {0});
  scene.run();
  for (int number = 1; number <= 4; ++number) {
    CHECK(scene.connection.sent_with("'run-1', " + std::to_string(number) + ")").size() == 1);
  }
}

TEST_CASE("statements carry their role and a tag of run, domain and commit") {
  Scene scene;
  scene.add("role A", {"CREATE ROLE A"}).statements[0].role = "CREATOR";
  scene.run();
  const auto sent = scene.connection.sent_with("CREATE ROLE A");
  REQUIRE(sent.size() >= 1);
  CHECK(sent[0].role == "CREATOR");
  CHECK(sent[0].query_tag == R"({"run":"run-1","mesh":"acme","environment":"dev","domain":"sales","commit":"c0ffee"})");
  const auto intent = scene.connection.sent_with("LEDGER_SALES");
  CHECK(intent[0].role == "SALES_DEPLOY");
  CHECK(intent[0].warehouse == "MESH_WH");
  // What changes the account may take minutes, a row of the ledger never does.
  CHECK(sent[0].cancellable);
  CHECK_FALSE(intent[0].cancellable);
}

TEST_CASE("independent changes run at once, at most as many as asked") {
  Scene scene;
  for (int i = 0; i < 12; ++i) scene.add("role R" + std::to_string(i), {"CREATE ROLE R" + std::to_string(i)});
  scene.options.parallelism = 4;
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  // Each waits until four are there at once: with fewer workers this would time out.
  scene.connection.on("CREATE ROLE", [&](const Query& query) {
    if (query.sql.rfind("CREATE", 0) != 0) return changed(1);
    std::unique_lock lock(mutex);
    ++here;
    all_here.notify_all();
    const bool met = all_here.wait_for(lock, milliseconds(900), [&] { return here >= 4; });
    return met ? changed(0) : refused("000000", "was alone");
  });
  const auto result = scene.run();
  CHECK_FALSE(result.failed);
  CHECK(scene.connection.most_at_once() == 4);
}

TEST_CASE("a failure ends its change and skips what depends on it; the rest goes on") {
  Scene scene;
  scene.add("database D", {"CREATE DATABASE D"});
  scene.add("table D.S.T", {"CREATE TABLE T", "ALTER TABLE T", "COMMENT T"}, {0});
  scene.add("view D.S.V", {"CREATE VIEW V"}, {1});
  scene.add("view D.S.W", {"CREATE VIEW W", "COMMENT W"}, {2});
  scene.add("role R", {"CREATE ROLE R"}, {0});
  scene.connection.on("ALTER TABLE T", [](const Query& query) {
    return query.sql.rfind("ALTER", 0) == 0 ? refused("003001", "Insufficient privileges") : changed(1);
  });
  const auto result = scene.run();
  CHECK(result.failed);
  CHECK(result.trouble.empty());
  CHECK(statuses(result.outcomes) ==
        Texts{"done", "done", "failed", "not tried", "skipped", "skipped", "skipped", "done"});
  CHECK_THAT(result.outcomes[2].error, Contains("Insufficient privileges") && Contains("003001"));
  CHECK(result.outcomes[4].error == "because of table D.S.T");
  CHECK(result.outcomes[5].error == "because of table D.S.T");
  CHECK(scene.reported.size() == 8);
  CHECK(scene.connection.sent_with("COMMENT T").size() == 0);
  CHECK_THAT(scene.connection.sent_with("'finished'")[0].sql, Contains("3 done, 1 failed, 3 skipped, 1 not tried"));
}

TEST_CASE("what the ledger keeps of a failed change") {
  Scene scene;
  SECTION("nothing happened: the intent is cancelled") {
    scene.add("role R", {"CREATE ROLE R"});
    scene.connection.on("CREATE ROLE R", refused("002002", "already exists"));
    scene.run();
    CHECK(scene.ledger() == Texts{"making role R", "cancelled role R"});
  }
  SECTION("it may have run: the intent stands, and the outcome says so") {
    scene.add("role R", {"CREATE ROLE R"});
    scene.connection.on("CREATE ROLE R", [](const Query& query) {
      return query.sql.rfind("CREATE", 0) == 0 ? refused("", "connection reset", true) : changed(1);
    });
    const auto result = scene.run();
    CHECK(scene.ledger() == Texts{"making role R"});
    REQUIRE(statuses(result.outcomes) == Texts{"failed"});
    CHECK_THAT(result.outcomes[0].error, Contains("may have run"));
  }
  SECTION("the object was made before the failure") {
    scene.add("role R", {"CREATE ROLE R", "GRANT OWNERSHIP R"});
    scene.connection.on("GRANT OWNERSHIP R", refused("003001", "no"));
    scene.run();
    CHECK(scene.ledger() == Texts{"making role R", "done role R"});
  }
  SECTION("a drop that got half way stays an intent") {
    auto& change = scene.add("role R", {"GRANT OWNERSHIP X", "DROP ROLE R"});
    change.action = Action::Drop;
    change.ledger = {};
    change.ledger.remove = {"role R"};
    scene.connection.on("DROP ROLE R", refused("003001", "no"));
    scene.run();
    CHECK(scene.ledger() == Texts{"dropping role R"});
  }
}

TEST_CASE("drops, renames and updates in the ledger") {
  Scene scene;
  SECTION("drop") {
    auto& change = scene.add("role R", {"DROP ROLE R"});
    change.action = Action::Drop;
    change.ledger = {};
    change.ledger.remove = {"role R", "role S"};
    scene.run();
    CHECK(scene.ledger() == Texts{"dropping role R", "dropping role S", "removed role R", "removed role S"});
  }
  SECTION("rename, with what moves along") {
    auto& change = scene.add("schema D.NEW", {"ALTER SCHEMA OLD RENAME"});
    change.action = Action::Rename;
    change.ledger.remove = {"schema D.OLD"};
    LedgerEntry inside = *change.ledger.record;
    inside.address = "table D.NEW.T";
    change.ledger.also_record = {inside};
    scene.run();
    CHECK(scene.ledger() == Texts{"dropping schema D.OLD", "making schema D.NEW", "making table D.NEW.T",
                                  "removed schema D.OLD", "done schema D.NEW", "done table D.NEW.T"});
  }
  SECTION("update, of what was adopted and is protected") {
    auto& change = scene.add("role R", {"ALTER ROLE R"});
    change.action = Action::Update;
    change.ledger.record->made = false;
    change.ledger.record->prevent_destroy = true;
    change.ledger.record->attached = {{"a", "1"}};
    scene.run();
    CHECK(scene.ledger() == Texts{"changing role R", "done role R"});
    CHECK(scene.connection
              .sent_with("'role R', 'sales', 'done', TRUE, 'adopted', TRUE, '{}', '{\"a\":\"1\"}', 'run-1', 2)")
              .size() == 1);
  }
  SECTION("a grant is not the ledger's") {
    scene.add("grant SELECT", {"GRANT SELECT"}).ledger = {};
    scene.run();
    CHECK(scene.ledger().empty());
  }
}

TEST_CASE("changes without statements touch the ledger only") {
  Scene scene;
  auto& adopted = scene.add("role R", {});
  adopted.action = Action::Adopt;
  adopted.ledger.record->made = false;
  auto& forgotten = scene.add("role S", {});
  forgotten.action = Action::Forget;
  forgotten.domain = "finance";
  forgotten.ledger = {};
  forgotten.ledger.remove = {"role S"};
  SECTION("done") {
    const auto result = scene.run();
    CHECK_FALSE(result.failed);
    CHECK(statuses(result.outcomes) == Texts{"done", "done"});
    CHECK(result.outcomes[0].sql.empty());
    CHECK(scene.ledger() == Texts{"done role R"});
    CHECK(scene.ledger("LEDGER_FINANCE") == Texts{"removed role S"});
    CHECK(scene.connection.sent_with("\"STATEMENTS\"").empty());
  }
  SECTION("the ledger refuses") {
    scene.connection.on("INTO \"MESH\".\"CONTROL\".\"LEDGER_SALES\"", refused("003001", "Insufficient privileges"));
    const auto result = scene.run();
    CHECK(result.failed);
    CHECK(result.outcomes[0].status == OutcomeStatus::Failed);
    CHECK_THAT(result.trouble, Contains("Insufficient privileges"));
  }
}

TEST_CASE("without its intents in the ledger nothing runs") {
  Scene scene;
  scene.add("role A", {"CREATE ROLE A"});
  auto& other = scene.add("role B", {"CREATE ROLE B"});
  other.domain = "finance";
  scene.connection.on("INTO \"MESH\".\"CONTROL\".\"LEDGER_SALES\"", refused("003001", "Insufficient privileges"));
  const auto result = scene.run();
  CHECK(result.failed);
  CHECK_THAT(result.trouble, Contains("ledger") && Contains("Insufficient privileges"));
  CHECK(statuses(result.outcomes) == Texts{"not tried", "not tried"});
  CHECK(scene.reported.size() == 2);
  CHECK(scene.connection.sent_with("CREATE ROLE").empty());
  CHECK(scene.ledger("LEDGER_FINANCE") == Texts{"making role B", "cancelled role B"});
}

TEST_CASE("a run that cannot be recorded changes nothing") {
  Scene scene;
  scene.add("role A", {"CREATE ROLE A"});
  scene.connection.on("\"RUNS\"", refused("002003", "Object 'RUNS' does not exist"));
  const auto result = scene.run();
  CHECK(result.failed);
  CHECK(statuses(result.outcomes) == Texts{"not tried"});
  CHECK(scene.ledger().empty());
}

TEST_CASE("a ledger that stops taking confirmations stops the run") {
  Scene scene;
  scene.add("role A", {"CREATE ROLE A"});
  scene.add("role B", {"CREATE ROLE B"}, {0});
  scene.connection.on("'done', TRUE", refused("", "connection reset", true));
  const auto result = scene.run();
  CHECK(result.failed);
  CHECK(statuses(result.outcomes) == Texts{"done", "not tried"});
  CHECK_THAT(result.trouble, Contains("connection reset"));
  CHECK(scene.connection.sent_with("CREATE ROLE B").empty());
}

TEST_CASE("an interruption: what runs is waited for and confirmed, nothing new is started") {
  Scene scene;
  scene.add("role A", {"CREATE ROLE A", "COMMENT A"});
  scene.add("role B", {"CREATE ROLE B"}, {0});
  scene.add("role C", {"CREATE ROLE C"});
  scene.options.parallelism = 1;
  std::atomic<bool> interrupted{false};
  scene.options.interrupted = &interrupted;
  scene.connection.on("CREATE ROLE A", [&](const Query& query) {
    if (query.sql.rfind("CREATE", 0) == 0) interrupted = true;
    return changed(1);
  });
  const auto result = scene.run();
  CHECK(result.failed);
  CHECK(statuses(result.outcomes) == Texts{"done", "not tried", "not tried", "not tried"});
  CHECK_THAT(result.trouble, Contains("interrupted"));
  CHECK(scene.ledger() == Texts{"making role A", "making role C", "done role A", "cancelled role C"});
  CHECK_THAT(scene.connection.sent_with("'finished'")[0].sql, Contains("1 done, 0 failed, 0 skipped, 3 not tried"));
}

TEST_CASE("a lease that is not safe: nothing more is submitted, and the ledger is left alone") {
  Scene scene;
  scene.add("role A", {"CREATE ROLE A", "COMMENT A"});
  scene.add("role B", {"CREATE ROLE B"}, {0});
  scene.connection.on("CREATE ROLE A", [&](const Query& query) {
    if (query.sql.rfind("CREATE", 0) == 0) scene.ms = 31'000;
    return changed(1);
  });
  const auto result = scene.run();
  CHECK(result.failed);
  CHECK(statuses(result.outcomes) == Texts{"done", "not tried", "not tried"});
  CHECK_THAT(result.trouble, Contains("lease"));
  CHECK(scene.ledger() == Texts{"making role A"});
}

TEST_CASE("echoes are read back in one statement per schema and kept with the hash of what was written") {
  Scene scene;
  for (const char* name : {"V", "W"}) {
    auto& view = scene.add("view D.S." + std::string(name), {"CREATE VIEW " + std::string(name)});
    view.ledger.echoes = {"query"};
    view.ledger.written = {{"query", "select a from t"}};
  }
  auto& table = scene.add("table D.S.T", {"CREATE TABLE T"});
  table.ledger.echoes = {"cluster_by", "columns.c.default", "columns.N.default"};
  table.ledger.written = {
      {"cluster_by", "to_date(a), b"}, {"columns.c.default", "1+1"}, {"columns.N.default", "now()"}};
  scene.connection.on("SHOW VIEWS",
                      rows_of({"name", "schema_name", "text"}, {{"V", "S", "create view V as SELECT A FROM T"},
                                                                {"v", "S", "create view \"v\" as SELECT 0"},
                                                                {"V", "OTHER", "create view V as SELECT 0"},
                                                                {"W", "S", ""}}));
  scene.connection.on("SHOW TABLES",
                      rows_of({"name", "schema_name", "cluster_by"}, {{"T", "S", "LINEAR(CAST(A AS DATE), B)"}}));
  scene.connection.on(
      "SHOW COLUMNS",
      rows_of({"table_name", "schema_name", "column_name", "default"},
              {{"T", "S", "C", "0"}, {"T", "S", "c", "1 + 1"}, {"T", "S", "N", "CURRENT_TIMESTAMP()"}}));
  const auto result = scene.run();
  CHECK_FALSE(result.failed);

  const auto views = scene.connection.sent_with("SHOW VIEWS");
  REQUIRE(views.size() == 1);
  CHECK(views[0].sql == "SHOW VIEWS IN SCHEMA \"D\".\"S\"");
  CHECK(views[0].read_only);
  CHECK(views[0].role == "SALES_DEPLOY");
  CHECK(scene.connection.sent_with("SHOW TABLES")[0].sql == "SHOW TABLES LIKE 'T' IN SCHEMA \"D\".\"S\"");
  CHECK(scene.connection.sent_with("SHOW COLUMNS")[0].sql == "SHOW COLUMNS IN TABLE \"D\".\"S\".\"T\"");

  const auto done = flat(scene.connection.sent_with("'done', TRUE")[0].sql);
  CHECK_THAT(done, Contains("{\"query\":{\"written\":\"" + sql::text_hash("select a from t") +
                            "\",\"echo\":\"SELECT A FROM T\"}}"));
  CHECK_THAT(done, Contains("\"cluster_by\":{\"written\":\"" + sql::text_hash("to_date(a), b") +
                            "\",\"echo\":\"CAST(A AS DATE), B\"}"));
  CHECK_THAT(done,
             Contains("\"columns.c.default\":{\"written\":\"" + sql::text_hash("1+1") + "\",\"echo\":\"1 + 1\"}"));
  CHECK_THAT(done, Contains("\"columns.N.default\"") && Contains("CURRENT_TIMESTAMP()"));
  CHECK_THAT(done, Contains("'view D.S.W', 'sales', 'done', TRUE, 'made', FALSE, '{}'"));  // a secure view's is hidden
}

TEST_CASE("checks and virtual columns are read back where Snowflake tells them") {
  Scene scene;
  scene.mesh.control.warehouse = Name::exact("MESH_WH");
  auto& table = scene.add("table D.S.T", {"CREATE TABLE T"});
  table.ledger.echoes = {"check.POSITIVE", "columns.V.as"};
  table.ledger.written = {{"check.POSITIVE", "a > 0"}, {"columns.V.as", "a*a"}};
  scene.connection.on("SELECT CONSTRAINT_SCHEMA",
                      rows_of({"CONSTRAINT_SCHEMA", "CONSTRAINT_TABLE", "CONSTRAINT_NAME", "CHECK_CLAUSE"},
                              {{"S", "OTHER", "POSITIVE", "B > 0"}, {"S", "T", "POSITIVE", "A > 0"}}));
  scene.connection.on("SHOW COLUMNS", rows_of({"table_name", "schema_name", "column_name", "default", "expression"},
                                              {{"T", "S", "A", "", ""}, {"T", "S", "V", "", "A * A"}}));
  const auto result = scene.run();
  CHECK_FALSE(result.failed);
  const auto asked = scene.connection.sent_with("SELECT CONSTRAINT_SCHEMA");
  REQUIRE(asked.size() == 1);
  CHECK(asked[0].sql ==
        "SELECT CONSTRAINT_SCHEMA, CONSTRAINT_TABLE, CONSTRAINT_NAME, CHECK_CLAUSE FROM "
        "\"D\".\"INFORMATION_SCHEMA\".\"CHECK_CONSTRAINTS\" WHERE CONSTRAINT_SCHEMA = 'S'");
  CHECK(asked[0].warehouse == "MESH_WH");
  const auto done = flat(scene.connection.sent_with("'done', TRUE")[0].sql);
  CHECK_THAT(done, Contains("\"check.POSITIVE\":{\"written\":\"" + sql::text_hash("a > 0") + "\",\"echo\":\"A > 0\"}"));
  CHECK_THAT(done, Contains("\"columns.V.as\":{\"written\":\"" + sql::text_hash("a*a") + "\",\"echo\":\"A * A\"}"));
}

TEST_CASE("columns of many tables are read by schema, and table by table where that is cut") {
  Scene scene;
  for (int i = 0; i < 6; ++i) {
    const auto name = "T" + std::to_string(i);
    auto& table = scene.add("table D.S." + name, {"CREATE TABLE " + name});
    table.ledger.echoes = {"columns.A.default"};
    table.ledger.written = {{"columns.A.default", "1"}};
  }
  std::vector<std::vector<std::optional<std::string>>> rows;
  for (int i = 0; i < 6; ++i) rows.push_back({"T" + std::to_string(i), "S", "A", "1"});
  size_t statements = 1;
  SECTION("whole") {}
  SECTION("cut") {
    statements = 7;
    rows.resize(10'000, {"OTHER", "S", "A", "2"});
  }
  const std::vector<std::string> columns = {"table_name", "schema_name", "column_name", "default"};
  scene.connection.on("SHOW COLUMNS IN SCHEMA", rows_of(columns, rows));
  scene.connection.on("SHOW COLUMNS IN TABLE", [&](const Query& query) -> Reply {
    return rows_of(columns, {{query.sql.substr(query.sql.size() - 3, 2), "S", "A", "1"}});
  });
  CHECK_FALSE(scene.run().failed);
  CHECK(scene.connection.sent_with("SHOW COLUMNS").size() == statements);
  const auto done = scene.connection.sent_with("'done', TRUE")[0].sql;
  CHECK(replace_all(done, "\"echo\":\"1\"", "").size() == done.size() - 6 * 10);
}

TEST_CASE("an echo that cannot be read is left out") {
  Scene scene;
  auto& view = scene.add("view D.S.V", {"CREATE VIEW V"});
  view.ledger.echoes = {"query"};
  view.ledger.written = {{"query", "select 1"}};
  scene.connection.on("SHOW VIEWS", refused("003001", "no"));
  const auto result = scene.run();
  CHECK_FALSE(result.failed);
  CHECK(scene.ledger() == Texts{"making view D.S.V", "done view D.S.V"});
  CHECK(scene.connection.sent_with("SHOW VIEWS")[0].sql == "SHOW VIEWS LIKE 'V' IN SCHEMA \"D\".\"S\"");
}

TEST_CASE("an empty plan sends nothing") {
  Scene scene;
  const auto result = scene.run();
  CHECK_FALSE(result.failed);
  CHECK(result.outcomes.empty());
  CHECK(scene.connection.sent_with("\"RUNS\"").empty());
}
