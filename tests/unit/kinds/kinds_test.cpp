#include <set>

#include <catch2/catch.hpp>

#include "mesh/base/digest.hpp"
#include "mesh/kinds/ddl.hpp"

using namespace mesh;

namespace {
std::string canonical(KindId kind, const char* property, const char* text) {
  const auto* row = kinds::find_property(kinds::of(kind), property);
  REQUIRE(row != nullptr);
  const auto value = kinds::canonical(*row, text);
  return value ? to_display(*value) : "refused: " + value.error().message;
}
}  // namespace

TEST_CASE("every kind is listed once, findable by each of its names") {
  std::set<KindId> seen;
  for (const auto* kind : kinds::all()) {
    INFO(kind->words);
    CHECK(seen.insert(kind->id).second);
    CHECK(kinds::by_collection(kind->collection) == kind);
    CHECK(kinds::by_granted_on(kind->granted_on) == kind);
    CHECK(kinds::by_plural(kind->sql_plural) == kind);
    CHECK(kind_words(kind->id) == kind->words);
    CHECK_FALSE(kind->doc.empty());
  }
  CHECK(seen.size() == 38);
}

TEST_CASE("defaults are canonical values of their own rows") {
  for (const auto* kind : kinds::all()) {
    for (const auto& row : kind->properties) {
      INFO(kind->words << " " << row.name);
      if (!row.default_value.empty()) CHECK_FALSE(kinds::default_of(row).is_null());
    }
  }
}

TEST_CASE("values are read in the spellings of SHOW and of DDL") {
  // SHOW WAREHOUSES prints 'X-Small', DDL takes XSMALL and two names for the larger ones.
  for (const char* spelling : {"2X-Large", "X2LARGE", "XXLARGE", "2x-large"}) {
    CHECK(canonical(KindId::Warehouse, "warehouse_size", spelling) == "XXLARGE");
  }
  CHECK(canonical(KindId::Warehouse, "warehouse_size", "X-Small") == "XSMALL");
  CHECK(canonical(KindId::Warehouse, "warehouse_size", "4X-Large") == "X4LARGE");
  CHECK(canonical(KindId::Warehouse, "warehouse_size", "HUGE").rfind("refused", 0) == 0);
  CHECK(canonical(KindId::Warehouse, "auto_suspend", "") == "0");
  CHECK(canonical(KindId::Warehouse, "resource_monitor", "null") == "-");
  CHECK(canonical(KindId::Warehouse, "max_cluster_count", "0").rfind("refused", 0) == 0);
  CHECK(canonical(KindId::Table, "kind", "TABLE") == "PERMANENT");
  CHECK(canonical(KindId::Table, "kind", "transient") == "TRANSIENT");
  for (const char* yes : {"true", "Y", "ON", "YES"}) CHECK(canonical(KindId::Table, "change_tracking", yes) == "true");
  CHECK(canonical(KindId::Role, "comment", "") == "-");
}

TEST_CASE("CREATE carries everything stated") {
  Object table;
  table.id = *parse_address("table A.S.\"odd \"\"name\"");
  table.properties["comment"] = {Value("it's \\ here"), {}};
  table.properties["kind"] = {Value("TRANSIENT"), {}};
  table.properties["data_retention_time_in_days"] = {Value(1), {}};
  Column id;
  id.name = Name::exact("ID");
  id.type = *DataType::parse("int");
  id.nullable = false;
  id.identity = Identity{1, 10, true};
  Column text;
  text.name = Name::exact("t");
  text.type = *DataType::parse("varchar(5)");
  text.collate = "en-ci";
  text.default_value = SqlText{"'x'", {}};
  text.comment = "c";
  table.columns = {id, text};
  table.constraints = {{.type = ConstraintType::PrimaryKey, .columns = {id.name}}};
  table.cluster_by = std::vector<SqlText>{{"ID", {}}, {"LEFT(\"t\", 2)", {}}};
  CHECK(kinds::create_statements(table) == std::vector<std::string>{R"(CREATE TRANSIENT TABLE "A"."S"."odd ""name" (
  "ID" NUMBER(38,0) IDENTITY (1, 10) ORDER NOT NULL,
  "t" VARCHAR(5) COLLATE 'en-ci' DEFAULT 'x' COMMENT 'c',
  PRIMARY KEY ("ID")
) CLUSTER BY (ID, LEFT("t", 2)) DATA_RETENTION_TIME_IN_DAYS = 1 COMMENT = 'it''s \\ here')"});
}

