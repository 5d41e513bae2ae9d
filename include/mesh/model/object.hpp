#pragma once
// What exists or shall exist. Desired and live are the same types, so that diff knows nothing of files or servers.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/diag/place.hpp"
#include "mesh/ident/name.hpp"
#include "mesh/model/data_type.hpp"
#include "mesh/model/value.hpp"

namespace mesh {

// The kinds mesh manages. Facts about each are in the kinds layer; here only the names.
enum class KindId : uint8_t {
  Warehouse,
  Role,
  Database,
  DatabaseRole,
  Schema,
  Table,
  View,
  Sequence,
  FileFormat,
  Stage,
  ResourceMonitor,
  NetworkRule,
  NetworkPolicy,
  User,
  Tag,
  MaskingPolicy,
  RowAccessPolicy,
  AggregationPolicy,
  ProjectionPolicy,
  JoinPolicy,
  PasswordPolicy,
  SessionPolicy,
  AuthenticationPolicy,
  Contact,
  DataMetricFunction,
  ClassificationProfile,
  Stream,
  Alert,
  Task,
  Pipe,
  MaterializedView,
  DynamicTable,
  ExternalTable,
  StorageIntegration,
  Function,
  Procedure,
  Share,
  Listing,
  // These have no SHOW of their own and stand beside the list of kinds (kinds/settings.hpp).
  AccountParameter,
  ApplicationRole,
  Statement
};
const char* kind_words(KindId kind);                            // "database role": first words of an address
std::optional<KindId> kind_from_words(std::string_view words);  // "database role", "database_role", without case
std::string kind_plural(KindId kind);                           // "database roles", "masking policies"
Result<KindId> kind_from_plural(std::string_view words);        // the reverse, likewise; fails with the nearest plural

// Kind and full name: the key of every map.
struct ObjectId {
  KindId kind = KindId::Database;
  QualifiedName name;
  // Functions and procedures: their arguments' types without lengths, "(NUMBER, FLOAT)", for names may be overloaded.
  std::string arguments{};
  // "table SALES.ORDERS.ORDERS", "function A.B.F(NUMBER)"; names quoted only where SQL needs it.
  std::string address() const;
  std::string display() const { return name.display() + arguments; }  // without the kind
  friend auto operator<=>(const ObjectId&, const ObjectId&) = default;
};
Result<ObjectId> parse_address(std::string_view address);  // the reverse; fails with the kinds that there are
// Whether several objects of the kind may have one name, told apart by their arguments' types.
bool is_overloaded(KindId kind);

// A piece of SQL as written: a body, a default, a clustering key.
struct SqlText {
  std::string text;
  Place place;
};

struct Property {
  Value value;
  Place place;
};

struct Identity {
  int64_t start = 1, increment = 1;
  std::optional<bool> order;  // absent: not stated; always left alone when it differs
  friend bool operator==(const Identity&, const Identity&) = default;
};

struct Column {
  Name name;
  DataType type;
  bool nullable = true;
  std::optional<SqlText> default_value;
  std::optional<Identity> identity;
  std::optional<SqlText> virtual_as;  // AS (..): computed when it is read; has neither default nor identity
  std::string collate;
  std::string comment;
  std::optional<Name> renamed_from;
  Place place;
  // Columns of views: only name and comment are stated; the type is empty.
};

enum class ConstraintType : uint8_t { PrimaryKey, Unique, ForeignKey };
// Equal where they say the same of the same columns; name and RELY are compared apart, for they are altered in place.
struct Constraint {
  ConstraintType type = ConstraintType::PrimaryKey;
  std::vector<Name> columns;
  QualifiedName references;  // foreign keys: table and its columns
  std::vector<Name> references_columns;
  std::optional<Name> name;  // desired: where it is stated
  std::string stored_name;   // live: given or SYS_CONSTRAINT_<uuid>
  // RELY: the optimizer may trust it. Live: absent where SHOW does not tell.
  std::optional<bool> rely;
  Place place;
  friend bool operator==(const Constraint& a, const Constraint& b) {
    return a.type == b.type && a.columns == b.columns && a.references == b.references &&
           a.references_columns == b.references_columns;
  }
};

// A CHECK constraint: enforced, unlike keys. Its condition cannot be altered.
struct Check {
  Name name;
  SqlText condition;
  Place place;
};

// What one search method is for: a column, a field below one, or every column the method takes.
struct SearchTarget {
  std::string method;             // EQUALITY, SUBSTRING, GEO, FULL_TEXT
  std::string analyzer;           // FULL_TEXT's, DEFAULT_ANALYZER where none is written; else empty
  std::optional<Name> column;     // none: *
  std::vector<std::string> path;  // of a field, as stored
  Place place;
  friend bool operator==(const SearchTarget& a, const SearchTarget& b) {
    return a.method == b.method && a.analyzer == b.analyzer && a.column == b.column && a.path == b.path;
  }
};

struct SearchOptimization {
  bool on = false;
  bool whole_table = false;  // desired: ADD SEARCH OPTIMIZATION without ON
  std::vector<SearchTarget> targets;
  bool targets_known = true;  // live: whether DESCRIBE SEARCH OPTIMIZATION was asked and answered
};

// What only live objects have.
struct LiveFacts {
  std::string created_on;  // epoch milliseconds as text, for the fingerprint and for "lost by a re-creation"
  std::optional<int64_t> rows, bytes;
  int retention_days = 1;  // in effect: how long UNDROP can bring it back
  bool dropping_loses_data = false;
  std::set<std::string> unknown;  // properties this role may not read: shown, never diffed
  std::string invalid;            // why Snowflake can no longer use it as it is; empty: it can
  bool born = false;              // made by Snowflake with its container (schema PUBLIC, INFORMATION_SCHEMA)
  Name owner;
  std::string owner_type = "ROLE";  // ROLE, DATABASE_ROLE, APPLICATION or empty (system)
};

struct Object {
  ObjectId id;
  std::string domain;  // desired: who declared it
  Place place;
  std::string agreement;  // desired: the agreement between two accounts that makes it; no manifest declares it

