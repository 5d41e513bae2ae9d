// Stages (docs: create-stage, alter-stage, desc-stage, show-stages). Without a URL a stage is internal. The integration
// is kept by id, as an integration that is replaced leaves its stages broken (identifiers-and-literals.md section 8).

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "integration.hpp"
#include "mesh/base/text.hpp"
#include "query_json.hpp"
#include "show_cells.hpp"
#include "sql_error.hpp"
#include "stage.hpp"

namespace mesh::sandbox {
namespace {

struct Protocol {
  std::string_view prefix, cloud, encryptions, credentials;
};
constexpr std::string_view kAwsEncryptions = "AWS_CSE,AWS_SSE_S3,AWS_SSE_KMS,NONE";
constexpr std::string_view kAwsKeys = "AWS_KEY_ID,AWS_SECRET_KEY,AWS_TOKEN,AWS_ROLE";
constexpr Protocol kProtocols[] = {
    {"s3://", "AWS", kAwsEncryptions, kAwsKeys},    {"s3china://", "AWS", kAwsEncryptions, kAwsKeys},
    {"s3gov://", "AWS", kAwsEncryptions, kAwsKeys}, {"s3compat://", "AWS", "", kAwsKeys},
    {"gcs://", "GCP", "GCS_SSE_KMS,NONE", ""},      {"azure://", "AZURE", "AZURE_CSE,NONE", "AZURE_SAS_TOKEN"},
};
constexpr std::string_view kInternalEncryptions = "SNOWFLAKE_FULL,SNOWFLAKE_SSE";

const Protocol* protocol_of(const std::string& url) {
  for (const auto& protocol : kProtocols) {
    if (url.starts_with(protocol.prefix)) return &protocol;
  }
  return nullptr;
}

bool lists(std::string_view list, std::string_view word) {
  const auto words = split(list, ',');
  return std::find(words.begin(), words.end(), word) != words.end();
}

// --- Reading ---------------------------------------------------------------------------------------------------------

// ( KEY = value KEY = value ), with or without commas.
std::vector<std::pair<std::string, Value>> read_fields(Parser& p, std::string_view property, std::string_view known) {
  std::vector<std::pair<std::string, Value>> fields;
  p.expect_symbol("(");
  while (!p.accept_symbol(")")) {
    const std::string key = p.name();
    if (!lists(known, key)) refuse_property(key, property);
    p.expect_symbol("=");
    fields.emplace_back(key, p.value());
    p.accept_symbol(",");
  }
  return fields;
}

std::string flag_value(const Value& value, std::string_view key) {
  const std::string text = to_lower(value.text);
  if (text != "true" && text != "false") refuse_property_value(value.text, key);
  return text;
}

void read_directory(Parser& p, Properties& props) {
  for (const auto& [key, value] :
       read_fields(p, "DIRECTORY", "ENABLE,AUTO_REFRESH,REFRESH_ON_CREATE,NOTIFICATION_INTEGRATION,AWS_SNS_TOPIC")) {
    const bool text = key == "NOTIFICATION_INTEGRATION" || key == "AWS_SNS_TOPIC";
    props["DIRECTORY." + key] = text ? value.text : flag_value(value, key);
  }
}

// Keys are written only: that there is one is all that shows.
void read_encryption(Parser& p, Properties& props) {
  props.erase("ENCRYPTION_KEY");
  props["ENCRYPTION"] = "";
  for (const auto& [key, value] : read_fields(p, "ENCRYPTION", "TYPE,MASTER_KEY,KMS_KEY_ID")) {
    if (key == "TYPE") props["ENCRYPTION"] = to_upper(value.text);
    if (key != "TYPE") props["ENCRYPTION_KEY"] = "true";
  }
  if (props["ENCRYPTION"].empty() && props.count("ENCRYPTION_KEY") > 0) props["ENCRYPTION"] = "AWS_CSE";
}

void read_credentials(Parser& p, Properties& props) {
  std::string keys;
  for (const auto& [key, value] :
       read_fields(p, "CREDENTIALS", "AWS_KEY_ID,AWS_SECRET_KEY,AWS_TOKEN,AWS_ROLE,AZURE_SAS_TOKEN"))
    keys += (keys.empty() ? "" : ",") + key;
  props["CREDENTIALS"] = keys;
  props.erase("INTEGRATION");
}

void read_integration(Running& run, Properties& props) {
  props["INTEGRATION"] = std::to_string(need(run, Kind::Integration, run.parser.qualified()).id);
  props.erase("CREDENTIALS");
}

// One property behind `KEY =`.
void read_property(Running& run, const std::string& key, Properties& props) {
  Parser& p = run.parser;
  if (key == "FILE_FORMAT") return read_file_format(run, props);
  if (key == "DIRECTORY") return read_directory(p, props);
  if (key == "ENCRYPTION") return read_encryption(p, props);
  if (key == "CREDENTIALS") return read_credentials(p, props);
  if (key == "STORAGE_INTEGRATION") return read_integration(run, props);
  if (key == "COPY_OPTIONS") refuse_unsupported("COPY_OPTIONS of a stage");
  if (key == "USE_PRIVATELINK_ENDPOINT") {
    props[key] = flag_value(p.value(), key);
  } else if (lists("URL,ENDPOINT,AWS_ACCESS_POINT_ARN,COMMENT", key)) {
    props[key] = p.string();
  } else {
    refuse_property(key, "STAGE");
  }
}

// Gives the names that were written.
std::vector<std::string> read_properties(Running& run, Properties& props) {
  Parser& p = run.parser;
  std::vector<std::string> given;
  while (p.peek().is_name() && p.at_symbol("=", 1)) {
    given.push_back(p.next().folded());
    p.expect_symbol("=");
    read_property(run, given.back(), props);
    p.accept_symbol(",");
  }
  if (p.at("TAG") || p.at("WITH TAG")) refuse_unsupported("CREATE STAGE WITH TAG");
  return given;
}

// --- Checks ----------------------------------------------------------------------------------------------------------

constexpr std::string_view kExternalOnly =
    "STORAGE_INTEGRATION,CREDENTIALS,USE_PRIVATELINK_ENDPOINT,ENDPOINT,AWS_ACCESS_POINT_ARN";

void check_internal(const Object& stage, const std::vector<std::string>& given) {
  for (const auto& key : given) {
    if (lists(kExternalOnly, key)) refuse_property(key, "STAGE");
  }
  const std::string& encryption = stage.prop("ENCRYPTION");
  if (!encryption.empty() && !lists(kInternalEncryptions, encryption)) refuse_property_value(encryption, "ENCRYPTION");
}

void check_external(const Running& run, const Object& stage) {
  const std::string& url = stage.prop("URL");
  const Protocol* protocol = protocol_of(url);
  if (protocol == nullptr) refuse_property_value(url, "URL");
  const std::string& encryption = stage.prop("ENCRYPTION");
  if (!encryption.empty() && !lists(protocol->encryptions, encryption)) refuse_property_value(encryption, "ENCRYPTION");
  for (const auto& key : split(stage.prop("CREDENTIALS"), ',')) {
    if (!key.empty() && !lists(protocol->credentials, key)) refuse_property(key, "CREDENTIALS");
  }
  if (!stage.prop("INTEGRATION").empty())
    check_location(run, run.catalog.at(std::stoll(stage.prop("INTEGRATION"))), url);
}

bool is_external(const Object& stage) { return !stage.prop("URL").empty(); }

void check_stage(const Running& run, const Object& stage, const std::vector<std::string>& given) {
  if (is_external(stage)) return check_external(run, stage);
  check_internal(stage, given);
}

// CREATE OR ALTER keeps to what ALTER can do (create-stage, usage notes); what is left out is reset.
void transform(Running& run, const Object& existing, Object& wanted) {
  const bool other_kind = is_external(existing) != is_external(wanted);
  if (other_kind) refuse_unsupported("CREATE OR ALTER STAGE from internal to external or back");
  const auto encryption = [](const Object& o) { return o.prop("ENCRYPTION") == "SNOWFLAKE_SSE"; };
  if (!is_external(existing) && encryption(existing) != encryption(wanted))
    refuse_unsupported("CREATE OR ALTER STAGE with another ENCRYPTION");
  if (existing.prop("URL") != wanted.prop("URL")) {
    const Protocol *from = protocol_of(existing.prop("URL")), *to = protocol_of(wanted.prop("URL"));
    if (from->cloud != to->cloud) refuse_unsupported("CREATE OR ALTER STAGE with another storage provider");
    refuse_dependent_tables(run, existing);
  }
  run.catalog.edit(existing.id).props = std::move(wanted.props);
  touch(run, existing.id);
}

// --- ALTER -----------------------------------------------------------------------------------------------------------

ResultSet rename_stage(Running& run, const Object& stage) {
  rename_to(run, stage);
  return executed();
}

// REFRESH [SUBPATH = '..']: files are none here, so only its moment is kept.
ResultSet refresh(Running& run, const Object& stage) {
  Parser& p = run.parser;
  if (p.accept("SUBPATH")) {
    p.expect_symbol("=");
    p.string();
  }
  p.expect_end();
  if (stage.prop("DIRECTORY.ENABLE") != "true")
    refuse_text(fmt::format("SQL compilation error:\nStage '{}' has no directory table.", stage.name));
  run.catalog.edit(stage.id).props["REFRESHED_ON"] = std::to_string(run.now);
  return executed();
}

void check_set(const Running& run, const Object& before, const Object& after, const std::vector<std::string>& given) {
  // DIRECTORY stands alone, and only ENABLE can change (alter-stage, directory table syntax).
  const bool directory = std::find(given.begin(), given.end(), "DIRECTORY") != given.end();
  if (directory && given.size() > 1) run.parser.unexpected();
  for (const auto& key : given) {
    if (key == "ENDPOINT") refuse_property(key, "STAGE");
    if (!is_external(before) && key != "FILE_FORMAT" && key != "COMMENT" && key != "DIRECTORY")
      refuse_property(key, "STAGE");
  }
  for (const char* fixed : {"AUTO_REFRESH", "REFRESH_ON_CREATE", "NOTIFICATION_INTEGRATION", "AWS_SNS_TOPIC"}) {
    const std::string key = std::string("DIRECTORY.") + fixed;
    if (before.prop(key) != after.prop(key)) refuse_property(fixed, "DIRECTORY");
  }
  if (before.prop("URL") != after.prop("URL")) refuse_dependent_tables(run, before);
  const bool placed = std::any_of(given.begin(), given.end(),
                                  [](const auto& key) { return key == "URL" || key == "STORAGE_INTEGRATION"; });
  if (placed) check_stage(run, after, given);
}

ResultSet set_stage(Running& run, const Object& stage) {
  Object after = stage;
  const auto given = read_properties(run, after.props);
  if (given.empty()) run.parser.unexpected();
  run.parser.expect_end();
  check_set(run, stage, after, given);
  run.catalog.edit(stage.id).props = std::move(after.props);
  touch(run, stage.id);
  return executed();
}

// --- SHOW and DESCRIBE -----------------------------------------------------------------------------------------------

Cell has(const Shown& s, std::string_view property) { return flag_cell(!s.object.prop(property).empty(), "Y", "N"); }

const Object* integration_of(const Running& run, const Object& stage) {
  const std::string& id = stage.prop("INTEGRATION");
  return id.empty() ? nullptr : run.catalog.find(std::stoll(id));
}

Cell integration_name(const Shown& s) {
  const Object* integration = integration_of(s.run, s.object);
  return integration == nullptr ? Cell() : Cell(integration->name);
}

Cell stage_type(const Shown& s) {
  if (is_external(s.object)) return "EXTERNAL";
  return s.object.prop("ENCRYPTION") == "SNOWFLAKE_SSE" ? "INTERNAL NO CSE" : "INTERNAL";
}

Cell cloud(const Shown& s) {
  const std::string found = cloud_of(s.object);
  return found.empty() ? Cell() : Cell(found);
}

bool notified(const Object& stage) {
  return stage.prop("DIRECTORY.AUTO_REFRESH") == "true" && cloud_of(stage) == "AWS";
}
constexpr const char* kChannel = "arn:aws:sqs:us-east-1:123456789001:sf-snowpipe-SANDBOX";

void add_copy_options(ResultSet& result) {
  constexpr std::string_view kRows[][3] = {
      {"ON_ERROR", "String", "ABORT_STATEMENT"},
      {"SIZE_LIMIT", "Long", ""},
      {"PURGE", "Boolean", "false"},
      {"RETURN_FAILED_ONLY", "Boolean", "false"},
      {"ENFORCE_LENGTH", "Boolean", "true"},
      {"TRUNCATECOLUMNS", "Boolean", "false"},
      {"FORCE", "Boolean", "false"},
  };
  for (const auto& row : kRows) {
    result.rows.push_back(
        {"STAGE_COPY_OPTIONS", std::string(row[0]), std::string(row[1]), std::string(row[2]), std::string(row[2])});
  }
}

void add_location(const Running& run, const Object& stage, ResultSet& result) {
  const std::string& url = stage.prop("URL");
  result.rows.push_back(
      {"STAGE_LOCATION", "URL", "String", url.empty() ? "" : query::json_array({query::json_quote(url)}), ""});
  if (const Object* integration = integration_of(run, stage)) {
    result.rows.push_back({"STAGE_INTEGRATION", "STORAGE_INTEGRATION", "String", integration->name, ""});
  } else if (cloud_of(stage) == "AWS") {
    result.rows.push_back({"STAGE_CREDENTIALS", "AWS_KEY_ID", "String", "", ""});
  }
  if (!stage.prop("AWS_ACCESS_POINT_ARN").empty()) {
    result.rows.push_back({"STAGE_LOCATION", "AWS_ACCESS_POINT_ARN", "String", stage.prop("AWS_ACCESS_POINT_ARN"), ""});
  }
  if (is_external(stage)) {
    result.rows.push_back({"PRIVATELINK", "USE_PRIVATELINK_ENDPOINT", "Boolean",
                           stage.flag("USE_PRIVATELINK_ENDPOINT") ? "true" : "false", "false"});
  }
}

void add_directory(const Object& stage, ResultSet& result) {
  const auto flag = [&](const char* key) { return stage.flag(std::string("DIRECTORY.") + key) ? "true" : "false"; };
  const std::string& refreshed = stage.prop("REFRESHED_ON");
  result.rows.push_back({"DIRECTORY", "ENABLE", "Boolean", flag("ENABLE"), "false"});
  result.rows.push_back({"DIRECTORY", "AUTO_REFRESH", "Boolean", flag("AUTO_REFRESH"), "false"});
  if (notified(stage)) result.rows.push_back({"DIRECTORY", "DIRECTORY_NOTIFICATION_CHANNEL", "String", kChannel, ""});
  if (!stage.prop("DIRECTORY.AWS_SNS_TOPIC").empty())
    result.rows.push_back({"DIRECTORY", "AWS_SNS_TOPIC", "String", stage.prop("DIRECTORY.AWS_SNS_TOPIC"), ""});
  if (!stage.prop("DIRECTORY.NOTIFICATION_INTEGRATION").empty()) {
    result.rows.push_back(
        {"DIRECTORY", "NOTIFICATION_INTEGRATION", "String", stage.prop("DIRECTORY.NOTIFICATION_INTEGRATION"), ""});
  }
  if (!refreshed.empty())
    result.rows.push_back({"DIRECTORY", "LAST_REFRESHED_ON", "Timestamp", timestamp_cell(std::stoll(refreshed)), ""});
}

}  // namespace

std::string cloud_of(const Object& stage) {
  const Protocol* protocol = protocol_of(stage.prop("URL"));
  return protocol == nullptr ? "" : std::string(protocol->cloud);
}

ResultSet create_stage(Running& run, const CreateHead& head) {
  Parser& p = run.parser;
  if (head.or_replace && head.if_not_exists) p.unexpected();
  const NameParts name = p.qualified();
  if (p.at("CLONE")) refuse_unsupported("CREATE STAGE CLONE");
  Object object;
  const auto given = read_properties(run, object.props);
  p.expect_end();
  const Object& schema = need_container(run, head.kind, name);
  check_stage(run, object, given);
  const Object* existing = check_create(run, head, schema, name.back());
  if (existing != nullptr && head.if_not_exists) return already_exists(name.back());
  if (existing != nullptr && head.or_alter) return transform(run, *existing, object), created(head.kind, name.back());
  if (existing != nullptr) put_away(run, *existing);
  const bool refreshed = object.prop("DIRECTORY.ENABLE") == "true" && is_external(object) &&
                         object.prop("DIRECTORY.REFRESH_ON_CREATE") != "false";
  if (refreshed && !head.or_alter) object.props["REFRESHED_ON"] = std::to_string(run.now);
  make(run, head.kind, schema, name.back(), std::move(object));
  return status_result(fmt::format("Stage area {} successfully created.", name.back()));
}

ResultSet alter_stage(Running& run, const Object& stage) {
  Parser& p = run.parser;
  for (const char* words : {"SET TAG", "UNSET TAG", "UNSET DCM PROJECT"}) {
    if (p.at(words)) refuse_unsupported(fmt::format("ALTER STAGE {}", words));
  }
  need_ownership(run, stage);
  if (p.accept("RENAME TO")) return rename_stage(run, stage);
  if (p.accept("REFRESH")) return refresh(run, stage);
  p.expect("SET");
  return set_stage(run, stage);
}

const ShowColumns& stage_columns() {
  using namespace cells;  // NOLINT: the vocabulary of the table
  static const ShowColumns kStages = {
      {"L:created_on", created_on},
      {"T:name", name},
      {"T:database_name", database_name},
      {"T:schema_name", schema_name},
      {"T:url", [](const Shown& s) -> Cell { return s.object.prop("URL"); }},
      {"T:has_credentials", [](const Shown& s) { return has(s, "CREDENTIALS"); }},
      {"T:has_encryption_key", [](const Shown& s) { return has(s, "ENCRYPTION_KEY"); }},
      {"T:owner", owner},
      {"T:comment", comment},
      {"T:region", null},
      {"T:type", stage_type},
      {"T:cloud", cloud},
      {"T:notification_channel", [](const Shown& s) { return notified(s.object) ? Cell(kChannel) : Cell(); }},
      {"T:storage_integration", integration_name},
      {"T:endpoint", [](const Shown& s) { return prop_or_null(s, "ENDPOINT"); }},
      {"T:owner_role_type", owner_role_type},
      {"T:directory_enabled", [](const Shown& s) { return flag_cell(s.object.flag("DIRECTORY.ENABLE"), "Y", "N"); }},
  };
  return kStages;
}

ResultSet describe_stage(Running& run) {
  const NameParts name = run.parser.qualified();
  run.parser.expect_end();
  const Object& stage = need(run, Kind::Stage, name);
  ResultSet result;
  result.columns =
      columns_of({"T:parent_property", "T:property", "T:property_type", "T:property_value", "T:property_default"});
  for (const auto& row : file_format_rows(run, stage))
    result.rows.push_back({"STAGE_FILE_FORMAT", row.property, row.type, row.value, row.initial});
  add_copy_options(result);
  add_location(run, stage, result);
  add_directory(stage, result);
  return result;
}

}  // namespace mesh::sandbox
