#pragma once
// Parameters: names, types, defaults and where each may be set (account_parameter, database, schema entries of the fact
// sheets; defaults of session parameters after terraform-provider-snowflake object_parameters_def.go, measured on a
// live account).

#include <string>
#include <string_view>
#include <vector>

#include "catalog.hpp"
#include "parser.hpp"

namespace mesh::sandbox {

enum class ValueType { Boolean, Number, Text, Word, Name, List };

struct ValueRule {
  ValueType type = ValueType::Text;
  std::string_view allowed;  // comma-separated; empty: anything
  int64_t min = 0, max = INT64_MAX;
};

enum Level : unsigned {
  kAccountLevel = 1,
  kUserLevel = 2,
  kSessionLevel = 4,
  kWarehouseLevel = 8,
  kDatabaseLevel = 16,
  kSchemaLevel = 32,
  kTableLevel = 64,
  kTaskLevel = 128,
  kPipeLevel = 256,
  kFunctionLevel = 512,
  kProcedureLevel = 1024,
  kDynamicTableLevel = 2048,
};

struct Parameter {
  std::string_view name;
  unsigned levels;
  ValueRule rule;
  std::string_view initial;  // Snowflake's default
  std::string_view description;
};

const std::vector<Parameter>& all_parameters();  // by name
const Parameter* find_parameter(std::string_view name);
unsigned level_of(Kind kind);  // 0 where a kind has no parameters

// A value in the spelling SHOW PARAMETERS gives, or error 001008.
std::string parameter_value(const Parameter& parameter, const Value& value);
// Whether the value keeps the rule; `text` then is its normal spelling.
bool normalise(const ValueRule& rule, const Value& value, std::string& text);
std::string_view type_name(const Parameter& parameter);  // BOOLEAN, NUMBER, STRING

struct Setting {
  std::string value;
  std::string level;  // ACCOUNT, DATABASE, ..., empty for the default
};
// What is in force for the object: its own value or the nearest one above it.
Setting effective(const Catalog& catalog, const Object& object, const Parameter& parameter);
std::string effective_value(const Catalog& catalog, const Object& object, std::string_view parameter);

}  // namespace mesh::sandbox
