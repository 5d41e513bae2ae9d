// The only test of this layer that meets a JSON library: documents against the design's example and their schemas.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <regex>

#include "checkout.hpp"
#include "mesh/base/files.hpp"
#include "mesh/render/explain.hpp"
#include "mesh/render/schema.hpp"
#include "sample.hpp"

using namespace sample;
using Json = nlohmann::ordered_json;

namespace {

bool has_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

// As much of draft 2020-12 as our schemas use; a keyword it does not know is an error, so that none is passed over.
class Checker {
 public:
  explicit Checker(const Json& root) : root_(root) {}
  // What is wrong, by JSON pointer; empty: valid.
  std::string check(const Json& value) { return check(value, root_, ""); }

 private:
  std::string check(const Json& value, const Json& schema, const std::string& at) {
    for (const auto& [keyword, rule] : schema.items()) {
      auto wrong = keyword_check(keyword, rule, value, schema, at);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

  std::string keyword_check(const std::string& keyword, const Json& rule, const Json& value, const Json& schema,
                            const std::string& at) {
    if (keyword == "$schema" || keyword == "title" || keyword == "description" || keyword == "$defs") return {};
    if (keyword == "$ref") return check(value, root_.at(Json::json_pointer(rule.get<std::string>().substr(1))), at);
    if (keyword == "type") return type(rule, value, at);
    if (keyword == "enum")
      return std::find(rule.begin(), rule.end(), value) != rule.end() ? "" : at + ": not listed: " + value.dump();
    if (keyword == "pattern") {
      const bool fits =
          !value.is_string() || std::regex_search(value.get<std::string>(), std::regex(rule.get<std::string>()));
      return fits ? "" : at + ": pattern";
    }
    if (keyword == "minimum") return value >= rule ? "" : at + ": minimum";
    if (keyword == "maximum") return value <= rule ? "" : at + ": maximum";
    if (keyword == "anyOf") return any(rule, value, at);
    if (keyword == "required") return required(rule, value, at);
    if (keyword == "properties") return properties(rule, value, at);
    if (keyword == "items") return items(rule, value, at);
    if (keyword == "additionalProperties") return others(rule, value, schema, at);
    return "unknown keyword " + keyword;
  }

  static std::string type(const Json& rule, const Json& value, const std::string& at) {
    if (rule.is_string()) return has_type(value, rule) ? "" : at + ": type is not " + rule.get<std::string>();
    for (const auto& one : rule) {
      if (has_type(value, one)) return {};
    }
    return at + ": type";
  }
  std::string any(const Json& rule, const Json& value, const std::string& at) {
    std::string why;
    for (const auto& one : rule) {
      const auto wrong = check(value, one, at);
      if (wrong.empty()) return {};
      why += wrong + "; ";
    }
    return at + ": none of (" + why + ")";
  }
  static std::string required(const Json& rule, const Json& value, const std::string& at) {
    for (const auto& name : rule) {
      if (value.is_object() && !value.contains(name.get<std::string>())) return at + ": lacks " + name.dump();
    }
    return {};
  }
  std::string properties(const Json& rule, const Json& value, const std::string& at) {
    for (const auto& [name, sub] : rule.items()) {
      if (!value.is_object() || !value.contains(name)) continue;
      const auto wrong = check(value[name], sub, at + "/" + name);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }
  std::string items(const Json& rule, const Json& value, const std::string& at) {
    if (!value.is_array()) return {};
    for (size_t i = 0; i < value.size(); ++i) {
      const auto wrong = check(value[i], rule, at + "/" + std::to_string(i));
      if (!wrong.empty()) return wrong;
    }
    return {};
  }
  std::string others(const Json& rule, const Json& value, const Json& schema, const std::string& at) {
    if (!value.is_object()) return {};
    for (const auto& [name, item] : value.items()) {
      if (schema.contains("properties") && schema["properties"].contains(name)) continue;
      if (rule == false) return at + ": unknown field " + name;
      const auto wrong = check(item, rule, at + "/" + name);
      if (!wrong.empty()) return wrong;
    }
    return {};
  }

  const Json& root_;
};

std::string wrong_in(const std::string& schema, const Json& value) {
  const auto root = Json::parse(schema);
  return Checker(root).check(value);
}

Plan full_plan(const Files& files) {
  auto p = plan(files);
  auto g = grant("SELECT", "table SALES.ORDERS.ORDERS", "database role SALES.ORDERS_READER", true,
                 files.at(files.orders, 20));
  p.changes.push_back(g);
  p.changes[3].cost = "loses data (12 rows)";
  Diagnostic finding;
  finding.code = "pii-must-be-masked", finding.summary = "column is not masked", finding.address = "column A.B.C.D";
  finding.help = "add masking_policy", finding.place = files.at(files.orders, 5);
  finding.notes.push_back({"the tag stands here", files.at(files.orders, 6)});
  p.findings = {finding};
  p.refused = {{"table A.B.C", "MESH2002", "cannot", "do", {}}};
  p.unmanaged = {{"table A.B.D", "object", "sales"}};
  p.vanished = {"table A.B.E"};
  p.state_age = "recorded 3 hours ago";
  return p;
}

// A file that is made from the tables: compared, or written again with MESH_ACCEPT=1, which is no pass.
void check_generated(const std::filesystem::path& path, const std::string& expected) {
  INFO(path << " is not current: run scripts/generate");
  const auto found = read_file(path);
  const bool current = found && *found == expected;
  if (!current && std::getenv("MESH_ACCEPT") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    REQUIRE(write_file(path, expected).ok());
    FAIL_CHECK("rewritten: review " << path);
    return;
  }
  CHECK(current);
}

const std::filesystem::path kRoot = checkout();

}  // namespace

TEST_CASE("the plan's JSON has the design's fields in the design's order") {
  const Files files;
  const auto text = render::plan_json(full_plan(files), files.sources);
  const auto json = Json::parse(text);
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"format_version", "mesh", "environment", "account", "date", "domains",
                                         "summary", "changes", "access", "waiting", "findings", "refused", "unmanaged",
                                         "vanished", "reads", "fingerprint", "role"});
  CHECK(
      json["summary"].dump() ==
      R"({"create":1,"update":2,"rename":0,"replace":0,"drop":1,"grant":1,"revoke":0,"set":0,"unset":0,"adopt":0,"forget":0})");
  CHECK(json["changes"][1].dump() ==
        R"({"address":"warehouse SALES_WH","kind":"warehouse","name":"SALES_WH","domain":"sales","action":"update",)"
        R"("risk":"safe","reason":"differs from the manifest",)"
        R"("source":{"file":"domains/sales/domain.yaml","line":8,"column":3},)"
        R"("diff":[{"property":"warehouse_size","before":"XSMALL","after":"SMALL"}],)"
        R"("statements":[{"sql":"ALTER WAREHOUSE \"SALES_WH\" SET WAREHOUSE_SIZE = 'SMALL'","role":"SALES_DEPLOY"}]})");
  CHECK(json["changes"][3]["diff"][0].dump() ==
        R"json({"property":"columns.FAX","before":{"type":"VARCHAR(16777216)"},)json"
        R"json("after":null,"cost":"loses data (1,204,331 rows)"})json");
  CHECK(json["changes"][2]["source"] == Json::object());
  CHECK(json["access"][0].dump() ==
        R"({"change":"+","who":"role FINANCE_ANALYST","privilege":"SELECT","object":"table SALES.ORDERS.ORDERS",)"
        R"("via":["database role SALES.ORDERS_READER"]})");
  CHECK(json["findings"][0]["level"] == "error");
  CHECK(json["reads"].dump() == R"({"statements":23,"recorded":"recorded 3 hours ago"})");
  CHECK(text.back() == '\n');
  CHECK(text.substr(0, 27) == "{\n  \"format_version\": \"1.0\"");
  CHECK(text == render::plan_json(full_plan(files), files.sources));
}

