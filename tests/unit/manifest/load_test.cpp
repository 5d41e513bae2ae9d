// Variables, environments, suffix, files: what loading does beyond reading one object.
#include <catch2/catch.hpp>
#include <filesystem>

#include "mesh/base/files.hpp"
#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

std::string comment_of(const Object& object) {
  const Value* comment = object.find("comment");
  return comment == nullptr ? "(none)" : to_display(*comment, 0);
}

std::string memberships(const Desired& desired) {
  std::string all;
  for (const auto& [key, membership] : desired.state.memberships) all += key.address() + "\n";
  return all;
}

std::string addresses(const Desired& desired) {
  std::string all;
  for (const auto& [id, object] : desired.state.objects) all += (all.empty() ? "" : ", ") + id.address();
  return all;
}

// The codes for a mesh.yaml with this in place of `what`.
std::string mesh_codes(const std::string& what, const std::string& instead, const std::string& environment = {}) {
  auto files = small_mesh("");
  auto& text = files["mesh.yaml"];
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  text.replace(at, what.size(), instead);
  MeshFolder mesh(files);
  mesh.load(environment);
  return mesh.codes();
}

}  // namespace

TEST_CASE("variables are replaced everywhere, with their types") {
  auto files = small_mesh(
      "vars: {size: SMALL, on_demand: true, own: '${domain} of ${mesh}', days: 3}\n"
      "warehouses:\n"
      "  SALES_WH:\n"
      "    warehouse_size: ${size}\n"
      "    auto_suspend: \"${days}\"\n"
      "    auto_resume: ${on_demand}\n"
      "    comment: ${own} in ${region}, ${environment}; literal $${x}, $5 and $$\n"
      "databases:\n"
      "  SALES_${region}: {comment: \"${days}\"}\n"
      "roles: {\"SALES_${region}\": {comment: '${region}'}}\n");
  MeshFolder mesh(files);
  mesh.load("prod");
  REQUIRE(mesh.errors() == "");
  const auto& warehouse = mesh.object("warehouse SALES_WH");
  CHECK(*warehouse.find("warehouse_size") == Value("SMALL"));
  CHECK(*warehouse.find("auto_suspend") == Value(7));  // the environment's comes first
  CHECK(*warehouse.find("auto_resume") == Value(true));
  CHECK(comment_of(warehouse) == "sales of acme in eu, prod; literal ${x}, $5 and $$");
  CHECK(comment_of(mesh.object("database SALES_EU")) == "7");
  CHECK(comment_of(mesh.object("role SALES_EU")) == "eu");
  mesh.load("dev");
  CHECK(*mesh.object("warehouse SALES_WH_DEV").find("auto_suspend") == Value(1));
}

TEST_CASE("mistakes with variables") {
  struct Case {
    const char* snippet;
    const char* codes;
  };
  const Case cases[] = {
      {"roles: {SALES_R: {comment: 'a ${nope} b'}}\n", "MESH1107 domains/sales/domain.yaml:3:31"},
      {"roles:\n  SALES_R:\n    comment: |\n      one\n      two ${nope}\n", "MESH1107 domains/sales/domain.yaml:7:11"},
      {"roles: {SALES_R: {comment: 'a ${b c}'}}\n", "MESH1107 domains/sales/domain.yaml:3:31"},
      {"roles: {SALES_R: {comment: 'a ${b'}}\n", "MESH1107 domains/sales/domain.yaml:3:31"},
      {"roles: {SALES_R: {prevent_destroy: '${region}'}}\n", "MESH1102 domains/sales/domain.yaml:3:36"},
      {"roles:\n  SALES_R: {prevent_destroy: ${region}}\n", "MESH1003 domains/sales/domain.yaml:4:30"},
      {"vars: {a: [b]}\n", "MESH1102 domains/sales/domain.yaml:3:11"},
      {"vars: {domain: x}\n", "MESH1107 domains/sales/domain.yaml:3:8"},
      {"vars: {a b: x}\n", "MESH1107 domains/sales/domain.yaml:3:8"},
      {"vars: {a: '${region}'}\n", "MESH1107 domains/sales/domain.yaml:3:12"},
      {"roles: {SALES_R: {'${r}': x, comment: y}}\nvars: {r: comment}\n", "MESH1004 domains/sales/domain.yaml:3:30"},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    MeshFolder mesh(small_mesh(each.snippet));
    mesh.load();
    CHECK(mesh.codes() == each.codes);
  }
}

