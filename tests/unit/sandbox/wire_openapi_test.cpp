// Every kind of response against Snowflake's published description of the SQL API. Where the recordings of sql-api.md
// say otherwise than the description, the recording counts and is named here.

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <set>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "checkout.hpp"
#include "wire_fixture.hpp"

using namespace mesh::sandbox;
using namespace mesh::sandbox::test;

namespace {

using Json = nlohmann::json;
using Problems = std::vector<std::string>;

std::string description_file() {
  const char* named = std::getenv("MESH_OPENAPI");
  return named != nullptr ? named : (checkout() / "../shared/snowflake/openapi/sqlapi.yaml").string();
}

// The part of JSON Schema that the description uses: type, nullable, required, properties, items, enum, minimum,
// minItems, format uuid, $ref.
class Schema {
 public:
  explicit Schema(const YAML::Node& root) : root_(root) {}

  Problems check(const YAML::Node& schema, const Json& value, const std::string& where = "") const {
    Problems problems;
    check(resolve(schema), value, where, problems);
    return problems;
  }

  YAML::Node resolve(const YAML::Node& node) const {
    if (!node.IsMap() || !node["$ref"]) return node;
    YAML::Node at = YAML::Clone(root_);
    std::stringstream path(node["$ref"].as<std::string>().substr(2));
    for (std::string step; std::getline(path, step, '/');) at.reset(at[step]);
    return at;
  }

 private:
  static bool has_type(const std::string& type, const Json& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_number_integer();
    if (type == "boolean") return value.is_boolean();
    return false;
  }

  void check(const YAML::Node& schema, const Json& value, const std::string& where, Problems& problems) const {
    const auto text = [&](const char* key) { return schema[key] ? schema[key].as<std::string>() : ""; };
    if (value.is_null() && text("nullable") == "true") return;
    if (schema["type"] && !has_type(text("type"), value)) {
      problems.push_back(fmt::format("{} is {}, not {}", where, value.type_name(), text("type")));
      return;
    }
    if (schema["minimum"] && value.is_number() && value.get<int64_t>() < schema["minimum"].as<int64_t>()) {
      problems.push_back(where + " is too small");
    }
    if (schema["minItems"] && value.is_array() && value.size() < schema["minItems"].as<size_t>()) {
      problems.push_back(where + " has too few items");
    }
    if (text("format") == "uuid" && value.is_string() && !is_uuid(value.get<std::string>())) {
      problems.push_back(where + " is no UUID");
    }
    if (schema["enum"] && !in_enum(schema["enum"], value)) problems.push_back(where + " is not in the list");
    check_object(schema, value, where, problems);
    if (value.is_array() && schema["items"]) {
      for (size_t i = 0; i < value.size(); ++i) {
        check(resolve(schema["items"]), value[i], fmt::format("{}/{}", where, i), problems);
      }
    }
  }

  void check_object(const YAML::Node& schema, const Json& value, const std::string& where, Problems& problems) const {
    if (!value.is_object()) return;
    for (const auto& name : schema["required"]) {
      if (!value.contains(name.as<std::string>()))
        problems.push_back(where + "/" + name.as<std::string>() + " is missing");
    }
    for (const auto& property : schema["properties"]) {
      const auto name = property.first.as<std::string>();
      if (value.contains(name)) check(resolve(property.second), value.at(name), where + "/" + name, problems);
    }
  }

  static bool in_enum(const YAML::Node& values, const Json& value) {
    for (const auto& allowed : values) {
      if (value.is_string() && value.get<std::string>() == allowed.as<std::string>()) return true;
    }
    return false;
  }

  static bool is_uuid(const std::string& text) {
    size_t hyphens = 0, digits = 0;
    for (const char c : text) {
      hyphens += c == '-' ? 1 : 0;
      digits += std::isxdigit(static_cast<unsigned char>(c)) != 0 ? 1 : 0;
    }
    return text.size() == 36 && hyphens == 4 && digits == 32;
  }

  YAML::Node root_;
};

struct Operation {
  const char *path, *method;
};
constexpr Operation kSubmit = {"/api/v2/statements", "post"};
constexpr Operation kStatus = {"/api/v2/statements/{statementHandle}", "get"};
constexpr Operation kCancel = {"/api/v2/statements/{statementHandle}/cancel", "post"};

// What the response says against the description; a status it does not list is a problem too.
Problems compare(const YAML::Node& root, const Operation& operation, const Reply& reply) {
  const Schema schema(root);
  const YAML::Node listed = root["paths"][operation.path][operation.method]["responses"][std::to_string(reply.status)];
  if (!listed) return {fmt::format("status {} is not listed", reply.status)};
  const YAML::Node response = schema.resolve(listed);
  const YAML::Node content = response["content"];
  if (!content) return {};  // no body described
  if (!content[reply.header("content-type")]) return {"content type is not listed"};
  return schema.check(content[reply.header("content-type")]["schema"], Json::parse(reply.body));
}

}  // namespace