TEST_CASE("an empty plan has every list, empty") {
  const Files files;
  const auto json = Json::parse(render::plan_json(Plan{}, files.sources));
  for (const auto* key : {"domains", "changes", "access", "waiting", "findings", "refused", "unmanaged", "vanished"}) {
    INFO(key);
    CHECK(json[key] == Json::array());
  }
  CHECK(Json::parse(render::findings_json({}, files.sources)).dump() == R"({"findings":[]})");
}

TEST_CASE("what is printed is valid by its schema") {
  const Files files;
  const auto p = full_plan(files);
  CHECK(wrong_in(render::plan_schema(), Json::parse(render::plan_json(p, files.sources))).empty());
  CHECK(wrong_in(render::findings_schema(), Json::parse(render::findings_json(p.findings, files.sources))).empty());
  // The schema can say no.
  auto broken = Json::parse(render::plan_json(p, files.sources));
  broken["changes"][0]["action"] = "destroy";
  CHECK(wrong_in(render::plan_schema(), broken).find("/changes/0/action: not listed") != std::string::npos);
  broken = Json::parse(render::plan_json(p, files.sources));
  broken.erase("fingerprint");
  CHECK(wrong_in(render::plan_schema(), broken).find("lacks \"fingerprint\"") != std::string::npos);
}

