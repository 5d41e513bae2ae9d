#include <filesystem>

#include <catch2/catch.hpp>

#include "account.hpp"
#include "mesh/base/digest.hpp"

using namespace mesh::sandbox;

namespace {

const std::vector<std::string> kShown = {"kind", "owner_account", "name", "database_name", "to", "owner", "comment"};

std::string code_of(const std::string& answer) { return answer.substr(0, 6); }

// Two accounts of one organisation in one file.
class TwoAccounts {
 public:
  TwoAccounts() : file_((std::filesystem::temp_directory_path() / ("shares-" + mesh::random_uuid() + ".db")).string()) {
    REQUIRE(Engine::open(file_, "ORG-PROVIDER").ok());
    engine_ = std::move(*Engine::open(file_, "ORG-CONSUMER"));
  }
  ~TwoAccounts() {
    engine_.reset();
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file_ + end);
  }
  TwoAccounts(const TwoAccounts&) = delete;
  TwoAccounts& operator=(const TwoAccounts&) = delete;

  std::string in(const std::string& account, const std::string& sql, const std::vector<std::string>& columns = {},
                 const std::string& role = "ACCOUNTADMIN") {
    Session session;
    session.account = account, session.user = "MESH", session.role = role;
    session.query_id = "query-" + std::to_string(++number_);
    return TestAccount::draw(engine_->execute(session, sql), columns);
  }

 private:
  std::string file_;
  std::unique_ptr<Engine> engine_;
  int number_ = 0;
};

}  // namespace

TEST_CASE("a share is made, filled and opened as documented", "[ddl][share]") {
  TestAccount a;
  CHECK(a.run("CREATE SHARE s COMMENT = 'Orders'") == "Share S successfully created.");
  CHECK(a.header("SHOW SHARES") ==
        "created_on kind owner_account name database_name to owner comment listing_global_name");
  CHECK(a.rows("SHOW SHARES", kShown) == "OUTBOUND|ACME.ACME|S|||ACCOUNTADMIN|Orders");
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE TABLE d.s.t (a NUMBER)",
                 "CREATE SECURE VIEW d.s.v AS SELECT a FROM d.s.t", "GRANT USAGE ON DATABASE d TO SHARE s",
                 "GRANT USAGE ON SCHEMA d.s TO SHARE s", "GRANT SELECT ON TABLE d.s.t TO SHARE s",
                 "GRANT SELECT ON VIEW d.s.v TO SHARE s"})
              .empty());
  CHECK(a.rows("SHOW GRANTS TO SHARE s", {"privilege", "granted_on", "name", "granted_to", "grantee_name"}) ==
        "USAGE|DATABASE|D|SHARE|S\nUSAGE|SCHEMA|D.S|SHARE|S\nSELECT|TABLE|D.S.T|SHARE|S\nSELECT|VIEW|D.S.V|SHARE|S");
  CHECK(a.rows("DESC SHARE s", {"kind", "name"}) == "DATABASE|D\nSCHEMA|D.S\nTABLE|D.S.T\nVIEW|D.S.V");
  // SHOW names three accounts at most.
  REQUIRE(a.all({"ALTER SHARE s ADD ACCOUNTS = org.one, org.two", "ALTER SHARE s ADD ACCOUNT = org.two, xy12345",
                 "ALTER SHARE s ADD ACCOUNTS = org.four SHARE_RESTRICTIONS = FALSE"})
              .empty());
  CHECK(a.rows("SHOW SHARES", {"database_name", "to"}) == "D|ORG.ONE, ORG.TWO, XY12345");
  CHECK(
      a.run("SELECT SYSTEM$LIST_OUTBOUND_SHARES_DETAILS('s')") ==
      R"([{"account_name":"ORG.ONE"},{"account_name":"ORG.TWO"},{"account_name":"XY12345"},{"account_name":"ORG.FOUR"}])");
  REQUIRE(a.all({"ALTER SHARE s REMOVE ACCOUNTS = org.one, org.nine"}).empty());
  CHECK(a.rows("SHOW SHARES", {"to"}) == "ORG.TWO, XY12345, ORG.FOUR");
  REQUIRE(a.all({"ALTER SHARE s SET ACCOUNTS = org.five COMMENT = 'Anew'"}).empty());
  CHECK(a.rows("SHOW SHARES", {"to", "comment"}) == "ORG.FIVE|Anew");
  REQUIRE(a.all({"ALTER SHARE s UNSET COMMENT"}).empty());
  CHECK(a.rows("SHOW SHARES", {"comment"}).empty());
  // A table that is replaced leaves the share.
  REQUIRE(a.all({"CREATE OR REPLACE TABLE d.s.t (a NUMBER)"}).empty());
  CHECK(a.rows("DESC SHARE s", {"kind"}) == "DATABASE\nSCHEMA\nVIEW");
  CHECK(a.run("DROP SHARE s") == "S successfully dropped.");
  CHECK(a.run("SHOW SHARES").empty());
}

