// The sandbox's readers: tokens, statements of a request, its body and bindings, queries and expressions.

#include "fuzz.hpp"
#include "lexer.hpp"
#include "parser.hpp"
#include "query_parser.hpp"
#include "sql_error.hpp"
#include "wire_bind.hpp"
#include "wire_json.hpp"

using namespace mesh;
using namespace mesh::sandbox;

namespace {

void tokens_are_ordered(const std::string& text) {
  const auto tokens = lex(text);
  if (!tokens) return;
  size_t behind = 0;
  for (const auto& token : *tokens) {
    LAW(token.begin >= behind && token.end >= token.begin && token.end <= text.size(), text);
    behind = token.end;
  }
  LAW(tokens->back().kind == TokenKind::End, text);
  for (const auto& statement : split_at_semicolons(text)) LAW(lex(statement), statement);
}

template <typename Read>
void refused_or_read(Read read) {
  try {
    read();
  } catch (const SqlError& error) {
    LAW(error.code.size() == 6 && !error.message.empty(), error.code);
    LAW(error.code != "000603", error.message);  // an error of the sandbox itself
  }
}

void read_query(const std::string& text) {
  refused_or_read([&] {
    const auto tokens = query::tokens_of(text);
    refused_or_read([&] { static_cast<void>(query::parse_statement(text, tokens)); });
    refused_or_read([&] { static_cast<void>(query::parse_query(text, tokens)); });
    refused_or_read([&] { static_cast<void>(query::parse_expression(text, tokens)); });
  });
}

void read_request(const std::string& text) {
  const auto body = parse_submit(text);
  if (!body) return;
  const auto bound = bind_literals(body->statement, body->bindings);
  if (const auto* statement = std::get_if<std::string>(&bound)) tokens_are_ordered(*statement);
}

// A value bound to a placeholder stays one token.
void bound_values_stay_values(const std::string& text) {
  for (const auto* type : {"TEXT", "FIXED", "REAL", "BOOLEAN", "DATE"}) {
    Binding binding;
    binding.type = type;
    binding.text = text;
    const auto bound = bind_literals("SELECT ?, 1", {{"1", binding}});
    const auto* statement = std::get_if<std::string>(&bound);
    if (statement == nullptr) continue;
    const auto tokens = lex(*statement);
    LAW(tokens, *statement);
    for (const auto& token : *tokens) LAW(!token.symbol(";"), *statement);
    LAW(tokens->at(tokens->size() - 3).symbol(",") && tokens->at(tokens->size() - 2).text == "1", *statement);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text = fuzz::text_of(data, size);
  tokens_are_ordered(text);
  read_query(text);
  read_request(text);
  bound_values_stay_values(text);
  if (const auto name = parse_name(text)) LAW(parse_name(dotted(*name)) == name, dotted(*name));
  return 0;
}
