#pragma once
// What another tool's re-creation of an object took away (design: `manage:`).

#include "compare.hpp"

namespace mesh::diff_parts {

// Inside the ledger's entry of what is granted on: "grant SELECT to role R".
std::string grant_ledger_key(const GrantKey& key);
// Of an object with `manage:` that is there: when it was made, and what mesh gives on it, into the entry.
void remember_what_hangs_on(const Sides& sides, const Object& desired, LedgerEntry& entry);
// When the object was made anew since mesh hung something on it; empty: it was not, or mesh does not hang anything on
// it.
std::string made_anew_at(const Sides& sides, const ObjectId& id);
// "lost by a re-creation at 2026-11-28 20:15:03 UTC", where the ledger says that mesh had it on the object; else empty.
std::string why_lost(const Sides& sides, const ObjectId& id, const std::string& ledger_key);

}  // namespace mesh::diff_parts
