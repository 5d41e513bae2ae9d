// Laws over random texts made of the pieces SQL is made of.

#include <catch2/catch.hpp>
#include <random>

#include "mesh/sql/account_names.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/references.hpp"
#include "mesh/sql/token.hpp"
#include "mesh/sql/writer.hpp"

using namespace mesh;
using namespace mesh::sql;

namespace {

std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "SELECT", "from",    "WITH",     "a",    "AS",        "(",       ")",    ",",        ".",     "..",    "\"q\"",
      "\"Q\"",  "'s'",     "'",        "\"",   "--",        "\n",      "/*",   "*/",       "$$",    ";",     "::",
      ":",      "[",       "]",        "{",    "}",         "1",       "1.5",  "@",        "/",     "//",    "cast",
      "x",      "t1",      "D",        "S",    "*",         "UNION",   "join", "IN",       "USING", "MERGE", "into",
      "values", "LATERAL", "TABLE",    "DATE", "number(3)", "NEXTVAL", "\\",   "\xC3\xBC", "\xFF",  "-",     "=",
      "create", "view",    "distinct", "IS",   "update",    "set",     "role", "recursive"};
  std::string text;
  for (size_t i = 0, n = random() % 24; i < n; ++i) {
    text += pieces[random() % pieces.size()];
    if (random() % 3 != 0) text += ' ';
  }
  return text;
}

// Names that stand bare; others gain quotes, which is another text where Snowflake would refuse it anyway.
std::optional<Name> same_name(KindId, const Name& name) {
  if (name.display() != name.stored()) return std::nullopt;
  return name;
}

}  // namespace

// A fragment that was let in is one thing in the statement: read back from between its neighbours it is what was
// written, token by token, and nothing of the neighbours became part of it.
TEST_CASE("parse(print(fragment)) = fragment") {
  std::mt19937 random(15);
  const auto words = [](std::string_view text) {
    std::vector<std::string> found;
    const auto tokens = tokenize(text);
    REQUIRE(tokens);
    for (const auto& token : *tokens) {
      if (token.type != TokenType::Comment) found.emplace_back(token.in(text));
    }
    return found;
  };
  int let_in = 0;
  for (int round = 0; round < 40'000; ++round) {
    const auto text = random_text(random);
    const auto kind = random() % 2 == 0 ? FragmentKind::Expression : FragmentKind::ClusterKey;
    if (!check_fragment(text, kind).empty()) continue;
    ++let_in;
    INFO("text: " << text);
    Writer w;
    const auto printed = w.kw("DEFAULT").open().fragment(SqlText{text, {}}).close().kw("NOT NULL").take();
    INFO("printed: " << printed);
    auto expected = words(text);
    expected.insert(expected.begin(), {"DEFAULT", "("});
    expected.insert(expected.end(), {")", "NOT", "NULL"});
    REQUIRE(words(printed) == expected);
  }
  CHECK(let_in > 1000);
}

TEST_CASE("random texts: nothing crashes, and the laws hold") {
  std::mt19937 random(20261122);
  for (int round = 0; round < 5000; ++round) {
    const auto text = random_text(random);
    INFO("text: " << text);
    const auto form = normal_form(text);
    // Idempotent, blind to what it normalises, and the same for the same text.
    REQUIRE(normal_form(form) == form);
    REQUIRE(same_sql(text, form));
    REQUIRE(same_sql(text, text));
    REQUIRE(same_cluster_key(text, text));
    REQUIRE(same_default(text, text));
    for (const auto& reference : find_references(text)) {
      REQUIRE(reference.begin < reference.end);
      REQUIRE(reference.end <= text.size());
      REQUIRE(reference.name.depth() >= 1);
      REQUIRE(reference.name.depth() <= 3);
    }
    const auto renamed = rename_account_names(text, same_name);
    REQUIRE(normal_form(renamed) == normal_form(text));
    REQUIRE(rename_account_names(text, [](KindId, const Name&) { return std::nullopt; }) == text);
    if (const auto tokens = tokenize(text)) {
      size_t behind = 0;
      for (const auto& token : *tokens) {
        REQUIRE(token.begin >= behind);
        REQUIRE(token.end > token.begin);
        behind = token.end;
      }
      REQUIRE(behind <= text.size());
    }
    for (const auto kind : {FragmentKind::Expression, FragmentKind::Query, FragmentKind::ClusterKey}) {
      for (const auto& problem : check_fragment(text, kind)) REQUIRE(problem.offset <= text.size());
    }
    static_cast<void>(split_list(text));
    static_cast<void>(query_of_create(text));
  }
}
