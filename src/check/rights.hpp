#pragma once
// What Snowflake asks of a statement's role, as values.

#include <optional>
#include <string>
#include <vector>

#include "mesh/diff/change.hpp"

namespace mesh::check {

// On the account, a database or a schema; owning the container does not confer it (grants.md 1.10).
constexpr const char* kManageGrants = "MANAGE GRANTS";

struct Right {
  enum class Form : uint8_t {
    Owns,      // OWNERSHIP of the object
    Holds,     // the privilege on the target; its owner has it too, but for MANAGE GRANTS
    HoldsAny,  // any one privilege on the object: enough to resolve names in it
    MayGrant,  // the privilege WITH GRANT OPTION on the target
    Is,        // the role itself, or one above it
  };
  Form form = Form::Holds;
  std::string privilege;  // Holds, MayGrant
  GrantTarget target;     // not for Is
  Grantee role;           // Is
};

// Any of these will do; the first is what is proposed where none is there.
struct Need {
  std::vector<Right> any_of;
  bool certain = true;  // false: no page says so, it is the rule elsewhere; its lack is a warning
};

// How the mesh stands at the moment of a statement.
class Account {
 public:
  virtual ~Account() = default;
  virtual bool exists(const ObjectId& id) const = 0;  // as far as it was read, or is made by an earlier change
  virtual bool is_managed_access(const QualifiedName& schema) const = 0;
};

// What `statement` of `change` needs, with the object's new name and the old one of a rename.
std::vector<Need> needs_of(const Change& change, const Statement& statement, const Desired& desired,
                           const Account& account);

Right owns(const ObjectId& id);
Right holds(std::string privilege, const ObjectId& id);
Right holds_on_account(std::string privilege);
std::string words(const Right& right);                            // "CREATE SCHEMA on database SALES"
std::string remedy(const Right& right, const std::string& role);  // "GRANT CREATE SCHEMA ON DATABASE ... TO ROLE ..."

}  // namespace mesh::check
