#include "grants.hpp"

#include "mesh/kinds/kind.hpp"
#include "mesh/kinds/signature.hpp"

namespace mesh::live {
namespace {

size_t depth_of(kinds::Scope scope) {
  switch (scope) {
    case kinds::Scope::Account:
      return 1;
    case kinds::Scope::Database:
      return 2;
    case kinds::Scope::Schema:
      return 3;
  }
  broken_promise("scope of a kind", __FILE__, __LINE__);
}

// The dotted name of a row, in as many parts as its kind has. Account-level names may come raw.
std::optional<QualifiedName> name_of(const kinds::Kind& kind, std::string_view printed) {
  if (printed.empty()) return std::nullopt;
  auto name = QualifiedName::parse_output(printed);
  const auto depth = depth_of(kind.scope);
  if (name && name->depth() == depth) return *name;
  if (depth == 1) return QualifiedName({Name::exact(std::string(printed))});
  return std::nullopt;
}

class GrantsTo {
 public:
  GrantsTo(const Grantee& grantee, const Rows& rows, const DatabaseKinds& databases,
           const std::function<bool(const GrantKey&)>& keep_born)
      : grantee_(grantee),
        databases_(databases),
        keep_born_(keep_born),
        rows_(rows),
        privilege_(rows, "privilege"),
        granted_on_(rows, "granted_on"),
        name_(rows, "name"),
        option_(rows, "grant_option"),
        granted_by_(rows, "granted_by"),
        inherited_(rows, "is_inherited"),
        role_(rows, "role"),
        containers_(rows) {}

  AccessRows run() {
    for (const auto& row : rows_.rows) {
      // An inherited grant has an empty name, and says which container it is on (section 0, 2).
      if (inherited_.is_true(row)) {
        read_inherited(row);
        continue;
      }
      if (!role_.in(row).empty()) {
        add_membership({KindId::Role, QualifiedName({role_.name(row)})});
      } else {
        read(row);
      }
    }
    return std::move(out_);
  }

 private:
  void read(const Row& row) {
    const std::string privilege = to_upper(privilege_.in(row));
    if (privilege == "OWNERSHIP") return add_owner(row);
    if (privilege.empty()) return;
    if (iequals(granted_on_.in(row), "ACCOUNT")) return add({TargetForm::Account, {}, KindId::Table}, privilege, row);
    const auto object = granted_object(granted_on_.in(row), name_.in(row));
    if (!object) return;
    const bool role = object->kind == KindId::Role || object->kind == KindId::DatabaseRole;
    if (role && privilege == "USAGE") return add_membership(*object);
    if (role) return;
    const auto kind_of_database = databases_.kind(object->name.first());
    if (kind_of_database.empty() || kind_of_database == "STANDARD")
      return add({TargetForm::Object, *object, KindId::Table}, privilege, row);
    // IMPORTED PRIVILEGES reads back as USAGE, with a row for each shared object (section 0, 6).
    if (object->kind == KindId::Database) {
      add({TargetForm::Object, *object, KindId::Table}, privilege == "USAGE" ? "IMPORTED PRIVILEGES" : privilege, row);
    }
  }

  // Those on the whole account are nobody's in a manifest.
  void read_inherited(const Row& row) {
    auto target = containers_.target(row);
    if (target && !target->object.name.empty()) add(std::move(*target), to_upper(privilege_.in(row)), row);
  }

  // The owner stands in SHOW <objects>, but for functions and procedures (function entry, bulk_read).
  void add_owner(const Row& row) {
    const auto object = granted_object(granted_on_.in(row), name_.in(row));
    if (object && is_overloaded(object->kind)) out_.owned.emplace_back(*object, grantee_);
  }

  void add_membership(ObjectId role) {
    if (role.name.last().stored() == "PUBLIC" && role.kind == KindId::Role) return;  // everybody's, never listed
    Membership membership;
    membership.key = {std::move(role), grantee_};
    out_.memberships.push_back(std::move(membership));
  }

