#pragma once
// Rows of the SHOW GRANTS family as grants and memberships (grants.md section 2). Both dialects (BCR-2371).

#include <functional>
#include <string>
#include <vector>

#include "mesh/base/text.hpp"
#include "mesh/model/grants.hpp"
#include "rows.hpp"

namespace mesh::live {

struct AccessRows {
  std::vector<Grant> grants;
  std::vector<Membership> memberships;
  // What the grantee owns of the kinds whose SHOW has no owner (functions, procedures).
  std::vector<std::pair<ObjectId, Grantee>> owned;
};

// What the rows need to know about databases.
struct DatabaseKinds {
  // "STANDARD", "IMPORTED DATABASE", ...; empty: not seen.
  std::function<std::string(const Name&)> kind;
};

// What search optimization keeps for itself: a hidden materialized view that nobody made, by its name as it is printed
// (grants.md 2.1, phantom rows).
inline bool is_phantom(std::string_view granted_on, std::string_view printed) {
  return iequals(granted_on, "MATERIALIZED_VIEW") && printed.ends_with("IDX_MV_\"");
}

// The object of a row: its kind by `granted_on`, its name in as many parts as that kind has. None where mesh does not
// know the kind, the name cannot be read, or it is no object of anybody's.
std::optional<ObjectId> granted_object(std::string_view granted_on, std::string_view printed);

// Who a row names, `type` as granted_to spells it: a database role is of that database; `locator` is the account's own,
// a share's prefix in the old dialect. None for applications and their roles.
std::optional<Grantee> named_grantee(std::string_view type, const std::string& name, const QualifiedName& database,
                                     std::string_view locator);

// What an inherited row is granted on: every object of one kind in the account, a database or a schema (PresentIn).
class InheritedFields {
 public:
  explicit InheritedFields(const Rows& rows);
  bool is_inherited(const Row& row) const { return inherited_.is_true(row); }
  std::optional<GrantTarget> target(const Row& row) const;

 private:
  Field inherited_, granted_on_, from_, from_database_, from_schema_;
};

// SHOW GRANTS TO ROLE / DATABASE ROLE / USER / SHARE: the grantee is the one that was asked for. Inherited grants on
// a database or schema are PresentIn. Left out: ownership, kinds mesh does not know, what lies inside imported
// databases, a database role's born USAGE where `keep_born` does not want it.
AccessRows read_grants_to(const Grantee& grantee, const Rows& rows, const DatabaseKinds& databases,
                          const std::function<bool(const GrantKey&)>& keep_born);

// SHOW FUTURE GRANTS TO ROLE / DATABASE ROLE.
AccessRows read_future_grants(const Grantee& grantee, const Rows& rows);

// SHOW FUTURE GRANTS IN DATABASE / SCHEMA: of whomever.
AccessRows read_future_grants_in(const ObjectId& container, const Rows& rows, std::string_view locator);

// SHOW GRANTS OF ROLE / DATABASE ROLE: who has it. `locator` is the account's own, a share's prefix in the old dialect.
AccessRows read_grants_of(const ObjectId& role, const Rows& rows, std::string_view locator);

}  // namespace mesh::live
