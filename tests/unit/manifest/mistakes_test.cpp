// What people write wrongly in manifests: snippets in, codes with places and whole messages out.
#include <catch2/catch.hpp>

#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

// The rest of domains/sales/domain.yaml begins on line 3. Most snippets hang on this database.
const char* const kDatabase = R"yaml(
databases:
  SALES:
    grants: {SALES_R: [USAGE]}
    schemas:
      S:
        grants: {SALES_R: [USAGE]}
        tables:
          T:
            columns: {A: NUMBER, B: VARCHAR}
            primary_key: [A]
roles:
  SALES_R: {granted_to: [SYSADMIN]}
)yaml";

// Codes with line and column in domains/sales/domain.yaml, whose first snippet line is line 3.
std::string codes_of(const std::string& snippet, const std::string& environment = {}) {
  MeshFolder mesh(small_mesh(snippet));
  mesh.load(environment);
  std::string codes = mesh.codes();
  const std::string file = " domains/sales/domain.yaml:";
  for (size_t at; (at = codes.find(file)) != std::string::npos;) codes.replace(at, file.size(), " ");
  return codes;
}

std::string errors_of(const std::string& snippet) {
  MeshFolder mesh(small_mesh(snippet));
  mesh.load();
  return mesh.errors();
}

struct Case {
  const char* snippet;
  const char* codes;
};

// One table with the given lines in it, on line 8.
std::string table_with(const std::string& line) {
  return "databases:\n  SALES:\n    schemas:\n      S:\n        tables:\n          T: " + line + "\n";
}

}  // namespace

TEST_CASE("parts of nested values, each told where it stands") {
  const auto profile = [](const std::string& lines) {
    return "databases:\n  SALES:\n    schemas:\n      S:\n        tag_definitions: {T: {}}\n"
           "        classification_profiles:\n          P:\n"
           "            minimum_object_age_for_classification_days: 0\n            " +
           lines + "\n";
  };
  const auto map = [&](const char* entries) {
    return profile(std::string("tag_map: {column_tag_map: ") + entries + "}");
  };
  CHECK(codes_of(map("[{tag_name: SALES.S.T}]")) == "");
  CHECK(codes_of(map("[]")) == "");
  CHECK(codes_of(map("{tag_name: SALES.S.T}")) == "MESH1102 11:39");
  CHECK(codes_of(map("[SALES.S.T]")) == "MESH1102 11:40");
  CHECK(codes_of(map("[{tag_name: SALES.S.T}, {tag_nam: SALES.S.T}]")) == "MESH1103 11:63, MESH1101 11:64");
  CHECK(codes_of(map("[{tag_name: SALES.S.T}, {tag_name: S.T}]")) == "MESH1201 11:74");
  CHECK(codes_of(map("[{tag_name: SALES.S.T}, {tag_name: SALES.S.T, tag_value: x}]")) == "MESH1301 11:63");
  CHECK(codes_of(map("[{tag_name: SALES.S.T, tag_value: 1, semantic_categories: [2]}]")) ==
        "MESH1102 11:73, MESH1102 11:98");
  CHECK(codes_of(map("[{tag_name: SALES.S.OTHER}]")) == "MESH1203 11:39");
  CHECK(codes_of(map("[{tag_name: ''}, {}, ~]")).find("MESH1103 11:40, MESH1103 11:56") != std::string::npos);
  const auto told = errors_of(profile("snowflake_semantic_categories: [{countries: [US]}]"));
  CHECK(told.find("each entry of snowflake_semantic_categories needs category") != std::string::npos);
  CHECK(told.find("write {category: …}") != std::string::npos);
  CHECK(told.find("did you mean 'country_codes'?") != std::string::npos);
}

TEST_CASE("keys, types and values") {
  const Case cases[] = {
      {"rolls: {SALES_R: {}}\n", "MESH1101 3:1"},
      {"roles:\n  SALES_R: {comit: x}\n", "MESH1101 4:13"},
      {"roles:\n  SALES_R: {comment: [x]}\n", "MESH1102 4:22"},
      {"roles:\n  SALES_R: {comment: {a: b}}\n", "MESH1102 4:22"},
      {"roles:\n  SALES_R: {comment: 12}\n", "MESH1102 4:22"},
      {"roles:\n  SALES_R: {comment: true}\n", "MESH1102 4:22"},
      {"roles:\n  SALES_R: {comment: 2026-01-01}\n", ""},
      {"roles: [SALES_R]\n", "MESH1102 3:8"},
      {"roles:\n  SALES_R: on\n", "MESH1102 4:12"},
      {"roles:\n  SALES_R: {prevent_destroy: yes}\n", "MESH1102 4:30"},
      {"warehouses:\n  SALES_WH: {auto_suspend: soon}\n", "MESH1102 4:28"},
      {"warehouses:\n  SALES_WH: {auto_suspend: \"60\"}\n", "MESH1102 4:28"},
      {"warehouses:\n  SALES_WH: {auto_suspend: 1.5}\n", "MESH1102 4:28"},
      {"warehouses:\n  SALES_WH: {auto_suspend: -1}\n", "MESH1301 4:28"},
      {"warehouses:\n  SALES_WH: {auto_resume: on}\n", "MESH1102 4:27"},
      {"warehouses:\n  SALES_WH: {warehouse_size: HUGE}\n", "MESH1301 4:30"},
      {"warehouses:\n  SALES_WH: {generation: 2, max_cluster_count: +3}\n", ""},
      {"databases:\n  SALES: {data_retention_time_in_days: 91}\n", "MESH1301 4:40"},
      {"databases:\n  SALES: {transient: true, data_retention_time_in_days: 2}\n", "MESH1303 4:57"},
      {"warehouses:\n  SALES_WH: {warehouse_type: ADAPTIVE, warehouse_size: SMALL}\n", "MESH1303 4:56"},
      {"warehouses:\n  SALES_WH: {query_throughput_multiplier: 2}\n", "MESH1303 4:43"},
      {"warehouses:\n  SALES_WH: {warehouse_type: ADAPTIVE, query_throughput_multiplier: 2}\n", ""},
      {"databases:\n  SALES: {external_volume: a b}\n", "MESH1201 4:28"},
      {"description: [x]\n", "MESH1102 3:14"},
      {"description: x\ndescription: y\n", "MESH1004 4:1"},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    CHECK(codes_of(each.snippet) == each.codes);
  }
}