TEST_CASE("what a share does not take", "[ddl][share]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE SHARE s", "CREATE DATABASE d", "CREATE DATABASE other", "CREATE SCHEMA other.s",
                 "CREATE SCHEMA d.s", "CREATE VIEW d.s.v AS SELECT 1 AS a", "CREATE TABLE other.s.t (a NUMBER)"})
              .empty());
  // A database comes first.
  CHECK(code_of(a.run("ALTER SHARE s ADD ACCOUNTS = org.one")) == "003516");
  CHECK(code_of(a.run("GRANT USAGE ON SCHEMA d.s TO SHARE s")) == "003033");
  CHECK(
      a.run("GRANT REFERENCE_USAGE ON DATABASE d TO SHARE s") ==
      "500130 22000 Cannot grant REFERENCE_USAGE on database D to share S. Grant USAGE on a database to share prior to "
      "granting REFERENCE_USAGE.");
  REQUIRE(a.all({"GRANT USAGE ON DATABASE d TO SHARE s"}).empty());
  // Only one.
  CHECK_THAT(a.run("GRANT USAGE ON DATABASE other TO SHARE s"),
             Catch::Contains("Database 'OTHER' does not belong to the database that is being shared."));
  REQUIRE(
      a.all({"GRANT REFERENCE_USAGE ON DATABASE other TO SHARE s", "GRANT USAGE ON SCHEMA d.s TO SHARE s"}).empty());
  // Not among the rows of SHOW GRANTS TO SHARE (share entry, bulk_read).
  CHECK(a.rows("SHOW GRANTS TO SHARE s", {"privilege", "name"}) == "USAGE|D\nUSAGE|D.S");
  CHECK(code_of(a.run("GRANT SELECT ON TABLE other.s.t TO SHARE s")) == "003033");
  CHECK_THAT(a.run("GRANT SELECT ON VIEW d.s.v TO SHARE s"), Catch::Contains("Non-secure object"));
  CHECK(code_of(a.run("GRANT CREATE TABLE ON SCHEMA d.s TO SHARE s")) == "003008");
  CHECK(code_of(a.run("GRANT INSERT ON ALL TABLES IN SCHEMA d.s TO SHARE s")) == "003008");
  CHECK(code_of(a.run("GRANT SELECT ON FUTURE TABLES IN SCHEMA d.s TO SHARE s")) == "000002");
  CHECK(code_of(a.run("GRANT USAGE ON SCHEMA d.s TO SHARE s WITH GRANT OPTION")) == "000002");
  // SET takes accounts and a comment alone.
  CHECK(a.run("ALTER SHARE s SET ACCOUNTS = org.one SHARE_RESTRICTIONS = FALSE") ==
        "001420 22023 SQL compilation error:\ninvalid property 'SHARE_RESTRICTIONS' for 'SHARE'");
  CHECK(code_of(a.run("ALTER SHARE s SET SECURE_OBJECTS_ONLY = TRUE")) == "001420");
  CHECK(code_of(a.run("ALTER SHARE s RENAME TO t")) == "001003");
  CHECK(code_of(a.run("GRANT OWNERSHIP ON SHARE s TO ROLE SYSADMIN")) == "000002");
  // One that was made for it takes views that are not secure.
  REQUIRE(a.all({"CREATE SHARE open SECURE_OBJECTS_ONLY = FALSE", "GRANT USAGE ON DATABASE d TO SHARE open",
                 "GRANT USAGE ON SCHEMA d.s TO SHARE open", "GRANT SELECT ON VIEW d.s.v TO SHARE open"})
              .empty());
}

