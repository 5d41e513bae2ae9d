#include "mesh/live/role_grants.hpp"

#include "grants.hpp"
#include "mesh/kinds/kind.hpp"
#include "statements.hpp"

namespace mesh::live {
namespace {

class RoleGrantsReader {
 public:
  explicit RoleGrantsReader(const Rows& rows)
      : rows_(rows),
        privilege_(rows, "privilege"),
        granted_on_(rows, "granted_on"),
        name_(rows, "name"),
        option_(rows, "grant_option"),
        inherited_(rows) {}

  RoleGrants run() {
    for (const auto& row : rows_.rows) {
      if (inherited_.is_inherited(row)) {
        read_inherited(row);
      } else {
        read(row);
      }
    }
    return std::move(out_);
  }

 private:
  void read_inherited(const Row& row) {
    auto target = inherited_.target(row);
    if (target) {
      out_.privileges.push_back({std::move(*target), to_upper(privilege_.in(row)), false});
    } else {
      out_.others.push_back({to_upper(privilege_.in(row)), kind_in_words(row) + "s, by an inherited grant"});
    }
  }

  std::string kind_in_words(const Row& row) const { return replace_all(to_lower(granted_on_.in(row)), "_", " "); }

  void read(const Row& row) {
    const std::string privilege = to_upper(privilege_.in(row));
    const bool option = option_.is_true(row);
    if (iequals(granted_on_.in(row), "ACCOUNT")) {
      out_.privileges.push_back({{TargetForm::Account, {}, KindId::Table}, privilege, option});
      return;
    }
    const auto object = granted_object(granted_on_.in(row), name_.in(row));
    if (!object) {
      if (!is_phantom(granted_on_.in(row), name_.in(row))) {
        out_.others.push_back({privilege, kind_in_words(row) + " " + std::string(name_.in(row))});
      }
      return;
    }
    const bool is_role = object->kind == KindId::Role || object->kind == KindId::DatabaseRole;
    if (privilege == "OWNERSHIP") {
      out_.owned.push_back(*object);
    } else if (is_role) {
      if (privilege != "USAGE") return;
      const auto type = object->kind == KindId::Role ? GranteeType::Role : GranteeType::DatabaseRole;
      out_.roles.push_back({type, object->name});
      out_.privileges.push_back({{TargetForm::Object, *object, KindId::Table}, privilege, option});
    } else {
      out_.privileges.push_back({{TargetForm::Object, *object, KindId::Table}, privilege, option});
    }
  }

  const Rows& rows_;
  Field privilege_, granted_on_, name_, option_;
  InheritedFields inherited_;
  RoleGrants out_;
};

}  // namespace

Query role_grants_query(const Grantee& role, const std::string& as_role) {
  Query query;
  query.sql = show_grants_to(role);
  query.role = as_role;
  query.read_only = true;
  return query;
}

RoleGrants parse_role_grants(const Rows& rows) { return RoleGrantsReader(rows).run(); }

}  // namespace mesh::live