TEST_CASE("SET and UNSET are as few as the kind allows") {
  const auto& schema = kinds::of(KindId::Schema);
  const auto& view = kinds::of(KindId::View);
  const ObjectId schema_id = *parse_address("schema A.S"), view_id = *parse_address("view A.S.V");
  CHECK(kinds::property_statements(schema_id, {{kinds::find_property(schema, "managed_access"), Value(false), false},
                                               {kinds::find_property(schema, "log_level"), Value("INFO"), false},
                                               {kinds::find_property(schema, "comment"), Value("x"), false},
                                               {kinds::find_property(schema, "trace_level"), Value(), true},
                                               {kinds::find_property(schema, "catalog"), Value(), true}}) ==
        std::vector<std::string>{R"(ALTER SCHEMA "A"."S" DISABLE MANAGED ACCESS)",
                                 R"(ALTER SCHEMA "A"."S" SET LOG_LEVEL = INFO COMMENT = 'x')",
                                 R"(ALTER SCHEMA "A"."S" UNSET TRACE_LEVEL, CATALOG)"});
  CHECK(kinds::property_statements(view_id, {{kinds::find_property(view, "secure"), Value(false), true},
                                             {kinds::find_property(view, "change_tracking"), Value(true), false},
                                             {kinds::find_property(view, "comment"), Value(), true}}) ==
        std::vector<std::string>{R"(ALTER VIEW "A"."S"."V" UNSET SECURE)",
                                 R"(ALTER VIEW "A"."S"."V" SET CHANGE_TRACKING = TRUE)",
                                 R"(ALTER VIEW "A"."S"."V" UNSET COMMENT)"});
}

TEST_CASE("sequences take numbers and words, one property in a statement") {
  Object sequence;
  sequence.id = *parse_address("sequence A.S.NUMBERS");
  sequence.properties["start"] = {Value(-5), {}};
  sequence.properties["increment"] = {Value(10), {}};
  sequence.properties["order"] = {Value(false), {}};
  sequence.properties["comment"] = {Value("x"), {}};
  CHECK(
      kinds::create_statements(sequence) ==
      std::vector<std::string>{R"(CREATE SEQUENCE "A"."S"."NUMBERS" START = -5 INCREMENT = 10 NOORDER COMMENT = 'x')"});
  const auto& kind = kinds::of(KindId::Sequence);
  CHECK(kinds::property_statements(sequence.id, {{kinds::find_property(kind, "increment"), Value(2), false},
                                                 {kinds::find_property(kind, "order"), Value(false), false},
                                                 {kinds::find_property(kind, "comment"), Value("y"), false}}) ==
        std::vector<std::string>{R"(ALTER SEQUENCE "A"."S"."NUMBERS" SET NOORDER)",
                                 R"(ALTER SEQUENCE "A"."S"."NUMBERS" SET INCREMENT = 2)",
                                 R"(ALTER SEQUENCE "A"."S"."NUMBERS" SET COMMENT = 'y')"});
  CHECK(canonical(KindId::Sequence, "increment", "0").find("up or down") != std::string::npos);
  CHECK(canonical(KindId::Sequence, "increment", "-1") == "-1");
  CHECK(canonical(KindId::Sequence, "order", "Y") == "true");
}

TEST_CASE("streams name their source by kind and name") {
  Object stream;
  stream.id = *parse_address("stream A.S.CHANGES");
  stream.properties["on"] = {Value("view A.S.\"a v\""), {}};
  stream.properties["append_only"] = {Value(true), {}};
  stream.properties["comment"] = {Value("x"), {}};
  CHECK(kinds::create_statements(stream) ==
        std::vector<std::string>{
            R"(CREATE STREAM "A"."S"."CHANGES" ON VIEW "A"."S"."a v" APPEND_ONLY = TRUE COMMENT = 'x')"});
  CHECK(canonical(KindId::Stream, "on", "Table a.s.t") == "table A.S.T");
  CHECK(canonical(KindId::Stream, "on", "sequence a.s.t").find("must be a table or view") != std::string::npos);
  CHECK(canonical(KindId::Stream, "on", "table a.t").find("three names") != std::string::npos);
  CHECK(canonical(KindId::Stream, "on", "Table No privilege or table dropped").find("table") != std::string::npos);
  CHECK(canonical(KindId::Stream, "append_only", "APPEND_ONLY") == "true");
  CHECK(canonical(KindId::Stream, "append_only", "DEFAULT") == "false");
}