  bool is_born(const GrantKey& key) const {
    return grantee_.type == GranteeType::DatabaseRole && key.privilege == "USAGE" &&
           key.target.object == ObjectId{KindId::Database, grantee_.name.parent()};
  }

  void add(GrantTarget target, const std::string& privilege, const Row& row) {
    Grant grant;
    grant.key = {std::move(target), grantee_, privilege};
    grant.grant_option = option_.is_true(row);
    if (granted_by_.exists()) grant.granted_by.emplace_back(granted_by_.in(row));
    if (granted_by_.in(row).empty() && is_born(grant.key) && !keep_born_(grant.key)) return;
    out_.grants.push_back(std::move(grant));
  }

  const Grantee& grantee_;
  const DatabaseKinds& databases_;
  const std::function<bool(const GrantKey&)>& keep_born_;
  const Rows& rows_;
  Field privilege_, granted_on_, name_, option_, granted_by_, inherited_, role_;
  InheritedFields containers_;
  AccessRows out_;
};

// DB.<TABLE> or DB.SCHEMA.<DYNAMIC_TABLE>: the container, and the kind in the last part.
std::optional<GrantTarget> future_target(std::string_view printed, std::string_view grant_on) {
  auto name = QualifiedName::parse_output(printed);
  if (!name || name->depth() < 2 || name->depth() > 3) return std::nullopt;
  std::string type = name->last().stored();
  if (type.size() > 2 && type.front() == '<' && type.back() == '>') type = type.substr(1, type.size() - 2);
  const auto* kind = kinds::by_granted_on(grant_on.empty() ? type : grant_on);
  if (kind == nullptr) return std::nullopt;
  const auto container = name->parent();
  return GrantTarget{
      TargetForm::FutureIn, {container.depth() == 1 ? KindId::Database : KindId::Schema, container}, kind->id};
}

constexpr std::string_view kUserPrefix = "USER$";  // in SHOW GRANTS OF DATABASE ROLE

// Only the own account's prefix: a share's name may hold dots itself.
std::string without_locator(const std::string& name, std::string_view locator) {
  const auto prefix = std::string(locator) + ".";
  const bool prefixed = !locator.empty() && name.size() > prefix.size() &&
                        iequals(std::string_view(name).substr(0, prefix.size()), prefix);
  return prefixed ? name.substr(prefix.size()) : name;
}

// DB.ROLE in the old dialect, ROLE in the new one.
Grantee database_role(const std::string& name, const QualifiedName& database) {
  const auto qualified = QualifiedName::parse_output(name);
  const bool prefixed = qualified && qualified->depth() == 2 && qualified->parent() == database;
  return {GranteeType::DatabaseRole, prefixed ? *qualified : database.child(Name::exact(name))};
}

// Names may come in double quotes, or not (grants.md 2, the inherited four).
Name bare(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return Name::exact(std::string(text));
}

class GrantsOf {
 public:
  GrantsOf(const ObjectId& role, const Rows& rows, std::string_view locator)
      : role_(role),
        locator_(locator),
        rows_(rows),
        granted_to_(rows, "granted_to"),
        grantee_name_(rows, "grantee_name") {}

  AccessRows run() const {
    AccessRows out;
    for (const auto& row : rows_.rows) {
      const auto member = member_of(row);
      if (!member) continue;
      Membership membership;
      membership.key = {role_, *member};
      out.memberships.push_back(std::move(membership));
    }
    return out;
  }

 private:
  std::optional<Grantee> member_of(const Row& row) const {
    const auto type = granted_to_.in(row);
    std::string name(grantee_name_.in(row));
    const bool prefixed = iequals(type, "USER") && role_.kind == KindId::DatabaseRole &&
                          name.size() > kUserPrefix.size() && name.compare(0, kUserPrefix.size(), kUserPrefix) == 0;
    if (prefixed) name.erase(0, kUserPrefix.size());
    return named_grantee(type, name, role_.name.parent(), locator_);
  }

