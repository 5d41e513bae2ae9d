#pragma once
// Policies as they are attached: to what, with which columns, and by which words (governance-reading.md 3.3 and 8;
// pages alter-table, alter-view, create-table, alter-user).

#include <span>
#include <string>
#include <string_view>

#include "mesh/model/object.hpp"

namespace mesh::kinds {

enum class AttachesTo : uint8_t { Column, Relation, User };

struct PolicyForm {
  KindId kind;
  AttachesTo to;
  std::string_view columns_key{};  // manifest key of the columns beside `policy`; empty: it is named alone
  std::string_view columns_sql{};  // the words in front of them
  bool needs_columns = false;
  bool by_signature = false;  // a column for each argument; the others have no arguments
  // Without columns POLICY_REFERENCES shows none; of a masking policy it may not tell them (governance-reading.md 3.1).
  bool columns_told = true;
  bool always_read = false;  // wherever what may bear it is read; the others where some are declared or known
};

std::span<const PolicyForm> policy_forms();
const PolicyForm* policy_form(KindId kind);  // nullptr: it is no policy that is attached
// Manifest key of what bears it: "row_access_policy".
std::string policy_key(KindId kind);

}  // namespace mesh::kinds