TEST_CASE("alerts are resumed behind their creation, and modified in place") {
  Object alert;
  alert.id = *parse_address("alert A.S.AL");
  alert.properties["schedule"] = {Value("10 MINUTE"), {}};
  alert.properties["state"] = {Value("STARTED"), {}};
  alert.texts["condition"] = {"SELECT 1", {}};
  alert.texts["action"] = {"DELETE FROM A.S.T", {}};
  CHECK(kinds::create_statements(alert) ==
        std::vector<std::string>{
            R"(CREATE ALERT "A"."S"."AL" SCHEDULE = '10 MINUTE' IF (EXISTS (SELECT 1)) THEN DELETE FROM A.S.T)",
            R"(ALTER ALERT "A"."S"."AL" RESUME)"});
  const auto& kind = kinds::of(KindId::Alert);
  CHECK(kinds::set_text(alert.id, *kinds::find_text(kind, "condition"), alert.text("condition")) ==
        R"(ALTER ALERT "A"."S"."AL" MODIFY CONDITION EXISTS (SELECT 1))");
  CHECK(kinds::set_text(alert.id, *kinds::find_text(kind, "action"), alert.text("action")) ==
        R"(ALTER ALERT "A"."S"."AL" MODIFY ACTION DELETE FROM A.S.T)");
  CHECK(kinds::property_statements(alert.id, {{kinds::find_property(kind, "state"), Value("SUSPENDED"), false}}) ==
        std::vector<std::string>{R"(ALTER ALERT "A"."S"."AL" SUSPEND)"});
  CHECK(canonical(KindId::Alert, "schedule", "5  minutes") == "5 MINUTE");
  CHECK(canonical(KindId::Alert, "schedule", "using cron  0 9 * * MON Europe/Paris") ==
        "USING CRON 0 9 * * MON Europe/Paris");
  CHECK(canonical(KindId::Alert, "state", "Started") == "STARTED");
}

TEST_CASE("tasks name those before them, and lose what only a graph's first has") {
  Object task;
  task.id = *parse_address("task A.S.T");
  task.properties["after"] = {Value(ValueList{Value("A.S.P"), Value("A.S.\"q q\"")}), {}};
  task.properties["execute_as_user"] = {Value("ANN"), {}};
  task.properties["comment"] = {Value("x"), {}};
  task.properties["state"] = {Value("STARTED"), {}};
  task.texts["when"] = {"1 = 1", {}};
  task.texts["sql"] = {"SELECT 1", {}};
  CHECK(kinds::create_statements(task) ==
        std::vector<std::string>{
            "CREATE TASK \"A\".\"S\".\"T\" COMMENT = 'x' AFTER \"A\".\"S\".\"P\", \"A\".\"S\".\"q q\" "
            "EXECUTE AS USER \"ANN\" WHEN 1 = 1 AS\nSELECT 1"});
  const auto& kind = kinds::of(KindId::Task);
  const auto row = [&](const char* name) { return kinds::find_property(kind, name); };
  const auto list = [](std::vector<const char*> names) {
    ValueList values;
    for (const char* name : names) values.emplace_back(name);
    return Value(values);
  };
  const auto statements = [&](std::vector<kinds::PropertyChange> changes) {
    std::string all;
    for (const auto& sql : kinds::property_statements(task.id, changes)) all += sql.substr(sql.find("\"T\"") + 4) + ";";
    return all;
  };
  // Into a graph: what a child cannot have goes first.
  CHECK(statements({{row("schedule"), Value(), true, true}, {row("after"), list({"A.S.P"}), false, false, list({})}}) ==
        "UNSET SCHEDULE;ADD AFTER \"A\".\"S\".\"P\";");
  // Out of it: the schedule comes when it is no child any more.
  CHECK(statements(
            {{row("schedule"), Value("1 HOUR"), false}, {row("after"), list({}), false, false, list({"A.S.P"})}}) ==
        "REMOVE AFTER \"A\".\"S\".\"P\";SET SCHEDULE = '1 HOUR';");
  // One that keeps none of its own is never without any.
  CHECK(statements({{row("after"), list({"A.S.Q"}), false, false, list({"A.S.P"})}}) ==
        "ADD AFTER \"A\".\"S\".\"Q\";REMOVE AFTER \"A\".\"S\".\"P\";");
  CHECK(statements({{row("after"), list({"A.S.P", "A.S.R"}), false, false, list({"A.S.P", "A.S.Q"})}}) ==
        "REMOVE AFTER \"A\".\"S\".\"Q\";ADD AFTER \"A\".\"S\".\"R\";");
  CHECK(
      statements({{row("after"), list({}), false, false, list({"A.S.P"})}, {row("finalize"), Value("A.S.P"), false}}) ==
      "REMOVE AFTER \"A\".\"S\".\"P\";SET FINALIZE = \"A\".\"S\".\"P\";");
  CHECK(statements({{row("finalize"), Value(), true},
                    {row("execute_as_user"), Value(), true},
                    {row("comment"), Value(), true}}) == "UNSET FINALIZE;UNSET EXECUTE AS USER;UNSET COMMENT;");
  CHECK(kinds::set_text(task.id, *kinds::find_text(kind, "when"), nullptr) == R"(ALTER TASK "A"."S"."T" REMOVE WHEN)");
}

