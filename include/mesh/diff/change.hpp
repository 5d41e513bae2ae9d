#pragma once
// What apply would do, one change at a time. Addresses, actions and risks are those of the plan's JSON (design 4).

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/diag/diagnostic.hpp"
#include "mesh/model/attachments.hpp"
#include "mesh/model/ledger.hpp"
#include "mesh/model/mesh.hpp"
#include "mesh/model/state.hpp"

namespace mesh {

enum class Action : uint8_t { Create, Update, Rename, Replace, Drop, Adopt, Forget, Grant, Revoke, Set, Unset };
const char* to_string(Action action);  // "create", ...
enum class Risk : uint8_t { Safe, Expensive, Disruptive, Destructive };
const char* to_string(Risk risk);

enum class Reason : uint8_t {
  NotThere,          // declared, does not exist
  Differs,           // live is not as declared
  Renamed,           // renamed_from
  Existing,          // exists by that name: taken over
  NoLongerDeclared,  // its lines are gone
  Tombstone,         // removed: says so
  Destroyed,         // mesh destroy
  NotHere,           // declared for other environments
  NotGranted,
  NotDeclaredGrant,  // access
  CannotAlter,       // drop and create
  Protection,        // prevent_destroy alone
};
std::string to_string(Reason reason);  // in words: "no longer declared"

struct DiffLine {
  std::string property;  // "warehouse_size", "columns.FAX", "primary_key"
  Value before, after;   // records for columns
  std::string cost;      // "loses data (1,204,331 rows)"; may be empty
  Place origin{};        // where the value comes from, when that is not the change's own place: a contract's line
};

// What a statement does, in the terms that Snowflake's access control asks for.
enum class Act : uint8_t { Create, Replace, Alter, Rename, Drop, HandOver, Grant, Revoke, Attach };

struct Handover {
  ObjectId object;
  Name to;  // the role that owns it afterwards
};

struct Statement {
  std::string sql;
  std::string role;  // sent with it; empty: the connection's
  Act act = Act::Alter;
  std::optional<Handover> handover;  // of Act::HandOver; the others act on the change's object, grant or membership
};

// What the ledger has to say afterwards.
struct LedgerEffect {
  std::optional<LedgerEntry> record;     // written as an intent before, confirmed after
  std::vector<LedgerEntry> also_record;  // of others that it changes as well: what moves with a renamed container
  std::vector<std::string> remove;       // addresses
  std::vector<std::string>
      echoes;  // "query", "cluster_by", "columns.C.default": read back and kept with the written hash
  std::map<std::string, std::string> written;  // of each echo: the text that was written
};

// A change that needs consent and has none: shown under `refused`, and apply does nothing while one stands.
struct Refusal {
  std::string address;
  std::string code;      // MESH20xx
  std::string message;   // why
  std::string ways_out;  // what to do
  Place place;
};

struct Change {
  std::string address, kind, name, domain;
  std::string account;  // where it is not the environment's own
  Action action = Action::Update;
  Risk risk = Risk::Safe;
  Reason reason = Reason::Differs;
  std::string product;      // that it belongs to: "sales/orders@1"; empty: none
  std::string reason_text;  // more than the reason's words, may be empty
  Place place;
  std::vector<DiffLine> diff;
  std::vector<Statement> statements;  // run in this order; the first failure ends the change
  std::string cost;                   // for a whole object: "loses data (12 rows); UNDROP TABLE ... until ..."
  LedgerEffect ledger;

  // For ordering. What this change makes, needs and removes, by address; access to roles too.
  std::vector<std::string> makes, needs, removes, before_drop_of;
  std::optional<ObjectId> object;
  std::optional<GrantKey> grant;
  std::optional<MembershipKey> membership;
  bool behind_access = false;    // of its object: waits for what is granted to it
  std::optional<Bearer> bearer;  // of a tag or policy that is set or unset
  // Replace: what others hung on the object and nobody declares, which its statements set again.
  std::vector<Attachment> kept;
  bool changes_protection = false;  // Replace: other policies or tags are on the new object than were on the old one
  // What this change undoes, as that other one makes it: what was suspended for the sake of others is resumed. It runs
  // also after a failure, unless something it waits for was left half done.
  std::string restores;
  std::vector<size_t> after;  // filled by order(): indices in the ordered list that must be done first
};

struct DiffOptions {
  std::set<std::string> domains;        // -d; empty: all
  std::vector<std::string> targets;     // --target addresses, as people write them: with the suffix or without
  std::set<std::string> allow_destroy;  // the same, or "all"
  bool destroys = false;                // the tombstones stand for mesh destroy, not for lines of a manifest
  bool drift = false;                   // compare with what was last applied, list what is unmanaged
};

struct Unmanaged {
  std::string address;
  std::string what;       // "object", "grant", "membership"
  std::string domain;     // who owns the place it is in
  std::string account{};  // where it is not the environment's own
};

// An address on the command line that names nothing: neither declared, nor known to the ledger, nor there.
struct UnknownAddress {
  std::string option;  // "--target"
  std::string typed;
  std::string nearest;  // may be empty
};

// What cannot be done yet.
struct Waits {
  std::string address;  // of the change, or of what is missing itself
  std::string needs;    // what must come first
  Place place;          // of who waits
};

struct DiffResult {
  std::vector<Change> changes;  // in no particular order
  std::vector<Refusal> refused;
  std::vector<Unmanaged> unmanaged;
  std::vector<std::string> vanished;  // addresses the ledger knows and live does not show
  std::vector<Diagnostic> findings;
  std::vector<UnknownAddress> unknown;
  std::vector<Waits> waiting;
  // Objects that are made anew, by their names in the account: all that hangs on them must be known (Live::
  // looked_at_closely), else they are among the refused.
  std::set<ObjectId> made_anew;
};

}  // namespace mesh
