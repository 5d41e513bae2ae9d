#pragma once
// What can have contacts, and for what (page user-guide/contacts-using).

#include <span>
#include <string_view>

#include "mesh/kinds/kind.hpp"

namespace mesh::kinds {

std::span<const std::string_view> contact_purposes();  // as SQL spells them
// The purpose of that spelling, in any case; empty: it is none.
std::string_view contact_purpose(std::string_view text);

bool can_have_contacts(KindId kind);
// The object type by which GET_CONTACTS knows objects of the kind: TABLE is every table-like one. Empty: it knows none,
// and so no live function tells the contacts of a task.
std::string_view contact_type(KindId kind);

}  // namespace mesh::kinds
