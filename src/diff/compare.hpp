#pragma once
// Inner parts of diff: one file each for objects, tables, what is gone, and access.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "mesh/diff/diff.hpp"
#include "mesh/kinds/ddl.hpp"
#include "mesh/kinds/kind.hpp"

namespace mesh::diff_parts {

// The two sides as the parts see them: live and ledger already under the names that renamed_from gives.
struct Sides {
  const DiffInput& input;
  DiffOptions options;
  State live;
  Ledger ledger;
  std::vector<std::pair<ObjectId, QualifiedName>> renamed;  // in that order: from, to

  const Mesh& mesh() const { return input.mesh; }
  const Desired& desired() const { return input.desired; }
  const Object* live_object(const ObjectId& id) const { return live.find(id); }
  const LedgerEntry* entry(const ObjectId& id) const { return ledger.find(id); }
  ObjectId id_in_account(ObjectId id) const;  // before it is renamed
  bool in_scope(const std::string& domain) const {
    return options.domains.empty() || options.domains.count(domain) > 0;
  }
};

// renamed_from carried through live and ledger; the changes that do it, and refusals where both names exist.
Sides resolve_renames(const DiffInput& input, const DiffOptions& options, DiffResult& result);

// Creation, adoption, update of every declared object in scope.
void diff_objects(const Sides& sides, DiffResult& result);
// What ALTER ACCOUNT sets and unsets.
void diff_account_parameters(const Sides& sides, DiffResult& result);
// What is known by its SQL alone.
void diff_statements(const Sides& sides, DiffResult& result);
// Risk and cost of what is made anew below dynamic tables and streams.
void mark_dependents(const Sides& sides, std::vector<Change>& changes);
// A name that another kind of object holds, and that no change frees.
void refuse_taken_names(const Sides& sides, DiffResult& result);
// What the ledger knows and nobody declares: drops, forgets; vanished objects; safety against mass removal.
void diff_removals(const Sides& sides, DiffResult& result);
// Tags and policies of what is there already.
void diff_attachments(const Sides& sides, DiffResult& result);
// What a plan shows of one; null: of none.
Value attachment_value(const Attachment* attachment);
// Whether the live one is as the other is wanted.
bool same_attachment(const Attachment& wanted, const Attachment& live);
// Whether somebody sees less by it: a policy, or a tag with a policy on it.
bool hides(const Sides& sides, const Attachment& attachment);
// How the ledger has the line of a governing domain.
std::string applied_by_line(const std::string& domain, const std::string& to);
// "applied by governance"
std::string applied_words(const std::string& domain);
// What of an object is applied by governing domains: "governance applies …"; empty: nothing. Of its properties, those
// that the lines are about.
std::string what_is_applied(const Sides& sides, const Object& object);
// The refusal of a change to what a line of a governing domain set that stands still, though the object left its reach.
std::optional<Refusal> kept_by_governance(const Sides& sides, const Object& desired, std::string_view property);
std::string what_is_set(const Sides& sides, const ObjectId& id, const std::vector<DiffLine>& lines);
// Those of an object and its columns.
kinds::Attachments attachments_of(const State& state, const ObjectId& id);
// Those that its creation has: without what comes_after_creation().
kinds::Attachments attachments_of_creation(const State& desired, const ObjectId& id);
// Whether diff_access() gives it to another owner.
bool gets_another_owner(const Object& desired, const Object& live);
// That the account role owns the object: the change that hands it over makes this.
GrantKey ownership_of(const ObjectId& object, const Name& role);
// Privileges, memberships, ownership.
void diff_access(const Sides& sides, DiffResult& result);
// What ties a task to others of its graph: ADD AFTER and SET FINALIZE. A task has lost it with its owner (docs:
// tasks-graphs, Unlink), and all tasks of a graph have one owner: tied again behind that.
std::vector<std::string> tie_statements(const Object& task);
Object without_ties(const Object& task);
// The first task of a graph is suspended before and resumed behind the changes to any of its tasks; what starts and
// suspends tasks gets its place among them. The other changes are complete.
void pause_task_graphs(const Sides& sides, DiffResult& result);
inline constexpr const char *kState = "state", *kStarted = "STARTED", *kSuspended = "SUSPENDED";
// The change that starts or suspends a task, and nothing else.
Change state_change(const Sides& sides, const Object& task, const kinds::PropertyRow& row, const Value& before,
                    const Value& after);
inline constexpr const char* kMadeByAnotherTool = "it is made by another tool and does not exist yet";
// Why what is declared and not there cannot be built upon: another tool makes it, or a domain that is not asked for.
std::string why_missing(const Object& object);
// Moves the changes that rest on such objects to what waits, and those that rest on them.
void hold_back_missing(const Sides& sides, DiffResult& result);
// drift: what is there and nobody's.
void list_unmanaged(const Sides& sides, DiffResult& result);

// The addresses of the command line as the plan spells them: read as SQL reads names, with the environment's suffix or
// without. What names nothing goes to result.unknown.
std::set<std::string> resolve_destroyed(const Sides& sides, DiffResult& result);
std::set<std::string> resolve_targets(const Sides& sides, DiffResult& result);

// Where consent was given for losing what stands at `address`: a tombstone, or --allow-destroy outside protected
// environments.
enum class Consent { Given, Missing, Protected };
Consent consent_for(const Sides& sides, const ObjectId& id, const Name* column = nullptr);
// The tombstone that consents, as a manifest would have it: the name without the environment's suffix.
std::string tombstone_text(const Mesh& mesh, const ObjectId& live, const Name* column = nullptr);
// The refusal of a loss without consent, with the ways out.
Refusal refuse_loss(const Sides& sides, const ObjectId& id, const Name* column, const std::string& what, Place place);

// Whether the object was last declared with `manage:`: its structure is another tool's.
inline bool is_another_tools(const LedgerEntry& entry) { return entry.attached.count(kCreatedOn) > 0; }
// Whether another mesh's ledger has it, which is then an error (MESH4003) with this way out.
bool held_by_another_mesh(const Sides& sides, const Object& desired, const char* way_out, DiffResult& result);
// What `removed:` says of the object itself; nullptr: nothing.
const Tombstone* tombstone_of(const Sides& sides, const ObjectId& id);
Change change_of(const ObjectId& id, const std::string& domain, Action action, Reason reason, Place place);
void add_statement(Change& change, Act act, std::string sql, const std::string& role);
// The change makes the object: what needs it waits for it.
void add_makes(Change& change, const ObjectId& id);
// GRANT OWNERSHIP ... COPY CURRENT GRANTS.
void add_handover(Change& change, const ObjectId& object, const Name& to, const std::string& role);
std::string with_row_count(const std::string& words, const std::optional<int64_t>& rows);  // "loses data (12 rows)"

// The ledger entry as it shall stand after a change of this declared object.
LedgerEntry entry_for(const Sides& sides, const Object& desired, bool made);
// Names of the texts that Snowflake reprints, with what is written: query, cluster_by, columns.C.default.
std::map<std::string, std::string> echoed_texts(const Object& desired);
// True where `desired` is what Snowflake echoes as `live`: by the ledger's echo, else by `same`.
bool same_text(const LedgerEntry* entry, const std::string& key, const std::string& desired, const std::string& live,
               bool (*same)(std::string_view, std::string_view));

// The value that remembered_text() wrote. Fails where the row does not take it.
Result<Value> recalled(const kinds::PropertyRow& row, const std::string& text);

// Adds columns, constraints and clustering of a table to its update; refusals and risk with them.
void diff_table(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result);
// The rows that a table is declared with: INSERT behind its creation; what differs, to its update.
void create_rows(const Sides& sides, const Object& desired, Change& change);
void diff_rows(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result);
// Adds the clustering key of what is no table to its update.
void diff_clustering(const Sides& sides, const Object& desired, const Object& live, Change& change);
Value column_record(const Column& column);
// Empty and not set are the same to Snowflake.
inline Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

}  // namespace mesh::diff_parts
