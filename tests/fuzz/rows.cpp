// Rows of SHOW, DESCRIBE and SELECT to the live state. An input is answers by statement:
//     # SHOW ROLES
//     | name | comment |
//     | R    | NULL    |
// What stands in no section is answered by an empty list. The mesh that asks stays the same.

#include <algorithm>

#include "fuzz.hpp"
#include "unit/live/terminal.hpp"

using namespace mesh;
using namespace mesh::live_test;

namespace {

Manifests manifests() {
  Manifests all;
  for (const auto* address : {"database SALES", "schema SALES.S", "table SALES.S.T", "view SALES.S.V",
                              "warehouse SALES_WH", "role SALES_R", "database role SALES.DR"})
    all.declare(address);
  all.remember("table SALES.S.OLD");
  all.grant("SELECT", "table SALES.S.T", "database role SALES.DR");
  all.member("role SALES_R", "role SYSADMIN");
  return all;
}

// Snowflake has no longer names (page identifiers-syntax), and no address is read that holds one.
bool may_be(const QualifiedName& name) {
  return std::all_of(name.parts().begin(), name.parts().end(),
                     [](const Name& part) { return part.stored().size() <= 255; });
}

void check(const Live& live) {
  for (const auto& [id, object] : live.state.objects) {
    LAW(id == object.id, id.address());
    if (!may_be(id.name)) continue;
    const auto again = parse_address(id.address());
    LAW(again && *again == id, id.address());
  }
  for (const auto& [key, grant] : live.state.grants) LAW(key == grant.key, key.address());
  for (const auto& [key, membership] : live.state.memberships) LAW(key == membership.key, key.address());
  static_cast<void>(objects_of(live));
  static_cast<void>(access_of(live));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Manifests declared = manifests();
  Account account;
  for (const auto& [sql, drawn] : fuzz::sections(fuzz::text_of(data, size), "# ")) account.says(sql, drawn);
  for (const bool everything : {false, true}) {
    auto scope = declared.scope();
    scope.everything_in_databases = scope.deep = everything;
    Diagnostics diagnostics;
    check(live::read(scope, account, diagnostics));
  }
  return 0;
}
