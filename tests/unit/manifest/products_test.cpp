// Products, requests and approvals: what is read, what is wrong with them, and what they make.
#include <catch2/catch.hpp>

#include "mesh/base/text.hpp"
#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

const char* const kSales = R"(domain: sales
team: {name: sales}
databases:
  SALES:
    database_roles: {ORDERS_READER: {}, OTHER_READER: {}}
    schemas:
      ORDERS:
        tables:
          ORDERS:
            columns: {ORDER_ID: {type: NUMBER, nullable: false, comment: Its number}, EMAIL: VARCHAR(320)}
            primary_key: [ORDER_ID]
          SECRETS: {columns: {A: NUMBER}}
          BUILT: {manage: [comment]}
        views:
          DAILY: {query: SELECT 1 AS A}
  SALES_RAW: {schemas: {S: {tables: {T: {columns: {A: NUMBER}}}}}}
roles: {SALES_ENGINEER: {}}
)";

const char* const kFinance = R"(domain: finance
team: {name: finance}
databases: {FINANCE: {database_roles: {REVENUE_READER: {}}, schemas: {S: {tables: {T: {columns: {A: NUMBER}}}}}}}
roles: {FINANCE_ANALYST: {}, FINANCE_CONTROLLER: {}}
)";

const char* const kProduct = R"(products:
  orders:
    version: 1.2.0
    ports:
      orders: {objects: [table SALES.ORDERS.ORDERS], reader: SALES.ORDERS_READER}
)";

MeshFolder::Files two_domains(const std::string& products, const std::string& consumes) {
  return {{"mesh.yaml",
           "mesh: acme\n"
           "environments: {dev: {connection: d, suffix: _DEV}, prod: {connection: p}}\n"
           "default_environment: prod\n"
           "domains: {sales: {path: sales}, finance: {path: finance}, marketing: {path: marketing}}\n"},
          {"sales/domain.yaml", kSales},
          {"sales/p.yaml", products},
          {"finance/domain.yaml", kFinance},
          {"finance/c.yaml", consumes},
          {"marketing/domain.yaml", "domain: marketing\nteam: {name: m}\nroles: {MARKETING_ANALYST: {}}\n"}};
}

// Code, file's first letter, line, column.
std::string codes_of(const std::string& products, const std::string& consumes) {
  MeshFolder mesh(two_domains(products, consumes));
  mesh.load();
  return replace_all(replace_all(mesh.codes(), "sales/p.yaml:", "p:"), "finance/c.yaml:", "c:");
}

std::string product_with(const std::string& lines) { return kProduct + lines; }

}  // namespace

