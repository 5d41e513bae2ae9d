#pragma once
// What an object is made with, and what has to come behind.

#include "mesh/model/state.hpp"

namespace mesh {

// One CREATE sets at most so many tags on a table and its columns (user-guide/object-tagging/introduction, Tag quotas).
inline constexpr int kTagsOfCreation = 100;

// Whether it comes behind the creation of what bears it, as a change of its own: the tag lies in the very database or
// schema, or in one that the tagged role owns, and so cannot be there before; or CREATE takes no more. CREATE TAG takes
// no policy (create-tag), and one may ask for the value of the very tag (tag-based-masking-policies, example 2).
bool comes_after_creation(const State& desired, const Attachment& attachment);

// Whether it lies in a database that is imported from a share: the provider makes it, and nobody here changes it.
bool lies_in_imported(const State& state, const ObjectId& id);

}  // namespace mesh
