#include <catch2/catch.hpp>

#include "account.hpp"

using namespace mesh::sandbox;

namespace {

// What SHOW has for the format.
std::string options(TestAccount& a, const std::string& name) {
  return a.rows("SHOW FILE FORMATS LIKE '" + name + "' IN DATABASE d", {"type", "format_options", "comment"});
}
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a file format shows every option of its type as JSON", "[ddl][format]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s"}).empty());
  CHECK(a.run("CREATE FILE FORMAT d.s.plain") == "File format PLAIN successfully created.");
  CHECK(options(a, "plain") ==
        R"(CSV|{"TYPE":"CSV","RECORD_DELIMITER":"\\n","FIELD_DELIMITER":",","FILE_EXTENSION":null,"SKIP_HEADER":0,)"
        R"("PARSE_HEADER":false,"DATE_FORMAT":"AUTO","TIME_FORMAT":"AUTO","TIMESTAMP_FORMAT":"AUTO",)"
        R"("BINARY_FORMAT":"HEX","ESCAPE":"NONE","ESCAPE_UNENCLOSED_FIELD":"\\\\","TRIM_SPACE":false,)"
        R"("FIELD_OPTIONALLY_ENCLOSED_BY":"NONE","NULL_IF":["\\N"],"COMPRESSION":"AUTO",)"
        R"("ERROR_ON_COLUMN_COUNT_MISMATCH":true,"SKIP_BLANK_LINES":false,"REPLACE_INVALID_CHARACTERS":false,)"
        R"("EMPTY_FIELD_AS_NULL":true,"SKIP_BYTE_ORDER_MARK":true,"ENCODING":"UTF8","MULTI_LINE":true}|)");
  CHECK(a.run("CREATE FILE FORMAT d.s.j TYPE = 'json', STRIP_OUTER_ARRAY = TRUE COMMENT = 'x' COMPRESSION = gzip") ==
        "File format J successfully created.");
  const auto json = options(a, "j");
  CHECK(json.substr(0, 21) == R"(JSON|{"TYPE":"JSON",")");
  CHECK(has(json, R"("STRIP_OUTER_ARRAY":true)"));
  CHECK(has(json, R"("COMPRESSION":"gzip")"));  // in the case it was typed in
  CHECK_FALSE(has(json, "FIELD_DELIMITER"));
  CHECK(json.substr(json.size() - 2) == "|x");
  CHECK(a.header("SHOW FILE FORMATS IN SCHEMA d.s") ==
        "created_on name database_name schema_name type owner comment format_options owner_role_type");
}

TEST_CASE("options of a file format are altered, and described", "[ddl][format]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s",
                 "CREATE FILE FORMAT d.s.f TYPE = CSV FIELD_DELIMITER = '\\t' FILE_EXTENSION = '.txt'",
                 "ALTER FILE FORMAT d.s.f SET SKIP_HEADER = 2 NULL_IF = ('', 'it''s', '\\\\N') FILE_EXTENSION = NONE "
                 "DATE_FORMAT = 'YYYY' COMMENT = 'new'",
                 "ALTER FILE FORMAT d.s.f RENAME TO d.public.g"})
              .empty());
  const auto shown = options(a, "g");
  for (const char* part : {R"("FIELD_DELIMITER":"\\t")", R"("SKIP_HEADER":2)", R"("NULL_IF":["","it's","\\N"])",
                           R"("FILE_EXTENSION":null)", R"("DATE_FORMAT":"YYYY")", "|new"}) {
    INFO(part);
    CHECK(has(shown, part));
  }
  CHECK(a.header("DESC FILE FORMAT d.public.g") == "property property_type property_value property_default");
  const auto described = a.run("DESCRIBE FILE FORMAT d.public.g");
  CHECK(described.substr(0, 19) == "TYPE|String|CSV|CSV");
  for (const char* row : {"\nNULL_IF|List|[, it's, \\N]|[\\N]\n", "\nSKIP_HEADER|Integer|2|0\n",
                          "\nFIELD_DELIMITER|String|\\t|,\n", "\nTRIM_SPACE|Boolean|false|false\n"}) {
    INFO(row);
    CHECK(has(described, row));
  }
  CHECK_FALSE(has(described, "COMMENT"));
  CHECK(a.run("DROP FILE FORMAT d.public.g") == "G successfully dropped.");
}

TEST_CASE("what a file format does not take", "[ddl][format]") {
  TestAccount a;
  REQUIRE(a.all({"CREATE DATABASE d", "CREATE SCHEMA d.s", "CREATE FILE FORMAT d.s.f TYPE = JSON"}).empty());
  CHECK(a.run("CREATE FILE FORMAT d.s.f").substr(0, 6) == "002002");
  CHECK(a.run("CREATE FILE FORMAT d.s.g TYPE = YAML").substr(0, 6) == "001422");
  CHECK(a.run("CREATE FILE FORMAT d.s.g TYPE = JSON FIELD_DELIMITER = ','").substr(0, 6) == "001420");
  CHECK(a.run("CREATE FILE FORMAT d.s.g TYPE = JSON COMPRESSION = LZO").substr(0, 6) == "001422");
  CHECK(a.run("CREATE FILE FORMAT d.s.g TYPE = PARQUET COMPRESSION = GZIP").substr(0, 6) == "001422");
  CHECK(a.run("CREATE FILE FORMAT d.s.g TYPE = CSV FIELD_DELIMITER = COMMA").substr(0, 6) == "001422");
  CHECK(a.run("CREATE FILE FORMAT d.s.g PARSE_HEADER = TRUE SKIP_HEADER = 1").find("PARSE_HEADER") !=
        std::string::npos);
  CHECK(a.run("ALTER FILE FORMAT d.s.f SET TYPE = CSV").substr(0, 6) == "000002");
  CHECK(a.run("ALTER FILE FORMAT d.s.f UNSET COMMENT").substr(0, 6) == "001003");
}
