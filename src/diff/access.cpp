// Privileges, memberships, ownership: set differences (promise 5).
#include <algorithm>

#include <fmt/format.h>

#include "mesh/kinds/settings.hpp"
#include "mesh/model/access.hpp"
#include "mesh/model/creation.hpp"
#include "recreated.hpp"

namespace mesh::diff_parts {
namespace {

class Access {
 public:
  Access(const Sides& sides, DiffResult& result) : sides_(sides), result_(result) {}

  void run() {
    gather_wanted();
    collect_dropped();
    recall();
    for (const auto& [key, grant] : wanted_) grant_missing(key, grant);
    for (const auto& [key, grant] : sides_.live.grants) revoke_surplus(key, grant);
    for (const auto& key : recalled_) revoke_surplus(key, {});
    for (const auto& [key, membership] : sides_.desired().state.memberships) add_membership(key, membership);
    for (const auto& [key, membership] : sides_.live.memberships) remove_membership(key);
    for (const auto& [id, object] : sides_.desired().state.objects) transfer(object);
  }

 private:
  // Declared grants, with "tables in schema" spread over the objects that are there or shall be.
  void gather_wanted() {
    wanted_ = sides_.desired().state.grants;
    for (const auto& grant : sides_.input.present_grants) {
      if (inherits(grant)) {
        want_inherited(grant);
        continue;
      }
      const auto spread = [&](const ObjectId& id) {
        if (id.kind != grant.key.target.of_kind || !id.name.is_under(grant.key.target.object.name)) return;
        if (!takes(id, grant.key.privilege)) return;
        Grant one = grant;
        one.key.target = {TargetForm::Object, id, KindId::Table};
        const auto [it, added] = wanted_.emplace(one.key, one);
        if (!added) it->second.grant_option |= one.grant_option;
      };
      for (const auto& [id, object] : sides_.desired().state.objects) spread(id);
      for (const auto& [id, object] : sides_.live.objects) {
        if (!object.live.born) spread(id);
      }
    }
  }

  // One lasting record for those there are and those to come, where the account has such grants (grants.md 1.9):
  // without grant option, to roles and database roles, of which a shared one takes none.
  bool inherits(const Grant& grant) const {
    const auto type = grant.key.grantee.type;
    if (!has_inherited_grants() || grant.grant_option) return false;
    return type == GranteeType::Role || (type == GranteeType::DatabaseRole && !is_shared(grant.key.grantee));
  }
  // As the manifests will have it, where they say so; else as it is.
  bool has_inherited_grants() const {
    const Object* declared = sides_.desired().state.find(feature());
    const Value* value = declared == nullptr ? nullptr : declared->find("value");
    return value == nullptr ? sides_.input.live.inherited_grants : *value == Value("ENABLED");
  }
  static ObjectId feature() { return kinds::parameter_id("FEATURE_RBAC_INHERITED_GRANTS"); }
  bool is_shared(const Grantee& database_role) const {
    const auto in_share = [&](const auto& memberships) {
      const ObjectId role = object_of(database_role);
      for (auto it = memberships.lower_bound({role, {}}); it != memberships.end() && it->first.role == role; ++it) {
        if (it->first.member.type == GranteeType::Share) return true;
      }
      return false;
    };
    return in_share(sides_.desired().state.memberships) || in_share(sides_.live.memberships);
  }
  void want_inherited(const Grant& grant) {
    GrantKey future = grant.key;
    future.target.form = TargetForm::FutureIn;
    wanted_.erase(future);
    wanted_.emplace(grant.key, grant);
  }

  bool takes(const ObjectId& id, std::string_view privilege) const {
    const auto takes_privilege = kinds::of(id.kind).takes_privilege;
    const Object* object = sides_.desired().state.find(id);
    if (object == nullptr) object = sides_.live_object(id);
    return takes_privilege == nullptr || object == nullptr || takes_privilege(*object, privilege);
  }

  void collect_dropped() {
    for (const auto& change : result_.changes) {
      if (change.action == Action::Drop && change.object) dropped_.insert(*change.object);
    }
  }
  bool is_dropped(const ObjectId& id) const {
    if (dropped_.empty()) return false;
    if (dropped_.count(id) > 0) return true;
    for (auto container = id.name.parent(); !container.empty(); container = container.parent()) {
      if (dropped_.count({container.depth() == 1 ? KindId::Database : KindId::Schema, container}) > 0) return true;
    }
    return false;
  }

