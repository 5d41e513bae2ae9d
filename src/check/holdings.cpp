#include "holdings.hpp"

#include <algorithm>

#include "mesh/kinds/kind.hpp"

namespace mesh::check {
namespace {

bool is_managed_as_declared(const ObjectId& schema, const Desired& desired) {
  const Object* object = desired.state.find(schema);
  const Value* stated = object == nullptr ? nullptr : object->find("managed_access");
  if (stated != nullptr && !stated->is_null()) return *stated == Value(true);
  return kinds::default_of(*kinds::find_property(kinds::of(KindId::Schema), "managed_access")) == Value(true);
}

bool is_container(KindId kind) { return kind == KindId::Database || kind == KindId::Schema; }

}  // namespace

Holdings::Holdings(const Live& live) : map_(live.state) {
  for (const auto& [id, object] : live.state.objects) {
    const Value* managed = id.kind == KindId::Schema ? object.find("managed_access") : nullptr;
    if (managed != nullptr && *managed == Value(true)) managed_access_.insert(id.name);
  }
}

ObjectId Holdings::now(const ObjectId& id) const {
  ObjectId old = id;
  for (auto rename = renames_.rbegin(); rename != renames_.rend(); ++rename) {
    const auto& [from, to] = *rename;
    const bool itself = old.kind == from.kind && old.name == to;
    if (!itself && !(is_container(from.kind) && old.name.is_under(to))) continue;
    auto parts = from.name.parts();
    parts.insert(parts.end(), old.name.parts().begin() + static_cast<std::ptrdiff_t>(to.depth()),
                 old.name.parts().end());
    old.name = QualifiedName(std::move(parts));
  }
  return old;
}

Grantee Holdings::now(const Grantee& grantee) const {
  if (renames_.empty() || (grantee.type != GranteeType::Role && grantee.type != GranteeType::DatabaseRole)) {
    return grantee;
  }
  const auto kind = grantee.type == GranteeType::Role ? KindId::Role : KindId::DatabaseRole;
  return {grantee.type, now(ObjectId{kind, grantee.name}).name};
}

GrantTarget Holdings::now(const GrantTarget& target) const {
  if (target.form == TargetForm::Account || target.object.name.empty()) return target;
  return {target.form, now(target.object), target.of_kind};
}

bool Holdings::is_managed_access(const QualifiedName& schema) const {
  return managed_access_.count(now(ObjectId{KindId::Schema, schema}).name) > 0;
}

bool Holdings::has(const Grantee& role, const Right& right) const {
  const auto& roles = closure(role);
  if (right.form == Right::Form::Is) return roles.count(now(right.role)) > 0;
  const GrantTarget target = now(right.target);
  const bool is_object = target.form == TargetForm::Object;
  if (target.form == TargetForm::Account && roles.count(account_role(Name::exact("ACCOUNTADMIN"))) > 0) return true;
  const bool owner_has_it = target.form != TargetForm::Account && right.privilege != kManageGrants;
  return std::any_of(roles.begin(), roles.end(), [&](const Grantee& one) {
    if (owner_has_it && map_.owns(one, target.object)) return true;
    switch (right.form) {
      case Right::Form::Owns:
      case Right::Form::Is:
        return false;
      case Right::Form::Holds:
        return map_.holds(one, target, right.privilege, false) ||
               (is_object && map_.holds_inherited(one, target.object, right.privilege));
      case Right::Form::HoldsAny:
        return map_.holds_any(one, target.object);
      case Right::Form::MayGrant:
        return map_.holds(one, target, right.privilege, true);
    }
    broken_promise("every form of right can be looked up", __FILE__, __LINE__);
  });
}

void Holdings::create(const ObjectId& id, const Grantee& role, const Desired& desired) {
  if (exists(id)) return;  // the further statements of its creation
  map_.own(now(id), now(role));
  map_.grant_future(now(id));
  if (id.kind == KindId::Schema && is_managed_as_declared(id, desired)) managed_access_.insert(now(id).name);
  if (id.kind == KindId::DatabaseRole) map_.give_birthright(now(id));
  if (id.kind != KindId::Database) return;
  for (const char* born : {"PUBLIC", "INFORMATION_SCHEMA"}) {
    map_.own(now(ObjectId{KindId::Schema, id.name.child(Name::exact(born))}), now(role));
  }
}

void Holdings::alter(const Change& change) {
  const auto managed = std::find_if(change.diff.begin(), change.diff.end(),
                                    [](const DiffLine& line) { return line.property == "managed_access"; });
  if (managed == change.diff.end() || !change.object) return;
  const auto schema = now(*change.object).name;
  if (managed->after == Value(true)) {
    managed_access_.insert(schema);
  } else {
    managed_access_.erase(schema);
  }
}

void Holdings::give_or_take(const Change& change, bool given) {
  if (change.grant) {
    const bool option = !change.diff.empty() && change.diff.front().property == "grant_option";
    if (given) {
      map_.give(now(*change.grant), option);
    } else {
      map_.take(now(*change.grant), option);
    }
  }
  if (!change.membership) return;
  const Grantee member = now(change.membership->member), role = now(grantee_of(change.membership->role));
  if (given) {
    map_.join(member, role);
  } else {
    map_.leave(member, role);
  }
}

void Holdings::apply(const Change& change, const Statement& statement, const Desired& desired) {
  const Grantee role = account_role(Name::exact(statement.role));
  switch (statement.act) {
    case Act::Create:
      return create(*change.object, role, desired);
    case Act::Replace:
      return map_.own(now(*change.object), now(role));  // the new one is whose role made it (create-view, COPY GRANTS)
    case Act::Attach:                                   // takes and gives no rights
      return;
    case Act::Alter:
      return alter(change);
    case Act::Rename:
      if (const auto from = parse_address(change.removes.front())) renames_.emplace_back(*from, change.object->name);
      return;
    case Act::Drop:
      return map_.forget(now(*change.object));
    case Act::HandOver:
      return map_.own(now(statement.handover->object), now(account_role(statement.handover->to)));
    case Act::Grant:
    case Act::Revoke:
      return give_or_take(change, statement.act == Act::Grant);
  }
  broken_promise("every act changes what is held", __FILE__, __LINE__);
}

}  // namespace mesh::check
