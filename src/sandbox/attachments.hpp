#pragma once
// Tags and policies on objects and columns: what may hang where, who may hang it, what stays while something hangs
// (governance-objects.json; governance-reading.md section 7).

#include <string>
#include <vector>

#include "running.hpp"

namespace mesh::sandbox {

struct TagText {
  NameParts name;
  std::string value;
};
struct PolicyText {
  Kind kind = Kind::MaskingPolicy;
  NameParts name;
  std::vector<std::string> columns;  // USING, ON, ENTITY KEY, ALLOWED JOIN KEYS
  bool force = false;
};
// What a column definition says of them.
struct ColumnGovernance {
  std::vector<PolicyText> policies;
  std::vector<TagText> tags;
};

bool is_policy(Kind kind);
bool is_table_like(const Object& object);
// The object's attachment of the policy kind (Kind::Tag: of any tag), on a column or, with 0, on itself.
const Attachment* find_attachment(const Catalog& catalog, const Object& object, Kind kind, int column);
// Whether something in the account still carries the tag or policy.
bool is_carried(const Catalog& catalog, Id what);
// Throws where the object may not leave the catalogue: a policy in use, a tag with a masking policy, a schema or
// database with what is in use outside of it.
void refuse_while_attached(const Running& run, const Object& object);

// `made`: the object comes from the running statement, so that its maker may attach with APPLY alone.
void set_tag(Running& run, const Object& object, int column, const TagText& tag, bool made = false);
void unset_tag(Running& run, const Object& object, int column, const NameParts& name);
void set_policy(Running& run, const Object& object, const std::string& column, const PolicyText& policy,
                bool made = false);
// The one of the kind there is; without any it is a no-op or a refusal, by kind.
void unset_policy(Running& run, const Object& object, const std::string& column, Kind kind);
void drop_row_access_policy(Running& run, const Object& object, const NameParts& name);
// All that a column definition says, on a column that is made by the running statement.
void hang(Running& run, Id object, const std::string& column, const ColumnGovernance& governance);

// Throws what a column's going away would leave without it: arguments of policies.
void refuse_drop_of_governed(const Running& run, const Object& object, const TableColumn& column);
// Takes off all that hangs on the column.
void forget_attachments(Running& run, Id object, int column);

}  // namespace mesh::sandbox