  // What SHOW GRANTS tells of nowhere: REFERENCE_USAGE to a share (grants.md 0.7). The ledger has a row for each that
  // mesh gave; it says nothing where database or share are not there, and goes with either.
  static bool is_untold(const GrantKey& key) { return key.privilege == "REFERENCE_USAGE"; }

  void recall() {
    for (const auto& [address, entry] : sides_.ledger.entries) {
      if (address.rfind("grant REFERENCE_USAGE ", 0) != 0 || entry.unconfirmed) continue;
      const auto parsed = parse_grant(address);
      const auto* key = parsed ? std::get_if<GrantKey>(&*parsed) : nullptr;
      if (key == nullptr || sides_.live_object(key->target.object) == nullptr ||
          sides_.live_object(object_of(key->grantee)) == nullptr)
        continue;
      recalled_.insert(*key);
    }
    for (auto& change : result_.changes) {
      if (change.action != Action::Drop || !change.object) continue;
      for (const auto& key : recalled_) {
        if (*change.object == key.target.object || *change.object == object_of(key.grantee))
          change.ledger.remove.push_back(key.address());
      }
    }
  }

  // Holds exactly what is declared (promise 5): a declared role, database role or share.
  bool is_managed(const Grantee& grantee) const {
    if (grantee.type == GranteeType::User) return false;
    return sides_.desired().state.find(object_of(grantee)) != nullptr;
  }

  std::string domain_of(const GrantTarget& target) const {
    if (target.form == TargetForm::Account) return {};
    const auto it = sides_.desired().owner_domain.find(target.object);
    if (it != sides_.desired().owner_domain.end()) return it->second;
    const Domain* owner = sides_.mesh().owner_of_live(target.object.name.first().stored());
    return owner == nullptr ? std::string() : owner->name;
  }

  Change grant_change(const GrantKey& key, const std::string& domain, Action action, Place place) const {
    Change change;
    change.address = key.address();
    change.kind = "grant";
    change.name = key.grantee.display();
    change.domain = domain;
    change.action = action;
    change.reason = action == Action::Grant ? Reason::NotGranted : Reason::NotDeclaredGrant;
    change.place = place;
    change.grant = key;
    change.needs.push_back(key.grantee.display());
    if (key.target.form != TargetForm::Account) {
      change.needs.push_back(key.target.object.address());
      const auto& name = key.target.object.name;
      if (name.depth() >= 2)
        change.needs.push_back(ObjectId{KindId::Database, QualifiedName({name.parts()[0]})}.address());
      if (name.depth() >= 3) change.needs.push_back(ObjectId{KindId::Schema, name.parent()}.address());
    }
    if (key.target.form == TargetForm::PresentIn) change.needs.push_back(feature().address());
    return change;
  }

  bool target_is_missing(const GrantTarget& target) const {
    if (target.form == TargetForm::Account) return false;
    const Object* desired = sides_.desired().state.find(target.object);
    if (sides_.live_object(target.object) != nullptr) return false;
    return desired == nullptr || desired->structure_is_foreign();
  }

  // A database role that this plan makes has USAGE on its database from birth.
  bool is_born_with(const GrantKey& key) const {
    return key.privilege == "USAGE" && key.grantee.type == GranteeType::DatabaseRole &&
           key.target.form == TargetForm::Object && key.target.object.kind == KindId::Database &&
           key.grantee.name.parent() == key.target.object.name && sides_.live_object(object_of(key.grantee)) == nullptr;
  }

  void grant_missing(const GrantKey& key, const Grant& grant) {
    if (!sides_.in_scope(grant.domain) || is_dropped(key.target.object)) return;
    if (const Object* object = sides_.desired().state.find(key.target.object);
        object != nullptr && object->structure_is_foreign() && object->manage.count("grants") == 0) {
      return;
    }
    if (recalled_.count(key) > 0) return;
    const auto it = sides_.live.grants.find(key);
    const bool exists = it != sides_.live.grants.end();
    if (exists && (it->second.grant_option || !grant.grant_option)) {
      if (it->second.grant_option && !grant.grant_option) take_option(it->second, grant);
      return;
    }
    if (!exists && is_born_with(key) && !grant.grant_option) return;
    if (target_is_missing(key.target)) {
      result_.waiting.push_back({key.target.object.address(), kMadeByAnotherTool, grant.place});
      return;
    }
    auto change = grant_change(key, grant.domain, Action::Grant, grant.place);
    if (grant.grant_option) change.diff.push_back({"grant_option", exists ? Value(false) : Value(), Value(true), {}});
    remember(key, exists, change);
    if (is_untold(key)) {
      auto& record = change.ledger.record.emplace();
      record.address = change.address;
      record.domain = change.domain;
      record.made = true;
    }
    add_statement(change, Act::Grant, kinds::grant_statement(key, grant.grant_option),
                  sides_.mesh().deploy_role(grant.domain));
    result_.changes.push_back(std::move(change));
  }