TEST_CASE("apply's JSON") {
  const Files files;
  Outcome failed;
  failed.address = "warehouse SALES_WH", failed.sql = "ALTER", failed.status = OutcomeStatus::Failed;
  failed.query_id = "01b2", failed.error = "no";
  Outcome rest;
  rest.address = "table SALES.ORDERS.ORDERS", rest.sql = "ALTER TABLE", rest.status = OutcomeStatus::NotTried;
  const auto p = plan(files);
  const auto json = Json::parse(render::apply_json(p, {failed, rest}, files.sources));
  CHECK(json["plan"] == Json::parse(render::plan_json(p, files.sources)));
  CHECK(
      json["outcomes"][0].dump() ==
      R"({"address":"warehouse SALES_WH","sql":"ALTER","status":"failed","query_id":"01b2","error":"no","source":{}})");
  CHECK(json["outcomes"][1]["status"] == "not tried");
  CHECK(json["outcomes"][1]["query_id"].is_null());
}

TEST_CASE("text that is no UTF-8 does not stop the JSON") {
  const Files files;
  auto p = plan(files);
  p.changes[0].reason_text = "\xff";
  CHECK(Json::parse(render::plan_json(p, files.sources))["changes"][0]["reason"].get<std::string>().find(
            "\xEF\xBF\xBD") != std::string::npos);
}

TEST_CASE("columns are counted in cells, as an editor shows them") {
  Sources sources;
  const auto file = sources.add("a.yaml", "größe: x\n");
  Plan p;
  p.waiting = {{"a", "b", Place{file, 1, 10, 1}}};  // byte 10 of the line is the ninth sign less one
  CHECK(Json::parse(render::plan_json(p, sources))["waiting"][0]["source"]["column"] == 8);
}

TEST_CASE("manifest schemas take the design's example and name what is wrong") {
  const auto schema = render::manifest_schema();
  auto manifest = Json::parse(R"json({
    "domain": "sales", "description": "Orders", "team": {"name": "sales-data", "email": "sales-data@example.com"},
    "warehouses": {"SALES_WH": {"warehouse_size": "XSMALL", "auto_suspend": 60, "auto_resume": true, "comment": "x",
                                "grants": {"SALES_ENGINEER": ["USAGE"]}}},
    "roles": {"SALES_ENGINEER": {"comment": "Builds", "granted_to": ["SYSADMIN"]}, "OTHER": null},
    "databases": {"SALES": {"data_retention_time_in_days": "${days}",
      "database_roles": {"ORDERS_READER": {"granted_to": ["SALES_ENGINEER"]}},
      "schemas": {"ORDERS": {"managed_access": true, "grants": {"SALES_ENGINEER": ["USAGE", "CREATE TABLE"]},
        "tables": {"ORDERS": {"columns": {"ORDER_ID": {"type": "NUMBER(38,0)", "nullable": false}, "CUSTOMER_ID": "NUMBER",
            "EMAIL": {"type": "VARCHAR", "tags": {"G.T.PII": "email"}, "masking_policy": "G.P.M"}},
          "primary_key": ["ORDER_ID"], "cluster_by": ["ORDERED_AT"],
          "row_access_policy": {"policy": "G.P.R", "on": ["CUSTOMER_ID"]},
          "grants": {"database role SALES.ORDERS_READER": ["SELECT"]}}},
        "views": {"DAILY": {"secure": true, "query": "SELECT 1"}}}}}},
    "grants": [{"to": "role SALES_ENGINEER", "privileges": ["SELECT"], "on": "tables in schema SALES.ORDERS"}],
    "removed": [{"object": "table SALES.ORDERS.OLD", "action": "drop"}]})json");
  CHECK(wrong_in(schema, manifest) == "");
  auto broken = manifest;
  broken["roles"]["SALES_ENGINEER"]["comit"] = "x";
  CHECK(wrong_in(schema, broken).find("unknown field comit") != std::string::npos);
  broken = manifest;
  broken["warehouses"]["SALES_WH"]["auto_suspend"] = "soon";
  CHECK(wrong_in(schema, broken) != "");
  broken = manifest;
  broken["warehouses"]["SALES_WH"]["scaling_policy"] = "fast";
  CHECK(wrong_in(schema, broken) != "");
  broken["warehouses"]["SALES_WH"]["scaling_policy"] = "Economy";
  CHECK(wrong_in(schema, broken) == "");
}