TEST_CASE("what the design names but this version does not carry out") {
  const Case cases[] = {
      {"api_integrations: {orders: {}}\n", "MESH1104 3:1"},
      {"organization_profiles: []\n", "MESH1104 3:1"},
      {"external_volumes: {}\n", "MESH1104 3:1"},
      {"notification_integrations: {}\n", "MESH1104 3:1"},
      {"databases:\n  SALES:\n    schemas:\n      S: {semantic_views: {}}\n", "MESH1104 6:11"},
      {"databases:\n  SALES:\n    schemas:\n      S: {tables: {T: {kind: hybrid, columns: {A: INT}}}}\n",
       "MESH1104 6:30"},
      {"databases: {SALES: }\nremoved:\n  - {object: secret SALES.S.X, action: drop}\n", "MESH1104 5:14"},
      {"databases: {SALES: }\nroles: {SALES_R: }\ngrants:\n"
       "  - {to: SALES_R, privileges: [READ], on: future secrets in database SALES}\n",
       "MESH1104 6:43"},
      {"databases: {SALES: }\nroles: {SALES_R: }\ngrants:\n"
       "  - {to: SALES_R, privileges: [READ], on: secret SALES.S.X}\n",
       "MESH1104 6:43"},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    CHECK(codes_of(each.snippet) == each.codes);
  }
}

TEST_CASE("names and declarations") {
  const Case cases[] = {
      {"roles: {SALES R: {}}\n", "MESH1201 3:9"},
      {"roles: {'\"SALES R\"': {}}\n", "MESH1405 3:9"},
      {"roles: {SALES_R: {}, sales_r: {}}\n", "MESH1105 3:22"},
      {"warehouses: {SALES_WH: {}}\nroles: {SALES_WH: {}}\n", ""},
      {"databases:\n  SALES: {comment: a}\n  sales: {comment: b}\n", "MESH1105 5:3"},
      {"databases:\n  SALES: {comment: a}\n  sales: {schemas: {S: }}\n", ""},
      {"databases:\n  SALES:\n    schemas:\n      S:\n        tables: {X: {columns: {A: INT}}}\n"
       "        views: {X: {query: SELECT 1 AS A}}\n",
       "MESH1105 8:17"},
      {"roles:\n  SALES_R: {only: [prd]}\n", "MESH1108 4:20"},
      {"roles:\n  SALES_R: {only: []}\n", "MESH1102 4:19"},
      {"roles:\n  SALES_R: {manage: [grant]}\n", "MESH1301 4:22"},
      {"roles:\n  SALES_R: {manage: []}\n", "MESH1102 4:21"},
      {"roles:\n  SALES_R: {manage: [tags], comment: x}\n", "MESH1303 4:29"},
      {"roles:\n  SALES_R: {ignore_changes: [comit]}\n", "MESH1101 4:30"},
      {"roles:\n  SALES_R: {renamed_from: SALES_R}\n", "MESH1202 4:27"},
      {"roles:\n  SALES_R: {renamed_from: SALES_Q}\n  SALES_Q:\n", "MESH1202 4:27"},
      {"roles:\n  SALES_R: {renamed_from: SALES_O}\n  SALES_Q: {renamed_from: SALES_O}\n", "MESH1202 4:27"},
      {"roles:\n  SALES_R: {renamed_from: A.B}\n", "MESH1201 4:27"},
      {"databases:\n  SALES:\n    schemas:\n      S: {renamed_from: OTHER.S}\n", "MESH1202 6:25"},
      {"databases: {SALES: }\nremoved:\n  - {object: database SALES, action: drop}\n", "MESH1106 5:14"},
      {"removed:\n  - {object: database SALES_OLD, action: keep}\n", "MESH1301 4:42"},
      {"removed:\n  - {object: database SALES_OLD}\n", "MESH1103 4:5"},
      {"removed:\n  - {object: databse SALES_OLD, action: drop}\n", "MESH1201 4:14"},
      {"removed:\n  - {object: database FINANCE, action: drop}\n", "MESH1405 4:14"},
      {"removed: {object: database SALES, action: drop}\n", "MESH1102 3:10"},
      {"removed:\n  - {object: column SALES.S.T.C, action: drop}\n", "MESH1203 4:14"},
      {"roles:\n  SALES_R: {owner: SALES_NOBODY}\n", "MESH1203 4:20"},
      {"roles:\n  SALES_R: {owner: database role A.B}\n", "MESH1201 4:20"},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    CHECK(codes_of(each.snippet) == each.codes);
  }
}