TEST_CASE("pipes are made with their COPY, and paused behind that") {
  Object pipe;
  pipe.id = *parse_address("pipe A.S.P");
  pipe.properties["integration"] = {Value("EVENTS"), {}};
  pipe.properties["pipe_execution_paused"] = {Value(true), {}};
  pipe.texts["copy"] = {"COPY INTO A.S.T FROM @A.S.ST", {}};
  CHECK(
      kinds::create_statements(pipe) ==
      std::vector<std::string>{"CREATE PIPE \"A\".\"S\".\"P\" INTEGRATION = 'EVENTS' AS\nCOPY INTO A.S.T FROM @A.S.ST",
                               R"(ALTER PIPE "A"."S"."P" SET PIPE_EXECUTION_PAUSED = TRUE)"});
}

TEST_CASE("texts of file formats are compared by the characters they mean") {
  const auto same = [](const char* property, const char* one, const char* other) {
    INFO(property << " " << one << " " << other);
    CHECK(canonical(KindId::FileFormat, property, one) == canonical(KindId::FileFormat, property, other));
  };
  same("field_delimiter", "\t", "\\t");
  same("field_delimiter", "^", "0x5e");
  same("field_delimiter", "^", "\\136");
  same("field_delimiter", "^", "\\x5E");
  same("record_delimiter", "\r\n", "\\r\\n");
  same("escape", "\\", "\\\\");
  same("escape", "none", "NONE");
  same("encoding", "utf-8", "UTF8");
  same("date_format", "auto", "AUTO");
  CHECK(canonical(KindId::FileFormat, "field_delimiter", "\\xC2\\xA2") == "\\xC2\\xA2");  // outside of ASCII
  CHECK(canonical(KindId::FileFormat, "file_extension", "none") == "-");
  CHECK(canonical(KindId::FileFormat, "date_format", "yyyy") == "yyyy");
  const auto& null_if = *kinds::find_property(kinds::of(KindId::FileFormat), "null_if");
  CHECK(*kinds::canonical(null_if, std::vector<std::string>{"\\N", ""}) == Value(ValueList{"\\N", ""}));
  CHECK_FALSE(kinds::canonical(null_if, std::vector<std::string>{})->is_null());
  CHECK(kinds::default_of(null_if) == Value(ValueList{"\\N"}));
}