TEST_CASE("mesh.yaml has a schema") {
  const auto mesh = Json::parse(R"({
    "mesh": "acme", "api": "mesh/v1", "control": {"database": "MESH", "schema": "CONTROL", "warehouse": "MESH_WH"},
    "vars": {"region": "eu"},
    "environments": {"dev": {"connection": "acme_dev", "account": "ACME-DEV", "suffix": "_DEV", "vars": {"days": 1}},
                     "prod": {"connection": "acme_prod", "account": "ACME-PROD", "protected": true}},
    "default_environment": "dev",
    "domains": {"platform": {"path": "platform", "owns": ["PLATFORM", "PLATFORM_*"], "account": true},
                "sales": {"path": "domains/sales", "deploy_role": "SALES_DEPLOY", "plan_role": "SALES_PLAN",
                          "creator_role": "PLATFORM_CREATE"}}})");
  CHECK(wrong_in(render::mesh_file_schema(), mesh) == "");
}

TEST_CASE("every property of every kind stands in its schema") {
  for (const auto* kind : kinds::all()) {
    const auto schema = Json::parse(render::kind_schema(*kind));
    const auto name = schema["$ref"].get<std::string>().substr(8);
    const auto& properties = schema["$defs"][name]["anyOf"][1]["properties"];
    INFO(kind->words);
    for (const auto& row : kind->properties) {
      INFO(row.name);
      const std::string group(kinds::group_of(row)), key(kinds::key_in_group(row));
      if (row.in_key) {
        CHECK_FALSE(properties.contains(key));
      } else if (group.empty()) {
        CHECK(properties.contains(key));
      } else {
        REQUIRE(properties.contains(group));
        CHECK(properties[group].dump().find("\"" + key + "\"") != std::string::npos);
      }
    }
    for (const auto key : kinds::structural_keys(*kind)) CHECK(properties.contains(std::string(key)));
    CHECK(render::find_schema(kind->words) == render::kind_schema(*kind));
    CHECK(render::find_schema(kind->collection) == render::kind_schema(*kind));
  }
  CHECK(render::find_schema("Plan") == render::plan_schema());
  CHECK_FALSE(render::find_schema("nonsense"));
}

TEST_CASE("the files in schemas/ are current") {
  std::set<std::string> names;
  for (const auto& file : render::all_schemas()) {
    names.insert(file.name + ".schema.json");
    check_generated(kRoot / "schemas" / (file.name + ".schema.json"), file.text);
  }
  for (const auto& entry : std::filesystem::directory_iterator(kRoot / "schemas")) {
    INFO(entry.path());
    CHECK(names.count(entry.path().filename().string()) == 1);
  }
}

TEST_CASE("the README's table of kinds is current") {
  const auto path = kRoot / "README.md";
  const auto readme = read_file(path);
  REQUIRE(readme.ok());
  const std::string begin = "<!-- kinds: made by scripts/generate -->\n", end = "<!-- end of kinds -->";
  const auto from = readme->find(begin), to = readme->find(end);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  check_generated(path, readme->substr(0, from + begin.size()) + render::kinds_table() + readme->substr(to));
}

TEST_CASE("the list of rules in docs/ is current") {
  const auto path = kRoot / "docs" / "rules.md";
  const auto text = read_file(path);
  REQUIRE(text.ok());
  const std::string begin = "<!-- rules: made by scripts/generate -->\n", end = "<!-- end of rules -->";
  const auto from = text->find(begin), to = text->find(end);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  check_generated(path, text->substr(0, from + begin.size()) + render::rules_table() + text->substr(to));
}

TEST_CASE("explanations come from the tables") {
  for (const auto* kind : kinds::all()) {
    const auto text = render::explain_kind(*kind);
    INFO(text);
    for (const auto& row : kind->properties)
      CHECK(text.find("\n  " + std::string(row.name) + "\n") != std::string::npos);
    CHECK(render::explain(kind->words) == text);
  }
  REQUIRE_FALSE(all_codes().empty());
  const auto& code = all_codes().front();
  CHECK(render::explain(code.code)->find(code.title) != std::string::npos);
  CHECK_FALSE(render::explain("MESH0000"));
}
