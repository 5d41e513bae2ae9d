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
        inherited_(rows, "is_inherited"),
        from_(rows, "inherited_from"),
        from_database_(rows, "inherited_from_database"),
        from_schema_(rows, "inherited_from_schema") {}

  RoleGrants run() {
    for (const auto& row : rows_.rows) {
      if (inherited_.is_true(row)) {
        read_inherited(row);
      } else {
        read(row);
      }
    }
    return std::move(out_);
  }

 private:
  void read(const Row& row) {
    const std::string privilege = to_upper(privilege_.in(row));
    const bool option = option_.is_true(row);
    if (iequals(granted_on_.in(row), "ACCOUNT")) {
      out_.privileges.push_back({{TargetForm::Account, {}, KindId::Table}, privilege, option});
      return;
    }
    const auto object = granted_object(granted_on_.in(row), name_.in(row));
    if (!object) return;
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

  // Names may come in double quotes, or not (grants.md 2, the inherited four).
  static Name bare(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    return Name::exact(std::string(text));
  }

  void read_inherited(const Row& row) {
    const auto* kind = kinds::by_granted_on(granted_on_.in(row));
    if (kind == nullptr) return;
    GrantTarget target{TargetForm::PresentIn, {}, kind->id};
    const Name database = bare(from_database_.in(row)), schema = bare(from_schema_.in(row));
    if (iequals(from_.in(row), "SCHEMA")) {
      target.object = {KindId::Schema, QualifiedName({database, schema})};
    } else if (iequals(from_.in(row), "DATABASE")) {
      target.object = {KindId::Database, QualifiedName({database})};
    }
    out_.privileges.push_back({std::move(target), to_upper(privilege_.in(row)), false});
  }

  const Rows& rows_;
  Field privilege_, granted_on_, name_, option_, inherited_, from_, from_database_, from_schema_;
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