TEST_CASE("words, texts, lists and nothing are written as DDL takes them") {
  Object format;
  format.id = *parse_address("file format A.S.LINES");
  format.properties["type"] = {Value("CSV"), {}};
  format.properties["field_delimiter"] = {Value("\\"), {}};
  format.properties["escape"] = {Value("NONE"), {}};
  format.properties["date_format"] = {Value("YYYY"), {}};
  format.properties["null_if"] = {Value(ValueList{"\\N", "it's", ""}), {}};
  CHECK(kinds::create_statements(format) ==
        std::vector<std::string>{R"(CREATE FILE FORMAT "A"."S"."LINES" TYPE = CSV FIELD_DELIMITER = '\\' )"
                                 R"(DATE_FORMAT = 'YYYY' ESCAPE = NONE NULL_IF = ('\\N', 'it''s', ''))"});
  const auto& kind = kinds::of(KindId::FileFormat);
  CHECK(kinds::property_statements(format.id, {{kinds::find_property(kind, "file_extension"), Value(), false},
                                               {kinds::find_property(kind, "null_if"), Value(ValueList{}), false},
                                               {kinds::find_property(kind, "comment"), Value(), false}}) ==
        std::vector<std::string>{
            R"(ALTER FILE FORMAT "A"."S"."LINES" SET FILE_EXTENSION = NONE NULL_IF = () COMMENT = '')"});
}

TEST_CASE("what does not go together in a file format is said") {
  const auto& kind = kinds::of(KindId::FileFormat);
  const auto why = [&](std::map<std::string, Value> properties) {
    Object format;
    format.id = *parse_address("file format A.S.F");
    for (auto& [name, value] : properties) format.properties[name] = {value, {}};
    return kind.contradiction(format);
  };
  CHECK(why({{"type", "PARQUET"}, {"compression", "SNAPPY"}}).empty());
  CHECK(why({{"type", "PARQUET"}, {"compression", "GZIP"}}).find("LZO") != std::string::npos);
  CHECK(why({{"compression", "LZO"}}).find("PARQUET") != std::string::npos);
  CHECK(why({{"type", "AVRO"}, {"compression", "BZ2"}}).find("AVRO") != std::string::npos);
  CHECK(why({{"parse_header", true}, {"skip_header", 0}}).empty());
  CHECK_FALSE(why({{"parse_header", true}, {"skip_header", 1}}).empty());
  CHECK_FALSE(why({{"type", "JSON"}, {"ignore_utf8_errors", true}, {"replace_invalid_characters", false}}).empty());
}

TEST_CASE("triggers, moments and users of resource monitors have one spelling") {
  const auto& kind = kinds::of(KindId::ResourceMonitor);
  const auto& triggers = *kinds::find_property(kind, "triggers");
  const auto cell = [](std::string_view column) -> std::string_view {
    return column == "notify_at" ? "75%,90%" : column == "suspend_at" ? "100%" : "";
  };
  const auto shown = kinds::canonical(triggers, triggers.combine(cell));
  CHECK(*shown == Value(ValueList{"100 SUSPEND", "75 NOTIFY", "90 NOTIFY"}));
  CHECK(*shown == *kinds::canonical(triggers, std::vector<std::string>{"90 notify", "100 suspend", "75 Notify"}));
  const auto refused = [&](std::vector<std::string> list) {
    const auto value = kinds::canonical(triggers, list);
    return value ? std::string() : value.error().message;
  };
  CHECK(refused({"0 notify"}).find("percentage") != std::string::npos);
  CHECK(refused({"some notify"}).find("percentage") != std::string::npos);
  CHECK(refused({"90 stop"}).find("suspend_immediate") != std::string::npos);
  CHECK(refused({"90 suspend", "95 suspend"}).find("one trigger") != std::string::npos);
  CHECK(refused({"1 notify", "2 notify", "3 notify", "4 notify", "5 notify", "6 notify"}).find("5") !=
        std::string::npos);
  CHECK(canonical(KindId::ResourceMonitor, "credit_quota", "100.00") == "100");
  CHECK(canonical(KindId::ResourceMonitor, "credit_quota", "") == "-");
  CHECK(canonical(KindId::ResourceMonitor, "credit_quota", "100.50").rfind("refused", 0) == 0);
  for (const char* spelling : {"2030-01-01", "2030-01-01 00:00", "2030-01-01T00:00:00.000 +0000", "2030-01-01T00:00Z"})
    CHECK(canonical(KindId::ResourceMonitor, "end_timestamp", spelling) == "2030-01-01 00:00");
  CHECK(canonical(KindId::ResourceMonitor, "end_timestamp", "2030-01-01 00:00 -0800") == "2030-01-01 00:00 -0800");
  CHECK(canonical(KindId::ResourceMonitor, "notify_users", "BOB, ALICE") == "ALICE, BOB");
}

