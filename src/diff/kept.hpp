#pragma once
// What hangs on an object that is made anew, and must not be lost with it (design 2: what is not declared is taken away
// only if the ledger says that mesh set it).

#include "objects.hpp"

namespace mesh::diff_parts {

// Of what hangs on the live object, what is neither declared nor mesh's and goes on to the new one. Refused: where it
// is not known what hangs there (Live::looked_at_closely), or where it cannot be set again as it is.
std::vector<Attachment> kept_by_others(const Sides& sides, const Object& desired, DiffResult& result);

}  // namespace mesh::diff_parts