  // By manifest name ("warehouse_size"), in the kind table's normal form. Desired: what is stated. Live: what was read;
  // for parameters only what is set on this very object. Absent from the map = not stated / not set / not read.
  std::map<std::string, Property, std::less<>> properties;
  std::vector<Column> columns;
  bool columns_stated = false;  // a table's always; a view's only when `columns` stands in the manifest
  std::vector<Constraint> constraints;
  // By manifest key, of the kind's text rows: a view's query, a task's statement. Absent: not stated, or not there.
  std::map<std::string, SqlText, std::less<>> texts;
  std::optional<std::vector<SqlText>> cluster_by;
  std::optional<std::vector<Check>> checks;  // desired: what is stated; live: absent where they were not read
  std::optional<SearchOptimization> search_optimization;  // live: absent where SHOW TABLES does not tell

  std::optional<Name> owner;                  // desired: stated owner role
  std::optional<QualifiedName> renamed_from;  // full name in live spelling
  std::set<std::string> ignore_changes;       // property names
  std::optional<bool> prevent_destroy;        // false lifts what the ledger keeps
  std::set<std::string> manage;               // empty: everything; else of grants, tags, policies, comment, contacts

  LiveFacts live;

  bool structure_is_foreign() const { return !manage.empty(); }
  // Under its old name. There is one.
  ObjectId renamed_id() const { return {id.kind, *renamed_from, id.arguments}; }
  const Value* find(std::string_view property) const {
    const auto it = properties.find(property);
    return it == properties.end() ? nullptr : &it->second.value;
  }
  const SqlText* text(std::string_view key) const {
    const auto it = texts.find(key);
    return it == texts.end() ? nullptr : &it->second;
  }
};

}  // namespace mesh