  // On what another tool makes: that mesh gave it, and whether that tool took it away by making the object anew.
  void remember(const GrantKey& key, bool exists, Change& change) const {
    const Object* object =
        key.target.form == TargetForm::Object ? sides_.desired().state.find(key.target.object) : nullptr;
    const auto* entry = object == nullptr ? nullptr : sides_.entry(object->id);
    if (entry == nullptr || !object->structure_is_foreign()) return;
    if (!exists) change.reason_text = why_lost(sides_, object->id, grant_ledger_key(key));
    change.ledger.record = entry_for(sides_, *object, entry->made);
  }

  void take_option(const Grant& live, const Grant& wanted) {
    // In a managed access schema SHOW GRANTS says nothing reliable on the option; future grants and ownership carry
    // none worth taking.
    if (live.key.target.form == TargetForm::FutureIn || !is_managed(live.key.grantee) || is_additive(live.key.grantee))
      return;
    auto change = grant_change(live.key, wanted.domain, Action::Revoke, wanted.place);
    change.diff.push_back({"grant_option", Value(true), Value(false), {}});
    change.risk = Risk::Disruptive;
    add_statement(change, Act::Revoke, kinds::revoke_grant_option(live.key), sides_.mesh().deploy_role(wanted.domain));
    result_.changes.push_back(std::move(change));
  }

  bool is_additive(const Grantee& grantee) const {
    return sides_.desired().additive_roles.count(object_of(grantee)) > 0;
  }

  // A declared grant on what a container holds, now or later, explains rows on single objects in it.
  bool is_explained(const GrantKey& key) const {
    if (key.target.form != TargetForm::Object || key.target.object.name.depth() < 2) return false;
    for (QualifiedName container = key.target.object.name.parent(); !container.empty();
         container = container.parent()) {
      GrantKey future = key;
      const auto kind = container.depth() == 1 ? KindId::Database : KindId::Schema;
      future.target = {TargetForm::FutureIn, ObjectId{kind, container}, key.target.object.kind};
      if (wanted_.count(future) > 0) return true;
      future.target.form = TargetForm::PresentIn;
      if (wanted_.count(future) > 0) return true;
    }
    return false;
  }

  void revoke_surplus(const GrantKey& key, const Grant& live) {
    if (wanted_.count(key) > 0 || !is_managed(key.grantee) || is_additive(key.grantee)) return;
    if (key.privilege == "OWNERSHIP" && key.target.form != TargetForm::FutureIn) return;
    const std::string domain = domain_of(key.target);
    const bool declared_target =
        key.target.form != TargetForm::Account && sides_.desired().state.find(key.target.object) != nullptr;
    if (!declared_target || sides_.mesh().is_control(key.target.object.name.first()) || !sides_.in_scope(domain) ||
        is_explained(key))
      return;
    if (is_dropped(key.target.object) || is_dropped(object_of(key.grantee))) return;
    if (const Object* object = sides_.desired().state.find(key.target.object);
        object->structure_is_foreign() && object->manage.count("grants") == 0) {
      return;
    }
    // An empty grantor is the system: no customer can take it back (grants.md 2.1). On what is shared consumers see no
    // grantor at all.
    const bool revocable =
        key.privilege == "IMPORTED PRIVILEGES" ||
        std::any_of(live.granted_by.begin(), live.granted_by.end(), [](const std::string& by) { return !by.empty(); });
    if (!revocable && !live.granted_by.empty()) {
      return report_given(key.address(), {});
    }
    const Object* object = sides_.desired().state.find(key.target.object);
    auto change = grant_change(key, domain, Action::Revoke, object->place);
    change.risk = Risk::Disruptive;
    if (is_untold(key)) change.ledger.remove.push_back(change.address);
    add_statement(change, Act::Revoke, kinds::revoke_statement(key), sides_.mesh().deploy_role(domain));
    result_.changes.push_back(std::move(change));
  }

