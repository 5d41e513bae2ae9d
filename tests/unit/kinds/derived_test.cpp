// Dynamic tables, materialized views, external tables and storage integrations: values, and the statements they are
// made and changed by.
#include <catch2/catch.hpp>

#include "mesh/kinds/ddl.hpp"

using namespace mesh;

namespace {

using Statements = std::vector<std::string>;

std::string canonical(KindId kind, const char* property, const char* text) {
  const auto* row = kinds::find_property(kinds::of(kind), property);
  REQUIRE(row != nullptr);
  const auto value = kinds::canonical(*row, text);
  return value ? to_display(*value) : "refused";
}

Object object(const char* address, const std::map<std::string, Value>& properties) {
  Object made;
  made.id = *parse_address(address);
  for (const auto& [name, value] : properties) made.properties[name] = {value, {}};
  return made;
}

Column commented(const char* name, const char* comment) {
  Column column;
  column.name = Name::exact(name);
  column.comment = comment;
  return column;
}

bool same_lag(const char* a, const char* b) {
  return kinds::find_property(kinds::of(KindId::DynamicTable), "target_lag")->same(Value(a), Value(b));
}

}  // namespace

TEST_CASE("a lag is compared in seconds, and has at least sixty") {
  CHECK(canonical(KindId::DynamicTable, "target_lag", "downstream") == "DOWNSTREAM");
  CHECK(canonical(KindId::DynamicTable, "target_lag", "2 Days") == "2 Days");
  for (const char* none : {"59 seconds", "soon", "5", "-5 minutes", "5 weeks", "9999999999999 days", "1.5 hours"}) {
    INFO(none);
    CHECK(canonical(KindId::DynamicTable, "target_lag", none) == "refused");
  }
  CHECK(same_lag("60 minutes", "1 hour"));
  CHECK(same_lag("86400 second", "1 DAYS"));
  CHECK_FALSE(same_lag("61 minutes", "1 hour"));
  CHECK_FALSE(same_lag("DOWNSTREAM", "1 hour"));
}

TEST_CASE("a dynamic table is born running, made anew with its grants, and frozen in place") {
  auto table = object("dynamic table A.S.D", {{"target_lag", Value("1 hour")},
                                              {"warehouse", Value("WH")},
                                              {"transient", Value(true)},
                                              {"state", Value("STARTED")}});
  table.texts["query"] = {"SELECT ID FROM A.S.T", {}};
  table.texts["frozen_where"] = {"ID < 5", {}};
  CHECK(
      kinds::create_statements(table) ==
      Statements{
          R"(CREATE TRANSIENT DYNAMIC TABLE "A"."S"."D" TARGET_LAG = '1 hour' WAREHOUSE = "WH" FROZEN WHERE (ID < 5) AS)"
          "\nSELECT ID FROM A.S.T"});
  table.properties["state"].value = Value("SUSPENDED");
  table.cluster_by = {{{"ID", {}}}};
  table.columns = {commented("ID", "key"), commented("B", "")};
  CHECK(kinds::replace_statements(table) ==
        Statements{
            R"(CREATE OR REPLACE TRANSIENT DYNAMIC TABLE "A"."S"."D" ("ID" COMMENT 'key', "B") TARGET_LAG = '1 hour' )"
            R"(WAREHOUSE = "WH" COPY GRANTS CLUSTER BY (ID) FROZEN WHERE (ID < 5) AS)"
            "\nSELECT ID FROM A.S.T",
            R"(ALTER DYNAMIC TABLE "A"."S"."D" SUSPEND)"});
  const auto& kind = kinds::of(KindId::DynamicTable);
  const auto& frozen = *kinds::find_text(kind, "frozen_where");
  CHECK(kinds::set_text(table.id, frozen, table.text("frozen_where")) ==
        R"(ALTER DYNAMIC TABLE "A"."S"."D" SET FROZEN WHERE (ID < 5))");
  CHECK(kinds::set_text(table.id, frozen, nullptr) == R"(ALTER DYNAMIC TABLE "A"."S"."D" UNSET FROZEN WHERE)");
  // UNSET EXECUTE AS USER stands alone.
  CHECK(kinds::property_statements(table.id, {{kinds::find_property(kind, "initialization_warehouse"), Value(), true},
                                              {kinds::find_property(kind, "execute_as_user"), Value(), true}}) ==
        Statements{R"(ALTER DYNAMIC TABLE "A"."S"."D" UNSET INITIALIZATION_WAREHOUSE)",
                   R"(ALTER DYNAMIC TABLE "A"."S"."D" UNSET EXECUTE AS USER)"});
}

