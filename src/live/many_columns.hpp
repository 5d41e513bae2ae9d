#pragma once
// The columns of a schema that has more of them than SHOW COLUMNS lists.

#include <map>

#include "mesh/model/connection.hpp"
#include "mesh/model/object.hpp"

namespace mesh::live {

struct ManyColumns {
  Rows rows;                             // as SHOW COLUMNS would have them
  std::map<ObjectId, bool> is_complete;  // whether all of a relation is in them; else it is to be asked for its own
};

// `shown` is what SHOW COLUMNS did not leave out, `told` the answer to select_columns(). That says neither a text's
// collation nor how fine a time is, nor what is inside an array or a vector (info-schema/columns: "Not applicable"):
// such a relation is complete where `shown` has all of it, or where what is declared has nothing of the kind.
// `declared`: for each relation what the manifest says of it; nullptr: nothing.
ManyColumns many_columns(const Rows& shown, const Rows& told, const std::map<ObjectId, const Object*>& declared);

}  // namespace mesh::live
