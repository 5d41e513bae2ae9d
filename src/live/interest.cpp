#include "interest.hpp"

#include <algorithm>

#include "mesh/kinds/kind.hpp"

namespace mesh::live {
namespace {

Name database_of(const QualifiedName& name) { return name.first(); }

std::optional<Grantee> grantee_of(const ObjectId& id) {
  if (id.kind == KindId::Role) return Grantee{GranteeType::Role, id.name};
  if (id.kind == KindId::DatabaseRole) return Grantee{GranteeType::DatabaseRole, id.name};
  if (id.kind == KindId::Share) return Grantee{GranteeType::Share, id.name};
  return std::nullopt;
}

// A parent with this many declared children is asked for what it holds, instead of each child for who holds it.
constexpr size_t kManyChildren = 3;

}  // namespace

Interest::Interest(const ReadScope& scope) : scope_(scope) {
  add_declared();
  add_ledger();
  add_grantees();
}

void Interest::note(const ObjectId& id) {
  if (id.kind != KindId::Database && kinds::of(id.kind).scope == kinds::Scope::Account) {
    account_kinds_.insert(id.kind);
    return;
  }
  databases_.insert(database_of(id.name));
  kinds_in_databases_.emplace(database_of(id.name), id.kind);
  if (id.kind == KindId::DatabaseRole) databases_with_roles_.insert(database_of(id.name));
}

// The name itself, and the ones it may still have: its own old one, and those under the old names of its containers.
std::vector<QualifiedName> Interest::names_of(const Object& declared) const {
  std::vector<QualifiedName> names{declared.id.name};
  if (declared.renamed_from) names.push_back(*declared.renamed_from);
  for (auto container = declared.id.name.parent(); !container.empty(); container = container.parent()) {
    const auto kind = container.depth() == 1 ? KindId::Database : KindId::Schema;
    const auto* object = scope_.desired->state.find({kind, container});
    if (object == nullptr || !object->renamed_from) continue;
    for (size_t i = 0, n = names.size(); i < n; ++i) {
      if (!names[i].is_under(container)) continue;
      auto parts = object->renamed_from->parts();
      parts.insert(parts.end(), names[i].parts().begin() + static_cast<std::ptrdiff_t>(container.depth()),
                   names[i].parts().end());
      names.emplace_back(std::move(parts));
    }
  }
  return names;
}

void Interest::add_declared() {
  const auto& objects = scope_.desired->state.objects;
  for (const auto& [id, object] : objects) declared_.emplace(id, &object);
  for (const auto& [id, object] : objects) {
    const auto& kind = kinds::of(id.kind);
    const bool has_columns = kind.has_columns && (!kind.columns_by_name || object.columns_stated);
    for (auto& name : names_of(object)) {
      if (has_columns) schemas_with_columns_.insert(name.parent());
      const ObjectId live{id.kind, std::move(name), id.arguments};
      note(live);
      declared_.emplace(live, &object);
    }
  }
  for (const auto& grant : scope_.present_grants) {
    const auto& target = grant.key.target;
    note(target.object);
    kinds_in_databases_.emplace(database_of(target.object.name), target.of_kind);
  }
  for (const auto& tombstone : scope_.desired->removed) note(tombstone.object);
}

void Interest::add_ledger() {
  if (scope_.ledger == nullptr) return;
  for (const auto& [address, entry] : scope_.ledger->entries) {
    const auto id = parse_address(address);
    if (!id) continue;  // a kind this version does not know
    note(*id);
    known_.emplace(*id, &entry);
    if (kinds::of(id->kind).columns_by_name && entry.attached.count(kViewColumns) > 0) {
      schemas_with_columns_.insert(id->name.parent());
    }
    // A database that nobody declares any more may be dropped: then everything inside counts.
    if (id->kind == KindId::Database && declared_for(*id) == nullptr) only_known_databases_.insert(id->name.first());
  }
}

void Interest::add_grantees() {
  const auto exactly = [&](const ObjectId& id) {
    if (const auto grantee = grantee_of(id)) grantees_[*grantee] = {true, true, id.kind != KindId::Share};
  };
  for (const auto& [id, object] : declared_) exactly(id);
  for (const auto& [id, entry] : known_) exactly(id);
  const auto named = [&](const Grant& grant) {
    auto& access = grantees_[grant.key.grantee];
    access.privileges = true;
    const bool future = grant.key.target.form != TargetForm::Object && grant.key.target.form != TargetForm::Account;
    const auto type = grant.key.grantee.type;
    access.future |= future && (type == GranteeType::Role || type == GranteeType::DatabaseRole);
    if (type == GranteeType::DatabaseRole) databases_with_roles_.insert(database_of(grant.key.grantee.name));
  };
  for (const auto& [key, grant] : scope_.desired->state.grants) named(grant);
  for (const auto& grant : scope_.present_grants) named(grant);
  std::map<Grantee, size_t> children;
  for (const auto& [key, membership] : scope_.desired->state.memberships) ++children[key.member];
  for (const auto& [member, count] : children) {
    if (member.type == GranteeType::Role && count >= kManyChildren) grantees_[member].privileges = true;
  }
}

const Object* Interest::declared_for(const ObjectId& live) const {
  const auto it = declared_.find(live);
  return it == declared_.end() ? nullptr : it->second;
}

const LedgerEntry* Interest::known(const ObjectId& live) const {
  const auto it = known_.find(live);
  return it == known_.end() ? nullptr : it->second;
}

std::string Interest::without_suffix(const Name& name) const {
  const auto& suffix = scope_.mesh->environment.suffix;
  const auto& stored = name.stored();
  const bool ends = !suffix.empty() && stored.size() > suffix.size() &&
                    stored.compare(stored.size() - suffix.size(), suffix.size(), suffix) == 0;
  return ends ? stored.substr(0, stored.size() - suffix.size()) : stored;
}

bool Interest::reads_database(const Name& database) const {
  if (databases_.count(database) > 0) return true;
  return scope_.everything_in_databases && scope_.mesh->owner_of(without_suffix(database)) != nullptr;
}

bool Interest::is_owned(const ObjectId& id) const {
  return scope_.everything_in_databases && scope_.mesh->owner_of(without_suffix(id.name.first())) != nullptr;
}

bool Interest::reads_database_roles(const Name& database) const {
  return scope_.everything_in_databases || databases_with_roles_.count(database) > 0 ||
         only_known_databases_.count(database) > 0;
}

bool Interest::reads_columns(const QualifiedName& schema) const {
  return scope_.everything_in_databases || schemas_with_columns_.count(schema) > 0;
}

bool Interest::reads_kind(KindId kind, const Name& database) const {
  if (kind == KindId::Table || kind == KindId::View || scope_.everything_in_databases) return true;
  return kinds_in_databases_.count({database, kind}) > 0;
}

bool Interest::reads_account_kind(KindId kind) const {
  return account_kinds_.count(kind) > 0 || scope_.everything_in_databases;
}

std::string Interest::domain_of(const ObjectId& id) const {
  const auto& owners = scope_.desired->owner_domain;
  const auto top = ObjectId{id.name.depth() == 1 ? id.kind : KindId::Database, QualifiedName({id.name.first()})};
  for (const auto& each : {id, top}) {
    if (const auto* declared = declared_for(each)) {
      const auto it = owners.find(declared->id);
      return it != owners.end() ? it->second : declared->domain;
    }
    if (const auto* entry = known(each)) return entry->domain;
  }
  const auto* owner = scope_.mesh->owner_of(without_suffix(id.name.first()));
  return owner == nullptr ? std::string() : owner->name;
}

std::string Interest::role_for(const ObjectId& id) const { return role_for_list(id.kind, id); }

// Outbound shares are listed for the role that owns them alone (show-shares), instances of classes for who has a role
// in them: who made them has (show-classification-profile).
std::string Interest::role_for_list(KindId kind, const ObjectId& container) const {
  const auto domain = domain_of(container);
  const bool by_owner = kind == KindId::Share || kinds::of(kind).is_instance;
  const auto deploy = by_owner ? scope_.mesh->deploy_role(domain) : std::string();
  return deploy.empty() ? scope_.mesh->plan_role(domain) : deploy;
}

std::vector<ObjectId> Interest::known_in(const QualifiedName& container) const {
  std::vector<ObjectId> inside;
  for (const auto& [id, entry] : known_) {
    if (id.name.is_under(container) && id.name.depth() > container.depth()) inside.push_back(id);
  }
  return inside;
}

std::set<std::string> Interest::roles_for_all(KindId kind) const {
  std::set<std::string> roles;
  const auto add = [&](const ObjectId& id) {
    if (id.kind == kind) roles.insert(role_for(id));
    if (kind == KindId::Database && id.name.depth() > 1) {
      roles.insert(role_for({KindId::Database, QualifiedName({database_of(id.name)})}));
    }
  };
  for (const auto& [id, object] : declared_) add(id);
  for (const auto& [id, entry] : known_) add(id);
  if (scope_.everything_in_databases) {
    for (const auto& domain : scope_.mesh->domains) roles.insert(scope_.mesh->plan_role(domain.name));
  }
  if (roles.empty()) roles.insert(scope_.mesh->plan_role({}));
  return roles;
}

}  // namespace mesh::live
