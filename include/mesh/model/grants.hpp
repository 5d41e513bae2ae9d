#pragma once
// Privileges and memberships as sets of tuples: owned by nobody else, their difference is set difference.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "mesh/model/object.hpp"

namespace mesh {

enum class GranteeType : uint8_t { Role, DatabaseRole, User, Share, ApplicationRole };
struct Grantee {
  GranteeType type = GranteeType::Role;
  QualifiedName name;           // database and application roles: two parts
  std::string display() const;  // "role R", "database role D.R", "user U", "share S", "application role A.R"
  friend auto operator<=>(const Grantee&, const Grantee&) = default;
};
ObjectId object_of(const Grantee& grantee);  // the object that receives
// A role by its name alone, or `role R`, `database role D.R`, `share S`, `user U`.
Result<Grantee> parse_grantee(std::string_view written);

enum class TargetForm : uint8_t {
  Account,
  Object,     // `object`
  FutureIn,   // future <kind plural> in `object` (a database or schema): those to come only
  PresentIn,  // "tables in schema": those there are and those to come. In manifests always together with FutureIn, and
              // resolved to Object before diff where the account has no inherited grants; else an inherited grant
};
struct GrantTarget {
  TargetForm form = TargetForm::Object;
  ObjectId object;                 // Object: itself; FutureIn / PresentIn: the container; Account: unused
  KindId of_kind = KindId::Table;  // FutureIn / PresentIn
  std::string display() const;     // "table A.B.C", "account", "future views in schema A.B"
  friend auto operator<=>(const GrantTarget&, const GrantTarget&) = default;
};

// What display() prints; also as people write it: any case, several blanks between words. Fails with what is wrong.
Result<GrantTarget> parse_grant_target(std::string_view written);

struct GrantKey {
  GrantTarget target;
  Grantee grantee;
  std::string privilege;        // upper case, words parted by blanks; OWNERSHIP only with FutureIn
  std::string address() const;  // "grant SELECT on table A.B.C to role R"
  friend auto operator<=>(const GrantKey&, const GrantKey&) = default;
};
struct Grant {
  GrantKey key;
  bool grant_option = false;
  std::string domain;  // desired: the domain that owns what is granted on
  Place place;
  std::vector<std::string> granted_by;  // live: every grantor seen; empty text = the system (irrevocable)
};

struct MembershipKey {
  ObjectId role;                // the role granted: kind Role or DatabaseRole
  Grantee member;               // who receives it
  std::string address() const;  // "grant role A to role B", "grant database role D.A to role B"
  friend auto operator<=>(const MembershipKey&, const MembershipKey&) = default;
};
// What the two address() print; likewise.
using GrantAddress = std::variant<GrantKey, MembershipKey>;
Result<GrantAddress> parse_grant(std::string_view address);

struct Membership {
  MembershipKey key;
  std::string domain;
  Place place;
};

}  // namespace mesh