TEST_CASE("wire: responses fit Snowflake's OpenAPI description") {
  const std::string file = description_file();
  if (!std::filesystem::exists(file)) {
    std::cout << "skipped: no OpenAPI description at " << file << " (MESH_OPENAPI names it)\n";
    return;
  }
  const YAML::Node root = YAML::LoadFile(file);
  ApiOptions options;
  options.sync_limit = std::chrono::milliseconds(1500);
  Wire wire(std::move(options));
  const std::string batch = R"(,"parameters":{"MULTI_STATEMENT_COUNT":"0"})";
  const auto check = [&](const char* name, const Operation& operation, int status, const Reply& reply,
                         const Problems& recorded = {}) {
    INFO(name);
    CHECK(reply.status == status);
    CHECK(compare(root, operation, reply) == recorded);
  };
  // scale, precision and length are null where they do not apply (recorded); the description says integer.
  const auto null_numbers = [](std::initializer_list<std::pair<int, std::vector<const char*>>> columns) {
    Problems problems;
    for (const auto& [column, names] : columns) {
      for (const char* name : names) {
        problems.push_back(fmt::format("/resultSetMetaData/rowType/{}/{} is null, not integer", column, name));
      }
    }
    return problems;
  };
  const std::vector<const char*> text = {"precision", "scale"}, fixed = {"length"};
  const Problems missing_handle = {"/statementHandle is missing"};

  const Reply one = wire.submit("SELECT 1");
  check("a result", kSubmit, 200, one, null_numbers({{0, fixed}}));
  check("a result with NULL", kSubmit, 200, wire.submit("NULLS"), null_numbers({{0, text}, {1, text}}));
  check("no rows", kSubmit, 200, wire.submit("EMPTY"), null_numbers({{0, fixed}, {1, text}}));
  check("DML with stats", kSubmit, 200, wire.submit("INSERT"), null_numbers({{0, fixed}}));
  const Reply several = wire.submit("SELECT 1; SELECT 1", batch);
  check("several statements", kSubmit, 200, several, null_numbers({{0, text}}));
  check("a child", kStatus, 200, wire.get(several.at("/statementHandles/0")), null_numbers({{0, fixed}}));
  check("several statements, one fails", kSubmit, 422, wire.submit("SELECT 1; FAIL", batch));
  check("a later GET", kStatus, 200, wire.get(one.at("/statementHandle")), null_numbers({{0, fixed}}));
  const std::string large = wire.submit("ROWS 5000").at("/statementHandle");
  check("a later partition", kStatus, 200, wire.get(large, "?partition=1"));
  check("a partition out of range", kStatus, 400, wire.get(large, "?partition=9"));
  check("an unknown handle", kStatus, 400, wire.get(kSomeUuid));

  const Reply running = wire.submit("SELECT SYSTEM$WAIT(30)", "", "?async=true");
  check("asynchronous", kSubmit, 202, running);
  check("still running", kStatus, 202, wire.get(running.at("/statementHandle")));
  check("cancelled", kCancel, 200, wire.cancel(running.at("/statementHandle")));
  check("the status after a cancel", kStatus, 422, wire.get(running.at("/statementHandle")));
  check("cancel of one that has ended", kCancel, 422, wire.cancel(one.at("/statementHandle")));
  check("cancel of an unknown one", kCancel, 422, wire.cancel(kSomeUuid));
  const Reply slow = wire.submit("SELECT SYSTEM$WAIT(30)");
  check("longer than the wait", kSubmit, 202, slow);
  wire.cancel(slow.at("/statementHandle"));
  check("timed out", kSubmit, 408, wire.submit("SELECT SYSTEM$WAIT(30)", R"(,"timeout":1)"));

  check("a refused statement", kSubmit, 422, wire.submit("FAIL"));
  check("an unsupported command", kSubmit, 422, wire.submit("USE ROLE X"));
  // Recorded: a run-time failure of an asynchronous statement has code and message only.
  check("a run-time failure, asynchronous", kStatus, 422,
        wire.wait_for(wire.submit("DIVIDE", "", "?async=true").at("/statementHandle")), missing_handle);
  check("no statement", kSubmit, 400, wire.submit(""));
  check("no payload", kSubmit, 400, wire.send("POST", kRoot, "x"));
  check("no such role", kSubmit, 400, wire.submit("SELECT 1", R"(,"role":"ACCOUNTADMIN")"));
  check("no token", kSubmit, 400, wire.send("POST", kRoot, "{}", {{"Authorization", ""}}));
  check("a bad token", kSubmit, 401, wire.send("POST", kRoot, "{}", {{"Authorization", "Bearer x"}}));
  check("a bad token on GET", kStatus, 401,
        wire.send("GET", std::string(kRoot) + "/" + kSomeUuid, "", {{"Authorization", "Bearer x"}}));
  check("another content type", kSubmit, 415, wire.send("POST", kRoot, "{}", {{"Content-Type", "text/plain"}}));
  check("a wrong method", kSubmit, 405, wire.send("PUT", kRoot, "{}"));
}

TEST_CASE("wire: the checker of the OpenAPI test finds what is wrong") {
  const YAML::Node root = YAML::Load(R"(
components: {schemas: {Thing: {type: object, required: [a], properties: {a: {type: string, enum: [x]}, b: {type: array,
  minItems: 1, items: {type: string, nullable: true}}, c: {type: integer, minimum: 0}, d: {type: string, format: uuid}}}}}
)");
  const Schema schema(root);
  const YAML::Node reference = YAML::Load("{$ref: '#/components/schemas/Thing'}");
  const auto problems = [&](const char* json) { return schema.check(reference, Json::parse(json)); };
  CHECK(problems(R"({"a":"x","b":["y",null],"c":0,"d":"e4ce975e-f7ff-4b5e-b15e-bf25f59371ae"})").empty());
  CHECK(problems("{}") == Problems{"/a is missing"});
  CHECK(problems("[]") == Problems{" is array, not object"});
  CHECK(problems(R"({"a":"y","b":[],"c":-1,"d":"z"})") ==
        Problems{"/a is not in the list", "/b has too few items", "/c is too small", "/d is no UUID"});
  CHECK(problems(R"({"a":1,"b":[1]})") == Problems{"/a is number, not string", "/b/0 is number, not string"});
}
