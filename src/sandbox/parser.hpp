#pragma once
// A cursor over the tokens of one statement. What does not fit throws error 001003 with line and position.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinds.hpp"
#include "lexer.hpp"

namespace mesh::sandbox {

// A name of one to three parts in stored spelling. `db..name` has PUBLIC in the middle.
using NameParts = std::vector<std::string>;

// The right side of `KEY = value`.
struct Value {
  enum class Form { Text, Number, Word, Name, List };
  Form form = Form::Word;
  std::string text;  // Text: the string's value; Number: with sign; Word: as typed; Name: folded last part
  NameParts parts;   // Word and Name: the folded parts
  std::vector<std::string> items;  // List: words folded, strings as they are
  const std::string& raw() const { return text; }
};

class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens);

  const Token& peek(size_t ahead = 0) const;
  Token next();
  bool at_end() const { return peek().kind == TokenKind::End; }
  bool at(std::string_view words, size_t ahead = 0) const;  // unquoted words, parted by blanks
  bool accept(std::string_view words);
  void expect(std::string_view words);
  bool at_symbol(std::string_view symbol, size_t ahead = 0) const { return peek(ahead).symbol(symbol); }
  bool accept_symbol(std::string_view symbol);
  void expect_symbol(std::string_view symbol);
  void expect_end();  // nothing but one `;` may follow

  std::string name();
  NameParts qualified();  // also IDENTIFIER('..')
  std::string string();   // a '..' or $$..$$ literal
  int64_t integer();      // with an optional sign
  bool boolean();         // TRUE or FALSE
  Value value();
  std::optional<Kind> kind();  // the longest kind whose words stand here
  std::optional<Kind> kind_plural();
  // The source text of a balanced run of tokens up to a top-level `,` `)` or one of `stops`; not empty.
  std::string expression(const std::vector<std::string_view>& stops = {});
  void skip_parentheses();  // from an opening to its closing one

  size_t mark() const { return at_; }
  void back_to(size_t mark) { at_ = mark; }
  void cut(size_t from, size_t to);  // takes the tokens [from, to) out; the cursor stands at `from` then
  std::string source(size_t from, size_t to) const;  // text of the tokens [from, to)
  std::string rest() const;                          // text from here to the end, without a final `;`
  const std::vector<Token>& tokens() const { return tokens_; }
  std::string_view text() const { return text_; }
  [[noreturn]] void unexpected() const;

 private:
  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
};

// Reads text as a qualified name; nullopt where it is none.
std::optional<NameParts> parse_name(std::string_view text);
// The parts joined by dots, quoted where needed.
std::string dotted(const NameParts& parts);

}  // namespace mesh::sandbox
