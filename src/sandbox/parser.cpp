#include "parser.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "catalog.hpp"
#include "mesh/base/text.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

// "Everywhere" of the reserved words in identifiers-and-literals.md section 1.
const std::set<std::string, std::less<>> kReserved = {
    "ALL",       "ALTER",  "AND",     "ANY",    "AS",       "BETWEEN",     "BY",     "CHECK",     "COLUMN",
    "CONNECT",   "CREATE", "CURRENT", "DELETE", "DISTINCT", "DROP",        "ELSE",   "EXISTS",    "FOLLOWING",
    "FOR",       "FROM",   "GRANT",   "GROUP",  "HAVING",   "ILIKE",       "IN",     "INCREMENT", "INSERT",
    "INTERSECT", "INTO",   "IS",      "LIKE",   "MINUS",    "NOT",         "NULL",   "OF",        "ON",
    "OR",        "ORDER",  "QUALIFY", "REGEXP", "REVOKE",   "RLIKE",       "ROW",    "ROWS",      "SAMPLE",
    "SELECT",    "SET",    "SOME",    "START",  "TABLE",    "TABLESAMPLE", "THEN",   "TO",        "TRIGGER",
    "UNION",     "UNIQUE", "UPDATE",  "VALUES", "WHENEVER", "WHERE",       "WINDOW", "WITH"};

bool legal_name(const Token& token) {
  return token.kind == TokenKind::QuotedWord || (token.kind == TokenKind::Word && kReserved.count(token.folded()) == 0);
}

std::optional<NameParts> read_parts(const std::vector<Token>& tokens, size_t& at) {
  NameParts parts;
  while (at < tokens.size() && legal_name(tokens[at])) {
    parts.push_back(tokens[at++].folded());
    if (!tokens[at].symbol(".")) return parts;
    if (tokens[++at].symbol(".") && parts.size() == 1) parts.emplace_back("PUBLIC"), ++at;
  }
  return std::nullopt;
}

}  // namespace

std::optional<NameParts> parse_name(std::string_view text) {
  const auto tokens = lex(text);
  size_t at = 0;
  if (!tokens) return std::nullopt;
  auto parts = read_parts(*tokens, at);
  if (!parts || (*tokens)[at].kind != TokenKind::End) return std::nullopt;
  return parts;
}

std::string dotted(const NameParts& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ".") + quoted_if_needed(part);
  return text;
}

Parser::Parser(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}

const Token& Parser::peek(size_t ahead) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }

Token Parser::next() {
  Token token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool Parser::at(std::string_view words, size_t ahead) const {
  while (true) {
    const size_t blank = words.find(' ');
    if (!peek(ahead++).is(words.substr(0, blank))) return false;
    if (blank == std::string_view::npos) return true;
    words.remove_prefix(blank + 1);
  }
}

bool Parser::accept(std::string_view words) {
  if (!at(words)) return false;
  at_ += static_cast<size_t>(std::count(words.begin(), words.end(), ' ')) + 1;
  return true;
}

void Parser::expect(std::string_view words) {
  for (const std::string& word : split(words, ' ')) {
    if (!accept(word)) unexpected();
  }
}

bool Parser::accept_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  ++at_;
  return true;
}

void Parser::expect_symbol(std::string_view symbol) {
  if (!accept_symbol(symbol)) unexpected();
}

void Parser::expect_end() {
  accept_symbol(";");
  if (!at_end()) unexpected();
}

void Parser::unexpected() const {
  const Token& token = peek();
  const std::string_view shown =
      token.kind == TokenKind::End ? "<EOF>" : text_.substr(token.begin, token.end - token.begin);
  refuse_compilation(
      "001003", "42000",
      fmt::format("syntax error line {} at position {} unexpected '{}'.", token.line, token.position, shown));
}

std::string Parser::name() {
  if (!legal_name(peek())) unexpected();
  return next().folded();
}

NameParts Parser::qualified() {
  if (at("IDENTIFIER") && at_symbol("(", 1) && peek(2).kind == TokenKind::String && at_symbol(")", 3)) {
    auto parts = parse_name(peek(2).text);
    if (!parts) unexpected();
    at_ += 4;
    return *parts;
  }
  auto parts = read_parts(tokens_, at_);
  if (!parts) unexpected();
  return *parts;
}

std::string Parser::string() {
  if (peek().kind != TokenKind::String) unexpected();
  return next().text;
}

