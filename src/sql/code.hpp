#pragma once
// Small questions about tokens that several files of this layer ask.

#include <string_view>
#include <vector>

#include "mesh/base/result.hpp"
#include "mesh/base/text.hpp"
#include "mesh/ident/name.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::sql {

inline bool is_symbol(const Token& token, std::string_view text, std::string_view symbol) {
  return token.type == TokenType::Symbol && token.in(text) == symbol;
}
inline bool is_word(const Token& token, std::string_view text, std::string_view upper) {
  return token.type == TokenType::Word && iequals(token.in(text), upper);
}
inline bool is_name(const Token& token) { return token.type == TokenType::Word || token.type == TokenType::QuotedName; }

// The name a Word or QuotedName token stands for, as Snowflake stores it.
inline Name name_of(const Token& token, std::string_view text) {
  const auto written = token.in(text);
  if (token.type != TokenType::QuotedName) return Name::exact(to_upper(written));
  return Name::exact(replace_all(std::string(written.substr(1, written.size() - 2)), "\"\"", "\""));
}

inline std::vector<Token> without_comments(const std::vector<Token>& tokens) {
  std::vector<Token> out;
  out.reserve(tokens.size());
  for (const auto& token : tokens) {
    if (token.type != TokenType::Comment) out.push_back(token);
  }
  return out;
}

// How many tokens there are in front of a closing `;` and the comments behind it.
inline size_t end_without_semicolon(const std::vector<Token>& tokens, std::string_view text) {
  size_t end = tokens.size();
  for (size_t i = end; i > 0; --i) {
    const auto& token = tokens[i - 1];
    if (is_symbol(token, text, ";")) {
      end = i - 1;
    } else if (token.type != TokenType::Comment) {
      break;
    }
  }
  return end;
}

}  // namespace mesh::sql
