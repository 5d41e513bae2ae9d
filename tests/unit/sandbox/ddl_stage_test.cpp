#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

constexpr const char* kIntegration =
    "CREATE STORAGE INTEGRATION s3_int TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE "
    "STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::001234567890:role/myrole' "
    "STORAGE_ALLOWED_LOCATIONS = ('s3://load/', 's3://other/a/') "
    "STORAGE_BLOCKED_LOCATIONS = ('s3://load/secret/') COMMENT = 'bucket'";

void prepare(TestAccount& a) {
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE ROLE r", "GRANT USAGE ON DATABASE d TO ROLE r",
                 "GRANT USAGE ON SCHEMA d.s TO ROLE r", "GRANT ROLE r TO USER mesh"})
              .empty());
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
std::string code(TestAccount& a, const std::string& sql) { return a.run(sql).substr(0, 6); }

}  // namespace

TEST_CASE("a storage integration is shown and described", "[ddl][integration]") {
  TestAccount a;
  CHECK(a.run(kIntegration) == "Integration S3_INT successfully created.");
  CHECK(a.rows("SHOW STORAGE INTEGRATIONS", {"name", "type", "category", "enabled", "comment"}) ==
        "S3_INT|EXTERNAL_STAGE|STORAGE|true|bucket");
  CHECK(a.rows("SHOW INTEGRATIONS LIKE 's3%'", {"name"}) == "S3_INT");
  CHECK(a.rows("SHOW API INTEGRATIONS", {"name"}).empty());
  const std::string described = a.run("DESC INTEGRATION s3_int");
  for (const char* row : {"ENABLED|Boolean|true|false", "\nSTORAGE_PROVIDER|String|S3|",
                          "\nSTORAGE_ALLOWED_LOCATIONS|List|s3://load/,s3://other/a/|[]",
                          "\nSTORAGE_BLOCKED_LOCATIONS|List|s3://load/secret/|[]",
                          "\nSTORAGE_AWS_ROLE_ARN|String|arn:aws:iam::001234567890:role/myrole|",
                          "\nSTORAGE_AWS_EXTERNAL_ID|String|ACME_SFCRole=",
                          "\nUSE_PRIVATELINK_ENDPOINT|Boolean|false|false", "\nCOMMENT|String|bucket|"}) {
    INFO(row);
    CHECK(has(described, row));
  }
  CHECK_FALSE(has(described, "AZURE"));
  CHECK(a.run("DESCRIBE STORAGE INTEGRATION s3_int") == described);  // the generated id stays
  CHECK(a.rows("SHOW GRANTS ON INTEGRATION s3_int", {"privilege", "granted_on", "name"}) ==
        "OWNERSHIP|INTEGRATION|S3_INT");
}

TEST_CASE("a storage integration is altered and dropped", "[ddl][integration]") {
  TestAccount a;
  REQUIRE(a.all({kIntegration,
                 "ALTER STORAGE INTEGRATION s3_int SET ENABLED = FALSE, COMMENT = 'x' "
                 "STORAGE_ALLOWED_LOCATIONS = ('*')",
                 "ALTER INTEGRATION s3_int SET STORAGE_AWS_EXTERNAL_ID = 'mine'"})
              .empty());
  CHECK(a.rows("SHOW INTEGRATIONS", {"enabled", "comment"}) == "false|x");
  CHECK(has(a.run("DESC INTEGRATION s3_int"), "STORAGE_AWS_EXTERNAL_ID|String|mine|"));
  REQUIRE(a.all({"ALTER STORAGE INTEGRATION IF EXISTS s3_int UNSET ENABLED, COMMENT, STORAGE_BLOCKED_LOCATIONS",
                 "ALTER INTEGRATION IF EXISTS none SET ENABLED = TRUE", "COMMENT ON INTEGRATION s3_int IS 'y'"})
              .empty());
  CHECK(a.rows("SHOW INTEGRATIONS", {"enabled", "comment"}) == "true|y");
  CHECK(has(a.run("DESC INTEGRATION s3_int"), "STORAGE_BLOCKED_LOCATIONS|List||[]"));
  CHECK(code(a, "ALTER STORAGE INTEGRATION s3_int UNSET STORAGE_ALLOWED_LOCATIONS") == "001420");
  CHECK(code(a, "ALTER STORAGE INTEGRATION s3_int SET STORAGE_PROVIDER = 'GCS'") == "001420");
  CHECK(code(a, "ALTER STORAGE INTEGRATION s3_int SET AZURE_TENANT_ID = 'x'") == "001420");
  CHECK(code(a, "ALTER STORAGE INTEGRATION s3_int RENAME TO t") == "001003");
  CHECK(a.run("DROP INTEGRATION s3_int") == "S3_INT successfully dropped.");
  CHECK(a.run("DROP STORAGE INTEGRATION IF EXISTS s3_int") ==
        "Drop statement executed successfully (S3_INT already dropped).");
}

