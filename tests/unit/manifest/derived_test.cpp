// Dynamic tables, materialized views, external tables and storage integrations in manifests.
#include <catch2/catch.hpp>

#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

std::string message_of(const std::string& objects) {
  MeshFolder mesh(
      small_mesh("databases:\n  SALES:\n    schemas:\n      S:\n        tables: {T: {columns: {ID: NUMBER}}}\n"
                 "        file_formats: {F: {type: JSON}}\n        stages: {ST: {url: 's3://b/'}}\n        " +
                 objects + "\n"));
  mesh.load("dev");
  return mesh.errors();
}

bool says(const std::string& objects, const char* words) {
  const auto message = message_of(objects);
  INFO(objects << "\n" << message);
  const bool found = message.find(words) != std::string::npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_CASE("the suffix reaches what dynamic and external tables, stages and views name") {
  MeshFolder mesh(
      small_mesh("warehouses: {SALES_WH: {}}\n"
                 "storage_integrations:\n"
                 "  SALES_STORE: {storage_provider: GCS, storage_allowed_locations: ['gcs://b/']}\n"
                 "databases:\n"
                 "  SALES:\n"
                 "    schemas:\n"
                 "      S:\n"
                 "        tables: {T: {columns: {ID: NUMBER}}}\n"
                 "        file_formats: {F: {type: JSON}}\n"
                 "        stages: {ST: {url: 'gcs://b/x/', storage_integration: SALES_STORE}}\n"
                 "        dynamic_tables:\n"
                 "          D: {target_lag: downstream, warehouse: sales_wh, query: SELECT ID FROM SALES.S.T, "
                 "cluster_by: ID, columns: {ID: }}\n"
                 "        materialized_views: {M: {query: SELECT ID FROM T}}\n"
                 "        external_tables:\n"
                 "          X: {location: '@sales.s.st/a', file_format: SALES.S.F, columns: {ID: {type: NUMBER, as: "
                 "'VALUE:id::INT'}}}\n"
                 "        streams: {ON_D: {on: dynamic table SALES.S.D}}\n"
                 "        tasks: {K: {sql: SELECT 1, when: \"SYSTEM$STREAM_HAS_DATA('sales.s.on_d')\"}}\n"
                 "        masking_policies:\n"
                 "          M: {signature: {V: VARCHAR}, returns: VARCHAR,\n"
                 "              body: \"IFF(CURRENT_ROLE() IN ('SALES_R', 'SYSADMIN'), V, 'SALES_R')\"}\n"
                 "roles: {SALES_R: {}}\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  const auto& table = mesh.object("dynamic table SALES_DEV.S.D");
  CHECK(*table.find("warehouse") == Value("SALES_WH_DEV"));
  CHECK(*table.find("target_lag") == Value("DOWNSTREAM"));
  CHECK(table.text("query")->text == "SELECT ID FROM SALES_DEV.S.T");
  CHECK(table.cluster_by->front().text == "ID");
  CHECK(*mesh.object("external table SALES_DEV.S.X").find("location") == Value("@SALES_DEV.S.ST/a/"));
  CHECK(*mesh.object("external table SALES_DEV.S.X").find("file_format") == Value("SALES_DEV.S.F"));
  CHECK(*mesh.object("stage SALES_DEV.S.ST").find("storage_integration") == Value("SALES_STORE_DEV"));
  CHECK(*mesh.object("stream SALES_DEV.S.ON_D").find("on") == Value("dynamic table SALES_DEV.S.D"));
  CHECK(mesh.object("task SALES_DEV.S.K").text("when")->text == "SYSTEM$STREAM_HAS_DATA('sales_dev.s.on_d')");
  CHECK(mesh.object("masking policy SALES_DEV.S.M").text("body")->text ==
        "IFF(CURRENT_ROLE() IN ('SALES_R_DEV', 'SYSADMIN'), V, 'SALES_R')");
}

TEST_CASE("what dynamic tables, external tables and materialized views do not take") {
  const std::string query = "query: SELECT ID FROM T";
  says("dynamic_tables: {D: {target_lag: 1 hour, " + query + "}}", "needs a warehouse");
  says("dynamic_tables: {D: {warehouse: W, " + query + "}}", "needs target_lag");
  says("dynamic_tables: {D: {warehouse: W, target_lag: 1 hour, scheduler: disable, " + query + "}}",
       "there is no target_lag");
  says("dynamic_tables: {D: {warehouse: W, target_lag: 10 seconds, " + query + "}}", "at least 60 seconds");
  says("dynamic_tables: {D: {warehouse: W, target_lag: 1 hour, cluster_by: [ID], " + query + "}}",
       "the columns must be named");
  says("dynamic_tables: {D: {warehouse: W, target_lag: 1 hour, transient: true, data_retention_time_in_days: 2, " +
           query + "}}",
       "is transient and keeps at most one day");
  says("dynamic_tables: {D: {warehouse: W, target_lag: 1 hour}}", "has no query");
  says("dynamic_tables: {T: {warehouse: W, target_lag: 1 hour, " + query + "}}", "has the name of a");
  says("dynamic_tables: {D: {warehouse: W, target_lag: 1 hour, query: SELECT ID FROM D}}", "reads itself");
  says("materialized_views: {M: {cluster_by: ID, " + query + "}}", "the columns must be named");
  says("materialized_views: {M: {query: SELECT ID FROM SALES.S.NONE}}", "is declared nowhere");
  says("external_tables: {X: {file_format: SALES.S.F}}", "needs location");
  says("external_tables: {X: {location: '@SALES.S.ST'}}", "needs file_format");
  says("external_tables: {X: {location: '@SALES.S.ST', file_format: SALES.S.F, columns: {A: NUMBER}}}", "needs as");
  says("external_tables: {X: {location: '@SALES.S.NONE/', file_format: SALES.S.F}}", "stage SALES.S.NONE");
  says("external_tables: {X: {location: '@SALES.S.ST/a b', file_format: SALES.S.F}}", "is no place in a stage");
  says(
      "external_tables: {X: {location: '@SALES.S.ST', file_format: SALES.S.F, columns: {A: {type: NUMBER, as: "
      "'VALUE:a', "
      "default: 1}}}}",
      "unknown property 'default'");
  says("streams: {ST2: {on: table T, append_only: true}}", "three names");
  CHECK(message_of("dynamic_tables: {D: {manage: [grants]}}") == "");
}

TEST_CASE("a storage integration needs what its cloud asks for") {
  const auto message = [](const char* body) {
    MeshFolder mesh(small_mesh("storage_integrations: {SALES_I: {" + std::string(body) + "}}\n"));
    mesh.load("dev");
    return mesh.errors();
  };
  const std::string where = "storage_allowed_locations: ['s3://b/']";
  CHECK(message(where.c_str()).find("needs storage_provider") != std::string::npos);
  CHECK(message("storage_provider: GCS").find("needs storage_allowed_locations") != std::string::npos);
  CHECK(message(("storage_provider: S3, " + where).c_str()).find("storage_aws_role_arn") != std::string::npos);
  CHECK(message(("storage_provider: AZURE, " + where).c_str()).find("azure_tenant_id") != std::string::npos);
  CHECK(message(("storage_provider: GCS, azure_tenant_id: x, " + where).c_str()).find("does not apply") !=
        std::string::npos);
  CHECK(message(("storage_provider: FTP, " + where).c_str()).find("is not one of S3") != std::string::npos);
}
