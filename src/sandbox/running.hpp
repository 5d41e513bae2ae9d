#pragma once
// The statement that is being run, and what all statements need: names resolved, privileges demanded, objects made.

#include <functional>
#include <map>
#include <string>

#include "access.hpp"
#include "catalog.hpp"
#include "engine.hpp"
#include "parser.hpp"
#include "store.hpp"

namespace mesh::sandbox {

struct Running {
  Catalog& catalog;
  Store& store;
  Session& session;
  Access& access;
  Parser& parser;
  std::map<Id, int64_t>& row_counts;  // of tables whose rows have not changed since they were counted
  Id account = 0, role = 0, user = 0;
  int64_t now = 0;
  std::string operation;  // CREATE TABLE, as messages about the missing current database name it
  Id made = 0;            // the first object that make() put into the catalogue
  size_t tags_set = 0;    // on a table or view and its columns

  const Object& home() const { return catalog.at(account); }
};

// Runs a query or DML text as part of the statement. Throws its error. With `needs_warehouse` false it is work that
// Snowflake does without one (filling an added column).
ResultSet run_query(Running& run, const std::string& text, bool needs_warehouse = true);

// The session as queries see it: with the warehouse they run on, or none.
Session query_session(const Running& run);

// --- Names -----------------------------------------------------------------------------------------------------------
// The full name of an object of the kind, completed by the session's database and schema (090105, 090106 without).
NameParts full_parts(const Running& run, Kind kind, const NameParts& parts);
// What holds the name in the kind's namespace and can be seen; nullptr where there is nothing.
const Object* look_up(const Running& run, Kind kind, const NameParts& parts);
// The same, or 002003 in the words of DDL. An object of another kind in the namespace is "Object found is of type ...".
const Object& need(const Running& run, Kind kind, const NameParts& parts);
// The container an object of the kind and name lives in; 002003 where it cannot be seen.
const Object& need_container(const Running& run, Kind kind, const NameParts& parts);
// For SHOW ... IN and USE: 002043 where it cannot be seen.
const Object& need_scope(const Running& run, Kind kind, const NameParts& parts);
[[noreturn]] void refuse_missing(const Running& run, Kind kind, const NameParts& parts);  // 002003
std::string hint(const Running& run, std::string_view needed, Kind kind, std::string_view name);

// --- Privileges ------------------------------------------------------------------------------------------------------
[[noreturn]] void refuse_privilege(const Running& run, const Object& object);  // 003001
void need_ownership(const Running& run, const Object& object);
void need_privilege(const Running& run, const Object& object, std::string_view privilege);
void need_create(const Running& run, const Object& container, const std::string& privilege);
bool has_account_privilege(const Running& run, std::string_view privilege);
bool is_managed(const Running& run, const Object& object);  // lives in a managed access schema

// --- Creation --------------------------------------------------------------------------------------------------------
struct CreateHead {
  Kind kind = Kind::Table;
  bool or_replace = false, or_alter = false, if_not_exists = false, transient = false, secure = false;
  bool aggregate = false;
  bool external = false;  // a listing for other organizations
};

// The checks all CREATE statements share. Gives what already holds the name where the statement deals with it: with OR
// REPLACE (owned, still in place), OR ALTER (owned) or IF NOT EXISTS.
const Object* check_create(const Running& run, const CreateHead& head, const Object& container,
                           const std::string& name);
// The message of IF NOT EXISTS over an existing object.
ResultSet already_exists(const std::string& name);
ResultSet created(Kind kind, const std::string& name);  // Table T successfully created.
ResultSet executed();                                   // Statement executed successfully.

// Puts the object into the catalogue: owner, times, and the future grants of its containers, or instead of these the
// grants of the object it replaces (COPY GRANTS).
Id make(Running& run, Kind kind, const Object& container, const std::string& name, Object object,
        const std::vector<Grant>* copied = nullptr);
std::vector<Grant> direct_grants(const Running& run, const Object& object);
bool can_be_undropped(Kind kind);
// Takes away what OR REPLACE stands in for; tables, schemas and databases can be brought back.
void put_away(Running& run, const Object& object);
void touch(Running& run, Id id);  // LAST_DDL

// Applies the future grants of the schema, else those of the database, to a new object (grants.md section 4).
void materialise_future_grants(Running& run, Id object);

}  // namespace mesh::sandbox
