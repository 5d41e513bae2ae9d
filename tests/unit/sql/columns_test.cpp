#include "mesh/sql/columns.hpp"

#include <catch2/catch.hpp>

#include "mesh/base/text.hpp"
#include "mesh/sql/search_target.hpp"

using namespace mesh;

namespace {

std::string names(std::string_view text) {
  std::vector<std::string> all;
  for (const auto& mention : sql::mentioned_columns(text)) {
    all.push_back(mention.name.display() + "@" + std::string(text.substr(mention.begin, mention.end - mention.begin)));
  }
  return join(all, " ");
}

}  // namespace

TEST_CASE("columns are told from functions, qualified names, paths and types") {
  CHECK(names("a * \"B c\" + f(x)") == "A@a \"B c\"@\"B c\" X@x");
  CHECK(names("v:name.first || t.col::varchar -- and n\n + 'm'") == "V@v");
  CHECK(names("'unclosed") == "");
}

TEST_CASE("renaming columns touches nothing else") {
  const std::map<Name, Name> renamed = {{Name::exact("A"), Name::exact("B")}, {Name::exact("C"), Name::exact("d d")}};
  CHECK(sql::rename_columns("a > 0 AND 'a' <> a(C) AND v:a = x.a", renamed) ==
        "B > 0 AND 'a' <> a(\"d d\") AND v:a = x.a");
}

TEST_CASE("search methods are read with their targets") {
  const auto read = [](std::string_view text) -> std::string {
    const auto method = sql::parse_search_method(text);
    if (!method) {
      return std::to_string(method.error().offset) + "+" + std::to_string(method.error().length) + " " +
             method.error().message;
    }
    std::vector<std::string> all;
    for (size_t i = 0; i < method->targets.size(); ++i) {
      const auto& span = method->spans[i];
      all.push_back(sql::to_display(method->targets[i]) + " from " +
                    std::string(text.substr(span.offset, span.length)));
    }
    return join(all, "; ");
  };
  CHECK(read("equality( a, \"b c\" )") == "EQUALITY(A) from a; EQUALITY(\"b c\") from \"b c\"");
  CHECK(read("SUBSTRING(*)") == "SUBSTRING(*) from *");
  CHECK(read("EQUALITY(v:user.uuid, v:\"User\":x, v['a b'])") ==
        "EQUALITY(V:user.uuid) from v:user.uuid; EQUALITY(V:User.x) from v:\"User\":x; EQUALITY(V:\"a b\") from v['a "
        "b']");
  CHECK(read("FULL_TEXT(A, analyzer => 'unicode_analyzer')") == "FULL_TEXT(A, ANALYZER => 'UNICODE_ANALYZER') from A");
  CHECK(read("FULL_TEXT(A, ANALYZER => 'DEFAULT_ANALYZER')") == "FULL_TEXT(A) from A");
  CHECK(read("A") == "0+1 'A' is no search method");
  CHECK(read("EQUALITY") == "8+1 the targets of EQUALITY are missing");
  CHECK(read("EQUALITY()") == "9+1 a column, a path or * stands here");
  CHECK(read("EQUALITY(A) , GEO(B)") == "12+1 one method for each entry");
  CHECK(read("EQUALITY(A, ANALYZER => 'X')") == "12+8 only FULL_TEXT has an analyzer");
  CHECK(read("FULL_TEXT(A, ANALYZER => 'MINE')") == "25+6 'MINE' is no analyzer");
  CHECK(read("EQUALITY(A B)") == "11+1 ',' or ')' is missing");
}

TEST_CASE("a described target is the one that was written") {
  const auto written = [](std::string_view text) { return sql::parse_search_method(text)->targets.front(); };
  CHECK(sql::parse_described_target("EQUALITY", "C1") == written("equality(c1)"));
  CHECK(sql::parse_described_target("EQUALITY", "V1:\"key1\"") == written("EQUALITY(V1:key1)"));
  CHECK(sql::parse_described_target("EQUALITY", "V1:\"a\".\"b\"") == written("EQUALITY(V1['a']['b'])"));
  CHECK(sql::parse_described_target("FULL_TEXT DEFAULT_ANALYZER", "PLAY") == written("FULL_TEXT(play)"));
  CHECK(sql::parse_described_target("FULL_TEXT UNICODE_ANALYZER", "LINE") ==
        written("FULL_TEXT(line, ANALYZER => 'UNICODE_ANALYZER')"));
  CHECK_FALSE(sql::parse_described_target("EQUALITY", "V1:") == written("EQUALITY(V1)"));
  CHECK_FALSE(sql::parse_described_target("EQUALITY", "A + 1").has_value());
}
