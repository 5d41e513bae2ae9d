#include "mesh/model/ledger.hpp"

namespace mesh {

const LedgerEntry* Ledger::find(const ObjectId& id) const {
  const auto it = entries.find(id.address());
  return it == entries.end() ? nullptr : &it->second;
}

bool Ledger::made(const ObjectId& id) const {
  const auto* entry = find(id);
  return entry != nullptr && entry->made;
}

}  // namespace mesh
