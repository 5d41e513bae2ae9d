#include "lexer.hpp"

#include <catch2/catch.hpp>

using namespace mesh;
using namespace mesh::sandbox;

namespace {
std::vector<std::string> texts(std::string_view sql) {
  const std::vector<Token> tokens = *lex(sql);
  std::vector<std::string> out;
  for (const Token& token : tokens) out.push_back(token.text);
  out.pop_back();
  return out;
}
std::string string_value(std::string_view sql) { return lex(sql).value().front().text; }
using List = std::vector<std::string>;
}  // namespace

TEST_CASE("words fold to upper case, quoted names keep theirs") {
  const auto tokens = *lex(R"(select "a""b" Abc_$1)");
  REQUIRE(tokens.size() == 4);
  CHECK(tokens[0].is("SELECT"));
  CHECK(tokens[1].kind == TokenKind::QuotedWord);
  CHECK(tokens[1].folded() == "a\"b");
  CHECK_FALSE(tokens[1].is("a\"b"));
  CHECK(tokens[2].folded() == "ABC_$1");
  CHECK(tokens[3].kind == TokenKind::End);
}

TEST_CASE("a string's escapes are resolved as data-types-text says") {
  CHECK(string_value("'it''s'") == "it's");
  CHECK(string_value(R"('a\'b\\c\n\t\z')") == "a'b\\c\n\tz");
  CHECK(string_value(R"('\x41\u00e9\101')") ==
        "A\xC3\xA9"
        "A");
  CHECK(string_value(std::string_view(R"('a\0')")) == std::string("a\0", 2));
  CHECK(string_value("$$it's \\n $ \"x\"$$") == "it's \\n $ \"x\"");
  CHECK(string_value("''").empty());
}

TEST_CASE("symbols are maximal") {
  CHECK(texts("a::b<=c>=d<>e!=f||g=>h->>i") ==
        List{"a", "::", "b", "<=", "c", ">=", "d", "<>", "e", "!=", "f", "||", "g", "=>", "h", "->>", "i"});
  CHECK(texts("db..t") == List{"db", ".", ".", "t"});
  CHECK(texts("1.5e-3 .5 7 1e") == List{"1.5e-3", ".5", "7", "1", "e"});
}

TEST_CASE("comments are left out") {
  CHECK(texts("a -- x 'y\n b // z\n /* ; ' */ c") == List{"a", "b", "c"});
  CHECK(texts("'--' \"/*\"") == List{"--", "/*"});
}

TEST_CASE("binds, variables and paths are told apart") {
  const auto tokens = *lex("? :1 :name $1 $v v:name");
  CHECK(tokens[0].kind == TokenKind::Bind);
  CHECK((tokens[1].kind == TokenKind::Bind && tokens[1].text == ":1"));
  CHECK(tokens[2].kind == TokenKind::Bind);
  CHECK((tokens[3].kind == TokenKind::Variable && tokens[3].text == "$1"));
  CHECK(tokens[4].kind == TokenKind::Variable);
  CHECK(tokens[6].symbol(":"));
}

TEST_CASE("line counts from one, position from zero, in code points") {
  const auto tokens = *lex("a\n  '\xC3\xA9' b");
  CHECK(tokens[1].line == 2);
  CHECK(tokens[1].position == 2);
  CHECK(tokens[2].position == 6);
  CHECK(tokens[2].begin == 9);
  CHECK(tokens[2].end == 10);
}

TEST_CASE("what is not closed is refused") {
  for (const char* sql : {"select 'a", "select \"a", "select /* a", "select $$ a"}) {
    INFO(sql);
    CHECK_FALSE(lex(sql));
  }
}

TEST_CASE("a request is split at top-level semicolons") {
  CHECK(split_at_semicolons("a; b -- c ; d\n; 'x;y' ;; /* only ; this */ ; $$;$$") ==
        List{"a", "b -- c ; d", "'x;y'", "$$;$$"});
  CHECK(split_at_semicolons(" ; -- nothing").empty());
  CHECK(split_at_semicolons("a; 'open ; b") == List{"a", "'open ; b"});
  CHECK(split_at_semicolons("a;") == List{"a"});
}