TEST_CASE("a resource monitor is made and altered with its triggers behind the rest") {
  Object monitor;
  monitor.id = *parse_address("resource monitor M");
  monitor.properties["credit_quota"] = {Value(5), {}};
  monitor.properties["notify_users"] = {Value(ValueList{"ALICE", "b c"}), {}};
  monitor.properties["triggers"] = {Value(ValueList{"100 SUSPEND", "75 NOTIFY"}), {}};
  CHECK(kinds::create_statements(monitor) ==
        std::vector<std::string>{R"(CREATE RESOURCE MONITOR "M" CREDIT_QUOTA = 5 NOTIFY_USERS = ("ALICE", "b c") )"
                                 R"(TRIGGERS ON 100 PERCENT DO SUSPEND ON 75 PERCENT DO NOTIFY)"});
  const auto& kind = kinds::of(KindId::ResourceMonitor);
  CHECK(kinds::property_statements(monitor.id,
                                   {{kinds::find_property(kind, "credit_quota"), Value(), false},
                                    {kinds::find_property(kind, "notify_users"), Value(ValueList{}), false},
                                    {kinds::find_property(kind, "triggers"), Value(ValueList{"90 NOTIFY"}), false}}) ==
        std::vector<std::string>{R"(ALTER RESOURCE MONITOR "M" TRIGGERS ON 90 PERCENT DO NOTIFY)",
                                 R"(ALTER RESOURCE MONITOR "M" SET CREDIT_QUOTA = NULL NOTIFY_USERS = ())"});
}

TEST_CASE("what stands in one clause of a stage shares its brackets") {
  Object stage;
  stage.id = *parse_address("stage D.S.F");
  stage.properties["url"] = {Value("s3://a/"), {}};
  stage.properties["storage_integration"] = {Value("I"), {}};
  stage.properties["encryption.type"] = {Value("AWS_SSE_KMS"), {}};
  stage.properties["encryption.kms_key_id"] = {Value("it's"), {}};
  stage.properties["directory.enable"] = {Value(true), {}};
  stage.properties["directory.auto_refresh"] = {Value(false), {}};
  stage.properties["file_format"] = {Value("D.S.\"my lines\""), {}};
  stage.properties["comment"] = {Value("c"), {}};
  CHECK(
      kinds::create_statements(stage) ==
      std::vector<std::string>{
          R"(CREATE STAGE "D"."S"."F" URL = 's3://a/' STORAGE_INTEGRATION = "I" )"
          R"(ENCRYPTION = (TYPE = 'AWS_SSE_KMS' KMS_KEY_ID = 'it''s') )"
          R"(DIRECTORY = (ENABLE = TRUE AUTO_REFRESH = FALSE) FILE_FORMAT = (FORMAT_NAME = 'D.S."my lines"') COMMENT = 'c')"});
  const auto change = [](const char* property, Value value) {
    return kinds::PropertyChange{kinds::find_property(kinds::of(KindId::Stage), property), std::move(value), false};
  };
  // The directory goes by itself; no format is CSV; no comment is an empty one.
  CHECK(kinds::property_statements(
            stage.id,
            {change("url", Value("s3://b/")), change("storage_integration", Value("J")),
             change("directory.enable", Value(false)), change("file_format", Value()), change("comment", Value())}) ==
        std::vector<std::string>{R"(ALTER STAGE "D"."S"."F" SET URL = 's3://b/' STORAGE_INTEGRATION = "J")",
                                 R"(ALTER STAGE "D"."S"."F" SET DIRECTORY = (ENABLE = FALSE))",
                                 R"(ALTER STAGE "D"."S"."F" SET FILE_FORMAT = (TYPE = CSV) COMMENT = '')"});
}

