// Objects of kinds that mesh does not know: there where their `read` answers with a row.
#include "reading.hpp"

namespace mesh::live {

void Reading::ask_statements() {
  std::map<ObjectId, std::string> reads;
  for (const auto& [id, object] : scope_.desired->state.objects) {
    if (id.kind == KindId::Statement) reads.emplace(id, object.text("read")->text);
  }
  if (scope_.ledger != nullptr) {
    for (const auto& [address, entry] : scope_.ledger->entries) {
      const auto read = entry.attached.find("read");
      if (read == entry.attached.end()) continue;
      const auto id = parse_address(address);
      if (id && id->kind == KindId::Statement) reads.emplace(*id, read->second);
    }
  }
  for (const auto& [id, sql] : reads) {
    asks_.ask({sql,
               interest_.role_for(id),
               "whether " + id.address() + " is there",
               {},
               [this, id = id](Rows& rows) {
                 if (rows.rows.empty()) return;
                 Object object;
                 object.id = id;
                 live_.state.objects.emplace(id, std::move(object));
               },
               [](const StatementError& error) { return error.is_missing_or_hidden(); }});
  }
}

}  // namespace mesh::live
