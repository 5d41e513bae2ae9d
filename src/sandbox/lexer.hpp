#pragma once
// Snowflake SQL as tokens (identifiers-and-literals.md sections 1 and 2).

#include <string>
#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"

namespace mesh::sandbox {

enum class TokenKind { Word, QuotedWord, String, Number, Symbol, Bind, Variable, End };

struct Token {
  TokenKind kind = TokenKind::End;
  std::string text;  // Word: as typed; QuotedWord: unescaped name; String: the value ('..' unescaped, $$..$$ verbatim);
                     // Symbol: its characters
  size_t begin = 0;  // byte offsets in the statement, so that source text can be echoed
  size_t end = 0;
  int line = 1;      // counted from 1
  int position = 0;  // counted from 0 within the line, as Snowflake's syntax errors say

  bool is_name() const { return kind == TokenKind::Word || kind == TokenKind::QuotedWord; }
  bool is(std::string_view upper_word) const;  // an unquoted word, compared without case
  bool symbol(std::string_view s) const { return kind == TokenKind::Symbol && text == s; }
  std::string folded() const;  // stored spelling: upper-cased unless quoted
};

// The tokens with a closing End. Comments (--, //, /* */) and white space are left out. Symbols are maximal: :: <= >=
// <> != || => -> ->> := **. Bind is `?`, `:1`, `:name`; Variable is `$1`, `$name`; their text is as typed, prefix
// included. Fails on an unterminated string, quoted name or block comment; the message is the second line of
// Snowflake's error 001003.
Result<std::vector<Token>> lex(std::string_view sql);

// The statements of a request; comments stay with theirs, empty ones are left out.
std::vector<std::string> split_at_semicolons(std::string_view sql);

}  // namespace mesh::sandbox
