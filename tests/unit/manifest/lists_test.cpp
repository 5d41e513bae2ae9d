// Lists of texts, names and maps, and what properties name: of file formats, resource monitors and network policies.
#include <catch2/catch.hpp>

#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

// Codes with line and column in domains/sales/domain.yaml, whose first snippet line is line 3.
std::string codes_of(const std::string& snippet) {
  MeshFolder mesh(small_mesh(snippet));
  mesh.load("dev");
  std::string codes = mesh.codes();
  const std::string file = "domains/sales/domain.yaml:";
  for (size_t at = codes.find(file); at != std::string::npos; at = codes.find(file)) codes.erase(at, file.size());
  return codes;
}

std::string message_of(const std::string& snippet) {
  MeshFolder mesh(small_mesh(snippet));
  mesh.load("dev");
  return mesh.errors();
}

}  // namespace

TEST_CASE("lists are read in every form people write them") {
  MeshFolder mesh(
      small_mesh("resource_monitors:\n"
                 "  SALES_RM:\n"
                 "    credit_quota: 10\n"
                 "    notify_users: [bob, '\"Alice B\"', BOB]\n"
                 "    triggers: [{at: 90, do: notify}, {at: 100, do: suspend_immediate}]\n"
                 "network_policies:\n"
                 "  SALES_NP: {allowed_ip_list: 10.0.0.1, allowed_network_rule_list: [sales.s.office]}\n"
                 "warehouses: {SALES_NEW_WH: {resource_monitor: sales_rm}}\n"
                 "databases:\n"
                 "  SALES:\n"
                 "    schemas:\n"
                 "      S:\n"
                 "        network_rules: {OFFICE: {type: ipv4, value_list: [10.0.0.2, 10.0.0.1]}}\n"
                 "        file_formats: {LINES: {null_if: [], field_delimiter: \"\\t\"}}\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  const auto& monitor = mesh.object("resource monitor SALES_RM_DEV");
  CHECK(*monitor.find("notify_users") == Value(ValueList{"Alice B", "BOB"}));
  CHECK(*monitor.find("triggers") == Value(ValueList{"100 SUSPEND_IMMEDIATE", "90 NOTIFY"}));
  // The suffix reaches names in properties and in lists.
  CHECK(*mesh.object("warehouse SALES_NEW_WH_DEV").find("resource_monitor") == Value("SALES_RM_DEV"));
  const auto& policy = mesh.object("network policy SALES_NP_DEV");
  CHECK(*policy.find("allowed_network_rule_list") == Value(ValueList{"SALES_DEV.S.OFFICE"}));
  CHECK(*policy.find("allowed_ip_list") == Value(ValueList{"10.0.0.1"}));
  const auto& rule = mesh.object("network rule SALES_DEV.S.OFFICE");
  CHECK(*rule.find("value_list") == Value(ValueList{"10.0.0.1", "10.0.0.2"}));
  const auto& format = mesh.object("file format SALES_DEV.S.LINES");
  CHECK(*format.find("null_if") == Value(ValueList{}));
  CHECK(*format.find("field_delimiter") == Value("\t"));
}

TEST_CASE("parts of nested values are read as they are written") {
  MeshFolder mesh(small_mesh(
      "vars: {code: 007, flag: TRUE}\n"
      "databases:\n"
      "  SALES:\n"
      "    schemas:\n"
      "      S:\n"
      "        tag_definitions: {T: {}}\n"
      "        classification_profiles:\n"
      "          P:\n"
      "            minimum_object_age_for_classification_days: +1\n"
      "            snowflake_semantic_categories: [{category: '${code}', country_codes: US}, {category: NAME}]\n"
      "            tag_map:\n"
      "              column_tag_map:\n"
      "                - {semantic_categories: [B, A], tag_value: '${flag}', tag_name: sales.s.t}\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  const auto& profile = mesh.object("classification profile SALES_DEV.S.P");
  CHECK(to_display(*profile.find("snowflake_semantic_categories"), 0) ==
        "{category: 007, country_codes: [US]}, {category: NAME}");
  CHECK(to_display(*profile.find("tag_map.column_tag_map"), 0) ==
        "{tag_name: SALES_DEV.S.T, tag_value: TRUE, semantic_categories: [A, B]}");
}

// SALES.S.R stands before SALES_B.S.R, and SALES_DEV.S.R behind SALES_B_DEV.S.R: live they stand so.
TEST_CASE("a set is in order with the suffix too") {
  MeshFolder mesh(
      small_mesh("network_policies: {SALES_NP: {allowed_network_rule_list: [SALES.S.R, SALES_B.S.R]}}\n"
                 "databases:\n"
                 "  SALES: {schemas: {S: {network_rules: {R: {type: ipv4, value_list: [10.0.0.1]}}}}}\n"
                 "  SALES_B: {schemas: {S: {network_rules: {R: {type: ipv4, value_list: [10.0.0.1]}}}}}\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  CHECK(*mesh.object("network policy SALES_NP_DEV").find("allowed_network_rule_list") ==
        Value(ValueList{"SALES_B_DEV.S.R", "SALES_DEV.S.R"}));
}

TEST_CASE("a stream's source is kind and name, and bears the suffix") {
  MeshFolder mesh(small_mesh(
      "databases:\n"
      "  SALES:\n"
      "    schemas:\n"
      "      S:\n"
      "        tables: {T: {columns: {ID: NUMBER}}}\n"
      "        views: {'\"a v\"': {query: SELECT ID FROM SALES.S.T}}\n"
      "        streams:\n"
      "          OF_T: {on: table sales.s.t, append_only: true}\n"
      "          OF_V: {on: 'VIEW SALES.S.\"a v\"'}\n"
      "        alerts:\n"
      "          AL: {condition: SELECT ID FROM SALES.S.OF_T, action: DELETE FROM SALES.S.T, state: Started}\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  CHECK(*mesh.object("stream SALES_DEV.S.OF_T").find("on") == Value("table SALES_DEV.S.T"));
  CHECK(*mesh.object("stream SALES_DEV.S.OF_V").find("on") == Value("view SALES_DEV.S.\"a v\""));
  const auto& alert = mesh.object("alert SALES_DEV.S.AL");
  CHECK(*alert.find("state") == Value("STARTED"));
  CHECK(alert.text("condition")->text == "SELECT ID FROM SALES_DEV.S.OF_T");
  CHECK(alert.text("action")->text == "DELETE FROM SALES_DEV.S.T");
}

TEST_CASE("what streams and alerts do not take") {
  const auto within = [](const char* objects) {
    return "databases: {SALES: {schemas: {S: {" + std::string(objects) + "}}}}\n";
  };
  struct Case {
    const char *objects, *codes;
  };
  for (const auto& each : {
           Case{"streams: {ST: {comment: x}}", "MESH1303 3:45"},
           Case{"streams: {ST: {on: table SALES.S.NONE}}", "MESH1203 3:54"},
           Case{"streams: {ST: {on: SALES.S.T}}", "MESH1301 3:54"},
           Case{"streams: {ST: {on: sequence SALES.S.T}}", "MESH1301 3:54"},
           Case{"alerts: {AL: {condition: SELECT 1}}", "MESH1103 3:44"},
           // Nor a stream or tag that a function is told and nobody declares.
           Case{"tasks: {K: {schedule: 10 m, sql: SELECT 1, when: SYSTEM$STREAM_HAS_DATA('SALES.S.NONE')}}",
                "MESH1203 3:107"},
           Case{"alerts: {AL: {condition: SELECT 1, action: SELECT 2, state: running}}", "MESH1301 3:95"},
       }) {
    INFO(each.objects);
    CHECK(codes_of(within(each.objects)) == each.codes);
  }
}

TEST_CASE("tasks name their siblings, and what a pipe copies bears the suffix") {
  MeshFolder mesh(
      small_mesh("databases:\n"
                 "  SALES:\n"
                 "    schemas:\n"
                 "      S:\n"
                 "        tables: {T: {columns: {ID: NUMBER}}}\n"
                 "        stages: {FILES: {}}\n"
                 "        tasks:\n"
                 "          FIRST: {schedule: 10 m, sql: DELETE FROM SALES.S.T}\n"
                 "          NEXT: {after: [first], state: started, sql: DELETE FROM SALES.S.T}\n"
                 "          LAST: {finalize: SALES.S.FIRST, sql: DELETE FROM SALES.S.T}\n"
                 "        pipes: {P: {copy: COPY INTO SALES.S.T FROM @SALES.S.FILES/in/}}\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  CHECK(*mesh.object("task SALES_DEV.S.NEXT").find("after") == Value(ValueList{Value("SALES_DEV.S.FIRST")}));
  CHECK(*mesh.object("task SALES_DEV.S.LAST").find("finalize") == Value("SALES_DEV.S.FIRST"));
  CHECK(mesh.object("task SALES_DEV.S.NEXT").text("sql")->text == "DELETE FROM SALES_DEV.S.T");
  CHECK(mesh.object("pipe SALES_DEV.S.P").text("copy")->text == "COPY INTO SALES_DEV.S.T FROM @SALES_DEV.S.FILES/in/");
}

TEST_CASE("what lists do not take") {
  struct Case {
    const char *snippet, *codes;
  };
  for (const auto& each : {
           Case{"resource_monitors: {SALES_RM: {credit_quota: 1, triggers: [{at: 90}]}}\n", "MESH1103 3:60"},
           Case{"resource_monitors: {SALES_RM: {credit_quota: 1, triggers: 90}}\n", "MESH1102 3:59"},
           Case{"resource_monitors: {SALES_RM: {credit_quota: 1, triggers: [{at: 90, do: stop}]}}\n", "MESH1301 3:59"},
           Case{"resource_monitors: {SALES_RM: {credit_quota: 1, triggers: [{at: 9, do: notify, on: x}]}}\n",
                "MESH1101 3:80"},
           Case{"resource_monitors: {SALES_RM: {triggers: [{at: 90, do: notify}]}}\n", "MESH1303 3:21"},
           Case{"resource_monitors: {SALES_RM: {frequency: DAILY}}\n", "MESH1303 3:21"},
           Case{"resource_monitors: {SALES_RM: {renamed_from: SALES_OLD}}\n", "MESH1202 3:46"},
           Case{"resource_monitors: {SALES_RM: {comment: x}}\n", "MESH1101 3:32"},
           Case{"network_policies: {SALES_NP: {allowed_network_rule_list: [OFFICE]}}\n", "MESH1201 3:59"},
           Case{"network_policies: {SALES_NP: {allowed_network_rule_list: [SALES.S.OFFICE]}}\n", "MESH1203 3:58"},
           Case{"warehouses: {SALES_W: {resource_monitor: SALES_RM}}\n", "MESH1203 3:42"},
           Case{"databases: {SALES: {schemas: {S: {network_rules: {R: {type: IPV4}}}}}}\n", "MESH1303 3:51"},
           Case{"databases: {SALES: {schemas: {S: {file_formats: {F: {type: JSON, skip_header: 1}}}}}}\n",
                "MESH1303 3:79"},
           Case{"databases: {SALES: {schemas: {S: {file_formats: {F: {type: PARQUET, compression: GZIP}}}}}}\n",
                "MESH1303 3:50"},
           Case{"databases: {SALES: {schemas: {S: {file_formats: {F: {type: YAML}}}}}}\n", "MESH1301 3:60"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {encryption: {type: AWS_SSE_S3}}}}}}}\n",
                "MESH1303 3:44"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {url: 's3://a', encryption: {type: GCS_SSE_KMS}}}}}}}\n",
                "MESH1303 3:44"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {url: 'file:///a'}}}}}}\n", "MESH1301 3:53"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {storage_integration: I}}}}}}\n", "MESH1303 3:69"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {directory: {on: true}}}}}}}\n", "MESH1101 3:60"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {file_format: LINES}}}}}}\n", "MESH1201 3:61"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {file_format: SALES.S.LINES}}}}}}\n", "MESH1203 3:61"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {grants: {SYSADMIN: [USAGE]}}}}}}}\n", "MESH1404 3:68"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {grants: {SYSADMIN: [WRITE]}}}}}}}\n", "MESH1404 3:68"},
           Case{"databases: {SALES: {schemas: {S: {stages: {F: {grants: {SYSADMIN: [ALL]}}}}}}}\n", ""},
       }) {
    INFO(each.snippet);
    CHECK(codes_of(each.snippet) == each.codes);
  }
  CHECK(message_of("resource_monitors: {SALES_RM: {credit_quota: 1, triggers: [{at: 90}]}}\n")
            .find("each entry of triggers needs do") != std::string::npos);
  CHECK(message_of("resource_monitors: {SALES_RM: {credit_quota: 1, triggers: [{at: 90, do: stop}]}}\n")
            .find("do is one of notify, suspend, suspend_immediate") != std::string::npos);
}