TEST_CASE("what a storage integration needs", "[ddl][integration]") {
  TestAccount a;
  prepare(a);
  const std::string head = "CREATE STORAGE INTEGRATION i TYPE = EXTERNAL_STAGE ";
  CHECK(a.run(head + "STORAGE_PROVIDER = 'S3'") ==
        "002029 42601 SQL compilation error:\nMissing option(s): STORAGE_ALLOWED_LOCATIONS, STORAGE_AWS_ROLE_ARN");
  CHECK(code(a, head + "STORAGE_PROVIDER = 'MINIO'") == "001422");
  CHECK(code(a, head + "STORAGE_PROVIDER = 'GCS' STORAGE_ALLOWED_LOCATIONS = ('gcs://x/') AZURE_TENANT_ID = 'x'") ==
        "001420");
  CHECK(code(a, head + "STORAGE_PROVIDER = 'GCS' STORAGE_ALLOWED_LOCATIONS = ()") == "001422");
  const std::string gcs = head + "STORAGE_PROVIDER = 'GCS' STORAGE_ALLOWED_LOCATIONS = ('gcs://x/')";
  CHECK(a.as("R", gcs).substr(0, 6) == "003001");
  REQUIRE(a.all({"GRANT CREATE STORAGE INTEGRATION ON ACCOUNT TO ROLE r"}).empty());
  CHECK(a.as("R", gcs) == "Integration I successfully created.");
  CHECK(code(a, "CREATE INTEGRATION j TYPE = EXTERNAL_STAGE") == "001003");
  CHECK(code(a, "CREATE NOTIFICATION INTEGRATION j TYPE = QUEUE") == "000002");
}

TEST_CASE("an internal stage", "[ddl][stage]") {
  TestAccount a;
  prepare(a);
  CHECK(a.run("CREATE STAGE d.s.st DIRECTORY = (ENABLE = TRUE) COMMENT = 'c'") ==
        "Stage area ST successfully created.");
  REQUIRE(a.all({"CREATE STAGE d.s.sse ENCRYPTION = (TYPE = 'SNOWFLAKE_SSE') FILE_FORMAT = (TYPE = JSON "
                 "STRIP_OUTER_ARRAY = TRUE)"})
              .empty());
  CHECK(a.header("SHOW STAGES") ==
        "created_on name database_name schema_name url has_credentials has_encryption_key owner comment region type "
        "cloud notification_channel storage_integration endpoint owner_role_type directory_enabled");
  CHECK(a.rows("SHOW STAGES IN SCHEMA d.s", {"name", "url", "has_credentials", "has_encryption_key", "comment", "type",
                                             "cloud", "storage_integration", "directory_enabled"}) ==
        "SSE||N|N||INTERNAL NO CSE|-|-|N\nST||N|N|c|INTERNAL|-|-|Y");
  CHECK(a.header("DESC STAGE d.s.st") == "parent_property property property_type property_value property_default");
  const std::string plain = a.run("DESCRIBE STAGE d.s.st"), json = a.run("DESC STAGE d.s.sse");
  for (const char* row :
       {"STAGE_FILE_FORMAT|TYPE|String|CSV|CSV", "\nSTAGE_FILE_FORMAT|NULL_IF|List|[\\N]|[\\N]",
        "\nSTAGE_COPY_OPTIONS|ON_ERROR|String|ABORT_STATEMENT|ABORT_STATEMENT", "\nSTAGE_LOCATION|URL|String||",
        "\nDIRECTORY|ENABLE|Boolean|true|false", "\nDIRECTORY|AUTO_REFRESH|Boolean|false|false"}) {
    INFO(row);
    CHECK(has(plain, row));
  }
  CHECK(has(json, "STAGE_FILE_FORMAT|STRIP_OUTER_ARRAY|Boolean|true|false"));
  CHECK(has(json, "DIRECTORY|ENABLE|Boolean|false|false"));
  CHECK_FALSE(has(json, "STAGE_CREDENTIALS"));
  CHECK_FALSE(has(plain, "LAST_REFRESHED_ON"));
  REQUIRE(a.all({"ALTER STAGE d.s.st REFRESH", "ALTER STAGE d.s.st REFRESH SUBPATH = 'a/'"}).empty());
  CHECK(has(a.run("DESC STAGE d.s.st"), "DIRECTORY|LAST_REFRESHED_ON|Timestamp|"));
}

