#pragma once
// What the parts of the set-up share.

#include <set>
#include <string>

#include "mesh/apply/setup.hpp"

namespace mesh::apply {

inline constexpr const char *kUserAdmin = "USERADMIN", *kSecurityAdmin = "SECURITYADMIN", *kSysAdmin = "SYSADMIN",
                            *kAccountAdmin = "ACCOUNTADMIN";

// Plan, deploy and creator roles of every domain.
std::set<std::string> named_roles(const Mesh& mesh);

MembershipKey membership_of(const std::string& role, GranteeType type, const std::string& member);
GrantKey account_grant(std::string privilege, const std::string& role);

// What the roles that mesh.yaml names need on the account, by the manifests.
struct AccountNeed {
  GrantKey key;
  bool grant_option = false;
  std::string why;
};
std::vector<AccountNeed> account_needs(const Mesh& mesh, const Desired& desired);

// The roles that make classification profiles: they need kinds::classification_admin().
std::set<std::string> classifying_roles(const Mesh& mesh, const Desired& desired);

// The users that mesh.yaml names and the roles each needs.
struct UserNeed {
  ServiceUser user;
  std::string default_role;  // empty: none that is clearly meant
  std::set<std::string> roles;
};
std::vector<UserNeed> user_needs(const Mesh& mesh);

}  // namespace mesh::apply
