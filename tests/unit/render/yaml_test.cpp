#include "yaml.hpp"

#include <catch2/catch.hpp>

using namespace mesh;
using namespace mesh::render;

namespace {

bool is_collection(std::string_view key) { return key == "tables" || key == "columns"; }

std::string text_of(ValueRecord record) { return to_yaml(Value(std::move(record)), is_collection).text; }

}  // namespace

TEST_CASE("texts are plain where YAML reads them as text, quoted where it would not") {
  const std::pair<const char*, const char*> cases[] = {
      {"orders", "orders"},
      {"one row per order", "one row per order"},
      {"NUMBER(38,0)", "NUMBER(38,0)"},
      {"on", "on"},
      {"yes", "yes"},
      {"true", "\"true\""},
      {"NULL", "\"NULL\""},
      {"", "\"\""},
      {"12", "\"12\""},
      {"1.5", "\"1.5\""},
      {"- a", "\"- a\""},
      {"a: b", "\"a: b\""},
      {"a #b", "\"a #b\""},
      {"it's", "\"it's\""},
      {"ends in a blank ", "\"ends in a blank \""},
      {" begins with one", "\" begins with one\""},
      {"\"order lines\"", "'\"order lines\"'"},
      {"a \"b\" it's", "'a \"b\" it''s'"},
      {"back\\slash", "'back\\slash'"},
      {"tab\there", "\"tab\\there\""},
      {"bell\a", "\"bell\\x07\""},
      {"@home", "\"@home\""},
      {"*", "\"*\""},
      {"grün", "\"grün\""},
  };
  for (const auto& [value, expected] : cases) {
    CHECK(text_of({{"key", Value(value)}}) == "key: " + std::string(expected) + "\n");
  }
}

TEST_CASE("what a flow would part is quoted in it") {
  CHECK(text_of({{"c", ValueRecord{{"type", "NUMBER(38,0)"}, {"nullable", false}}}}) ==
        "c: {type: \"NUMBER(38,0)\", nullable: false}\n");
  CHECK(text_of({{"k", ValueList{Value("A"), Value("B, C")}}}) == "k: [A, \"B, C\"]\n");
}

TEST_CASE("several lines are a literal block, where it says the same") {
  CHECK(text_of({{"k", "a\n  b\n\nc"}}) == "k: |-\n  a\n    b\n\n  c\n");
  CHECK(text_of({{"k", "a\n"}}) == "k: |\n  a\n");
  CHECK(text_of({{"k", "a\n\n"}}) == "k: |+\n  a\n\n");
  CHECK(text_of({{"k", " a\nb"}}) == "k: \" a\\nb\"\n");
  CHECK(text_of({{"k", "a \nb"}}) == "k: \"a \\nb\"\n");
  CHECK(text_of({{"query", "SELECT 'x: #'"}}) == "query: |-\n  SELECT 'x: #'\n");
}

TEST_CASE("maps of objects are blocks, small maps one line, and each entry has its line") {
  const auto yaml =
      to_yaml(Value(ValueRecord{
                  {"tables", ValueRecord{{"T", ValueRecord{{"comment", "c"},
                                                           {"columns", ValueRecord{{"A", "NUMBER"}}},
                                                           {"grants", ValueRecord{{"R", ValueList{Value("SELECT")}}}}}},
                                         {"U", ValueRecord{}}}}}),
              is_collection);
  CHECK(yaml.text ==
        "tables:\n  T:\n    comment: c\n    columns:\n      A: NUMBER\n    grants: {R: [SELECT]}\n  U: {}\n");
  const std::vector<std::pair<int, std::vector<std::string>>> lines = {{1, {"tables"}},
                                                                       {2, {"tables", "T"}},
                                                                       {3, {"tables", "T", "comment"}},
                                                                       {4, {"tables", "T", "columns"}},
                                                                       {5, {"tables", "T", "columns", "A"}},
                                                                       {6, {"tables", "T", "grants"}},
                                                                       {7, {"tables", "U"}}};
  CHECK(yaml.lines == lines);
}

TEST_CASE("a list of maps stands in rows, or below its dash where a row would be too long") {
  CHECK(text_of({{"grants", ValueList{Value(ValueRecord{{"to", "role R"}, {"on", std::string(80, 'x')}})}}}) ==
        "grants:\n  - {to: role R, on: " + std::string(80, 'x') + "}\n");
  CHECK(text_of({{"grants", ValueList{Value(ValueRecord{{"to", "role R"}, {"on", std::string(120, 'x')}})}}}) ==
        "grants:\n  - to: role R\n    on: " + std::string(120, 'x') + "\n");
}

TEST_CASE("an entry of a list that holds several lines stands below its dash, as does a list in a list") {
  const ValueList list = {ValueRecord{{"title", "a"}, {"text", "one\ntwo"}}, ValueList{"b", "one\ntwo\n"}, "one\ntwo"};
  CHECK(text_of({{"examples", list}}) ==
        "examples:\n"
        "  - title: a\n"
        "    text: |-\n"
        "      one\n"
        "      two\n"
        "  -\n"
        "    - b\n"
        "    - |\n"
        "      one\n"
        "      two\n"
        "  - |-\n"
        "    one\n"
        "    two\n");
}
