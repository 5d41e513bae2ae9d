#include "mesh/diag/diagnostic.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <catch2/catch.hpp>

using mesh::Diagnostics;
using mesh::Place;
using mesh::Sources;

namespace {
Place at(int line, int column, int length = 1, uint32_t file = 0) { return Place{file, line, column, length}; }
}  // namespace

TEST_CASE("a diagnostic is drawn with its line and a caret") {
  Sources sources;
  sources.add("domains/sales/roles.yml", "roles:\n  A:\n    comit: Analysts of the sales domain\n");
  Diagnostics diagnostics;
  diagnostics.error("MESH1203", at(3, 5, 5), "unknown property 'comit' for role", "did you mean 'comment'?");
  CHECK(render_text(diagnostics.unsorted().front(), sources, false) ==
        "error[MESH1203]: unknown property 'comit' for role\n"
        "  --> domains/sales/roles.yml:3:5\n"
        "  3 |     comit: Analysts of the sales domain\n"
        "    |     ^^^^^ did you mean 'comment'?\n");
}

TEST_CASE("columns count bytes, carets stand in cells, tabs stay tabs") {
  Sources sources;
  sources.add("a.yml",
              "\tgr\xC3\xBC\xC3\x9F"
              "e: x\r\n");
  Diagnostics diagnostics;
  diagnostics.warning("MESH1001", at(1, 10), "what");
  CHECK(render_text(diagnostics.unsorted().front(), sources, false) ==
        "warning[MESH1001]: what\n"
        "  --> a.yml:1:8\n"
        "  1 | \tgr\xC3\xBC\xC3\x9F"
        "e: x\n"
        "    | \t      ^\n");
}

TEST_CASE("a place past the end of its line is drawn at the end") {
  Sources sources;
  sources.add("a.yml", "ab\n");
  Diagnostics diagnostics;
  diagnostics.error("MESH1001", at(1, 9, 4), "what");
  diagnostics.error("MESH1001", at(7, 1), "beyond");
  CHECK(render_text(diagnostics.unsorted()[0], sources, false) ==
        "error[MESH1001]: what\n  --> a.yml:1:3\n  1 | ab\n    |   ^\n");
  CHECK(render_text(diagnostics.unsorted()[1], sources, false) == "error[MESH1001]: beyond\n  --> a.yml:7:1\n");
}

TEST_CASE("without a place the help stands alone; notes follow with their places") {
  Sources sources;
  sources.add("a.yml", "one\ntwo\n");
  Diagnostics diagnostics;
  auto& error = diagnostics.error("MESH2001", {}, "it cannot be", "do that");
  error.address = "table A.B.C";
  error.notes.push_back({"first declared here", at(2, 1, 3)});
  CHECK(render_text(error, sources, false) ==
        "error[MESH2001]: it cannot be (table A.B.C)\n"
        "  help: do that\n"
        "  note: first declared here\n"
        "  --> a.yml:2:1\n"
        "  2 | two\n"
        "    | ^^^\n");
}

TEST_CASE("colour is added, the text stays") {
  Sources sources;
  sources.add("a.yml", "one\n");
  Diagnostics diagnostics;
  diagnostics.error("MESH1001", at(1, 1, 3), "what");
  const auto colored = render_text(diagnostics.unsorted().front(), sources, true);
  CHECK(colored.find("\x1b[1;31merror[MESH1001]\x1b[0m: what") == 0);
  CHECK(colored.find("\x1b[1;31m^^^\x1b[0m") != std::string::npos);
}

TEST_CASE("diagnostics are sorted by path, line and column, repetitions dropped") {
  Sources sources;
  sources.add("b.yml", "x");
  sources.add("a.yml", "x\ny");
  Diagnostics diagnostics;
  diagnostics.error("MESH1001", {}, "nowhere");
  diagnostics.error("MESH1001", at(1, 1), "in b");
  diagnostics.error("MESH1002", at(2, 1, 1, 1), "in a, line 2");
  diagnostics.warning("MESH1001", at(1, 1, 1, 1), "in a, line 1");
  diagnostics.error("MESH1001", at(1, 1), "in b");
  Diagnostics more;
  more.error("MESH1001", at(2, 1, 1, 1), "in a, line 2, smaller code");
  diagnostics.merge(std::move(more));
  std::vector<std::string> order;
  for (const auto& d : diagnostics.sorted(sources)) order.push_back(d.summary);
  CHECK(order ==
        std::vector<std::string>{"in a, line 1", "in a, line 2, smaller code", "in a, line 2", "in b", "nowhere"});
  CHECK(diagnostics.has_errors());
  Diagnostics warnings;
  warnings.warning("MESH1001", {}, "only that");
  CHECK_FALSE(warnings.has_errors());
  CHECK_FALSE(warnings.empty());
}

TEST_CASE("places are described by path and line") {
  Sources sources;
  sources.add("d/x.yaml", "a\nb");
  CHECK(sources.describe(at(2, 1)) == "d/x.yaml:2");
  CHECK(sources.describe(at(2, 1), true) == "d/x.yaml:2:1");
  CHECK(sources.describe({}) == "");
  CHECK(sources.line(at(2, 1)) == "b");
  CHECK(sources.line(at(3, 1)) == "");
}

TEST_CASE("of mistakes without end the first are kept, and the rest is counted") {
  Sources sources;
  sources.add("a.yml", "a\n");
  Diagnostics flood;
  for (int i = 0; i < 1000; ++i) flood.warning("MESH1001", at(1, i + 1), fmt::format("warning {}", i));
  CHECK_FALSE(flood.has_errors());
  CHECK_FALSE(flood.is_full());
  for (int i = 0; i < 4821; ++i) {
    auto& error = flood.error("MESH1002", at(1, i + 1), fmt::format("error {}", i));
    error.notes.push_back({"a note", at(1, 1)});
  }
  CHECK(flood.has_errors());
  CHECK(flood.is_full());
  const auto sorted = flood.sorted(sources);
  REQUIRE(sorted.size() == 2 * Diagnostics::kMost + 2);
  CHECK(sorted[2 * Diagnostics::kMost].code == "MESH1015");
  CHECK(sorted[2 * Diagnostics::kMost].summary == "… and 4,321 more");
  CHECK(sorted[2 * Diagnostics::kMost].severity == mesh::Severity::Error);
  CHECK(sorted.back().summary == "… and 500 more");
  CHECK(sorted.back().severity == mesh::Severity::Warning);

  SECTION("those of several collections add up, the first ones first") {
    Diagnostics all;
    for (int i = 0; i < 400; ++i) all.error("MESH1003", at(1, 1), fmt::format("first {}", i));
    all.merge(std::move(flood));
    const auto merged = all.sorted(sources);
    CHECK(merged[2 * Diagnostics::kMost].summary == "… and 4,721 more");
    CHECK(std::count_if(merged.begin(), merged.end(), [](const auto& d) { return d.code == "MESH1003"; }) == 400);
  }
}

TEST_CASE("a text that a mistake quotes is cut, between characters") {
  Diagnostics diagnostics;
  std::string text = "x";
  while (text.size() < 100'000) text += "\u00e9";
  diagnostics.error("MESH1001", at(1, 1), text, text);
  for (const auto* kept : {&diagnostics.unsorted()[0].summary, &diagnostics.unsorted()[0].help}) {
    CHECK(kept->size() < 2 * Diagnostics::kLongest + 10);
    CHECK(kept->substr(kept->size() - 5) == "\u00e9\u2026");
  }
}
