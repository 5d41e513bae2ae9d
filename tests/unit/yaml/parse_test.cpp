#include "mesh/yaml/parse.hpp"
#include "checkout.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <functional>
#include <random>

#include "mesh/base/files.hpp"
#include "mesh/base/text.hpp"

using namespace mesh;
using namespace mesh::yaml;

namespace {

struct Parsed {
  Sources sources;
  Diagnostics diagnostics;
  std::optional<Node> node;
  std::string errors() const {
    std::string all;
    for (const auto& diagnostic : diagnostics.sorted(sources)) all += render_text(diagnostic, sources, false);
    return all;
  }
};

Parsed parse(std::string text) {
  Parsed parsed;
  const auto file = parsed.sources.add("a.yaml", std::move(text));
  parsed.node = yaml::parse(parsed.sources.file(file).text, file, parsed.diagnostics);
  return parsed;
}

// "code line:column" of every error.
std::string codes(const Parsed& parsed) {
  std::vector<std::string> all;
  for (const auto& d : parsed.diagnostics.sorted(parsed.sources)) {
    all.push_back(d.code + " " + std::to_string(d.place.line) + ":" + std::to_string(d.place.column));
  }
  return join(all, ", ");
}

// The bytes that a place underlines.
std::string under(const Parsed& parsed, const Place& place) {
  return std::string(
      parsed.sources.line(place).substr(static_cast<size_t>(place.column - 1), static_cast<size_t>(place.length)));
}

}  // namespace

TEST_CASE("a tree keeps text, style and place") {
  const auto parsed = parse(
      "a: 1\n"
      "b: 'x y'   # comment\n"
      "c:\n"
      "  - ~\n"
      "  - &anchor two words\n"
      "  - *anchor\n"
      "d: {\"k\": v, e: }\n");
  REQUIRE(parsed.node);
  CHECK(parsed.errors().empty());
  const Node& root = *parsed.node;
  REQUIRE(root.pairs() == 4);
  CHECK(root.find("a")->is_integer());
  CHECK(root.find("a")->place == Place{0, 1, 4, 1});
  CHECK(root.find("b")->text == "x y");
  CHECK(root.find("b")->style == Style::Quoted);
  CHECK(under(parsed, root.find("b")->place) == "'x y'");
  const Node& list = *root.find("c");
  REQUIRE(list.items.size() == 3);
  CHECK(list.items[0].is_null());
  CHECK(list.items[0].place.line == 4);
  CHECK(list.items[1].text == "two words");
  CHECK(under(parsed, list.items[1].place) == "two words");
  CHECK(list.items[2].text == "two words");
  CHECK(root.find("d")->key(0).style == Style::Quoted);
  CHECK(root.find("d")->find("e")->is_null());
  CHECK(under(parsed, root.find("d")->find("e")->place) == "e");
}

TEST_CASE("only true, false, null and whole numbers are special") {
  const auto parsed = parse("[true, yes, on, 'true', 12, 012, -3, 1.5, 2026-01-01, \"12\", null, NULL, 0x1F]");
  REQUIRE(parsed.node);
  std::string kinds;
  for (const auto& item : parsed.node->items) {
    kinds += item.is_null() ? 'n' : item.is_boolean() ? 'b' : item.is_integer() ? 'i' : 't';
  }
  CHECK(kinds == "btttiiitttnnt");
}

TEST_CASE("an empty file is an empty document") {
  for (const char* text : {"", "# nothing\n", "---\n", "\n\n", "\xEF\xBB\xBF"}) {
    const auto parsed = parse(text);
    REQUIRE(parsed.node);
    CHECK(parsed.node->is_null());
    CHECK(parsed.errors().empty());
  }
}

TEST_CASE("a byte-order mark and CRLF change no place") {
  const auto parsed = parse(
      "\xEF\xBB\xBF"
      "a: b\r\nc: |\r\n  x\r\n  y\r\nd: 'e\r\n\r\n  f'\r\n");
  REQUIRE(parsed.node);
  CHECK(parsed.node->find("a")->place == Place{0, 1, 4, 1});
  CHECK(parsed.node->find("c")->text == "x\ny\n");
  CHECK(under(parsed, parsed.node->find("c")->place_in(2)) == "y");
  CHECK(parsed.node->find("d")->text == "e\nf");
}