TEST_CASE("only: takes along what hangs on it") {
  const std::string sales =
      "roles:\n"
      "  SALES_R: {granted_to: [SALES_P]}\n"
      "  SALES_P: {only: [prod]}\n"
      "  SALES_Q: {granted_to: [SALES_R], users: [U], only: prod}\n"
      "databases:\n"
      "  SALES:\n"
      "    owner: SALES_P\n"
      "    grants: {SALES_R: [USAGE], SALES_P: [USAGE]}\n"
      "    schemas:\n"
      "      S:\n"
      "        only: [prod]\n"
      "        grants: {SALES_R: [USAGE]}\n"
      "        tables: {T: {columns: {A: INT}, primary_key: [A]}}\n"
      "      X:\n"
      "        tables: {T: {columns: {A: INT}, foreign_keys: [{columns: [A], references: SALES.S.T}]}}\n"
      "grants:\n"
      "  - {to: SALES_R, privileges: [SELECT], on: tables in schema SALES.S}\n";
  MeshFolder mesh(small_mesh(sales));
  mesh.load("prod");
  REQUIRE(mesh.errors() == "");
  CHECK(mesh.desired().state.objects.size() == 8);
  CHECK(mesh.desired().state.grants.size() == 4);
  CHECK(mesh.desired().state.memberships.size() == 3);
  CHECK(mesh.desired().exact_user_roles.size() == 1);
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  CHECK(addresses(mesh.desired()) == "role SALES_R_DEV, database SALES_DEV, schema SALES_DEV.X, table SALES_DEV.X.T");
  CHECK(mesh.desired().state.grants.size() == 1);
  CHECK(mesh.desired().state.memberships.empty());
  CHECK(mesh.desired().exact_user_roles.empty());
  CHECK(mesh.result().present_grants.empty());
  CHECK(mesh.object("table SALES_DEV.X.T").constraints.empty());
  CHECK_FALSE(mesh.object("database SALES_DEV").owner);

  // A view cannot do without; mistakes in what is left out are found all the same.
  MeshFolder broken(
      small_mesh("databases:\n  SALES:\n    schemas:\n      S:\n        tables:\n"
                 "          T: {only: [prod], columns: {A: IMT}}\n"
                 "        views: {V: {query: SELECT A FROM T}}\n"));
  broken.load("dev");
  CHECK(broken.codes() == "MESH1302 domains/sales/domain.yaml:8:42, MESH1203 domains/sales/domain.yaml:9:42");
}

