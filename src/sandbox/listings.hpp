#pragma once
// Listings: the object, and what they keep from going.

#include "ddl.hpp"
#include "show_cells.hpp"

namespace mesh::sandbox {

ResultSet create_listing(Running& run, const CreateHead& head);
ResultSet alter_listing(Running& run, const Object& listing);
ResultSet describe_listing(Running& run);
const ShowColumns& listing_columns();

void check_listing_drop(const Object& listing);                  // a published one stays
void check_share_drop(const Running& run, const Object& share);  // one that a listing offers stays

}  // namespace mesh::sandbox
