#include "mesh/sql/token.hpp"

#include <algorithm>
#include <array>

#include "mesh/base/text.hpp"

namespace mesh::sql {
namespace {

// Longest first. ->> is the flow operator, := stands in Snowflake Scripting.
constexpr std::array<std::string_view, 11> kOperators = {
    "->>", "::", "<=", ">=", "<>", "!=", "||", "=>", "->", ":=", "**"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) {
  // Bytes of other letters are taken into words: Snowflake refuses them itself, with a better message than ours.
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '$' || (c & 0x80) != 0;
}
bool in_word(char c) { return begins_word(c) || is_digit(c); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>, LexError> run() {
    std::vector<Token> tokens;
    while (skip_blanks()) {
      const auto begin = at_;
      const auto type = read_one();
      if (at_ == std::string_view::npos) return Failure{LexError{begin, problem_}};
      tokens.push_back({type, begin, at_});
    }
    return tokens;
  }

 private:
  bool skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    return at_ < text_.size();
  }
  bool here(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  // Goes behind `closing`, searched from `from` on; remembers the problem where it does not come.
  void go_behind(std::string_view closing, size_t from, const char* problem) {
    const auto found = text_.find(closing, from);
    at_ = found == std::string_view::npos ? found : found + closing.size();
    problem_ = problem;
  }

  TokenType read_one() {
    if (here("--") || here("//")) {
      at_ = std::min(text_.find('\n', at_), text_.size());
      return TokenType::Comment;
    }
    if (here("/*")) {
      go_behind("*/", at_ + 2, "the comment /* is not closed by */");
      return TokenType::Comment;
    }
    if (here("$$")) {
      go_behind("$$", at_ + 2, "the text $$ is not closed by $$");
      return TokenType::String;
    }
    const char c = peek();
    if (c == '\'') return string();
    if (c == '"') return quoted_name();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
    if (begins_word(c)) return word();
    return symbol();
  }

  TokenType string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '\'') {
        if (peek(1) != '\'') {
          ++at_;
          return TokenType::String;
        }
        ++at_;
      }
    }
    return unclosed("the string is not closed by '");
  }

  TokenType quoted_name() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') continue;
      if (peek(1) != '"') {
        ++at_;
        return TokenType::QuotedName;
      }
      ++at_;
    }
    return unclosed("the quoted name is not closed by \"");
  }

  TokenType unclosed(const char* problem) {
    at_ = std::string_view::npos;
    problem_ = problem;
    return TokenType::String;
  }

  TokenType number() {
    while (is_digit(peek())) ++at_;
    // "1..2" and "1.a" are no numbers with a fraction; "1." is one.
    if (peek() == '.' && peek(1) != '.' && !begins_word(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    const bool is_signed = peek(1) == '+' || peek(1) == '-';
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(is_signed ? 2 : 1))) {
      at_ += is_signed ? 2 : 1;
      while (is_digit(peek())) ++at_;
    }
    return TokenType::Number;
  }

  TokenType word() {
    // $$ begins a text also right behind a word: AS$$body$$.
    while (at_ < text_.size() && in_word(text_[at_]) && !here("$$")) ++at_;
    return TokenType::Word;
  }

  TokenType symbol() {
    for (const auto op : kOperators) {
      if (!here(op)) continue;
      at_ += op.size();
      return TokenType::Symbol;
    }
    ++at_;
    return TokenType::Symbol;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string problem_;
};

// ---- what a place of a manifest allows

constexpr std::string_view kOpening = "([{", kClosing = ")]}";

class FragmentCheck {
 public:
  FragmentCheck(std::string_view text, FragmentKind kind, const std::vector<Token>& tokens) : text_(text), kind_(kind) {
    for (const auto& token : tokens) {
      if (token.type != TokenType::Comment) tokens_.push_back(token);
    }
  }

  std::vector<FragmentProblem> run() {
    while (!is_expression() && !tokens_.empty() && tokens_.back().in(text_) == ";") tokens_.pop_back();
    if (tokens_.empty()) {
      add({0, std::max<size_t>(1, text_.size())}, "there is no SQL here", "");
      return problems_;
    }
    check_brackets();
    if (kind_ == FragmentKind::Statement && is_block()) return problems_;
    check_single();
    switch (kind_) {
      case FragmentKind::Query:
        check_query_head();
        break;
      case FragmentKind::Copy:
        check_copy_head();
        break;
      case FragmentKind::Rows:
        check_rows_head();
        break;
      case FragmentKind::Statement:
        break;
      case FragmentKind::Body:
        check_no_arrow();
        check_cases();
        break;
      case FragmentKind::Expression:
      case FragmentKind::ClusterKey:
        check_no_query();
        check_no_clause();
        check_cases();
    }
    return problems_;
  }

 private:
  struct Span {
    size_t offset, length;
  };
  static Span span(const Token& token) { return {token.begin, token.end - token.begin}; }
  void add(Span where, std::string message, std::string help) {
    problems_.push_back({where.offset, where.length, std::move(message), std::move(help)});
  }

