#include "lexer.hpp"

#include <array>

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::sandbox {
namespace {

bool word_start(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool word_part(char c) { return word_start(c) || digit(c) || c == '$'; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

// Longest first, so that the first match is the maximal one.
constexpr std::array<std::string_view, 11> kLongSymbols = {
    "->>", "::", "<=", ">=", "<>", "!=", "||", "=>", "->", ":=", "**"};

int hex_value(char c) {
  if (digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, unsigned code) {
  const auto put = [&out](unsigned byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
  put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
}

// Reads `count` digits of `base` at `at`; -1 where there are fewer.
int read_digits(std::string_view text, size_t at, size_t count, int base) {
  int value = 0;
  for (size_t i = at; i < at + count; ++i) {
    const int d = i < text.size() ? hex_value(text[i]) : -1;
    if (d < 0 || d >= base) return -1;
    value = value * base + d;
  }
  return value;
}

// One backslash escape of a '..' literal (data-types-text); `at` stands on the character after the backslash.
size_t append_escape(std::string& out, std::string_view text, size_t at) {
  constexpr std::string_view kFrom = "bfnrt";
  constexpr std::string_view kTo = "\b\f\n\r\t";
  const char c = text[at];
  if (const size_t i = kFrom.find(c); i != std::string_view::npos) return out += kTo[i], at + 1;
  if (const int octal = read_digits(text, at, 3, 8); octal >= 0 && octal < 256) {
    append_utf8(out, static_cast<unsigned>(octal));
    return at + 3;
  }
  if (c == '0') return out += '\0', at + 1;
  const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 0;
  if (const int code = digits > 0 ? read_digits(text, at + 1, digits, 16) : -1; code >= 0) {
    append_utf8(out, static_cast<unsigned>(code));
    return at + 1 + digits;
  }
  out += c;
  return at + 1;
}

class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  // Fills `tokens` up to the end or to what cannot be read.
  Status run(std::vector<Token>& tokens) {
    while (true) {
      if (Status skipped = skip(); !skipped) return skipped;
      Token token = start();
      if (at_ == sql_.size()) return tokens.push_back(std::move(token)), Done{};
      if (Status read = read_token(token, tokens); !read) return read;
      token.end = at_;
      tokens.push_back(std::move(token));
    }
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }
  bool looking_at(std::string_view text) const { return sql_.substr(at_, text.size()) == text; }

  // Lines and positions are counted on the way; a position is one code point.
  Token start() {
    for (; counted_ < at_; ++counted_) {
      if (sql_[counted_] == '\n') {
        ++line_, position_ = 0;
      } else if ((static_cast<unsigned char>(sql_[counted_]) & 0xC0) != 0x80) {
        ++position_;
      }
    }
    return {TokenKind::End, "", at_, at_, line_, position_};
  }

  // The parser of Snowflake gives up at the end of the text, so that is the place its message names.
  Failure<Error> open_ended() {
    at_ = sql_.size();
    const Token end = start();
    return fail(fmt::format("parse error line {} at position {} near '<EOF>'.", end.line, end.position));
  }

  Status skip() {
    while (at_ < sql_.size()) {
      if (blank(peek())) {
        ++at_;
      } else if (looking_at("--") || looking_at("//")) {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (looking_at("/*")) {
        const size_t end = sql_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return open_ended();
        at_ = end + 2;
      } else {
        break;
      }
    }
    return Done{};
  }

  Status read_token(Token& token, const std::vector<Token>& before) {
    const char c = peek();
    if (word_start(c)) return word(token), Done{};
    if (digit(c) || (c == '.' && digit(peek(1)) && !touches_name(before))) return number(token), Done{};
    if (c == '"') return quoted(token, TokenKind::QuotedWord);
    if (c == '\'') return quoted(token, TokenKind::String);
    if (looking_at("$$")) return dollar_string(token);
    if (c == '$' && word_part(peek(1))) return prefixed(token, TokenKind::Variable), Done{};
    if (c == '?') return ++at_, token.kind = TokenKind::Bind, token.text = "?", Done{};
    // `:1` and `:name` are binds, but `v:name` right behind a value is a path into semi-structured data.
    if (c == ':' && word_part(peek(1)) && !touches_value(before)) return prefixed(token, TokenKind::Bind), Done{};
    return symbol(token), Done{};
  }

  bool touches_name(const std::vector<Token>& before) const {
    return !before.empty() && before.back().end == at_ && before.back().is_name();
  }
  bool touches_value(const std::vector<Token>& before) const {
    if (before.empty() || before.back().end != at_) return false;
    const Token& last = before.back();
    return last.is_name() || last.kind == TokenKind::Variable || last.symbol(")") || last.symbol("]");
  }

  void word(Token& token) {
    token.kind = TokenKind::Word;
    while (word_part(peek())) token.text += sql_[at_++];
  }

  void prefixed(Token& token, TokenKind kind) {
    token.kind = kind;
    token.text += sql_[at_++];
    while (word_part(peek())) token.text += sql_[at_++];
  }

  void number(Token& token) {
    token.kind = TokenKind::Number;
    const size_t begin = at_;
    while (digit(peek())) ++at_;
    if (peek() == '.' && peek(1) != '.') {
      ++at_;
      while (digit(peek())) ++at_;
    }
    const size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
    if ((peek() == 'e' || peek() == 'E') && digit(peek(1 + sign))) {
      at_ += 2 + sign;
      while (digit(peek())) ++at_;
    }
    token.text = std::string(sql_.substr(begin, at_ - begin));
  }

  // '..' and "..": a doubled quote stands for one; only strings know backslashes.
  Status quoted(Token& token, TokenKind kind) {
    token.kind = kind;
    const char quote = sql_[at_++];
    while (at_ < sql_.size()) {
      const char c = sql_[at_];
      if (c == quote && peek(1) != quote) return ++at_, Done{};
      if (c == quote) {
        token.text += quote, at_ += 2;
      } else if (c == '\\' && kind == TokenKind::String && at_ + 1 < sql_.size()) {
        at_ = append_escape(token.text, sql_, at_ + 1);
      } else {
        token.text += c, ++at_;
      }
    }
    return open_ended();
  }

  Status dollar_string(Token& token) {
    token.kind = TokenKind::String;
    const size_t end = sql_.find("$$", at_ + 2);
    if (end == std::string_view::npos) return open_ended();
    token.text = std::string(sql_.substr(at_ + 2, end - at_ - 2));
    at_ = end + 2;
    return Done{};
  }

  void symbol(Token& token) {
    token.kind = TokenKind::Symbol;
    for (const std::string_view candidate : kLongSymbols) {
      if (looking_at(candidate)) return token.text = std::string(candidate), void(at_ += candidate.size());
    }
    token.text += sql_[at_++];
    while (at_ < sql_.size() && (static_cast<unsigned char>(sql_[at_]) & 0xC0) == 0x80) token.text += sql_[at_++];
  }

  std::string_view sql_;
  size_t at_ = 0;
  size_t counted_ = 0;
  int line_ = 1;
  int position_ = 0;
};

}  // namespace

bool Token::is(std::string_view upper_word) const { return kind == TokenKind::Word && iequals(text, upper_word); }

std::string Token::folded() const { return kind == TokenKind::Word ? to_upper(text) : text; }

Result<std::vector<Token>> lex(std::string_view sql) {
  std::vector<Token> tokens;
  if (Status read = Scanner(sql).run(tokens); !read) return read.failure();
  return tokens;
}

std::vector<std::string> split_at_semicolons(std::string_view sql) {
  std::vector<Token> tokens;
  // Where the text cannot be read to its end, the rest is one statement, whose execution reports the mistake.
  const bool whole = Scanner(sql).run(tokens).ok();
  std::vector<std::string> statements;
  size_t begin = 0;
  bool empty = true;
  const auto close = [&](size_t end) {
    if (!empty) statements.emplace_back(trim(sql.substr(begin, end - begin)));
    begin = end + 1;
    empty = true;
  };
  for (const Token& token : tokens) {
    if (token.symbol(";")) {
      close(token.begin);
    } else if (token.kind != TokenKind::End) {
      empty = false;
    }
  }
  if (!whole) empty = false;
  if (begin <= sql.size()) close(sql.size());
  return statements;
}

}  // namespace mesh::sandbox
