#include "sql_error.hpp"

#include <fmt/format.h>

namespace mesh::sandbox {

void refuse(std::string code, std::string sqlstate, std::string message) {
  throw SqlError{std::move(code), std::move(sqlstate), std::move(message)};
}

void refuse_compilation(std::string code, std::string sqlstate, const std::string& message) {
  refuse(std::move(code), std::move(sqlstate), "SQL compilation error:\n" + message);
}

void refuse_unsupported(std::string_view feature) {
  refuse("000002", "0A000", fmt::format("Unsupported feature '{}'.", feature));
}

void refuse_value(std::string_view value, std::string_view parameter) {
  refuse_compilation("001008", "22023", fmt::format("invalid value [{}] for parameter '{}'", value, parameter));
}

void refuse_property_value(std::string_view value, std::string_view property) {
  refuse("001422", "22023",
         fmt::format("SQL compilation error: invalid value '{}' for property '{}'", value, property));
}

void refuse_property(std::string_view property, std::string_view kind_words) {
  refuse_compilation("001420", "22023", fmt::format("invalid property '{}' for '{}'", property, kind_words));
}

void refuse_exists(std::string_view name) {
  refuse_compilation("002002", "42710", fmt::format("Object '{}' already exists.", name));
}

void refuse_operation() {
  refuse_compilation("002043", "02000", "Object does not exist, or operation cannot be performed.");
}

void refuse_text(const std::string& message) { refuse("002100", "42601", message); }

void refuse_internal(std::string_view what) {
  refuse("000603", "XX000", fmt::format("SQL execution internal error:\n{}", what));
}

}  // namespace mesh::sandbox