TEST_CASE("the suffix, and what carries none") {
  auto files = small_mesh(
      "databases:\n"
      "  SALES:\n"
      "    renamed_from: SALES_OLD\n"
      "    default_streamlit_notebook_warehouse: SALES_NEW_WH\n"
      "    event_table: SALES.S.EVENTS\n"
      "    catalog: SALES_NEW_WH\n"
      "    grants: {SALES_R: [USAGE], ANALYST: [USAGE], user U: [USAGE]}\n"
      "    database_roles: {D: {granted_to: [SALES_R]}}\n"
      "    schemas:\n"
      "      S:\n"
      "        grants: {database role SALES.D: [USAGE]}\n"
      "        tables:\n"
      "          T: {renamed_from: OLD, columns: {A: {type: INT, default: SALES.S.Q.NEXTVAL}}, cluster_by: [A]}\n"
      "        sequences: {Q: {increment: 2}}\n"
      "        views:\n"
      "          V:\n"
      "            query: |\n"
      "              -- SALES.S.T\n"
      "              SELECT 'SALES.S.T' AS X, sales.s.t.A AS Y, R.A\n"
      "              FROM \"SALES\".S.T JOIN RAW.S.T AS R USING (A) WHERE EXISTS (SELECT 1 FROM S.T)\n"
      "          \"\\\"odd view\\\"\": {query: SELECT A FROM MESH.CONTROL.RUNS}\n"
      "warehouses: {SALES_NEW_WH: {}}\n"
      "roles:\n"
      "  SALES_R: {granted_to: [SYSADMIN]}\n"
      "removed:\n"
      "  - {object: role SALES_GONE, action: drop}\n"
      "  - {object: warehouse SALES_WH, action: forget}\n");
  MeshFolder mesh(files);
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  const auto& view = mesh.object("view SALES_DEV.S.V");
  CHECK(view.texts.at("query").text ==
        "-- SALES.S.T\n"
        "SELECT 'SALES.S.T' AS X, SALES_DEV.s.t.A AS Y, R.A\n"
        "FROM \"SALES_DEV\".S.T JOIN RAW.S.T AS R USING (A) WHERE EXISTS (SELECT 1 FROM S.T)");
  CHECK(mesh.object("view SALES_DEV.S.\"odd view\"").texts.at("query").text == "SELECT A FROM MESH.CONTROL.RUNS");
  CHECK(mesh.object("database SALES_DEV").renamed_from->display() == "SALES_OLD_DEV");
  const auto& database = mesh.object("database SALES_DEV");
  CHECK(*database.find("default_streamlit_notebook_warehouse") == Value("SALES_NEW_WH_DEV"));
  CHECK(*database.find("event_table") == Value("SALES_DEV.S.EVENTS"));
  CHECK(*database.find("catalog") == Value("SALES_NEW_WH"));  // an integration of the same name is something else
  const auto& table = mesh.object("table SALES_DEV.S.T");
  CHECK(table.renamed_from->display() == "SALES_DEV.S.OLD");
  CHECK(table.columns[0].default_value->text == "SALES_DEV.S.Q.NEXTVAL");
  std::string grants;
  for (const auto& [key, grant] : mesh.desired().state.grants) grants += key.address() + "\n";
  CHECK(grants ==
        "grant USAGE on database SALES_DEV to role ANALYST\n"
        "grant USAGE on database SALES_DEV to role SALES_R_DEV\n"
        "grant USAGE on database SALES_DEV to user U\n"
        "grant USAGE on schema SALES_DEV.S to database role SALES_DEV.D\n");
  CHECK(memberships(mesh.desired()) ==
        "grant role SALES_R_DEV to role SYSADMIN\ngrant database role SALES_DEV.D to role SALES_R_DEV\n");
  CHECK(mesh.desired().removed[0].object.address() == "role SALES_GONE_DEV");
  CHECK(mesh.desired().removed[1].object.address() == "warehouse SALES_WH_DEV");
  CHECK(mesh.desired().assumed.count(*parse_address("database RAW")) == 1);
}

TEST_CASE("sequences that defaults and views name must be declared") {
  MeshFolder mesh(
      small_mesh("databases:\n"
                 "  SALES:\n"
                 "    schemas:\n"
                 "      S:\n"
                 "        sequences: {Q: {start: 5, increment: -1, order: true}}\n"
                 "        tables:\n"
                 "          T: {columns: {A: {type: INT, default: SALES.S.P.NEXTVAL}, B: {type: INT, default: "
                 "SALES.S.Q.NEXTVAL}}}\n"
                 "          U: {columns: {A: {type: INT, default: RAW.S.P.NEXTVAL}}}\n"
                 "        views: {V: {query: \"SELECT R.NEXTVAL AS A, Q.NEXTVAL AS B FROM T\"}}\n"));
  mesh.load("dev");
  CHECK(mesh.codes() == "MESH1203 domains/sales/domain.yaml:9:49, MESH1203 domains/sales/domain.yaml:11:36");
  MeshFolder still(small_mesh("databases: {SALES: {schemas: {S: {sequences: {Q: {increment: 0}}}}}}\n"));
  still.load("dev");
  CHECK(still.errors().find("increment: '0' is no good: a sequence must go up or down") != std::string::npos);
}

