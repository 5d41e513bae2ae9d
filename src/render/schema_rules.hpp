#pragma once
// What a governing domain writes, as schemas.

#include "schema_parts.hpp"

namespace mesh::render::schema {

Value rules();    // `rules`: every rule of the catalogue with its parameters, and the baseline
Value waivers();  // `waivers`

}  // namespace mesh::render::schema
