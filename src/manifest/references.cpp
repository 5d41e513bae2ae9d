#include "references.hpp"

#include <fmt/format.h>

#include "mesh/base/text.hpp"

namespace mesh::manifest {
namespace {

// Schemas that every database is born with.
bool is_born(const ObjectId& id) {
  const auto& name = id.name.last().stored();
  return id.kind == KindId::Schema && (name == "PUBLIC" || name == "INFORMATION_SCHEMA");
}

}  // namespace

bool References::is_control(const ObjectId& id) const {
  const auto& control = build_.mesh.control;
  if (!build_.mesh.has_control) return false;
  if (id.kind == KindId::Warehouse) return id.name.last() == control.warehouse;
  if (id.kind != KindId::Database && kinds::of(id.kind).scope == kinds::Scope::Account) return false;
  return id.name.first() == control.database && (id.name.depth() == 1 || id.name.parts()[1] == control.schema);
}

bool References::is_foreign(const QualifiedName& name) const {
  const auto foreign = [&](KindId kind, size_t depth) {
    const auto& parts = name.parts();
    const Object* object =
        build_.state.find({kind, QualifiedName({parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(depth)})});
    return object != nullptr && (object->structure_is_foreign() || object->find("from_share") != nullptr);
  };
  return foreign(KindId::Database, 1) || (name.depth() >= 2 && foreign(KindId::Schema, 2));
}

std::string References::near(const ObjectId& id) {
  std::vector<std::string> names;
  if (build_.may_suggest()) {
    for (const auto& [other, object] : build_.state.objects) {
      if (other.kind == id.kind) names.push_back(other.display());
    }
  }
  return did_you_mean(id.display(), names, fmt::format("declare it, or name another {}", kind_words(id.kind)));
}

// A role that statements are sent with: mesh.yaml names it, bootstrap makes it.
bool References::is_set_up(const ObjectId& id) const {
  if (id.kind != KindId::Role) return false;
  const auto& stored = id.name.last().stored();
  const auto among = [&](const DeployRoles& roles) {
    return stored == roles.plan || stored == roles.deploy || stored == roles.creator;
  };
  const auto& mesh = build_.mesh;
  return among(mesh.environment.roles) || std::any_of(mesh.domains.begin(), mesh.domains.end(),
                                                      [&](const Domain& domain) { return among(domain.roles); });
}

// Whose account counts: that of `domain`, else of the domain whose file it stands in; empty: no domain's.
std::string References::says(Place place, const std::string& domain) const {
  if (!domain.empty() || !place.known() || place.file >= build_.sources.size()) return domain;
  return build_.sources.file(place.file).domain;
}

template <typename Key>
void References::assume(std::multimap<Key, Place>& assumed, const Key& key, Place place,
                        const std::string& domain) const {
  const auto [begin, end] = assumed.equal_range(key);
  const bool is_there = std::any_of(
      begin, end, [&](const auto& use) { return build_.mesh.are_together(says(use.second, {}), says(place, domain)); });
  if (!is_there) assumed.emplace(key, place);
}

bool References::must_be_near(const ObjectId& id, Place place, const std::string& domain) {
  const auto user = says(place, domain);
  const Domain* owner = id.name.empty() ? nullptr : build_.owner_of(id.name);
  if (owner == nullptr || user.empty() || is_control(id) || is_set_up(id)) return true;
  if (build_.mesh.are_together(owner->name, user)) return true;
  build_.diagnostics.error(
      "MESH1430", place,
      fmt::format("{} lives in account {} with domain {}, and this in {}", id.address(),
                  build_.mesh.account_of(owner->name), owner->name, build_.mesh.account_of(user)),
      "data cross accounts by a share: a product's port, or a database with from_share; roles, warehouses, tags and "
      "policies do not: let a domain that lives there declare one");
  return false;
}

bool References::must_be_known(const ObjectId& id, Place place, const std::string& domain) {
  if (!must_be_near(id, place, domain)) return false;
  if (is_declared(id) || is_control(id)) return true;
  const bool in_declared = id.name.depth() > 1 && is_declared({KindId::Database, QualifiedName({id.name.first()})});
  if (in_declared && (is_born(id) || is_foreign(id.name))) return true;
  const Domain* owner = build_.owner_of(id.name);
  if (owner == nullptr || is_set_up(id)) {
    assume(desired_.assumed, id, place, domain);
    return true;
  }
  if (build_.incomplete) return false;
  if (build_.is_excluded(id)) {
    build_.diagnostics.error(
        "MESH1203", place,
        fmt::format("{} is not in environment {}: `only:` leaves it out", id.address(), build_.mesh.environment.name),
        "give what uses it the same `only:`");
    return false;
  }
  build_.diagnostics.error(
      "MESH1203", place, fmt::format("{} is declared nowhere, and domain {} owns that name", id.address(), owner->name),
      near(id));
  return false;
}

void References::grantee(const Grantee& grantee, Place place) {
  const auto id = object_of(grantee);
  // Users come from elsewhere too, whatever they are called: `owns` does not ask for them.
  if (id.kind != KindId::User && !must_be_known(id, place)) return;
  if (!is_declared(id)) assume(desired_.assumed_grantees, grantee, place, {});
}

}  // namespace mesh::manifest
