#include "stage_grants.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sql_error.hpp"

namespace mesh::sandbox {
namespace {

bool holds_directly(const Running& run, const Object& stage, const Object& grantee, std::string_view privilege) {
  const auto grants = direct_grants(run, stage);
  return std::any_of(grants.begin(), grants.end(),
                     [&](const Grant& g) { return g.grantee == grantee.id && g.privilege == privilege; });
}

bool names(const std::vector<std::string>& privileges, std::string_view privilege) {
  return std::find(privileges.begin(), privileges.end(), privilege) != privileges.end();
}

bool is_stage(const GrantTarget& target) { return target.form == TargetForm::Object && target.kind == Kind::Stage; }

}  // namespace

bool applies(const Object& object, const std::string& privilege) {
  if (object.kind != Kind::Stage || privilege == "OWNERSHIP") return true;
  const bool internal = object.prop("URL").empty();
  return internal == (privilege == "READ" || privilege == "WRITE");
}

// The rules are documented, the words of the refusals are not.
void check_stage_grant(const Running& run, const GrantTarget& target, const std::vector<std::string>& privileges,
                       const Object& grantee) {
  if (!is_stage(target)) return;
  const Object& stage = *target.object;
  for (const auto& privilege : privileges) {
    if (applies(stage, privilege)) continue;
    refuse_text(fmt::format("SQL compilation error:\nPrivilege {} does not apply to {} stage '{}'.", privilege,
                            stage.prop("URL").empty() ? "internal" : "external", stage.name));
  }
  if (names(privileges, "WRITE") && !names(privileges, "READ") && !holds_directly(run, stage, grantee, "READ")) {
    refuse_text(
        fmt::format("SQL compilation error:\nPrivilege READ on stage '{}' must be granted before WRITE.", stage.name));
  }
}

void check_stage_revoke(const Running& run, const GrantTarget& target, const PrivilegeList& privileges,
                        const Object& grantee) {
  if (!is_stage(target) || privileges.all()) return;
  const bool leaves_write = names(privileges.names, "READ") && !names(privileges.names, "WRITE") &&
                            holds_directly(run, *target.object, grantee, "WRITE");
  if (leaves_write) {
    refuse_text(fmt::format("SQL compilation error:\nPrivilege WRITE on stage '{}' must be revoked before READ.",
                            target.object->name));
  }
}

}  // namespace mesh::sandbox
