#pragma once
// Parts of statements that the files of DDL share. What is called write_.. adds to the end of `w`; objects and
// attachments are sound, for validate and the reader have looked at them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mesh/kinds/ddl.hpp"

namespace mesh::kinds {

using sql::Keyword;
using sql::Writer;

// ALTER <words> <name>; without words those of the kind.
Writer alter(const ObjectId& id, std::string_view words = {});
// So too, with the words that columns, tags and policies are altered by: ALTER TABLE of a dynamic table.
Writer alter_governed(const ObjectId& id);

// The texts of an object with DDL's words around them: AS SELECT ..
void write_texts(Writer& w, const Object& object);

// Everything stated that CREATE takes as `CLAUSE = value`, or as one of two words. COPY GRANTS stands before COMMENT
// (create-view).
void write_properties(Writer& w, const Object& object, bool copy_grants);
// The value as a class takes it, in its group's braces: {'column_tag_map': [..]}.
void write_argument(Writer& w, const PropertyRow& row, const Value& value);
// The value that CREATE states for the row: the object's, or the default where the row always stands there; else null.
Value value_in_create(const PropertyRow& row, const Object& object);
// Whether it stands before the kind's word, where it is true: SECURE.
bool is_head_word(const PropertyRow& row);
// Whether it is part of AS (..) RETURNS ..
bool is_of_signature(const PropertyRow& row);
// What CREATE does not take, for the statements behind it.
std::vector<PropertyChange> set_after_creation(const Object& object);

// Whether mesh states tags in CREATE (WITH TAG: create-table, create-view, create-schema, create-database,
// create-warehouse); the others are tagged right behind it.
bool create_takes_tags(KindId kind);
void write_tags(Writer& w, const Attachments& attachments, const std::optional<Name>& column);
// In the order of the syntax of CREATE TABLE and CREATE VIEW, which is that of the forms.
void write_policies(Writer& w, const Attachments& attachments, const std::optional<Name>& column);
// Behind the columns of a table, or a view's name: WITH ROW ACCESS POLICY p ON (C) WITH TAG (T = 'v').
void write_own_attachments(Writer& w, const Attachments& attachments);

// "C" VARCHAR NOT NULL WITH MASKING POLICY p COMMENT '..'
void write_column(Writer& w, const Column& column, const Attachments& attachments);
// What hangs on the column, and its comment.
void write_column_attachments(Writer& w, const Column& column, const Attachments& attachments);
void write_constraint(Writer& w, const Constraint& constraint);
void write_check(Writer& w, const Check& check);
// CLUSTER BY (..), where there are keys.
void write_clustering(Writer& w, const Object& object);

}  // namespace mesh::kinds
