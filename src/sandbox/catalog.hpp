#pragma once
// The objects and grants of all accounts in memory, with the indices that reads need and an undo list for the running
// statement. Store (store.hpp) writes what a statement touched into the SQLite file.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "kinds.hpp"

namespace mesh::sandbox {

using Id = int64_t;        // unique in the file
constexpr Id kNobody = 0;  // the SYSTEM role: owner of system objects, grantor of what customers cannot change
using Properties = std::map<std::string, std::string, std::less<>>;

struct TableColumn {
  int id = 0;  // the n of c<n> in SQLite; never used twice in a table
  std::string name;
  std::string type;  // normal form without collation
  std::string collation;
  bool nullable = true;
  std::string default_sql;          // as written, for the queries
  std::string default_echo;         // as DESCRIBE prints it
  bool added_with_default = false;  // by ALTER TABLE ADD COLUMN ... DEFAULT: such a default cannot be dropped
  bool identity = false;
  int64_t start = 1, step = 1;
  bool ordered = false;
  std::string comment;
  std::string alias;       // the type's name as written, for DATA_TYPE_ALIAS
  std::string expression;  // AS (..): a virtual column, its text as written
  bool is_virtual() const { return !expression.empty(); }
};

enum class ConstraintKind { Primary, Unique, Foreign, Check };

struct Constraint {
  ConstraintKind kind = ConstraintKind::Primary;
  std::string name;          // SYS_CONSTRAINT_<uuid> when unnamed
  std::vector<int> columns;  // column ids; Check: of the columns its expression names
  Id target = 0;             // Foreign: the table pointed to, and its column ids
  std::vector<int> target_columns;
  std::string on_update = "NO ACTION", on_delete = "NO ACTION";
  bool rely = false;
  std::string comment;
  std::string expression;  // Check: as written
};

// One line of DESCRIBE SEARCH OPTIMIZATION.
struct SearchExpression {
  int id = 0;          // never used twice in a table
  std::string method;  // EQUALITY, FULL_TEXT DEFAULT_ANALYZER
  int column = 0;      // column id
  std::string path;    // fields below a semi-structured column: "a"."b"
};

// What hangs on an object or on one of its columns: a tag with its value, or a policy.
struct Attachment {
  Id what = 0;
  int column = 0;         // column id; 0: on the object itself
  std::string value;      // of a tag
  std::vector<int> args;  // column ids of USING, ON, ENTITY KEY in their order
};

struct Object {
  Id id = 0;
  Kind kind = Kind::Account;
  Id parent = 0;  // account, database or schema
  std::string name;
  Id owner = kNobody;
  int64_t created_ms = 0, altered_ms = 0, owned_ms = 0, dropped_ms = 0;
  Properties props;   // by upper-case property name; absent means unset
  Properties params;  // parameters set on this very object
  std::vector<TableColumn> columns;
  std::vector<Constraint> constraints;
  std::vector<SearchExpression> search;
  bool search_all = false;  // ADD SEARCH OPTIMIZATION without ON: columns added later join it
  int next_column = 1, next_search = 1;
  std::vector<Attachment> attachments;  // in the order they were made

  const std::string& prop(std::string_view key) const;  // empty when unset
  bool flag(std::string_view key) const { return prop(key) == "true"; }
};

enum class GrantForm { Direct, Future, Inherited };

struct Grant {
  Id id = 0;
  GrantForm form = GrantForm::Direct;
  std::string privilege;      // membership in a role is USAGE on it
  Kind type = Kind::Account;  // kind of the object; of the objects to come for Future and Inherited
  Id object = 0;              // the object; the container for Future and Inherited
  Id grantee = 0;             // role, database role, user or share
  bool option = false;
  Id grantor = kNobody;
  int64_t created_ms = 0;
};

class Catalog {
 public:
  using Names = std::map<std::string, Id, std::less<>>;

  const Object& at(Id id) const;
  const Object* find(Id id) const;                                         // nullptr: gone or never there
  const Object* child(Id parent, Kind kind, std::string_view name) const;  // whatever kind of its space holds the name
  const Names& children(Id parent, Kind kind) const;    // all live ones of the kind's space, in name order
  std::vector<Id> dropped(Id parent, Kind kind) const;  // of exactly this kind, oldest first
  const std::set<Id>& owned_by(Id role) const;          // live and dropped
  const std::set<Id>& carriers(Id what) const;          // live and dropped objects the tag or policy is attached to
  bool live(const Object& object) const;                // neither it nor a container of it is dropped
  std::vector<Id> accounts() const;                     // in order of creation
  Id account_of(const Object& object) const;
  const Object* container(const Object& object) const;  // nullptr for the account

  const std::set<Id>& grants_on(Id object) const;  // direct ones on it, future and inherited ones of the container
  const std::set<Id>& grants_to(Id grantee) const;
  const std::multiset<Id>& roles_of(Id grantee) const;  // roles granted directly
  const Grant& grant(Id id) const { return grants_.at(id); }
  bool has_inherited() const { return inherited_ > 0; }

  // Changes. Each remembers what was there; commit() forgets it, rollback() restores it.
  Id next_id() { return next_id_++; }
  Object& edit(Id id);  // not for name, parent, owner, dropped_ms, attachments
  Id create(Object object);
  void move(Id id, Id parent, const std::string& name);
  void give(Id id, Id owner, int64_t now);
  void attach(Id id, std::vector<Attachment> all);  // in the place of those there are
  void drop(Id id, int64_t now);                    // can be brought back
  void restore(Id id);
  void erase(Id id);  // for good, with all grants on it, to it and made by it
  Id add_grant(Grant grant);
  Grant& edit_grant(Id id);  // not for object and grantee
  void remove_grant(Id id);

  struct Touched {
    std::vector<Id> objects, grants;
  };
  Touched touched() const;
  bool clean() const { return old_objects_.empty() && old_grants_.empty(); }
  void commit();
  void rollback();
  const Grant* find_grant(Id id) const;

  // Loading: no undo.
  void load(Object object);
  void load(Grant grant);
  void load_next_id(Id id) { next_id_ = id; }
  Id peek_next_id() const { return next_id_; }

 private:
  using Place = std::pair<Id, int>;
  static Place place(const Object& object);
  void index(const Object& object);
  void unindex(const Object& object);
  void index(const Grant& grant);
  void unindex(const Grant& grant);
  Object& remember(Id id);
  void remember_grant(Id id);

  std::unordered_map<Id, Object> objects_;
  std::unordered_map<Id, Grant> grants_;
  std::map<Place, Names> names_;
  std::map<Place, std::vector<Id>> dropped_;
  std::unordered_map<Id, std::set<Id>> owned_, carriers_, grants_on_, grants_to_;
  std::unordered_map<Id, std::multiset<Id>> roles_of_;
  std::map<Id, std::optional<Object>> old_objects_;  // nullopt: created by the running statement
  std::map<Id, std::optional<Grant>> old_grants_;
  Id next_id_ = 1, old_next_id_ = 1;
  int inherited_ = 0;
};

// A routine is kept under its name and the types of its arguments, F(NUMBER); this is its name without them.
std::string plain_name(Kind kind, const std::string& stored);
std::string plain_name(const Object& object);
bool needs_quotes(std::string_view name);
std::string quoted_if_needed(std::string_view name);
// DB.SCHEMA.NAME from below the account; parts are quoted only where they need it.
std::string qualified_name(const Catalog& catalog, const Object& object);

}  // namespace mesh::sandbox