  void check_brackets() {
    std::vector<Token> open;
    for (const auto& token : tokens_) {
      const auto symbol = token.in(text_);
      if (token.type != TokenType::Symbol || symbol.size() != 1) continue;
      if (kOpening.find(symbol) != std::string_view::npos) open.push_back(token);
      if (symbol == "," && open.empty()) check_comma(token);
      const auto closing = kClosing.find(symbol);
      if (closing == std::string_view::npos) continue;
      if (open.empty() || kOpening.find(open.back().in(text_)) != closing) {
        add(span(token), "'" + std::string(symbol) + "' closes no bracket that is open", "");
        return;
      }
      open.pop_back();
    }
    if (!open.empty())
      add(span(open.back()), "the bracket '" + std::string(open.back().in(text_)) + "' is never closed", "");
  }

  void check_comma(const Token& token) {
    if (!is_expression()) return;
    add(span(token), "a comma stands outside brackets, but one expression is expected here",
        kind_ == FragmentKind::ClusterKey ? "write each key as an entry of the list" : "");
  }

  void check_single() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (tokens_[i].in(text_) != ";") continue;
      const bool last = i + 1 == tokens_.size();
      add(span(tokens_[i]),
          last ? "an expression does not end with ';'" : "one statement only: something follows the ';'",
          last ? "leave the ';' out" : "");
      return;
    }
  }

  // Neither a default nor a clustering key holds a query ("Invalid column default expression": table entry;
  // a clustering key is an expression of columns: create-table).
  void check_no_query() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const auto word = tokens_[i].in(text_);
      const bool begins = i == 0 || tokens_[i - 1].in(text_) == "(";
      if (!begins || tokens_[i].type != TokenType::Word || !(iequals(word, "SELECT") || iequals(word, "WITH")))
        continue;
      add(span(tokens_[i]), "a query cannot stand in an expression here", "");
      return;
    }
  }

  // What follows a default in a column's definition (create-table), or a task's condition (create-task), would be a
  // clause of its own there.
  void check_no_clause() {
    static constexpr std::string_view kClauses[] = {
        "COMMENT", "COLLATE", "UNIQUE",     "PRIMARY", "FOREIGN", "REFERENCES", "CONSTRAINT",    "IDENTITY",
        "DEFAULT", "MASKING", "PROJECTION", "TAG",     "WITH",    "NOT NULL",   "AUTOINCREMENT", "AS"};
    int depth = 0;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const auto text = tokens_[i].in(text_);
      if (text == "(") ++depth;
      if (text == ")") --depth;
      if (i == 0 || depth > 0 || tokens_[i].type != TokenType::Word) continue;
      const bool negates = iequals(text, "NOT") && i + 1 < tokens_.size() &&
                           iequals(tokens_[i + 1].in(text_), "NULL") && !iequals(tokens_[i - 1].in(text_), "IS");
      const std::string_view word = negates ? "NOT NULL" : text;
      const bool is_part = tokens_[i - 1].in(text_) == "." || tokens_[i - 1].in(text_) == ":";
      if (is_part || std::none_of(std::begin(kClauses), std::end(kClauses), [&](auto c) { return iequals(c, word); }))
        continue;
      add(span(tokens_[i]), "'" + std::string(word) + "' is no part of an expression",
          "it has a key of its own, or none");
      return;
    }
  }

  // Each CASE has its END; a path (V:case, T.END) is neither.
  void check_cases() {
    std::vector<Token> open;
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const auto before = i == 0 ? std::string_view() : tokens_[i - 1].in(text_);
      if (before == "." || before == ":") continue;
      if (is_word(i, "CASE")) open.push_back(tokens_[i]);
      if (is_word(i, "END") && !open.empty()) open.pop_back();
    }
    if (!open.empty()) add(span(open.back()), "this CASE has no END", "");
  }

  void check_no_arrow() {
    if (tokens_.size() < 2 || tokens_[0].in(text_) != "-" || tokens_[1].in(text_) != ">") {
      if (tokens_[0].in(text_) != "->") return;
    }
    add(span(tokens_.front()), "a body does not begin with '->'", "write only what stands behind it");
  }

  bool is_expression() const {
    return kind_ == FragmentKind::Expression || kind_ == FragmentKind::ClusterKey || kind_ == FragmentKind::Body;
  }

  bool is_word(size_t at, std::string_view word) const {
    return at < tokens_.size() && tokens_[at].type == TokenType::Word && iequals(tokens_[at].in(text_), word);
  }

  // A block of Snowflake Scripting holds several statements and is one itself; BEGIN; and BEGIN TRANSACTION; are not
  // its head (page developer-guide/snowflake-scripting/blocks).
  bool is_block() const {
    const bool begins =
        is_word(0, "DECLARE") || (is_word(0, "BEGIN") && !is_word(1, "TRANSACTION") && !is_word(1, "WORK") &&
                                  !is_word(1, "NAME") && tokens_.size() > 1 && tokens_[1].in(text_) != ";");
    return begins && is_word(tokens_.size() - 1, "END");
  }

  void check_copy_head() {
    if (is_word(0, "COPY") && is_word(1, "INTO")) {
      if (tokens_.size() > 2 && tokens_[2].in(text_).starts_with("@"))
        add(span(tokens_[2]), "a pipe copies into a table, not into a stage", "COPY INTO a table FROM the stage");
      return;
    }
    add(span(tokens_.front()),
        "a copy statement begins with COPY INTO, not with '" + std::string(tokens_.front().in(text_)) + "'", "");
  }

  // create-alert: the condition is a SELECT, SHOW or CALL.
  void check_rows_head() {
    const auto head = tokens_.front().in(text_);
    for (const auto* begins : {"SELECT", "WITH", "SHOW", "CALL", "("}) {
      if (iequals(head, begins)) return;
    }
    add(span(tokens_.front()), "a condition is a SELECT, SHOW or CALL, not '" + std::string(head) + "'",
        "it holds where the statement gives a row");
  }

  void check_query_head() {
    const auto head = tokens_.front().in(text_);
    for (const auto* begins : {"SELECT", "WITH", "VALUES", "("}) {
      if (iequals(head, begins)) return;
    }
    const bool creates = iequals(head, "CREATE");
    add(span(tokens_.front()),
        "a query begins with SELECT, WITH, VALUES or a bracket, not with '" + std::string(head) + "'",
        creates ? "write only what stands behind AS" : "");
  }

  std::string_view text_;
  FragmentKind kind_;
  std::vector<Token> tokens_;
  std::vector<FragmentProblem> problems_;
};

