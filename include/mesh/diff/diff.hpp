#pragma once
// What must change so that live becomes as desired. Pure: values in, values out.

#include <vector>

#include "mesh/diff/change.hpp"

namespace mesh {

struct DiffInput {
  const Mesh& mesh;
  const Desired& desired;
  const Live& live;
  const Ledger& ledger;
  std::vector<Grant> present_grants;  // "on tables in schema": the part for objects that are there
};

// Changes, refusals, what is unmanaged and what has vanished, for the domains asked for. Promises 1, 2, 5 and 7 of the
// design are kept here: nothing mesh did not make is dropped, no loss of data without consent, what cannot be read is
// never a difference.
DiffResult diff(const DiffInput& input, const DiffOptions& options);

// What an object names: in its query, its columns' defaults, its properties. Tables and views share their names, so
// both stand for one reference.
std::vector<ObjectId> read_by(const Object& object);

// A value as the ledger keeps it, whole, for what cannot be read is compared with it: a text as it is, the entries of a
// list with commas between them and a backslash before a comma or backslash of their own.
std::string remembered_text(const Value& value);

}  // namespace mesh
