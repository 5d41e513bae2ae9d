#include "mesh/model/contract.hpp"

namespace mesh {

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