int64_t Parser::integer() {
  const bool negative = accept_symbol("-");
  if (!negative) accept_symbol("+");
  const Token token = peek();
  if (token.kind != TokenKind::Number || token.text.find_first_not_of("0123456789") != std::string::npos ||
      token.text.size() > 18) {
    unexpected();
  }
  next();
  const int64_t number = std::stoll(token.text);
  return negative ? -number : number;
}

bool Parser::boolean() {
  if (accept("TRUE")) return true;
  expect("FALSE");
  return false;
}

Value Parser::value() {
  Value value;
  if (peek().kind == TokenKind::String) return value.form = Value::Form::Text, value.text = next().text, value;
  if (at_symbol("-") || at_symbol("+") || peek().kind == TokenKind::Number) {
    value.form = Value::Form::Number;
    if (accept_symbol("-")) value.text = "-";
    accept_symbol("+");
    if (peek().kind != TokenKind::Number) unexpected();
    value.text += next().text;
    return value;
  }
  if (accept_symbol("(")) {
    value.form = Value::Form::List;
    while (!accept_symbol(")")) {
      if (!value.items.empty()) expect_symbol(",");
      if (peek().kind == TokenKind::String) {
        value.items.push_back(next().text);
      } else {
        value.items.push_back(dotted(qualified()));
      }
    }
    return value;
  }
  // NULL and other reserved words may be values too.
  if (peek().kind == TokenKind::Word && !at_symbol(".", 1)) {
    value.form = Value::Form::Word;
    value.parts = {peek().folded()};
    value.text = next().text;
    return value;
  }
  value.form = Value::Form::Name;
  value.parts = qualified();
  value.text = value.parts.back();
  return value;
}

namespace {
// The tokens of a class's full name, words and dots, where it stands here; else 0.
size_t class_tokens(const Parser& parser, std::string_view name) {
  size_t at = 0;
  for (const std::string& word : split(name, '.')) {
    if (at > 0 && !parser.at_symbol(".", at++)) return 0;
    if (!parser.at(word, at++)) return 0;
  }
  return at;
}

std::optional<Kind> longest(const Parser& parser, bool plural, size_t& words) {
  std::optional<Kind> best;
  for (const KindFacts& f : all_kinds()) {
    const std::string_view text = plural ? f.plural : f.words;
    if (text.find('.') != std::string_view::npos) {
      if (const size_t count = class_tokens(parser, text); count > words) best = f.kind, words = count;
      continue;
    }
    const size_t count = static_cast<size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
    if (count > words && parser.at(text)) best = f.kind, words = count;
  }
  return best;
}
}  // namespace

std::optional<Kind> Parser::kind() {
  size_t words = 0;
  const auto found = longest(*this, false, words);
  at_ += words;
  return found;
}

std::optional<Kind> Parser::kind_plural() {
  size_t words = 0;
  const auto found = longest(*this, true, words);
  at_ += words;
  return found;
}

std::string Parser::expression(const std::vector<std::string_view>& stops) {
  const size_t from = at_;
  int depth = 0;
  while (!at_end()) {
    if (depth == 0 && (at_symbol(",") || at_symbol(")") || at_symbol(";"))) break;
    if (depth == 0 && at_ > from && std::any_of(stops.begin(), stops.end(), [this](auto word) { return at(word); }))
      break;
    if (at_symbol("(") || at_symbol("[")) ++depth;
    if (at_symbol(")") || at_symbol("]")) --depth;
    ++at_;
  }
  if (at_ == from || depth != 0) unexpected();
  return source(from, at_);
}

void Parser::skip_parentheses() {
  expect_symbol("(");
  for (int depth = 1; depth > 0;) {
    if (at_end()) unexpected();
    if (at_symbol("(")) ++depth;
    if (at_symbol(")")) --depth;
    next();
  }
}

void Parser::cut(size_t from, size_t to) {
  tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(from), tokens_.begin() + static_cast<std::ptrdiff_t>(to));
  at_ = from;
}

std::string Parser::source(size_t from, size_t to) const {
  if (from >= to) return {};
  return std::string(text_.substr(tokens_[from].begin, tokens_[to - 1].end - tokens_[from].begin));
}

std::string Parser::rest() const {
  size_t end = tokens_.size() - 1;
  while (end > at_ && tokens_[end - 1].symbol(";")) --end;
  return source(at_, end);
}

}  // namespace mesh::sandbox
