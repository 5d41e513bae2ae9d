#include "mesh/apply/applied.hpp"

#include <catch2/catch.hpp>

#include "fake_connection.hpp"

using namespace mesh;
using namespace mesh::apply;
using namespace mesh::test;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kVersions = "SELECT \"DOMAIN\", \"RUN\", \"HASH\"";
constexpr const char* kTexts = "SELECT \"DOMAIN\", \"RUN\", \"PATH\"";

RunInfo run_info() {
  RunInfo run;
  run.run_id = "run-2";
  run.commit = "c0ffee";
  return run;
}

Sources sources(const std::string& orders) {
  Sources all;
  all.add("mesh.yaml", "mesh: acme");
  all.add("domains/sales/orders.yaml", orders, "sales");
  all.add("sql/daily.sql", "SELECT 1", "sales");
  all.add("domains/finance/domain.yaml", "domain: finance", "finance");
  return all;
}

// The value of a column in the rows of an INSERT into APPLIED: the texts between quotes, in order.
std::vector<std::string> quoted(const std::string& sql) {
  std::vector<std::string> texts;
  for (size_t at = sql.find('\''); at != std::string::npos;) {
    const size_t end = sql.find('\'', at + 1);
    texts.push_back(sql.substr(at + 1, end - at - 1));
    at = sql.find('\'', end + 1);
  }
  return texts;
}

}  // namespace

TEST_CASE("what counts for a domain is the mesh's file and what was read for it") {
  const auto files = manifests_of("sales", sources("x"));
  CHECK(files == Texts{{"domains/sales/orders.yaml", "x"}, {"mesh.yaml", "mesh: acme"}, {"sql/daily.sql", "SELECT 1"}});
}

TEST_CASE("manifests are written down under the domain's role, a row for each file, and again only when they differ") {
  FakeConnection connection;
  REQUIRE(record_applied(acme(), {"sales"}, sources("x"), run_info(), connection).ok());
  const auto inserts = connection.sent_with("INSERT INTO");
  REQUIRE(inserts.size() == 1);
  CHECK_THAT(inserts[0].sql, Contains("\"MESH\".\"CONTROL\".\"APPLIED\""));
  CHECK(inserts[0].role == "SALES_DEPLOY");
  const auto texts = quoted(inserts[0].sql);
  REQUIRE(texts.size() == 3 * 8);
  CHECK(texts[0] == "run-2");
  CHECK(texts[5] == "domains/sales/orders.yaml");
  CHECK(texts[6] == "x");
  CHECK(texts[7] == "c0ffee");
  CHECK(texts[13] == "mesh.yaml");
  CHECK(texts[21] == "sql/daily.sql");

  FakeConnection again;
  again.on(kVersions, rows_of({"DOMAIN", "RUN", "HASH", "COMMIT_ID", "AT"}, {{"sales", "run-1", texts[4], "", "1"}}));
  REQUIRE(record_applied(acme(), {"sales"}, sources("x"), run_info(), again).ok());
  CHECK(again.sent_with("INSERT INTO").empty());
  REQUIRE(record_applied(acme(), {"sales"}, sources("y"), run_info(), again).ok());
  CHECK(again.sent_with("INSERT INTO").size() == 1);
}

TEST_CASE("a large text is parted at a code point, and comes back whole") {
  std::string large(299'999, 'a');
  large += "ü";
  large += std::string(400'000, 'b');
  FakeConnection writing;
  REQUIRE(record_applied(acme(), {"sales"}, sources(large), run_info(), writing).ok());
  std::vector<std::vector<std::optional<std::string>>> rows;
  std::string hash;
  for (const auto& insert : writing.sent_with("INSERT INTO")) {
    const auto texts = quoted(insert.sql);
    for (size_t i = 0; i + 7 < texts.size(); i += 8) {
      hash = texts[i + 4];
      rows.push_back({"sales", texts[i], texts[i + 5], texts[i + 6]});
    }
  }
  CHECK(rows.size() == 5);
  CHECK(rows[0][3]->size() == 299'999);

  FakeConnection reading;
  reading.on(kVersions, rows_of({"DOMAIN", "RUN", "HASH", "COMMIT_ID", "AT"},
                                {{"sales", "run-1", "old", "", "1"}, {"sales", "run-2", hash, "c0ffee", "2"}}));
  reading.on(kTexts, rows_of({"DOMAIN", "RUN", "PATH", "TEXT"}, rows));
  const auto read = read_applied(acme(), reading);
  REQUIRE(read.ok());
  CHECK(read->at("sales").run == "run-2");
  CHECK(read->at("sales").files == manifests_of("sales", sources(large)));

  rows.pop_back();
  reading.on(kTexts, rows_of({"DOMAIN", "RUN", "PATH", "TEXT"}, rows));
  const auto cut_short = read_applied(acme(), reading);
  REQUIRE_FALSE(cut_short.ok());
  CHECK_THAT(cut_short.error().message, Contains("is not whole"));
}

TEST_CASE("an account bootstrapped before the table was, or a role that may not read it, has no record") {
  FakeConnection connection;
  connection.on(kVersions, refused("002003", "Object 'APPLIED' does not exist or not authorized."));
  const auto none = read_applied(acme(), connection);
  REQUIRE(none.ok());
  CHECK(none->empty());
  connection.on(kVersions, refused("000606", "No active warehouse selected in the current session."));
  CHECK_FALSE(read_applied(acme(), connection).ok());
}