TEST_CASE("offsets in a text lead back to the file") {
  const auto parsed = parse(
      "plain: SELECT x\n"
      "quoted: 'SELECT x'\n"
      "escaped: \"SEL\\tECT x\"\n"
      "block: |\n"
      "\n"
      "  SELECT\n"
      "    x\n"
      "list:\n"
      "  - - |2-\n"
      "         SELECT\n"
      "        x\n"
      "  - >\n"
      "    SELECT\n"
      "    x\n");
  REQUIRE(parsed.node);
  const auto place_of_x = [&](const Node& node) {
    const auto place = node.place_in(node.text.rfind('x'));
    return std::to_string(place.line) + ":" + std::to_string(place.column) + " " + under(parsed, place);
  };
  CHECK(place_of_x(*parsed.node->find("plain")) == "1:15 x");
  CHECK(place_of_x(*parsed.node->find("quoted")) == "2:17 x");
  CHECK(place_of_x(*parsed.node->find("escaped")) == "3:10 \"SEL\\tECT x\"");
  CHECK(parsed.node->find("block")->text == "\nSELECT\n  x\n");
  CHECK(place_of_x(*parsed.node->find("block")) == "7:5 x");
  const Node& list = *parsed.node->find("list");
  CHECK(list.items[0].items[0].text == "   SELECT\n  x");
  CHECK(place_of_x(list.items[0].items[0]) == "11:9 x");
  CHECK(place_of_x(list.items[1]) == "13:5 SELECT");
}

TEST_CASE("many places in one text are those found one by one") {
  const auto parsed = parse(
      "block: |\n"
      "  SELECT a, ${x} ${y}\n"
      "\n"
      "    FROM b\n"
      "  WHERE c\n");
  REQUIRE(parsed.node);
  Node node = *parsed.node->find("block");
  node.shifts = {{10, 14, 10, 14}, {15, 18, 15, 19}};
  PlaceCursor cursor(node);
  for (const size_t offset : {0, 3, 9, 11, 16, 22, 20, 30, 35, 2, 34, 999, 0}) {
    INFO(offset);
    CHECK(cursor.at(offset, 3) == node.place_in(offset, 3));
  }
  // After rewinding as well as on the way.
  CHECK(cursor.at(23).line == 4);
  CHECK(cursor.at(5).line == 2);
}

TEST_CASE("mistakes of YAML are found at their place") {
  struct Case {
    const char* text;
    const char* expected;
  };
  const Case cases[] = {
      {"a: 1\nb: 2\na: 3\n", "MESH1004 3:1"},
      {"x: {a: 1, a: 2, a: 3}\n", "MESH1004 1:11, MESH1004 1:17"},
      {"a: 'b\nc: d\n", "MESH1005 1:4"},
      {"a: \"b\nc: d\n", "MESH1005 1:4"},
      {"a: \"b\nc: \"d\"\n", "MESH1003 2:5"},
      {"a: 'it's'\n", "MESH1003 1:8"},
      {"a: &x 'b\n", "MESH1005 1:7"},
      {"a: 1\n...\nb: 2\n", "MESH1007 3:1"},
      {"{a: 1}\nb: 2\n", "MESH1007 2:1"},
      {"a: 1\n---\nb: 2\n", "MESH1007 2:1"},
      {"a: 1\n...\n# the end\n", ""},
      {"%YAML 1.2\n---\na: 1\n", ""},
      {"a: {b: ${c}}\n", "MESH1003 1:8"},
      {"a:\n\tb: 1\n", "MESH1006 2:1"},
      {"a:\n  b: 1\n\tc: 2\n", "MESH1006 3:1"},
      {"a:\tb\n", "MESH1006 1:3"},
      {"a: [1,\n\t2]\n", "MESH1006 2:1"},
      {"a: &x {b: 1}\nc:\n  <<: *x\n", "MESH1008 3:3"},
      {"a: !!str 1\n", "MESH1008 1:4"},
      {"a: *nowhere\n", "MESH1010 1:4"},
      {"a: &x [*x]\n", "MESH1010 1:8"},
      {"{a: 1}: b\n", "MESH1011 1:1"},
      {"a: {{ b }}\n", "MESH1011 1:5"},
      {"~: b\n", "MESH1011 1:1"},
      {"a: [1, 2\nb: 3\n", "MESH1003 2:2"},
      {"a: {b: 1\n", "MESH1003 2:1"},
      {"a: ]\n", "MESH1003 1:4"},
      {"a: b: c\n", "MESH1003 1:5"},
      {"a: 1\n  b: 2\n", "MESH1003 2:4"},
      {"a:\n  b: 1\n c: 2\n", "MESH1003 3:2"},
      {"a: @b\n", "MESH1003 1:4"},
      {"a: \"\\q\"\n", "MESH1003 1:5"},
      {"a: - b\n", "MESH1003 1:4"},
      {"a: b\xFF\n", "MESH1001 1:5"},
      {"ok: 1\na: \xC3\n", "MESH1001 2:4"},
      {"\xFF\xFE"
       "a\0:\0",
       "MESH1001 1:1"},
      {"a: b\x04\nc: d\n", "MESH1002 1:5"},
      {"a: b\rc: d\n", "MESH1002 1:5"},
  };
  for (const auto& each : cases) {
    INFO(each.text);
    const auto parsed = parse(each.text);
    INFO(parsed.errors());
    CHECK(codes(parsed) == each.expected);
  }
}

