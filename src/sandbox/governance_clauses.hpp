#pragma once
// Tags, policies and contacts as statements write them: clauses of CREATE, forms of ALTER.

#include <optional>
#include <vector>

#include "attachments.hpp"
#include "contacts.hpp"

namespace mesh::sandbox {

// [WITH] MASKING POLICY p [USING (..)] | [WITH] PROJECTION POLICY p | [WITH] TAG (..) in a column definition; false
// where none stands at the cursor.
bool read_column_governance(Parser& parser, ColumnGovernance& governance);

// What a CREATE statement says of tags, policies and contacts of the object itself.
struct CreateGovernance {
  std::vector<TagText> tags;
  std::vector<PolicyText> policies;
  std::vector<ContactText> contacts;
  bool copy_tags = false;
  std::optional<Object> replaced;  // whose tags COPY TAGS copies
};
// Takes these clauses out of the statement, wherever they stand between the object's name at the cursor and AS, so that
// the kinds need not know them; only kinds whose CREATE has the clause.
CreateGovernance take_governance(Running& run, Kind kind);
// Hangs them on the object that the statement made (Running::made).
void hang(Running& run, const CreateGovernance& governance);

// ALTER <kind> <name>, the cursor behind the name: whether a form stands there that sets or takes off tags,
// policies and contacts.
bool at_governance(const Parser& parser, Kind kind);
// Runs it. `name` need not be visible to whoever has the account's APPLY privilege.
ResultSet alter_governance(Running& run, Kind kind, const NameParts& name, bool if_exists);
// ALTER ACCOUNT SET TAG | UNSET TAG | SET CONTACT | UNSET CONTACT.
ResultSet alter_account_governance(Running& run);

// Comma-separated `t = 'v'` up to what is no tag.
std::vector<TagText> read_tag_list(Parser& parser);

}  // namespace mesh::sandbox
