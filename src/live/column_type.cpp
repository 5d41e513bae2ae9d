#include "column_type.hpp"

#include <algorithm>
#include <array>

#include "json.hpp"
#include "mesh/base/text.hpp"
#include "mesh/sql/token.hpp"

namespace mesh::live {
namespace {

// How a JSON type is written in SQL.
enum class Form : uint8_t { Bare, Number, Length, Scale, Object, Array, Map, Vector };
struct TypeRow {
  std::string_view json, sql;
  Form form;
};
constexpr auto kTypes = std::to_array<TypeRow>({
    {"FIXED", "NUMBER", Form::Number},
    {"TEXT", "VARCHAR", Form::Length},
    {"REAL", "FLOAT", Form::Bare},
    {"BINARY", "BINARY", Form::Length},
    {"BOOLEAN", "BOOLEAN", Form::Bare},
    {"DATE", "DATE", Form::Bare},
    {"TIME", "TIME", Form::Scale},
    {"TIMESTAMP_NTZ", "TIMESTAMP_NTZ", Form::Scale},
    {"TIMESTAMP_LTZ", "TIMESTAMP_LTZ", Form::Scale},
    {"TIMESTAMP_TZ", "TIMESTAMP_TZ", Form::Scale},
    {"OBJECT", "OBJECT", Form::Object},
    {"ARRAY", "ARRAY", Form::Array},
    {"MAP", "MAP", Form::Map},
    {"VECTOR", "VECTOR", Form::Vector},
});

Result<std::string> sql_of(const Json& json);

bool is_nullable(const Json& json) {
  const auto* nullable = json.find("nullable");
  return nullable == nullptr || nullable->boolean().value_or(true);
}

// A type inside a structured one, with its NOT NULL.
Result<std::string> inner(const Json* json) {
  if (json == nullptr) return fail("an inner type is missing");
  auto sql = sql_of(*json);
  if (!sql) return sql;
  return *sql + (is_nullable(*json) ? "" : " NOT NULL");
}

std::string with_number(const TypeRow& row, std::optional<int64_t> number) {
  std::string sql(row.sql);
  if (number) sql += "(" + std::to_string(*number) + ")";
  return sql;
}

Result<std::string> number(const Json& json) {
  const auto precision = json.integer_of("precision"), scale = json.integer_of("scale");
  if (!precision || !scale) return fail("a number has no precision or scale");
  return "NUMBER(" + std::to_string(*precision) + "," + std::to_string(*scale) + ")";
}

// Keys keep their declared case; what is no plain word is quoted.
std::string key_of(const std::string& name) {
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
  });
  return plain ? name : "\"" + name + "\"";
}

Result<std::string> object(const Json& json) {
  const auto* fields = json.find("fields");
  if (fields == nullptr || fields->list() == nullptr) return std::string("OBJECT");
  std::string inside;
  for (const auto& field : *fields->list()) {
    auto type = inner(field.find("fieldType"));
    if (!type) return type;
    inside += (inside.empty() ? "" : ", ") + key_of(field.text_of("fieldName")) + " " + *type;
  }
  return "OBJECT(" + inside + ")";
}

Result<std::string> array(const Json& json) {
  if (json.find("elementType") == nullptr) return std::string("ARRAY");
  auto element = inner(json.find("elementType"));
  if (!element) return element;
  return "ARRAY(" + *element + ")";
}

Result<std::string> map(const Json& json) {
  auto key = inner(json.find("keyType")), value = inner(json.find("valueType"));
  if (!key) return key;
  if (!value) return value;
  return "MAP(" + *key + ", " + *value + ")";
}

// The element type is a name or a type of its own: the source does not say which, so both are read.
Result<std::string> vector(const Json& json) {
  const auto* element = json.find("vectorElementType");
  if (element == nullptr) return fail("a vector has no element type");
  const auto name = to_upper(element->text() != nullptr ? *element->text() : element->text_of("type"));
  const bool whole = name == "FIXED" || name == "INT" || name == "INTEGER" || name == "NUMBER";
  return std::string("VECTOR(") + (whole ? "INT" : "FLOAT") + ", " +
         std::to_string(json.integer_of("dimension").value_or(0)) + ")";
}

Result<std::string> sql_of(const Json& json) {
  const auto name = json.text_of("type");
  const auto* row = std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeRow& t) { return t.json == name; });
  // VARIANT, UUID, GEOGRAPHY, DECFLOAT and what is to come: the name is the type's own.
  if (row == kTypes.end()) return name;
  switch (row->form) {
    case Form::Bare:
      return std::string(row->sql);
    case Form::Number:
      return number(json);
    case Form::Length:
      return with_number(*row, json.integer_of("length"));
    case Form::Scale:
      return with_number(*row, json.integer_of("scale"));
    case Form::Object:
      return object(json);
    case Form::Array:
      return array(json);
    case Form::Map:
      return map(json);
    case Form::Vector:
      return vector(json);
  }
  broken_promise("form of a type", __FILE__, __LINE__);
}

}  // namespace

Result<ColumnType> parse_column_type(std::string_view cell) {
  const auto json = Json::parse(cell);
  if (!json || !json->is_object()) return fail("it is no JSON object");
  const auto sql = sql_of(*json);
  if (!sql) return sql.failure();
  auto type = DataType::parse(*sql);
  if (!type) return type.failure();
  ColumnType out;
  out.type = std::move(*type);
  out.collation = json->text_of("collation");
  out.nullable = is_nullable(*json);
  return out;
}

Result<ColumnType> parse_described_type(std::string_view cell) {
  ColumnType out;
  constexpr std::string_view collate = " COLLATE ";
  const auto at = cell.find(collate);
  if (at != std::string_view::npos) {
    out.collation = sql::string_value(trim(cell.substr(at + collate.size())));
    cell = cell.substr(0, at);
  }
  auto type = DataType::parse(cell);
  if (!type) return type.failure();
  out.type = std::move(*type);
  return out;
}

}  // namespace mesh::live
