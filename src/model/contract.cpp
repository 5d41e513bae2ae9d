#include "mesh/model/contract.hpp"

namespace mesh {

bool keeps(const DataType& found, const ContractColumn& promised) {
  if (!promised.type || *promised.type == found) return true;
  if (promised.has_physical_type || promised.type->family() != found.family()) return false;
  const bool decimals = found.family() == "NUMBER" && found.arguments().size() == 2 && found.arguments()[1] != 0;
  return promised.logical_type == "integer" ? !decimals : promised.options.count("maxLength") == 0;
}

const ContractColumn* ContractObject::find(const Name& column) const {
  for (const auto& each : columns) {
    if (each.name == column) return &each;
  }
  return nullptr;
}

const ContractColumn* Contract::find(const Name& column) const {
  for (const auto& object : objects) {
    if (const auto* found = object.find(column)) return found;
  }
  return nullptr;
}

}  // namespace mesh