TEST_CASE("rules of a network policy are read as JSON and as names") {
  const auto& rules = *kinds::find_property(kinds::of(KindId::NetworkPolicy), "allowed_network_rule_list");
  const Value both(ValueList{"D.S.\"r 1\"", "D.S.R"});
  CHECK(*kinds::canonical(rules, R"([{"fullyQualifiedRuleName":"D.S.R"},{"fullyQualifiedRuleName":"D.S.\"r 1\""}])") ==
        both);
  CHECK(*kinds::canonical(rules, "D.S.R, D.S.\"r 1\"") == both);
  CHECK(*kinds::canonical(rules, "") == Value(ValueList{}));
}

namespace {
// Public keys of 2048 bits, made for these tests alone.
constexpr const char* kKeyA =
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApzyoHkKuk1pmBC8y51POFkqfS+9jIzLWR2SAH2jrF7wuqoBUUqNS/X"
    "foLRju9UHFJRylkew3DSWvUVVYSHPwNRXIx6CYf1TTvmDLNbGx5/GobjidcdluXkBuViYt9oF/UNVMOn+18p+t0yCOyt23689J"
    "DIUyHepYUWFHzHLnMm578dGXnjFW7onjGN+d8q/DTtgvLkquCcbaS8GJzgcsyttB1fsnoKbyXWp8YZjRUTWcIohdEtPMpGQIW4"
    "Xxdddd7Ye4osKQ+59A+ljMZwSOTYWGgHm5YkrLDHaBYYseoNWo7+hkYLcOuksdKn9CoZo2/5V7Biq1/a1nK4eU7+l7YwIDAQAB";
constexpr const char* kKeyB =
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAlOsobAID+8ttdV40T46PvZNccB10VN9ckCDRE2v7MbqvqFgdYW7uSC"
    "ZMqi1o39DTYlQNZpz2I21bOx+wgVdAi0YxghUCmM/ZO3BN6lG812mkzl/riLoQv02gOeMEGsrv3YyJ96eyQaehvMABFmn51zQr"
    "HnH+1LOuHMu9GIyGlbojRdpl7SdRreKI70oB3ZCUnw4mAj/k1aEI8hlg+V9UO2jQql7d2qXViKwTDthq5eypvpNvjC7qUiy3fZ"
    "7ZVqx9V9Zs8g0EE2YAqa6fsUnrtrRxoeZGCmH2sSwMYUjW8qQkLwMbNDOBimC8lnf6wl+e0JtzQyGS107cG8wXfo/6qwIDAQAB";
// openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64
constexpr const char* kPrintA = "SHA256:Axau4CmdBIYdAk3oJ1VtJrePhAM7zWCZAab6cgC1O7o=";
}  // namespace

TEST_CASE("a user's keys are compared by fingerprint, and only what differs is set") {
  const auto& user = kinds::of(KindId::User);
  const auto& keys = *kinds::find_property(user, "public_keys");
  const std::string a = kKeyA, b = kKeyB;
  const auto pem =
      kinds::canonical(keys, std::vector<std::string>{"-----BEGIN PUBLIC KEY-----\n" + a.substr(0, 64) + "\r\n" +
                                                      a.substr(64) + "\n-----END PUBLIC KEY-----\n"});
  REQUIRE(pem.ok());
  CHECK(*pem == Value(ValueList{a}));
  CHECK(kinds::compared(keys, *pem) == Value(ValueList{kPrintA}));
  CHECK(kinds::compared(keys, Value(ValueList{std::string("RSA_PUBLIC_KEY_2:") + kPrintA})) ==
        Value(ValueList{kPrintA}));
  const auto alter = [&](const ValueList& before, const ValueList& after) {
    return kinds::property_statements(*parse_address("user U"), {{&keys, Value(after), false, false, Value(before)}});
  };
  const std::string one = "RSA_PUBLIC_KEY:" + a, two = "RSA_PUBLIC_KEY_2:" + a;
  CHECK(alter({}, {a, b}) ==
        std::vector<std::string>{"ALTER USER \"U\" SET RSA_PUBLIC_KEY = '" + a + "' RSA_PUBLIC_KEY_2 = '" + b + "'"});
  CHECK(alter({two}, {a, b}) == std::vector<std::string>{"ALTER USER \"U\" SET RSA_PUBLIC_KEY = '" + b + "'"});
  CHECK(alter({one, "RSA_PUBLIC_KEY_2:" + b}, {b}) ==
        std::vector<std::string>{"ALTER USER \"U\" UNSET RSA_PUBLIC_KEY"});
  CHECK(alter({one}, {b}) == std::vector<std::string>{"ALTER USER \"U\" SET RSA_PUBLIC_KEY = '" + b + "'"});
  // What only its fingerprint is told of cannot be written down.
  CHECK(keys.as_written(one) == a);
  CHECK(keys.as_written(std::string("RSA_PUBLIC_KEY:") + kPrintA).empty());
}

