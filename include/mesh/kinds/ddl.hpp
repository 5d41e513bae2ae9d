#pragma once
// The statements a kind is created, changed and dropped by. Values in, SQL text out.

#include <string>
#include <vector>

#include "mesh/kinds/kind.hpp"
#include "mesh/model/attachments.hpp"
#include "mesh/model/grants.hpp"

namespace mesh::kinds {

using Attachments = std::vector<const Attachment*>;  // of one object and its columns

// CREATE with everything stated that it can carry, tags and policies too; then what needs statements of its own
// (comments of a view's columns, what hangs on them). Foreign keys are not in it: see add_constraint.
std::vector<std::string> create_statements(const Object& object, const Attachments& attachments = {});
// CREATE OR REPLACE ... COPY GRANTS with everything stated, then as above. Kinds with a text that changes by
// TextChange::Replace.
std::vector<std::string> replace_statements(const Object& object, const Attachments& attachments = {});
// The names that a view's CREATE, or a dynamic table's, has in brackets, in their order; empty: it has no list.
std::vector<Name> listed_columns(const Object& object);
// ALTER .. with the row's words and the text, or, without one, the words that take it away.
std::string set_text(const ObjectId& id, const TextRow& row, const SqlText* text);

// Sets one, or swaps it for `before` without an unprotected moment (FORCE; DROP and ADD in one statement). Of a metric
// function that is there, a statement for each expectation that differs.
std::vector<std::string> attach_statements(const Attachment& wanted, const Attachment* before = nullptr);
std::string detach_statement(const Attachment& attachment);

std::string drop_statement(const ObjectId& id);
// With what must come before it as the object stands.
std::vector<std::string> drop_statements(const Object& live);
// Empty where the kind has no UNDROP.
std::string undrop_statement(const ObjectId& id);
std::string rename_statement(const ObjectId& from, const QualifiedName& to);

struct PropertyChange {
  const PropertyRow* row = nullptr;
  Value after;  // null with `unset`: UNSET, or the flag's opposite
  bool unset = false;
  bool first = false;  // with `unset`: before what is set
  Value before{};      // Slots: what is there
  bool stays = false;  // Document, Publish: it does not differ, but stands in the same statement
};
// As few statements as the kind allows, SETs before UNSETs but those that go first.
std::vector<std::string> property_statements(const ObjectId& id, const std::vector<PropertyChange>& changes);

// Columns and constraints of tables (ALTER TABLE, ALTER TABLE ... ALTER COLUMN).
std::string add_column(const ObjectId& table, const Column& column, const Attachments& attachments = {});
std::string drop_column(const ObjectId& table, const Name& column);
std::string rename_column(const ObjectId& table, const Name& from, const Name& to);
std::string set_column_type(const ObjectId& table, const Column& column);
std::string set_column_nullable(const ObjectId& table, const Name& column, bool nullable);
std::string set_column_comment(const ObjectId& table_or_view, const Name& column, const std::string& comment);
std::string drop_column_default(const ObjectId& table, const Name& column);
std::string set_column_default(const ObjectId& table, const Name& column, const SqlText& sequence);
std::string add_constraint(const ObjectId& table, const Constraint& constraint);
std::string drop_constraint(const ObjectId& table, const Constraint& constraint);
std::string rename_constraint(const ObjectId& table, const std::string& stored_name, const Name& to);
std::string set_constraint_rely(const ObjectId& table, const std::string& stored_name, bool rely);
// ENABLE NOVALIDATE, which is all that ALTER TABLE takes.
std::string add_check(const ObjectId& table, const Check& check);
std::string drop_constraint(const ObjectId& table, const Name& name);
std::string add_search_optimization(const ObjectId& table,
                                    const std::vector<SearchTarget>& targets);  // none: all of it
std::string drop_search_optimization(const ObjectId& table,
                                     const std::vector<SearchTarget>& targets);  // none: all of it
std::string set_cluster_by(const ObjectId& table, const std::vector<SqlText>& keys);
std::string drop_cluster_by(const ObjectId& table);

// Grants and memberships (GRANT <privileges>, GRANT ROLE, GRANT DATABASE ROLE, GRANT OWNERSHIP).
std::string grant_statement(const GrantKey& key, bool grant_option);
std::string revoke_statement(const GrantKey& key);
std::string revoke_grant_option(const GrantKey& key);
std::string grant_role(const MembershipKey& key);
std::string revoke_role(const MembershipKey& key);
std::string transfer_ownership(const ObjectId& id, const Name& role);  // COPY CURRENT GRANTS

}  // namespace mesh::kinds
