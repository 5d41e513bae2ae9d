// A product in the Open Data Product Standard 1.0 (Bitol).
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "odcs.hpp"

namespace mesh::manifest {
namespace {

constexpr auto kVersions = std::to_array<std::string_view>({"v1.0.0", "v0.9.0"});
constexpr auto kKinds = std::to_array<std::string_view>({"DataProduct"});

constexpr FieldRow kSbom[] = {{"id"}, {"type"}, {"url", Takes::Text, true}};
constexpr Shape kSbomShape = {"an entry of sbom", kSbom};
constexpr FieldRow kInputContract[] = {{"id", Takes::Text, true}, {"version", Takes::Text, true}};
constexpr Shape kInputContractShape = {"an input contract", kInputContract};
constexpr FieldRow kInputPort[] = {{"name", Takes::Text, true},
                                   {"version", Takes::Text, true},
                                   {"contractId", Takes::Text, true},
                                   {"tags", Takes::Texts},
                                   {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                   {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
constexpr Shape kInputPortShape = {"an input port", kInputPort};
constexpr FieldRow kOutputPort[] = {{"name", Takes::Text, true},
                                    {"version", Takes::Text, true},
                                    {"description"},
                                    {"type"},
                                    {"contractId"},
                                    {"sbom", Takes::Maps, false, &kSbomShape},
                                    {"inputContracts", Takes::Maps, false, &kInputContractShape},
                                    {"tags", Takes::Texts},
                                    {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                    {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
constexpr Shape kOutputPortShape = {"an output port", kOutputPort};
constexpr FieldRow kManagementPort[] = {{"name", Takes::Text, true},
                                        {"content", Takes::Text, true},
                                        {"type"},
                                        {"url"},
                                        {"channel"},
                                        {"description"},
                                        {"tags", Takes::Texts},
                                        {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                        {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape}};
constexpr Shape kManagementPortShape = {"a management port", kManagementPort};
constexpr FieldRow kProduct[] = {{"apiVersion", Takes::Text, true, nullptr, kVersions},
                                 {"kind", Takes::Text, true, nullptr, kKinds},
                                 {"id", Takes::Text, true},
                                 {"status", Takes::Text, true},
                                 {"name"},
                                 {"version"},
                                 {"domain"},
                                 {"tenant"},
                                 {"description", Takes::Map, false, &kDescriptionShape},
                                 {"tags", Takes::Texts},
                                 {"inputPorts", Takes::Maps, false, &kInputPortShape},
                                 {"outputPorts", Takes::Maps, false, &kOutputPortShape},
                                 {"managementPorts", Takes::Maps, false, &kManagementPortShape},
                                 {"support", Takes::Maps, false, &kSupportShape},
                                 {"team", Takes::Map, false, &kTeamShape},
                                 {"customProperties", Takes::Maps, false, &kCustomPropertyShape},
                                 {"authoritativeDefinitions", Takes::Maps, false, &kDefinitionShape},
                                 {"productCreatedTs"}};
constexpr Shape kProductShape = {"a product", kProduct};

const Node* custom(const Node& port, std::string_view name) {
  const Node* list = port.find("customProperties");
  if (list == nullptr || !list->is_list()) return nullptr;
  for (const auto& item : list->items) {
    if (scalar_of(item, "property") == name) return item.find("value");
  }
  return nullptr;
}

Text text_of(const Node& map, std::string_view key) {
  const Node* node = map.find(key);
  return node != nullptr && node->is_scalar() ? Text{node->text, node->place} : Text{};
}

void read_port(const Node& item, OdpsProduct& product, Diagnostics& diagnostics) {
  OdpsPort port;
  port.name = scalar_of(item, "name");
  port.description = scalar_of(item, "description");
  port.contract_id = scalar_of(item, "contractId");
  port.place = item.place;
  const Node *objects = custom(item, "meshObjects"), *reader = custom(item, "meshReader");
  if (objects != nullptr) port.objects = read_texts(*objects, "meshObjects", diagnostics);
  if (reader != nullptr && reader->is_scalar()) port.reader = Text{reader->text, reader->place};
  // Such a port is described only: a manifest says what it holds.
  if (!port.name.empty() && objects != nullptr) product.ports.push_back(std::move(port));
}

}  // namespace

std::optional<OdpsProduct> read_odps(const Node& root, Diagnostics& diagnostics) {
  if (!root.is_map()) {
    diagnostics.error("MESH1521", root.place, "this is no product", "an ODPS file begins with apiVersion: v1.0.0");
    return std::nullopt;
  }
  if (const auto other = near_miss(root, "DataProduct"); !other.empty()) {
    diagnostics.error("MESH1521", root.place, fmt::format("this is no ODPS product but {}", other),
                      "mesh reads ODPS 1.0 of Bitol");
    return std::nullopt;
  }
  check_shape(root, kProductShape, diagnostics);
  OdpsProduct product;
  product.name = scalar_of(root, "name");
  product.version = text_of(root, "version");
  product.status = text_of(root, "status");
  if (const Node* description = root.find("description")) product.description = scalar_of(*description, "purpose");
  if (const Node* tags = root.find("tags"); tags != nullptr && tags->is_list()) {
    for (const auto& tag : tags->items) product.tags.push_back(tag.text);
  }
  if (const Node* ports = root.find("outputPorts"); ports != nullptr && ports->is_list()) {
    for (const auto& item : ports->items) {
      if (item.is_map()) read_port(item, product, diagnostics);
    }
  }
  return product;
}

}  // namespace mesh::manifest
