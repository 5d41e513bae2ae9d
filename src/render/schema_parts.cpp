#include "schema_parts.hpp"

#include "json.hpp"
#include "mesh/base/result.hpp"

namespace mesh::render::schema {
namespace {

const ValueRecord& record(const Value& schema) {
  const auto* fields = std::get_if<ValueRecord>(&schema.data);
  MESH_ASSERT(fields != nullptr);
  return *fields;
}

}  // namespace

Value of_type(const char* type) { return ValueRecord{{"type", type}}; }
Value text() { return of_type("string"); }
Value list_of(Value item) { return ValueRecord{{"type", "array"}, {"items", std::move(item)}}; }
Value map_of(Value item) { return ValueRecord{{"type", "object"}, {"additionalProperties", std::move(item)}}; }
Value map_by(const char* pattern, Value item) {
  return ValueRecord{{"type", "object"},
                     {"patternProperties", ValueRecord{{pattern, std::move(item)}}},
                     {"additionalProperties", false}};
}

Value any_of(std::vector<Value> choices) { return ValueRecord{{"anyOf", ValueList(std::move(choices))}}; }

Value one_of(const std::vector<std::string>& words) {
  ValueList list;
  for (const auto& word : words) list.emplace_back(word);
  return ValueRecord{{"enum", std::move(list)}};
}

Value reference(const std::string& definition) { return ValueRecord{{"$ref", "#/$defs/" + definition}}; }

Value described(Value schema, std::string_view description) {
  ValueRecord fields{{"description", std::string(description)}};
  for (const auto& field : record(schema)) fields.push_back(field);
  return fields;
}

Value object(Fields fields, size_t required, Others others) {
  MESH_ASSERT(required <= fields.size());
  ValueList names;
  for (size_t i = 0; i < required; ++i) names.emplace_back(fields[i].first);
  ValueRecord out{{"type", "object"}, {"properties", ValueRecord(std::move(fields))}};
  if (!names.empty()) out.emplace_back("required", std::move(names));
  if (others == Others::Refused) out.emplace_back("additionalProperties", false);
  return out;
}

std::string document(std::string_view title, std::string_view description, const Value& body, Fields definitions) {
  ValueRecord out{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", std::string(title)}};
  if (!description.empty()) out.emplace_back("description", std::string(description));
  for (const auto& field : record(body)) {
    if (field.first != "title" && field.first != "description") out.push_back(field);
  }
  if (!definitions.empty()) out.emplace_back("$defs", ValueRecord(std::move(definitions)));
  return to_json(out);
}

}  // namespace mesh::render::schema
