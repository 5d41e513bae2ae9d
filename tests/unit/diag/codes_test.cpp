#include "mesh/diag/codes.hpp"
#include "checkout.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "mesh/base/files.hpp"

namespace fs = std::filesystem;

namespace {

// The codes written in a source file, comments and the table itself aside.
std::set<std::string> codes_in(const fs::path& file) {
  const auto text = mesh::read_file(file);
  REQUIRE(text);
  static const std::regex code("\"(MESH[0-9]{4})\"");
  std::set<std::string> found;
  for (auto it = std::sregex_iterator(text->begin(), text->end(), code); it != std::sregex_iterator(); ++it) {
    found.insert((*it)[1]);
  }
  return found;
}

}  // namespace

TEST_CASE("codes are unique, sorted and explained") {
  const auto codes = mesh::all_codes();
  REQUIRE_FALSE(codes.empty());
  for (size_t i = 0; i < codes.size(); ++i) {
    INFO(codes[i].code);
    CHECK(std::regex_match(std::string(codes[i].code), std::regex("MESH(1[0-6]|20|30|40)[0-9]{2}")));
    CHECK_FALSE(codes[i].title.empty());
    CHECK(codes[i].explanation.size() > 40);
    if (i > 0) CHECK(codes[i - 1].code < codes[i].code);
  }
}

TEST_CASE("every code used in the sources has a row") {
  const fs::path src = checkout() / "src";
  for (const auto& entry : fs::recursive_directory_iterator(src)) {
    if (entry.path().extension() != ".cpp" || entry.path().filename() == "codes.cpp") continue;
    for (const auto& code : codes_in(entry.path())) {
      INFO(entry.path().lexically_relative(src).string() << " uses " << code);
      CHECK(mesh::find_code(code) != nullptr);
    }
  }
}

TEST_CASE("codes are found without case") {
  const auto first = mesh::all_codes().front();
  REQUIRE(mesh::find_code("mesh3001") != nullptr);
  CHECK(mesh::find_code(first.code)->title == first.title);
  CHECK(mesh::find_code("MESH0000") == nullptr);
}