TEST_CASE("columns and keys") {
  const Case cases[] = {
      {"", "MESH1103 8:11"},
      {"{}", "MESH1103 8:11"},
      {"{columns: {}}", "MESH1103 8:24"},
      {"{columns: [A]}", "MESH1102 8:24"},
      {"{columns: {A: NUMBR}}", "MESH1302 8:28"},
      {"{columns: {A: \"NUMBER(39,0)\"}}", "MESH1302 8:28"},
      {"{columns: {A: }}", "MESH1103 8:25"},
      {"{columns: {A: {nullable: false}}}", "MESH1103 8:25"},
      {"{columns: {A: {type: INT, nulable: false}}}", "MESH1101 8:40"},
      {"{columns: {A: INT, a: INT}}", "MESH1105 8:33"},
      {"{columns: {A: {type: INT, default: \"1, 2\"}}}", "MESH1304 8:51"},
      {"{columns: {A: {type: INT, default: (1}}}", "MESH1304 8:49"},
      {"{columns: {A: {type: INT, default: 1}, B: {type: VARCHAR, default: \"'x'\"}}}", ""},
      {"{columns: {A: {type: INT, default: 1, identity: {start: 1}}}}", "MESH1303 8:40"},
      {"{columns: {A: {type: INT, identity: {increment: 0}}}}", "MESH1301 8:62"},
      {"{columns: {A: {type: INT, identity: {strat: 1}}}}", "MESH1101 8:51"},
      {"{columns: {A: {type: INT, renamed_from: B}, B: INT}}", "MESH1202 8:54"},
      {"{columns: {A: {type: INT, masking_policy: A.B}}}", "MESH1201 8:56"},
      {"{columns: {A: INT}, primary_key: [B]}", "MESH1205 8:48"},
      {"{columns: {A: INT}, primary_key: [A, A]}", "MESH1105 8:51"},
      {"{columns: {A: INT}, primary_key: []}", "MESH1102 8:47"},
      {"{columns: {A: {type: INT, nullable: true}}, primary_key: [A]}", "MESH1303 8:50"},
      {"{columns: {A: INT}, unique: [A]}", "MESH1102 8:43"},
      {"{columns: {A: INT}, unique: [[A], [B]]}", "MESH1205 8:49"},
      {"{columns: {A: INT}, cluster_by: [\"F(A\"]}", "MESH1304 8:49"},
      {"{columns: {A: INT}, cluster_by: \"A, B\"}", "MESH1304 8:48"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A]}]}", "MESH1103 8:49"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A], references: T(A)}]}", "MESH1201 8:76"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A], references: SALES.S.T(A}]}", "MESH1201 8:76"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A], references: SALES.S.T}]}", "MESH1205 8:76"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A], references: SALES.S.T(B)}]}", "MESH1205 8:86"},
      {"{columns: {A: INT}, primary_key: {columns: [A], name: K, rely: true}}", ""},
      {"{columns: {A: INT}, primary_key: {name: K}}", "MESH1103 8:47"},
      {"{columns: {A: INT}, unique: [{columns: [A], nam: K}]}", "MESH1101 8:58"},
      {"{columns: {A: INT}, primary_key: {columns: [A], name: K}, unique: [{columns: [A], name: K}]}",
       "MESH1105 8:102"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A], references: 'SALES.S.T(A, A)'}]}", "MESH1303 8:76"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A], references: SALES.S.X(A)}]}", "MESH1203 8:76"},
      {"{columns: {A: INT}, foreign_keys: [{columns: [A], references: RAW.S.X(A)}]}", ""},
      {"{columns: {A: INT}, kind: transient, data_retention_time_in_days: 7}", "MESH1303 8:80"},
      {"{columns: {A: INT}, ignore_changes: [columns.B, constraints, primary_key]}", "MESH1101 8:75"},
      {"{manage: [grants]}", ""},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    CHECK(codes_of(table_with(each.snippet)) == each.codes);
  }
}

