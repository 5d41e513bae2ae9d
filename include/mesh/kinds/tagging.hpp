#pragma once
// What can bear tags, and by which word Snowflake is asked for them.

#include <string_view>

#include "mesh/kinds/kind.hpp"

namespace mesh::kinds {

// Whether objects of the kind can bear tags (page user-guide/object-tagging/introduction, supported objects).
bool can_bear_tags(KindId kind);

// The domain by which TAG_REFERENCES knows objects of the kind: TABLE is every table-like one. Empty: it knows none,
// and so no live function tells the tags of a pipe or of a policy (pages tag_references, system_get_tag).
std::string_view tag_domain(KindId kind);
// Live, between the values of a tag that has several on one object (create-tag, MULTI_VALUE).
inline constexpr std::string_view kBetweenValues = "\n";

}  // namespace mesh::kinds
