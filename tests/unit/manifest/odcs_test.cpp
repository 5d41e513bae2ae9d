// Contracts and products in the standards of Bitol: what is read, what is wrong with them, and whether they tell the
// truth.
#include <catch2/catch.hpp>

#include "mesh/base/text.hpp"
#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

const char *const kSales = R"(domain: sales
team: {name: sales}
databases:
  SALES:
    database_roles: {R: {}}
    schemas:
      S:
        tables:
          ORDERS:
            columns: {ORDER_ID: {type: "NUMBER(38,0)",
                  nullable : false
}
, STATUS : VARCHAR(10), AMOUNT : "NUMBER(12,2)"
}
            primary_key: [ORDER_ID]
products:
  orders:
    version: 1.2.0
    ports: {orders: {objects: [table SALES.S.ORDERS], reader: SALES.R, contract: contracts/orders.odcs.yaml}}
)";

const char* const kHead = "apiVersion: v3.1.0\nkind: DataContract\nid: x\nversion: 1.2.0\nstatus: active\n";

            MeshFolder::Files with_contract(const std::string& contract) {
              return {
                  {"mesh.yaml", "mesh: acme\nenvironments: {prod: {connection: p}}\ndomains: {sales: {path: sales}}\n"},
                  {"sales/domain.yaml", kSales},
                  {"sales/contracts/orders.odcs.yaml", contract}};
            }

            std::string codes_of(const std::string& contract) {
              MeshFolder mesh(with_contract(contract));
              mesh.load();
              return replace_all(replace_all(mesh.codes(), "sales/contracts/orders.odcs.yaml:", ""),
                                 "sales/domain.yaml", "domain");
            }

            // The contract of the table with these lines, which begin on line 12, under the property STATUS.
            std::string with_status(const std::string& lines) {
              return std::string(kHead) +
                     "schema:\n"
                     "  - name: orders\n"
                     "    properties:\n"
                     "      - {name: ORDER_ID, physicalType: INT, required: true}\n"
                     "      - {name: amount, physicalType: \"NUMBER(12,2)\"}\n"
                     "      - name: status\n" +
                     lines;
            }

            std::string errors_of(const std::string& contract) {
              MeshFolder mesh(with_contract(contract));
              mesh.load();
              return mesh.errors();
            }

            }  // namespace

            TEST_CASE("a contract is read as it is written") {
              MeshFolder mesh(with_contract(
                  with_status("        id: c1\n"
                              "        logicalType: string\n"
                              "        logicalTypeOptions: {maxLength: 10, pattern: '^[A-Z]+$'}\n"
                              "        classification: NO\n"
                              "        examples: [2022-08-02, yes]\n"
                              "        description: null\n"
                              "        quality:\n"
                              "          - {metric: invalidValues, arguments: {validValues: [NEW, DONE]}, "
                              "mustBe: 0}\n"
                              "slaProperties: [{property: latency, value: 4, unit: h}]\n"
                              "roles: [{role: reader, access: read}]\n"
                              "team: [{username: ann, dateIn: 2022-08-02}]\n")));
              mesh.load();
              REQUIRE(mesh.errors().empty());
              const Contract& contract = mesh.result().products.find_port({"sales", "orders", "", 1})->contract;
              CHECK_FALSE(contract.derived);
              CHECK(contract.version == "1.2.0");
              REQUIRE(contract.objects.size() == 1);
              CHECK(contract.objects[0].name.display() == "SALES.S.ORDERS");
              CHECK(contract.objects[0].kind == "table");
              const auto* status = contract.find(Name::exact("STATUS"));
              REQUIRE(status != nullptr);
              CHECK(status->id == "c1");
              CHECK(status->classification == "NO");
              CHECK(status->type->to_string() == "VARCHAR(10)");
              CHECK(status->allowed_values == std::vector<std::string>{"NEW", "DONE"});
              CHECK(status->options.at("pattern").value == "^[A-Z]+$");
              CHECK(contract.service_levels.at("latency").value == "4");
              CHECK(contract.roles.at("reader").access == "read");
            }

            TEST_CASE("mistakes in a contract are told at their place") {
              struct Case {
                std::string contract;
                const char* codes;
              };
              const std::string head = kHead;
              const Case cases[] = {
                  {with_status("        physicalType: VARCHAR(10)\n"), ""},
                  {"- a\n", "MESH1521 1:1"},
                  {"dataContractSpecification: 1.1.0\nid: x\n", "MESH1521 1:1"},
                  {"apiVersion: v1.0.0\nkind: DataProduct\nid: x\nstatus: active\n", "MESH1521 1:1"},
                  {"apiVersion: v2.2.2\nkind: DataContract\n", "MESH1521 1:13"},
                  {with_status("        physcalType: VARCHAR(10)\n"), "MESH1522 12:9"},
                  {with_status("        logicalType: strng\n        required: sometimes\n"),
                   "MESH1522 12:22, MESH1522 13:19"},
                  {with_status("        logicalType: string\n        logicalTypeOptions: {maxLenght: 10}\n"),
                   "MESH1522 13:30"},
                  {with_status("        physicalType: VARCHA(10)\n"), "MESH1522 12:23"},
                  // the physical type counts, and the two are told apart
                  {with_status("        logicalType: integer\n        physicalType: VARCHAR(10)\n"), "MESH1522 13:23"},
                  {with_status("        logicalType: string\n        quality: [{metric: nullValues}]\n"),
                   "MESH1522 13:19"},
                  {with_status(
                       "        logicalType: string\n        quality: [{metric: nulls, mustBe: 0, mustNotBe: 1}]\n"),
                   "MESH1522 13:28, MESH1522 13:57"},
                  {with_status("        logicalType: string\n") +
                       "servers: [{server: prod, type: snowflake, account: A}]\n",
                   "MESH1522 13:11, MESH1522 13:11"},
                  // what is declared is not what is promised
                  {with_status("        physicalType: VARCHAR(20)\n"), "MESH1523 11:9"},
                  {with_status("        physicalType: VARCHAR(10)\n        required: true\n"), "MESH1523 11:9"},
                  {with_status("        physicalType: VARCHAR(10)\n      - {name: FAX, logicalType: string}\n"),
                   "MESH1523 13:9"},
                  {head + "schema:\n  - name: order\n", "MESH1523 1:1, MESH1523 7:5"},
                  {head, "MESH1523 1:1"},
              };
              for (const auto& each : cases) {
                INFO(each.contract);
                CHECK(codes_of(each.contract) == each.codes);
              }
            }

            TEST_CASE("a number says how many digits it has") {
              const auto amount = [](const char* lines) {
                return codes_of(
                    replace_all(with_status("        logicalType: string\n"), "physicalType: \"NUMBER(12,2)\"", lines));
              };
              CHECK(amount("logicalType: number") == "MESH1522 10:9");
              CHECK(amount("logicalType: number, customProperties: [{property: precision, value: 12}, {property: "
                           "scale, value: 2}]")
                        .empty());
              CHECK(amount("logicalType: integer") == "MESH1523 10:9");
              CHECK(amount("logicalType: number, logicalTypeOptions: {format: f64}") == "MESH1523 10:9");
            }

            TEST_CASE("messages name the nearest word, the format that it is, and both places") {
              CHECK(errors_of(with_status("        physcalType: VARCHAR(10)\n")).find("did you mean 'physicalType'?") !=
                    std::string::npos);
              CHECK(errors_of("dataContractSpecification: 1.1.0\n")
                        .find("the Data Contract Specification, which is deprecated") != std::string::npos);
              const auto text = errors_of(with_status("        physicalType: VARCHAR(20)\n"));
              CHECK(text.find("the contract promises STATUS VARCHAR(20), and it is VARCHAR(10)") != std::string::npos);
              CHECK(text.find("sales/domain.yaml:10:") != std::string::npos);
            }

            TEST_CASE("what readers see and the contract does not tell is warned of") {
              CHECK(codes_of(
                        std::string(kHead) +
                        "schema: [{name: ORDERS, properties: [{name: ORDER_ID, logicalType: integer}, {name: STATUS, "
                        "logicalType: string}]}]\n") == "MESH1523 6:10");
            }

            TEST_CASE("a product is read from an ODPS file") {
              auto files = with_contract("");
              files["sales/domain.yaml"] =
                  replace_all(files["sales/domain.yaml"],
                              "    version: 1.2.0\n    ports: {orders: {objects: [table SALES.S.ORDERS], reader: "
                              "SALES.R, contract: contracts/orders.odcs.yaml}}\n",
                              "    odps: products/orders.odps.yaml\n");
              const std::string product =
                  "apiVersion: v1.0.0\nkind: DataProduct\nid: x\nname: orders\nstatus: active\nversion: 1.4.0\n"
                  "description: {purpose: Every order}\ntags: [core]\n"
                  "outputPorts:\n"
                  "  - name: orders\n    version: 1.4.0\n"
                  "    customProperties:\n"
                  "      - {property: meshObjects, value: [table SALES.S.ORDERS]}\n"
                  "      - {property: meshReader, value: SALES.R}\n"
                  "  - {name: files, version: 1.0.0}\n";
              files["sales/products/orders.odps.yaml"] = product;
              MeshFolder mesh(files);
              mesh.load();
              REQUIRE(mesh.errors().empty());
              const Product* read = mesh.result().products.find({"sales", "orders", "", 1});
              REQUIRE(read != nullptr);
              CHECK(read->version.display() == "1.4.0");
              CHECK(read->description == "Every order");
              CHECK(read->tags == std::vector<std::string>{"core"});
              REQUIRE(read->ports.size() == 1);
              CHECK(read->ports.at("orders").objects.at(0).id.address() == "table SALES.S.ORDERS");
              CHECK(read->ports.at("orders").reader->address() == "database role SALES.R");
              CHECK(mesh.desired().state.grants.size() == 2);

              files["sales/products/orders.odps.yaml"] = replace_all(product, "outputPorts", "outputPort");
              MeshFolder wrong(files);
              wrong.load();
              CHECK(wrong.codes() == "MESH1522 sales/products/orders.odps.yaml:9:1");
            }
