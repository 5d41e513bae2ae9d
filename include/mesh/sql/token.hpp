#pragma once
// SQL text as tokens, with their offsets, so that a body can be compared, searched for names and renamed in place.

#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sql {

enum class TokenType : uint8_t { Word, QuotedName, String, Number, Symbol, Comment };

struct Token {
  TokenType type = TokenType::Symbol;
  size_t begin = 0, end = 0;  // byte offsets in the text, quotes included
  std::string_view in(std::string_view text) const { return text.substr(begin, end - begin); }
};

struct LexError {
  size_t offset = 0;  // where the unclosed string, name or comment begins
  std::string message;
};

// All tokens, comments (--, //, /* */) included, white space left out. Strings: '..' with '' and \' inside, $$..$$.
Result<std::vector<Token>, LexError> tokenize(std::string_view text);

// What a String token says: quotes taken off, '' and backslash escapes resolved; $$..$$ as it stands.
std::string string_value(std::string_view token);

// What places of a manifest allow.
enum class FragmentKind {
  Expression,
  Query,
  ClusterKey,
  Statement,  // one statement, or a block from BEGIN or DECLARE to END
  Copy,       // COPY INTO a table
  Rows,       // one statement that gives rows: SELECT, SHOW or CALL
  Body,       // of a policy: an expression that may hold queries
};

struct FragmentProblem {
  size_t offset = 0, length = 1;
  std::string message, help;
};
// Nothing, or why the text cannot stand at such a place: unclosed, unbalanced brackets, a `;` with something behind it,
// empty, a query that begins with neither SELECT, WITH, VALUES nor a bracket, an expression that holds a top-level
// comma, a query, or what would be a clause of its own where it stands; CASE without END.
std::vector<FragmentProblem> check_fragment(std::string_view text, FragmentKind kind);

}  // namespace mesh::sql