// ---- what a string says (data-types-text)

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
uint32_t hex_value(char c) {
  return static_cast<uint32_t>(is_digit(c) ? c - '0' : (c >= 'a' ? c - 'a' : c - 'A') + 10);
}

void append_utf8(std::string& out, uint32_t point) {
  const auto byte = [&](uint32_t value) { out += static_cast<char>(value); };
  if (point < 0x80) {
    byte(point);
  } else if (point < 0x800) {
    byte(0xC0 | (point >> 6));
    byte(0x80 | (point & 0x3F));
  } else {
    byte(0xE0 | (point >> 12));
    byte(0x80 | ((point >> 6) & 0x3F));
    byte(0x80 | (point & 0x3F));
  }
}

// A run of exactly `digits` hexadecimal digits at `at`, as a character. False: there are fewer.
bool append_hex(std::string& out, std::string_view text, size_t at, size_t digits) {
  uint32_t point = 0;
  for (size_t i = 0; i < digits; ++i) {
    if (at + i >= text.size() || !is_hex(text[at + i])) return false;
    point = point * 16 + hex_value(text[at + i]);
  }
  append_utf8(out, point);
  return true;
}

// The character behind a backslash at `at`; returns how many bytes it took.
size_t append_escape(std::string& out, std::string_view text, size_t at) {
  constexpr std::string_view letters = "bfnrt", meant = "\b\f\n\r\t";
  const char c = text[at];
  if (const auto known = letters.find(c); known != std::string_view::npos) {
    out += meant[known];
    return 1;
  }
  if (c == 'x' && append_hex(out, text, at + 1, 2)) return 3;
  if (c == 'u' && append_hex(out, text, at + 1, 4)) return 5;
  if (c >= '0' && c <= '7') {
    uint32_t point = 0;
    size_t used = 0;
    for (; used < 3 && at + used < text.size() && text[at + used] >= '0' && text[at + used] <= '7'; ++used) {
      point = point * 8 + static_cast<uint32_t>(text[at + used] - '0');
    }
    append_utf8(out, point);
    return used;
  }
  out += c;  // any other \z loses its backslash
  return 1;
}

}  // namespace

std::string string_value(std::string_view token) {
  if (token.size() >= 4 && token.substr(0, 2) == "$$") return std::string(token.substr(2, token.size() - 4));
  const auto inside = token.size() < 2 ? std::string_view() : token.substr(1, token.size() - 2);
  std::string out;
  for (size_t i = 0; i < inside.size();) {
    if (inside[i] == '\\' && i + 1 < inside.size()) {
      i += 1 + append_escape(out, inside, i + 1);
    } else {
      out += inside[i];
      i += inside[i] == '\'' ? 2 : 1;
    }
  }
  return out;
}

Result<std::vector<Token>, LexError> tokenize(std::string_view text) { return Lexer(text).run(); }

std::vector<FragmentProblem> check_fragment(std::string_view text, FragmentKind kind) {
  const auto tokens = tokenize(text);
  if (!tokens) return {{tokens.error().offset, 1, tokens.error().message, ""}};
  return FragmentCheck(text, kind, *tokens).run();
}

}  // namespace mesh::sql
