#include "mesh/manifest/in_account.hpp"

#include <algorithm>

namespace mesh::manifest {
namespace {

class Here {
 public:
  explicit Here(const Loaded& whole, const Mesh& mesh) : whole_(whole) {
    for (const auto& domain : mesh.domains) domains_.insert(domain.name);
  }

  bool is(const std::string& domain) const { return domains_.count(domain) > 0; }
  // What mesh.yaml says is said everywhere.
  bool is(const Place& place) const {
    if (!place.known() || place.file >= whole_.sources.size()) return true;
    const auto& domain = whole_.sources.file(place.file).domain;
    return domain.empty() || is(domain);
  }
  bool is(const ObjectId& id) const {
    const auto owner = whole_.desired.owner_domain.find(id);
    return owner == whole_.desired.owner_domain.end() || is(owner->second);
  }

  template <typename Key, typename Item>
  void take(const std::map<Key, Item>& all, std::map<Key, Item>& mine) const {
    for (const auto& [key, item] : all) {
      if (is(item.domain)) mine.emplace_hint(mine.end(), key, item);
    }
  }
  template <typename Key>
  void take(const std::multimap<Key, Place>& all, std::multimap<Key, Place>& mine) const {
    for (const auto& [key, place] : all) {
      if (is(place)) mine.emplace_hint(mine.end(), key, place);
    }
  }
  void take(const std::set<ObjectId>& all, std::set<ObjectId>& mine) const {
    std::copy_if(all.begin(), all.end(), std::inserter(mine, mine.end()), [&](const ObjectId& id) { return is(id); });
  }

 private:
  const Loaded& whole_;
  std::set<std::string> domains_;
};

}  // namespace

Loaded in_account(const Loaded& whole, const std::string& account) {
  Loaded mine;
  mine.mesh = whole.mesh.in_account(account);
  const Here here(whole, mine.mesh);
  mine.sources = whole.sources;
  mine.products = whole.products;
  mine.rules = whole.rules;
  const auto& all = whole.desired;
  auto& own = mine.desired;
  here.take(all.state.objects, own.state.objects);
  here.take(all.state.grants, own.state.grants);
  here.take(all.state.memberships, own.state.memberships);
  here.take(all.state.attachments, own.state.attachments);
  here.take(all.elsewhere, own.elsewhere);
  here.take(all.exact_user_roles, own.exact_user_roles);
  here.take(all.additive_roles, own.additive_roles);
  here.take(all.assumed, own.assumed);
  here.take(all.assumed_grantees, own.assumed_grantees);
  own.governed = all.governed;
  for (const auto& tombstone : all.removed) {
    if (here.is(tombstone.domain)) own.removed.push_back(tombstone);
  }
  for (const auto& [id, domain] : all.owner_domain) {
    if (here.is(domain)) own.owner_domain.emplace(id, domain);
  }
  for (const auto& grant : whole.present_grants) {
    if (here.is(grant.domain)) mine.present_grants.push_back(grant);
  }
  for (const auto& [domain, count] : whole.objects_per_domain) {
    if (here.is(domain)) mine.objects_per_domain.emplace(domain, count);
  }
  return mine;
}

}  // namespace mesh::manifest