TEST_CASE("the control names carry no suffix, even where a domain declares them") {
  auto files = small_mesh("");
  files["mesh.yaml"] += "  platform: {path: platform, owns: [\"MESH*\"]}\n";
  files["platform/p.yaml"] =
      "domain: platform\nteam: {name: p}\nwarehouses: {MESH_WH: , MESH_OTHER: }\ndatabases: {MESH: }\n";
  MeshFolder mesh(files);
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  CHECK(addresses(mesh.desired()) == "warehouse MESH_OTHER_DEV, warehouse MESH_WH, database MESH");
}

TEST_CASE("what every object may carry") {
  MeshFolder mesh(small_mesh(
      "databases:\n"
      "  SALES:\n"
      "    schemas:\n"
      "      DBT: {manage: [grants, comment], comment: Made by dbt}\n"
      "      S:\n"
      "        managed_access: false\n"
      "        tables:\n"
      "          T:\n"
      "            columns: {A: INT, B: {type: INT, nullable: false, renamed_from: C, comment: x, collate: en}}\n"
      "            unique: [[A, B], [B]]\n"
      "            owner: role SALES_R\n"
      "            prevent_destroy: false\n"
      "            ignore_changes: [comment, columns, columns.b]\n"
      "        views:\n"
      "          V: {query: SELECT X FROM DBT.MODEL, columns: {X: a comment, Y: {comment: other}, Z: }}\n"
      "roles:\n"
      "  SALES_R: {users: [], privileges: additive}\n"
      "  SALES_Q: {users: [ALICE, '\"bob@x\"']}\n"));
  mesh.load();
  REQUIRE(mesh.errors() == "");
  CHECK(mesh.object("schema SALES.DBT").structure_is_foreign());
  CHECK(*mesh.object("schema SALES.S").find("managed_access") == Value(false));
  const auto& table = mesh.object("table SALES.S.T");
  CHECK(table.owner == Name::exact("SALES_R"));
  CHECK(table.prevent_destroy == false);
  CHECK(table.ignore_changes == std::set<std::string>{"columns", "columns.B", "comment"});
  CHECK(table.columns[1].renamed_from == Name::exact("C"));
  CHECK(table.columns[1].collate == "en");
  CHECK(table.constraints.size() == 2);
  const auto& view = mesh.object("view SALES.S.V");
  REQUIRE(view.columns.size() == 3);
  CHECK(view.columns[0].comment == "a comment");
  CHECK(view.columns[1].comment == "other");
  CHECK(view.columns[2].comment.empty());
  CHECK(mesh.desired().exact_user_roles.size() == 2);
  CHECK(mesh.desired().additive_roles.size() == 1);
  CHECK(memberships(mesh.desired()) == "grant role SALES_Q to user ALICE\ngrant role SALES_Q to user \"bob@x\"\n");
}

TEST_CASE("[ALL] means what the kind's table lists") {
  MeshFolder mesh(small_mesh(
      "roles: {SALES_R: }\n"
      "databases:\n"
      "  SALES: {grants: {SALES_R: usage}, schemas: {S: {grants: {SALES_R: [USAGE]}, views: {V: {query: SELECT 1 AS A, "
      "grants: {SALES_R: [ALL]}}}}}}\n"
      "grants:\n  - {to: SALES_R, privileges: all privileges, on: views in database SALES}\n"));
  mesh.load();
  REQUIRE(mesh.errors() == "");
  std::string grants;
  for (const auto& [key, grant] : mesh.desired().state.grants) grants += key.address() + "\n";
  CHECK(grants ==
        "grant USAGE on database SALES to role SALES_R\n"
        "grant USAGE on schema SALES.S to role SALES_R\n"
        "grant REFERENCES on view SALES.S.V to role SALES_R\n"
        "grant SELECT on view SALES.S.V to role SALES_R\n"
        "grant REFERENCES on future views in database SALES to role SALES_R\n"
        "grant SELECT on future views in database SALES to role SALES_R\n");
  CHECK(mesh.result().present_grants.size() == 2);
}