TEST_CASE("views") {
  const auto view = [](const std::string& body) {
    return std::string(kDatabase) + "# ---\n" +  // line 16
           "databases:\n  SALES:\n    schemas:\n      S:\n        views:\n" + body;
  };
  // A second `databases` in one file is a duplicate key, so these stand in a file of their own.
  const auto codes = [&](const std::string& body) {
    auto files = small_mesh(kDatabase);
    files["domains/sales/views.yaml"] = view(body).substr(view(body).find("databases:\n  SALES:\n    schemas"));
    MeshFolder mesh(files);
    mesh.load();
    std::string all = mesh.codes();
    const std::string file = " domains/sales/views.yaml:";
    for (size_t at; (at = all.find(file)) != std::string::npos;) all.replace(at, file.size(), " ");
    return all;
  };
  const Case cases[] = {
      {"          V: {secure: true}\n", "MESH1103 6:11"},
      {"          V: {query: SELECT 1 AS X, query_file: v.sql}\n", "MESH1105 6:37"},
      {"          V: {query_file: v.sql}\n", "MESH1012 6:27"},
      {"          V: {query_file: ../../../v.sql}\n", "MESH1012 6:27"},
      {"          V: {query: CREATE VIEW V AS SELECT 1}\n", "MESH1304 6:22"},
      {"          V: {query: SELECT 1; SELECT 2}\n", "MESH1304 6:30"},
      {"          V:\n            query: |\n              SELECT A,\n                (B\n              FROM T\n",
       "MESH1304 9:17"},
      {"          V:\n            query: |\n              SELECT A FROM\n                SALES.S.TT\n",
       "MESH1203 9:17"},
      {"          V: {query: SELECT A FROM TT}\n", "MESH1203 6:36"},
      {"          V: {query: SELECT A FROM S.T JOIN T USING (A)}\n", ""},
      {"          V: {query: SELECT * FROM SALES.INFORMATION_SCHEMA.TABLES}\n", ""},
      {"          V: {query: SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY}\n", ""},
      {"          V: {query: SELECT * FROM MESH.CONTROL.RUNS}\n", ""},
      {"          V: {query: SELECT A FROM V}\n", "MESH1204 6:36"},
      {"          V: {query: SELECT A FROM W}\n          W: {query: SELECT A FROM V}\n", "MESH1204 6:36"},
      {"          V: {query: SELECT A FROM T, columns: {A: x, a: y}}\n", "MESH1105 6:55"},
      {"          V: {query: \"SELECT A FROM T\", columns: {A: x, a: y}}\n", "MESH1105 6:57"},
      {"          V: {query: \"SELECT A FROM T\", columns: {A: {coment: x}}}\n", "MESH1101 6:55"},
      {"          V: {query: \"SELECT A FROM T\", columns: {A: [x]}}\n", "MESH1102 6:54"},
      {"          V: {query: \"SELECT A, ${x} FROM TT\"}\n", "MESH1107 6:33, MESH1203 6:43"},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    CHECK(codes(each.snippet) == each.codes);
  }
}

TEST_CASE("no names of queries are taken for tables that are not there") {
  const char* const queries[] = {
      "SELECT T.A, F.VALUE FROM T, LATERAL FLATTEN(INPUT => T.B) F",
      "WITH X AS (SELECT A FROM T), Y (B) AS (SELECT A FROM X) SELECT * FROM X JOIN Y ON X.A = Y.B",
      "WITH RECURSIVE R AS (SELECT A FROM T UNION ALL SELECT A + 1 FROM R WHERE A < 9) SELECT * FROM R",
      "SELECT * FROM TABLE(SPLIT_TO_TABLE('a,b', ',')) AS S",
      "SELECT * FROM VALUES (1), (2) AS V (X)",
      "SELECT EXTRACT(YEAR FROM CURRENT_DATE()) AS Y, TRIM(B) AS B FROM T WHERE A IS DISTINCT FROM 1",
      "SELECT * FROM T PIVOT (SUM(A) FOR B IN ('x', 'y')) AS P",
      "SELECT * FROM T AT (OFFSET => -60) AS O",
      "SELECT T.A FROM T ASOF JOIN SALES.S.T AS U MATCH_CONDITION (T.A >= U.A)",
      "SELECT A, ROW_NUMBER() OVER (PARTITION BY B ORDER BY A) AS N FROM T QUALIFY N = 1",
      "SELECT SALES.S.T.A FROM SALES.S.T",
      "SELECT A FROM T SAMPLE (10) WHERE B LIKE ANY ('%x', '%y')",
      "SELECT B:c.d::STRING AS D FROM T",
      "(SELECT A FROM T) UNION ALL (SELECT A FROM S.T)",
      "SELECT A FROM IDENTIFIER('SALES.S.T')",
      "SELECT CASE WHEN A IN (SELECT A FROM T) THEN 1 END AS X FROM T GROUP BY ALL",
  };
  for (const auto* query : queries) {
    INFO(query);
    CHECK(
        codes_of("databases:\n  SALES:\n    schemas:\n      S:\n        tables: {T: {columns: {A: INT, B: VARCHAR}}}\n"
                 "        views:\n          V:\n            query: |\n              " +
                 std::string(query) + "\n") == "");
  }
}