TEST_CASE("mistakes in products are told at their place") {
  struct Case {
    const char* products;
    const char* codes;
  };
  const Case cases[] = {
      {"products: [orders]\n", "MESH1102 p:1:11"},
      {"products:\n  'my orders': {version: 1.0.0, ports: {}}\n", "MESH1201 p:2:3"},
      {"products:\n  a: {version: 1.0.0, ports: {}, contacts: {boss: A.B.C}}\n", "MESH1301 p:2:45"},
      {"products:\n  a: {version: 1.0.0, ports: {}, contacts: [A.B.C]}\n", "MESH1102 p:2:44"},
      {"products:\n  orders: {ports: {}}\n", "MESH1103 p:2:11"},
      {"products:\n  orders: {version: 1.2, ports: {}}\n", "MESH1501 p:2:21"},
      {"products:\n  orders@2: {version: 1.2.0, ports: {}}\n", "MESH1501 p:2:23"},
      {"products:\n  orders: {version: 1.2.0}\n", "MESH1103 p:2:11"},
      {"products:\n  orders: {version: 1.2.0, ports: {}, status: actve, approval: automatc, owners: x}\n",
       "MESH1301 p:2:47, MESH1301 p:2:64, MESH1101 p:2:74"},
      {"products:\n  o: {version: 1.2.0, ports: {'a b': {}, p: {objects: [table SALES.ORDERS.ORDERS]}}}\n",
       "MESH1201 p:2:31, MESH1103 p:2:45"},
      // objects: no address, no such kind, a kind that cannot be read, another domain's, undeclared
      {"products:\n  o: {version: 1.2.0, ports: {p: {reader: SALES.ORDERS_READER, objects: [SALES.ORDERS.ORDERS, tabel "
       "A.B.C, schema SALES.ORDERS, table FINANCE.S.T, table SALES.ORDERS.ORDRES]}}}\n",
       "MESH1503 p:2:74, MESH1503 p:2:95, MESH1503 p:2:108, MESH1503 p:2:129, MESH1203 p:2:148"},
      {"products:\n  o: {version: 1.2.0, ports: {p: {reader: SALES.ORDERS_READER, objects: [table SALES.ORDERS.BUILT, "
       "table SALES_RAW.S.T]}}}\n",
       "MESH1503 p:2:74, MESH1503 p:2:100"},
      // readers: no database role, another domain's, undeclared, of two ports
      {"products:\n  o: {version: 1.2.0, ports: {p: {objects: [], reader: role SALES_ENGINEER}}}\n", "MESH1503 p:2:56"},
      {"products:\n  o: {version: 1.2.0, ports: {p: {objects: [], reader: FINANCE.REVENUE_READER}}}\n",
       "MESH1503 p:2:56"},
      {"products:\n  o: {version: 1.2.0, ports: {p: {objects: [], reader: SALES.ORDER_READER}}}\n", "MESH1203 p:2:56"},
      {"products:\n  o: {version: 1.2.0, ports: {p: {objects: [], reader: SALES.ORDERS_READER}, q: {objects: [], "
       "reader: "
       "database role SALES.ORDERS_READER}}}\n",
       "MESH1503 p:2:103"},
      {"products:\n  a: {version: 1.2.0, ports: {}, deprecation: {announced: 2027-02-30, end_of_support: 2027-06-30, "
       "end_of_life: 2027-05-31, successor: sales/b@2}}\n",
       "MESH1504 p:2:59, MESH1504 p:2:112, MESH1502 p:2:135"},
      // a successor may be a major still to come
      {"products: {a: {version: 1.2.0, ports: {}, deprecation: {successor: sales/a@2}}}\n", ""},
      {"products: {a: {version: 1.2.0, ports: {}, deprecation: {successor: sales/a@0}}}\n", "MESH1502 p:1:68"},
      {"products: {a: {version: 1.2.0, ports: {}}, a@1: {version: 1.3.0, ports: {}}}\n", "MESH1105 p:1:44"},
      {"products: {a: {version: 1.2.0, ports: {}}, a@2: {version: 2.0.0, ports: {}}}\n", ""},
  };
  for (const auto& each : cases) {
    INFO(each.products);
    CHECK(codes_of(each.products, "") == each.codes);
  }
}

TEST_CASE("mistakes in approvals are told at their place") {
  struct Case {
    const char* approvals;
    const char* codes;
  };
  const Case cases[] = {
      {"[{domain: finance, port: orders@1}]", "MESH1103 p:6:16"},
      {"[{domain: finnance, port: orders@1, as: role FINANCE_ANALYST}]", "MESH1502 p:6:25"},
      {"[{domain: sales, port: orders@1, as: role SALES_ENGINEER}]", "MESH1505 p:6:25"},
      {"[{domain: finance, port: orders, as: role FINANCE_ANALYST}]", "MESH1502 p:6:40"},
      {"[{domain: finance, port: orders@2, as: role FINANCE_ANALYST}]", "MESH1502 p:6:40"},
      {"[{domain: finance, port: orders/lines@1, as: role FINANCE_ANALYST}]", "MESH1502 p:6:40"},
      {"[{domain: finance, port: finance/orders@1, as: role FINANCE_ANALYST}]", "MESH1502 p:6:40"},
      {"[{domain: finance, port: orders@1, as: role FINANCE_ANALIST}]", "MESH1203 p:6:54"},
      {"[{domain: finance, port: orders@1, as: role MARKETING_ANALYST}]", "MESH1506 p:6:54"},
      {"[{domain: finance, port: orders@1, as: role SYSADMIN}]", "MESH1506 p:6:54"},
      {"[{domain: finance, port: orders@1, as: user ANN}]", "MESH1506 p:6:54"},
      {"[{domain: finance, port: orders@1, as: role FINANCE_ANALYST, until: soon}]", "MESH1504 p:6:83"},
      {"[{domain: finance, port: orders@1, as: role FINANCE_ANALYST}, {domain: finance, port: sales/orders@1, as: "
       "FINANCE_ANALYST}]",
       "MESH1105 p:6:101"},
  };
  for (const auto& each : cases) {
    INFO(each.approvals);
    CHECK(codes_of(product_with(std::string("    approves: ") + each.approvals + "\n"), "") == each.codes);
  }
}