TEST_CASE("a query in a file of its own") {
  const std::string view =
      "databases:\n  SALES:\n    schemas:\n      S:\n        views: {V: {query_file: sql/v.sql}}\n";
  auto files = small_mesh(view);
  files["domains/sales/sql/v.sql"] = "-- ${region}\n\nSELECT 1 AS A\nFROM SALES.S.T;\n";
  MeshFolder mesh(files);
  mesh.load();
  CHECK(mesh.errors() ==
        "error[MESH1203]: SALES.S.T is declared nowhere\n"
        "  --> domains/sales/sql/v.sql:4:6\n"
        "  4 | FROM SALES.S.T;\n"
        "    |      ^^^^^^^^^ did you mean 'SALES.S.V'?\n");
  CHECK(mesh.object("view SALES.S.V").texts.at("query").text == "-- eu\n\nSELECT 1 AS A\nFROM SALES.S.T;");

  files["domains/sales/sql/v.sql"] = "";
  MeshFolder empty(files);
  std::filesystem::remove(empty.root() / "domains/sales/sql/v.sql");
  std::filesystem::create_symlink("/etc/hostname", empty.root() / "domains/sales/sql/v.sql");
  empty.load();
  CHECK(empty.codes() == "MESH1012 domains/sales/domain.yaml:7:33");
}

TEST_CASE("folders and links") {
  auto files = small_mesh("");
  files["domains/sales/deep/er/x.yml"] = "roles: {SALES_X: }\n";
  files["domains/sales/products/orders.yaml"] = "roles: {SALES_Y: }\n";
  files["domains/sales/products/orders.odps.yaml"] = "[";
  files["domains/sales/.hidden/x.yaml"] = "[";
  files["outside/x.yaml"] = "roles: {SALES_Z: }\n";
  MeshFolder mesh(files);
  mesh.load();
  REQUIRE(mesh.errors() == "");
  CHECK(addresses(mesh.desired()) == "role SALES_X, role SALES_Y");

  std::filesystem::create_directory_symlink(mesh.root() / "outside", mesh.root() / "domains/sales/linked");
  mesh.load();
  CHECK(mesh.codes() == "MESH1012 mesh.yaml:9:3");
  std::filesystem::remove(mesh.root() / "domains/sales/linked");
  std::filesystem::create_symlink("/etc/hostname", mesh.root() / "domains/sales/host.yaml");
  mesh.load();
  CHECK(mesh.codes() == "MESH1012 mesh.yaml:9:3");
  CHECK(find_root(mesh.root() / "domains/sales") == std::filesystem::weakly_canonical(mesh.root()));
}

TEST_CASE("a domain says its name and team once") {
  const auto codes = [](const MeshFolder::Files& files) {
    MeshFolder mesh(files);
    mesh.load();
    return mesh.codes();
  };
  auto files = small_mesh("");
  files["domains/sales/b.yaml"] = "domain: sales\ndescription: x\n";
  CHECK(codes(files) == "MESH1105 domains/sales/domain.yaml:1:1");
  files = small_mesh("");
  files["domains/sales/domain.yaml"] = "description: x\n";
  CHECK(codes(files) == "MESH1103 domains/sales/domain.yaml:1:1, MESH1103 domains/sales/domain.yaml:1:1");
  files["domains/sales/domain.yaml"] = "domain: salez\nteam: me\n";
  CHECK(codes(files) == "MESH1109 domains/sales/domain.yaml:1:9, MESH1102 domains/sales/domain.yaml:2:7");
  files["domains/sales/domain.yaml"] = "domain: sales\nteam: {nam: x}\n";
  CHECK(codes(files) == "MESH1101 domains/sales/domain.yaml:2:8");
  files.erase("domains/sales/domain.yaml");
  CHECK(codes(files) == "MESH1013 mesh.yaml:9:3");
}

