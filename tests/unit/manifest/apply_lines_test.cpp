// apply: what governing domains say of everybody's objects, and what a domain may not say against it.
#include <catch2/catch.hpp>

#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

constexpr const char* kGovernance =
    "domain: governance\n"
    "team: {name: gov}\n"
    "databases:\n"
    "  GOVERNANCE:\n"
    "    schemas:\n"
    "      G:\n"
    "        tag_definitions: {PII: {allowed_values: [email, name]}, COST: {}}\n"
    "        masking_policies:\n"
    "          MASK: {signature: {V: VARCHAR}, returns: VARCHAR, body: \"'x'\"}\n"
    "          OTHER: {signature: {V: VARCHAR}, returns: VARCHAR, body: \"'y'\"}\n"
    "        row_access_policies: {BY_LAND: {signature: {R: VARCHAR}, body: \"TRUE\"}}\n"
    "        contact_definitions: {DESK: {url: \"https://example.com\"}}\n"
    "        data_metric_functions: {\"ODD(R TABLE(A NUMBER))\": {body: SELECT 1 FROM R}}\n";

MeshFolder::Files files(const std::string& apply, const std::string& sales) {
  return {{"mesh.yaml",
           "mesh: acme\n"
           "environments:\n"
           "  dev: {connection: d, suffix: _DEV}\n"
           "  prod: {connection: p}\n"
           "default_environment: prod\n"
           "domains:\n"
           "  governance: {path: governance, governs: true, deploy_role: GOV}\n"
           "  sales: {path: sales, deploy_role: SALES_DEPLOY}\n"},
          {"governance/domain.yaml", kGovernance + apply},
          {"sales/domain.yaml", "domain: sales\nteam: {name: sales}\n" + sales}};
}

constexpr const char* kSales =
    "warehouses: {SALES_WH: {}}\n"
    "databases:\n"
    "  SALES:\n"
    "    schemas:\n"
    "      S:\n"
    "        tables:\n"
    "          T: {columns: {ID: NUMBER, EMAIL: VARCHAR, REGION: VARCHAR}}\n";

std::string attachments(const MeshFolder& mesh) {
  std::string all;
  for (const auto& [key, each] : mesh.desired().state.attachments) {
    all += each.address() + (each.value.empty() ? "" : " = " + each.value);
    for (const auto& column : each.columns) all += " " + column.display();
    all += " by " + (each.applied_by.empty() ? each.domain : each.applied_by) + "\n";
  }
  return all;
}