TEST_CASE("what is no public key is refused, and not repeated") {
  const auto& keys = *kinds::find_property(kinds::of(KindId::User), "public_keys");
  const std::string a = kKeyA;
  // The head of an unencrypted PKCS#8 key: version 0, then rsaEncryption.
  const std::string secret = base64(
      std::string("\x30\x82\x04\xbe\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00", 22) +
      std::string(40, 'x'));
  for (const auto& wrong : {secret, a.substr(4), std::string("not a key"), base64("short")}) {
    const auto value = kinds::canonical(keys, std::vector<std::string>{wrong});
    INFO(wrong);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().message.find("must be an RSA public key") != std::string::npos);
    CHECK(value.error().message.find(wrong.substr(0, 9)) == std::string::npos);
  }
  const auto three = kinds::canonical(keys, std::vector<std::string>{a, kKeyB, "third"});
  REQUIRE_FALSE(three.ok());
  CHECK(three.error().message == "a user has at most two public keys");
}

TEST_CASE("what a user cannot keep is unset before its type changes") {
  const auto& user = kinds::of(KindId::User);
  CHECK(kinds::property_statements(*parse_address("user U"),
                                   {{kinds::find_property(user, "type"), Value("SERVICE"), false},
                                    {kinds::find_property(user, "first_name"), Value(), true, true},
                                    {kinds::find_property(user, "comment"), Value(), true}}) ==
        std::vector<std::string>{R"(ALTER USER "U" UNSET FIRST_NAME)", R"(ALTER USER "U" SET TYPE = SERVICE)",
                                 R"(ALTER USER "U" UNSET COMMENT)"});
  Object person;
  person.id = *parse_address("user U");
  CHECK(kinds::find_property(user, "first_name")->applies(person));
  person.properties["type"].value = Value("LEGACY_SERVICE");
  CHECK_FALSE(kinds::find_property(user, "first_name")->applies(person));
  CHECK(kinds::find_property(user, "must_change_password")->applies(person));
}

TEST_CASE("grants are written in every form") {
  const auto key = [](GrantTarget target, const char* to, const char* privilege) {
    return GrantKey{std::move(target), *parse_grantee(to), privilege};
  };
  CHECK(kinds::grant_statement(key({TargetForm::Account, {}, KindId::Table}, "R", "CREATE DATABASE"), false) ==
        R"(GRANT CREATE DATABASE ON ACCOUNT TO ROLE "R")");
  CHECK(kinds::grant_statement(
            key({TargetForm::Object, *parse_address("warehouse W"), KindId::Table}, "database role A.B", "USAGE"),
            true) == R"(GRANT USAGE ON WAREHOUSE "W" TO DATABASE ROLE "A"."B" WITH GRANT OPTION)");
  CHECK(kinds::revoke_statement(key({TargetForm::FutureIn, *parse_address("schema A.S"), KindId::View}, "R",
                                    "SELECT")) == R"(REVOKE SELECT ON FUTURE VIEWS IN SCHEMA "A"."S" FROM ROLE "R")");
  CHECK(kinds::grant_role({*parse_address("database role A.B"), *parse_grantee("R")}) ==
        R"(GRANT DATABASE ROLE "A"."B" TO ROLE "R")");
  CHECK(kinds::revoke_role({*parse_address("role A"), *parse_grantee("user U")}) == R"(REVOKE ROLE "A" FROM USER "U")");
  CHECK(kinds::transfer_ownership(*parse_address("table A.S.T"), Name::exact("R")) ==
        R"(GRANT OWNERSHIP ON TABLE "A"."S"."T" TO ROLE "R" COPY CURRENT GRANTS)");
}