TEST_CASE("an external stage rests on an integration", "[ddl][stage]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({kIntegration, "CREATE FILE FORMAT d.s.\"my csv\" TYPE = CSV SKIP_HEADER = 1",
                 "CREATE STAGE d.s.ext URL = 's3://load/files/' STORAGE_INTEGRATION = s3_int "
                 "ENCRYPTION = (TYPE = 'AWS_SSE_KMS' KMS_KEY_ID = 'aws/key') "
                 "DIRECTORY = (ENABLE = true AUTO_REFRESH = true) FILE_FORMAT = (FORMAT_NAME = 'd.s.\"my csv\"')",
                 "CREATE STAGE d.s.keys URL = 'azure://a.blob.core.windows.net/load/' "
                 "CREDENTIALS = (AZURE_SAS_TOKEN = '?sv=1') USE_PRIVATELINK_ENDPOINT = TRUE"})
              .empty());
  CHECK(a.rows("SHOW STAGES IN DATABASE d", {"name", "url", "has_credentials", "has_encryption_key", "type", "cloud",
                                             "storage_integration", "directory_enabled"}) ==
        "EXT|s3://load/files/|N|Y|EXTERNAL|AWS|S3_INT|Y\n"
        "KEYS|azure://a.blob.core.windows.net/load/|Y|N|EXTERNAL|AZURE|-|N");
  const std::string described = a.run("DESC STAGE d.s.ext");
  for (const char* row :
       {"STAGE_FILE_FORMAT|FORMAT_NAME|String|\\\"D\\\".\\\"S\\\".\\\"my csv\\\"|\nSTAGE_COPY",
        "\nSTAGE_LOCATION|URL|String|[\"s3://load/files/\"]|", "\nDIRECTORY|AUTO_REFRESH|Boolean|true|false",
        "\nDIRECTORY|DIRECTORY_NOTIFICATION_CHANNEL|String|arn:aws:sqs:"}) {
    INFO(row);
    CHECK(has(described, row));
  }
  CHECK_FALSE(has(a.run("DESC STAGE d.s.keys"), "sv=1"));
  CHECK(a.run("CREATE STAGE d.s.x URL = 's3://load/secret/a/' STORAGE_INTEGRATION = s3_int") ==
        "003127 42601 SQL compilation error:\nLocation 's3://load/secret/a/' is not allowed by integration 'S3_INT'. "
        "Please use DESC INTEGRATION to check out allowed and blocked locations.");
  CHECK(code(a, "CREATE STAGE d.s.x URL = 's3://elsewhere/' STORAGE_INTEGRATION = s3_int") == "003127");
  CHECK(code(a, "CREATE STAGE d.s.x URL = 's3://load/' STORAGE_INTEGRATION = none") == "002003");
  REQUIRE(a.all({"GRANT CREATE STAGE ON SCHEMA d.s TO ROLE r", "GRANT USAGE ON INTEGRATION s3_int TO ROLE r"}).empty());
  CHECK(a.as("R", "CREATE STAGE d.s.rs URL = 's3://load/' STORAGE_INTEGRATION = s3_int") ==
        "Stage area RS successfully created.");
  REQUIRE(
      a.all({"REVOKE USAGE ON INTEGRATION s3_int FROM ROLE r", "GRANT MANAGE GRANTS ON ACCOUNT TO ROLE r"}).empty());
  CHECK(a.as("R", "CREATE STAGE d.s.rt URL = 's3://load/' STORAGE_INTEGRATION = s3_int").substr(0, 6) == "003001");
  // A dropped integration leaves its stages without one.
  REQUIRE(a.all({"DROP INTEGRATION s3_int", kIntegration}).empty());
  CHECK(a.rows("SHOW STAGES LIKE 'ext' IN DATABASE d", {"storage_integration"}) == "-");
}