TEST_CASE("a materialized view copies grants before its columns, and is a view in grants and policies") {
  auto view = object("materialized view A.S.M", {{"secure", Value(true)}, {"comment", Value("x")}});
  view.texts["query"] = {"SELECT ID FROM A.S.T", {}};
  view.columns = {commented("ID", "key")};
  CHECK(
      kinds::replace_statements(view) ==
      Statements{
          R"(CREATE OR REPLACE SECURE MATERIALIZED VIEW "A"."S"."M" COPY GRANTS ("ID" COMMENT 'key') COMMENT = 'x' AS)"
          "\nSELECT ID FROM A.S.T"});
  CHECK(kinds::grant_statement(
            {{TargetForm::Object, view.id, KindId::Table}, {GranteeType::Role, *QualifiedName::parse("R")}, "SELECT"},
            false) == R"(GRANT SELECT ON VIEW "A"."S"."M" TO ROLE "R")");
  Attachment tag;
  tag.key = {{view.id, Name::exact("ID")}, KindId::Tag, *QualifiedName::parse("A.S.PII")};
  tag.name = tag.key.name;
  tag.value = "id";
  CHECK(kinds::attach_statements(tag).front() ==
        R"(ALTER VIEW "A"."S"."M" MODIFY COLUMN "ID" SET TAG "A"."S"."PII" = 'id')");
  CHECK(kinds::rename_statement(view.id, *QualifiedName::parse("A.S.N")) ==
        R"(ALTER MATERIALIZED VIEW "A"."S"."M" RENAME TO "A"."S"."N")");
}

TEST_CASE("a place in a stage is a name and a path of plain characters") {
  CHECK(canonical(KindId::ExternalTable, "location", "@a.s.st") == "@A.S.ST/");
  CHECK(canonical(KindId::ExternalTable, "location", "@A.S.ST/x/y") == "@A.S.ST/x/y/");
  CHECK(canonical(KindId::ExternalTable, "location", "@A.S.\"s/t\"/x/") == "@A.S.\"s/t\"/x/");
  for (const char* none : {"A.S.ST/x", "@S.ST", "@A.S.ST/x y", "@A.S.ST/x;DROP", "@A.S.ST/x--", "@A.S.ST/'",
                           "@A.S.ST//x", "@", "@A.S.ST x/"}) {
    INFO(none);
    CHECK(canonical(KindId::ExternalTable, "location", none) == "refused");
  }
}

TEST_CASE("an external table names its columns with their expressions") {
  auto table = object("external table A.S.X", {{"location", Value("@A.S.ST/x/")},
                                               {"file_format", Value("A.S.F")},
                                               {"partition_by", Value(ValueList{"DAY"})},
                                               {"comment", Value("c")}});
  Column day;
  day.name = Name::exact("DAY");
  day.type = *DataType::parse("DATE");
  day.virtual_as = SqlText{"VALUE:d::DATE", {}};
  table.columns = {day};
  CHECK(kinds::create_statements(table) ==
        Statements{"CREATE EXTERNAL TABLE \"A\".\"S\".\"X\" (\n  \"DAY\" DATE AS (VALUE:d::DATE)\n) PARTITION BY "
                   "(\"DAY\") LOCATION = "
                   "@\"A\".\"S\".\"ST\"/x/ FILE_FORMAT = (FORMAT_NAME = 'A.S.F') COMMENT = 'c'"});
  CHECK(kinds::add_column(table.id, day) == R"(ALTER TABLE "A"."S"."X" ADD COLUMN "DAY" DATE AS (VALUE:d::DATE))");
  CHECK(kinds::rename_statement(table.id, *QualifiedName::parse("A.S.Y")) ==
        R"(ALTER TABLE "A"."S"."X" RENAME TO "A"."S"."Y")");
  const auto* comment = kinds::find_property(kinds::of(KindId::ExternalTable), "comment");
  CHECK(kinds::property_statements(table.id, {{comment, Value("it's"), false}}) ==
        Statements{R"(COMMENT ON EXTERNAL TABLE "A"."S"."X" IS 'it''s')"});
  CHECK(kinds::property_statements(table.id, {{comment, Value(), true}}) ==
        Statements{R"(COMMENT ON EXTERNAL TABLE "A"."S"."X" IS '')"});
  CHECK(kinds::named_by(*kinds::find_property(kinds::of(KindId::ExternalTable), "location"), "@A.S.ST/x/").address() ==
        "stage A.S.ST");
}

TEST_CASE("a storage integration says what CREATE must hear, and is an integration in grants") {
  const auto made = object("storage integration I", {{"storage_provider", Value("GCS")},
                                                     {"storage_allowed_locations", Value(ValueList{"gcs://b/"})}});
  CHECK(kinds::create_statements(made) ==
        Statements{R"(CREATE STORAGE INTEGRATION "I" TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'GCS' ENABLED = TRUE )"
                   R"(STORAGE_ALLOWED_LOCATIONS = ('gcs://b/'))"});
  CHECK(kinds::transfer_ownership(made.id, Name::exact("R")) ==
        R"(GRANT OWNERSHIP ON INTEGRATION "I" TO ROLE "R" COPY CURRENT GRANTS)");
}
