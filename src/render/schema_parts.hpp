#pragma once
// The building blocks of JSON Schema as values.

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/model/value.hpp"

namespace mesh::render::schema {

using Fields = std::vector<std::pair<std::string, Value>>;

Value of_type(const char* type);
Value text();
Value list_of(Value item);
Value map_of(Value item);
Value map_by(const char* pattern, Value item);  // whose keys match
Value any_of(std::vector<Value> choices);
Value one_of(const std::vector<std::string>& words);
Value reference(const std::string& definition);  // "#/$defs/<definition>"
Value described(Value schema, std::string_view description);

enum class Others { Refused, Allowed };
// An object with these fields; the first `required` of them must be there.
Value object(Fields fields, size_t required, Others others);

// A whole document: $schema, title, description, then what `body` says, then $defs where there are any.
std::string document(std::string_view title, std::string_view description, const Value& body, Fields definitions = {});

}  // namespace mesh::render::schema