std::string errors_of(const std::string& apply, const std::string& sales) {
  MeshFolder mesh(files(apply, sales));
  mesh.load();
  return mesh.errors();
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("what apply selects gets its tags first, then what is selected by them") {
  // The lines stand in the wrong order on purpose.
  MeshFolder mesh(files(
      "apply:\n"
      "  - {masking_policy: GOVERNANCE.G.MASK, to: columns where tag GOVERNANCE.G.PII = email}\n"
      "  - {row_access_policy: GOVERNANCE.G.BY_LAND, on: [REGION], to: tables where tag GOVERNANCE.G.COST = here}\n"
      "  - {tags: {GOVERNANCE.G.PII: email}, to: columns named *MAIL*}\n"
      "  - {tags: {GOVERNANCE.G.COST: here}, to: databases in domain sales}\n"
      "  - {tags: {GOVERNANCE.G.COST: there}, to: warehouses}\n"
      "  - {set: {auto_suspend: 60}, to: warehouses}\n",
      kSales));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  // The table inherits its database's tag (object-tagging/inheritance).
  CHECK(attachments(mesh) ==
        "tag GOVERNANCE_DEV.G.COST on warehouse SALES_WH_DEV = there by governance\n"
        "tag GOVERNANCE_DEV.G.COST on database SALES_DEV = here by governance\n"
        "row access policy GOVERNANCE_DEV.G.BY_LAND on table SALES_DEV.S.T REGION by governance\n"
        "tag GOVERNANCE_DEV.G.PII on column SALES_DEV.S.T.EMAIL = email by governance\n"
        "masking policy GOVERNANCE_DEV.G.MASK on column SALES_DEV.S.T.EMAIL by governance\n");
  const auto& warehouse = mesh.object("warehouse SALES_WH_DEV");
  CHECK(*warehouse.find("auto_suspend") == Value(60));
  // The place is the line's, the change the domain's.
  const auto& place = warehouse.properties.at("auto_suspend").place;
  CHECK(mesh.result().sources.describe(place) == "governance/domain.yaml:20");
  CHECK(mesh.desired().state.attachments.begin()->second.domain == "sales");
}

TEST_CASE("the deploy role of who bears it may apply it, and finds it") {
  MeshFolder mesh(files("apply: [{masking_policy: GOVERNANCE.G.MASK, to: columns named EMAIL}]\n", kSales));
  mesh.load();
  REQUIRE(mesh.errors() == "");
  std::vector<std::string> grants;
  for (const auto& [key, grant] : mesh.desired().state.grants) grants.push_back(key.address() + " of " + grant.domain);
  CHECK(grants ==
        std::vector<std::string>{"grant USAGE on database GOVERNANCE to role SALES_DEPLOY of governance",
                                 "grant USAGE on schema GOVERNANCE.G to role SALES_DEPLOY of governance",
                                 "grant APPLY on masking policy GOVERNANCE.G.MASK to role SALES_DEPLOY of governance"});
}

TEST_CASE("what a domain declares against it is an error that names both places") {
  const std::string mask = "apply: [{masking_policy: GOVERNANCE.G.MASK, to: columns named EMAIL}]\n";
  const std::string sales =
      "databases: {SALES: {schemas: {S: {tables: {T: {columns: {EMAIL: {type: VARCHAR, masking_policy: "
      "GOVERNANCE.G.OTHER}}}}}}}}\n";
  const auto errors = errors_of(mask, sales);
  INFO(errors);
  CHECK(has(errors,
            "error[MESH1422]: domain sales sets masking policy GOVERNANCE.G.OTHER on column SALES.S.T.EMAIL, but "
            "domain governance applies masking policy GOVERNANCE.G.MASK there"));
  CHECK(has(errors, "--> sales/domain.yaml:3:"));
  CHECK(has(errors, "governance/domain.yaml:14:"));

  const std::string same =
      "databases: {SALES: {schemas: {S: {tables: {T: {columns: {EMAIL: {type: VARCHAR, masking_policy: "
      "GOVERNANCE.G.MASK}}}}}}}}\n";
  CHECK(errors_of(mask, same) == "");

  const std::string set = "apply: [{set: {auto_suspend: 60}, to: warehouses}]\n";
  CHECK(has(errors_of(set, "warehouses: {SALES_WH: {auto_suspend: 600}}\n"),
            "domain sales sets auto_suspend of warehouse SALES_WH to 600, but domain governance sets it to 60"));
  CHECK(has(errors_of(set, "warehouses: {SALES_WH: {ignore_changes: [auto_suspend]}}\n"),
            "domain sales ignores changes of auto_suspend of warehouse SALES_WH, but domain governance sets it to 60"));
  CHECK(errors_of(set, "warehouses: {SALES_WH: {auto_suspend: 60}}\n") == "");
}

TEST_CASE("contacts stand on what is selected, metric functions on the relation of each selected column") {
  MeshFolder mesh(
      files("apply:\n"
            "  - {contacts: {STEWARD: GOVERNANCE.G.DESK}, to: databases in domain sales}\n"
            "  - {data_metrics: [{function: GOVERNANCE.G.ODD, expectations: {FEW: VALUE < 5}}], to: columns named ID}\n"
            "  - {data_metrics: [{function: SNOWFLAKE.CORE.ROW_COUNT}], to: tables}\n",
            kSales));
  mesh.load();
  REQUIRE(mesh.errors() == "");
  CHECK(attachments(mesh) ==
        "contact GOVERNANCE.G.DESK for STEWARD on database SALES by governance\n"
        "data metric function GOVERNANCE.G.ODD(ID) on table SALES.S.T ID by governance\n"
        "data metric function SNOWFLAKE.CORE.ROW_COUNT() on table SALES.S.T by governance\n");
  const auto& state = mesh.desired().state;
  for (const char* grant : {"grant APPLY on contact GOVERNANCE.G.DESK to role SALES_DEPLOY",
                            "grant USAGE on data metric function GOVERNANCE.G.ODD(TABLE(NUMBER)) to role SALES_DEPLOY"})
    CHECK(std::any_of(state.grants.begin(), state.grants.end(),
                      [&](const auto& each) { return each.first.address() == grant; }));
}

TEST_CASE("tags keep to Snowflake's quotas") {
  const auto with_tags = [](int on_table, int on_column) {
    std::string defined, table, column;
    for (int i = 0; i < 51; ++i) {
      const auto name = "T" + std::to_string(i);
      defined += name + ": {}, ";
      if (i < on_table) table += "SALES.Q." + name + ": x, ";
      if (i < on_column) column += "SALES.Q." + name + ": x, ";
    }
    return errors_of("", "databases: {SALES: {schemas: {Q: {tag_definitions: {" + defined + "}, tables: {W: {tags: {" +
                             table + "}, columns: {A: {type: NUMBER, tags: {" + column +
                             "}}, B: {type: NUMBER, tags: {SALES.Q.T0: y}}}}}}}}}\n");
  };
  CHECK(with_tags(50, 50) == "");
  CHECK(has(with_tags(51, 0), "error[MESH1303]: table SALES.Q.W has more than 50 tags\n"));
  CHECK(has(with_tags(0, 51), "error[MESH1303]: table SALES.Q.W has more than 50 tags on its columns\n"));
}

TEST_CASE("lines of apply that contradict each other, or cannot be, are errors") {
  CHECK(has(errors_of("apply:\n"
                      "  - {tags: {GOVERNANCE.G.PII: email}, to: columns named EMAIL}\n"
                      "  - {tags: {GOVERNANCE.G.PII: name}, to: columns named E*}\n",
                      kSales),
            "error[MESH1422]: two lines apply tag GOVERNANCE.G.PII = email and tag GOVERNANCE.G.PII = name to column "
            "SALES.S.T.EMAIL"));
  CHECK(has(errors_of("", "apply: [{tags: {GOVERNANCE.G.PII: email}, to: columns}]\n"),
            "error[MESH1420]: domain sales does not govern, and may not apply anything"));
  const std::string wrong_type =
      errors_of("apply: [{masking_policy: GOVERNANCE.G.MASK, to: columns in domain sales named ID}]\n", kSales);
  INFO(wrong_type);
  CHECK(has(wrong_type, "column ID is NUMBER(38,0), but masking policy GOVERNANCE.G.MASK wants VARCHAR there"));
  CHECK(has(wrong_type, "it is about column SALES.S.T.ID"));
  struct Case {
    std::string line, error;
  };
  const std::vector<Case> cases = {
      {"{masking_policy: GOVERNANCE.G.MASK, to: tables}", "masking_policy goes on columns"},
      {"{row_access_policy: GOVERNANCE.G.BY_LAND, on: [REGION], to: columns}",
       "row_access_policy goes on tables, views and their like"},
      {"{row_access_policy: GOVERNANCE.G.BY_LAND, to: tables}", "row_access_policy names no column"},
      {"{row_access_policy: GOVERNANCE.G.BY_LAND, on: [LAND], to: tables}", "table SALES.S.T has no column 'LAND'"},
      {"{set: {auto_suspnd: 60}, to: warehouses}", "unknown property 'auto_suspnd' for warehouse"},
      {"{set: {auto_suspend: 60}, to: columns}", "set goes on objects, not columns"},
      {"{tags: {GOVERNANCE.G.PII: fax}, to: columns}", "'fax' is no value of tag GOVERNANCE.G.PII"},
      {"{tags: {GOVERNANCE.G.PIJ: x}, to: columns}", "tag GOVERNANCE.G.PIJ is declared nowhere"},
      {"{tags: {GOVERNANCE.G.PII: email}, to: columns in domain sale}", "there is no domain 'sale'"},
      {"{tags: {GOVERNANCE.G.PII: email}, to: columns in schema SALES.X}", "schema SALES.X is declared nowhere"},
      {"{contacts: {STEWARD: GOVERNANCE.G.DESK}, to: warehouses}", "contacts goes on databases, schemas, tables"},
      {"{contacts: {STEWARD: GOVERNANCE.G.NOBODY}, to: databases}", "contact GOVERNANCE.G.NOBODY is declared nowhere"},
      {"{data_metrics: [{function: SNOWFLAKE.CORE.NULL_COUNT, on: [ID]}], to: columns}", "names none"},
      {"{data_metrics: [{function: SNOWFLAKE.CORE.ROW_COUNT}], to: schemas}", "data_metrics goes on columns, tables"},
      {"{release: [GOVERNANCE.G.PIJ], to: columns}", "tag GOVERNANCE.G.PIJ is declared nowhere"},
      {"{tags: {GOVERNANCE.G.PII: email}}", "a line of apply needs to"},
      {"{to: columns}", "a line of apply says nothing to apply"},
      {"{tags: {GOVERNANCE.G.PII: email}, to: columns wher tag A.B.C}", "'wher' cannot stand here"},
  };
  for (const auto& each : cases) {
    INFO(each.line);
    const auto errors = errors_of("apply:\n  - " + each.line + "\n", kSales);
    INFO(errors);
    CHECK(has(errors, each.error));
    CHECK(has(errors, "--> governance/domain.yaml:15:"));
  }
}
