#pragma once
// JSON Schemas (draft 2020-12), made from the kind tables. The files in schemas/ are these texts.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/kinds/kind.hpp"

namespace mesh::render {

std::string manifest_schema();                     // a domain's *.yaml
std::string mesh_file_schema();                    // mesh.yaml
std::string kind_schema(const kinds::Kind& kind);  // one object of the kind, with what it contains
std::string plan_schema();                         // the JSON of plan and drift; the same under `plan` in apply's
std::string findings_schema();                     // the JSON of validate

std::string access_schema();  // the JSON of access
std::string impact_schema();  // the JSON of impact
std::string verify_schema();  // the JSON of verify

struct SchemaFile {
  std::string name;  // "manifest", "mesh", "plan", "findings", "database_role"
  std::string text;
};
std::vector<SchemaFile> all_schemas();
// By name, or a kind in words or as collection; without case. nullopt: no such schema.
std::optional<std::string> find_schema(std::string_view name);

}  // namespace mesh::render