  void report_given(const std::string& address, Place place) {
    result_.findings.push_back({Severity::Warning,
                                "MESH2021",
                                fmt::format("{} was given by Snowflake itself and cannot be revoked", address),
                                "leave it; it is not mesh's",
                                address,
                                place,
                                {}});
  }

  Change membership_change(const MembershipKey& key, const std::string& domain, Action action, Place place) const {
    Change change;
    change.address = key.address();
    change.kind = "membership";
    change.name = key.member.display();
    change.domain = domain;
    change.action = action;
    change.reason = action == Action::Grant ? Reason::NotGranted : Reason::NotDeclaredGrant;
    change.place = place;
    change.membership = key;
    change.needs = {key.role.address(), key.member.display()};
    return change;
  }

  void add_membership(const MembershipKey& key, const Membership& membership) {
    if (!sides_.in_scope(membership.domain) || sides_.live.memberships.count(key) > 0) return;
    const bool imported = lies_in_imported(sides_.desired().state, key.role);
    const ObjectId database{KindId::Database, QualifiedName({key.role.name.first()})};
    // The role is waiting for its provider then (diff_objects).
    if (imported && sides_.live_object(key.role) == nullptr && sides_.live_object(database) != nullptr) return;
    auto change = membership_change(key, membership.domain, Action::Grant, membership.place);
    if (imported) change.needs.push_back(database.address());
    add_statement(change, Act::Grant, kinds::grant_role(key), sides_.mesh().deploy_role(membership.domain));
    result_.changes.push_back(std::move(change));
  }

  void remove_membership(const MembershipKey& key) {
    if (sides_.desired().state.memberships.count(key) > 0) return;
    const Object* role = sides_.desired().state.find(key.role);
    if (role == nullptr || !sides_.in_scope(role->domain) || is_dropped(key.role)) return;
    if (role->structure_is_foreign() && !lies_in_imported(sides_.desired().state, key.role)) return;
    if (key.member.type == GranteeType::User && sides_.desired().exact_user_roles.count(key.role) == 0) return;
    if (is_dropped(object_of(key.member))) return;
    if (is_system_role(account_role(key.role.name.last())) && is_system_role(key.member) &&
        key.role.kind == KindId::Role) {
      report_given(key.address(), role->place);
      return;
    }
    auto change = membership_change(key, role->domain, Action::Revoke, role->place);
    change.risk = Risk::Disruptive;
    add_statement(change, Act::Revoke, kinds::revoke_role(key), sides_.mesh().deploy_role(role->domain));
    result_.changes.push_back(std::move(change));
  }

  void transfer(const Object& desired) {
    const Object* live = sides_.live_object(desired.id);
    if (live == nullptr || !sides_.in_scope(desired.domain) || !gets_another_owner(desired, *live)) return;
    const auto key = ownership_of(desired.id, *desired.owner);
    auto change = grant_change(key, desired.domain, Action::Grant, desired.place);
    change.makes.push_back(change.address);
    change.diff.push_back({"owner", Value(live->live.owner.display()), Value(desired.owner->display()), {}});
    change.risk = Risk::Disruptive;
    if (desired.id.kind == KindId::Pipe) {
      change.reason_text = "it stays paused until its new owner runs SELECT SYSTEM$PIPE_FORCE_RESUME('" +
                           desired.id.name.display() + "')";
    }
    add_handover(change, desired.id, *desired.owner, sides_.mesh().deploy_role(desired.domain));
    result_.changes.push_back(std::move(change));
  }

  const Sides& sides_;
  DiffResult& result_;
  std::map<GrantKey, Grant> wanted_;
  std::set<ObjectId> dropped_;
  std::set<GrantKey> recalled_;
};

}  // namespace

bool gets_another_owner(const Object& desired, const Object& live) {
  if (!desired.owner || desired.ignore_changes.count("owner") > 0 || live.live.unknown.count("owner") > 0) return false;
  return live.live.owner != *desired.owner || live.live.owner_type != "ROLE";
}

GrantKey ownership_of(const ObjectId& object, const Name& role) {
  return {{TargetForm::Object, object, KindId::Table}, {GranteeType::Role, QualifiedName({role})}, "OWNERSHIP"};
}

void diff_access(const Sides& sides, DiffResult& result) { Access(sides, result).run(); }

}  // namespace mesh::diff_parts
