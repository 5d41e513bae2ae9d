#pragma once
// A kind is a table of facts. Its readers: load and validate, JSON schema, reading rows, normalising, diff, SQL,
// rendering, reference text. Sources are the entries of the same name in Snowflake's reference (CREATE, ALTER, SHOW
// pages); each kind's file names them.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mesh/model/object.hpp"
#include "mesh/sql/normalise.hpp"
#include "mesh/sql/token.hpp"
#include "mesh/sql/writer.hpp"

namespace mesh::kinds {

// Identifier: one name, its value as stored. ObjectName: DB.SCHEMA.NAME, its value as displayed. Address: kind and
// name, "table DB.SCHEMA.NAME". ForeignName: of something outside the account, ORGANIZATION.ACCOUNT.SHARE, which bears
// no environment's suffix. Arguments: a record of stored names with types, in order. DataType: its normal form.
// StagePath: "@DB.SCHEMA.STAGE/path/". Nested: a map or list with parts, as the row's `form` tells (document.hpp). The
// rest are lists: of texts, of names, of full names, of foreign ones.
enum class ValueType : uint8_t {
  Text,
  Integer,
  Boolean,
  OneOf,
  Identifier,
  ObjectName,
  Arguments,
  DataType,
  Address,
  ForeignName,
  StagePath,
  Nested,
  Texts,
  Names,
  ObjectNames,
  ForeignNames
};
constexpr bool is_list(ValueType type) { return type >= ValueType::Texts; }

// Where a live value is found.
enum class ReadFrom : uint8_t {
  Column,      // a column of the kind's SHOW
  Option,      // the token `column` in SHOW's comma list `options`; true where it stands
  Parameter,   // SHOW PARAMETERS IN <object>, row `column`; set here only where its level is this object's
  Described,   // DESCRIBE <object>: see Kind::described_in_rows
  Hook,        // the kind's reader knows (view's query, table's columns)
  AsTable,     // a column of SHOW TABLES, which lists the object too
  Remembered,  // what is shown tells nothing (it counts down): compared with what mesh last set, which the ledger keeps
  Nowhere,     // not readable: compared only through the ledger, or only used at creation
};

// Read object by object, and so only where it is stated or was (design, promise 8).
constexpr bool is_read_singly(ReadFrom from) { return from == ReadFrom::Parameter || from == ReadFrom::Described; }

// How a difference is carried out.
enum class ChangeBy : uint8_t {
  SetOrUnset,     // ALTER .. SET p = v / UNSET p
  Set,            // ALTER .. SET p = v; going back sets the default
  Flag,           // ALTER .. SET p / UNSET p (SECURE)
  Words,          // CREATE and ALTER .. SET take one of two words: clause or clause_false (ORDER, NOORDER)
  Slots,          // CREATE and ALTER .. SET slot = entry, UNSET slot: a clause for each entry; only those that differ
  Triggers,       // CREATE and ALTER .. TRIGGERS ON 75 PERCENT DO NOTIFY ON 100 PERCENT DO SUSPEND: all of them anew
  Resume,         // ALTER .. RESUME / SUSPEND, clause for STARTED and clause_false for SUSPENDED, as which it is born
  AddRemove,      // ALTER .. ADD list = a, b / REMOVE list = c
  After,          // CREATE .. AFTER a, b; ALTER .. ADD AFTER c / REMOVE AFTER a: what comes, what goes
  CommentOn,      // COMMENT ON <kind> .. IS, where no ALTER takes it
  ManagedAccess,  // ALTER SCHEMA .. ENABLE / DISABLE MANAGED ACCESS
  Replace,        // CREATE OR REPLACE .. COPY GRANTS, as for a text that no ALTER takes
  CreateOnly,     // used by CREATE, never compared
  Immutable,      // a difference is refused, with the ways out
  Phrase,         // CREATE and ALTER .. clause value, without SET (EXECUTE AS CALLER)
  Document,       // CREATE .. and ALTER .. AS take a document whole; the row's name is its place in it
  Publish,        // CREATE .. and ALTER .. AS take PUBLISH = TRUE or FALSE; alone ALTER .. PUBLISH / UNPUBLISH
};

// What it means that a manifest does not state it.
enum class Absent : uint8_t {
  Reset,       // back to `default_value`
  NotSetHere,  // an inherited parameter: not set on this object
  Leave,       // whatever it is
};

// When a change of the property loses data, and so needs consent.
enum class Loses : uint8_t { Never, WhenLowered, WhenSetFalse };

// How CREATE has a property.
enum class Spelt : uint8_t {
  Assigned,  // CLAUSE = value among the others
  Word,      // the clause alone, where it is true
  HeadWord,  // so too, before the kind's word (SECURE)
  HeadValue  // the value itself, or the default, before the kind's word (CREATE ORGANIZATION LISTING)
};

// What a value with parts may have at one place: the map in a list, say, or a part of it.
enum class FieldType : uint8_t {
  Text,
  Name,      // as SQL reads it; as stored in a document
  FullName,  // DB.SCHEMA.NAME, of the kind that it refers to
  Query,     // SQL
  Integer,
  Boolean,
  OneOf,  // of `values`, in upper case
  Texts,  // a list, or one text
  Map,    // of `fields`
  List,   // of maps of `fields`
  Anything
};
struct Field {
  std::string_view name{};
  FieldType type = FieldType::Text;
  std::span<const Field> fields{};
  std::span<const std::string_view> values{};
  bool is_set = false;  // lists: order and repetition mean nothing
  std::optional<KindId>
      refers_to{};  // names: of which kind; it must be there first, and bears the environment's suffix
  bool is_required = false;
  // Maps: what is wrong with one, or with each of a list, that the types of its parts would allow; empty: nothing.
  std::string_view (*wrong)(const Value&) = nullptr;
  std::string_view doc{};
};

struct PropertyRow {
  std::string_view name;  // manifest key; "directory.enable" is the key enable in the map directory
  ValueType type = ValueType::Text;
  std::string_view clause;  // DDL words: "WAREHOUSE_SIZE"
  ReadFrom from = ReadFrom::Column;
  std::string_view column;  // SHOW column, option token or parameter name
  ChangeBy change = ChangeBy::SetOrUnset;
  Absent absent = Absent::Reset;
  std::string_view default_value;              // canonical text; empty text, or "" for none
  std::span<const std::string_view> values{};  // OneOf: canonical spellings; Text: words it may be instead (NONE)
  std::string (*normal)(std::string_view) =
      nullptr;                          // spelling as written or as shown -> canonical; empty: not one of the values
  int64_t min = 0, max = 0;             // Integer: 0,0 = any
  bool quoted = false;                  // OneOf that DDL wants as a string literal
  std::string_view effective_column{};  // NotSetHere: SHOW column with the value in effect, compared where it is stated
  Loses loses = Loses::Never;
  // A default that depends on the object (a Snowpark-optimized warehouse is MEDIUM); empty text: leave it alone.
  std::string_view (*default_for)(const Object&) = nullptr;
  // Whether the object has such a property at all (an adaptive warehouse has no size); null: always. Where it does not,
  // stating it is a mistake and its absence means nothing.
  bool (*applies)(const Object&) = nullptr;
  // The kind of object that a name, or each of a list, is of. It must be there first, and bears the environment's
  // suffix.
  std::optional<KindId> refers_to{};
  // Such objects have it set by an ALTER after CREATE.
  bool (*set_later_for)(const Object&) = nullptr;
  bool in_create = true;            // false: CREATE does not take it, an ALTER after it does
  bool always_in_create = false;    // CREATE must say it: its default where it is not stated
  std::string_view clause_false{};  // Words: the word for false
  // A value (canonical text) that an object can only have from its creation on: a change to it is refused.
  std::string_view only_from_creation{};
  // What is wrong with a value that its type would allow; empty: nothing.
  std::string_view (*wrong)(const Value&) = nullptr;
  // The column holds a JSON object, and this is the key of the property.
  std::string_view json_key{};
  std::span<const std::string_view> default_list{};  // Texts
  std::string_view null_word{};                      // what DDL takes for no value (NONE, NULL)
  bool is_set = false;                               // lists: order and repetition mean nothing
  bool never_emptied = false;                        // once there is a value, or an entry of a list, one must stay
  // Lists whose entries are maps: their keys. The texts make one with blanks between them.
  std::span<const std::string_view> entry_keys{};
  // Where a value stands in several columns of SHOW: their texts by name to one text.
  std::string (*combine)(const std::function<std::string_view(std::string_view)>& cell) = nullptr;
  std::string (*list_text)(std::string_view) = nullptr;            // lists: what is shown, as a comma list
  bool json_list = false;                                          // lists: the column holds a JSON array
  bool no_equals = false;                                          // lists: CLAUSE (..)
  bool bare = false;                                               // lists: CLAUSE 'a', 'b' without = and brackets
  bool (*same)(const Value& wanted, const Value& live) = nullptr;  // null: equal
  // Described: the cell holds what printed_map() reads, and this is the key of the property in it.
  std::string_view map_key{};
  // SET takes all that stands in the brackets of wrapped_in at once, UNSET all of it away (whether SET keeps what it
  // does not name is not told).
  bool whole_group = false;
  // Stands in the same SET wherever this row is altered, as stated or with its default.
  std::string_view altered_with{};
  // Slots: the clauses. A live entry is "<slot>:<text>".
  std::span<const std::string_view> slots{};
  // A live text, or each of a list, as a manifest writes it; empty: it cannot be written.
  std::string (*as_written)(std::string_view) = nullptr;
  // What a text, or each of a list, is compared and shown by: a key's fingerprint.
  std::string (*compared_by)(std::string_view) = nullptr;
  // Messages do not repeat what is written: it may be a secret in the wrong place.
  bool unspoken = false;
  // A change of it takes something away from somebody: the way in, say.
  bool disruptive = false;
  // Where the object has no such property any more, it is unset before the change that takes it away.
  bool goes_first = false;
  // CLAUSE = (..) around the assignment; neighbours within one share its brackets.
  std::string_view wrapped_in{};
  std::string_view none_clause{};  // what stands in place of the assignment where there is no value
  bool alone = false;              // ALTER .. SET and UNSET take it in a statement of its own
  // There is a value from creation on, or never: only another one can take its place.
  bool stays_there = false;
  std::span<const KindId> may_name{};  // Address: the kinds
  // Altered in a change of its own, behind what is granted to the object.
  bool behind_access = false;
  // Lists that SHOW may cut: whether this one is, and the function of the object's name that tells all of it, as JSON.
  bool (*is_cut)(const ValueList&) = nullptr;
  std::string_view told_whole_by{};
  Spelt spelt = Spelt::Assigned;
  bool in_key = false;  // stands in the key of the object's map, and has none of its own
  // What is read says less than what was set (no lengths, no defaults). Where the ledger remembers a value that would
  // be read so, that one is what is there.
  bool fuller_in_memory = false;
  // What DDL has behind the clause, where the type does not tell. The value is canonical.
  void (*write)(sql::Writer&, const Value&) = nullptr;
  bool has_stages = false;  // texts, of which @DB.SCHEMA.STAGE/path names a stage
  // ALTER can set it, but not unset it: where it is stated no longer, the object is replaced.
  bool unset_by_replacing = false;
  // Names of the same schema: one name alone will do in a manifest.
  bool is_sibling = false;
  std::string_view shown_null{};     // the text that a column of SHOW has for no value
  bool missing_key_is_null = false;  // json_key: an object without the key has no value
  // Resume: the state it is born in; empty: SUSPENDED.
  std::string_view born{};
  // Who may not read the object's text is not told this either: an empty cell says nothing.
  bool hidden_with_text = false;
  // What is described may leave it out whatever it is: then as mesh last set it, else the default.
  bool may_be_untold = false;
  const Field* form = nullptr;  // Nested
  // Whether the live object is past changing it, and why that is so and what to do: in place of "fixed at creation".
  bool (*fixed_for)(const Object& live) = nullptr;
  std::string_view fixed_because{};
  // What a change of it means to others, behind it in the plan; empty: nothing.
  std::string_view (*effect)(const Value& before, const Value& after) = nullptr;
  std::string_view doc{};  // one sentence for the reference
};

// How another text is carried out.
enum class TextChange : uint8_t {
  Replace,  // CREATE OR REPLACE .. COPY GRANTS
  Alter,    // ALTER .. <alter> text
  Refuse,   // Snowflake fixes it at creation, and OR REPLACE would lose what hangs on the object
};

// A text of SQL that an object carries: a view's query, a task's statement, an alert's condition. Snowflake may reprint
// it: compared by `same`, else by the echo that the ledger keeps.
struct TextRow {
  std::string_view name;        // manifest key
  std::string_view file_key{};  // the key that names a file which holds it
  sql::FragmentKind fragment = sql::FragmentKind::Query;
  std::string_view before, after{};  // DDL words around it: AS; IF (EXISTS ( and ))
  std::string_view column;           // of SHOW, or of DESCRIBE
  bool is_described = false;
  Result<std::string> (*shown)(std::string_view) = nullptr;  // the cell -> the text; null: the cell is the text
  TextChange change = TextChange::Replace;
  std::string_view alter{};        // Alter: "MODIFY AS"
  std::string_view alter_none{};   // Alter: "REMOVE WHEN", for one that is stated no longer
  std::string_view alter_after{};  // Alter: what stands behind the text
  bool required = true;
  bool keeps_rows = false;  // rows it holds that no query gives again: making the object anew loses them
  bool (*same)(std::string_view written, std::string_view shown) = sql::same_sql;
  // Whether it is no SQL but another language's, and nobody's to look into: no variables, no names, kept to the letter.
  bool (*is_foreign)(const Object&) = nullptr;
  bool quoted = false;                        // DDL has it between dollars
  bool (*may_lack)(const Object&) = nullptr;  // such objects do without, though it is required
  std::string_view doc;                       // one sentence for the reference
};

enum class Scope : uint8_t { Account, Database, Schema };

struct PrivilegeRow {
  std::string_view name;
  bool to_share_only = false;
};

struct Kind {
  KindId id;
  std::string_view words;       // "database role"
  std::string_view collection;  // manifest key: "database_roles"
  std::string_view sql;         // "DATABASE ROLE"
  std::string_view sql_plural;  // "DATABASE ROLES"
  std::string_view granted_on;  // SHOW GRANTS spelling: "DATABASE_ROLE"
  Scope scope;
  std::span<const PropertyRow> properties;
  std::span<const std::string_view> privileges;  // besides OWNERSHIP; [ALL] means all of these
  std::span<const TextRow> texts{};
  // Where other words than `sql` stand for it; empty: the same.
  std::string_view sql_in_grants{};     // GRANT .. ON, SHOW GRANTS ON
  std::string_view sql_once_made{};     // ALTER, DROP, DESCRIBE, GET_DDL
  std::string_view sql_as_relation{};   // SHOW PARAMETERS IN and SHOW COLUMNS IN, which know TABLE and VIEW
  bool columns_computed = false;        // each column has an expression
  std::string_view sql_for_policies{};  // ALTER .. of columns, SET TAG, policies
  std::string_view sql_in_rename{};     // ALTER .. RENAME TO
  std::string_view returns{};           // in CREATE: AS (..) RETURNS this, where no property says it
  bool texts_first = false;             // in CREATE: before what is `CLAUSE = value` (policies)
  bool attachments_last = false;        // in CREATE: policies and tags behind what is `CLAUSE = value`
  bool copies_grants_first = false;     // in CREATE OR REPLACE: COPY GRANTS stands right behind the name
  bool rebuilds = false;                // CREATE OR REPLACE computes its rows anew
  bool dies_with_columns = false;       // a changed column of the table it reads suspends it for good
  // Whether the object can have the privilege granted at all; null: always. [ALL] leaves out what it cannot.
  bool (*takes_privilege)(const Object&, std::string_view privilege) = nullptr;
  // The first needs the second: granted behind it, revoked before it.
  std::pair<std::string_view, std::string_view> privilege_rests_on{};
  // Manifest keys besides properties, texts and what every object carries: columns, primary_key, granted_to, schemas.
  std::span<const std::string_view> keys{};
  bool is_relation = false;     // shares its name space with tables and views, and can be queried
  bool can_be_queried = false;  // FROM may name it, though its names are its own
  bool has_columns = false;
  bool columns_by_name = false;  // they come from its query: a manifest states comments, tags and policies by name
  bool may_have_future_grants = false;
  bool can_undrop = false;
  bool holds_data = false;                         // dropping it loses rows or files (itself or what it contains)
  bool (*holds_data_if)(const Object&) = nullptr;  // only such objects of the kind do; null: all
  bool renames_across_schemas = false;
  bool show_has_pages = false;  // SHOW .. LIMIT .. FROM
  bool can_be_renamed = true;
  bool owner_is_fixed = false;  // whoever makes it owns it for good
  // An instance of a class: CREATE takes its properties as one object, {'auto_tag': TRUE}, its methods SET_<clause> and
  // UNSET_<clause> change them, and DESCRIBE() is one more that answers with JSON.
  bool is_instance = false;
  bool rests_on_share = false;   // whoever makes it must own the share it names
  std::string_view listed_as{};  // what SHOW lists them by, where that is not sql_plural: USER FUNCTIONS
  std::string_view database_column = "database_name";  // of SHOW
  // Of the rows of SHOW, those that are of this kind have that text in that column; empty: all are.
  std::pair<std::string_view, std::string_view> listed_where{};
  // The columns of DESCRIBE with property and value, a row each; empty: one row with a column each.
  std::string_view described_name{}, described_value{};
  std::string_view described_null{};  // the text that stands for no value
  bool described_either_way = false;  // pages disagree: such rows, or one row with a column each
  // A column of SHOW that is empty only in rows of which this role may read the name alone.
  std::string_view told_by{};
  // Its objects come after one another (ChangeBy::After), and the first of them must be suspended while any changes.
  bool forms_graphs = false;
  // Of a row of SHOW: why the object must be made anew to work again; empty: it works.
  std::string (*invalid)(const std::function<std::string_view(std::string_view)>& cell) = nullptr;
  bool lists_comments = false;   // comments of its columns stand in the list of CREATE alone, and no ALTER takes them
  std::string_view drop_cost{};  // what dropping one means to others
  bool serves_others = false;    // other accounts read through it: dropping it cuts them off for good
  // ALTER .. with these words before DROP; empty: it can be dropped as it is.
  std::string_view (*before_drop)(const Object& live) = nullptr;
  // Why the live object cannot have another name, and what to do; empty: it can.
  std::string_view (*keeps_name)(const Object& live) = nullptr;
  // What stands behind the name in DESCRIBE.
  std::string_view (*described_as)(const Object& live) = nullptr;
  bool one_property_per_statement = false;                // ALTER takes one property at a time (views)
  std::span<const std::string_view> child_collections{};  // manifest keys of what it contains
  // What is wrong with an object as it is declared, of parts that are sound by themselves; empty: nothing.
  std::string (*contradiction)(const Object&) = nullptr;
  std::string_view extra_keys_doc{};
  std::string_view doc;  // a paragraph for the reference
};

std::span<const Kind* const> all();  // order of help, docs and tests; containers before what they contain
const Kind& of(KindId id);
const Kind* by_collection(std::string_view collection);
const Kind* by_granted_on(std::string_view granted_on);  // "DATABASE_ROLE", "DATABASE ROLE"
const Kind* by_plural(std::string_view plural);          // "tables", "database roles", case-insensitive
std::span<const KindId> relations();                     // the kinds that share names with tables and views
std::span<const KindId> sources();                       // the kinds that FROM may name
bool has_key(const Kind& kind, std::string_view key);    // of `keys`: columns, cluster_by
// Whether the creator role makes such objects and hands them over: those of the account whose maker is not bound.
constexpr bool is_creators(const Kind& kind) {
  return kind.scope == Scope::Account && !kind.owner_is_fixed && !kind.rests_on_share;
}
constexpr std::string_view sql_or(std::string_view words, const Kind& kind) { return words.empty() ? kind.sql : words; }
const PropertyRow* find_property(const Kind& kind, std::string_view name);
// The map a property stands in ("directory"); empty: the object's own.
constexpr std::string_view group_of(const PropertyRow& row) {
  const auto dot = row.name.find('.');
  return dot == std::string_view::npos ? std::string_view() : row.name.substr(0, dot);
}
constexpr std::string_view key_in_group(const PropertyRow& row) { return row.name.substr(row.name.find('.') + 1); }
bool holds_data(const Object& object);  // dropping it loses rows or files
// What SHOW lists the kind by: "TABLES", "USER FUNCTIONS".
constexpr std::string_view listed_as(const Kind& kind) {
  return kind.listed_as.empty() ? kind.sql_plural : kind.listed_as;
}
// Whether the object's text is SQL, in which names can be found.
inline bool is_sql(const TextRow& row, const Object& object) {
  return row.is_foreign == nullptr || !row.is_foreign(object);
}
// The stage that a text of a row with stages names: none for ~, table stages and other places.
std::optional<ObjectId> stage_of(std::string_view path);
std::string with_stage(std::string_view path, const QualifiedName& stage);  // the same path on that stage
const TextRow* find_text(const Kind& kind, std::string_view name);

// Privileges that may be granted on the account (grants.md section 3, row ACCOUNT).
std::span<const std::string_view> account_privileges();

// Text as written in a manifest, or as shown, to the row's canonical value. Fails with what is allowed. Of a list, the
// text is a comma list.
Result<Value> canonical(const PropertyRow& row, std::string_view text);
Result<Value> canonical(const PropertyRow& row, const std::vector<std::string>& list);  // of lists
// One more argument of a signature. Fails where the type is none, or the name stands there already.
Result<bool> add_argument(ValueRecord& arguments, const std::string& stored_name, std::string_view type);
// The row's default as a value: null where there is none.
Value default_of(const PropertyRow& row);
// What two values of the row are compared and shown by.
Value compared(const PropertyRow& row, const Value& value);
// "@DB.SCHEMA.STAGE/path/" as its name and its path, which begins and ends with a /.
std::pair<std::string, std::string> parts_of_stage_path(std::string_view text);
// Whether a text is one of the row's own words, and so no name.
bool is_word_of(const PropertyRow& row, std::string_view text);
// The object that a text of the row's value names. The row refers to a kind.
ObjectId named_by(const PropertyRow& row, std::string_view text);
std::vector<ObjectId> named_in(const PropertyRow& row, const Value& value);  // all that the value names

// The database role that makes classification profiles: SNOWFLAKE.CLASSIFICATION_ADMIN.
QualifiedName classification_admin();

// Keys every object may carry, besides its kind's: comment stands in the tables.
std::span<const std::string_view>
common_keys();  // owner tags grants contacts renamed_from ignore_changes prevent_destroy only manage
// Keys of a kind that are not rows of `properties`: columns, primary_key, query, query_file, granted_to, schemas, ...
std::vector<std::string_view> structural_keys(const Kind& kind);

}  // namespace mesh::kinds