TEST_CASE("mistakes in requests are told at their place") {
  struct Case {
    const char* requests;
    const char* codes;
  };
  const Case cases[] = {
      {"[{as: role FINANCE_ANALYST}]", "MESH1103 c:1:12"},
      {"[{port: orders@1, as: role FINANCE_ANALYST}]", "MESH1502 c:1:19"},
      {"[{port: sale/orders@1, as: role FINANCE_ANALYST}]", "MESH1502 c:1:19"},
      {"[{port: sales/order@1, as: role FINANCE_ANALYST}]", "MESH1502 c:1:19"},
      {"[{port: sales/orders@2, as: role FINANCE_ANALYST}]", "MESH1502 c:1:19"},
      {"[{port: sales/orders/lines@1, as: role FINANCE_ANALYST}]", "MESH1502 c:1:19"},
      {"[{port: marketing/orders@1, as: role FINANCE_ANALYST}]", "MESH1502 c:1:19"},
      {"[{port: sales/orders@1, as: role SALES_ENGINEER}]", "MESH1506 c:1:39"},
      {"[{port: sales/orders@1, as: database role FINANCE.REVENUE_READER}]", "MESH1506 c:1:39"},
      {"[{port: sales/orders@1, as: role FINANCE_ANALYST, columns: [ORDER_ID, MAIL]}]", "MESH1535 c:1:81"},
      {"[{port: sales/orders@1, as: role FINANCE_ANALYST}, {port: sales/orders/orders@1, as: FINANCE_ANALYST}]",
       "MESH1105 c:1:69"},
      {"[{port: sales/orders@1, as: role FINANCE_ANALYST}, {port: sales/orders@1, as: FINANCE_CONTROLLER}]", ""},
  };
  for (const auto& each : cases) {
    INFO(each.requests);
    CHECK(codes_of(kProduct, std::string("consumes: ") + each.requests + "\n") == each.codes);
  }
}

TEST_CASE("the nearest right name stands beside a mistake") {
  const auto help = [](const char* request) {
    MeshFolder mesh(two_domains(kProduct, std::string("consumes: [") + request + "]\n"));
    mesh.load();
    const auto text = mesh.errors();
    const auto at = text.rfind("^ ");
    return at == std::string::npos ? text : text.substr(at + 2, text.find('\n', at) - at - 2);
  };
  CHECK(help("{port: sale/orders@1, as: FINANCE_ANALYST}") == "did you mean 'sales'?");
  CHECK(help("{port: sales/ordes@1, as: FINANCE_ANALYST}") == "did you mean 'orders'?");
  CHECK(help("{port: sales/orders@3, as: FINANCE_ANALYST}") == "there is sales/orders@1");
  CHECK(help("{port: sales/orders/order@1, as: FINANCE_ANALYST}") == "did you mean 'orders'?");
  CHECK(help("{port: sales/orders@1, as: FINANCE_ANALYST, columns: [EMIAL]}") == "did you mean 'EMAIL'?");
}

TEST_CASE("a domain cannot consume a product of its own") {
  CHECK(codes_of(product_with("consumes: [{port: sales/orders@1, as: role SALES_ENGINEER}]\n"), "") ==
        "MESH1505 p:6:19");
}

