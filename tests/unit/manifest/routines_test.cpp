// Functions and procedures in manifests: keys, bodies in other languages, names in SQL ones.
#include <catch2/catch.hpp>

#include "mesh_folder.hpp"

using namespace mesh;
using namespace mesh::manifest;

namespace {

MeshFolder::Files within(const std::string& objects, const std::string& behind = {}) {
  return small_mesh("vars: {days: 7, lang: PYTHON}\ndatabases: {SALES: {schemas: {S: {" + objects + "}}}}\n" + behind);
}

// Codes with line and column in domains/sales/domain.yaml; the objects stand in line 4 from column 35.
std::string codes_of(const MeshFolder::Files& files) {
  MeshFolder mesh(files);
  mesh.load("dev");
  std::string codes = mesh.codes();
  const std::string file = "domains/sales/domain.yaml:";
  for (size_t at = codes.find(file); at != std::string::npos; at = codes.find(file)) codes.erase(at, file.size());
  return codes;
}

}  // namespace

TEST_CASE("variables and the suffix reach SQL bodies, and no others") {
  MeshFolder mesh(
      small_mesh("vars: {days: 7, lang: PYTHON}\n"
                 "databases:\n"
                 "  SALES:\n"
                 "    schemas:\n"
                 "      S:\n"
                 "        tables: {T: {columns: {ID: NUMBER}}}\n"
                 "        stages: {CODE: }\n"
                 "        functions:\n"
                 "          \"COUNT_OF(N NUMBER DEFAULT ${days})\": {returns: NUMBER, body: 'SELECT COUNT(*) + ${days} "
                 "FROM SALES.S.T'}\n"
                 "          \"JS(N NUMBER)\":\n"
                 "            body: \"return `${n} $${x} SALES.S.T`\"\n"
                 "            returns: NUMBER\n"
                 "            language: javascript\n"
                 "          \"PY()\": {returns: NUMBER, language: \"${lang}\", runtime_version: '3.11', handler: f, "
                 "imports: ['@sales.s.code/f.py'],\n"
                 "                   body: \"\\n  # ${none}\\n  def f(): pass\\n\\n\"}\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  const auto& counts = mesh.object("function SALES_DEV.S.COUNT_OF(NUMBER)");
  // The environment's days count before the domain's.
  CHECK(counts.text("body")->text == "SELECT COUNT(*) + 1 FROM SALES_DEV.S.T");
  CHECK(*counts.find("arguments") == Value("N NUMBER(38,0) DEFAULT 1"));
  CHECK(*counts.find("language") == Value("SQL"));
  CHECK(mesh.object("function SALES_DEV.S.JS(NUMBER)").text("body")->text == "return `${n} $${x} SALES.S.T`");
  const auto& python = mesh.object("function SALES_DEV.S.PY()");
  CHECK(python.text("body")->text == "  # ${none}\n  def f(): pass");
  CHECK(*python.find("imports") == Value(ValueList{"@SALES_DEV.S.CODE/f.py"}));
}

TEST_CASE("a body may stand in a file, whose variables are replaced in SQL alone") {
  auto files = within(
      "functions: {\"A()\": {returns: NUMBER, body_file: sql/a.sql}, "
      "\"B()\": {returns: NUMBER, language: JAVASCRIPT, body_file: sql/b.js}}");
  files["domains/sales/sql/a.sql"] = "SELECT ${days}\n";
  files["domains/sales/sql/b.js"] = "return `${days}`;\n";
  MeshFolder mesh(files);
  mesh.load("prod");
  REQUIRE(mesh.errors() == "");
  CHECK(mesh.object("function SALES.S.A()").text("body")->text == "SELECT 7");
  CHECK(mesh.object("function SALES.S.B()").text("body")->text == "return `${days}`;");
}

TEST_CASE("overloads are objects of their own, and their grants too") {
  MeshFolder mesh(
      within("functions: {\"F(A NUMBER)\": {returns: NUMBER, body: A}, \"F(A VARCHAR)\": {returns: NUMBER, body: '1'}}",
             "removed: [{object: 'function SALES.S.F(INT, INT)', action: drop}]\n"));
  mesh.load("dev");
  REQUIRE(mesh.errors() == "");
  mesh.object("function SALES_DEV.S.F(NUMBER)");
  mesh.object("function SALES_DEV.S.F(VARCHAR)");
  REQUIRE(mesh.desired().removed.size() == 1);
  CHECK(mesh.desired().removed[0].object.address() == "function SALES_DEV.S.F(NUMBER, NUMBER)");
}

TEST_CASE("what functions and procedures do not take") {
  struct Case {
    const char *objects, *codes;
  };
  for (const auto& each : {
           // One signature, spelt in two ways.
           Case{"functions: {\"F(A INT)\": {returns: NUMBER, body: A}, \"F(B NUMBER(10,2))\": {returns: NUMBER, body: "
                "B}}",
                "MESH1105 4:87"},
           // A default forbids other overloads.
           Case{
               "functions: {\"F(A INT DEFAULT 1)\": {returns: NUMBER, body: A}, \"F()\": {returns: NUMBER, body: '1'}}",
               "MESH1303 4:47"},
           // Inside the key.
           Case{"functions: {\"F(A NUMBR)\": {returns: NUMBER, body: A}}", "MESH1201 4:52"},
           Case{"functions: {F: {returns: NUMBER, body: A}}", "MESH1201 4:47"},
           Case{"functions: {\"F()\": {body: '1'}}", "MESH1303 4:47"},
           Case{"functions: {\"F()\": {returns: NUMBER}}", "MESH1103 4:47"},
           Case{"functions: {\"F()\": {returns: NUMBR, body: '1'}}", "MESH1301 4:64"},
           Case{"functions: {\"F()\": {returns: NUMBER, body: 'SELECT ('}}", "MESH1304 4:86"},
           Case{"functions: {\"F()\": {returns: NUMBER, handler: f, body: '1'}}", "MESH1303 4:81"},
           Case{"functions: {\"F()\": {returns: NUMBER, arguments: x, body: '1'}}", "MESH1101 4:72"},
           Case{"functions: {\"F()\": {returns: NUMBER, language: PYTHON, runtime_version: '3.11', body: '1'}}",
                "MESH1303 4:47"},
           Case{"procedures: {\"P(A OUT NUMBER)\": {returns: NUMBER, body: A}}", "MESH1201 4:53"},
           Case{"functions: {\"F()\": {returns: NUMBER, execute_as: CALLER, body: '1'}}", "MESH1101 4:72"},
           // What a routine reads may come and go: it is no mistake.
           Case{"procedures: {\"P()\": {returns: NUMBER, body: SELECT 1 FROM SALES.S.NONE}}", ""},
       }) {
    INFO(each.objects);
    CHECK(codes_of(within(each.objects)) == each.codes);
  }
}
