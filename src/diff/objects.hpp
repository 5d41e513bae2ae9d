#pragma once
// What the comparison of declared objects consists of. Each part adds to a change: lines of its diff, statements, risk;
// and to the result, what is refused.

#include <string>
#include <vector>

#include "compare.hpp"

namespace mesh::diff_parts {

inline constexpr std::string_view kMetricSchedule = "data_metric_schedule";

// The change that creates an object with everything that CREATE takes, and what must follow it.
Change create(const Sides& sides, const Object& object, DiffResult& result);
// By address, everything that must be there before this object can be made or changed. A name that no change makes
// orders nothing.
void add_needs(const Sides& sides, const Object& object, Change& change);
// What is set in a change of its own (PropertyRow::behind_access), for it may lie inside the object: a database's
// classification profile.
std::vector<ObjectId> named_behind_access(const Object& object);
// The texts of which the ledger is to keep what Snowflake makes of them.
void want_echoes(const Object& object, Change& change);

// Of the rows that the change is about: those behind access, or the others. True: a difference that only making the
// object anew carries out.
bool diff_properties(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result);
// Where the manifest has the property, else the object.
Place place_of(const Object& object, std::string_view property);
// Texts that are not as declared: altered, or, where Snowflake cannot, a reason to make the object anew. True: so it
// is.
bool diff_texts(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result);
// Comments of columns whose object is another tool's, where manage names comments: those that are stated.
void diff_foreign_comments(const Sides& sides, const Object& desired, const Object& live, Change& change,
                           DiffResult& result);
// Comments of a view's columns: where `columns` is written, or was when mesh last set them, what it leaves out carries
// none. True: they are a reason to make it anew.
bool diff_view_columns(const Sides& sides, const Object& desired, const Object& live, Change& change,
                       DiffResult& result);

// The object with its columns named in its CREATE, where something hangs on them that must be there from the first
// moment; as it is, where there is no such thing or nothing tells the names.
Object with_columns_named(const Sides& sides, const Object& object, const kinds::Attachments& attachments);
// Whether something that protects columns comes only behind the CREATE, for it does not name them.
bool stands_open(const Object& object, const kinds::Attachments& attachments);
Refusal refuse_open_moment(const Object& desired);
// CREATE OR REPLACE in place of the change's statements. What others hung on the object is kept; refused where that is
// not known, or cannot be.
void replace(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result);
// Whether what was refused since `first` is a part of the object that Snowflake fixes at creation, and its kind is one
// to be dropped and created; then the refusals go, for there is a way.
bool is_to_be_made_anew(const ObjectId& id, size_t first, std::vector<Refusal>& refused);
// DROP and CREATE in place of the change's statements; refused without consent.
void drop_and_create(const Sides& sides, const Object& desired, const Object& live, Change& change, DiffResult& result);

// Tables that refer to each other are made first and tied together afterwards: the foreign keys inside a ring become a
// change of their own behind both tables.
void open_foreign_key_rings(const Sides& sides, std::vector<Change>& changes);

}  // namespace mesh::diff_parts