TEST_CASE("tabs inside texts and comments are allowed") {
  const auto parsed = parse("a: 'x\ty'\nb: |\n  x\n  \ty\nc: d\t# x\ty\n\t\n# a\tb\n");
  CHECK(parsed.errors() == "");
  REQUIRE(parsed.node);
  CHECK(parsed.node->find("b")->text == "x\n\ty\n");
}

TEST_CASE("mistakes are drawn with what else matters") {
  CHECK(parse("a: 1\nb: 2\na: 3\n").errors() ==
        "error[MESH1004]: the key 'a' stands here again\n"
        "  --> a.yaml:3:1\n"
        "  3 | a: 3\n"
        "    | ^ keep one of them\n"
        "  note: it stands here first\n"
        "  --> a.yaml:1:1\n"
        "  1 | a: 1\n"
        "    | ^\n");
  CHECK(parse("a: \"b\nc: \"d\"\n").errors() ==
        "error[MESH1003]: text follows the closing quote\n"
        "  --> a.yaml:2:5\n"
        "  2 | c: \"d\"\n"
        "    |     ^ inside double quotes a quote is written \\\"\n"
        "  note: the quote opens here\n"
        "  --> a.yaml:1:4\n"
        "  1 | a: \"b\n"
        "    |    ^\n");
  CHECK(parse("a: [1, 2\nb: 3\n").errors() ==
        "error[MESH1003]: the list in brackets is not closed\n"
        "  --> a.yaml:2:2\n"
        "  2 | b: 3\n"
        "    |  ^ a ',' or ']' is missing\n"
        "  note: the bracket opens here\n"
        "  --> a.yaml:1:4\n"
        "  1 | a: [1, 2\n"
        "    |    ^\n");
}

TEST_CASE("depth is bounded at 64") {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']') + "\n"; };
  CHECK(parse(nested(64)).errors().empty());
  CHECK(codes(parse(nested(65))) == "MESH1009 1:65");
}

TEST_CASE("aliases cannot blow up") {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const auto last = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) text += (k > 0 ? ", " : "") + last;
    text += "]\n";
  }
  CHECK(codes(parse(text)).rfind("MESH1010", 0) == 0);
  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 70; ++i) {
    deep += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
  }
  CHECK(codes(parse(deep)).rfind("MESH1009", 0) == 0);
}

TEST_CASE("16 MB are read, more are not") {
  std::string text = "a: ";
  text.resize(kMaxFileBytes - 1, 'x');
  CHECK(parse(text + "\n").errors().empty());
  CHECK(codes(parse(text + "xx")) == "MESH1012 1:1");
}

namespace {

// Every byte of a text that leads back to its file must lead to itself.
size_t count_strays(const Parsed& parsed) {
  size_t strays = 0;
  const std::function<void(const Node&)> walk = [&](const Node& node) {
    const bool exact = node.layout == Layout::Line || node.layout == Layout::Block;
    for (size_t i = 0; node.is_scalar() && exact && i < node.text.size(); ++i) {
      if (node.text[i] != '\n' && under(parsed, node.place_in(i)) != node.text.substr(i, 1)) ++strays;
    }
    for (const auto& item : node.items) walk(item);
  };
  walk(*parsed.node);
  return strays;
}

std::vector<std::string> corpus() {
  std::vector<std::string> texts = {
      "a: |\n\n  x\n    y\n\nb:\n- |2-\n     z\n    q\n- >\n  f\n  g\nc: 'it''s\n\n  x'\n? e\n: f\ng: &a [1, {h: i}, "
      "*a]\n",
      "x:\n  - - |\n      t\n    - k: |+\n        u\n\n      l: |-\n          v\n"};
  const std::string examples = (checkout() / "examples").string();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(examples)) {
    if (entry.path().extension() == ".yaml") texts.push_back(*read_file(entry.path()));
  }
  return texts;
}

}  // namespace

TEST_CASE("texts that were damaged are read right or refused with a reason") {
  const unsigned seed = 20261122;
  INFO("seed " << seed);
  std::mt19937 random(seed);
  const auto below = [&](size_t limit) { return static_cast<size_t>(random()) % limit; };
  const std::string symbols = "\n\n  :-|>'\"[]{},#&*!%@`ab$\\\t~?";
  const auto texts = corpus();
  for (size_t i = 0; i < 600; ++i) {
    auto text = texts[i % texts.size()];
    for (size_t k = 0; k < i % 4 && !text.empty(); ++k) {
      const auto at = below(text.size());
      if (below(2) == 0) text.erase(at, 1 + below(3));
      text.insert(at, 1, symbols[below(symbols.size())]);
    }
    INFO(text);
    const auto parsed = parse(text);
    CHECK((parsed.node.has_value() || parsed.diagnostics.has_errors()));
    if (parsed.node) CHECK(count_strays(parsed) == 0);
  }
}
