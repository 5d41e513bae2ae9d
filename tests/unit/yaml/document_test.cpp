#include "mesh/yaml/document.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace mesh;

namespace {

Value read_back(const ValueRecord& record) {
  const auto text = yaml::write_document(record);
  INFO(text);
  const auto read = yaml::read_document(text);
  REQUIRE(read.ok());
  return *read;
}

}  // namespace

TEST_CASE("a document is written in blocks, its texts in quotes") {
  CHECK(yaml::write_document(
            {{"title", "Orders"},
             {"description", "one\n\ntwo\n"},
             {"targets", ValueRecord{{"access", ValueList{ValueRecord{{"account", "A"}, {"all", true}}, "B"}}}},
             {"none", Value()},
             {"days", 6},
             {"on", ValueList{}},
             {"NORTH AMERICA", ValueRecord{}}}) ==
        "title: \"Orders\"\n"
        "description: |\n"
        "  one\n"
        "\n"
        "  two\n"
        "targets:\n"
        "  access:\n"
        "    - account: \"A\"\n"
        "      all: true\n"
        "    - \"B\"\n"
        "none: null\n"
        "days: 6\n"
        "\"on\": []\n"
        "\"NORTH AMERICA\": {}\n");
}

TEST_CASE("what is written reads back as the same") {
  const char* texts[] = {"",
                         " a",
                         "a ",
                         "a\n",
                         "a\n\n",
                         "\na",
                         "a \nb",
                         "a\n b",
                         "a\tb\nc",
                         "it's",
                         "\"$$\"",
                         "\\",
                         "a: b",
                         "- a",
                         "# a\n# b",
                         "true",
                         "12",
                         "null",
                         "a\r\nb",
                         "\x1b[2J",
                         "\xC2\x85",
                         "a\xE2\x80\xA8"
                         "b",
                         "\xEF\xBB\xBF",
                         "| \n x",
                         "a\n---\nb",
                         "a\n...\nb",
                         "é\nü"};
  for (const char* text : texts) {
    const ValueRecord record = {{"text", text}, {"list", ValueList{text, ValueRecord{{"in", text}}}}, {"k", 1}};
    CHECK(read_back(record) == Value(record));
  }
  std::mt19937 random(20260101);
  const char* pieces[] = {"a", " ", "\n", "\t", "'", "\"", "\\", ":", "#", "-", "$$", "{", "\xC2\x85", "|"};
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (size_t n = random() % 8; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const ValueRecord record = {{"text", text}, {"list", ValueList{text}}};
    INFO(yaml::write_document(record));
    CHECK(read_back(record) == Value(record));
  }
}

TEST_CASE("a document is read by its meaning") {
  const auto read = yaml::read_document("a: 'x'\nb: [1, true, yes, 1.5, ~]\nc: {d: \"12\"}\n");
  REQUIRE(read.ok());
  CHECK(*read == Value(ValueRecord{
                     {"a", "x"}, {"b", ValueList{1, true, "yes", "1.5", Value()}}, {"c", ValueRecord{{"d", "12"}}}}));
  CHECK_FALSE(yaml::read_document("- a\n").ok());
  CHECK_FALSE(yaml::read_document("a: [\n").ok());
  CHECK_FALSE(yaml::read_document("").ok());
  CHECK_FALSE(yaml::read_document("a: 1\na: 2\n").ok());
}
