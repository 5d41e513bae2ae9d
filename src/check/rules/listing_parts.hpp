#pragma once
// What rules look at in a listing's manifest.

#include <string>
#include <string_view>
#include <vector>

#include "rule.hpp"

namespace mesh::check {

// A text of a record; empty: it has none.
std::string text_in(const Value& record, std::string_view key);
// The entries of a list among the listing's properties, or of a key in a map there.
std::vector<Value> entries_of(const Object& listing, std::string_view property, std::string_view key = {});
bool is_for_organization(const Object& listing);
// The listing that is declared over the share; nullptr: none.
const Object* listing_over(const State& state, const QualifiedName& share);

}  // namespace mesh::check