TEST_CASE("stages are altered", "[ddl][stage]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({kIntegration, "CREATE FILE FORMAT d.s.fmt TYPE = PARQUET", "CREATE STAGE d.s.int",
                 "CREATE STAGE d.s.ext URL = 's3://load/' CREDENTIALS = (AWS_KEY_ID = 'a' AWS_SECRET_KEY = 'b')",
                 "ALTER STAGE d.s.int SET COMMENT = 'c' FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 3)",
                 "ALTER STAGE d.s.int SET DIRECTORY = (ENABLE = TRUE)",
                 "ALTER STAGE d.s.ext SET URL = 's3://load/a/' STORAGE_INTEGRATION = s3_int FILE_FORMAT = d.s.fmt",
                 "ALTER STAGE IF EXISTS d.s.ext SET ENCRYPTION = (TYPE = 'AWS_SSE_S3')",
                 "ALTER STAGE IF EXISTS d.s.none SET COMMENT = 'c'", "ALTER STAGE d.s.int RENAME TO d.public.moved"})
              .empty());
  CHECK(a.rows("SHOW STAGES IN DATABASE d", {"schema_name", "name", "url", "has_credentials", "storage_integration",
                                             "comment", "directory_enabled"}) ==
        "PUBLIC|MOVED||N|-|c|Y\nS|EXT|s3://load/a/|N|S3_INT||N");
  CHECK(has(a.run("DESC STAGE d.public.moved"), "STAGE_FILE_FORMAT|SKIP_HEADER|Integer|3|0"));
  CHECK(has(a.run("DESC STAGE d.s.ext"), "FORMAT_NAME|String|\\\"D\\\".\\\"S\\\".\\\"FMT\\\"|"));
  CHECK(code(a, "ALTER STAGE d.public.moved SET URL = 's3://load/'") == "001420");
  CHECK(code(a, "ALTER STAGE d.public.moved SET ENCRYPTION = (TYPE = 'SNOWFLAKE_SSE')") == "001420");
  CHECK(code(a, "ALTER STAGE d.s.ext UNSET COMMENT") == "001003");
  CHECK(code(a, "ALTER STAGE d.s.ext SET DIRECTORY = (ENABLE = TRUE AUTO_REFRESH = TRUE)") == "001420");
  CHECK(code(a, "ALTER STAGE d.s.ext SET URL = 's3://elsewhere/'") == "003127");
  CHECK(code(a, "ALTER STAGE d.s.ext REFRESH") == "002100");
  CHECK(code(a, "CREATE OR ALTER STAGE d.s.ext URL = 's3://load/b/' COMMENT = 'd'") != "000002");
  CHECK(a.rows("SHOW STAGES IN SCHEMA d.s", {"url", "storage_integration", "comment"}) == "s3://load/b/|-|d");
  CHECK(code(a, "CREATE OR ALTER STAGE d.s.ext COMMENT = 'd'") == "000002");
  CHECK(a.run("DROP STAGE d.s.ext") == "EXT successfully dropped.");
}

TEST_CASE("what a stage does not take", "[ddl][stage]") {
  TestAccount a;
  prepare(a);
  CHECK(code(a, "CREATE STAGE d.s.x URL = 'ftp://load/'") == "001422");
  CHECK(code(a, "CREATE STAGE d.s.x ENCRYPTION = (TYPE = 'AWS_SSE_S3')") == "001422");
  CHECK(code(a, "CREATE STAGE d.s.x URL = 'gcs://b/' ENCRYPTION = (TYPE = 'AZURE_CSE' MASTER_KEY = 'k')") == "001422");
  CHECK(code(a, "CREATE STAGE d.s.x URL = 's3://b/' CREDENTIALS = (AZURE_SAS_TOKEN = 'k')") == "001420");
  CHECK(code(a, "CREATE STAGE d.s.x CREDENTIALS = (AWS_KEY_ID = 'k')") == "001420");
  CHECK(code(a, "CREATE STAGE d.s.x FILE_FORMAT = (FORMAT_NAME = 'd.s.none')") == "002003");
  CHECK(code(a, "CREATE STAGE d.s.x FILE_FORMAT = (TYPE = YAML)") == "001422");
  CHECK(code(a, "CREATE STAGE d.s.x OWNER = 'y'") == "001420");
  CHECK(code(a, "CREATE TEMPORARY STAGE d.s.x") == "000002");
}

TEST_CASE("privileges on a stage depend on where its files are", "[ddl][stage][grants]") {
  TestAccount a;
  prepare(a);
  REQUIRE(a.all({"CREATE STAGE d.s.int", "CREATE STAGE d.s.ext URL = 's3://b/'"}).empty());
  CHECK(code(a, "GRANT USAGE ON STAGE d.s.int TO ROLE r") == "002100");
  CHECK(code(a, "GRANT READ ON STAGE d.s.ext TO ROLE r") == "002100");
  CHECK(code(a, "GRANT WRITE ON STAGE d.s.int TO ROLE r") == "002100");
  REQUIRE(a.all({"GRANT READ ON STAGE d.s.int TO ROLE r", "GRANT WRITE ON STAGE d.s.int TO ROLE r"}).empty());
  CHECK(code(a, "REVOKE READ ON STAGE d.s.int FROM ROLE r") == "002100");
  REQUIRE(a.all({"REVOKE WRITE ON STAGE d.s.int FROM ROLE r", "REVOKE READ ON STAGE d.s.int FROM ROLE r",
                 "GRANT READ, WRITE ON STAGE d.s.int TO ROLE r", "GRANT ALL ON ALL STAGES IN SCHEMA d.s TO ROLE r"})
              .empty());
  CHECK(a.rows("SHOW GRANTS ON STAGE d.s.ext", {"privilege"}) == "OWNERSHIP\nUSAGE");
  CHECK(a.rows("SHOW GRANTS ON STAGE d.s.int", {"privilege"}) == "OWNERSHIP\nREAD\nWRITE");
}