TEST_CASE("who may do what with a share", "[ddl][share]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE ROLE r", "GRANT ROLE r TO USER mesh", "CREATE DATABASE d", "CREATE DATABASE ROLE d.reader"})
              .empty());
  CHECK(code_of(a.as("R", "CREATE SHARE s")) == "003001");
  REQUIRE(a.all({"GRANT CREATE SHARE ON ACCOUNT TO ROLE r", "CREATE SHARE theirs"}).empty());
  CHECK(a.as("R", "CREATE SHARE s") == "Share S successfully created.");
  // Without IMPORT SHARE the list is empty, with it one sees one's own (show-shares).
  CHECK(a.rows_as("R", "SHOW SHARES", {"name"}).empty());
  REQUIRE(a.all({"GRANT IMPORT SHARE ON ACCOUNT TO ROLE r"}).empty());
  CHECK(a.rows_as("R", "SHOW SHARES", {"name"}) == "S");
  CHECK(a.rows("SHOW SHARES", {"name"}) == "S\nTHEIRS");
  // The owner of the share alone does not own the database, and the other way round.
  CHECK(code_of(a.as("R", "GRANT USAGE ON DATABASE d TO SHARE s")) == "002003");
  REQUIRE(a.all({"GRANT OWNERSHIP ON DATABASE d TO ROLE r", "GRANT OWNERSHIP ON DATABASE ROLE d.reader TO ROLE r"})
              .empty());
  CHECK(a.as("R", "GRANT USAGE ON DATABASE d TO SHARE s") == "Statement executed successfully.");
  CHECK(code_of(a.as("R", "GRANT USAGE ON DATABASE d TO SHARE theirs")) == "002003");
  CHECK(a.as("R", "GRANT DATABASE ROLE d.reader TO SHARE s") == "Statement executed successfully.");
  CHECK(a.rows("SHOW GRANTS OF DATABASE ROLE d.reader", {"granted_to", "grantee_name"}) == "SHARE|S");
  // Targets need a privilege of their own (BCR-1734).
  CHECK(code_of(a.as("R", "ALTER SHARE s ADD ACCOUNTS = org.one")) == "003001");
  REQUIRE(a.all({"GRANT MANAGE SHARE TARGET ON ACCOUNT TO ROLE r"}).empty());
  CHECK(a.as("R", "ALTER SHARE s ADD ACCOUNTS = org.one") == "Statement executed successfully.");
  CHECK(code_of(a.as("R", "DESC SHARE s")) == "003001");
  CHECK(a.as("R", "REVOKE DATABASE ROLE d.reader FROM SHARE s") == "Statement executed successfully.");
  CHECK(a.as("R", "REVOKE USAGE ON DATABASE d FROM SHARE s") == "Statement executed successfully.");
  CHECK(a.run("SHOW GRANTS TO SHARE s").empty());
}

TEST_CASE("an account sees what another one of its file shares with it", "[ddl][share]") {
  TwoAccounts both;
  for (const char* sql : {"CREATE SHARE s COMMENT = 'For you'", "CREATE SHARE not_yet", "CREATE DATABASE d",
                          "GRANT USAGE ON DATABASE d TO SHARE s", "ALTER SHARE s ADD ACCOUNTS = org.consumer"}) {
    INFO(sql);
    CHECK_THAT(both.in("ORG-PROVIDER", sql), Catch::Contains("successfully"));
  }
  CHECK(both.in("ORG-CONSUMER", "SHOW SHARES", kShown) == "INBOUND|ORG.PROVIDER|S||||For you");
  CHECK(both.in("ORG-CONSUMER", "SHOW SHARES", {"name"}, "PUBLIC").empty());
  CHECK(both.in("ORG-PROVIDER", "SHOW SHARES LIKE 's'", kShown) ==
        "OUTBOUND|ORG.PROVIDER|S|D|ORG.CONSUMER|ACCOUNTADMIN|For you");
  CHECK(code_of(both.in("ORG-CONSUMER", "CREATE DATABASE x FROM SHARE org.provider.not_yet")) == "002003");
  CHECK(both.in("ORG-CONSUMER", "CREATE DATABASE theirs FROM SHARE org.provider.s") ==
        "Database THEIRS successfully created.");
  CHECK(both.in("ORG-CONSUMER", "SHOW DATABASES LIKE 'theirs'", {"name", "kind", "origin"}) ==
        "THEIRS|IMPORTED DATABASE|ORG.PROVIDER.S");
  CHECK(both.in("ORG-CONSUMER", "SHOW SHARES", kShown) == "INBOUND|ORG.PROVIDER|S|THEIRS|||For you");
  CHECK_THAT(both.in("ORG-CONSUMER", "CREATE DATABASE again FROM SHARE org.provider.s"), Catch::Contains("already"));
  CHECK(code_of(both.in("ORG-CONSUMER", "ALTER DATABASE theirs SET LOG_LEVEL = OFF")) == "000002");
  for (const char* sql : {"ALTER DATABASE theirs SET COMMENT = 'of theirs'", "CREATE ROLE r",
                          "GRANT IMPORTED PRIVILEGES ON DATABASE theirs TO ROLE r", "DROP DATABASE theirs"}) {
    INFO(sql);
    CHECK_THAT(both.in("ORG-CONSUMER", sql), Catch::Contains("successfully"));
  }
}