TEST_CASE("grants") {
  const std::string database = kDatabase;  // its last line is 15
  const Case cases[] = {
      {"grants:\n  - {to: SALES_R, privileges: [SELCT], on: table SALES.S.T}\n", "MESH1404 17:32"},
      {"grants:\n  - {to: SALES_R, privileges: [OWNERSHIP], on: table SALES.S.T}\n", "MESH1404 17:32"},
      {"grants:\n  - {to: SALES_R, privileges: [OWNERSHIP], on: future tables in schema SALES.S}\n", ""},
      {"grants:\n  - {to: SALES_R, privileges: create  table, on: schema SALES.S}\n", ""},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT], on: tabel SALES.S.T}\n", "MESH1403 17:45"},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT], on: tables in warehouse W}\n", "MESH1403 17:45"},
      {"grants:\n  - {to: SALES_R, privileges: [USAGE], on: schemas in schema SALES.S}\n", "MESH1403 17:44"},
      {"grants:\n  - {to: SALES_R, privileges: [USAGE], on: future schemas in database SALES}\n", ""},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT], on: table SALES.S}\n", "MESH1403 17:45"},
      {"grants:\n  - {to: SALES_R, on: table SALES.S.T}\n", "MESH1103 17:5"},
      {"grants: {SALES_R: [SELECT]}\n", "MESH1102 16:9"},
      {"grants:\n  - {to: database role R, privileges: [SELECT], on: table SALES.S.T}\n", "MESH1401 17:10"},
      {"grants:\n  - {to: SALES_R, privileges: [CREATE ROLE], on: account}\n", "MESH1406 17:50"},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT], on: table FINANCE.S.T}\n", "MESH1406 17:45"},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT], on: table SALES.S.X}\n", "MESH1203 17:45"},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT, INSERT], on: table SALES.S.X}\n", "MESH1203 17:53"},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT], on: tables in schema SALES.X}\n", "MESH1203 17:45"},
      {"grants:\n  - {to: SALES_X, privileges: [SELECT], on: table SALES.S.T}\n", "MESH1203 17:32"},
      {"grants:\n  - {to: ANALYST, privileges: [SELECT], on: table SALES.S.T}\n", ""},
      {"grants:\n  - {to: user U, privileges: [SELECT], on: future tables in schema SALES.S}\n", "MESH1401 17:31"},
      {"grants:\n  - {to: share S, privileges: [SELECT], on: table SALES.S.T, grant_option: true}\n", "MESH1401 17:32"},
      {"grants:\n  - {to: SALES_R, privileges: [SELECT], on: table SALES.S.T, grant_option: maybe}\n",
       "MESH1102 17:76"},
      {"warehouses:\n  SALES_WH: {grants: {database role SALES.D: [USAGE]}}\n", "MESH1203 17:47, MESH1401 17:47"},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    CHECK(codes_of(database + each.snippet) == each.codes);
  }
  CHECK(codes_of("roles: {SALES_R: {granted_to: [user U]}}\n") == "MESH1401 3:32");
  CHECK(codes_of("roles: {SALES_R: {granted_to: [share U]}}\n") == "MESH1401 3:32");
  CHECK(codes_of("roles: {SALES_R: {granted_to: [database role SALES.D]}}\n") == "MESH1401 3:32");
  CHECK(codes_of("databases: {SALES: {database_roles: {D: {granted_to: [database role RAW.E]}}}}\n") ==
        "MESH1401 3:55");
  CHECK(codes_of("roles: {SALES_R: {privileges: additve}}\n") == "MESH1301 3:31");
  CHECK(codes_of("roles: {SALES_R: {privileges: [SELECT]}}\n") == "MESH1102 3:31");
  CHECK(codes_of("roles: {SALES_R: {grants: {SALES_R: [USAGE]}}}\n") == "MESH1101 3:19");
  CHECK(codes_of("roles: {SALES_A: {granted_to: [SALES_B]}, SALES_B: {granted_to: [SALES_A]}}\n") == "MESH1204 3:32");
  CHECK(codes_of("roles: {SALES_A: {granted_to: [SALES_A]}}\n") == "MESH1204 3:32");
}

TEST_CASE("a grant that cannot be used, by any path") {
  const auto mesh = [](const char* roles, const char* database_grants, const char* schema_grants,
                       const char* more = "") {
    return std::string("roles: {") + roles + "}\ndatabases:\n  SALES:\n    grants: {" + database_grants +
           "}\n    database_roles: {D: {granted_to: [SYSADMIN]}}\n    schemas:\n      S:\n        grants: {" +
           schema_grants +
           "}\n        tables:\n          T:\n            columns: {A: INT}\n            grants: {SALES_R: "
           "[SELECT]}\n" +
           more;
  };
  const char* const error = "MESH1407 14:32";
  CHECK(codes_of(mesh("SALES_R: ", "SALES_R: [USAGE]", "SALES_R: [USAGE]")) == "");
  CHECK(codes_of(mesh("SALES_R: ", "SALES_R: [USAGE]", "")) == error);
  CHECK(codes_of(mesh("SALES_R: ", "", "SALES_R: [USAGE]")) == "MESH1407 10:28, " + std::string(error));
  CHECK(codes_of(mesh("SALES_R: ", "SALES_R: [MONITOR]", "")) == error);
  // Through a role that it holds, or that everybody holds.
  CHECK(codes_of(mesh("SALES_R: , SALES_Q: {granted_to: [SALES_R]}", "SALES_Q: [USAGE]", "SALES_Q: [USAGE]")) == "");
  CHECK(codes_of(mesh("SALES_R: ", "PUBLIC: [USAGE]", "PUBLIC: [USAGE]")) == "");
  // Meeting at SYSADMIN is no path; meeting at a declared role is one.
  CHECK(codes_of(mesh("SALES_R: {granted_to: [SYSADMIN]}, SALES_Q: {granted_to: [SYSADMIN]}", "SALES_Q: [USAGE]",
                      "SALES_Q: [USAGE]")) == error);
  CHECK(codes_of(mesh("SALES_R: {granted_to: [SALES_Q]}, SALES_Q: {granted_to: [SYSADMIN]}", "SALES_Q: [USAGE]",
                      "SALES_Q: [USAGE]")) == "");
  // A database role is born with USAGE on its database only.
  CHECK(codes_of(mesh(
            "SALES_R: ", "SALES_R: [USAGE]", "SALES_R: [USAGE]",
            "            \ngrants:\n  - {to: database role SALES.D, privileges: [SELECT], on: table SALES.S.T}\n")) ==
        "MESH1407 17:46");
  CHECK(codes_of(mesh(
            "SALES_R: ", "SALES_R: [USAGE]", "SALES_R: [USAGE], database role SALES.D: [USAGE]",
            "            \ngrants:\n  - {to: database role SALES.D, privileges: [SELECT], on: table SALES.S.T}\n")) ==
        "");
  // Future schemas, ownership.
  CHECK(codes_of(mesh("SALES_R: ", "SALES_R: [USAGE]", "",
                      "grants:\n  - {to: SALES_R, privileges: [USAGE], on: schemas in database SALES}\n")) == "");
  CHECK(codes_of(mesh("SALES_R: ", "SALES_R: [USAGE]", "", "        owner: SALES_R\n")) == "");
}

