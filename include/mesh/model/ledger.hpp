#pragma once
// What mesh remembers about what it made (design 6). The apply layer stores it in Snowflake; here it is a value.

#include <map>
#include <optional>
#include <string>

#include "mesh/model/object.hpp"

namespace mesh {

// A text Snowflake reprints: the hash of what was written and the echo it got.
struct Echo {
  std::string written_hash;  // sha256 of the tokens' normal form, see sql/normalise.hpp
  std::string echo;
};

inline constexpr const char* kViewColumns = "columns";
inline constexpr const char* kTableChecks = "check";
// Of an object whose structure is another tool's: which one it was that mesh gave grants, tags and policies to.
inline constexpr const char* kCreatedOn = "created_on";
// Of what carries out an agreement between two accounts: which one. It goes with the agreement.
inline constexpr const char* kAgreement = "agreement";
// In front of an attachment's key or a property: the governing domain that applies it, ": ", and what its line goes to.
inline constexpr const char* kApplied = "applied ";

struct LedgerEntry {
  std::string address;  // of an object; kept as text, so that kinds this version does not know survive
  std::string domain;
  bool made = false;  // false: adopted
  bool prevent_destroy = false;
  // A run was stopped between its intent to make, move or drop this and the confirmation: it may be there or not, so
  // that its absence is no sign of lacking privileges.
  bool unconfirmed = false;
  std::map<std::string, Echo> echoes;  // "query", "cluster_by", "columns.C.default", "columns.C.as", "check.NAME"
  // What mesh set and what is read only where it is stated or stands here: parameters by name, with their value; a
  // view's column comments under kViewColumns, a table's CHECK constraints under kTableChecks; the state
  // of a task that is suspended while its graph changes; kCreatedOn; kAgreement; kApplied.
  std::map<std::string, std::string> attached;
};

struct Ledger {
  bool available = false;                           // the control schema exists and could be read
  std::string why_not;                              // else: what to tell people
  std::map<std::string, LedgerEntry> entries;       // this mesh and environment, by address
  std::map<std::string, std::string> other_meshes;  // address -> mesh/environment that holds it
  const LedgerEntry* find(const ObjectId& id) const;
  bool made(const ObjectId& id) const;
};

}  // namespace mesh