TEST_CASE("mistakes in mesh.yaml") {
  CHECK(mesh_codes("mesh: acme\n", "") == "MESH1103 mesh.yaml:1:1");
  CHECK(mesh_codes("mesh: acme\n", "mesh: acme\napi: mesh/v2\n") == "MESH1301 mesh.yaml:2:6");
  CHECK(mesh_codes("mesh: acme\n", "mesh: acme\ndeploy_role: X\n") == "MESH1101 mesh.yaml:2:1");
  CHECK(mesh_codes("warehouse: MESH_WH", "ware: MESH_WH") == "MESH1103 mesh.yaml:2:10, MESH1101 mesh.yaml:2:44");
  CHECK(mesh_codes("suffix: _DEV", "suffix: -DEV") == "MESH1201 mesh.yaml:5:32");
  CHECK(mesh_codes("connection: p,", "conection: p,") == "MESH1101 mesh.yaml:6:10");
  CHECK(mesh_codes("connection: p,", "protected: on,") == "MESH1102 mesh.yaml:6:21");
  CHECK(mesh_codes("default_environment: prod", "default_environment: prd") == "MESH1108 mesh.yaml:7:22");
  CHECK(mesh_codes("default_environment: prod\n", "") == "MESH1103 mesh.yaml:4:1");
  CHECK(mesh_codes("default_environment: prod\n", "", "dev") == "");
  CHECK(mesh_codes("mesh: acme\n", "mesh: acme\n", "test") == "MESH1108 mesh.yaml:4:1");
  CHECK(mesh_codes("path: domains/sales", "paht: domains/sales") == "MESH1103 mesh.yaml:9:3, MESH1101 mesh.yaml:9:11");
  CHECK(mesh_codes("path: domains/sales", "path: ../sales") == "MESH1012 mesh.yaml:9:17");
  CHECK(mesh_codes("path: domains/sales", "path: ./domains/sales/") == "");
  CHECK(mesh_codes("path: domains/sales", "path: domains/sales, account: 1") == "MESH1102 mesh.yaml:9:41");
  CHECK(mesh_codes("  sales: {", "  other: {path: domains/sales, owns: [X]}\n  sales: {") ==
        "MESH1109 domains/sales/domain.yaml:1:9, MESH1105 mesh.yaml:10:17");
  CHECK(mesh_codes("  sales: {", "  other: {path: other, owns: [\"sales_*\"]}\n  sales: {") ==
        "MESH1013 mesh.yaml:9:3, MESH1402 mesh.yaml:10:3");
  CHECK(mesh_codes("connection: d, suffix: _DEV", "connection: d, suffix: '_${days}'") == "");
}

TEST_CASE("patterns of the same length that meet decide nothing") {
  auto files = small_mesh("roles: {SALES_A: , SALES_B: }\n");
  files["mesh.yaml"] += "  other: {path: other, owns: [\"*ALES_A\"]}\n";
  files["other/o.yaml"] = "domain: other\nteam: {name: o}\n";
  MeshFolder mesh(files);
  mesh.load();
  CHECK(mesh.codes() == "MESH1402 domains/sales/domain.yaml:3:9");
}

TEST_CASE("no mesh.yaml, or an unreadable one") {
  MeshFolder mesh(MeshFolder::Files{{"x.yaml", ""}});
  mesh.load();
  CHECK_FALSE(mesh.loaded());
  CHECK(mesh.codes() == "MESH1012 mesh.yaml:1:1");
  MeshFolder broken(MeshFolder::Files{{"mesh.yaml", "mesh: ["}});
  broken.load();
  CHECK_FALSE(broken.loaded());
  CHECK(broken.codes().rfind("MESH1003", 0) == 0);
  MeshFolder list(MeshFolder::Files{{"mesh.yaml", "- a"}});
  list.load();
  CHECK(list.codes() == "MESH1102 mesh.yaml:1:1");
}

TEST_CASE("the same files give the same order, whatever the threads do") {
  auto files = small_mesh("");
  for (int i = 0; i < 40; ++i) {
    files["domains/sales/f" + std::to_string(i) + ".yaml"] =
        "roles: {SALES_" + std::to_string(i) + ": {comit: x}, SALES_SAME: }\n";
  }
  MeshFolder mesh(files);
  mesh.load();
  const auto first = mesh.errors();
  for (int i = 0; i < 3; ++i) {
    mesh.load();
    CHECK(mesh.errors() == first);
  }
}