TEST_CASE("ownership between domains") {
  auto files = small_mesh("databases: {SALES: }\nroles: {SALES_R: }\n");
  files["mesh.yaml"] +=
      "  finance: {path: domains/finance}\n"
      "  north: {path: domains/north, owns: [\"SALES_NORTH*\"]}\n"
      "  platform: {path: platform, account: true}\n";
  files["platform/p.yaml"] =
      "domain: platform\nteam: {name: p}\ngrants:\n  - {to: SALES_R, privileges: [CREATE DATABASE], on: account}\n";
  files["domains/north/n.yaml"] = "domain: north\nteam: {name: n}\nroles: {SALES_NORTH_R: , SALES_SOUTH_R: }\n";
  files["domains/finance/f.yaml"] =
      "domain: finance\nteam: {name: f}\n"
      "databases:\n  SALES:\n    schemas:\n      S: {grants: {FINANCE_R: [USAGE]}}\n"
      "roles: {FINANCE_R: , OTHER: , SALES_NORTH_X: }\n"
      "grants:\n  - {to: FINANCE_R, privileges: [USAGE], on: database SALES}\n";
  MeshFolder mesh(files);
  mesh.load();
  CHECK(mesh.errors() ==
        "error[MESH1405]: database SALES belongs to domain sales, not to finance\n"
        "  --> domains/finance/f.yaml:4:3\n"
        "  4 |   SALES:\n"
        "    |   ^^^^^ declare it in domain sales, or change `owns` in mesh.yaml\n"
        "error[MESH1405]: role OTHER is outside what domain finance owns\n"
        "  --> domains/finance/f.yaml:7:22\n"
        "  7 | roles: {FINANCE_R: , OTHER: , SALES_NORTH_X: }\n"
        "    |                      ^^^^^ finance owns FINANCE, FINANCE_* (see mesh.yaml)\n"
        "error[MESH1405]: role SALES_NORTH_X belongs to domain north, not to finance\n"
        "  --> domains/finance/f.yaml:7:31\n"
        "  7 | roles: {FINANCE_R: , OTHER: , SALES_NORTH_X: }\n"
        "    |                               ^^^^^^^^^^^^^ declare it in domain north, or change `owns` in mesh.yaml\n"
        "error[MESH1405]: role SALES_SOUTH_R belongs to domain sales, not to north\n"
        "  --> domains/north/n.yaml:3:26\n"
        "  3 | roles: {SALES_NORTH_R: , SALES_SOUTH_R: }\n"
        "    |                          ^^^^^^^^^^^^^ declare it in domain sales, or change `owns` in mesh.yaml\n");
}

TEST_CASE("an object has one place in the whole mesh") {
  auto files =
      small_mesh("databases:\n  SALES:\n    comment: a\n    schemas:\n      S: {tables: {T: {columns: {A: INT}}}}\n");
  files["domains/sales/more/z.yml"] =
      "databases:\n  SALES:\n    comment: b\n    schemas:\n      S:\n        tables:\n          T: {columns: {A: "
      "INT}}\n"
      "          U: {columns: {A: INT}}\n";
  MeshFolder mesh(files);
  mesh.load();
  CHECK(mesh.errors() ==
        "error[MESH1105]: database SALES is declared twice\n"
        "  --> domains/sales/more/z.yml:2:3\n"
        "  2 |   SALES:\n"
        "    |   ^^^^^ keep its properties in one place; elsewhere name it only to add children\n"
        "  note: it is declared here first\n"
        "  --> domains/sales/domain.yaml:4:3\n"
        "  4 |   SALES:\n"
        "    |   ^^^^^\n"
        "error[MESH1105]: table SALES.S.T is declared twice\n"
        "  --> domains/sales/more/z.yml:7:11\n"
        "  7 |           T: {columns: {A: INT}}\n"
        "    |           ^ keep one of them\n"
        "  note: it is declared here first\n"
        "  --> domains/sales/domain.yaml:7:20\n"
        "  7 |       S: {tables: {T: {columns: {A: INT}}}}\n"
        "    |                    ^\n");
  CHECK(mesh.desired().state.find(*parse_address("table SALES.S.U")) != nullptr);
}