  const ObjectId& role_;
  std::string_view locator_;
  const Rows& rows_;
  Field granted_to_, grantee_name_;
};

}  // namespace

std::optional<Grantee> named_grantee(std::string_view type, const std::string& name, const QualifiedName& database,
                                     std::string_view locator) {
  if (name.empty()) return std::nullopt;
  const auto named = [&](GranteeType of_type, std::string text) {
    return Grantee{of_type, QualifiedName({Name::exact(std::move(text))})};
  };
  if (iequals(type, "ROLE") || iequals(type, "ACCOUNT ROLE")) return named(GranteeType::Role, name);
  if (iequals(type, "USER")) return named(GranteeType::User, name);
  if (iequals(type, "SHARE")) return named(GranteeType::Share, without_locator(name, locator));
  const bool in_database = iequals(type, "DATABASE_ROLE") || iequals(type, "DATABASE ROLE");
  return in_database && !database.empty() ? std::optional(database_role(name, database)) : std::nullopt;
}

InheritedFields::InheritedFields(const Rows& rows)
    : inherited_(rows, "is_inherited"),
      granted_on_(rows, "granted_on"),
      from_(rows, "inherited_from"),
      from_database_(rows, "inherited_from_database"),
      from_schema_(rows, "inherited_from_schema") {}

std::optional<GrantTarget> InheritedFields::target(const Row& row) const {
  const auto* kind = kinds::by_granted_on(granted_on_.in(row));
  if (kind == nullptr) return std::nullopt;
  GrantTarget target{TargetForm::PresentIn, {}, kind->id};
  const Name database = bare(from_database_.in(row)), schema = bare(from_schema_.in(row));
  if (iequals(from_.in(row), "SCHEMA")) {
    target.object = {KindId::Schema, QualifiedName({database, schema})};
  } else if (iequals(from_.in(row), "DATABASE")) {
    target.object = {KindId::Database, QualifiedName({database})};
  }
  return target;
}

// The SNOWFLAKE database comes as APPLICATION too.
std::optional<ObjectId> granted_object(std::string_view granted_on, std::string_view printed) {
  if (is_phantom(granted_on, printed)) return std::nullopt;
  const auto* kind = kinds::by_granted_on(iequals(granted_on, "APPLICATION") ? "DATABASE" : granted_on);
  if (kind == nullptr) return std::nullopt;
  if (is_overloaded(kind->id)) return kinds::granted_routine(kind->id, printed);
  auto name = name_of(*kind, printed);
  if (!name) return std::nullopt;
  return ObjectId{kind->id, std::move(*name)};
}

AccessRows read_grants_to(const Grantee& grantee, const Rows& rows, const DatabaseKinds& databases,
                          const std::function<bool(const GrantKey&)>& keep_born) {
  return GrantsTo(grantee, rows, databases, keep_born).run();
}

namespace {

// `grantee_of` tells whose a row is.
AccessRows future_rows(const Rows& rows, const std::function<std::optional<Grantee>(const Row&)>& grantee_of) {
  AccessRows out;
  const Field privilege(rows, "privilege"), grant_on(rows, "grant_on"), name(rows, "name"),
      option(rows, "grant_option");
  for (const auto& row : rows.rows) {
    const auto target = future_target(name.in(row), grant_on.in(row));
    const auto grantee = grantee_of(row);
    if (!target || !grantee || privilege.in(row).empty()) continue;
    Grant grant;
    grant.key = {*target, *grantee, to_upper(privilege.in(row))};
    grant.grant_option = option.is_true(row);
    out.grants.push_back(std::move(grant));
  }
  return out;
}

}  // namespace

AccessRows read_future_grants(const Grantee& grantee, const Rows& rows) {
  return future_rows(rows, [&](const Row&) { return std::optional(grantee); });
}

AccessRows read_future_grants_in(const ObjectId& container, const Rows& rows, std::string_view locator) {
  const Field type(rows, "grant_to"), name(rows, "grantee_name");
  return future_rows(rows, [&](const Row& row) {
    return named_grantee(type.in(row), std::string(name.in(row)), QualifiedName({container.name.first()}), locator);
  });
}

AccessRows read_grants_of(const ObjectId& role, const Rows& rows, std::string_view locator) {
  return GrantsOf(role, rows, locator).run();
}

}  // namespace mesh::live