TEST_CASE("a product makes what its reader needs, and the agreements in force") {
  const std::string approved =
      "    approves: [{domain: finance, port: orders@1, as: role FINANCE_ANALYST, until: 2027-06-30}]\n";
  MeshFolder mesh(two_domains(product_with(approved),
                              "consumes: [{port: sales/orders@1, as: FINANCE_ANALYST}, {port: sales/orders@1, as: "
                              "FINANCE_CONTROLLER}]\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors().empty());
  std::vector<std::string> made;
  for (const auto& [key, grant] : mesh.desired().state.grants) made.push_back(grant.domain + ": " + key.address());
  for (const auto& [key, membership] : mesh.desired().state.memberships)
    made.push_back(membership.domain + ": " + key.address());
  CHECK(made == std::vector<std::string>{
                    "sales: grant USAGE on schema SALES_DEV.ORDERS to database role SALES_DEV.ORDERS_READER",
                    "sales: grant SELECT on table SALES_DEV.ORDERS.ORDERS to database role SALES_DEV.ORDERS_READER",
                    "sales: grant database role SALES_DEV.ORDERS_READER to role FINANCE_ANALYST_DEV"});
  const auto& products = mesh.result().products;
  const Port* port = products.find_port({"sales", "orders", "", 1});
  REQUIRE(port != nullptr);
  CHECK(port->objects.at(0).id.address() == "table SALES_DEV.ORDERS.ORDERS");
  // The contract is that of every environment.
  REQUIRE(port->contract.objects.size() == 1);
  CHECK(port->contract.objects[0].name.display() == "SALES.ORDERS.ORDERS");
  const auto* id = port->contract.find(Name::exact("ORDER_ID"));
  REQUIRE(id != nullptr);
  CHECK(id->type->to_string() == "NUMBER(38,0)");
  CHECK(id->required);
  CHECK(id->key_position == 1);
  CHECK(id->description == "Its number");
  CHECK_FALSE(port->contract.find(Name::exact("EMAIL"))->required);
}

TEST_CASE("the contacts of a product are those of its ports' objects that name none for the purpose") {
  const std::string contacts =
      "databases:\n"
      "  SALES:\n"
      "    schemas:\n"
      "      ORDERS:\n"
      "        contact_definitions: {OWNERS: {url: 'https://a'}, DESK: {url: 'https://b'}, OTHERS: {url: "
      "'https://c'}}\n"
      "        views: {OWN: {query: SELECT 1 AS A, contacts: {SUPPORT: SALES.ORDERS.OTHERS}}}\n";
  const std::string product =
      "products:\n"
      "  orders:\n"
      "    version: 1.0.0\n"
      "    contacts: {steward: SALES.ORDERS.OWNERS, support: sales.orders.desk}\n"
      "    ports:\n"
      "      orders: {objects: [table SALES.ORDERS.ORDERS, view SALES.ORDERS.OWN], reader: "
      "SALES.ORDERS_READER}\n";
  MeshFolder mesh(two_domains(product + contacts, ""));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  std::string set;
  for (const auto& [key, attachment] : mesh.desired().state.attachments) {
    if (key.kind == KindId::Contact)
      set += key.bearer.object.address() + " " + key.slot + " " + attachment.name.display() + "\n";
  }
  CHECK(set ==
        "table SALES_DEV.ORDERS.ORDERS STEWARD SALES_DEV.ORDERS.OWNERS\n"
        "table SALES_DEV.ORDERS.ORDERS SUPPORT SALES_DEV.ORDERS.DESK\n"
        "view SALES_DEV.ORDERS.OWN STEWARD SALES_DEV.ORDERS.OWNERS\n"
        "view SALES_DEV.ORDERS.OWN SUPPORT SALES_DEV.ORDERS.OTHERS\n");
}

TEST_CASE("what a manifest grants as well is granted once") {
  auto files = two_domains(kProduct, "");
  files["sales/domain.yaml"] = replace_all(files["sales/domain.yaml"], "            primary_key: [ORDER_ID]\n",
                                           "            primary_key: [ORDER_ID]\n"
                                           "            grants: {database role SALES.ORDERS_READER: [SELECT]}\n");
  MeshFolder mesh(files);
  mesh.load();
  CHECK(mesh.errors().empty());
  CHECK(mesh.desired().state.grants.size() == 2);
}

TEST_CASE("what only: leaves out is not published either") {
  auto files = two_domains(kProduct, "consumes: [{port: sales/orders@1, as: FINANCE_ANALYST, columns: [EMAIL]}]\n");
  files["sales/domain.yaml"] = replace_all(files["sales/domain.yaml"], "          ORDERS:\n            columns",
                                           "          ORDERS:\n            only: [dev]\n            columns");
  MeshFolder mesh(files);
  mesh.load("prod");
  CHECK(mesh.errors().empty());
  CHECK(mesh.desired().state.grants.empty());
}