TEST_CASE("messages say what is wrong, where, and what to do") {
  CHECK(errors_of("roles:\n  SALES_R:\n    comit: Analysts of the sales domain\n") ==
        "error[MESH1101]: unknown property 'comit' for role\n"
        "  --> domains/sales/domain.yaml:5:5\n"
        "  5 |     comit: Analysts of the sales domain\n"
        "    |     ^^^^^ did you mean 'comment'?\n");
  CHECK(errors_of("warehouses: {SALES_WH: {auto_resume: yes}}\n") ==
        "error[MESH1102]: auto_resume must be true or false, not 'yes'\n"
        "  --> domains/sales/domain.yaml:3:38\n"
        "  3 | warehouses: {SALES_WH: {auto_resume: yes}}\n"
        "    |                                      ^^^ in YAML 1.2 that is a text; write true\n");
  CHECK(errors_of("roles: {SALES_R: {comment: 12}}\n") ==
        "error[MESH1102]: comment must be a text, not a number\n"
        "  --> domains/sales/domain.yaml:3:28\n"
        "  3 | roles: {SALES_R: {comment: 12}}\n"
        "    |                            ^^ write it in quotes: \"12\"\n");
  CHECK(errors_of("roles: {SALES_R: {comment: \"${regin}\"}}\n") ==
        "error[MESH1107]: unknown variable 'regin'\n"
        "  --> domains/sales/domain.yaml:3:29\n"
        "  3 | roles: {SALES_R: {comment: \"${regin}\"}}\n"
        "    |                             ^^^^^^^^ did you mean 'region'?\n");
  CHECK(errors_of("external_volumes: {}\n") ==
        "error[MESH1104]: 'external_volumes' is not supported by this version of mesh\n"
        "  --> domains/sales/domain.yaml:3:1\n"
        "  3 | external_volumes: {}\n"
        "    | ^^^^^^^^^^^^^^^^ take it out for now\n");
  CHECK(errors_of("roles: {order lines: {}}\n") ==
        "error[MESH1201]: 'order lines' cannot be the name of a role\n"
        "  --> domains/sales/domain.yaml:3:9\n"
        "  3 | roles: {order lines: {}}\n"
        "    |         ^^^^^^^^^^^ letters, digits, _ and $; any other name is written '\"order lines\"'\n");
  CHECK(errors_of(table_with("{columns: {EMAIL: VARCHAR}, primary_key: [EMIAL]}")) ==
        "error[MESH1205]: table SALES.S.T has no column 'EMIAL'\n"
        "  --> domains/sales/domain.yaml:8:56\n"
        "  8 |           T: {columns: {EMAIL: VARCHAR}, primary_key: [EMIAL]}\n"
        "    |                                                        ^^^^^ did you mean 'EMAIL'?\n");
  CHECK(errors_of("roles: {SALES_READ: , SALES_R: {granted_to: [SALES_RAED]}}\n") ==
        "error[MESH1203]: role SALES_RAED is declared nowhere, and domain sales owns that name\n"
        "  --> domains/sales/domain.yaml:3:46\n"
        "  3 | roles: {SALES_READ: , SALES_R: {granted_to: [SALES_RAED]}}\n"
        "    |                                              ^^^^^^^^^^ did you mean 'SALES_READ'?\n");
  CHECK(errors_of("roles:\n  SALES_A: {granted_to: [SALES_B]}\n  SALES_B: {granted_to: [SALES_A]}\n") ==
        "error[MESH1204]: roles are granted to each other in a circle: role SALES_A → role SALES_B → role SALES_A\n"
        "  --> domains/sales/domain.yaml:4:26\n"
        "  4 |   SALES_A: {granted_to: [SALES_B]}\n"
        "    |                          ^^^^^^^ take one of these out\n"
        "  note: role SALES_B is granted to role SALES_A\n"
        "  --> domains/sales/domain.yaml:5:26\n"
        "  5 |   SALES_B: {granted_to: [SALES_A]}\n"
        "    |                          ^^^^^^^\n");
  CHECK(errors_of("databases: {SALES: {schemas: {S: }}}\nroles: {SALES_R: }\ngrants:\n"
                  "  - {to: SALES_R, privileges: [SELCT], on: tables in schema SALES.S}\n") ==
        "error[MESH1404]: 'SELCT' is no privilege on a table\n"
        "  --> domains/sales/domain.yaml:6:32\n"
        "  6 |   - {to: SALES_R, privileges: [SELCT], on: tables in schema SALES.S}\n"
        "    |                                ^^^^^ did you mean 'SELECT'?\n");
  CHECK(errors_of("databases: {SALES: {grants: {SALES_R: [USAGE]}, schemas: {S: }}}\nroles: {SALES_R: }\ngrants:\n"
                  "  - {to: SALES_R, privileges: [SELECT], on: tables in schema SALES.S}\n") ==
        "error[MESH1407]: role SALES_R could not use this: it has no USAGE on schema SALES.S, by any path\n"
        "  --> domains/sales/domain.yaml:6:32\n"
        "  6 |   - {to: SALES_R, privileges: [SELECT], on: tables in schema SALES.S}\n"
        "    |                                ^^^^^^ add grants: {SALES_R: [USAGE]} to schema SALES.S\n");
  CHECK(errors_of("roles: {SALES_R: }\nremoved:\n  - {object: role SALES_R, action: forget}\n") ==
        "error[MESH1106]: role SALES_R is both declared and removed\n"
        "  --> domains/sales/domain.yaml:5:14\n"
        "  5 |   - {object: role SALES_R, action: forget}\n"
        "    |              ^^^^^^^^^^^^ keep one of them\n"
        "  note: it is declared here\n"
        "  --> domains/sales/domain.yaml:3:9\n"
        "  3 | roles: {SALES_R: }\n"
        "    |         ^^^^^^^\n");
}

