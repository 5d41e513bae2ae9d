#include "catalog.hpp"

#include <algorithm>

#include "mesh/base/result.hpp"
#include "mesh/base/text.hpp"
#include "routine.hpp"

namespace mesh::sandbox {
namespace {

const std::string kEmpty;

// Kinds of the space Other have a namespace each; so have database roles, which live beside schemas.
int space_key(Kind kind) {
  const Space space = facts(kind).space;
  return space == Space::Other ? 100 + static_cast<int>(kind) : static_cast<int>(space);
}

template <typename Map>
const auto& look_up(const Map& map, const typename Map::key_type& key) {
  static const typename Map::mapped_type kNone{};
  const auto it = map.find(key);
  return it == map.end() ? kNone : it->second;
}

}  // namespace

const std::string& Object::prop(std::string_view key) const {
  const auto it = props.find(key);
  return it == props.end() ? kEmpty : it->second;
}

Catalog::Place Catalog::place(const Object& object) { return {object.parent, space_key(object.kind)}; }

const Object& Catalog::at(Id id) const {
  const Object* object = find(id);
  MESH_ASSERT(object != nullptr);
  return *object;
}

const Object* Catalog::find(Id id) const {
  const auto it = objects_.find(id);
  return it == objects_.end() ? nullptr : &it->second;
}

const Object* Catalog::child(Id parent, Kind kind, std::string_view name) const {
  const Names& names = children(parent, kind);
  const auto it = names.find(name);
  return it == names.end() ? nullptr : &at(it->second);
}

const Catalog::Names& Catalog::children(Id parent, Kind kind) const {
  return look_up(names_, Place{parent, space_key(kind)});
}

std::vector<Id> Catalog::dropped(Id parent, Kind kind) const {
  std::vector<Id> ids;
  for (const Id id : look_up(dropped_, Place{parent, space_key(kind)})) {
    if (at(id).kind == kind) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end(),
            [this](Id a, Id b) { return std::pair(at(a).dropped_ms, a) < std::pair(at(b).dropped_ms, b); });
  return ids;
}

const std::set<Id>& Catalog::owned_by(Id role) const { return look_up(owned_, role); }

const std::set<Id>& Catalog::carriers(Id what) const { return look_up(carriers_, what); }

bool Catalog::live(const Object& object) const {
  for (const Object* o = &object; o != nullptr; o = container(*o)) {
    if (o->dropped_ms != 0) return false;
  }
  return true;
}

std::vector<Id> Catalog::accounts() const {
  std::vector<Id> ids;
  for (const auto& [name, id] : children(0, Kind::Account)) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  return ids;
}

Id Catalog::account_of(const Object& object) const {
  const Object* o = &object;
  while (const Object* up = container(*o)) o = up;
  return o->id;
}

const Object* Catalog::container(const Object& object) const {
  return object.parent == 0 ? nullptr : find(object.parent);
}

const std::set<Id>& Catalog::grants_on(Id object) const { return look_up(grants_on_, object); }
const std::set<Id>& Catalog::grants_to(Id grantee) const { return look_up(grants_to_, grantee); }
const std::multiset<Id>& Catalog::roles_of(Id grantee) const { return look_up(roles_of_, grantee); }

const Grant* Catalog::find_grant(Id id) const {
  const auto it = grants_.find(id);
  return it == grants_.end() ? nullptr : &it->second;
}

void Catalog::index(const Object& object) {
  if (object.dropped_ms != 0) {
    dropped_[place(object)].push_back(object.id);
  } else {
    names_[place(object)].emplace(object.name, object.id);
  }
  if (object.owner != kNobody) owned_[object.owner].insert(object.id);
  for (const Attachment& a : object.attachments) carriers_[a.what].insert(object.id);
}

void Catalog::unindex(const Object& object) {
  if (object.dropped_ms != 0) {
    std::erase(dropped_[place(object)], object.id);
  } else {
    names_[place(object)].erase(object.name);
  }
  if (object.owner != kNobody) owned_[object.owner].erase(object.id);
  for (const Attachment& a : object.attachments) carriers_[a.what].erase(object.id);
}

namespace {
bool is_membership(const Grant& grant) {
  return grant.form == GrantForm::Direct && (grant.type == Kind::Role || grant.type == Kind::DatabaseRole);
}
}  // namespace

void Catalog::index(const Grant& grant) {
  grants_on_[grant.object].insert(grant.id);
  grants_to_[grant.grantee].insert(grant.id);
  if (is_membership(grant)) roles_of_[grant.grantee].insert(grant.object);
  inherited_ += grant.form == GrantForm::Inherited ? 1 : 0;
}

void Catalog::unindex(const Grant& grant) {
  grants_on_[grant.object].erase(grant.id);
  grants_to_[grant.grantee].erase(grant.id);
  if (is_membership(grant)) {
    auto& roles = roles_of_[grant.grantee];
    roles.erase(roles.find(grant.object));
  }
  inherited_ -= grant.form == GrantForm::Inherited ? 1 : 0;
}

Object& Catalog::remember(Id id) {
  Object& object = objects_.at(id);
  old_objects_.try_emplace(id, object);
  return object;
}

void Catalog::remember_grant(Id id) { old_grants_.try_emplace(id, grants_.at(id)); }

Object& Catalog::edit(Id id) { return remember(id); }

Id Catalog::create(Object object) {
  if (object.id == 0) object.id = next_id();
  const Id id = object.id;
  old_objects_.try_emplace(id, std::nullopt);
  index(objects_.insert_or_assign(id, std::move(object)).first->second);
  return id;
}

void Catalog::move(Id id, Id parent, const std::string& name) {
  Object& object = remember(id);
  unindex(object);
  object.parent = parent;
  object.name = name;
  index(object);
}

void Catalog::give(Id id, Id owner, int64_t now) {
  Object& object = remember(id);
  unindex(object);
  object.owner = owner;
  object.owned_ms = now;
  index(object);
}

void Catalog::attach(Id id, std::vector<Attachment> all) {
  Object& object = remember(id);
  unindex(object);
  object.attachments = std::move(all);
  index(object);
}

void Catalog::drop(Id id, int64_t now) {
  Object& object = remember(id);
  unindex(object);
  object.dropped_ms = now;
  index(object);
}

void Catalog::restore(Id id) {
  Object& object = remember(id);
  unindex(object);
  object.dropped_ms = 0;
  index(object);
}

void Catalog::erase(Id id) {
  for (const std::set<Id>* set : {&grants_on(id), &grants_to(id)}) {
    const std::vector<Id> gone(set->begin(), set->end());
    for (const Id grant : gone) remove_grant(grant);
  }
  if (at(id).kind == Kind::Role || at(id).kind == Kind::DatabaseRole) {
    std::vector<Id> made;
    for (const auto& [grant_id, grant] : grants_) {
      if (grant.grantor == id) made.push_back(grant_id);
    }
    for (const Id grant : made) remove_grant(grant);
  }
  unindex(remember(id));
  objects_.erase(id);
}

Id Catalog::add_grant(Grant grant) {
  if (grant.id == 0) grant.id = next_id();
  const Id id = grant.id;
  old_grants_.try_emplace(id, std::nullopt);
  index(grants_.insert_or_assign(id, std::move(grant)).first->second);
  return id;
}

Grant& Catalog::edit_grant(Id id) {
  remember_grant(id);
  return grants_.at(id);
}

void Catalog::remove_grant(Id id) {
  const auto it = grants_.find(id);
  if (it == grants_.end()) return;
  remember_grant(id);
  unindex(it->second);
  grants_.erase(it);
}

Catalog::Touched Catalog::touched() const {
  Touched touched;
  for (const auto& [id, old] : old_objects_) touched.objects.push_back(id);
  for (const auto& [id, old] : old_grants_) touched.grants.push_back(id);
  return touched;
}

void Catalog::commit() {
  old_objects_.clear();
  old_grants_.clear();
  old_next_id_ = next_id_;
}

void Catalog::rollback() {
  // First everything out of the indices, then everything back in: names may have moved between objects.
  for (const auto& [id, old] : old_grants_) {
    if (const auto it = grants_.find(id); it != grants_.end()) unindex(it->second), grants_.erase(it);
  }
  for (const auto& [id, old] : old_objects_) {
    if (const auto it = objects_.find(id); it != objects_.end()) unindex(it->second), objects_.erase(it);
  }
  for (auto& [id, old] : old_objects_) {
    if (old) index(objects_.emplace(id, std::move(*old)).first->second);
  }
  for (auto& [id, old] : old_grants_) {
    if (old) index(grants_.emplace(id, std::move(*old)).first->second);
  }
  old_objects_.clear();
  old_grants_.clear();
  next_id_ = old_next_id_;
}

void Catalog::load(Object object) {
  const Id id = object.id;
  index(objects_.emplace(id, std::move(object)).first->second);
}

void Catalog::load(Grant grant) {
  const Id id = grant.id;
  index(grants_.emplace(id, std::move(grant)).first->second);
}

std::string plain_name(Kind kind, const std::string& stored) {
  if (kind != Kind::Function && kind != Kind::Procedure && kind != Kind::DataMetricFunction) return stored;
  int depth = 0;
  for (size_t i = stored.size(); i-- > 0;) {
    if (stored[i] == ')') ++depth;
    if (stored[i] == '(' && --depth == 0) return stored.substr(0, i);
  }
  return stored;
}

std::string plain_name(const Object& object) { return plain_name(object.kind, object.name); }

bool needs_quotes(std::string_view name) {
  const auto upper = [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; };
  if (name.empty() || !upper(name[0])) return true;
  return !std::all_of(name.begin(), name.end(), [&](char c) { return upper(c) || (c >= '0' && c <= '9') || c == '$'; });
}

std::string quoted_if_needed(std::string_view name) {
  if (!needs_quotes(name)) return std::string(name);
  return '"' + replace_all(std::string(name), "\"", "\"\"") + '"';
}

std::string qualified_name(const Catalog& catalog, const Object& object) {
  // An account's name is no identifier: it is shown as it is.
  if (object.kind == Kind::Account) return object.name;
  const Object* up = catalog.container(object);
  const bool routine =
      object.kind == Kind::Function || object.kind == Kind::Procedure || object.kind == Kind::DataMetricFunction;
  std::string name = quoted_if_needed(routine ? signature_of(object) : object.name);
  if (up == nullptr || up->kind == Kind::Account) return name;
  return qualified_name(catalog, *up) + "." + name;
}

}  // namespace mesh::sandbox
