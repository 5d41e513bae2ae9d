#pragma once
// Errors inside the query part are thrown as SqlError (sql_error.hpp) and end in the two entry points of query.cpp.

#include <string>
#include <string_view>

#include "engine.hpp"
#include "lexer.hpp"
#include "sql_error.hpp"

namespace mesh::sandbox::query {

[[noreturn]] void compile_error_at(std::string code, std::string sqlstate, const Token& at, std::string_view message);
[[noreturn]] void syntax_error(const Token& at, std::string_view unexpected);
[[noreturn]] void invalid_identifier(const Token& at, std::string_view name);
[[noreturn]] void invalid_argument_types(const Token& at, std::string_view function, std::string_view types);
[[noreturn]] void out_of_range(std::string_view number);

// A refusal as the text of an SQLite error (functions called by SQLite can only hand on a text), and back.
std::string pack(const SqlError& error);
SqlError unpack(std::string_view sqlite_message);

}  // namespace mesh::sandbox::query
