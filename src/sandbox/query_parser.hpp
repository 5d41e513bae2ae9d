#pragma once
// Tokens to tree, by recursive descent. Throws SqlError: 001003 where the text is no SQL, 000002 where Snowflake knows
// more than the sandbox.

#include <string>
#include <string_view>
#include <vector>

#include "query_ast.hpp"

namespace mesh::sandbox::query {

Statement parse_statement(std::string_view source, const std::vector<Token>& tokens);
Query parse_query(std::string_view source, const std::vector<Token>& tokens);
Expr parse_expression(std::string_view source, const std::vector<Token>& tokens);

// lex() with its failure thrown as the SqlError it stands for.
std::vector<Token> tokens_of(std::string_view source);

}  // namespace mesh::sandbox::query