TEST_CASE("an unknown variable is one mistake, whatever its value would have to be") {
  const Case cases[] = {
      {"warehouses:\n  SALES_WH: {auto_suspend: \"${nope}\"}\n", "MESH1107 4:29"},
      {"warehouses:\n  SALES_WH: {auto_resume: \"${nope}\"}\n", "MESH1107 4:28"},
      {"databases:\n  SALES:\n    data_retention_time_in_days: ${nope}\n", "MESH1107 5:34"},
      {"warehouses:\n  SALES_WH: {auto_suspend: \"$${nope}\"}\n", "MESH1102 4:28"},
      {"vars: {none: \"\"}\nwarehouses:\n  SALES_WH: {auto_suspend: \"${none}\"}\n", "MESH1102 5:28"},
      {"vars: {none: \"\"}\nwarehouses:\n  SALES_WH: {auto_suspend: \"${none}${none}\"}\n", "MESH1102 5:28"},
  };
  for (const auto& each : cases) {
    INFO(each.snippet);
    CHECK(codes_of(each.snippet) == each.codes);
  }
}

TEST_CASE("what a grant's message proposes is what can be written") {
  CHECK(
      errors_of("databases: {SALES: {schemas: {S: {tables: {T: {columns: {A: INT}}}}}}}\nroles: {SALES_R: }\ngrants:\n"
                "  - {to: SALES_R, privileges: [SELECT], on: ALL tables in schema SALES.S}\n") ==
      "error[MESH1403]: 'ALL tables in schema SALES.S' is nothing that can be granted on\n"
      "  --> domains/sales/domain.yaml:6:45\n"
      "  6 |   - {to: SALES_R, privileges: [SELECT], on: ALL tables in schema SALES.S}\n"
      "    |                                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ take the \"all\" away: 'tables "
      "in "
      "schema SALES.S' means those there are and those to come\n");
  CHECK(errors_of("databases: {SALES: {grants: {'\"SALES_r x\"': [MONITOR]}, schemas: {S: {grants: {'\"SALES_r x\"': "
                  "[MONITOR]}}}}}\n"
                  "roles: {'\"SALES_r x\"': }\n") ==
        "error[MESH1407]: role \"SALES_r x\" could not use this: it has no USAGE on database SALES, by any path\n"
        "  --> domains/sales/domain.yaml:3:96\n"
        "  3 | databases: {SALES: {grants: {'\"SALES_r x\"': [MONITOR]}, schemas: {S: {grants: {'\"SALES_r x\"': "
        "[MONITOR]}}}}}\n"
        "    | " +
            std::string(95, ' ') + "^^^^^^^ add grants: {\"\\\"SALES_r x\\\"\": [USAGE]} to database SALES\n");
}

TEST_CASE("one run reports every mistake, and a broken file only what it breaks") {
  auto files = small_mesh("roles: {SALES_R: {comit: x}}\nwarehouses: {SALES_WH: {auto_suspend: soon}}\n");
  files["domains/sales/broken.yaml"] = "databases: [\n";
  files["domains/sales/users.yaml"] = "roles: {SALES_Q: {owner: SALES_IN_THE_BROKEN_FILE}}\n";
  MeshFolder mesh(files);
  mesh.load();
  CHECK(mesh.codes() ==
        "MESH1003 domains/sales/broken.yaml:2:1, MESH1101 domains/sales/domain.yaml:3:19, "
        "MESH1102 domains/sales/domain.yaml:4:39");
}

TEST_CASE("unknown privileges pass where mesh.yaml lets them") {
  auto files = small_mesh(std::string(kDatabase) +
                          "grants:\n  - {to: SALES_R, privileges: [fly, no-thing], on: table SALES.S.T}\n");
  files["mesh.yaml"] += "unknown_privileges: allow\n";
  MeshFolder mesh(files);
  mesh.load();
  CHECK(mesh.codes() == "MESH1404 domains/sales/domain.yaml:17:37");
  const GrantKey key{
      {TargetForm::Object, *parse_address("table SALES.S.T"), KindId::Table}, *parse_grantee("SALES_R"), "FLY"};
  CHECK(mesh.desired().state.grants.count(key) == 1);
}
