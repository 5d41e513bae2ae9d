// Lines and columns of large texts, against a reading of the whole text.
#include "mesh/diag/place.hpp"

#include <ctime>
#include <random>

#include <catch2/catch.hpp>

#include "mesh/base/text.hpp"

using mesh::Place;
using mesh::Sources;
using mesh::TextIndex;

namespace {

std::vector<std::string> lines_of(const std::string& text) { return mesh::split(text, '\n'); }

// Lines of very different lengths; some of them far longer than a block of the index, some with wide characters.
std::string random_text(std::mt19937& random, size_t lines) {
  std::string text;
  for (size_t i = 0; i < lines; ++i) {
    const size_t length = random() % 20 == 0 ? random() % 30'000 : random() % 40;
    while (text.size() % 7 != 0) text += 'a';
    for (size_t k = 0; k < length; ++k) text += random() % 3 == 0 ? "\u00e9" : random() % 5 == 0 ? "\u2026" : "x";
    text += '\n';
  }
  return text;
}

double seconds_for(size_t lines) {
  std::string text;
  for (size_t i = 0; i < lines; ++i) text += "  a: b\n";
  Sources sources;
  sources.add("a.yml", text);
  const auto begin = std::clock();
  size_t bytes = 0;
  for (size_t i = 1; i <= lines; ++i) bytes += sources.line({0, static_cast<int>(i), 1, 1}).size();
  CHECK(bytes == lines * 6);
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

}  // namespace

TEST_CASE("lines and columns are those of the text as a whole") {
  std::mt19937 random(7);
  for (const size_t count : {0, 1, 3, 200}) {
    const std::string text = random_text(random, count) + (count % 2 == 1 ? "the last has no end" : "");
    const auto lines = lines_of(text);
    const TextIndex index(text);
    for (size_t i = 0; i < lines.size(); ++i) {
      const auto line = index.line(text, static_cast<int>(i) + 1);
      REQUIRE(line == lines[i]);
      for (size_t at = 0; at <= lines[i].size(); at += 1 + lines[i].size() / 50)
        REQUIRE(index.cells_before(text, line, at) == mesh::display_width(line.substr(0, at)));
    }
    CHECK(index.line(text, static_cast<int>(lines.size()) + 1).empty());
    CHECK(index.line(text, 1'000'000).empty());
  }
}

TEST_CASE("a byte-order mark and a carriage return are not of the line") {
  Sources sources;
  sources.add("a.yml",
              "\xEF\xBB\xBF"
              "one: \u00e9x\r\ntwo\r\n");
  CHECK(sources.line({0, 1, 1, 1}) == "one: \u00e9x");
  CHECK(sources.line({0, 2, 1, 1}) == "two");
  CHECK(sources.describe({0, 1, 8, 1}, true) == "a.yml:1:7");
  CHECK(sources.column({0, 1, 99, 1}) == 8);
  CHECK(sources.column({0, 9, 3, 1}) == 1);
}

// A square would be sixteen times; the clock is the process's own.
TEST_CASE("looking up every line of a text takes time by its size") {
  const double small = seconds_for(20'000), large = seconds_for(80'000);
  CHECK(large <= 8 * std::max(small, 0.02));
}
