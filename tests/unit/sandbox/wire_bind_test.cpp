#include <catch2/catch.hpp>

#include "wire_bind.hpp"

using namespace mesh::sandbox;

namespace {

using Bindings = std::map<std::string, Binding>;

Binding binding(std::string type, std::optional<std::string> text) { return {std::move(type), std::move(text), {}}; }

// The bound text, or code and message.
std::string bound(const std::string& statement, const Bindings& bindings) {
  const auto result = bind_literals(statement, bindings);
  if (const auto* text = std::get_if<std::string>(&result)) return *text;
  const auto& error = std::get<SqlError>(result);
  return error.code + "/" + error.sqlstate + " " + error.message;
}

}  // namespace

// Values as recorded from the service: see sql-api.md section 1, bind types.
TEST_CASE("wire: each bind type becomes a literal") {
  struct Case {
    const char *type, *value, *literal;
  };
  const std::vector<Case> cases = {
      {"FIXED", "42", "42"},
      {"FIXED", "-5", "(-5)"},
      {"FIXED", "12345678.91", "12345678.91"},
      {"REAL", "1.5", "'1.5'::FLOAT"},
      {"REAL", "NaN", "'NaN'::FLOAT"},
      {"REAL", "-Infinity", "'-inf'::FLOAT"},
      {"TEXT", "h\xC3\xA9", "'h\xC3\xA9'"},
      {"TEXT", "it's a \\ in it", "'it''s a \\\\ in it'"},
      {"TEXT", "", "''"},
      {"TEXT", "a ? and :1", "'a ? and :1'"},
      {"BOOLEAN", "true", "TRUE"},
      {"BOOLEAN", "false", "FALSE"},
      {"DATE", "1791504000000", "'2026-10-09'::DATE"},
      {"DATE", "-2208988800000", "'1900-01-01'::DATE"},
      {"DATE", "20735", "'1970-01-01'::DATE"},
      {"DATE", "951782400000", "'2000-02-29'::DATE"},
      {"TIME", "45296123456789", "'12:34:56.123456789'::TIME"},
      {"TIMESTAMP_NTZ", "1791549296123456789", "'2026-10-09 12:34:56.123456789'::TIMESTAMP_NTZ"},
      {"TIMESTAMP_NTZ", "-1", "'1969-12-31 23:59:59.999999999'::TIMESTAMP_NTZ"},
      {"TIMESTAMP_LTZ", "1791549296123456789", "'2026-10-09 12:34:56.123456789 +00:00'::TIMESTAMP_LTZ"},
      {"TIMESTAMP_TZ", "1791524096123456789 1860", "'2026-10-09 12:34:56.123456789 +07:00'::TIMESTAMP_TZ"},
      {"TIMESTAMP_TZ", "1616173619000000000 960", "'2021-03-19 09:06:59.000000000 -08:00'::TIMESTAMP_TZ"},
      {"BINARY", "DEADBEEF", "TO_BINARY('DEADBEEF')"},
      {"text", "x", "'x'"},
  };
  for (const Case& c : cases) {
    INFO(c.type << " " << c.value);
    CHECK(bound("SELECT ?", {{"1", binding(c.type, c.value)}}) == std::string("SELECT ") + c.literal);
  }
  CHECK(bound("SELECT ?", {{"1", binding("TEXT", std::nullopt)}}) == "SELECT NULL");
}

TEST_CASE("wire: placeholders stand where tokens do") {
  const Bindings two = {{"1", binding("FIXED", "7")}, {"2", binding("TEXT", "b")}, {"a", binding("FIXED", "9")}};
  CHECK(bound("INSERT INTO t VALUES (?, ?)", two) == "INSERT INTO t VALUES (7, 'b')");
  CHECK(bound("SELECT :1, :2, :1", two) == "SELECT 7, 'b', 7");
  CHECK(bound("SELECT :a", two) == "SELECT 9");
  CHECK(bound("SELECT '?', \"?\", $$ ? :1 $$ -- ?\n, ? /* :2 */", two) ==
        "SELECT '?', \"?\", $$ ? :1 $$ -- ?\n, 7 /* :2 */");
  CHECK(bound("SELECT v:1, v:a.b, x::INT FROM t", two) == "SELECT v:1, v:a.b, x::INT FROM t");
  CHECK(bound("SELECT 1-?", {{"1", binding("FIXED", "-5")}}) == "SELECT 1-(-5)");
  CHECK(bound("SELECT 'open ?", two) == "SELECT 'open ?");
  SECTION("names belong to a script's variables while nothing is bound") {
    CHECK(bound("SELECT :a", {}) == "SELECT :a");
  }
}

TEST_CASE("wire: bindings that do not work, in the recorded words") {
  CHECK(bound("SELECT ?", {{"1", binding("FIXED", "abc")}}) ==
        "002086/22000 SQL compilation error:\nInvalid bind value (abc) for type (FIXED).");
  CHECK(bound("SELECT ?, ?", {{"1", binding("FIXED", "1")}}) ==
        "002049/42601 SQL compilation error: error line 1 at position 10\nBind variable ? not set.");
  CHECK(bound("SELECT ?", {}) ==
        "002049/42601 SQL compilation error: error line 1 at position 7\nBind variable ? not set.");
  CHECK(bound("SELECT ?", {{"1", binding("VARIANT", "{}")}}) ==
        "002040/42601 SQL compilation error:\nUnsupported data type 'VARIANT'.");
  CHECK(bound("INSERT INTO t VALUES (?, ?)", {{"1", {"FIXED", {}, 2}}, {"2", {"TEXT", {}, 1}}}) ==
        "002099/42601 SQL compilation error: Batch size of 1 for bind variable 2 not the same as previous size of 2.");
  for (const auto& [type, value] :
       std::vector<std::pair<const char*, const char*>>{{"FIXED", ""},
                                                        {"FIXED", "1e5"},
                                                        {"FIXED", "1.2.3"},
                                                        {"FIXED", "1); DROP TABLE t"},
                                                        {"REAL", "inf"},
                                                        {"REAL", "1'"},
                                                        {"BOOLEAN", "yes"},
                                                        {"DATE", "2026-10-09"},
                                                        {"TIME", "86400000000000"},
                                                        {"TIMESTAMP_TZ", "1791549296123456789"},
                                                        {"BINARY", "XY"}}) {
    INFO(type << " " << value);
    CHECK(bound("SELECT ?", {{"1", binding(type, value)}}).substr(0, 6) == "002086");
  }
  SECTION("a surplus one is ignored") {
    CHECK(bound("SELECT ?", {{"1", binding("FIXED", "1")}, {"2", binding("FIXED", "2")}}) == "SELECT 1");
  }
  SECTION("what the sandbox lacks is refused by name") {
    CHECK(bound("SELECT ?", {{"1", binding("DECFLOAT", "1")}}) == "000002/0A000 Unsupported feature 'DECFLOAT'.");
    CHECK(bound("INSERT INTO t VALUES (?)", {{"1", {"FIXED", {}, 2}}}) ==
          "000002/0A000 Unsupported feature 'ARRAY BINDING'.");
  }
}
