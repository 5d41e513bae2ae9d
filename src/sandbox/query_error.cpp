#include "query_error.hpp"

#include <fmt/format.h>

namespace mesh::sandbox::query {
namespace {
constexpr char kMark = '\x01';
}

void compile_error_at(std::string code, std::string sqlstate, const Token& at, std::string_view message) {
  refuse(std::move(code), std::move(sqlstate),
         fmt::format("SQL compilation error: error line {} at position {}\n{}", at.line, at.position, message));
}

void syntax_error(const Token& at, std::string_view unexpected) {
  refuse_compilation(
      "001003", "42000",
      fmt::format("syntax error line {} at position {} unexpected '{}'.", at.line, at.position, unexpected));
}

void invalid_identifier(const Token& at, std::string_view name) {
  compile_error_at("000904", "42000", at, fmt::format("invalid identifier '{}'", name));
}

void invalid_argument_types(const Token& at, std::string_view function, std::string_view types) {
  compile_error_at("001044", "42P13", at,
                   fmt::format("Invalid argument types for function '{}': ({})", function, types));
}

// Number and text unconfirmed; the wire shows longer texts that name internal types.
void out_of_range(std::string_view number) {
  refuse("100046", "22003", fmt::format("Numeric value '{}' is out of range", number));
}

std::string pack(const SqlError& error) {
  return fmt::format("{}{}{}{}{}{}", kMark, error.code, kMark, error.sqlstate, kMark, error.message);
}

SqlError unpack(std::string_view sqlite_message) {
  if (!sqlite_message.empty() && sqlite_message.front() == kMark) {
    const auto first = sqlite_message.find(kMark, 1);
    const auto second = first == std::string_view::npos ? first : sqlite_message.find(kMark, first + 1);
    if (second != std::string_view::npos)
      return {std::string(sqlite_message.substr(1, first - 1)),
              std::string(sqlite_message.substr(first + 1, second - first - 1)),
              std::string(sqlite_message.substr(second + 1)), 422};
  }
  if (sqlite_message.find("integer overflow") != std::string_view::npos)
    return {"000002", "0A000", "Unsupported feature 'NUMBER beyond 64 bits'.", 422};
  return {"000603", "XX000", fmt::format("SQL execution internal error: {}", sqlite_message), 422};
}

}  // namespace mesh::sandbox::query
